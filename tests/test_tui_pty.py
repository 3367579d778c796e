"""The program in a real terminal: the demo opens, a key is durable when it was pressed, a hang-up ends it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest
from support import TEXT, held, project, suggestions

from annotator.model.decision import Status
from annotator.project import Project, SuggestionRun

WIDTH, HEIGHT = 100, 30


class Terminal:
    """The program in a pty, and the screen that a terminal would show."""

    def __init__(self, environment: dict[str, str], *arguments: str, nohup: bool = False) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.ByteStream(self.screen)
        self.written = 0
        self.recent = b""
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
            if nohup:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
            os.execve(sys.executable, [sys.executable, "-m", "annotator", *arguments], environment)
        fcntl.ioctl(self.handle, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))

    def read(self, seconds: float) -> None:
        """Take in what comes within a time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.handle], [], [], left)[0]:
                return
            try:
                data = os.read(self.handle, 65536)
            except OSError:
                return
            if not data:
                return
            self.written += len(data)
            self.recent = (self.recent + data)[-2000:]
            # What pyte does not know (kitty keyboard, private modes with ">") it would print.
            self.stream.feed(data.replace(b"\x1b[>", b"\x1b[?").replace(b"\x1b[<u", b""))

    def wait_for(self, words: str, *, seconds: float = 60) -> str:
        """The screen, once these words are on it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.1)
            text = "\n".join(self.screen.display)
            if words in text:
                return text
        raise AssertionError(f"“{words}” never came:\n" + "\n".join(self.screen.display))

    def ends_within(self, seconds: float) -> None:
        """Wait for the end without reading. The time counts in which the program and this test had a core: on a
        busy machine both stand in line. Raises AssertionError when it takes longer."""
        begun, before = time.monotonic(), self._in_line()
        waited = 0.0
        while time.monotonic() - begun - waited < seconds:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                assert os.waitstatus_to_exitcode(status) == 0
                return
            time.sleep(0.01)
            waited = max(waited, self._in_line() - before)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError(f"the program is still there after {seconds} seconds, {waited:.2f} s in line")

    def _in_line(self) -> float:
        """Seconds that the program's main thread and this one have waited for a core so far."""
        found = 0
        for task in (f"{self.pid}", "thread-self"):
            with contextlib.suppress(OSError):
                found += int(Path(f"/proc/{task}/schedstat").read_text(encoding="ascii").split()[1])
        return found / 1e9

    def settle(self) -> None:
        """Wait until the program has done all that was asked: it sleeps, and writes nothing."""
        quiet, end = 0, time.monotonic() + 60
        last = (-1, "")
        while quiet < 3:
            assert time.monotonic() < end, "the program does not come to rest"
            self.read(0.1)
            fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            now = (self.written, " ".join(fields[11:13]))
            quiet = quiet + 1 if now == last and fields[0] == "S" else 0
            last = now

    def press(self, keys: str) -> None:
        os.write(self.handle, keys.encode())

    def kill(self, number: signal.Signals) -> int:
        """Send a signal; the exit status."""
        os.kill(self.pid, number)
        return self.end()

    def end(self) -> int:
        """Wait for the end, at most ten seconds; the exit status, minus the signal's number."""
        for _ in range(200):
            self.read(0.05)
            time.sleep(0.05)
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        raise AssertionError("the program does not end")


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
        **kept, "TERM": "xterm-256color", "ANNOTATOR_HOME": str(tmp_path / "home"), "ANNOTATOR_NAME": "ada",
        "ANNOTATOR_BACKGROUND": "off",
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    os.chdir(before)


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
        # Nobody reads: the terminal takes nothing any more, and must not hold the program up.
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
    terminal = Terminal(small)
    terminal.wait_for("pending")
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
    terminal.settle()
    assert terminal.written == before
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


def test_keys_typed_ahead_reach_the_screens_they_are_meant_for(tmp_path: Path, small: dict[str, str]) -> None:
    terminal = Terminal(small)
    terminal.wait_for("pending")
    # Accept, back to it, its entity in a field, and the next two: in one piece.
    terminal.press("akiEUROPE\rja")
    terminal.wait_for("EUROPE")
    terminal.wait_for("saved")
    terminal.press("\x11")
    assert terminal.end() == 0
    with Project.open(tmp_path / "p") as of:
        stands = of.log.annotations("doc-0", "ada")[0]
        assert [span.entity for span in stands.spans() if span.entity == "EUROPE"] == ["EUROPE"]
        assert stands.tally()[Status.ACCEPTED] >= 1


def test_quitting_with_a_locked_database_says_what_is_not_saved(
    tmp_path: Path, small: dict[str, str]
) -> None:
    terminal = Terminal(small)
    terminal.wait_for("pending")
    with held(tmp_path / "p" / "annotator.db"):
        terminal.press("a")
        terminal.wait_for("not saved: ")
        terminal.press("\x11")
        terminal.wait_for("again leaves without")
        terminal.press("\x11")
        assert terminal.end() == 3
    terminal.read(0.5)
    assert b"could not be saved" in terminal.recent
