"""The tables of a database of Discourse Network Analyzer 3.0 and 3.1."""

from __future__ import annotations

SHORT = 190
"""Characters that a short text has at most."""

_COLOUR = ", ".join(
    f"{c} INTEGER NOT NULL DEFAULT 0 CHECK ({c} BETWEEN 0 AND 255)"
    for c in ("Red", "Green", "Blue")
)
_OPTIONAL_COLOUR = ", ".join(
    f"{c} INTEGER CHECK ({c} BETWEEN 0 AND 255)" for c in ("Red", "Green", "Blue")
)
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
TABLES = {
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
    + f", Notes TEXT NOT NULL DEFAULT '', {_short('Type', _EMPTY)}, Date INTEGER NOT NULL, "
    + _to("Coder", "CODERS"),
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
        f"DEFAULT '' CHECK (LENGTH(Value) <= {SHORT}), {_OPTIONAL_COLOUR}, ChildOf INTEGER "
        "CHECK (ChildOf > 0 AND ChildOf != ID), UNIQUE (VariableId, Value), "
        f"{_to('ChildOf', 'ENTITIES')}, "
        f"{_to('VariableId', 'VARIABLES')}"
    ),
    "DATASHORTTEXT": _OF_STATEMENT.format(
        value="Entity INTEGER NOT NULL", more=", " + _to("Entity", "ENTITIES")
    ),
    "DATALONGTEXT": _OF_STATEMENT.format(value="Value TEXT DEFAULT ''", more=""),
    "ATTRIBUTEVARIABLES": (
        "ID INTEGER PRIMARY KEY NOT NULL, VariableId INTEGER NOT NULL, "
        f"{_short('AttributeVariable')}, UNIQUE (VariableId, AttributeVariable), "
        f"{_to('VariableId', 'VARIABLES')}"
    ),
    "ATTRIBUTEVALUES": (
        "ID INTEGER PRIMARY KEY NOT NULL, EntityId INTEGER NOT NULL, AttributeVariableId "
        f"INTEGER NOT NULL, {_short('AttributeValue', _EMPTY)}, UNIQUE (EntityId, "
        f"AttributeVariableId), {_to('EntityId', 'ENTITIES')}, "
        f"{_to('AttributeVariableId', 'ATTRIBUTEVARIABLES')}"
    ),
}
"""The tables of DNA 3.0 and 3.1, columns and constraints as its program expects them."""

__all__ = ["SHORT", "TABLES"]
