"""Keyboards in other scripts: which Latin key is in the place of a typed letter."""

from __future__ import annotations

_LATIN = "qwertyuiopasdfghjklzxcvbnm"
_CYRILLIC = "йцукенгшщзфывапролдячсмить"
_SIGNS = dict(zip("хъжэбюХЪЖЭБЮ", "[];',.{}:\"<>", strict=True))
"""Letters of a Cyrillic keyboard in the places of signs."""
_GREEK = "ςερτυθιοπασδφγηξκλζχψωβνμ"
_GREEK_LATIN = "wertyuiopasdfghjklzxcvbnm"

_PLACES = {
    **{there: ("Cyrillic", here) for there, here in zip(_CYRILLIC, _LATIN, strict=True)},
    **{there: ("Cyrillic", here) for there, here in _SIGNS.items()},
    **{there: ("Greek", here) for there, here in zip(_GREEK, _GREEK_LATIN, strict=True)},
}


def by_place(key: str) -> tuple[str, str] | None:
    """`(script, key)` for a letter of a Cyrillic (Russian) or Greek keyboard: the key of a Latin
    keyboard in the same place, a capital or a shifted sign for a capital; None for every other
    key."""
    if key in _PLACES or len(key) != 1:
        return _PLACES.get(key)
    script, here = _PLACES.get(key.lower(), ("", ""))
    return (script, here.upper()) if script else None


__all__ = ["by_place"]
