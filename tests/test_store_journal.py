"""Decisions that cannot be written into the database at once are on disk beside it, and the next
process writes them."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import signal
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from processes import python
from support import TEXT, held_lock, project, suggestions

from annotator.cli import run
from annotator.model import actions as do
from annotator.project import Project, SuggestionRun
from annotator.store import journal
from annotator.tui.session import Session

_DECIDE = """
import os, signal, sys
from pathlib import Path
from annotator.model import actions as do
from annotator.project import Project
from annotator.tui.session import Session
p = Project.open(Path(sys.argv[1]), timeout=0.1)
s = Session(p, "ada", "a", patience=0.1); s.open("doc-0")
for _ in range(int(sys.argv[2])):
    s.do(do.Flag(paragraph=True))
print(len(s.saving.unsaved), s.saving.safe, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def _killed(root: Path, times: int = 2) -> str:
    """The output of a process that decided and was killed right after."""
    done = python(_DECIDE, root, times)
    assert done.returncode == -signal.SIGKILL, done.printed
    return done.printed.strip()


def _lock(root: Path) -> Path:
    return root / "annotator.db.lock"


def _files(root: Path) -> list[str]:
    return sorted(p.name for p in root.glob("annotator.db.*") if p.suffix not in (".lock", ".long"))


def _left_behind(folder: Path, times: int) -> tuple[Path, str]:
    """A project, and its file with a number of decisions of a process that was killed while another
    one held the lock."""
    root = folder / "p"
    project(root, TEXT).close()
    with held_lock(_lock(root)):
        _killed(root, times)
    (name,) = _files(root)
    return root, name


def _lines_in(file: Path) -> bytes:
    """The lines of a journal, without the zeros after them."""
    return file.read_bytes().rstrip(b"\0")


def _session(of: Project, name: str = "ada") -> Session:
    of.wait_at_most(0.05)
    session = Session(of, name, "a", patience=0.05)
    session.open("doc-0")
    return session


def test_decided_while_another_holds_the_lock_and_killed_it_is_taken_in_by_anybody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "p"
    project(root, TEXT).close()
    with held_lock(_lock(root)):
        assert _killed(root, 3) == "3 True"
        assert _killed(root, 1) == "1 True"
        assert len(_files(root)) == 2
    assert run(["--project", str(root), "--annotator", "ben", "status"]) == 0
    said = capsys.readouterr().err
    assert "3 decisions that waited beside the database: now saved" in said, said
    assert "no longer fit" in said, "the other process decided on the state before those"
    with Project.open(root) as of:
        assert of.taken_in == journal.RecoveredDecisions()
        assert len(list(of.log.events("doc-0", "ada"))) == 3
        assert of.verify() == []
    (left,) = _files(root)
    assert left.startswith("annotator.db.left-")
    assert len(list(journal.groups((root / left).read_bytes()))) == 1


def test_the_journal_of_a_living_process_is_left_to_it(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        session = _session(of)
        with held_lock(_lock(root)):
            session.do(do.Flag(paragraph=True))
            assert session.saving.safe and session.saving.unsaved
        with Project.open(root) as other:
            assert other.taken_in.decisions == 0
            assert not list(other.log.events("doc-0"))
        assert session.saving.save()
        assert _files(root) == []
        assert len(list(of.log.events("doc-0"))) == 1


def test_taken_in_twice_it_is_there_once(tmp_path: Path) -> None:
    root, name = _left_behind(tmp_path, 2)
    again = (root / name).read_bytes()
    Project.open(root).close()
    (root / name).write_bytes(again)
    with Project.open(root) as of:
        assert of.taken_in.left == ()
        events = list(of.log.events("doc-0"))
        assert len(events) == 2
        ids = [id for _, one in journal.groups(again) if one for id in one.ids]
        assert [e.id for e in events] == ids
    assert _files(root) == []


def _lines_of(data: dict[str, object]) -> bytes:
    text = json.dumps(data).encode()
    return b"%08x %b\n" % (zlib.crc32(text), text)


def test_an_incomplete_last_line_is_kept(tmp_path: Path) -> None:
    """Nobody can say whether it was acknowledged and the file was cut off later."""
    root, name = _left_behind(tmp_path, 3)
    (root / name).write_bytes(_lines_in(root / name)[:-20])
    with Project.open(root) as of:
        assert of.taken_in.decisions == 2 and len(of.taken_in.left) == 1
    assert len(_files(root)) == 1


def _cut_at_a_line_end(data: bytes) -> bytes:
    return data[: data.index(b"\n", data.index(b"\n") + 1) + 1]


def _without_the_second_line(data: bytes) -> bytes:
    first, second, *rest = data.splitlines(keepends=True)
    return b"".join((first, *rest)) + bytes(len(second))


def _without_the_last_zeros(data: bytes) -> bytes:
    return data.rstrip(b"\0") + b"\0"


@pytest.mark.parametrize(
    "damaged", [_cut_at_a_line_end, _without_the_second_line, _without_the_last_zeros]
)
def test_a_cut_between_lines_is_noticed(
    tmp_path: Path, damaged: Callable[[bytes], bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    root, name = _left_behind(tmp_path, 3)
    whole = (root / name).read_bytes()
    assert not journal.is_cut(whole)
    (root / name).write_bytes(damaged(whole))
    assert journal.waiting(root / "annotator.db") == [root / name]
    with Project.open(root) as of:
        assert len(of.taken_in.left) == 1
        assert of.verify() == []
    (left,) = _files(root)
    assert "Decisions that stood here are missing" in (root / left).read_text()
    assert run(["--project", str(root), "doctor"]) == 1
    assert left in capsys.readouterr().out


def test_a_journal_of_an_older_program_is_taken_in(tmp_path: Path) -> None:
    root, name = _left_behind(tmp_path, 2)
    old = []
    for line in _lines_in(root / name).splitlines():
        data = json.loads(line.partition(b" ")[2])
        del data["number"]
        old.append(_lines_of(data))
    (root / name).write_bytes(b"".join(old))
    with Project.open(root) as of:
        assert of.taken_in == journal.RecoveredDecisions(2)
    assert _files(root) == []


def test_a_full_disk_has_room_for_many_decisions_where_it_was_reserved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        of.journal.reserve()
        (name,) = _files(root)
        assert journal.waiting(root / "annotator.db") == []
        session = _session(of)
        write = os.write

        def full(handle: int, data: bytes) -> int:
            at = os.lseek(handle, 0, os.SEEK_CUR)
            room = os.fstat(handle).st_size - at
            if room <= 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return write(handle, data[:room])

        with held_lock(_lock(root)), monkeypatch.context() as broken:
            broken.setattr(os, "write", full)
            while session.saving.safe:
                session.do(do.Flag(paragraph=True))
            many = len(session.saving.unsaved)
            assert many > 100
            assert session.saving.unsaved_message().startswith(
                f"1 decision in memory only, {many - 1} kept beside the database: "
            )
        # The last one found no room, and left no half line.
        data = (root / name).read_bytes()
        assert [one is not None for _, one in journal.groups(data)] == [True] * (many - 1)
        assert not journal.is_cut(data)
        assert session.saving.save()
        assert len(_files(root)) == 1
    assert _files(root) == []


def test_room_that_a_killed_process_reserved_is_given_back(tmp_path: Path) -> None:
    root = tmp_path / "p"
    project(root, TEXT).close()
    assert python(_RESERVE, root).returncode == -signal.SIGKILL
    assert len(_files(root)) == 1
    assert journal.waiting(root / "annotator.db") == []
    with Project.open(root) as of:
        assert of.taken_in == journal.RecoveredDecisions()
    assert _files(root) == []


_RESERVE = """
import os, signal, sys
from pathlib import Path
from annotator.project import Project
Project.open(Path(sys.argv[1])).journal.reserve()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_line_that_cannot_be_read_is_kept_and_stops_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Damaged lines, and lines that another version or another program may have written."""
    root, name = _left_behind(tmp_path, 1)
    line = _lines_in(root / name)
    whole = json.loads(line.partition(b" ")[2])
    (event,) = whole["events"]
    odd = [
        b"00" + line,
        b"\xff\xfe\n",
        b"%08x %b\n" % (zlib.crc32(b"[" * 50_000), b"[" * 50_000),
        _lines_of({}),
        *(_lines_of({**whole, key: value}) for key, value in _ODD.items()),
        *(_lines_of({**whole, "events": [{**event, k: v}]}) for k, v in _ODD_EVENT.items()),
    ]
    (root / name).write_bytes((b"".join(odd) + line).ljust(journal.ROOM * 2, b"\0"))
    with Project.open(root) as of:
        assert of.taken_in.decisions == 1
        assert of.verify() == []
    (left,) = _files(root)
    assert sorted((root / left).read_bytes().splitlines()) == sorted(b"".join(odd).splitlines())
    assert capsys.readouterr().err == ""


_ODD: dict[str, object] = {
    "document": 7,
    "annotator": "@gold/..",
    "time": None,
    "reviewer": 5,
    "events": [],
}
_ODD_EVENT: dict[str, object] = {
    "id": None,
    "group": 5,
    "action": "explode",
    "item": "\ud800",
    "paragraph": "1",
    "before": "{ broken",
    "after": 7,
    "reverts": [],
}


def test_a_decision_outside_the_document_does_not_fit(tmp_path: Path) -> None:
    root, name = _left_behind(tmp_path, 1)
    data = json.loads(_lines_in(root / name).partition(b" ")[2])
    data["events"][0]["paragraph"] = 99
    (root / name).write_bytes(_lines_of(data))
    with Project.open(root) as of:
        assert of.taken_in.decisions == 0 and len(of.taken_in.left) == 1
        assert of.verify() == []


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir])
def test_what_is_no_file_is_no_journal(tmp_path: Path, make: Callable[[Path], None]) -> None:
    root = tmp_path / "p"
    project(root, TEXT).close()
    make(root / "annotator.db.unsaved-x")
    with Project.open(root) as of:
        assert of.taken_in == journal.RecoveredDecisions()


def test_a_journal_whose_owner_is_dead_waits(tmp_path: Path) -> None:
    root, name = _left_behind(tmp_path, 1)
    assert journal.waiting(root / "annotator.db") == [root / name]
    with (root / name).open("rb") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        assert journal.waiting(root / "annotator.db") == []


def test_what_can_be_written_at_once_makes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    monkeypatch.setattr(journal.Journal, "keep", lambda *_: calls.append(1))
    with project(tmp_path / "p", TEXT) as of:
        session = _session(of)
        for _ in range(3):
            session.do(do.Flag(paragraph=True))
    assert not calls and _files(tmp_path / "p") == []


def test_a_journal_that_cannot_be_written_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        session = _session(of)

        def full(*_: object) -> int:
            raise OSError(28, "No space left on device")

        with held_lock(_lock(root)):
            with monkeypatch.context() as broken:
                broken.setattr(os, "fsync", full)
                session.do(do.Flag(paragraph=True))
                assert not session.saving.safe
                assert "leave this open" in session.saving.unsaved_message()
            session.do(do.Flag(paragraph=True))
            assert session.saving.safe
            assert "2 decisions kept beside the database" in session.saving.unsaved_message()
        assert session.saving.save()
    assert _files(root) == []


def test_every_decision_of_a_key_that_could_not_be_saved_is_counted(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        of.suggestions.put("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))
        session = _session(of)
        with held_lock(_lock(root)):
            session.do(do.AcceptAll())
            (pending,) = session.saving.unsaved
            assert len(pending.group) > 1
            many = f"{len(pending.group)} decisions kept beside the database"
            assert session.saving.unsaved_message().startswith(many)


def test_the_time_of_a_decision_is_when_it_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        session = _session(of)
        with held_lock(_lock(root)):
            session.do(do.Flag(paragraph=True))
            (pending,) = session.saving.unsaved
        with monkeypatch.context() as later:
            tomorrow = time.gmtime(time.time() + 86_400)
            later.setattr(time, "gmtime", lambda *_: tomorrow)
            assert session.saving.save()
        (event,) = of.log.events("doc-0")
        assert (event.id, event.time) == (pending.ids[0], pending.time)


def test_decisions_of_a_document_that_is_no_more_are_kept_aside(tmp_path: Path) -> None:
    root, name = _left_behind(tmp_path, 1)
    project(tmp_path / "q").close()
    (root / name).replace(tmp_path / "q" / name)
    with Project.open(tmp_path / "q") as of:
        assert len(of.taken_in.left) == 1
    assert len(_files(tmp_path / "q")) == 1
