"""The review screen: the annotate screen with the annotators' versions in lanes, and keys to choose by."""

from __future__ import annotations

from annotator.model import actions as do
from annotator.model.review import Mode
from annotator.model.span import Span
from annotator.tui.commands import Command
from annotator.tui.offers import Offer
from annotator.tui.reviewing import ReviewSession
from annotator.tui.rows import PLAIN, Piece, paragraphs
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.help import TextScreen, guideline_rows
from annotator.tui.screens.prompt import Prompt
from annotator.tui.theme import Theme
from annotator.tui.views.frame import Side
from annotator.tui.views.lanes import lanes
from annotator.workflows.review.discussion import MESSAGE, message_of, note_of
from annotator.workflows.review.redefinition import definitions_before


class ReviewScreen(AnnotateScreen):
    """Versions are chosen by number; everything else is as in annotating."""

    def __init__(self, session: ReviewSession) -> None:
        super().__init__(session)
        self.reviewing = session

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

    def side(self) -> Side | None:
        return self._lanes

    def _lanes(self, theme: Theme, width: int, height: int) -> list[list[Piece]]:
        """The lanes, in place of the statements."""
        session = self.reviewing
        return lanes(session.review, session.here(), session.voters(), session.proposed, theme, width, height)

    def _take_version(self, number: int) -> None:
        voters = self.reviewing.voters()
        difference = self.reviewing.in_focus()
        if difference is None:
            self.say("put the focus on a difference")
        elif number > len(voters):
            self.say(f"there are {len(voters)} annotators")
        else:
            who, name = voters[number - 1]
            self.reviewing.take(difference.version(who), f"the version of {name} stands")
            self.after()

    def run_take_majority(self) -> None:
        difference = self.reviewing.in_focus()
        if difference is None:
            self.act(do.Accept())
            return
        version = difference.majority()
        if version is None:
            self.say("no version has a majority")
            return
        words = (
            "the majority's version stands" if version else "the majority marked nothing: no version stands"
        )
        self.reviewing.take(version, words)
        self.after()

    def run_take_none(self) -> None:
        if self.reviewing.in_focus() is None:
            self.act(do.Reject())
            return
        self.reviewing.take((), "none of the versions stands")
        self.after()

    def run_take_edit(self) -> None:
        """The version in focus stands; then its bounds are changed, or of a relation the side is asked for."""
        item = self.session.review.focused
        if item is None:
            self.say("put the focus on a version")
            return
        difference = self.reviewing.in_focus()
        if difference is not None and item.pending:
            own = [c for c in difference.candidates if c.id == item.id]
            self.reviewing.take(own, "taken; now change it")
            self.session.do(do.FocusItem(item.id))
        if isinstance(item.value, Span):
            self.act(do.EditBounds())
        else:
            self.after()
            self.run_label()

    def run_reason(self) -> None:
        item = self.session.review.focused
        if item is None:
            self.say("put the focus on an item to give a reason")
            return
        message = message_of(item.note)
        offers = [Offer(code) for code in self.session.project.config.reasons]
        title = "reason: a code, or a code: and more words"
        prompt = Prompt(title, self.theme_now, value=_reason(item.note), offers=offers)
        self._ask(prompt, lambda text: self.act(do.Note(note_of(text, message))))

    def run_message(self) -> None:
        item = self.session.review.focused
        if item is None:
            self.say("put the focus on an item to write to its annotators")
            return
        prompt = Prompt("to the annotators, on this item", self.theme_now, value=message_of(item.note))
        self._ask(prompt, lambda text: self.act(do.Note(note_of(_reason(item.note), text))))

    def run_model_lane(self) -> None:
        self.reviewing.model_lane = not self.reviewing.model_lane
        self.say(f"the model's suggestions are {'shown' if self.reviewing.model_lane else 'hidden'}")

    def run_hide_names(self) -> None:
        self.reviewing.hidden = not self.reviewing.hidden
        self.session.reload()
        self.say(f"names are {'hidden' if self.reviewing.hidden else 'shown'}")

    def run_who_was_right(self) -> None:
        from annotator.workflows.review.alignment import right

        found = right(self.session.project, self.reviewing.strategy)

        def rows(theme: Theme, width: int) -> list[list[Piece]]:
            if not found:
                return paragraphs("no difference is decided yet", width, theme.muted)
            out: list[list[Piece]] = [
                [(f"{'layer':<10}{'came to':<16}{'annotator':<16}  right", theme.muted)]
            ]
            for r in found:
                out.append(
                    [(f"{r.layer:<10}{r.label:<16}{r.annotator:<16}", PLAIN), (f"{r.right:>4}", theme.strong),
                     (f" of {r.of}", theme.muted)]
                )  # fmt: skip
            return out

        self.app.push_screen(TextScreen("Who was right, by what review took", rows, close="W"))

    def run_guidelines(self) -> None:
        """As in annotating; above it what was said before, for a label whose definition changed."""
        item = self.session.review.focused
        before = definitions_before(self.session.project)
        text = before.get(f"{item.value.layer} {item.value.label}") if item is not None else None
        if item is None or text is None:
            super().run_guidelines()
            return
        value, schema = item.value, self.session.project.schema

        def rows(theme: Theme, width: int) -> list[list[Piece]]:
            half = (width - 3) // 2
            old = [
                [("before", theme.strong)],
                *(r for line in text.split("\n") for r in paragraphs(line, half)),
            ]
            new = [[("now", theme.strong)], *guideline_rows(schema, value.layer, value.label, theme, half)]
            out: list[list[Piece]] = []
            for i in range(max(len(old), len(new))):
                left = old[i] if i < len(old) else []
                room = half - sum(len(t) for t, _ in left)
                out.append(
                    [*left, (" " * max(0, room) + " │ ", theme.muted), *(new[i] if i < len(new) else [])]
                )
            return out

        self.app.push_screen(TextScreen("Guidelines, before and now", rows, close="g"))

    def commands(self) -> list[Command]:
        """Those of review, then those of annotating that it does not replace."""
        return list(dict.fromkeys(self.key_map.by_context[self.context].values()))


def _reason(note: str) -> str:
    """A note without what it says to the annotators."""
    return note.partition(MESSAGE)[0].strip()


__all__ = ["ReviewScreen"]
