"""The application played with keys, without a terminal.

A key is finished when the event loop has nothing left to do, however busy the machine is. Threads
finish later; `until` waits for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import textual.app
import textual.pilot
from textual.pilot import Pilot

from annotator.project import Project
from annotator.tui.app import AnnotatorApp
from annotator.tui.key_map import key_map
from annotator.tui.session import Session
from annotator.tui.widgets.rows import Rows

Play = Callable[[Pilot[int], Session], Awaitable[None]]

NAMES = {
    "]": "right_square_bracket",
    "[": "left_square_bracket",
    "}": "right_curly_bracket",
    "{": "left_curly_bracket",
    "+": "plus",
    "-": "minus",
    "?": "question_mark",
    "@": "at",
    "/": "slash",
    ";": "semicolon",
    "!": "exclamation_mark",
}
"""Textual's names of keys."""

PATIENCE, PAUSE = 20.0, 0.01
"""How many seconds `until` waits before it fails, and between two looks."""


async def _loop_is_idle(*_: float) -> None:
    """Return when the event loop has nothing to do. Textual's own way is to sleep until the
    process uses little CPU time: that takes 60 ms a key, and a busy machine looks idle too."""
    loop: Any = asyncio.get_running_loop()
    await asyncio.sleep(0)
    while loop._ready:
        await asyncio.sleep(0)


textual.app.wait_for_idle = textual.pilot.wait_for_idle = _loop_is_idle  # type: ignore[attr-defined]


def play(
    of: Project,
    script: Play,
    *,
    annotator: str = "ada",
    session: Session | None = None,
    size: tuple[int, int] = (100, 30),
    **options: Any,
) -> None:
    """Open the application on a project, run a script of keys, and leave."""

    async def go() -> None:
        opened = session or Session(of, annotator, of.new_session())
        app = AnnotatorApp(opened, key_map({}), **options)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await script(pilot, opened)
            app.exit(0)

    asyncio.run(go())


async def press(pilot: Pilot[int], keys: str) -> str:
    """The screen after some keys, which are written with blanks between them."""
    await pilot.press(*(NAMES.get(key, key) for key in keys.split()))
    await pilot.pause()
    return shown(pilot)


def shown(pilot: Pilot[int]) -> str:
    """The rows of the screen on top; none while it is being built."""
    return "\n".join(
        rows.render_line(y).text
        for rows in pilot.app.screen.query(Rows)
        for y in range(rows.size.height)
    )


async def until(
    pilot: Pilot[int], words: str | Callable[[str], bool], *, see: Callable[..., str] = shown
) -> str:
    """The screen as soon as it shows these words, or satisfies a condition."""
    there = words if callable(words) else lambda screen: words in screen
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    while not there(screen := see(pilot)):
        assert loop.time() < end, f"{words} never came:\n{screen}"
        await pilot.pause(PAUSE)
    return screen
