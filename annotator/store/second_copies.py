"""Indexes that hold a second copy of data which could not be checked otherwise.

Texts have a hash, decisions have a chain of hashes, and the state follows from the decisions.
Titles, settings, scores and times follow from nothing: a bit flipped by the disk would go
unnoticed. An index over all columns of such a table holds each value once more. SQLite maintains
it, whoever writes, and `PRAGMA integrity_check`, which `annotator doctor` runs, compares the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database as Utils


def m014_second_copies(db: Utils) -> None:
    """Indexes over what nothing else says anything of."""
    suggestion = (
        'paragraph, kind, layer, label, start, "end", value, suggester, version, score, rank, '
        "reason, rule, run, shown, blind, raw"
    )
    shown = 'paragraph, layer, label, start, "end", source, target, suggester, version'
    for table, columns in (
        ("setting", "value"),
        ("document", "title, meta, imported, paragraphs, length"),
        ("paragraph", 'start, "end", excluded'),
        ("run", "time, versions, config"),
        ("suggestion", suggestion),
        ("shown", shown),
        ("opened", "annotator, document, paragraph"),
        ("place", "paragraph, item, mode, serial"),
        ("assignment", "time"),
        ("provenance", "revision, data"),
        ("ruling", "kind, name, canonical, same, reviewer, token, time, relation"),
        ("codebook_event", "kind, name, entry, who, token, time"),
        ("model", "created, kind, schema, config, code, sha256, trained_on, metrics"),
        ("review", "basis, revisions, voters, undecided, status, changed, reasons"),
    ):
        db.execute(f"CREATE INDEX {table}_copy ON {table} ({columns})")


__all__ = ["m014_second_copies"]
