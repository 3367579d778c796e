"""The pages of the documentation in the application: from `?`, read, searched, and left."""

from __future__ import annotations

import asyncio
from pathlib import Path

from support import TEXT, project
from textual.pilot import Pilot

from annotator.pages import page, topics
from annotator.tui.app import AnnotatorApp
from annotator.tui.key_map import key_map
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.pages import PagesScreen
from annotator.tui.session import Session


def _shown(app: AnnotatorApp) -> str:
    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


async def _until(pilot: Pilot[int], app: AnnotatorApp, words: str) -> str:
    for _ in range(200):
        await pilot.pause(0.02)
        if words in (shown := _shown(app)):
            return shown
    raise AssertionError(f"“{words}” never came:\n{_shown(app)}")


def test_the_help_leads_to_the_pages_which_are_read_and_searched(tmp_path: Path) -> None:
    async def walk() -> None:
        with project(tmp_path / "p", TEXT) as of:
            app = AnnotatorApp(Session(of, "ada", of.new_session()), key_map({}))
            async with app.run_test(size=(80, 24)) as pilot:
                await pilot.pause()
                await pilot.press("question_mark")
                await _until(pilot, app, "Open the pages of the documentation.")
                await pilot.press("p")
                await _until(pilot, app, "The shortest way in")
                assert isinstance(app.screen, PagesScreen)
                await pilot.press("t", *"keys", "enter")
                await _until(pilot, app, page("keys").summary)
                # Words that stand in a table further down, and not on this screen.
                await pilot.press("slash", *"undo the last thing", "enter")
                shown = await _until(pilot, app, "Undo the last thing you did")
                assert page("keys").summary not in shown and "“undo the last thing”" in shown
                # Words that stand on another page only.
                await pilot.press("slash", *"end is exclusive", "enter")
                shown = await _until(pilot, app, "Offsets are Unicode")
                assert shown.splitlines()[0].strip().startswith(page("formats").title)
                await pilot.press("right_square_bracket")
                following = topics()[topics().index("formats") + 1]
                await _until(pilot, app, page(following).summary[:30])
                await pilot.press("slash", *"no such words", "enter")
                await _until(pilot, app, "no other place with")
                await pilot.press("escape")
                await pilot.pause()
                assert isinstance(app.screen, AnnotateScreen)

    asyncio.run(walk())
