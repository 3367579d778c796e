"""The background process of a project. It computes missing suggestions, trains the model, and
withdraws suggestions that were rejected.

This module is cheap to import: the terminal application only sends requests and computes nothing
itself. A request is a file in the project folder. The process handles requests while it holds a
lock, so that at most one process runs and at most one more request of a kind is queued. Work in
progress has a file too. If the process is killed, the file stays, and the next process starts the
work again. Messages go to a log beside the database. With `ANNOTATOR_BACKGROUND=off` in the
environment, nothing runs by itself.
"""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.errors import StoreError
from annotator.model.decision import Action, Decision
from annotator.model.memory import VETO, FormKey, surface
from annotator.model.span import Span
from annotator.model.state import ReviewState
from annotator.model.text import displayable
from annotator.project import Project
from annotator.workflows.training.due import training_is_due

if TYPE_CHECKING:
    import subprocess

LOCK, LOG = "annotator.background.lock", "annotator.background.log"
TRAIN, SUGGEST = "annotator.train-wanted", "annotator.suggest-wanted"
WITHDRAW = "annotator.withdraw-wanted"
BEGUN = {what: what.replace("wanted", "begun") for what in (TRAIN, SUGGEST, WITHDRAW)}
"""A dict from request file to the name of the file while the work is in progress."""
FILES = (LOCK, LOG, f"{LOG}.1", *BEGUN, *BEGUN.values())
"""The files of this module in the folder of a project."""

LIMIT = 256_000
"""The size in bytes at which a new log begins; one older log is kept."""


NICE = 10

TRIES = 3
"""How often work that is killed is started again."""


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Open a file of the project, made if missing, writable for those who may write the
    database."""
    fresh = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_APPEND, 0o660)
    try:
        database = path.with_name("annotator.db")
        if fresh and database.exists() and database.stat().st_mode & 0o020:
            os.fchmod(handle, 0o660)
        yield handle
    finally:
        os.close(handle)


@contextmanager
def locked(root: Path, *, wait: bool = False) -> Iterator[bool]:
    """Hold the lock of the background process. Yields whether it was free; with `wait`, waits until
    it is."""
    with _opened(root / LOCK) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


def running(root: Path) -> bool:
    """Whether the background process is running."""
    if not (root / LOCK).exists():
        return False
    with locked(root) as free:
        return not free


def request(root: Path, what: str) -> None:
    """Queue TRAIN, SUGGEST or WITHDRAW."""
    with _opened(root / what):
        pass


def begin(root: Path, what: str) -> bool:
    """Begin a request if it is queued; returns whether it was. It is in progress until `finish`."""
    try:
        (root / what).replace(root / BEGUN[what])
    except FileNotFoundError:
        return False
    return True


def finish(root: Path, what: str) -> None:
    """Mark a request as finished, whether it succeeded or failed."""
    (root / BEGUN[what]).unlink(missing_ok=True)


def requeue_killed(root: Path) -> list[str]:
    """Queue again what a killed process had begun; call this with the lock held. Returns what was
    killed `TRIES` times and is given up."""
    lost = []
    for what, begun in BEGUN.items():
        file = root / begun
        if not file.exists():
            continue
        if file.stat().st_size + 1 >= TRIES:  # The file has a byte for each attempt.
            file.unlink()
            lost.append(what)
            continue
        with _opened(file) as handle:
            os.write(handle, b"x")
        file.replace(root / what)
    return lost


def is_requested(root: Path, what: str) -> bool:
    """Whether a request is queued, and not yet begun."""
    return (root / what).exists()


def was_killed(root: Path) -> bool:
    """Whether a process was killed while it worked."""
    return any((root / begun).exists() for begun in BEGUN.values()) and not running(root)


def has_requests(root: Path) -> bool:
    """Whether anything is queued or in progress."""
    return any((root / name).exists() for pair in BEGUN.items() for name in pair)


def is_switched_off() -> bool:
    """Whether background work is switched off."""
    return os.environ.get("ANNOTATOR_BACKGROUND") == "off"


def start(root: Path, what: str = "") -> subprocess.Popen[bytes] | None:
    """Queue a request, if one is named, and start the process unless it runs. Does nothing if
    background work is switched off. Raises StoreError if the process cannot be started."""
    if is_switched_off():
        return None
    try:
        if what:
            request(root, what)
        return None if running(root) else _spawn(root)
    except OSError as error:
        hint = "Check the permissions of the project folder"
        raise StoreError(
            f"the background process cannot be started: {error.strerror}", file=root, hint=hint
        ) from error


_started: list[subprocess.Popen[bytes]] = []
"""The processes started here; they are polled now and then, so that no zombies remain."""


def _spawn(root: Path) -> subprocess.Popen[bytes]:
    import subprocess

    _started[:] = [one for one in _started if one.poll() is None]
    _rotate_log(root / LOG)
    with _opened(root / LOG) as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "annotator", "--project", str(root), "train", "--background"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,
        )
    _started.append(child)
    return child


def _rotate_log(log: Path) -> None:
    """Begin a new log if the log is long."""
    if log.exists() and log.stat().st_size > LIMIT:
        log.replace(log.with_name(f"{log.name}.1"))


@dataclass
class Background:
    """The requests of the application."""

    root: Path
    _failed: str = field(default="")
    _child: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _rejected: Counter[FormKey] = field(default_factory=Counter, repr=False)

    @property
    def error(self) -> str:
        """Why nothing is computed; empty if all is well."""
        code = self._child.poll() if self._child else None
        # 1: training failed, which the project records. Below 0: a signal, after which it starts
        # again.
        if self._failed or code is None or code <= 1:
            return self._failed
        return f"the background process ended with an error: {LOG} says why"

    def start(self, what: str = "") -> None:
        """Queue a request, and start the process."""
        try:
            self._child = start(self.root, what) or self._child
            self._failed = ""
        except StoreError as error:
            self._failed = f"{error.message}. {error.hint}"

    def resume(self) -> None:
        """Start the process if something is queued or was cut off and nothing runs."""
        if has_requests(self.root) and not running(self.root):
            self.start()

    def decided(self, state: ReviewState, group: Sequence[Decision]) -> None:
        """When suggestions of a form are rejected a second time, withdraw them in paragraphs that
        nobody has opened yet."""
        for one in group:
            if one.action not in (Action.REJECT, Action.REMOVE):
                continue
            proposed = (
                s.value for s in state.suggestions.get(one.paragraph, ()) if s.id == one.item
            )
            for span in (value for value in proposed if isinstance(value, Span)):
                key = (span.layer, surface(state.document.quote(span.start, span.end)))
                self._rejected[key] += 1
                if self._rejected[key] == VETO:
                    self.start(WITHDRAW)

    def paragraph_done(self, project: Project) -> None:
        """Start training if it is due."""
        if training_is_due(project):
            self.start(TRAIN)
        elif was_killed(self.root):
            self.start()


def log_line(message: str) -> None:
    """Write a line to the log, with the time (UTC)."""
    sys.stderr.write(
        f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {displayable(message)}\n"
    )
    sys.stderr.flush()


__all__ = [
    "BEGUN",
    "FILES",
    "LIMIT",
    "LOCK",
    "LOG",
    "NICE",
    "SUGGEST",
    "TRAIN",
    "TRIES",
    "WITHDRAW",
    "Background",
    "begin",
    "finish",
    "has_requests",
    "is_requested",
    "is_switched_off",
    "locked",
    "log_line",
    "request",
    "requeue_killed",
    "running",
    "start",
    "was_killed",
]
