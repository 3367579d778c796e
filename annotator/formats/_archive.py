"""Zip archives from other programs: read member by member into memory, within size limits, and
never unpacked to disk."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from annotator.errors import InputError
from annotator.formats._reading import checked_file

_RATIO = 200
"""Everything read from an archive may have this many times its size: text compresses to a fifth,
XML to a thirtieth."""

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)
"""What `zipfile` raises for archives that are damaged, encrypted or packed in ways that it does
not know."""


class Archive:
    """The members of a zip archive by name. A name is only looked up among the members, so it
    cannot lead out of the archive."""

    def __init__(self, packed: zipfile.ZipFile, *, path: Path, size: int, max_bytes: int) -> None:
        self._packed, self._path, self._max_bytes = packed, path, max_bytes
        self._room = size * _RATIO + max_bytes
        self.names = tuple(info.filename for info in packed.infolist() if not info.is_dir())

    def read(self, name: str) -> bytes:
        """The bytes of a member. Raises InputError if it is missing, damaged or larger than
        `max_bytes`, and if everything read so far is out of proportion to the archive."""
        if name not in self.names:
            hint = "The archive is incomplete; export it again"
            raise InputError(f"has no member “{name}”", file=self._path, hint=hint)
        try:
            with self._packed.open(name) as member:
                data = member.read(self._max_bytes + 1)
        except _BROKEN as error:
            hint = "Check that the archive is complete and has no password"
            raise InputError(
                f"“{name}” cannot be unpacked: {_reason(error)}", file=self._path, hint=hint
            ) from error
        if len(data) > self._max_bytes:
            hint = "Raise the limit with --max-bytes if you want to read it"
            message = f"“{name}” has more than {self._max_bytes:,} bytes"
            raise InputError(message, file=self._path, hint=hint)
        self._room -= len(data)
        if self._room < 0:
            hint = (
                "Check where the archive is from; if you trust it, raise the limit with --max-bytes"
            )
            raise InputError(
                f"unpacks to more than {_RATIO} times its size", file=self._path, hint=hint
            )
        return data


def _reason(error: Exception) -> str:
    """The message of an error, without its number."""
    return str(getattr(error, "strerror", None) or error)


@contextmanager
def opened(path: Path, max_bytes: int, what: str = "a zip archive") -> Iterator[Archive]:
    """The archive in a file, which is called `what`. Raises InputError if it is not an archive."""
    size = checked_file(path)
    try:
        file = path.open("rb")
    except OSError as error:
        hint = "Check the permissions of the file"
        raise InputError(f"cannot be read: {error.strerror}", file=path, hint=hint) from error
    with file, opened_stream(file, path=path, size=size, max_bytes=max_bytes, what=what) as archive:
        yield archive


@contextmanager
def opened_stream(
    stream: BinaryIO, *, path: Path, size: int, max_bytes: int, what: str = "a zip archive"
) -> Iterator[Archive]:
    """The archive in a stream of `size` bytes, called `path` in messages."""
    try:
        packed = zipfile.ZipFile(stream)
    except _BROKEN as error:
        hint = "Check that the file is complete, or export it again"
        raise InputError(f"cannot be read as {what}: {error}", file=path, hint=hint) from error
    with packed:
        yield Archive(packed, path=path, size=size, max_bytes=max_bytes)


__all__ = ["Archive", "opened", "opened_stream"]
