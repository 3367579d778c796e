"""The state of the annotate screen, without a screen: decisions, suggestions, and the annotator's
position.

Immutable. Ids of new items and groups follow from the session's token and a counter, so that the
same actions on the same state give the same result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from annotator.model.annotation import AnnotationSet, History
from annotator.model.decision import (
    Completion,
    Status,
    Suggestion,
)
from annotator.model.items import Card, Item, cards, find, paragraph_items
from annotator.model.names import Namer, ProposedName
from annotator.model.schema import LabelSchema
from annotator.model.span import AUTHOR, Annotation, Relation, Span
from annotator.model.text import Document, Paragraph
from annotator.model.text_units import Bounds, Phraser


class Mode(StrEnum):
    """What the keys act on."""

    BROWSE = "browse"  # the item in focus
    SELECT = "select"  # the selection: a new span, or new bounds of the one being edited
    HOLDER = "holder"  # a relation in the making waits for its source
    SIDE = "side"  # a relation in the making waits for its label


@dataclass(frozen=True, slots=True)
class Selection:
    """Selected text `[start, end)`; `anchor` is where it grows from;
    `item` is the span being changed."""

    start: int
    end: int
    anchor: int
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A relation in the making; `item` is the relation whose label is chosen again,
    `more` are holders besides `source`."""

    layer: str
    target: str
    source: str | None = None
    item: str | None = None
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReviewState:
    """One annotator's work on one document, and where in it they are.

    `suggestions` are by paragraph index. `session` is unique to the run of the program. `origin` is
    that of annotations made here; `finished` is the completion of the document once its last
    paragraph is done. Suggestions below `threshold` (see `items.passes`) are not shown, and if
    `only` names a layer, neither are those of other layers.
    """

    document: Document
    schema: LabelSchema
    session: str
    suggestions: Mapping[int, Sequence[Suggestion]] = field(default_factory=dict)
    annotations: AnnotationSet = field(default_factory=AnnotationSet)
    history: History = field(default_factory=History)
    paragraph: int = 0
    focus: str | None = None
    mode: Mode = Mode.BROWSE
    selection: Selection | None = None
    draft: Draft | None = None
    last_label: tuple[str, str] | None = None
    threshold: float = 0.0
    only: str = ""
    origin: str = "human"
    finished: Completion = Completion.DONE
    serial: int = 0
    message: str = ""
    based_on: Mapping[str, int] = field(default_factory=dict)
    """In review: how far each annotator's log was when the document was opened."""
    asked: str = ""
    """The action that the last step asked to confirm. The same action again confirms it; any other
    cancels it."""
    namer: Namer | None = None
    """Proposes names; None if nothing does."""
    phraser: Phraser | None = None
    """Knows the parses of sentences; if it is None, a selection grows by rules."""
    together: tuple[str, ...] = ()
    """The relations that one key made for several holders. A value that is set on one of them is
    set on all, until the focus leaves them."""

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The items of the paragraph, in the order that the focus moves."""
        return self._items_of(self.paragraph)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """A dict from the id of each item of the paragraph to its index in `items`."""
        return {item.id: i for i, item in enumerate(self.items)}

    @cached_property
    def waiting(self) -> int:
        """Number of suggestions of the paragraph in work that wait for a decision."""
        return sum(item.undecided for item in self.items)

    @cached_property
    def proposed(self) -> Mapping[str, Suggestion]:
        """The suggestions of the document by id."""
        return {s.id: s for several in self.suggestions.values() for s in several}

    @cached_property
    def named(self) -> dict[str, ProposedName | None]:
        """The names proposed for items of the document so far, by id."""
        return {}

    def proposed_name(self, item: Item) -> ProposedName | None:
        """The likeliest name of an item to which nobody has given a name; None if its layer has no
        entity, or if nothing proposes names. It is computed when it is needed, from everything
        decided until then."""
        if self.namer is None or not isinstance(item.value, Span):
            return None
        if item.value.entity and not item.pending:
            return None
        if item.id not in self.named:
            self.named[item.id] = self.likeliest_name(item.value)
        return self.named[item.id]

    def likeliest_name(self, span: Span) -> ProposedName | None:
        """The same for any span; see `proposed_name`."""
        ranked = self.ranked_names(span)
        return ranked[0] if ranked else None

    def ranked_names(self, span: Span) -> Sequence[ProposedName]:
        """Names for a span of a layer that has an entity, the likeliest first."""
        layer = self.schema.layer(span.layer)
        if self.namer is None or layer is None or layer.attribute_of_type("entity") is None:
            return ()
        return self.namer.ranked(self.document, self.annotations.named(span.layer), span)

    @property
    def focused(self) -> Item | None:
        """The item in focus."""
        at = self.places.get(self.focus) if self.focus is not None else None
        return None if at is None else self.items[at]

    @cached_property
    def cards(self) -> tuple[Card, ...]:
        """The statements of the paragraph."""
        shown = {item.id for item in self.items}
        sources = (
            {i.value.source for i in self.items if isinstance(i.value, Relation)} - shown - {AUTHOR}
        )
        outside = {s: item for s in sources if (item := self.find(s))}
        return cards(self.items, layers=self.schema.statement_layers, outside=outside)

    @property
    def bounds(self) -> tuple[int, int]:
        """`(start, end)` of the paragraph."""
        here = self.document.paragraphs[self.paragraph]
        return here.start, here.end

    def phrases_at(self, at: int) -> Sequence[Bounds]:
        """The phrases and clauses around an offset of the paragraph by its parse; empty if there is
        no parse."""
        if self.phraser is None:
            return ()
        return self.phraser.phrases(self.document, self.paragraph, at)

    def items_of(self, paragraph: int) -> tuple[Item, ...]:
        """The items of any paragraph; an excluded one has none."""
        return self.items if paragraph == self.paragraph else self._items_of(paragraph)

    def _items_of(self, paragraph: int) -> tuple[Item, ...]:
        if self.is_excluded(paragraph):
            return ()
        return paragraph_items(
            self.annotations,
            self.suggestions,
            paragraph,
            known=lambda id: find(id, self.annotations, self.proposed) is not None,
            threshold=self.threshold,
            only=self.only,
        )

    def find(self, item: str) -> Item | None:
        """An item of the document by its id."""
        at = self.places.get(item)
        return find(item, self.annotations, self.proposed) if at is None else self.items[at]

    def value_of(self, item: str) -> Annotation | None:
        """The annotation of an item: the standing one, or else the suggestion, also one that was
        rejected or is not shown."""
        found = self.find(item)
        return found.value if found is not None else self.proposal_of(item)

    def proposal_of(self, item: str) -> Annotation | None:
        """The annotation as a suggestion proposes it, shown or not."""
        proposed = self.proposed.get(item)
        return proposed.value if proposed is not None else None

    def is_excluded(self, paragraph: int) -> bool:
        """Whether a paragraph is not to be annotated, as this annotator has it."""
        mark = self.annotations.mark(paragraph).excluded
        return self.document.paragraphs[paragraph].excluded if mark is None else mark

    def is_done(self, paragraph: int) -> bool:
        """Whether a paragraph was marked as done."""
        return self.annotations.mark(paragraph).done

    def to_annotate(self) -> list[Paragraph]:
        """The paragraphs that are not excluded."""
        return [p for p in self.document.paragraphs if not self.is_excluded(p.index)]

    @cached_property
    def progress(self) -> tuple[int, int]:
        """Paragraphs done and paragraphs to annotate. Costs the paragraphs that
        were touched, not all there are."""
        done, total = 0, self.document.included
        for index in self.annotations.by_paragraph:
            mark = self.annotations.mark(index)
            own = (
                0 <= index < len(self.document.paragraphs)
                and self.document.paragraphs[index].excluded
            )
            excluded = own if mark.excluded is None else mark.excluded
            total += own - excluded
            done += mark.done and not excluded
        return done, total

    def undecided(self, paragraph: int) -> int:
        """Number of suggestions of a paragraph that wait for a decision."""
        if paragraph == self.paragraph:
            return self.waiting
        return sum(item.undecided for item in self.items_of(paragraph))

    def left(self, paragraph: int) -> int:
        """The number of decisions that wait in a paragraph; in review, several versions are one
        difference."""
        items = [item for item in self.items_of(paragraph) if item.undecided]
        if self.finished is not Completion.GOLD:
            return len(items)
        numbers = {item.suggestion.rank for item in items if item.suggestion is not None}
        return len(numbers) + sum(item.suggestion is None for item in items)

    @property
    def is_finished(self) -> bool:
        """Whether the document is done; in review, whether it is gold and nothing newer waits in
        the paragraph."""
        done = self.annotations.completion is self.finished
        return done and (self.finished is not Completion.GOLD or not self.left(self.paragraph))

    def suggested(self) -> list[str]:
        """The ids of all suggestions of the document that nothing was decided on."""
        return [
            s.id
            for index, several in self.suggestions.items()
            for s in several
            if (own := self.annotations.get(s.id, index)) is None or own.status is Status.MARKED
        ]

    def holders(self) -> tuple[Item, ...]:
        """Spans of the paragraph that may be the source of the relation in the making."""
        layer = self.schema.layer(self.draft.layer) if self.draft else None
        if layer is None or self.draft is None:
            return ()
        target = self.draft.target
        return tuple(
            i
            for i in self.items
            if isinstance(i.value, Span) and i.value.layer in layer.sources and i.id != target
        )

    def changed(self, **changes: Any) -> ReviewState:
        """This state with other values for some fields that do not affect its items. Like
        `dataclasses.replace`, but without the cost of computing all fields again, for keys
        that only move."""
        other = object.__new__(ReviewState)
        other.__dict__.update(self.__dict__)
        other.__dict__.update(changes)
        return other

    def new_id(self, offset: int = 0) -> str:
        """The id of the next group or item made in this session."""
        return f"{self.session}-{self.serial + offset:x}"


def open_document(
    document: Document,
    schema: LabelSchema,
    *,
    session: str,
    suggestions: Sequence[Suggestion] = (),
    annotations: AnnotationSet | None = None,
    history: History | None = None,
    paragraph: int | None = None,
    focus: str | None = None,
    namer: Namer | None = None,
    phraser: Phraser | None = None,
) -> ReviewState:
    """The state in which a document is opened: at the given place, or else at the first paragraph
    that is not done."""
    by_paragraph: dict[int, list[Suggestion]] = {}
    for suggestion in suggestions:
        by_paragraph.setdefault(suggestion.paragraph, []).append(suggestion)
    state = ReviewState(
        document,
        schema,
        session,
        by_paragraph,
        annotations or AnnotationSet(),
        history or History(),
        namer=namer,
        phraser=phraser,
    )
    if paragraph is None or not 0 <= paragraph < len(document.paragraphs):
        todo = state.to_annotate() or list(document.paragraphs)
        paragraph = next((p.index for p in todo if not state.is_done(p.index)), todo[0].index)
    return arrive(state, paragraph, focus)


def arrive(state: ReviewState, paragraph: int, focus: str | None = None) -> ReviewState:
    """The state at a paragraph, with the given item in focus, or else the first undecided one, or
    else the first one."""
    state = replace(
        state,
        paragraph=paragraph,
        focus=None,
        mode=Mode.BROWSE,
        selection=None,
        draft=None,
        message="",
    )
    ids = [item.id for item in state.items]
    if focus not in ids:
        focus = next((i.id for i in state.items if i.undecided), ids[0] if ids else None)
    return replace(state, focus=focus)
