"""The latest decisions of an annotator in the open document: a list from which to go there, or to
take one back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from annotator.model import actions as do
from annotator.model.decision import Group
from annotator.model.decision_text import describe_group
from annotator.model.text import paragraph_number
from annotator.tui.screens.listing import ListLine, ListScreen

if TYPE_CHECKING:
    from annotator.tui.shell import DocumentScreen

SHOWN = 200
"""The number of key presses listed."""


def last_groups(screen: DocumentScreen) -> list[Group]:
    """What can be taken back, newest first, at most `SHOWN` groups."""
    found: list[Group] = []
    stack = screen.session.review.history.undo
    while stack is not None and len(found) < SHOWN:
        found.append(stack[0])
        stack = stack[1]
    return found


def local_time(stamp: str) -> str:
    """A time of the log (ISO 8601, UTC) as local time, with the day if it is not today."""
    then = datetime.fromisoformat(stamp).astimezone()
    today = then.date() == datetime.now().astimezone().date()
    return then.strftime("%H:%M:%S" if today else "%d %b %H:%M")


def history_screen(screen: DocumentScreen) -> ListScreen:
    """The latest decisions of the document in words; enter goes to the item, u takes the decision
    back."""
    session = screen.session
    groups: list[Group] = []

    def lines() -> Sequence[ListLine]:
        groups[:] = last_groups(screen)
        state = session.review
        times = session.times()
        return [
            ListLine(
                f"{describe_group(state, group)}",
                f"¶ {paragraph_number(group[-1].paragraph)}  {local_time(when)}"
                if (when := times.get(group[0].group))
                else "",
            )
            for group in groups
        ]

    def choose(at: int) -> None:
        place = next((d for d in reversed(groups[at]) if d.paragraph >= 0), None)
        listing.app.pop_screen()
        if place is None:
            return
        item = place.item if session.review.find(place.item) is not None else None
        screen.act(do.GoParagraph(place.paragraph) if item is None else do.FocusItem(item))

    def take_back(at: int) -> None:
        session.do(do.TakeBack(groups[at][0].group))
        listing.reload()
        listing.say(session.review.message)

    listing = ListScreen(
        "Your latest decisions in this document",
        lines,
        choose,
        keys={"u": ("take back this decision", take_back)},
        empty="nothing has been decided here yet",
    )
    return listing


__all__ = ["history_screen", "last_groups", "local_time"]
