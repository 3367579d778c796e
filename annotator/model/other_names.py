"""Names of people in a text, replaced by pseudonyms or by numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping


class OtherNames:
    """Replacements of names, for running text and for columns."""

    def __init__(self, called: Mapping[str, str]) -> None:
        """`called` is a dict from name to its replacement."""
        longest = sorted(called, key=lambda name: (-len(name), name))
        words = "|".join(map(re.escape, longest))
        pattern = rf"(?<!\w)({words})(?!\w)(\s*)" if words else r"(?!)"
        self._pattern = re.compile(pattern, re.IGNORECASE)
        self._called = called
        self._by_letters = {name.casefold(): other for name, other in called.items()}

    def text(self, text: str) -> str:
        """A text with every name replaced, in upper or lower case, also next to a hyphen."""
        return self._pattern.sub(lambda found: self._other(found[1]) + found[2], text)

    def columns(self, text: str) -> str:
        """The same for a line of a table: blanks after a name make up for the length of what
        replaces it, so that the columns stay in their places."""

        def other(found: re.Match[str]) -> str:
            name, blanks = self._other(found[1]), found[2]
            return name + " " * (max(1, len(found[0]) - len(name)) if blanks else 0)

        return self._pattern.sub(other, text)

    def _other(self, name: str) -> str:
        return self._called.get(name) or self._by_letters.get(name.casefold(), name)


__all__ = ["OtherNames"]
