"""A database of Discourse Network Analyzer 3.1 (SQLite), to be opened there.

A statement type `statement` with the variables person (the holder as coded), organization, concept,
agreement (1 for support, 0 for the other sides), side, claim type and quote; a row of STATEMENTS
for each stance and concept, where the claim stands; a coder for each annotator and for the gold. A
concept that is the contrary of its wording turns the agreement. Names that have an external id in
the codebook have it as the attribute ID. Dates are seconds since 1970 in UTC, as DNA has them.
Short texts have up to 190 characters there; longer ones are cut. DNA asks for the password of a
coder: it is `annotator` for each.

Columns and constraints are those of DNA's own tables; a database of its authors (3.0.7) has the
same columns, and opens by a password that is hashed as here.
"""

from __future__ import annotations

import base64
import hashlib
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from annotator.formats._writing import (
    ResolvedRelation,
    WriteOptions,
    count_lost,
    resolved_relations,
    said,
    sign_of,
    utf16,
    who,
)
from annotator.model.names import NameKind, concepts_of
from annotator.model.record import Record
from annotator.model.span import AUTHOR

summary = "Discourse Network Analyzer's database, version 3.1 (out)"
extensions = (".dna",)
holds_ids = True

_COLOUR = ", ".join(
    f"{c} INTEGER NOT NULL DEFAULT 0 CHECK ({c} BETWEEN 0 AND 255)"
    for c in ("Red", "Green", "Blue")
)
_OPTIONAL_COLOUR = ", ".join(
    f"{c} INTEGER CHECK ({c} BETWEEN 0 AND 255)" for c in ("Red", "Green", "Blue")
)


PASSWORD = "annotator"
"""What every coder has to type in DNA."""

SHORT = 190
"""Characters that a short text has at most."""


_EMPTY = " DEFAULT ''"


def _short(name: str, default: str = "") -> str:
    return f"{name} TEXT NOT NULL{default} CHECK (LENGTH({name}) <= {SHORT})"


def _switch(name: str, default: int) -> str:
    return f"{name} INTEGER NOT NULL CHECK ({name} BETWEEN 0 AND 1) DEFAULT {default}"


def _to(column: str, table: str) -> str:
    return f"FOREIGN KEY({column}) REFERENCES {table}(ID) ON DELETE CASCADE"


