"""Data for learning and its results: finished paragraphs, outcomes of suggestions, trained
models."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.json_text import json_text
from annotator.store.codec import now
from annotator.store.connection import Database
from annotator.store.isolation import object_of, read_rows

KEPT = 3
"""The number of models whose bytes are kept. For older ones, only their training data and
figures are kept."""

_AT_ONCE = 50_000
"""The number of events read in one query."""


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A trained model. `schema`, `config`, `code` and `sha256` are hashes of the label schema, the
    settings, the program and the model's bytes; `trained_on` has `paragraphs`, `documents` and the
    log's last `sequence`; `metrics` has its figures. `kept` says whether its bytes are still
    stored."""

    number: int
    created: str
    kind: str
    schema: str
    config: str
    code: str
    sha256: str
    trained_on: Mapping[str, Any]
    metrics: Mapping[str, Any]
    kept: bool


@dataclass(frozen=True, slots=True)
class SuggestionOutcome:
    """What one annotator did with a suggestion: `right` if it stands with its label and bounds.
    `score` is the suggester's own; `seen` is false in blind paragraphs, where the suggestion is
    compared with the annotator's own work."""

    suggester: str
    layer: str
    label: str
    score: float
    right: bool
    seen: bool = True


@dataclass(frozen=True, slots=True)
class Finished:
    """A paragraph that an annotator finished; `sequence` is that of its last event in the log."""

    document: str
    annotator: str
    paragraph: int
    sequence: int


