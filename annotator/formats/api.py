"""The public interface of the family of formats: the record and its checks, how files are read, and
what a member is. A format is one module of this package, or the one that an entry point of the
group `annotator.formats` names. It holds what `Format` says, and what `Reads`, `WritesLines` or
another of the Protocols below adds. A reader yields `Entry`s, the objects of canonical records, in
which every key except `text` may be missing. The door (`admit`) checks them in the same way for all
formats; what a reader leaves out itself goes into `options.report`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from annotator.errors import InputError
from annotator.formats._door import admit, number
from annotator.formats._json import first_object, opens_like_json, rows
from annotator.formats._offsets import same_places
from annotator.formats._qda_codebook import QdaCode, qda_codebook, read_qda_codebook
from annotator.formats._qda_writing import GUID
from annotator.formats._reading import (
    FALLBACK,
    GZIP,
    MAX_BYTES,
    Entry,
    Identity,
    ReadOptions,
    checked_file,
    decode,
    document_id,
    lines,
    read_bytes,
)
from annotator.formats._record import (
    FORMAT,
    Data,
    check_document,
    check_record,
    completed,
    data_of,
    dumps,
    item_problem,
    items_problem,
    parse,
    record_of,
    upgraded,
)
from annotator.formats._report import FindingKind, ReadFinding, ReadReport
from annotator.formats._shape import problems
from annotator.formats._writing import WriteOptions
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.text import Splitting


class Format(Protocol):
    """What every member has: a line for help, and the endings of its files, beginning with the one
    that it writes.

    Optional: `on_request = True` if it reads a file only when it is named or `recognises` the file,
    `may_be_empty = True` if an empty file means something, `work_in_folders = True` if the files of
    an annotator are in a folder of their own, `named_by_annotator = True` if only the names of
    files or folders that it writes say whose work they hold, and `holds_ids = True` if it writes
    the external ids of names (`WriteOptions.ids`).
    """

    summary: str
    extensions: tuple[str, ...]


@runtime_checkable
class Reads(Format, Protocol):
    """A member that reads."""

    def read(self, path: Path, options: ReadOptions) -> Iterator[Entry]:
        """The texts and the work in a file. Raises InputError if nothing of the file can be
        read."""
        ...


@runtime_checkable
class Recognises(Reads, Protocol):
    """A member that reads JSON and recognises its files by their first object."""

    def recognises(self, first: Mapping[str, Any]) -> bool:
        """Whether the first object of a file looks like the format's."""
        ...


@runtime_checkable
class WritesLines(Format, Protocol):
    """A member that writes one or more lines, with their line ends, for each record."""

    def dumps(self, record: Record) -> str:
        """The line or lines of a record."""
        ...


@runtime_checkable
class EncodesLines(WritesLines, Protocol):
    """A member that has the bytes of its lines sooner than their text."""

    def encoded(self, record: Record) -> bytes:
        """The same as `dumps`, in UTF-8."""
        ...


@runtime_checkable
class WritesParts(Format, Protocol):
    """A member that writes one file piece by piece, for any number of records."""

    def parts(self, records: Iterable[Record], how: WriteOptions) -> Iterator[bytes]:
        """The bytes of a file, in order."""
        ...


@runtime_checkable
class WritesFolder(Format, Protocol):
    """A member that writes several files."""

    def files(self, records: Iterable[Record], how: WriteOptions) -> Iterator[tuple[str, bytes]]:
        """Name, with folders, and bytes of each file; if a name comes again, its bytes are added to
        that file."""
        ...


def reader(member: Format) -> Reads | None:
    """The member, if it is one that reads."""
    return member if isinstance(member, Reads) else None


def recognised(member: Format, first: Mapping[str, Any]) -> bool:
    """Whether a member recognises the first object of a file as its own."""
    return isinstance(member, Recognises) and bool(member.recognises(first))


def on_request(member: Format) -> bool:
    """Whether a member reads a file only when it is named or recognises the file's content."""
    return bool(getattr(member, "on_request", False))


def may_be_empty(member: Format) -> bool:
    """Whether an empty file means something to a member."""
    return bool(getattr(member, "may_be_empty", False))


def work_in_folders(member: Format) -> bool:
    """Whether each annotator's files are in a folder of their own, instead of in one file."""
    return bool(getattr(member, "work_in_folders", False))


def named_by_annotator(member: Format) -> bool:
    """Whether only the name of a file or folder that a member writes says whose work it holds."""
    return bool(getattr(member, "named_by_annotator", False))


def holds_ids(member: Format) -> bool:
    """Whether the files that a member writes hold the external ids of names."""
    return bool(getattr(member, "holds_ids", False))


def read_records(
    path: Path, schema: LabelSchema, *, splitting: Splitting = "auto"
) -> Iterator[Record]:
    """The records of a file of canonical records, one at a time and unchanged. Raises InputError
    for the first one that is invalid."""
    checked_file(path)
    for line, text in lines(path, MAX_BYTES):
        try:
            data = parse(text)
        except ValueError as error:
            raise InputError(str(error), file=path, line=line, hint="One record a line") from error
        id = f"{document_id(path)}-{line}"
        whole = completed(data, id=id, annotator=FALLBACK, splitting=splitting)
        for key, message in problems(whole, schema):
            hint = "`annotator validate` lists everything that is wrong"
            raise InputError(message, file=path, line=line, key=key, hint=hint)
        yield record_of(whole)


__all__ = [
    "FALLBACK",
    "FORMAT",
    "GUID",
    "GZIP",
    "MAX_BYTES",
    "Data",
    "EncodesLines",
    "Entry",
    "FindingKind",
    "Format",
    "Identity",
    "QdaCode",
    "ReadFinding",
    "ReadOptions",
    "ReadReport",
    "Reads",
    "Recognises",
    "WriteOptions",
    "WritesFolder",
    "WritesLines",
    "WritesParts",
    "admit",
    "check_document",
    "check_record",
    "checked_file",
    "completed",
    "data_of",
    "decode",
    "document_id",
    "dumps",
    "first_object",
    "holds_ids",
    "item_problem",
    "items_problem",
    "lines",
    "may_be_empty",
    "named_by_annotator",
    "number",
    "on_request",
    "opens_like_json",
    "parse",
    "problems",
    "qda_codebook",
    "read_bytes",
    "read_qda_codebook",
    "read_records",
    "reader",
    "recognised",
    "record_of",
    "rows",
    "same_places",
    "upgraded",
    "work_in_folders",
]
