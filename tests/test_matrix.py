"""The signed matrix: who holds what, by claims and by concepts, of a document and of a project."""

from __future__ import annotations

from pathlib import Path

from support import TEXT, document

from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span
from annotator.project import Project
from annotator.resources import load_schema
from annotator.workflows.names.matrix import Matrix, of_document, of_project

SCHEMA = load_schema("actors-claims-stances")


def _span(id: str, layer: str, quote: str, *, entity: str = "", **attributes: str | list[str]) -> Span:
    start = TEXT.index(quote)
    label = "state" if layer == "actor" else "policy"
    return Span(id, layer, label, start, start + len(quote), entity or None, attributes)


SPANS = (
    _span("iran", "actor", "Iran", entity="Iran"),
    _span("putin", "actor", "Putin"),
    _span("plan", "claim", "the plan", concept=["plan should stand"], attribution="indirect"),
    _span(
        "end", "claim", "sanctions must end", concept=["not: sanctions should stay"], attribution="indirect"
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
        ("Iran", "plan should stand"): "-+",
        ("Putin", "sanctions should stay"): "-",
        ("author", "The West should act now"): "+",
        ("author", "Russia could respond"): "-",
        ("Iran", "Putin"): "0",
    }
    assert found.holders[0] == "Iran" and found.targets[0] == "plan should stand"
    at = next(at for at in found.cells if found.signs(at) == "-+")
    assert [(e.item, e.sign, e.quote, e.paragraph) for e in found.cells[at]] == [
        ("r1", "-", "the plan", 0),
        ("r5", "+", "the plan", 0),
    ]


def test_by_claims_the_words_themselves_are_the_columns() -> None:
    cells = _cells(of_document(document(), SPANS, RELATIONS, SCHEMA, by="claim"))
    assert cells["Putin", "sanctions must end"] == "+"
    assert cells["Iran", "the plan"] == "-+"


def test_the_matrix_of_a_project_adds_the_documents_up(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p") as of:
        of.log.add_records(
            Record(document(TEXT + "\n" * n, id=f"d{n}"), who, Completion.DONE, SPANS, RELATIONS[:4])
            for n, who in ((0, "ada"), (1, "ada"), (2, "ben"))
        )
        found = of_project(of, "ada", by="concept")
    cell = found.cells[found.holders.index("Putin"), found.targets.index("sanctions should stay")]
    assert [(e.document, e.item) for e in cell] == [("d0", "r2"), ("d1", "r2")]
