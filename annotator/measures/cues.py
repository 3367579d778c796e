"""Agreement on attributes that are stretches of text (the cue of a stance), on aligned annotations.

Where two annotators both marked an annotation, their stretches are compared as spans: with the same
bounds, by overlap, and by the characters that they have in common. An annotation without the
attribute counts as nothing marked, so a cue that one annotator left out counts as missing.
`coverage` is the share of aligned annotations on which both marked a cue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from annotator.measures._comparison import Comparison
from annotator.measures._items import items
from annotator.measures._tables import AnyTable, Array, Explanation, Figure, Sums, Table, f1
from annotator.model.schema import Attribute, Layer
from annotator.model.span import Annotation

title = "Cues and other stretches of text that an annotation has"
kinds = ("span", "relation")

_SOURCE = "Chinchor, N. and Sundheim, B. (1993). MUC-5 evaluation metrics. MUC-5, 69-78"
_FORMULA = r"F_1 = 2 \cdot \mathrm{same} / (\mathrm{one} + \mathrm{other})"
_CAUTION = (
    "It is not corrected for chance. Look at its coverage: stretches of annotations that nobody "
    "else made are not compared."
)
_ABOUT = {
    "exact": Explanation(
        "The share of stretches that two annotators marked with the same bounds, in annotations "
        "that both made.",
        _FORMULA,
        _SOURCE,
        "0 to 1; one character of difference is an error.",
        _CAUTION,
    ),
    "partial": Explanation(
        "The same as the exact F1, with half a point for stretches that overlap.",
        _FORMULA,
        _SOURCE,
        "0 to 1; near 1 where annotators see the same place and draw it differently.",
        _CAUTION,
    ),
    "characters": Explanation(
        "The share of characters of these stretches that both annotators marked.",
        r"F_1 = 2 |A \cap B| / (|A| + |B|)",
        "Dice, L. R. (1945). Measures of the amount of ecologic association between species. "
        "Ecology 26, 297-302",
        "0 to 1; long stretches count more.",
        _CAUTION,
    ),
}


def tables(comparison: Comparison, layer: Layer) -> dict[str, AnyTable]:
    """For every attribute of type span, summed over all pairs of annotators: the numbers of
    stretches with the same bounds, of others that overlap, and of all stretches; the numbers of
    characters in common and in all stretches; and the numbers of pairs of annotations, and of pairs
    in which both have a stretch."""
    wanted = _stretches(layer)
    if not wanted:
        return {}
    found = items(comparison, layer)
    a, b = found.pairs(np.arange(len(found.values)))
    keys = [
        ("same",),
        ("overlap",),
        ("marked",),
        ("common",),
        ("characters",),
        ("pairs",),
        ("both",),
    ]
    out: dict[str, AnyTable] = {}
    for attribute in wanted:
        rows = np.zeros((found.passages, len(keys)))
        held = [_bounds(item, attribute) for item in found.values]
        for one, other in zip(a.tolist(), b.tolist(), strict=True):
            rows[found.passage[one]] += _compared(held[one], held[other])
        out[attribute.name] = Table(keys, rows)
    return out


def _stretches(layer: Layer) -> list[Attribute]:
    return [a for a in layer.attributes if a.type == "span"]


def _bounds(item: Annotation, attribute: Attribute) -> tuple[int, int] | None:
    held = item.attributes.get(attribute.name)
    if not isinstance(held, list) or len(held) != 2:
        return None
    start, end = held
    return (start, end) if isinstance(start, int) and isinstance(end, int) and start < end else None


def _compared(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[float, ...]:
    marked = (one is not None) + (other is not None)
    characters = sum(
        end - start for start, end in (held for held in (one, other) if held is not None)
    )
    if one is None or other is None:
        return (0, 0, marked, 0, characters, 1, 0)
    common = max(0, min(one[1], other[1]) - max(one[0], other[0]))
    same = one == other
    return (same, bool(common) and not same, marked, common, characters, 1, 1)


def figures(layer: Layer, sums: Mapping[str, Sums]) -> list[Figure]:
    """F1 of equal bounds, with half a point for overlap, and of characters."""
    out: list[Figure] = []
    for attribute in _stretches(layer):
        if attribute.name not in sums:
            continue
        own = sums[attribute.name]
        n, pairs = own.count("marked"), own.get("pairs")
        coverage = own.get("both") / pairs if pairs else None
        reason = "no aligned annotation has one" if pairs else "nothing is aligned"
        take = own.pick(("same",), ("overlap",), ("marked",), ("common",), ("characters",))
        for kind, shared, every in (
            ("exact", (1.0, 0.0, 0.0, 0.0), 2),
            ("partial", (1.0, 0.5, 0.0, 0.0), 2),
            ("characters", (0.0, 0.0, 0.0, 1.0), 4),
        ):
            out.append(
                Figure(
                    "cues",
                    f"F1 {attribute.name}, {kind}",
                    attribute.name,
                    _share(take, shared, every),
                    reason,
                    n,
                    coverage,
                    lowest=0,
                    about=_ABOUT[kind],
                )
            )
    return out


def _share(
    take: Callable[[Array], Array], shared: tuple[float, ...], every: int
) -> Callable[[Array], Array]:
    """F1 of the points that the columns `shared` give, with the number of stretches of both in the
    column `every`."""

    def value(rows: Array) -> Array:
        picked = take(rows)
        return f1(
            np.stack(
                [picked[:, :4] @ np.array(shared), picked[:, every], np.zeros(len(rows))], axis=1
            )
        )

    return value


__all__ = ["figures", "kinds", "tables", "title"]
