"""Long work takes the lock in short turns, and takes effect completely or not at all."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import pytest
from bench.load import bring, corpus, make, run
from processes import python
from support import TEXT, document, project

from annotator import cli
from annotator.errors import BusyError, InputError, ReplacedError, StoreError
from annotator.model import actions as do
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.span import Span
from annotator.model.text import Document
from annotator.project import Project
from annotator.store import long_work, search, turns
from annotator.store.connection import Database
from annotator.tui.session import Session

MANY = 120


def _many(start: int = 0) -> list[Document]:
    return [
        document(f"{number} {TEXT}", id=f"new-{number}") for number in range(start, start + MANY)
    ]


def _records(annotator: str = "elsewhere") -> list[Record]:
    return [
        Record(
            one, annotator, Completion.DONE, (Span(f"{one.id}-s", "actor", "state", 0, 1, "One"),)
        )
        for one in _many()
    ]


def _left(root: Path) -> list[str]:
    return [p.name for p in root.iterdir() if ".turns-" in p.name or ".staged-" in p.name]


def test_an_import_that_fails_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT) as of:
        with pytest.raises(InputError, match="another text"):
            of.documents.add([*_many(), document("Another.", id="doc-0")])
        assert of.documents.ids() == ["doc-0"]
        assert of.verify() == [] and _left(tmp_path / "p") == []
        assert of.documents.add(_many()).documents == MANY


_KILLED_AT = """
import os, signal, sys
from pathlib import Path
from annotator.store.connection import Database
from annotator.project import Project
writes, count = Database.write, [0]
def write(self):
    count[0] += 1
    if count[0] == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return writes(self)
of, at = Project.open(Path(sys.argv[1])), int(sys.argv[2])
"""
"""A process that opens a project and can be killed at a write of this number."""

_IMPORTED = """
from annotator.store import long_work
from test_store_turns import _records
if at:
    Database.write = write
else:
    long_work.Staging.commit = lambda self: os.kill(os.getpid(), signal.SIGKILL)
