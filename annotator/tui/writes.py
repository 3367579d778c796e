"""Stretches of cells on their way to a terminal: the cursor's moves to them, and their order, in as
few bytes as possible."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from annotator.tui.sgr import change

ScreenPosition = tuple[int, int]
"""Column and row, from 0."""

Write = tuple[int, int, str, str, ScreenPosition | None]
"""Column and row of the first cell, what to write, the SGR codes, and where the cursor is then
(None if that is in doubt)."""

FEW = 32
"""Up to this many writes, their order is chosen. In more of them, as of a new page, most begin
where the one before ends, and no order is shorter."""


_APART = 2
"""This many writes that touch each other may be apart in time: the head of a mark and its line."""


def shortest(
    writes: Sequence[Write], at: ScreenPosition | None
) -> tuple[str, ScreenPosition | None]:
    """The bytes for writes of different cells, which may be done in any order, and where the cursor
    is then. It is at `at` before. Attributes are off before and after."""
    as_given = written(writes, at)
    if not 2 < len(writes) <= FEW:
        return as_given
    by_style = written(_by_style(writes), at)
    return as_given if len(as_given[0]) <= len(by_style[0]) else by_style


def written(
    writes: Sequence[Write], at: ScreenPosition | None
) -> tuple[str, ScreenPosition | None]:
    """The bytes for writes in their order; see `shortest`."""
    out: list[str] = []
    style = ""
    for x, y, text, code, after in writes:
        if at != (x, y):
            out.append(move(at, x, y))
        if code != style:
            out.append(change(style, code))
            style = code
        out.append(text)
        at = after
    if style:
        out.append(change(style, ""))
    return "".join(out), at


def _by_style(writes: Sequence[Write]) -> list[Write]:
    """The writes of one style after the other, those with the fewest attributes first. Longer rows
    of writes that touch each other, as in a footer, stay together and go last."""
    groups: dict[str, list[Write]] = {}
    together: list[Write] = []
    start = 0
    for i in range(1, len(writes) + 1):
        if i < len(writes) and writes[i - 1][4] == writes[i][:2]:
            continue
        touching = writes[start:i]
        if len(touching) > _APART:
            together.extend(touching)
        else:
            for one in touching:
                groups.setdefault(one[3], []).append(one)
        start = i
    return [*chain.from_iterable(groups[code] for code in sorted(groups, key=len)), *together]


def move(at: ScreenPosition | None, x: int, y: int) -> str:
    """The shortest way to a cell."""
    there = f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"
    if at is None:
        return there
    across, down = x - at[0], y - at[1]
    if not down:
        return min(there, _along(x, across), key=len)
    if x == 0 and down == 1:
        return "\r\n"
    if x and abs(down) > 1 and abs(across) >= _FAR:
        return there
    upright = _steps(down, "B") if down > 0 else _steps(-down, "A")
    return min(there, _along(x, across) + upright, key=len)


_FAR = 10
"""From this many columns on, moving by steps over several rows is not shorter."""


def _along(x: int, across: int) -> str:
    """The shortest sequence that moves to a column in the same row, this many columns away."""
    if across >= 0:
        return _steps(across, "C") if across else ""
    back = f"\x1b[{x + 1}G" if x else "\r"
    return min(back, "\b" * -across, _steps(-across, "D"), key=len)


def _steps(many: int, sign: str) -> str:
    return f"\x1b[{sign}" if many == 1 else f"\x1b[{many}{sign}"


__all__ = ["FEW", "ScreenPosition", "Write", "move", "shortest", "written"]
