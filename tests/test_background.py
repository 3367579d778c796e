"""The background process of a project: when it is asked for, what it does, and its death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import project

from annotator.cli import run
from annotator.model import actions as do
from annotator.model.span import AUTHOR, Relation, Span
from annotator.project import Project
from annotator.resources import folder
from annotator.tui.screens.learning import rows
from annotator.tui.session import Session
from annotator.tui.theme import THEMES
from annotator.workflows import background
from annotator.workflows.background import (
    LOG,
    SUGGEST,
    TRAIN,
    TRIES,
    WITHDRAW,
    Background,
    running,
    start,
)
from annotator.workflows.background.work import work
from annotator.workflows.suggesting.suggest import SuggestionPlan, suggest
from annotator.workflows.training import train as training
from annotator.workflows.training.due import TRIED, training_is_due
from annotator.workflows.training.summary import FAILED, model_summary

DARK = THEMES["dark"]


def test_training_is_due_after_the_first_paragraph_and_as_many_again(tmp_path: Path) -> None:
    text = "\n".join(f"Iran said number {i}." for i in range(12))
    with project(tmp_path / "p", text) as of:
        session = Session(of, "ada", "a")
        session.open("doc-0")
        asked: list[int] = []
        for number in range(1, 13):
            session.do(do.CloseParagraph())
            if training_is_due(of):
                asked.append(number)
                of.keep_setting(TRIED, str(of.learning.paragraphs_done()))
        assert asked == [1, 2, 4, 8], "as many again as were learnt from"
        of.keep_setting(TRIED, "2")
        assert training_is_due(of)
    (tmp_path / "p" / "annotator.toml").write_text("[suggestions]\nretrain = 0\n", encoding="utf-8")
    with Project.open(tmp_path / "p") as of:
        assert not training_is_due(of)


def test_finishing_paragraphs_asks_for_a_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(background, "start", lambda root, what: asked.append(what))
    text = "\n".join(f"Iran said number {i}." for i in range(12))
    with project(tmp_path / "p", text) as of:
        session = Session(of, "ada", "a", background=Background(of.root))
        session.open("doc-0")
        assert asked == [SUGGEST]
        session.do(do.CloseParagraph())
        assert asked == [SUGGEST, TRAIN]


def _wait(root: Path, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while running(root) or background.has_requests(root):
        assert time.monotonic() < until, (root / LOG).read_text(encoding="utf-8")
        time.sleep(0.05)


@pytest.mark.slow
def test_the_background_process_learns_once_for_what_was_asked_twice(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANNOTATOR_BACKGROUND")
    start(trained, TRAIN)
    start(trained, TRAIN)
    _wait(trained)
    with Project.open(trained) as of:
        assert of.learning.models()[0].number in (2, 3)
        assert of.setting(FAILED) == ""
        assert of.verify() == []
    said = (trained / LOG).read_text(encoding="utf-8")
    assert "model 2 from" in said and "Traceback" not in said
    assert not (trained / TRAIN).exists()


def test_a_text_that_comes_in_gets_its_suggestions_in_the_background_while_it_is_open(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANNOTATOR_BACKGROUND")
    with Project.open(trained) as of:
        known = set(of.documents.ids())
        assert (
            run(
                [
                    "--project",
                    str(trained),
                    "import",
                    str(sorted(folder("seeds").glob("*.txt"))[10]),
                ]
            )
            == 0
        )
        (new,) = set(of.documents.ids()) - known
        session = Session(of, "ada", "a", background=Background(of.root))
        session.open(new)
        assert session.source.awaiting and not session.take_arrivals() and not session.review.items
        _wait(trained)
        assert session.take_arrivals() and not session.source.awaiting
        assert session.review.items and session.source.news == "new suggestions"
        assert not session.review.message, "the line under the text is about the annotator's keys"
        assert new in of.suggestions.documents()
        assert of.suggestions.has(new) and not of.suggestions.has("nowhere")
        assert {s.version for s in of.suggestions.of(new) if s.suggester == "model"} == {"1"}


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.7, 2.2])
def test_killed_at_any_point_the_last_model_stays_and_the_next_training_works(
    trained: Path, seconds: float
) -> None:
    background.request(trained, TRAIN)
    child = subprocess.Popen(
        [sys.executable, "-m", "annotator", "--project", str(trained), "train", "--background"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(seconds)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert not running(trained)
    with Project.open(trained) as of:
        assert of.verify() == []
        number, data = of.learning.newest(of.schema.hashes) or (0, b"")
        assert number in (1, 2) and data
        assert suggest(of, documents=of.documents.ids()[-1:]).suggestions > 5
        of.suggestions.put(of.documents.ids()[-1], [], run=SuggestionPlan.of(of).run([]))


@pytest.mark.slow
def test_what_was_cut_off_begins_again_and_is_given_up_the_third_time(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "nice", lambda _: 0)
    began: list[int] = []

    def killed(_: object) -> None:
        began.append(1)
        raise KeyboardInterrupt  # Like a signal, it leaves everything as it is.

    background.request(trained, TRAIN)
    with monkeypatch.context() as broken:
        broken.setattr(training, "_learn", killed)
        for _ in range(TRIES):
            with pytest.raises(KeyboardInterrupt):
                work(trained)
            assert background.was_killed(trained) and background.has_requests(trained)
        assert work(trained) == 1
    assert (
        len(began) == TRIES
        and not background.has_requests(trained)
        and not background.was_killed(trained)
    )
    with Project.open(trained) as of:
        assert f"killed {TRIES} times" in model_summary(of)
    background.request(trained, TRAIN)
    with monkeypatch.context() as broken:
        broken.setattr(training, "_learn", killed)
        with pytest.raises(KeyboardInterrupt):
            work(trained)
    assert work(trained) == 0, "the second time it gets through"
    with Project.open(trained) as of:
        assert of.learning.models()[0].number == 2 and model_summary(of).startswith("model 2")


def test_suggesting_that_is_killed_again_and_again_is_reported_too(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "nice", lambda _: 0)
    (trained / background.BEGUN[SUGGEST]).write_bytes(b"x" * (TRIES - 1))
    assert work(trained) == 1 and not background.has_requests(trained)
    with Project.open(trained) as of:
        assert f"killed {TRIES} times while it suggested" in model_summary(of)


def test_the_application_goes_on_with_what_was_cut_off(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def spawn(_: Path) -> None:
        asked.append("spawned")

    monkeypatch.setattr(background, "_spawn", spawn)
    monkeypatch.delenv("ANNOTATOR_BACKGROUND")
    one = Background(trained)
    one.resume()
    assert not asked
    (trained / background.BEGUN[TRAIN]).touch()
    one.resume()
    assert asked == ["spawned"]
    with Project.open(trained) as of:
        assert not training_is_due(of)
        one.paragraph_done(of)
        assert asked == ["spawned"] * 2
    monkeypatch.setenv("ANNOTATOR_BACKGROUND", "off")
    one.resume()
    assert asked == ["spawned"] * 2


def test_a_process_that_cannot_open_the_project_is_reported(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANNOTATOR_BACKGROUND")
    with Project.open(trained) as of:
        (trained / "annotator.toml").write_text('schema = "nosuch"\n', encoding="utf-8")
        session = Session(of, "ada", "a", background=Background(trained))
        assert session.background is not None
        session.background.start(TRAIN)
        until = time.monotonic() + 60
        while not session.background.error:
            assert time.monotonic() < until
            time.sleep(0.05)
        assert LOG in session.background.error
        said = "".join(text for line in rows(session, DARK, 120) for text, _ in line)
        assert session.background.error in said
    assert "nosuch" in (trained / LOG).read_text(encoding="utf-8")


NAMED = [
    f"{word} Mr Peter Larsen came back, and Mr Osric Tane left."
    for word in ("So", "Then", "Later", "At last")
]


def _shown(of: Project, id: str, paragraph: int) -> set[str]:
    """The spans that are suggested in a paragraph, and not held back."""
    spans = [
        s.value for s in of.suggestions.of(id, paragraph) if s.shown and isinstance(s.value, Span)
    ]
    return {of.documents.load(id).quote(s.start, s.end) for s in spans}


def _rejected(of: Project, id: str, *, background: Background | None = None) -> None:
    """Everything suggested in the first two paragraphs is rejected, except Osric Tane in the
    first."""
    session = Session(of, "ada", "a", background=background)
    session.open(id)
    for _ in range(2):
        while session.review.undecided(session.review.paragraph):
            focused = session.review.focused
            span = focused.value if focused is not None else None
            kept = session.review.paragraph == 0 and isinstance(span, Span)
            kept = kept and of.documents.load(id).quote(span.start, span.end) == "Osric Tane"
            session.do(do.Accept() if kept else do.Reject())
        session.do(do.CloseParagraph())
    assert not session.saving.unsaved


def test_what_is_rejected_twice_is_withdrawn_where_nobody_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "nice", lambda _: 0)
    asked: list[str] = []
    monkeypatch.setattr(background, "start", lambda _, what="": asked.append(what))
    with project(tmp_path / "p", "\n\n".join(NAMED)) as of:
        suggest(of)
        (id,) = of.documents.ids()
        assert {"Peter Larsen", "Osric Tane"} <= _shown(of, id, 2) & _shown(of, id, 3)
        _rejected(of, id, background=Background(of.root))
        assert WITHDRAW in asked
    background.request(tmp_path / "p", WITHDRAW)
    assert work(tmp_path / "p") == 0
    with Project.open(tmp_path / "p") as of:
        assert "Peter Larsen" in _shown(of, id, 2), "it is open, since the one before was finished"
        assert "Peter Larsen" not in _shown(of, id, 3) and "Osric Tane" in _shown(of, id, 3)
        spans = {s.value.id for s in of.suggestions.of(id, 3) if isinstance(s.value, Span)}
        ends = [
            e
            for s in of.suggestions.of(id, 3)
            if isinstance(s.value, Relation)
            for e in (s.value.source, s.value.target)
        ]
        assert spans >= {end for end in ends if end != AUTHOR}, (
            "no relation is left without its ends"
        )


def test_where_only_rejections_are_there_they_still_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "nice", lambda _: 0)
    with project(tmp_path / "p", "\n\n".join(line.partition(",")[0] + "." for line in NAMED)) as of:
        suggest(of)
        (id,) = of.documents.ids()
        assert "Peter Larsen" in _shown(of, id, 3)
        _rejected(of, id)
    background.request(tmp_path / "p", TRAIN)
    assert work(tmp_path / "p") == 0
    with Project.open(tmp_path / "p") as of:
        assert not of.learning.models() and "Peter Larsen" not in _shown(of, id, 3)


def test_a_failure_is_reported_and_forgotten_with_the_next_success(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(os, "nice", lambda _: 0)
    with monkeypatch.context() as broken:
        broken.setattr(training, "_learn", fails)
        background.request(trained, TRAIN)
        assert work(trained) == 1
    with Project.open(trained) as of:
        assert model_summary(of) == f"training failed: MemoryError: no room (see {LOG})"
        assert of.learning.models()[0].number == 1
        of.keep_setting(FAILED, "")
        assert model_summary(of).startswith("model 1")


def test_the_log_begins_anew_when_it_is_long(tmp_path: Path) -> None:
    log = tmp_path / LOG
    log.write_bytes(b"x" * (background.LIMIT + 1))
    background._rotate_log(log)
    assert not log.exists() and log.with_name(f"{LOG}.1").stat().st_size > background.LIMIT
