"""What another reviewer of the same gold decided before."""

from __future__ import annotations

from annotator.model.review import ReviewState
from annotator.tui.reviewing import Adjudicating
from annotator.workflows.exchange.gold_history import reviewers
from annotator.workflows.review.alignment import Difference


def instead(source: Adjudicating, state: ReviewState, difference: Difference) -> str:
    """What follows the words of a decision on a difference that is decided already: ` instead`,
    and whose decision it replaces if that was another reviewer's."""
    found = reviewers(source.project, state.document.id)
    last = dict.fromkeys(found[id] for id in sorted(difference.ids) if id in found)
    others = [who for who in last if who != source.decided_by]
    if not others:
        return " instead"
    names = "another reviewer" if source.hidden else " and ".join(others)
    return f" instead of what {names} decided"


__all__ = ["instead"]
