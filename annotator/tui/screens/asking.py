"""What the annotate screen asks for and shows about the item in focus: names, labels, notes,
guidelines, reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from annotator.model import actions as do
from annotator.model.decision_text import both_ends
from annotator.model.review import Mode, ReviewState
from annotator.model.text import plural
from annotator.tui.screens.rows import RowsScreen
from annotator.tui.session import EVERYBODY, Session

if TYPE_CHECKING:
    from annotator.tui.item_names import NameField
    from annotator.tui.screens.prompt import PromptScreen

# What is asked for and shown above the document is imported when a key first needs it: the first
# picture does not wait for it.


class AskingScreen(RowsScreen):
    """A screen on one document that can ask for a line and show a text."""

    session: Session
    _offers: tuple[ReviewState | None, tuple[str, ...]] = (None, ())
    """The names offered for the item in focus, and the state for which they were found."""

    def act(self, action: do.ReviewAction) -> None:
        """Do, save, show."""
        raise NotImplementedError

    def _offer_names(self) -> bool:
        """Look up names for the item in focus when no key has come for a while, so that no key
        waits for them. Returns whether there are any."""
        state, source = self.session.review, self.session.source
        if state.mode is not Mode.BROWSE or not self.is_current:
            return False
        if source.is_blind(state.document, state.paragraph):
            return False
        from annotator.tui import item_names

        self._offers = (state, item_names.card_offers(state, self.session.project))
        return bool(self._offers[1])

    def _offered(self) -> dict[str, str]:
        """The names offered, by the keys that open the input line and take one, if the item and its
        document have not changed."""
        of, names = self._offers
        state = self.session.review
        if of is None or of.focus != state.focus or of.annotations is not state.annotations:
            return {}
        opens = self.key_map.shown("name")
        here = names if of.document is state.document else ()
        return {f"{opens}{number}": name for number, name in enumerate(here, 1)}

    def _ask(
        self,
        prompt: PromptScreen,
        then: Callable[[str], None],
        *,
        after: Callable[[], None] | None = None,
    ) -> None:
        """Ask for a line. `then` gets the answer if there is one; `after` is called in any case."""

        def answered(answer: str | None) -> None:
            if answer is not None:
                then(answer)
            if after is not None:
                after()
            self.redraw()

        self.app.push_screen(prompt, answered)

    def run_name_last(self) -> None:
        """Write the entity or concept of the span that was decided last (see `last_span`); the
        focus stays where it is."""
        from annotator.tui.screens.closing import last_span

        state = self.session.review
        item = last_span(state)
        if item is None:
            self._message = "the last decision was not on an item with a name"
            self.redraw()
            return
        here = state.focus
        self.session.do(do.FocusItem(item))
        self.run_name(back=here)

    def run_name(self, back: str | None = None) -> None:
        """Write the entity or concept of the item in focus; the focus then returns to the item
        `back`."""
        from annotator.tui import item_names

        field = item_names.field_of(self.session.review)
        if field is None:
            self._message = "this item has no entity or concept; go to one that has"
            self.redraw()
            return
        from annotator.workflows.names.closed_line import ClosedLine

        who = self.session.source.decided_by or self.session.annotator
        closed = ClosedLine(self.session.project, field.kind, who)

        def then(answer: str) -> None:
            if closed.proposed:
                self._propose(field, closed.proposed)
            else:
                self.act(item_names.set_to(field, answer))
                if self.session.guide is not None and answer.strip():
                    self.session.guide.name_confirmed()

        def returned() -> None:
            if back is not None:
                message = self.session.review.message
                self.session.do(do.FocusItem(back))
                self._message = message

        self._ask(self._name_prompt(field, closed.problem), then, after=returned)

    def _name_prompt(self, field: NameField, check: Callable[[str], str]) -> PromptScreen:
        """The line that asks for a name; `check` says why it does not take an answer."""
        from annotator.tui import item_names
        from annotator.tui.screens.prompt import SEVERAL, TAKES, PromptScreen

        state, project = self.session.review, self.session.project
        known = project.names.entities() if field.kind == "entity" else project.names.concepts()
        hints = SEVERAL if field.multiple else ""
        hints += "; ! for the contrary" if field.kind == "concept" else ""
        room = max(20, self.app.size.width - len(f" {field.kind} of {hints} "))
        room = room - TAKES if room > 2 * TAKES else room
        return PromptScreen(
            f"{field.kind} of {both_ends(field.about, room)}{hints}",
            self.theme_now,
            value=field.value,
            offers=item_names.offers_of(state, field, project, known),
            anew=True,
            several=True,
            numbered=True,
            contraries=field.kind == "concept",
            completer=item_names.completer(state, field, known),
            known=[one.name for one in known]
            + [one.name for one in project.names.codebook().entries if one.kind == field.kind],
            check=check,
        )

    def _propose(self, field: NameField, name: str) -> None:
        """Propose a name to the lead, who keeps the closed codebook, as a note on the item."""
        from annotator.workflows.names.closed import proposal

        focused = self.session.review.focused
        note = focused.note if focused is not None else ""
        self.act(do.Note(proposal(field.kind, name, note)))
        # Screens on top of this one show it too.
        self.session.say(f"proposed to the lead, as a note: {name}")
        self.redraw()

    def run_label(self) -> None:
        """Choose the label of the selection, or the side of a stance, from a list."""
        from annotator.tui import item_names
        from annotator.tui.screens.prompt import PromptScreen
        from annotator.workflows.names.offers import Offer

        choices = item_names.labels(self.session.review)
        offers = [Offer(name, note) for name, note, _ in choices]
        actions = {name: action for name, _, action in choices}
        prompt = PromptScreen("label", self.theme_now, offers=offers, strict=True)
        self._ask(prompt, lambda name: self.act(actions[name]))

    def run_note(self) -> None:
        from annotator.tui.screens.prompt import PromptScreen

        item = self.session.review.focused
        if item is None:
            self.run_note_paragraph()
            return
        self._ask(
            PromptScreen("note on the item", self.theme_now, value=item.note),
            lambda text: self.act(do.Note(text)),
        )

    def run_note_paragraph(self) -> None:
        from annotator.tui.screens.prompt import PromptScreen

        state = self.session.review
        standing = state.annotations.get(f"@p{state.paragraph}", state.paragraph)
        prompt = PromptScreen(
            "note on the paragraph", self.theme_now, value=standing.note if standing else ""
        )
        self._ask(prompt, lambda text: self.act(do.Note(text, paragraph=True)))

    def run_guidelines(self) -> None:
        from annotator.tui.screens.help import TextScreen, guideline_rows

        item = self.session.review.focused
        if item is None:
            self._message = "put the focus on an item to see the guidelines of its label"
            self.redraw()
            return
        value, schema = item.value, self.session.project.schema
        self.app.push_screen(
            TextScreen(
                "Guidelines",
                lambda t, w: guideline_rows(schema, value.layer, value.label, t, w),
                close="g",
            )
        )

    def run_why(self) -> None:
        from annotator.tui.screens.help import TextScreen

        item = self.session.review.focused
        if item is None or item.suggestion is None:
            self._message = (
                "nobody suggested this: it was added by hand"
                if item
                else "put the focus on a suggestion"
            )
            self.redraw()
            return
        from annotator.tui.views.item_rows import ANNOTATORS
        from annotator.tui.views.why import why_rows

        found, mute = item.suggestion, self.key_map.shown("mute")
        versions = found.rule == ANNOTATORS
        self.app.push_screen(
            TextScreen(
                "Whose version this is" if versions else "Why this suggestion",
                lambda theme, width: why_rows(found, theme, width, mute),
                close="w",
                more={} if versions else {mute: self.run_mute},
            )
        )

    def run_mute(self) -> None:
        """Open a list to mute the rule of the suggestion in focus, or to unmute a rule."""
        from annotator.tui.screens.prompt import PromptScreen
        from annotator.workflows.names.offers import Offer

        session = self.session
        item = session.review.focused
        choices: dict[str, tuple[str, str, bool]] = {}
        if item is not None and item.suggestion is not None and item.suggestion.rule:
            rule = f"{item.suggestion.suggester}/{item.suggestion.rule}"
            choices[f"mute {rule} for me"] = (rule, session.annotator, True)
            choices[f"mute {rule} for the project"] = (rule, EVERYBODY, True)
        for rule in sorted(session.mutes.rules()):
            choices[f"unmute {rule}"] = (rule, "", False)
        if not choices:
            self._message = "put the focus on a suggestion to mute its rule"
            self.redraw()
            return

        def then(answer: str) -> None:
            rule, who, muted = choices[answer]
            before = len(session.review.suggested())
            for name in [who] if muted else [session.annotator, EVERYBODY]:
                session.mute(rule, who=name, muted=muted)
            gone = before - len(session.review.suggested())
            withdrawn = f": {plural(gone, 'pending suggestion')} of this document withdrawn"
            message = answer.replace("mute", "muted", 1) + withdrawn
            self._message = message if muted else f"{rule} suggests again"

        offers = [Offer(choice) for choice in choices]
        self._ask(PromptScreen("rules", self.theme_now, offers=offers, strict=True), then)


__all__ = ["AskingScreen"]
