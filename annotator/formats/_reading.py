"""What all formats that read share: options, entries, and decoding bytes into text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from stat import S_ISREG
from typing import Any

from annotator.errors import InputError
from annotator.formats._report import ReadReport
from annotator.model.schema import LabelSchema
from annotator.model.text import Splitting, plural

FALLBACK = "imported"
"""The annotator of work that names nobody."""

MAX_BYTES = 20_000_000
"""Largest text, and largest line of records, that is read unless told otherwise."""

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """How to read a file, and where to report what is left out.

    `annotator` is whose work it is if the file names nobody, and for all canonical records except
    gold. `settings` is the project's table `[format.NAME]`. `prefix` begins the ids of documents
    that have only a number in the file (by default, the file's name). `empty_is_done`: texts
    without any annotation are finished work with nothing to mark. `every_answer`: all answers of
    one person are kept, the second as NAME-2. `same_text`: equal texts are one document. `columns`
    maps what a table's column holds to its name.
    """

    schema: LabelSchema
    report: ReadReport
    encoding: str | None = None
    splitting: Splitting = "auto"
    annotator: str | None = None
    max_bytes: int = MAX_BYTES
    settings: Mapping[str, Any] = field(default_factory=dict)
    prefix: str = ""
    empty_is_done: bool = False
    every_answer: bool = False
    same_text: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)


class Identity(StrEnum):
    """How a document of a file is recognised when it is imported again."""

    ID = "id"  # the file gives ids
    # the file gives numbers of its own (`own`), which other files of that program share
    NUMBER = "number"
    NAME = "name"  # the id is made of the file's name; another one will do
    TEXT = "text"  # nothing but the text


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a file; with `work`, also what somebody did with it. It is the object of a
    canonical record, in which every key except `text` may be missing. `line` is its line in the
    file (0: it has none), `id` names the text if it has no id of its own, and `own` is its number
    in the file."""

    data: Mapping[str, Any]
    id: str
    line: int = 0
    work: bool = True
    identity: Identity = Identity.ID
    own: str = ""


def checked_file(path: Path, *, empty: bool = False) -> int:
    """Size of a regular file in bytes. Raises InputError for anything else and, unless `empty`
    allows it, for an empty file."""
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise InputError("there is no such file", file=path, hint="Check the path") from error
    except OSError as error:
        hint = "Check the path and its permissions"
        raise InputError(f"cannot be read: {error.strerror}", file=path, hint=hint) from error
    if not S_ISREG(found.st_mode):
        raise InputError(
            "is not a regular file", file=path, hint="Name a text or JSONL file, or a folder"
        )
    size = found.st_size
    if size == 0 and not empty:
        raise InputError("the file is empty", file=path, hint="Choose a file with something in it")
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


def decode(data: bytes, *, path: Path, encoding: str | None, report: ReadReport) -> str:
    """Decode bytes by the given encoding, or else by the byte order mark, as UTF-8, or by a guess,
    which is reported. Raises InputError for bytes that are not text. A byte order mark is not part
    of the text.
    """
    if encoding is not None:
        return _as(data, encoding, path)
    for mark, name in _BOMS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(name)
            except UnicodeDecodeError as error:
                hint = "The byte order mark may be a mistake; name the encoding with --encoding"
                raise InputError(f"begins like {name} but is not", file=path, hint=hint) from error
    refuse_binary(data, path)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        if (text := _nearly_utf8(data)) is not None:
            many = plural(text.count(_LOST) - data.count(_LOST.encode()), "place")
            message = f"not UTF-8 in {many}, now written as “{_LOST}”; --encoding names another one"
            report.changed("places that are not UTF-8", message, line=line)
            return text
        guessed = _guessed(data)
        if guessed is None:
            raise InputError(
                "is not UTF-8, and no other encoding fits",
                file=path,
                line=line,
                hint="Name its encoding with --encoding",
            ) from error
        report.note(
            "files in another encoding",
            f"not UTF-8; read as {guessed}. Check the letters, or give --encoding",
            line=line,
        )
        return data.decode(guessed)


def _as(data: bytes, encoding: str, path: Path) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except LookupError as error:
        hint = "Such as utf-8, cp1252, latin-1 or utf-16"
        raise InputError(f"there is no encoding “{encoding}”", file=path, hint=hint) from error
    except (UnicodeError, ValueError) as error:
        start = getattr(error, "start", 0)
        line = data.count(b"\n", 0, start) + 1
        hint = f"Byte {start} does not fit; name another encoding with --encoding"
        raise InputError(f"is not {encoding}", file=path, line=line, hint=hint) from error


_LOST = "\ufffd"
"""What Unicode has for a character that could not be read."""


def _nearly_utf8(data: bytes) -> str | None:
    """The text of bytes that are UTF-8 in nearly all places, since no other encoding looks like
    that by chance; None for other bytes."""
    text = data.decode("utf-8", "replace")
    good = sum(char > "\x7f" and char != _LOST for char in text)
    bad = text.count(_LOST) - data.count(_LOST.encode())
    return text if good > 4 * bad else None


_WESTERN = {"latin_1", "iso8859_1", "iso8859_15", "cp1252", "mac_roman", "cp437", "cp850", "cp858"}
"""Encodings that letters alone do not distinguish; the one of Windows is by far the most
frequent."""

_ENOUGH = 10
"""The number of non-ASCII bytes from which on a guess is reliable in a text that is mostly
ASCII."""


def _guessed(data: bytes) -> str | None:
    """The most probable encoding of bytes."""
    from charset_normalizer import from_bytes

    high = sum(byte >= 0x80 for byte in data)
    every = from_bytes(data) if high >= _ENOUGH or 2 * high > len(data) else ()
    best = next(iter(every), None)
    # The library's order among equally good encodings means nothing: “–” is the same in many of
    # them.
    equal = {
        name
        for one in every
        if best is not None and (one.chaos, one.coherence) == (best.chaos, best.coherence)
        for name in (one.encoding, *one.could_be_from_charset)
    }
    name = "cp1252" if best is None or equal & _WESTERN else best.encoding
    try:
        text = data.decode(name)
    except (UnicodeError, LookupError):
        return None
    return None if "\0" in text else name


GZIP = b"\x1f\x8b"
"""How a file begins that is compressed by gzip."""

_NOT_TEXT: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "a PDF", "Give its name the ending .pdf"),
    (
        GZIP,
        "compressed",
        "Give its name the ending .gz; if it is compressed twice, unpack it once",
    ),
    (
        b"PK\x03\x04",
        "a zip archive, like a Word document or a REFI-QDA project",
        "Give its name its own ending, such as .docx, or unpack it",
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "a document of an old office program",
        "Save it as .docx, .odt or .csv",
    ),
    (b"{\\rtf", "rich text (RTF)", "Save it as .docx or .txt"),
    (b"SQLite format 3\0", "a database", "Export its texts as .csv"),
    (
        b"#FORMAT=WebAnno TSV",
        "a WebAnno TSV table of INCEpTION",
        "Export it again with UIMA CAS JSON or UIMA CAS XMI as the format",
    ),
)
"""How files begin that are not text, what they are, and what to do."""


