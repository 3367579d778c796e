"""The program in a real terminal: the demo opens, a key is durable
when it was pressed, a hang-up ends it."""

from __future__ import annotations

import os
import signal
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import TEXT, held, held_lock, project, suggestions
from terminal import Terminal

from annotator.model.decision import Status
from annotator.project import Project, SuggestionRun


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A user with an empty home, in a folder without a project."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("ANNOTATOR", "NO_COLOR", "COLOR", "COLUMNS", "LINES"))
    }
    before = Path.cwd()
    os.chdir(tmp_path)
    yield {
        **kept,
        "TERM": "xterm-256color",
        "ANNOTATOR_HOME": str(tmp_path / "home"),
        "ANNOTATOR_NAME": "ada",
        "ANNOTATOR_BACKGROUND": "off",
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
        "LC_ALL": "C.UTF-8",
    }
    os.chdir(before)


def _opened(environment: dict[str, str]) -> Terminal:
    """A terminal in which the first document is open."""
    terminal = Terminal(environment)
    terminal.wait_for("pending")
    return terminal


@pytest.mark.slow
def test_the_demo_opens_with_suggestions_and_a_key_survives_sigkill_and_a_restart_comes_back(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    terminal = Terminal(environment)
    for words in ("pending", "Two capitals, one grievance", "STATEMENTS", "TOUR 1 of 8"):
        terminal.wait_for(words)
    terminal.press("ja")
    terminal.wait_for("saved")
    terminal.wait_for("accepted")
    terminal.wait_for("TOUR 3 of 8")
    assert terminal.kill(signal.SIGKILL) == -signal.SIGKILL
    demo = tmp_path / "home" / "demo"
    with Project.open(demo) as project:
        id = project.documents.ids()[0]
        stands, _ = project.log.annotations(id, "ada")
        assert stands.tally()[Status.ACCEPTED] >= 1
    terminal = Terminal(environment)
    terminal.wait_for("Two capitals, one grievance")
    terminal.press("]")
    terminal.wait_for("¶ 2/")
    terminal.settle()
    assert terminal.kill(signal.SIGHUP) == 0
    terminal = Terminal(environment)
    terminal.wait_for("¶ 2/")
    terminal.wait_for("TOUR")
    terminal.press("T")
    terminal.wait_for("begins the tour again")
    terminal.press("q")
    terminal.wait_for("1 of 24")
    terminal.settle()
    before = terminal.written
    terminal.press("\x1b[O\x1b[I")
    terminal.settle()
    assert terminal.written - before <= 64, "focus out and in repaints nothing"
    terminal.press("q")
    assert terminal.end() == 0


@pytest.fixture
def small(tmp_path: Path, environment: dict[str, str]) -> dict[str, str]:
    """The same user, with a small project."""
    with project(tmp_path / "p", TEXT, "Germany supports Ukraine. " * 400) as made:
        made.suggestions.put("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))
    return {**environment, "ANNOTATOR_PROJECT": str(tmp_path / "p")}


@pytest.mark.parametrize("end", ["SIGTERM", "SIGHUP", "closed", "closed under nohup", "deaf"])
def test_a_program_without_a_terminal_or_a_reason_to_be_ends_within_a_second(
    small: dict[str, str], end: str
) -> None:
    terminal = Terminal(small, nohup="nohup" in end)
    terminal.wait_for("pending")
    before = termios.tcgetattr(terminal.handle)[3]
    assert not before & termios.ECHO
    if end.startswith("closed"):
        os.close(terminal.handle)
        terminal.ends_within(1.0)
        return
    if end == "deaf":
        # Nobody reads, so the terminal accepts no more output, which must not block the program.
        for key in "}{" * 60:
            terminal.press(key)
            time.sleep(0.005)
    os.kill(terminal.pid, signal.SIGHUP if end == "SIGHUP" else signal.SIGTERM)
    terminal.ends_within(1.0)
    terminal.read(0.2)
    assert termios.tcgetattr(terminal.handle)[3] & termios.ECHO
    if end != "deaf":
        assert b"\x1b[?1049l" in terminal.recent and b"\x1b[?25h" in terminal.recent
    os.close(terminal.handle)


def test_a_paste_does_nothing_with_brackets_and_is_asked_about_without(
    tmp_path: Path, small: dict[str, str]
) -> None:
    terminal = _opened(small)
    text = "a quick brown fox jumps over the lazy dog, and x rejects "

    def paste(data: bytes) -> None:
        os.set_blocking(terminal.handle, False)
        while data:
            try:
                data = data[os.write(terminal.handle, data) :]
            except BlockingIOError:
                terminal.read(0.01)
        os.set_blocking(terminal.handle, True)

    terminal.settle()
    before = terminal.written
    paste(b"\x1b[200~" + (text * 2000)[:100_000].encode() + b"\x1b[201~")
    terminal.wait_for("nothing was changed")
    terminal.settle()
    # It writes the message, and nothing of the text.
    assert terminal.written - before < 500
    paste(text.encode())
    terminal.wait_for("keys came at once")
    terminal.settle()
    terminal.press("q")
    terminal.settle()
    assert "keys came at once" not in "\n".join(terminal.screen.display)
    terminal.press("\x11")
    assert terminal.end() == 0
    with Project.open(tmp_path / "p") as of:
        assert not sum(of.log.annotations("doc-0", "ada")[0].tally().values())


def test_keys_typed_ahead_reach_the_screens_they_are_meant_for(
    tmp_path: Path, small: dict[str, str]
) -> None:
    terminal = _opened(small)
    # Accept, go back to it, enter its entity, and go to the next two, all in one write.
    terminal.press("akiEUROPE\rja")
    terminal.wait_for("EUROPE")
    terminal.wait_for("saved")
    terminal.press("\x11")
    assert terminal.end() == 0
    with Project.open(tmp_path / "p") as of:
        stands = of.log.annotations("doc-0", "ada")[0]
        assert [span.entity for span in stands.spans() if span.entity == "EUROPE"] == ["EUROPE"]
        assert stands.tally()[Status.ACCEPTED] >= 1


def test_quitting_with_a_locked_database_keeps_the_decision_beside_it(
    tmp_path: Path, small: dict[str, str]
) -> None:
    terminal = _opened(small)
    with held(tmp_path / "p" / "annotator.db"):
        terminal.press("a")
        terminal.wait_for("kept beside the database")
        terminal.press("\x11")
        assert terminal.end() == 0
    _accepted_once(tmp_path / "p")


@pytest.mark.parametrize("end", [signal.SIGHUP, signal.SIGTERM, signal.SIGKILL])
def test_a_hang_up_while_another_holds_the_lock_drops_no_decision(
    tmp_path: Path, small: dict[str, str], end: signal.Signals
) -> None:
    terminal = _opened(small)
    with held_lock(tmp_path / "p" / "annotator.db.lock"):
        terminal.press("a")
        terminal.wait_for("kept beside the database")
        os.kill(terminal.pid, end)
        if end is signal.SIGKILL:
            os.waitpid(terminal.pid, 0)
        else:
            terminal.ends_within(1.5)
        os.close(terminal.handle)
    if end is signal.SIGKILL:
        terminal = _opened(small)
        terminal.wait_for("1 decision that waited beside the database: now saved")
        assert terminal.kill(signal.SIGTERM) == 0
    _accepted_once(tmp_path / "p")


def test_a_database_that_was_replaced_is_asked_about(tmp_path: Path, small: dict[str, str]) -> None:
    root = tmp_path / "p"
    with Project.open(root) as of:
        of.backup(tmp_path / "b.db")
    terminal = _opened(small)
    (tmp_path / "b.db").replace(root / "annotator.db")
    terminal.press("a")
    terminal.wait_for(
        "another file was put in the place of the database: what should happen to 1 decision?"
    )
    terminal.press("\r")
    terminal.wait_for("1 decision written into the database")
    terminal.press("\x11")
    assert terminal.end() == 0
    _accepted_once(root)


def _accepted_once(root: Path) -> None:
    with Project.open(root) as of:
        assert of.log.annotations("doc-0", "ada")[0].tally()[Status.ACCEPTED] >= 1
        assert of.verify() == []
    assert not list(root.glob("*.unsaved-*")) and not list(root.glob("*.left-*"))


def test_the_first_picture_waits_for_no_names(small: dict[str, str]) -> None:
    """The code that proposes names is loaded once the document is on the screen."""
    script = """
import sys
from annotator.cli import run
from annotator.tui.terminal_driver import TerminalDriver
write = TerminalDriver.write
def noted(self, data):
    if "pending" in data:
        loaded = "annotator.learners.names.namer" in sys.modules
        data += "\\x1b[1;1H" + ("too early" if loaded else "in time")
        TerminalDriver.write = write
    write(self, data)
TerminalDriver.write = noted
run([])
"""
    terminal = Terminal(small, command=[sys.executable, "-c", script])
    shown = terminal.wait_for("pending").splitlines()[0]
    assert shown.startswith("in time"), shown
    terminal.kill(signal.SIGKILL)
