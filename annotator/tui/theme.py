"""Colours and text attributes by role. Layers have the palette of Okabe and Ito (2008), made for
all kinds of colour vision; nothing depends on colour alone.

The background is always the terminal's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from rich.style import Style

OKABE_ITO = {
    "sky": "#56b4e9",
    "orange": "#e69f00",
    "green": "#009e73",
    "yellow": "#f0e442",
    "blue": "#0072b2",
    "vermillion": "#d55e00",
    "purple": "#cc79a7",
    "grey": "#999999",
}

_LIGHT = {
    "sky": "#0072b2",
    "orange": "#9a6100",
    "green": "#00664b",
    "yellow": "#6f6a00",
    "blue": "#00497a",
    "vermillion": "#a63f00",
    "purple": "#8f4a76",
    "grey": "#5f5f5f",
}
"""The same hues, dark enough to read on white."""

_ANSI = {
    "sky": "cyan",
    "orange": "yellow",
    "green": "green",
    "yellow": "bright_yellow",
    "blue": "bright_blue",
    "vermillion": "red",
    "purple": "magenta",
    "grey": "bright_black",
}


_DIM, _BOLD, _REVERSE, _ITALIC = (
    Style(dim=True),
    Style(bold=True),
    Style(reverse=True),
    Style(italic=True),
)
_LOUD, _FOUND = Style(reverse=True, bold=True), Style(underline=True, bold=True)


@dataclass(frozen=True)
class Theme:
    """Styles by role. `inks` colour letters, `fills` lie under black
    text; both by a schema's colour name."""

    name: str
    inks: Mapping[str, str] = field(default_factory=dict)
    fills: Mapping[str, str] = field(default_factory=dict)
    muted: Style = _DIM
    strong: Style = _BOLD
    bar: Style = _REVERSE
    error: Style = _LOUD
    hint: Style = _LOUD
    found: Style = _FOUND
    pending: Style = _ITALIC
    """The style of suggestions if marks are in the text itself."""

    def mark(self, color: str) -> Style:
        """The line under a span. Its colour does not depend on the status, which its shape
        shows."""
        return _style(self.inks.get(color, ""), bold=False, dim=False)

    def fill(self, color: str) -> Style:
        """The text of the span in focus."""
        fill = self.fills.get(color)
        return Style.parse(f"black on {fill}") if fill else Style(reverse=True)

    def ink(self, color: str) -> Style:
        """Words about a layer."""
        return _style(self.inks.get(color, ""), bold=False, dim=False)

    @property
    def selection(self) -> Style:
        """Selected text."""
        return self.fill("yellow") if self.fills else Style(reverse=True)


@cache
def _style(color: str, *, bold: bool, dim: bool) -> Style:
    return Style(color=color or None, bold=bold or None, dim=dim or None)


def _colored(name: str, inks: Mapping[str, str], fills: Mapping[str, str], muted: str) -> Theme:
    return Theme(
        name,
        inks,
        fills,
        muted=Style.parse(muted),
        error=Style.parse(f"bold black on {fills['vermillion']}"),
        hint=Style.parse(f"bold black on {fills['yellow']}"),
        found=Style.parse(f"bold underline {inks['green']}"),
    )


THEMES: Mapping[str, Theme] = {
    "dark": _colored("dark", OKABE_ITO, OKABE_ITO, "#8c8c8c"),
    "light": _colored("light", _LIGHT, OKABE_ITO, "#6a6a6a"),
    "ansi": _colored("ansi", _ANSI, _ANSI, "bright_black"),
    "mono": Theme("mono"),
}


def colors_of(system: str | None, term: str) -> int:
    """How many colours a terminal has, according to Rich; the older VTs have none, and would not
    even show a selection."""
    if re.match(r"vt[1-5]\d\d(?!.*color)", term):
        return 0
    return {None: 0, "standard": 16, "256": 256, "truecolor": 1 << 24, "windows": 16}.get(
        system, 16
    )


def adapted(theme: Theme, environment: Mapping[str, str]) -> Theme:
    """The theme without italics for terminals that lack them: GNU screen shows them in reverse,
    like the focus, and the Linux console in a colour."""
    term = environment.get("TERM", "")
    without = term.startswith("linux") or (term.startswith("screen") and "TMUX" not in environment)
    return replace(theme, pending=_DIM) if without else theme


def choose(wanted: str, *, colors: int, no_color: bool, background: str = "") -> Theme:
    """The first theme: as set, or else by what the terminal can do.

    `colors` is how many it has; `background` is the environment's COLORFGBG (`15;0`), where a last
    number of 7 or 9 to 15 means a light one.
    """
    if no_color or colors < 8:
        return THEMES["mono"]
    if wanted:
        return THEMES[wanted]
    if colors < 256:
        return THEMES["ansi"]
    last = background.rpartition(";")[2]
    light = last.isdigit() and (int(last) == 7 or int(last) > 8)
    return THEMES["light" if light else "dark"]


__all__ = ["OKABE_ITO", "THEMES", "Theme", "adapted", "choose", "colors_of"]
