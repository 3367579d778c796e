"""Scrolling text on the whole screen: the keys, the guidelines of a label, why a suggestion was
made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from annotator.model.schema import Guideline, LabelSchema
from annotator.tui.commands import ANNOTATE, COMMANDS, Command
from annotator.tui.key_map import KeyMap, shown
from annotator.tui.screens.rows import RowsScreen, row_steps
from annotator.tui.styled_rows import PLAIN, Piece, justify, paragraphs, strip, width_of
from annotator.tui.theme import Theme
from annotator.tui.views.header_and_footer import foot_row
from annotator.tui.views.legend import REVIEW_LEGEND, legend
from annotator.tui.widgets.rows import Rows

Text = Callable[[Theme, int], list[list[Piece]]]

REVIEW = "Review"
"""The group of commands whose digits take versions; elsewhere they are the keys of labels."""

PAGES = "p"
"""The key that opens the pages of the documentation from the keys."""


class TextScreen(RowsScreen):
    """Rows to read. q, esc or the key that opened the screen goes back; / finds words. `more` are
    keys that go back and do something."""

    context = "help"
    own_keys = (
        ("j k", "down, up"),
        ("PgDn PgUp", "scroll by pages"),
        ("g G", "go to the beginning or the end"),
        ("/", "find words"),
        ("n N", "go to the next or previous place that was found"),
        ("esc", "end the search, or go back"),
    )

    def __init__(
        self,
        title: str,
        text: Text,
        *,
        close: str = "?",
        more: Mapping[str, Callable[[], None]] | None = None,
    ) -> None:
        super().__init__()
        self._more = dict(more or {})
        self._title, self._text, self._close, self._top = title, text, close, 0
        self._found: list[int] = []

    def _body(self) -> list[list[Piece]]:
        """All rows, and the places of the words that are searched for."""
        body = self._text(self.theme_now, max(20, min(self.app.size.width - 4, 100)))
        wanted = self._wanted.casefold()
        texts = ("".join(text for text, _ in row).casefold() for row in body)
        self._found = [i for i, text in enumerate(texts) if wanted and wanted in text]
        return body

    def redraw(self) -> None:
        width, height = self.app.size
        theme = self.theme_now
        body = self._body()
        room = max(1, height - 3)
        self._top = max(0, min(self._top, len(body) - room))
        more = (
            ""
            if len(body) <= room
            else f"  {self._top + 1}-{min(len(body), self._top + room)} of {len(body)}"
        )
        head: list[Piece] = [(f" {self._title}".ljust(width), theme.bar)]
        matches = ""
        if self._wanted:
            found = f"{len(self._found)} with “{self._wanted}”; n N"
            matches = found if self._found else f"nothing with “{self._wanted}”"
        rows = [
            [("  ", PLAIN), *(_marked(row, theme) if i in self._found else row)]
            for i, row in enumerate(body[self._top : self._top + room], self._top)
        ]
        rows += [[] for _ in range(room - len(rows))]
        tail: list[Piece] = [(f"{matches}{more} ", theme.muted)]
        keys = (("esc", "back"), ("/", "find"), *self._footer(), ("j k PgDn PgUp", "scroll"))
        foot = justify(foot_row(keys, theme, width - width_of(tail)), tail, width)
        whole = [head, [], *rows]
        self.lay_message(whole, 1)
        self.query_one(Rows).show([strip(row) for row in [*whole, foot]])

    def _footer(self) -> tuple[tuple[str, str], ...]:
        """More keys for the last line."""
        return ()

    def take(self, key: str) -> None:
        page = max(1, self.app.size.height - 4)
        steps = {**row_steps(page), "enter": 1, "space": page}
        if self._message:
            self._message = ""
            self.redraw()
        if self.go_back(key, (self._close,)):
            pass
        elif key in self._more:
            self.app.pop_screen()
            self.app.call_after_refresh(self._more[key])
        elif key == "/":
            self._ask_for_words()
        elif key in ("n", "N") and self._found:
            self._to_found(1 if key == "n" else -1)
        elif self.everywhere(key):
            pass
        elif key in steps:
            self._top = max(0, self._top + steps[key])
            self.redraw()

    def _ask_for_words(self) -> None:
        from annotator.tui.screens.prompt import PromptScreen

        def answered(answer: str | None) -> None:
            if answer is not None:
                self._wanted = answer.strip()
                self._body()
                self._top = next(
                    (i for i in self._found if i >= self._top), *self._found[:1] or [self._top]
                )
            self.redraw()

        self.app.push_screen(
            PromptScreen("find", self.theme_now, value=self._wanted, anew=True), answered
        )

    def _to_found(self, step: int) -> None:
        """Put the next or previous place at the top; after the last one, start from the other
        end."""
        beyond = [i for i in self._found if (i > self._top if step > 0 else i < self._top)]
        self._top = (beyond or self._found)[0 if step > 0 else -1]
        self.redraw()


def _marked(row: list[Piece], theme: Theme) -> list[Piece]:
    """A row with its matches marked."""
    return [(text, style + theme.strong) for text, style in row]


class HelpScreen(TextScreen):
    """The current keys, beginning with those of the screen from which it was opened."""

    def __init__(self, context: str, own: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(
            "Keys", lambda theme, width: self._rows(theme, width), more={PAGES: self._open_pages}
        )
        self._opened_in, self._own = context, own

    def _footer(self) -> tuple[tuple[str, str], ...]:
        return ((PAGES, "read the documentation"),)

    def _open_pages(self) -> None:
        from annotator.tui.screens.pages import PagesScreen

        self.shell.push_screen(PagesScreen())

    def _rows(self, theme: Theme, width: int) -> list[list[Piece]]:
        first = {"queue": "Queue", "review": REVIEW}.get(self._opened_in, "Decide")
        idle = () if self.shell.session.queue.assigned else ("mine",)
        rows: list[list[Piece]] = []
        if self._own:
            rows.append([("THIS SCREEN", theme.muted)])
            for key, words in self._own:
                rows += _key_row(key, words, theme, width)
            rows.append([])
        rows += [*_key_row(PAGES, "Open the pages of the documentation.", theme, width), []]
        marks: list[list[Piece]] = []
        if self._opened_in in (*ANNOTATE, "review"):
            marks = [[("MARKS AND WORDS", theme.muted)]]
            own = REVIEW_LEGEND if self._opened_in == "review" else ()
            for sign, words in (*own, *legend(self.key_map, self.shell.glyphs)):
                marks += _key_row(sign, words, theme, width)
            marks.append([])
        return [*rows, *key_rows(self.key_map, theme, width, first=first, idle=idle, then=marks)]


def key_rows(
    keys: KeyMap,
    theme: Theme,
    width: int,
    *,
    first: str = "Decide",
    idle: Collection[str] = (),
    then: Sequence[list[Piece]] = (),
) -> list[list[Piece]]:
    """All commands except the `idle` ones, by group, with the group `first` at the top, and the
    rows of `then` after it. If `first` is that of review, only what works there."""
    context = "review" if first == REVIEW else ""
    groups = list(dict.fromkeys(command.group for command in COMMANDS))
    groups.sort(key=lambda name: name != first)
    rows: list[list[Piece]] = []
    for group in groups:
        rows.append([(group.upper(), theme.muted)])
        if group == first == REVIEW:
            rows += _key_row(
                "1-9", "Take the version of the annotator with this number.", theme, width
            )
        for command in (c for c in COMMANDS if c.group == group and c.name not in idle):
            mine = [key for key in keys.keys[command.name] if _works(keys, command, key, context)]
            if mine or not keys.keys[command.name]:
                names = "  ".join(map(shown, mine))
                rows += _key_row(names, command.words(context), theme, width)
        rows.append([])
        rows += then if group == first else ()
    if first != REVIEW:
        words = "1-9 (the label's own key) labels the selection, or the span in focus."
        rows += paragraphs(words, width, theme.muted)
    return rows


def _works(keys: KeyMap, command: Command, key: str, context: str) -> bool:
    """Whether a key means the command where the help was opened, or somewhere else: review gives
    other commands to some keys of annotating."""
    others = set(command.contexts) - {"browse"}
    return context != "review" or bool(others) or keys.command(context, key) is command


def _key_row(names: str, words: str, theme: Theme, width: int) -> list[list[Piece]]:
    """Keys and what they do, in one row or more."""
    text = paragraphs(words, width - 20)
    first = [(f"  {names}".ljust(20)[:20], theme.strong), *text[0][1:]]
    return [first, *([(" " * 20, PLAIN), *row[1:]] for row in text[1:])]


def guideline_rows(
    schema: LabelSchema, layer: str, label: str, theme: Theme, width: int
) -> list[list[Piece]]:
    """What the schema says about a label, then about its layer."""
    known = schema.layer(layer)
    rows: list[list[Piece]] = []
    if known is None:
        return rows
    own = known.label(label)
    parts = [(f"{layer} · {label}", own.guideline)] if own else []
    for title, guideline in [*parts, (f"layer {known.title}", known.guideline)]:
        rows += [[(title, theme.strong)], *_guideline(guideline, theme, width), []]
    for attribute in known.attributes:
        values = f" ({', '.join(attribute.values)})" if attribute.values else ""
        rows += paragraphs(f"{attribute.name}{values}: {attribute.definition}", width)
    return rows


def _guideline(guideline: Guideline, theme: Theme, width: int) -> list[list[Piece]]:
    rows: list[list[Piece]] = []
    for part in guideline.definition.split("\n\n") if guideline.definition else ():
        rows += paragraphs(part, width)
    for head in ("include", "exclude", "examples", "borderline"):
        lines: tuple[str, ...] = getattr(guideline, head)
        if lines:
            rows.append([(head, theme.muted)])
        for line in lines:
            wrapped = paragraphs(line, width - 4, indent="")
            rows += [[("  · " if i == 0 else "    ", PLAIN), *row] for i, row in enumerate(wrapped)]
    return rows


__all__ = ["HelpScreen", "TextScreen", "guideline_rows", "key_rows"]
