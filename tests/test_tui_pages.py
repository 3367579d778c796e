"""The pages of the documentation in the application: from `?`, read, searched, and left."""

from __future__ import annotations

from pathlib import Path

from playing import play, press, until
from support import TEXT, project
from textual.pilot import Pilot

from annotator.pages import page, topics
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.pages import PagesScreen
from annotator.tui.session import Session


def _screen(pilot: Pilot[int]) -> str:
    lines = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def test_the_help_leads_to_the_pages_which_are_read_and_searched(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], _: Session) -> None:
        async def sees(words: str) -> str:
            return await until(pilot, words, see=_screen)

        await press(pilot, "?")
        await sees("Open the pages of the documentation.")
        await pilot.press("p")
        await sees("The shortest way in")
        assert isinstance(pilot.app.screen, PagesScreen)
        await pilot.press("t", *"keys", "enter")
        await sees(page("keys").summary)
        # Words that stand in a table further down, and not on this screen.
        await pilot.press("slash", *"undo the last thing", "enter")
        screen = await sees("Undo the last thing you did")
        assert page("keys").summary not in screen and "“undo the last thing”" in screen
        # Words that stand on another page only.
        await pilot.press("slash", *"end is exclusive", "enter")
        screen = await sees("Offsets are Unicode")
        assert screen.splitlines()[0].strip().startswith(page("formats").title)
        await pilot.press("right_square_bracket")
        following = topics()[topics().index("formats") + 1]
        await sees(page(following).summary[:30])
        await pilot.press("slash", *"no such words", "enter")
        await sees("no other place with")
        # Esc ends the search first, as on every screen.
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, PagesScreen)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, AnnotateScreen)

    with project(tmp_path / "p", TEXT) as of:
        play(of, script, size=(80, 24))
