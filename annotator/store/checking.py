"""Checks a database. Every item is read separately, so that damage in one does not hide the
others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from annotator.errors import FAULTS_OF_PROGRAM, AnnotatorError, ProgramError
from annotator.model.annotation import AnnotationSet, fold
from annotator.model.decision import Completion, ParagraphMark, Suggestion
from annotator.model.record import Record
from annotator.model.span import Relation, Span
from annotator.model.text import Document, split_paragraphs, text_sha256
from annotator.store import derived, documents, hash_chain, log, suggestions
from annotator.store.codec import standing_of
from annotator.store.connection import Database, Row
from annotator.store.incoming import add_records
from annotator.store.isolation import reporting_to
from annotator.store.results import Finding, SuggestionRun


def verify(db: Database, *, deep: bool = False) -> list[Finding]:
    """Everything that is wrong: damaged pages, changed texts, offsets outside the text, state that
    does not follow from the log, columns that contradict the state; with `deep`, also events that
    differ from the chain of hashes, and wrong sums.

    Raises ProgramError if the same checks find something in a database that is whole.
    """
    found = _findings(db, deep=deep)
    if found:
        # Damage can raise the same errors as a fault of the program.
        with _new() as whole:
            _fill(whole)
            for one in _findings(whole, deep=deep):
                message = (
                    f"the program finds damage where there is none ({one.where}: {one.message})"
                )
                hint = "Install it again, or report this; your data may well be whole"
                raise ProgramError(message, hint=hint)
    return found


def _findings(db: Database, *, deep: bool) -> list[Finding]:
    found: list[Finding] = []
    with reporting_to(lambda where, why: found.append(Finding(where, f"cannot be read: {why}"))):
        _verify(db, found, deep=deep)
    return list(dict.fromkeys(found))


def _fill(db: Database) -> None:
    """Put one of each thing that is checked into a new database."""
    text = "Ada Orr speaks.\n\nTaxes must fall."
    document = Document("whole", "Whole", text, split_paragraphs(text))
    actor = Span("a", "actor", "person", 0, 7, "Ada Orr", {"mention": "name"}, "suggestion")
    claim = Span("c", "claim", "policy", 17, 32, attributes={"concept": ["taxes"]})
    stance = Relation("s", "stance", "support", "a", "c")
    work = Record(
        document, "ada", Completion.DONE, (actor, claim), (stance,), (0, 1), {"a": "a note"}, ("c",)
    )
    add_records(db, [work], concepts={"claim": ("concept", True)})
    run = SuggestionRun({"rules": "1"})
    made = [Suggestion(actor, 0, "rules", "1", 0.8)]
    suggestions.put(db, document.id, made, run, untouched=False, others=False)


def _verify(db: Database, found: list[Finding], *, deep: bool) -> None:
    with _guard(found, str(db.path)):
        found += [
            Finding(str(db.path), str(row[0]))
            for row in db.rows("PRAGMA integrity_check")
            if row[0] != "ok"
        ]
    with _guard(found, str(db.path)):
        found += [
            Finding(f"table {table}, row {number}", f"belongs to a missing row of {parent}")
            for table, number, parent, _ in db.rows("PRAGMA foreign_key_check")
        ]
    with _guard(found, "the tables"), _new() as new:
        found += _schema(db, new)
        if deep:
            with _guard(found, "the sums"):
                found += derived.check(db, new)
    ids: list[str] = []
    with _guard(found, "the list of documents"):
        ids = [str(id) for id in documents.ids(db)]
    for id in ids:
        _document(db, id, found)
    if deep:
        with _guard(found, "the log"):
            found += hash_chain.check(db)
    with _guard(found, "the models"):
        found += _models(db)
    with _guard(found, "the names"):
        found += [
            Finding(f"{document} ({who}): {item}", "its name is listed under another paragraph")
            for document, who, item in db.rows(_MISPLACED)
        ]


_MISPLACED = (
    # Look up each item once: SQLite reads the whole item to find it, and an item can have very many
    # names.
    "SELECT n.document, n.annotator, n.item FROM "
    "(SELECT DISTINCT document, annotator, item, paragraph FROM name) n LEFT JOIN item i "
    "ON i.document = n.document AND i.annotator = n.annotator AND i.item = n.item "
    "WHERE i.paragraph IS NOT n.paragraph"
)


def _models(db: Database) -> Iterator[Finding]:
    for (number,) in db.rows("SELECT number FROM model WHERE data IS NOT NULL"):
        sha256, data = db.rows("SELECT sha256, data FROM model WHERE number = ?", (number,))[0]
        if hashlib.sha256(data).hexdigest() != sha256:
            yield Finding(f"model {number}", "is not the one that was stored")


@contextmanager
def _guard(found: list[Finding], where: str) -> Iterator[None]:
    """Report any exception that reading damaged data can raise, and go on with the rest."""
    try:
        yield
    except FAULTS_OF_PROGRAM:
        raise
    except AnnotatorError as error:
        found.append(Finding(where, f"cannot be read: {error.message}"))
    except Exception as error:
        found.append(Finding(where, f"cannot be read: {type(error).__name__}: {error}"))


_SCHEMA = (
    "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL "
    "AND name NOT LIKE 'search%' AND name NOT LIKE 'sqlite%' "
    "AND name NOT LIKE '\\_sqlite\\_%' ESCAPE '\\'"
)
"""Tables, indexes and triggers, except those of the index of texts, which not every SQLite can
make."""


@contextmanager
def _new() -> Iterator[Database]:
    """An empty database of this version."""
    from annotator.store.migrations import migrate

    with (
        TemporaryDirectory() as folder,
        closing(Database(Path(folder) / "new.db", create=True)) as new,
    ):
        migrate(new)
        yield new


def _schema(db: Database, new: Database) -> Iterator[Finding]:
    """Tables, indexes and triggers that differ from those that the migrations make."""
    wanted = {(kind, name): sql for kind, name, sql in new.rows(_SCHEMA)}
    there = {(kind, name): sql for kind, name, sql in db.rows(_SCHEMA)}
    for kind, name in sorted(wanted.keys() | there.keys()):
        if (kind, name) not in there:
            yield Finding(f"{kind} {name}", "is missing")
        elif (kind, name) not in wanted:
            yield Finding(f"{kind} {name}", "does not belong to this program")
        elif wanted[kind, name] != there[kind, name]:
            yield Finding(f"{kind} {name}", "is not as this program makes it")


def _document(db: Database, id: str, found: list[Finding]) -> None:
    length: int | None = None
    with _guard(found, id):
        document = documents.load(db, id)
        length = len(document.text)
        kept = db.row("SELECT sha256, length FROM document WHERE id = ?", (id,))
        if kept is None or text_sha256(document.text) != kept[0] or length != kept[1]:
            found.append(Finding(id, "the text is not the one that was imported"))
        if any(p.end > length for p in document.paragraphs):
            found.append(Finding(id, "a paragraph ends after the text"))
    with _guard(found, f"{id}: suggestions"):
        for one in suggestions.load(db, id):
            if length is not None and getattr(one.value, "end", 0) > length:
                found.append(Finding(f"{id}: suggestion {one.value.id}", "ends after the text"))
    annotators: list[str] = []
    with _guard(found, f"{id}: completions"):
        annotators = [
            str(who)
            for (who,) in db.rows(
                "SELECT annotator FROM completion WHERE document = ?1 UNION SELECT annotator "
                "FROM event WHERE document = ?1 UNION SELECT annotator FROM item WHERE document "
                "= ?1",
                (id,),
            )
        ]
    for annotator in annotators:
        _work(db, id, annotator, length, found)


def _work(db: Database, id: str, annotator: str, length: int | None, found: list[Finding]) -> None:
    where = f"{id} ({annotator})"
    before = len(found)
    for item, paragraph, text, *columns in _items(db, id, annotator, where, found):
        with _guard(found, f"{where}: {item}"):
            standing = standing_of(text)
            assert standing is not None
            row = log.item_row(id, annotator, item, paragraph, standing, text)
            if list(row[4:-1]) != columns:
                found.append(Finding(f"{where}: {item}", "the columns differ from the state"))
            end = getattr(standing.value, "end", 0)
            if length is not None and end > length:
                found.append(Finding(f"{where}: {item}", "the span ends after the text"))
    if len(found) > before:
        return  # The other checks read all items together.
    with _guard(found, where):
        stands = log.state(db, id, annotator)
        folded, _ = fold(event.decision for event in log.events(db, id, annotator))
        if folded != stands:
            found.append(Finding(where, "the state does not follow from the log"))
    with _guard(found, where):
        _completion(db, id, annotator, stands, found)


def _completion(
    db: Database, id: str, annotator: str, stands: AnnotationSet, found: list[Finding]
) -> None:
    """Compare a completion with the state and the log that it sums up."""
    kept = db.row(
        "SELECT completion, revision, updated, done, paragraphs FROM completion "
        "WHERE document = ? AND annotator = ?",
        (id, annotator),
    )
    last = db.row(
        "SELECT revision, time FROM event WHERE document = ? AND annotator = ? "
        "ORDER BY revision DESC LIMIT 1",
        (id, annotator),
    )
    done = sum(
        isinstance(standing.value, ParagraphMark) and standing.value.done
        for _, standing in stands.standings()
    )
    to_annotate = sum(
        not (p.excluded if (own := stands.mark(p.index).excluded) is None else own)
        for p in documents.load(db, id).paragraphs
    )
    completion = log.completion_of(db, id, annotator)
    if kept != (completion, *(last or (0, kept and kept[2])), done, to_annotate):
        found.append(Finding(f"{id} ({annotator})", "the completion differs from the state"))


def _items(db: Database, id: str, annotator: str, where: str, found: list[Finding]) -> list[Row]:
    with _guard(found, where):
        return db.rows(
            'SELECT item, paragraph, state, kind, status, layer, label, start, "end", source, '
            "target, entity FROM item WHERE document = ? AND annotator = ?",
            (id, annotator),
        )
    return []


def backup_to_take(db_path: Path, project: str | None) -> Path | None:
    """The newest undamaged copy of a project's database beside it; None if there is none."""
    newest: tuple[int, float, Path] | None = None
    for file in db_path.parent.glob("*.db"):
        if file.name == db_path.name:
            continue
        try:
            with closing(Database(file, read_only=True)) as copy:
                whole = copy.value("PRAGMA integrity_check(1)") == "ok"
                theirs = copy.value("SELECT value FROM setting WHERE key = 'project'")
                last = copy.value("SELECT coalesce(max(sequence), 0) FROM event")
        except (AnnotatorError, OSError):
            continue
        if whole and (project is None or theirs == project):
            rank = (last, file.stat().st_mtime, file)
            newest = rank if newest is None or rank > newest else newest
    return newest[2] if newest is not None else None


__all__ = ["backup_to_take", "verify"]
