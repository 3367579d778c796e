"""Finds names for a mention of an actor, from the document, the decisions in it, and the
registry."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from annotator.learners.names.features import NOBODY, with_nobody
from annotator.learners.names.known import KnownEntities
from annotator.learners.names.name_text import Mention, NameText
from annotator.learners.names.query import NameQuery, NameRegistry
from annotator.learners.names.ranker import FeatureWeights, ranked
from annotator.model.named_spans import NamedSpans
from annotator.model.names import ProposedName, names_in
from annotator.model.span import Span
from annotator.model.text import Document

WEIGHTS = Path(__file__).parent / "_data" / "names.json"
"""Made by `tests/base_names.py` from the parts `train` of the seeds and of the debate."""

RARE: Mapping[str, FeatureWeights] = {
    "pronoun": {"joined_subject": 4.0, "named_next": 1.5},
    "name": {"acronym": 3.0, "text_acronym": 2.0},
}
"""Weights by kind of mention of features that part `train` does not have: a pronoun stands for
joined subjects (`Ana Brell and the Society …. They`), or for the name that follows (`When she
spoke, Ana Brell`) if nobody who agrees is close; a name has the initials of another one (`the
Bank of Varnia … the BoV`), which is decided in this document or only stands in its text."""

OFFERED = 8
"""The most names proposed for a mention."""


@cache
def shipped() -> Mapping[str, FeatureWeights]:
    """The weights of features by kind of mention that come with the program."""
    found: dict[str, FeatureWeights] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return found


class DocumentNamer:
    """A `model.names.Namer`. It keeps the words of the present document and what was known at the
    last call, so that a call processes only what is new."""

    def __init__(
        self,
        registry: NameRegistry | None = None,
        weights: Mapping[str, FeatureWeights] | None = None,
        *,
        only: Callable[[str], bool] | None = None,
    ) -> None:
        """With `only`, a name is proposed only if `only` is true for it, or for each name in a
        list."""
        self._registry, self._only = registry, only
        self._weights = {
            kind: {**RARE.get(kind, {}), **of, **(weights or {}).get(kind, {})}
            for kind, of in shipped().items()
        }
        self._text: NameText | None = None
        self._known: _Remembered | None = None

    def ranked(self, document: Document, decided: NamedSpans, span: Span) -> list[ProposedName]:
        """See `Namer`. Decisions after the span are known too, as less recent than those before
        it."""
        text = self._words(document)
        mention = text.mention(span)
        known = self._what_is_known(text, decided, span)
        query = NameQuery.of(mention, known, self._registry)
        found = {
            name: of
            for name, of in with_nobody(query).items()
            if name == NOBODY or self._may_be(name)
        }
        weights = self._weights[mention.kind]
        best = [
            ProposedName(name, mention.kind, chance)
            for name, chance in ranked(found, weights)[: OFFERED * 2]
            if name != NOBODY
        ]
        if mention.kind == "nominal":
            # The name of a common noun in another document is offered, but never first.
            best.sort(key=lambda one: _is_of_others(found[one.entity]))
        if span.entity and not self._may_be(span.entity):
            return best[:OFFERED]
        return _with_suggested(best, span, mention, known)[:OFFERED]

    def _may_be(self, name: str) -> bool:
        return self._only is None or all(map(self._only, names_in("entity", name)))

    def _words(self, document: Document) -> NameText:
        if self._text is None or self._text.document is not document:
            self._text, self._known = NameText(document), None
        return self._text

    def _what_is_known(self, text: NameText, decided: NamedSpans, span: Span) -> KnownEntities:
        """The entities known from the other decisions, the most recent last: those after the span,
        from the end, then those before it. If new decisions come last, only these are added."""
        last, at = self._known, decided.place(span)
        own = span.id in decided
        new = last.new(decided, at) if last is not None and not own else None
        if last is None or new is None:
            order = [*reversed(decided[at:]), *decided[:at]]
            order = [one for one in order if one.id != span.id] if own else order
            same = last is not None and order[: len(last.order)] == last.order
            if last is None or not same:
                last = _Remembered(KnownEntities(text))
            new = order[len(last.order) :]
        self._known = last
        last.take(new, None if own else decided, at)
        return last.known


@dataclass(slots=True)
class _Remembered:
    """The entities known at the last call, from the decisions in `order`: those of `decided` after
    this many additions and removals, with this many before the span of the call."""

    known: KnownEntities
    order: list[Span] = field(default_factory=list)
    decided: NamedSpans | None = None
    additions: int = 0
    removals: int = 0
    before: int = 0

    def new(self, decided: NamedSpans, before: int) -> Sequence[Span] | None:
        """The decisions since then, if all of them come between those before the span and those
        after it; otherwise None."""
        if decided is not self.decided or decided.removals != self.removals:
            return None
        added = decided.added(self.additions)
        follows = self.before + len(added) == before and decided[self.before : before] == added
        return added if follows else None

    def take(self, new: Sequence[Span], decided: NamedSpans | None, before: int) -> None:
        """Learn what is new. Without `decided`, the next call compares all decisions."""
        for span in new:
            self.known.add(span)
        self.order += new
        self.decided, self.before = decided, before
        if decided is not None:
            self.additions, self.removals = decided.additions, decided.removals


KNOWN = 0.9
"""The chance of a name that a table or the memory gave a suggestion for a name in the text."""


def _is_of_others(features: set[str]) -> bool:
    """Whether only other documents support a name."""
    return not features.isdisjoint({"regform", "regform_here"}) and features.isdisjoint(_OWN)


def _with_suggested(
    best: list[ProposedName], span: Span, mention: Mention, known: KnownEntities
) -> list[ProposedName]:
    """Puts the name of a suggestion before the others, unless it is just its words. A common noun
    does not get a name from elsewhere, and a name of the same words in this document comes
    first."""
    name = span.entity
    if (
        span.origin != "suggestion"
        or not name
        or name in (mention.form, mention.whole)
        or mention.kind != "name"
    ):
        return best
    if known.forms.get(mention.folded):
        return best
    return [ProposedName(name, "name", KNOWN), *(one for one in best if one.entity != name)]


_OWN = frozenset(
    (
        "sameform np np_pl doc listed listed_head_here demonym possessor possessor_text tail "
        "of_named of_nominal of_caps of_caps_pl role follow0 follow1 follow2 follow0_pl "
        "follow1_pl follow2_pl"
    ).split()
)
"""Features that say that this document or the codebook makes the name itself."""


__all__ = ["OFFERED", "RARE", "WEIGHTS", "DocumentNamer", "shipped"]
