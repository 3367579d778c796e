"""What a reader reports about a file: what was left out, what was changed, and how something was
understood. Nothing is dropped silently: everything is counted, and the first few places of each
kind are listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from annotator.errors import InputError
from annotator.model.text import displayable

TOLD = 3
"""How many places of each kind are listed one by one."""

_QUOTE = 60


class FindingKind(StrEnum):
    """What happened to something in a file."""

    LEFT_OUT = "left out"  # it is not in the project
    CHANGED = "changed"  # it is in the project, but changed
    NOTE = "note"  # it is in the project; this says how it was understood


@dataclass(frozen=True, slots=True)
class ReadFinding:
    """One finding: its place (`line` from 1, or 0 for the whole file), and what kind of thing it is
    about (`what`, a plural)."""

    kind: FindingKind
    what: str
    message: str
    line: int = 0
    key: str = ""


@dataclass(slots=True)
class ReadReport:
    """The findings of one file. With `strict`, the first one that is more than a note raises
    InputError."""

    path: Path
    strict: bool = False
    first: list[ReadFinding] = field(default_factory=list)
    counts: Counter[tuple[FindingKind, str]] = field(default_factory=Counter)
    here: int = 0
    """The line that is being read, so that problems there can name it."""

    def add(
        self,
        kind: FindingKind,
        what: str,
        message: str,
        *,
        line: int = 0,
        key: str = "",
        count: int = 1,
    ) -> None:
        """Report something. Raises InputError if `strict` is set and this is more than a note."""
        if self.strict and kind is not FindingKind.NOTE:
            hint = "Without --strict the rest of the file is imported"
            raise InputError(
                f"{kind}: {message}", file=self.path, line=line or None, key=key or None, hint=hint
            )
        if self.counts[kind, what] < TOLD:
            self.first.append(ReadFinding(kind, what, message, line, key))
        self.counts[kind, what] += count

    def left_out(
        self, what: str, message: str, *, line: int = 0, key: str = "", count: int = 1
    ) -> None:
        """Report something that was left out."""
        self.add(FindingKind.LEFT_OUT, what, message, line=line, key=key, count=count)

    def changed(self, what: str, message: str, *, line: int = 0, key: str = "") -> None:
        """Report something that was changed."""
        self.add(FindingKind.CHANGED, what, message, line=line, key=key)

    def note(self, what: str, message: str, *, line: int = 0, key: str = "") -> None:
        """Report how something was understood."""
        self.add(FindingKind.NOTE, what, message, line=line, key=key)

    def count(self, kind: FindingKind) -> int:
        """How many findings of a kind there are."""
        return sum(n for (one, _), n in self.counts.items() if one is kind)

    def lines(self) -> Iterator[str]:
        """The findings as text: file, line, key, what happened, and how many more there are."""
        for finding in self.first:
            place = f"{self.path}:{finding.line}" if finding.line else str(self.path)
            key = f" {finding.key}:" if finding.key else ""
            kind = "" if finding.kind is FindingKind.NOTE else f" {finding.kind}:"
            yield f"{place}:{key}{kind} {finding.message}"
        for (kind, what), count in self.counts.items():
            if (more := count - sum(f.kind is kind and f.what == what for f in self.first)) > 0:
                yield f"{self.path}: {kind}: {more:,} more {what}"


def shown(text: str) -> str:
    """A quotation for a message: on one line, safe for a terminal, and not too long."""
    line = " ".join(displayable(text).split())
    return f"“{line[:_QUOTE]}…”" if len(line) > _QUOTE else f"“{line}”"


__all__ = ["FindingKind", "ReadFinding", "ReadReport", "shown"]
