"""Pairwise F1 of spans as in MUC-5 and SemEval-2013 task 9: strict, exact, partial and type.

Strict: bounds and label agree; exact: bounds; partial: bounds, or half a point for overlap; type:
the label, with any overlap. Spans are paired one to one: as many identical ones as there can be,
then as many with equal bounds, then as many overlapping ones with equal labels, then as many
others, with the most characters in common. Pooled over all pairs of annotators; `F1 strict, mean of
pairs` is the mean over the pairs that marked anything. Chinchor, N. and Sundheim, B. (1993). MUC-5
evaluation metrics; Segura-Bedmar et al. (2013).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from annotator.measures._alignment import TieBreak, one_to_one, sides
from annotator.measures._coefficients import mean_of
from annotator.measures._comparison import PAIRWISE, Comparison
from annotator.measures._span_arrays import (
    by_passage,
    marked,
    overlaps,
    same_pairs,
    shared,
    span_arrays,
    spread,
)
from annotator.measures._tables import (
    AnyTable,
    Array,
    Explanation,
    Figure,
    Ints,
    SparseTable,
    Sums,
    Table,
    f1,
)
from annotator.model.schema import Layer

title = "F1 of spans"
kinds = ("span",)

_NOTHING = "nobody marked anything"
KINDS = ("alike", "label", "bounds", "both")
"""What a pair differs in, in the order of `paired`."""

_SOURCE = "Chinchor, N. and Sundheim, B. (1993). MUC-5 evaluation metrics. MUC-5, 69-78"
_FORMULA = r"F_1 = 2 \cdot \mathrm{same} / (\mathrm{one} + \mathrm{other})"
_ABOUT = {
    "strict": Explanation(
        "The share of spans that two annotators marked with the same bounds and the same label.",
        _FORMULA,
        _SOURCE,
        "0 to 1; a span that differs by one character counts as two errors.",
        "It does not show why annotators differ: bounds and labels count alike, and it is not "
        "corrected for chance.",
    ),
    "exact": Explanation(
        "The share of spans that two annotators marked with the same bounds, whatever the label.",
        _FORMULA,
        _SOURCE,
        "0 to 1; what F1 strict would be if no label differed.",
        "It is not corrected for chance.",
    ),
    "partial": Explanation(
        "The same as F1 exact, with half a point for spans that overlap.",
        _FORMULA,
        "Segura-Bedmar, I., Martínez, P. and Herrero-Zazo, M. (2013). SemEval-2013 Task 9. "
        "SemEval 2013, 341-350",
        "0 to 1; near F1 exact where annotators either agree on bounds or do not see the same "
        "thing.",
        "It is not corrected for chance; long spans overlap easily.",
    ),
    "type": Explanation(
        "The share of spans that overlap one of the other annotator with the same label.",
        _FORMULA,
        "Segura-Bedmar, I., Martínez, P. and Herrero-Zazo, M. (2013). SemEval-2013 Task 9. "
        "SemEval 2013, 341-350",
        "0 to 1; what matters where bounds do not.",
        "It is not corrected for chance; long spans overlap easily.",
    ),
    "mean": Explanation(
        "F1 strict of every two annotators, on average over pairs.",
        r"\frac{1}{|P|} \sum_{(a, b) \in P} F_1(a, b)",
        _SOURCE,
        "0 to 1; every pair counts alike, however much it shares.",
        "Not where pairs share few spans: small pairs count as much as large ones.",
    ),
}


def tables(comparison: Comparison, layer: Layer) -> dict[str, AnyTable]:
    """`strict`: spans alike and spans of both, over all pairs of annotators, `labels`: the same by
    label; `pairing`: pairs by what they differ in; `people`: each annotator against all others;
    `pairs`: strict by pair of annotators, who share the passages of `met`."""
    found = span_arrays(comparison, layer.name)
    count = len(found.people)
    a, _, kind = paired(comparison, layer.name)
    pairing = [
        by_passage(count, found.passage[a], (kind == k).astype(np.float64)) for k in range(4)
    ]
    return {
        "strict": strict(comparison, layer),
        "pairing": Table(
            [*((name,) for name in KINDS), ("marked",)], np.stack([*pairing, marked(found)], axis=1)
        ),
        "labels": by_label(comparison, layer),
        **pair_tables(comparison, layer.name),
    }


def strict(comparison: Comparison, layer: Layer) -> Table:
    """The table `strict`, which needs no pairing of what overlaps."""
    found = span_arrays(comparison, layer.name)
    a, _ = same_pairs(found, label=True)
    return Table(
        [("same",), ("marked",)],
        np.stack([by_passage(len(found.people), found.passage[a]), marked(found)], axis=1),
    )


def by_label(comparison: Comparison, layer: Layer) -> Table:
    """The table `labels`: strict by label, spans alike and spans of both."""
    found = span_arrays(comparison, layer.name)
    a, _ = same_pairs(found, label=True)
    size, count = len(found.labels), len(found.people)
    others = np.asarray(found.annotators[found.passage] - 1, dtype=np.float64)
    same = spread(count, found.passage[a], found.label[a], size)
    every = spread(count, found.passage, found.label, size, others)
    keys = [(kind, label) for kind in ("same", "marked") for label in found.labels]
    return Table(keys, np.concatenate([same, every], axis=1))


def pair_tables(comparison: Comparison, layer: str) -> dict[str, AnyTable]:
    """For each annotator against all others (`people`), and for every two of them (`pairs`; only
    where the comparison is by pair): spans alike and spans of both; `met`: the passages that two
    share."""
    found = span_arrays(comparison, layer)
    names, seats, count = comparison.annotators, max(1, found.seats), len(found.people)
    a, b = same_pairs(found, label=True)
    passage = found.passage[a]
    own = spread(count, found.passage, found.seat, seats)
    present = found.present.astype(np.float64) if found.seats else np.zeros((count, 1))
    people = found.people if found.seats else np.full((count, 1), -1, dtype=np.int64)
    same = spread(count, passage, found.seat[a], seats) + spread(
        count, passage, found.seat[b], seats
    )
    annotators = present.sum(axis=1, keepdims=True)
    every = (own * (annotators - 1) + own.sum(axis=1, keepdims=True) - own) * present
    who = [(name,) for name in names]
    out: dict[str, AnyTable] = {
        "people": _by_annotator(people, who, {"same": same, "marked": every})
    }
    if comparison.pairwise:
        one, other = np.triu_indices(seats, 1)
        cell = np.zeros((seats, seats), dtype=np.int64)
        cell[one, other] = np.arange(len(one))
        met = present[:, one] * present[:, other]
        same = spread(count, passage, cell[found.seat[a], found.seat[b]], len(one))
        every = (own[:, one] + own[:, other]) * met
        pair = np.where(met > 0, people[:, one] * len(names) + people[:, other], -1)
        two = [(x, y) for x in names for y in names]
        out["pairs"] = _by_annotator(pair, two, {"same": same, "marked": every})
        out["met"] = _by_annotator(pair, two, {"met": met})
    return out


def _by_annotator(
    who: Ints, names: Sequence[tuple[str, ...]], held: Mapping[str, Array]
) -> SparseTable:
    """The sums of passages `(rows)` by annotators or pairs (`who`, `(rows, places)`, -1 for
    nobody), with their names as keys."""
    known = np.unique(who[who >= 0])
    number = np.zeros(int(known.max(initial=-1)) + 1, dtype=np.int64)
    number[known] = np.arange(len(known))
    keys = [(kind, *names[i]) for kind in held for i in known.tolist()]
    rows, columns, values = [], [], []
    for k, array in enumerate(held.values()):
        row, place = np.nonzero((array != 0) & (who >= 0))
        rows.append(row)
        columns.append(number[who[row, place]] + k * len(known))
        values.append(array[row, place])
    return SparseTable(keys, np.concatenate(rows), np.concatenate(columns), np.concatenate(values))


def figures(layer: Layer, sums: Mapping[str, Sums]) -> list[Figure]:  # noqa: ARG001
    """The four variants; `parts` of strict by label; last the mean of pairs."""
    pairing = sums["pairing"]
    take = pairing.pick(*((name,) for name in KINDS), ("marked",))
    points: dict[str, tuple[float, ...]] = {
        "exact": (1, 1, 0, 0),
        "partial": (1, 1, 0.5, 0.5),
        "type": (1, 0, 1, 0),
    }
    out = [strict_figure(sums["strict"], sums["labels"])]
    n = pairing.count("marked")
    for name, worth in points.items():

        def value(rows: Array, worth: tuple[float, ...] = worth) -> Array:
            taken = take(rows)
            return _f1(taken[:, :4] @ np.array(worth), taken[:, 4])

        out.append(
            Figure("f1", f"F1 {name}", "pairing", value, _NOTHING, n, lowest=0, about=_ABOUT[name])
        )
    return [*out, _mean_of_pairs(sums.get("pairs"))]


def _mean_of_pairs(pairs: Sums | None) -> Figure:
    name = "F1 strict, mean of pairs"
    if pairs is None:
        refused = (
            f"figures by pair of annotators are computed for up to {PAIRWISE} annotators: see "
            "F1 strict"
        )
        return Figure(
            "f1",
            name,
            "pairs",
            lambda rows: np.full(len(rows), np.nan),
            _NOTHING,
            lowest=0,
            refused=refused,
            about=_ABOUT["mean"],
        )
    known = pairs.of("marked")
    same, every = pairs.pick(*(("same", *key[1:]) for key in known)), pairs.pick(*known)

    def mean(rows: Array) -> Array:
        return mean_of(_f1(same(rows), every(rows)))

    return Figure("f1", name, "pairs", mean, _NOTHING, len(known), lowest=0, about=_ABOUT["mean"])


def strict_figure(sums: Sums, labels: Sums | None = None) -> Figure:
    """Strict F1 from the sums of the table `strict`, its `parts` from those of `labels`."""
    take = sums.pick(("same",), ("marked",))
    parts: list[Figure] = []
    for _, label in labels.of("marked") if labels is not None else ():
        assert labels is not None
        own = labels.pick(("same", label), ("marked", label))
        n = labels.count("marked", label)
        parts.append(Figure("f1", label, "labels", _f1_of(own), _NOTHING, n, lowest=0))
    return Figure(
        "f1",
        "F1 strict",
        "strict",
        lambda rows: _f1(*take(rows).T),
        _NOTHING,
        sums.count("marked"),
        None,
        parts,
        lowest=0,
        about=_ABOUT["strict"],
    )


def _f1_of(take: Callable[[Array], Array]) -> Callable[[Array], Array]:
    return lambda rows: _f1(*take(rows).T)


def _f1(same: Array, every: Array) -> Array:
    return f1(np.stack([same, every, np.zeros_like(every)], axis=-1).reshape(-1, 3)).reshape(
        same.shape
    )


def paired(comparison: Comparison, layer: str) -> tuple[Ints, Ints, Ints]:
    """Pairs of rows of two annotators, with the kind of each: 0 identical, 1 another label, 2 other
    bounds, 3 both different. Made once for a comparison."""
    key = ("paired", layer)
    if key not in comparison.cache:
        found = span_arrays(comparison, layer)
        a, b = overlaps(found)
        bounds = (found.start[a] != found.start[b]) | (found.end[a] != found.end[b])
        label = found.label[a] != found.label[b]
        kind = label + 2 * bounds.astype(np.int64)
        common = shared(found, a, b)
        tie_break = TieBreak(comparison, found)

        def rank(some: Ints) -> Ints:
            alike = (kind == 0, ~bounds, ~label, np.ones_like(common), common)
            return np.column_stack(
                [*(one[some] for one in alike), tie_break.ranks(a[some], b[some])]
            )

        keep = one_to_one(*sides(found, a, b), rank)
        comparison.cache[key] = (a[keep], b[keep], kind[keep])
    pairs = comparison.cache[key]
    assert isinstance(pairs, tuple)
    return pairs


def between(pairs: Sums, met: Sums) -> dict[tuple[str, str], tuple[float | None, int]]:
    """Strict F1 of every two annotators who finished a passage together, and the number of spans
    of both in the passages that they share; from the sums of the tables `pairs` and `met`. F1 is
    None where neither marked anything."""
    out: dict[tuple[str, str], tuple[float | None, int]] = {}
    for _, one, other in met.of("met"):
        every = pairs.get("marked", one, other)
        same = 2 * pairs.get("same", one, other)
        out[one, other] = (same / every if every else None, round(every))
    return out


def against_others(people: Sums) -> dict[str, tuple[float | None, int]]:
    """Strict F1 of each annotator with all others together, and the spans that it rests on;
    from the sums of the table `people`."""
    out: dict[str, tuple[float | None, int]] = {}
    for _, who in people.of("marked"):
        every = people.get("marked", who)
        out[who] = (2 * people.get("same", who) / every if every else None, round(every))
    return out


__all__ = [
    "KINDS",
    "against_others",
    "between",
    "by_label",
    "figures",
    "kinds",
    "pair_tables",
    "paired",
    "strict",
    "strict_figure",
    "tables",
    "title",
]
