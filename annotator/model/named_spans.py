"""The spans of one layer that have a name, kept in reading order while they change."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from annotator.model.span import Span, reading_order


class NamedSpans:
    """Spans with an entity, in reading order; others are ignored. A change or a query takes one
    binary search, however many spans there are."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._held = sorted((one for one in spans if one.entity), key=reading_order)
        self._by_id = {one.id: one for one in self._held}
        self._added: list[Span] = []
        self.removals = 0
        """How many spans were taken out since it was made."""

    def __iter__(self) -> Iterator[Span]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, id: object) -> bool:
        return id in self._by_id

    def __getitem__(self, places: slice) -> Sequence[Span]:
        return self._held[places]

    def place(self, span: Span) -> int:
        """How many of the spans come before this one."""
        return bisect_left(self._held, reading_order(span), key=reading_order)

    def add(self, span: Span) -> None:
        """Add a span, in place of the one with its id."""
        self.remove(span)
        if span.entity:
            self._held.insert(self.place(span), span)
            self._by_id[span.id] = span
            self._added.append(span)

    def remove(self, span: Span) -> None:
        """Remove the span with this id, if there is one."""
        held = self._by_id.pop(span.id, None)
        if held is not None:
            del self._held[self.place(held)]
            self.removals += 1

    @property
    def additions(self) -> int:
        """How many spans have been added since the start."""
        return len(self._added)

    def added(self, since: int) -> Sequence[Span]:
        """The spans that were added after this many additions, in the order in which they were
        added."""
        return self._added[since:]


__all__ = ["NamedSpans"]
