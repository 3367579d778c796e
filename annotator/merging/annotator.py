"""The work of one annotator, as `annotator:NAME`."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.errors import UsageError
from annotator.merging._candidates import Candidate, with_ends

title = "One annotator"
complete = True


def kept(candidates: Sequence[Candidate], voters: Sequence[str], *, option: str = "") -> list[Candidate]:
    """The candidates that the annotator made. Raises UsageError without a name."""
    if not option:
        raise UsageError("no annotator named", hint="Write annotator:NAME")
    return with_ends(c for c in candidates if option in c.votes)


def applies(voters: Sequence[str], *, option: str = "") -> bool:
    """Whether there is anything to take: of a document that the annotator did not finish, nothing is gold."""
    return option in voters


__all__ = ["applies", "complete", "kept", "title"]
