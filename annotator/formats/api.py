"""What the family of formats shows to others: the record and its checks, how files are read, what a member is.

A format is one module of this package (or the one that an entry point of the group `annotator.formats` names) that
holds what `Format` says, and what `Reads`, `WritesLines` or `WritesFiles` says on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol, runtime_checkable

from annotator.errors import InputError
from annotator.formats._record import (
    FORMAT,
    check_record,
    completed,
    data_of,
    dumps,
    parse,
    problems,
    record_of,
    upgraded,
)
from annotator.formats._shared import (
    FALLBACK,
    MAX_BYTES,
    Batch,
    ReadOptions,
    checked_file,
    document_id,
    lines,
)
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.text import Splitting


class Format(Protocol):
    """What every member holds: a line for help, and the endings of its files, the first one for those it writes."""

    summary: str
    extensions: tuple[str, ...]


@runtime_checkable
class Reads(Format, Protocol):
    """A member that reads. Raises InputError, naming file, line and key, for what does not hold."""

    def read(self, path: Path, options: ReadOptions) -> Batch:
        """The texts and the work in a file."""
        ...


@runtime_checkable
class WritesLines(Format, Protocol):
    """A member that writes lines: what it has to say of one record, with its line end."""

    def dumps(self, record: Record) -> str:
        """The line or lines of a record."""
        ...


@runtime_checkable
class WritesFiles(Format, Protocol):
    """A member that writes something else: the bytes of one file with all records."""

    def dump(self, records: Iterable[Record]) -> bytes:
        """The bytes of a file."""
        ...


def read_records(path: Path, schema: LabelSchema, *, splitting: Splitting = "auto") -> Iterator[Record]:
    """The records of a file of canonical records, one at a time. Raises InputError for the first that does not
    hold."""
    for number, line in lines(path, MAX_BYTES):
        try:
            data = parse(line)
        except ValueError as error:
            raise InputError(str(error), file=path, line=number, hint="One record a line") from error
        yield read_record(
            data, schema, path=path, line=number, id=f"{document_id(path)}-{number}", splitting=splitting
        )


def read_record(
    data: dict[str, object],
    schema: LabelSchema,
    *,
    path: Path,
    line: int,
    id: str,
    annotator: str = FALLBACK,
    splitting: Splitting = "auto",
) -> Record:
    """The record of an object, keys that are missing made up. Raises InputError when it does not hold."""
    whole = completed(data, id=id, annotator=annotator, splitting=splitting)
    for key, message in problems(whole, schema):
        hint = "Nothing of this file was imported; `annotator validate` lists everything that is wrong"
        raise InputError(message, file=path, line=line, key=key, hint=hint)
    return record_of(whole)


__all__ = [
    "FALLBACK", "FORMAT", "MAX_BYTES", "Batch", "Format", "ReadOptions", "Reads", "WritesFiles", "WritesLines",
    "check_record", "checked_file", "completed", "data_of", "document_id", "dumps", "lines", "parse", "problems",
    "read_record", "read_records", "record_of", "upgraded",
]  # fmt: skip
