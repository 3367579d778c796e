"""The data that the store holds for learning: suggestions held back, their outcomes, models, opened
paragraphs."""

from __future__ import annotations

import ast
import hashlib
import inspect
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from support import TEXT, drop_sums, project, suggestions

from annotator.model import actions as do
from annotator.model.decision import Suggestion
from annotator.model.items import LOWEST
from annotator.model.review import open_document, step
from annotator.project import Project, SuggestionRun
from annotator.store import direct_sums, migrations
from annotator.store.learning import KEPT, SuggestionOutcome
from annotator.tui.session import Session

RUN = SuggestionRun({"rules": "1"})
FROZEN = {
    "m001_first": "74ef94",
    "m002_names": "3af977",
    "m003_models": "4b724a",
    "m004_assignments": "59f6a8",
    "m005_provenance": "b8e7bb",
    "m006_sums": "50794c",
    "m007_parses": "fc306d",
    "m008_search": "156daf",
    "m011_reviews": "8d924d",
    "m012_chain": "7353c0",
    "m013_coming": "a37a94",
    "m014_second_copies": "01495f",
    "m015_direct_sums": "b82b28",
    "m016_hidden_completions": "55e7c9",
    "m017_fields_of_entries": "fd2ed8",
    "m018_when_shown": "52c8a9",
    "m019_blind_when_opened": "a2fd2d",
    "m020_when_opened": "c77e92",
}
MODULES = {"m015_direct_sums": direct_sums}
"""Migrations whose statements are constants of their module."""


def _with(root: Path, found: Sequence[Suggestion]) -> Project:
    of = project(root, TEXT)
    of.suggestions.put("doc-0", found, run=RUN)
    return of


def test_suggestions_of_many_documents_are_those_of_each(tmp_path: Path) -> None:
    """The order of documents and documents without suggestions make no difference."""
    with project(tmp_path / "p", TEXT, TEXT + "\n\nMore.", "None.") as of:
        for id in ("doc-1", "doc-0"):
            of.suggestions.put(id, suggestions(), run=RUN)
        ids = ["doc-2", "doc-1", "doc-0", "unknown"]
        found = of.suggestions.of_many(ids)
        assert found == {id: of.suggestions.of(id) for id in ("doc-0", "doc-1")}
        assert found["doc-0"] and found["doc-1"]


def test_what_is_held_back_is_stored_does_not_count_and_comes_with_a_lower_threshold(
    tmp_path: Path,
) -> None:
    found = suggestions()
    held = [
        replace(found[0], shown=False, raw=0.4),
        replace(found[2], shown=False, score=0.3),
        *found[3:4],
    ]
    with _with(tmp_path / "p", held) as of:
        assert sorted(of.suggestions.of("doc-0"), key=lambda s: s.id) == sorted(
            held, key=lambda s: s.id
        )
        (row,) = of.documents.queue("ada")
        assert row.pending == 1
        state = open_document(
            of.documents.load("doc-0"),
            of.schema,
            session="s",
            suggestions=of.suggestions.of("doc-0"),
        )
        assert [item.id for item in state.items] == ["sEnd"]
        some, _ = step(state, do.SetThreshold(-0.1))
        assert [item.id for item in some.items] == ["sIran", "sEnd"]
        assert "held back" in some.message
        every, _ = step(some, do.SetThreshold(some.threshold - 0.1))
        assert [item.id for item in every.items] == ["sIran", "sPutin", "sEnd"]
        assert step(every, do.SetThreshold(-1.0))[0].threshold == LOWEST
        accepted, _ = step(state, do.AcceptAll())
        assert [a.id for a in accepted.annotations.annotations()] == ["sEnd"]


def test_suggestions_of_blind_paragraphs_are_stored_and_wait_for_nobody(tmp_path: Path) -> None:
    with _with(tmp_path / "p", [replace(s, blind=True) for s in suggestions()]) as of:
        assert of.documents.queue("ada")[0].pending == 0
        assert all(s.blind and s.shown for s in of.suggestions.of("doc-0"))