_MAY = [
    *(f"{verb}Documents" for verb in ("Add", "Edit", "Delete", "Import")),
    *(f"{verb}Statements" for verb in ("Add", "Edit", "Delete")),
    "EditAttributes",
    "EditRegex",
    "EditStatementTypes",
    "EditCoders",
    "EditCoderRelations",
]
_OTHERS = [
    f"{verb}Others{what}" for what in ("Documents", "Statements") for verb in ("View", "Edit")
]
_PERMISSIONS = ", ".join([_switch(f"Permission{x}", 1) for x in (*_MAY, *_OTHERS)])
_OF_STATEMENT = (
    "ID INTEGER PRIMARY KEY NOT NULL, StatementId INTEGER NOT NULL, VariableId INTEGER NOT "
    "NULL, {value}, "
    + _to("StatementId", "STATEMENTS")
    + ", "
    + _to("VariableId", "VARIABLES")
    + "{more}, UNIQUE (StatementId, VariableId)"
)
_TABLES = {
    "SETTINGS": "Property TEXT PRIMARY KEY, Value TEXT NOT NULL",
    "CODERS": (
        f"ID INTEGER NOT NULL PRIMARY KEY, {_short('Name')}, {_COLOUR}, Refresh INTEGER NOT "
        "NULL CHECK (Refresh BETWEEN 0 AND 9999) DEFAULT 0, FontSize INTEGER NOT NULL CHECK "
        f"(FontSize BETWEEN 1 AND 99) DEFAULT 14, {_short('Password')}, PopupWidth INTEGER "
        f"CHECK (PopupWidth BETWEEN 100 AND 9999) DEFAULT 300, {_switch('ColorByCoder', 0)}, "
        f"{_switch('PopupDecoration', 0)}, {_switch('PopupAutoComplete', 1)}, {_PERMISSIONS}"
    ),
    "DOCUMENTS": (
        f"ID INTEGER NOT NULL PRIMARY KEY, {_short('Title')}, Text TEXT NOT NULL, Coder INTEGER, "
    )
    + ", ".join(_short(x, _EMPTY) for x in ("Author", "Source", "Section"))
    + f", Notes TEXT NOT NULL DEFAULT '', {_short('Type', _EMPTY)}, Date INTEGER NOT NULL, {_to('Coder', 'CODERS')}",
    "STATEMENTTYPES": f"ID INTEGER NOT NULL PRIMARY KEY, {_short('Label')}, {_COLOUR}",
    "VARIABLES": (
        f"ID INTEGER NOT NULL PRIMARY KEY, {_short('Variable')}, DataType TEXT NOT NULL CHECK "
        "(DataType IN ('boolean', 'integer', 'long text', 'short text')) DEFAULT 'short text', "
        f"StatementTypeId INTEGER, {_to('StatementTypeId', 'STATEMENTTYPES')}, UNIQUE "
        "(Variable, StatementTypeId)"
    ),
    "VARIABLELINKS": (
        "ID INTEGER NOT NULL PRIMARY KEY, SourceVariableId INTEGER, TargetVariableId INTEGER "
        f"CHECK (TargetVariableId != SourceVariableId), {_to('SourceVariableId', 'VARIABLES')}, "
        f"{_to('TargetVariableId', 'VARIABLES')}"
    ),
    "REGEXES": f"Label TEXT PRIMARY KEY CHECK (LENGTH(Label) <= {SHORT}), {_COLOUR}",
    "CODERRELATIONS": (
        "ID INTEGER NOT NULL PRIMARY KEY, Coder INTEGER CHECK (Coder > 0 AND Coder != "
        "OtherCoder), OtherCoder INTEGER CHECK (OtherCoder > 0 AND OtherCoder != Coder), "
    )
    + ", ".join(
        _switch(x, 1)
        for x in ("viewStatements", "editStatements", "viewDocuments", "editDocuments")
    )
    + f", {_to('Coder', 'CODERS')}, {_to('OtherCoder', 'CODERS')}",
    "STATEMENTS": (
        "ID INTEGER NOT NULL PRIMARY KEY, StatementTypeId INTEGER, DocumentId INTEGER, Start "
        "INTEGER NOT NULL CHECK (Start >= 0 AND Start < Stop), Stop INTEGER NOT NULL CHECK "
        "(Stop >= 0 AND Stop > Start), Coder INTEGER, "
        f"{_to('StatementTypeId', 'STATEMENTTYPES')}, {_to('Coder', 'CODERS')}, "
        f"{_to('DocumentId', 'DOCUMENTS')}"
    ),
    "DATABOOLEAN": _OF_STATEMENT.format(value="Value INTEGER NOT NULL DEFAULT 1", more=""),
    "DATAINTEGER": _OF_STATEMENT.format(value="Value INTEGER NOT NULL DEFAULT 0", more=""),
    "ENTITIES": (
        "ID INTEGER PRIMARY KEY NOT NULL, VariableId INTEGER NOT NULL, Value TEXT NOT NULL "
        f"DEFAULT '' CHECK (LENGTH(Value) <= {SHORT}), {_OPTIONAL_COLOUR}, ChildOf INTEGER CHECK (ChildOf > 0 AND ChildOf != "
        f"ID), UNIQUE (VariableId, Value), {_to('ChildOf', 'ENTITIES')}, "
        f"{_to('VariableId', 'VARIABLES')}"
    ),
    "DATASHORTTEXT": _OF_STATEMENT.format(
        value="Entity INTEGER NOT NULL", more=", " + _to("Entity", "ENTITIES")
    ),
    "DATALONGTEXT": _OF_STATEMENT.format(value="Value TEXT DEFAULT ''", more=""),
    "ATTRIBUTEVARIABLES": (
        "ID INTEGER PRIMARY KEY NOT NULL, VariableId INTEGER NOT NULL, "
        f"{_short('AttributeVariable')}, UNIQUE (VariableId, AttributeVariable), {_to('VariableId', 'VARIABLES')}"
    ),
    "ATTRIBUTEVALUES": (
        "ID INTEGER PRIMARY KEY NOT NULL, EntityId INTEGER NOT NULL, AttributeVariableId "
        f"INTEGER NOT NULL, {_short('AttributeValue', _EMPTY)}, UNIQUE (EntityId, "
        f"AttributeVariableId), {_to('EntityId', 'ENTITIES')}, "
        f"{_to('AttributeVariableId', 'ATTRIBUTEVARIABLES')}"
    ),
}
"""The tables of DNA 3.1, columns and constraints as its program expects them."""

_VARIABLES = {
    "person": "short text",
    "organization": "short text",
    "concept": "short text",
    "agreement": "boolean",
    "side": "short text",
    "claim": "short text",
    "quote": "long text",
}
_IDS = {name: i for i, name in enumerate(_VARIABLES, 1)}
_NAMED: dict[int, NameKind] = {
    _IDS["person"]: "entity",
    _IDS["organization"]: "entity",
    _IDS["concept"]: "concept",
}
"""The variables whose values are names of the codebook, which may have an external id."""

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
    """The bytes of the database; the same records give the same bytes."""
    with tempfile.TemporaryDirectory(prefix="annotator-") as folder:
        file = Path(folder) / "out.dna"
        database = sqlite3.connect(file)
        try:
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("PRAGMA synchronous = OFF")
            _fill(database, records, how)
            database.commit()
        finally:
            database.close()
        with file.open("rb") as made:
            while part := made.read(1 << 20):
                yield part


