"""One paragraph as several annotators coded it: what differs first,
version under version, then what agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from annotator.model.span import AUTHOR, Annotation, Relation, Span, Value, iou
from annotator.tui.rows import PLAIN, Piece, clip, paragraphs
from annotator.tui.theme import Theme

if TYPE_CHECKING:
    from annotator.measures.api import Passage, Work

_LEAD = 11
"""Cells of the sign and the layer."""

_QUOTE = 24
"""Cells that a quote keeps beside attributes; these go below it where there is less room."""


@dataclass(frozen=True, slots=True)
class _Version:
    """How one annotator has an item. `place` tells the bounds of a span; relations are items by
    their ends, so that a word more in an end makes no other version."""

    label: str
    text: str = field(compare=False)
    place: str
    attributes: Mapping[str, str] = field(default_factory=dict)


_Versions: TypeAlias = Mapping[str, _Version]


def beside(passage: Passage, theme: Theme, width: int) -> list[list[Piece]]:
    """Rows: the paragraph, then every item with each annotator's version of it. Of
    attributes those are shown that differ."""
    text, works = passage.text, passage.works
    items = _items(text, works)
    differ: list[tuple[str, _Versions]] = []
    finer: list[tuple[str, _Versions]] = []
    agreed: list[tuple[str, _Versions]] = []
    for layer, versions in items:
        known = list(versions.values())
        if len(known) < len(works) or len({(v.label, v.place) for v in known}) > 1:
            differ.append((layer, versions))
        else:
            (agreed if all(v == known[0] for v in known) else finer).append((layer, versions))
    rows = [*paragraphs(" ".join(text[passage.start : passage.end].split()), width), []]
    fine = f", {len(finer)} in attributes alone" if finer else ""
    rows.append(
        [(f"{len(differ)} differ{fine}", theme.strong), (f", {len(agreed)} agree", theme.muted)]
    )
    names = min(16, max((len(who) for who in works), default=1))
    for layer, versions in (*differ, *finer):
        rows.append([])
        rows += _version_rows(layer, versions, sorted(works), names, theme, width)
    if agreed:
        rows.append([])
    for layer, versions in agreed:
        one = next(iter(versions.values()))
        said = clip(f"{one.label}  {one.text}  {one.place}".rstrip(), max(10, width - _LEAD - 7))
        rows.append([(f"= {layer[:8]:<9}", theme.muted), (f"all    {said}", theme.muted)])
    return rows


def _version_rows(
    layer: str, versions: _Versions, everybody: Sequence[str], names: int, theme: Theme, width: int
) -> list[list[Piece]]:
    rows: list[list[Piece]] = []
    room = max(10, width - _LEAD - 2 - names)
    shown = _differing(list(versions.values()))
    told = {
        who: ", ".join(f"{n} {v.attributes.get(n, '–')}" for n in shown)
        for who, v in versions.items()
    }
    below = bool(shown) and any(
        len(f"{v.label}  {v.place}    {told[who]}") + min(len(v.text), _QUOTE) > room
        for who, v in versions.items()
    )
    for i, who in enumerate(everybody):
        lead = f"≠ {layer[:8]:<9}" if i == 0 else " " * _LEAD
        head: list[Piece] = [(lead, theme.strong), (f"{clip(who, names):<{names}}  ", theme.muted)]
        one = versions.get(who)
        if one is None:
            rows.append([*head, ("–  not marked", theme.muted)])
            continue
        place = f"  {one.place}" if one.place else ""
        after = f"{place}  {told[who]}" if shown and not below else place
        quote = clip(one.text, max(6, room - len(one.label) - 2 - len(after)))
        rows.append([*head, (clip(f"{one.label}  {quote}{after}", room), PLAIN)])
        if below:
            rows.append([(" " * (_LEAD + names + 4), PLAIN), (clip(told[who], room - 2), PLAIN)])
    return rows


def _differing(versions: Sequence[_Version]) -> list[str]:
    """The attributes that do not have one value in all versions,
    in the order in which they were given."""
    names = dict.fromkeys(name for version in versions for name in version.attributes)
    return [
        name for name in names if len({version.attributes.get(name) for version in versions}) > 1
    ]


def _items(text: str, works: Mapping[str, Work]) -> list[tuple[str, _Versions]]:
    """Layer, and version by annotator, of everything that somebody
    marked; in text order, relations last."""
    groups: list[tuple[Span, dict[str, Span]]] = []
    for who in sorted(works):
        for span in works[who].spans:
            best = max(
                (
                    g
                    for g in groups
                    if g[0].layer == span.layer and who not in g[1] and iou(g[0], span) > 0
                ),
                key=lambda g: (iou(g[0], span), g[0].label == span.label),
                default=None,
            )
            if best is None:
                groups.append((span, {who: span}))
            else:
                best[1][who] = span
    groups.sort(key=lambda g: (g[0].start, -g[0].end))
    out: list[tuple[str, _Versions]] = [
        (first.layer, {who: _of_span(text, s) for who, s in v.items()}) for first, v in groups
    ]
    edges: dict[tuple[str, str, str], dict[str, _Version]] = {}
    place = {(who, s.id): f"{i}" for i, (_, v) in enumerate(groups) for who, s in v.items()}
    for who in sorted(works):
        for edge in works[who].relations:
            source = (
                edge.source if edge.source == AUTHOR else place.get((who, edge.source), edge.source)
            )
            key = (edge.layer, source, place.get((who, edge.target), edge.target))
            edges.setdefault(key, {})[who] = _of_relation(text, edge, works[who].ends)
    return [*out, *((layer, versions) for (layer, _, _), versions in edges.items())]


def _quote(text: str, start: int, end: int) -> str:
    return f"“{' '.join(text[start:end].split())}”"


def _of_span(text: str, span: Span) -> _Version:
    entity = {"entity": span.entity} if span.entity else {}
    place = f"{span.start}–{span.end}"
    return _Version(
        span.label, _quote(text, span.start, span.end), place, {**entity, **_attributes(text, span)}
    )


def _of_relation(text: str, edge: Relation, ends: Mapping[str, Span]) -> _Version:
    def end(id: str) -> str:
        span = ends.get(id)
        return _quote(text, span.start, span.end) if span is not None else "?"

    holder = "author" if edge.source == AUTHOR else end(edge.source)
    return _Version(edge.label, f"{holder} → {end(edge.target)}", "", _attributes(text, edge))


def _attributes(text: str, value: Annotation) -> dict[str, str]:
    return {name: _told(text, held) for name, held in value.attributes.items()}


def _told(text: str, held: Value) -> str:
    """A value as one reads it: of a pair of offsets the text."""
    if not isinstance(held, list):
        return str(held)
    if len(held) == 2 and isinstance(start := held[0], int) and isinstance(end := held[1], int):
        return _quote(text, start, end)
    return "; ".join(map(str, held))


__all__ = ["beside"]
