"""Properties of agreement, whatever was coded: an annotator against a copy of itself,
duplicates, white space, alignment."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import document, examples

from annotator.measures._alignment import aligned, best
from annotator.measures._span_arrays import span_arrays
from annotator.measures.api import Comparison, Result, compare
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.schema_reading import parse_schema
from annotator.model.span import AUTHOR, Relation, Span, Value
from annotator.resources import load_schema
from annotator.workflows.agreement.compute import figures
from annotator.workflows.agreement.differences import differences
from annotator.workflows.review.versions import versions

SCHEMA = load_schema("actors-claims-stances")
TEXT = (
    "The harbour  board says that fares must fall soon.\n"
    "The pier is old, and nobody likes it at all here."
)
HALF = len(TEXT) // 2


def _spans(draw: st.DrawFn) -> list[Span]:
    """Few places and labels, so that equal, nested and overlapping spans occur by themselves."""
    out: list[Span] = []
    for i in range(draw(st.integers(0, 7))):
        layer = draw(st.sampled_from(["actor", "claim"]))
        start = draw(st.sampled_from([0, 4, 11, 12, 20, 40, HALF + 4, HALF + 8]))
        end = start + draw(st.sampled_from([1, 5, 9, 20, 45]))
        attributes: dict[str, Value] = {}
        entity = None
        if layer == "actor":
            label = draw(st.sampled_from(["person", "organization"]))
            entity = draw(st.sampled_from([None, "Board", "Pier; Board"]))
        else:
            label = draw(st.sampled_from(["fact", "policy"]))
            concept = draw(
                st.sampled_from([None, ["fares"], ["not: fares", "pier"], ["pier", "fares"]])
            )
            modality = draw(st.sampled_from([None, "asserted", "hedged"]))
            attributes = {
                k: v for k, v in (("concept", concept), ("modality", modality)) if v is not None
            }
        out.append(Span(f"s{i}", layer, label, start, min(end, len(TEXT)), entity, attributes))
    return out


def _relations(draw: st.DrawFn, spans: Sequence[Span]) -> list[Relation]:
    actors = [AUTHOR, *(s.id for s in spans if s.layer == "actor")]
    claims = [s.id for s in spans if s.layer == "claim"]
    out: list[Relation] = []
    for i in range(draw(st.integers(0, 6)) if claims else 0):
        attributes: dict[str, Value] = {}
        if draw(st.booleans()):
            attributes["strength"] = draw(st.integers(1, 3))
        if draw(st.booleans()):
            attributes["cue"] = draw(st.sampled_from([[4, 11], [4, 18], [20, 24]]))
        side = draw(st.sampled_from(["support", "oppose", "neutral"]))
        out.append(
            Relation(
                f"r{i}",
                "stance",
                side,
                draw(st.sampled_from(actors)),
                draw(st.sampled_from(claims)),
                attributes,
            )
        )
    return out


@st.composite
def _work(draw: st.DrawFn) -> tuple[list[Span], list[Relation]]:
    spans = _spans(draw)
    return spans, _relations(draw, spans)


def _record(
    work: tuple[list[Span], list[Relation]], who: str, *, id: str = "d", seed: int = 0
) -> Record:
    """Somebody's work; ids and order depend on `seed`."""
    spans, relations = work
    rng = random.Random(seed)
    names = [s.id for s in spans]
    rng.shuffle(names)
    new = {old: f"{who}-{i}" for i, old in enumerate(names)} | {AUTHOR: AUTHOR}
    edges = [replace(r, source=new[r.source], target=new[r.target]) for r in relations]
    rng.shuffle(edges)
    edges = [replace(r, id=f"{who}-r{i}") for i, r in enumerate(edges)]
    own = [replace(s, id=new[s.id]) for s in spans]
    rng.shuffle(own)
    own.sort(key=lambda s: (s.start, -s.end))
    return Record(document(TEXT, id=id), who, Completion.DONE, tuple(own), tuple(edges))


def _results(records: Sequence[Record]) -> list[Result]:
    return list(figures(compare(records), SCHEMA.layers, intervals=False).results)


_SPELLINGS = {"not: fares": ["not:fares", " NOT :  fares"], "fares": ["fares ", "not: not:fares"]}


