"""Agreement on one value of each annotation (a label, a side, an attribute)
over units: statistics and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotator.measures import _coefficients as coefficients
from annotator.measures._coefficients import alpha, alpha_of, squares
from annotator.measures._comparison import PAIRWISE, Comparison
from annotator.measures._items import Items
from annotator.measures._names import called
from annotator.measures._observed_agreement import ObservedAgreement
from annotator.measures._tables import (
    AnyTable,
    Array,
    Explanation,
    Figure,
    Ints,
    Key,
    MatrixLayout,
    SparseCells,
    Sums,
)
from annotator.model.schema import Attribute, Layer
from annotator.model.span import Annotation

ValueOf = Callable[[Annotation], "str | None"]
"""The value that an annotation has; None where it has none."""


def closed(layer: Layer) -> list[Attribute]:
    """The attributes of a layer with a closed set of values, one for each annotation."""
    return [a for a in layer.attributes if a.type in ("choice", "integer") and not a.multiple]


def variable(attribute: Attribute) -> Variable:
    """An attribute as a variable. A whole number between bounds may have all values from one to the
    other, whether anybody gave them or not."""
    whole = attribute.type == "integer"
    known = list(attribute.values)
    if whole and attribute.minimum is not None and attribute.maximum is not None:
        known = [str(number) for number in range(attribute.minimum, attribute.maximum + 1)]
    return Variable(called(attribute.name), known, interval=whole)


def label_of(item: Annotation) -> str:
    """The label of an annotation."""
    return item.label


def attribute(name: str) -> ValueOf:
    """The value of an attribute."""

    def said(item: Annotation) -> str | None:
        value = item.attributes.get(name)
        return None if value is None else str(value)

    return said


@dataclass(frozen=True, slots=True)
class Coded:
    """The annotations that have a value: their rows (ascending), their values (indices of
    `values`), and how many annotations of their unit have a value."""

    rows: Ints
    code: Ints
    values: Sequence[str]
    together: Ints

    @classmethod
    def of(cls, found: Items, value_of: ValueOf) -> Coded:
        """The values in the annotations."""
        held = [value_of(item) for item in found.values]
        rows = np.array([i for i, value in enumerate(held) if value is not None], dtype=np.int64)
        values = sorted({value for value in held if value is not None})
        place = {value: i for i, value in enumerate(values)}
        code = np.array([place[value] for value in held if value is not None], dtype=np.int64)
        unit = found.unit[rows]
        size = np.bincount(unit, minlength=len(found.values) or 1)
        return cls(rows, code, values, np.asarray(size[unit], dtype=np.int64))


def tables(
    comparison: Comparison, found: Items, name: str, value_of: ValueOf
) -> dict[str, AnyTable]:
    """The table `name`: coincidences of values (`c`; a unit with m of them weighs 1 / (m - 1)), how
    often one annotator gave which value where another gave which (`met`, both directions), for each
    value its share of units (`share`), the agreeing pairs of units (`agree`), the numbers of
    `units` with two values or more, of values in them (`pairable`), and of annotations (`every`);
    and how often each value was `given` at all. `<name> by pair`: confusions of every two (`p`)."""
    coded = Coded.of(found, value_of)
    full = np.full(len(found.values), -1, dtype=np.int64)
    full[coded.rows] = coded.code
    a, b = found.pairs(coded.rows)
    position = np.zeros(len(found.values), dtype=np.int64)
    position[coded.rows] = np.arange(len(coded.rows))
    m = coded.together[position[a]] if len(a) else np.zeros(0)
    cells = SparseCells(found.passages)
    values = coded.values
    size = max(1, len(values))
    one, other = full[a], full[b]
    for left, right in ((one, other), (other, one)):
        cells.add(
            found.passage[a],
            left * size + right,
            1 / np.maximum(m - 1, 1),
            lambda i: ("c", *_two(i, values)),
        )
        cells.add(
            found.passage[a],
            left * size + right,
            np.ones(len(a)),
            lambda i: ("met", *_two(i, values)),
        )
    agreeing = (one == other) * 2 / np.maximum(m * (m - 1), 1)
    cells.add(found.passage[a], np.zeros(len(a), dtype=np.int64), agreeing, lambda _: ("agree",))
    _count_units(cells, found, coded)
    cells.add(
        found.passage[coded.rows],
        coded.code,
        np.ones(len(coded.rows)),
        lambda i: ("given", coded.values[i]),
    )
    every = np.zeros(len(found.values), dtype=np.int64)
    cells.add(found.passage, every, np.ones(len(found.values)), lambda _: ("every",))
    out: dict[str, AnyTable] = {name: cells.table()}
    if comparison.pairwise:
        confused = one * size + other
        out[f"{name} by pair"] = _by_pair(found, comparison.annotators, (a, b), confused, values)
    return out


def _by_pair(
    found: Items,
    names: Sequence[str],
    pairs: tuple[Ints, Ints],
    confused: Ints,
    values: Sequence[str],
) -> AnyTable:
    """The confusions of every two annotators: each pair of items is a cell of a square matrix, with
    the value of the first as row and that of the second as column."""
    (a, b), cells = pairs, max(1, len(values)) ** 2
    by_pair, people = SparseCells(found.passages), max(1, len(names))

    def key(i: int) -> Key:
        pair, cell = divmod(i, cells)
        return ("p", names[pair // people], names[pair % people], *_two(cell, values))

    who = (found.who[a] * people + found.who[b]) * cells + confused
    by_pair.add(found.passage[a], who, np.ones(len(a)), key)
    return by_pair.table()


def _two(cell: int, values: Sequence[str]) -> tuple[str, str]:
    size = max(1, len(values))
    return values[cell // size], values[cell % size]


def _count_units(cells: SparseCells, found: Items, coded: Coded) -> None:
    """Shares of values, and numbers of units, where two annotators or more gave one."""
    several = np.flatnonzero(coded.together > 1)
    unit, passage = found.unit[coded.rows[several]], found.passage[coded.rows[several]]
    share = 1 / coded.together[several]
    cells.add(passage, coded.code[several], share, lambda i: ("share", coded.values[i]))
    cells.add(
        passage,
        np.zeros(len(passage), dtype=np.int64),
        np.ones(len(passage)),
        lambda _: ("pairable",),
    )
    _, first = np.unique(unit, return_index=True)
    cells.add(
        passage[first],
        np.zeros(len(first), dtype=np.int64),
        np.ones(len(first)),
        lambda _: ("units",),
    )


@dataclass(frozen=True, slots=True)
class Variable:
    """What is compared: its name in figures, the values that it may have,
    and whether they are whole numbers."""

    name: str
    known: Sequence[str] = ()
    interval: bool = False
    nothing: str = "no two annotators gave one"


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the figures of one variable. They share measure, units, coverage and the reason for a
    missing value."""

    measure: str
    name: str
    units: int
    coverage: float | None
    reason: str

    @classmethod
    def of(cls, measure: str, variable: Variable, own: Sums) -> _Maker:
        """The figures of a table of sums."""
        units, pairable, every = own.count("units"), own.get("pairable"), own.get("every")
        coverage = pairable / every if every else None
        reason = "no variation: every value is the same" if units else variable.nothing
        return cls(measure, variable.name, units, coverage, reason)

    def figure(
        self,
        kind: str,
        value: Callable[[Array], Array],
        about: Explanation,
        lowest: float | Callable[[Array], Array] = -1.0,
        *,
        parts: Sequence[Figure] = (),
        table: str = "",
        refused: str = "",
    ) -> Figure:
        """A figure of the table of the variable, or of another one."""
        return Figure(
            self.measure,
            f"{kind} {self.name}",
            table or self.name,
            value,
            self.reason,
            self.units,
            self.coverage,
            parts,
            lowest=lowest,
            refused=refused,
            about=about,
        )