of.log.add_records(_records())
"""


@pytest.mark.parametrize("at", [0, 1, 2, 3, 6])
def test_an_import_that_is_killed_is_all_there_or_not_at_all(tmp_path: Path, at: int) -> None:
    """Before it is committed, before its first turn, and between turns."""
    root = tmp_path / "p"
    project(root, TEXT).close()
    done = python(_KILLED_AT + _IMPORTED, root, at)
    assert done.returncode == -signal.SIGKILL, done.printed
    with Project.open(root) as of:
        count = 1 + (MANY if at > 1 else 0)
        assert len(of.documents.ids()) == count
        assert len(list(of.log.records(annotator="elsewhere"))) == count - 1
        assert of.verify() == []
        assert of.setting("turns") is None
    if at > 1:
        assert _left(root) == []
    with Project.open(root) as of:
        of.log.add_records(_records())
        assert len(of.documents.ids()) == 1 + MANY
        assert _left(root) == []
        assert not of._database.rows("SELECT key FROM setting WHERE key LIKE 'turns:%'")
        assert of._database.rows("PRAGMA foreign_key_check") == []


def test_nothing_of_it_is_seen_before_all_of_it_is(tmp_path: Path) -> None:
    root = tmp_path / "p"
    project(root, TEXT).close()
    seen: set[tuple[int, int]] = set()
    begun, over = threading.Event(), threading.Event()

    def look() -> None:
        with Project.open(root) as of:
            while not over.is_set():
                seen.add((len(of.documents.ids()), len(list(of.log.completions()))))
                begun.set()

    looking = threading.Thread(target=look)
    looking.start()
    with Project.open(root) as of:
        assert begun.wait(60)
        of.log.add_records(_records())
    over.set()
    looking.join()
    assert seen <= {(1, 0), (1 + MANY, MANY), (1 + MANY, 0), (1, MANY)}
    assert (1, 0) in seen


def test_others_write_between_the_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "p"
    monkeypatch.setattr(turns, "TURN", 0.001)
    with project(root, TEXT) as other, Project.open(root) as of:
        session = Session(other, "ada", "a")
        session.open("doc-0")
        inside: list[int] = []
        go_on = turns._turns

        def between(*arguments: object):  # type: ignore[no-untyped-def]
            for turn in go_on(*arguments):  # type: ignore[arg-type]
                session.do(do.Flag(paragraph=True))
                inside.append(len(session.saving.unsaved))
                yield turn

        monkeypatch.setattr(turns, "_turns", between)
        of.log.add_records(_records())
        assert len(inside) > 3 and not any(inside)
        assert len(list(of.log.events("doc-0", "ada"))) == len(inside)
        assert of.verify() == []


def test_a_turn_ends_as_soon_as_somebody_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even a long turn ends: no other statement is written before they get the lock."""
    root = tmp_path / "p"
    monkeypatch.setattr(turns, "TURN", 60)
    monkeypatch.setattr(turns, "WAITED", 0)
    with project(root, TEXT) as of:
        ready, begun, written = threading.Event(), threading.Event(), 0
        many = Database.many

        def watched(self: Database, sql: str, rows: list[object]) -> None:
            nonlocal written
            many(self, sql, rows)  # type: ignore[arg-type]
            if self is of._database and "INSERT INTO event" in sql and not begun.is_set():
                written += len(rows)
                if written > 20:
                    begun.set()
                    # A process first tries the door once without waiting, and releases it in
                    # between.
                    steady = 0
                    while steady < 20:
                        time.sleep(0.001)
                        steady = steady + 1 if self._lock.is_waited_for() else 0

        def decide() -> None:
            with Project.open(root) as other:
                session = Session(other, "ada", "a")
                session.open("doc-0")
                ready.set()
                assert begun.wait(60)
                session.do(do.Flag(paragraph=True))
                assert not session.saving.unsaved

        monkeypatch.setattr(Database, "many", watched)
        deciding = threading.Thread(target=decide)
        deciding.start()
        assert ready.wait(60)
        of.log.add_records(_records())
        deciding.join()
        rows = of._database.rows("SELECT annotator FROM event ORDER BY sequence")
        order = [row[0] for row in rows]
        assert order.index("ada") == written < len(order) / 2
        assert of.verify() == []


def test_all_new_documents_are_shown_by_a_few_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The turn that shows them is short, however many they are. Before it, nobody sees them; after
    it, they are in their places."""
    root = tmp_path / "p"
    monkeypatch.setattr(turns, "TURN", 0.001)
    with project(root, TEXT) as of, Project.open(root) as other:
        showing: list[int] = []
        seen: set[int] = set()
        go_on = turns._turns

        def watched(*arguments: object):  # type: ignore[no-untyped-def]
            for turn in go_on(*arguments):  # type: ignore[arg-type]
                seen.add(len(other.documents.ids()))
                showing.extend([turn.rows] * turn.shows)
                yield turn
            if not of._database.value("SELECT count(*) FROM setting WHERE key = 'arriving'"):
                assert len(other.documents.ids()) == 1 + MANY

        monkeypatch.setattr(turns, "_turns", watched)
        of.log.add_records(_records())
        assert seen == {1} and showing == [2]
        assert [other.documents.ids()[0], other.documents.ids()[-1]] == ["doc-0", f"new-{MANY - 1}"]
        assert other.verify() == []


def test_all_new_work_on_documents_that_are_there_is_shown_by_a_few_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This holds for any amount of work, imported or merged."""
    roots = tmp_path / "p", tmp_path / "q"
    monkeypatch.setattr(turns, "TURN", 0.001)
    showing: list[int] = []
    seen: set[int] = set()
    go_on = turns._turns
    for root in roots:
        with project(root) as of:
            of.documents.add(_many())
    with Project.open(roots[0]) as of, Project.open(roots[1]) as second:
        for target, bring in (
            (of, lambda: of.log.add_records(_records())),
            (second, lambda: second.merge(roots[0] / "annotator.db")),
        ):
            with Project.open(target.root) as other:

                def watched(*arguments: object, other: Project = other):  # type: ignore[no-untyped-def]
                    for turn in go_on(*arguments):  # type: ignore[arg-type]
                        seen.add(len(list(other.log.completions())))
                        showing.extend([turn.rows] * turn.shows)
                        yield turn

                monkeypatch.setattr(turns, "_turns", watched)
                bring()
                assert len(list(other.log.completions())) == MANY
                assert other.verify() == []
        assert seen == {0} and showing == [2, 2]


