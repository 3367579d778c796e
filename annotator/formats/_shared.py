"""What every format that reads needs: options, batches, and bytes turned into text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotator.errors import InputError
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.text import Document, Splitting

FALLBACK = "imported"
"""Whose work is taken for that which names nobody."""

MAX_BYTES = 20_000_000
"""Largest text, and largest line of records, that is read unless told otherwise."""

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read: `annotator` is given to records that name none, and to all canonical ones but gold; `max_bytes`
    bounds a text or a line; `settings` is the project's table `[format.NAME]`."""

    schema: LabelSchema
    encoding: str | None = None
    splitting: Splitting = "auto"
    annotator: str | None = None
    max_bytes: int = MAX_BYTES
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Batch:
    """What a file holds: texts without work, and work. `records` may be lazy; `warnings` is complete once they
    are consumed."""

    documents: list[Document] = field(default_factory=list)
    records: Iterable[Record] = ()
    warnings: list[str] = field(default_factory=list)


def checked_file(path: Path) -> int:
    """Size of a regular file in bytes. Raises InputError for anything else, and for an empty file."""
    if not path.exists():
        raise InputError("there is no such file", file=path, hint="Check the path")
    if not path.is_file():
        raise InputError("is not a regular file", file=path, hint="Name a text or JSONL file, or a folder")
    size = path.stat().st_size
    if size == 0:
        raise InputError("the file is empty", file=path, hint="Name one that holds something")
    return size


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """The bytes of a regular file that is neither empty nor too large."""
    size = checked_file(path)
    if size > max_bytes:
        raise InputError(
            f"the file has {size:,} bytes, more than the {max_bytes:,} a text may have",
            file=path,
            hint="Divide it, or raise the limit with --max-bytes",
        )
    try:
        return path.read_bytes()
    except OSError as error:
        hint = "Check the permissions of the file"
        raise InputError(f"cannot be read: {error.strerror}", file=path, hint=hint) from error


def decode(data: bytes, *, path: Path, encoding: str | None, warnings: list[str]) -> str:
    """The text of bytes: a given encoding, else by byte order mark, else UTF-8, else cp1252 with a warning.

    Raises InputError for bytes that are no text. A byte order mark is no part of the text.
    """
    if encoding is not None:
        try:
            text = data.decode(encoding)
        except LookupError as error:
            hint = "Such as utf-8, cp1252, latin-1 or utf-16"
            raise InputError(f"there is no encoding “{encoding}”", file=path, hint=hint) from error
        except UnicodeDecodeError as error:
            hint = f"Byte {error.start} does not fit; name another encoding"
            raise InputError(f"is not {encoding}", file=path, hint=hint) from error
        return text.removeprefix("\ufeff")
    for mark, name in _BOMS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(name)
            except UnicodeDecodeError as error:
                hint = "The byte order mark may be a mistake; name the encoding with --encoding"
                raise InputError(f"begins like {name} and is not", file=path, hint=hint) from error
    refuse_binary(data, path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            raise InputError(
                "is neither UTF-8 nor cp1252", file=path, line=line, hint="Name its encoding with --encoding"
            ) from error
        warnings.append(f"{path}:{line}: not UTF-8; read as cp1252. Check the letters, or give --encoding")
        return text


def refuse_binary(data: bytes, path: Path) -> None:
    """Raise InputError for bytes with a NUL, or with many control characters at the beginning."""
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise InputError(
            "holds a NUL byte, so it is not text",
            file=path,
            line=line,
            hint="Convert it to a text file first; if it is text in UTF-16, name that with --encoding",
        )
    if data.startswith(b"%PDF-"):
        raise InputError("is a PDF, not text", file=path, hint="Convert it to a text file first")
    head = data[:4096]
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    if controls > len(head) // 10:
        raise InputError("looks binary, not like text", file=path, hint="Convert it to a text file first")


def lines(path: Path, max_bytes: int) -> Iterator[tuple[int, bytes]]:
    """Number (from 1) and bytes of each line that is not blank, divided by LF alone."""
    checked_file(path)
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(max_bytes + 1):
                number += 1
                if len(line) > max_bytes:
                    raise InputError(
                        f"a line has more than {max_bytes:,} bytes",
                        file=path,
                        line=number,
                        hint="Raise the limit with --max-bytes if that is meant",
                    )
                if number == 1:
                    line = line.removeprefix(b"\xef\xbb\xbf")
                if line.strip():
                    yield number, line
    except OSError as error:
        hint = "Check the permissions of the file"
        raise InputError(f"cannot be read: {error.strerror}", file=path, hint=hint) from error


def document_id(path: Path) -> str:
    """An id from a file's name: its stem, with anything but letters, digits, `.`, `_`, `-` as `-`."""
    return re.sub(r"[^\w.-]+", "-", path.stem).strip("-.") or "document"
