"""Where documents are worked on: here, in processes of this
machine, or on a cluster (`cluster.py`).

A pool loads a `Task` where the computing happens, is handed batches of documents, and gives back
what was found in each. It knows nothing of a project: who owns the pool reads the documents and
writes what was found.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing.synchronize import Event
from typing import Protocol, TypeAlias

from annotator.errors import PoolError
from annotator.model.decision import Suggestion
from annotator.model.text import Document

BATCH = 8
"""Documents that another process works on before it tells what it found."""

AHEAD = 2
"""Batches handed out for each process, so that none waits for the next;
with BATCH the bound of what is in memory."""

Compute: TypeAlias = Callable[[Document], list[Suggestion]]
Found: TypeAlias = list[tuple[str, list[Suggestion]]]
"""Ids of documents, each with its suggestions."""


class Task(Protocol):
    """What is computed. It is pickled to get to other processes."""

    def begin(self) -> Compute:
        """Load what is needed, once in each process; what serves a document from then on."""


class Pool(Protocol):
    """Where it is computed."""

    @property
    def batch(self) -> int:
        """Documents handed out at once."""

    @property
    def ahead(self) -> int:
        """Batches handed out before the first of them is awaited."""

    def submit(self, documents: Sequence[Document]) -> Callable[[], Found]:
        """Hand out a batch. What is returned waits for it, and
        raises PoolError where it is lost."""


def computed(pool: Pool, documents: Iterable[Document]) -> Iterator[tuple[str, list[Suggestion]]]:
    """What the pool finds in the documents, in their order; no more
    than `ahead` batches are in memory."""
    rest, awaited = iter(documents), deque[Callable[[], Found]]()
    while batch := list(islice(rest, pool.batch)):
        awaited.append(pool.submit(batch))
        if len(awaited) > pool.ahead:
            yield from awaited.popleft()()
    while awaited:
        yield from awaited.popleft()()


class ThisProcess:
    """This process: a document is worked on when it is awaited."""

    batch, ahead = 1, 0

    def __init__(self, compute: Compute) -> None:
        self._compute = compute

    def submit(self, documents: Sequence[Document]) -> Callable[[], Found]:
        """One by one."""
        return lambda: [(document.id, self._compute(document)) for document in documents]


class _Processes:
    batch = BATCH

    def __init__(self, executor: ProcessPoolExecutor, workers: int) -> None:
        self._executor = executor
        self.ahead = AHEAD * workers

    def submit(self, documents: Sequence[Document]) -> Callable[[], Found]:
        """One process works on all of them."""
        with _without_interrupts():
            future = self._executor.submit(_work, list(documents))

        def wait() -> Found:
            try:
                return future.result()
            except BrokenProcessPool as error:
                raise PoolError("one of the worker processes died", hint=AGAIN) from error

        return wait


AGAIN = "What was found until then is stored; for the rest run the command again, with --missing"


@contextmanager
def processes(task: Task, workers: int) -> Iterator[Pool]:
    """So many processes of this machine. When the work is broken off,
    each ends after the document it is at."""
    # Not by a signal: a process that is killed while it writes leaves its reader waiting for the
    # rest. Spawned, not forked: a fork would inherit the connection to the database, which is for
    # one process alone.
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with ProcessPoolExecutor(
        workers, context, initializer=_begin, initargs=(task, stop)
    ) as executor:
        try:
            yield _Processes(executor, workers)
        except BaseException:
            stop.set()
            executor.shutdown(cancel_futures=True)
            raise


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Start processes that an interrupt of the terminal does not reach while
    they load. Here it waits until after."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_compute: Compute | None = None
_stop: Event | None = None


def _begin(task: Task, stop: Event) -> None:
    global _compute, _stop
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # a terminal sends it to all; who owns the pool ends them
    _compute, _stop = task.begin(), stop


def _work(documents: list[Document]) -> Found:
    assert _compute is not None
    assert _stop is not None
    return [(document.id, _compute(document)) for document in documents if not _stop.is_set()]


__all__ = [
    "AGAIN",
    "AHEAD",
    "BATCH",
    "Compute",
    "Found",
    "Pool",
    "Task",
    "ThisProcess",
    "computed",
    "processes",
]
