"""Who codes which document: documents are divided evenly, with the same result each time, and
annotators see theirs."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playing import play, press, shown
from support import TEXT, document, examples, held, project, suggestions
from textual.pilot import Pilot

from annotator.cli import run
from annotator.errors import BusyError
from annotator.model.decision import (
    DOCUMENT,
    Action,
    Completion,
    CompletionMark,
    Decision,
    Standing,
    Status,
)
from annotator.model.record import GOLD, Record
from annotator.project import Project, QueueFilter, SuggestionRun
from annotator.store import assignments
from annotator.store.opening import SCHEMA_VERSION
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.queue import QueueScreen
from annotator.tui.session import Session
from annotator.tui.session.queue import AnnotatorQueue
from annotator.workflows.assign import (
    BLOCK,
    OpenAssignment,
    all_done,
    assign,
    clear,
    deal,
    is_shared,
    report,
)

SEED = "0123456789abcdef"


def _texts(*numbers: int) -> list[str]:
    """Texts of different lengths."""
    return [f"Text {n} says that much is to be done. " + "word " * (7 * n % 23) for n in numbers]


def _project(root: Path, count: int = 10) -> Project:
    of = project(root, *_texts(*range(count)))
    of.keep_setting("blind_seed", SEED)
    return of


def _import(of: Project, first: int, last: int) -> None:
    texts = zip(range(first, last), _texts(*range(first, last)), strict=True)
    of.documents.add(document(text, id=f"doc-{n}") for n, text in texts)


def _work(of: Project, who: str, id: str, completion: Completion) -> None:
    """Somebody has begun, finished or skipped a document."""
    of.log.add_records([Record(of.documents.load(id), who, completion)])


def _people(of: Project) -> dict[str, set[str]]:
    """A dict from document to the annotators who hold it."""
    people: dict[str, set[str]] = {id: set() for id in of.documents.ids()}
    for one in of.assignments.held():
        people[one.document].add(one.annotator)
    return people


def _words(of: Project) -> dict[str, int]:
    return {one.annotator: one.words for one in report(of).holdings}


# --- dealing


@settings(max_examples=examples(200))
@given(
    st.lists(st.integers(0, 900), min_size=1, max_size=40),
    st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))),
)
def test_loads_differ_by_no_more_than_the_longest_document(
    lengths: list[int], many: tuple[int, int]
) -> None:
    count, each = many
    names = tuple(f"coder-{i}" for i in range(count))
    words = {f"doc-{i}": length for i, length in enumerate(lengths)}
    given_ = deal([OpenAssignment(id, each, names) for id in words], words, {})
    assert len(set(given_)) == len(given_)
    assert Counter(id for _, id in given_) == dict.fromkeys(words, each)
    load = {name: sum(words[id] for who, id in given_ if who == name) for name in names}
    assert max(load.values()) - min(load.values()) <= max(lengths)


def test_the_longest_come_first_and_what_somebody_has_already_is_evened_out() -> None:
    both = ("ada", "ben")
    words = {"doc-0": 30, "doc-1": 30, "doc-2": 60}
    assert deal([OpenAssignment(id, 1, both) for id in words], words, {}) == [
        ("ada", "doc-2"),
        ("ben", "doc-0"),
        ("ben", "doc-1"),
    ]
    words = {f"doc-{i}": 10 for i in range(6)}
    needs = [OpenAssignment(id, 1, both) for id in words]
    assert Counter(who for who, _ in deal(needs, words, {"ada": 40})) == {"ben": 5, "ada": 1}


@settings(max_examples=examples(100))
@given(st.floats(0, 1), st.text(max_size=8), st.integers(1, 40))
def test_of_any_number_of_documents_the_share_goes_to_all(
    share: float, seed: str, count: int
) -> None:
    chosen = sum(is_shared(at, share=share, seed=seed) for at in range(count))
    assert abs(chosen - share * count) <= (1 + 1e-9 if count % BLOCK == 0 else BLOCK)
    assert not is_shared(count, share=0, seed=seed) and is_shared(count, share=1, seed=seed)


def test_the_seed_of_the_project_decides_which_documents_go_to_all(tmp_path: Path) -> None:
    with _project(tmp_path / "p", 20) as of:
        shared = []
        for seed in (SEED, SEED, "another"):
            of.keep_setting("blind_seed", seed)
            found = assign(of, ["ada", "ben", "cid"], overlap=0.2, dry_run=True)
            count = Counter(id for _, id in found.pairs)
            assert sorted(count.values()) == [1] * 16 + [3] * 4 and found.shared == 4
            shared.append({id for id in count if count[id] == 3})
        assert shared[0] == shared[1] != shared[2]


# --- in a project


def test_every_document_goes_to_one_evenly_and_the_same_each_time(tmp_path: Path) -> None:
    with _project(tmp_path / "p") as one, _project(tmp_path / "q") as other:
        planned = assign(one, ["ada", "ben", "cid"], dry_run=True)
        assert not one.assignments.any() and not one.assignments.held()
        made = assign(one, ["ada", "ben", "cid"])
        assert made == planned == assign(other, ["ada", "ben", "cid"])
        assert all(len(people) == 1 for people in _people(one).values())
        words = _words(one)
        assert set(words) == {"ada", "ben", "cid"}
        assert max(words.values()) - min(words.values()) <= max(one.documents.words().values())
        assert (made.report.free, made.report.documents) == (0, 10)
        assert made.report == report(one)


def test_words_are_those_of_paragraphs_to_annotate(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT) as of:
        assert "Advertisement" in TEXT
        assert of.documents.words() == {"doc-0": len(TEXT.split()) - 1}


def test_again_after_an_import_only_what_is_new_is_given_and_evened_out(tmp_path: Path) -> None:
    with _project(tmp_path / "p") as of:
        assign(of, ["ada", "ben"], overlap=0.2)
        before = _people(of)
        assert assign(of, ["ada", "ben"], overlap=0.2).pairs == ()
        assert _people(of) == before
        _import(of, 10, 20)
        found = assign(of, ["ada", "ben"], overlap=0.2)
        assert {id for _, id in found.pairs} == {f"doc-{n}" for n in range(10, 20)}
        after = _people(of)
        assert {id: after[id] for id in before} == before
        assert sorted(len(people) for people in after.values()) == [1] * 16 + [2] * 4
        words = _words(of)
        assert abs(words["ada"] - words["ben"]) <= max(of.documents.words().values())


def test_one_who_comes_later_gets_what_is_not_fully_assigned(tmp_path: Path) -> None:
    with _project(tmp_path / "p") as of:
        assign(of, ["ada", "ben", "cid"], each=2)
        none = assign(of, ["dee"])
        assert none.pairs == () and none.short == 0
        assert [h.documents for h in none.report.holdings if h.annotator == "dee"] == [0]
        assert assign(of, ["dee"], each=2).pairs == ()
        assert {id for _, id in assign(of, ["dee"], each=3).pairs} == set(of.documents.ids())
        assert all(len(people) == 3 and "dee" in people for people in _people(of).values())
        _import(of, 10, 12)
        few = assign(of, ["dee"], each=2)
        assert len(few.pairs) == 2 and few.short == 2


def test_work_that_is_begun_counts_as_assigned_and_what_is_skipped_goes_to_others(
    tmp_path: Path,
) -> None:
    with _project(tmp_path / "p", 4) as of:
        _work(of, "ada", "doc-0", Completion.IN_PROGRESS)
        _work(of, "eve", "doc-1", Completion.DONE)
        _work(of, "ada", "doc-2", Completion.SKIPPED)
        begun = Standing(Status.MARKED, CompletionMark(Completion.IN_PROGRESS))
        of.log.record("doc-3", GOLD, [Decision("g", Action.COMPLETE, DOCUMENT, -1, None, begun)])
        assert report(of).free == 2 and not of.assignments.any()
        made = assign(of, ["ada"])
        assert made.pairs == (("ada", "doc-3"),) and made.short == 1
        # What she has begun stays hers; annotators who are not named have nothing assigned.
        assert [(h.annotator, h.document, h.assigned, h.done) for h in of.assignments.held()] == [
            ("ada", "doc-0", True, False),
            ("ada", "doc-3", True, False),
            ("eve", "doc-1", False, True),
        ]
        assert assign(of, ["ada", "ben"]).pairs == (("ben", "doc-2"),)


def test_only_the_documents_named_are_given(tmp_path: Path) -> None:
    with _project(tmp_path / "p") as of:
        made = assign(of, ["ada", "ben"], each=2, documents=["doc-3", "doc-7", "doc-3"])
        assert made.pairs == (
            ("ada", "doc-3"),
            ("ben", "doc-3"),
            ("ada", "doc-7"),
            ("ben", "doc-7"),
        )
        assert made.report.free == 8


def test_what_is_not_begun_is_taken_back(tmp_path: Path) -> None:
    with _project(tmp_path / "p", 4) as of:
        assign(of, ["ada", "ben"], each=2)
        _work(of, "ben", "doc-3", Completion.DONE)
        _work(of, "ada", "doc-0", Completion.IN_PROGRESS)
        _work(of, "ada", "doc-1", Completion.SKIPPED)
        planned = clear(of, ["ada"], documents=["doc-0", "doc-1", "doc-2"], dry_run=True)
        assert planned.pairs == (("ada", "doc-1"), ("ada", "doc-2"))
        assert len(of.assignments.held()) == 8
        assert clear(of, ["ada"], documents=["doc-0", "doc-1", "doc-2"]) == planned
        assert [h.document for h in of.assignments.held() if h.annotator == "ada"] == [
            "doc-0",
            "doc-3",
        ]
        assert {who for who, _ in clear(of).pairs} == {"ada", "ben"}
        kept = [("ada", "doc-0", True), ("ben", "doc-3", True)]
        assert [(h.annotator, h.document, h.assigned) for h in of.assignments.held()] == kept
        assert clear(of).pairs == ()


def test_nobody_brings_documents_while_it_is_read_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "p"
    _project(root).close()
    with Project.open(root, timeout=0.1) as of, held(root / "annotator.db"):
        for change in (lambda: assign(of, ["ada"]), lambda: clear(of)):
            with pytest.raises(BusyError):
                change()
        assert len(assign(of, ["ada"], dry_run=True).pairs) == 10

    def meanwhile(*given_: object) -> list[tuple[str, str]]:
        with Project.open(root, timeout=0.1) as other, pytest.raises(BusyError):
            _import(other, 10, 11)
        return deal(*given_)  # type: ignore[arg-type]

    monkeypatch.setattr("annotator.store.long_work.PATIENCE", 1)
    monkeypatch.setattr("annotator.workflows.assign.deal", meanwhile)
    with Project.open(root) as of:
        assert len(assign(of, ["ada"]).pairs) == 10


def test_a_database_of_the_version_before_gets_the_table_and_keeps_its_work(tmp_path: Path) -> None:
    with _project(tmp_path / "p", 2) as of:
        _work(of, "ada", "doc-0", Completion.DONE)
    raw = sqlite3.connect(tmp_path / "p" / "annotator.db")
    for statement in (
        "DROP TABLE assignment",
        "PRAGMA user_version = 3",
        "DELETE FROM _sqlite_migrations WHERE name = 'm004_assignments'",
    ):
        raw.execute(statement)
    raw.commit()
    raw.close()
    with Project.open(tmp_path / "p") as of:
        assert of.diagnosis().schema_version == SCHEMA_VERSION
        assert assign(of, ["ada", "ben"]).pairs == (("ben", "doc-1"),)
        assert [row.completion for row in of.log.completions(annotator="ada")] == [Completion.DONE]
    raw = sqlite3.connect(tmp_path / "p" / "annotator.db")
    raw.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        raw.execute("INSERT INTO assignment VALUES ('ada', 'nowhere', '')")
    raw.close()


# --- the command line


@pytest.fixture
def here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Path:
    _project(tmp_path / "p").close()
    monkeypatch.chdir(tmp_path / "p")
    monkeypatch.delenv("ANNOTATOR_PROJECT", raising=False)
    return tmp_path / "p"


_REFUSED = {
    "ada a/b": (2, "“a/b” cannot be an annotator's name\n  A name has"),
    "ada ben --overlap 1.5": (
        2,
        "--overlap: 1.5 is not a share of the documents\n  Give a number from 0",
    ),
    "ada ben --overlap nan": (2, "--overlap: nan is not a share"),
    "ada ben --each 3": (
        2,
        "--each: no document can have 3 annotators\n  There are 2 annotators: ada, ben",
    ),
    "ada ada --each 2": (2, "There is 1 annotator: ada"),
    "ada --each 0": (2, "1 or more"),
    "ada --document what": (
        3,
        "there is no document “what”\n  The documents are doc-0, doc-1, doc-2, …",
    ),
    "--clear --document what": (3, "there is no document “what”"),
    "--clear @gold": (2, "“@gold” cannot be an annotator's name"),
    "--clear --each 2": (
        2,
        "--each: --clear only takes back documents\n  Take documents back first",
    ),
    "ada --clear --overlap 0": (2, "--overlap: --clear only takes back documents"),
    "--overlap 0.2": (2, "no annotator is named\n  Name the annotators"),
    "--dry-run": (2, "no annotator is named"),
}


@pytest.mark.parametrize("line", _REFUSED)
def test_what_cannot_be_is_one_error_and_changes_nothing(
    here: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, words = _REFUSED[line]
    assert run(["assign", *line.split()]) == code
    told = capsys.readouterr()
    assert told.err.startswith("error: ") and words in told.err and told.out == ""
    with Project.open(here) as of:
        assert not of.assignments.any()


def _told(line: str, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    capsys.readouterr()
    assert run(line.split()) == 0
    told = capsys.readouterr()
    return told.out, told.err


def test_the_command_tells_what_it_does_and_who_has_what(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Project.open(here) as of:
        total = sum(of.documents.words().values())
    assert _told("assign", capsys) == (f"10 documents with {total} words assigned to nobody\n", "")
    out, err = _told("assign ada ben --overlap 0.2 --dry-run", capsys)
    assert err == "10 documents would be assigned, 2 of them to all\n"
    assert _told("assign ada ben --overlap 0.2", capsys) == (out, err.replace("would be ", ""))
    assert _told("assign", capsys) == (out, "")
    assert [line.split()[0] for line in out.splitlines()] == ["annotator", "ada", "ben"]
    assert (
        _told("assign ada ben", capsys)[1]
        == "nothing to assign: every document has an annotator already\n"
    )
    data = json.loads(_told("assign --json", capsys)[0])
    assert sum(one["documents"] for one in data["annotators"]) == 12
    assert data["documents"] == 10 and data["unassigned"] == {"documents": 0, "words": 0}
    data = json.loads(_told("assign ben --clear --json", capsys)[0])
    assert {pair["annotator"] for pair in data["taken"]} == {"ben"} and data["dry_run"] is False
    count = data["annotators"][0]["documents"]
    assert _told("assign --clear ada", capsys)[1] == f"{count} assignments taken back\n"
    assert "nothing to take back" in _told("assign --clear zoe", capsys)[1]


def test_the_status_tells_what_is_assigned_and_done(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "assigned" not in _told("status", capsys)[0]
    assert json.loads(_told("status --json", capsys)[0])["assignments"] == []
    with Project.open(here) as of:
        assign(of, ["ada"], documents=["doc-0", "doc-1", "doc-2"])
        _work(of, "ada", "doc-1", Completion.DONE)
        _work(of, "eve", "doc-5", Completion.IN_PROGRESS)
    rows = [line.split() for line in _told("status", capsys)[0].splitlines()]
    at = rows.index(["assigned", "to", "documents", "done"])
    assert rows[at + 1 : at + 3] == [["ada", "3", "1"], ["eve", "1", "0"]]
    assert json.loads(_told("status --json", capsys)[0])["assignments"] == [
        {"annotator": "ada", "documents": 3, "done": 1},
        {"annotator": "eve", "documents": 1, "done": 0},
    ]


# --- for annotators


@pytest.mark.parametrize("few", [0, 10_000])
def test_the_ways_of_an_annotator_lead_through_their_own_documents(
    tmp_path: Path, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This holds for any number of documents, since few and many are looked up in two ways."""
    monkeypatch.setattr(assignments, "FEW", few)
    with project(tmp_path / "p", *(f"{n} {TEXT}" for n in range(6))) as of:
        for n in range(6):
            of.suggestions.put(
                f"doc-{n}", suggestions(f"{n} {TEXT}"), run=SuggestionRun({"rules": "1"})
            )
        assign(of, ["ada"], documents=["doc-1", "doc-4"])
        _work(of, "ada", "doc-2", Completion.IN_PROGRESS)
        ada, ben = AnnotatorQueue(of, "ada"), AnnotatorQueue(of, "ben")
        own = ["doc-1", "doc-2", "doc-4"]
        assert [row.id for row in ada.documents()] == ada.ids() == own
        assert [row.id for row in ada.documents(offset=1, limit=1)] == ["doc-2"]
        assert (
            ada.count(),
            ada.count(QueueFilter("oc-4")),
            ada.count(QueueFilter(completion=Completion.NEW)),
        ) == (
            3,
            1,
            2,
        )
        assert ben.count() == len(ben.ids()) == len(ben.documents()) == 6
        assert (ada.neighbour("doc-2", 1), ada.neighbour("doc-2", -1)) == ("doc-4", "doc-1")
        assert ada.waiting("doc-2", 1) == "doc-4" and ada.waiting("doc-4", 1) is None
        ada.every = True
        assert (ada.neighbour("doc-2", 1), ada.waiting("doc-4", 1), ada.count()) == (
            "doc-3",
            "doc-5",
            6,
        )
        assert of.assignments.first_open("ada") == "doc-1"
        _work(of, "ada", "doc-1", Completion.DONE)
        assert of.assignments.first_open("ada") == "doc-2" and all_done(of, "ada") == ""
        assert all_done(of, "ben") == ""


