"""What is known of the entities of a document while it is coded:
who was named, where last, in which words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from annotator.learners.names.text import Mention, NameText
from annotator.model.span import Span

_TAIL = re.compile(r".+? ((?:of|in|at|from|for|on|who|to) .+)$")


class KnownEntities:
    """The document as it is decided so far. `last` has the number
    of an entity's latest mention, from 1."""

    def __init__(self, text: NameText) -> None:
        self.text = text
        self.mentions: list[tuple[Mention, str]] = []
        self.count: Counter[str] = Counter()
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
        """By decided spans, the oldest first; those without a name tell nothing."""
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
        self.last[entity] = len(self.mentions)
        self.latest[entity] = mention
        self.forms[mention.folded][entity] += 1
        self.heads[mention.head][entity] += 1
        self.label[entity] = span.label
        if kind == "name":
            self.named.add(entity)
        if kind != "pronoun":
            self.plural[entity] = mention.plural
        else:
            gender = {"she": "f", "her": "f", "herself": "f", "he": "m", "him": "m", "his": "m"}
            if mention.folded in gender:
                self.gender[entity] = gender[mention.folded]
        for part in entity.split("; ") if kind == "nominal" else ():
            if (found := _TAIL.match(part)) is not None:
                self.tails[found.group(1)] += 1

    def recent(self) -> list[str]:
        """The entities, the one mentioned last first."""
        return sorted(self.count, key=lambda entity: -self.last[entity])

    def with_article(self, entity: str) -> str:
        """The entity with `the` where the text says so: `crews of the regatta`."""
        if entity[:1].islower():
            the = self.label.get(entity) == "organization" or self.plural.get(entity, False)
            return f"the {entity}" if the else entity
        return f"the {entity}" if self.text.bears_article(entity) else entity


__all__ = ["KnownEntities"]