class Learning:
    """Queries over one database. The text and the annotations themselves
    come from `project.log.records`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # --- training data

    def paragraphs_done(self) -> int:
        """The number of paragraphs marked as done, over all annotators and the gold."""
        return int(self._db.value("SELECT coalesce(sum(done), 0) FROM completion"))

    def last_sequence(self) -> int:
        """The number of the log's last event; 0 if it is empty."""
        return int(self._db.value("SELECT coalesce(max(sequence), 0) FROM event"))

    def finished(self) -> list[Finished]:
        """The finished paragraphs (all annotated ones, if the whole document is done), in the order
        in which they were finished."""
        last: dict[tuple[str, str, int], int] = {}
        closed: dict[tuple[str, str], int] = {}
        for document, annotator, paragraph, sequence in self._closing():
            last[document, annotator, paragraph] = sequence
            closed[document, annotator] = max(sequence, closed.get((document, annotator), 0))
        rows = self._db.rows(
            "SELECT c.document, c.annotator, p.number FROM completion c JOIN paragraph p ON "
            "p.document = c.document LEFT JOIN item i ON i.document = c.document AND "
            "i.annotator = c.annotator AND i.item = '@p' || p.number WHERE c.completion <> "
            "'skipped' AND (c.done > 0 OR c.completion IN ('done', 'gold')) AND NOT "
            "coalesce(json_extract(i.state, '$.mark.excluded'), p.excluded) AND (c.completion "
            "IN ('done', 'gold') OR coalesce(json_extract(i.state, '$.mark.done'), 0))"
        )
        found = [Finished(d, a, p, last.get((d, a, p), closed.get((d, a), 0))) for d, a, p in rows]
        return sorted(found, key=lambda f: (f.sequence, f.document, f.annotator, f.paragraph))

    def _closing(self) -> Iterator[tuple[str, str, int, int]]:
        """Document, annotator, paragraph and sequence of the events that finish paragraphs, a few
        at a time, so that no read transaction is long."""
        last = self.last_sequence()
        for first in range(0, last, _AT_ONCE):
            yield from self._db.rows(
                "SELECT document, annotator, paragraph, max(sequence) FROM event WHERE sequence "
                "> ? AND sequence <= ? AND action IN ('close', 'import', 'complete', 'redo') "
                "GROUP BY document, annotator, paragraph",
                (first, first + _AT_ONCE),
            )

    def outcomes(self, limit: int = 20_000) -> list[SuggestionOutcome]:
        """The outcomes of suggestions that were shown, and of those that would have been shown if
        their paragraph were not blind; the newest runs first, at most `limit` of each."""
        seen = self._db.rows(
            "SELECT s.suggester, s.layer, s.label, coalesce(s.raw, s.score), "
            "i.status IN ('accepted', 'corrected') AND i.label = s.label "
            'AND (s.kind <> \'span\' OR (i.start = s.start AND i."end" = s."end")) '
            "FROM item i JOIN suggestion s ON s.document = i.document AND s.id = i.item "
            "WHERE i.annotator NOT LIKE '@%' AND s.shown "
            "AND i.status IN ('accepted', 'corrected', 'rejected', 'removed') "
            "ORDER BY s.run DESC LIMIT ?",
            (limit,),
        )
        blind = self._db.rows(
            "SELECT s.suggester, s.layer, s.label, coalesce(s.raw, s.score), EXISTS (SELECT 1 "
            "FROM item i WHERE i.document = s.document AND i.annotator = p.annotator AND i.kind "
            "= 'span' AND i.layer = s.layer AND i.label = s.label AND i.start = s.start AND "
            'i."end" = s."end") FROM suggestion s JOIN item p ON p.document = s.document AND '
            "p.item = '@p' || s.paragraph WHERE s.kind = 'span' AND s.blind AND s.shown AND "
            "p.annotator NOT LIKE '@%' AND json_extract(p.state, '$.mark.done') ORDER BY s.run "
            "DESC LIMIT ?",
            (limit,),
        )
        return [
            SuggestionOutcome(suggester, layer, label, score, bool(right), visible)
            for rows, visible in ((seen, True), (blind, False))
            for suggester, layer, label, score, right in rows
            if 0 <= score <= 1  # Reading suggestions reports the others.
        ]

    # --- models

    def keep(
        self,
        data: bytes,
        *,
        kind: str,
        schema: str,
        config: str,
        code: str,
        trained_on: Mapping[str, Any],
        metrics: Mapping[str, Any],
    ) -> int:
        """Store a model. Returns its number, one more than the last. Only the newest `KEPT` models
        keep their bytes."""
        with self._db.write():
            number = int(self._db.value("SELECT coalesce(max(number), 0) + 1 FROM model"))
            self._db.execute(
                "INSERT INTO model VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    number,
                    now(),
                    kind,
                    schema,
                    config,
                    code,
                    hashlib.sha256(data).hexdigest(),
                    json_text(dict(trained_on)),
                    json_text(dict(metrics)),
                    data,
                ),
            )
            self._db.execute("UPDATE model SET data = NULL WHERE number <= ?", (number - KEPT,))
        return number

    def models(self, *, schema: Sequence[str] | None = None, limit: int = -1) -> list[ModelRow]:
        """At most `limit` models, the newest first: all, or those for the label schema with one of
        these `hashes`."""
        rows = self._db.rows(
            "SELECT number, created, kind, schema, config, code, sha256, trained_on, metrics, "
            "data IS NOT NULL FROM model WHERE ?1 IS NULL OR schema IN (SELECT value FROM "
            "json_each(?1)) ORDER BY number DESC LIMIT ?2",
            (None if schema is None else json.dumps(schema), limit),
        )
        return list(read_rows(rows, _model, lambda number, *_: f"model {number}"))

    def newest(self, schema: Sequence[str]) -> tuple[int, bytes] | None:
        """Number and bytes of the newest model for the label schema with one of these `hashes`;
        None if there is none."""
        row = self._db.row(
            "SELECT number, data FROM model WHERE schema IN (SELECT value FROM json_each(?)) AND "
            "data IS NOT NULL ORDER BY number DESC LIMIT 1",
            (json.dumps(schema),),
        )
        return (int(row[0]), bytes(row[1])) if row else None

    # --- where annotators are

    def places(self) -> list[tuple[str, int]]:
        """Document and paragraph where each annotator was last."""
        return self._db.rows(
            "SELECT document, paragraph FROM place p WHERE serial = (SELECT max(serial) FROM "
            "place q WHERE q.annotator = p.annotator) ORDER BY annotator"
        )


def _model(
    number: int,
    created: str,
    kind: str,
    schema: str,
    config: str,
    code: str,
    sha256: str,
    trained_on: str,
    metrics: str,
    kept: int,
) -> ModelRow:
    return ModelRow(
        number,
        created,
        kind,
        schema,
        config,
        code,
        sha256,
        object_of(trained_on),
        object_of(metrics),
        bool(kept),
    )


__all__ = ["KEPT", "Finished", "Learning", "ModelRow", "SuggestionOutcome"]
