"""The program in a real terminal: the demo opens, a key is durable when it was pressed, a hang-up ends it."""

from __future__ import annotations

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

from annotator.model.decision import Status
from annotator.project import Project

WIDTH, HEIGHT = 100, 30


class Terminal:
    """The program in a pty, and the screen that a terminal would show."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.ByteStream(self.screen)
        self.written = 0
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
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
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANNOTATOR", "NO_COLOR", "COLOR"))}
    before = Path.cwd()
    os.chdir(tmp_path)
    yield {
        **kept, "TERM": "xterm-256color", "ANNOTATOR_HOME": str(tmp_path / "home"), "ANNOTATOR_NAME": "ada",
        "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    os.chdir(before)


def test_the_demo_opens_with_suggestions_and_a_key_survives_sigkill_and_a_restart_comes_back(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    terminal = Terminal(environment)
    first = terminal.wait_for("pending")
    assert "Two capitals, one grievance" in first
    assert "STATEMENTS" in first
    assert "TOUR 1 of 6" in first
    terminal.press("ja")
    terminal.wait_for("saved")
    terminal.wait_for("accepted")
    terminal.wait_for("TOUR 3 of 6")
    assert terminal.kill(signal.SIGKILL) == -signal.SIGKILL
    demo = tmp_path / "home" / "demo"
    with Project.open(demo) as project:
        id = project.document_ids()[0]
        stands, _ = project.annotations(id, "ada")
        assert stands.tally()[Status.ACCEPTED] >= 1
    terminal = Terminal(environment)
    terminal.wait_for("Two capitals, one grievance")
    terminal.press("]")
    terminal.wait_for("¶ 2/")
    time.sleep(0.6)
    assert terminal.kill(signal.SIGHUP) == 0
    terminal = Terminal(environment)
    assert "TOUR" in terminal.wait_for("¶ 2/")
    terminal.press("T")
    terminal.wait_for("begins the tour again")
    terminal.press("q")
    terminal.wait_for("1 of 24")
    before = terminal.written
    terminal.press("\x1b[O\x1b[I")
    terminal.read(1.0)
    assert terminal.written - before <= 64, "focus out and in repaints nothing"
    terminal.press("q")
    assert terminal.end() == 0
