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
    """What an annotator does, as a value: actions are equal if kind and fields are. It is what a
    frozen dataclass would be; to make forty of those takes a tenth of the program's start."""

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
    """Go to the next (`step` 1) or previous (-1) item; `undecided` skips decided items and goes
    on into other paragraphs."""

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
    """Among several versions of one thing, accept `take`, as it is here, and reject the items
    `drop`; stances that stand on a dropped span go over to the span taken. `words` tells what was
    done."""

    take: tuple[Annotation, ...]
    drop: tuple[str, ...]
    words: str = ""


class ChooseSeveral(ReviewAction):
    """Make several choices, one after the other; one undo takes them all back."""

    choices: tuple[Choose, ...]
    words: str = ""


class Settle(ReviewAction):
    """In the item in focus, a field that annotators filled in differently gets what `value` has in
    it, nothing where it is None or empty there; the other fields stay as they are. `words` tells
    what was done."""

    field: str
    value: Annotation | None
    words: str = ""


class SetLabel(ReviewAction):
    """Label the selection, a new span or new bounds; else relabel the item in focus."""

    layer: str
    label: str


class SetAttribute(ReviewAction):
    """Set an attribute of the item in focus; None clears it. `entity` is the canonical name."""

    name: str
    value: Value | None


class NextValue(ReviewAction):
    """The next value of the item's choice attribute of that number
    (from 0), in the order of the schema."""

    number: int = 0


class Delete(ReviewAction):
    """Remove the annotation in focus, and what depends on it."""


class Note(ReviewAction):
    """Write a note on the item in focus, or on the paragraph when `paragraph`; empty removes it."""

    text: str
    paragraph: bool = False


class NoteOn(ReviewAction):
    """Write a note on an item that was decided on, whether it stands or not; empty removes it."""

    item: str
    text: str


class Flag(ReviewAction):
    """Set or take away the flag of the item in focus, or of the paragraph when `paragraph`."""

    paragraph: bool = False


class CloseParagraph(ReviewAction):
    """The paragraph is done; on to the next that is not. After
    the last one the document is done."""


class ReopenParagraph(ReviewAction):
    """The paragraph, and with it the document, is not done after all."""


class ToggleExcluded(ReviewAction):
    """Exclude the paragraph from annotation, or bring it back."""


class SetCompletion(ReviewAction):
    """Mark the whole document as done, skipped or in progress."""

    completion: Completion


class StartSelection(ReviewAction):
    """Begin a new span at the word at `at`; without it at the item in
    focus or the paragraph's first word."""

    at: int | None = None


class EditBounds(ReviewAction):
    """Change the bounds of the span in focus; `ConfirmSelection` or a label key commits."""


class SelectRange(ReviewAction):
    """Select `[start, end)` of the document's text, drawn out to whole words unless `exact`."""

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
    """Commit changed bounds; a new span gets the label last used."""


class StartStance(ReviewAction):
    """Begin a relation to the item in focus; if that is a relation, choose its side again."""

    layer: str | None = None


class ChooseHolder(ReviewAction):
    """The source of the relation in the making: the id of a span, or `@author`. With `more` it is
    one of several, and the next is waited for; one chosen twice is taken back."""

    source: str
    more: bool = False


class ChooseSide(ReviewAction):
    """The label of the relation in the making, which completes it;
    of several holders one relation each."""

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
    """Hide suggestions with a score below `score`, in [0, 1];
    below 0 those held back are shown too."""

    score: float


class SetFilter(ReviewAction):
    """Show only the suggestions of one layer, with the ends of its relations; of all when empty."""

    layer: str = ""
