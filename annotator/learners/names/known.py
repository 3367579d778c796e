"""Knowledge about the entities of a document while it is coded: who was named, where last, and with
which words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

from annotator.learners.names import forms
from annotator.learners.names.name_text import Mention, NameText
from annotator.learners.names.word_index import WordIndex
from annotator.learners.names.words import is_titled, may_be_person, without_titles
from annotator.model.span import Span

_TAIL = re.compile(r".+? ((?:of|in|at|from|for|on|to) .+)$")


RECENT = 100
"""How many entities of the document a mention may name by nothing but agreement. An editorial has
fewer; with all of them, a long transcript would cost the square of its length."""

MOST = 8
"""How many endings of names are looked at."""


class KnownEntities:
    """The decisions on the document so far. `last` has the number of an entity's latest mention,
    from 1, and the entities in the order of those. The cost of a lookup does not grow with the
    number of entities."""

    def __init__(self, text: NameText) -> None:
        self.text = text
        self.mentions: list[tuple[Mention, str]] = []
        self.count: Counter[str] = Counter()
        self.by_words = WordIndex()
        self._folded = WordIndex()
        self._spellings: defaultdict[str, list[str]] = defaultdict(list)
        self._by_start: defaultdict[str, list[str]] = defaultdict(list)
        self._sizes: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._ending: dict[int, str] = {}
        self.last: dict[str, int] = {}
        self.forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.heads: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.tails = TopCounts()
        self.label: dict[str, str] = {}
        self.plural: dict[str, bool] = {}
        self.gender: dict[str, str] = {}
        self.persons: set[str] = set()
        self.named: set[str] = set()
        self.latest: dict[str, Mention] = {}

    @classmethod
    def of(cls, text: NameText, spans: Sequence[Span]) -> KnownEntities:
        """From decided spans, the oldest first; those without a name are ignored."""
        known = cls(text)
        for span in spans:
            known.add(span)
        return known

    def add(self, span: Span) -> None:
        """Learn one more decision."""
        if not span.entity:
            return
        mention, entity = self.text.mention(span), span.entity
        kind = str(span.attributes.get("mention", mention.kind))
        self.mentions.append((mention, entity))
        if entity not in self.count:
            self._learn_spelling(entity)
        self._count(entity, span.label)
        self.last.pop(entity, None)
        self.last[entity] = len(self.mentions)
        self._ending[mention.last] = entity
        self.latest[entity] = mention
        self.forms[mention.folded][entity] += 1
        self.heads[mention.head][entity] += 1
        if kind == "name":
            self.named.add(entity)
        if kind != "pronoun":
            # The last letter of `Tom Ruys` or `Cyprus` does not show a plural.
            single = kind == "name" and span.label in ("person", "state")
            self.plural[entity] = mention.plural and not single
        if gender := forms.GENDERS.get(mention.folded) or _titled(mention):
            self.gender[entity] = gender
        for part in entity.split("; ") if kind == "nominal" else ():
            if (found := _TAIL.match(part)) is not None:
                self.tails.add(found.group(1))

    def _learn_spelling(self, entity: str) -> None:
        self.by_words.add(entity)
        self._folded.add(entity.casefold())
        self._spellings[entity.casefold()].append(entity)
        self._by_start[forms.start_of(entity)].append(entity)

    def _count(self, entity: str, label: str) -> None:
        """One more mention of an entity, with the label that it has now."""
        if (number := self.count[entity]) > 0:
            before = self._sizes[self.label[entity]]
            before[number] -= 1
            if not before[number]:
                del before[number]
        self.count[entity], self.label[entity] = number + 1, label
        self._sizes[label][number + 1] += 1
        if label == "person" and ";" not in entity:
            self.persons.add(entity)
        else:
            self.persons.discard(entity)

    def recent(self) -> Iterator[str]:
        """The entities mentioned last, the latest first; at most `RECENT` of them."""
        return islice(reversed(self.last), RECENT)

    def place(self, adjective: str) -> str | None:
        """The entity or name of the text from which an adjective is formed (`Varnian`: Varnia)."""
        start = forms.start_of(adjective)
        names = [*self._by_start.get(start, ()), *self.text.names_by_start.get(start, ())]
        listed = forms.demonyms().get(adjective)
        if listed in self.count or listed in self.text.names:
            return listed
        return forms.place_of(adjective, names)

    def rank(self, entity: str) -> int:
        """How many entities of the same label are mentioned more often."""
        own = self.count[entity]
        return sum(of for n, of in self._sizes[self.label[entity]].items() if n > own)

    def ending(self, word: int) -> str | None:
        """The entity of the latest mention whose last word this is, by its index."""
        return self._ending.get(word)

    def meant(self, words: str) -> str | None:
        """The entity that words name in this document: the one that they named last, or a named one
        that they are part of."""
        folded = words.casefold()
        if folded in self.forms:
            return max(self.forms[folded], key=lambda entity: self.last[entity])
        parts = folded.split()
        found = [
            entity
            for whole in self._folded.holding(parts)
            for entity in self._spellings[whole]
            if entity in self.named
            and ";" not in entity
            and len(whole.split()) > len(parts)
            and _has(whole.split(), parts)
        ]
        return max(found, key=lambda entity: self.last[entity], default=None)

    def is_person(self, name: str) -> bool:
        """Whether a name, or each name of a list, is a person's: one decided as such, or one that
        the text has with a title (`Mr Keller`, and so Tom Keller)."""
        if ";" in name:
            return all(map(self.is_person, name.split("; ")))
        if name in self.label:
            return name in self.persons
        words = name.split()
        return may_be_person(words) and (is_titled(words) or words[-1] in self.text.titled)

    def full_name(self, name: str) -> str:
        """The name without its title, as long as the document has it: `Mr Keller`, Tom Keller."""
        words = name.split()
        bare = " ".join(words[1:]) if is_titled(words) else name
        if (entity := self.meant(name) or self.meant(bare)) is not None:
            return entity
        if bare == name:
            return name
        longer = (one.split() for one in self.text.names_by_words.holding(bare.split()))
        whole = [one for one in longer if one[-1] == words[-1] and not is_titled(one)]
        best = max((without_titles(one, 1) for one in whole), key=len, default=[bare])
        return " ".join(best)

    def with_article(self, entity: str) -> str:
        """The entity with `the` if the text has it: `crews of the regatta`."""
        if entity[:1].islower():
            the = self.label.get(entity) == "organization" or self.plural.get(entity, False)
            return f"the {entity}" if the else entity
        return f"the {entity}" if self.text.bears_article(entity) else entity


class TopCounts:
    """Counts that grow by one, with the largest of them at hand."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._most: list[str] = []
        self._turn: dict[str, int] = {}

    def add(self, what: str) -> None:
        """Count one more."""
        self._counts[what] += 1
        self._turn.setdefault(what, len(self._turn))
        if what not in self._most:
            self._most.append(what)
        self._most.sort(key=lambda one: (-self._counts[one], self._turn[one]))
        del self._most[MOST:]

    def most(self, number: int) -> list[tuple[str, int]]:
        """Up to `MOST` with their counts, the largest first; of equals, the one that came first."""
        return [(one, self._counts[one]) for one in self._most[:number]]


def _titled(mention: Mention) -> str | None:
    """The sex that the title shows which begins a mention or comes before it."""
    for word in (*mention.folded.split()[:1], mention.before):
        if (gender := forms.TITLE_GENDERS.get(word.rstrip("."))) is not None:
            return gender
    return None


def _has(whole: list[str], parts: list[str]) -> bool:
    """Whether words begin or end with these."""
    return whole[: len(parts)] == parts or whole[-len(parts) :] == parts


__all__ = ["KnownEntities"]
