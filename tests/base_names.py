"""Makes the weights of naming that come with the program: `uv run python tests/base_names.py`.

The word lists are those of the tables as naming reads them. The weights are fitted on the gold of
the seeds, part `train` of `seeds/splits.json`, and of the debate, part `train`, with its codebook.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping

from annotator.formats.api import read_records
from annotator.learners.names import forms, namer, next_word, reuse
from annotator.learners.names.name_text import NameText
from annotator.learners.names.training import NamedChoice, fit
from annotator.learners.names.training_choices import CodedDocument, choices, learn
from annotator.model.codebook import Codebook
from annotator.model.names import CONTRARY, concepts_of
from annotator.model.record import Record
from annotator.model.span import Span
from annotator.resources import folder, load_schema
from annotator.suggesters.model import BASE_SCHEMA
from annotator.workflows.names.codebook import read_codebook
from annotator.workflows.names.concepts import described
from annotator.workflows.training.base_model import seed_records


def coded(part: str) -> list[CodedDocument]:
    """The English seeds of a part with their actors."""
    records = seed_records(part)
    return with_actors(r for r in records if r.document.meta.get("language", "en") == "en")


def with_actors(records: Iterable[Record]) -> list[CodedDocument]:
    """Documents with their actors."""
    return [(r.document, [s for s in r.spans if s.layer == "actor"]) for r in records]


def concepts(part: str) -> Rows:
    """The concepts of a part by document: the claim, its concept without `not:`, and the concepts
    and entities before it."""
    out = []
    for record in seed_records(part):
        if record.document.meta.get("language", "en") != "en":
            continue
        decided: list[str] = []
        rows: list[tuple[Span, str, list[str], list[str]]] = []
        claims = sorted(
            (s for s in record.spans if s.layer == "claim"), key=lambda s: (s.start, -s.end)
        )
        for claim in claims:
            held = claim.attributes.get("concept")
            entities = [str(s.entity) for s in record.spans if s.entity and s.start < claim.end]
            for name in held if isinstance(held, list) else []:
                bare = str(name).removeprefix(CONTRARY)
                rows.append((claim, bare, list(decided), entities))
                if bare not in decided:
                    decided.append(bare)
        if rows:
            out.append((NameText(record.document), rows))
    return out


def debate() -> list[Record]:
    """The gold of the debate, part `train`."""
    home = folder("seeds") / "debate"
    wanted = json.loads((home / "splits.json").read_text(encoding="utf-8"))["train"]
    every = read_records(home / "gold.jsonl", load_schema(BASE_SCHEMA))
    return [record for record in every if record.document.id in wanted]


def codebook() -> Codebook:
    """The codebook of the debate."""
    return Codebook.of(read_codebook(folder("seeds") / "debate" / "codebook.csv")[0])


def given_again(
    records: Iterable[Record], described: Mapping[str, str] | None = None
) -> list[NamedChoice]:
    """Concepts that are given again, in English texts."""
    concepts = concepts_of(load_schema(BASE_SCHEMA))
    english = (r for r in records if r.document.meta.get("language", "en") == "en")
    claims = (claim for record in english for claim in reuse.claims_of(record, concepts))
    return reuse.choices(claims, described)


Rows = list[tuple[NameText, list[tuple[Span, str, list[str], list[str]]]]]


def entities(part: str) -> Rows:
    """The same for new entities of common nouns."""
    out: Rows = []
    for document, spans in coded(part):
        decided: list[str] = []
        rows: list[tuple[Span, str, list[str], list[str]]] = []
        for span in sorted(spans, key=lambda s: (s.start, -s.end)):
            name = str(span.entity)
            if (
                span.attributes.get("mention") == "nominal"
                and name not in decided
                and ";" not in name
            ):
                rows.append((span, name, list(decided), list(decided)))
            if name not in decided:
                decided.append(name)
        if rows:
            out.append((NameText(document), rows))
    return out


def learn_words(documents: Rows) -> dict[str, object]:
    """The weights and feature names of the next word; the counts for a document's choices leave
    this document out."""
    choices: list[NamedChoice] = []
    for at, (text, rows) in enumerate(documents):
        others = [name for i, (_, few) in enumerate(documents) if i != at for _, name, _, _ in few]
        counts = next_word.Counts().learn(others)
        for span, name, decided, known in rows:
            choices += next_word.groups(next_word.context(text, span, decided, known), counts, name)
    names = [name for _, rows in documents for _, name, _, _ in rows]
    return {"weights": fit(choices, steps=200), "names": names}


if __name__ == "__main__":
    forms.WORDS.write_text(json.dumps(forms.word_lists(), indent=0) + "\n", encoding="utf-8")
    book = codebook()
    found = learn([*choices(coded("train")), *choices(with_actors(debate()), book)])
    said = {one.name: described(one) for one in book.entries if one.kind == reuse.CONCEPT}
    found[reuse.CONCEPT] = fit([*given_again(seed_records("train")), *given_again(debate(), said)])
    namer.WEIGHTS.write_text(json.dumps(found, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    words = {"concept": learn_words(concepts("train")), "entity": learn_words(entities("train"))}
    next_word.NEXT.write_text(json.dumps(words, indent=0) + "\n", encoding="utf-8")
    sys.stdout.write(", ".join(f"{kind} {len(of)} weights" for kind, of in found.items()) + "\n")
