"""One person working on one project, without a screen: the open document, and the saving of
decisions.

A session has parts: `saving` holds unsaved decisions, `queue` the documents in their order, `guide`
the tour, and `mutes` the muted rules. Its `source` says where proposals come from and what a
decision means: `Annotating` in an annotator's own work, `Adjudicating` (`tui/reviewing`) in review.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from annotator.errors import ConflictError, StoreError
from annotator.model import actions as do
from annotator.model.decision import Decision
from annotator.model.review import Mode, ReviewState, arrive, open_document
from annotator.model.span import Span
from annotator.project import Pending, Position, Project
from annotator.tui.session.annotating import Annotating
from annotator.tui.session.mutes import EVERYBODY, Mutes
from annotator.tui.session.queue import PendingPlace
from annotator.tui.session.saving import Saving
from annotator.tui.session.source import Source
from annotator.tui.session.stored_phrases import KeptPhrases
from annotator.tui.views.lint import NamesElsewhere
from annotator.workflows.background import Background
from annotator.workflows.review.discussion import Message, messages


class Session:
    """`annotator` is the person whose work it is, `token` a name for the session that is new in the
    project.

    Without a `source`, it is the annotator's own work. With `background`, suggestions are computed
    and models trained in the background. `patience` is the number of seconds that a key waits for a
    locked database.
    """

    def __init__(
        self,
        project: Project,
        annotator: str,
        token: str,
        *,
        source: Source | None = None,
        background: Background | None = None,
        patience: float = 10.0,
    ) -> None:
        self.project = project
        self.annotator = annotator
        self.token = token
        self.background = background
        self.saving = Saving(project, overtaken=self._overtaken, patience=patience)
        self.mutes = Mutes(project, annotator)
        self.source = source or Annotating(
            project, annotator, saving=self.saving, mutes=self.mutes, background=background
        )
        self.queue = self.source.queue
        self.guide = self.source.guide
        self.state: ReviewState | None = None
        self.view = ""
        """How the annotate screen is arranged, in the screen's own terms; saved with the place."""
        self.names_wait = False
        """Whether names are proposed only after `propose_names`: their code takes a moment to load,
        and the first picture need not wait for it."""
        self._phrases = KeptPhrases(project)
        self._place: Position | None = None
        self._elsewhere: NamesElsewhere | None = None
        self._nearly: dict[str, str] = {}
        """Entities of the open document that occur once, and what they are nearly; kept, since
        looking through all names for one takes a while."""
        self._said: list[Message] | None = None
        """What review says about the open document, once it was read."""
        self._changed: set[str] | None = None
        """The documents that others worked on, until `catch_up` looks at them; None if nobody wrote
        anything."""

    @property
    def review(self) -> ReviewState:
        """The state of the open document."""
        assert self.state is not None, "no document is open"
        return self.state

    # --- the open document

    def open(self, document: str, *, paragraph: int | None = None, item: str | None = None) -> None:
        """Open a document where the annotator left it, or at the given place."""
        text = self.project.documents.load(document)
        self._said = self._elsewhere = None
        self._nearly = {}
        self.source.prepare(text)
        before = self.state
        if paragraph is None:
            place = self.project.log.position(document, self.annotator)
            if place is not None:
                paragraph, item = place.paragraph, place.item
                if before is None:
                    self.view = place.mode
        annotations, history = self.project.log.annotations(document, self.annotator)
        state = open_document(
            text,
            self.project.schema,
            session=self.token,
            suggestions=self.source.suggestions(text),
            annotations=annotations,
            history=history,
            paragraph=paragraph,
            focus=item,
            namer=None if self.names_wait else self.source.namer(),
            phraser=self._phrases,
        )
        # Ids made in this session never repeat, whichever documents it opens.
        state = replace(state, serial=before.serial if before else 0)
        if before is not None and (before.threshold or before.only):
            shown = replace(state, threshold=before.threshold, only=before.only)
            state = arrive(shown, state.paragraph, item)
        self.state = self.source.arrived(self.source.begun(state))

    def reload(self) -> None:
        """Read the open document again, at the same place."""
        if self.state is not None:
            here = self.state
            self.open(here.document.id, paragraph=here.paragraph, item=here.focus)

    def others_changed(self, documents: Collection[str]) -> None:
        """Somebody else wrote something, and worked on these documents, if any."""
        self._changed = {*(self._changed or ()), *documents}

    def catch_up(self) -> bool:
        """Read the open document again if the same work was changed elsewhere, or if names were
        ruled on in review. It waits while a decision is half made or unsaved. Returns whether it
        was read."""
        state, changed = self.state, self._changed
        if changed is None or state is None or self.saving.unsaved or state.mode is not Mode.BROWSE:
            return False
        self._changed = None
        if not self.source.names_changed():
            if state.document.id not in changed:
                return False
            now, _ = self.project.log.annotations(state.document.id, self.annotator)
            if now == state.annotations:
                return False
        self.reload()
        self.say("somebody changed this elsewhere: the document was read again")
        return True

    def say(self, message: str) -> None:
        """Say what the last step did; the next step clears it."""
        self.state = self.review.changed(message=message)

    def clear_notice(self) -> None:
        """Clear the message of the last step: after the next key it is old, even if that key takes
        no step."""
        if self.review.message:
            self.say("")

    def do(self, action: do.ReviewAction) -> None:
        """Run the action of a key, and save the result."""
        message = self.source.beyond(self.review, action)
        if message is not None:
            self.reload()
            self.say(message)
            return
        before = self.review.paragraph
        after, group = self.source.step(self.review, action)
        self.state = after
        if group:
            if any(_renames(decision) for decision in group):
                self._elsewhere = None
            decided_by = self.source.decided_by
            if self.saving.add(Pending.of(after.document.id, self.annotator, group, decided_by)):
                self.source.saved(after, group)
        if self.review.paragraph != before:
            self.state = self.source.arrived(self.review)
        if group or isinstance(action, do.SetThreshold | do.SetFilter):
            self.source.keep_shown(self.review)

    def to_undecided(self, direction: int = 1) -> bool:
        """Go to the next (1) or previous (-1) undecided item, in this document or in those beyond
        it. Returns whether there is one."""
        pending_places = self.queue.pending_places(self.review, direction)
        if pending_places is not None:
            return any(self.follow(place) for place in pending_places)
        before = self.review
        self.do(do.MoveFocus(direction, undecided=True))
        if (self.review.paragraph, self.review.focus) != (before.paragraph, before.focus):
            return True
        document = self.queue.waiting(before.document.id, direction)
        while document is not None:
            if self._to_undecided_of(document, direction):
                return True
            # Everything that waits there is muted, or hidden by the threshold or the filter: go on.
            document = self.queue.waiting(document, direction)
        if self.review.document.id != before.document.id:
            self.open(before.document.id, paragraph=before.paragraph, item=before.focus)
        return False

    def has_undecided(self) -> bool:
        """Whether `to_undecided` may find something further on; what is muted or hidden counts."""
        state = self.review
        pending_places = self.queue.pending_places(state, 1)
        if pending_places is not None:
            return next(pending_places, None) is not None
        here = any(state.left(p.index) for p in state.document.paragraphs)
        return here or self.queue.waiting(state.document.id, 1) is not None

    def _to_undecided_of(self, document: str, direction: int) -> bool:
        """Open a document at its first undecided item, or with -1 its last. Returns whether there
        is one."""
        self.open(document, paragraph=0)
        if direction < 0:
            self.do(do.GoParagraph(len(self.review.document.paragraphs) - 1))
        left = [item.id for item in self.review.items if item.undecided]
        if left:
            self.do(do.FocusItem(left[0 if direction > 0 else -1]))
            return True
        self.do(do.MoveFocus(direction, undecided=True))
        return any(item.undecided for item in self.review.items)

    def follow(self, place: PendingPlace) -> bool:
        """Go to a place where something waits. Returns whether it still does."""
        if place.document != self.review.document.id:
            self.open(place.document, paragraph=0)
        items = [self.review.find(id) for id in place.items]
        item = next((item for item in items if item is not None and item.undecided), None)
        if item is None:
            return False
        self.do(do.FocusItem(item.id))
        self.say(place.message)
        return True

    def propose_names(self) -> bool:
        """Propose names from now on. Returns whether that changes the screen."""
        self.names_wait = False
        if self.state is None or self.state.namer is not None:
            return False
        namer = self.source.namer()
        if namer is None:
            return False
        self.state = replace(self.state, namer=namer)
        return True

    def take_arrivals(self) -> bool:
        """Whether the suggestions that the document waits for have arrived."""
        state = self.source.arrivals(self.review)
        if state is None:
            return False
        self.state = state
        return True

    def mute(self, rule: str, *, who: str, muted: bool = True) -> None:
        """The same as `mutes.mute`, and open the document again; decisions stay."""
        self.mutes.mute(rule, who=who, muted=muted)
        self.reload()

    # --- keeping

    def _overtaken(self, error: ConflictError) -> None:
        """The same annotator changed the document elsewhere: read it again."""
        self.reload()
        self.say(f"{error.message}: the document was read again")

    def save_place(self) -> None:
        """Save where the annotator is. A failure is reported, and the next key tries again."""
        if self.state is None:
            return
        place = Position(self.state.document.id, self.state.paragraph, self.state.focus, self.view)
        if place == self._place:
            return
        try:
            self.project.log.save_position(self.annotator, place)
        except StoreError as error:
            self.saving.note(error)
            return
        self._place = place
        self.saving.noted()

    # --- what there is to say of the open document

    def times(self) -> dict[str, str]:
        """When each group of decisions of the open document was recorded: a dict from its name to
        ISO 8601, UTC."""
        events = self.project.log.events(self.review.document.id, self.annotator)
        return {event.decision.group: event.time for event in events}

    def elsewhere(self) -> NamesElsewhere:
        """The facts about names that lint needs: forms in the text to which this annotator gave two
        or more entities, and opposites of the codebook. They are read once per document, and again
        after a name was given."""
        if self._elsewhere is None:
            names, here = self.project.names, (self.annotator, self.review.document.id)
            self._nearly = names.nearly(*here, self._nearly)
            self._elsewhere = NamesElsewhere(
                names.ambiguous(*here), names.codebook().opposites, self._nearly
            )
        return self._elsewhere

    def message_here(self) -> str:
        """What review says to the annotators about the open paragraph; empty in review."""
        if self.queue.decides:
            return ""
        if self._said is None:
            self._said = messages(self.project, [self.review.document.id])
        texts = [m.text for m in self._said if m.paragraph == self.review.paragraph]
        return f"review asks: {' · '.join(texts)}" if texts else ""


def _renames(decision: Decision) -> bool:
    """Whether a decision changes the entity of a span."""
    states = (decision.before, decision.after)
    old, new = (s.value.entity if s and isinstance(s.value, Span) else None for s in states)
    return old != new


__all__ = ["EVERYBODY", "Session"]