def test_the_queue_shows_one_s_own_documents_and_says_when_they_are_done(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], session: Session) -> None:
        # Somewhere else is where she was last; nothing is begun there.
        assert session.review.document.id == "doc-1"
        screen = await press(pilot, "} }")
        assert session.review.document.id == "doc-3" and "last of your documents" in screen
        screen = await press(pilot, "q")
        assert isinstance(pilot.app.screen, QueueScreen)
        assert (
            "2 of 2 assigned to you" in screen
            and "2 documents assigned to you; m shows all" in screen
        )
        assert "Text 2" not in screen and "m all" in screen
        screen = await press(pilot, "m")
        assert "4 of 4  ada" in screen and "m yours" in screen and "* assigned to you" in screen
        assert [line[:9] for line in screen.splitlines()[2:6]] == [
            "   Text 0",
            "*  Text 1",
            "   Text 2",
            "*▸ Text 3",
        ]
        screen = await press(pilot, "m / e x t space 1 enter")
        assert "1 of 1 assigned to you" in screen
        screen = await press(pilot, "escape")
        assert "of 2 assigned to you" in screen and isinstance(pilot.app.screen, QueueScreen)
        await press(pilot, "home enter enter")
        assert isinstance(pilot.app.screen, AnnotateScreen)
        assert "\n document done; } goes on " in shown(pilot)
        screen = await press(pilot, "} enter")
        assert "\n all 2 documents assigned to you are done " in screen
        for key in ("n", "{", "}"):
            assert "all 2 documents assigned to you are done" in await press(pilot, key)
        assert "all 2 documents assigned to you are done; m shows all" in await press(pilot, "q")
        assert "all documents " in await press(pilot, "m")

    with _project(tmp_path / "p", 4) as of:
        first = Session(of, "ada", "a")
        first.open("doc-2")
        first.save_place()
        assign(of, ["ada"], documents=["doc-1", "doc-3"])
        play(of, script, size=(80, 24))


def test_nothing_changes_for_those_to_whom_nothing_is_assigned(tmp_path: Path) -> None:
    def screens() -> list[str]:
        found: list[str] = []

        async def script(pilot: Pilot[int], _: Session) -> None:
            for keys in ("q", "m", "?", "escape", "ctrl+p i n e"):
                found.append(await press(pilot, keys))

        play(of, script, annotator="ben", size=(80, 24))
        return found

    with _project(tmp_path / "p", 4) as of:
        before = screens()
        assign(of, ["ada"])
        assert screens() == before
        assert before[0] == before[1] and "assigned" not in "".join(before)
