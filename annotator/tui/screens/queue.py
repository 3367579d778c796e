"""The queue: all documents, the annotator's progress in each, and who else works on them."""

from __future__ import annotations

from collections.abc import Callable

from textual import events

from annotator.model import actions as do
from annotator.model.decision import Completion
from annotator.model.record import shown_name
from annotator.model.text import and_more, paragraph_number, plural
from annotator.project import DocumentSummary, QueueFilter
from annotator.tui.commands import Command
from annotator.tui.screens.prompt import PromptScreen
from annotator.tui.screens.rows import RowsScreen
from annotator.tui.session import Session
from annotator.tui.styled_rows import PLAIN, Piece, clip, justify, strip
from annotator.tui.views.header_and_footer import foot_row
from annotator.tui.widgets.rows import Rows
from annotator.workflows.review.discussion import Message
from annotator.workflows.training.summary import model_summary

_WORDS = {
    Completion.NEW: "new",
    Completion.IN_PROGRESS: "begun",
    Completion.DONE: "done ✓",
    Completion.SKIPPED: "skipped",
    Completion.GOLD: "gold",
}


class QueueScreen(RowsScreen):
    """Rows are read page by page, so that a project of 100,000 documents opens as fast as one of
    ten."""

    context = "queue"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._at = 0
        self._top = 0
        self._filter: Completion | None = None
        self._count = 0
        self._page: list[DocumentSummary] = []
        self._marked: set[str] = set()
        self._message = session.queue.greeting
        self._said: dict[str, list[Message]] = {}
        self._pace = ""

    def _assigned(self) -> str:
        """The first message to an annotator who sees only assigned documents."""
        if not self.session.queue.own:
            return ""
        message = (
            self.session.queue.all_done()
            or f"{plural(self.session.queue.count(), 'document')} assigned to you"
        )
        key = self.key_map.shown("mine")
        return f"{message}; {key} shows all" if key else message

    def commands(self) -> list[Command]:
        return [c for c in super().commands() if c.name != "mine" or self.session.queue.assigned]

    def mounted(self) -> None:
        self._message = self._message or self._assigned()

    def returned(self) -> None:
        """On return from a document, put the cursor on it, or on the next one if it is finished."""
        self._pace = self.session.queue.pace()
        state = self.session.state
        if state is not None:
            self._go_to(self.session.queue.after(state.document.id) or state.document.id)
        if self.session.queue.own and (self._message or self.session.queue.all_done()):
            # Earlier messages may be outdated.
            self._message = self._assigned()
        self.redraw()

    def _go_to(self, document: str) -> None:
        """Put the cursor on a document, if it is shown and the queue is not filtered by words."""
        if not self.session.queue.search and self._filter is None:
            ids = self.session.queue.ids()
            if document in ids:
                self._at = ids.index(document)

    @property
    def _room(self) -> int:
        return max(1, self.app.size.height - 4)

    def _read(self) -> None:
        wanted = QueueFilter(self.session.queue.search, self._filter)
        self._count = self.session.queue.count(wanted)
        self._at = max(0, min(self._at, self._count - 1))
        if self._at < self._top:
            self._top = self._at
        elif self._at >= self._top + self._room:
            self._top = self._at - self._room + 1
        self._page = self.session.queue.documents(wanted, offset=self._top, limit=self._room)
        self._said = self.session.queue.messages([row.id for row in self._page])
        holds, who = self.session.project.assignments.holds, self.session.annotator
        mixed = self.session.queue.every and self.session.queue.assigned
        self._marked = {row.id for row in self._page if holds(who, row.id)} if mixed else set()

    def say_while(self, message: str, still: Callable[[], bool], *, every: float = 1.0) -> None:
        """Show a message for as long as it is true, which is checked every `every` seconds."""

        def look() -> None:
            if self._message != message:
                return
            if still():
                self.set_timer(every, look)
                return
            self._message = ""
            if self.is_current:
                self.redraw()

        self.say(message)
        self.set_timer(every, look)

    def redraw(self) -> None:
        self._read()
        width, theme = self.app.size.width, self.theme_now
        project = self.session.project
        title = f" {project.root.name} · {project.schema.title or project.schema.name}"
        count = f"{self._at + 1 if self._count else 0} of {self._count}"
        count += " assigned to you" if self.session.queue.own else ""
        head = justify(
            [(title, PLAIN)], [(f"{count}  {clip(self.session.source.name, 16)} ", PLAIN)], width
        )
        rows: list[list[Piece]] = [[(text, theme.bar) for text, _ in head], self._columns(width)]
        for i, row in enumerate(self._page, self._top):
            rows.append(self._row(row, width, here=i == self._at))
        if not self._page:
            empty = (
                f"no document {'of yours ' if self.session.queue.own else ''}matches"
                if self.session.queue.search or self._filter
                else "no documents yet: annotator import FILE"
            )
            rows.append([(f"   {empty}", theme.muted)])
        rows += [[] for _ in range(self._room + 2 - len(rows))]
        rows.append(self._status_row(width))
        if len(self._message) > width - 2:
            self.lay_message(rows, len(rows) - 1, upwards=True)
        rows.append(self._footer(width))
        self.query_one(Rows).show([strip(row) for row in rows])

    def _columns(self, width: int) -> list[Piece]:
        theme = self.theme_now
        legend = (
            ", * assigned to you"
            if self.session.queue.every and self.session.queue.assigned
            else ""
        )
        return justify(
            [(f"   document{legend}", theme.muted)],
            [(_facts("paragraphs", "pending", "status", "also", width), theme.muted)],
            width,
        )

    def _row(self, row: DocumentSummary, width: int, *, here: bool) -> list[Piece]:
        theme = self.theme_now
        share = round(8 * row.done / row.paragraphs) if row.paragraphs else 0
        bar = "━" * share + "╌" * (8 - share) + f" {row.done}/{row.paragraphs}"
        over = row.completion in (Completion.DONE, Completion.SKIPPED)
        # What was left undecided in finished work waits for nobody.
        pending = "–" if over or not row.pending else str(row.pending)
        facts = _facts(
            bar,
            pending if row.counted else "?",
            "changed" if row.changed else _WORDS[row.completion],
            self._others(row) or "–",
            width,
        )
        style = theme.strong if here else PLAIN
        return justify(
            [
                (("*" if row.id in self._marked else " ") + ("▸ " if here else "  "), theme.strong),
                (row.title or row.id, theme.muted if over and not here else style),
            ],
            [(facts, theme.muted if not here else PLAIN)],
            width,
        )

    def _others(self, row: DocumentSummary) -> str:
        """How much review says about a document, and who else worked on it."""
        count = len(self._said.get(row.id, ()))
        names = ", ".join(map(shown_name, row.others))
        return (f"»{count} " if count else "") + names

    def _of_document(self, document: str) -> list[str]:
        """What review says about a document, and what there is to remark about it."""
        parts = []
        if messages := self._said.get(document, []):
            first = messages[0]
            where = first.paragraph >= 0
            place = f"¶{paragraph_number(first.paragraph)}" if where else "document"
            parts.append(f"» review, {place}: {first.text}{and_more(len(messages))}")
        return list(filter(None, [*parts, self.session.queue.remark(document)]))

    def _status_row(self, width: int) -> list[Piece]:
        parts = [self._message] if self._message else []
        if self._here is not None and not self._message:
            parts = self._of_document(self._here.id)
        if searched := self.session.queue.searched():
            parts.append(searched)
        if self._filter is not None:
            parts.append(f"only {_WORDS[self._filter].rstrip(' ✓')}")
        if not parts and self._pace:
            return [(clip(f" {self._pace}", width), self.theme_now.muted)]
        if not parts and self.session.background is not None:
            # Figures of learning are shown quietly, if there is nothing else to say.
            return [(clip(f" {model_summary(self.session.project)}", width), self.theme_now.muted)]
        return justify([(" " + " · ".join(parts), self.theme_now.strong)], [], width)

    def _footer(self, width: int) -> list[Piece]:
        mine = (
            [("mine", "all" if self.session.queue.own else "yours")]
            if self.session.queue.assigned
            else []
        )
        more = [("agreement", "agreement"), ("learning", "learning")] if width >= WIDE else []
        named = (
            ("open", "open"),
            ("down", "down"),
            ("up", "up"),
            ("find", "filter"),
            ("filter_status", "status"),
            *mine,
            ("skip_document", "skip"),
            *more,
        )
        keys, last = (
            [(key, words) for name, words in some if (key := self.key_map.shown(name))]
            for some in (named, (("help", "keys"), ("leave", "quit")))
        )
        return foot_row(keys, self.theme_now, width, last=last)

    def _move(self, to: int) -> None:
        self._at, self._message = to, ""
        self.redraw()

    def run_down(self) -> None:
        self._move(self._at + 1)

    def run_up(self) -> None:
        self._move(self._at - 1)

    def run_page_down(self) -> None:
        self._move(self._at + self._room)

    def run_page_up(self) -> None:
        self._move(self._at - self._room)

    def run_first(self) -> None:
        self._move(0)

    def run_last(self) -> None:
        self._move(self._count - 1)

    @property
    def _here(self) -> DocumentSummary | None:
        at = self._at - self._top
        return self._page[at] if 0 <= at < len(self._page) else None

    def run_open(self) -> None:
        if self._here is not None:
            self.session.open(self._here.id)
            if lead := self.session.queue.first(self._here.id):
                self.session.follow(lead)
            self.shell.show_document()

    def run_tour(self) -> None:
        """Begin the tour on the document under the cursor."""
        guide = self.session.guide
        if guide is None:
            self.say("the tour shows annotating, not review: start annotator")
        elif guide.tour is not None:
            guide.leave()
            self.say("you have left the tour")
        elif self._here is not None:
            self.run_open()
            guide.begin(self.session.state)

    def run_find(self) -> None:
        prompt = PromptScreen(
            self.session.queue.asking, self.theme_now, value=self.session.queue.search
        )

        def answered(answer: str | None) -> None:
            if answer is not None:
                self.session.queue.search, self._at, self._top = answer.strip(), 0, 0
            self.redraw()

        self.app.push_screen(prompt, answered)

    def run_filter_status(self) -> None:
        filters = (None, *self.session.queue.statuses)
        at = filters.index(self._filter)
        self._filter, self._at, self._top = filters[(at + 1) % len(filters)], 0, 0
        self.redraw()

    def run_order(self) -> None:
        """Switch the order: documents that teach the model most come first or, in review, those
        that change the network most."""
        self._message = self.session.queue.turn_order()
        self._at = self._top = 0
        self.redraw()

    def run_mine(self) -> None:
        """Show all documents, or only those assigned to an annotator who has some; the cursor stays
        on its document."""
        if not self.session.queue.assigned:
            return
        here = self._here
        self.session.queue.every = not self.session.queue.every
        self._at = self._top = 0
        if here is not None:
            self._go_to(here.id)
        self._message = self._assigned() or "all documents"
        self.redraw()

    def run_skip_document(self) -> None:
        row = self._here
        if row is None:
            return
        skipped = row.completion is Completion.SKIPPED
        self.session.open(row.id)
        self.session.do(do.SetCompletion(Completion.IN_PROGRESS if skipped else Completion.SKIPPED))
        self._message = "no longer skipped" if skipped else "skipped; x brings it back"
        self.redraw()

    def run_leave(self) -> None:
        if self.session.queue.search or self._filter is not None:
            self.run_unfilter()
        else:
            self.shell.leave()

    def run_unfilter(self) -> None:
        """Clear the filter. Esc never leaves the program, since it is easily pressed once too
        often."""
        filtered = bool(self.session.queue.search) or self._filter is not None
        self.session.queue.search, self._filter = "", None
        self._message = "" if filtered else f"{self.key_map.shown('leave')} quits"
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        if event.y == self.app.size.height - 1:
            self.click_key(strip(self._footer(self.app.size.width)), event.x)
            return
        at = self._top + event.y - 2
        if self._top <= at < self._top + len(self._page):
            if at == self._at:
                self.run_open()
            else:
                self._move(at)

    def on_mouse_scroll_down(self, _: events.MouseScrollDown) -> None:
        self._move(self._at + 3)

    def on_mouse_scroll_up(self, _: events.MouseScrollUp) -> None:
        self._move(self._at - 3)


def _facts(progress: str, pending: str, status: str, others: str, width: int) -> str:
    """The columns at the right; the other annotators only if there is room."""
    text = f"{progress:<14} {pending:>7}  {status:<8}"
    return f" {text} {clip(others, 22):<22} " if width >= WIDE else f" {text} "


WIDE = 100

__all__ = ["QueueScreen"]
