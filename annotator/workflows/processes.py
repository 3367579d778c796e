"""Processes on this machine that compute for this one."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from typing import Any, Protocol, TypeAlias, TypeVar

Given = TypeVar("Given")
Given_contra = TypeVar("Given_contra", contravariant=True)
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


class ProcessTask(Protocol[Given_contra, Result_co]):
    """What is computed. It is pickled for other processes."""

    def begin(self) -> Callable[[Given_contra], Result_co]:
        """Load what is needed, once in each process. Returns the function that then computes."""


Submit: TypeAlias = Callable[[Sequence[Given]], Callable[[], list[Result]]]
"""Submits a batch, on which one process works. Returns a function that waits for its results and
raises BrokenProcessPool if the process died."""


def processors() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0))


@contextmanager
def processes(task: ProcessTask[Given, Result], workers: int) -> Iterator[Submit[Given, Result]]:
    """That many processes on this machine. If the work is stopped, each ends after what it computes
    at the moment."""
    # They are not stopped by a signal, because a process that is killed while it writes leaves its
    # reader waiting. They are spawned, not forked, because a fork would inherit the connection to
    # the database, which only one process may use.
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    with ProcessPoolExecutor(
        workers, context, initializer=_begin, initargs=(task, stop)
    ) as executor:

        def submit(some: Sequence[Given]) -> Callable[[], list[Result]]:
            with _without_interrupts():
                return executor.submit(_work, list(some)).result

        try:
            yield submit
        except BaseException:
            stop.set()
            executor.shutdown(cancel_futures=True)
            raise


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Start processes that an interrupt from the terminal does not reach while they load. In this
    process, the interrupt waits until then."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_compute: Callable[[Any], Any] | None = None
_stop: Event | None = None


def _begin(task: ProcessTask[Any, Any], stop: Event) -> None:
    global _compute, _stop
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # a terminal sends it to all; the owner of the pool ends them
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _compute, _stop = task.begin(), stop


def _end_with_parent() -> None:
    """End this process if its parent is killed; it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _work(some: list[Any]) -> list[Any]:
    assert _compute is not None
    assert _stop is not None
    return [_compute(one) for one in some if not _stop.is_set()]


__all__ = ["ProcessTask", "Submit", "processes", "processors"]
