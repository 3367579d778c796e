"""The actions of an annotator as values, which `review.step` takes. `tui/commands.py` binds keys
to them."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any, ClassVar, Literal, NoReturn, TypeAlias, dataclass_transform

from annotator.model.decision import Completion
from annotator.model.span import Annotation, Value

Boundary: TypeAlias = Literal["start", "end", "both"]
Unit: TypeAlias = Literal["character", "word"]


@dataclass_transform(frozen_default=True)
class ReviewAction:
    """What an annotator does, as a value: actions are equal if their kind and fields are. It
    behaves like a frozen dataclass; forty real dataclasses would take a tenth of the program's
    start."""

    _fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls._fields = tuple(cls.__annotations__) if "__annotations__" in cls.__dict__ else ()

    def __init__(self, *values: Any, **named: Any) -> None:
        given = dict(zip(self._fields, values, strict=False)) | named
        missing = [name for name in self._fields if name not in given and not hasattr(self, name)]
        if missing or len(values) + len(named) > len(given) or not given.keys() <= {*self._fields}:
            raise TypeError(f"{type(self).__name__} takes {', '.join(self._fields) or 'nothing'}")
        self.__dict__.update(given)

    def _values(self) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in self._fields])

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        held = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._fields)
        return f"{type(self).__name__}({held})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")


class MoveFocus(ReviewAction):
    """Go to the next (`step` 1) or previous (-1) item. With `undecided`, decided items are skipped,
    and other paragraphs are searched too."""

    step: int
    undecided: bool = False


class FocusItem(ReviewAction):
    """Go to the item with this id, anywhere in the document."""

    item: str


class MoveParagraph(ReviewAction):
    """Go to the next or previous paragraph, including excluded ones."""

    step: int


class GoParagraph(ReviewAction):
    """Go to the paragraph with this index."""

    index: int


class Accept(ReviewAction):
    """Accept the suggestion in focus; for a relation, also its end points: the whole statement."""


class Reject(ReviewAction):
    """Reject the suggestion in focus, or remove an annotation."""


class Skip(ReviewAction):
    """Leave the suggestion in focus undecided and go on."""


class AcceptAll(ReviewAction):
    """Accept every undecided suggestion in the paragraph."""


class Choose(ReviewAction):
    """Of several versions of one thing, accept `take` as it is here, and reject the items `drop`.
    Stances on a dropped span move to the span taken. `words` says what was done."""

    take: tuple[Annotation, ...]
    drop: tuple[str, ...]
    words: str = ""


class ChooseSeveral(ReviewAction):
    """Make several choices, one after the other; one undo takes them all back."""

    choices: tuple[Choose, ...]
    words: str = ""


class Settle(ReviewAction):
    """Give a field of the item in focus, which annotators filled in differently, what `value` has
    in it; None or an empty value clears it. The other fields stay as they are. `words` says what
    was done."""

    field: str
    value: Annotation | None
    words: str = ""


class SetLabel(ReviewAction):
    """Label the selection (a new span, or new bounds), or else relabel the item in focus."""

    layer: str
    label: str


class SetAttribute(ReviewAction):
    """Set an attribute of the item in focus; None clears it. `entity` is the canonical name."""

    name: str
    value: Value | None


class NextValue(ReviewAction):
    """Set the item's choice attribute with this number (from 0) to its next value, in the order of
    the schema."""

    number: int = 0


class Delete(ReviewAction):
    """Remove the annotation in focus, and what depends on it."""


class Note(ReviewAction):
    """Write a note on the item in focus or, with `paragraph`, on the paragraph; an empty one
    removes it."""

    text: str
    paragraph: bool = False


class NoteOn(ReviewAction):
    """Write a note on a decided item, even a rejected one; an empty note removes it."""

    item: str
    text: str


class Flag(ReviewAction):
    """Set or remove the flag of the item in focus or, with `paragraph`, that of the paragraph."""

    paragraph: bool = False


class CloseParagraph(ReviewAction):
    """Mark the paragraph as done, and go to the next one that is not. After the last one, the
    document is done."""


class ReopenParagraph(ReviewAction):
    """Mark the paragraph, and with it the document, as not done after all."""


class ToggleExcluded(ReviewAction):
    """Exclude the paragraph from annotation, or bring it back."""


class SetCompletion(ReviewAction):
    """Mark the whole document as done, skipped or in progress."""

    completion: Completion


class StartSelection(ReviewAction):
    """Begin a new span at the word at `at`; without `at`, at the item in focus or the paragraph's
    first word."""

    at: int | None = None


class EditBounds(ReviewAction):
    """Change the bounds of the span in focus; `ConfirmSelection` or a label key confirms them."""


class SelectRange(ReviewAction):
    """Select `[start, end)` of the document's text, extended to whole words unless `exact`."""

    start: int
    end: int
    exact: bool = False


class MoveSelection(ReviewAction):
    """Move an edge of the selection, or all of it (`both`), by this many words or characters."""

    step: int
    edge: Boundary = "both"
    unit: Unit = "word"


class GrowSelection(ReviewAction):
    """Grow the selection to the next larger unit: token, phrase, clause, sentence, paragraph."""


class ShrinkSelection(ReviewAction):
    """Shrink the selection to the next smaller unit."""


class ConfirmSelection(ReviewAction):
    """Confirm changed bounds; a new span gets the label used last."""


class StartStance(ReviewAction):
    """Begin a relation to the item in focus, or choose its side again if it is a relation."""

    layer: str | None = None


class ChooseHolder(ReviewAction):
    """Choose the source of the relation in the making: the id of a span, or `@author`. With `more`,
    it is one of several and the next one follows; choosing one twice takes it back."""

    source: str
    more: bool = False


class ChooseSide(ReviewAction):
    """Choose the label of the relation in the making, which completes it. Several holders get a
    relation each."""

    label: str


class SetHolder(ReviewAction):
    """Give the relation in focus another source: the id of a span, or `@author`."""

    source: str


class Cancel(ReviewAction):
    """Leave the selection or the stance in the making; nothing is changed."""


class Undo(ReviewAction):
    """Take back the last thing done."""


class TakeBack(ReviewAction):
    """Take back an earlier group of decisions by its name; refused if something later depends on
    it."""

    group: str


class Redo(ReviewAction):
    """Redo the last thing that was undone."""


class SetThreshold(ReviewAction):
    """Hide suggestions with a score below `score`, in [0, 1]; a negative `score` also shows those
    that are held back."""

    score: float


class SetFilter(ReviewAction):
    """Show only the suggestions of one layer, with the ends of its relations; if empty, those of
    all layers."""

    layer: str = ""
