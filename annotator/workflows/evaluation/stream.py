"""The coded paragraphs of a file, in order: what suggestions are compared with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotator.config import Config
from annotator.errors import InputError
from annotator.formats.api import checked_file, read_records
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.span import Span
from annotator.model.text import Document, Paragraph, plural
from annotator.workflows.effort.scoring import Decided, decided


@dataclass(frozen=True, slots=True)
class Stream:
    """The finished paragraphs of a file, in order; `left_out` counts the
    others, about which nothing is known."""

    paragraphs: Sequence[Decided]
    left_out: int = 0


def stream_of(records: Iterable[Record]) -> Stream:
    """The finished paragraphs of records, without excluded ones: all paragraphs of a record that is
    done or gold, those marked as done in one in progress, and none of a skipped one."""
    out: list[Decided] = []
    left_out = 0
    for record in records:
        for paragraph in record.document.paragraphs:
            if paragraph.excluded:
                continue
            if record.status in (Completion.DONE, Completion.GOLD) or (
                record.status is Completion.IN_PROGRESS and paragraph.index in record.done
            ):
                out.append(decided(record, paragraph))
            else:
                left_out += 1
    return Stream(out, left_out)


def read_stream(path: Path, schema: LabelSchema, config: Config, *, group: int = 1) -> Stream:
    """The finished paragraphs of a file: canonical records (the gold if there is any, or else the
    annotator who finished most), or rows of `text` and `spans` as [start, end, label], `group` of
    which make a paragraph.

    Raises InputError, naming file and line, if the file is invalid, or if nothing is marked in it.
    """
    rows = _rows(path)
    if all(isinstance(span, list) for row in rows for span in row.get("spans", [])) and any(
        row.get("spans") for row in rows
    ):
        stream = Stream(list(_plain(path, rows, schema, group)))
    else:
        stream = _canonical(path, schema, config)
    if not any(one.spans for one in stream.paragraphs):
        hint = "Give a file with annotations to compare with"
        if stream.left_out:
            hint += f"; {plural(stream.left_out, 'unfinished paragraph')} left out"
        raise InputError("nothing is marked in the file", file=path, hint=hint)
    return stream


def _canonical(path: Path, schema: LabelSchema, config: Config) -> Stream:
    """The gold of a file of records if there is any, or else the work of the annotator who finished
    most."""
    works: dict[str | None, list[Record]] = {}
    try:
        for record in read_records(path, schema, splitting=config.splitting):
            works.setdefault(record.annotator, []).append(record)
    except InputError as error:
        # The reader's own hints are about importing, so replace them.
        hint = "`annotator validate` lists everything that is wrong"
        raise InputError(
            error.message, file=error.file, line=error.line, key=error.key, hint=hint
        ) from error
    streams = {who: stream_of(records) for who, records in works.items()}
    best = min(streams, key=lambda who: (who is not None, -len(streams[who].paragraphs), str(who)))
    return streams[best]


def _rows(path: Path) -> list[dict[str, Any]]:
    if path.is_dir():
        raise InputError("is a folder", file=path, hint="Name a file of JSON lines")
    checked_file(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        hint = "Check the permissions of the file"
        raise InputError(f"cannot be read: {error.strerror}", file=path, hint=hint) from error
    except UnicodeDecodeError as error:
        hint = "Save it as JSON lines in UTF-8"
        raise InputError(f"is not UTF-8 (byte {error.start:,})", file=path, hint=hint) from error
    rows = [_row(line, path, number) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise InputError("has only blank lines", file=path, hint="Write one JSON object per line")
    return rows


def _row(text: str, path: Path, line: int) -> dict[str, Any]:
    """A line as an object with a text and, if it has any, a list of spans."""
    try:
        row = json.loads(text)
    except ValueError as error:
        hint = "Write one JSON object per line"
        raise InputError(f"not valid JSON: {error}", file=path, line=line, hint=hint) from error
    hint = 'Write {"text": ..., "spans": [...]}'
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise InputError("has no text", file=path, line=line, key="text", hint=hint)
    if not isinstance(row.get("spans", []), list):
        raise InputError("must be a list", file=path, line=line, key="spans", hint=hint)
    return row


def _plain(
    path: Path, rows: Sequence[Mapping[str, Any]], schema: LabelSchema, group: int
) -> Iterator[Decided]:
    for at in range(0, len(rows), group):
        text = ""
        spans: list[Span] = []
        for number, row in enumerate(rows[at : at + group], at + 1):
            offset = len(text) + bool(text)
            text += (" " if text else "") + row["text"]
            spans += [
                _span(path, number, schema, value, row["text"], offset)
                for value in row.get("spans", [])
            ]
        document = Document(f"{path.stem}-{at + 1}", "", text, (Paragraph(0, 0, len(text)),))
        yield Decided(document, document.paragraphs[0], tuple(spans), ())


def _span(path: Path, number: int, schema: LabelSchema, value: Any, text: str, offset: int) -> Span:
    """A span of a row: its label is one of the schema, alone or after its layer and a dot."""
    try:
        start, end, name = value
        holds = type(start) is type(end) is int and 0 <= start < end <= len(text)
    except (TypeError, ValueError):
        holds, start, end, name = False, 0, 0, ""
    if not holds:
        raise InputError(
            f"{value!r} is not a span",
            file=path,
            line=number,
            key="spans",
            hint="Write [start, end, label], with both offsets inside the text",
        )
    layer, _, label = str(name).rpartition(".")
    for known in schema.span_layers:
        if known.label(label) is not None and layer in ("", known.name):
            id = f"{known.name}-{offset + start}-{offset + end}"
            return Span(id, known.name, label, offset + start, offset + end)
    names = ", ".join(f"{x.name}.{label.name}" for x in schema.span_layers for label in x.labels)
    raise InputError(
        f"“{name}” is not a label of {schema.name}",
        file=path,
        line=number,
        key="spans",
        hint=f"Labels: {names}; name another schema with --schema",
    )


__all__ = ["Stream", "read_stream", "stream_of"]
