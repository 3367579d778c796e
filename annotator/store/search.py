"""Finds the texts that contain some words, by an index of all sequences of three characters that
ignores case.

The index (FTS5) contains folded texts, in which characters that differ only in case are one. It
says which texts may contain the words; the caller looks closer. Texts that it misses, because a
program without FTS5 imported them, are read. If the index is no help (with fewer than three
characters), SQLite filters out most texts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache

from annotator.store.access import Access
from annotator.store.connection import Database, sqlite

_AT_ONCE = 500
"""The number of texts in one query."""

_PAGES = 32
"""The number of pages of the index that are merged at once."""

_KIN = {
    "i": "\u0130\u0131",
    "k": "\u212a",
    "s": "\u017f",
    "в": "\u1c80",
    "д": "\u1c81",
    "о": "\u1c82",
    "с": "\u1c83",
    "т": "\u1c84\u1c85",
    "ъ": "\u1c86",
    "ѣ": "\u1c87",
    "ꙋ": "\u1c88\ua64a",
    "ṡ": "\u1e9b",
    "å": "\u212b",
    "ß": "\u1e9e",
    "ﬅ": "\ufb06",
    "ﬆ": "\ufb05",
    # The lower case of this letter is two characters, an i and a dot above, so it corresponds to no
    # other letter.
    "\u0130": "iI\u0131",
}
"""Letters that count as equal apart from their upper and lower case."""

_MANY_FORMS = re.compile("[\u0345\u0370-\u03ff\u1f00-\u1fff\u00b5\u2126]")
"""Greek letters can have more than two forms."""


_ONE = str.maketrans({"\u0130": "i", "\u0131": "i"})
"""The letters i with and without a dot, which only `re` treats as equal ignoring case."""

_FREQUENT = 0.1
"""If this share of the texts contains the words, reading on finds enough sooner than the index."""


@cache
def has_index() -> bool:
    """Whether this SQLite has what the index needs."""
    try:
        sqlite.connect(":memory:").execute(f"CREATE VIRTUAL TABLE search USING {INDEX}")
    except sqlite.Error:
        return False
    return True


# The index of every database was made with this. Change it, and `fold`, only together with a
# migration.
INDEX = (
    "fts5 (text, content = '', columnsize = 0, detail = none, tokenize = 'trigram "
    "case_sensitive 1')"
)


def fold(text: str) -> str:
    """The text with characters unified that differ only in case, so that everything that
    `re.IGNORECASE` finds in a text is in the folded text too."""
    return text.translate(_ONE).casefold()


TEXT = "INSERT INTO searchable (document) VALUES (?)"
"""Gives the text of a document (its id) a number in the index."""

INDEX_TEXT = "INSERT INTO search (rowid, text) SELECT number, ? FROM searchable WHERE document = ?"
"""Adds a folded text, of the document with an id, to the index."""


def merge_as_told(db: Access) -> None:
    """Let SQLite merge the parts of the index only when `merge_some` tells it to. Otherwise it
    sometimes merges so much at once that others have to wait. Call this within a transaction."""
    _tell_index(db, automerge=0, crisismerge=1999)


def merge_by_itself(db: Access) -> None:
    """Let SQLite decide again when it merges parts of the index: these are its own defaults. Call
    this within a transaction."""
    _tell_index(db, automerge=4, crisismerge=16)


def _tell_index(db: Access, **settings: int) -> None:
    if is_made(db):
        for name, value in settings.items():
            db.execute("INSERT INTO search (search, rank) VALUES (?, ?)", (name, value))


def merge_some(db: Access) -> None:
    """Merge a few pages of the index, if there is anything to merge. Call this within a
    transaction."""
    _tell_index(db, merge=_PAGES)


def is_made(db: Access) -> bool:
    """Whether the database has an index of its texts, and this SQLite can use it."""
    made = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'search')"
    return has_index() and bool(db.value(made))


def texts(db: Database, literal: str = "") -> Iterator[tuple[str, str]]:
    """Id and text of the documents in order, some hundred at a time; with `literal`, those that
    contain it in upper or lower case, and perhaps some others."""
    condition, value = _holding(literal)
    places = "SELECT position FROM document WHERE position >= ? ORDER BY position LIMIT ?"
    after = db.value("SELECT min(position) FROM document")
    while after is not None:
        last = db.value(f"SELECT max(position) FROM ({places})", (after, _AT_ONCE))
        rows = db.rows(
            "SELECT d.id, t.text FROM document d JOIN text t ON t.document = d.id "
            f"WHERE d.position BETWEEN ? AND ? AND {condition} ORDER BY d.position",
            [after, last, *value],
        )
        yield from rows
        after = db.value("SELECT min(position) FROM document WHERE position > ?", (last,))
        if literal and after is not None and len(rows) < _FREQUENT * _AT_ONCE:
            indexed = _indexed(db, literal, after)
            if indexed is not None:
                yield from indexed
                return


def _indexed(db: Database, literal: str, first: int) -> Iterator[tuple[str, str]] | None:
    """Texts that contain the words according to the index, and those that it misses, from a
    position on; None if it is no help."""
    folded = fold(literal)
    parts = {folded[i : i + 3] for i in range(len(folded) - 2)}
    if not parts or not is_made(db):
        return None
    wanted = " AND ".join('"' + part.replace('"', '""') + '"' for part in sorted(parts))
    found = db.rows(
        "SELECT d.position FROM search JOIN searchable s ON s.number = search.rowid "
        "JOIN document d ON d.id = s.document WHERE search MATCH ? AND d.position >= ?",
        (wanted, first),
    )
    if db.value("SELECT count(*) FROM searchable") < db.value("SELECT count(*) FROM document"):
        found += db.rows(
            "SELECT position FROM document WHERE position >= ? AND id NOT IN (SELECT document "
            "FROM searchable)",
            (first,),
        )
    return _at(db, sorted(row[0] for row in found))


def _at(db: Database, positions: list[int]) -> Iterator[tuple[str, str]]:
    for first in range(0, len(positions), _AT_ONCE):
        yield from db.rows(
            "SELECT d.id, t.text FROM json_each(?) j JOIN document d ON d.position = j.value "
            "JOIN text t ON t.document = d.id ORDER BY d.position",
            (json.dumps(positions[first : first + _AT_ONCE]),),
        )


def _holding(literal: str) -> tuple[str, list[str]]:
    """A condition that is true for every text that contains the words, in upper or lower case."""
    if not literal:
        return "1", []
    if literal.isascii():
        # LIKE ignores case for ASCII letters only, but is faster.
        like = "".join(
            "_" if c.lower() in _KIN else f"\\{c}" if c in "%_\\" else c for c in literal
        )
        return "t.text LIKE ? ESCAPE '\\'", [f"%{like}%"]
    return "t.text GLOB ?", [f"*{''.join(map(in_any_case, literal))}*"]


def in_any_case(char: str) -> str:
    """A character in upper and lower case, as a pattern of SQLite's GLOB."""
    if _MANY_FORMS.match(char):
        return "?"
    cases = {char}
    for _ in range(2):
        cases |= {c for x in cases for c in (x.lower(), x.upper(), x.title()) if len(c) == 1}
    cases |= {c for x in cases for c in _KIN.get(x, "")}
    return f"[{''.join(sorted(cases))}]" if len(cases) > 1 or char in "*?[" else char


__all__ = [
    "INDEX",
    "INDEX_TEXT",
    "TEXT",
    "fold",
    "has_index",
    "in_any_case",
    "is_made",
    "merge_as_told",
    "merge_by_itself",
    "merge_some",
    "texts",
]
