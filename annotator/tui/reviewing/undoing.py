"""What a reviewer did in several documents at once, and when an undo takes it back."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from annotator.model.review import ReviewState

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Done:
    """Something done in several documents at once. `document` and `last` are the document that was
    open and the name of its last group of decisions at that time (empty if there was none). `of` is
    equal for what is taken back together. `back` takes the parts back, and returns a message."""

    document: str
    last: str
    of: Hashable
    parts: tuple[Any, ...]
    back: Callable[[tuple[Any, ...]], str]


class WideUndo:
    """An undo comes to what was done in several documents when, in the document that was open,
    everything decided since is undone."""

    def __init__(self) -> None:
        self._done: list[Done] = []

    def add(
        self,
        before: ReviewState,
        after: ReviewState,
        of: Hashable,
        parts: tuple[Part, ...],
        back: Callable[[tuple[Part, ...]], str],
    ) -> tuple[Part, ...]:
        """Remember what was done between two states of the open document. If the last thing done is
        of the same kind, both are taken back together. Returns the parts of all of it."""
        if self._done and self._done[-1].of == of and self._is_next(before):
            parts = (*self._done.pop().parts, *parts)
        self._done.append(Done(after.document.id, last_group(after), of, parts, back))
        return parts

    def forget(self, of: Sequence[Hashable]) -> None:
        """Forget what was taken back in another way: what was done of these kinds."""
        self._done = [one for one in self._done if one.of not in of]

    def undo(self, state: ReviewState) -> str | None:
        """Take back the last thing, if it is what comes next. Returns its message, or else None."""
        if not self._is_next(state):
            return None
        last = self._done.pop()
        return last.back(last.parts)

    def _is_next(self, state: ReviewState) -> bool:
        if not self._done:
            return False
        last = self._done[-1]
        return (last.document, last.last) == (state.document.id, last_group(state))


def last_group(state: ReviewState) -> str:
    """The name of the group of decisions that an undo in the document would take back; empty if
    there is none."""
    undo = state.history.undo
    return undo[0][0].group if undo is not None else ""


__all__ = ["WideUndo", "last_group"]
