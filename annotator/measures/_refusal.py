"""The reason why a figure is refused: whose units overlap, and where."""

from __future__ import annotations

from annotator.measures._tables import Sums


def refusal(sums: Sums) -> str:
    """Why there is no figure: who has overlapping units, and in how many more places; empty if
    nobody has. It is read from the keys `("refused", words)` of a table."""
    refused = sums.of("refused")
    more = f", and in {len(refused) - 1} more" if len(refused) > 1 else ""
    return f"{refused[0][1]}{more}" if refused else ""


__all__ = ["refusal"]
