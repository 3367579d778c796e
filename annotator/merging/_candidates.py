"""Candidates for the gold: every different annotation that an annotator made, with who made it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from annotator.model.record import Record
from annotator.model.span import AUTHOR, Annotation, Relation, Span, Value, iou


@dataclass(frozen=True, slots=True)
class Candidate:
    """An annotation, and the annotators who made it just so (attributes aside), sorted."""

    value: Annotation
    votes: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.value.id


def _id(*parts: str | int) -> str:
    content = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return "g" + hashlib.blake2b(content, digest_size=6).hexdigest()


def candidates(records: Sequence[Record]) -> list[Candidate]:
    """The candidates of finished records of one document: spans in reading order, then relations.

    Spans are the same when layer, label and bounds are; relations when layer, label and both ends are. An
    attribute has the value that most of those who made the annotation gave it, at a tie that of the first.
    """
    spans: dict[str, list[tuple[str, Span]]] = {}
    relations: dict[str, list[tuple[str, Relation]]] = {}
    for record in sorted(records, key=lambda r: r.annotator or ""):
        who = record.annotator or ""
        names = {AUTHOR: AUTHOR}
        for span in record.spans:
            name = _id(span.layer, span.label, span.start, span.end)
            names[span.id] = name
            spans.setdefault(name, []).append((who, span))
        for relation in record.relations:
            source, target = names.get(relation.source), names.get(relation.target)
            if source is not None and target is not None:
                name = _id(relation.layer, relation.label, source, target)
                same = replace(relation, source=source, target=target)
                relations.setdefault(name, []).append((who, same))
    ordered = sorted(spans.items(), key=lambda kv: (kv[1][0][1].start, -kv[1][0][1].end, kv[0]))
    found = [Candidate(_span(name, made), _votes(made)) for name, made in ordered]
    return [*found, *(Candidate(_relation(n, made), _votes(made)) for n, made in sorted(relations.items()))]


def _votes(made: Iterable[tuple[str, Annotation]]) -> tuple[str, ...]:
    return tuple(sorted({who for who, _ in made}))


def _span(name: str, made: Sequence[tuple[str, Span]]) -> Span:
    first = made[0][1]
    entity = _most([s.entity for _, s in made if s.entity])
    return replace(first, id=name, entity=entity, attributes=_attributes([s.attributes for _, s in made]))


def _relation(name: str, made: Sequence[tuple[str, Relation]]) -> Relation:
    return replace(made[0][1], id=name, attributes=_attributes([r.attributes for _, r in made]))


def _most(values: Sequence[str]) -> str | None:
    return Counter(values).most_common(1)[0][0] if values else None


def _attributes(given: Sequence[Mapping[str, Value]]) -> dict[str, Value]:
    out: dict[str, Value] = {}
    for name in dict.fromkeys(name for attributes in given for name in attributes):
        values = [attributes[name] for attributes in given if name in attributes]
        # The first of the most frequent; values may be lists, which do not hash.
        out[name] = max(values, key=lambda value: (values.count(value), -values.index(value)))
    return out


def clusters(found: Sequence[Candidate], *, least: float = 0.5) -> list[list[Candidate]]:
    """Span candidates of one layer that mean the same stretch: each overlaps the first of its cluster with an
    intersection over union of at least `least`; those with more votes come first."""
    spans = [c for c in found if isinstance(c.value, Span)]
    out: list[list[Candidate]] = []
    for one in sorted(
        spans, key=lambda c: (-len(c.votes), c.value.start if isinstance(c.value, Span) else 0, c.id)
    ):
        home = next((group for group in out if _near(group[0], one, least)), None)
        if home is None:
            out.append([one])
        else:
            home.append(one)
    return out


def _near(a: Candidate, b: Candidate, least: float) -> bool:
    x, y = a.value, b.value
    return isinstance(x, Span) and isinstance(y, Span) and x.layer == y.layer and iou(x, y) >= least


def with_ends(kept: Iterable[Candidate]) -> list[Candidate]:
    """Without the relations that have an end point that is not kept."""
    held = list(kept)
    ids = {c.id for c in held} | {AUTHOR}
    return [
        c for c in held
        if isinstance(c.value, Span) or (c.value.source in ids and c.value.target in ids)
    ]  # fmt: skip


__all__ = ["Candidate", "candidates", "clusters", "with_ends"]
