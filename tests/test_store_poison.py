"""Values that no import accepts: nonsense in any column of any table stops nothing except its own
item."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support import TEXT, document, project, suggestions

from annotator.cli import run
from annotator.errors import AnnotatorError
from annotator.model import actions as do
from annotator.model.codebook import CodebookEntry
from annotator.model.decision import Completion
from annotator.model.record import GOLD, Record
from annotator.model.span import Relation, Span
from annotator.project import EventFilter, Project, SuggestionRun
from annotator.store import isolation
from annotator.store.isolation import state_of
from annotator.tui.reviewing import Adjudicating
from annotator.tui.session import Session

HELD = "doc-1"
"""The document that is left alone."""


def _work(who: str | None, id: str, label: str, name: str) -> Record:
    text = TEXT if id == "doc-0" else f"{id} {TEXT}"
    of = document(text, id=id)
    at, plan = text.index("Iran"), text.index("the plan")
    spans = (
        Span(f"a-{id}", "actor", "state", at, at + 4, name, {"mention": "name"}),
        Span(
            f"c-{id}",
            "claim",
            label,
            plan,
            plan + 8,
            None,
            {"concept": ["a plan"], "attribution": "author"},
        ),
    )
    side = Relation(f"r-{id}", "stance", "oppose", f"a-{id}", f"c-{id}", {"strength": 2})
    status = Completion.GOLD if who is None else Completion.DONE
    return Record(of, who, status, spans, (side,), (0, 2), {f"c-{id}": "a note"}, (f"a-{id}",))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a row in nearly every table; not to be changed."""
    root = tmp_path_factory.mktemp("whole") / "p"
    with Project.create(root) as of:
        works = [
            _work(who, id, label, name)
            for id in ("doc-0", HELD, "doc-2")
            for who, label, name in (("ada", "policy", "Iran"), ("ben", "fact", "Persia"))
        ]
        of.log.add_records([*works, _work(None, "doc-2", "policy", "Iran")])
        of.documents.add([document(f"Last. {TEXT}", id="doc-3")])
        of.documents.join_meta("doc-0", {"date": "2024-02-03", "source": "a paper"})
        for id in ("doc-0", "doc-3"):
            of.suggestions.put(id, suggestions(), run=SuggestionRun({"rules": "1"}))
        for id in ("doc-0", "doc-3"):
            session = Session(of, "cyn", of.new_session())
            session.open(id)
            session.do(do.AcceptAll())
            session.do(do.Note("a note", paragraph=True))
            session.saving.save()
        with of.assignments.writing():
            of.assignments.add([("cyn", "doc-2"), ("ada", "doc-3")])
        entry = CodebookEntry("entity", "Iran", "state", ("Persia",), "A state.", "", "", "")
        of.names.write_codebook([("entity", "Iran", entry)], who="ada", token="t")
        of.names.rule_all(
            [("entity", "Persia", "Iran", "same")], same=True, reviewer="ada", token="t"
        )
        of.provenance._db.execute(
            "INSERT INTO provenance VALUES ('doc-0', 'ada', 1, '{\"votes\":{},\"history\":{}}')"
        )
        of.learning.keep(
            b"model",
            kind="k",
            schema=of.schema.codes_hash,
            config="c",
            code="x",
            trained_on={"paragraphs": 1},
            metrics={"layers": {}},
        )
        of.parses.keep_parses("1", {"key": b"parse"})
        with Project.open(root) as other:
            from annotator.workflows.review.queue import review_rows

            review_rows(other)
    return root


JSON = {
    "event": ("before", "after"),
    "item": ("state",),
    "document": ("meta",),
    "suggestion": ("value",),
    "run": ("versions",),
    "model": ("trained_on", "metrics"),
    "provenance": ("data",),
    "codebook_event": ("entry",),
    "review": ("voters", "reasons"),
    "setting": ("value",),
}
VALUES: dict[str, tuple[object, ...]] = {
    "TEXT": ("", "nonsense", b"\xff\xfe broken"),
    "INTEGER": (-5, 7, 10**15),
    "REAL": (-3.0, 1e300),
    "BLOB": (b"\0",),
    "JSON": (
        "7",
        "null",
        "[]",
        '["x"]',
        "{}",
        "{ broken",
        "[" * 3000 + "]" * 3000,
        '{"status":"statos","value":7,"mark":[],"note":{},"id":null}',
        '{"status":"added","value":{"id":7,"layer":[],"label":null,"attributes":{"concept":{"a":1},"x":7},'
        '"origin":[1],"start":"a","end":null,"entity":3}}',
    ),
}


