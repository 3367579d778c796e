"""The history of the tables: every change of the database is one function at the end of this file.

A function that was released is never edited: a test freezes each by its hash. sqlite-utils runs
them and keeps the list of those applied; each runs in its own BEGIN IMMEDIATE.
"""

from __future__ import annotations

import logging

from sqlite_utils import Database as Utils
from sqlite_utils.migrations import Migrations

from annotator.model.text import folded_sha256
from annotator.store import search
from annotator.store.arriving import m013_coming, m016_hidden_completions
from annotator.store.codebook import m017_fields_of_entries
from annotator.store.connection import Database
from annotator.store.direct_sums import m015_direct_sums
from annotator.store.hash_chain import m012_chain
from annotator.store.opening import SCHEMA_VERSION
from annotator.store.parses import m007_parses
from annotator.store.provenance import (
    m018_when_shown,
    m019_blind_when_opened,
    m020_when_opened,
)
from annotator.store.reviews import m011_reviews
from annotator.store.second_copies import m014_second_copies
from annotator.store.sums import m006_sums

migrations = Migrations("annotator")
logger = logging.getLogger(__name__)


def migrate(database: Database) -> None:
    """Bring a database up to this program's version, step by step. Each step happens completely or
    not at all, and others can write in between."""
    if database.version:
        logger.warning(
            "%s is being updated from version %d to %d; this can take a minute in a large "
            "project, and others wait for each step",
            database.path,
            database.version,
            SCHEMA_VERSION,
        )
    with database.migrating():
        while database.version < SCHEMA_VERSION:
            with database.write():
                utils = Utils(database.connection, use_counts_table=False, execute_plugins=False)
                pending = [step.name for step in migrations.pending(utils)]
                # Nobody else uses a new database, so it is made in one transaction.
                later = pending[1:] if database.version else []
                migrations.apply(utils, stop_before=later[:1])
                version = SCHEMA_VERSION - len(later)
                database.execute(f"PRAGMA user_version = {version}")


def _script(db: Utils, script: str) -> None:
    """Run statements separated by lines of `--`, without the implied COMMIT of `executescript`."""
    for statement in script.split("\n--\n"):
        db.execute(statement)


