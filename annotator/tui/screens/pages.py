"""The pages of documentation, with a search."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Markdown, MarkdownViewer

from annotator.pages import INDEX, page, topics
from annotator.tui.screens.base import CommandScreen
from annotator.tui.screens.prompt import PromptScreen
from annotator.tui.screens.rows import row_steps
from annotator.tui.styled_rows import Piece, strip
from annotator.tui.widgets.rows import Rows
from annotator.workflows.names.offers import Offer

_FOOT = (
    ("esc", "back"),
    ("j k PgDn PgUp", "scroll"),
    ("t", "topics"),
    ("/", "find"),
    ("n N", "again"),
    ("[ ]", "pages"),
)


class PagesScreen(CommandScreen):
    """One page at a time; `/` finds words on all pages, this one first."""

    CSS_PATH = "pages.tcss"
    context = "help"
    own_keys = _FOOT

    def __init__(self, topic: str = INDEX) -> None:
        super().__init__()
        self._topic = topic
        self._words = ""
        self._at = -1
        """The index, in reading order, of the part of the page with the last match."""
        self._said = ""

    def compose(self) -> ComposeResult:
        yield Rows(id="head")
        yield MarkdownViewer(page(self._topic).text, show_table_of_contents=False, open_links=False)
        yield Rows(id="foot")

    def on_resize(self, _: events.Resize) -> None:
        self.redraw()

    def redraw(self) -> None:
        width, theme = self.app.size.width, self.theme_now
        title = f" {page(self._topic).title}"
        head: list[Piece] = [(f"{title}  {self._said}".ljust(width), theme.bar)]
        foot: list[Piece] = [("  ", theme.muted)]
        for keys, what in _FOOT:
            foot += [(keys, theme.strong), (f" {what}  ", theme.muted)]
        self.query_one("#head", Rows).show([strip(head)])
        self.query_one("#foot", Rows).show([strip(foot)])

    def take(self, key: str) -> None:
        view = self.query_one(MarkdownViewer)
        room = max(1, view.size.height - 2)
        steps = {**row_steps(room), "enter": 1, "space": room}
        if key == "escape" and self._words:
            self._end_search()
        elif key in ("escape", "q", "?"):
            self.app.pop_screen()
        elif key in steps:
            view.scroll_to(y=view.scroll_y + steps[key], animate=False)
        elif key in ("n", "N") and self._words:
            self._find(1 if key == "n" else -1)
        elif key in ("]", "["):
            every = (INDEX, *topics())
            self._open(every[(every.index(self._topic) + (1 if key == "]" else -1)) % len(every)])
        elif key == "/":
            self.app.push_screen(
                PromptScreen("find in all pages", self.theme_now, value=self._words, anew=True),
                self._search,
            )
        elif key == "t":
            offers = [
                Offer(topic, page(topic).summary, (page(topic).title,))
                for topic in (INDEX, *topics())
            ]
            self.app.push_screen(
                PromptScreen("topic", self.theme_now, offers=offers, strict=True), self._chosen
            )
        else:
            self.everywhere(key)

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        """Follow a link to another page; other links need a browser."""
        event.stop()
        topic = event.href.removesuffix(".md")
        if topic in topics():
            self._open(topic)

    # --- pages

    def _chosen(self, topic: str | None) -> None:
        if topic is not None:
            self._open(topic)

    def _open(self, topic: str, *, then: int = 0) -> None:
        """Show a page from its top; with `then` 1 or -1, its first or last place with the words."""
        self._topic, self._at, self._said = topic, -1, ""
        self.redraw()
        view = self.query_one(MarkdownViewer)

        async def show() -> None:
            await view.document.update(page(topic).text)
            view.scroll_home(animate=False)
            if then:
                self.call_after_refresh(self._find, then, here=True)

        self.call_next(show)

    # --- finding

    def _search(self, words: str | None) -> None:
        self._words, self._at = (words or "").strip().casefold(), -1
        if self._words:
            self._find(1)

    def _end_search(self) -> None:
        self._words = self._said = ""
        for part in self._parts():
            part.remove_class("found")
        self.redraw()

    def _parts(self) -> list[Widget]:
        """The parts of the page with text of their own, in reading order."""
        document = self.query_one(MarkdownViewer).document
        return list(document.query("MarkdownBlock, MarkdownTableCellContents"))

    def _find(self, step: int, *, here: bool = False) -> None:
        """Go to the next (1) or previous (-1) place with the words: on this page and then, unless
        `here`, on the others in turn."""
        parts = self._parts()
        for part in parts:
            part.remove_class("found")
        begun = self._at if self._at >= 0 or step > 0 else len(parts)
        for i in range(begun + step, len(parts) if step > 0 else -1, step):
            if self._words in _text(parts[i]):
                self._at, self._said = i, f"“{self._words}”"
                parts[i].add_class("found")
                parts[i].scroll_visible(animate=False, top=True)
                self.redraw()
                return
        every = (INDEX, *topics())
        now = every.index(self._topic)
        for k in range(1, 1 if here else len(every)):
            topic = every[(now + step * k) % len(every)]
            if self._words in page(topic).text.casefold():
                self._open(topic, then=step)
                return
        self._said = f"no other place with “{self._words}”"
        self.redraw()


def _text(part: Widget) -> str:
    """The words of a part itself, not of the parts within it."""
    return str(part.render()).casefold()


__all__ = ["PagesScreen"]
