"""A project that several unix users share, made under a umask that lets nobody in."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import TEXT, held_lock

import annotator
from annotator.resources import folder

GROUP, ANN, BEN, EVE = 54321, 54322, 54323, 54324
"""Numbers of a group and of users that need no entry anywhere."""

_READ = [Path(annotator.__file__).parent, Path(sys.prefix)]
_HIDDEN = any(
    not one.stat().st_mode & stat.S_IXOTH for place in _READ for one in (place, *place.parents)
)
root_only = pytest.mark.skipif(
    os.geteuid() != 0 or _HIDDEN,
    reason="only root can be other users, and they must be able to read the application",
)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that others can reach, and that is the group's."""
    made = Path(tempfile.mkdtemp(prefix="shared-", dir="/tmp"))
    os.chown(made, ANN, GROUP)
    made.chmod(0o2775)
    yield made
    shutil.rmtree(made)


def _as(
    user: int, code: str, place: Path, *, group: int = GROUP, umask: int = 0o077
) -> subprocess.CompletedProcess[str]:
    """Python as another user. What is imported late is imported before that,
    since the modules may be root's alone."""
    before = textwrap.dedent(f"""
        import os, sys, tempfile
        from pathlib import Path
        from annotator.cli import run
        from annotator.model import actions as do
        from annotator.model.text import Document, split_paragraphs
        from annotator.project import Project
        from annotator.tui.session import Session
        with tempfile.TemporaryDirectory() as warm:
            root = Path(warm) / "p"
            run(["init", str(root), "--shared"])
            with Project.open(root) as of:
                of.documents.add([Document("doc-0", "t", "text", split_paragraphs("text"))])
                session = Session(of, "warm", "a"); session.open("doc-0"); session.do(do.Flag(paragraph=True))
                of.journal.keep([])
            for words in (["backup", warm + "/b.db"], ["restore", warm + "/b.db"], ["status"], ["doctor"]):
                run(["--project", str(root), *words])
        os.setgroups([]); os.setgid({group}); os.setuid({user}); os.umask(0o077)
        os.chdir({str(place)!r})
        root = Path("p")
        sys.stdout.flush()
        print("---")
    """)
    environment = {
        **os.environ,
        "ANNOTATOR_BACKGROUND": "off",
        "HOME": str(place),
        "ANNOTATOR_NAME": f"u{user}",
    }
    done = subprocess.run(
        [sys.executable, "-c", before + code],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    done.stdout = done.stdout.partition("---\n")[2]
    return done


_MAKE = f"""
assert run(["init", "p", "--shared", "--schema", "own.toml"]) == 0
with Project.open(root) as of:
    of.documents.add([Document("doc-0", "t", {TEXT!r}, split_paragraphs({TEXT!r}))])
"""

_DECIDE = """
with Project.open(root, timeout=TIMEOUT) as of:
    of.wait_at_most(TIMEOUT)
    s = Session(of, f"u{os.getuid()}", "a", patience=TIMEOUT); s.open("doc-0")
    s.do(do.Flag(paragraph=True))
    print(s.saving.error, s.saving.safe, len(s.saving.unsaved))
"""


def _decide(user: int, place: Path, *, timeout: float = 10, group: int = GROUP) -> str:
    done = _as(user, _DECIDE.replace("TIMEOUT", str(timeout)), place, group=group)
    assert not done.returncode, done.stderr
    return done.stdout.strip()


@pytest.fixture
def shared(place: Path) -> Path:
    schema = place / "own.toml"
    shutil.copy(folder("schemas") / "dna.toml", schema)
    os.chown(schema, ANN, GROUP)
    schema.chmod(0o600)
    done = _as(ANN, _MAKE, place)
    assert not done.returncode, done.stderr
    return place / "p"


@root_only
def test_two_users_work_in_a_project_that_was_made_under_umask_077(
    place: Path, shared: Path
) -> None:
    assert _decide(BEN, place) == "None True 0"
    assert _decide(ANN, place) == "None True 0"
    assert stat.S_IMODE(shared.stat().st_mode) == 0o2770
    for file in shared.iterdir():
        mode, group = stat.S_IMODE(file.stat().st_mode), file.stat().st_gid
        assert (oct(mode), group) == (oct(0o660), GROUP), file.name


@root_only
def test_who_is_not_in_the_group_gets_one_error_and_sees_nothing(place: Path, shared: Path) -> None:
    done = _as(EVE, "sys.exit(run(['--project', 'p', 'status']))", place, group=EVE)
    assert done.returncode in (2, 3)
    assert "Traceback" not in done.stderr


@root_only
def test_what_one_user_could_not_write_another_takes_in(place: Path, shared: Path) -> None:
    with held_lock(shared / "annotator.db.lock"):
        assert _decide(BEN, place, timeout=0.1).endswith("True 1")
        (waiting,) = shared.glob("*.unsaved-*")
        assert stat.S_IMODE(waiting.stat().st_mode) == 0o660
    done = _as(ANN, "with Project.open(root) as of: print(of.taken_in.decisions)", place)
    assert done.stdout.strip() == "1", done.stderr
    assert not list(shared.glob("*.unsaved-*"))


@root_only
def test_another_user_restores_and_all_go_on(place: Path, shared: Path) -> None:
    done = _as(
        BEN,
        "print(run(['--project', 'p', 'backup', 'b.db']), run(['--project', 'p', 'restore', "
        "'b.db']))",
        place,
    )
    assert done.stdout.strip() == "0 0", done.stderr
    assert _decide(ANN, place) == "None True 0"
    for file in shared.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o660, file.name


def test_a_project_that_is_not_shared_is_the_owner_s(tmp_path: Path) -> None:
    script = (
        "import os, sys; os.umask(0o077)\nfrom annotator.cli import run\n"
        f"sys.exit(run(['init', {str(tmp_path / 'p')!r}]))"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    assert {stat.S_IMODE(f.stat().st_mode) for f in (tmp_path / "p").iterdir()} == {0o600}
