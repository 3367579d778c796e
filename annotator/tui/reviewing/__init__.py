"""The source of a review: the reviewer works on the gold, and the annotators' versions are the
proposals."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from string import ascii_uppercase

from annotator.model import actions as do
from annotator.model.actions import ReviewAction
from annotator.model.decision import Completion, Group, Suggestion
from annotator.model.names import NameKind, Ruling, concepts_of
from annotator.model.other_names import OtherNames
from annotator.model.record import GOLD
from annotator.model.review import Mode, ReviewState, Step, step
from annotator.model.span import Annotation, Span
from annotator.model.text import Document, enumerated, paragraph_number
from annotator.project import Project
from annotator.tui.reviewing import choices
from annotator.tui.reviewing.adjudication import Adjudication
from annotator.tui.reviewing.queue import ReviewQueue
from annotator.tui.reviewing.undoing import WideUndo
from annotator.tui.session.source import Source
from annotator.workflows.names.rulings import rule_same, take_back
from annotator.workflows.review.adjudication import prefill, suggestions_of
from annotator.workflows.review.alignment import Difference
from annotator.workflows.review.changes import revisions
from annotator.workflows.review.open_differences import (
    Likeness,
    OpenDifference,
    Option,
    VersionComparer,
)
from annotator.workflows.review.versions import ADJUDICATED, Merger
from annotator.workflows.review.waiting import Situation, situation

_TAKING_BACK = do.Undo | do.Redo | do.TakeBack
_MOVING = do.MoveFocus | do.FocusItem | do.GoParagraph | do.MoveParagraph | do.CloseParagraph
_TAKING_AN_EDIT = do.ConfirmSelection | do.SetLabel
_CHOOSING = do.Choose | do.ChooseSeveral
_REATTACHING = _CHOOSING | do.Settle | _TAKING_BACK
"""After these, stances go over to the version that stands now."""
_STAYING = do.NoteOn | do.Note | do.Flag | do.CloseParagraph | _TAKING_BACK
"""These decide no difference, so the focus stays where they put it."""


class Adjudicating(Source):
    """Opens documents as `@gold`, filled with what the strategy decides by itself.

    With `hidden`, annotators are shown as letters, which differ between documents. `reviewer` is
    the person who decides, as recorded in the log; `queue` is the queue of another source, if there
    is one. A source that decides `aside` looks for nothing in other documents.
    """

    queue: ReviewQueue

    def __init__(
        self,
        project: Project,
        *,
        strategy: str = "unanimous",
        hidden: bool = False,
        reviewer: str | None = None,
        queue: ReviewQueue | None = None,
        aside: bool = False,
    ) -> None:
        super().__init__(
            "review",
            queue or ReviewQueue(project, GOLD, merger=Merger(project, strategy), hidden=hidden),
        )
        self.project = project
        self._aside = aside
        self.strategy = self.queue.strategy
        self.decided_by = reviewer
        self.model_lane = False
        """Whether the suggestions are shown beside the annotators' versions."""
        self.at_field = ""
        """The field of the difference in focus that a number decides; empty for all fields."""
        self._situation: Situation | None = None
        self._suggested: list[Suggestion] = []
        self._notes: dict[str, dict[str, str]] = {}
        """What annotators noted in the open document, by annotator and item."""
        self._basis: dict[str, int] = {}
        """The state of each annotator's work when the document was opened."""
        self._decided: frozenset[str] = frozenset()
        """The versions of the difference that was decided last, until somebody moves the focus."""
        self._editing: Difference | None = None
        """The difference one of whose versions is being changed."""
        self.wide = WideUndo()
        self.chosen: tuple[Likeness, Option] | None = None
        """What the difference decided last was like, and which version was taken."""
        self._like: dict[frozenset[str], Likeness | None] = {}

    @property
    def merger(self) -> Merger:
        """What the strategy has learnt."""
        return self.queue.merger

    @property
    def hidden(self) -> bool:
        """Whether annotators are shown as letters."""
        return self.queue.hidden

    @hidden.setter
    def hidden(self, hidden: bool) -> None:
        self.queue.hidden = hidden

    # --- the open document

    def prepare(self, document: Document) -> None:
        # Read this before the work, so that whatever arrives in between counts as changed since.
        self._basis = revisions(self.project.log.completions(document=document.id))
        found = self.merger.versions(document.id)
        self._situation, self.at_field = None, ""
        self._notes = {}
        if found is not None:
            self._suggested = self.project.suggestions.of(document.id)
            prefill(self.project, document, found)
            self._situation = situation(self.merger, document.id)
        self._like = {}
        if not self._aside:
            self.queue.look(document.id)

    def suggestions(self, document: Document) -> Sequence[Suggestion]:
        if self._situation is None:
            return ()
        return suggestions_of(document, self._situation, self._letters() if self.hidden else None)

    def begun(self, state: ReviewState) -> ReviewState:
        gold = replace(state, origin=ADJUDICATED, finished=Completion.GOLD, based_on=self._basis)
        return choices.reattached(self.at(gold))

    def at(self, state: ReviewState) -> Adjudication:
        """The progress of the adjudication of the open document in a given state."""
        return Adjudication(state, self._situation)

    def noted(self, state: ReviewState) -> tuple[str, str] | None:
        """The item that a reason or a message is about, and its note. This is the item decided
        last, until somebody moves the focus, and otherwise the item in focus. None if nothing was
        decided about it."""
        focus = (state.focus,) if state.focus is not None else ()
        return self.at(state).noted(tuple(self._decided) or focus)

    # --- who made what

    def voters(self) -> list[tuple[str, str]]:
        """The annotators of the open document in the order of their keys, with their displayed
        names."""
        if self._situation is None:
            return []
        if not self.hidden:
            return [(who, who) for who in self._situation.found.voters]
        return sorted(self._letters().items(), key=lambda pair: pair[1])

    def _letters(self) -> dict[str, str]:
        """A dict from annotator to letter, in an order given by a hash of document and name."""
        if self._situation is None:
            return {}
        found = self._situation.found

        def place(who: str) -> bytes:
            return hashlib.sha256(f"{found.document}\x1f{who}".encode()).digest()

        return dict(zip(sorted(found.voters, key=place), ascii_uppercase, strict=False))

    def note(self, who: str, id: str) -> str:
        """What an annotator noted on their version of an item, without names where these are
        hidden."""
        if self._situation is None:
            return ""
        found = self._situation.found
        candidate = found.by_id.get(id)
        mine = dict(candidate.own).get(who, "") if candidate is not None else ""
        if who not in self._notes:
            rows = self.project.log.notes(who, documents=[found.document])
            self._notes[who] = {item: text for _, _, item, text in rows}
        return OtherNames(self.called()).text(self._notes[who].get(mine, ""))

    def called(self) -> dict[str, str]:
        """The letters that stand for the annotators of the open document if names are hidden; empty
        if names are shown."""
        return {**self.queue.called(), **self._letters()} if self.hidden else {}

    @property
    def has_model(self) -> bool:
        """Whether a model suggested anything in the open document."""
        return bool(self._suggested)

    def proposed(self, difference: Difference) -> Annotation | None:
        """What the model suggested for the same span, if suggestions are shown."""
        first = difference.candidates[0].value
        if not self.model_lane or not isinstance(first, Span):
            return None
        near = [
            s.value
            for s in self._suggested
            if isinstance(s.value, Span) and s.value.layer == first.layer
        ]
        return next((v for v in near if v.start < first.end and first.start < v.end), None)

    # --- deciding

    def next_field(self, state: ReviewState) -> str:
        """Let numbers decide the next field of the difference in focus; after the last field, all
        of them again."""
        at = self.at(state)
        difference = at.in_focus()
        left = at.open_fields(difference) if difference is not None else ()
        here = left.index(self.at_field) + 1 if self.at_field in left else 0
        self.at_field = left[here] if here < len(left) else ""
        return self.at_field

    def edit(self, state: ReviewState) -> None:
        """The next change of the item in focus decides its difference: it rejects the other
        versions."""
        self._editing = self.at(state).in_focus()

    def rule_same(self, kind: NameKind, names: Sequence[str], canonical: str) -> None:
        """Rule that the names are one in all places, and read the open document again."""
        rule_same(self.project, kind, names, canonical, reviewer=self.decided_by)
        self.merger.names_changed()

    def names_changed(self) -> bool:
        return self.merger.names_changed()

    def names_ruled(self, before: ReviewState, after: ReviewState) -> None:
        """Names were ruled on, or the last rulings were taken back, between two states of the open
        document. Undo takes back the last ruling."""
        rulings = [r for r in self.project.names.rulings() if r.reviewer == self.decided_by]
        if not rulings:
            return
        token = rulings[-1].token
        self.wide.forget([("names", token)])
        if rulings[-1].same:
            last = tuple(one for one in rulings if one.token == token)
            self.wide.add(before, after, ("names", token), last, self._take_back)

    def _take_back(self, rulings: Sequence[Ruling]) -> str:
        take_back(self.project, rulings, reviewer=self.decided_by)
        self.merger.names_changed()
        names = {ruling.name: None for ruling in rulings}
        again = "is a separate name" if len(names) == 1 else "are separate names"
        return f"taken back: {enumerated(names)} {again} again"

    def beyond(self, state: ReviewState, action: ReviewAction) -> str | None:
        """Undo what was decided in several documents, once everything decided since is undone."""
        return self.wide.undo(state) if isinstance(action, do.Undo) else None

    def likeness(self, state: ReviewState, difference: Difference) -> Likeness | None:
        """What a difference of the open document is like."""
        if difference.ids not in self._like:
            self._like[difference.ids] = self.version_comparer(state).likeness(difference)
        return self._like[difference.ids]

    def version_comparer(self, state: ReviewState) -> VersionComparer:
        """What makes versions of the open document comparable with others."""
        concepts = concepts_of(self.project.schema)
        return VersionComparer(state.document, concepts, self.at(state).value)

    def places(self, state: ReviewState, difference: Difference) -> list[OpenDifference]:
        """Where else annotators differ in the same way: first in the open document, then in others,
        as far as these have been read."""
        here = state.document.id
        found = [
            one
            for one in self.queue.open.alike(self.likeness(state, difference))
            if (one.document, one.ids) != (here, difference.ids)
        ]
        return sorted(found, key=lambda one: one.document != here)

    def saved(self, state: ReviewState, group: Group) -> None:  # noqa: ARG002
        # What stances are like follows from what their ends are called.
        self._like = {}
        self.queue.decided(state.document.id)

    def step(self, state: ReviewState, action: ReviewAction) -> Step:
        """As in annotating, except that two versions of one thing can never both stand, and that
        the focus moves by differences."""
        at = self.at(state)
        self._forget_before(action)
        if isinstance(action, do.MoveFocus) and not action.undecided:
            beside = at.beside(action.step)
            if beside is not None:
                self.at_field = ""
                return at.focused_on(beside).changed(message=""), ()
        taken = choices.meant(at, action)
        if taken is None:
            return state.changed(message="nothing here was chosen by all or by most"), ()
        edited = self._edited(state, action) if isinstance(action, _TAKING_AN_EDIT) else None
        after, group = edited or step(state, taken)
        if edited or isinstance(taken, _REATTACHING):
            after = choices.reattached(self.at(after))
        # What is chosen again is decided too, so the focus goes on from it in the same way.
        if (group or isinstance(taken, _CHOOSING)) and not isinstance(taken, _STAYING):
            after = self._going_on(at, after)
        self._remember(at, action if isinstance(action, do.AcceptAll) else taken, after)
        return after, group

    def _forget_before(self, action: ReviewAction) -> None:
        """Forget what the last decision was about when the focus is moved by hand, and what is
        being changed when that is cancelled."""
        if isinstance(action, _MOVING):
            self._decided, self._editing, self.chosen = frozenset(), None, None
        elif isinstance(action, do.Cancel):
            self._editing = None

    def _going_on(self, before: Adjudication, state: ReviewState) -> ReviewState:
        """Once the difference in focus is decided, the focus moves to the next one in reading
        order. If none is left in the paragraph, it stays."""
        difference, at = before.in_focus(), self.at(state)
        if difference is None or not difference.number or state.mode is not Mode.BROWSE:
            return state
        if at.is_open(difference) or state.paragraph != before.state.paragraph:
            return state
        following = self._following(at, difference)
        if following is None:
            left = any(d.number and at.is_open(d) for d in at.here())
            message = "" if left else f"; ¶ {paragraph_number(state.paragraph)} is decided"
            return at.focused_on(difference).changed(message=f"{state.message}{message}")
        # The panel shows the following one by now, so the words name the one that was decided.
        message = f"difference {difference.number}: {state.message}"
        back = "; back to the first undecided one" if following.number < difference.number else ""
        return at.focused_on(following).changed(message=f"{message}{back}")

    def _following(self, at: Adjudication, difference: Difference) -> Difference | None:
        """The undecided difference that comes after one, among those that are worked on."""
        chosen = self.queue.chosen(at.state.document.id)
        among = [d for d in at.differences if chosen is None or d.ids in chosen]
        return at.following(difference, among)

    def past_decided(self, state: ReviewState) -> ReviewState:
        """The state with the focus on the next undecided difference of the paragraph, if the one in
        focus was decided with others or by a ruling on names."""
        at = self.at(state)
        difference = at.in_focus()
        if difference is None or at.is_open(difference):
            return state
        following = self._following(at, difference)
        return state if following is None else at.focused_on(following)

    def _remember(self, before: Adjudication, action: ReviewAction, state: ReviewState) -> None:
        """Remember what an action means for those that follow."""
        if state.focus != before.state.focus:
            self.at_field = ""
        difference, after = before.in_focus(), self.at(state)
        # Of what is decided already, the same version or another one may be chosen.
        if difference is None or not (before.is_open(difference) or isinstance(action, _CHOOSING)):
            return
        if not after.is_open(difference) or isinstance(action, do.Settle):
            self._decided = difference.ids
        if isinstance(action, _CHOOSING):
            self.chosen = self._choice(state, difference, action)
        elif isinstance(action, do.Settle | do.AcceptAll):
            # What was chosen before is no longer the last one.
            self.chosen = None
        if isinstance(action, do.Settle):
            # The next open field is decided next.
            left = after.open_fields(difference) if after.in_focus() is difference else ()
            self.at_field = left[0] if left else ""

    def _choice(
        self, state: ReviewState, difference: Difference, action: do.Choose | do.ChooseSeveral
    ) -> tuple[Likeness, Option] | None:
        """What a difference is like, and which of its versions was taken."""
        comparer = self.version_comparer(state)
        like = comparer.likeness(difference)
        last = action if isinstance(action, do.Choose) else action.choices[-1]
        option = comparer.option(difference, choices.as_made(difference, last.take))
        return None if like is None else (like, option)

    def _edited(self, before: ReviewState, action: ReviewAction) -> Step | None:
        """The result of an action on the version that is being changed. If the action accepts it,
        its rivals are rejected, with one undo for both. None if no version is being changed."""
        difference = self._editing
        selected = before.selection.item if before.selection is not None else None
        if difference is None or not {before.focus, selected} & difference.ids:
            return None
        after, group = step(before, action)
        if not group:
            return None
        self._editing = None
        item = next((d.item for d in group if d.item in difference.ids), None)
        if item is None:
            return after, group
        last, more = step(after, choices.edited(self.at(after), difference, item, after.message))
        whole = (*group, *(replace(d, group=group[0].group) for d in more))
        return replace(last, history=before.history.push(whole), message=after.message), whole


__all__ = ["Adjudicating"]
