"""The session of a reviewer: the gold is in work, the annotators' versions are what is proposed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from string import ascii_uppercase
from typing import ClassVar

from annotator.merging.api import Candidate
from annotator.model import actions as do
from annotator.model.actions import ReviewAction
from annotator.model.decision import Completion, Suggestion
from annotator.model.naming import Kind, Ruling, concepts_of, names_of
from annotator.model.review import ReviewState, step
from annotator.model.span import AUTHOR, Annotation, Relation, Span
from annotator.model.text import Document, plural
from annotator.project import DocumentSummary, Pending
from annotator.tui.session import Session
from annotator.workflows.names.registry import rule_same, take_back
from annotator.workflows.review.adjudication import (
    prefill,
    suggestions_of,
)
from annotator.workflows.review.alignment import Difference
from annotator.workflows.review.changes import revisions, told
from annotator.workflows.review.leverage import Leverage, leverages
from annotator.workflows.review.leverage import told as leverage_told
from annotator.workflows.review.queue import ReviewRow, review_rows
from annotator.workflows.review.versions import ADJUDICATED, Merger
from annotator.workflows.review.waiting import Situation, situation

KINDS: tuple[Kind, ...] = ("entity", "concept")

HASTE = 0.3
"""Seconds that a look at the queue may take for counting what was not counted before."""

FILTERS = ("layer", "label", "by", "reason")
"""Words that narrow the queue down, as in `layer:claim by:ada`;
other words are looked for in titles."""


@dataclass
class ReviewSession(Session):
    """Opens documents as `@gold`, filled with what the strategy decides by itself.

    With `hidden` annotators go by letters, which differ from document to document; with
    `model_lane` the suggestions stand beside the annotators' versions.
    """

    has_tour: ClassVar[bool] = False
    proposes_names: ClassVar[bool] = False
    strategy: str = "unanimous"
    hidden: bool = False
    model_lane: bool = False
    reviewer: str | None = None
    """Who decides, as the log keeps it."""
    by_leverage: bool = False
    """Whether what moves the network most comes first."""
    at_field: str = ""
    """The field of the difference in focus that a number decides; all of it when empty."""
    _decided: tuple[str, ...] = ()
    """The versions of the difference that was decided last, until the focus is moved by hand."""
    _editing: Difference | None = None
    """The difference of which a version is being changed."""
    _ruled: list[Ruling] = field(default_factory=list)
    """The rulings on names that an undo takes back."""
    _weighed: list[Leverage] = field(default_factory=list)
    _merger: Merger | None = None
    _here: Situation | None = None
    _basis: dict[str, int] = field(default_factory=dict)
    _suggested: list[Suggestion] = field(default_factory=list)
    _notes: dict[str, dict[str, str]] = field(default_factory=dict)
    """By annotator and item what they noted in the open document."""
    _known: list[ReviewRow] = field(default_factory=list)
    _listed: tuple[str, Completion | None, list[ReviewRow]] | None = None
    """The rows of the queue as they were read last."""

    @property
    def merger(self) -> Merger:
        """What the strategy learnt, read once."""
        if self._merger is None:
            self._merger = Merger(self.project, self.strategy)
        return self._merger

    def prepare(self, document: Document) -> None:
        # Read before the work: what comes in between counts as changed since.
        self._basis = revisions(self.project.log.completions(document=document.id))
        found = self.merger.versions(document.id)
        self._here, self.at_field = None, ""
        self._notes = {}
        if found is not None:
            self._suggested = self.project.suggestions.of(document.id)
            prefill(self.project, document, found)
            self._here = situation(self.merger, document.id)

    def arrived(self) -> None:
        """What is to be decided is the annotators' versions, which no model changes."""

    @property
    def decided_by(self) -> str | None:
        return self.reviewer

    def _keep_shown(self) -> None:
        """Annotators' versions are no suggestions."""

    def suggestions(self, document: Document, paragraph: int | None = None) -> list[Suggestion]:  # noqa: ARG002
        if self._here is None:
            return []
        return suggestions_of(
            document, self._here, self.names(document.id) if self.hidden else None
        )

    def names(self, document: str) -> dict[str, str]:
        """Annotator -> letter, in an order that a hash of document and name gives."""
        voters = self._here.found.voters if self._here is not None else ()

        def place(who: str) -> bytes:
            return hashlib.sha256(f"{document}\x1f{who}".encode()).digest()

        return dict(zip(sorted(voters, key=place), ascii_uppercase, strict=False))

    def voters(self) -> list[tuple[str, str]]:
        """Annotators of the open document in the order of their keys, and what each is called."""
        if self._here is None:
            return []
        found = self._here.found
        if not self.hidden:
            return [(who, who) for who in found.voters]
        return sorted(self.names(found.document).items(), key=lambda pair: pair[1])

    def value(self, id: str) -> Annotation | None:
        """An annotation by its id: as it stands or is proposed, else as an annotator made it."""
        item = self.review.find(id)
        if item is not None:
            return item.value
        made = self._here.found.by_id.get(id) if self._here is not None else None
        return made.value if made is not None else None

    def note(self, who: str, id: str) -> str:
        """What an annotator noted on their version of an item."""
        candidate = self._here.found.by_id.get(id) if self._here is not None else None
        mine = dict(candidate.own).get(who, "") if candidate is not None else ""
        return self._noted(who).get(mine, "")

    def _noted(self, who: str) -> dict[str, str]:
        """An annotator's notes in the open document, by item, read once."""
        document = self.review.document.id
        if who not in self._notes:
            self._notes[who] = {
                item: text for _, _, item, text in self.project.log.notes(who, documents=[document])
            }
        return self._notes[who]

    def is_blind(self, document: Document, paragraph: int) -> bool:  # noqa: ARG002
        """A reviewer sees what there is."""
        return False

    def begun(self, state: ReviewState) -> ReviewState:
        self.state = replace(
            state, origin=ADJUDICATED, finished=Completion.GOLD, based_on=self._basis
        )
        self._reattach()
        return self.review

    # --- versions

    @property
    def differences(self) -> tuple[Difference, ...]:
        """All that was made in the open document, aligned, in reading order."""
        return self._here.differences if self._here is not None else ()

    def here(self) -> list[Difference]:
        """What was made in the paragraph, aligned, in reading order."""
        low, high = self.review.bounds
        at = {c.id: c.value for c in self._here.found.candidates} if self._here is not None else {}

        def start(value: Annotation) -> int:
            while isinstance(value, Relation):
                value = at[value.target]
            return value.start

        return [d for d in self.differences if low <= start(d.candidates[0].value) < high]

    def of(self, item: str | None) -> Difference | None:
        """The difference that an item is a version of."""
        return next((d for d in self.differences if item in d.ids), None)

    def in_focus(self) -> Difference | None:
        """The versions that the item in focus is one of."""
        return self.of(self.review.focus)

    def counts(self) -> tuple[int, int]:
        """How many differences the open document has, and how many of them wait."""
        numbered = [d for d in self.differences if d.number]
        return len(numbered), sum(self.is_open(d) for d in numbered)

    def left_words(self) -> str:
        """How many differences wait, in the document and in the paragraph."""
        _, left = self.counts()
        here = sum(self.is_open(d) for d in self.here() if d.number)
        return f"{left} left, {here} in ¶" if left else "all decided"

    def is_open(self, difference: Difference) -> bool:
        """Whether something of a difference waits for a decision."""
        return any(
            (item := self.review.find(id)) is not None and item.undecided for id in difference.ids
        )

    def open_fields(self, difference: Difference) -> tuple[str, ...]:
        """The fields of a difference that can be decided apart and are not decided yet."""
        if not difference.by_field:
            return ()
        (id,) = difference.ids
        item = self.review.find(id)
        if item is None or item.pending:
            return difference.fields if item is not None else ()
        return item.standing.open if item.standing is not None else ()

    def proposed(self, difference: Difference) -> Annotation | None:
        """What the model suggested for the same span, when it is to be shown."""
        first = difference.candidates[0].value
        if not self.model_lane or not isinstance(first, Span):
            return None
        near = [
            s.value
            for s in self._suggested
            if isinstance(s.value, Span) and s.value.layer == first.layer
        ]
        return next((v for v in near if v.start < first.end and first.start < v.end), None)

    @property
    def has_model(self) -> bool:
        """Whether a model suggested anything in the open document."""
        return bool(self._suggested)

    def called_everywhere(self) -> dict[str, str]:
        """A letter for each annotator, the same in all documents, for tables over all of them."""
        names = {
            row.annotator
            for row in self.project.log.completions()
            if row.annotator != self.annotator
        }
        ordered = sorted(names, key=lambda who: hashlib.sha256(who.encode()).digest())
        return {who: f"annotator {i}" for i, who in enumerate(ordered, 1)}

    def noted(self) -> tuple[str, str] | None:
        """The item that a reason or a message is about, and its note: of what was decided last,
        until the focus is moved by hand; else the item in focus. None where nothing was decided
        about it."""
        focus = self.review.focus
        wanted = self._decided or ((focus,) if focus is not None else ())
        found = [
            (id, s)
            for held in self.review.annotations.by_paragraph.values()
            for id, s in held.items()
            if id in wanted
        ]
        if not found:
            return None
        # What stands, before what was decided against.
        id, standing = min(found, key=lambda pair: (pair[1].value is None, pair[0]))
        return id, standing.note

    def edit(self) -> None:
        """The next change of the item in focus decides its difference: the
        other versions do not stand then."""
        self._editing = self.in_focus()

    def _edited(self, action: ReviewAction) -> bool:
        """Do an action on the version that is being changed; where it came to stand, its rivals do
        not, in one undo. Whether there was such a version."""
        difference, before = self._editing, self.review
        if difference is None or before.focus not in difference.ids | {
            before.selection and before.selection.item
        }:
            return False
        after, group = step(before, action)
        if not group:
            return False
        self._editing = None
        item = next((d.item for d in group if d.item in difference.ids), None)
        drop = tuple(c.id for c in difference.candidates if c.id != item)
        last, more = step(after, do.Choose((), drop, after.message))
        whole = (*group, *(replace(d, group=group[0].group) for d in more))
        self.state = replace(last, history=before.history.push(whole), message=after.message)
        self.unsaved.append(Pending.of(before.document.id, self.annotator, whole, self.decided_by))
        self.save()
        return True

    def _walk(self, step: int) -> bool:
        """The focus to the next difference of the paragraph, decided
        or not; whether there are any."""
        several = [d for d in self.here() if d.number]
        if not several:
            return False
        at = next((i for i, d in enumerate(several) if self.review.focus in d.ids), None)
        to = (
            several[0 if step > 0 else -1]
            if at is None
            else several[max(0, min(len(several) - 1, at + step))]
        )
        shown = self._ids_shown(to)
        self.state = self.review.changed(
            focus=shown[0] if shown else to.candidates[0].id, message=""
        )
        return True

    def take(self, versions: Sequence[Candidate], words: str) -> None:
        """Decide the difference in focus: these of its versions stand, the others do not. What a
        stance hangs on is decided with it."""
        difference = self.in_focus()
        if difference is None:
            return
        choices = [self._choice(difference, versions, words)]
        with_it: list[str] = []
        for end in self._ends_of(versions):
            hangs = self.of(end)
            if hangs is None or not self.is_open(hangs):
                continue
            makers = dict.fromkeys(who for c in versions for who in c.votes)
            theirs = [hangs.version(who) for who in makers]
            own = next((several for several in theirs if end in {c.id for c in several}), ())
            if own:
                choices.insert(0, self._choice(hangs, own, words))
                with_it.append(hangs.layer)
        if with_it:
            words = f"{words}, and with it its {' and '.join(dict.fromkeys(with_it))}"
        words += self._told_hanging(difference, versions)
        self.do(do.ChooseSeveral(tuple(choices), words))
        self._decided = tuple(difference.ids)

    def _told_hanging(self, difference: Difference, versions: Sequence[Candidate]) -> str:
        """What becomes of the stances that stand on versions that fall."""
        taken = {c.id for c in versions}
        gone = difference.ids - taken
        hanging = len(self.review.annotations.relations_of(gone))
        if not hanging:
            return ""
        spans = [c for c in versions if isinstance(c.value, Span)]
        if len(spans) == 1:
            return f"; {plural(hanging, 'stance')} moved to it"
        return f"; {plural(hanging, 'stance')} removed with its {difference.layer}"

    def _ends_of(self, versions: Sequence[Candidate]) -> list[str]:
        """The spans that relations among some versions hang on, which do not stand yet."""
        ends = [
            end
            for c in versions
            if isinstance(c.value, Relation)
            for end in (c.value.source, c.value.target)
            if end != AUTHOR
        ]
        return [
            end
            for end in dict.fromkeys(ends)
            if (item := self.review.find(self._standing(end))) is None or item.undecided
        ]

    def _choice(
        self, difference: Difference, versions: Sequence[Candidate], words: str
    ) -> do.Choose:
        taken = {c.id for c in versions}
        values = tuple(self._attached(c.value) for c in versions)
        drop = tuple(c.id for c in difference.candidates if c.id not in taken)
        return do.Choose(values, drop, words)

    def settle(self, field: str, who: str, words: str) -> None:
        """Decide one field of the difference in focus as an annotator has it; the
        next open field is decided then."""
        difference = self.in_focus()
        if difference is None:
            return
        self.do(do.Settle(field, difference.choice(field, who), words))
        self._decided = tuple(difference.ids)
        left = self.open_fields(difference)
        self.at_field = left[0] if left and self.in_focus() is difference else ""

    def keep_gold(self) -> bool:
        """What stands of the difference in focus stays, as adjudicated, its rivals
        do not; whether anything did."""
        difference = self.in_focus()
        reopened = self._here.reopened if self._here is not None else frozenset()
        if difference is None or self._here is None:
            return False
        gone = {c.id for c in difference.gone}
        items = [self.review.find(id) for id in sorted(difference.ids & (reopened | gone))]
        stays = tuple(
            replace(item.value, origin=ADJUDICATED) for item in items if item and not item.pending
        )
        if not stays:
            return False
        ids = {value.id for value in stays}
        drop = tuple(c.id for c in difference.candidates if c.id not in ids)
        self.do(do.Choose(stays, drop, "it stays as the gold has it"))
        return True

    # --- names

    def names_in_focus(self) -> tuple[Kind, list[str]] | None:
        """Entity or concept, and the names that the versions of the difference in focus have and
        not all share; None where no name differs."""
        difference = self.in_focus()
        if difference is None:
            return None
        concepts = concepts_of(self.project.schema)
        spans = [
            c.value
            for who in difference.voters
            for c in difference.version(who)
            if isinstance(c.value, Span)
        ]
        for kind in KINDS:
            sets = [{name for k, name in names_of(span, concepts) if k == kind} for span in spans]
            shared = [name for name in sets[0] if all(name in own for own in sets)] if sets else []
            differing = {name for own in sets for name in own} - set(shared)
            if len(differing) > 1:
                return kind, sorted(differing)
        return None

    def name_counts(self, kind: Kind) -> dict[str, int]:
        """How often each name is in use, by anybody."""
        known = self.project.names.entities() if kind == "entity" else self.project.names.concepts()
        return {one.name: one.count for one in known}

    def rule_same(self, kind: Kind, names: Sequence[str], canonical: str) -> None:
        """The names are one, here and in all places; one undo, if nothing is
        decided in between, takes it back."""
        before = self._open_names()
        rule_same(self.project, kind, names, canonical, reviewer=self.reviewer)
        rulings = self.project.names.rulings()
        self._ruled = (
            [r for r in rulings if r.same and r.token == rulings[-1].token] if rulings else []
        )
        self.merger.names_changed()
        self.reload()
        settled = before - self._open_names()
        here = f"; {plural(settled, 'difference')} settled here" if settled else ""
        self.state = replace(self.review, message=f"the same: {canonical}, in all places{here}")

    def _open_names(self) -> int:
        return sum(self.is_open(d) for d in self.differences)

    def _undo_ruling(self) -> bool:
        """Take the last ruling back, where nothing was decided since; whether there was one."""
        if not self._ruled:
            return False
        for ruling in self._ruled:
            take_back(self.project, ruling, reviewer=self.reviewer)
        names = ", ".join(ruling.name for ruling in self._ruled)
        self._ruled = []
        self.merger.names_changed()
        self.reload()
        self.state = replace(self.review, message=f"taken back: {names} is a name of its own again")
        return True

    def next_field(self) -> str:
        """Put the next field of the difference in focus at the numbers, after
        the last one all of it again."""
        difference = self.in_focus()
        left = self.open_fields(difference) if difference is not None else ()
        if not left:
            self.at_field = ""
        else:
            at = left.index(self.at_field) + 1 if self.at_field in left else 0
            self.at_field = left[at] if at < len(left) else ""
        return self.at_field

    def accept_most(self) -> ReviewAction | None:
        """What all or a majority chose in the paragraph stands, the rest waits: never two versions
        of one thing. None where there is nothing of the kind."""
        choices: list[do.Choose] = []
        left = 0
        standing = {span.id for span in self.review.annotations.spans()} | {AUTHOR}
        for difference in sorted(
            self.here(), key=lambda d: isinstance(d.candidates[0].value, Relation)
        ):
            if difference.follows or not self.is_open(difference):
                continue
            version = difference.majority()
            ends = {
                self._standing(end)
                for c in version or ()
                if isinstance(c.value, Relation)
                for end in (c.value.source, c.value.target)
            }
            if not version or not ends <= standing:
                left += 1
                continue
            choices.append(self._choice(difference, version, ""))
            standing |= {c.id for c in version}
        if not choices:
            return None
        words = f"accepted what all or most chose: {plural(len(choices), 'difference')}"
        words += f"; {left} left" if left else ""
        return do.ChooseSeveral(tuple(choices), words)

    def do(self, action: ReviewAction) -> None:
        """As in annotating, but for what would let several versions of one thing stand.
        The focus walks differences."""
        if isinstance(
            action,
            do.MoveFocus | do.FocusItem | do.GoParagraph | do.MoveParagraph | do.CloseParagraph,
        ):
            self._decided, self._editing = (), None
        if isinstance(action, do.Cancel):
            self._editing = None
        if isinstance(action, do.MoveFocus) and not action.undecided and self._walk(action.step):
            self.at_field = ""
            return
        if isinstance(action, do.ConfirmSelection | do.SetLabel) and self._edited(action):
            self._reattach()
            return
        if isinstance(action, do.AcceptAll):
            most = self.accept_most()
            if most is None:
                self.state = replace(
                    self.review, message="nothing here was chosen by all or by most"
                )
                return
            action = most
        elif isinstance(action, do.Accept):
            action = self._accepted() or action
        elif isinstance(action, do.Undo) and self._undo_ruling():
            return
        focus, undo = self.review.focus, self.review.history.undo
        super().do(action)
        if self.review.focus != focus:
            self.at_field = ""
        if self.review.history.undo is not undo:
            self._ruled = []
        if isinstance(action, do.Choose | do.ChooseSeveral | do.Settle | do.Undo | do.Redo):
            self._reattach()

    def _accepted(self) -> ReviewAction | None:
        """The version in focus stands, the others of its difference do not."""
        difference, item = self.in_focus(), self.review.focused
        if difference is None or item is None or len(difference.ids) < 2 or not item.pending:
            return None
        own = next((c for c in difference.candidates if c.id == item.id), None)
        if own is None or own.contested:
            return None
        return self._choice(difference, [own], "accepted, and not the others")

    def _reattach(self) -> None:
        """Stances that are proposed go over to the versions that stand now."""
        state = self.review
        fresh: dict[int, list[Suggestion]] = {}
        for paragraph, several in state.suggestions.items():
            fresh[paragraph] = [
                replace(s, value=self._attached(s.value, s.value.origin))
                if isinstance(s.value, Relation)
                else s
                for s in several
            ]
        self.state = replace(state, suggestions=fresh)

    def _attached(self, value: Annotation, origin: str = ADJUDICATED) -> Annotation:
        """A version as it comes to stand: a relation's ends are the
        spans that stand there already."""
        value = replace(value, origin=origin)
        if isinstance(value, Span):
            return value
        return replace(
            value, source=self._standing(value.source), target=self._standing(value.target)
        )

    def _standing(self, end: str) -> str:
        """The span itself where it stands or nothing of its kind does;
        else the version that stands."""
        item = self.review.find(end) if end != AUTHOR else None
        if end == AUTHOR or (item is not None and not item.pending):
            return end
        several = self.of(end)
        for candidate in several.candidates if several is not None else ():
            other = self.review.find(candidate.id)
            if other is not None and not other.pending:
                return candidate.id
        return end

    # --- the queue

    def documents(
        self,
        *,
        offset: int = 0,
        limit: int | None = None,
        search: str = "",
        completion: Completion | None = None,
    ) -> list[DocumentSummary]:
        counted, self._listed = self._listed, None
        rows = (
            counted[2]
            if counted and counted[:2] == (search, completion)
            else self._rows(search, completion)
        )
        page = rows[offset:] if limit is None else rows[offset : offset + limit]
        known = self.project.documents.some(self.annotator, [row.document for row in page])
        return [self._summary(row, known[row.document]) for row in page]

    def count(self, *, search: str = "", completion: Completion | None = None) -> int:
        # What is counted is what is shown next: it is read once for both.
        self._listed = (search, completion, self._rows(search, completion))
        return len(self._listed[2])

    def ids(self) -> list[str]:
        return [row.document for row in self._read()]

    def neighbour(self, direction: int) -> str | None:
        ids = self.ids()
        return _beyond(ids, self.review.document.id, direction)

    def waiting(self, document: str, direction: int) -> str | None:
        rows = self._read()
        left = [
            row.document
            for row in rows
            if row.undecided or not row.counted or row.document == document
        ]
        return _beyond(left, document, direction)

    def turn_order(self) -> str:
        """First what moves the network most, and a line on how much that decides;
        or what has most to decide."""
        self.by_leverage = not self.by_leverage
        if not self.by_leverage:
            return "first what has most to decide"
        self._weighed = leverages(self.project, self.strategy)
        return f"first what moves the network most: {leverage_told(self._weighed)}"

    def to_undecided(self, direction: int = 1) -> bool:
        """As in annotating; by leverage, to the open difference that moves
        the network most, wherever it is."""
        if not self.by_leverage:
            return super().to_undecided(direction)
        here = self.review.document.id
        focus = self.in_focus()
        for one in self._weighed if direction > 0 else reversed(self._weighed):
            own = one.document == here
            if own and focus is not None and focus.ids == one.difference.ids:
                continue
            if not own:
                waiting = situation(self.merger, one.document)
                if waiting is None or one.difference.ids not in {d.ids for d in waiting.waiting}:
                    continue
                self.open(one.document, paragraph=0)
            found = next((d for d in self.differences if d.ids == one.difference.ids), None)
            if found is None or not self.is_open(found):
                continue
            super().do(do.FocusItem(next(iter(self._ids_shown(found)), found.candidates[0].id)))
            changes = f"this moves {plural(one.edges, 'edge')}"
            self.state = replace(self.review, message=changes)
            return True
        return False

    def _ids_shown(self, difference: Difference) -> list[str]:
        """The versions of a difference that are shown, those that wait first."""
        items = [self.review.find(c.id) for c in difference.candidates]
        return [
            i.id for i in sorted((i for i in items if i is not None), key=lambda i: not i.undecided)
        ]

    def remark(self, document: str) -> str:
        """What changed since a document was gold."""
        row = next((r for r in self._known if r.document == document), None)
        if row is None or not row.changed:
            return ""
        text = self.project.documents.load(document)
        more = f" (+{len(row.changes) - 1})" if len(row.changes) > 1 else ""
        return f"gold, changed since: {told(text, row.changes[0])}{more}"

    def _read(self) -> list[ReviewRow]:
        """The queue as it is now. What takes long to count is counted bit by
        bit, with every look at the queue."""
        return review_rows(self.project, self.strategy, seconds=HASTE)

    def _rows(self, search: str, completion: Completion | None) -> list[ReviewRow]:
        wanted, words = _filter(search)
        self._known = self._read()
        if self.by_leverage:
            most: dict[str, int] = {}
            for one in self._weighed:
                most[one.document] = max(most.get(one.document, 0), one.edges)
            self._known.sort(key=lambda row: (not row.changed, -most.get(row.document, -1)))
        titled = set(self.project.documents.titled(words)) if words else None
        return [
            row
            for row in self._known
            if (titled is None or row.document in titled)
            and completion in (None, row.status)
            and _matches(row, wanted)
        ]

    def _summary(self, row: ReviewRow, own: DocumentSummary) -> DocumentSummary:
        others = tuple(ascii_uppercase[: len(row.voters)]) if self.hidden else row.voters
        return replace(
            own,
            pending=row.undecided,
            completion=row.status,
            others=others,
            updated=None,
            changed=row.changed,
            counted=row.counted,
        )

    @property
    def name(self) -> str:
        return "review"


