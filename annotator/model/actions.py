"""The actions of an annotator as values, which `review.step` takes. `tui/commands.py` binds keys
to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from annotator.model.decision import Completion
from annotator.model.span import Annotation, Value

Boundary: TypeAlias = Literal["start", "end", "both"]
Unit: TypeAlias = Literal["character", "word"]


@dataclass(frozen=True, slots=True)
class MoveFocus:
    """Go to the next (`step` 1) or previous (-1) item; `undecided` skips decided items and goes
    on into other paragraphs."""

    step: int
    undecided: bool = False


@dataclass(frozen=True, slots=True)
class FocusItem:
    """Go to the item with this id, anywhere in the document."""

    item: str


@dataclass(frozen=True, slots=True)
class MoveParagraph:
    """Go to the next or previous paragraph, including excluded ones."""

    step: int


@dataclass(frozen=True, slots=True)
class GoParagraph:
    """Go to the paragraph with this index."""

    index: int


@dataclass(frozen=True, slots=True)
class Accept:
    """Accept the suggestion in focus; for a relation, also its end points: the whole statement."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Reject the suggestion in focus, or remove an annotation."""


@dataclass(frozen=True, slots=True)
class Skip:
    """Leave the suggestion in focus undecided and go on."""


@dataclass(frozen=True, slots=True)
class AcceptAll:
    """Accept every undecided suggestion in the paragraph."""


@dataclass(frozen=True, slots=True)
class Choose:
    """Of several versions of one thing `take` stands, as it is here, and the items `drop` do not;
    stances that stand on a dropped span go over to the span taken. `words` tells what was done."""

    take: tuple[Annotation, ...]
    drop: tuple[str, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class ChooseSeveral:
    """Make several choices, one after the other; one undo takes them all back."""

    choices: tuple[Choose, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Settle:
    """Of the item in focus, a field that annotators filled in differently takes what `value` holds
    in it, nothing where it is None or empty there; the other fields stay as they are. `words`
    tells what was done."""

    field: str
    value: Annotation | None
    words: str = ""


@dataclass(frozen=True, slots=True)
class SetLabel:
    """Label the selection, a new span or new bounds; else relabel the item in focus."""

    layer: str
    label: str


@dataclass(frozen=True, slots=True)
class SetAttribute:
    """Set an attribute of the item in focus; None clears it. `entity` is the canonical name."""

    name: str
    value: Value | None


@dataclass(frozen=True, slots=True)
class NextValue:
    """The next value of the item's choice attribute of that number
    (from 0), in the order of the schema."""

    number: int = 0


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove the annotation in focus, and what hangs on it."""


@dataclass(frozen=True, slots=True)
class Note:
    """Write a note on the item in focus, or on the paragraph when `paragraph`; empty removes it."""

    text: str
    paragraph: bool = False


@dataclass(frozen=True, slots=True)
class NoteOn:
    """Write a note on an item that was decided on, whether it stands or not; empty removes it."""

    item: str
    text: str


@dataclass(frozen=True, slots=True)
class Flag:
    """Set or take away the flag of the item in focus, or of the paragraph when `paragraph`."""

    paragraph: bool = False


@dataclass(frozen=True, slots=True)
class CloseParagraph:
    """The paragraph is done; on to the next that is not. After
    the last one the document is done."""


@dataclass(frozen=True, slots=True)
class ReopenParagraph:
    """The paragraph, and with it the document, is not done after all."""


@dataclass(frozen=True, slots=True)
class ToggleExcluded:
    """Exclude the paragraph from annotation, or bring it back."""


@dataclass(frozen=True, slots=True)
class SetCompletion:
    """Mark the whole document as done, skipped or in progress."""

    completion: Completion


@dataclass(frozen=True, slots=True)
class StartSelection:
    """Begin a new span at the word at `at`; without it at the item in
    focus or the paragraph's first word."""

    at: int | None = None


@dataclass(frozen=True, slots=True)
class EditBounds:
    """Change the bounds of the span in focus; `ConfirmSelection` or a label key commits."""


@dataclass(frozen=True, slots=True)
class SelectRange:
    """Select `[start, end)` of the document's text, drawn out to whole words unless `exact`."""

    start: int
    end: int
    exact: bool = False


@dataclass(frozen=True, slots=True)
class MoveSelection:
    """Move an edge of the selection, or all of it (`both`), by this many words or characters."""

    step: int
    edge: Boundary = "both"
    unit: Unit = "word"


@dataclass(frozen=True, slots=True)
class GrowSelection:
    """Grow the selection to the next larger unit: token, phrase, clause, sentence, paragraph."""


@dataclass(frozen=True, slots=True)
class ShrinkSelection:
    """Shrink the selection to the next smaller unit."""


@dataclass(frozen=True, slots=True)
class ConfirmSelection:
    """Commit changed bounds; a new span gets the label last used."""


@dataclass(frozen=True, slots=True)
class StartStance:
    """Begin a relation to the item in focus; if that is a relation, choose its side again."""

    layer: str | None = None


@dataclass(frozen=True, slots=True)
class ChooseHolder:
    """The source of the relation in the making: the id of a span, or `@author`. With `more` it is
    one of several, and the next is waited for; one chosen twice is taken back."""

    source: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class ChooseSide:
    """The label of the relation in the making, which completes it;
    of several holders one relation each."""

    label: str


@dataclass(frozen=True, slots=True)
class SetHolder:
    """Give the relation in focus another source: the id of a span, or `@author`."""

    source: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Leave the selection or the stance in the making; nothing is changed."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the last thing done."""


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Take back an earlier group of decisions by its name; refused if something later depends on
    it."""

    group: str


@dataclass(frozen=True, slots=True)
class Redo:
    """Redo the last thing that was undone."""


@dataclass(frozen=True, slots=True)
class SetThreshold:
    """Hide suggestions with a score below `score`, in [0, 1];
    below 0 those held back are shown too."""

    score: float


@dataclass(frozen=True, slots=True)
class SetFilter:
    """Show only the suggestions of one layer, with the ends of its relations; of all when empty."""

    layer: str = ""


ReviewAction: TypeAlias = (
    MoveFocus | FocusItem | MoveParagraph | GoParagraph | Accept | Reject | Skip | AcceptAll
    | Choose | ChooseSeveral
    | Settle | SetLabel | SetAttribute | NextValue | Delete | Note | NoteOn | Flag | CloseParagraph
    | ReopenParagraph
    | ToggleExcluded
    | SetCompletion | StartSelection | EditBounds | SelectRange | MoveSelection | GrowSelection
    | ShrinkSelection
    | ConfirmSelection | StartStance | ChooseHolder | ChooseSide | SetHolder | Cancel | Undo
    | TakeBack | Redo
    | SetThreshold | SetFilter
)  # fmt: skip
