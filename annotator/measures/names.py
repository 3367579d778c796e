"""Agreement on names: entities, concepts, and attributes that hold
several values, on aligned annotations.

Entities are compared as one nominal value (the names of a plural together). Concepts are sets:
alpha with the distance of Jaccard, 1 - |A and B| / |A or B|, and with that of MASI, 1 - J * M,
where M is 1 for equal sets, 2/3 if one contains the other, 1/3 if they cross, 0 where they have
nothing in common; and alpha of each concept, present or absent. A concept `not: x` counts as the
concept x. An annotation without a name is left out, which `coverage` shows. Passonneau, R. (2006).
Measuring agreement on set-valued items (MASI) for semantic and pragmatic annotation. LREC 2006;
Krippendorff, K. (2004). Content Analysis, 2nd ed., ch. 11.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from annotator.measures import _coefficients as coefficients
from annotator.measures._coefficients import one_minus
from annotator.measures._comparison import Comparison
from annotator.measures._items import Items, items
from annotator.measures._names import called, named, names_in
from annotator.measures._tables import (
    AnyTable,
    Array,
    Explanation,
    Figure,
    Key,
    SparseTable,
    Sums,
    counted,
    single,
)
from annotator.model.schema import Layer

title = "Names: entities, concepts, and attributes with several values"
kinds = ("span", "relation")

_TOLD = 40
"""The number of names reported one by one, the most frequent first."""

_PASSONNEAU = (
    "Passonneau, R. (2006). Measuring agreement on set-valued items (MASI) for semantic and "
    "pragmatic annotation. LREC 2006"
)
_READING = "1 is full agreement, 0 what chance gives; sets that share something count in part."
_CAUTION = (
    "Look at its coverage: what has no name, or nobody else marked, is not in it. Two wordings "
    "are two names."
)
_NOMINAL = Explanation(
    "Agreement beyond chance on the name, where both annotators gave one.",
    r"\alpha = 1 - D_o / D_e",
    coefficients.ALPHA.source,
    coefficients.ALPHA.reading,
    _CAUTION,
)
_JACCARD = Explanation(
    "Agreement beyond chance on sets, by the share that two sets have in common.",
    r"\alpha = 1 - D_o / D_e,\quad \delta(A, B) = 1 - |A \cap B| / |A \cup B|",
    f"{coefficients.ALPHA.source}; Jaccard, P. (1901). Étude comparative de "
    "la distribution florale dans une portion des Alpes et des Jura. Bulletin de la Société "
    "Vaudoise des Sciences Naturelles 37, 547-579",
    _READING,
    _CAUTION,
)
_MASI = Explanation(
    "Agreement beyond chance on sets; a set that contains the other is nearer to it than sets that "
    "only overlap.",
    r"\alpha = 1 - D_o / D_e,\quad \delta(A, B) = 1 - J(A, B) M(A, B)",
    _PASSONNEAU,
    _READING,
    _CAUTION,
)

Names = tuple[str, ...]
"""A set of names, sorted."""


def tables(comparison: Comparison, layer: Layer) -> dict[str, AnyTable]:
    """For every attribute with names: `set` counts values of units that two or more named, by the
    set of names; `same`, `jaccard` and `masi` sum what their coincidences have in common; `name`
    counts values that hold a name, `name same` coincidences that both hold it; `agree` as in
    `_nominal`; then numbers of `units` and annotations (`every`). `<attribute> by pair`: how often
    two annotators gave which sets to the same thing, by what alpha takes as alike (`same` or
    `masi`)."""
    out: dict[str, AnyTable] = {}
    for attribute in named(layer):
        found = items(comparison, layer)
        held = [names_in(item, attribute) for item in found.values]
        name = called(attribute.name)
        out[name] = _table(found, held)
        if comparison.pairwise:
            similarity = "same" if attribute.type == "entity" else "masi"
            out[f"{name} by pair"] = _by_pair(found, held, similarity, comparison.annotators)
    return out


def _by_pair(
    found: Items, held: Sequence[frozenset[str]], similarity: str, annotators: Sequence[str]
) -> SparseTable:
    cells: Counter[tuple[int, Key]] = Counter()
    rows = np.array([i for i, names in enumerate(held) if names], dtype=np.int64)
    for a, b in zip(*(side.tolist() for side in found.pairs(rows)), strict=True):
        who = (annotators[int(found.who[a])], annotators[int(found.who[b])])
        sets = (tuple(sorted(held[a])), tuple(sorted(held[b])))
        cells[int(found.passage[a]), (similarity, *who, *sets)] += 1
    return counted(cells)


def pair_values(sums: Sums) -> dict[tuple[str, str], tuple[float | None, float | None, int]]:
    """For every two annotators alpha (of sets, with MASI), the share of equal names, and the number
    of units that both named; from the sums of a table by pair."""
    by_pair: dict[tuple[str, str], list[Key]] = {}
    for key in sums.keys:
        by_pair.setdefault(key[1:3], []).append(key)
    out: dict[tuple[str, str], tuple[float | None, float | None, int]] = {}
    for who, keys in sorted(by_pair.items()):
        times: defaultdict[Names, float] = defaultdict(float)
        common = equal = 0.0
        for key in keys:
            similarity, _, _, one, other = key
            n = sums.get(*key)
            times[one] += n
            times[other] += n
            common += 2 * n * _alike(frozenset(one), frozenset(other), similarity)
            equal += n * (one == other)
        units = sum(times.values()) / 2
        sets = sorted(times)
        total = np.array([common, *(times[names] for names in sets)])
        own = Sums([(similarity,), *(("set", names) for names in sets)], total)
        value = single(_alpha(own, sets, similarity, lowest=False), total)
        out[who] = (value, equal / units if units else None, round(units))
    return out


def _table(found: Items, held: Sequence[frozenset[str]]) -> SparseTable:
    cells: defaultdict[tuple[int, Key], float] = defaultdict(float)
    for passage in found.passage.tolist():
        cells[passage, ("every",)] += 1
    unit = found.unit.tolist()
    size = Counter(unit[i] for i, names in enumerate(held) if names)
    rows = np.array([i for i, names in enumerate(held) if names], dtype=np.int64)
    counted_units: set[int] = set()
    for i in rows.tolist():
        if size[unit[i]] < 2:
            continue
        passage, names = int(found.passage[i]), tuple(sorted(held[i]))
        if unit[i] not in counted_units:
            counted_units.add(unit[i])
            cells[passage, ("units",)] += 1
        cells[passage, ("set", names)] += 1
        for name in names:
            cells[passage, ("name", name)] += 1
    for a, b in zip(*(side.tolist() for side in found.pairs(rows)), strict=True):
        _add_pair(cells, int(found.passage[a]), held[a], held[b], size[unit[a]])
    return counted({at: n for at, n in cells.items() if n})


def _add_pair(
    cells: defaultdict[tuple[int, Key], float],
    passage: int,
    one: frozenset[str],
    other: frozenset[str],
    m: int,
) -> None:
    """Add what two values of a unit with m values have in common, in both directions."""
    weight = 2 / (m - 1)
    common = one & other
    if common:
        share = jaccard(one, other)
        cells[passage, ("jaccard",)] += weight * share
        cells[passage, ("masi",)] += weight * share * monotonicity(one, other)
        for name in common:
            cells[passage, ("name same", name)] += weight
    if one == other:
        cells[passage, ("same",)] += weight
        cells[passage, ("agree",)] += weight / m


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """The share that two sets have in common, in [0, 1]."""
    return len(one & other) / len(one | other)


def monotonicity(one: frozenset[str], other: frozenset[str]) -> float:
    """MASI's M: 1 for equal sets, 2/3 if one contains the other, 1/3 if
    they cross, 0 without a common name."""
    if one == other:
        return 1.0
    if not one & other:
        return 0.0
    return 2 / 3 if one <= other or other <= one else 1 / 3


def _alike(one: frozenset[str], other: frozenset[str], similarity: str) -> float:
    """How alike two sets are by `same`, `jaccard` or `masi`."""
    if similarity == "same":
        return float(one == other)
    return jaccard(one, other) * (monotonicity(one, other) if similarity == "masi" else 1.0)


def figures(layer: Layer, sums: Mapping[str, Sums]) -> list[Figure]:
    """For entities, alpha and percent agreement (`parts` by name); for sets, alpha with both
    distances, and percent of equal sets (`parts` by name of the first)."""
    out: list[Figure] = []
    for attribute in named(layer):
        name = called(attribute.name)
        if name in sums:
            out += _figures(name, sums[name], several=attribute.type != "entity")
    return out


def _figures(name: str, own: Sums, *, several: bool) -> list[Figure]:
    sets: list[Names] = [key[1] for key in own.of("set")]
    n, every = own.count("units"), own.get("every")
    covered = float(sum(own.get("set", names) for names in sets))
    coverage = covered / every if every else None
    reason = "no variation: every name is the same" if n else "no two annotators gave one"
    parts = _by_name(name, own)
    take = own.pick(("agree",), ("units",))

    def percent(rows: Array) -> Array:
        agree, units = take(rows).T
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(units > 0.5, agree / units, np.nan))

    def figure(
        kind: str, similarity: str, about: Explanation, parts: Sequence[Figure] = ()
    ) -> Figure:
        value, least = (_alpha(own, sets, similarity, lowest=lowest) for lowest in (False, True))
        return Figure(
            "names", kind, name, value, reason, n, coverage, parts, lowest=least, about=about
        )

    equal = Figure(
        "names",
        f"percent {name}",
        name,
        percent,
        reason,
        n,
        coverage,
        lowest=0,
        about=coefficients.PERCENT,
    )
    if not several:
        return [figure(f"alpha {name}", "same", _NOMINAL, parts), equal]
    return [
        figure(f"alpha {name}, MASI", "masi", _MASI, parts),
        figure(f"alpha {name}, Jaccard", "jaccard", _JACCARD),
        equal,
    ]


def _alpha(
    own: Sums, sets: Sequence[Names], similarity: str, *, lowest: bool
) -> Callable[[Array], Array]:
    """Alpha from the similarity of coincidences: D_o = n - its sum, D_e = n^2 - its sum over all
    pairs of values; or a bound on the lowest alpha that is possible."""
    take = own.pick((similarity,), *(("set", names) for names in sets))
    one, other, alike = _similar(sets, similarity)

    def value(rows: Array) -> Array:
        picked = take(rows)
        counts = picked[:, 1:]
        n = counts.sum(axis=1)
        common = (counts**2).sum(axis=1)
        if len(one):
            common = common + 2 * (counts[:, one] * counts[:, other] * alike).sum(axis=1)
        observed = coefficients.most_apart(counts) if lowest else n - picked[:, 0]
        return one_minus(observed, n**2 - common, n)

    return value


def _similar(sets: Sequence[Names], similarity: str) -> tuple[list[int], list[int], Array]:
    """Indices of every two different sets that have a name in common, and how similar they are;
    none for `same`."""
    one: list[int] = []
    other: list[int] = []
    alike: list[float] = []
    if similarity != "same":
        holders: dict[str, list[int]] = {}
        for i, names in enumerate(sets):
            near = {j for name in names for j in holders.get(name, ())}
            for j in sorted(near):
                one.append(i)
                other.append(j)
                alike.append(_alike(frozenset(names), frozenset(sets[j]), similarity))
            for name in names:
                holders.setdefault(name, []).append(i)
    return one, other, np.array(alike, dtype=np.float64)


def _by_name(table: str, own: Sums) -> list[Figure]:
    """Alpha of each of the most frequent names, present or absent; n counts the values that hold
    it."""
    counts = sorted(
        ((own.get(*key), key[1]) for key in own.of("name")), key=lambda found: (-found[0], found[1])
    )
    sets = own.of("set")
    total = own.pick(*sets)

    def part(name: str, *, lowest: bool = False) -> Callable[[Array], Array]:
        take = own.pick(("name", name), ("name same", name))

        def value(rows: Array) -> Array:
            holding, both = take(rows).T
            n = total(rows).sum(axis=1)
            # Coincidences in which exactly one value holds the name, in both directions.
            apart = np.minimum(holding, n - holding) if lowest else holding - both
            return one_minus(2 * apart, 2 * holding * (n - holding), n)

        return value

    return [
        Figure(
            "names",
            name,
            table,
            part(name),
            "every value has it, or none",
            round(times),
            lowest=part(name, lowest=True),
        )
        for times, name in counts[:_TOLD]
    ]


__all__ = ["figures", "kinds", "pair_values", "tables", "title"]
