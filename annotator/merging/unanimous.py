"""What every annotator who finished the document made just so, in all that the schema lists."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.merging.api import Candidate

title = "Unanimous"
complete = False


def kept(
    candidates: Sequence[Candidate], voters: Sequence[str], *, option: str = ""
) -> list[Candidate]:
    """The candidates with the vote of all and nothing contested; of a
    single annotator nothing is unanimous."""
    several = len(voters) > 1
    return [c for c in candidates if several and len(c.made) == len(voters) and not c.contested]


__all__ = ["complete", "kept", "title"]