def refuse_other(head: bytes, path: Path) -> None:
    """Raise InputError for a file whose beginning shows that it is not text."""
    for mark, what, hint in _NOT_TEXT:
        if head.startswith(mark):
            raise InputError(f"is {what}, not text", file=path, hint=hint)


def refuse_binary(data: bytes, path: Path) -> None:
    """Raise InputError for bytes that are not text: those of another kind of file, with a NUL, or
    with many control characters at the beginning."""
    refuse_other(data, path)
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise InputError(
            "contains a NUL byte, so it is not text",
            file=path,
            line=line,
            hint=(
                "Convert it to a text file first; if it is text in UTF-16, name that with "
                "--encoding"
            ),
        )
    head = data[:4096]
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    if controls > len(head) // 10:
        raise InputError(
            "looks binary, not like text", file=path, hint="Convert it to a text file first"
        )


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
                        hint="Raise the limit with --max-bytes if you want to read it",
                    )
                if number == 1:
                    line = line.removeprefix(b"\xef\xbb\xbf")
                if line.strip():
                    yield number, line
    except OSError as error:
        hint = "Check the permissions of the file"
        raise InputError(f"cannot be read: {error.strerror}", file=path, hint=hint) from error


def marked(path: Path) -> str | None:
    """The encoding that a file's byte order mark names; None without one."""
    with path.open("rb") as file:
        head = file.read(4)
    name = next((name for mark, name in _BOMS if head.startswith(mark)), None)
    return {"utf-8": "utf-8-sig", "utf-16-le": "utf-16", "utf-16-be": "utf-16"}.get(
        name or "", name
    )


def document_id(path: Path) -> str:
    """An id made from a file's name: its stem, with `-` for anything except letters, digits, `.`,
    `_` and `-`."""
    return re.sub(r"[^\w.-]+", "-", path.stem).strip("-.") or "document"
