"""Keeps the work of one annotator, as `annotator:NAME`."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.errors import UsageError
from annotator.merging.api import Candidate

title = "One annotator"
complete = True


def kept(
    candidates: Sequence[Candidate], voters: Sequence[str], *, option: str = ""
) -> list[Candidate]:
    """Everything that the annotator made, as they made it. Raises UsageError if no annotator is
    named."""
    if not option:
        raise UsageError("no annotator is named", hint="Write annotator:NAME")
    return [c.version(own) for c in candidates if (own := c.of(option)) is not None]


def applies(voters: Sequence[str], *, option: str = "") -> bool:
    """Whether the annotator finished the document; other documents do not become gold."""
    return option in voters


__all__ = ["applies", "complete", "kept", "title"]
