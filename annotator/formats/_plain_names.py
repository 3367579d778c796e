"""Writes names of an incoming item in one way, so that names which mean the same are the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from annotator.formats._report import shown
from annotator.model.names import NameKind, names_in
from annotator.model.text import as_read

_OTHER = "names with other blanks, unseen characters or another normal form"
_LOOKS = "gets single blanks and normal form C, without characters that cannot be seen"
_WRITTEN = "names written in another way"


def plain_names(where: dict[str, Any], key: str, kind: NameKind) -> tuple[str, str] | None:
    """Write the names under a key as `names_in` reads them: blanks, semicolons between names, the
    mark of a contrary. Returns what was changed and a message; None if nothing was."""
    held = where.get(key)
    several = held if isinstance(held, list) else [held]
    names = [names_in(kind, one) if isinstance(one, str) else [one] for one in several]
    plain = _each_once(name for own in names for name in own)
    new: Any = plain if isinstance(held, list) else "; ".join(map(str, plain))
    # A single text without a name is refused with the record.
    if not isinstance(held, str | list) or new in (held, ""):
        return None
    where[key] = new
    if not all(names):
        what = "names of blanks only"
        return what, f"{shown(str(held))} holds a name of blanks only, which is left out"
    for one, own in zip(several, names, strict=True):
        if [one] != own:
            if own == [as_read(str(one))]:
                return _OTHER, f"{shown(str(one))} {_LOOKS}"
            return _WRITTEN, f"{shown(str(one))} is written {shown('; '.join(map(str, own)))}"
    return "names given twice", f"{shown(str(held))} holds a name twice, which counts once"


def _each_once(values: Iterable[Any]) -> list[Any]:
    """The values without repeated texts; what is not text is left to the check of the record."""
    found: list[Any] = []
    for one in values:
        if not isinstance(one, str) or one not in found:
            found.append(one)
    return found


__all__ = ["plain_names"]
