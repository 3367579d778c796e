"""Validate: whether files of canonical records hold, by the JSON Schema and then by meaning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotator.errors import InputError
from annotator.formats._check import parse, problems
from annotator.formats._shared import MAX_BYTES, checked_file, lines
from annotator.model.schema import LabelSchema
from annotator.resources import folder
from annotator.workflows.exchange.dataset import MANIFEST, wrong_hashes


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not hold: `line` from 1 (0: the file), `key` a path in the record (empty: all)."""

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
    """Check a file, or all `.jsonl` files of a folder. Raises InputError when there is nothing to read."""
    if not path.is_dir():
        checked_file(path)
    files = sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
    if not files:
        raise InputError("the folder holds no .jsonl file", file=path, hint="Name a file or another folder")
    found: list[Problem] = []
    records = 0
    for file in files:
        # A part of a data set may hold no document.
        if not file.stat().st_size and (path / MANIFEST).is_file():
            continue
        count = 0
        for number, line in lines(file, max_bytes):
            count += 1
            found += (Problem(file, number, key, message) for key, message in _line(line, schema))
        if not count:
            raise InputError("holds no record", file=file, hint="Nothing to validate")
        records += count
    if path.is_dir():
        found += (Problem(path / name, 0, "", message) for name, message in wrong_hashes(path))
    return Validation(len(files), records, tuple(found))


def _line(line: bytes, schema: LabelSchema) -> Iterator[tuple[str, str]]:
    try:
        data = parse(line)
    except ValueError as error:
        yield "", str(error)
        return
    shape = list(_shape(data))
    yield from shape
    told = {key for key, _ in shape}
    yield from ((key, message) for key, message in problems(data, schema) if key not in told)


def _shape(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What the JSON Schema finds, in the order of the record."""
    for error in sorted(_validator().iter_errors(data), key=lambda e: [str(p) for p in e.absolute_path]):
        key = ""
        for part in error.absolute_path:
            key += f"[{part}]" if isinstance(part, int) else (f".{part}" if key else str(part))
        message = error.message if len(error.message) < 200 else f"{error.validator}: does not hold"
        yield key, message


_cache: list[Any] = []


def _validator() -> Any:
    if not _cache:
        from jsonschema import Draft202012Validator

        source = (folder("schemas") / "record.schema.json").read_text(encoding="utf-8")
        _cache.append(Draft202012Validator(json.loads(source)))
    return _cache[0]
