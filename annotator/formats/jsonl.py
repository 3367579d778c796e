"""Canonical JSONL: one record a line, for one annotator's work on one document, or for its gold.
The same database gives the same bytes: sorted keys, no spaces, unescaped UTF-8, LF, no floats. It
reads records of versions 1 and 2, and rows in which every key except `text` may be missing. A row
without annotator, status, spans and relations is a text that waits to be coded. Keys that are not
part of a record are kept in `meta`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from annotator.formats import _record
from annotator.formats._json import rows, tell_spans
from annotator.formats._reading import FALLBACK, Entry, Identity, ReadOptions, document_id
from annotator.model.record import Record
from annotator.model.text import plural

summary = "canonical records, one JSON object a line (in and out)"
extensions = (".jsonl", ".ndjson")


def recognises(first: Mapping[str, Any]) -> bool:
    """Whether an object says that it is a record."""
    return first.get("schema") in (_record.FORMAT, _record.OLD)


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The records of a file, each read when it is needed."""
    nameless = number = 0
    key = options.settings.get("text", "text")
    for line, data in rows(path, options):
        if "text" not in data and key in data:
            data["text"] = data.pop(key)
        if "text" not in data:
            hint = 'another key is named in annotator.toml: [format.jsonl] text = "KEY"'
            message = f"the text is missing; {hint}"
            options.report.left_out("invalid records", message, line=line, key=key)
            continue
        work = _is_work(data) or options.empty_is_done
        if not _sign(data, options) and work:
            nameless += 1
        _tell_unknown(data, options, line)
        meta = data.get("meta")
        if not work and meta is not None and not isinstance(meta, dict):
            data["meta"] = {"meta": meta}
        number = max(line, number + 1)  # several objects may be in one line
        id = f"{options.prefix or document_id(path)}-{number}"
        yield Entry(data, id, line, work=work, identity=_identity(data))
    if nameless:
        options.report.note(
            "records without an annotator",
            f"{plural(nameless, 'record')} without an annotator, taken as the work of "
            f"“{FALLBACK}”. Say whose they are with --as",
        )


def _identity(data: Mapping[str, Any]) -> Identity:
    """Whether a row says which document it is by an id."""
    named = isinstance(data.get("id"), str | int) and not isinstance(data.get("id"), bool)
    return Identity.ID if named else Identity.TEXT


def _sign(data: dict[str, Any], options: ReadOptions) -> bool:
    """Write the annotator of the options into a record. Returns whether it is known whose the
    record is; gold is nobody's, and that is known."""
    if data.get("status") == "gold":
        return True
    if options.annotator:
        data["annotator"] = options.annotator
    return options.annotator is not None or data.get("annotator") is not None


def _is_work(data: Mapping[str, Any]) -> bool:
    """Whether a row says that somebody worked on its text."""
    return any(data.get(key) is not None for key in _record.WORK)


def _tell_unknown(data: dict[str, Any], options: ReadOptions, line: int) -> None:
    """Report keys that are not part of a record (they go into its metadata) and annotations under
    such keys (they are not read)."""
    extra = sorted(set(data) - _record.KEYS)
    for key in extra:
        remedy = "--format says which it is, such as --format doccano"
        tell_spans(key, data[key], line, options.report, remedy)
    if extra and "schema" in data:
        message = f"unknown keys are kept in meta: {', '.join(extra)}"
        options.report.changed("records with unknown keys", message, line=line)


def dumps(record: Record) -> str:
    """The line of a record."""
    return _record.dumps(record)


def encoded(record: Record) -> bytes:
    """The line of a record in UTF-8, without the detour over a text."""
    return _record.encoded(record)
