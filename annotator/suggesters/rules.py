"""Suggestions by rules: our own spaCy pipeline (blank English, sentencizer, three components)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from annotator.english import tables
from annotator.english.tokens import FoundSpan, FoundStance
from annotator.errors import SuggesterError
from annotator.learners.labels import LabelMap
from annotator.model.decision import Suggestion
from annotator.model.memory import EMPTY, Memory
from annotator.model.schema import LabelSchema
from annotator.model.span import AUTHOR
from annotator.model.text import Document, Paragraph
from annotator.suggesters.api import CERTAIN

if TYPE_CHECKING:
    from annotator.english.reading import Reader

VERSION = "20"
"""Raised whenever the proposals of the rules or their tables change."""


def create(*, schema: LabelSchema, config: Mapping[str, Any], memory: Memory) -> RulesSuggester:
    """The rules for a schema. `config` may have `mute`, a list of rules to leave out, as
    suggestions name them. Raises SuggesterError if spaCy cannot be loaded."""
    try:
        from annotator.english.reading import shared_reader
    except ImportError as error:
        raise SuggesterError(
            f"spaCy cannot be loaded: {error}", hint="Install annotator again"
        ) from error
    return RulesSuggester(schema, shared_reader(), frozenset(config.get("mute", ())), memory)


_EXACT = ("name.country", "name.known", "name.people", "nominal.counted", "nominal.phrase")
"""Rules that find an exact entry of the tables, the name of a people (`the Dutch`), or known actors
in a count (`both countries`)."""


class TableTrust:
    """Whether an exact match of a table is certain in a project. It is not certain if annotators
    decided otherwise about this form, or gave the forms of a label other labels in a quarter of the
    cases or more."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        known = tables.names()
        same, other = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for (layer, _), spellings in memory.forms.items():
            for spelling in spellings:
                name, best = known.get(spelling), memory.best(layer, spelling)
                if name is not None and best is not None:
                    (same if best[0] == name.label else other)[layer, name.label] += 1
        self._disputed = {key for key, n in other.items() if n >= _DISPUTES and 3 * n >= same[key]}

    def holds(self, layer: str, label: str, quote: str) -> bool:
        """Whether a match with this label is certain."""
        best, tally = self._memory.best(layer, quote), self._memory.tally(layer, quote)
        otherwise = tally.rejected > tally.accepted or (best is not None and best[0] != label)
        return not otherwise and (layer, label) not in self._disputed


_DISPUTES = 2
"""How many forms annotators must label otherwise before a label of the tables is in doubt."""


class RulesSuggester:
    """Proposes actors, claims and stances, in the labels of the project's schema."""

    name = "rules"
    version = VERSION

    def __init__(
        self, schema: LabelSchema, reader: Reader, muted: frozenset[str], memory: Memory = EMPTY
    ) -> None:
        self._schema = schema
        self.reader = reader
        self._muted = muted
        self._labels = LabelMap(schema)
        self._table = TableTrust(memory)

    def suggest(self, document: Document, paragraph: Paragraph) -> list[Suggestion]:
        """Proposals for a paragraph, in reading order, stances last."""
        read = self.reader.read(document, paragraph)
        actors = [self._span(document, paragraph, "actor", found) for found in read.actors]
        claims = [self._span(document, paragraph, "claim", clause.found) for clause in read.clauses]
        out = [one for one in (*actors, *claims) if one is not None]
        for edge in read.edges:
            source = actors[edge.source] if edge.source is not None else None
            target = actors[edge.target] if edge.on_actor else claims[edge.target]
            made = self._relation(document, paragraph, edge, source, target)
            if made is not None:
                out.append(made)
        return [one for one in out if one.rule not in self._muted]

    def _span(
        self, document: Document, paragraph: Paragraph, kind: str, found: FoundSpan
    ) -> Suggestion | None:
        value = self._labels.span(document.id, paragraph.start, kind, found)
        if value is None:
            return None
        rule, quote = found.rule, document.text[value.start : value.end]
        if (
            rule in _EXACT
            and rule not in self._muted
            and self._table.holds(value.layer, value.label, quote)
        ):
            rule = f"{CERTAIN}{rule.removeprefix('name.')}"
        return Suggestion(
            value, paragraph.index, self.name, self.version, found.score, 0, found.reason, rule
        )

    def _relation(
        self,
        document: Document,
        paragraph: Paragraph,
        edge: FoundStance,
        source: Suggestion | None,
        target: Suggestion | None,
    ) -> Suggestion | None:
        place = self._labels.of_side(edge.side)
        if place is None or target is None or (edge.source is not None and source is None):
            return None
        known = self._schema.layer(place[0])
        assert known is not None
        begin = source.id if source is not None else AUTHOR
        source_layer = source.value.layer if source is not None else AUTHOR
        if source_layer not in known.sources or target.value.layer not in known.targets:
            return None
        value = self._labels.relation(document.id, paragraph.start, edge, begin, target.id)
        assert value is not None
        return Suggestion(
            value, paragraph.index, self.name, self.version, edge.score, 0, edge.reason, edge.rule
        )


__all__ = ["VERSION", "RulesSuggester", "create"]
