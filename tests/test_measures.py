"""Agreement: published values, reference implementations, and what is undefined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nervaluate import Evaluator
from support import document

from annotator import registry
from annotator.errors import UsageError
from annotator.measures import attributes, f1, relations, unitizing
from annotator.measures._coincidence import alpha, coincidences
from annotator.measures._data import Comparison, Resampling, Result, align, compare, single
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.schema import Layer
from annotator.model.span import AUTHOR, Relation, Span
from annotator.project import Project
from annotator.resources import load_schema
from annotator.workflows.agree import agreement, report

NONE = Resampling(0)
Units = Sequence[tuple[int, int, str]]


def _layer(name: str = "claim") -> Layer:
    layer = load_schema("actors-claims-stances").layer(name)
    assert layer is not None
    return layer


def _record(
    units: Units, who: str, *, text: str, id: str = "d", status: Completion = Completion.DONE
) -> Record:
    spans = tuple(Span(f"{who}{i}", "claim", label, a, b) for i, (a, b, label) in enumerate(sorted(units)))
    return Record(document(text, id=id), who, status, spans)


def _comparison(works: Mapping[str, Units], length: int = 20) -> Comparison:
    return compare(_record(units, who, text="x" * length) for who, units in works.items())


def _one(results: list[Result], name: str) -> Result:
    return next(r for r in results if r.name == name)


def test_u_alpha_of_krippendorff_and_others_2016() -> None:
    works = {
        "a": [(2, 5, "c1"), (9, 11, "c1"), (12, 20, "c2")],
        "b": [(2, 5, "c1"), (7, 15, "c2")],
        "c": [(2, 5, "c1"), (10, 15, "c2")],
    }
    (result,) = unitizing.compute(_comparison(works), _layer(), NONE)
    assert result.value == pytest.approx(0.4739, abs=5e-5)


def test_u_alpha_refuses_units_of_one_annotator_that_overlap_by_name() -> None:
    (result,) = unitizing.compute(_comparison({"ada": [(0, 5, "x"), (3, 8, "x")], "ben": []}), _layer(), NONE)
    assert result.value is None
    assert "ada" in result.reason


def test_kappa_and_pi_of_artstein_and_poesio_2008() -> None:
    table = np.array([[20.0, 20.0], [10.0, 50.0]])
    assert single(attributes.kappa(2), table.ravel()) == pytest.approx(0.348, abs=5e-4)
    both = table + table.T
    assert single(attributes.kappa(2), both.ravel()) == pytest.approx(0.341, abs=5e-4)


_CODERS = st.lists(
    st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=6, max_size=6), min_size=2, max_size=4
)


@settings(max_examples=100, deadline=None)
@given(_CODERS)
def test_alpha_is_that_of_the_krippendorff_package(coders: list[list[int | None]]) -> None:
    units = []
    for column in zip(*coders, strict=True):
        counts: dict[int, int] = {}
        for value in column:
            if value is not None:
                counts[value] = counts.get(value, 0) + 1
        units.append((1.0, counts))
    mine = single(alpha(4), coincidences(units, 4).ravel())
    data = np.array([[np.nan if v is None else v for v in row] for row in coders], dtype=float)
    try:
        theirs = krippendorff.alpha(reliability_data=data, level_of_measurement="nominal")
    except ValueError:
        theirs = np.nan
    if mine is None:
        assert np.isnan(theirs) or len({v for row in coders for v in row if v is not None}) < 2 or all(
            sum(c.values()) < 2 for _, c in units
        ) or len({v for _, c in units if sum(c.values()) > 1 for v in c}) < 2  # fmt: skip
    else:
        assert mine == pytest.approx(theirs, abs=1e-9)


def test_the_examples_of_the_krippendorff_package() -> None:
    rows = ["*    *    *    *    *    3    4    1    2    1    1    3    3    *    3",
            "1    *    2    1    3    3    4    3    *    *    *    *    *    *    *",
            "*    *    2    1    3    4    4    *    2    1    1    3    3    *    4"]  # fmt: skip
    coders = [[None if v == "*" else int(v) - 1 for v in row.split()] for row in rows]
    units = []
    for column in zip(*coders, strict=True):
        held = [v for v in column if v is not None]
        units.append((1.0, {v: held.count(v) for v in held}))
    assert single(alpha(4), coincidences(units, 4).ravel()) == pytest.approx(0.691, abs=5e-4)


def _apart(units: Units) -> Units:
    """Without units that overlap one before them."""
    out: list[tuple[int, int, str]] = []
    for unit in sorted(units):
        if not out or unit[0] >= out[-1][1]:
            out.append(unit)
    return out


_UNITS = st.lists(
    st.builds(
        lambda a, n, label: (a, a + n, label), st.integers(0, 15), st.integers(1, 5), st.sampled_from(["fact", "value"])
    ),
    max_size=6,
).map(_apart)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(_UNITS, _UNITS)
def test_strict_and_exact_f1_are_those_of_nervaluate(a: Units, b: Units) -> None:
    results = f1.compute(_comparison({"a": a, "b": b}), _layer(), NONE)

    def given_as(units: Units) -> list[list[dict[str, object]]]:
        return [[{"label": label, "start": s, "end": e - 1} for s, e, label in units]]

    if not a or not b:
        value = _one(results, "F1 strict").value
        assert value == 0 if a or b else value is None
        return
    theirs = Evaluator(given_as(a), given_as(b), tags=["fact", "value"], loader="dict").evaluate()["overall"]
    for name in ("strict", "exact"):
        assert _one(results, f"F1 {name}").value == pytest.approx(theirs[name].f1, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(_UNITS, _UNITS)
def test_every_figure_is_the_same_whoever_comes_first_and_in_its_bounds(a: Units, b: Units) -> None:
    there = _comparison({"a": a, "b": b})
    back = _comparison({"a": b, "b": a})
    for name in registry.measures.names():
        module = registry.measures.load(name)
        if "span" not in module.kinds:
            continue
        for one, other in zip(
            module.compute(there, _layer(), NONE), module.compute(back, _layer(), NONE), strict=True
        ):
            assert (one.value is None) == (other.value is None)
            if one.value is not None and other.value is not None:
                assert one.value == pytest.approx(other.value)
                assert -1.0001 <= one.value <= 1.0001
            else:
                assert one.reason


@pytest.mark.parametrize("name", registry.measures.names())
def test_perfect_agreement_is_one_and_nothing_at_all_is_undefined(name: str) -> None:
    units = [(0, 5, "fact"), (6, 12, "value"), (13, 18, "fact")]
    module = registry.measures.load(name)
    layer = _layer("claim" if "span" in module.kinds else "stance")
    same = module.compute(_comparison({"a": units, "b": units}), layer, NONE)
    nothing = module.compute(_comparison({"a": [], "b": []}), layer, NONE)
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
        _record(units, "a", text=text), _record([], "b", text=text),
        _record(units, "c", text=text, status=Completion.IN_PROGRESS),
        _record(units, "d", text=text, status=Completion.SKIPPED),
        Record(document(text, id="d"), None, Completion.GOLD),
    ]  # fmt: skip
    comparison = compare(records)
    assert comparison.annotators == ("a", "b")
    assert (comparison.empty, comparison.unfinished, comparison.completions) == (1, 2, 2)
    assert _one(f1.compute(comparison, _layer(), NONE), "F1 strict").value == 0


def test_relations_agree_by_their_ends_and_then_by_their_side() -> None:
    def one(who: str, label: str, end: int) -> Record:
        spans = (Span("x", "actor", "state", 0, 4), Span("y", "claim", "fact", 5, end))
        edges = (Relation("r", "stance", label, "x", "y"), Relation("q", "stance", "oppose", AUTHOR, "y"))
        return Record(document("Iran says that it is so indeed."), who, Completion.DONE, spans, edges)

    results = relations.compute(
        compare([one("a", "support", 20), one("b", "oppose", 19)]), _layer("stance"), NONE
    )
    assert _one(results, "F1 without side").value == 1
    assert _one(results, "F1 with side").value == 0.5
    assert _one(results, "alpha side").coverage == 1


def test_alignment_is_one_to_one_and_takes_the_largest_overlap_first() -> None:
    a = [Span("a1", "claim", "fact", 0, 10), Span("a2", "claim", "fact", 2, 9)]
    b = [Span("b1", "claim", "value", 0, 9)]
    assert [(x.id, y.id) for x, y in align(a, b)] == [("a1", "b1")]
    assert align([Span("a", "claim", "fact", 0, 3)], [Span("b", "claim", "fact", 2, 9)]) == []


def test_the_interval_holds_the_value_and_depends_on_the_seed_alone() -> None:
    records = []
    for i in range(30):
        text = f"{i:02}" + "x" * 30
        records.append(_record([(0, 5, "fact"), (8, 12, "value")], "a", text=text, id=f"d{i:02}"))
        units = [(0, 5, "fact")] if i % 3 else [(0, 6, "fact"), (8, 12, "fact")]
        records.append(_record(units, "b", text=text, id=f"d{i:02}"))
    comparison = compare(records)
    once, again, other = (
        _one(f1.compute(comparison, _layer(), Resampling(500, seed)), "F1 strict") for seed in (1, 1, 2)
    )
    assert once == again
    assert once.value is not None and once.low is not None and once.high is not None
    assert once.low < once.value < once.high
    assert (once.low, once.high) != (other.low, other.high)


def test_from_the_project_to_the_report(tmp_path: Path) -> None:
    text = "The plan is wrong and it will fail."
    with Project.create(tmp_path / "p") as project:
        with pytest.raises(UsageError, match="two annotators"):
            agreement(project)
        project.add_records(
            [_record([(0, 17, "value")], "ada", text=text), _record([(0, 17, "fact")], "ben", text=text)]
        )
        found = agreement(project, resampling=NONE)
        with pytest.raises(UsageError, match="layer"):
            agreement(project, layers=["weather"])
    lost = found.lost["claim"]
    assert (lost.missing, lost.bounds, lost.label, lost.both) == (0, 0, 1, 0)
    assert lost.f1 == 0
    assert lost.if_fixed["label"] == 1
    assert found.worst[0].differing == 2
    lines = report(found)
    assert all(len(line) <= 120 for line in lines)
    assert any("F1 exact" in line and "1.00" in line for line in lines)