@migrations()
def m001_first(db: Utils) -> None:
    """Documents, the event log with the state that follows from
    it, suggestions, places and settings."""
    _script(
        db,
        """
        CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID
--
        CREATE TABLE document (
            id TEXT PRIMARY KEY CHECK (id <> ''),
            position INTEGER NOT NULL UNIQUE,
            title TEXT NOT NULL,
            sha256 TEXT NOT NULL UNIQUE CHECK (length(sha256) = 64),
            length INTEGER NOT NULL CHECK (length >= 0),
            paragraphs INTEGER NOT NULL CHECK (paragraphs >= 0),
            meta TEXT NOT NULL CHECK (json_valid(meta)),
            imported TEXT NOT NULL
        ) STRICT
--
        CREATE TABLE text (
            document TEXT PRIMARY KEY REFERENCES document (id),
            text TEXT NOT NULL
        ) STRICT
--
        CREATE TABLE paragraph (
            document TEXT NOT NULL REFERENCES document (id),
            number INTEGER NOT NULL CHECK (number >= 0),
            start INTEGER NOT NULL CHECK (start >= 0),
            "end" INTEGER NOT NULL,
            excluded INTEGER NOT NULL CHECK (excluded IN (0, 1)),
            PRIMARY KEY (document, number),
            CHECK (start < "end")
        ) STRICT, WITHOUT ROWID
--
        CREATE TABLE event (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            document TEXT NOT NULL REFERENCES document (id),
            annotator TEXT NOT NULL CHECK (annotator <> ''),
            revision INTEGER NOT NULL CHECK (revision > 0),
            grouping TEXT NOT NULL,
            action TEXT NOT NULL,
            item TEXT NOT NULL,
            paragraph INTEGER NOT NULL CHECK (paragraph >= -1),
            before TEXT CHECK (before IS NULL OR json_valid(before)),
            after TEXT CHECK (after IS NULL OR json_valid(after)),
            reverts TEXT,
            time TEXT NOT NULL,
            UNIQUE (document, annotator, revision)
        ) STRICT
--
        CREATE TABLE item (
            document TEXT NOT NULL REFERENCES document (id),
            annotator TEXT NOT NULL,
            item TEXT NOT NULL,
            paragraph INTEGER NOT NULL CHECK (paragraph >= -1),
            kind TEXT NOT NULL
                CHECK (kind IN ('span', 'relation', 'paragraph', 'document', 'none')),
            status TEXT NOT NULL,
            layer TEXT,
            label TEXT,
            start INTEGER,
            "end" INTEGER,
            source TEXT,
            target TEXT,
            entity TEXT,
            state TEXT NOT NULL CHECK (json_valid(state)),
            PRIMARY KEY (document, annotator, item),
            CHECK (kind <> 'span' OR (start >= 0 AND start < "end")),
            CHECK (kind <> 'relation' OR (source IS NOT NULL AND target IS NOT NULL)),
            CHECK (kind NOT IN ('span', 'relation') OR (layer IS NOT NULL AND label IS NOT NULL))
        ) STRICT, WITHOUT ROWID
--
        CREATE INDEX item_entity ON item (entity) WHERE entity IS NOT NULL
--
        CREATE TABLE completion (
            annotator TEXT NOT NULL,
            document TEXT NOT NULL REFERENCES document (id),
            completion TEXT NOT NULL
                CHECK (completion IN ('new', 'in_progress', 'done', 'skipped', 'gold')),
            revision INTEGER NOT NULL CHECK (revision >= 0),
            done INTEGER NOT NULL CHECK (done >= 0),
            paragraphs INTEGER NOT NULL CHECK (paragraphs >= 0),
            updated TEXT NOT NULL,
            PRIMARY KEY (annotator, document)
        ) STRICT, WITHOUT ROWID
--
        CREATE INDEX completion_document ON completion (document)
--
        CREATE TABLE run (
            id INTEGER PRIMARY KEY,
            time TEXT NOT NULL,
            versions TEXT NOT NULL CHECK (json_valid(versions)),
            config TEXT NOT NULL
        ) STRICT
--
        CREATE TABLE suggestion (
            document TEXT NOT NULL REFERENCES document (id),
            id TEXT NOT NULL,
            paragraph INTEGER NOT NULL CHECK (paragraph >= 0),
            kind TEXT NOT NULL CHECK (kind IN ('span', 'relation')),
            layer TEXT NOT NULL,
            label TEXT NOT NULL,
            start INTEGER,
            "end" INTEGER,
            value TEXT NOT NULL CHECK (json_valid(value)),
            suggester TEXT NOT NULL,
            version TEXT NOT NULL,
            score REAL NOT NULL CHECK (score BETWEEN 0 AND 1),
            rank INTEGER NOT NULL CHECK (rank >= 0),
            reason TEXT NOT NULL,
            rule TEXT NOT NULL,
            run INTEGER NOT NULL REFERENCES run (id),
            PRIMARY KEY (document, id),
            CHECK (kind <> 'span' OR (start >= 0 AND start < "end"))
        ) STRICT, WITHOUT ROWID
--
        CREATE TABLE place (
            annotator TEXT NOT NULL,
            document TEXT NOT NULL REFERENCES document (id),
            paragraph INTEGER NOT NULL,
            item TEXT,
            mode TEXT NOT NULL,
            serial INTEGER NOT NULL,
            PRIMARY KEY (annotator, document)
        ) STRICT, WITHOUT ROWID
--
        CREATE TRIGGER event_no_update BEFORE UPDATE ON event
        BEGIN SELECT RAISE(ABORT, 'events are never changed'); END
--
        CREATE TRIGGER event_no_delete BEFORE DELETE ON event
        BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END
--
        CREATE TRIGGER text_no_update BEFORE UPDATE ON text
        BEGIN SELECT RAISE(ABORT, 'texts are never changed'); END
--
        CREATE TRIGGER text_no_delete BEFORE DELETE ON text
        BEGIN SELECT RAISE(ABORT, 'texts are never deleted'); END
--
        CREATE TRIGGER document_text_fixed BEFORE UPDATE OF id, sha256, length ON document
        BEGIN SELECT RAISE(ABORT, 'texts are never changed'); END
--
        CREATE TRIGGER document_no_delete BEFORE DELETE ON document
        BEGIN SELECT RAISE(ABORT, 'documents are never deleted'); END
""",
    )


