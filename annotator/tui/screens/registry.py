"""Lists of the whole project: the registry of names with their mentions, and places that were
found."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.errors import AnnotatorError, StoreError
from annotator.model.decision_text import both_ends
from annotator.model.names import names_line
from annotator.model.text import paragraph_number, plural
from annotator.project import Project
from annotator.tui.screens.help import TextScreen
from annotator.tui.screens.listing import ListLine, ListScreen
from annotator.tui.screens.prompt import PromptScreen
from annotator.tui.styled_rows import Piece, paragraphs
from annotator.tui.theme import Theme
from annotator.workflows.names.closed import not_one
from annotator.workflows.names.offers import Offer
from annotator.workflows.names.registry import (
    NameKind,
    RegistryEntry,
    described,
    entries,
    facts,
    mentions,
)
from annotator.workflows.names.renaming import rename, take_back
from annotator.workflows.search import SearchMatch, pattern_problem, search

if TYPE_CHECKING:
    from annotator.tui.shell import Shell


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
                "u": ("take it back", self._take_back),
                "w": ("all about it", self._tell_all),
                "h": ("same words, two names", self._harmonise),
                **({"d": ("decide", self._decide)} if self._session.queue.decides else {}),
            },
            of_all=("u", "h"),
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
            told = facts(self._session.project, self._kind, name)
            return [row for fact in told for row in [*paragraphs(fact, width), []]]

        title = both_ends(name, self.app.size.width - 2)
        self.app.push_screen(TextScreen(title, rows, close="w"))

    def _ask_name(self, at: int) -> None:
        """Ask for another name of an entry; that of another entry merges the two."""
        entry = self._entries[at]
        offers = [
            Offer(e.name, f"{e.count}: merge with it", e.forms)
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
            told = both_ends(name, 32)
            self.say(f"{plural(number, 'mention')} {word} “{told}”; u takes it back")
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
        # Both names are told, however long they are, on a screen of 80 columns.
        old, new = (both_ends(name, 24) for name in (renaming.old, renaming.new))
        verb = "is" if number == 1 else "are"
        return f"{plural(number, 'mention')} {verb} “{old}” again, not “{new}”"

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
        if said := self.shell.decide(f'name:"{self._entries[at].name}"'):
            self.say(said)


def _mentions(app: Shell, kind: NameKind, name: str) -> ListScreen:
    session = app.session
    found = mentions(session.project, session.annotator, kind, name)

    def choose(at: int) -> None:
        app.go_to(found[at].document, found[at].paragraph, found[at].item)

    lines = [
        ListLine(f"“{m.quote}”", f"{m.document} ¶ {paragraph_number(m.paragraph)}") for m in found
    ]
    return ListScreen(f"Mentions of {name}", lambda: lines, choose)


def find_everywhere(app: Shell) -> None:
    """Ask for text, and list the places in all documents."""

    def answered(wanted: str | None) -> None:
        if wanted:
            app.push_screen(PlacesScreen(app, wanted))

    app.push_screen(
        PromptScreen("find in all documents", app.look, check=pattern_problem), answered
    )


class PlacesScreen(ListScreen):
    """Places with some words in all documents. A thread looks for them, so that the screen never
    waits."""

    def __init__(self, app: Shell, wanted: str) -> None:
        self._hits: list[SearchMatch] = []
        self._root: Path = app.session.project.root
        self._words = wanted
        super().__init__(f"Places with {wanted}", self._shown, self._go, empty="looking ...")

    def mounted(self) -> None:
        self.run_worker(self._look, thread=True, exclusive=True)

    def _look(self) -> None:
        try:
            with Project.open(self._root) as project:
                found, problem = search(project, self._words, limit=MOST), ""
        except AnnotatorError as error:
            found, problem = [], error.message
        self.app.call_from_thread(self._found, found, problem)

    def _found(self, hits: list[SearchMatch], problem: str) -> None:
        self._hits, self._empty = hits, problem or "no place"
        if self.is_current:
            self.reload()
            if len(hits) == MOST:
                self.say(f"the first {MOST}; add words to find fewer")

    def _shown(self) -> list[ListLine]:
        return [
            ListLine(f"… {hit.context} …", f"{hit.document} ¶ {paragraph_number(hit.paragraph)}")
            for hit in self._hits
        ]

    def _go(self, at: int) -> None:
        hit = self._hits[at]
        self.shell.go_to(hit.document, hit.paragraph, None, find=(self._words, hit.start))


MOST = 500
"""The number of places listed."""

__all__ = ["MOST", "PlacesScreen", "RegistryScreen", "find_everywhere"]
