"""Agreement on names and cues, against counts by hand; and what follows for the network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from coders import valued
from hypothesis import given, settings
from hypothesis import strategies as st
from support import compute, document, examples, figure_named, layer_named

from annotator.measures import cues, names, network
from annotator.measures.api import compare
from annotator.model.codebook import CodebookEntry
from annotator.model.decision import Completion
from annotator.model.names import SameNames, concepts_of, names_of
from annotator.model.record import GOLD, Record
from annotator.model.schema import Attribute
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.statements import statements
from annotator.project import Project
from annotator.workflows.agreement.by_rulings import RuledFigure, by_rulings, ruled_section
from annotator.workflows.agreement.compute import Follower, agreement, figures
from annotator.workflows.agreement.methods_data import all_differences
from annotator.workflows.agreement.part import ComparedPart
from annotator.workflows.agreement.report import lines
from annotator.workflows.names import who_says_what
from annotator.workflows.names.entry import with_field
from annotator.workflows.names.matrix import of_document, of_project
from annotator.workflows.names.renaming import rename
from annotator.workflows.names.rulings import rule_same
from annotator.workflows.review.adjudication import merge_all

TEXT = "x" * 60


def _distance(one: frozenset[str], other: frozenset[str], kind: str) -> float:
    shared = len(one & other) / len(one | other)
    if kind == "Jaccard":
        return 1 - shared
    if one == other:
        return 0.0
    within = one < other or other < one
    return 1 - shared * (2 / 3 if within else 1 / 3 if one & other else 0)


def _alpha_by_hand(coders: Sequence[Sequence[list[str] | None]], kind: str) -> float:
    """Krippendorff's alpha value by value, with a distance of sets."""
    units = [[frozenset(v) for v in column if v] for column in zip(*coders, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    values = [value for unit in units for value in unit]
    n = len(values)
    observed = sum(
        sum(_distance(a, b, kind) for a, b in permutations(unit, 2)) / (len(unit) - 1)
        for unit in units
    )
    expected = sum(_distance(a, b, kind) for a, b in permutations(values, 2))
    return 1 - (n - 1) * observed / expected if expected else math.nan


_SETS = st.none() | st.lists(st.sampled_from("pqrs"), min_size=1, max_size=3, unique=True)


@settings(max_examples=examples(80))
@given(st.lists(st.lists(_SETS, min_size=5, max_size=5), min_size=2, max_size=4))
def test_alpha_of_concepts_is_that_of_its_definition(coders: list[list[list[str] | None]]) -> None:
    found = compute(names, valued("concept", coders), layer_named("claim"))
    for kind in ("MASI", "Jaccard"):
        wanted, value = (
            _alpha_by_hand(coders, kind),
            figure_named(found, f"alpha concept, {kind}").value,
        )
        assert (value is None) == math.isnan(wanted)
        assert value is None or value == pytest.approx(wanted, abs=1e-9)
    # The alpha of one concept, present or absent, is nominal alpha of two values.
    for name, part in figure_named(found, "alpha concept, MASI").parts.items():
        there = [[None if v is None else [str(name in v)] for v in row] for row in coders]
        wanted = _alpha_by_hand(there, "Jaccard")
        assert (part.value is None) == math.isnan(wanted), name
        assert part.value is None or part.value == pytest.approx(wanted, abs=1e-9)


def test_masi_of_passonneau_2006() -> None:
    """Equal sets, one within the other, sets that cross, and nothing in common."""
    one = frozenset("ab")
    assert names.jaccard(one, one) * names.monotonicity(one, one) == 1
    assert names.monotonicity(one, frozenset("abc")) == pytest.approx(2 / 3)
    assert names.monotonicity(one, frozenset("bc")) == pytest.approx(1 / 3)
    assert names.monotonicity(one, frozenset("cd")) == 0


def test_the_contrary_of_a_concept_is_the_concept_with_the_other_side() -> None:
    def record(who: str, side: str, concept: str) -> Record:
        spans = (
            Span("a", "actor", "state", 0, 4, "Iran"),
            Span("c", "claim", "policy", 6, 20, attributes={"concept": [concept]}),
        )
        return Record(
            document(TEXT), who, Completion.DONE, spans, (Relation("r", "stance", side, "a", "c"),)
        )

    turned = compare([record("a", "support", "not: tolls"), record("b", "oppose", "tolls")])
    values = {r.name: r.value for r in compute(network, turned, layer_named("stance"))}
    assert values["F1 tuples, concept"] == values["F1 network cells"] == 1
    assert values["F1 tuples, label"] == 0
    (equal,) = [
        r for r in compute(names, turned, layer_named("claim")) if r.name == "percent concept"
    ]
    assert (equal.value, equal.n, equal.coverage) == (1, 1, 1)
    apart = compare([record("a", "support", "not: tolls"), record("b", "support", "tolls")])
    values = {r.name: r.value for r in compute(network, apart, layer_named("stance"))}
    assert (values["F1 tuples, concept"], values["F1 tuples, side left out"]) == (0, 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Café", None), ("Cafe\u0301", None)),
        (("Iran; Russia", None), ("Russia ;  Iran;", None)),
        (("Iran", ["tax  cuts"]), ("Iran;", ["tax cuts"])),
        (("Iran", ["not: not: fares"]), ("Iran", ["fares"])),
    ],
)
def test_names_that_are_read_alike_are_one_in_tuples_and_in_the_network(
    one: tuple[str, list[str] | None], other: tuple[str, list[str] | None]
) -> None:
    """Both the names of an actor who takes a side, and of one who is the target."""

    def record(who: str, named: tuple[str, list[str] | None]) -> Record:
        entity, concept = named
        spans = (
            Span("a", "actor", "state", 0, 5, entity),
            Span("b", "actor", "state", 10, 15, entity),
            Span("c", "claim", "fact", 20, 30, attributes={"concept": concept} if concept else {}),
        )
        edges = (
            Relation("r", "stance", "support", "a", "c"),
            Relation("q", "stance", "oppose", "a", "b"),
        )
        return Record(document(TEXT), who, Completion.DONE, spans, edges)

    found = compute(network, compare([record("x", one), record("y", other)]), layer_named("stance"))
    for name in ("F1 tuples, label", "F1 tuples, concept", "F1 network cells"):
        assert figure_named(found, name).value == 1, name


WRITTEN = ["not: tolls", "not:tolls", " NOT :  tolls ", "not: not: not:tolls"]
"""The contrary of a concept as annotators, files and older databases may write it."""


@pytest.mark.parametrize("concept", WRITTEN)
def test_the_mark_of_a_contrary_is_one_mark_everywhere(concept: str, tmp_path: Path) -> None:
    """For agreement, gold, networks, the matrix, who says what, and names in use."""
    spans = (
        Span("a", "actor", "state", 0, 4, "Iran"),
        Span("c", "claim", "policy", 6, 20, attributes={"concept": [concept]}),
    )
    edge = Relation("r", "stance", "support", "a", "c")
    one = Record(document(TEXT), "a", Completion.DONE, spans, (edge,))
    other = replace(
        one,
        annotator="b",
        spans=(spans[0], replace(spans[1], attributes={"concept": [WRITTEN[0]]})),
    )
    found = compute(names, compare([one, other]), layer_named("claim"))
    assert figure_named(found, "percent concept").value == 1
    with Project.create(tmp_path / "p") as project:
        project.log.add_records([one, other])
        where = concepts_of(project.schema)
        assert names_of(spans[1], where) == [("concept", WRITTEN[0])]
        same = SameNames({("concept", "tolls"): "dues"})
        assert same.span(spans[1], where).attributes["concept"] == ["not: dues"]
        (used,) = project.names.concepts()
        assert (used.name, used.count) == (WRITTEN[0], 2)
        assert project.names.documents_of("concept", concept.strip()) == {"doc"}
        assert merge_all(project) == (1, 1)
        (about,) = statements(one, where)
        assert (about.about, about.sign) == ("tolls", -1)
        assert who_says_what.statements(one, where, SameNames()) == [("Iran", "tolls", "-1")]
        for matrix in (
            of_project(project, "a", by="concept"),
            of_document(one.document, spans, [edge], project.schema, by="concept"),
        ):
            assert (matrix.targets, matrix.signs((0, 0))) == (("tolls",), "-")
        assert rename(project, "a", "concept", WRITTEN[0], concept.replace("tolls", "dues")) == 1
        assert {used.name for used in project.names.concepts()} == {"not: dues", WRITTEN[0]}
        assert rule_same(project, "concept", [WRITTEN[0]], concept.replace("tolls", "fees")) == 1
        (gold,) = project.log.records(annotator=GOLD)
        assert gold.spans[1].attributes["concept"] == ["not: fees"]
        entry = with_field(CodebookEntry("concept", "dues"), "opposite", concept)
        assert entry.opposite == WRITTEN[0]


def test_entities_are_compared_where_both_gave_one() -> None:
    def record(who: str, *entities: str | None) -> Record:
        spans = tuple(
            Span(f"{i}", "actor", "state", 5 * i, 5 * i + 4, e) for i, e in enumerate(entities)
        )
        return Record(document(TEXT), who, Completion.DONE, spans)

    works = (
        record("a", "Iran", "Oman; Iran", None, "Oman"),
        record("b", "Iran", "Iran; Oman", "Iraq", "Iraq"),
    )
    found = compute(names, compare(works), layer_named("actor"))
    assert figure_named(found, "percent entity").value == pytest.approx(2 / 3)
    assert figure_named(found, "alpha entity").n == 3
    assert figure_named(found, "alpha entity").coverage == pytest.approx(6 / 8)
    # Two Iran, two of both, Oman, Iraq: 1 - 5 * 2 / (36 - 4 - 4 - 1 - 1).
    assert figure_named(found, "alpha entity").value == pytest.approx(1 - 5 * 2 / 26)
    assert figure_named(found, "alpha entity").parts["Iran"].n == 4


def test_cues_are_compared_as_spans() -> None:
    def record(who: str, *stretches: list[int] | None) -> Record:
        spans = tuple(Span(f"c{i}", "claim", "fact", 20 * i, 20 * i + 9) for i in range(3))
        edges = tuple(
            Relation(
                f"r{i}", "stance", "support", AUTHOR, f"c{i}", {} if held is None else {"cue": held}
            )
            for i, held in enumerate(stretches)
        )
        return Record(document(TEXT), who, Completion.DONE, spans, edges)

    comparison = compare(
        [record("a", [0, 4], [20, 28], [40, 44]), record("b", [0, 4], [24, 30], None)]
    )
    found = compute(cues, comparison, layer_named("stance"))
    assert figure_named(found, "F1 cue, exact").value == pytest.approx(2 * 1 / 5)
    assert figure_named(found, "F1 cue, partial").value == pytest.approx(2 * 1.5 / 5)
    assert figure_named(found, "F1 cue, characters").value == pytest.approx(
        2 * 8 / (4 + 8 + 4 + 4 + 6)
    )
    assert figure_named(found, "F1 cue, exact").coverage == pytest.approx(2 / 3)


def test_every_two_annotators_have_what_the_two_alone_would_have() -> None:
    """There are three annotators, one of whom named only half of the spans."""
    coders = [
        [["a"], ["a", "b"], ["not: c"], ["d"], ["b"], ["a", "c"]],
        [["a"], ["a"], ["c"], ["b"], ["b"], ["c", "d"]],
        [["b"], None, ["c"], None, ["b"], None],
    ]
    found = figures(valued("concept", coders), [layer_named("claim")]).matrices["claim", "concept"]
    assert {who: pair.n for who, pair in found.items()} == {
        ("r0", "r1"): 6,
        ("r0", "r2"): 3,
        ("r1", "r2"): 3,
    }
    for (one, other), pair in found.items():
        two = valued("concept", [coders[int(who[1])] for who in (one, other)])
        alone = compute(names, two, layer_named("claim"))
        assert pair.alpha == pytest.approx(figure_named(alone, "alpha concept, MASI").value)
        assert pair.percent == pytest.approx(figure_named(alone, "percent concept").value)


def test_numbers_of_two_annotators_are_as_far_apart_as_those_of_all() -> None:
    """Krippendorff's interval alpha by hand for each two of three; a value is missing."""
    layer = replace(layer_named("claim"), attributes=(Attribute("grade", "integer"),))
    coders: list[list[int | None]] = [[1, 2, 9, 2], [1, 3, 10, 2], [2, 2, None, 9]]
    found = figures(valued("grade", coders), [layer]).matrices["claim", "grade"]
    assert len(found) == 3
    for (one, other), pair in found.items():
        rows = zip(coders[int(one[1])], coders[int(other[1])], strict=True)
        both = [(a, b) for a, b in rows if a is not None and b is not None]
        values = [value for two in both for value in two]
        n = len(values)
        observed = sum(2 * (a - b) ** 2 for a, b in both)
        expected = sum((a - b) ** 2 for a, b in permutations(values, 2))
        assert pair.alpha == pytest.approx(1 - (n - 1) * observed / expected)
        assert pair.n == len(both)


def test_names_that_were_decided_to_be_one_are_one_when_asked(tmp_path: Path) -> None:
    """The codings stay as they were made: the figure before and after can be told."""

    def record(who: str, concept: str) -> Record:
        span = Span("c", "claim", "policy", 6, 20, attributes={"concept": [concept]})
        return Record(document(TEXT), who, Completion.DONE, (span,))

    with Project.create(tmp_path / "p") as project:
        project.log.add_records([record("a", "tolls should fall"), record("b", "tolls must fall")])
        tolls = ("concept", "tolls must fall", "tolls should fall", "same")
        project.names.rule_all([tolls], same=True, reviewer="lead", token="t")
        before, after = (
            next(
                r
                for r in agreement(project, ComparedPart(same_names=one)).results
                if r.name == "percent concept"
            )
            for one in (False, True)
        )
        assert (before.value, after.value) == (0, 1)
        assert [d.kind for d in all_differences(project)] == ["concept"]
        assert list(all_differences(project, ComparedPart(same_names=True))) == []
        coded, with_rulings = (
            agreement(project, ComparedPart(same_names=one)) for one in (False, True)
        )
        changed = by_rulings(coded.results, with_rulings.results)
        for one in (False, True):
            follower = Follower(project, ComparedPart(same_names=one), compare_names=True)
            assert follower.by_rulings() == changed
        told = {(one.name, one.as_coded, one.with_rulings) for one in changed}
        assert ("percent concept", 0, 1) in told
        assert all(one.as_coded != one.with_rulings for one in changed)
        shown = lines(coded, ruled=changed)
        head = next(i for i, line in enumerate(shown) if line.text.startswith("BY RULINGS"))
        assert shown[head].kind == "head"
        assert all(line.figures for line in shown[head + 1 : head + 1 + len(changed)])
        assert not any("BY RULINGS" in line.text for line in lines(coded))


def test_figures_that_rulings_change_by_less_than_two_decimals_show_are_counted() -> None:
    found = figures(valued("concept", [[["a"]], [["b"]]]), [layer_named("claim")])
    seen = RuledFigure("claim", "alpha concept", 0.5, 0.51)
    unseen = RuledFigure("claim", "percent concept", 0.501, 0.504)
    texts = [line.text.split() for line in ruled_section([seen, unseen], found)]
    assert texts[1:] == [
        ["claim", "alpha", "concept", ".50", ".51"],
        "1 figure more changes by less than .01".split(),
    ]
    texts = [line.text for line in ruled_section([unseen], found)]
    assert texts[1:] == ["  1 figure changes by less than .01"]


def test_what_sums_kept_up_to_date_are_off_by_is_no_change() -> None:
    coded = figures(
        valued("concept", [[["a"], ["c"]], [["b"], ["c"]]]), [layer_named("claim")]
    ).results
    off = [replace(r, value=None if r.value is None else r.value + 1e-15) for r in coded]
    assert any(r.value != o.value for r, o in zip(coded, off, strict=True))
    assert by_rulings(coded, off) == []
    undefined = [replace(r, value=None) for r in coded]
    assert len(by_rulings(coded, undefined)) == sum(r.value is not None for r in coded)
