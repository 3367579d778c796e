"""Python in other processes. They are forked from one that has imported the program, since a new
interpreter would take half a second for that."""

from __future__ import annotations

import multiprocessing
import os
import socket
import sys
import textwrap
from dataclasses import dataclass

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    ["pytest", "annotator.tui.session", "annotator.workflows.exchange.merge"]
)


class Python:
    """Another process that runs a script. Its output, including errors, can be read here, and it
    can be given lines of standard input."""

    def __init__(self, script: str, *arguments: object) -> None:
        own, its = socket.socketpair()
        words = [str(one) for one in arguments]
        self._process = _FORKS.Process(
            target=_run, args=(its, textwrap.dedent(script), words), daemon=True
        )
        self._process.start()
        its.close()
        self._line, self._printed = own, own.makefile("r", encoding="utf-8")

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid or 0

    def read(self) -> str:
        """The next line that it prints, without its end."""
        return self._printed.readline().rstrip("\n")

    def say(self, line: str) -> None:
        """Give it a line to read."""
        self._line.sendall(f"{line}\n".encode())

    def kill(self) -> None:
        """Kill it with SIGKILL."""
        self._process.kill()
        self._process.join()

    def end(self) -> Ended:
        """Close its standard input, and wait until it ends."""
        self._line.shutdown(socket.SHUT_WR)
        printed = self._printed.read()
        self._process.join()
        self._printed.close()
        self._line.close()
        return Ended(self._process.exitcode or 0, printed)


@dataclass(frozen=True, slots=True)
class Ended:
    """The exit code of a process (a signal as a negative number), and what it printed."""

    returncode: int
    printed: str


def python(script: str, *arguments: object) -> Ended:
    """Run a script in another process until it ends."""
    return Python(script, *arguments).end()


def _run(line: socket.socket, script: str, arguments: list[str]) -> None:
    for number in range(3):
        os.dup2(line.fileno(), number)
    line.close()
    sys.argv = ["-c", *arguments]
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = sys.stderr = open(1, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
    exec(compile(script, "<script>", "exec"), {"__name__": "__main__"})
