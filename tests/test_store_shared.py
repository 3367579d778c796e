"""A project that several unix users share, although it was made under a umask that excludes
others."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
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


_WARM = """
import json, os, sys, tempfile
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
        session = Session(of, "warm", "a")
        session.open("doc-0")
        session.do(do.Flag(paragraph=True))
        of.journal.keep([])
    for words in (["backup", warm + "/b.db"], ["restore", warm + "/b.db"], ["status"], ["doctor"]):
        run(["--project", str(root), *words])

for line in sys.stdin:
    asked = json.loads(line)
    if not (child := os.fork()):
        for number, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        os.setgroups([])
        os.setgid(asked["group"])
        os.setuid(asked["user"])
        os.umask(0o077)
        os.chdir(asked["place"])
        os.environ.update(HOME=asked["place"], ANNOTATOR_NAME=f"u{asked['user']}")
        root, status = Path("p"), 1
        try:
            exec(asked["code"])
            status = 0
        except SystemExit as end:
            status = end.code or 0
        except BaseException:
            __import__("traceback").print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    print("\\0ended", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""A process that has imported what is imported late, since the modules may be root's alone. It
forks another user for each line that it reads."""


@pytest.fixture(scope="module")
def users() -> Iterator[subprocess.Popen[str]]:
    """The process that forks other users."""
    with subprocess.Popen(
        [sys.executable, "-c", _WARM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "ANNOTATOR_BACKGROUND": "off"},
    ) as process:
        yield process
        process.communicate()


@dataclass(frozen=True, slots=True)
class Done:
    """The output of another user's process, and how it ended."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Users:
    """Runs Python as other users in a folder that they share."""

    process: subprocess.Popen[str]
    place: Path
    output: Path

    def run(self, user: int, code: str, *, group: int = GROUP) -> Done:
        """Run code as a user, with the umask of a cautious one."""
        out, err = self.output / "out", self.output / "err"
        asked = {"user": user, "group": group, "code": code, "place": str(self.place)}
        assert self.process.stdin and self.process.stdout
        print(
            json.dumps({**asked, "out": str(out), "err": str(err)}),
            file=self.process.stdin,
            flush=True,
        )
        ended = next(line for line in self.process.stdout if line.startswith("\0ended"))
        return Done(int(ended.split()[1]), out.read_text("utf-8"), err.read_text("utf-8"))

    def decide(self, user: int, *, timeout: float = 10) -> str:
        """Make one decision as a user. Returns what could not be saved, and how much of it is in
        the journal."""
        done = self.run(user, _DECIDE.replace("TIMEOUT", str(timeout)))
        assert not done.returncode, done.stderr
        return done.stdout.strip()


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


@pytest.fixture
def shared(users: subprocess.Popen[str], place: Path, tmp_path: Path) -> Users:
    """Users with a project that one of them has made for all."""
    schema = place / "own.toml"
    shutil.copy(folder("schemas") / "dna.toml", schema)
    os.chown(schema, ANN, GROUP)
    schema.chmod(0o600)
    made = Users(users, place, tmp_path)
    done = made.run(ANN, _MAKE)
    assert not done.returncode, done.stderr
    return made


@root_only
def test_two_users_work_in_a_project_that_was_made_under_umask_077(shared: Users) -> None:
    assert shared.decide(BEN) == "None True 0"
    assert shared.decide(ANN) == "None True 0"
    root = shared.place / "p"
    assert stat.S_IMODE(root.stat().st_mode) == 0o2770
    for file in root.iterdir():
        mode, group = stat.S_IMODE(file.stat().st_mode), file.stat().st_gid
        assert (oct(mode), group) == (oct(0o660), GROUP), file.name


@root_only
def test_who_is_not_in_the_group_gets_one_error_and_sees_nothing(shared: Users) -> None:
    done = shared.run(EVE, "sys.exit(run(['--project', 'p', 'status']))", group=EVE)
    assert done.returncode in (2, 3)
    assert done.stderr and not done.stdout
    assert "Traceback" not in done.stderr


@root_only
def test_what_one_user_could_not_write_another_takes_in(shared: Users) -> None:
    root = shared.place / "p"
    with held_lock(root / "annotator.db.lock"):
        assert shared.decide(BEN, timeout=0.1).endswith("True 1")
        (waiting,) = root.glob("*.unsaved-*")
        assert stat.S_IMODE(waiting.stat().st_mode) == 0o660
    done = shared.run(ANN, "with Project.open(root) as of: print(of.taken_in.decisions)")
    assert done.stdout.strip() == "1", done.stderr
    assert not list(root.glob("*.unsaved-*"))


@root_only
@pytest.mark.parametrize("removed", [False, True])
def test_another_user_restores_and_all_go_on(shared: Users, *, removed: bool) -> None:
    for code in (
        "backup",
        f"if {removed}: [file.unlink() for file in root.glob('annotator.db*')]",
        "restore",
    ):
        line = code if " " in code else f"sys.exit(run(['--project', 'p', '{code}', 'b.db']))"
        done = shared.run(BEN, line)
        assert done.returncode == 0, done.stderr
    assert shared.decide(ANN) == "None True 0"
    for file in (shared.place / "p").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o660, file.name


def test_a_project_that_is_not_shared_is_the_owner_s(tmp_path: Path) -> None:
    script = (
        "import os, sys; os.umask(0o077)\nfrom annotator.cli import run\n"
        f"sys.exit(run(['init', {str(tmp_path / 'p')!r}]))"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    assert {stat.S_IMODE(f.stat().st_mode) for f in (tmp_path / "p").iterdir()} == {0o600}


@root_only
def test_doctor_names_a_file_that_somebody_may_not_use(shared: Users) -> None:
    doctor = "sys.exit(run(['--project', 'p', 'doctor']))"
    for name in ("annotator.db", "annotator.db.lock"):
        file = shared.place / "p" / name
        file.chmod(0o600)
        done = shared.run(BEN, doctor)
        assert done.returncode == 1 and f"`chmod 660 p/{name}`" in done.stdout, done.stderr
        assert "is damaged" not in done.stdout
        file.chmod(0o660)
