"""The u-alpha family: agreement in unitizing a continuum, and in the labels of its units.

Krippendorff, K., Mathet, Y., Bouvry, S. and Widlöcher, A. (2016). On the reliability of unitizing
textual continua: further developments. Quality & Quantity 50, 2347-2364; Krippendorff, K. (2019).
Content Analysis, 4th ed., section 12.6. Coincidences are lengths of intersections of the units and
gaps of every two annotators, each pair weighted by 1 / (m - 1) for m annotators. Expected
coincidences exclude those of a unit with itself; gaps count as stretches of length one. With l_ck
the lengths of intersections of labels c and k, gaps included, l_c and l their sums, and q the
squared lengths of units (lengths of gaps):

- u-alpha: labels and gaps, all equally different: 1 - (l - sum of l_cc) / (l^2 - sum of l_c^2) * (l
  - sum of q / l);
- |u-alpha: the same for units against gaps, regardless of labels;
- cu-alpha: labels where unit meets unit. With l* the same sums without gaps, and q* the squares of
  the lengths that a unit has in common with the units of each other annotator (weighted likewise),
  e_ck = (l*_c l*_k - q*_c if c = k) / (l* - q* / l*), it is 1 - (l* - sum of l*_cc) / (l* - sum of
  e_cc); its `coverage` is l* / l, the share of the continuum;
- (k)u-alpha of a label k: 1 - (e_k / l*_k) (l*_k - l*_kk) / (e_k - e_kk); its `coverage` is l*_k /
  l_k, the share of the label's length that meets units of others.

Units of one annotator may not overlap. Such data are refused with the name of the annotator; no
unit is ever dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from annotator.measures._characters import characters
from annotator.measures._coefficients import most_apart
from annotator.measures._comparison import Comparison
from annotator.measures._refusal import refusal
from annotator.measures._span_arrays import SpanArrays, overlaps, span_arrays, spread
from annotator.measures._tables import AnyTable, Array, Explanation, Figure, Key, Sums, Table
from annotator.model.schema import Layer
from annotator.model.text import paragraph_number

title = "u-alpha (unitizing)"
kinds = ("span",)

_SOURCE = (
    "Krippendorff, K., Mathet, Y., Bouvry, S. and Widlöcher, A. (2016). On the reliability of "
    "unitizing textual continua: further developments. Quality & Quantity 50, 2347-2364"
)
_LIMITS = "1 is full agreement, 0 what chance gives."
_CAUTION = "It is undefined if units of one annotator overlap."
_ABOUT = {
    "u-alpha": Explanation(
        "Agreement on the bounds and labels of units, gaps included, weighted by length.",
        r"{}_u\alpha = 1 - D_o / D_e",
        _SOURCE,
        _LIMITS,
        _CAUTION,
    ),
    "|u-alpha": Explanation(
        "Agreement on what is a unit and what is a gap, whatever the label.",
        r"{}_{|u}\alpha = 1 - D_o / D_e",
        _SOURCE,
        _LIMITS,
        _CAUTION,
    ),
    "cu-alpha": Explanation(
        "Agreement on the labels of stretches that two annotators both marked.",
        r"{}_{cu}\alpha = 1 - D_o / D_e",
        _SOURCE,
        _LIMITS,
        f"Look at its coverage: what only one marked is not in it. {_CAUTION}",
    ),
    "(k)u-alpha": Explanation(
        "Agreement on one label against all others, in stretches that two annotators both marked.",
        r"{}_{(k)u}\alpha = 1 - D_o / D_e",
        _SOURCE,
        _LIMITS,
        f"Look at its coverage: what only one marked is not in it. {_CAUTION}",
    ),
}

GAP = ""
"""Stands for a gap among the labels."""


def tables(comparison: Comparison, layer: Layer) -> dict[str, AnyTable]:
    """`lengths`: of each passage the coincidences of labels and gaps (`c`), squares (`own`) and, of
    what is in common with others, squares (`met`), and numbers of units, by label; who refuses a
    passage whose units overlap."""
    found = span_arrays(comparison, layer.name)
    labels = (GAP, *found.labels)
    size, count = len(labels), len(found.people)
    refused = _overlapping(comparison, found)
    own, met = _squares(found, size), _met(found, size)
    units = spread(len(found.people), found.passage, found.label + 1, size)
    lengths = _coincidences(comparison, layer.name, found)
    rows = np.concatenate([lengths, own, met, units, np.zeros((count, len(refused)))], axis=1)
    for i, passage in enumerate(refused.values()):
        rows[passage] = 0
        rows[passage, i - len(refused)] = 1
    keys: list[Key] = [("c", one, other) for one in labels for other in labels]
    keys += [(kind, label) for kind in ("own", "met", "units") for label in labels]
    return {"lengths": Table([*keys, *(("refused", words) for words in refused)], rows)}


def _overlapping(comparison: Comparison, found: SpanArrays) -> dict[str, int]:
    """For every passage in which units of one annotator overlap,
    who it is and where: words -> passage."""
    order = np.lexsort((found.end, found.start, found.seat, found.passage))
    a, b = order[:-1], order[1:]
    bad = (found.passage[a] == found.passage[b]) & (found.seat[a] == found.seat[b])
    bad &= found.end[a] > found.start[b]
    out: dict[int, str] = {}
    for at in a[np.flatnonzero(bad)].tolist():
        number = int(found.passage[at])
        passage, name = comparison.passages[number], comparison.annotators[int(found.who[at])]
        out.setdefault(
            number,
            f"units of {name} overlap in {passage.name}, paragraph "
            f"{paragraph_number(passage.index)}",
        )
    return {words: at for at, words in out.items()}


def _coincidences(comparison: Comparison, layer: str, found: SpanArrays) -> Array:
    """The coincidences of every passage, gaps first, `(passages, size * size)`."""
    size, count = len(found.labels) + 1, len(found.people)
    counted = characters(comparison, layer)
    matrices, values = counted.matrices, counted.values
    # Without overlap, a stretch has at most one label, so the values are the labels in another
    # order.
    place = np.array([next(iter(held)) + 1 if held else 0 for held in values], dtype=np.int64)
    full = np.zeros((count, size, size))
    full[:, place[:, None], place[None, :]] = matrices.reshape(count, len(values), len(values))
    return full.reshape(count, size * size)


def _squares(found: SpanArrays, size: int) -> Array:
    """Squared lengths of units by label, and before them the
    lengths of gaps: `(passages, size)`."""
    length = (found.end - found.start).astype(np.float64)
    out = spread(len(found.people), found.passage, found.label + 1, size, length**2)
    marked = np.bincount(found.passage, weights=length, minlength=len(out))
    out[:, 0] = found.annotators * found.lengths - marked
    return out


def _met(found: SpanArrays, size: int) -> Array:
    """Squares of what units have in common with all units of each other annotator, by label, each
    pair of annotators weighted by 1 / (m - 1): `(passages, size)`."""
    a, b = overlaps(found)
    common = np.minimum(found.end[a], found.end[b]) - np.maximum(found.start[a], found.start[b])
    people = found.seats
    meeting = np.concatenate([a * people + found.seat[b], b * people + found.seat[a]])
    pairs, which = np.unique(meeting, return_inverse=True)
    lengths = np.bincount(which, weights=np.concatenate([common, common]), minlength=len(pairs))
    row = pairs // max(1, people)
    others = np.maximum(found.annotators[found.passage[row]] - 1, 1)
    return spread(
        len(found.people), found.passage[row], found.label[row] + 1, size, lengths**2 / others
    )


def figures(layer: Layer, sums: Mapping[str, Sums]) -> list[Figure]:  # noqa: ARG001
    """u-alpha, |u-alpha, cu-alpha and a (k)u-alpha for each label."""
    own = sums["lengths"]
    who = refusal(own)
    labels = sorted({key[1] for key in own.of("units")})
    parts = _Parts(own, labels)
    alike = "no variation: nothing is marked, or everything alike"
    n = sum(own.count("units", label) for label in labels)
    total = parts.matrices(own.total[None, :])[0]
    met = total[1:, 1:]
    covered = float(met.sum() / total.sum()) if total.sum() else None

    def figure(
        kind: str,
        value: Callable[[Array], Array],
        reason: str,
        n: int,
        coverage: float | None = None,
        label: str = "",
        *,
        lowest: Callable[[Array], Array],
    ) -> Figure:
        return Figure(
            "unitizing",
            kind + label,
            "lengths",
            value,
            reason,
            n,
            coverage,
            refused=who,
            lowest=lowest,
            about=_ABOUT[kind.strip()],
        )

    out = [
        figure("u-alpha", parts.u_alpha, alike, n, lowest=partial(parts.u_alpha, lowest=True)),
        figure("|u-alpha", parts.binary, alike, n, lowest=partial(parts.binary, lowest=True)),
        figure(
            "cu-alpha", parts.coding(), _reason(met), n, covered, lowest=parts.coding(lowest=True)
        ),
    ]
    for i, label in enumerate(labels):
        every = total[i + 1].sum()
        share = float(met[i].sum() / every) if every else None
        units = own.count("units", label)
        value, least = (parts.coding(i, lowest=lowest) for lowest in (False, True))
        reason = _reason(met[i])
        out.append(figure("(k)u-alpha ", value, reason, units, share, label, lowest=least))
    return out


def _reason(met: Array) -> str:
    return (
        "no variation: all units that meet have the same label"
        if met.sum()
        else "no unit meets a unit of another annotator"
    )


class _Parts:
    """The columns of `lengths` for labels in a fixed order, the gap first, and the figures on rows
    of them; with `lowest`, the lowest value with these lengths of labels and gaps."""

    def __init__(self, sums: Sums, labels: list[str]) -> None:
        values = [GAP, *labels]
        self._layout = sums.layout("c", values)
        self._own = sums.pick(*(("own", label) for label in values))
        self._met = sums.pick(*(("met", label) for label in labels))

    def matrices(self, rows: Array) -> Array:
        """Coincidences, `(k, size, size)`."""
        size = self._layout.size
        return self._layout.matrices(rows).reshape(len(rows), size, size)

    def u_alpha(self, rows: Array, *, lowest: bool = False) -> Array:
        """u-alpha, `(k,)`; NaN without variation."""
        matrices = self.matrices(rows)
        marginals = matrices.sum(axis=2)
        total = marginals.sum(axis=1)
        differing = total - np.trace(matrices, axis1=1, axis2=2)
        if lowest:
            differing = most_apart(marginals)
        return _one_minus(
            differing,
            total,
            total**2 - (marginals**2).sum(axis=1),
            total**2 - self._own(rows).sum(axis=1),
        )

    def binary(self, rows: Array, *, lowest: bool = False) -> Array:
        """|u-alpha, `(k,)`; NaN without variation."""
        matrices = self.matrices(rows)
        total, gaps = matrices.sum(axis=(1, 2)), matrices[:, 0].sum(axis=1)
        differing = 2 * (np.minimum(gaps, total - gaps) if lowest else gaps - matrices[:, 0, 0])
        return _one_minus(
            differing, total, 2 * gaps * (total - gaps), total**2 - self._own(rows).sum(axis=1)
        )

    def coding(self, label: int | None = None, *, lowest: bool = False) -> Callable[[Array], Array]:
        """cu-alpha, or the (k)u-alpha of the label of this number,
        `(k,)`; NaN without variation."""

        def value(rows: Array) -> Array:
            units = self.matrices(rows)[:, 1:, 1:]
            marginals = units.sum(axis=2)
            total = marginals.sum(axis=1)
            with np.errstate(divide="ignore", invalid="ignore"):
                possible = total - self._met(rows).sum(axis=1) / total
                # If a single unit meets a single unit, there is nothing else that they could have
                # met.
                possible = np.where(possible > 1e-9 * total, possible, np.nan)
                if label is None:
                    differing = total - np.trace(units, axis1=1, axis2=2)
                    if lowest:
                        differing = most_apart(marginals)
                    apart = total**2 - (marginals**2).sum(axis=1)
                    return _where(apart, 1 - differing / (apart / possible))
                mine = marginals[:, label]
                apart = mine * (total - mine)
                expected = (mine * total - self._met(rows)[:, label]) / possible
                differing = mine - units[:, label, label]
                if lowest:
                    differing = np.minimum(mine, total - mine)
                # In e_k - e_kk, the coincidences of units with themselves cancel out.
                return _where(apart, 1 - expected / mine * differing / (apart / possible))

        return value


def _where(apart: Array, values: Array) -> Array:
    return np.asarray(np.where((apart > 0) & np.isfinite(values), values, np.nan))


def _one_minus(differing: Array, total: Array, apart: Array, possible: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return _where(apart, 1 - (differing / total) / (apart / possible))


__all__ = ["GAP", "figures", "kinds", "tables", "title"]
