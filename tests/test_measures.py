"""Agreement: published values, reference implementations, and undefined figures."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, permutations
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from coders import valued
from hypothesis import given, settings
from hypothesis import strategies as st
from nervaluate import Evaluator
from support import compute, document, examples, figure_named, layer_named

from annotator import families
from annotator.errors import UsageError
from annotator.measures import alpha, alpha_u, attributes, f1, relations, unitizing
from annotator.measures._alignment import aligned
from annotator.measures._coefficients import kappa
from annotator.measures._span_arrays import span_arrays
from annotator.measures._tables import single
from annotator.measures.api import Comparison, Result, cleaned_record, compare
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.schema import Attribute, Layer
from annotator.model.span import AUTHOR, Relation, Span
from annotator.project import Project
from annotator.workflows.agreement.compute import agreement
from annotator.workflows.agreement.part import ComparedPart
from annotator.workflows.agreement.report import report

Units = Sequence[tuple[int, int, str]]


def _record(
    units: Units, who: str, *, text: str, id: str = "d", status: Completion = Completion.DONE
) -> Record:
    spans = tuple(
        Span(f"{who}{i}", "claim", label, a, b) for i, (a, b, label) in enumerate(sorted(units))
    )
    return Record(document(text, id=id), who, status, spans)


def _comparison(works: Mapping[str, Units], length: int = 20) -> Comparison:
    return compare(_record(units, who, text="x" * length) for who, units in works.items())


def test_u_alpha_of_krippendorff_and_others_2016() -> None:
    works = {
        "a": [(2, 5, "c1"), (9, 11, "c1"), (12, 20, "c2")],
        "b": [(2, 5, "c1"), (7, 15, "c2")],
        "c": [(2, 5, "c1"), (10, 15, "c2")],
    }
    result = figure_named(compute(unitizing, _comparison(works), layer_named()), "u-alpha")
    assert result.value == pytest.approx(0.4739, abs=5e-5)


def test_the_whole_family_of_krippendorff_and_others_2016_on_the_same_example() -> None:
    works = {
        "a": [(2, 5, "c1"), (9, 11, "c1"), (12, 20, "c2")],
        "b": [(2, 5, "c1"), (7, 15, "c2")],
        "c": [(2, 5, "c1"), (10, 15, "c2")],
    }
    results = compute(unitizing, _comparison(works), layer_named())
    found = {r.name: (r.value, r.coverage) for r in results}
    # Printed to three and four places by a public implementation of the paper for this example.
    assert found["|u-alpha"][0] == pytest.approx(0.433, abs=5e-4)
    assert found["cu-alpha"] == (pytest.approx(0.779, abs=5e-4), pytest.approx(0.3833, abs=5e-5))
    assert found["(k)u-alpha c1"] == (
        pytest.approx(0.769, abs=5e-4),
        pytest.approx(0.9545, abs=5e-5),
    )
    assert found["(k)u-alpha c2"] == (
        pytest.approx(0.787, abs=5e-4),
        pytest.approx(0.5952, abs=5e-5),
    )


def test_the_example_of_krippendorff_2019_page_340() -> None:
    """Three observers, a continuum of 60. The bounds are read off a figure, so the third decimal
    place may differ."""
    works = {
        "alex": [
            (0, 7, "1"),
            (7, 13, "2"),
            (30, 32, "5"),
            (32, 37, "6"),
            (37, 44, "6"),
            (44, 60, "7"),
        ],
        "paul": [(0, 7, "1"), (7, 13, "3"), (13, 21, "5"), (32, 44, "6")],
        "suzan": [
            (0, 7, "1"),
            (7, 13, "4"),
            (13, 21, "5"),
            (32, 37, "6"),
            (37, 41, "6"),
            (41, 44, "6"),
        ],
    }
    found = {r.name: r for r in compute(unitizing, _comparison(works, 60), layer_named())}
    assert found["u-alpha"].value == pytest.approx(0.510, abs=5e-4)
    assert found["|u-alpha"].value == pytest.approx(0.413, abs=1e-3)
    assert found["cu-alpha"].value == pytest.approx(0.724, abs=2e-3)
    for label in "156":
        assert found[f"(k)u-alpha {label}"].value == pytest.approx(1)
    for label in "234":
        assert found[f"(k)u-alpha {label}"].value == pytest.approx(0)
    assert found["(k)u-alpha 5"].coverage == pytest.approx(8 / 18)
    assert found["(k)u-alpha 7"].value is None
    assert found["(k)u-alpha 7"].coverage == 0
    assert found["(k)u-alpha 7"].reason


def _family_by_definition(works: Mapping[str, Units], length: int) -> dict[str, float]:
    """u-, |u-, cu- and (k)u-alpha, by counting characters and pairs of places one by one."""
    several = len(works)
    lines = []
    for units in works.values():
        line: list[tuple[str, int]] = [("", -1 - x) for x in range(length)]
        for number, (start, end, label) in enumerate(units):
            line[start:end] = [(label, number)] * (end - start)
        lines.append(line)
    values = sorted({label for line in lines for label, _ in line} | {""})
    met = {(c, k): 0.0 for c in values for k in values}
    for one, other in permutations(lines, 2):
        for x in range(length):
            met[one[x][0], other[x][0]] += 1 / (several - 1)
    # Places of all annotators, paired with every place but those of the same unit.
    apart = {(c, k): 0.0 for c in values for k in values}
    places = [(i, *line[x]) for i, line in enumerate(lines) for x in range(length)]
    for i, c, unit in places:
        for j, k, other_unit in places:
            apart[c, k] += (i, unit) != (j, other_unit)
    every = sum(apart.values())

    def alpha_of(differ: Callable[[str, str], bool]) -> float:
        observed = sum(n for (c, k), n in met.items() if differ(c, k)) / (several * length)
        expected = sum(n for (c, k), n in apart.items() if differ(c, k))
        return 1 - observed * every / expected if expected else math.nan

    out = {
        "u-alpha": alpha_of(lambda c, k: c != k),
        "|u-alpha": alpha_of(lambda c, k: (c == "") != (k == "")),
    }
    labels = values[1:]
    margin = {c: sum(met[c, k] for k in labels) for c in labels}
    total, own = sum(margin.values()), dict.fromkeys(labels, 0.0)
    for one, other in permutations(lines, 2):
        common = Counter(one[x] for x in range(length) if one[x][0] and other[x][0])
        for (label, _), n in common.items():
            own[label] += n**2 / (several - 1)
    possible = total - sum(own.values()) / total if total else 0
    expected = {
        (c, k): (margin[c] * margin[k] - own[c] * (c == k)) / possible if possible else math.nan
        for c in labels
        for k in labels
    }
    wrong = total - sum(expected[c, c] for c in labels)
    out["cu-alpha"] = (
        1 - (total - sum(met[c, c] for c in labels)) / wrong if total and wrong > 1e-9 else math.nan
    )
    for k in labels:
        of_k = sum(expected[c, k] for c in labels)
        rest = of_k - expected[k, k]
        known = margin[k] and rest > 1e-9
        out[f"(k)u-alpha {k}"] = (
            1 - of_k / margin[k] * (margin[k] - met[k, k]) / rest if known else math.nan
        )
    return out


_OF_THREE_LABELS = st.lists(
    st.builds(
        lambda a, n, c: (a, min(20, a + n), c),
        st.integers(0, 18),
        st.integers(1, 7),
        st.sampled_from("xyz"),
    ),
    max_size=5,
).map(lambda units: _apart(units))


@settings(max_examples=examples(100))
@given(st.lists(_OF_THREE_LABELS, min_size=2, max_size=4))
def test_the_u_alpha_family_is_that_of_its_definition(several: list[Units]) -> None:
    works = {f"a{i}": units for i, units in enumerate(several)}
    wanted = _family_by_definition(works, 20)
    found = {r.name: r.value for r in compute(unitizing, _comparison(works), layer_named())}
    assert set(found) == set(wanted)
    for name, value in wanted.items():
        assert (found[name] is None) == math.isnan(value), name
        if not math.isnan(value):
            assert found[name] == pytest.approx(value, abs=1e-9), name


def test_u_alpha_refuses_units_of_one_annotator_that_overlap_by_name() -> None:
    overlapping = _comparison({"ada": [(0, 5, "x"), (3, 8, "x")], "ben": []})
    for module in (unitizing, alpha_u):
        for result in compute(module, overlapping, layer_named()):
            assert result.value is None
            assert "ada" in result.reason


def _without_paragraphs(record: Record) -> Record:
    paragraphs = tuple(replace(p, excluded=True) for p in record.document.paragraphs)
    return replace(record, document=replace(record.document, paragraphs=paragraphs))


@pytest.mark.parametrize("name", families.measures.names())
@pytest.mark.parametrize("excluding", ["a", "ab"])
def test_a_document_of_which_no_paragraph_is_compared_changes_no_figure(
    name: str, excluding: str
) -> None:
    module, text = families.measures.load(name), "x" * 20
    some = [
        _record([(at, 8, "fact")], who, text=text, id=id)
        for id in ("d1", "d3")
        for who, at in (("a", 0), ("b", 2))
    ]
    other = [_record([(0, 5, "fact")], who, text=text, id="d2") for who in "ab"]
    other = [_without_paragraphs(r) if r.annotator in excluding else r for r in other]
    layer = layer_named()
    if layer.kind not in module.kinds:
        pytest.skip("measures other layers")
    with_it = compute(module, compare([*some, *other]), layer)
    without = compute(module, compare(some), layer)
    assert [(r.name, r.value) for r in with_it] == [(r.name, r.value) for r in without]


def test_alpha_u_of_krippendorff_2004_page_254() -> None:
    works = {
        "i": [(75, 145, "c"), (220, 250, "c"), (30, 90, "k"), (150, 200, "k")],
        "j": [(70, 150, "c"), (205, 225, "c"), (250, 270, "c"), (30, 90, "k"), (150, 200, "k")],
    }
    comparison = _comparison(works, 300)
    observed, expected = alpha_u.disagreements(comparison, "claim")
    assert observed[0] == pytest.approx([0.0144, 0], abs=5e-5)
    assert expected[0] == pytest.approx([0.0532, 0.0490], abs=5e-5)
    (result,) = compute(alpha_u, comparison, layer_named())
    assert result.value == pytest.approx(0.859, abs=5e-4)
    assert result.parts["c"].value == pytest.approx(0.7286, abs=5e-5)
    assert result.parts["k"].value == pytest.approx(1.0)


_KRIPPENDORFF_1995 = {
    "A": (((2, 8), (14, 6)), ((4, 4), (15, 2))),
    "B": (((0, 18),), ((0, 2), (2, 1), (3, 1), (4, 1), (5, 1), (6, 3), (9, 1))),
    "C": (((2, 6), (10, 2), (14, 4), (20, 2)), ((0, 2), (4, 4), (10, 4), (16, 2), (20, 2))),
    "D": (((0, 2), (2, 8), (10, 4), (14, 6), (20, 4)), ((0, 4), (4, 4), (8, 7), (15, 2), (17, 7))),
}


def test_observed_disagreement_of_krippendorff_1995_page_57() -> None:
    works: dict[str, list[tuple[int, int, str]]] = {"i": [], "j": []}
    for label, lanes in _KRIPPENDORFF_1995.items():
        for who, lane in zip("ij", lanes, strict=True):
            works[who] += [(start, start + length, label) for start, length in lane]
    observed, _ = alpha_u.disagreements(_comparison(works, 24), "claim")
    assert observed[0] == pytest.approx([0.03125, 2.26736, 0.02777, 0.38715], abs=1e-5)


def _apart(units: Units) -> Units:
    """The units without those that overlap an earlier one."""
    out: list[tuple[int, int, str]] = []
    for unit in sorted(units):
        if not out or unit[0] >= out[-1][1]:
            out.append(unit)
    return out


_UNITS_OF_ONE = st.lists(
    st.builds(lambda a, n: (a, min(20, a + n), "fact"), st.integers(0, 18), st.integers(1, 7)),
    max_size=5,
).map(_apart)


def _alpha_u_by_definition(works: Mapping[str, Units], length: int) -> tuple[float, float]:
    """D_o and D_e of one label, section by section as the book defines them."""
    lanes = []
    for units in works.values():
        lane, at = [], 0
        for start, end, _ in sorted(units):
            if start > at:
                lane.append((at, start - at, False))
            lane.append((start, end - start, True))
            at = end
        if at < length:
            lane.append((at, length - at, False))
        lanes.append(lane)
    observed = 0.0
    for i, one in enumerate(lanes):
        for j, other in enumerate(lanes):
            for b, n, v in one if i != j else ():
                for c, m, w in other:
                    if v and w and -n < b - c < m:
                        observed += (b - c) ** 2 + (b + n - c - m) ** 2
                    elif v and not w and m - n >= b - c >= 0:
                        observed += n**2
                    elif w and not v and n - m >= c - b >= 0:
                        observed += m**2
    several = len(lanes)
    units_ = [n for lane in lanes for _, n, v in lane if v]
    gaps = [n for lane in lanes for _, n, v in lane if not v]
    total = sum(
        (len(units_) - 1) / 3 * (2 * n**3 - 3 * n**2 + n)
        + n**2 * sum(g - n + 1 for g in gaps if g >= n)
        for n in units_
    )
    possible = several * length * (several * length - 1) - sum(n * (n - 1) for n in units_)
    return observed / (several * (several - 1) * length**2), 2 / length * total / possible


@settings(max_examples=examples(60))
@given(st.lists(_UNITS_OF_ONE, min_size=2, max_size=4))
def test_alpha_u_is_that_of_its_definition(several: list[Units]) -> None:
    works = {f"a{i}": units for i, units in enumerate(several)}
    if not any(several):
        return
    observed, expected = alpha_u.disagreements(_comparison(works), "claim")
    assert (observed[0, 0], expected[0, 0]) == pytest.approx(_alpha_u_by_definition(works, 20))


def test_fleiss_kappa_of_a_table_of_fourteen_raters() -> None:
    table = [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ]
    works: dict[str, list[tuple[int, int, str]]] = {f"r{i:02}": [] for i in range(14)}
    for item, counts in enumerate(table):
        said = [f"c{label}" for label, times in enumerate(counts) for _ in range(times)]
        for who, label in zip(works, said, strict=True):
            works[who].append((item * 2, item * 2 + 2, label))
    result = figure_named(
        compute(attributes, _comparison(works), layer_named()), "Fleiss' kappa label"
    )
    assert result.value == pytest.approx(0.210, abs=5e-4)
    assert result.coverage == 1


def _coded(
    coders: Sequence[Sequence[object | None]], layer: Layer | None = None
) -> dict[str, Result]:
    """Figures of labels: each unit is a stretch of its own, and a value is the label that an
    annotator gave it, or None."""
    works = {
        f"r{i:02}": [
            (2 * at, 2 * at + 2, str(value)) for at, value in enumerate(row) if value is not None
        ]
        for i, row in enumerate(coders)
    }
    length = 2 * max(len(row) for row in coders) + 2
    found = compute(attributes, _comparison(works, length), layer or layer_named())
    return {r.name: r for r in found}


def test_kappa_and_pi_of_artstein_and_poesio_2008() -> None:
    table = np.array([[20.0, 20.0], [10.0, 50.0]])
    assert single(kappa(2), table.ravel()) == pytest.approx(0.348, abs=5e-4)
    pairs = [("a", "a")] * 20 + [("a", "b")] * 20 + [("b", "a")] * 10 + [("b", "b")] * 50
    found = _coded(list(zip(*pairs, strict=True)), _open_layer("claim"))
    assert found["kappa label"].value == pytest.approx(0.348, abs=5e-4)
    assert found["Fleiss' kappa label"].value == pytest.approx(0.341, abs=5e-4)
    assert found["Brennan-Prediger label"].value == pytest.approx(0.4)
    assert found["percent label"].value == pytest.approx(0.7)


def _open_layer(name: str) -> Layer:
    """A layer without labels of its own, so that the tagset consists of the coded labels."""
    return replace(layer_named(name), labels=(), attributes=(), open=True)


_GWET = [
    "1 2 3 3 2 1 4 1 2 * * *",
    "1 2 3 3 2 2 4 1 2 5 * 3",
    "* 3 3 3 2 3 4 2 2 5 1 *",
    "1 2 3 3 2 4 4 1 2 5 1 *",
]


def test_coefficients_of_krippendorff_and_gwet_on_four_annotators_with_missing_values() -> None:
    """Twelve units (Krippendorff 2011; Gwet 2014 prints .818, .775 and .773 for them)."""
    coders = [[None if v == "*" else v for v in row.split()] for row in _GWET]
    found = _coded(coders, _open_layer("claim"))
    assert found["alpha label"].value == pytest.approx(0.743, abs=5e-4)
    assert found["percent label"].value == pytest.approx(0.818, abs=5e-4)
    assert found["AC1 label"].value == pytest.approx(0.775, abs=5e-4)
    assert found["Brennan-Prediger label"].value == pytest.approx(0.773, abs=5e-4)
    assert found["alpha label"].n == 11
    assert found["alpha label"].coverage == pytest.approx(40 / 41)


_CODERS = st.lists(
    st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=6, max_size=6),
    min_size=2,
    max_size=4,
)


def _by_hand(coders: list[list[int | None]], values: int) -> dict[str, float]:
    """Percent agreement, AC1, Fleiss' kappa and Brennan-Prediger with
    `values` possible ones, unit by unit."""
    units = [[v for v in column if v is not None] for column in zip(*coders, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    if not units:
        return {}
    agreeing = [np.mean([a == b for a, b in permutations(unit, 2)]) for unit in units]
    shares = [float(np.mean([unit.count(k) / len(unit) for unit in units])) for k in range(values)]
    observed = float(np.mean(agreeing))
    chance = {
        "percent": 0.0,
        "AC1": sum(p * (1 - p) for p in shares) / (values - 1),
        "Fleiss' kappa": sum(p * p for p in shares),
        "Brennan-Prediger": 1 / values,
    }
    return {name: (observed - e) / (1 - e) for name, e in chance.items() if e < 1 - 1e-9}


@settings(max_examples=examples(100))
@given(_CODERS)
def test_labels_agree_as_the_krippendorff_package_and_counting_by_hand_say(
    coders: list[list[int | None]],
) -> None:
    labels = tuple(replace(layer_named().labels[0], name=str(i)) for i in range(4))
    found = _coded(coders, replace(layer_named(), labels=labels))
    data = np.array([[np.nan if v is None else v for v in row] for row in coders], dtype=float)
    together = [
        v
        for column in zip(*coders, strict=True)
        if sum(v is not None for v in column) > 1
        for v in column
    ]
    known = {v for v in together if v is not None}
    if len(known) < 2:
        assert found["alpha label"].value is None
    else:
        theirs = krippendorff.alpha(reliability_data=data, level_of_measurement="nominal")
        assert found["alpha label"].value == pytest.approx(theirs, abs=1e-9)
    wanted = _by_hand(coders, 4)
    for name in ("percent", "AC1", "Fleiss' kappa", "Brennan-Prediger"):
        value = found[f"{name} label"].value
        assert (value is None) == (name not in wanted)
        assert value is None or value == pytest.approx(wanted[name], abs=1e-9)


_WORDS = "ab cd ef.\nAdvertisement\ngh ij kl mn"
_MARKS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 12), st.sampled_from(["fact", "value"])),
    max_size=4,
)


@settings(max_examples=examples(60))
@given(st.lists(_MARKS, min_size=2, max_size=3))
def test_characters_and_tokens_agree_as_counting_each_of_them_by_hand_says(
    coders: list[list[tuple[int, int, str]]],
) -> None:
    """Spans overlap, cut words, and run across paragraphs, also across one that is left out."""
    size = len(_WORDS)
    works = {
        str(who): sorted(
            {(a, min(a + n, size), k) for a, n, k in marks if _WORDS[a : a + n].strip()}
        )
        for who, marks in enumerate(coders)
    }
    records = [_record(units, who, text=_WORDS) for who, units in works.items()]
    works = {r.annotator: r.spans for r in map(cleaned_record, records)}
    comparison = compare(records)
    found = {r.name: r for r in compute(alpha, comparison, layer_named())}
    places = [i for p in comparison.passages for i in range(p.start, p.end)]
    marked = any(i in range(s.start, s.end) for s in chain(*works.values()) for i in places)
    for unit, wanted in (
        ("characters", [(i, i + 1) for i in places]),
        ("tokens", [m.span() for m in re.finditer(r"\w+|\S", _WORDS) if m.start() in places]),
    ):
        said = [
            [frozenset(s.label for s in spans if s.start < b and a < s.end) for a, b in wanted]
            for spans in works.values()
        ]
        # The possible values are nothing, each label alone, and other sets that were given.
        tagset = [frozenset(), *(frozenset([label.name]) for label in layer_named().labels)]
        values = list(dict.fromkeys([*tagset, *chain(*said)]))
        coded = [[values.index(value) for value in row] for row in said]
        hand = _by_hand(coded, len(values)) if marked else {}
        for name in ("percent", "AC1"):
            value = found[f"{name} {unit}"].value
            assert (value is None) == (name not in hand)
            assert value is None or value == pytest.approx(hand[name])
        if len({*chain(*coded)}) > 1:
            theirs = krippendorff.alpha(reliability_data=coded, level_of_measurement="nominal")
            assert found[f"alpha {unit}"].value == pytest.approx(theirs)


_STRENGTHS = [
    "*    *    *    *    *    3    4    1    2    1    1    3    3    *    3",
    "1    *    2    1    3    3    4    3    *    *    *    *    *    *    *",
    "*    *    2    1    3    4    4    *    2    1    1    3    3    *    4",
]


@pytest.mark.parametrize("marked", [False, True])
def test_the_examples_of_the_krippendorff_package(marked: bool) -> None:
    """Values may be missing: a unit weighs by how many it has, and an interval metric stays one."""
    coders = [[None if v == "*" else int(v) for v in row.split()] for row in _STRENGTHS]
    choice = Attribute("strength", "choice", values=("1", "2", "3", "4"))
    whole = Attribute("strength", "integer", minimum=1, maximum=4)
    for attribute, wanted in ((choice, 0.691), (whole, 0.811)):
        layer = replace(layer_named(), attributes=(attribute,))
        found = compute(attributes, valued("strength", coders, without=marked), layer)
        assert figure_named(found, "alpha strength").value == pytest.approx(wanted, abs=5e-4)
        assert figure_named(found, "alpha strength").n == 12


def test_a_whole_number_may_have_every_value_between_its_bounds() -> None:
    """A value that nobody gave counts as possible, as in a tagset."""
    bounded = Attribute("strength", "integer", minimum=1, maximum=3)
    for rows, wanted in (([[2, 2, 2], [2, 2, 2]], 1.0), ([[1, 2, 2], [1, 2, 1]], 0.5)):
        layer = replace(layer_named(), attributes=(bounded,))
        found = compute(attributes, valued("strength", rows), layer)
        value = figure_named(found, "Brennan-Prediger strength").value
        assert value == pytest.approx(wanted), (
            "(2/3 - 1/3) / (1 - 1/3) where three values are possible"
        )
    assert figure_named(found, "AC1 strength").value == pytest.approx((2 / 3 - 1 / 4) / (1 - 1 / 4))


def test_without_bounds_every_value_that_anybody_gave_is_possible() -> None:
    """Even a value in a unit where nobody else gave one."""
    layer = replace(layer_named(), attributes=(Attribute("strength", "integer"),))
    found = compute(attributes, valued("strength", [[1, 1, 2, 7], [1, 1, 1, None]]), layer)
    assert figure_named(found, "Brennan-Prediger strength").value == pytest.approx(
        (2 / 3 - 1 / 3) / (1 - 1 / 3)
    )


def test_what_nobody_coded_has_no_value() -> None:
    comparison = valued("strength", [[None, None], [None, None]])
    layer = replace(
        layer_named(), attributes=(Attribute("strength", "integer", minimum=1, maximum=4),)
    )
    for result in compute(attributes, comparison, layer):
        if "strength" in result.name:
            assert (result.value, result.n, result.coverage) == (None, 0, 0)
            assert result.reason == "no two annotators gave one"


_UNITS = st.lists(
    st.builds(
        lambda a, n, label: (a, a + n, label),
        st.integers(0, 15),
        st.integers(1, 5),
        st.sampled_from(["fact", "value"]),
    ),
    max_size=6,
).map(_apart)


@settings(max_examples=examples(100))
@given(_UNITS, _UNITS)
def test_strict_and_exact_f1_are_those_of_nervaluate(a: Units, b: Units) -> None:
    results = compute(f1, _comparison({"a": a, "b": b}), layer_named())

    def given_as(units: Units) -> list[list[dict[str, object]]]:
        return [[{"label": label, "start": s, "end": e - 1} for s, e, label in units]]

    if not a or not b:
        value = figure_named(results, "F1 strict").value
        assert value == 0 if a or b else value is None
        return
    theirs = Evaluator(given_as(a), given_as(b), tags=["fact", "value"], loader="dict").evaluate()[
        "overall"
    ]
    for name in ("strict", "exact"):
        assert figure_named(results, f"F1 {name}").value == pytest.approx(theirs[name].f1, abs=1e-9)


_SLOT = st.none() | st.tuples(
    st.integers(0, 4), st.integers(1, 4), st.sampled_from(["fact", "value"])
)
_SLOTS = st.lists(_SLOT, min_size=2, max_size=6)


@settings(max_examples=examples(100))
@given(_SLOTS, _SLOTS)
def test_partial_and_type_f1_are_those_of_nervaluate_where_overlaps_are_plain(
    a: list[tuple[int, int, str] | None], b: list[tuple[int, int, str] | None]
) -> None:
    """Each unit meets at most one other. If it met several, nervaluate would take the first, and we
    the best."""

    def units(slots: list[tuple[int, int, str] | None]) -> Units:
        return [
            (10 * i + s[0], 10 * i + s[0] + s[1], s[2])
            for i, s in enumerate(slots)
            if s is not None
        ]

    one, other = units(a), units(b)
    if not one or not other:
        return
    results = compute(
        f1,
        compare([_record(one, "a", text="x" * 60), _record(other, "b", text="x" * 60)]),
        layer_named(),
    )
    mine, theirs = (
        [[{"label": label, "start": s, "end": e - 1} for s, e, label in each]]
        for each in (one, other)
    )
    found = Evaluator(mine, theirs, tags=["fact", "value"], loader="dict").evaluate()["overall"]
    assert figure_named(results, "F1 partial").value == pytest.approx(found["partial"].f1, abs=1e-9)
    assert figure_named(results, "F1 type").value == pytest.approx(found["ent_type"].f1, abs=1e-9)


@settings(max_examples=examples(20))
@given(_UNITS, _UNITS)
def test_every_figure_is_the_same_whoever_comes_first_and_in_its_bounds(a: Units, b: Units) -> None:
    there = _comparison({"a": a, "b": b})
    back = _comparison({"a": b, "b": a})
    for name in families.measures.names():
        module = families.measures.load(name)
        if "span" not in module.kinds:
            continue
        for one, other in zip(
            compute(module, there, layer_named()), compute(module, back, layer_named()), strict=True
        ):
            assert (one.value is None) == (other.value is None)
            if one.value is not None and other.value is not None:
                assert one.value == pytest.approx(other.value)
                assert one.value <= 1.0001
                assert one.value >= -1.0001 or "alpha" in one.name, (
                    "disagreement can exceed what chance expects"
                )
            else:
                assert one.reason


@pytest.mark.parametrize("name", families.measures.names())
def test_perfect_agreement_is_one_and_nothing_at_all_is_undefined(name: str) -> None:
    units = [(0, 5, "fact"), (6, 12, "value"), (13, 18, "fact")]
    module = families.measures.load(name)
    layer = layer_named("claim" if "span" in module.kinds and name != "cues" else "stance")
    same = compute(module, _comparison({"a": units, "b": units}), layer)
    nothing = compute(module, _comparison({"a": [], "b": []}), layer)
    assert same and nothing
    assert module.title
    for result in same:
        assert result.value is None or result.value == pytest.approx(1)
        assert (result.value is None) == bool(result.reason)
    for result in nothing:
        assert result.value is None
        assert result.reason


def test_done_and_empty_counts_while_unfinished_and_gold_do_not() -> None:
    text = "x" * 20
    units = [(0, 5, "fact")]
    records = [
        _record(units, "a", text=text),
        _record([], "b", text=text),
        _record(units, "c", text=text, status=Completion.IN_PROGRESS),
        _record(units, "d", text=text, status=Completion.SKIPPED),
        Record(document(text, id="d"), None, Completion.GOLD),
    ]
    comparison = compare(records)
    assert comparison.annotators == ("a", "b")
    assert (comparison.empty, comparison.unfinished, comparison.completions) == (1, 2, 2)
    assert figure_named(compute(f1, comparison, layer_named()), "F1 strict").value == 0


def test_relations_agree_by_their_ends_and_then_by_their_side() -> None:
    def one(who: str, label: str, end: int) -> Record:
        spans = (Span("x", "actor", "state", 0, 4), Span("y", "claim", "fact", 5, end))
        edges = (
            Relation("r", "stance", label, "x", "y"),
            Relation("q", "stance", "oppose", AUTHOR, "y"),
        )
        return Record(
            document("Iran says that it is so indeed."), who, Completion.DONE, spans, edges
        )

    results = compute(
        relations, compare([one("a", "support", 20), one("b", "oppose", 19)]), layer_named("stance")
    )
    assert figure_named(results, "F1 without side").value == 1
    assert figure_named(results, "F1 with side").value == 0.5
    assert figure_named(results, "alpha side").coverage == 1


def _align(a: Sequence[Span], b: Sequence[Span], *, least: float = 0.5) -> list[tuple[Span, Span]]:
    """The definition: one-to-one pairs with an IoU of at least
    `least`, the largest overlaps first."""
    scored = []
    for x in a:
        for y in b:
            shared = min(x.end, y.end) - max(x.start, y.start)
            if shared > 0 and shared / (x.length + y.length - shared) >= least:
                scored.append((-shared, abs(x.start - y.start), x.start, x.id, y.id, x, y))
    pairs: list[tuple[Span, Span]] = []
    left, right = set(), set()
    for *_, x, y in sorted(scored, key=lambda s: s[:5]):
        if x.id not in left and y.id not in right:
            left.add(x.id)
            right.add(y.id)
            pairs.append((x, y))
    return pairs


@settings(max_examples=examples(80))
@given(st.lists(_UNITS_OF_ONE, min_size=3, max_size=3))
def test_alignment_in_rounds_is_the_greedy_one(several: list[Units]) -> None:
    comparison = _comparison({f"a{i}": units for i, units in enumerate(several)})
    found = span_arrays(comparison, "claim")
    mine = {
        (found.spans[a].id, found.spans[b].id)
        for a, b in zip(*aligned(comparison, "claim"), strict=True)
    }
    works = comparison.passages[0].works
    theirs = {
        (x.id, y.id)
        for one, other in comparison.passages[0].pairs()
        for x, y in _align(works[one].of("claim"), works[other].of("claim"))
    }
    lengths = {s.id: s.length for work in works.values() for s in work.spans}
    # If two pairs are equally good, either may be chosen: they share equally much.
    assert len(mine) == len(theirs)
    assert sum(lengths[x] + lengths[y] for x, y in mine) == sum(
        lengths[x] + lengths[y] for x, y in theirs
    )


def test_alignment_is_one_to_one_and_takes_the_largest_overlap_first() -> None:
    a = [Span("a1", "claim", "fact", 0, 10), Span("a2", "claim", "fact", 2, 9)]
    b = [Span("b1", "claim", "value", 0, 9)]
    assert [(x.id, y.id) for x, y in _align(a, b)] == [("a1", "b1")]
    assert _align([Span("a", "claim", "fact", 0, 3)], [Span("b", "claim", "fact", 2, 9)]) == []


def test_the_interval_holds_the_value_and_is_always_the_same() -> None:
    records = []
    for i in range(30):
        text = f"{i:02}" + "x" * 30
        records.append(_record([(0, 5, "fact"), (8, 12, "value")], "a", text=text, id=f"d{i:02}"))
        units = [(0, 5, "fact")] if i % 3 else [(0, 6, "fact"), (8, 12, "fact")]
        records.append(_record(units, "b", text=text, id=f"d{i:02}"))
    comparison = compare(records)
    once, again = (compute(f1, comparison, layer_named(), intervals=True) for _ in range(2))
    assert once == again
    for result in once:
        assert result.value is not None and result.low is not None and result.high is not None
        assert 0 <= result.low < result.value < result.high <= 1


def test_from_the_project_to_the_report(tmp_path: Path) -> None:
    text = "The plan is wrong and it will fail."
    with Project.create(tmp_path / "p") as project:
        with pytest.raises(UsageError, match="two annotators"):
            agreement(project)
        project.log.add_records(
            [
                _record([(0, 17, "value")], "ada", text=text),
                _record([(0, 17, "fact")], "ben", text=text),
            ]
        )
        found = agreement(project)
        with pytest.raises(UsageError, match="layer"):
            agreement(project, ComparedPart(layers=["weather"]))
    lost = found.lost["claim"]
    assert lost.causes == {"missing": 0, "bounds": 0, "label": 1, "both": 0}
    assert lost.f1 == 0
    assert lost.if_fixed["label"] == 1
    assert found.worst[0].differing == 2
    lines = report(found)
    assert all(len(line) <= 120 for line in lines)
    assert any("F1 exact" in line and "1.00" in line for line in lines)
