"""Same words, two names: the queue of names that coders gave the same words, with a key for each answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from annotator.errors import StoreError
from annotator.model.naming import NameRelation
from annotator.tui.screens.listing import Line, ListScreen
from annotator.workflows.names.harmonise import NamePair, Queue, decide, queue, undo

if TYPE_CHECKING:
    from annotator.tui.shell import Shell


def harmonise_screen(app: Shell) -> ListScreen:
    """The pairs in the order of what they move; each answer is a ruling, and the codings stay as they were made."""
    session = app.session
    held: list[Queue] = []

    def read() -> Queue:
        held[:] = [queue(session.project)]
        return held[0]

    def lines() -> Sequence[Line]:
        return [
            Line(f"1 {p.one}   2 {p.other}", f"{p.kind}  {p.leverage} stances  {p.likeness:.0%} alike")
            for p in read().pairs
        ]

    def answer(relation: NameRelation, first: bool, words: str) -> Callable[[int], None]:
        def do(at: int) -> None:
            pair: NamePair = held[0].pairs[at]
            stays = pair.one if first else pair.other
            goes = pair.other if first else pair.one
            try:
                decide(session.project, pair, relation, stays=stays, reviewer=session.annotator)
            except StoreError as error:
                screen.say(f"not written: {error.message}")
                return
            screen.reload()
            screen.say(f"{figure(held[0])}; {goes} {words} {stays}")

        return do

    def back(_: int) -> None:
        try:
            taken = undo(session.project, reviewer=session.annotator)
        except StoreError as error:
            screen.say(f"not written: {error.message}")
            return
        screen.reload()
        what = f"taken back: {taken.name}, {taken.canonical}" if taken else "nothing to take back"
        screen.say(f"{figure(held[0])}; {what}")

    keys = {
        "1": ("one and the same, 1 stays", answer("same", True, "is now")),
        "2": ("2 stays", answer("same", False, "is now")),
        "x": ("really different", answer("different", True, "is not")),
        "p": ("2 is the parent", answer("parent", False, "belongs under")),
        "o": ("opposites", answer("opposite", True, "is the contrary of")),
        "u": ("take back", back),
    }
    title = f"Same words, two names: {figure(read())}"
    screen = ListScreen(
        title, lines, answer("same", True, "is now"), keys=keys, of_all=("u",), empty="nothing left to decide"
    )
    return screen


def figure(found: Queue) -> str:
    """“Who says what” as coded and by the rulings so far."""
    if found.before is None or found.now is None:
        return "who says what –"
    return f"who says what {found.before:.2f} as coded, {found.now:.2f} now"


__all__ = ["figure", "harmonise_screen"]
