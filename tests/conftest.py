"""Settings and fixtures for all tests. Nothing runs in the background unless a test asks for it;
modules that every process imports are compiled once; temporary files are in memory if there is
room; new databases are copies of the first one; there is one project with a trained model."""

from __future__ import annotations

import fcntl
import gc
import importlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

# The workers use all cores already, so more threads of numpy would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import HealthCheck, settings
from platformdirs import user_cache_path

if TYPE_CHECKING:
    from annotator.model.schema import LabelSchema

os.environ["ANNOTATOR_BACKGROUND"] = "off"
# Every decision waits until it is on disk. In memory, that takes no time, and no test cuts the
# power.
IN_MEMORY, ROOM = Path("/dev/shm"), 4 << 30
if IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))
if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
    # Otherwise every worker and every command that a test runs would compile everything that it
    # imports, which takes longer than most tests. The bytecode is stored outside the clone, as the
    # setting demands.
    kept = user_cache_path("annotator") / "bytecode-of-tests"
    sys.pycache_prefix = os.environ.setdefault("PYTHONPYCACHEPREFIX", str(kept))
    sys.dont_write_bytecode = False

# A busy machine makes examples slow, which is not a fault of the code.
for name, examples in ("quick", 25), ("thorough", 100):
    settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile("quick")  # `--hypothesis-profile=thorough`, as in `.ci/run`, loads the other.


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A process for each core, up to eight, for the whole suite; none
    for files and tests that are named."""
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        return 0
    return min(os.cpu_count() or 1, 8)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Leave bytes out of the names of tests. They may differ between processes (gzip writes the
    time), which would then collect different tests."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """In a first run of all tests, each process compiles a part of the test files before it reads
    the others."""
    worker: dict[str, Any] | None = getattr(session.config, "workerinput", None)
    here = Path(__file__).resolve().parent
    if worker is None or [Path(one).resolve() for one in session.config.args] != [here]:
        return
    first = int(worker["workerid"].removeprefix("gw"))
    for file in sorted(here.glob("test_*.py"))[first :: worker["workercount"]]:
        with suppress(Exception, pytest.skip.Exception):  # told when the file is collected
            importlib.import_module(file.stem)


def pytest_collection_finish() -> None:
    """Imported modules stay to the end, so Python need not look for garbage in them again and
    again; and it looks as rarely as in the application."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


# The process that hands out the tests reads this file too, and does not need the modules that
# fixtures import.


@pytest.fixture(scope="session", autouse=True)
def new_databases_are_copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new database is a copy of the first one: copying takes one millisecond, and all migrations
    take thirty."""
    from annotator.store import migrations
    from annotator.store.connection import Database, sqlite

    in_steps = migrations.migrate
    first = tmp_path_factory.mktemp("first") / "annotator.db"

    def migrate(database: Database) -> None:
        new = not database.version
        if new and first.exists():
            database.connection.close()
            shutil.copyfile(first, database.path)
            database.reopen()
            return
        in_steps(database)
        if new:
            with closing(sqlite.connect(first)) as copy:
                database.connection.backup(copy)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrations, "migrate", migrate)
        yield


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A project in which a model was trained once, for all processes
    of a run; not to be changed."""
    from support import seeded

    from annotator.workflows.suggesting.suggest import suggest
    from annotator.workflows.training.train import train

    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "trained-once"
    folder.mkdir(exist_ok=True)
    root = folder / "p"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            with seeded(folder / "unfinished") as of:
                suggest(of)
                train(of)
            (folder / "unfinished").rename(root)
    return root


@pytest.fixture
def trained(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(made, tmp_path / "p")
    return tmp_path / "p"


@pytest.fixture(scope="session")
def schema() -> LabelSchema:
    """The default schema."""
    from annotator.resources import load_schema

    return load_schema("actors-claims-stances")


@pytest.fixture(scope="session")
def first_hosts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two copies of a project with two documents, suggestions, and first decisions of ada and ben;
    not to be changed."""
    from hosts import two_hosts

    return two_hosts(tmp_path_factory.mktemp("hosts"))


@pytest.fixture
def hosts(first_hosts: tuple[Path, Path], tmp_path: Path) -> tuple[Path, Path]:
    """Copies of them."""
    one, other = (shutil.copytree(host, tmp_path / host.name) for host in first_hosts)
    return one, other
