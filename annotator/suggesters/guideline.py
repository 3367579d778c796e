"""Suggestions from the guidelines: words in [brackets] in an example are proposed wherever they
occur.

A label's examples say how it is coded. A name or a stretch of several words is then certain; a
single common noun is one proposal among others, since it may mean something else in another text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from annotator.model.decision import Suggestion
from annotator.model.memory import Memory
from annotator.model.schema import LabelSchema, Layer
from annotator.model.span import Span
from annotator.model.text import Document, Paragraph
from annotator.suggesters._forms import KnownForms
from annotator.suggesters.api import CERTAIN, bracketed, name_goes_on, span_id

VERSION = "1"
_CERTAIN, _LIKELY = 0.95, 0.75
_WORDS = 3
"""The least number of words of a stretch that is certain although it is not a name."""
_LEAST = 3
"""The length of the shortest stretch to look for, in characters: shorter ones are mostly
pronouns."""


def create(*, schema: LabelSchema, config: Mapping[str, Any], memory: Memory) -> GuidelineSuggester:
    """The suggester of a schema's examples; `config` is not used. Examples that annotators decided
    against are left out."""
    return GuidelineSuggester(schema, memory)


@dataclass(frozen=True, slots=True)
class _ExampleLabel:
    """The label that an example gives a stretch, and whether that is certain or only likely."""

    layer: str
    label: str
    certain: bool


class GuidelineSuggester:
    """Proposes the stretches that are marked in examples."""

    name = "guideline"
    version = VERSION

    def __init__(self, schema: LabelSchema, memory: Memory) -> None:
        self._memory = memory
        self._known: dict[str, list[_ExampleLabel]] = {}
        for layer in schema.span_layers:
            for label, form in _examples(layer):
                sure = form[:1].isupper() or len(form.split()) >= _WORDS
                one = _ExampleLabel(layer.name, label, sure)
                if one not in self._known.setdefault(form, []):
                    self._known[form].append(one)
        self._forms = KnownForms(self._known)

    def suggest(self, document: Document, paragraph: Paragraph) -> list[Suggestion]:
        """Proposals for a paragraph, in reading order."""
        out: list[Suggestion] = []
        for match in self._forms.matches(document.text, paragraph.start, paragraph.end):
            form = " ".join(match.group().split())
            for known in self._known[form]:
                longer = " " not in form and name_goes_on(document.text, *match.span())
                if not longer and not self._decided_otherwise(known, form):
                    out.append(self._suggestion(document, paragraph, known, match))
        return out

    def _decided_otherwise(self, known: _ExampleLabel, form: str) -> bool:
        best = self._memory.best(known.layer, form)
        tally = self._memory.tally(known.layer, form)
        return tally.rejected > tally.accepted or (best is not None and best[0] != known.label)

    def _suggestion(
        self, document: Document, paragraph: Paragraph, known: _ExampleLabel, match: re.Match[str]
    ) -> Suggestion:
        start, end = match.span()
        value = Span(
            span_id(document.id, known.layer, known.label, start, end),
            known.layer,
            known.label,
            start,
            end,
            None,
            {},
            "suggestion",
        )
        score, rule = (_CERTAIN, f"{CERTAIN}guideline") if known.certain else (_LIKELY, "guideline")
        reason = f"“{match.group()}” is coded as {known.label} in an example of the guidelines"
        return Suggestion(value, paragraph.index, self.name, self.version, score, 0, reason, rule)


def _examples(layer: Layer) -> Iterator[tuple[str, str]]:
    """Label and form of every bracketed stretch in the examples of a layer's labels. Forms in
    examples of several labels are left out."""
    labels: dict[str, set[str]] = {}
    for label in layer.labels:
        for example in label.guideline.examples:
            text, spans = bracketed(example)
            for start, end in spans:
                form = " ".join(text[start:end].split())
                if len(form) >= _LEAST:
                    labels.setdefault(form, set()).add(label.name)
    for form, of in labels.items():
        if len(of) == 1:
            yield next(iter(of)), form


__all__ = ["VERSION", "GuidelineSuggester", "create"]
