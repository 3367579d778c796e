"""A database of Discourse Network Analyzer 3 (SQLite), to be opened there. It has one statement
type, `statement`, with the variables person (the holder as coded), organization, concept, agreement
(1 for support, 0 for the other sides), side, claim type and quote. STATEMENTS has a row for each
stance and concept, at the place of the claim; each annotator and the gold is a coder. A concept
that is the contrary of its wording reverses the agreement. Names that have an external id in the
codebook have it as the attribute ID. Dates are seconds since 1970 in UTC, as in DNA. Short texts
have up to 190 characters there; longer ones are cut. DNA asks for a coder's password, which is
`annotator` for each. CR LF is written as one LF, because DNA shows and counts it as one character.

Columns and constraints are those of DNA's own tables. A database of its authors (3.0.7) has the
same columns, and its password is hashed in the same way.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sqlite3
import tempfile
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from annotator.formats._dna_tables import SHORT, TABLES
from annotator.formats._writing import (
    ResolvedRelation,
    WriteOptions,
    annotator_name,
    count_lost,
    resolved_relations,
    sign_of,
    utf16,
    value_texts,
)
from annotator.model.names import NameKind, concepts_of, names_in
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Span

summary = "Discourse Network Analyzer's database, versions 3.0 and 3.1 (out)"
extensions = (".dna",)
holds_ids = True

VERSION = "3.0.11"
"""What the database says it is of. DNA 3.1.1 opens any 3, the versions before it only a 3.0; the
tables are the same from 3.0.7 to 3.1.2."""

_TYPE = "DNA Statement"
"""The type of all statements: the one that DNA and rDNA ask for unless they are told another."""

PASSWORD = "annotator"
"""What every coder has to type in DNA."""

_VARIABLES = {
    "person": "short text",
    "organization": "short text",
    "concept": "short text",
    "agreement": "boolean",
    "side": "short text",
    "claim": "short text",
    "quote": "long text",
}
_PERSON, _ORGANIZATION, _CONCEPT, _AGREEMENT, _SIDE, _CLAIM, _QUOTE = range(1, len(_VARIABLES) + 1)
_NAMED: dict[int, NameKind] = {_PERSON: "entity", _ORGANIZATION: "entity", _CONCEPT: "concept"}
"""The variables whose values are names of the codebook, which may have an external id."""

_ORGANIZATIONS = {"organization", "state", "bloc", "collective"}
"""Labels of holders that are no person."""

_SUPPORT = {"support", "agree", "agreement", "yes", "+1", "POS", "pro"}
_COLOURS = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (204, 121, 167),
)


def parts(records: Iterable[Record], how: WriteOptions) -> Iterator[bytes]:
    """The bytes of the database. The same records always give the same bytes."""
    with tempfile.TemporaryDirectory(prefix="annotator-") as folder:
        file = Path(folder) / "out.dna"
        database = sqlite3.connect(file)
        try:
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("PRAGMA synchronous = OFF")
            # In KiB; large enough that few pages are written twice.
            database.execute("PRAGMA cache_size = -16000")
            _fill(database, records, how)
            database.commit()
        finally:
            database.close()
        with file.open("rb") as made:
            while part := made.read(1 << 20):
                yield part


def _fill(db: sqlite3.Connection, records: Iterable[Record], how: WriteOptions) -> None:
    for name, columns in TABLES.items():
        db.execute(f"CREATE TABLE {name} ({columns})")
    db.execute("INSERT INTO SETTINGS VALUES ('version', ?), ('date', '2026-01-01')", (VERSION,))
    db.execute("INSERT INTO STATEMENTTYPES VALUES (1, ?, 239, 208, 51)", (_TYPE,))
    db.executemany(
        "INSERT INTO VARIABLES VALUES (?, ?, ?, 1)",
        [(i, name, kind) for i, (name, kind) in enumerate(_VARIABLES.items(), 1)],
    )
    if how.ids:
        variables = [(variable, variable) for variable in _NAMED]
        db.executemany("INSERT INTO ATTRIBUTEVARIABLES VALUES (?, ?, 'ID')", variables)
    _Writer(db, how).write(records)


_META = frozenset({"author", "source", "outlet", "section", "date"})
"""The metadata of a document that DNA has columns for."""

_AT_ONCE = 1000
_PUT = {
    "DOCUMENTS": "INSERT INTO DOCUMENTS VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', ?)",
    "STATEMENTS": "INSERT INTO STATEMENTS VALUES (?, 1, ?, ?, ?, ?)",
    "ENTITIES": "INSERT INTO ENTITIES (ID, VariableId, Value, Red, Green, Blue) "
    "VALUES (?, ?, ?, 0, 0, 0)",
    "ATTRIBUTEVALUES": "INSERT INTO ATTRIBUTEVALUES (EntityId, AttributeVariableId, "
    "AttributeValue) VALUES (?, ?, ?)",
    "DATASHORTTEXT": "INSERT INTO DATASHORTTEXT (StatementId, VariableId, Entity) VALUES (?, ?, ?)",
    "DATABOOLEAN": "INSERT INTO DATABOOLEAN (StatementId, VariableId, Value) VALUES (?, ?, ?)",
    "DATALONGTEXT": "INSERT INTO DATALONGTEXT (StatementId, VariableId, Value) VALUES (?, ?, ?)",
}
"""The statements that write rows, about a thousand rows at once."""


_CRLF = "\r\n"


def _places(text: str) -> Callable[[int], int]:
    """A function that converts code points to UTF-16 units of the text with LF for each CR LF."""
    at = utf16(text)
    ends = [found.start() for found in re.finditer(_CRLF, text)]
    return (lambda point: at(point) - bisect_left(ends, point)) if ends else at


class _Writer:
    def __init__(self, db: sqlite3.Connection, how: WriteOptions) -> None:
        self.db, self.how = db, how
        self.coders: dict[str, int] = {}
        self.documents: dict[str, int] = {}
        self.entities: dict[tuple[int, str], int] = {}
        self.statements = 0
        self.concepts = {name: held for name, (held, _) in concepts_of(how.schema).items()}
        self.rows: dict[str, list[tuple[object, ...]]] = {table: [] for table in _PUT}

    def write(self, records: Iterable[Record]) -> None:
        """All statements of all records."""
        for record in records:
            coder, document = self.coder(annotator_name(record)), self.document(record)
            count_lost(
                record,
                self.how.lost,
                "notes",
                "flags",
                "excluded paragraphs",
                "statuses other than done",
            )
            self.how.lost["metadata"] += len(record.document.meta.keys() - _META)
            self.how.lost["attributes"] += self.attributes(record)
            self.how.lost["spans that are neither the holder nor the claim of a statement"] += len(
                record.spans
            ) - len({i for r in record.relations for i in (r.source, r.target)} - {AUTHOR})
            at = _places(record.document.text)
            for one in resolved_relations(record):
                self.statement(one, coder, document, at)
            if max(map(len, self.rows.values())) >= _AT_ONCE:
                self.flush()
        self.flush()

    def attributes(self, record: Record) -> int:
        """How many attributes DNA cannot hold: all except the concepts."""
        held = sum([len(s.attributes) for s in record.spans])
        held += sum([len(r.attributes) for r in record.relations])
        return held - sum([self.concepts.get(s.layer) in s.attributes for s in record.spans])

    def flush(self) -> None:
        """Write the collected rows."""
        for table, rows in self.rows.items():
            self.db.executemany(_PUT[table], rows)
            rows.clear()

    def short(self, text: str) -> str:
        """The text if it is short enough; otherwise its beginning and a digest, so that different
        texts stay different."""
        if len(text) <= SHORT:
            return text
        self.how.lost["texts of more than 190 characters, cut"] += 1
        return f"{text[: SHORT - 10]}… {hashlib.sha256(text.encode()).hexdigest()[:8]}"

    def coder(self, name: str) -> int:
        """The number of a coder; a new one gets a row."""
        if name not in self.coders:
            number = self.coders[name] = len(self.coders) + 1
            colour = _COLOURS[(number - 1) % len(_COLOURS)]
            self.db.execute(
                "INSERT INTO CODERS (ID, Name, Red, Green, Blue, Password) VALUES (?, ?, ?, ?, "
                "?, ?)",
                (number, name, *colour, hashed(PASSWORD)),
            )
            others = [n for n in self.coders.values() if n != number]
            pairs = [p for other in others for p in ((number, other), (other, number))]
            self.db.executemany(
                "INSERT INTO CODERRELATIONS (Coder, OtherCoder) VALUES (?, ?)", pairs
            )
        return self.coders[name]

    def document(self, record: Record) -> int:
        """The number of a document; a new one gets a row, with the annotator who coded it first."""
        document = record.document
        if document.id not in self.documents:
            number = self.documents[document.id] = len(self.documents) + 1
            self.how.lost["line ends of CR LF, which become LF"] += document.text.count(_CRLF)
            meta = {k: str(document.meta.get(k, "")) for k in _META}
            when = _seconds(meta["date"])
            if meta["date"] and when is None:
                self.how.lost["dates that are no days, which become 1970-01-01"] += 1
            self.rows["DOCUMENTS"].append(
                (
                    number,
                    self.short(document.title),
                    document.text.replace(_CRLF, "\n"),
                    self.coder(annotator_name(record)),
                    self.short(meta["author"]),
                    self.short(meta["source"] or meta["outlet"]),
                    self.short(meta["section"]),
                    document.id,
                    when or 0,
                ),
            )
        return self.documents[document.id]

    def statement(
        self, one: ResolvedRelation, coder: int, document: int, at: Callable[[int], int]
    ) -> None:
        """Add a row for each concept of the claim; if it has none, its words are the concept."""
        target, holder, side = one.target, one.holder, one.relation.label
        text, rows, entity = one.record.document.text, self.rows, self.entity
        quote = text[target.start : target.end].replace(_CRLF, "\n")
        if holder is None:
            person, organization = AUTHOR, ""
        else:
            name = holder.entity or text[holder.start : holder.end]
            person, organization = ("", name) if holder.label in _ORGANIZATIONS else (name, "")
        start, supports = at(target.start), side in _SUPPORT
        end = max(at(target.end), start + 1)  # A span can end inside a CR LF.
        for concept, sign in self.claimed(target) or [(quote, 1)]:
            self.statements += 1
            number = self.statements
            rows["STATEMENTS"].append((number, document, start, end, coder))
            rows["DATASHORTTEXT"] += (
                (number, _PERSON, entity(_PERSON, person)),
                (number, _ORGANIZATION, entity(_ORGANIZATION, organization)),
                (number, _CONCEPT, entity(_CONCEPT, concept)),
                (number, _SIDE, entity(_SIDE, side)),
                (number, _CLAIM, entity(_CLAIM, target.label)),
            )
            rows["DATABOOLEAN"].append((number, _AGREEMENT, int(supports == (sign > 0))))
            rows["DATALONGTEXT"].append((number, _QUOTE, quote))

    def claimed(self, target: Span) -> list[tuple[str, int]]:
        """The concepts of a claim in their positive wording, each with its sign."""
        attribute = self.concepts.get(target.layer)
        held = target.attributes.get(attribute) if attribute is not None else None
        return [sign_of(concept) for concept in value_texts(held)] if held is not None else []

    def entity(self, variable: int, value: str) -> int:
        """The number of a variable's value; a new one gets a row."""
        key = (variable, value)
        if key not in self.entities:
            number = self.entities[key] = len(self.entities) + 1
            self.rows["ENTITIES"].append((number, variable, self.short(value)))
            if self.how.ids and (kind := _NAMED.get(variable)) is not None:
                names = names_in(kind, value)
                id = self.short(self.how.ids_of(kind, names))
                self.rows["ATTRIBUTEVALUES"].append((number, variable, id))
        return self.entities[key]


@cache
def hashed(password: str) -> str:
    """The password as DNA keeps it (jasypt's StrongPasswordEncryptor): a salt of 16 bytes and
    SHA-256, 100,000 times, in Base64. The salt is made from the password, so the same records give
    the same bytes; this password is no secret."""
    salt = hashlib.sha256(f"salt of {password}".encode()).digest()[:16]
    digest = hashlib.sha256(salt + password.encode("utf-8")).digest()
    for _ in range(99_999):
        digest = hashlib.sha256(digest).digest()
    return base64.b64encode(salt + digest).decode("ascii")


def _seconds(date: str) -> int | None:
    """The seconds since 1970 of an ISO date or time; None if it is not one."""
    try:
        found = datetime.fromisoformat(date)
    except ValueError:
        return None
    return int(found.replace(tzinfo=found.tzinfo or UTC).timestamp())