def _respelt(work: tuple[list[Span], list[Relation]], rng: random.Random) -> list[Span]:
    """The spans with lists in another order and names in other spellings, and some of them twice."""
    out: list[Span] = []
    for span in work[0]:
        for id in [span.id, f"{span.id}+"][: rng.randint(1, 2)]:
            parts = [f"  {part} " for part in (span.entity or "").split("; ") if part]
            rng.shuffle(parts)
            held = [
                rng.choice(_SPELLINGS.get(name, [f"{name}\u200b"]))
                for name in span.attributes.get("concept", ())
            ]
            held += held[: rng.randint(0, 1)]
            rng.shuffle(held)
            attributes = {**span.attributes, "concept": held} if held else span.attributes
            several = dict(reversed(attributes.items()))
            out.append(replace(span, id=id, entity=";".join(parts) or None, attributes=several))
    return out


@settings(max_examples=examples(60))
@given(st.lists(_work(), min_size=1, max_size=3), st.integers(0, 10**6))
def test_names_in_other_spellings_and_orders_are_the_same_names(
    works: list[tuple[list[Span], list[Relation]]], seed: int
) -> None:
    """For every figure, for the list of disagreements, and for gold."""
    rng = random.Random(seed)
    records = []
    for i, work in enumerate(works):
        records.append(_record(work, "a", id=f"d{i}"))
        records.append(_record((_respelt(work, rng), work[1]), "b", id=f"d{i}", seed=seed))
    for result in _results(records):
        assert result.value is None or result.value == pytest.approx(1), result
        for name, part in result.parts.items():
            assert part.value is None or part.value == pytest.approx(1), (result.name, name)
    assert list(differences(compare(records), SCHEMA.layers)) == []
    for one, other in zip(records[::2], records[1::2], strict=True):
        found = versions([one, other], "unanimous", schema=SCHEMA)
        assert found is not None
        assert {c.id for c in found.candidates} == {c.id for c in found.kept}


@settings(max_examples=examples(60))
@given(st.lists(_work(), min_size=1, max_size=3), st.integers(2, 3), st.integers(0, 99))
def test_an_annotator_against_a_copy_of_itself_gives_one_or_no_value(
    works: list[tuple[list[Span], list[Relation]]], coders: int, seed: int
) -> None:
    records = [
        _record(work, who, id=f"d{i}", seed=seed + j)
        for i, work in enumerate(works)
        for j, who in enumerate("abc"[:coders])
    ]
    found = _results(records)
    assert {r.name for r in found} >= {
        "F1 strict",
        "alpha characters",
        "alpha side",
        "F1 cue, exact",
    }
    for result in found:
        assert result.value is None or result.value == pytest.approx(1), result
        assert (result.value is None) == bool(result.reason)
        for name, part in result.parts.items():
            assert part.value is None or part.value == pytest.approx(1), (result.name, name)


@pytest.mark.parametrize(
    "works",
    [
        [[(3, 7, "value")], [(3, 7, "value"), (4, 8, "value")], [(4, 7, "fact")]],
        [[(0, 2, "value"), (3, 5, "fact")], [(1, 5, "fact"), (3, 5, "fact")], [(3, 7, "fact")]],
        [
            [(1, 5, "value"), (1, 6, "value"), (2, 4, "fact")],
            [(0, 4, "value"), (3, 5, "fact"), (3, 5, "value")],
            [(1, 6, "fact"), (3, 6, "value")],
            [(3, 5, "value"), (3, 6, "value"), (4, 8, "value")],
        ],
    ],
)
def test_no_figure_depends_on_what_annotators_are_called(
    works: list[list[tuple[int, int, str]]],
) -> None:
    """Overlaps in a row connect two spans of one annotator. Which of them belongs to the others'
    spans must not depend on anybody's name or on ids."""
    found = set()
    for seed, names in enumerate(permutations("abcd"[: len(works)])):
        coded = []
        for units, who in zip(works, names, strict=True):
            spans = [Span(str(i), "claim", label, a, b) for i, (a, b, label) in enumerate(units)]
            coded.append(_record((spans, []), who, seed=seed))
        found.add(
            tuple(
                (r.layer, r.name, r.n, r.coverage, None if r.value is None else round(r.value, 9))
                for r in _results(coded)
            )
        )
    assert len(found) == 1


def _two_labels(who: str) -> Record:
    """Two labels on one stretch, each with a stance of its own, and stretches with one."""
    spans, edges = [], []
    for i, (start, labels) in enumerate(
        [(4, ("policy", "value")), (20, ("fact",)), (HALF + 4, ("value",))]
    ):
        spans.append(Span(f"{who}a{i}", "actor", "organization", start - 4, start - 1))
        for j, label in enumerate(labels if who == "a" else labels[::-1]):
            spans.append(Span(f"{who}c{i}{j}", "claim", label, start, start + 9))
            side = "support" if label in ("policy", "fact") else "oppose"
            edges.append(Relation(f"{who}r{i}{j}", "stance", side, f"{who}a{i}", f"{who}c{i}{j}"))
    return Record(document(TEXT), who, Completion.DONE, tuple(spans), tuple(edges))


