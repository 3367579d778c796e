"""Lists over the whole project: the registry of names with its mentions, and places that were found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from annotator.errors import StoreError, UsageError
from annotator.tui.screens.listing import Line, ListScreen
from annotator.tui.screens.prompt import Offer, Prompt
from annotator.workflows.naming import Entry, Kind, entries, mentions, rename
from annotator.workflows.search import Hit, pattern, search

if TYPE_CHECKING:
    from annotator.tui.app import AnnotatorApp


def registry_screen(app: AnnotatorApp, kind: Kind) -> ListScreen:
    """The entities or concepts that the annotator gave; enter lists the mentions, r renames or merges."""
    session = app.session
    known: list[Entry] = []

    def lines() -> Sequence[Line]:
        known[:] = entries(session.project, session.annotator, kind)
        return [Line(e.name, f"{e.count}  {', '.join(f for f in e.forms[:4] if f != e.name)}") for e in known]

    def change(at: int) -> None:
        entry = known[at]
        offers = [Offer(e.name, f"{e.count}: merge with it") for e in known if e.name != entry.name]

        def answered(answer: str | None) -> None:
            if answer is None:
                return
            try:
                rename(session.project, session.annotator, kind, entry.name, answer)
            except StoreError as error:
                session.error = error
            session.reload()

        app.push_screen(
            Prompt(f"new name of “{entry.name}”", app.look, value=entry.name, offers=offers), answered
        )

    def choose(at: int) -> None:
        app.push_screen(_mentions(app, kind, known[at].name))

    title = "Entities" if kind == "entity" else "Concepts"
    key = "i on an item gives it one"
    return ListScreen(title, lines, choose, keys={"r": ("rename, merge", change)}, empty=f"none yet; {key}")


def _mentions(app: AnnotatorApp, kind: Kind, name: str) -> ListScreen:
    session = app.session
    found = mentions(session.project, session.annotator, kind, name)

    def choose(at: int) -> None:
        app.go_to(found[at].document, found[at].paragraph, found[at].item)

    lines = [Line(f"“{m.quote}”", f"{m.document} ¶ {m.paragraph + 1}") for m in found]
    return ListScreen(f"Mentions of {name}", lambda: lines, choose)


def find_everywhere(app: AnnotatorApp) -> None:
    """Ask for text, and list the places in all documents."""

    def check(wanted: str) -> str:
        try:
            pattern(wanted)
        except UsageError as error:
            return error.message
        return ""

    def answered(wanted: str | None) -> None:
        if wanted:
            app.push_screen(_places(app, wanted, search(app.session.project, wanted)))

    app.push_screen(Prompt("find in all documents", app.look, check=check), answered)


def _places(app: AnnotatorApp, wanted: str, found: Sequence[Hit]) -> ListScreen:
    def choose(at: int) -> None:
        app.go_to(found[at].document, found[at].paragraph, None)

    lines = [Line(f"… {hit.context} …", f"{hit.document} ¶ {hit.paragraph + 1}") for hit in found]
    return ListScreen(f"Places with {wanted}", lambda: lines, choose, empty="no place")


__all__ = ["find_everywhere", "registry_screen"]
