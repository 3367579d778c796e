"""Clicks on the last line: the mouse can press each key shown there."""

from __future__ import annotations

from rich.style import Style
from textual import events

from annotator.tui.key_map import named
from annotator.tui.styled_rows import Drawn
from annotator.tui.terminal_driver import Pressed


def key_at(row: Drawn, x: int, strong: Style) -> str:
    """The key whose name or words are at a cell of a footer, in which keys are `strong` and their
    words are not. Empty if there is none, or if several keys share the words (`1-9`)."""
    at, key = 0, ""
    for segment in row.segments:
        if segment.style == strong and segment.text.strip():
            key = segment.text.strip()
        at += len(segment.text)
        if x < at:
            return named(key) if segment.text.strip() else ""
    return ""


def pressed(key: str) -> Pressed:
    """The key as the terminal would send it."""
    return key if len(key) == 1 else events.Key(key, None)


__all__ = ["key_at", "pressed"]
