"""A database that cannot be written: decisions are kept and reported, and saved once it can be
written again."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import TEXT, held, project, suggestions

from annotator.errors import BusyError, StoreError
from annotator.model import actions as do
from annotator.model.decision import Status
from annotator.project import Project, SuggestionRun
from annotator.tui.key_map import key_map
from annotator.tui.screens.closing import after_accepting, after_closing, last_span
from annotator.tui.session import Session
from annotator.tui.session.saving import HASTE


def _session(root: Path) -> tuple[Project, Session]:
    of = project(root, TEXT)
    of.suggestions.put("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))
    session = Session(of, "ada", "a", patience=0.2)
    of.wait_at_most(session.saving.patience)
    session.open("doc-0")
    return of, session


def _accepted(root: Path) -> int:
    with Project.open(root) as of:
        return of.log.annotations("doc-0", "ada")[0].tally()[Status.ACCEPTED]


def test_a_database_locked_by_another_process_delays_one_key_and_loses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, session = _session(tmp_path / "p")
    waits: list[float] = []
    wait_at_most = of.wait_at_most

    def noted(seconds: float) -> None:
        waits.append(seconds)
        wait_at_most(seconds)

    monkeypatch.setattr(of, "wait_at_most", noted)
    with of, held(tmp_path / "p" / "annotator.db"):
        session.do(do.Accept())
        assert isinstance(session.saving.error, BusyError)
        assert waits == [HASTE] and session.saving.patience > 2 * HASTE
        session.do(do.Accept())
        assert len(session.saving.unsaved) == 2
        assert _accepted(tmp_path / "p") == 0
    with of, Project.open(tmp_path / "p") as again:
        session.project = session.saving.project = again
        assert session.saving.save()
        assert session.saving.error is None
        assert not session.saving.unsaved
    assert _accepted(tmp_path / "p") >= 2


@pytest.mark.parametrize(
    ("fault", "repair", "words"),
    [
        ("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", "the disk is full"),
        ("PRAGMA query_only = ON", "PRAGMA query_only = OFF", "read-only"),
    ],
)
def test_a_full_or_read_only_database_is_reported_and_written_when_it_can_be(
    tmp_path: Path, fault: str, repair: str, words: str
) -> None:
    of, session = _session(tmp_path / "p")
    with of:
        of._database.execute(fault)
        for _ in range(40):
            # A full database still has some free pages.
            session.do(do.Note("x" * 4000, paragraph=True))
            if session.saving.error is not None:
                break
        assert isinstance(session.saving.error, StoreError)
        assert words in session.saving.error.message
        before = len(session.saving.unsaved)
        session.do(do.Accept())
        assert len(session.saving.unsaved) == before + 1, "nothing is written before what failed"
        shown = [item.pending for item in session.review.items]
        of._database.execute(repair)
        assert session.saving.save()
        session.reload()
        assert [item.pending for item in session.review.items] == shown
        assert of.verify() == []
    assert _accepted(tmp_path / "p") >= 1


def test_the_end_of_a_document_says_what_is_unfinished_and_which_key_goes_on(
    tmp_path: Path,
) -> None:
    def closing(session: Session) -> str:
        left = session.review
        session.do(do.CloseParagraph())
        return after_closing(session, left, keys)

    with project(tmp_path / "p", "Iran denies it.", "Russia denies it, too.") as of:
        keys = key_map({})
        session = Session(of, "ada", "a")
        session.open("doc-0")
        assert closing(session) == "document done; } goes on"
        session.open("doc-1")
        for action in (do.StartSelection(), do.SetLabel("claim", "fact")):
            session.do(action)
        assert closing(session) == "document done; L shows a claim without a concept"


def test_a_paragraph_with_findings_says_how_to_go_back_to_them(tmp_path: Path) -> None:
    with project(tmp_path / "p", "Iran denies it.\n\nRussia denies it, too.") as of:
        session = Session(of, "ada", "a")
        session.open("doc-0")
        for action in (do.StartSelection(), do.SetLabel("claim", "fact")):
            session.do(action)
        left = session.review
        session.do(do.CloseParagraph())
        assert after_closing(session, left, key_map({})) == (
            "¶ 1 is done; [ and L show a claim without a concept"
        )


def test_a_claim_accepted_without_a_concept_is_told_with_the_key_that_names_it(
    tmp_path: Path,
) -> None:
    of, session = _session(tmp_path / "p")
    with of:

        def accepting(item: str) -> str:
            session.do(do.FocusItem(item))
            left = session.review
            session.do(do.Accept())
            return after_accepting(session.review, left, key_map({}))

        assert accepting("sPlan") == "accepted policy “the plan”; I names it"
        named = do.SetAttribute("concept", ["sanctions should end"])
        session.do(do.FocusItem("sPlan"))
        session.do(named)
        assert accepting("sPlan") == "", "it has a name"


def test_a_claim_accepted_with_its_stance_is_told_with_the_key_that_names_it(
    tmp_path: Path,
) -> None:
    """Whoever accepts whole statements would else hear of it only when the paragraph is done."""
    of, session = _session(tmp_path / "p")
    with of:

        def accepting() -> str:
            session.do(do.FocusItem("rPutin"))
            left = session.review
            session.do(do.Accept())
            return after_accepting(session.review, left, key_map({}))

        assert accepting() == "accepted stance of Putin (support); I names its claim"
        assert last_span(session.review) == "sEnd"
        session.do(do.Undo())
        session.do(do.FocusItem("sEnd"))
        session.do(do.Accept())
        session.do(do.SetAttribute("concept", ["sanctions should end"]))
        assert accepting() == "", "the claim has a name, and a stance needs none"


def test_undecided_further_on_is_known_before_one_goes_there(tmp_path: Path) -> None:
    of, session = _session(tmp_path / "p")
    with of:
        assert session.has_undecided() and session.to_undecided()
        session.do(do.AcceptAll())
        assert not session.has_undecided() and not session.to_undecided()
