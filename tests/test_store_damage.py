"""Damage and tampering: the doctor finds and names it, and never fails because of it."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support import TEXT, project, suggestions

from annotator.cli import run
from annotator.errors import AnnotatorError
from annotator.model import actions as do
from annotator.project import Project, SuggestionRun
from annotator.store import hash_chain
from annotator.store.sqlite_driver import WAL_IS_SAFE
from annotator.tui.session import Session

EVENTS = 12


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with work of two annotators; not to be changed."""
    root = tmp_path_factory.mktemp("whole") / "p"
    with project(root, TEXT, "Germany supports Ukraine. " * 300) as of:
        of.suggestions.put("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))
        for name in ("ada", "ben"):
            session = Session(of, name, "a")
            session.open("doc-0")
            session.do(do.AcceptAll())
            for number in range(40):
                session.do(do.Note(f"a note of {name}, number {number}", paragraph=True))
    return root


@pytest.fixture
def root(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "p")
    return tmp_path / "p"


def _doctor(root: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    capsys.readouterr()
    code = run(["--project", str(root), "doctor", *words])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return code, said.out + said.err


def _sql(root: Path, *statements: str) -> None:
    with closing(sqlite3.connect(root / "annotator.db")) as raw:
        for statement in statements:
            raw.execute(statement)
        raw.commit()


_LOST_WITHOUT_LOSS = ("search", "sqlite_", "parse", "_sqlite_")
"""Tables of which a bit counts for nothing: the index of texts only says where to look, parses that
do not hold are made again, and SQLite and the migrations keep theirs."""


def _content(database: Path) -> object:
    """Everything that can be read; None in place of what cannot."""
    try:
        with closing(sqlite3.connect(database)) as raw:
            names = [
                n for (n,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            ]
            return {
                name: sorted(raw.execute(f'SELECT * FROM "{name}"'), key=repr)
                for name in names
                if not name.startswith(_LOST_WITHOUT_LOSS)
            }
    except (sqlite3.Error, UnicodeDecodeError, OverflowError):
        return None


def _flipped(whole: Path, tmp_path: Path, count: int) -> Iterator[tuple[Path, int]]:
    """Copies of a project that differ by one bit in the used parts of its pages."""
    shutil.copy(whole / "annotator.db", tmp_path / "full.db")
    with closing(sqlite3.connect(tmp_path / "full.db")) as raw:
        raw.execute("VACUUM")  # Deleted rows are in the free space of pages and belong to nobody.
    data = (tmp_path / "full.db").read_bytes()
    draw = random.Random(7)
    used = [at for at, byte in enumerate(data) if byte]
    for number in range(count):
        root = tmp_path / f"{number}"
        root.mkdir()
        shutil.copy(whole / "annotator.toml", root)
        at, bit = draw.choice(used), 1 << draw.randrange(8)
        changed = bytearray(data)
        changed[at] ^= bit
        (root / "annotator.db").write_bytes(changed)
        yield root, at
        shutil.rmtree(root)


@pytest.mark.parametrize("count", [6, pytest.param(400, marks=pytest.mark.slow)])
def test_a_single_bit_is_noticed_or_harmless(
    whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    content = None
    unseen: list[bytes] = []
    for root, at in _flipped(whole, tmp_path, count):
        content = content or _content(tmp_path / "full.db")
        there = _content(root / "annotator.db")
        code, said = _doctor(root, capsys, "--deep")
        assert code in (0, 1, 3), said
        about = [line for line in said.splitlines() if line.startswith(("found:", "error:"))]
        ours = [x for x in about if not any(word in x for word in ("TERM", "parser", "UTF-8"))]
        if not ours and there != content:
            unseen.append((tmp_path / "full.db").read_bytes()[at - 80 : at + 40])
        # Reading continues, or ends in one of our errors.
        try:
            with Project.open(root) as of:
                of.status()
                list(of.log.records())
                of.documents.queue("ada")
        except AnnotatorError:
            pass
    assert content and not unseen


def test_the_doctor_names_the_damage_and_the_backup_to_take(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Project.open(root) as of:
        of.backup(root / "monday.db")
    (root / "tuesday.db").write_bytes(b"no backup" * 100)
    _sql(
        root,
        "UPDATE item SET state = replace(state, 'status', 'statos') WHERE annotator = 'ada' AND "
        "item = 'sIran'",
    )
    code, said = _doctor(root, capsys)
    assert code == 1
    assert "doc-0 (ada): sIran: cannot be read" in said
    assert "doc-0 (ben)" not in said
    assert f"annotator restore {root / 'monday.db'}" in said


@pytest.mark.parametrize(("before", "after"), [(0, 5), (5, 0), (5, 6)])
def test_a_changed_time_at_which_something_was_shown_is_noticed(
    root: Path, capsys: pytest.CaptureFixture[str], before: int, after: int
) -> None:
    _sql(root, f"UPDATE shown SET revision = {before}")
    index = "type = 'index' AND name = 'shown_revision'"
    change = "UPDATE sqlite_master SET sql = replace(sql, '{}', '{}') WHERE " + index
    # The disk changes the table and not the index.
    whole, without = "(revision)", "(revision) WHERE false"
    _sql(root, "PRAGMA writable_schema = ON", change.format(whole, without))
    _sql(root, f"UPDATE shown SET revision = {after}")
    _sql(root, "PRAGMA writable_schema = ON", change.format(without, whole))
    code, said = _doctor(root, capsys)
    assert code == 1
    assert "missing from index shown_revision" in said


CUT = "DROP TRIGGER event_no_delete"
CHANGE = "DROP TRIGGER event_no_update"


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ([CHANGE, "UPDATE event SET annotator = 'eve' WHERE sequence = 20"], "event 20 (eve on"),
        (
            [CHANGE, "UPDATE event SET time = '2020-01-01T00:00:00Z' WHERE sequence = 20"],
            "event 20",
        ),
        ([CUT, "DELETE FROM event WHERE sequence = 20"], "event 20: was removed from the log"),
        (
            [CUT, "DELETE FROM event WHERE sequence BETWEEN 20 AND 25"],
            "events 20 to 25: were removed",
        ),
        ([CUT, "DELETE FROM event WHERE sequence > 80"], "were removed from the log"),
        (["DROP TRIGGER chain_no_delete", "DELETE FROM chain"], "events 1 to 92: not in the chain"),
        (
            [
                CUT,
                "DROP TRIGGER chain_no_delete",
                "DELETE FROM event WHERE sequence > 80",
                "DELETE FROM chain WHERE sequence > 80",
            ],
            "were removed from the log",
        ),
        (
            [
                "DROP TRIGGER chain_no_update",
                "UPDATE chain SET hash = zeroblob(32) WHERE sequence = 20",
            ],
            "event 20",
        ),
    ],
)
def test_history_that_was_changed_or_cut_is_found_by_the_chain(
    root: Path, capsys: pytest.CaptureFixture[str], statements: list[str], said: str
) -> None:
    assert "found: event" not in _doctor(root, capsys, "--deep")[1]
    _sql(root, "PRAGMA foreign_keys = OFF", *statements)
    code, found = _doctor(root, capsys, "--deep")
    assert code == 1 and said in found, found


def test_a_head_that_was_noted_shows_a_chain_that_was_made_again(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = _doctor(root, capsys)[1]
    noted = next(line.split()[-1] for line in said.splitlines() if line.startswith("log "))
    assert "found: event" not in _doctor(root, capsys, "--deep", "--noted", noted)[1]
    _sql(
        root,
        CHANGE,
        "DROP TRIGGER chain_no_delete",
        "UPDATE event SET annotator = 'eve' WHERE sequence = 20",
        "DELETE FROM chain",
    )
    with Project.open(root) as of:
        hash_chain.catch_up(of._database)
    assert "history was changed" in _doctor(root, capsys, "--deep", "--noted", noted)[1]
    # The program notes the head itself, beside the database.
    assert "no longer has it" in _doctor(root, capsys)[1]
    assert _doctor(root, capsys, "--noted", "x")[0] == 2


def test_the_chain_follows_decisions_imports_and_merges(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root, tmp_path / "q")
    with Project.open(tmp_path / "q") as of:
        session = Session(of, "cyn", "a")
        session.open("doc-0")
        session.do(do.Flag(paragraph=True))
    with Project.open(root) as of:
        session = Session(of, "dan", "a")
        session.open("doc-0")
        session.do(do.Flag(paragraph=True))
        of.merge(tmp_path / "q" / "annotator.db")
        assert of.verify(deep=True) == []
        events = of._database.value("SELECT count(*) FROM event")
        assert of._database.value("SELECT count(*) FROM chain") == events
        assert of.chain_head()[0] == events


def _with_log(root: Path, to: Path) -> Path:
    """A copy of a project as left by a process that was killed after ten more decisions."""
    with Project.open(root) as of:
        of.backup(to.with_suffix(".db"))
        of._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        session = Session(of, "cyn", "a")
        session.open("doc-0")
        for number in range(10):
            session.do(do.Note(f"cyn's, number {number}", paragraph=True))
        shutil.copytree(root, to)
    return to


def _turn_a_bit(log: Path, at: int) -> None:
    data = bytearray(log.read_bytes())
    data[at] ^= 4
    log.write_bytes(data)


@pytest.mark.skipif(not WAL_IS_SAFE, reason="this SQLite keeps no log beside the database")
@pytest.mark.parametrize(
    "damage",
    [
        lambda log: _turn_a_bit(log, 9),  # the head of the log
        lambda log: _turn_a_bit(log, 5000),  # its first pages
        lambda log: _turn_a_bit(log, log.stat().st_size - 99),  # its last page
        lambda log: os.truncate(log, 20),
        lambda log: os.truncate(log, log.stat().st_size // 2),
        lambda log: os.truncate(log, log.stat().st_size - 1),
        Path.unlink,
    ],
)
def test_a_damaged_log_is_told_whoever_opens_the_database_first(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[Path], None]
) -> None:
    """SQLite takes such a log for a shorter one, and says nothing."""
    shutil.copytree(_with_log(root, tmp_path / "q"), tmp_path / "whole")
    with Project.open(tmp_path / "whole") as of:
        assert of.verify(deep=True) == []
        last, _ = of.chain_head()
    assert "lost-" not in _doctor(tmp_path / "whole", capsys)[1]
    damage(tmp_path / "q" / "annotator.db-wal")
    with Project.open(tmp_path / "q") as of:
        assert of.chain_head()[0] < last
        session = Session(of, "dan", "a")
        session.open("doc-0")
        session.do(do.Flag(paragraph=True))
    run(["--project", str(tmp_path / "q"), "status"])
    assert f"no longer has event {last}" in capsys.readouterr().err
    code, said = _doctor(tmp_path / "q", capsys)
    assert code == 1 and "was written to the database, which no longer has it" in said
    assert said.count("lost-") == 1
    assert run(["--project", str(tmp_path / "q"), "restore", str(tmp_path / "q.db")]) == 0
    assert "no longer has it" in _doctor(tmp_path / "q", capsys)[1]


def test_a_damaged_lock_file_is_no_loss(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = root / "annotator.db.lock"
    data = lock.read_bytes()
    for at in (257, 270, 330, len(data.rstrip()) - 1):
        lock.write_bytes(data)
        _turn_a_bit(lock, at)
        assert "lost-" not in _doctor(root, capsys)[1]
    lock.write_bytes(data[:300])
    assert "lost-" not in _doctor(root, capsys)[1]


def test_a_database_that_has_all_again_or_was_replaced_on_purpose_has_lost_nothing(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Project.open(root) as of:
        session = Session(of, "cyn", "a")
        session.open("doc-0")
        session.do(do.Flag(paragraph=True))
        of.backup(tmp_path / "old.db")
        session.do(do.Flag(paragraph=True))
        of.backup(tmp_path / "new.db")
    shutil.copyfile(tmp_path / "old.db", root / "annotator.db")
    assert "no longer has it" in _doctor(root, capsys)[1]
    assert run(["--project", str(root), "restore", str(tmp_path / "new.db")]) == 0
    assert "lost-" not in _doctor(root, capsys)[1]  # Now it has them again.
    for file in root.glob("*.lost-*"):
        file.unlink()
    assert run(["--project", str(root), "restore", str(tmp_path / "old.db")]) == 0
    assert "lost-" not in _doctor(root, capsys)[1]


def test_a_log_of_before_is_chained_when_it_is_migrated_and_when_an_older_program_wrote(
    root: Path,
) -> None:
    with closing(sqlite3.connect(root / "annotator.db")) as raw:
        sql = "SELECT sql FROM sqlite_schema WHERE name = 'chain_no_delete'"
        trigger = raw.execute(sql).fetchone()[0]
    _sql(root, "DROP TRIGGER chain_no_delete", "DELETE FROM chain WHERE sequence > 30", trigger)
    with Project.open(root) as of:
        (found,) = of.verify(deep=True)
        assert "events 31 to" in found.where and "not in the chain" in found.message
        session = Session(of, "cyn", "a")
        session.open("doc-0")
        session.do(do.Flag(paragraph=True))
        hash_chain.catch_up(of._database)
        assert of.verify(deep=True) == []
        assert of._database.value("SELECT count(*) FROM chain") == of._database.value(
            "SELECT count(*) FROM event"
        )


def test_poison_in_the_database_is_left_out_and_reported_and_the_rest_goes_on(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _sql(
        root,
        """UPDATE item SET state = json_set(state, '$.value.attributes', 7, '$.value.origin', json('[1]'))
        WHERE annotator = 'ada' AND item = 'sIran'""",
        "UPDATE item SET state = json_set(state, '$.value.id', null) WHERE annotator = 'ben' "
        "AND item = 'rIran'",
    )
    with Project.open(root) as of:
        records = {record.annotator: record for record in of.log.records()}
    assert len(records["ada"].spans) == 3 and len(records["ben"].spans) == 4
    capsys.readouterr()
    assert run(
        ["--project", str(root), "export", "jsonl", "--status", "all", "-o", str(root / "out")]
    ) in (
        0,
        1,
    )
    assert run(["--project", str(root), "status"]) == 0
    code, said = _doctor(root, capsys)
    assert code == 1 and "sIran" in said and "rIran" in said


def test_a_fault_of_the_program_is_not_told_as_damage(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ImportError("cannot import name 'chain_of'")

    monkeypatch.setattr(hash_chain, "check", broken)
    code, said = _doctor(root, capsys, "--deep")
    assert (
        code == 1
        and "installation is incomplete: ImportError" in said
        and "install it again" in said
    )
    assert "annotator.db" not in said.partition("found:")[2] and "backup" not in said


@pytest.mark.parametrize("module", ["hash_chain.check", "log.item_row", "derived.check"])
def test_what_fails_with_whole_data_too_is_not_told_as_damage(
    root: Path, module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Damage raises the same kinds of exceptions, so the checks are also run on an intact
    database."""

    def broken(*_: object) -> None:
        raise AttributeError("'NoneType' object has no attribute 'rows'")

    monkeypatch.setattr(f"annotator.store.{module}", broken)
    code, said = _doctor(root, capsys, "--deep")
    assert code == 1 and "finds damage where there is none" in said and "AttributeError" in said
    assert "backup" not in said and "is damaged" not in said