def test_training_leaves_what_somebody_opened_or_decided(tmp_path: Path) -> None:
    found = suggestions()
    second = replace(
        found[0], value=replace(found[0].value, id="s2", start=81, end=85), paragraph=2
    )
    with _with(tmp_path / "p", [*found, second]) as of:
        assert of.suggestions.touched("doc-0") == frozenset()
        of.suggestions.mark_opened("doc-0", 0, "ada")
        of.suggestions.mark_opened("doc-0", 3, "ada")
        assert of.suggestions.touched("doc-0") == {0}, (
            "one opened without suggestions may still get its first"
        )
        assert of.suggestions.put("doc-0", [], run=RUN, untouched=True) == 0
        assert {s.id for s in of.suggestions.of("doc-0")} == {s.id for s in found}
        assert [s.id for s in of.suggestions.of("doc-0", 2)] == []
        session = Session(of, "ben", "b")
        session.open("doc-0", paragraph=2)
        session.do(do.StartSelection())
        session.do(do.SetLabel("actor", "bloc"))
        assert of.suggestions.touched("doc-0") == {0, 2}
        assert of.suggestions.put("doc-0", [second], run=RUN, untouched=True) == 0
        assert of.suggestions.put("doc-0", [second], run=RUN) == 1


def test_what_became_of_suggestions(tmp_path: Path) -> None:
    found = [replace(s, raw=0.6) if s.id == "sIran" else s for s in suggestions()]
    with _with(tmp_path / "p", found) as of:
        session = Session(of, "ada", "a")
        session.open("doc-0")
        session.do(do.FocusItem("sIran"))
        session.do(do.Accept())
        session.do(do.SetAttribute("entity", "Iran"))
        session.do(do.FocusItem("sPutin"))
        session.do(do.SetLabel("actor", "state"))
        session.do(do.FocusItem("sEnd"))
        session.do(do.Reject())
        session.do(do.FocusItem("sPlan"))
        session.do(do.Skip())
        assert sorted(of.learning.outcomes(), key=str) == sorted(
            [
                SuggestionOutcome("rules", "actor", "state", 0.6, True),
                SuggestionOutcome("rules", "actor", "person", 0.8, False),
                SuggestionOutcome("rules", "claim", "policy", 0.8, False),
            ],
            key=str,
        )


def test_in_a_blind_paragraph_the_annotator_s_own_work_tells(tmp_path: Path) -> None:
    found = [replace(s, blind=True) for s in suggestions() if s.id in ("sIran", "sPutin")]
    with _with(tmp_path / "p", found) as of:
        session = Session(of, "ada", "a")
        session.state = open_document(of.documents.load("doc-0"), of.schema, session="s")
        session.do(do.StartSelection())
        session.do(do.SetLabel("actor", "state"))
        assert of.learning.outcomes() == []
        session.do(do.CloseParagraph())
        assert sorted((f.label, f.right, f.seen) for f in of.learning.outcomes()) == [
            ("person", False, False),
            ("state", True, False),
        ]


def test_finished_paragraphs_come_in_the_order_they_were_finished(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT, TEXT + "\nMore.") as of:
        assert of.learning.finished() == []
        for who, document, paragraph in (
            ("ben", "doc-1", 2),
            ("ada", "doc-0", 0),
            ("ben", "doc-1", 0),
        ):
            session = Session(of, who, f"{who}{document}{paragraph}")
            session.open(document, paragraph=paragraph)
            session.do(do.CloseParagraph())
        session.do(do.Undo())
        found = [(f.annotator, f.document, f.paragraph) for f in of.learning.finished()]
        assert found == [("ben", "doc-1", 2), ("ada", "doc-0", 0)]
        assert of.learning.paragraphs_done() == 2


