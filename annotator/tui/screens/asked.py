"""What review asks an annotator, item by item; in review, what the annotators answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from annotator.model import actions as do
from annotator.model.text import paragraph_number
from annotator.tui.screens.listing import ListLine, ListScreen
from annotator.tui.screens.prompt import PromptScreen
from annotator.tui.shell import Shell
from annotator.workflows.review.requests import Request, answers, requests

_OUTCOMES = {"open": "open", "answered": "answered", "changed": "you changed it"}


def asked_screen(shell: Shell) -> ListScreen:
    """In annotating: what review asks, what is open first; `c` answers by a note, enter goes to the
    item to change it. In review: what annotators answered or changed since."""
    session = shell.session
    if session.queue.decides:
        return _answers(shell)
    found: list[Request] = []

    def lines() -> Sequence[ListLine]:
        every = requests(session.project, session.annotator)
        found[:] = sorted(every, key=lambda one: one.outcome != "open")
        return [_line(one, _OUTCOMES[one.outcome]) for one in found]

    def choose(at: int) -> None:
        one = found[at]
        shell.go_to(one.document, max(0, one.paragraph), one.item or None)
        session.say(f"review asks: {one.text}")

    def answer(at: int) -> None:
        def answered(text: str | None) -> None:
            if text is not None:
                _note(shell, found[at], text.strip())
                screen.reload()
                left = sum(one.outcome == "open" for one in found)
                screen.say(f"answered; {left} open" if left else "answered; nothing is open")
            else:
                screen.redraw()

        words = f"answer: {found[at].text}"
        shell.push_screen(PromptScreen(words, shell.look, value=found[at].answer), answered)

    screen = ListScreen(
        "What review asks you",
        lines,
        choose,
        keys={"c": ("answer", answer)},
        empty="review asks you nothing",
    )
    return screen


def _line(one: Request, note: str) -> ListLine:
    place = "document" if one.paragraph < 0 else f"¶ {paragraph_number(one.paragraph)}"
    said = f" · {one.answer}" if one.answer else ""
    return ListLine(f"{one.document} {place}: {one.text}{said}", note)


def _note(shell: Shell, one: Request, text: str) -> None:
    """Write a note on the item that was asked about, else on its paragraph."""
    session = shell.session
    session.open(one.document, paragraph=max(0, one.paragraph), item=one.item or None)
    session.do(do.NoteOn(one.item, text) if one.item else do.Note(text, paragraph=True))


def _answers(shell: Shell) -> ListScreen:
    session = shell.session
    called: Mapping[str, str] = session.queue.called()
    found: list[Request] = []

    def lines() -> Sequence[ListLine]:
        found[:] = answers(session.project)
        return [
            _line(one, f"{called.get(one.annotator, one.annotator)} {one.outcome}") for one in found
        ]

    def choose(at: int) -> None:
        one = found[at]
        shell.go_to(one.document, max(0, one.paragraph), one.gold or None)
        session.say(f"you wrote: {one.text}")

    return ListScreen(
        "What annotators answered", lines, choose, empty="nobody answered or changed anything yet"
    )


__all__ = ["asked_screen"]
