"""Keeps what every annotator who finished the document made in the same way, in everything that the
schema lists."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.merging.api import Candidate

title = "Unanimous"
complete = False


def kept(
    candidates: Sequence[Candidate], voters: Sequence[str], *, option: str = ""
) -> list[Candidate]:
    """The candidates with everybody's vote and nothing contested. The work of a single annotator is
    never unanimous."""
    several = len(voters) > 1
    return [c for c in candidates if several and len(c.made) == len(voters) and not c.contested]


__all__ = ["complete", "kept", "title"]
