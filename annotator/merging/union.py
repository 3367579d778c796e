"""Keeps everything that anybody made."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.merging.api import Candidate, with_most

title = "Union"
complete = True


def kept(
    candidates: Sequence[Candidate], voters: Sequence[str], *, option: str = ""
) -> list[Candidate]:
    """All candidates. A field that annotators filled in differently gets the most frequent content,
    and the source says so."""
    return [with_most(candidate) for candidate in candidates]


__all__ = ["complete", "kept", "title"]
