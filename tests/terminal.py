"""A pseudo-terminal with the program in it, for tests that press keys and look at the screen."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import sys
import termios
import time
from collections.abc import Sequence
from pathlib import Path

import pyte

WIDTH, HEIGHT = 100, 30


class Terminal:
    """The program, or another command, in a pty, and the screen that a terminal would show."""

    def __init__(
        self,
        environment: dict[str, str],
        *arguments: str,
        nohup: bool = False,
        command: Sequence[str] | None = None,
    ) -> None:
        line = command or [sys.executable, "-m", "annotator", *arguments]
        program = shutil.which(line[0]) or line[0]
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.ByteStream(self.screen)
        self.written = 0
        self.recent = b""
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
            if nohup:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)
            os.execve(program, list(line), environment)
        fcntl.ioctl(self.handle, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))

    def read(self, seconds: float) -> None:
        """Read what comes within a time."""
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
            # pyte would print sequences that it does not know (kitty keyboard, private modes with
            # ">").
            self.stream.feed(data.replace(b"\x1b[>", b"\x1b[?").replace(b"\x1b[<u", b""))

    def wait_for(self, words: str, *, seconds: float = 60) -> str:
        """The screen, once these words are on it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(0.02)
            text = "\n".join(self.screen.display)
            if words in text:
                return text
        raise AssertionError(f"“{words}” never came:\n" + "\n".join(self.screen.display))

    def ends_within(self, seconds: float) -> None:
        """Wait for the end without reading. Only the time in which the program and this test had a
        core counts, since on a busy machine both wait for one. Raises AssertionError if it takes
        longer."""
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
        raise AssertionError(
            f"the program is still there after {seconds} seconds, {waited:.2f} s in line"
        )

    def _in_line(self) -> float:
        """Seconds that the program's main thread and this one have waited for a core so far."""
        found = 0
        for task in (f"{self.pid}", "thread-self"):
            with contextlib.suppress(OSError):
                found += int(Path(f"/proc/{task}/schedstat").read_text(encoding="ascii").split()[1])
        return found / 1e9

    def settle(self) -> None:
        """Wait until the program has nothing left to do: it sleeps, and writes nothing."""
        quiet, end = 0, time.monotonic() + 60
        last = (-1, "")
        while quiet < 3:
            assert time.monotonic() < end, "the program keeps working"
            self.read(0.1)
            fields = (
                Path(f"/proc/{self.pid}/stat")
                .read_text(encoding="utf-8")
                .rpartition(")")[2]
                .split()
            )
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
