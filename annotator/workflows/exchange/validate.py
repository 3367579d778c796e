"""Checks files of canonical records against the JSON Schema, and then for meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from annotator.errors import InputError
from annotator.formats.api import MAX_BYTES, checked_file, lines, parse, problems, upgraded
from annotator.model.schema import LabelSchema
from annotator.workflows.exchange.manifest import MANIFEST, is_dataset, wrong_files


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is invalid: `line` from 1 (0: the file), `key`
    a path in the record (empty: all)."""

    file: Path
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: "
        return place + (f"{self.key}: " if self.key else "") + self.message


@dataclass(frozen=True, slots=True)
class Validation:
    """What was read and found."""

    files: int
    records: int
    problems: tuple[Problem, ...]


def validate(path: Path, schema: LabelSchema, *, max_bytes: int = MAX_BYTES) -> Validation:
    """Check a file, or all `.jsonl` files of a folder, and every file of the data sets in it
    against their manifests. Raises InputError if there is nothing to read."""
    files = _files(path)
    found: list[Problem] = []
    records = 0
    for file in files:
        # A part of a data set may have no documents.
        if not file.stat().st_size and is_dataset(file.parent):
            continue
        count, own = _of_file(file, schema, max_bytes)
        if not count:
            raise InputError("contains no record", file=file, hint="Name a file with records")
        found += own
        records += count
    if path.is_dir():
        found += _of_manifests(path)
    return Validation(len(files), records, tuple(found))


def _files(path: Path) -> list[Path]:
    """The files to check. Raises InputError if there is none."""
    if not path.is_dir():
        checked_file(path)
        return [path]
    files = sorted(path.rglob("*.jsonl"))
    if not files:
        raise InputError(
            "the folder contains no .jsonl file", file=path, hint="Name a file or another folder"
        )
    return files


def _of_file(file: Path, schema: LabelSchema, max_bytes: int) -> tuple[int, list[Problem]]:
    """The number of records in a file, and what is invalid in them."""
    found: list[Problem] = []
    count = 0
    for number, line in lines(file, max_bytes):
        count += 1
        found += (Problem(file, number, key, message) for key, message in _line(line, schema))
    return count, found


def _of_manifests(path: Path) -> Iterator[Problem]:
    """What does not match the manifests of the data sets in and below a folder."""
    for folder in sorted({path, *(file.parent for file in path.rglob(MANIFEST))}):
        for name, message in wrong_files(folder):
            yield Problem(folder / name, 0, "", message)


def _line(line: bytes, schema: LabelSchema) -> Iterator[tuple[str, str]]:
    try:
        data = parse(line)
    except ValueError as error:
        yield "", str(error)
        return
    yield from problems(upgraded(data), schema)
