"""The exceptions a user can see, each with what to do and the exit code it ends a command with.

    AnnotatorError            3 ├── UsageError            2   the command line or a setting asks for
    something impossible ├── ProjectError          3   no project, or a broken annotator.toml ├──
    SchemaError           3   a label schema that does not hold ├── InputError            3   a file
    to import or validate that does not hold ├── StoreError            3   the database: missing,
    foreign, newer, read-only, damaged │   ├── BusyError         3   the database stayed locked; the
    same call may succeed later │   ├── ReplacedError     3   the path names another file now than
    the one that was opened │   └── ConflictError     3   an item was changed elsewhere in the
    meantime; reload it ├── SuggesterError        3   a suggester or pipeline that cannot be loaded
    or run ├── PoolError             3   processes or a cluster that were to compute, and were lost
    or do not fit └── ExportError           3   an export that cannot be written FindingsError
    1   a check ran and found something

Code that meets one of these never catches it to go on as if nothing had happened.
"""

from __future__ import annotations

import json
import re
from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """The exit codes of every command."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    DATA = 3
    INTERRUPTED = 130


class AnnotatorError(Exception):
    """What went wrong (`message`), where (`file`, `line`, `key`), and what to do (`hint`).

    `line` counts from 1; `key` is a dotted path inside the record or setting.
    """

    exit_code: ExitCode = ExitCode.DATA

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        file: Path | str | None = None,
        line: int | None = None,
        key: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.file = file
        self.line = line
        self.key = key

    @property
    def where(self) -> str:
        """`file:line: key`, as far as known; empty when nothing is."""
        place = str(self.file) if self.file is not None else ""
        if self.line is not None:
            place = f"{place}:{self.line}" if place else f"line {self.line}"
        if self.key:
            place = f"{place}: {self.key}" if place else self.key
        return place

    def __str__(self) -> str:
        where = self.where
        text = f"{where}: {self.message}" if where else self.message
        return f"{text}. {self.hint}" if self.hint else text


def toml_key(*parts: str) -> str:
    """A key of the settings by its parts, dotted and quoted as TOML wants it written."""
    return ".".join(
        part if re.fullmatch(r"[\w-]+", part, re.ASCII) else json.dumps(part) for part in parts
    )


class UsageError(AnnotatorError):
    """The command line or a setting asks for something that cannot be."""

    exit_code = ExitCode.USAGE


class ProjectError(AnnotatorError):
    """No project where one is needed, or its settings do not hold."""


class SchemaError(AnnotatorError):
    """A label schema that does not hold."""


class InputError(AnnotatorError):
    """A file that was to be imported or validated does not hold."""


class StoreError(AnnotatorError):
    """The database is missing, foreign, newer than this program, read-only or damaged."""


class BusyError(StoreError):
    """The database stayed locked for the whole waiting time; trying again may succeed."""


class ReplacedError(StoreError):
    """The path of the database names another file now, or none: nothing more
    is written through this connection."""


class ConflictError(StoreError):
    """The same annotator changed an item elsewhere in the meantime:
    nothing was written; reload it."""


class SuggesterError(AnnotatorError):
    """A suggester or a spaCy pipeline that cannot be loaded or run."""


class PoolError(AnnotatorError):
    """The processes or the cluster that were to compute cannot
    be reached, do not fit, or were lost."""


class ExportError(AnnotatorError):
    """An export that cannot be written."""


class FindingsError(AnnotatorError):
    """A check ran to its end and found something wrong."""

    exit_code = ExitCode.FINDINGS


__all__ = [
    "AnnotatorError",
    "BusyError",
    "ConflictError",
    "ExitCode",
    "ExportError",
    "FindingsError",
    "InputError",
    "PoolError",
    "ProjectError",
    "ReplacedError",
    "SchemaError",
    "StoreError",
    "SuggesterError",
    "UsageError",
    "toml_key",
]