def _keep(of: Project, data: bytes, schema: str = "s") -> int:
    return of.learning.keep(
        data,
        kind="k",
        schema=schema,
        config="c",
        code="p",
        trained_on={"paragraphs": 1},
        metrics={"a": None},
    )


def test_the_bytes_of_the_newest_models_are_kept(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT) as of:
        assert of.learning.newest("s") is None
        numbers = [_keep(of, bytes([i])) for i in range(KEPT + 2)]
        assert numbers == list(range(1, KEPT + 3))
        rows = of.learning.models()
        assert [row.kept for row in rows] == [True] * KEPT + [False] * 2
        assert rows[0].sha256 == hashlib.sha256(bytes([KEPT + 1])).hexdigest()
        assert rows[-1].trained_on == {"paragraphs": 1} and rows[-1].metrics == {"a": None}
        assert of.learning.newest("s") == (KEPT + 2, bytes([KEPT + 1]))
        _keep(of, b"other", "t")
        assert of.learning.newest("s") == (KEPT + 2, bytes([KEPT + 1])), (
            "a model of another schema is no help"
        )


@pytest.mark.parametrize("name", sorted(FROZEN))
def test_migrations_that_were_released_stay_as_they_are(name: str) -> None:
    step = getattr(migrations, name)
    assert _meaning(inspect.getsource(MODULES.get(name, step))) == FROZEN[name]


def _meaning(source: str) -> str:
    """A digest of the names and constants of a function, regardless of its layout."""
    said: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant):
            said.append(" ".join(str(node.value).split()))
        elif isinstance(node, ast.Name):
            said.append(node.id)
        elif isinstance(node, ast.Attribute):
            said.append(node.attr)
    return hashlib.sha256("\n".join(filter(None, said)).encode()).hexdigest()[:6]


def test_a_database_of_the_version_before_gets_the_new_columns(tmp_path: Path) -> None:
    import sqlite3

    with _with(tmp_path / "p", suggestions()):
        pass
    raw = sqlite3.connect(tmp_path / "p" / "annotator.db")
    drop_sums(raw)
    for statement in (
        "DROP TABLE model",
        "DROP TABLE opened",
        "PRAGMA user_version = 2",
        "DELETE FROM _sqlite_migrations WHERE name = 'm003_models'",
    ):
        raw.execute(statement)
    for column in ("shown", "blind", "raw"):
        raw.execute(f"ALTER TABLE suggestion DROP COLUMN {column}")
    raw.commit()
    raw.close()
    with Project.open(tmp_path / "p") as of:
        assert all(s.shown and not s.blind and s.raw is None for s in of.suggestions.of("doc-0"))
        assert of.learning.models() == []


def test_an_open_paragraph_keeps_its_suggestions_and_the_next_one_has_the_newest(
    tmp_path: Path,
) -> None:
    found = suggestions()
    with _with(tmp_path / "p", found) as of:
        session = Session(of, "ada", "a")
        session.open("doc-0", paragraph=0)
        before = session.review.items
        newer = replace(
            found[0], value=replace(found[0].value, id="new", start=81, end=85), paragraph=2
        )
        changed = [
            replace(found[0], value=replace(found[0].value, id="else", start=0, end=3)),
            newer,
        ]
        of.suggestions.put("doc-0", changed, run=RUN, untouched=True)
        session.do(do.MoveFocus(1))
        assert session.review.items == before
        session.do(do.CloseParagraph())
        session.do(do.CloseParagraph())
        assert [item.id for item in session.review.items] == ["new"]
        assert "left undecided" in session.review.message
        of.suggestions.put("doc-0", [], run=RUN, untouched=True)
        session.do(do.MoveParagraph(1))
        session.do(do.MoveParagraph(-1))
        assert [item.id for item in session.review.items] == ["new"]
        assert {s.id for s in of.suggestions.of("doc-0")} == {s.id for s in found} | {"new"}
