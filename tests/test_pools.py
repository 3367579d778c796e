"""Suggestions computed elsewhere: by processes, and by a Dask cluster of real processes on this
machine (where the extra is installed). The suggestions are the same as here. A failure is one
error, and finished suggestions stay."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import pytest
from support import TEXT, document, project

from annotator import __version__, cli
from annotator.errors import PoolError, SuggesterError
from annotator.model.decision import Suggestion
from annotator.model.text import Document
from annotator.project import Project
from annotator.workflows.suggesting.pools import Compute, Found, ThisProcess, computed, processes
from annotator.workflows.suggesting.suggest import suggest

dask = pytest.mark.skipif(
    find_spec("distributed") is None, reason="the extra `dask` is not installed"
)
DOCUMENTS = 60


@dataclass(frozen=True)
class Ends:
    """A task whose process ends, or that fails, at one document."""

    at: str
    died: bool

    def begin(self) -> Compute:
        return self.compute

    def compute(self, document: Document) -> list[Suggestion]:
        if document.id == self.at and self.died:
            os._exit(3)
        if document.id == self.at:
            raise SuggesterError("the pipeline is not here", hint="Put it here", key="pipeline")
        return []


@dataclass
class Cluster:
    """A scheduler and its workers, each in a process of its own, which the test ends."""

    folder: Path
    scheduler: subprocess.Popen[bytes] = field(init=False)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scheduler = self._dask(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"
        )

    @property
    def address(self) -> str:
        import json

        file = self.folder / "scheduler.json"
        _until(lambda: file.exists() and file.read_text().rstrip().endswith("}"))
        address: str = json.loads(file.read_text())["address"]
        return address

    def work(self, number: int = 1, *, path: Path | None = None) -> None:
        """Start workers with one thread each, which are not restarted, and wait for them."""
        from distributed import Client

        once = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        self.workers += [self._dask("worker", *once, path=path) for _ in range(number)]
        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(len(self.workers), timeout=60)

    def _dask(self, *arguments: str, path: Path | None = None) -> subprocess.Popen[bytes]:
        places = [str(p) for p in (path, Path(__file__).parent) if p is not None]
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "dask",
                *arguments,
                "--scheduler-file",
                str(self.folder / "scheduler.json"),
            ],
            stderr=subprocess.DEVNULL,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(places),
                "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
            },
            cwd=self.folder,
        )


def _until(so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not so():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def _running(folder: Path, workers: int = 1) -> Iterator[Cluster]:
    made = Cluster(folder)
    try:
        made.work(workers) if workers else None
        yield made
    finally:
        for process in (*made.workers, made.scheduler):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two workers, for the tests that leave them alive."""
    with _running(tmp_path_factory.mktemp("cluster"), 2) as made:
        yield made


def _documents() -> list[Document]:
    return [
        document(f"Iran met envoy {i} of Oman, who said that talks will go on.", id=f"doc-{i:02}")
        for i in range(DOCUMENTS)
    ]


def _project(root: Path) -> Project:
    made = Project.create(root)
    made.documents.add(_documents())
    return made


def _stored(of: Project) -> dict[str, list[Suggestion]]:
    return {id: of.suggestions.of(id) for id in of.documents.ids()}


def test_no_more_is_handed_out_than_is_said() -> None:
    out, most = 0, 0

    class Counting:
        batch, ahead = 3, 2

        def submit(self, documents: Sequence[Document]) -> Callable[[], Found]:
            nonlocal out, most
            out += 1
            most = max(most, out)
            return lambda: self.wait(documents)

        def wait(self, documents: Sequence[Document]) -> Found:
            nonlocal out
            out -= 1
            return [(one.id, []) for one in documents]

    read = 0

    def reading() -> Iterator[Document]:
        nonlocal read
        for one in _documents():
            read += 1
            yield one

    order = []
    for text, _ in computed(Counting(), reading()):
        order.append(text.id)
        assert read <= len(order) + 3 * (Counting.ahead + 1)
    assert order == [one.id for one in _documents()]
    assert most == Counting.ahead + 1
    found = computed(ThisProcess(lambda _: []), _documents())
    assert {text.id: some for text, some in found} == {id: [] for id in order}


