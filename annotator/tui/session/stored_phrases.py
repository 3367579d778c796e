"""The phrases of parsed paragraphs, from the parses that suggesting and training stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from annotator.errors import StoreError
from annotator.model.text import Document
from annotator.model.text_units import Bounds
from annotator.project import Project

if TYPE_CHECKING:
    from annotator.english.parse import Parse


class KeptPhrases:
    """Reads a parse when a selection grows in its paragraph, and keeps the last one. Nothing is
    parsed here: without a stored parse there are no phrases."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._last: tuple[str, Parse] | None = None

    def phrases(self, document: Document, paragraph: int, at: int) -> Sequence[Bounds]:
        """See `model.text_units.Phraser`."""
        from annotator.english.phrases import phrases_at

        place = document.paragraphs[paragraph]
        parse = self._parse(document.quote(place.start, place.end))
        if parse is None:
            return ()
        inside = phrases_at(parse, at - place.start)
        return [(place.start + start, place.start + end) for start, end in inside]

    def _parse(self, text: str) -> Parse | None:
        if self._last is not None and self._last[0] == text:
            return self._last[1]
        from annotator.english.parse import Parse, key_of

        try:
            data = self._project.parses.any_parse(key_of(text))
        except StoreError:
            # The selection then grows by rule. The next save reports what is wrong with the
            # database.
            return None
        parse = Parse.of_bytes(data) if data is not None else None
        if parse is not None:
            self._last = text, parse
        return parse


__all__ = ["KeptPhrases"]
