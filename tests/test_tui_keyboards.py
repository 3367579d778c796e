"""Keyboards in another script, and pastes whose end never comes."""

from __future__ import annotations

import asyncio
import os
import pty
from pathlib import Path
from typing import Any

import pytest
from playing import play, press, until
from support import TEXT, project
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input

from annotator.tui.keyboard import name_of
from annotator.tui.keyboard_scripts import by_place
from annotator.tui.screens.base import PASTED
from annotator.tui.screens.queue import QueueScreen
from annotator.tui.session import Session
from annotator.tui.terminal_driver import PASTING, Pressed, TerminalDriver


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ф", ("Cyrillic", "a")),
        ("Ф", ("Cyrillic", "A")),
        ("ч", ("Cyrillic", "x")),
        ("о", ("Cyrillic", "j")),
        ("ж", ("Cyrillic", ";")),
        ("Б", ("Cyrillic", "<")),
        ("х", ("Cyrillic", "[")),
        ("ξ", ("Greek", "j")),
        ("Α", ("Greek", "A")),
        ("a", None),
        ("é", None),
        ("enter", None),
        ("1", None),
    ],
)
def test_a_letter_of_another_script_is_the_key_in_its_place(typed: str, meant: object) -> None:
    assert by_place(typed) == meant


class Terminal(TerminalDriver):
    """The driver without its application; it keeps what it reads."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._receiver = self  # type: ignore[assignment]
        self._debug = False
        self._unsure = self._heard = 0.0
        self._pasting, self._tail, self._reading = False, "", True
        self._end_paste()
        self.keys: list[str] = []

    def keys_came(self, keys: list[Pressed]) -> None:
        self.keys += [name_of(key) for key in keys]

    def process_message(self, message: Any) -> None:
        """Ignore messages that are not keys, such as a paste."""


def _typed(*chunks: bytes, rest: float = 0.0) -> list[str]:
    """The keys in these chunks, with a pause before the last one."""

    async def play() -> list[str]:
        ours, theirs = pty.openpty()
        terminal = Terminal(asyncio.get_running_loop())
        for number, chunk in enumerate(chunks):
            if number == len(chunks) - 1:
                await asyncio.sleep(rest)
            terminal._parse(chunk.decode())
        await asyncio.sleep(0)
        os.close(ours)
        os.close(theirs)
        return terminal.keys

    return asyncio.run(play())


def test_a_screen_without_a_field_says_that_a_paste_changes_nothing(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], session: Session) -> None:
        before = session.review.annotations
        pilot.app.post_message(Paste("axd"))
        await until(pilot, PASTED)
        assert session.review.annotations == before
        # The next key takes the words away, and a field takes the text.
        assert PASTED not in await press(pilot, "j")
        await press(pilot, "/")
        pilot.app.post_message(Paste("axd"))
        await pilot.pause()
        assert pilot.app.screen.query_one(Input).value == "axd"
        await press(pilot, "escape q")
        assert isinstance(pilot.app.screen, QueueScreen)
        pilot.app.post_message(Paste("axd"))
        await until(pilot, PASTED)

    with project(tmp_path / "p", TEXT) as of:
        play(of, script)


def test_what_is_pasted_is_no_keys_and_what_follows_is() -> None:
    assert _typed(b"\x1b[200~axd", b"jk\x1b[201~", b"a") == ["a"]


def test_a_paste_without_its_end_mark_is_over_after_a_silence() -> None:
    assert _typed(b"\x1b[200~axd", b"a") == []
    assert _typed(b"\x1b[200~axd", b"a", rest=PASTING + 0.1) == ["a"]


def test_ctrl_q_ends_a_paste_and_quits() -> None:
    assert _typed(b"\x1b[200~axd", b"\x11") == ["ctrl+q"]
