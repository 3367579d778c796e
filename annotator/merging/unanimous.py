"""What every annotator who finished the document made just so."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.merging._candidates import Candidate, with_ends

title = "Unanimous"
complete = False


def kept(candidates: Sequence[Candidate], voters: Sequence[str], *, option: str = "") -> list[Candidate]:
    """The candidates with the vote of all; of a single annotator nothing is unanimous."""
    return with_ends(c for c in candidates if len(voters) > 1 and len(c.votes) == len(voters))


__all__ = ["complete", "kept", "title"]