def figures(measure: str, variable: Variable, sums: Mapping[str, Sums]) -> list[Figure]:
    """Alpha (its `parts` by value), percent agreement, AC1, Cohen's and
    Fleiss' kappa, and Brennan-Prediger."""
    name, own = variable.name, sums[variable.name]
    layout = own.layout("c")
    values = [key[1] for key in own.of("share")]
    make = _Maker.of(measure, variable, own)
    distance = squares(layout.values) if variable.interval else None
    own_alpha, least_alpha = (alpha(layout.size, distance, lowest=least) for least in (False, True))
    possible = max(len({*variable.known, *(key[1] for key in own.of("given"))}), 1)
    observed = ObservedAgreement.of(own, values, possible)
    least_of_possible = coefficients.least_of_possible(possible)
    return [
        make.figure(
            "alpha",
            lambda rows: own_alpha(layout.matrices(rows)),
            coefficients.ALPHA_OF_NUMBERS if variable.interval else coefficients.ALPHA,
            lambda rows: least_alpha(layout.matrices(rows)),
            parts=_by_value(measure, name, own, layout),
        ),
        make.figure("percent", observed.percent, coefficients.PERCENT, 0),
        make.figure("AC1", observed.ac1, coefficients.AC1, least_of_possible),
        _mean_kappa(make, sums, layout),
        make.figure("Fleiss' kappa", observed.fleiss, coefficients.FLEISS, observed.lowest_fleiss),
        make.figure(
            "Brennan-Prediger",
            observed.brennan_prediger,
            coefficients.BRENNAN_PREDIGER,
            least_of_possible,
        ),
    ]


