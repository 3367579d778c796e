"""Same words, two names: what is asked, in which order, and what an answer does."""

from __future__ import annotations

import asyncio
from pathlib import Path

from support import document

from annotator.model.decision import Completion
from annotator.model.naming import concepts_of
from annotator.model.record import Record
from annotator.model.span import Relation, Span
from annotator.project import Project
from annotator.resources import load_schema
from annotator.tui.app import AnnotatorApp
from annotator.tui.commands import key_map
from annotator.tui.session import Session
from annotator.tui.widgets.rows import Rows
from annotator.workflows.names.harmonise import agreement, decide, pairs, queue, undo

TEXT = "Ann Holt says the quay is old. The crew says that dues are high."
SCHEMA = load_schema("actors-claims-stances")


def record(who: str, first: str, concept: str, second: str = "crew") -> Record:
    """A coding: who says what, under these names."""
    spans = (
        Span("a", "actor", "person", 0, 8, first, {"mention": "name"}),
        Span("b", "claim", "fact", 14, 29, None, {"concept": [concept]}),
        Span("c", "actor", "collective", 35, 39, second, {"mention": "nominal"}),
    )
    relations = (Relation("r", "stance", "support", "a", "b"), Relation("s", "stance", "oppose", "c", "b"))
    return Record(document(TEXT, id="d"), who, Completion.DONE, spans, relations)


def project(tmp_path: Path, *records: Record) -> Project:
    of = Project.create(tmp_path / "p")
    of.log.add_records(records)
    return of


ONE, OTHER = record("ada", "Ann Holt", "quay is old"), record("ben", "Ms Holt", "not: quay is sound", "crew")


def test_pairs_are_ordered_by_leverage_times_likeness_and_a_copy_asks_nothing() -> None:
    found = pairs([ONE, OTHER], concepts_of(SCHEMA))
    assert [(p.kind, p.one, p.other) for p in found] == [
        ("concept", "quay is old", "quay is sound"), ("entity", "Ann Holt", "Ms Holt"),
    ]  # fmt: skip
    assert [p.leverage for p in found] == [2, 1]
    assert pairs([ONE, record("ben", "Ann Holt", "quay is old")], concepts_of(SCHEMA)) == []


def test_each_answer_is_a_mapping_that_raises_who_says_what_and_is_taken_back(tmp_path: Path) -> None:
    with project(tmp_path, ONE, OTHER) as of:
        assert (queue(of).before, queue(of).now) == (0.0, 0.0)
        concept, entity = queue(of).pairs
        decide(of, concept, "opposite", stays="quay is sound", reviewer="ada")
        assert queue(of).now == 0.5
        decide(of, entity, "same", stays="Ann Holt", reviewer="ada")
        assert (queue(of).before, queue(of).now, list(queue(of).pairs)) == (0.0, 1.0, [])
        standing = {s.entity for r in of.log.records() for s in r.spans if s.layer == "actor"}
        assert standing == {"Ann Holt", "Ms Holt", "crew"}
        taken = undo(of, reviewer="ada")
        assert taken is not None
        assert (taken.name, queue(of).now) == ("Ms Holt", 0.5)
        assert undo(of, reviewer="ada") is not None
        assert (queue(of).now, len(queue(of).pairs)) == (0.0, 2)
        assert undo(of, reviewer="ada") is None


def test_what_is_really_different_or_parent_and_child_is_not_asked_again(tmp_path: Path) -> None:
    with project(tmp_path, ONE, OTHER) as of:
        concept, entity = queue(of).pairs
        decide(of, entity, "different", stays="Ann Holt", reviewer="ada")
        decide(of, concept, "parent", stays="quay is old", reviewer="ada")
        assert list(queue(of).pairs) == []
        assert queue(of).now == 0.0


def test_agreement_of_nothing_is_none() -> None:
    from annotator.model.naming import SameNames

    assert agreement([], concepts_of(SCHEMA), SameNames()) is None


def test_the_queue_is_decided_by_keys_and_a_renaming_is_taken_back_in_all_documents(tmp_path: Path) -> None:
    shown: list[str] = []

    async def play(of: Project) -> None:
        app = AnnotatorApp(Session(of, "ada", of.new_session()), key_map({}))
        async with app.run_test(size=(100, 24)) as pilot:
            await pilot.pause()
            for key in ("E", "h", "x", "1", "u", "u", "escape", "r", "X", "enter", "u"):
                await pilot.press(key)
                await pilot.pause()
                rows = app.screen.query(Rows)
                shown.append("\n".join(rows[0].render_line(y).text for y in range(rows[0].size.height)))
            app.exit(0)

    with project(tmp_path, ONE, OTHER) as of:
        asyncio.run(play(of))
        assert "Same words, two names" in shown[1]
        assert "is not" in shown[2]
        assert "1 of 1" in shown[2]
        assert "nothing left" in shown[3]
        assert "1 of 1" in shown[4]
        assert "1 of 2" in shown[5]
        assert [r.same for r in of.names.rulings()] == [True, True, False, False]
        names = {s.entity for r in of.log.records() if r.annotator == "ada" for s in r.spans if s.entity}
        assert names == {"Ann Holt", "crew"}
        assert "named as before" in shown[-1]
