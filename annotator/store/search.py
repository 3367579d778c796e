"""Which texts hold some words: an index of all runs of three characters, in any case.

The index (FTS5) holds the texts folded, so that characters that are the same in any case are one.
It says which texts may hold what is looked for; the caller looks closer. A text that it misses,
since it came in by a program without FTS5, is read. Where the index is no help (fewer than three
characters), SQLite passes over most texts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache

from annotator.store.connection import Access, Database, sqlite

_AT_ONCE = 500
"""Texts that are looked at in one query."""

_KIN = {
    "i": "\u0130\u0131", "k": "\u212a", "s": "\u017f", "в": "\u1c80", "д": "\u1c81", "о": "\u1c82",
    "с": "\u1c83", "т": "\u1c84\u1c85", "ъ": "\u1c86", "ѣ": "\u1c87", "ꙋ": "\u1c88\ua64a",
    "ṡ": "\u1e9b", "å": "\u212b", "ß": "\u1e9e", "ﬅ": "\ufb06", "ﬆ": "\ufb05",
    # The lower case of this one is two characters, an i and a dot above,
    # so that it leads to no other letter.
    "\u0130": "iI\u0131",
}  # fmt: skip
"""Letters that are the same in any case besides their upper and lower ones."""

_MANY_FORMS = re.compile("[\u0345\u0370-\u03ff\u1f00-\u1fff\u00b5\u2126]")
"""Greek has more forms of a letter than two."""


_ONE = str.maketrans({"\u0130": "i", "\u0131": "i"})
"""The letters i with and without a dot, which only `re` takes for the same in any case."""

_FREQUENT = 0.1
"""With this share of texts that hold the words, reading on finds enough sooner than the index."""


@cache
def has_index() -> bool:
    """Whether the SQLite at hand has what the index needs."""
    try:
        sqlite.connect(":memory:").execute(f"CREATE VIRTUAL TABLE search USING {INDEX}")
    except sqlite.Error:
        return False
    return True


# What follows made the index of every database: it changes
# with a migration only, and `fold` with it.
INDEX = (
    "fts5 (text, content = '', columnsize = 0, detail = none, tokenize = 'trigram "
    "case_sensitive 1')"
)


def fold(text: str) -> str:
    """The text with characters that are the same in any case made one, so that whatever
    `re.IGNORECASE` finds in a text stands in the folded text too."""
    return text.translate(_ONE).casefold()


def add(db: Access, texts: Iterable[tuple[str, str]]) -> None:
    """Bring texts, by id, into the index. To be called within a transaction."""
    if not has_index() or not is_made(db):
        return
    for id, text in texts:
        db.execute("INSERT INTO searchable (document) VALUES (?)", (id,))
        db.execute(
            "INSERT INTO search (rowid, text) SELECT number, ? FROM searchable WHERE document = ?",
            (fold(text), id),
        )


def is_made(db: Access) -> bool:
    """Whether the database has an index of its texts."""
    return bool(db.value("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'search')"))


def texts(db: Database, literal: str = "") -> Iterator[tuple[str, str]]:
    """Id and text of the documents in order, some hundred at a time; with `literal` those that hold
    it in any case, and perhaps some others."""
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
    """Texts that hold the words by the index, and those that it misses, from a
    position on; None where it is no help."""
    folded = fold(literal)
    parts = {folded[i : i + 3] for i in range(len(folded) - 2)}
    if not parts or not has_index() or not is_made(db):
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
    """A condition that every text fulfils which holds the words in any case."""
    if not literal:
        return "1", []
    if literal.isascii():
        # LIKE knows the case of ASCII letters only, and is the quicker one.
        like = "".join(
            "_" if c.lower() in _KIN else f"\\{c}" if c in "%_\\" else c for c in literal
        )
        return "t.text LIKE ? ESCAPE '\\'", [f"%{like}%"]
    return "t.text GLOB ?", [f"*{''.join(map(in_any_case, literal))}*"]


def in_any_case(char: str) -> str:
    """A character in any case as a pattern of SQLite's GLOB."""
    if _MANY_FORMS.match(char):
        return "?"
    cases = {char}
    for _ in range(2):
        cases |= {c for x in cases for c in (x.lower(), x.upper(), x.title()) if len(c) == 1}
    cases |= {c for x in cases for c in _KIN.get(x, "")}
    return f"[{''.join(sorted(cases))}]" if len(cases) > 1 or char in "*?[" else char


__all__ = ["INDEX", "add", "fold", "has_index", "in_any_case", "is_made", "texts"]
