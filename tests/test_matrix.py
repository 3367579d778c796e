"""The signed matrix: who holds what, by claims and by concepts, of a document and of a project."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest
from playing import play, press, shown, until
from support import TEXT, document
from textual.pilot import Pilot

from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span, Value
from annotator.project import Project
from annotator.resources import load_schema
from annotator.tui.session import Session
from annotator.workflows.names.matrix import ColumnKind, Matrix, of_document, of_project

SCHEMA = load_schema("actors-claims-stances")


def _span(
    id: str, layer: str, quote: str, *, entity: str = "", **attributes: str | list[str]
) -> Span:
    start = TEXT.index(quote)
    label = "state" if layer == "actor" else "policy"
    return Span(id, layer, label, start, start + len(quote), entity or None, attributes)


SPANS = (
    _span("iran", "actor", "Iran", entity="Iran"),
    _span("putin", "actor", "Putin"),
    _span("plan", "claim", "the plan", concept=["plan should stand"], attribution="indirect"),
    _span(
        "end",
        "claim",
        "sanctions must end",
        concept=["not: sanctions should stay"],
        attribution="indirect",
    ),
    _span("act", "claim", "The West should act now", attribution="author"),
    _span("russia", "claim", "Russia could respond", attribution="author"),
)
RELATIONS = (
    Relation("r1", "stance", "oppose", "iran", "plan"),
    Relation("r2", "stance", "support", "putin", "end"),
    Relation("r3", "stance", "oppose", AUTHOR, "russia"),
    Relation("r4", "stance", "neutral", "iran", "putin"),
    Relation("r5", "stance", "support", "iran", "plan"),
    Relation("r6", "stance", "support", "gone", "plan"),
)


def _cells(found: Matrix) -> dict[tuple[str, str], str]:
    return {(found.holders[r], found.targets[c]): found.signs((r, c)) for r, c in found.cells}


def test_contraries_meet_in_a_column_and_the_author_holds_what_the_text_asserts() -> None:
    found = of_document(document(), SPANS, RELATIONS, SCHEMA, by="concept")
    assert _cells(found) == {
        ("Iran", "plan should stand"): "+-",
        ("Putin", "sanctions should stay"): "-",
        ("author", "The West should act now"): "+",
        ("author", "Russia could respond"): "-",
        ("Iran", "Putin"): "0",
    }
    assert found.holders[0] == "Iran" and found.targets[0] == "plan should stand"
    at = next(at for at in found.cells if found.signs(at) == "+-")
    evidence = found.evidence(at, None)  # type: ignore[arg-type]
    assert [(e.item, e.sign, e.quote, e.paragraph) for e in evidence] == [
        ("r1", "-", "the plan", 0),
        ("r5", "+", "the plan", 0),
    ]


def test_by_claims_the_words_themselves_are_the_columns() -> None:
    cells = _cells(of_document(document(), SPANS, RELATIONS, SCHEMA, by="claim"))
    assert cells["Putin", "sanctions must end"] == "+"
    assert cells["Iran", "the plan"] == "+-"


def test_the_matrix_of_a_project_adds_the_documents_up(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p") as of:
        of.log.add_records(
            Record(
                document(TEXT + "\n" * n, id=f"d{n}"), who, Completion.DONE, SPANS, RELATIONS[:4]
            )
            for n, who in ((0, "ada"), (1, "ada"), (2, "ben"))
        )
        found = of_project(of, "ada", by="concept")
        at = found.holders.index("Putin"), found.targets.index("sanctions should stay")
        evidence = found.evidence(at, of)
    assert [(e.document, e.item, e.sign, e.quote, e.paragraph) for e in evidence] == [
        ("d0", "r2", "-", "sanctions must end", 0),
        ("d1", "r2", "-", "sanctions must end", 0),
    ]


@pytest.mark.parametrize("by", ["concept", "claim"])
def test_a_project_has_the_cells_of_its_documents_whatever_was_coded(
    tmp_path: Path, by: ColumnKind
) -> None:
    rng = random.Random(3)
    words = [m.span() for m in re.finditer(r"\w+", TEXT)]
    records = []
    for n in range(12):
        text = document(TEXT + "\n" * n, id=f"d{n}")
        spans = []
        for i in range(8):
            layer = rng.choice(["actor", "claim"])
            start, end = rng.choice(words)
            about: dict[str, Value] = (
                {"attribution": rng.choice(["author", "direct"])} if layer == "claim" else {}
            )
            if layer == "claim" and rng.random() < 0.7:
                about["concept"] = rng.sample(
                    ["a is b", "not: a is b", "c", "not: d"], rng.randint(1, 2)
                )
            name = rng.choice([None, "Iran", "Russia; Iran"]) if layer == "actor" else None
            spans.append(
                Span(
                    f"s{i}", layer, "state" if layer == "actor" else "fact", start, end, name, about
                )
            )
        claims = [s.id for s in spans if s.layer == "claim"]
        ends = [AUTHOR, *(s.id for s in spans if s.layer == "actor")]
        sides = [
            Relation(
                f"r{i}",
                "stance",
                rng.choice(["support", "oppose", "neutral"]),
                rng.choice(ends),
                rng.choice(claims),
            )
            for i in range(5 if claims else 0)
        ]
        records.append(Record(text, "ada", Completion.DONE, tuple(spans), tuple(sides)))
    with Project.create(tmp_path / "p") as of:
        of.log.add_records(records)
        found = of_project(of, "ada", by=by)
        whole = {at: Counter(e.sign for e in found.evidence(at, of)) for at in found.cells}
    apart: dict[tuple[str, str], Counter[str]] = {}
    for record in records:
        one = of_document(record.document, record.spans, record.relations, SCHEMA, by=by)
        for at, taken in one.cells.items():
            apart.setdefault((one.holders[at[0]], one.targets[at[1]]), Counter()).update(
                sign for _, _, sign in taken
            )
    assert {(found.holders[r], found.targets[c]): signs for (r, c), signs in whole.items()} == apart


def test_a_large_matrix_is_searched_sorted_and_folded() -> None:
    """Of five hundred columns, it shows those with a word, in another order, and joined under their
    parents."""
    from annotator.workflows.names.matrix import Matrix
    from annotator.workflows.names.matrix_shape import folded, ordered, searched

    targets = tuple(f"{'tolls' if i % 100 == 7 else 'concept'} {i:03}" for i in range(500))
    cells = {(i % 3, i): (("d", f"s{i}", "+"),) for i in range(500)}
    cells[1, 107] = (("d", "a", "-"), ("d", "b", "+"), ("d", "c", "+"))
    found = Matrix("ada", ("Port", "Board", "Union"), targets, cells)
    some = searched(found, "TOLLS 1")
    assert some.targets == ("tolls 107",)
    assert {some.holders[r] for r, _ in some.cells} == {
        found.holders[r] for r, c in cells if c == 107
    }
    whole = searched(found, "board")
    assert whole.holders == ("Board",) and len(whole.targets) == sum(r == 1 for r, _ in cells)
    assert searched(found, "  ") is found and not searched(found, "nowhere").cells
    by_name = ordered(found, "name")
    assert list(by_name.targets) == sorted(targets) and by_name.holders == (
        "Board",
        "Port",
        "Union",
    )
    disputed = ordered(found, "disputed")
    assert disputed.targets[0] == "tolls 107"
    for other in (by_name, disputed):
        held = {(other.holders[r], other.targets[c]): v for (r, c), v in other.cells.items()}
        assert held == {(found.holders[r], found.targets[c]): v for (r, c), v in cells.items()}
    joined = folded(found, lambda name: "all tolls" if name.startswith("tolls") else name)
    assert len(joined.targets) == 496
    column = joined.targets.index("all tolls")
    assert sum(len(v) for (_, c), v in joined.cells.items() if c == column) == sum(
        len(v) for (_, c), v in cells.items() if targets[c].startswith("tolls")
    )


def test_a_matrix_that_does_not_fit_says_how_much_of_it_is_shown(tmp_path: Path) -> None:
    text = " ".join(f"A{n:02} B{n:02}" for n in range(40))
    spans, relations = [], []
    for n in range(40):
        actor, claim = text.index(f"A{n:02}"), text.index(f"B{n:02}")
        spans.append(Span(f"a{n}", "actor", "person", actor, actor + 3, f"Person {n}"))
        concept: dict[str, Value] = {"concept": [f"concept {n}"], "attribution": "indirect"}
        spans.append(Span(f"c{n}", "claim", "fact", claim, claim + 3, None, concept))
        relations.append(Relation(f"r{n}", "stance", "support", f"a{n}", f"c{n}"))

    async def script(pilot: Pilot[int], _: Session) -> None:
        await press(pilot, "M")
        await until(pilot, "rows 1-")
        rows = shown(pilot)
        assert "of 40" in rows and "40 x 40" in rows
        # The row in focus is shown, and what is told follows it.
        await press(pilot, "G")
        assert "-40 of 40" in shown(pilot) and "Person 39" in shown(pilot)
        # Few rows leave room for the names of the columns, of which the rest is counted.
        await press(pilot, "g / p e r s o n space 3 enter")
        await until(pilot, "“person 3”")
        assert "of 40" not in shown(pilot).split("“person 3”")[1]
        assert "more columns" in shown(pilot)
        await press(pilot, "/ backspace 9 enter")
        await until(pilot, "“person 9”")
        assert "more column" not in shown(pilot)

    with Project.create(tmp_path / "p") as of:
        work = Record(document(text), "ada", Completion.DONE, tuple(spans), tuple(relations))
        of.log.add_records([work])
        play(of, script, size=(80, 32))