def _by_value(measure: str, name: str, own: Sums, layout: MatrixLayout) -> list[Figure]:
    """Alpha of each value against all others."""
    size = layout.size
    totals = layout.matrices(own.total[None, :]).reshape(size, size).sum(axis=1)

    return [
        Figure(
            measure,
            value,
            name,
            alpha_of(layout, [i]),
            "no variation: every value is the same",
            round(totals[i]),
            lowest=alpha_of(layout, [i], lowest=True),
        )
        for i, value in enumerate(layout.values)
    ]


def _mean_kappa(make: _Maker, sums: Mapping[str, Sums], layout: MatrixLayout) -> Figure:
    """The mean of Cohen's kappa over all pairs of annotators."""
    table = f"{make.name} by pair"
    by_pair = sums.get(table)
    if by_pair is None:
        refused = (
            f"figures by pair of annotators are computed for up to {PAIRWISE} annotators: see "
            "Fleiss' kappa"
        )
        return make.figure("kappa", _undefined, coefficients.KAPPA, table=table, refused=refused)
    layouts = list(_pair_layouts(by_pair, layout.values).values())
    pairs = len(layouts)

    def mean(*, lowest: bool = False) -> Callable[[Array], Array]:
        own = coefficients.mean_kappa(layout.size, pairs, lowest=lowest)
        if not pairs:
            return _undefined
        return lambda rows: own(np.concatenate([one.matrices(rows) for one in layouts], axis=1))

    return make.figure("kappa", mean(), coefficients.KAPPA, mean(lowest=True), table=table)


def _undefined(rows: Array) -> Array:
    return np.full(len(rows), np.nan)


def pair_values(
    sums: Sums, *, interval: bool = False
) -> dict[tuple[str, str], tuple[float | None, float | None, int]]:
    """For every two annotators, alpha (with `interval`, that of whole numbers), percent agreement,
    and the number of units that both coded, from the sums of a table by pair."""
    out: dict[tuple[str, str], tuple[float | None, float | None, int]] = {}
    values = sorted({value for key in sums.keys for value in key[3:]})
    distance = squares(values) if interval else None
    for who, layout in _pair_layouts(sums, values).items():
        matrix = layout.matrices(sums.total[None, :]).reshape(layout.size, layout.size)
        n = round(float(matrix.sum()))
        value = float(alpha(layout.size, distance)((matrix + matrix.T).reshape(1, -1))[0])
        agreeing = float(np.trace(matrix)) / n if n else None
        out[who] = (None if np.isnan(value) else value, agreeing, n)
    return out


def _pair_layouts(sums: Sums, values: Sequence[str]) -> dict[tuple[str, str], MatrixLayout]:
    """The confusions of every two annotators, in order of their names."""
    keys: dict[tuple[str, str], list[Key]] = {}
    for key in sums.keys:
        keys.setdefault(key[1:3], []).append(key)
    return {who: MatrixLayout(keys[who], values, sums.index) for who in sorted(keys)}


def confusion(sums: Sums) -> tuple[tuple[str, ...], list[list[int]]]:
    """Values, and how often one annotator gave the value of the row where another gave that of the
    column; both directions are counted."""
    layout = sums.layout("met")
    matrix = layout.matrices(sums.total[None, :]).reshape(layout.size, layout.size)
    return tuple(layout.values), np.rint(matrix).astype(int).tolist() if layout.values else []


__all__ = [
    "Coded",
    "ValueOf",
    "Variable",
    "attribute",
    "closed",
    "confusion",
    "figures",
    "label_of",
    "pair_values",
    "tables",
    "variable",
]
