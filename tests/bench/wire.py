"""Runs a program in a pseudo-terminal and measures what it sends: bytes, time, CPU, and changed
cells.

Chunks get a time stamp when they arrive and go to the screen model only afterwards, so that the
model does not delay a measurement. Sizes are bytes, times are milliseconds, memory is MB.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyte
from pyte.graphics import FG_BG_256

QUIET = 0.12
"""Seconds of silence after which a paint is over."""

_QUERY = re.compile(rb"\x1b\[\?(\d+)\$p|\x1b\[c")
# Sequences that the model does not know and would print: private modes of keyboards, requests,
# titles.
_UNKNOWN = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$[a-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
)
_NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
_PALETTE = {color: i for i, color in reversed(list(enumerate(FG_BG_256)))}

Cells = list[list[Any]]


@dataclass(frozen=True, slots=True)
class Press:
    """The answer to one write of keys; `ideal` is what an ideal painter of cells would have
    sent."""

    bytes: int
    cpu: float
    first: float
    last: float
    arrivals: tuple[tuple[float, int], ...]
    ideal: int = 0
    cells: int = 0


class Program:
    """A program in a pty of `columns` x `rows`; answers what a modern terminal is asked."""

    def __init__(
        self,
        command: Sequence[str],
        size: tuple[int, int] = (120, 40),
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.columns, self.rows = size
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self.chunks: list[tuple[float, bytes]] = []
        self._fed = 0
        self.begun = time.perf_counter()
        self.pid, self._handle = pty.fork()
        if self.pid == 0:
            with suppress(BaseException):
                # Set before the program asks for it; the parent could be too late.
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
                if folder is not None:
                    os.chdir(folder)
                own = {**os.environ, **(environment or {}), "TERM": "xterm-256color"}
                # Without it every start would compile the program again.
                own.pop("PYTHONDONTWRITEBYTECODE", None)
                os.execvpe(command[0], list(command), own)
            os._exit(127)

    # --- in and out

    def write(self, data: bytes) -> None:
        os.write(self._handle, data)

    def _read(self, seconds: float) -> bool:
        """Take in what is there, waiting at most so long. Returns whether anything came. Raises
        EOFError at the end."""
        if not select.select([self._handle], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._handle, 65536)
        except OSError as error:
            raise EOFError from error
        if not data:
            raise EOFError
        self.chunks.append((time.perf_counter(), data))
        for match in _QUERY.finditer(data):
            if match[1]:
                state = b"2" if match[1] == b"2026" else b"0"
                self.write(b"\x1b[?" + match[1] + b";" + state + b"$y")
            else:
                self.write(b"\x1b[?62;22c")
        return True

    def settle(self, *, first: float = QUIET, quiet: float = QUIET, limit: float = 30) -> None:
        """Read until nothing has come for `quiet` seconds; `first` is how long to wait for the
        first byte."""
        end = time.perf_counter() + limit
        wait = first
        with suppress(EOFError):
            while time.perf_counter() < end and self._read(wait):
                wait = quiet

    def _feed(self) -> None:
        for _, data in self.chunks[self._fed :]:
            self._stream.feed(_UNKNOWN.sub(b"", data))
        self._fed = len(self.chunks)

    def text(self) -> str:
        """What the terminal shows."""
        self._feed()
        return "\n".join(self._screen.display)

    def cells(self) -> Cells:
        """The cells that the terminal shows, by row."""
        self._feed()
        buffer = self._screen.buffer
        return [[buffer[y][x] for x in range(self.columns)] for y in range(self.rows)]

    def wait_for(self, words: str, *, seconds: float = 120) -> float:
        """Milliseconds from the start until these words were on the screen. Raises
        RuntimeError when they never come."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            try:
                self._read(0.2)
            except EOFError:
                break
            while self._fed < len(self.chunks):
                at, data = self.chunks[self._fed]
                self._stream.feed(_UNKNOWN.sub(b"", data))
                self._fed += 1
                if words in "\n".join(self._screen.display):
                    self.settle()
                    return (at - self.begun) * 1e3
        raise RuntimeError(f"“{words}” never came:\n" + "\n".join(self._screen.display))

    def press(self, keys: bytes, *, ideal: bool = True) -> Press:
        """Send keys in one write, and wait until what they do is painted."""
        self.settle(first=0.02, quiet=0.02)
        before = self.cells() if ideal else []
        count, cpu = len(self.chunks), self.cpu()
        begun = time.perf_counter()
        self.write(keys)
        self.settle(first=1.0)
        used = self.cpu() - cpu
        arrivals = tuple(((at - begun) * 1e3, len(data)) for at, data in self.chunks[count:])
        size, changed = ideal_bytes(before, self.cells()) if ideal else (0, 0)
        first, last = (arrivals[0][0], arrivals[-1][0]) if arrivals else (0.0, 0.0)
        return Press(sum(n for _, n in arrivals), used, first, last, arrivals, size, changed)

    def sent(self) -> int:
        """Bytes so far."""
        return sum(len(data) for _, data in self.chunks)

    # --- the process

    def cpu(self) -> float:
        """Milliseconds of CPU of all threads so far."""
        total = 0
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            with suppress(OSError):
                total += int((task / "schedstat").read_text(encoding="ascii").split()[0])
        return total / 1e6

    def pss(self) -> float:
        """Proportional set size, MB."""
        text = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="ascii")
        found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
        return int(found[1]) / 1024 if found else 0.0

    def maps(self) -> str:
        """The files that are mapped into the process: among them the libraries it has loaded."""
        return Path(f"/proc/{self.pid}/maps").read_text(encoding="utf-8", errors="replace")

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._handle)


