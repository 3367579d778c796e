"""What a language model is told about a project, what asking it costs, and where its suggestions
are not used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.errors import UsageError
from annotator.learners.calibration import Verdict
from annotator.learners.display_choice import LOSS
from annotator.model.effort import making
from annotator.model.record import GOLD, Record
from annotator.model.span import AUTHOR
from annotator.project import Project
from annotator.workflows.suggesting.combining import OWN

EXAMPLES = 4
"""The number of finished paragraphs shown to a model."""
ANSWERS = "llm-answers"
"""The folder in a project where answers are kept."""
_ENOUGH = 20
"""The least number of decisions after which a suggester can be found not to be worth its keys."""


def asking(project: Project) -> Mapping[str, Any]:
    """Examples, concepts and the folder of answers, as settings of the suggester `llm`."""
    return {
        "examples": examples(project),
        "concepts": [known.name for known in project.names.concepts()],
        "answers": str(project.root / ANSWERS),
    }


def examples(project: Project) -> list[tuple[str, dict[str, Any]]]:
    """A few finished paragraphs with their answers: those with most items, gold first."""
    found: list[tuple[bool, int, str, dict[str, Any]]] = []
    done = {(f.document, f.annotator) for f in project.learning.finished()}
    for document, annotator in sorted(done)[:50]:
        for record in project.log.records(document=document, annotator=annotator):
            for paragraph in record.document.paragraphs:
                answer = _answer(record, paragraph.start, paragraph.end)
                text = record.document.text[paragraph.start : paragraph.end]
                if answer["spans"]:
                    found.append((annotator != GOLD, -len(answer["spans"]), text, answer))
    found.sort(key=lambda one: one[:3])
    unique = {text: answer for _, _, text, answer in reversed(found)}
    return list(reversed(unique.items()))[:EXAMPLES]


def _answer(record: Record, start: int, end: int) -> dict[str, Any]:
    """A paragraph of a record in the form of a model's answer."""
    spans = [s for s in record.spans if start <= s.start and s.end <= end]
    number = {s.id: i for i, s in enumerate(spans, 1)} | {AUTHOR: AUTHOR}
    return {
        "spans": [
            {
                "id": number[s.id],
                "layer": s.layer,
                "label": s.label,
                "quote": record.document.text[s.start : s.end],
                **({"entity": s.entity} if s.entity else {}),
                **dict(s.attributes),
            }
            for s in spans
        ],
        "relations": [
            {
                "layer": r.layer,
                "label": r.label,
                "source": number[r.source],
                "target": number[r.target],
            }
            for r in record.relations
            if r.source in number and r.target in number
        ],
    }


def costly(verdicts: Iterable[Verdict]) -> frozenset[tuple[str, str]]:
    """Pairs of a suggester (not the program's own) and a layer whose suggestions cost more keys
    than they save: from the share that is accepted, the cost of making a span of two words by hand,
    and that of a wrong suggestion."""
    right, every = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for one in verdicts:
        if one.suggester not in OWN:
            every[one.suggester, one.layer] += 1
            right[one.suggester, one.layer] += one.right
    return frozenset(
        pair
        for pair, number in every.items()
        if number >= _ENOUGH and right[pair] * making(2) <= (number - right[pair]) * LOSS
    )


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run would ask: the prompt, one question as an example, the number of paragraphs to
    ask about and of those that are `answered` already, the approximate number of tokens in and out,
    and their cost if `price` is set."""

    model: str
    system: str
    question: str
    paragraphs: int
    answered: int
    tokens_in: int
    tokens_out: int
    cost: float | None


def estimate(project: Project, documents: Sequence[str] | None = None) -> Estimate:
    """What `annotator suggest --suggester llm` would ask; asks nothing. Raises
    UsageError without any paragraph."""
    from annotator.families import suggesters
    from annotator.suggesters.llm import LanguageModelSuggester, tokens

    table = project.config.suggester.get("llm", {})
    made = suggesters.load("llm").create(
        schema=project.schema,
        config={**table, **asking(project)},
        memory=project.suggestions.memory(),
    )
    assert isinstance(made, LanguageModelSuggester)
    asked = [
        (document.title, document.text[p.start : p.end])
        for document in project.documents.each(documents or project.documents.ids())
        for p in document.paragraphs
        if not p.excluded
    ]
    if not asked:
        raise UsageError(
            "there is no paragraph to ask about", hint="Import documents: annotator import"
        )
    example = made.prompt.question(*asked[0])
    questions = [made.prompt.question(*one) for one in asked if not made.answered(*one)]
    sent = tokens([made.prompt.system]) * len(questions) + tokens(questions)
    back = tokens(questions) // 2
    price = table.get("price")
    cost = (sent * price[0] + back * price[1]) / 1_000_000 if price else None
    answered = len(asked) - len(questions)
    return Estimate(
        made.version, made.prompt.system, example, len(questions), answered, sent, back, cost
    )


__all__ = ["ANSWERS", "EXAMPLES", "Estimate", "asking", "costly", "estimate", "examples"]
