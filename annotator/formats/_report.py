"""What a reader has to say of a file: what was left out, what was changed, what was understood how.

Nothing is dropped in silence. Everything is counted; of one kind of thing
the first few places are told one by one.
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
"""Places of one kind of thing that are told one by one."""

_QUOTE = 60


class FindingKind(StrEnum):
    """What became of something."""

    LEFT_OUT = "left out"  # it is not in the project
    CHANGED = "changed"  # it is in the project otherwise than in the file
    NOTE = "note"  # it is in the project as meant; how that was told from the file


@dataclass(frozen=True, slots=True)
class ReadFinding:
    """One thing, where it stands (`line` from 1, 0 for the file), and what kind
    of thing it is (`what`, a plural)."""

    kind: FindingKind
    what: str
    message: str
    line: int = 0
    key: str = ""


@dataclass(slots=True)
class ReadReport:
    """The findings of one file. With `strict`, the first that
    is more than a note is an InputError."""

    path: Path
    strict: bool = False
    first: list[ReadFinding] = field(default_factory=list)
    counts: Counter[tuple[FindingKind, str]] = field(default_factory=Counter)
    here: int = 0
    """The line that is being read, for what goes wrong there."""

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
        """Tell of something. Raises InputError if the file is read strictly
        and this is more than a note."""
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
        """Tell of something that is not in the project."""
        self.add(FindingKind.LEFT_OUT, what, message, line=line, key=key, count=count)

    def changed(self, what: str, message: str, *, line: int = 0, key: str = "") -> None:
        """Tell of something that is in the project otherwise than in the file."""
        self.add(FindingKind.CHANGED, what, message, line=line, key=key)

    def note(self, what: str, message: str, *, line: int = 0, key: str = "") -> None:
        """Tell how something was understood."""
        self.add(FindingKind.NOTE, what, message, line=line, key=key)

    def count(self, kind: FindingKind) -> int:
        """How many things there are of a kind."""
        return sum(n for (one, _), n in self.counts.items() if one is kind)

    def lines(self) -> Iterator[str]:
        """The findings for a person: file, line, key, what became of
        it, and how many more there are."""
        for finding in self.first:
            place = f"{self.path}:{finding.line}" if finding.line else str(self.path)
            key = f" {finding.key}:" if finding.key else ""
            kind = "" if finding.kind is FindingKind.NOTE else f" {finding.kind}:"
            yield f"{place}:{key}{kind} {finding.message}"
        for (kind, what), count in self.counts.items():
            if (more := count - sum(f.kind is kind and f.what == what for f in self.first)) > 0:
                yield f"{self.path}: {kind}: {more:,} more {what}"


def shown(text: str) -> str:
    """A quotation for a message: on one line, harmless in a terminal, not too long."""
    line = " ".join(displayable(text).split())
    return f"“{line[:_QUOTE]}…”" if len(line) > _QUOTE else f"“{line}”"


__all__ = ["FindingKind", "ReadFinding", "ReadReport", "shown"]
