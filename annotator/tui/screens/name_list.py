"""The lists of the entities and concepts that an annotator gave, with the rest of the codebook."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from annotator.errors import StoreError, UsageError
from annotator.model.decision_text import both_ends, both_ends_of
from annotator.model.names import names_line
from annotator.model.text import as_read, paragraph_number, plural
from annotator.tui.screens.entry import EntryScreen
from annotator.tui.screens.help import TextScreen
from annotator.tui.screens.listing import ListLine, ListScreen
from annotator.tui.screens.prompt import PromptScreen
from annotator.tui.styled_rows import Piece, paragraphs
from annotator.tui.theme import Theme
from annotator.workflows.names.closed import Proposal, not_allowed, not_one, proposals
from annotator.workflows.names.codebook import name_problem
from annotator.workflows.names.name_facts import (
    NameKind,
    RegistryEntry,
    described,
    entries,
    facts,
    mentions,
)
from annotator.workflows.names.offers import Offer
from annotator.workflows.names.renaming import rename, take_back

if TYPE_CHECKING:
    from annotator.tui.shell import Shell


_NAME = 60
"""The most code points of a name in a message."""


class RegistryScreen(ListScreen):
    """The entities or concepts that the annotator gave. Enter lists the mentions; keys rename,
    merge and take a renaming back."""

    def __init__(self, shell: Shell, kind: NameKind) -> None:
        self._session, self._kind = shell.session, kind
        self._entries: list[RegistryEntry] = []
        super().__init__(
            "Entities" if kind == "entity" else "Concepts",
            self._rows,
            self._list_mentions,
            keys={
                "r": ("rename, merge", self._ask_name),
                "e": ("edit", self._edit),
                "u": ("take it back", self._take_back),
                "h": ("same words, two names", self._harmonise),
                "w": ("all about it", self._tell_all),
                "a": ("write a new name into the codebook", self._ask_new),
                "p": ("names proposed for the codebook", self._list_proposals),
                **({"d": ("decide", self._decide)} if self._session.queue.decides else {}),
            },
            of_all=("u", "h", "a", "p"),
            follows=True,
            about=lambda at: described(self._session.project, kind, self._entries[at].name),
            empty="none yet; i on an item gives it one",
        )

    def _rows(self) -> Sequence[ListLine]:
        self._entries = entries(self._session.project, self._session.annotator, self._kind)
        return [
            ListLine(e.name, f"{e.count}×  {', '.join(f for f in e.forms[:4] if f != e.name)}")
            for e in self._entries
        ]

    def _list_mentions(self, at: int) -> None:
        self.shell.push_screen(_mentions(self.shell, self._kind, self._entries[at].name))

    def _tell_all(self, at: int) -> None:
        """Everything about a name; the line above the list has room for its beginning only."""
        name = self._entries[at].name

        def rows(_: Theme, width: int) -> list[list[Piece]]:
            found = facts(self._session.project, self._kind, name)
            return [row for fact in found for row in [*paragraphs(fact, width), []]]

        title = both_ends(name, self.app.size.width - 2)
        self.app.push_screen(TextScreen(title, rows, close="w"))

    def _ask_name(self, at: int) -> None:
        """Ask for another name of an entry; that of another entry merges the two."""
        entry = self._entries[at]
        offers = [
            Offer(e.name, f"{e.count}×  merge with it", e.forms)
            for e in self._entries
            if e.name != entry.name
        ]

        def answered(answer: str | None) -> None:
            if answer is not None:
                self._rename(entry, answer)

        self.shell.push_screen(
            PromptScreen(
                f"new name of “{entry.name}”",
                self.shell.look,
                value=entry.name,
                anew=True,
                offers=offers,
                check=partial(not_one, self._session.project, self._kind),
            ),
            answered,
        )

    def _rename(self, entry: RegistryEntry, answer: str) -> None:
        session, name = self._session, names_line(self._kind, answer)
        try:
            number = rename(
                session.project,
                session.annotator,
                self._kind,
                entry.name,
                name,
                reviewer=session.source.decided_by,
            )
        except StoreError as error:
            self.say(f"some of it could not be saved: {error.message}")
        else:
            merged = any(e.name == name for e in self._entries if e.name != entry.name)
            word = "merged with" if merged else "renamed to"
            self.reload()
            short = both_ends(name, _NAME)
            self.say(f"{plural(number, 'mention')} {word} “{short}”; u takes it back")
        session.reload()

    def _take_back(self, _: int) -> None:
        """Take back the annotator's latest renaming that stands, in all documents, also one of an
        earlier sitting."""
        self.say(self._taken_back())
        self.reload()
        self._session.reload()

    def _taken_back(self) -> str:
        session = self._session
        try:
            renaming, number = take_back(
                session.project, session.annotator, self._kind, reviewer=session.source.decided_by
            )
        except StoreError as error:
            return f"some of it could not be saved: {error.message}"
        if renaming is None:
            return "nothing was renamed"
        old, new = both_ends_of((renaming.old, renaming.new), _NAME)
        verb = "is" if number == 1 else "are"
        return f"{plural(number, 'mention')} {verb} “{old}” again, not “{new}”"

    def _edit(self, at: int) -> None:
        """Open what the codebook says about a name, to change it."""
        self.shell.push_screen(EntryScreen(self.shell, self._kind, self._entries[at].name))

    def _ask_new(self, _: int) -> None:
        """Ask for a name that the codebook does not have yet, and open its entry."""
        known = [one.name for one in self._entries]
        try:
            not_allowed(
                self._session.project, self._session.source.decided_by or self._session.annotator
            )
        except UsageError as error:
            self.say(error.message)
            return

        def answered(answer: str | None) -> None:
            if answer is not None:
                self.shell.push_screen(EntryScreen(self.shell, self._kind, as_read(answer)))

        self.shell.push_screen(
            PromptScreen(
                f"new {self._kind} for the codebook",
                self.shell.look,
                known=known,
                check=lambda answer: name_problem(self._kind, as_read(answer)),
            ),
            answered,
        )

    def _list_proposals(self, _: int) -> None:
        """The names that annotators proposed; enter opens the entry of one, to add it."""
        self.shell.push_screen(_proposals(self.shell, self._kind))

    def _harmonise(self, _: int) -> None:
        """The queue of names that annotators gave to the same words."""
        from annotator.tui.screens.harmonise import HarmoniseScreen

        self.shell.push_screen(
            HarmoniseScreen(
                self._session.project, self._session.annotator, changed=self._session.reload
            )
        )

    def _decide(self, at: int) -> None:
        """In review: decide the differences with this name, one after the other."""
        if reason := self.shell.decide(f'name:"{self._entries[at].name}"'):
            self.say(reason)


def _proposals(app: Shell, kind: NameKind) -> ListScreen:
    found: list[tuple[str, Proposal]] = []

    def rows() -> Sequence[ListLine]:
        codebook = app.session.project.names.codebook()
        found[:] = [
            (name, one)
            for one in proposals(app.session.project)
            for name in one.names
            if one.kind == kind and codebook.get(kind, name) is None
        ]
        return [ListLine(name, f"{one.who}, {one.document}: “{one.words}”") for name, one in found]

    def choose(at: int) -> None:
        app.push_screen(EntryScreen(app, kind, found[at][0]))

    title = "Entities proposed" if kind == "entity" else "Concepts proposed"
    return ListScreen(title, rows, choose, empty="nobody proposed a name", follows=True)


def _mentions(app: Shell, kind: NameKind, name: str) -> ListScreen:
    session = app.session
    found = mentions(session.project, session.annotator, kind, name)

    def choose(at: int) -> None:
        app.go_to(found[at].document, found[at].paragraph, found[at].item)

    lines = [
        ListLine(f"“{m.quote}”", f"{m.document} ¶ {paragraph_number(m.paragraph)}") for m in found
    ]
    return ListScreen(f"Mentions of {name}", lambda: lines, choose)


__all__ = ["RegistryScreen"]