def _beyond(ids: Sequence[str], document: str, direction: int) -> str | None:
    """The one before (-1) or after (1) a document."""
    at = ids.index(document) + direction if document in ids else -1
    return ids[at] if 0 <= at < len(ids) else None


def _filter(search: str) -> tuple[dict[str, str], str]:
    """The filters of a search, and the words that are left."""
    wanted: dict[str, str] = {}
    words: list[str] = []
    for word in search.split():
        name, colon, value = word.partition(":")
        if colon and value and name in FILTERS:
            wanted[name] = value.casefold()
        else:
            words.append(word)
    return wanted, " ".join(words)


def _matches(row: ReviewRow, wanted: dict[str, str]) -> bool:
    """Whether a document has a waiting version by layer, label and annotator,
    and a decision for the reason."""
    if "reason" in wanted and wanted["reason"] not in {reason.casefold() for reason in row.reasons}:
        return False
    if not wanted.keys() & {"layer", "label", "by"}:
        return True
    return any(
        wanted.get("layer", c.value.layer.casefold()) == c.value.layer.casefold()
        and wanted.get("label", c.value.label.casefold()) == c.value.label.casefold()
        and ("by" not in wanted or wanted["by"] in {who.casefold() for who in c.votes})
        for difference in row.waiting
        for c in difference.candidates
    )


__all__ = ["FILTERS", "ReviewSession"]
