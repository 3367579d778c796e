"""Everything that anybody made."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.merging._candidates import Candidate

title = "Union"
complete = True


def kept(candidates: Sequence[Candidate], voters: Sequence[str], *, option: str = "") -> list[Candidate]:
    """All candidates."""
    return list(candidates)


__all__ = ["complete", "kept", "title"]
