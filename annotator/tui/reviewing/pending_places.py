"""The order in which review goes through what waits: reading order, or first what changes the
network most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from annotator.model.review import ReviewState
from annotator.model.span import Span
from annotator.model.text import plural
from annotator.tui.session.queue import PendingPlace
from annotator.workflows.review.alignment import Difference
from annotator.workflows.review.leverage import Leverage
from annotator.workflows.review.queue import ReviewRow
from annotator.workflows.review.versions import Merger
from annotator.workflows.review.waiting import situation


class Waiting(Protocol):
    """The part of the queue that determines the order."""

    by_leverage: bool
    weighed: list[Leverage]

    @property
    def merger(self) -> Merger:
        """What the strategy has learnt."""

    def chosen(self, document: str) -> set[frozenset[str]] | None:
        """The differences of a document that the search asks for; None for all."""

    def read(self) -> list[ReviewRow]:
        """The documents as they are now."""


def pending_places(queue: Waiting, state: ReviewState, direction: int) -> Iterator[PendingPlace]:
    """The places where something waits: in reading order from the difference in focus on, then what
    was left before it, then in the documents that follow. Differences that a search chose are gone
    through across documents, so there what was left comes last. By leverage, what changes the
    network most comes first, wherever it is."""
    here = state.document.id
    chosen = queue.chosen(here)
    if queue.by_leverage and chosen is None:
        yield from _heaviest(queue, state, direction)
        return
    beyond, left = _of_open(queue, state, direction)
    again = [
        _pending_place(here, one, words=f"back to difference {one.number}: it was left undecided")
        for one in left
    ]
    yield from (_pending_place(here, one) for one in beyond)
    if chosen is None:
        yield from again
        again = []
    for document in _others(queue, here, direction):
        waiting = _waiting(queue, document, direction)
        words = f"another document: {plural(len(waiting), 'difference')} to decide"
        yield from (_pending_place(document, one, words=words) for one in waiting)
    yield from again


def _others(queue: Waiting, here: str, direction: int) -> Iterator[str]:
    """The other documents in which something may wait, in the queue's order from the open one on
    and around its end. Reading the queue takes longer than a key may, and is mostly not needed."""
    rows = [row for row in queue.read() if row.undecided or not row.counted or row.document == here]
    ids = [row.document for row in rows]
    at = ids.index(here) if here in ids else 0
    ordered = [*ids[at:], *ids[:at]] if direction > 0 else [*ids[at::-1], *ids[:at:-1]]
    return (id for id in ordered if id != here)


def first(queue: Waiting, document: str) -> PendingPlace | None:
    """The first difference of a document that the search chose; None if there is no such search."""
    if queue.chosen(document) is None:
        return None
    return next((_pending_place(document, one) for one in _waiting(queue, document, 1)), None)


def _pending_place(document: str, difference: Difference, *, words: str = "") -> PendingPlace:
    return PendingPlace(document, tuple(c.id for c in difference.candidates), words)


def _of_open(
    queue: Waiting, state: ReviewState, direction: int
) -> tuple[Sequence[Difference], Sequence[Difference]]:
    """The places that wait in the open document after the focus, and those that wait before it."""
    there = situation(queue.merger, state.document.id)
    if there is None:
        return (), ()
    item = state.focused
    at = item.value.start if item is not None and isinstance(item.value, Span) else state.bounds[0]
    number = there.before(state.focus, at)
    waiting = _waiting(queue, state.document.id, direction)
    beyond = [d for d in waiting if (d.number - number) * direction > 0]
    return beyond, [d for d in waiting if (d.number - number) * direction < 0]


def _waiting(queue: Waiting, document: str, direction: int) -> Sequence[Difference]:
    """What waits in a document, among the chosen differences."""
    there = situation(queue.merger, document)
    chosen = queue.chosen(document)
    found = there.waiting if there is not None else ()
    return [d for d in found if chosen is None or d.ids in chosen][::direction]


def _heaviest(queue: Waiting, state: ReviewState, direction: int) -> Iterator[PendingPlace]:
    """The places by leverage."""
    here = state.document.id
    for one in queue.weighed[::direction]:
        difference = one.difference
        if one.document == here:
            if state.focus in difference.ids:
                continue
        elif difference.ids not in {d.ids for d in _waiting(queue, one.document, 1)}:
            continue
        yield _pending_place(
            one.document, difference, words=f"this changes {plural(one.edges, 'edge')}"
        )


__all__ = ["first", "pending_places"]
