"""Krippendorff's nominal alpha on the characters and on the tokens of the text, with percent
agreement and AC1.

The value that an annotator gives a character or token is the set of labels that cover it; having no
label is a value too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from annotator.measures import _coefficients as coefficients
from annotator.measures._characters import Coincidences, characters, tokens
from annotator.measures._coefficients import alpha, alpha_of
from annotator.measures._comparison import Comparison
from annotator.measures._span_arrays import SpanArrays, span_arrays
from annotator.measures._tables import (
    AnyTable,
    Array,
    Explanation,
    Figure,
    Key,
    MatrixLayout,
    Sums,
    Table,
)
from annotator.model.schema import Layer

title = "Krippendorff's alpha on characters and tokens"
kinds = ("span",)

_ALIKE = "no variation: nothing is marked, or everything alike"


def tables(comparison: Comparison, layer: Layer) -> dict[str, AnyTable]:
    """Coincidences of the labels of characters and of tokens."""
    return {"characters": on_characters(comparison, layer), "tokens": on_tokens(comparison, layer)}


def on_characters(comparison: Comparison, layer: Layer) -> Table:
    """The table of characters."""
    return _table(span_arrays(comparison, layer.name), characters(comparison, layer.name))


def on_tokens(comparison: Comparison, layer: Layer) -> Table:
    """The table of tokens."""
    return _table(span_arrays(comparison, layer.name), tokens(comparison, layer.name))


def _table(found: SpanArrays, counted: Coincidences) -> Table:
    """Matrices under the labels that the values stand for, shares
    of values, agreeing pairs and units."""
    names = [tuple(sorted(found.labels[i] for i in held)) for held in counted.values]
    keys: list[Key] = [("c", one, other) for one in names for other in names]
    keys += [*(("share", one) for one in names), ("agree",), ("n",)]
    ends = [counted.agreeing[:, None], counted.units[:, None]]
    return Table(keys, np.concatenate([counted.matrices, counted.share, *ends], axis=1))


def figures(layer: Layer, sums: Mapping[str, Sums]) -> list[Figure]:
    """Alpha on characters and on tokens, `parts` by label, each against everything
    else; percent agreement and AC1."""
    return [
        one
        for unit in ("characters", "tokens")
        for one in (figure(unit, sums[unit]), *_beside(layer, unit, sums[unit]))
    ]


def figure(unit: str, sums: Sums) -> Figure:
    """Alpha on one kind of unit."""
    layout = sums.layout("c")
    own, least = (alpha(layout.size, lowest=lowest) for lowest in (False, True))
    return Figure(
        "alpha",
        f"alpha {unit}",
        unit,
        lambda rows: own(layout.matrices(rows)),
        _ALIKE,
        sums.count("n"),
        None,
        _by_label(unit, layout, sums),
        lowest=lambda rows: least(layout.matrices(rows)),
        about=coefficients.ALPHA,
    )


def _by_label(unit: str, layout: MatrixLayout, sums: Sums) -> list[Figure]:
    size = layout.size
    totals = layout.matrices(sums.total[None, :]).reshape(size, size).sum(axis=1)
    out: list[Figure] = []
    for label in sorted({label for held in layout.values for label in held}):
        keep = [at for at, held in enumerate(layout.values) if label in held]
        value, least = (alpha_of(layout, keep, lowest=lowest) for lowest in (False, True))
        n = round(float(totals[keep].sum()))
        out.append(Figure("alpha", label, unit, value, _ALIKE, n, lowest=least))
    return out


def _beside(layer: Layer, unit: str, sums: Sums) -> list[Figure]:
    """Percent agreement and AC1. The possible values are those that annotators gave, and the labels
    of the schema."""
    values = [key[1] for key in sums.of("share")]
    take = sums.pick(("agree",), ("n",), *(("share", value) for value in values))
    possible = len({*values, (), *((label.name,) for label in layer.labels)})
    n, marked = sums.count("n"), any(values)

    def agreeing(rows: Array) -> tuple[Array, Array]:
        picked = take(rows)
        with np.errstate(divide="ignore", invalid="ignore"):
            known = np.where(picked[:, 1:2] > 0, picked / picked[:, 1:2], np.nan)
        return known[:, 0], np.nan_to_num(known[:, 2:])

    def figure(
        kind: str,
        value: Callable[[Array, Array], Array],
        about: Explanation,
        lowest: float,
    ) -> Figure:
        refused = "" if marked else "nothing is marked"
        return Figure(
            "alpha",
            f"{kind} {unit}",
            unit,
            lambda rows: value(*agreeing(rows)),
            _ALIKE,
            n,
            refused=refused,
            lowest=lowest,
            about=about,
        )

    return [
        figure("percent", lambda observed, _: observed, coefficients.PERCENT, 0),
        figure(
            "AC1",
            lambda observed, shares: coefficients.ac1(observed, shares, possible),
            coefficients.AC1,
            coefficients.least_of_possible(possible),
        ),
    ]


__all__ = ["figure", "figures", "kinds", "on_characters", "on_tokens", "tables", "title"]
