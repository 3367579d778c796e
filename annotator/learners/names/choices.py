"""Coded documents as choices to learn naming from, as an annotator comes to them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from annotator.learners.names.asked import Asked
from annotator.learners.names.features import candidates
from annotator.learners.names.known import KnownEntities
from annotator.learners.names.text import Mention, NameText
from annotator.learners.names.training import NamedChoice, fit
from annotator.model.span import Span
from annotator.model.text import Document

CodedDocument = tuple[Document, Sequence[Span]]
"""A document, and the named spans of it."""

_PAIRS = re.compile(r"pair_[^&]*")

KINDS = ("name", "nominal", "pronoun")


def choices(coded: Iterable[CodedDocument]) -> Iterator[tuple[Mention, NamedChoice]]:
    """Every named mention with its candidates; the earlier documents serve as the registry."""
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for document, spans in coded:
        text = NameText(document)
        known = KnownEntities(text)
        ordered = sorted(spans, key=lambda s: (s.start, -s.end))
        for span in ordered:
            if not span.entity:
                continue
            mention = text.mention(span)
            yield (
                mention,
                (dict(candidates(Asked(mention, known, forms[mention.form]))), span.entity),
            )
            known.add(span)
        for mention, entity in known.mentions:
            forms[mention.form][entity] += 1


def learn(
    coded: Iterable[CodedDocument], *, base: Mapping[str, Mapping[str, float]] | None = None
) -> dict[str, dict[str, float]]:
    """Weights by kind of mention; with a `base`, what differs from it."""
    groups: dict[str, list[NamedChoice]] = {kind: [] for kind in KINDS}
    for mention, group in choices(coded):
        groups[mention.kind].append(group)
    found = {kind: fit(groups[kind], base=(base or {}).get(kind)) for kind in ("name", "nominal")}
    # Pronouns are few: what is known of pairs comes from common nouns.
    pairs = {name: value for name, value in found["nominal"].items() if _PAIRS.fullmatch(name)}
    start = (base or {}).get("pronoun") or pairs
    return {**found, "pronoun": fit(groups["pronoun"], base=start)}


__all__ = ["KINDS", "CodedDocument", "choices", "learn"]
