"""Keeps what more than half of the annotators who finished the document made in exactly the same
way."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.merging.api import Candidate, by_majority

title = "Majority"
complete = False


def kept(
    candidates: Sequence[Candidate], voters: Sequence[str], *, option: str = ""
) -> list[Candidate]:
    """The versions that more than half made with the same label, bounds and fields. Parts from
    different majorities are never combined: such an item is left to the reviewer."""
    found = (by_majority(candidate, len(voters)) for candidate in candidates)
    return [candidate for candidate in found if candidate is not None]


__all__ = ["complete", "kept", "title"]
