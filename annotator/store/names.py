"""The canonical names in use, in their own table, so that the registry need not read all work.

A row of `name` says that a standing span of an annotator has a name, and for which form in the text
(with white space as single blanks). The rows follow from the state of the items and are written in
the same transaction.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

from annotator.json_text import json_text
from annotator.model.decision import Decision
from annotator.model.names import Concepts, NameKind, affirmative, names_of
from annotator.model.span import Span
from annotator.store.access import Access
from annotator.store.codec import standing_of
from annotator.store.connection import Database
from annotator.store.isolation import read_rows
from annotator.store.results import KnownName, MentionRow
from annotator.store.turns import is_over

PUT_NAME = "INSERT OR REPLACE INTO name VALUES (?, ?, ?, ?, ?, ?, ?)"
_SOURCE = "names_from"
"""The setting with the attributes by which the table was filled."""

_RULE = "names_in"
"""Which function divided the names; a database of which another one did is filled again."""

_PLACE = "names_until"
"""The setting that says how far it is filled for other attributes."""

_AT_ONCE = 100
"""The most documents read in one turn."""


def refresh(db: Database, concepts: Concepts) -> None:
    """Fill the table again, in short turns, if it was made for other attributes than the schema's.
    If the database cannot be written, the table stays empty until it can.

    The progress is stored, and the next process that opens the project continues from there.
    """
    attributes = {layer: attribute for layer, (attribute, _) in sorted(concepts.items())}
    wanted = json_text({"attributes": attributes, "rule": _RULE})
    if db.read_only or db.value("SELECT value FROM setting WHERE key = ?", (_SOURCE,)) == wanted:
        return
    while not _refreshed(db, concepts, wanted):
        pass


def _refreshed(db: Database, concepts: Concepts, wanted: str) -> bool:
    """Do one turn. Returns whether it was the last one."""
    with db.write():
        kept = db.value("SELECT value FROM setting WHERE key = ?", (_PLACE,))
        source, after = json.loads(kept) if kept else ("", -1)
        after = after if source == wanted else -1
        texts = db.rows(
            "SELECT d.position, d.id, t.text FROM document d JOIN text t ON t.document = d.id "
            "WHERE d.position > ? ORDER BY d.position LIMIT ?",
            (after, _AT_ONCE),
        )
        began = time.perf_counter()
        for position, document, text in texts:
            db.execute("DELETE FROM name WHERE document = ?", (document,))
            put(db, document, text, _standing_in(db, document), concepts)
            after = position
            if is_over(db, began):
                break
        over = not texts
        if over:
            db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (_SOURCE, wanted))
            db.execute("DELETE FROM setting WHERE key = ?", (_PLACE,))
        else:
            kept = json.dumps([wanted, after])
            db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (_PLACE, kept))
    return over


def _standing_in(db: Database, document: str) -> Iterator[tuple[str, str, int, object]]:
    rows = db.rows(
        "SELECT annotator, item, paragraph, state FROM item WHERE document = ? AND kind = 'span'",
        (document,),
    )

    def made(annotator: str, item: str, paragraph: int, state: str) -> tuple[str, str, int, object]:
        standing = standing_of(state)
        return annotator, item, paragraph, standing.value if standing else None

    yield from read_rows(rows, made, lambda who, item, *_: f"{document} ({who}): {item}")


def rows_of(
    document: str,
    text: str,
    items: Iterable[tuple[str, str, int, object]],
    concepts: Concepts,
) -> list[tuple[object, ...]]:
    """The rows of `PUT_NAME` for standing items `(annotator, item, paragraph, value)` of a
    document."""
    return [
        (
            annotator,
            kind,
            name,
            document,
            item,
            paragraph,
            " ".join(text[value.start : value.end].split()),
        )
        for annotator, item, paragraph, value in items
        if isinstance(value, Span)
        for kind, name in names_of(value, concepts)
    ]


def put(
    db: Access,
    document: str,
    text: str,
    items: Iterable[tuple[str, str, int, object]],
    concepts: Concepts,
) -> None:
    """Write the names of standing items `(annotator, item, paragraph, value)` of a document."""
    db.many(PUT_NAME, rows_of(document, text, items, concepts))


def update(
    db: Database, document: str, annotator: str, decision: Decision, concepts: Concepts
) -> None:
    """Update the names of one item after a decision."""
    before, after = (s.value if s else None for s in (decision.before, decision.after))
    old = before if isinstance(before, Span) and names_of(before, concepts) else None
    new = after if isinstance(after, Span) and names_of(after, concepts) else None
    if old == new:
        return
    if old is not None:
        db.execute(
            "DELETE FROM name WHERE document = ? AND annotator = ? AND item = ?",
            (document, annotator, decision.item),
        )
    if new is not None:
        text = db.value("SELECT text FROM text WHERE document = ?", (document,))
        put(db, document, text, [(annotator, decision.item, decision.paragraph, new)], concepts)


def known(db: Database, kind: NameKind, annotator: str | None = None) -> list[KnownName]:
    """The names of a kind with their forms, the most frequent first; of one annotator or of all."""
    found: dict[str, dict[str, int]] = {}
    # Adding up here takes half the time of a query with GROUP BY.
    for name, form, number in db.rows(
        "SELECT name, form, number FROM sum_name WHERE kind = ?1 AND (?2 IS NULL OR "
        "annotator = ?2) AND number > 0",
        (kind, annotator),
    ):
        forms = found.get(name)
        if forms is None:
            found[name] = {form: number}
        else:
            forms[form] = forms.get(form, 0) + number
    every = [
        KnownName(name, sum(forms.values()), forms if len(forms) == 1 else _most_frequent(forms))
        for name, forms in found.items()
    ]
    every.sort(key=lambda one: one.name)
    every.sort(key=lambda one: -one.count)
    return every


def _most_frequent(forms: Mapping[str, int]) -> dict[str, int]:
    """The forms with their numbers, the most frequent first."""
    return dict(sorted(forms.items(), key=lambda form: (-form[1], form[0])))


def of_form(db: Database, kind: NameKind, form: str) -> dict[str, int]:
    """The names that anybody gave to a form, with their numbers, the most frequent first."""
    rows = db.rows(
        "SELECT name, sum(number) AS n FROM sum_name WHERE kind = ? AND form = ? AND number > 0 "
        "AND annotator IN (SELECT DISTINCT annotator FROM completion) GROUP BY name ORDER BY n "
        "DESC, name",
        (kind, form),
    )
    return dict(rows)


def usage(
    db: Database, kind: NameKind, name: str | None = None
) -> dict[str, tuple[int, int, tuple[str, ...]]]:
    """The numbers of mentions and documents, and the annotators, of each name of a kind or of one
    name; the most frequent first."""
    rows = db.rows(
        "SELECT name, count(*) AS n, count(DISTINCT document), "
        "json_group_array(DISTINCT annotator) "
        f"FROM name WHERE kind = ?1 {'' if name is None else 'AND name = ?2'} "
        "GROUP BY name ORDER BY n DESC, name",
        (kind,) if name is None else (kind, name),
    )
    return {
        name: (number, documents, tuple(sorted(json.loads(who))))
        for name, number, documents, who in rows
    }


def spread(db: Database, kind: NameKind) -> float:
    """The share of names of a kind that occur in several documents, in [0, 1]. Only the first
    `SAMPLE` names are read, since the share is needed while somebody types. 1 if there are no
    names."""
    value = db.value(
        "SELECT avg(first <> last) FROM (SELECT min(document) AS first, max(document) AS last "
        "FROM name WHERE kind = ? GROUP BY name LIMIT ?)",
        (kind, SAMPLE),
    )
    return 1.0 if value is None else float(value)


SAMPLE = 300


def mentions(db: Database, annotator: str, kind: NameKind, name: str) -> list[MentionRow]:
    """Where an annotator gave a name, in document and text order."""
    rows = db.rows(
        "SELECT n.document, n.paragraph, n.item, n.form FROM name n JOIN document d ON d.id = "
        "n.document JOIN item i ON i.document = n.document AND i.annotator = n.annotator AND "
        "i.item = n.item WHERE n.kind = ? AND n.name = ? AND n.annotator = ? ORDER BY "
        "d.position, i.start",
        (kind, name, annotator),
    )
    return [MentionRow(*row) for row in rows]


def documents(db: Database, kind: NameKind, names: Sequence[str]) -> list[str]:
    """The documents in which anybody gave one of these names, in no order."""
    marks = ", ".join("?" for _ in names)
    rows = db.rows(
        f"SELECT DISTINCT document FROM name WHERE kind = ? AND name IN ({marks})", (kind, *names)
    )
    return [document for (document,) in rows]


def documents_of(db: Database, kind: NameKind, name: str) -> set[str]:
    """The documents in which anybody gave a name, in upper or lower case, or its contrary."""
    wanted = affirmative(name).casefold()
    rows = db.rows("SELECT DISTINCT name FROM sum_name WHERE kind = ? AND number > 0", (kind,))
    alike = [one for (one,) in rows if affirmative(one).casefold() == wanted]
    return set(documents(db, kind, alike))


def ambiguous(db: Database, annotator: str, document: str) -> Mapping[str, Sequence[str]]:
    """The forms of a document's named spans that have several entities in an annotator's work, with
    these entities."""
    found: dict[str, list[str]] = {}
    for form, name in db.rows(
        "SELECT form, name FROM sum_name WHERE kind = 'entity' AND annotator = ?1 AND number > "
        "0 AND form IN (SELECT form FROM name WHERE document = ?2 AND annotator = ?1 AND kind = "
        "'entity') ORDER BY form, name",
        (annotator, document),
    ):
        found.setdefault(form, []).append(name)
    return {form: tuple(names) for form, names in found.items() if len(names) > 1}


def given_once(db: Database, annotator: str, document: str) -> list[str]:
    """The entities in a document that occur only once in an annotator's whole work."""
    rows = db.rows(
        "SELECT DISTINCT n.name FROM name n WHERE n.document = ?1 AND n.annotator = ?2 AND n.kind "
        "= 'entity' AND (SELECT count(*) FROM (SELECT 1 FROM name m WHERE m.kind = 'entity' AND "
        "m.name = n.name AND m.annotator = ?2 LIMIT 2)) = 1 ORDER BY n.name",
        (document, annotator),
    )
    return [name for (name,) in rows]


def given(db: Database, annotator: str, kind: NameKind) -> list[str]:
    """The names of a kind that an annotator gave, in alphabetical order."""
    rows = db.rows(
        "SELECT DISTINCT name FROM sum_name WHERE kind = ? AND annotator = ? AND number > 0 "
        "ORDER BY name",
        (kind, annotator),
    )
    return [name for (name,) in rows]


__all__ = [
    "PUT_NAME",
    "ambiguous",
    "documents",
    "documents_of",
    "given",
    "given_once",
    "known",
    "mentions",
    "of_form",
    "put",
    "refresh",
    "rows_of",
    "spread",
    "update",
    "usage",
]
