"""What is known about the entities of a document while it is coded: who was named, where last, and
with which words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from annotator.learners.names import forms
from annotator.learners.names.text import Mention, NameText
from annotator.learners.names.word_index import WordIndex
from annotator.model.span import Span

_TAIL = re.compile(r".+? ((?:of|in|at|from|for|on|who|to) .+)$")


class KnownEntities:
    """The decisions on the document so far. `last` has the number of an entity's latest mention,
    from 1."""

    def __init__(self, text: NameText) -> None:
        self.text = text
        self.mentions: list[tuple[Mention, str]] = []
        self.count: Counter[str] = Counter()
        self.by_words = WordIndex()
        self.last: dict[str, int] = {}
        self.forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.heads: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.tails: Counter[str] = Counter()
        self.label: dict[str, str] = {}
        self.plural: dict[str, bool] = {}
        self.gender: dict[str, str] = {}
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
        self.count[entity] += 1
        self.by_words.add(entity)
        self.last[entity] = len(self.mentions)
        self.latest[entity] = mention
        self.forms[mention.folded][entity] += 1
        self.heads[mention.head][entity] += 1
        self.label[entity] = span.label
        if kind == "name":
            self.named.add(entity)
        if kind != "pronoun":
            # The last letter of `Tom Ruys` or `Cyprus` says nothing.
            single = kind == "name" and span.label in ("person", "state")
            self.plural[entity] = mention.plural and not single
        if gender := forms.GENDERS.get(mention.folded) or _titled(mention):
            self.gender[entity] = gender
        for part in entity.split("; ") if kind == "nominal" else ():
            if (found := _TAIL.match(part)) is not None:
                self.tails[found.group(1)] += 1

    def recent(self) -> list[str]:
        """The entities, the one mentioned last first."""
        return sorted(self.count, key=lambda entity: -self.last[entity])

    def all_names(self) -> list[str]:
        """The entities, and the names that occur in the text."""
        return [*self.count, *self.text.names]

    def rank(self, entity: str) -> int:
        """How many entities of the same label are mentioned more often."""
        label, own = self.label[entity], self.count[entity]
        return sum(n > own for one, n in self.count.items() if self.label[one] == label)

    def meant(self, words: str) -> str | None:
        """The entity that words name in this document: what they named last, or a named one that
        they are a part of."""
        folded = words.casefold()
        if folded in self.forms:
            return max(self.forms[folded], key=lambda entity: self.last[entity])
        parts = folded.split()
        found = [
            entity
            for entity in self.named
            if ";" not in entity
            and len(entity.split()) > len(parts)
            and _has(entity.casefold().split(), parts)
        ]
        return max(found, key=lambda entity: self.last[entity], default=None)

    def with_article(self, entity: str) -> str:
        """The entity with `the` if the text has it: `crews of the regatta`."""
        if entity[:1].islower():
            the = self.label.get(entity) == "organization" or self.plural.get(entity, False)
            return f"the {entity}" if the else entity
        return f"the {entity}" if self.text.bears_article(entity) else entity


def _titled(mention: Mention) -> str | None:
    """What the title shows that begins a mention or comes before it."""
    for word in (*mention.folded.split()[:1], mention.before):
        if (gender := forms.TITLE_GENDERS.get(word.rstrip("."))) is not None:
            return gender
    return None


def _has(whole: list[str], parts: list[str]) -> bool:
    """Whether words begin or end with these."""
    return whole[: len(parts)] == parts or whole[-len(parts) :] == parts


__all__ = ["KnownEntities"]
