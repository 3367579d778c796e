"""The annotate screen: it passes keys to `review.step`, saves the decisions, and shows the state as
rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from annotator.model import actions as do
from annotator.model.review import Mode
from annotator.model.span import Relation
from annotator.model.steps.moving import BACK
from annotator.model.text import plural
from annotator.tui.commands import Command
from annotator.tui.screens.closing import after_accepting, after_closing
from annotator.tui.screens.keeping import KeepingScreen
from annotator.tui.session import Session
from annotator.tui.tour import TourStep
from annotator.tui.views import attribution
from annotator.tui.views.frame import FrameContext, SidePanel, frame
from annotator.tui.views.header_and_footer import BLIND
from annotator.tui.views.lint import LintFinding, lint, next_finding
from annotator.tui.views.strokes import Look
from annotator.tui.widgets.rows import Rows

if TYPE_CHECKING:
    from annotator.workflows.names.matrix import Evidence


class AnnotateScreen(KeepingScreen):
    """One document, paragraph by paragraph."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._rows = Rows(id="rows")
        self._compact = "compact" in session.view
        self._panel = "panel" in session.view
        self._counting = False
        self._count = ""
        self._held = False
        self._stale = False
        self._finding: LintFinding | None = None
        """The finding that the key of lint went to last."""

    def compose(self) -> ComposeResult:
        yield self._rows

    @property
    def context(self) -> str:  # type: ignore[override]
        return self.session.review.mode.value

    # --- keys

    def is_quick(self, key: str) -> bool:
        command = self.key_map.command(self.context, self.read_as(key)[1])
        return command is None or command.action is not None or command.quick or bool(self._targets)

    @contextmanager
    def held(self) -> Iterator[None]:
        self._held = True
        try:
            yield
        finally:
            self._held = False
            if self._stale:
                self.redraw()

    def has_key(self, key: str) -> bool:
        return key in self.session.review.schema.label_keys or super().has_key(key)

    def tell_keyboard(self, script: str, words: str) -> None:
        """Add it to what the key said; it never replaces a question."""
        state = self.session.review
        if state.mode is Mode.BROWSE and not (self._targets or self._counting):
            done = self._message or state.message
            message = f"{script} keyboard: {words}"
            self.say(f"{done} ({message})" if done else message)

    def take(self, key: str) -> None:
        if self._targets:
            self._type_hint(key)
            return
        if self._counting and key.isdigit():
            self._count += key
            self._message = plural(int(self._count), "time")
            self.redraw()
            return
        counting, self._counting = self._counting, False
        if not counting or key == "escape":
            # A number is for the key right after it.
            self._count = ""
        self._message = ""
        self.session.clear_notice()
        if counting and key == "escape":
            self.redraw()
            return
        self._run_key(key)

    def _run_key(self, key: str) -> None:
        """Run a key that is neither a hint nor a digit of a number."""
        state = self.session.review
        if key == "escape" and self._found and state.mode is Mode.BROWSE:
            self.find("")
            self.redraw()
        elif (action := self._by_schema(key)) is not None:
            self.act(action)
        else:
            super().take(key)

    def _by_schema(self, key: str) -> do.ReviewAction | None:
        """What a key does if the schema gives it a meaning: a side, a strength, or a label."""
        state = self.session.review
        if state.mode is Mode.SIDE and (side := self._side(key)):
            return side
        if state.mode is Mode.BROWSE and key.isdigit() and (strength := self._strength(int(key))):
            return strength
        labels = state.schema.span_keys if state.mode in (Mode.BROWSE, Mode.SELECT) else {}
        if key in labels and self.key_map.command(self.context, key) is None:
            layer, label = labels[key]
            return do.SetLabel(layer.name, label.name)
        return None

    def _side(self, key: str) -> do.ReviewAction | None:
        """The side that a key gives to the stance in the making."""
        state = self.session.review
        layer = state.schema.layer(state.draft.layer) if state.draft is not None else None
        label = next((x for x in layer.labels if x.key == key), None) if layer else None
        return do.ChooseSide(label.name) if label is not None else None

    def run_command(self, command: Command) -> None:
        times, self._count = min(int(self._count or 1), 999), ""
        if command.action is None:
            for _ in range(times if command.repeats else 1):
                super().run_command(command)
            return
        for _ in range(times - 1):
            self.session.do(command.action)
        self.act(command.action)

    def _strength(self, value: int) -> do.ReviewAction | None:
        """On a relation, a digit sets the value of its number: the strength of a stance."""
        item = self.session.review.focused
        layer = self.session.review.schema.layer(item.value.layer) if item else None
        if item is None or layer is None or not isinstance(item.value, Relation):
            return None
        number = next((a for a in layer.attributes if a.type == "integer"), None)
        fits = number is not None and number.problem(value) is None
        return do.SetAttribute(number.name, value) if number is not None and fits else None

    def run_count(self) -> None:
        """Read the digits that follow as a number, not as labels."""
        self._counting = True
        self._message = "how often? digits, then a key"
        self.redraw()

    def act(self, action: do.ReviewAction) -> None:
        """Run an action, save its decisions and show the result."""
        self._found_at = None
        left = self.session.review
        self.session.do(action)
        if isinstance(action, do.CloseParagraph):
            self._message = after_closing(self.session, left, self.key_map)
        elif isinstance(action, do.Accept):
            self._message = after_accepting(self.session.review, left, self.key_map)
        if self.session.review.mode is Mode.HOLDER:
            self._hint_holders()
        self.after()

    def _prepare_when_idle(self) -> bool:
        return self.side() is None and self._offer_names()

    def redraw(self) -> None:
        self._stale = self._held
        if self._held:
            return
        width, height = self.app.size
        session = self.session
        error = session.saving.unsaved_message()
        if error and self.shell.left and self._message:
            error = self._message
        look = Look(
            self.theme_now,
            self._compact,
            self.shell.glyphs,
            self._hints,
            self._found,
            self._found_at,
            self._codes,
            self.apart(),
        )
        unsaved = session.saving.unsaved_decisions
        saved = f"{unsaved:,} unsaved" if unsaved else "saved"
        blind = session.source.is_blind(session.review.document, session.review.paragraph)
        # The line under the text is about the annotator's keys; the header reports work in the
        # background.
        notes = BLIND if blind else session.source.news
        if session.source.awaiting:
            self._wait_for_suggestions()
        message = self._message
        if not session.review.message and session.review.mode is Mode.BROWSE:
            # Only if there is nothing else to say.
            message = message or session.message_here()
        around = FrameContext(
            session.source.name,
            saved,
            error,
            message,
            self._panel,
            notes,
            self.side(),
            session.elsewhere(),
            self._tour(),
            self.left(),
            self._offered(),
            self._counting,
        )
        made = frame(self._view, session.review, look, self.key_map, around, width, height)
        self._frame = made
        self._rows.show(made.rows)

    def _tour(self) -> tuple[str, str, str] | None:
        """The step of the guided tour, while it is on."""
        on = self.session.guide.tour if self.session.guide is not None else None
        if on is None:
            return None
        from annotator.tui import tour

        key = self.key_map.shown("tour")
        return (
            tour.head(on),
            tour.words(on, self.session.review, self.key_map),
            f"{key} leaves the tour",
        )

    def side(self) -> SidePanel | None:
        """The rows to show in place of the statements; none while annotating."""
        return None

    def apart(self) -> tuple[tuple[int, int], ...]:
        """The stretches of the text that differ between versions; none in annotating."""
        return ()

    def left(self) -> str:
        """The words of the header about what is left. While annotating, the header itself counts
        the pending items of the paragraph."""
        return ""

    # --- commands of the screen

    def run_previous_undecided(self) -> None:
        self._to_undecided(-1)

    def run_next_undecided(self) -> None:
        self._to_undecided(1)

    def run_outer(self) -> None:
        self._climb(outwards=True)

    def run_inner(self) -> None:
        self._climb(outwards=False)

    def _climb(self, *, outwards: bool) -> None:
        """Go along the chain of attribution, and say who holds the claim."""
        state = self.session.review
        item = attribution.outer(state) if outwards else attribution.inner(state)
        if item is None:
            self.say(f"there is no claim {'around' if outwards else 'inside'} this one")
            return
        self.act(do.FocusItem(item))
        self.say(" › ".join(attribution.holders(self.session.review)))

    def _to_undecided(self, direction: int) -> None:
        if self.session.to_undecided(direction):
            state, queue = self.session.review, self.session.queue
            if state.message.startswith(BACK) and queue.neighbour(state.document.id, 1) is not None:
                key = self.key_map.shown("next_document")
                self.session.say(f"{state.message}; {key} goes to the next document")
            self.after()
        else:
            where = " in your documents" if self.session.queue.own else ""
            what = "is left" if direction > 0 else "comes before this"
            self.say(self.session.queue.all_done() or f"nothing undecided {what}{where}")

    def run_next_document(self) -> None:
        self._to_document(1)

    def run_previous_document(self) -> None:
        self._to_document(-1)

    def _to_document(self, direction: int) -> None:
        document = self.session.queue.neighbour(self.session.review.document.id, direction)
        if document is None:
            which = "last" if direction > 0 else "first"
            what = (
                "of your documents; some are not done yet" if self.session.queue.own else "document"
            )
            self.say(self.session.queue.all_done() or f"this is the {which} {what}")
            return
        self.session.save_place()
        self.session.open(document)
        self._message = self.session.queue.all_done()
        self.after()

    def run_matrix(self) -> None:
        from annotator.tui.screens.matrix import MatrixScreen

        def jump(evidence: Evidence) -> None:
            if evidence.document == self.session.review.document.id:
                self.act(do.FocusItem(evidence.item))
            else:
                self.shell.go_to(evidence.document, evidence.paragraph, evidence.item)

        self.app.push_screen(MatrixScreen(self.session, jump))

    def run_lint(self) -> None:
        """Go to the next item with a finding."""
        state = self.session.review
        found = lint(state, self.session.elsewhere())
        if not found:
            self._message = "nothing in this paragraph looks unfinished"
            self.redraw()
            return
        items = [item.id for item in state.items]
        words, item = self._finding = next_finding(found, state.focus, self._finding, items)
        self.act(do.FocusItem(item))
        self._message = words
        self.redraw()

    def run_form(self) -> None:
        """Show all fields of the statement in focus."""
        if self.session.review.focused is None:
            self.say("put the focus on an item first")
        else:
            self.shell.open("form", self)

    def run_history(self) -> None:
        """List the latest decisions in this document, newest first."""
        self.shell.open("history", self)

    def run_density(self) -> None:
        self._compact = not self._compact
        self._keep_view()

    def run_statements(self) -> None:
        self._panel = not self._panel
        self._keep_view()

    def _keep_view(self) -> None:
        """Save how the screen is arranged, with the place."""
        on = (("compact", self._compact), ("panel", self._panel))
        self.session.view = " ".join(name for name, is_on in on if is_on)
        self.after()

    def run_filter_layer(self) -> None:
        """Show suggestions of all layers, then of one layer after the other."""
        state = self.session.review
        layers = ["", *(layer.name for layer in state.schema.layers)]
        at = layers.index(state.only) + 1 if state.only in layers else 0
        self.act(do.SetFilter(layers[at % len(layers)]))

    def run_fewer(self) -> None:
        self.act(do.SetThreshold(self.session.review.threshold + 0.1))

    def run_more(self) -> None:
        self.act(do.SetThreshold(self.session.review.threshold - 0.1))

    def run_tour(self) -> None:
        guide = self.session.guide
        if guide is None:
            self.say("the tour shows annotating, not review: start annotator")
        elif guide.tour is None:
            guide.begin(self.session.state)
            self.redraw()
        else:
            guide.leave()
            self.say(f"{self.key_map.shown('tour')} begins the tour again")

    def run_back(self) -> None:
        self.session.save_place()
        guide = self.session.guide
        if guide is not None and guide.tour is not None and guide.tour.step is TourStep.END:
            guide.leave()
        self.shell.show_queue()


__all__ = ["AnnotateScreen"]