def test_a_process_that_dies_is_one_error_and_what_it_cannot_do_is_told_as_here() -> None:
    with pytest.raises(PoolError, match="died"), processes(Ends("doc-50", True), 2) as pool:
        list(computed(pool, _documents()))
    missing = pytest.raises(SuggesterError, match="the pipeline is not here")
    with missing as told, processes(Ends("doc-50", False), 1) as pool:
        list(computed(pool, _documents()))
    assert (told.value.hint, told.value.key) == ("Put it here", "pipeline")


class Inherits:
    """Has no suggestions, and fails in a process that has something which only its parent was
    given."""

    given: ClassVar[bool] = False

    def begin(self) -> Compute:
        assert not Inherits.given
        return lambda document: []


def test_a_process_inherits_no_connection_of_the_one_that_began_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Inherits, "given", True)
    with processes(Inherits(), 1) as pool:
        assert len(list(computed(pool, _documents()))) == DOCUMENTS


_WAITING = """
import os, time
from annotator.workflows.processes import processes

class Says:
    def begin(self):
        return lambda given: os.getpid()

if __name__ == "__main__":
    with processes(Says(), 1) as submit:
        print(*submit([0])(), flush=True)
        time.sleep(60)
"""


def test_a_process_ends_with_the_one_that_began_it(tmp_path: Path) -> None:
    (tmp_path / "waiting.py").write_text(_WAITING, encoding="utf-8")
    began = subprocess.Popen([sys.executable, tmp_path / "waiting.py"], stdout=subprocess.PIPE)
    assert began.stdout is not None
    other = int(began.stdout.readline())
    began.kill()
    try:
        # The output ends once nobody is left who could write to it.
        assert began.communicate(timeout=10)[0] == b""
    except subprocess.TimeoutExpired:
        os.kill(other, signal.SIGKILL)
        raise


@dask
def test_the_cluster_finds_what_is_found_here_and_forgets_the_task(
    tmp_path: Path, cluster: Cluster
) -> None:
    from distributed import Client

    with _project(tmp_path / "p") as of:
        here = suggest(of)
        before = _stored(of)
        there = suggest(of, dask=cluster.address)
        assert there == here
        assert _stored(of) == before
    with Client(cluster.address, set_as_default=False) as client:
        code = (
            "from annotator.workflows.suggesting import cluster; assert cluster._lock and not "
            "cluster._begun"
        )
        assert set(client.run(exec, code).values()) == {None}


@dask
def test_what_a_worker_cannot_do_is_reported_with_its_address(cluster: Cluster) -> None:
    from annotator.workflows.suggesting.cluster import cluster as connect

    missing = pytest.raises(
        SuggesterError, match=r"is not here \(on the worker tcp://127\.0\.0\.1:"
    )
    with missing as told, connect(Ends("doc-50", False), cluster.address) as pool:
        list(computed(pool, _documents()))
    assert (told.value.hint, told.value.key) == ("Put it here", "pipeline")


@dask
def test_another_version_is_refused_and_the_worker_named(tmp_path: Path) -> None:
    old = tmp_path / "old" / "annotator-0.0.1.dist-info"
    old.mkdir(parents=True)
    (old / "METADATA").write_text("Metadata-Version: 2.1\nName: annotator\nVersion: 0.0.1\n")
    with _running(tmp_path, 1) as cluster, _project(tmp_path / "p") as of:
        cluster.work(path=tmp_path / "old")
        with pytest.raises(
            PoolError, match=rf"tcp://\S+ has annotator 0\.0\.1 \(here {__version__}\)\."
        ):
            suggest(of, dask=cluster.address)
        assert not of.suggestions.documents()


@dask
@pytest.mark.parametrize("lost", ["worker", "scheduler"])
def test_after_a_loss_what_was_done_stays_and_the_next_run_does_the_rest(
    tmp_path: Path, lost: str
) -> None:
    with _project(tmp_path / "p") as of:
        suggest(of)
        whole = _stored(of)
    with _running(tmp_path) as cluster, _project(tmp_path / "q") as of:

        def lose(done: int, total: int) -> None:
            if done == 10:
                process = cluster.scheduler if lost == "scheduler" else cluster.workers[0]
                process.kill()
                process.wait()

        what = "scheduler was lost" if lost == "scheduler" else "no worker that began this is left"
        with pytest.raises(PoolError, match=rf"^{cluster.address}: .*{what}") as told:
            suggest(of, dask=cluster.address, progress=lose)
        assert "--missing" in told.value.hint
        done = {id: found for id, found in _stored(of).items() if found}
        assert 10 <= len(done) < DOCUMENTS
        assert done.items() <= whole.items()
        if lost == "worker":
            with pytest.raises(PoolError, match="has no workers"):
                suggest(of, dask=cluster.address)
            cluster.workers.clear()
            cluster.work()
            rest = suggest(of, missing=True, dask=cluster.address)
        else:
            rest = suggest(of, missing=True)
        assert rest.documents == DOCUMENTS - len(done)
        assert _stored(of) == whole


