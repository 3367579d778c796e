"""Computes on a Dask cluster (the extra `dask`); imported only on request.

The cluster needs the packages that this program computes with, in the same versions. Its workers
get documents and return suggestions; they see neither the project's folder nor its database.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from typing import Any
from uuid import uuid4

from annotator.errors import AnnotatorError, PoolError, UsageError
from annotator.model.text import Document
from annotator.workflows.suggesting.pools import AGAIN, AHEAD, BATCH, Compute, Found, Pool, Task

COMPARED = ("annotator", "spacy", "python-crfsuite")
"""Packages that suggestions depend on, which must have the same version everywhere."""

SECONDS = 10
"""Seconds in which a scheduler must answer."""

TOLD = 5
"""The most workers that an error names."""

KEPT = 4
"""How many runs, of several people at a time, a worker keeps loaded; older ones are loaded
again."""

_START = (
    "Start one: dask scheduler; then on each host: dask worker ADDRESS --nworkers auto --nthreads 1"
)


@contextmanager
def cluster(task: Task, address: str) -> Iterator[Pool]:
    """The cluster whose scheduler is at an address such as `tcp://host:8786`. If a worker dies, the
    others take over.

    Raises UsageError if the extra is missing or the address is invalid, PoolError if nobody
    answers, there are no workers, or something there has another version.
    """
    try:
        import distributed
    except ImportError as error:
        hint = "Install it: pip install 'annotator[dask]'"
        raise UsageError("--dask needs the package distributed", hint=hint) from error
    for name in ("distributed", "distributed.client", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters is reported as one error
    client = _connected(distributed, address)
    try:
        with _as_pool_error(address):
            threads = _checked(client, address)
            # Once to each present worker; a later one gets it from these.
            sent = client.scatter(task, broadcast=True, hash=False)
        pool = _Cluster(client, address, sent, AHEAD * threads)
        yield pool
        pool.forget()
    finally:
        client.close(timeout=SECONDS)


def _connected(distributed: Any, address: str) -> Any:
    from distributed.comm.addressing import get_address_host_port

    try:
        get_address_host_port(address)
    except ValueError as error:
        hint = "Write it like tcp://host:8786"
        raise UsageError(f"--dask: {address!r} is not an address: {error}", hint=hint) from error
    try:
        # A client waits forever for a frozen scheduler, whatever its settings.
        asyncio.run(asyncio.wait_for(_greeted(distributed, address), SECONDS))
        return distributed.Client(address, timeout=SECONDS, set_as_default=False)
    except OSError as error:  # TimeoutError is one
        raise PoolError(f"no Dask scheduler answers at {address}", hint=_START) from error


async def _greeted(distributed: Any, address: str) -> None:
    """Wait until the scheduler has answered."""
    known = distributed.Security().get_connection_args("client")
    async with distributed.rpc(address, connection_args=known) as scheduler:
        await scheduler.identity()


def _checked(client: Any, address: str) -> int:
    """The number of the cluster's threads. Raises PoolError if scheduler or workers lack a compared
    package or version."""
    threads: dict[str, int] = client.nthreads()
    if not threads:
        raise PoolError(f"{address}: the Dask cluster has no workers", hint=_START)
    wrong = []
    for name in COMPARED:
        here = version(name)
        # This uses a function of the standard library, which runs there whatever else is missing.
        found = client.run(version, name, on_error="return")
        found["the scheduler"] = _of_scheduler(client, name)
        wrong += [
            f"{where} has {f'no {name}' if isinstance(it, Exception) else f'{name} {it}'} (here "
            f"{here})"
            for where, it in sorted(found.items())
            if it != here
        ]
    if wrong:
        more = f"; {len(wrong) - TOLD} more" if len(wrong) > TOLD else ""
        raise PoolError(
            f"{address}: the versions there differ: {'; '.join(wrong[:TOLD])}{more}",
            hint=(
                "Install the versions of this machine there, restart scheduler and workers, and "
                "run the command again"
            ),
        )
    return sum(threads.values())


def _of_scheduler(client: Any, name: str) -> str | Exception:
    try:
        found: str = client.run_on_scheduler(version, name)
    except ImportError as error:  # PackageNotFoundError
        return error
    return found


class _Cluster:
    batch = BATCH

    def __init__(self, client: Any, address: str, sent: Any, ahead: int) -> None:
        self.ahead = ahead
        self._client, self._address, self._sent = client, address, sent
        self._run = uuid4().hex

    def submit(self, documents: Sequence[Document]) -> Callable[[], Found]:
        """One thread of one worker works on all documents."""
        with _as_pool_error(self._address):
            future = self._client.submit(_work, self._run, self._sent, list(documents), pure=False)
        return partial(self._wait, future, documents[0].id)

    def _wait(self, future: Any, first: str) -> Found:
        with _as_pool_error(self._address, f" (documents from {first} on)"):
            while True:
                try:
                    found: Found = future.result(timeout=SECONDS)
                    return found
                except TimeoutError:
                    if future.status == "error":
                        raise  # The error is the task's own.
                    self._ask(self._client.scheduler.identity)

    def forget(self) -> None:
        """Let the workers free the memory."""
        with _as_pool_error(self._address):
            self._ask(partial(self._client._run, _forget, self._run, on_error="ignore"))

    def _ask(self, what: Callable[[], Awaitable[object]]) -> None:
        """Ask the scheduler something, with a time limit: a frozen one does not close
        connections."""
        try:
            self._client.sync(what, callback_timeout=SECONDS)
        except TimeoutError as error:
            message = f"{self._address}: the Dask scheduler has not answered for {SECONDS} s"
            raise PoolError(message, hint=AGAIN) from error


@contextmanager
def _as_pool_error(address: str, where: str = "") -> Iterator[None]:
    """Turns whatever goes wrong there into one error that says where."""
    try:
        yield
    except AnnotatorError:
        raise
    except (CancelledError, OSError) as error:
        gone = getattr(error, "reason", None) == "already forgotten"
        what = "no worker that began this is left" if gone else "the Dask scheduler was lost"
        raise PoolError(f"{address}: {what}", hint=AGAIN) from error
    except Exception as error:
        raise PoolError(f"{address}: {type(error).__name__}: {error}{where}", hint=AGAIN) from error


_lock = threading.Lock()
_begun: dict[str, Compute] = {}
"""On a worker: what handles documents, by run."""


def _work(run: str, task: Task, documents: list[Document]) -> Found:
    """On a worker. One thread at a time, since suggesters are not thread-safe and Python computes
    in one."""
    with _lock:
        try:
            if run not in _begun:
                for old in list(_begun)[: 1 - KEPT]:
                    del _begun[old]
                _begun[run] = task.begin()
            return [(document.id, _begun[run](document)) for document in documents]
        except AnnotatorError as error:
            from distributed import get_worker

            error.message = f"{error.message} (on the worker {get_worker().address})"
            raise


def _forget(run: str) -> None:
    """On a worker, outside its threads, and without the lock, which another run may hold for a long
    time."""
    _begun.pop(run, None)


__all__ = ["cluster"]