def _fill(db: sqlite3.Connection, records: Iterable[Record], how: WriteOptions) -> None:
    for name, columns in _TABLES.items():
        db.execute(f"CREATE TABLE {name} ({columns})")
    db.execute("INSERT INTO SETTINGS VALUES ('version', '3.1'), ('date', '2026-01-01')")
    db.execute("INSERT INTO STATEMENTTYPES VALUES (1, 'statement', 239, 208, 51)")
    db.executemany(
        "INSERT INTO VARIABLES VALUES (?, ?, ?, 1)",
        [(_IDS[n], n, kind) for n, kind in _VARIABLES.items()],
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
"""What is written for statements, some thousand of them at once."""


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
            coder, document = self.coder(who(record)), self.document(record)
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
            self.how.lost["spans that are no holder and no claim of a statement"] += len(
                record.spans
            ) - len({i for r in record.relations for i in (r.source, r.target)} - {AUTHOR})
            at = utf16(record.document.text)
            for one in resolved_relations(record):
                self.statement(one, coder, document, at)
            if max(map(len, self.rows.values())) >= _AT_ONCE:
                self.flush()
        self.flush()

    def attributes(self, record: Record) -> int:
        """How many attributes have no place: all but the concepts."""
        held = sum([len(s.attributes) for s in record.spans])
        held += sum([len(r.attributes) for r in record.relations])
        return held - sum([self.concepts.get(s.layer) in s.attributes for s in record.spans])

    def flush(self) -> None:
        """Write the rows that are collected."""
        for table, rows in self.rows.items():
            self.db.executemany(_PUT[table], rows)
            rows.clear()

    def short(self, text: str) -> str:
        """A text that is short enough; of a longer one the beginning, with a digest, so that two
        stay two."""
        if len(text) <= SHORT:
            return text
        self.how.lost["texts of more than 190 characters, cut"] += 1
        return f"{text[: SHORT - 10]}… {hashlib.sha256(text.encode()).hexdigest()[:8]}"

    def coder(self, name: str) -> int:
        """The number of a coder, who is made when new."""
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
        """The number of a document; a new one gets a row, by the annotator who coded it first."""
        document = record.document
        if document.id not in self.documents:
            number = self.documents[document.id] = len(self.documents) + 1
            meta = {k: str(document.meta.get(k, "")) for k in _META}
            self.rows["DOCUMENTS"].append(
                (
                    number,
                    self.short(document.title),
                    document.text,
                    self.coder(who(record)),
                    self.short(meta["author"]),
                    self.short(meta["source"] or meta["outlet"]),
                    self.short(meta["section"]),
                    document.id,
                    _seconds(meta["date"]),
                ),
            )
        return self.documents[document.id]

    def statement(
        self, one: ResolvedRelation, coder: int, document: int, at: Callable[[int], int]
    ) -> None:
        """A row for each concept of the claim; one without a concept has its words for one."""
        target, text, rows = one.target, one.record.document, self.rows
        attribute = self.concepts.get(target.layer)
        held = target.attributes.get(attribute) if attribute is not None else None
        quote = text.quote(target.start, target.end)
        holder = one.holder
        name = AUTHOR if holder is None else holder.entity or text.quote(holder.start, holder.end)
        organization = holder is not None and holder.label in (
            "organization",
            "state",
            "bloc",
            "collective",
        )
        for concept, sign in [sign_of(c) for c in (said(held) if held is not None else [])] or [
            (quote, 1)
        ]:
            self.statements += 1
            number = self.statements
            row = (number, document, at(target.start), at(target.end), coder)
            rows["STATEMENTS"].append(row)
            short = {
                "person": "" if organization else name,
                "organization": name if organization else "",
                "concept": concept,
                "side": one.relation.label,
                "claim": target.label,
            }
            rows["DATASHORTTEXT"] += [
                (number, _IDS[key], self.entity(_IDS[key], value)) for key, value in short.items()
            ]
            agrees = (one.relation.label in _SUPPORT) == (sign > 0)
            rows["DATABOOLEAN"].append((number, _IDS["agreement"], int(agrees)))
            rows["DATALONGTEXT"].append((number, _IDS["quote"], quote))

    def entity(self, variable: int, value: str) -> int:
        """The number of a value of a variable, which is made when new."""
        key = (variable, value)
        if key not in self.entities:
            number = self.entities[key] = len(self.entities) + 1
            self.rows["ENTITIES"].append((number, variable, self.short(value)))
            if self.how.ids and (kind := _NAMED.get(variable)) is not None:
                names = [one.strip() for one in value.split(";")] if kind == "entity" else [value]
                id = self.short(self.how.ids_of(kind, names))
                self.rows["ATTRIBUTEVALUES"].append((number, variable, id))
        return self.entities[key]


@cache
def hashed(password: str) -> str:
    """The password as DNA keeps it (jasypt's StrongPasswordEncryptor): a salt of 16 bytes and
    SHA-256, 100,000 times, in Base64. The salt follows from the password, so that the same records
    give the same bytes: this one is no secret."""
    salt = hashlib.sha256(f"salt of {password}".encode()).digest()[:16]
    digest = hashlib.sha256(salt + password.encode("utf-8")).digest()
    for _ in range(99_999):
        digest = hashlib.sha256(digest).digest()
    return base64.b64encode(salt + digest).decode("ascii")


def _seconds(date: str) -> int:
    """The seconds since 1970 of an ISO date; 0 if it is not a date."""
    try:
        found = datetime.fromisoformat(date)
    except ValueError:
        return 0
    return int(found.replace(tzinfo=found.tzinfo or UTC).timestamp())
