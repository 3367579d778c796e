"""Suggestions from memory: words that this project accepted before are proposed wherever they occur
again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotator.model.content_ids import span_id
from annotator.model.decision import Suggestion
from annotator.model.memory import LONGEST, Memory, is_pronoun, surface
from annotator.model.schema import LabelSchema
from annotator.model.span import Span
from annotator.model.text import Document, Paragraph
from annotator.suggesters._forms import KnownForms, without_overlaps
from annotator.suggesters.api import CERTAIN, name_goes_on

VERSION = "1"


def create(*, schema: LabelSchema, config: Mapping[str, Any], memory: Memory) -> MemorySuggester:
    """The suggester of the forms in `memory`; `config` is not used."""
    return MemorySuggester(schema, memory)


class MemorySuggester:
    """Proposes the label most often accepted for a surface form. Longer forms take precedence."""

    name = "memory"
    version = VERSION

    def __init__(self, schema: LabelSchema, memory: Memory) -> None:
        self._schema = schema
        self._memory = memory
        self._forms: dict[str, list[str]] = {}
        for layer, key in memory.forms:
            if self._is_proposed(layer, key):
                # A pronoun refers to somebody else in each text.
                spellings = [form for form in memory.forms[layer, key] if not is_pronoun(form)]
                self._forms.setdefault(layer, []).extend(spellings)
        self._known = {layer: KnownForms(forms) for layer, forms in self._forms.items()}

    def _is_proposed(self, layer: str, key: str) -> bool:
        """Whether annotators accepted a form more often than not, with a layer and label that the
        schema has."""
        known, best = self._schema.layer(layer), self._memory.best(layer, key)
        if known is None or best is None or len(key.split()) > LONGEST:
            return False
        label, tally = best
        return (known.open or known.label(label) is not None) and tally.accepted > tally.rejected

    def suggest(self, document: Document, paragraph: Paragraph) -> list[Suggestion]:
        """Proposals for a paragraph, in reading order."""
        out: list[Suggestion] = []
        for layer, known in self._known.items():
            every = known.matches(document.text, paragraph.start, paragraph.end)
            for match in without_overlaps(every):
                best = self._memory.best(layer, match.group())
                if best is None:
                    continue
                label, tally = best
                start, end = match.span()
                # Laplace's rule of succession; the prior keeps one acceptance from being certainty.
                score = (tally.accepted + 1) / (tally.accepted + tally.rejected + 2)
                times = "once" if tally.accepted == 1 else f"{tally.accepted} times"
                value = Span(
                    span_id(document.id, layer, label, start, end),
                    layer,
                    label,
                    start,
                    end,
                    self._memory.entity(layer, match.group()),
                    {},
                    "suggestion",
                )
                entity = value.entity
                sure = tally.rejected == 0 and entity is not None
                sure = sure and not name_goes_on(document.text, start, end)
                sure = sure and len(self._memory.labels[layer, surface(match.group())]) == 1
                reason = f"“{match.group()}” was accepted {times} in this project"
                out.append(
                    Suggestion(
                        value,
                        paragraph.index,
                        self.name,
                        self.version,
                        round(score, 4),
                        0,
                        reason,
                        f"{CERTAIN}memory" if sure else "memory",
                    )
                )
        return sorted(
            out, key=lambda s: (s.value.start, s.id) if isinstance(s.value, Span) else (0, s.id)
        )


__all__ = ["VERSION", "MemorySuggester", "create"]
