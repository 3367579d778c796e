"""Same words, two names: a page of pairs that annotators named differently, which one key decides
together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from annotator.errors import StoreError
from annotator.model.names import Name, NameKind, Ruling, names_line
from annotator.model.text import enumerated, percent, plural
from annotator.project import Project
from annotator.tui.screens.prompt import PromptScreen
from annotator.tui.screens.rows import RowsScreen, row_steps
from annotator.tui.styled_rows import PLAIN, Piece, clip, justify, strip
from annotator.tui.widgets.rows import Rows
from annotator.workflows.names.closed import not_one
from annotator.workflows.names.harmonise import (
    PAGE,
    Answer,
    Harmonising,
    PageMark,
    PairQueue,
    contradiction,
    decide,
    proposed,
)
from annotator.workflows.names.offers import Offer
from annotator.workflows.names.rulings import undo

SIGNS: dict[PageMark, tuple[str, str]] = {
    "same": ("✓", "="),
    "different": ("✗", "≠"),
    "parent": ("↑", "under"),
    "opposite": ("−", "not:"),
    "later": ("·", "?"),
}
"""The signs before a pair and between its names, by the pair's mark."""
_NEXT: dict[PageMark, PageMark] = {"same": "different", "different": "later"}


class HarmoniseScreen(RowsScreen):
    """The pairs in the order of what they move. A digit or space marks a pair as really different,
    and pressed again as one for later; enter decides the page. The codings stay as they were made.
    `first` are names to begin with."""

    context = "help"
    follows = True
    own_keys = (
        ("enter", "decide the page as it is marked; one undo takes it back"),
        (".", "decide only the pair in focus"),
        ("1-9 0 space", "switch between one and the same, really different, and later"),
        ("s", "swap the two names, so that the other one stays or is the parent"),
        ("e", "write the name that stays"),
        ("x p o", "really different; parent and child; opposites"),
        ("u", "take back the last page"),
        ("n N", "go to the next or previous page without deciding anything"),
        ("j k", "down, up"),
        ("esc", "back"),
    )

    def __init__(
        self,
        project: Project,
        reviewer: str | None,
        *,
        first: tuple[NameKind, Sequence[str]] | None = None,
        documents: Collection[str] | None = None,
        changed: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self._project, self._reviewer = project, reviewer
        self._first, self._changed = first, changed
        self._harmonising, self._codebook = (
            Harmonising(project, documents),
            project.names.codebook(),
        )
        self._answers: list[Answer] = []
        self._rulings: list[Ruling] = []
        self._from = self._at = 0
        self._message = ""
        self._queue = self._read()

    def begins_with(self, kind: NameKind, names: Sequence[str]) -> bool:
        """Whether the first pair consists of these names."""
        pairs = self._queue.pairs
        return (
            bool(pairs) and pairs[0].kind == kind and {pairs[0].one, pairs[0].other} <= set(names)
        )

    def mounted(self) -> None:
        self._page(0)

    def resized(self) -> None:
        if self._per_page != len(self._answers):
            self._page(self._from)
        self.redraw()

    def others_changed(self, documents: Collection[str]) -> None:
        """Leave out what somebody else has decided, and follow names in the work of annotators. The
        page stays as it is if all its pairs are still asked about; otherwise the marks on the other
        pairs stay."""
        ruled = self._project.names.rulings() != self._rulings
        if not self._harmonising.reread(documents) and not ruled:
            return
        held = {answer.pair.names: answer for answer in self._answers}
        focus = self._answers[self._at].pair.names if self._answers else None
        self._queue = self._read()
        if held and held.keys() <= {pair.names for pair in self._queue.pairs}:
            self.redraw()
            return
        self._page(self._from, held)
        names = [one.pair.names for one in self._answers]
        self._at = names.index(focus) if focus in names else 0
        self.say("names changed meanwhile: look at the page again")

    def _read(self) -> PairQueue:
        """Read the queue as it is after the rulings."""
        self._rulings = self._project.names.rulings()
        found = self._harmonising.queue()
        if self._first is None:
            return found
        kind, names = self._first
        first = {(kind, name) for name in names}
        return replace(found, pairs=sorted(found.pairs, key=lambda pair: not pair.names <= first))

    @property
    def _per_page(self) -> int:
        """The number of pairs on a page: no more than are visible, since enter decides them all."""
        return max(1, min(PAGE, (self.app.size.height - 3) // 2))

    def _page(self, start: int, held: Mapping[frozenset[Name], Answer] | None = None) -> None:
        """The pairs of a page as they are `held`, or else as proposed; the last page if there are
        fewer pages."""
        last = max(0, (len(self._queue.pairs) - 1) // self._per_page * self._per_page)
        self._from, self._at = max(0, min(start, last)), 0
        pairs = self._queue.pairs[self._from : self._from + self._per_page]
        self._answers = [
            replace(held[pair.names], pair=pair)
            if held and pair.names in held
            else proposed(pair, self._codebook)
            for pair in pairs
        ]
        self.redraw()

    # --- what is shown

    def redraw(self) -> None:
        width, height = self.app.size
        theme, left = self.theme_now, len(self._queue.pairs)
        of = (
            f"{self._from + 1}-{self._from + len(self._answers)} of {left} "
            if left
            else "none left "
        )
        title = f" Same words, two names: {figure(self._queue)}"
        head = [(text, theme.bar) for text, _ in justify([(title, PLAIN)], [(of, PLAIN)], width)]
        rows: list[list[Piece]] = [head]
        for i in range(len(self._answers)):
            rows += self._pair(i, width)
        if not self._answers:
            rows.append([("   nothing left to decide", theme.muted)])
        rows = rows[: height - 2]
        rows += [[]] * (height - 2 - len(rows))
        rows += [
            [(f" {clip(self._evidence(), width - 2)}", theme.strong)],
            self._footer(),
        ]
        self.lay_message(rows, height - 2, upwards=True)
        self.query_one(Rows).show([strip(row) for row in rows])

    def _pair(self, at: int, width: int) -> list[list[Piece]]:
        """Two rows: the digit, the mark and the name that stays; then the other name and the
        evidence for the pair."""
        answer, theme = self._answers[at], self.theme_now
        pair, here = answer.pair, at == self._at
        sign, between = SIGNS[answer.mark]
        style = theme.strong if here else PLAIN
        alike = percent(pair.likeness, narrow=True)
        facts = f" {alike} alike  {plural(pair.times, 'place')}  {plural(pair.leverage, 'stance')} "
        # The child stands above its parent.
        over, under = (
            (answer.goes, answer.stays) if answer.mark == "parent" else (answer.stays, answer.goes)
        )
        if answer.instead and answer.mark == "same":
            over, under = answer.instead, f"{answer.stays} {between} {answer.goes}"
        lead = f"{between:>5} "
        above: list[Piece] = [
            (f"{'▸' if here else ' '}{(at + 1) % 10} {sign} ", theme.strong),
            (clip(over, width - 16), style),
        ]
        below: list[Piece] = [
            (lead, theme.muted),
            (clip(under, width - len(facts) - len(lead) - 1), style),
        ]
        return [
            justify(above, [(f"{pair.kind} ", theme.muted)], width),
            justify(below, [(facts, theme.muted)], width),
        ]

    def _evidence(self) -> str:
        """The words at a place of the pair in focus."""
        return f"“{self._answers[self._at].pair.words}”" if self._answers else ""

    def _footer(self) -> list[Piece]:
        keys = (
            ("enter", "rule page"),
            ("1-0", "untick"),
            ("s", "swap"),
            ("x p o", "others"),
            ("u", "undo"),
            ("n", "next"),
        )
        return self.foot(keys)

    # --- keys

    def take(self, key: str) -> None:
        steps, self._message = row_steps(self._per_page), ""
        if self.go_back(key) or self.everywhere(key):
            pass
        elif key == "u":
            self._undo()
        elif key in ("n", "N", "pagedown", "pageup"):
            self._page(
                self._from + (self._per_page if key in ("n", "pagedown") else -self._per_page)
            )
        elif not self._answers:
            pass
        elif key.isdecimal():
            at = (int(key) - 1) % 10
            if at < len(self._answers):
                self._at = at
                self._mark(_NEXT.get(self._answers[at].mark, "same"))
        elif key in steps:
            self._at = max(0, min(len(self._answers) - 1, self._at + steps[key]))
            self.redraw()
        else:
            self._on_pair(key)

    def _on_pair(self, key: str) -> None:
        """Keys for the pair in focus, and those that decide."""
        here = self._answers[self._at]
        marks: dict[str, PageMark] = {"x": "different", "p": "parent", "o": "opposite"}
        if key == "enter":
            self._rule(self._answers)
        elif key == ".":
            self._rule([here])
        elif key == "space":
            self._mark(_NEXT.get(here.mark, "same"))
        elif key == "s":
            self._answers[self._at] = here.swapped()
            self.redraw()
        elif key == "o" and here.pair.kind == "entity":
            self.say("only concepts have an opposite")
        elif key in marks:
            self._mark(marks[key] if here.mark != marks[key] else "same")
        elif key == "e":
            offers = [Offer(here.stays), Offer(here.goes)]
            self.app.push_screen(
                PromptScreen(
                    "which name should stay for both?",
                    self.theme_now,
                    value=here.stays,
                    offers=offers,
                ),
                self._named,
            )

    def _mark(self, mark: PageMark) -> None:
        self._answers[self._at] = replace(self._answers[self._at], mark=mark)
        self.redraw()

    def _named(self, answer: str | None) -> None:
        """Let a name stay that neither annotator wrote."""
        pair = self._answers[self._at].pair
        if answer is None:
            return
        name = names_line(pair.kind, answer)
        if problem := not_one(self._project, pair.kind, name):
            self.say(problem)
        else:
            own = name in (pair.one, pair.other)
            stays = name if own else self._answers[self._at].stays
            self._answers[self._at] = Answer(pair, "same", stays, "" if own else name)
            self.redraw()

    def _rule(self, answers: list[Answer]) -> None:
        if problem := contradiction(answers):
            self.say(f"{problem}: untick one of them")
            return
        try:
            decide(self._project, answers, reviewer=self._reviewer)
        except StoreError as error:
            self.say(f"not written: {error.message}")
            return
        self._after(_ruled(answers))

    def _undo(self) -> None:
        try:
            taken = undo(self._project, reviewer=self._reviewer)
        except StoreError as error:
            self.say(f"not written: {error.message}")
            return
        names = enumerated(ruling.name for ruling in taken)
        self._after(f"taken back: {names}" if taken else "nothing to take back")

    def _after(self, message: str) -> None:
        if self._changed is not None:
            self._changed()
        held, at = {answer.pair.names: answer for answer in self._answers}, self._at
        self._queue = self._read()
        # The marks on pairs that are still asked about stay, and so does the focus.
        self._page(self._from, held)
        self._at = max(0, min(at, len(self._answers) - 1))
        self.say(message)


def _ruled(answers: list[Answer]) -> str:
    """The ruling in words."""
    words: dict[PageMark, str] = {
        "same": "one and the same",
        "different": "really different",
        "parent": "under a parent",
        "opposite": "opposites",
        "later": "left for later",
    }
    counts = {mark: sum(answer.mark == mark for answer in answers) for mark in words}
    return (
        ", ".join(f"{number} {words[mark]}" for mark, number in counts.items() if number)
        + "; u takes it back"
    )


def figure(found: PairQueue) -> str:
    """“Who says what” as coded and after the rulings so far."""
    if found.before is None or found.now is None:
        return "who says what –"
    return f"who says what {found.before:.2f} as coded, {found.now:.2f} now"


__all__ = ["HarmoniseScreen", "figure"]
