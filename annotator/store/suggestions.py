"""Suggestions, places, and the memory of decisions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from annotator.json_text import json_text
from annotator.model.decision import Suggestion
from annotator.model.memory import LONGEST, Memory, Outcome
from annotator.model.span import Span
from annotator.store.bounds import DocumentExtent, extent_of, extents_of
from annotator.store.codec import annotation_json, annotation_of, now
from annotator.store.connection import Database, Row
from annotator.store.isolation import read_rows, state_of
from annotator.store.long_work import FEW
from annotator.store.provenance import put_opened, revision_of
from annotator.store.results import Position, SuggestionRun

_PUT = (
    "INSERT OR IGNORE INTO suggestion (document, id, paragraph, kind, layer, label, start, "
    '"end", value, suggester, version, score, rank, reason, rule, run, shown, blind, raw) '
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_TOUCHED = (
    "SELECT paragraph FROM item WHERE document = ?1 AND paragraph >= 0 UNION "
    "SELECT o.paragraph FROM opened o WHERE o.document = ?1 AND EXISTS (SELECT 1 FROM suggestion s "
    "WHERE s.document = ?1 AND s.paragraph = o.paragraph)"
)

_LAST = (1 << 63) - 1
"""A number that no paragraph exceeds."""


def touched(db: Database, document: str) -> frozenset[int]:
    """The paragraphs that somebody worked in, or opened and saw suggestions in."""
    return frozenset(row[0] for row in db.rows(_TOUCHED, (document,)))


def put(
    db: Database,
    document: str,
    suggestions: Sequence[Suggestion],
    run: SuggestionRun,
    *,
    untouched: bool,
    others: bool,
) -> int:
    """Replace a document's undecided suggestions by the run's suggesters (with `others`, by all);
    with `untouched`, only in paragraphs that are not `touched`. Returns how many were stored. Those
    of a paragraph change together; a long document takes several turns."""
    count, number = 0, 0
    for low, high in _stretches(suggestions):
        with db.write():
            kept = touched(db, document) if untouched else frozenset()
            if not number:
                db.execute(
                    "INSERT INTO run (time, versions, config) VALUES (?, ?, ?)",
                    (now(), json_text(dict(run.versions)), run.config),
                )
                number = db.value("SELECT last_insert_rowid()")
            wanted = json_text(sorted(kept))
            db.many(
                "DELETE FROM suggestion WHERE document = ? AND (suggester = ? OR ?) AND NOT EXISTS "
                "(SELECT 1 FROM item WHERE item.document = suggestion.document AND item.item = "
                "suggestion.id) AND paragraph BETWEEN ? AND ? AND paragraph NOT IN "
                "(SELECT value FROM json_each(?))",
                [(document, name, others, low, high, wanted) for name in run.versions],
            )
            new = [
                _row(document, s, number)
                for s in suggestions
                if low <= s.paragraph <= high and s.paragraph not in kept
            ]
            db.many(_PUT, new)
            count += len(new)
    return count


def _stretches(suggestions: Sequence[Suggestion]) -> Iterator[tuple[int, int]]:
    """The first and last paragraphs of stretches that together cover a document, each with few
    suggestions or of one paragraph."""
    first = held = 0
    for paragraph, number in sorted(Counter(s.paragraph for s in suggestions).items()):
        if held and held + number > FEW:
            yield first, paragraph - 1
            first, held = paragraph, 0
        held += number
    yield first, _LAST


def withdraw(db: Database, document: str, ids: Collection[str]) -> int:
    """Remove suggestions in paragraphs that are not `touched`. Returns how many."""
    with db.write():
        before = db.value("SELECT count(*) FROM suggestion WHERE document = ?", (document,))
        db.execute(
            "DELETE FROM suggestion WHERE document = ? AND id IN (SELECT value FROM json_each(?)) "
            "AND paragraph NOT IN (SELECT value FROM json_each(?))",
            (document, json_text(sorted(ids)), json_text(sorted(touched(db, document)))),
        )
        after = db.value("SELECT count(*) FROM suggestion WHERE document = ?", (document,))
    return int(before - after)


def _row(document: str, s: Suggestion, run: int) -> tuple[object, ...]:
    span = s.value if isinstance(s.value, Span) else None
    return (
        document,
        s.id,
        s.paragraph,
        "span" if span else "relation",
        s.value.layer,
        s.value.label,
        span.start if span else None,
        span.end if span else None,
        json_text(annotation_json(s.value)),
        s.suggester,
        s.version,
        s.score,
        s.rank,
        s.reason,
        s.rule,
        run,
        s.shown,
        s.blind,
        s.raw,
    )


def doubt(db: Database, documents: Sequence[str]) -> dict[str, float]:
    """The mean of p(1 - p) over the scores of a document's suggested spans."""
    rows = db.rows(
        "SELECT document, avg(score * (1 - score)) FROM suggestion WHERE kind = 'span' "
        "AND document IN (SELECT value FROM json_each(?)) GROUP BY document",
        (json.dumps(list(documents)),),
    )
    return {document: float(mean) for document, mean in rows}


