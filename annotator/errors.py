"""The exceptions that a user can see. Each says what to do, and sets the exit code of the command.

    AnnotatorError            3
    ├── UsageError            2   the command line or a setting asks for something impossible
    ├── ProjectError          3   there is no project, or annotator.toml is broken
    ├── SchemaError           3   a label schema is invalid
    ├── InputError            3   a file to import or validate is invalid
    ├── StoreError            3   the database: missing, foreign, newer, read-only, damaged
    │   ├── BusyError         3   the database stayed locked; the same call may succeed later
    │   ├── ReplacedError     3   the path now names another file than the one that was opened
    │   └── ConflictError     3   an item was changed elsewhere in the meantime; reload it
    ├── SuggesterError        3   a suggester or pipeline cannot be loaded or run
    ├── PoolError             3   worker processes or a cluster are incompatible, or were lost
    ├── ExportError           3   an export cannot be written
    └── ProgramError          3   the program is at fault, whatever the data
    FindingsError             1   a check ran and found something

Never catch one of these and go on as if nothing had happened.
"""

from __future__ import annotations

import json
import re
from enum import IntEnum
from pathlib import Path

FAULTS_OF_PROGRAM = (ImportError, NameError)
"""What no data can cause, however damaged: the program is not installed as a whole, or wrong."""


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
        """`file:line: key`, as far as known; empty if nothing is known."""
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
    """A key of the settings in the dotted and quoted form of TOML, from its parts."""
    return ".".join(
        part if re.fullmatch(r"[\w-]+", part, re.ASCII) else json.dumps(part) for part in parts
    )


class UsageError(AnnotatorError):
    """The command line or a setting asks for something impossible."""

    exit_code = ExitCode.USAGE


class ProjectError(AnnotatorError):
    """There is no project where one is needed, or its settings are invalid."""


class SchemaError(AnnotatorError):
    """A label schema is invalid."""


class InputError(AnnotatorError):
    """A file to import or validate is invalid."""


class StoreError(AnnotatorError):
    """The database is missing, foreign, newer than this program, read-only or damaged."""


class BusyError(StoreError):
    """The database stayed locked for the whole waiting time; trying again may succeed."""


class ReplacedError(StoreError):
    """The path of the database now names another file, or none. This connection writes nothing
    more."""


class ConflictError(StoreError):
    """The same annotator changed an item elsewhere in the meantime. Nothing was written; reload
    the item."""


class SuggesterError(AnnotatorError):
    """A suggester or a spaCy pipeline cannot be loaded or run."""


class PoolError(AnnotatorError):
    """The worker processes or the cluster cannot be reached, are incompatible, or were lost."""


class ExportError(AnnotatorError):
    """An export cannot be written."""


class ProgramError(AnnotatorError):
    """The program itself is at fault: it fails with data that are whole, too."""


class FindingsError(AnnotatorError):
    """A check ran to its end and found something wrong."""

    exit_code = ExitCode.FINDINGS


__all__ = [
    "FAULTS_OF_PROGRAM",
    "AnnotatorError",
    "BusyError",
    "ConflictError",
    "ExitCode",
    "ExportError",
    "FindingsError",
    "InputError",
    "PoolError",
    "ProgramError",
    "ProjectError",
    "ReplacedError",
    "SchemaError",
    "StoreError",
    "SuggesterError",
    "UsageError",
    "toml_key",
]