def test_documents_that_come_between_others_find_their_place_in_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two hosts that merge each other's documents get the same order, even if the merge takes
    several turns."""
    monkeypatch.setattr(long_work, "FEW", 20)
    monkeypatch.setattr(turns, "TURN", 1e-6)
    one, other = tmp_path / "p", tmp_path / "q"
    for root, name in ((one, "a"), (other, "b")):
        with project(root, TEXT) as of:
            of.documents.add([document(f"{name} {k} {TEXT}", id=f"{name}-{k}") for k in range(30)])
    with Project.open(one) as of, Project.open(other) as second:
        of.merge(other / "annotator.db")
        second.merge(one / "annotator.db")
        assert of.documents.ids() == second.documents.ids()
        assert of.verify() == [] == second.verify()
        assert _left(one) == [] == _left(other)


def test_no_backup_of_half_an_import(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of, Project.open(root) as other:
        other.wait_at_most(0.001)
        with long_work.long_work(of._database), pytest.raises(BusyError, match="a long task"):
            other.backup(tmp_path / "b")
        other.backup(tmp_path / "b")
        assert sorted(p.name for p in tmp_path.iterdir()) == ["b", "p"]


def test_one_long_work_at_a_time(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT) as of, Project.open(tmp_path / "p") as other:
        busy = pytest.raises(BusyError, match="a long task")
        with (
            long_work.long_work(of._database),
            busy,
            long_work.long_work(other._database, patience=0.05),
        ):
            pass
        with long_work.long_work(other._database, patience=1):
            pass


def test_work_that_somebody_began_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of, Project.open(root) as other:
        session = Session(other, "elsewhere", "a")
        session.open("doc-0")
        own = Record(document(id="doc-0"), "elsewhere", Completion.DONE)

        def records():  # type: ignore[no-untyped-def]
            yield own
            yield from _records()
            session.do(do.Flag(paragraph=True))

        from annotator.errors import ConflictError

        with pytest.raises(ConflictError, match="changed “"):
            of.log.add_records(records())
        assert of.documents.ids() == ["doc-0"]
        assert len(list(of.log.events("doc-0"))) == 1
        assert _left(root) == []


def test_nobody_goes_on_with_a_work_while_it_comes_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On an existing document, the annotator's own decisions wait, and those of others do not."""
    root = tmp_path / "p"
    monkeypatch.setattr(turns, "TURN", 0.001)
    with project(root, TEXT) as of, Project.open(root) as own, Project.open(root) as other:
        sessions = [Session(own, "elsewhere", "a"), Session(other, "ada", "b")]
        for session in sessions:
            session.open("doc-0")
        inside: list[tuple[int, int]] = []
        go_on = turns._turns

        def between(*arguments: object):  # type: ignore[no-untyped-def]
            for turn in go_on(*arguments):  # type: ignore[arg-type]
                if not inside:
                    for session in sessions:
                        session.do(do.Flag(paragraph=True))
                    inside.append(tuple(len(s.saving.unsaved) for s in sessions))  # type: ignore[arg-type]
                yield turn

        monkeypatch.setattr(turns, "_turns", between)
        work = Record(document(TEXT, id="doc-0"), "elsewhere", Completion.DONE)
        of.log.add_records([work, *_records()])
        assert inside == [(1, 0)]
        assert all(session.saving.save() for session in sessions)
        assert len(list(of.log.events("doc-0", "elsewhere"))) == 2
        assert of.verify() == []
        assert of._database.rows("SELECT * FROM coming") == []


