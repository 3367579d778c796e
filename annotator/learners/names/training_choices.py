"""Turns coded documents into choices to learn naming from, in the order in which an annotator makes
them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from annotator.learners.names.features import NOBODY, with_nobody
from annotator.learners.names.known import KnownEntities
from annotator.learners.names.name_text import Mention, NameText
from annotator.learners.names.query import NameQuery
from annotator.learners.names.training import NamedChoice, fit
from annotator.model.codebook import Codebook, CodebookEntry
from annotator.model.span import Span, reading_order
from annotator.model.text import Document

CodedDocument = tuple[Document, Sequence[Span]]
"""A document, and the named spans of it."""

_PAIRS = re.compile(r"pair_[^&]*")

KINDS = ("name", "nominal", "pronoun")


class _Earlier:
    """A registry: the codebook, and the names of the documents so far."""

    def __init__(self, codebook: Codebook) -> None:
        self._codebook = codebook
        self._forms: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, known: KnownEntities) -> None:
        for mention, entity in known.mentions:
            self._forms[mention.whole][entity] += 1

    def named(self, form: str) -> Mapping[str, int]:
        return self._forms.get(form, {})

    def listed(self, form: str) -> Sequence[str]:
        return self._codebook.named("entity", form)

    def headed(self, *nouns: str) -> Sequence[CodebookEntry]:
        return self._codebook.headed("entity", *nouns)


def choices(
    coded: Iterable[CodedDocument], codebook: Codebook | None = None
) -> Iterator[tuple[Mention, NamedChoice]]:
    """Every named mention with its candidates and the right one; the earlier documents and the
    codebook serve as the registry."""
    registry = _Earlier(codebook or Codebook())
    for document, spans in coded:
        text = NameText(document)
        known = KnownEntities(text)
        for span in sorted(spans, key=reading_order):
            if not span.entity:
                continue
            mention = text.mention(span)
            found = dict(with_nobody(NameQuery.of(mention, known, registry)))
            meant = span.entity if span.entity in found else NOBODY
            yield mention, (found, meant)
            known.add(span)
        registry.add(known)


def learn(
    named: Iterable[tuple[Mention, NamedChoice]],
    *,
    base: Mapping[str, Mapping[str, float]] | None = None,
) -> dict[str, dict[str, float]]:
    """Weights by kind of mention, from `choices`; with a `base`, what differs from it."""
    groups: dict[str, list[NamedChoice]] = {kind: [] for kind in KINDS}
    for mention, group in named:
        groups[mention.kind].append(group)
    found = {kind: fit(groups[kind], base=(base or {}).get(kind)) for kind in ("name", "nominal")}
    # Pronouns are few, so what is known about pairs is learnt from common nouns.
    pairs = {name: value for name, value in found["nominal"].items() if _PAIRS.fullmatch(name)}
    start = (base or {}).get("pronoun") or pairs
    return {**found, "pronoun": fit(groups["pronoun"], base=start)}


__all__ = ["KINDS", "CodedDocument", "choices", "learn"]
