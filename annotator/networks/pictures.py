"""Figures for a paper, as SVG: the two-mode network, and the signed matrix.
The same network gives the same bytes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from annotator.model.text import xml_legal
from annotator.networks.affiliation import Affiliation, Edge
from annotator.networks.structure import Communities

SUPPORT, OPPOSE, EVEN = "#0072b2", "#d55e00", "#999999"
"""Blue, vermillion and grey of Okabe and Ito (2008), which people with any common colour blindness
can distinguish."""

GROUPS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#999999")
_FONT = "font-family='Helvetica, Arial, sans-serif'"


_SLANT = 55
"""Degrees by which the concepts above a matrix are turned."""
_RISE, _RUN = math.sin(math.radians(_SLANT)), math.cos(math.radians(_SLANT))


def _columns(words: str) -> int:
    """How many letters wide a text is; ideographs are as wide as two."""
    return sum(1 + (east_asian_width(char) in "WF") for char in words)


def _svg(width: float, height: float, parts: Sequence[str], title: str) -> bytes:
    head = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width:.0f}' height='{height:.0f}' "
        f"viewBox='0 0 {width:.0f} {height:.0f}' role='img'>\n"
        f"<title>{escape(title)}</title>\n"
        f"<rect width='100%' height='100%' fill='white'/>\n"
    )
    return (head + "\n".join(parts) + "\n</svg>\n").encode("utf-8")


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", size: int = 11, more: str = ""
) -> str:
    place = f"x='{x:.1f}' y='{y:.1f}' {_FONT} font-size='{size}' text-anchor='{anchor}' {more}"
    return f"<text {place}>{escape(xml_legal(words))}</text>"


def network_picture(found: Affiliation, groups: Communities) -> bytes:
    """The two-mode network in two columns, so that no name covers another: holders at the left,
    grouped and coloured by community, white if alone; concepts at the right, each near the holders
    who take a side on it. A solid edge means support, a dashed one opposition; the width grows with
    the weight."""
    holders = [name for names in groups.groups for name in names]
    colours = _colours(groups)
    concepts = _near_holders(found, holders)
    left = 16.0 + 7.2 * max(map(_columns, holders), default=8)
    right, row = left + 420.0, 24.0
    width = right + 16.0 + 6.4 * max(map(_columns, concepts), default=8)
    height = 40 + row * max(len(holders), len(concepts), 1)

    def heights(names: Sequence[str]) -> dict[str, float]:
        step = (height - 40) / max(1, len(names))
        return {name: 20 + step * (i + 0.5) for i, name in enumerate(names)}

    ys, yc = heights(holders), heights(concepts)
    parts = [
        _curve((left + 8, ys[edge.holder]), (right - 8, yc[edge.concept]), edge)
        for edge in found.edges
    ]
    for holder in holders:
        parts.append(
            f"<circle cx='{left:.1f}' cy='{ys[holder]:.1f}' r='6' fill='{colours[holder]}' "
            "stroke='#333'/>"
        )
        parts.append(
            _text(left - 12, ys[holder] + 4, holder, anchor="end", more="font-weight='bold'")
        )
    for concept in concepts:
        y = yc[concept]
        parts.append(
            f"<rect x='{right - 5:.1f}' y='{y - 5:.1f}' width='10' height='10' fill='white' "
            "stroke='#333'/>"
        )
        parts.append(_text(right + 12, y + 4, concept, more="font-style='italic'"))
    if not parts:
        parts.append(_text(width / 2, height / 2, "no statements", anchor="middle"))
    return _svg(width, height, parts, "Who takes which side on what")


def _curve(start: tuple[float, float], end: tuple[float, float], edge: Edge) -> str:
    """An edge from a holder to a concept, which leaves and arrives level."""
    (x1, y1), (x2, y2) = start, end
    colour, dash = {1: (SUPPORT, ""), -1: (OPPOSE, "stroke-dasharray='6 4'")}.get(
        edge.sign, (EVEN, "stroke-dasharray='2 3'")
    )
    bend = (x1 + x2) / 2
    return (
        f"<path d='M {x1:.1f} {y1:.1f} C {bend:.1f} {y1:.1f} "
        f"{bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}' fill='none' "
        f"stroke='{colour}' stroke-opacity='0.6' "
        f"stroke-width='{min(6.0, 1 + 0.8 * abs(edge.weight)):.1f}' {dash}/>"
    )


def _colours(groups: Communities) -> dict[str, str]:
    """The colour of each holder: that of the community, white if alone."""
    return {
        name: GROUPS[number % len(GROUPS)] if len(names) > 1 else "white"
        for number, names in enumerate(groups.groups)
        for name in names
    }


def _near_holders(found: Affiliation, holders: Sequence[str]) -> list[str]:
    """The concepts by the mean place of the holders who take a side on them."""
    place = {name: i / max(1, len(holders) - 1) for i, name in enumerate(holders)}
    near: dict[str, list[float]] = {concept: [] for concept in found.concepts}
    for edge in found.edges:
        near[edge.concept].append(place[edge.holder])
    return sorted(found.concepts, key=lambda c: (sum(near[c]) / len(near[c]), c))


def matrix_picture(found: Affiliation, groups: Communities) -> bytes:
    """The signed matrix, holders by concepts: `+` supports, `−` opposes, `±` is even. Holders of
    one community are adjacent, and concepts with the most sides come first."""
    order = [name for names in groups.groups for name in names]
    signs = {(edge.holder, edge.concept): edge for edge in found.edges}
    sides = {c: sum(bool(signs.get((h, c))) for h in order) for c in found.concepts}
    columns = sorted(found.concepts, key=lambda c: (-sides[c], c))
    cell, left = 24.0, 12.0 + 6.4 * max(map(_columns, order), default=8)
    long = [6.0 * _columns(concept) for concept in columns]
    top = 20 + _RISE * max(long, default=60)
    parts: list[str] = []
    for i, concept in enumerate(columns):
        x = left + (i + 0.6) * cell
        parts.append(
            _text(
                x,
                top - 8,
                concept,
                more=f"transform='rotate(-{_SLANT} {x:.1f} {top - 8:.1f})'",
                size=10,
            )
        )
    for row, holder in enumerate(order):
        y = top + row * cell
        parts.append(_text(left - 6, y + cell * 0.65, holder, anchor="end"))
        for i, concept in enumerate(columns):
            edge = signs.get((holder, concept))
            parts += _cell(left + i * cell, y, cell, None if edge is None else edge.sign)
    ends = [left + (i + 0.6) * cell + _RUN * length for i, length in enumerate(long)]
    width = 12 + max([left + len(columns) * cell, *ends])
    return _svg(width, top + len(order) * cell + 20, parts, "Who takes which side on what")


_CELLS = {1: ("+", SUPPORT), -1: ("−", OPPOSE), 0: ("±", EVEN), None: ("", "#f4f4f4")}
"""Mark and colour of a cell by the sign; None where no side is taken."""


def _cell(x: float, y: float, size: float, sign: int | None) -> Iterator[str]:
    mark, fill = _CELLS[sign]
    yield (
        f"<rect x='{x:.1f}' y='{y:.1f}' width='{size - 2:.1f}' height='{size - 2:.1f}' "
        f"fill='{fill}'/>"
    )
    if mark:
        middle = (x + size / 2 - 1, y + size * 0.66)
        yield _text(*middle, mark, anchor="middle", size=13, more="fill='white'")


__all__ = ["matrix_picture", "network_picture"]