_MERGED = """
Database.write = write
of.merge(Path(sys.argv[3]) / "annotator.db")
"""


@pytest.mark.parametrize("at", [1, 2, 3, 6])
def test_a_merge_that_is_killed_is_all_there_or_not_at_all(tmp_path: Path, at: int) -> None:
    """Before work is announced, before it is committed, and between turns."""
    root, other = tmp_path / "p", tmp_path / "q"
    for path in (root, other):
        with project(path) as of:
            of.documents.add(_many())
    with Project.open(other) as of:
        of.log.add_records(_records())
    done = python(_KILLED_AT + _MERGED, root, at, other)
    assert done.returncode == -signal.SIGKILL, done.printed
    with Project.open(root) as of:
        came = len(list(of.log.completions(annotator="elsewhere")))
        assert came in (0, MANY) and (came == 0) == (at < 5)
        assert (of.verify() == [] and _left(root) == []) or came == 0
        assert of.merge(other / "annotator.db").completions == MANY - came
        assert of.verify() == [] and _left(root) == []
        assert of._database.rows("SELECT * FROM coming") == []


def test_what_cannot_be_finished_is_hidden_until_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a full disk: the failure is reported, nothing of the work is visible, and it continues
    later."""
    root = tmp_path / "p"
    project(root, TEXT).close()
    monkeypatch.setattr(turns, "TURN", 1e-6)
    many, count = Database.many, [0]

    def full(self: Database, sql: str, rows: list[object]) -> None:
        count[0] += 1
        if count[0] > 50:
            raise StoreError("the disk is full; nothing was written", hint="Free some space")
        many(self, sql, rows)  # type: ignore[arg-type]

    with Project.open(root) as of, monkeypatch.context() as patched:
        patched.setattr(Database, "many", full)
        with pytest.raises(StoreError, match="could not be finished: the disk is full") as raised:
            of.log.add_records(_records())
        assert "somebody opens the project next" in str(raised.value.hint)
        with Project.open(root) as other:
            assert other.documents.ids() == ["doc-0"] and len(_left(root)) == 1
            assert list(long_work.unfinished(root / "annotator.db"))
        with pytest.raises(StoreError, match="disk is full"):
            of.documents.add(_many(MANY))
    with Project.open(root) as of:
        assert len(of.documents.ids()) == 1 + MANY and _left(root) == []
        assert of.verify() == []


def test_a_full_disk_keeps_no_half_written_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:

        def full(self: long_work.Staging) -> None:
            spill(self)
            assert self._file is not None
            self._file.close()
            self._file = Path("/dev/full").open("w", encoding="utf-8")  # noqa: SIM115
            self._file.write("what is left in memory cannot be written when it is closed")
            raise OSError(28, "No space left on device")

        spill = long_work.Staging._spill
        monkeypatch.setattr(long_work.Staging, "_spill", full)
        with pytest.raises(OSError, match="No space"):
            of.documents.add(_many())
        assert _left(root) == []


def test_a_file_that_holds_anything_else_is_not_run(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        of.keep_setting("turns:x", "0")
        file = root / "annotator.db.turns-x"
        file.write_bytes(turns.line_of(f'ATTACH "{tmp_path}/y" AS y', [[]]) + turns.END)
    with Project.open(root) as of:
        assert not (tmp_path / "y").exists()
        assert file.exists()


@pytest.mark.parametrize("damage", ["a bit", "an end", "a line", "everything"])
def test_a_damaged_file_shows_nothing_and_stops_nobody(
    tmp_path: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "p"
    project(root, TEXT).close()
    assert python(_KILLED_AT + _IMPORTED, root, 3).returncode == -signal.SIGKILL
    (file,) = long_work.unfinished(root / "annotator.db")
    data = file.read_bytes()
    at = len(data) // 2
    changed = {
        "a bit": data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :],
        "an end": data[:at],
        "a line": b"".join(data.splitlines(keepends=True)[:-1]),
        "everything": b"",
    }
    file.write_bytes(changed[damage])
    with Project.open(root) as of:
        assert of.documents.ids() == ["doc-0"]
        session = Session(of, "ada", "a")
        session.open("doc-0")
        session.do(do.Flag(paragraph=True))
        assert session.saving.error is None
        with pytest.raises(StoreError, match="file of a long task is damaged"):
            of.documents.add(_many())
    capsys.readouterr()
    assert cli.run(["--project", str(root), "doctor"]) == 1
    assert "file of a long task is damaged. What it brings stays" in capsys.readouterr().out


def test_a_file_into_which_the_log_is_moved_just_now_is_not_judged(tmp_path: Path) -> None:
    """Until all pages are there, some may be older than others."""
    root = tmp_path / "p"
    with project(root, TEXT) as of, Project.open(root) as other:
        session = Session(of, "ada", "a")
        session.open("doc-0")
        seen = []
        for _ in range(2):
            for _ in range(3):
                session.do(do.Flag(paragraph=True))
            of._database.move_log()
            seen.append((root / "annotator.db").read_bytes())
        assert len(seen[0]) == len(seen[1])
        (root / "annotator.db").write_bytes(seen[0])
        with of._database._lock.moving() as begun, other._database._locked():
            assert begun
            other._database._file_guard.check()
        with other._database._locked(), pytest.raises(ReplacedError):
            other._database._file_guard.check()


def test_others_write_while_the_log_is_moved(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, TEXT) as other, Project.open(root) as of:
        session = Session(other, "ada", "a")
        session.open("doc-0")
        for _ in range(3):
            session.do(do.Flag(paragraph=True))
            of._database.move_log()
            with of._database._lock.moving():
                session.do(do.Flag(paragraph=True))
        assert not session.saving.unsaved and len(list(of.log.events("doc-0", "ada"))) == 6
    assert [p.name for p in root.iterdir() if "replaced" in p.name] == []


@pytest.mark.skipif(not search.has_index(), reason="this SQLite has no FTS5")
@pytest.mark.parametrize("at", [2, 6, None])
def test_the_index_merges_by_itself_again_when_all_is_there(tmp_path: Path, at: int | None) -> None:
    root = tmp_path / "p"
    project(root, TEXT).close()
    if at is None:
        with Project.open(root) as of:
            of.log.add_records(_records())
    else:
        python(_KILLED_AT + _IMPORTED, root, at)
    with Project.open(root) as of:
        rows = of._database.rows("SELECT k, v FROM search_config")
        assert {k: v for k, v in rows if k != "version"} == {"automerge": 4, "crisismerge": 16}


@pytest.mark.slow
def test_annotators_hardly_notice_an_import(tmp_path: Path) -> None:
    """A small run of `tests/bench/load.py --import`; its bars are
    for a machine that does nothing else."""
    root = tmp_path / "p"
    make(root)
    corpus(root / "new.jsonl", 800)
    alone = run(root, 12, seconds=6, rate=1.5)
    beside = run(root, 12, seconds=6, rate=1.5, meanwhile=lambda: bring(root, root / "new.jsonl"))
    assert beside.errors == 0
    assert beside.at(0.99) <= max(250, 3 * alone.at(0.99))


def test_a_turn_is_short(tmp_path: Path) -> None:
    """How long the lock is held at a time; the last turn is short as well."""
    root = tmp_path / "p"
    with project(root, TEXT) as of:
        held: list[float] = []
        write = type(of._database).write

        def timed(self):  # type: ignore[no-untyped-def]
            from contextlib import contextmanager

            @contextmanager
            def inner():  # type: ignore[no-untyped-def]
                with write(self):
                    began = time.thread_time()
                    yield
                    held.append(time.thread_time() - began)

            return inner()

        type(of._database).write = timed  # type: ignore[method-assign]
        try:
            of.log.add_records(_records())
        finally:
            type(of._database).write = write  # type: ignore[method-assign]
        assert len(held) > 2
        assert max(held) < 0.1, sorted(held)[-3:]
