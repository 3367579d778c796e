"""One paragraph as several annotators coded it: what differs first, version under version, then what agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotator.model.span import AUTHOR, Relation, Span, iou
from annotator.tui.rows import PLAIN, Piece, clip, paragraphs
from annotator.tui.theme import Theme


@dataclass(frozen=True, slots=True)
class Marks:
    """What one annotator marked in the paragraph; `ends` finds the spans of relations by id."""

    spans: Sequence[Span]
    relations: Sequence[Relation]
    ends: Mapping[str, Span]


def beside(
    text: str, start: int, end: int, works: Mapping[str, Marks], theme: Theme, width: int
) -> list[list[Piece]]:
    """Rows: the paragraph `[start, end)`, then every item with each annotator's version of it."""
    rows = [*paragraphs(" ".join(text[start:end].split()), width), []]
    items = [(layer, versions) for layer, versions in _items(text, works) if versions]
    differ = [(layer, v) for layer, v in items if len(v) < len(works) or len(set(v.values())) > 1]
    agreed = [(layer, v) for layer, v in items if (layer, v) not in differ]
    rows.append([(f"{len(differ)} differ", theme.strong), (f", {len(agreed)} agree", theme.muted)])
    name_width = min(16, max((len(who) for who in works), default=1))
    for layer, versions in differ:
        rows.append([])
        for i, who in enumerate(sorted(works)):
            lead = f"≠ {layer[:8]:<9}" if i == 0 else " " * 11
            said = versions.get(who, "–  not marked")
            style = PLAIN if who in versions else theme.muted
            rows.append(
                [(lead, theme.strong), (f"{clip(who, name_width):<{name_width}}  ", theme.muted),
                 (clip(said, max(10, width - 13 - name_width)), style)]
            )  # fmt: skip
    if agreed:
        rows.append([])
    for layer, versions in agreed:
        said = clip(next(iter(versions.values())), max(10, width - 18))
        rows.append([(f"= {layer[:8]:<9}", theme.muted), (f"all    {said}", theme.muted)])
    return rows


def _items(text: str, works: Mapping[str, Marks]) -> list[tuple[str, dict[str, str]]]:
    """Layer, and version by annotator, of everything that somebody marked; in text order, relations last."""
    groups: list[tuple[Span, dict[str, Span]]] = []
    for who in sorted(works):
        for span in works[who].spans:
            best = max(
                (g for g in groups if g[0].layer == span.layer and who not in g[1] and iou(g[0], span) > 0),
                key=lambda g: (iou(g[0], span), g[0].label == span.label),
                default=None,
            )
            if best is None:
                groups.append((span, {who: span}))
            else:
                best[1][who] = span
    groups.sort(key=lambda g: (g[0].start, -g[0].end))
    out = [(first.layer, {who: _said(text, s) for who, s in v.items()}) for first, v in groups]
    edges: dict[tuple[str, str, str], dict[str, str]] = {}
    place = {(who, s.id): f"{i}" for i, (_, v) in enumerate(groups) for who, s in v.items()}
    for who in sorted(works):
        for edge in works[who].relations:
            source = edge.source if edge.source == AUTHOR else place.get((who, edge.source), edge.source)
            key = (edge.layer, source, place.get((who, edge.target), edge.target))
            edges.setdefault(key, {})[who] = _told(text, edge, works[who].ends)
    return [*out, *((layer, versions) for (layer, _, _), versions in edges.items())]


def _quote(text: str, span: Span) -> str:
    return " ".join(text[span.start : span.end].split())


def _said(text: str, span: Span) -> str:
    return f"{span.label}  “{_quote(text, span)}”  {span.start}–{span.end}"


def _told(text: str, edge: Relation, ends: Mapping[str, Span]) -> str:
    holder = "author" if edge.source == AUTHOR else _end(text, ends.get(edge.source))
    return f"{edge.label}  {holder} → {_end(text, ends.get(edge.target))}"


def _end(text: str, span: Span | None) -> str:
    return f"“{_quote(text, span)}”" if span is not None else "?"


__all__ = ["Marks", "beside"]
