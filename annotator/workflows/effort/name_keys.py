"""The keys that names cost in complete coding: entities of actors and concepts of claims, paragraph
by paragraph, as on the annotate screen.

A right name that is sure costs nothing; a right name that is a question costs the key that accepts
it, and the keys that move there. Any other name costs the keys that move to the item (none if the
span was just made or corrected), the key that opens the line, and those that fill it: the digit of
an offer, or letters with a completion, and enter. Reading counts as one key if a name was filled in
for words that are not a name themselves, and for the offers of each concept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

from annotator.learners.names.name_text import NameText
from annotator.learners.names.namer import DocumentNamer, shipped
from annotator.learners.names.next_word import NextWord, context
from annotator.learners.names.reuse import ConceptUses, holders_of, ranked_concepts, words_of
from annotator.model.codebook import Codebook, CodebookEntry
from annotator.model.decision import Suggestion
from annotator.model.effort import FOCUS
from annotator.model.named_spans import NamedSpans
from annotator.model.names import affirmative, parted
from annotator.model.span import Span, reading_order
from annotator.workflows.effort.scoring import Decided
from annotator.workflows.names.concepts import CONCEPT, described
from annotator.workflows.names.offers import Offer, matching

OFFERED = 6
"""The number of offers with a digit."""
OPEN, TAKE, READ, TURN, NEXT = 1, 1, 1, 1, 1
"""The costs, in keys, of opening the line, accepting an offer, reading it, turning a concept into
its contrary, and beginning the next item of a list."""


SpanPlace: TypeAlias = tuple[str, str, int, int]
"""Layer, label, start and end."""


@dataclass
class NameKeys:
    """The keys of a stream so far: `now` as on the screen, `typed` with every name written in full;
    each by entity and concept."""

    codebook: Codebook = field(default_factory=Codebook)
    now: Counter[str] = field(default_factory=Counter)
    typed: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)
    wrong: int = 0
    """Names that were sure but wrong; they survive if nobody looks."""
    again: Counter[str] = field(default_factory=Counter)
    """Concepts that are used `again`: their number, how many of them are among the first `three`
    and `six` offers, and the `keys` that they cost once the line is open."""
    _forms: dict[str, Counter[str]] = field(default_factory=dict)
    _entities: Counter[str] = field(default_factory=Counter)
    _contraries: Counter[str] = field(default_factory=Counter)
    """A dict from concept without `not: ` to how much more often its contrary was given."""
    _namer: DocumentNamer | None = None
    _decided: dict[str, NamedSpans] = field(default_factory=dict)

    @cached_property
    def _uses(self) -> ConceptUses:
        """The concepts so far, with those of the codebook."""
        return ConceptUses(
            {one.name: described(one) for one in self.codebook.entries if one.kind == "concept"}
        )

    def named(self, form: str) -> Counter[str]:
        """The names of a form so far, as a registry gives them."""
        return self._forms.get(form, Counter())

    def listed(self, form: str) -> Sequence[str]:
        """The entities in the codebook that have a form, as a registry gives them."""
        return self.codebook.named("entity", form)

    def headed(self, *nouns: str) -> Sequence[CodebookEntry]:
        """The entities in the codebook that are one of these nouns with what makes it unique."""
        return self.codebook.headed("entity", *nouns)

    def add(self, one: Decided, shown: Iterable[SpanPlace]) -> None:
        """Count the names of a paragraph in which these spans were suggested, then learn them."""
        if self._namer is None:
            self._namer = DocumentNamer(self)
        made = how_made(one, shown)
        for span in sorted(one.spans, key=reading_order):
            if span.entity:
                self._entity(one, span, made[span.id])
            if several := concepts_given(span):
                self._concept(one, span, several, made[span.id])
            self._learn(one, span)

    def learn(self, one: Decided) -> None:
        """Learn the names of a paragraph without counting them."""
        for span in sorted(one.spans, key=reading_order):
            self._learn(one, span)

    def _learn(self, one: Decided, span: Span) -> None:
        form = words_of(one.document, span)
        if span.entity:
            self._decided_in(one.document.id).add(span)
            self._forms.setdefault(form, Counter())[span.entity] += 1
            self._entities[span.entity] += 1
        if several := concepts_given(span):
            for name in several:
                bare, turned = parted(name)
                self._contraries[bare] += 1 if turned else -1
            holders = holders_of(one.spans, one.relations, span)
            names = [affirmative(name) for name in several]
            self._uses.add(one.document.id, form, holders, names)

    def _decided_in(self, document: str) -> NamedSpans:
        return self._decided.setdefault(document, NamedSpans())

    def _entity(self, one: Decided, span: Span, made: bool) -> None:
        assert self._namer is not None
        decided = self._decided_in(one.document.id)
        wanted, way = str(span.entity), 0 if made else FOCUS
        found = self._namer.ranked(one.document, decided, replace(span, entity=None))
        names = [name.entity for name in found]
        if names[:1] == [wanted] and found[0].sure:
            keys = 0 if found[0].mention == "name" else READ
        elif names[:1] == [wanted]:
            keys = way + TAKE
        else:
            self.wrong += bool(found and found[0].sure)
            keys = way + OPEN + self._fill(one, span, wanted, names)
        self.now["entity"] += keys
        self.typed["entity"] += way + OPEN + len(wanted) + 1
        self.wanted["entity"] += 1

    def _fill(self, one: Decided, span: Span, wanted: str, names: Sequence[str]) -> int:
        """The keys on the open line, including the last one."""
        if wanted in names[:OFFERED]:
            return 1
        known = [*names, *(name for name, _ in self._entities.most_common() if name not in names)]
        known += [
            e.name for e in self.codebook.entries if e.kind == "entity" and e.name not in known
        ]
        keys = by_letters(wanted, known)
        if ";" not in wanted:
            here = [str(s.entity) for s in self._decided_in(one.document.id)]
            given = context(NameText(one.document), span, here, here)
            keys = min(keys, by_words(NextWord(given, self._entities, kind="entity"), wanted) + 1)
        return keys

    def _concept(self, one: Decided, span: Span, wanted: Sequence[str], made: bool) -> None:
        document, uses = one.document, self._uses
        here = uses.here(document.id)
        entities = [str(s.entity) for s in self._decided_in(document.id) if s.start < span.end]
        words = NextWord(
            context(NameText(document), span, list(dict.fromkeys(here)), entities), self._contraries
        )
        form, holders = words_of(document, span), holders_of(one.spans, one.relations, span)
        asked = uses.asked(document.id, form, holders)
        ranked = ranked_concepts(asked, uses.concepts(), shipped()[CONCEPT])
        order = [name for name, _ in ranked]
        keys = (0 if made else FOCUS) + OPEN + READ
        for number, name in enumerate(wanted):
            bare = affirmative(name)
            fill = self._fill_concept(name, words, order, last=number + 1 == len(wanted))
            if uses.uses(bare):
                at = order.index(bare)
                self.again.update(
                    again=1, three=int(at < 3), six=int(at < OFFERED), keys=OPEN + fill
                )
            keys += fill
            self.typed["concept"] += len(name) + 1
        self.now["concept"] += keys
        self.typed["concept"] += (0 if made else FOCUS) + OPEN
        self.wanted["concept"] += len(wanted)

    def _fill_concept(self, name: str, words: NextWord, order: Sequence[str], *, last: bool) -> int:
        """The keys on the open line for a concept; only the `last` one can be an offer."""
        bare = affirmative(name)
        turn = TURN if bare != name else 0
        by_word = by_words(words, bare) + 1 + turn
        if not last:
            return by_word
        if bare in order[:OFFERED]:
            # An offer is shown as it is used more often, with or without `not: `.
            return 1 + TURN * ((self._contraries[bare] > 0) != (bare != name))
        return min(by_word, by_letters(bare, order) + turn)


def concepts_given(span: Span) -> list[str]:
    """The concepts of a span."""
    held = span.attributes.get("concept")
    return [str(name) for name in held] if isinstance(held, list) else []


def places(suggestions: Iterable[Suggestion]) -> list[SpanPlace]:
    """The spans among suggestions."""
    spans = (one.value for one in suggestions if isinstance(one.value, Span))
    return [(span.layer, span.label, span.start, span.end) for span in spans]


def how_made(one: Decided, shown: Iterable[SpanPlace]) -> dict[str, bool]:
    """A dict from span to whether it was made or corrected by hand, so that it is in focus, or
    accepted as suggested."""
    right = set(shown)
    return {s.id: (s.layer, s.label, s.start, s.end) not in right for s in one.spans}


def by_letters(wanted: str, known: Sequence[str]) -> int:
    """The keys that write a name: letters until it can be chosen among the offers, moving down to
    it, and enter; or all of its letters. The items of a list are written one after the other."""
    *before, last = wanted.split("; ")
    keys = sum(by_letters(part, known) + NEXT for part in before)
    full = best = len(last) + 1
    if last in known:
        offers: Sequence[Offer] = [Offer(name) for name in known]
        for count in range(1, min(len(last), 12)):
            offers = matching(offers, last[:count])
            at = next((i for i, offer in enumerate(offers) if offer.value == last), None)
            if at is None:
                break
            if at < OFFERED:
                best = min(best, count + at + 2)
            if at == 0:
                break
    return keys + min(best, full)


def by_words(words: NextWord, name: str) -> int:
    """The keys that write a concept with the next word in grey, without the last enter."""
    parts, before, keys = name.split(), "", 0
    for part, following in pairwise([*parts, ""]):
        full = len(part) + bool(following)
        best = next(
            (n + 1 for n in range(len(part)) if words.rest(before + part[:n]) == part[n:]), full
        )
        keys += min(full, best)
        before += f"{part} "
    return keys


__all__ = ["NameKeys", "SpanPlace", "by_letters", "by_words", "how_made", "places"]
