"""The review screen: the annotate screen with the annotators' versions beside the text, and keys to
choose between them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from annotator.merging.api import Candidate
from annotator.model import actions as do
from annotator.model.decision_text import name_of
from annotator.model.names import names_line
from annotator.model.review import Mode, ReviewState
from annotator.model.span import Span
from annotator.model.text import plural
from annotator.tui.commands import Command
from annotator.tui.reviewing import Adjudicating, choices
from annotator.tui.reviewing.adjudication import Adjudication
from annotator.tui.reviewing.alike import decide_alike
from annotator.tui.reviewing.others import instead
from annotator.tui.reviewing.rulings import name_counts, names_in_focus, rule_names_same
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.help import TextScreen
from annotator.tui.screens.prompt import PromptScreen
from annotator.tui.screens.review_guidelines import guidelines_and_rulings
from annotator.tui.session import Session
from annotator.tui.styled_rows import Piece
from annotator.tui.theme import Theme
from annotator.tui.views.difference_context import DifferenceContext
from annotator.tui.views.frame import SidePanel
from annotator.tui.views.versions import Panel, PanelRows, panel_rows
from annotator.tui.views.who_was_right import who_was_right_rows
from annotator.workflows.names.closed import not_one
from annotator.workflows.names.offers import Offer
from annotator.workflows.review.alignment import Difference
from annotator.workflows.review.discussion import (
    MESSAGE,
    message_of,
    note_of,
    reason_from,
)
from annotator.workflows.review.open_differences import NAMES
from annotator.workflows.review.who_was_right import right


class ReviewScreen(AnnotateScreen):
    """A number chooses a version; everything else works as in annotating."""

    def __init__(self, session: Session, source: Adjudicating) -> None:
        super().__init__(session)
        self.reviewing = source
        self._panel_rows: PanelRows | None = None

    @property
    def at(self) -> Adjudication:
        """How far the adjudication of the open document is."""
        return self.reviewing.at(self.session.review)

    @property
    def context(self) -> str:  # type: ignore[override]
        mode = self.session.review.mode
        return "review" if mode is Mode.BROWSE else mode.value

    def take(self, key: str) -> None:
        choosing = self.context == "review" and not self._targets and not self._counting
        if choosing and len(key) == 1 and key in "123456789":
            self._message = ""
            self._take_version(int(key))
        else:
            super().take(key)

    def side(self) -> SidePanel | None:
        return self._versions

    def apart(self) -> tuple[tuple[int, int], ...]:
        difference = self.at.in_focus()
        return difference.contested if difference is not None and difference.number else ()

    def left(self) -> str:
        return self.at.left_words()

    def _versions(self, theme: Theme, width: int, height: int) -> list[list[Piece]]:
        """The versions, shown in place of the statements."""
        made = panel_rows(panel_of(self.reviewing, self.session.review), theme, width, height)
        self._panel_rows = made
        return made.rows

    def click_beside(self, row: int, x: int) -> None:
        """A click on a difference or a version puts the focus on it; a click on the version in
        focus takes it, and one on a value of the difference in focus decides that field."""
        shown = self._panel_rows
        if shown is None or row not in shown.places:
            return
        difference, number = shown.places[row]
        who = self.reviewing.voters()[number - 1][0] if number else ""
        ids = [c.id for c in difference.version(who)] or self.at.shown(difference)
        focused = self.session.review.focus in ids and self.at.in_focus() == difference
        value = shown.field_at(row, x) if focused else None
        if value is not None:
            self._take_field(difference, *value)
        elif number and focused:
            self._take_version(number)
        elif ids:
            self.act(do.FocusItem(ids[0]))

    def _take_field(self, difference: Difference, field: str, who: str) -> None:
        name = dict(self.reviewing.voters()).get(who, who)
        self.act(choices.settle(difference, field, who, f"{field} as {name} has it"))

    def _take_version(self, number: int) -> None:
        voters = self.reviewing.voters()
        difference = self.at.in_focus()
        if difference is None:
            self.say("put the focus on a difference")
            return
        if number > len(voters):
            self.say(f"only {plural(len(voters), 'annotator')} coded this document")
            return
        who, name = voters[number - 1]
        field, version = self.reviewing.at_field, difference.version(who)
        if field:
            self._take_field(difference, field, who)
        else:
            words = f"{name}'s version is taken"
            none = f"{name} marked nothing here: none is taken"
            self._choose(difference, version, words if version else none)

    def _choose(self, difference: Difference, versions: Sequence[Candidate], words: str) -> None:
        # A digit too many changes what was decided, so the words tell it.
        is_open = self.at.is_open(difference)
        told = "" if is_open else instead(self.reviewing, self.session.review, difference)
        self.act(choices.take(self.at, difference, versions, words + told))

    def run_next_field(self) -> None:
        """Let numbers decide the fields of the difference in focus one by one, and then all of it
        again."""
        difference = self.at.in_focus()
        if difference is None or not self.at.open_fields(difference):
            self.say("this difference has no fields to decide one by one")
            return
        name = self.reviewing.next_field(self.session.review)
        self.say(f"a number decides only the {name}" if name else "a number decides all fields")

    def run_keep_gold(self) -> None:
        """Keep what stands in the finished gold, whatever was changed since."""
        kept = choices.keep_gold(self.at)
        if kept is None:
            self.say("nothing here was changed after it became gold")
        else:
            self.act(kept)

    def run_same_names(self) -> None:
        """Rule that the names of the versions in focus are one. Shows a page of pairs: these first,
        then others of this document and of those with these names. If the versions mark different
        words, asks which name stays."""
        found = names_in_focus(self.at)
        if found is None:
            self.say("the versions have the same entity or concept here")
            return
        kind, names = found
        from annotator.tui.screens.harmonise import HarmoniseScreen

        project, here = self.session.project, self.session.review.document.id
        page = HarmoniseScreen(
            project,
            self.reviewing.decided_by,
            first=found,
            documents={here, *project.names.documents(kind, names)},
            changed=self._names_ruled,
        )
        if page.begins_with(kind, names):
            self.app.push_screen(page)
            return
        counts = name_counts(self.session.project, kind)
        offers = [Offer(name, plural(counts.get(name, 0), "time")) for name in names]
        best = max(names, key=lambda name: counts.get(name, 0))
        title = f"these are one {kind}: which name should stay everywhere?"
        check = partial(not_one, project, kind)
        prompt = PromptScreen(title, self.theme_now, value=best, offers=offers, check=check)

        def answered(canonical: str) -> None:
            stays = names_line(kind, canonical)
            rule_names_same(self.session, self.reviewing, kind, names, stays)
            self.after()

        self._ask(prompt, answered)

    def _names_ruled(self) -> None:
        """A page of names was decided or taken back: read the document again."""
        before = self.session.review
        self.reviewing.merger.names_changed()
        self.session.reload()
        self.reviewing.names_ruled(before, self.session.review)
        self.session.state = self.reviewing.past_decided(self.session.review)

    def run_take_majority(self) -> None:
        difference, field = self.at.in_focus(), self.reviewing.at_field
        if difference is None:
            self.act(do.Accept())
            return
        if field:
            most = difference.field_majority(field)
            if most is None:
                self.say(f"no {field} has a majority")
            else:
                self.act(do.Settle(field, most, f"the {field} that most have"))
            return
        version = difference.majority()
        if version is None:
            self.say("no version has a majority")
            return
        words = (
            "the majority's version is taken"
            if version
            else "the majority marked nothing: no version is taken"
        )
        self._choose(difference, version, words)

    def run_take_none(self) -> None:
        difference = self.at.in_focus()
        if difference is None:
            self.act(do.Reject())
        else:
            self._choose(difference, (), "none of the versions is taken")

    def run_alike(self) -> None:
        """Decide all like differences as the last one was decided."""
        decide_alike(self.session, self.reviewing)
        self.after()

    def run_take_edit(self) -> None:
        """Change the version in focus (its bounds, or the field in which all differ) and accept it.
        Esc changes nothing."""
        item = self.session.review.focused
        if item is None:
            self.say("put the focus on a version")
            return
        difference = self.at.in_focus()
        if difference is not None and difference.by_field:
            # All have the same span, so only the fields can be changed.
            field = self.reviewing.at_field or difference.fields[0]
            if field in NAMES:
                self.run_name()
            else:
                self.run_form()
            return
        self.reviewing.edit(self.session.review)
        if isinstance(item.value, Span):
            self.act(do.EditBounds())
        else:
            self.after()
            self.run_label()

    def run_next_version(self) -> None:
        """Put the focus on the next annotator's version of the difference."""
        difference = self.at.in_focus()
        ids = self.at.versions_in_order(difference) if difference is not None else []
        if len(ids) < 2:
            self.say("there is no other version to put the focus on")
            return
        focus = self.session.review.focus
        here = ids.index(focus) if focus in ids else -1
        self.act(do.FocusItem(ids[(here + 1) % len(ids)]))

    def run_reason(self) -> None:
        noted = self.reviewing.noted(self.session.review)
        if noted is None:
            self.say("to give a reason, first decide a difference or put the focus on an item")
            return
        item, note = noted
        codes = self.session.project.config.reasons
        given = _reason(note)
        words = given.partition(":")[2].strip()
        # A digit changes the code of a reason and keeps its words.
        offers = [Offer(f"{code}: {words}" if words else code) for code in codes]
        prompt = PromptScreen(
            f"reason for {self._called(item)}: a digit saves a code; or write code: words",
            self.theme_now,
            value=given,
            offers=offers,
            anew=True,
            numbered=True,
            check=lambda text: reason_from(text, codes)[1],
        )

        def answered(text: str) -> None:
            self.act(do.NoteOn(item, note_of(reason_from(text, codes)[0], message_of(note))))

        self._ask(prompt, answered)

    def run_message(self) -> None:
        noted = self.reviewing.noted(self.session.review)
        if noted is None:
            self.say(
                "to write to the annotators, first decide a difference or put the focus on an item"
            )
            return
        item, note = noted
        prompt = PromptScreen(
            f"to the annotators, about {self._called(item)}",
            self.theme_now,
            value=message_of(note),
        )
        self._ask(prompt, lambda text: self.act(do.NoteOn(item, note_of(_reason(note), text))))

    def _called(self, item: str) -> str:
        """What an item is called in a question about it: the number of its difference, or else its
        words."""
        difference, value = self.at.of(item), self.at.value(item)
        if difference is not None and difference.number:
            return f"difference {difference.number}"
        return name_of(self.session.review, value) if value is not None else "this item"

    def run_model_lane(self) -> None:
        self.reviewing.model_lane = not self.reviewing.model_lane
        if self.reviewing.model_lane and not self.reviewing.has_model:
            self.say("the model suggested nothing in this document")
            return
        self.say(
            f"the model's suggestions are {'shown' if self.reviewing.model_lane else 'hidden'}"
        )

    def run_hide_names(self) -> None:
        self.reviewing.hidden = not self.reviewing.hidden
        self.session.reload()
        self.say(f"names are {'hidden' if self.reviewing.hidden else 'shown'}")

    def run_who_was_right(self) -> None:
        found = right(self.session.project, self.reviewing.strategy)
        called = self.reviewing.queue.called()
        rows = partial(who_was_right_rows, found, called)
        title = "Who was right, by the decisions of review"
        self.app.push_screen(TextScreen(title, rows, close="W"))

    def run_guidelines(self) -> None:
        """As in annotating, for every label in question. Above them: what the codebook says about
        the names, the former definition of a label that changed, and how the last disputes about
        these labels were decided."""
        item = self.session.review.focused
        if item is None:
            super().run_guidelines()
            return
        self.app.push_screen(guidelines_and_rulings(self.reviewing, self.at, item.value))

    def commands(self) -> list[Command]:
        """The commands of review, then those of annotating that it does not replace."""
        return list(dict.fromkeys(self.key_map.by_context[self.context].values()))


def panel_of(source: Adjudicating, state: ReviewState) -> Panel:
    """What the panel shows about a document in review."""
    at = source.at(state)
    scene = DifferenceContext(state.document, state.schema, source.voters(), at.value, source.note)
    every, left = at.counts()
    return Panel(
        state,
        scene,
        at.here(),
        source.proposed,
        source.at_field,
        every,
        left,
        partial(source.places, state),
        source.queue.course(),
    )


def _reason(note: str) -> str:
    """A note without its message to the annotators."""
    return note.partition(MESSAGE)[0].strip()


__all__ = ["ReviewScreen", "panel_of"]
