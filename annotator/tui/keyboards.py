"""Keyboards in other scripts: which Latin key is in the place of a typed letter."""

from __future__ import annotations

_LATIN = "qwertyuiopasdfghjklzxcvbnm"
_CYRILLIC = "йцукенгшщзфывапролдячсмить"
_GREEK = "ςερτυθιοπασδφγηξκλζχψωβνμ"
_GREEK_LATIN = "wertyuiopasdfghjklzxcvbnm"

_PLACES = {
    **{there: ("Cyrillic", here) for there, here in zip(_CYRILLIC, _LATIN, strict=True)},
    **{there: ("Greek", here) for there, here in zip(_GREEK, _GREEK_LATIN, strict=True)},
}


def by_place(key: str) -> tuple[str, str] | None:
    """`(script, key)` for a letter of a Cyrillic (Russian) or Greek keyboard: the key of a Latin
    keyboard in the same place, a capital for a capital; None for every other key."""
    found = _PLACES.get(key.lower()) if len(key) == 1 else None
    if found is None:
        return None
    script, here = found
    return script, here.upper() if key != key.lower() else here


__all__ = ["by_place"]
