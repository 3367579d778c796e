"""Finds known words and phrases in a text by looking up the word with which each begins. The cost
depends on the length of the text, not on the number of known forms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_BEGIN = re.compile(r"\w+|[^\w\s]")


class KnownForms:
    """Words and phrases, found as whole words with any white space inside."""

    def __init__(self, forms: Iterable[str]) -> None:
        self._forms: dict[str, list[str]] = {}
        for form in sorted(set(forms), key=lambda form: (-len(form), form)):
            begin = _BEGIN.match(form)
            if begin is not None:
                self._forms.setdefault(begin.group(), []).append(form)
        self._patterns: dict[str, re.Pattern[str]] = {}

    def matches(self, text: str, start: int, end: int) -> Iterator[re.Match[str]]:
        """The longest form at every place of `[start, end)` at which one begins, in order; they
        may overlap."""
        for begin in _BEGIN.finditer(text, start, end):
            pattern = self._pattern(begin.group())
            found = pattern.match(text, begin.start(), end) if pattern is not None else None
            if found is not None:
                yield found

    def _pattern(self, begin: str) -> re.Pattern[str] | None:
        """The forms that begin with a word, the longest first."""
        if begin in self._forms and begin not in self._patterns:
            parts = (r"\s+".join(map(re.escape, form.split())) for form in self._forms[begin])
            self._patterns[begin] = re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")
        return self._patterns.get(begin)


def without_overlaps(found: Iterable[re.Match[str]]) -> Iterator[re.Match[str]]:
    """Matches in order, without those that overlap an earlier one."""
    at = -1
    for match in found:
        if match.start() >= at:
            at = match.end()
            yield match


__all__ = ["KnownForms", "without_overlaps"]
