"""Text attributes of terminals (ECMA-48, Select Graphic Rendition), and the shortest change between
two sets."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

FOREGROUND, BACKGROUND = "39", "49"

_OFF: Mapping[str, str] = {
    "1": "22",
    "2": "22",
    "3": "23",
    "4": "24",
    "5": "25",
    "7": "27",
    "8": "28",
    "9": "29",
    "21": "24",
}
"""The code that removes an attribute."""


def _attributes(codes: str) -> dict[str, str]:
    """A dict from the code that removes an attribute to the codes that set it, for every attribute
    of `1;38;5;74`."""
    found: dict[str, str] = {}
    parts = codes.split(";") if codes else []
    while parts:
        code = parts.pop(0)
        if code in ("38", "48"):
            size = 2 if parts[0] == "5" else 4
            found[FOREGROUND if code == "38" else BACKGROUND] = ";".join([code, *parts[:size]])
            del parts[:size]
        elif code in _OFF:
            off = _OFF[code]
            found[off] = f"{found[off]};{code}" if off in found else code
        else:
            color = int(code)
            background = 40 <= color < 50 or 100 <= color < 110
            found[BACKGROUND if background else FOREGROUND] = code
    return found


def canonical(codes: str) -> str:
    """The codes without those that only state a default: the terminal's own colours."""
    return ";".join(
        code for code in _attributes(codes).values() if code not in (FOREGROUND, BACKGROUND)
    )


@lru_cache(maxsize=4096)
def change(before: str, after: str) -> str:
    """The shortest sequence from one set of attributes to another, each
    as the codes that set it from none."""
    if before == after:
        return ""
    if not after:
        return "\x1b[m"
    if not before:
        return f"\x1b[{after}m"
    old, new = _attributes(before), _attributes(after)
    parts = [off for off in old if off not in new]
    for off, code in new.items():
        if old.get(off) != code:
            # Bold and dim share the code that removes them.
            parts += [off, code] if off == "22" and off in old else [code]
    step, anew = f"\x1b[{';'.join(parts)}m", f"\x1b[;{after}m"
    return step if len(step) <= len(anew) else anew


__all__ = ["canonical", "change"]
