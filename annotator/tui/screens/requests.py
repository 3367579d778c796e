"""What review asks an annotator, item by item; in review, the annotators' answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from annotator.model import actions as do
from annotator.model.decision_text import both_ends
from annotator.model.other_names import OtherNames
from annotator.model.text import paragraph_number
from annotator.tui.screens.listing import ListLine, ListScreen
from annotator.tui.screens.prompt import PromptScreen
from annotator.tui.shell import Shell
from annotator.workflows.review.requests import Outcome, Request, answers, note_with, requests

_OUTCOMES: Mapping[Outcome, str] = {
    "open": "open",
    "answered": "answered",
    "changed": "you changed it",
}
_SHOWN: Sequence[Outcome | None] = (None, *_OUTCOMES)
"""What the list shows: all requests, or only the open, answered or changed ones."""

_WORDS = 30
"""The most code points of the words that a question is about."""


def asked_screen(shell: Shell) -> ListScreen:
    """In annotating: what review asks, the open requests first; `c` answers by a note, enter goes
    to the item to change it, `s` shows only the open, answered or changed ones. In review: what
    annotators answered or changed since."""
    session = shell.session
    if session.queue.decides:
        return _answers(shell)
    found: list[Request] = []
    shown: list[Outcome | None] = [None]

    def lines() -> Sequence[ListLine]:
        every = requests(session.project, session.annotator)
        kept = [one for one in every if shown[0] in (None, one.outcome)]
        found[:] = sorted(kept, key=lambda one: one.outcome != "open")
        return [_line(one, _OUTCOMES[one.outcome]) for one in found]

    def narrow(_: int) -> None:
        """Show only the next kind, then all again, with the number of each."""
        shown[0] = _SHOWN[(_SHOWN.index(shown[0]) + 1) % len(_SHOWN)]
        screen.reload()
        counts = _counted(requests(session.project, session.annotator))
        screen.say(f"only {shown[0]}; {counts}" if shown[0] else f"all: {counts}")

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
        lambda at: _go(shell, found[at]),
        keys={"c": ("answer", answer), "s": ("status", narrow)},
        of_all=("s",),
    )
    return screen


def _counted(every: Iterable[Request]) -> str:
    """How many are open, answered and changed."""
    counts = Counter(one.outcome for one in every)
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in _OUTCOMES)


def _go(shell: Shell, one: Request) -> None:
    """Go to what a request is about. What the annotator did not mark is marked as if it had been
    searched for."""
    shell.go_to(
        one.document,
        max(0, one.paragraph),
        one.item or None,
        find=(one.words, one.at) if one.words and not one.item else None,
        message=f"review asks: {one.text}",
    )


def _line(one: Request, note: str) -> ListLine:
    place = "document" if one.paragraph < 0 else f"¶ {paragraph_number(one.paragraph)}"
    words = f" “{both_ends(one.words, _WORDS)}”" if one.words else ""
    answer = f" · {one.answer}" if one.answer else ""
    return ListLine(f"{one.document} {place}{words}: {one.text}{answer}", note)


def _note(shell: Shell, one: Request, text: str) -> None:
    """Write the answer in the note of the item in question, or else in that of its paragraph."""
    session = shell.session
    session.open(one.document, paragraph=max(0, one.paragraph), item=one.item or None)
    note = note_with(one, text)
    session.do(do.NoteOn(one.item, note) if one.item else do.Note(note, paragraph=True))


def _answers(shell: Shell) -> ListScreen:
    session = shell.session
    called: Mapping[str, str] = session.queue.called()
    others = OtherNames(called)
    found: list[Request] = []

    def lines() -> Sequence[ListLine]:
        found[:] = answers(session.project)
        return [
            _line(
                replace(one, answer=others.text(one.answer)),
                f"{called.get(one.annotator, one.annotator)} {one.outcome}",
            )
            for one in found
        ]

    def choose(at: int) -> None:
        one = found[at]
        shell.go_to(
            one.document,
            max(0, one.paragraph),
            one.gold or None,
            message=f"you wrote: {one.text}",
        )

    return ListScreen(
        "What annotators answered",
        lines,
        choose,
        empty="nobody has answered or changed anything yet",
    )


__all__ = ["asked_screen"]
