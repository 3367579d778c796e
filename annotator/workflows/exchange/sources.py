"""What an import reads: files, folders, compressed files and standard input; and the format of
each."""

from __future__ import annotations

import gzip
import os
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from annotator.errors import InputError, UsageError
from annotator.families import formats
from annotator.formats.api import (
    GZIP,
    MAX_BYTES,
    first_object,
    on_request,
    opens_like_json,
    reader,
    recognised,
)

STDIN = Path("-")
"""The path that means standard input."""

_JSON = frozenset({".json", ".jsonl", ".ndjson"})
_NOT_TEXT = frozenset(
    (
        ".htm .html .xhtml .csv .tsv .docx .odt .pdf .qdpx .xmi .xml .xls .xlsx .ods .doc .rtf "
        ".epub .pptx .png .jpg .jpeg .gif .zip .db .sqlite .sqlite3 .dna .parquet .spacy .qdc "
        ".conll .conllu .iob .iob2"
    ).split()
)
"""Endings of files that are never read as plain text."""

_OWN = frozenset({".xmi", ".zip"})
"""Endings of a single format that is otherwise read only on request."""

_HEAD = 1 << 20

_UNPACKED = 200
"""How many times its size a compressed file may unpack to; text packs to about a fifth."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read: `path` is where it is, `name` what the user called it."""

    path: Path
    name: Path


@contextmanager
def opened(path: Path) -> Iterator[InputFile]:
    """A readable file: standard input and compressed files are written to a temporary folder.

    Raises InputError for a compressed file that is invalid.
    """
    beside = _packed_beside(path)
    if path != STDIN and path.suffix.lower() != ".gz" and beside is None:
        yield InputFile(path, path)
        return
    with tempfile.TemporaryDirectory(prefix="annotator-") as folder:
        if path == STDIN:
            inner = Path(folder) / "stdin"
            _save_input(inner)
            if _is_packed(inner):
                inner = _unpacked(inner.rename(inner.with_name("stdin.gz")), Path(folder))
        else:
            inner = _unpacked(path, Path(folder))
            if beside is not None:
                _unpacked(beside, Path(folder))
        yield InputFile(inner, path)


def _save_input(inner: Path) -> None:
    """Write standard input to a file."""
    if sys.stdin is None:
        hint = "Send a text or records through a pipe"
        raise InputError("standard input is closed", file=STDIN, hint=hint)
    try:
        with inner.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
    except OSError as error:
        hint = "Send a text or records through a pipe"
        raise InputError(f"cannot be read: {error.strerror}", file=STDIN, hint=hint) from error


def _is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(GZIP)) == GZIP


def _packed_beside(path: Path) -> Path | None:
    """The text that belongs to a file of annotations, where one of the two is compressed."""
    if _ending(path) != ".ann":
        return None
    plain = (path.with_suffix("") if path.suffix.lower() == ".gz" else path).with_suffix(".txt")
    packed = plain.with_name(f"{plain.name}.gz")
    found = next((one for one in (plain, packed) if one.is_file()), None)
    return None if found == plain and path.suffix.lower() != ".gz" else found


def _unpacked(path: Path, folder: Path) -> Path:
    """A file in a folder, unpacked if it is compressed."""
    packed = path.suffix.lower() == ".gz"
    inner = folder / (path.stem if packed else path.name)
    try:
        if packed:
            _unpack(path, inner)
        else:
            shutil.copyfile(path, inner)
    except (OSError, EOFError, zlib.error) as error:
        hint = "Check that it is a whole .gz file"
        raise InputError(f"cannot be unpacked: {error}", file=path, hint=hint) from error
    return inner


def _unpack(path: Path, inner: Path) -> None:
    """Unpack a compressed file. Raises InputError if it grows out of proportion."""
    room = path.stat().st_size * _UNPACKED + MAX_BYTES
    with gzip.open(path) as packed, inner.open("wb") as file:
        while some := packed.read(_HEAD):
            room -= len(some)
            if room < 0:
                hint = "If that is intended, unpack it yourself"
                message = f"unpacks to more than {_UNPACKED} times its size"
                raise InputError(message, file=path, hint=hint)
            file.write(some)


