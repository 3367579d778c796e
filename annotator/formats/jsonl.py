"""Canonical JSONL: one record a line, for one annotator's work on one document, or the gold of one.

The same database gives the same bytes: keys sorted, no spaces, UTF-8 as it is, LF, no floats.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from annotator.errors import InputError
from annotator.formats import _record
from annotator.formats._record import completed, parse, problems, record_of
from annotator.formats._shared import FALLBACK, Batch, ReadOptions, checked_file, document_id, lines
from annotator.model.record import Record
from annotator.model.text import plural

summary = "canonical records, one JSON object a line (in and out)"
extensions = (".jsonl", ".ndjson")


def read(path: Path, options: ReadOptions) -> Batch:
    """The records of a file, read as they are consumed."""
    checked_file(path)
    batch = Batch()
    batch.records = _records(path, options, batch.warnings)
    return batch


def _records(path: Path, options: ReadOptions, warnings: list[str]) -> Iterator[Record]:
    nameless = count = 0
    seen: set[tuple[str, str | None]] = set()
    for number, line in lines(path, options.max_bytes):
        count += 1
        try:
            data = parse(line)
        except ValueError as error:
            hint = "Nothing of this file was imported"
            raise InputError(str(error), file=path, line=number, hint=hint) from error
        if data.get("annotator") is None and data.get("status") != "gold" and options.annotator is None:
            nameless += 1
        whole = completed(
            data,
            id=f"{document_id(path)}-{number}",
            annotator=options.annotator or FALLBACK,
            splitting=options.splitting,
        )
        for key, message in problems(whole, options.schema):
            hint = "Nothing of this file was imported; `annotator validate` lists everything that is wrong"
            raise InputError(message, file=path, line=number, key=key, hint=hint)
        record = record_of(whole)
        if options.annotator and record.annotator is not None:
            record = replace(record, annotator=options.annotator)
        who = (record.document.sha256, record.annotator)
        if who in seen:
            hint = "Nothing of this file was imported; a file holds one record for each annotator of a text"
            raise InputError("the same work a second time", file=path, line=number, key="id", hint=hint)
        seen.add(who)
        yield record
    if not count:
        raise InputError("holds only blank lines", file=path, hint="Nothing to import")
    if nameless:
        warnings.append(
            f"{path}: {plural(nameless, 'record')} without an annotator, taken as the work of “{FALLBACK}”. "
            "Say whose they are with --as"
        )


def dumps(record: Record) -> str:
    """The line of a record."""
    return _record.dumps(record)
