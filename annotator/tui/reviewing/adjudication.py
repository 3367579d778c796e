"""The progress of the adjudication of the open document: its differences, and what is decided about
them in a state of the gold."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from annotator.model.review import ReviewState, arrive
from annotator.model.span import AUTHOR, Annotation, Relation, Span
from annotator.workflows.review.alignment import Difference, in_reading_order
from annotator.workflows.review.waiting import Situation


@dataclass(frozen=True, slots=True)
class Adjudication:
    """The differences of a document in review, in a given state. `situation` is None if nobody
    finished the document."""

    state: ReviewState
    situation: Situation | None

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Everything that annotators made in the document, aligned, in reading order."""
        return self.situation.differences if self.situation is not None else ()

    def value(self, id: str) -> Annotation | None:
        """An annotation by its id: as it stands or is proposed, or else as an annotator made it."""
        item = self.state.find(id)
        if item is not None:
            return item.value
        made = self.situation.found.by_id.get(id) if self.situation is not None else None
        return made.value if made is not None else None

    def start(self, difference: Difference) -> int:
        """The position of a difference in the text."""
        assert self.situation is not None
        return self.situation.start(difference)

    def paragraph(self, difference: Difference) -> int:
        """The index of the paragraph that a difference is in."""
        return self.state.document.paragraph_at(self.start(difference)).index

    def here(self) -> list[Difference]:
        """Everything that annotators made in the paragraph, aligned, in reading order."""
        low, high = self.state.bounds
        return [d for d in self.differences if low <= self.start(d) < high]

    def of(self, item: str | None) -> Difference | None:
        """The difference that an item is a version of."""
        return next((d for d in self.differences if item in d.ids), None)

    def in_focus(self) -> Difference | None:
        """The versions of the difference that the item in focus belongs to."""
        return self.of(self.state.focus)

    def is_open(self, difference: Difference) -> bool:
        """Whether a part of a difference waits for a decision. A relation no longer waits once
        something that it depends on was rejected."""
        items = (self.state.find(id) for id in difference.ids)
        return any(item.undecided and self._hangs(item.value) for item in items if item is not None)

    def _hangs(self, value: Annotation) -> bool:
        """Whether everything that an annotation depends on stands or is proposed."""
        if not isinstance(value, Relation):
            return True
        ends = {value.source, value.target} - {AUTHOR}
        return all(self.state.find(end) is not None for end in ends)

    def counts(self) -> tuple[int, int]:
        """The number of differences in the document, and how many of them wait."""
        numbered = [d for d in self.differences if d.number]
        return len(numbered), sum(self.is_open(d) for d in numbered)

    def left_words(self) -> str:
        """The number of the difference in focus, of all, and of those that wait: `4 of 9, 3
        left`."""
        every, left = self.counts()
        here = self.in_focus()
        at = f"{here.number} of {every}, " if here is not None and here.number else ""
        return f"{at}{left} left" if left else f"{at}all decided"

    def open_fields(self, difference: Difference) -> tuple[str, ...]:
        """The fields of a difference that can be decided separately and are not decided yet."""
        if not difference.by_field:
            return ()
        (id,) = difference.ids
        item = self.state.find(id)
        if item is None or item.pending:
            return difference.fields if item is not None else ()
        return item.standing.open if item.standing is not None else ()

    def shown(self, difference: Difference) -> list[str]:
        """The versions of a difference that are shown, with those that wait first."""
        items = [self.state.find(c.id) for c in difference.candidates]
        return [
            i.id for i in sorted((i for i in items if i is not None), key=lambda i: not i.undecided)
        ]

    def versions_in_order(self, difference: Difference) -> list[str]:
        """The items of a difference that are shown, by annotator and then in reading order."""
        ids = dict.fromkeys(
            c.id for who in difference.voters for c in in_reading_order(difference.version(who))
        )
        return [id for id in ids if self.state.find(id) is not None]

    def beside(self, step: int) -> Difference | None:
        """The difference `step` places after the one in focus, decided or not, in reading order and
        across paragraphs; at the ends of the document, the last one. If no difference is in focus,
        the nearest one in the paragraph. None if the document has no differences."""
        several = [d for d in self.differences if d.number]
        if not several:
            return None
        at = next((i for i, d in enumerate(several) if self.state.focus in d.ids), None)
        if at is not None:
            return several[max(0, min(len(several) - 1, at + step))]
        return self._nearest(several, step)

    def _nearest(self, several: Sequence[Difference], step: int) -> Difference:
        """The difference after (1) or before (-1) the item in focus, or the start of the paragraph;
        at the ends, the last one."""
        item = self.state.focused
        place = item.value.start if item is not None and isinstance(item.value, Span) else -1
        after = [d for d in several if self.start(d) >= max(place, self.state.bounds[0])]
        if step > 0:
            return (after or several[-1:])[0]
        before = [d for d in several if d not in after]
        return (before or several[:1])[-1]

    def following(self, difference: Difference, among: Collection[Difference]) -> Difference | None:
        """The difference to decide after this one (which the annotators may code alike): the next
        open one of its paragraph, or else the first open one before it there; None if none is
        open."""
        paragraph = self.paragraph(difference)
        left = [d for d in among if d.number and self.is_open(d) and self.paragraph(d) == paragraph]
        earlier = self.differences[: self.differences.index(difference)]
        before = max((d.number for d in earlier), default=0)
        return next((d for d in left if d.number > before), next(iter(left), None))

    def focused_on(self, difference: Difference) -> ReviewState:
        """The state with a difference in focus, in its paragraph."""
        focus = next(iter(self.shown(difference)), difference.candidates[0].id)
        paragraph = self.paragraph(difference)
        state = self.state
        if paragraph != state.paragraph:
            state = arrive(state, paragraph, focus)
        return state.changed(focus=focus)

    def noted(self, wanted: Sequence[str]) -> tuple[str, str] | None:
        """The one of these items that a reason or a message is about, and its note. An item that
        stands is preferred to a rejected one. None if none of them was decided."""
        found = [
            (id, standing) for id, standing in self.state.annotations.standings() if id in wanted
        ]
        if not found:
            return None
        id, standing = min(found, key=lambda pair: (pair[1].value is None, pair[0]))
        return id, standing.note


__all__ = ["Adjudication"]