@migrations()
def m002_names(db: Utils) -> None:
    """The names that standing spans bear; `store.naming` fills the table."""
    _script(
        db,
        """
        CREATE TABLE name (
            annotator TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('entity', 'concept')),
            name TEXT NOT NULL,
            document TEXT NOT NULL REFERENCES document (id),
            item TEXT NOT NULL,
            paragraph INTEGER NOT NULL,
            form TEXT NOT NULL,
            PRIMARY KEY (kind, name, annotator, document, item)
        ) STRICT, WITHOUT ROWID
--
        CREATE INDEX name_item ON name (document, annotator, item)
--
        CREATE INDEX name_form ON name (kind, form, annotator, name)
""",
    )


@migrations()
def m003_models(db: Utils) -> None:
    """Trained models; of suggestions whether they are shown, and their scores before calibration;
    which paragraphs were opened."""
    _script(
        db,
        """
        CREATE TABLE model (
            number INTEGER PRIMARY KEY CHECK (number > 0),
            created TEXT NOT NULL,
            kind TEXT NOT NULL,
            schema TEXT NOT NULL,
            config TEXT NOT NULL,
            code TEXT NOT NULL,
            sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
            trained_on TEXT NOT NULL CHECK (json_valid(trained_on)),
            metrics TEXT NOT NULL CHECK (json_valid(metrics)),
            data BLOB
        ) STRICT
--
        ALTER TABLE suggestion ADD COLUMN shown INTEGER NOT NULL DEFAULT 1 CHECK (shown IN (0, 1))
--
        ALTER TABLE suggestion ADD COLUMN blind INTEGER NOT NULL DEFAULT 0 CHECK (blind IN (0, 1))
--
        ALTER TABLE suggestion ADD COLUMN raw REAL CHECK (raw IS NULL OR raw BETWEEN 0 AND 1)
--
        CREATE TABLE opened (
            document TEXT NOT NULL REFERENCES document (id),
            paragraph INTEGER NOT NULL CHECK (paragraph >= 0),
            annotator TEXT NOT NULL,
            PRIMARY KEY (document, paragraph, annotator)
        ) STRICT, WITHOUT ROWID
""",
    )


@migrations()
def m004_assignments(db: Utils) -> None:
    """Who is to code which document."""
    _script(
        db,
        """
        CREATE TABLE assignment (
            annotator TEXT NOT NULL CHECK (annotator <> ''),
            document TEXT NOT NULL REFERENCES document (id),
            time TEXT NOT NULL,
            PRIMARY KEY (annotator, document)
        ) STRICT, WITHOUT ROWID
--
        CREATE INDEX assignment_document ON assignment (document)
""",
    )


@migrations()
def m005_provenance(db: Utils) -> None:
    """Which person decided in review; which suggestions an annotator was shown; what a record that
    came in says of how it was made; which names are the same."""
    _script(
        db,
        """
        ALTER TABLE event ADD COLUMN reviewer TEXT
--
        CREATE TABLE shown (
            document TEXT NOT NULL REFERENCES document (id),
            annotator TEXT NOT NULL CHECK (annotator <> ''),
            id TEXT NOT NULL,
            paragraph INTEGER NOT NULL CHECK (paragraph >= 0),
            layer TEXT NOT NULL,
            label TEXT NOT NULL,
            start INTEGER,
            "end" INTEGER,
            source TEXT,
            target TEXT,
            suggester TEXT NOT NULL,
            version TEXT NOT NULL,
            PRIMARY KEY (document, annotator, id)
        ) STRICT, WITHOUT ROWID
--
        CREATE TABLE provenance (
            document TEXT NOT NULL REFERENCES document (id),
            annotator TEXT NOT NULL,
            revision INTEGER NOT NULL CHECK (revision >= 0),
            data TEXT NOT NULL CHECK (json_valid(data)),
            PRIMARY KEY (document, annotator)
        ) STRICT, WITHOUT ROWID
--
        CREATE TABLE ruling (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('entity', 'concept')),
            name TEXT NOT NULL CHECK (name <> ''),
            canonical TEXT NOT NULL CHECK (canonical <> ''),
            same INTEGER NOT NULL CHECK (same IN (0, 1)),
            reviewer TEXT,
            token TEXT NOT NULL,
            time TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
""",
    )