def test_two_labels_on_one_stretch_are_paired_by_label() -> None:
    found = _results([_two_labels("a"), _two_labels("b")])
    for result in found:
        assert result.value is None or result.value == pytest.approx(1), result
    values = {(r.layer, r.name): r.value for r in found}
    for figure in (
        ("claim", "alpha label"),
        ("claim", "F1 strict"),
        ("stance", "alpha side"),
        ("stance", "F1 with side"),
    ):
        assert values[figure] == pytest.approx(1)


def _spoilt(record: Record, how: str) -> Record:
    first = record.spans[0]
    if how == "twice":
        copies = tuple(replace(first, id=f"again{i}") for i in range(2))
        edges = tuple(replace(r, id=f"{r.id}-again") for r in record.relations)
        return replace(
            record, spans=(first, *copies, *record.spans[1:]), relations=(*record.relations, *edges)
        )
    spans = (replace(first, start=first.start - 1), *record.spans[1:])
    return replace(record, spans=spans)


def _plain(who: str) -> Record:
    spans = (
        Span(f"{who}1", "actor", "organization", 4, 11, "Board"),
        Span(f"{who}2", "claim", "policy", 29, 44, attributes={"concept": ["fares"]}),
        Span(f"{who}3", "claim", "fact", HALF + 8, HALF + 20),
    )
    edges = (Relation(f"{who}r", "stance", "support", f"{who}1", f"{who}2", {"strength": 2}),)
    return Record(document(TEXT), who, Completion.DONE, spans, edges)


@pytest.mark.parametrize("how", ["twice", "white space"])
def test_copies_and_white_space_of_one_coder_change_no_figure(how: str) -> None:
    clean = _results([_plain("a"), _plain("b")])
    assert _results([_spoilt(_plain("a"), how), _plain("b")]) == clean
    values = {(r.layer, r.name): r.value for r in clean}
    assert values["actor", "F1 strict"] == values["actor", "alpha characters"] == 1


def test_a_span_across_paragraphs_is_measured_whole() -> None:
    schema = parse_schema(
        'name = "units"\nversion = "1"\n[[layer]]\nname = "unit"\nkind = "span"\nopen = true\n',
        file="units.toml",
    )
    text = "A first line ends\n\nand a second goes on."

    def record(who: str, start: int) -> Record:
        return Record(document(text), who, Completion.DONE, (Span(who, "unit", "X", start, 31),))

    comparison = compare([record("a", 13), record("b", 19)])
    assert [(p.index, p.start, p.end) for p in comparison.passages] == [(0, 0, len(text))]
    found = {r.name: r for r in figures(comparison, schema.layers, intervals=False).results}
    # 6 characters differ, 12 both marked: 30 of 2 n values are X.
    n = 2 * len(text)
    wanted = 1 - (n - 1) * 12 / (2 * 30 * (n - 30))
    assert found["alpha characters"].value == pytest.approx(wanted)
    assert found["F1 exact"].value == 0
    assert found["F1 partial"].value == 0.5
    assert found["u-alpha"].value is not None and found["u-alpha"].value > 0.5
    alone = compare([record("a", 19), record("b", 19)])
    assert [(p.start, p.end) for p in alone.passages] == [(0, 17), (19, len(text))]


def test_one_span_across_paragraphs_by_characters_and_by_words() -> None:
    """Two annotators share "second paragraph"; one begins in the paragraph before, at white space
    that is no part of a span. By characters, including white space within spans, 6 of 47 are marked
    by only one of them: .74 (.70 would count the blank in front too). By tokens it is one of 8; by
    words between white space it is one of 7, which is .71. None depends on where paragraphs end."""
    schema = parse_schema(
        'name = "units"\nversion = "1"\n[[layer]]\nname = "unit"\nkind = "span"\nopen = true\n',
        file="units.toml",
    )
    text = "First paragraph says\n\nsecond paragraph goes on."

    def by_hand(units: int, differ: int, both: int) -> float:
        marked, values = 2 * both + differ, 2 * units
        expected = 2 * marked * (values - marked) / (values * (values - 1))
        return 1 - differ / units / expected

    assert by_hand(47, 7, 16) == pytest.approx(0.70, abs=0.005)
    assert by_hand(7, 1, 2) == pytest.approx(0.71, abs=0.005)
    for start in (15, 16):
        works = [
            Record(document(text), who, Completion.DONE, (Span(who, "unit", "X", at, 38),))
            for who, at in (("a", start), ("b", 22))
        ]
        results = figures(compare(works), schema.layers, intervals=False).results
        found = {r.name: r.value for r in results}
        assert found["alpha characters"] == pytest.approx(by_hand(47, 6, 16))
        assert found["alpha characters"] == pytest.approx(0.74, abs=0.005)
        assert found["alpha tokens"] == pytest.approx(by_hand(8, 1, 2))