def columns(database: Path) -> Iterator[tuple[str, str, str]]:
    """The table, column and type of every column with data of ours."""
    with closing(sqlite3.connect(database)) as raw:
        tables = [n for (n,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for table in tables:
            if table.startswith(("sqlite_", "search", "_sqlite")) and table != "searchable":
                continue
            for _, column, kind, *_ in raw.execute(f'PRAGMA table_info("{table}")').fetchall():
                yield table, column, "JSON" if column in JSON.get(table, ()) else kind


def poison(database: Path, table: str, column: str, value: object) -> bool:
    """Put a value into a column of the first row of a table, and of a row of `doc-0` if rows belong
    to documents. Returns whether SQLite accepted it."""
    with closing(sqlite3.connect(database)) as raw:
        triggers = raw.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in triggers:
            raw.execute(f'DROP TRIGGER "{name}"')
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("PRAGMA ignore_check_constraints = ON")
        names = [n for _, n, *_ in raw.execute(f'PRAGMA table_info("{table}")')]
        where = "WHERE document = 'doc-0'" if "document" in names else ""
        if table == "document":
            where = "WHERE id = 'doc-0'"
        keys = [n for _, n, *_, pk in raw.execute(f'PRAGMA table_info("{table}")') if pk]
        key = ", ".join(f'"{k}"' for k in keys)
        row = raw.execute(f'SELECT {key} FROM "{table}" {where} ORDER BY {key} LIMIT 1').fetchone()
        if row is None:
            return False
        new = "CAST(? AS TEXT)" if isinstance(value, bytes) and value[:1] == b"\xff" else "?"
        at = " AND ".join(f'"{k}" IS ?' for k in keys)
        try:
            raw.execute(f'UPDATE "{table}" SET "{column}" = {new} WHERE {at}', (value, *row))
        except sqlite3.Error:
            return False
        for _, sql in triggers:
            raw.execute(sql)
        raw.commit()
    return True


def screens(of: Project) -> None:
    """Read what the annotate screen reads, and press a key in each document."""
    for who in ("ada", "cyn", "new"):
        session = Session(of, who, of.new_session())
        for row in session.queue.documents():
            try:
                session.open(row.id)
                session.do(do.Flag(paragraph=True))
                session.do(do.Undo())
                session.saving.save()
            except AnnotatorError:
                if row.id == HELD:
                    raise
        session.queue.count(), session.queue.ids()


def reviewing(of: Project) -> None:
    """Read what the review screen reads."""
    session = Session(of, GOLD, of.new_session(), source=Adjudicating(of, reviewer="ada"))
    for row in session.queue.documents():
        try:
            session.open(row.id)
        except AnnotatorError:
            if row.id == HELD:
                raise


def loads(of: Project) -> Iterator[tuple[str, Callable[[], object]]]:
    """What every command and screen reads, as functions."""
    from annotator.workflows import active_learning, assign, search
    from annotator.workflows.agreement import compute, methods_data
    from annotator.workflows.exchange import export
    from annotator.workflows.history import blame, decisions
    from annotator.workflows.names import consistency, harmonise, matrix, name_events, name_facts
    from annotator.workflows.network import network
    from annotator.workflows.review import discussion, leverage, queue, redefinition
    from annotator.workflows.review.who_was_right import right
    from annotator.workflows.suggesting import calibration_check
    from annotator.workflows.suggesting.suggest import SuggestionPlan
    from annotator.workflows.training import report, summary

    def opened(action: Callable[[Project], object]) -> Callable[[], object]:
        def go() -> object:
            found = action(of)
            return list(found) if isinstance(found, Iterator) else found

        return go

    reads: dict[str, Callable[[Project], object]] = {
        "status": lambda of: of.status(),
        "doctor": lambda of: of.verify(deep=True),
        "diagnosis": lambda of: (of.diagnosis(), of.chain_head()),
        "annotate": screens,
        "review": reviewing,
        "queue": lambda of: (
            of.documents.queue("ada"),
            of.documents.count("ada"),
            of.documents.ids(own="ada"),
            of.documents.waiting("cyn", HELD, 1),
            of.documents.neighbour(HELD, -1),
            of.documents.titled("Iran"),
            of.documents.words(),
            list(of.documents.texts("Iran")),
        ),
        "some": lambda of: of.documents.rows_of("ada", ["doc-0", HELD]),
        "records": lambda of: list(of.log.records()),
        "completions": lambda of: (list(of.log.completions()), of.log.progress(), of.log.sharing()),
        "finished": lambda of: list(of.log.finished(of.documents.ids())),
        "calibrate": lambda of: calibration_check.check_calibration(of),
        "log": lambda of: list(decisions.entries(of, EventFilter())),
        "blame": lambda of: [blame.blamed(of, id, "ada") for id in of.documents.ids()],
        "events": lambda of: [list(of.log.events(id)) for id in of.documents.ids()],
        "notes": lambda of: (
            of.log.notes("ada"),
            of.log.times("cyn", ""),
            of.log.left("ada"),
            of.log.last_position("cyn"),
        ),
        "names": lambda of: (
            of.names.usage("entity"),
            of.names.codebook(),
            of.names.codebook_events(),
            of.names.entities(),
            of.names.concepts(),
            of.names.rulings(),
            of.names.same(),
            of.names.given("ada", "entity"),
            of.names.mentions("ada", "entity", "Iran"),
        ),
        "registry": lambda of: [name_facts.entries(of, "ada", "entity"), name_events.history(of)],
        "codebook": lambda of: consistency.problems(of.names.codebook(), of),
        "harmonise": lambda of: harmonise.Harmonising(of).queue(),
        "matrix": lambda of: [matrix.of_project(of, who, by="concept") for who in ("ada", GOLD)],
        "network": lambda of: network.read_statements(of, network.NetworkOptions()),
        "agreement": lambda of: compute.agreement(of, intervals=False),
        "differences": lambda of: (list(methods_data.all_differences(of)), methods_data.study(of)),
        "review queue": lambda of: [
            (row, row.waiting, row.changes) for row in queue.review_rows(of)
        ],
        "right": right,
        "leverage": leverage.leverages,
        "messages": lambda of: (discussion.messages(of), redefinition.definitions_before(of)),
        "suggestions": lambda of: (
            [of.suggestions.of(id) for id in of.documents.ids()],
            of.suggestions.of_many(of.documents.ids()),
        ),
        "memory": lambda of: (of.suggestions.memory(), SuggestionPlan.of(of)),
        "learning": lambda of: (
            of.learning.finished(),
            of.learning.outcomes(),
            of.learning.models(),
            of.learning.newest(of.schema.hashes),
            of.learning.places(),
            report.over_models(of.learning.models()),
        ),
        "assignments": lambda of: (
            assign.report(of),
            of.assignments.free(),
            of.assignments.counts("cyn"),
        ),
        "teaching": lambda of: active_learning.next_documents(of, "diversity", 2, dry_run=True),
        "provenance": lambda of: (
            of.provenance.all_shown(of.documents.ids()),
            of.provenance.imported("doc-0", "ada"),
        ),
        "search": lambda of: search.search(of, "Iran"),
        "news": summary.model_summary,
        "export": lambda of: b"".join(export.Rendering(of, "jsonl").parts()),
    }
    for name, action in reads.items():
        yield name, opened(action)


COMMANDS = (
    "status --json",
    "doctor --deep",
    "agreement",
    "review --right",
    "review --merge",
    "assign dee --dry-run",
    "codebook export {out}/codebook.csv",
    "evidence Iran plan",
    "network -o {out}/net",
    "backup {out}/copy.db",
    "export jsonl --status all -o {out}/a",
    "export csv --status all -o {out}/b",
    "suggest --missing",
    "train",
)
"""What is done on the command line with a project that holds nonsense."""


def _driven(root: Path, what: object) -> None:
    """Read everything that commands and screens read; the other document is still intact."""
    try:
        of = Project.open(root)
    except AnnotatorError:
        return
    with of:
        for name, load in loads(of):
            try:
                load()
            except AnnotatorError:
                continue
            except Exception as error:
                raise AssertionError(f"{what}: {name} ends in {error!r}") from error


def _clean(whole: Path, root: Path, caplog: pytest.LogCaptureFixture) -> Path:
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(whole, root)
    isolation._told.clear()
    caplog.clear()
    return root / "annotator.db"


BAD_JSON = "[" * 3000 + "]" * 3000


def test_nonsense_in_every_table_stops_nothing(
    whole: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One column of each table at once; then all commands."""
    monkeypatch.setenv("ANNOTATOR_BACKGROUND", "off")
    database = _clean(whole, tmp_path / "p", caplog)
    done = set()
    for table, column, kind in columns(database):
        value = {"JSON": BAD_JSON, "TEXT": b"\xff\xfe broken"}.get(kind)
        if value is not None and table not in done and table not in ("document", "completion"):
            done.add(table) if poison(database, table, column, value) else None
    assert len(done) > 12
    _driven(tmp_path / "p", "all of it")
    with Project.open(tmp_path / "p") as of:
        assert {"ada", "ben"} <= {one.annotator for one in of.log.records(document=HELD)}
        assert any("doc-0" in finding.where for finding in of.verify())
    assert "left out" in caplog.text
    (tmp_path / "out").mkdir()
    for line in COMMANDS:
        words = line.format(out=tmp_path / "out").split()
        assert run(["--project", str(tmp_path / "p"), "--annotator", "ada", *words]) in (0, 1, 2, 3)
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err, (line, said.err)
        assert "Usage:" not in said.err, (line, said.err)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("item", "state", '{"status":"statos"}'),
        ("suggestion", "value", BAD_JSON),
        ("document", "meta", "7"),
        ("codebook_event", "entry", '{"aliases":[7]}'),
        ("event", "after", "[]"),
        ("provenance", "data", "[]"),
        ("setting", "value", b"\xff\xfe broken"),
        ("text", "text", b"\xff\xfe broken"),
        ("paragraph", "end", 10**15),
        ("document", "position", 10**15),
        ("completion", "completion", "nonsense"),
    ],
    ids=lambda given: str(given)[:20],
)
def test_what_cannot_be_read_is_named_and_the_rest_goes_on(
    whole: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    table: str,
    column: str,
    value: object,
) -> None:
    database = _clean(whole, tmp_path / "p", caplog)
    assert poison(database, table, column, value)
    _driven(tmp_path / "p", f"{table}.{column}")
    with Project.open(tmp_path / "p") as of:
        found = " ".join(f"{one.where} {one.message}" for one in of.verify(deep=True))
        names = {one.annotator for one in of.log.records(document=HELD)}
    assert {"ada", "ben"} <= names
    assert found + caplog.text or (table, column) == ("document", "position")


def test_damage_of_several_kinds_is_told_and_leaves_the_rest(
    whole: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Columns without a value, half a character, another item's state, no paragraphs, no score."""
    from annotator.workflows.exchange import export
    from annotator.workflows.history import blame, decisions

    database = _clean(whole, tmp_path / "p", caplog)
    with closing(sqlite3.connect(database)) as raw:
        for name, _ in raw.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"):
            raw.execute(f'DROP TRIGGER "{name}"')
        raw.execute("PRAGMA ignore_check_constraints = ON")
        for statement in (
            "UPDATE item SET label = NULL WHERE document = 'doc-0' AND item = 'a-doc-0'",
            "UPDATE item SET start = NULL WHERE document = 'doc-0' AND item = 'c-doc-0'",
            "UPDATE item SET source = NULL WHERE document = 'doc-0' AND item = 'r-doc-0' "
            "AND annotator = 'ben'",
            "UPDATE event SET item = 'x' WHERE document = 'doc-0' AND item = 'a-doc-0'",
            "UPDATE document SET meta = '{\"source\":\"\\ud800\"}' WHERE id = 'doc-3'",
            "UPDATE suggestion SET score = 9e999",
            "DELETE FROM paragraph WHERE document = 'doc-2'",
        ):
            assert raw.execute(statement).rowcount, statement
        raw.commit()
    with Project.open(tmp_path / "p") as of:
        held = {r.document.id for some in of.log.finished(of.documents.ids()) for r in some}
        assert HELD in held and "doc-2" not in held
        assert of.learning.outcomes() == []
        assert [one for one in of.suggestions.of("doc-0") if one.score > 1] == []
        assert blame.blamed(of, "doc-0", "ada")
        assert {e.document for e in decisions.entries(of, EventFilter())} == {"doc-0", HELD}
        assert HELD.encode() in b"".join(export.Rendering(of, "jsonl").parts())
    for word in (
        "no label, bounds or ends",
        "ends cannot be read",
        "doc-3",
        "decisions on “doc-2”",
    ):
        assert word in caplog.text


def test_what_is_said_of_damage_is_short(caplog: pytest.LogCaptureFixture) -> None:
    isolation.leave_out("x" * 10**6, "y" * 10**6)
    assert len(caplog.text) < 2000


@pytest.mark.slow
@pytest.mark.parametrize("table", sorted({"event", "item", "document", *JSON}))
def test_nonsense_in_any_column_stops_nothing(
    whole: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, table: str
) -> None:
    """Try one value in every column, a different one from column to column; trying all would take
    minutes."""
    chosen = random.Random(table)
    for of, column, kind in columns(whole / "annotator.db"):
        if of != table:
            continue
        value = chosen.choice((*VALUES[kind], *(VALUES["TEXT"] if kind == "JSON" else ())))
        database = _clean(whole, tmp_path / "p", caplog)
        if poison(database, table, column, value):
            _driven(tmp_path / "p", (table, column, str(value)[:40]))


def test_a_state_that_is_no_json_is_left_out_of_queries_that_ask_into_states(
    whole: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """As a damaged disk leaves it, since no SQL could write it."""
    database = _clean(whole, tmp_path / "p", caplog)
    with closing(sqlite3.connect(database)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
    data = database.read_bytes()
    database.write_bytes(data.replace(b'{"mark":{"done":true', b'{[mark":{"done":true'))
    with Project.open(tmp_path / "p") as of:
        records = list(of.log.records())
        assert len(records) > 5
        of.learning.finished()
        of.log.notes("ada")
    assert "left out" in caplog.text


@pytest.mark.parametrize(
    "call",
    [
        lambda of: of.documents.add([1]),
        lambda of: of.documents.load(object()),
        lambda of: of.documents.load("\ud800"),
        lambda of: list(of.documents.each([{}])),
        lambda of: of.documents.join_meta("doc-0", None),
        lambda of: of.documents.join_meta("doc-0", {1: "a"}),
        lambda of: of.documents.join_meta("doc-0", {"a": float("nan")}),
        lambda of: of.documents.join_meta("doc-0", {"a": object()}),
        lambda of: of.documents.join_meta("doc-0", {"a": "\ud800"}),
        lambda of: of.documents.join_meta([], {"a": "b"}),
        lambda of: of.keep_setting("a", object()),
        lambda of: of.log.add_records([Record(document(), "ada", Completion.DONE, done=None)]),
        lambda of: of.log.add_records([Record(document(), "ada", Completion.DONE, notes=[])]),
        lambda of: of.log.add_records([Record(document(), "ada", Completion.DONE, flags=None)]),
        lambda of: of.log.add_records([Record(document(), [], Completion.DONE)]),
        lambda of: of.assignments.add([(None, "doc-0")]),
    ],
)
def test_what_a_caller_gives_of_a_wrong_type_is_an_error_of_ours(
    tmp_path: Path, call: Callable[[Project], object]
) -> None:
    with project(tmp_path / "p", TEXT) as of:
        with pytest.raises(AnnotatorError):
            call(of)
        assert of.documents.ids() == ["doc-0"] and of.documents.load("doc-0").meta == {}
        assert of.verify(deep=True) == []


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, 10**40])
def test_a_number_of_more_than_64_bits_in_a_state_stays_exact(number: int) -> None:
    annotation = f'{{"attributes":{{"strength":{number}}},"id":"a"}}'
    assert state_of(annotation)["attributes"] == {"strength": number}
    state = state_of(f'{{"status":"added","value":{annotation}}}')
    assert state["value"]["attributes"] == {"strength": number}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]", "it is a list"),
        ('{"a":NaN}', "it contains NaN"),
        ('{"a":1e999}', "it contains"),
        ('{"note":"\\ud800"}', "surrogates not allowed"),
        ("{", "Expecting property name"),
    ],
)
def test_what_is_no_state_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        state_of(text)
