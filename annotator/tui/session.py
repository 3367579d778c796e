"""One annotator at work on one project, without a screen: the open
document, and what is yet to be saved."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from annotator.errors import ConflictError, StoreError
from annotator.model import actions as do
from annotator.model.blind import is_blind
from annotator.model.decision import Action, Completion, Decision, Suggestion
from annotator.model.naming import Namer
from annotator.model.pace import DAYS, pace, told_pace
from annotator.model.provenance import shown_of
from annotator.model.review import Mode, ReviewState, arrive, open_document, step
from annotator.model.span import Span
from annotator.model.text import Document
from annotator.project import TOUR, DocumentSummary, Pending, Position
from annotator.tui.saving import Saving
from annotator.tui.tour import Step, Tour, watch
from annotator.workflows.background import SUGGEST, Background, news
from annotator.workflows.review.discussion import Message, messages
from annotator.workflows.training.naming import SETTING as WEIGHTS

EVERYBODY = "@all"
"""Whose mutes hold for the whole project."""


@dataclass
class Session(Saving):
    """The state of the annotate screen and its way into the database."""

    has_tour: ClassVar[bool] = True
    proposes_names: ClassVar[bool] = True
    state: ReviewState | None = None
    view: str = ""
    """How the annotate screen is arranged, in words of its own; kept with the place."""
    greeting: str = ""
    """What the queue says first."""
    every: bool = False
    """Whether somebody to whom documents are assigned wants to
    go through all documents all the same."""
    background: Background | None = None
    """Where training and suggesting are asked for; nothing is, without it."""
    tour: Tour | None = None
    """The guided tour, while it is on."""
    _place: Position | None = None
    awaiting: bool = False
    """Whether the open document has no suggestions yet, and they are being made."""
    _seen: set[tuple[str, int]] = field(default_factory=set)
    _asked: set[str] = field(default_factory=set)
    _shown: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    """By document and paragraph, the suggestions that are kept as seen."""
    _news: str | None = None
    _ambiguous: Mapping[str, Sequence[str]] | None = None
    _namer: Namer | None = None
    names_wait: bool = False
    """Whether names are proposed only once `propose_names` says so: what proposes them takes a
    moment to load, and the first picture need not wait for it."""
    _said: tuple[str, list[Message]] | None = None

    @property
    def review(self) -> ReviewState:
        """The state of the open document."""
        assert self.state is not None, "no document is open"
        return self.state

    def open(self, document: str, *, paragraph: int | None = None, item: str | None = None) -> None:
        """Open a document where the annotator left it, or at the given place."""
        text = self.project.documents.load(document)
        self._said = None
        self.prepare(text)
        if paragraph is None:
            place = self.project.log.position(document, self.annotator)
            if place is not None:
                paragraph, item = place.paragraph, place.item
                if self.state is None:
                    self.view = place.mode
        annotations, history = self.project.log.annotations(document, self.annotator)
        serial = self.state.serial if self.state else 0
        state = open_document(
            text,
            self.project.schema,
            session=self.token,
            suggestions=self.suggestions(text),
            annotations=annotations,
            history=history,
            paragraph=paragraph,
            focus=item,
            namer=self.namer(),
        )
        # Ids made in this session never repeat, whichever documents it opened.
        before = self.state
        state = replace(state, serial=serial)
        if before is not None and (before.threshold or before.only):
            shown = replace(state, threshold=before.threshold, only=before.only)
            state = arrive(shown, state.paragraph, item)
        self._ambiguous = None
        self.state = self.begun(state)
        self._ask_for_suggestions()
        self.arrived()

    def namer(self) -> Namer | None:
        """Who proposes names; nobody, in review."""
        if self._namer is None and self.proposes_names and not self.names_wait:
            from annotator.learners.names.namer import DocumentNamer

            own = self.project.setting(WEIGHTS)
            self._namer = DocumentNamer(self.project.names, json.loads(own) if own else None)
        return self._namer

    def propose_names(self) -> bool:
        """Propose names from now on; whether that changes what is shown."""
        self.names_wait = False
        if self.state is None or self.state.namer is not None or not self.proposes_names:
            return False
        self.state = replace(self.state, namer=self.namer())
        return True

    def prepare(self, document: Document) -> None:
        """What has to happen before a document is opened; nothing, for an annotator."""

    def begun(self, state: ReviewState) -> ReviewState:
        """The state a document is opened in; as it is, for an annotator."""
        return state

    def suggestions(self, document: Document, paragraph: int | None = None) -> list[Suggestion]:
        """What is proposed in a document (a paragraph of it), but for muted
        rules and in blind paragraphs."""
        muted = self.muted()
        return [
            s
            for s in self.project.suggestions.of(document.id, paragraph)
            if f"{s.suggester}/{s.rule}" not in muted and not self.is_blind(document, s.paragraph)
        ]

    def arrived(self) -> None:
        """Of a paragraph that is seen for the first time, what is suggested by now; from then on it
        stays. What a model learnt meanwhile so comes with the next paragraph that is opened, and
        a quiet line says so."""
        state = self.review
        place = (state.document.id, state.paragraph)
        if place in self._seen:
            self._keep_shown()
            return
        try:
            # Kept first: whatever is read after that is not changed by training any more.
            self.project.suggestions.mark_opened(*place, self.annotator)
        except StoreError as error:
            if not self.unsaved:
                self.error = error
            return
        fresh = self.suggestions(state.document, state.paragraph)
        if fresh:
            self._seen.add(place)
        self._take(fresh, state.message or self._new_model())
        self._keep_shown()

    def _take(self, fresh: Sequence[Suggestion], message: str) -> None:
        """Show these suggestions in the paragraph in work."""
        state = self.review
        if fresh != list(state.suggestions.get(state.paragraph, ())):
            state = replace(state, suggestions={**state.suggestions, state.paragraph: fresh})
            state = arrive(state, state.paragraph, state.focus)
        self.state = replace(state, message=message)

    def _keep_shown(self) -> None:
        """Keep what is proposed in the paragraph in work, the first
        time that the annotator sees it."""
        state = self.review
        known = self._shown.setdefault((state.document.id, state.paragraph), set())
        seen = [
            item.suggestion
            for item in state.items
            if item.suggestion is not None and item.pending and item.id not in known
        ]
        if not seen:
            return
        try:
            self.project.provenance.keep_shown(
                state.document.id, self.annotator, [shown_of(s) for s in seen]
            )
        except StoreError as error:
            # Tried again with the next key: what is not kept now is not known.
            self.error = self.error or error
            return
        known.update(s.id for s in seen)

    def _new_model(self) -> str:
        """What is to be said of a model that came since the last paragraph."""
        if self.background is None:
            return ""
        before, self._news = self._news, news(self.project)
        failed = self.background.error
        return failed or ("" if before is None or before == self._news else self._news)

    def _ask_for_suggestions(self) -> None:
        """For a document that has none at all: have them made aside."""
        id = self.review.document.id
        self.awaiting = False
        if self.background is None or id in self._asked or self.project.suggestions.of(id):
            return
        self._asked.add(id)
        self.background.start(SUGGEST)
        self.awaiting = not self.background.error

    def take_arrivals(self) -> bool:
        """Whether the suggestions that the document waits for are there. They are shown at once
        where nothing is in the paragraph that they would change, else when a paragraph is
        opened."""
        state = self.review
        if not self.awaiting or not self.project.suggestions.of(state.document.id):
            return False
        self.awaiting = False
        if state.mode is Mode.BROWSE and not state.items:
            self.arrived()
            self.state = self.review.changed(message="suggestions have come")
        return True

    def is_blind(self, document: Document, paragraph: int) -> bool:
        """Whether suggestions are hidden in a paragraph, by the project's `blind_share`."""
        share = self.project.config.blind_share
        return bool(share) and is_blind(
            document.id, paragraph, share=share, seed=self.project.blind_seed
        )

    def muted(self) -> set[str]:
        """The rules (`suggester/rule`) muted by this annotator or for everybody."""
        return self._mutes(self.annotator) | self._mutes(EVERYBODY)

    def _mutes(self, who: str) -> set[str]:
        return set((self.project.setting(f"mute:{who}") or "").split("\n")) - {""}

    def mute(self, rule: str, *, who: str, muted: bool = True) -> None:
        """Mute a rule, or let it speak again, for `who` (EVERYBODY for the project), and open the
        document anew; what was decided stays. Raises StoreError when it cannot be kept."""
        rules = self._mutes(who) | {rule} if muted else self._mutes(who) - {rule}
        self.project.keep_setting(f"mute:{who}", "\n".join(sorted(rules)))
        self.reload()

    def documents(
        self,
        *,
        offset: int = 0,
        limit: int | None = None,
        search: str = "",
        completion: Completion | None = None,
    ) -> list[DocumentSummary]:
        """Rows of the queue; see `project.documents.queue`."""
        return self.project.documents.queue(
            self.annotator,
            offset=offset,
            limit=limit,
            search=search,
            completion=completion,
            own=self.own,
        )

    def count(self, *, search: str = "", completion: Completion | None = None) -> int:
        """Number of rows of the queue."""
        return self.project.documents.count(
            self.annotator, search=search, completion=completion, own=self.own
        )

    def ids(self) -> list[str]:
        """The documents of the queue, in its order."""
        return self.project.documents.ids(own=self.annotator if self.own else None)

    @property
    def assigned(self) -> bool:
        """Whether documents are assigned to the annotator."""
        return self.project.assignments.any(self.annotator)

    @property
    def own(self) -> bool:
        """Whether the queue, and every way to another document, holds only the annotator's own."""
        return not self.every and self.assigned

    def all_done(self) -> str:
        """What is to be said once nothing is left of what is assigned to the annotator,
        who is shown that alone."""
        from annotator.workflows.assign import all_done

        return all_done(self.project, self.annotator) if self.own else ""

    @property
    def decided_by(self) -> str | None:
        """The person who decides, where the work is not their own."""
        return None

    @property
    def name(self) -> str:
        """Who is at work, as the screens show it."""
        return self.annotator

    def clear_notice(self) -> None:
        """Forget what the last step said: with the next key it is old,
        also where that key takes no step."""
        if self.review.message:
            self.state = self.review.changed(message="")

    def do(self, action: do.ReviewAction) -> None:
        """Do what a key asks for, and save it."""
        before = self.review.paragraph
        self.state, group = step(self.review, action)
        if group:
            if any(_renames(decision) for decision in group):
                self._ambiguous = None
            decided = self.review
            id = decided.document.id
            self.unsaved.append(Pending.of(id, self.annotator, group, self.decided_by))
            if self.save() and self.background:
                self.background.decided(decided, group)
                if any(d.action is Action.CLOSE for d in group):
                    self.background.paragraph_done(self.project)
        if self.review.paragraph != before:
            self.arrived()
        if group or isinstance(action, do.SetThreshold | do.SetFilter):
            self._keep_shown()

    def pace(self) -> str:
        """How fast the annotator is, in one line; empty where the project does not ask for it."""
        if not self.project.config.pace:
            return ""
        now = datetime.now().astimezone()
        since = (now - timedelta(days=DAYS)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        log = [
            (datetime.fromisoformat(time).astimezone(), closes)
            for time, closes in self.project.log.times(self.annotator, since)
        ]
        return told_pace(
            pace(log, left=self.project.log.left(self.annotator, own=self.own), now=now), now
        )

    def times(self) -> dict[str, str]:
        """When each group of decisions of the open document was recorded:
        its name -> ISO 8601, UTC."""
        events = self.project.log.events(self.review.document.id, self.annotator)
        return {event.decision.group: event.time for event in events}

    def reload(self) -> None:
        """Read the open document anew, at the same place."""
        if self.state is not None:
            here = self.state
            self.open(here.document.id, paragraph=here.paragraph, item=here.focus)

    def overtaken(self, error: ConflictError) -> None:
        """The document was changed elsewhere by the same annotator."""
        self.reload()
        self.state = replace(self.review, message=f"{error.message}: the document was read anew")

    def save_place(self) -> None:
        """Keep where the annotator is; a failure is told, and tried again with the next key."""
        if self.state is None:
            return
        place = Position(self.state.document.id, self.state.paragraph, self.state.focus, self.view)
        if place == self._place:
            return
        try:
            self.project.log.save_position(self.annotator, place)
        except StoreError as error:
            if not self.unsaved:
                self.error = error
            return
        self._place = place
        if not self.unsaved:
            self.error = None

    def turn_order(self) -> str:
        """Put the queue in its other order, and say in which it is."""
        return "the queue has one order; review has two"

    def remark(self, document: str) -> str:  # noqa: ARG002
        """What the queue has to say of a document besides what review
        says; nothing, to annotators."""
        return ""

    def messages(self, documents: Sequence[str]) -> dict[str, list[Message]]:
        """What review says to the annotators, by document, of these documents."""
        found: dict[str, list[Message]] = {}
        for message in messages(self.project, documents):
            found.setdefault(message.document, []).append(message)
        return found

    def ambiguous(self) -> Mapping[str, Sequence[str]]:
        """The names in the text that this annotator gave to two entities or more, with those; read
        once for a document, and again when a name was given."""
        if self._ambiguous is None:
            self._ambiguous = self.project.names.ambiguous(self.annotator, self.review.document.id)
        return self._ambiguous

    def message_here(self) -> str:
        """What review says to the annotators about the open paragraph."""
        if self._said is None or self._said[0] != self.review.document.id:
            here = messages(self.project, [self.review.document.id])
            self._said = (self.review.document.id, here)
        texts = [m.text for m in self._said[1] if m.paragraph == self.review.paragraph]
        return f"review: {' · '.join(texts)[:60]}" if texts else ""

    def offer_tour(self) -> None:
        """Begin the guided tour where the project offers it and the
        annotator has not been through it."""
        if (
            self.has_tour
            and self.project.setting(TOUR)
            and not self.project.setting(f"{TOUR}:{self.annotator}")
        ):
            self.begin_tour()

    def begin_tour(self) -> None:
        """The guided tour from its first step."""
        self.tour = Tour(seen=self.state)

    def leave_tour(self) -> None:
        """No tour any more, and none offered again; a failure to keep that is told."""
        self.tour = None
        self._tour_is_done()

    def watch_tour(self) -> None:
        """Let the tour see the state that is now."""
        if self.tour is not None:
            before, self.tour = self.tour, watch(self.tour, self.review)
            if self.tour.step is Step.END and before.step is not Step.END:
                self._tour_is_done()

    def _tour_is_done(self) -> None:
        try:
            self.project.keep_setting(f"{TOUR}:{self.annotator}", "done")
        except StoreError as error:
            self.error = self.error or error

    def neighbour(self, direction: int) -> str | None:
        """The document before (-1) or after (1) the open one, in the order of the queue."""
        own = self.annotator if self.own else None
        return self.project.documents.neighbour(self.review.document.id, direction, own=own)

    def waiting(self, document: str, direction: int) -> str | None:
        """The nearest document before (-1) or after (1) one in which
        something waits for a decision."""
        return self.project.documents.waiting(self.annotator, document, direction, own=self.own)

    def to_undecided(self, direction: int = 1) -> bool:
        """Go to the next (1) or previous (-1) undecided item, in this document or the ones
        beyond it; whether there is one."""
        before = self.review
        self.do(do.MoveFocus(direction, undecided=True))
        if (self.review.paragraph, self.review.focus) != (before.paragraph, before.focus):
            return True
        document: str | None = before.document.id
        while document is not None and (document := self.waiting(document, direction)) is not None:
            self.open(document, paragraph=0)
            if direction < 0:
                self.do(do.GoParagraph(len(self.review.document.paragraphs) - 1))
            left = [item.id for item in self.review.items if item.undecided]
            if left:
                self.do(do.FocusItem(left[0 if direction > 0 else -1]))
                return True
            self.do(do.MoveFocus(direction, undecided=True))
            if any(item.undecided for item in self.review.items):
                return True
            # All that waits there is muted, or hidden by the threshold
            # or the filter: on to the next.
        if self.review.document.id != before.document.id:
            self.open(before.document.id, paragraph=before.paragraph, item=before.focus)
        return False


def _renames(decision: Decision) -> bool:
    """Whether a decision gives a span another entity than it had."""
    states = (decision.before, decision.after)
    old, new = (s.value.entity if s and isinstance(s.value, Span) else None for s in states)
    return old != new


__all__ = ["EVERYBODY", "Session"]