@dask
def test_a_scheduler_that_is_frozen_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotator.workflows.suggesting.cluster.SECONDS", 2)
    with _running(tmp_path) as cluster, _project(tmp_path / "p") as of:

        def freeze(done: int, total: int) -> None:
            if done == 10:
                cluster.scheduler.send_signal(signal.SIGSTOP)

        with pytest.raises(PoolError, match="scheduler has not answered for 2 s") as told:
            suggest(of, dask=cluster.address, progress=freeze)
        assert "--missing" in told.value.hint
        assert 10 <= len(of.suggestions.documents()) < DOCUMENTS
        with pytest.raises(PoolError, match="no Dask scheduler answers"):
            suggest(of, dask=cluster.address)


@dask
def test_the_others_take_over_from_a_worker_that_dies(tmp_path: Path) -> None:
    with _running(tmp_path, 2) as cluster, _project(tmp_path / "p") as of:

        def lose(done: int, total: int) -> None:
            if done == 10:
                cluster.workers[0].kill()

        suggest(of, dask=cluster.address, progress=lose)
        assert cluster.workers[0].wait() == -signal.SIGKILL
        assert all(_stored(of).values())


@dask
def test_documents_that_kill_a_worker_are_named(tmp_path: Path) -> None:
    from annotator.workflows.suggesting.cluster import cluster as connect

    named = pytest.raises(PoolError, match="from doc-48 on")
    with (
        _running(tmp_path, 3) as cluster,
        named,
        connect(Ends("doc-50", True), cluster.address) as pool,
    ):
        list(computed(pool, _documents()))


def _run(*arguments: str) -> int:
    return cli.run(list(arguments))


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--dask", "somewhere"), 2, "'somewhere' is not an address: missing port"),
        (("--dask", "tcp://127.0.0.1:1"), 3, "no Dask scheduler answers at tcp://127.0.0.1:1"),
        (("--dask", "tcp://127.0.0.1:1", "--workers", "2"), 2, "cannot be used together"),
    ],
)
@dask
def test_an_address_where_nobody_is(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    code: int,
    says: str,
) -> None:
    monkeypatch.setattr("annotator.workflows.suggesting.cluster.SECONDS", 1)
    project(tmp_path / "p", TEXT).close()
    assert _run("--project", str(tmp_path / "p"), "suggest", *arguments) == code
    told = capfd.readouterr()
    assert says in told.err
    assert told.err.count("\n") <= 2
    assert not told.out


def test_without_the_extra_it_is_said_how_to_get_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    project(tmp_path / "p", TEXT).close()
    assert _run("--project", str(tmp_path / "p"), "suggest", "--dask", "tcp://127.0.0.1:1") == 2
    assert "annotator[dask]" in capsys.readouterr().err


@pytest.mark.parametrize(
    "how", [pytest.param("workers", marks=pytest.mark.slow), pytest.param("dask", marks=dask)]
)
def test_an_interrupted_run_leaves_at_once_and_says_nothing_else(
    tmp_path: Path, how: str, request: pytest.FixtureRequest
) -> None:
    with _project(tmp_path / "p") as of:
        of.documents.add(document(f"{TEXT * 8}\n{i}", id=f"long-{i}") for i in range(200))
        where = ("--workers", "2")
        if how == "dask":
            where = ("--dask", request.getfixturevalue("cluster").address)
        # A session of its own, so that the signal reaches the whole
        # group, as it does from a terminal.
        command = [
            sys.executable,
            "-m",
            "annotator",
            "--project",
            str(tmp_path / "p"),
            "suggest",
            *where,
        ]
        with subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, start_new_session=True
        ) as running:
            _until(lambda: bool(of.suggestions.of("doc-00")))
            os.killpg(running.pid, signal.SIGINT)
            _, said = running.communicate(timeout=30)
        assert (running.returncode, said.strip()) == (130, "interrupted")
        assert of.suggestions.of("doc-00")
        assert not of.suggestions.of("long-199")