def files(paths: Iterable[Path], format: str | None = None) -> tuple[list[Path], list[Path]]:
    """The files to import, and those in folders that are passed over; each folder's are sorted.

    A folder means the files in and below it that the format reads or, without a format, those that
    some format reads by default; the rest are passed over. So are links that lead nowhere or to
    folders, and hidden files; of the latter, only those that would have been read are named. If a
    format is named, the files of others are not meant, so that nothing counts as passed over.
    Raises InputError for a folder without a file to import or one that cannot be read, and
    UsageError for standard input named twice.
    """
    if format is not None:
        formats.load(format)  # An unknown format is not the fault of a file.
    every, over = list[Path](), list[Path]()
    for path in paths:
        if path == STDIN and path in every:
            raise UsageError("standard input can be read only once", hint="Name - once")
        if path == STDIN or not _is_folder(path):
            every.append(path)
            continue
        endings = _endings(format)
        found, others = _in_folder(path, endings)
        if not found:
            hint = f"Files to import end in {', '.join(sorted(endings))}"
            raise InputError("the folder contains no file to import", file=path, hint=hint)
        every += found
        if format is None:
            over += others
    return every, over


def _is_folder(path: Path) -> bool:
    """Whether a path is a folder; reading one that cannot be looked up tells why."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _in_folder(folder: Path, endings: set[str]) -> tuple[list[Path], list[Path]]:
    """The files in and below a folder that have one of the endings, without those that are imported
    with another one; and what is passed over."""
    found, over = list[Path](), list[Path]()
    for path in sorted(_below(folder)):
        read = _ending(path) in endings
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            over += [path] if read else []
        elif not read or not path.is_file():
            over.append(path)
        elif not _beside(path, endings):
            found.append(path)
    return found, over


def _below(folder: Path) -> Iterator[Path]:
    """All files and links in and below a folder. Raises InputError for a folder that cannot be
    read."""

    def fail(error: OSError) -> None:
        hint = "Check its permissions"
        raise InputError(
            f"cannot be read: {error.strerror}", file=Path(error.filename), hint=hint
        ) from error

    for root, folders, names in os.walk(folder, onerror=fail):
        yield from (Path(root, name) for name in names)
        yield from (path for name in folders if (path := Path(root, name)).is_symlink())


def _endings(format: str | None) -> set[str]:
    """The endings of files that are imported from a folder by one format, or without its name."""
    names = (
        [format]
        if format
        else [name for name in formats.names() if not on_request(formats.load(name))]
    )
    return {ending for name in names for ending in _extensions(name)}


def _beside(path: Path, endings: set[str]) -> bool:
    """Whether a text belongs to annotations beside it, which are imported with it."""
    if _ending(path) != ".txt" or ".ann" not in endings:
        return False
    plain = (path.with_suffix("") if path.suffix.lower() == ".gz" else path).with_suffix(".ann")
    return plain.is_file() or plain.with_name(f"{plain.name}.gz").is_file()


def _ending(path: Path) -> str:
    name = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return name.suffix.lower()


def _extensions(name: str) -> tuple[str, ...]:
    member = formats.load(name)
    return member.extensions if reader(member) is not None else ()


def format_of(source: InputFile, encoding: str | None = None) -> str:
    """The format of a file, by the ending of its name and, for JSON, by its first object; otherwise
    plain text.

    Raises UsageError for a file that is not text and that no format reads.
    """
    ending = _ending(source.path)
    if ending in _JSON or (source.name == STDIN and opens_like_json(source.path, encoding)):
        return _json_format(source.path, encoding)
    for name in formats.names():
        if ending in _extensions(name) and (not on_request(formats.load(name)) or ending in _OWN):
            return name
    if ending in _NOT_TEXT:
        hint = "Save it as text, .docx, .odt, .html or .csv, or name a format with --format"
        raise UsageError(f"“{source.name}” is not text, and no format reads {ending}", hint=hint)
    return "text"


def _json_format(path: Path, encoding: str | None) -> str:
    """The format that recognises the first object of a JSON file as its own; otherwise canonical
    records."""
    first = first_object(path, _HEAD, encoding)
    if first is not None:
        # A record says what it is, so that the other formats need not be loaded.
        for name in ("jsonl", *formats.names()):
            if recognised(formats.load(name), first):
                return name
    return "jsonl"


__all__ = ["STDIN", "InputFile", "files", "format_of", "opened"]