def suggested(db: Database) -> frozenset[str]:
    """The documents that have suggestions."""
    return frozenset(row[0] for row in db.rows("SELECT DISTINCT document FROM suggestion"))


def has_suggestions(db: Database, document: str) -> bool:
    """Whether a document has suggestions."""
    return bool(
        db.value("SELECT EXISTS (SELECT 1 FROM suggestion WHERE document = ?)", (document,))
    )


_COLUMNS = "id, value, paragraph, suggester, version, score, rank, reason, rule, shown, blind, raw"


def load(db: Database, document: str, paragraph: int | None = None) -> list[Suggestion]:
    """The suggestions of a document or of one of its paragraphs, decided or not, by paragraph, rank
    and id."""
    rows = db.rows(
        f"SELECT {_COLUMNS} FROM suggestion WHERE document = ?1 AND (?2 IS NULL OR paragraph = ?2) "
        "ORDER BY paragraph, rank, id",
        (document, paragraph),
    )
    return _suggestions(document, rows, extent_of(db, document))


def load_many(db: Database, documents: Sequence[str]) -> dict[str, list[Suggestion]]:
    """The suggestions of documents as `load` gives them, in two queries; documents without any are
    left out."""
    rows = db.rows(
        f"SELECT document, {_COLUMNS} FROM suggestion WHERE document IN (SELECT value FROM "
        "json_each(?)) ORDER BY document, paragraph, rank, id",
        (json.dumps(list(documents)),),
    )
    places = extents_of(db, documents)
    found = {
        document: _suggestions(document, [row[1:] for row in some], places[document])
        for document, some in groupby(rows, key=itemgetter(0))
    }
    return {document: several for document, several in found.items() if several}


def _suggestions(document: str, rows: Sequence[Row], within: DocumentExtent) -> list[Suggestion]:
    """The suggestions in rows of `_COLUMNS`. Those that are invalid or outside the document are
    left out and reported."""

    def made(
        id: str,
        value: str,
        place: int,
        suggester: str,
        version: str,
        score: float,
        rank: int,
        reason: str,
        rule: str,
        shown: int,
        blind: int,
        raw: float | None,
    ) -> Suggestion:
        found = annotation_of(state_of(value))
        if found.id != id:
            raise ValueError("its id does not match")
        if not 0 <= score <= 1:
            raise ValueError(f"its score is {score}")
        within.check(place, found)
        return Suggestion(
            found,
            place,
            suggester,
            version,
            score,
            rank,
            reason,
            rule,
            bool(shown),
            bool(blind),
            raw,
        )

    return list(read_rows(rows, made, lambda id, *_: f"{document}: suggestion {id}"))


def mark_opened(
    db: Database, document: str, paragraph: int, annotator: str, *, blind: bool
) -> None:
    """Record that a paragraph was opened, and at the first time, whether it was `blind`."""
    with db.relaxed(), db.write():
        revision = revision_of(db, document, annotator)
        put_opened(db, document, annotator, revision, {paragraph: blind})


def position(db: Database, document: str, annotator: str) -> Position | None:
    """Where the annotator was in a document."""
    row = db.row(
        "SELECT document, paragraph, item, mode FROM place WHERE annotator = ? AND document = ?",
        (annotator, document),
    )
    return Position(*row) if row else None


def last_position(db: Database, annotator: str) -> Position | None:
    """Where the annotator was last, in any document."""
    row = db.row(
        "SELECT document, paragraph, item, mode FROM place WHERE annotator = ? ORDER BY serial "
        "DESC LIMIT 1",
        (annotator,),
    )
    return Position(*row) if row else None


def save_position(db: Database, annotator: str, place: Position) -> None:
    """Store a place."""
    with db.relaxed(), db.write():
        db.execute(
            "INSERT OR REPLACE INTO place SELECT ?, ?, ?, ?, ?, coalesce(max(serial) + 1, 0) "
            "FROM place WHERE annotator = ?",
            (annotator, place.document, place.paragraph, place.item, place.mode, annotator),
        )


def memory(db: Database) -> Memory:
    """What the project has accepted and rejected before, over all annotators except the gold. A
    text that is too long to be looked for again has no effect, so it is remembered only if it was
    rejected or has a name.
    """
    blanks = "length(quote) - length(replace(quote, ' ', ''))"
    rows = db.rows(
        "SELECT layer, label, quote, entity, accepted, rejected FROM sum_surface WHERE "
        f"(accepted > 0 OR rejected > 0) AND (rejected > 0 OR entity <> '' OR {blanks} < ?1 OR "
        "quote GLOB '*[' || char(9, 10, 11, 12, 13) || ']*' OR instr(quote, '  ') OR EXISTS "
        "(SELECT 1 FROM sum_surface r WHERE r.layer = sum_surface.layer AND r.quote = "
        "sum_surface.quote AND r.rejected > 0)) ORDER BY layer, quote, label, entity",
        (LONGEST + 2,),
    )
    return Memory.of(
        Outcome(layer, label, quote, kind, entity or None, times)
        for layer, label, quote, entity, accepted, rejected in rows
        for kind, times in ((True, accepted), (False, rejected))
        if times > 0
    )