migrations()(m006_sums)
migrations()(m007_parses)


@migrations()
def m008_search(db: Utils) -> None:
    """An index of the texts, where the SQLite at hand can make one; and claims that the text
    asserts itself, so that the matrix of a project finds them without reading states."""
    _script(
        db,
        """
        CREATE INDEX item_author ON item (
            annotator, kind, json_extract(state, '$.value.attributes.attribution'),
                document, layer, item)
            WHERE kind = 'span' AND json_extract(state, '$.value.attributes.attribution') = 'author'
--
        CREATE TABLE searchable (
            number INTEGER PRIMARY KEY,
            document TEXT NOT NULL UNIQUE REFERENCES document (id)
        ) STRICT
""",
    )
    if search.has_index():
        db.execute(f"CREATE VIRTUAL TABLE search USING {search.INDEX}")
        db.execute("INSERT INTO searchable (document) SELECT id FROM document ORDER BY position")
        every = db.execute(
            "SELECT s.number, t.text FROM searchable s JOIN text t ON t.document = s.document"
        )
        for number, text in every:
            db.execute(
                "INSERT INTO search (rowid, text) VALUES (?, ?)", (number, search.fold(text))
            )


@migrations()
def m009_equal_texts(db: Utils) -> None:
    """Several documents may have the same text; texts that differ in line ends, byte order mark or
    normal form only are found by `folded`."""
    (table,) = db.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'document'"
    ).fetchone()
    others = db.execute(
        "SELECT sql FROM sqlite_master WHERE tbl_name = 'document' AND type IN ('index', "
        "'trigger') AND sql IS NOT NULL"
    ).fetchall()
    db.execute("CREATE TEMP TABLE kept AS SELECT * FROM document")
    db.execute("DROP TABLE document")
    db.execute(table.replace("sha256 TEXT NOT NULL UNIQUE", "sha256 TEXT NOT NULL"))
    db.execute("INSERT INTO document SELECT * FROM kept ORDER BY position")
    db.execute("DROP TABLE kept")
    for (sql,) in others:
        db.execute(sql)
    db.execute("ALTER TABLE document ADD COLUMN folded TEXT NOT NULL DEFAULT ''")
    db.execute("CREATE INDEX document_sha256 ON document (sha256)")
    db.execute("CREATE INDEX document_folded ON document (folded)")
    for (id,) in db.execute("SELECT id FROM document").fetchall():
        (text,) = db.execute("SELECT text FROM text WHERE document = ?", (id,)).fetchone()
        db.execute("UPDATE document SET folded = ? WHERE id = ?", (folded_sha256(text), id))


@migrations()
def m010_codebook(db: Utils) -> None:
    """The codebook as events; how two names hang together where they
    are not the same; names by their form."""
    _script(
        db,
        """
        CREATE TABLE codebook_event (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL CHECK (kind IN ('entity', 'concept')),
            name TEXT NOT NULL CHECK (name <> ''),
            entry TEXT CHECK (entry IS NULL OR json_valid(entry)),
            who TEXT NOT NULL,
            token TEXT NOT NULL,
            time TEXT NOT NULL
        ) STRICT
--
        CREATE TRIGGER codebook_event_no_update BEFORE UPDATE ON codebook_event
        BEGIN SELECT RAISE(ABORT, 'events are never changed'); END
--
        CREATE TRIGGER codebook_event_no_delete BEFORE DELETE ON codebook_event
        BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END
--
        ALTER TABLE ruling ADD COLUMN relation TEXT NOT NULL DEFAULT 'same'
            CHECK (relation IN ('same', 'different', 'parent', 'opposite'))
--
        CREATE INDEX sum_name_form ON sum_name (kind, form)
""",
    )


migrations()(m011_reviews)

migrations()(m012_chain)

migrations()(m013_coming)

migrations()(m014_second_copies)

migrations()(m015_direct_sums)

migrations()(m016_hidden_completions)

migrations()(m017_fields_of_entries)

migrations()(m018_when_shown)

migrations()(m019_blind_when_opened)

migrations()(m020_when_opened)

__all__ = ["migrate", "migrations"]