def _most(spans: Sequence[Sequence[tuple[int, int]]]) -> int:
    """The largest number of characters that an assignment can have in common, found by trying all;
    pairs overlap by at least half."""
    a, b = sorted(spans, key=len)
    places: list[int | None] = [*range(len(b)), *([None] * len(a))]
    highest = 0
    for order in set(permutations(places, len(a))):
        total = 0
        for (start, end), at in zip(a, order, strict=True):
            if at is not None:
                shared = min(end, b[at][1]) - max(start, b[at][0])
                union = max(end, b[at][1]) - min(start, b[at][0])
                total += shared if shared > 0 and 2 * shared >= union else 0
        highest = max(highest, total)
    return highest


_PLACES = st.lists(
    st.tuples(st.integers(0, 9), st.integers(1, 12)).map(lambda p: (p[0], p[0] + p[1])),
    max_size=4,
    unique=True,
)


@settings(max_examples=examples(150))
@given(_PLACES, _PLACES)
def test_alignment_has_the_most_characters_in_common(
    a: list[tuple[int, int]], b: list[tuple[int, int]]
) -> None:
    def record(who: str, places: list[tuple[int, int]]) -> Record:
        spans = tuple(
            Span(f"{who}{i}", "claim", "fact", s, e) for i, (s, e) in enumerate(sorted(places))
        )
        return Record(document("x" * 40), who, Completion.DONE, spans)

    comparison = compare([record("a", a), record("b", b)])
    found = span_arrays(comparison, "claim")
    one, other = aligned(comparison, "claim")
    assert len(set(one.tolist())) == len(one) == len(set(other.tolist()))
    total = sum(
        min(found.end[i], found.end[j]) - max(found.start[i], found.start[j])
        for i, j in zip(one.tolist(), other.tolist(), strict=True)
    )
    assert total == _most([a, b])


@settings(max_examples=examples(150))
@given(st.lists(st.lists(st.integers(0, 6), min_size=4, max_size=4), min_size=1, max_size=4))
def test_an_assignment_is_the_best_of_all(weights: list[list[int]]) -> None:
    ends = [(i, j) for i in range(len(weights)) for j in range(4) if weights[i][j]]
    chosen = best(ends, [(weights[i][j],) for i, j in ends])
    assert len({ends[c][0] for c in chosen}) == len(chosen) == len({ends[c][1] for c in chosen})
    highest = max(
        sum(weights[i][j] for i, j in enumerate(order))
        for order in permutations(range(4), len(weights))
    )
    assert sum(weights[ends[c][0]][ends[c][1]] for c in chosen) == highest


CASES = Path(__file__).parents[2] / "shared" / "cases"


@pytest.mark.skipif(not CASES.exists(), reason="the cases are not here")
@pytest.mark.parametrize(
    "case", ["55-dup-one-side", "57-two-labels", "59-space-difference", "63-quarter-two-labels"]
)
def test_the_cases_that_went_wrong(case: str, from_rows: Callable[[Path], Comparison]) -> None:
    for result in figures(
        from_rows(CASES / case / "d.jsonl"), SCHEMA.layers, intervals=False
    ).results:
        assert result.value is None or result.value == pytest.approx(1), result


@pytest.fixture
def from_rows() -> Callable[[Path], Comparison]:
    """A comparison of rows as they are in a file, without the repairs of an import."""
    import json

    def read(file: Path) -> Comparison:
        records = []
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            spans = tuple(
                Span(
                    s["id"],
                    s["layer"],
                    s["label"],
                    s["start"],
                    s["end"],
                    s.get("entity"),
                    s["attributes"],
                )
                for s in row["spans"]
            )
            edges = tuple(
                Relation(r["id"], r["layer"], r["label"], r["source"], r["target"], r["attributes"])
                for r in row["relations"]
            )
            records.append(
                Record(
                    document(row["text"], id=row["id"]),
                    row["annotator"],
                    Completion.DONE,
                    spans,
                    edges,
                )
            )
        return compare(records)

    return read