def over_a_link(
    arrivals: Sequence[tuple[float, int]], *, rtt: float = 100, kbit: float = 256
) -> float:
    """Milliseconds from a key to the last byte of its answer, over a link with that round trip and
    rate. `arrivals` says how many bytes left the program at which time after the key's arrival
    there.
    """
    a_byte = 8 / kbit
    sent = 0.0
    for at, size in arrivals:
        sent = max(sent, at) + size * a_byte
    return a_byte + rtt + sent


def ideal_bytes(before: Cells, after: Cells) -> tuple[int, int]:
    """`(bytes, cells)` of an ideal painter: an absolute move to each run of changed cells, an
    absolute style whenever it changes, and the characters. Runs with at most five unchanged cells
    between them count as one."""
    size = changed = 0
    style: object = None
    for y, (old, new) in enumerate(zip(before, after, strict=True)):
        differ = [x for x in range(len(new)) if old[x] != new[x]]
        changed += len(differ)
        last = -100
        for x in differ:
            if x - last > 6:
                size += len(f"\x1b[{y + 1};{x + 1}H")
                last = x - 1
            for cell in new[last + 1 : x + 1]:
                look = cell._replace(data="")
                if look != style:
                    size, style = size + len(_style(cell)), look
                size += len(cell.data.encode())
            last = x
    return size, changed


def _style(cell: Any) -> str:
    parts = [
        code
        for code, on in (
            ("1", cell.bold),
            ("3", cell.italics),
            ("4", cell.underscore),
            ("7", cell.reverse),
            ("9", cell.strikethrough),
        )
        if on
    ]
    for color, base in ((cell.fg, 30), (cell.bg, 40)):
        if color == "default":
            continue
        name = color.removeprefix("bright")
        if name in _NAMES:
            parts.append(str(base + _NAMES.index(name) + (60 if color != name else 0)))
        elif color in _PALETTE:
            parts.append(f"{base + 8};5;{_PALETTE[color]}")
        else:
            parts.append(
                f"{base + 8};2;{int(color[:2], 16)};{int(color[2:4], 16)};{int(color[4:], 16)}"
            )
    return f"\x1b[{';'.join(['0', *parts]) if parts else ''}m"


if __name__ == "__main__":
    # `python wire.py COLUMNSxROWS WORDS KEYS -- COMMAND`: press each key,
    # print what it cost, show the screen.
    split = sys.argv.index("--")
    shape, wanted, typed = sys.argv[1:split]
    across, down = map(int, shape.split("x"))
    with Program(sys.argv[split + 1 :], (across, down)) as program:
        sys.stdout.write(f"start {program.wait_for(wanted):.0f} ms, {program.pss():.1f} MB\n")
        for one in typed:
            seen = program.press(one.encode())
            sys.stdout.write(
                f"{one}  {seen.bytes:5} bytes, ideal {seen.ideal:5}, {seen.cells:4} cells, "
                f"{seen.cpu:5.2f} ms CPU, {seen.first:5.1f} to {seen.last:5.1f} ms\n"
            )
        sys.stdout.write(f"{program.pss():.1f} MB\n{program.text()}\n")
