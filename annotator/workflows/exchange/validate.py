"""Checks files of canonical records against the JSON Schema, and then for meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotator.errors import InputError
from annotator.formats.api import MAX_BYTES, checked_file, lines, parse, problems, upgraded
from annotator.model.schema import LabelSchema
from annotator.model.text import first_of
from annotator.workflows.exchange.manifest import (
    MANIFEST,
    is_dataset,
    stated_schema,
    wrong_files,
)


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
    """What was read and found. `notes` are remarks on valid data, such as how the schema has
    changed since a data set was made."""

    files: int
    records: int
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()


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
    notes: list[str] = []
    if path.is_dir():
        found += _of_manifests(path)
        notes += _of_schemas(path, schema)
    return Validation(len(files), records, tuple(found), tuple(notes))


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
        if not count:
            _check_kind(file, line)
        count += 1
        found += (Problem(file, number, key, message) for key, message in _line(line, schema))
    return count, found


def _check_kind(file: Path, first: bytes) -> None:
    """Raises InputError if a file, by its name and its first line, is of another kind than
    canonical records."""
    opening = first.lstrip()[:1]
    if opening == b"[":
        why = "holds a list in brackets, but canonical records are one object a line"
    elif opening != b"{" and ".jsonl" not in file.suffixes:
        why = "is not JSON, so it contains no canonical records"
    else:
        return
    hint = f"`annotator import --dry-run {file}` checks a file of another format"
    raise InputError(why, file=file, hint=hint)


def _datasets(path: Path) -> list[Path]:
    """A folder, and all folders below it that have a manifest."""
    return sorted({path, *(file.parent for file in path.rglob(MANIFEST))})


def _of_schemas(path: Path, schema: LabelSchema) -> Iterator[str]:
    """How the schema differs from those by which the data sets in and below a folder were made."""
    for folder in _datasets(path):
        stated = stated_schema(folder)
        if stated and stated.get("sha256") != schema.hash:
            yield f"{folder}: {_changed(_definitions(stated), schema)}"


def _definitions(stated: Mapping[str, Any]) -> dict[str, object]:
    """The definitions of labels, by layer and label, as a manifest states them."""
    layers = stated.get("labels")
    several = layers.items() if isinstance(layers, dict) else ()
    return {
        f"{layer} {label}": definition
        for layer, labels in several
        if isinstance(labels, dict)
        for label, definition in labels.items()
    }


def _changed(before: Mapping[str, object], schema: LabelSchema) -> str:
    """What has changed in a schema since a data set was made with these definitions."""
    name = f"{schema.name} {schema.version}"
    now = {
        f"{layer.name} {label.name}": label.guideline.definition
        for layer in schema.layers
        for label in layer.labels
    }
    gone, new = sorted(before.keys() - now), sorted(now.keys() - before)
    if gone or new:
        both = (("gone", gone), ("new", new))
        changes = "; ".join(f"{what}: {first_of(some)}" for what, some in both if some)
        return f"made with other labels than {name} has now ({changes})"
    told_now = sorted(label for label in now if now[label] != before[label])
    which = f"the definition of {first_of(told_now)}" if told_now else "guidelines or attributes"
    return (
        f"made before {which} changed in {name}; the labels are the same, and the data card has "
        "the guidelines of that time"
    )


def _of_manifests(path: Path) -> Iterator[Problem]:
    """The files that do not match the manifests of the data sets in and below a folder."""
    for folder in _datasets(path):
        for name, message in wrong_files(folder):
            yield Problem(folder / name, 0, "", message)


def _line(line: bytes, schema: LabelSchema) -> Iterator[tuple[str, str]]:
    try:
        data = parse(line)
    except ValueError as error:
        yield "", str(error)
        return
    yield from problems(upgraded(data), schema)
