"""Which screen a name opens. Screens open others by name through the shell, so that they need not
know each other. Each is imported when it is first opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from annotator.tui.shell import DocumentScreen, Shell

if TYPE_CHECKING:
    from annotator.workflows.names.matrix import Evidence


def _help(shell: Shell, context: str, own: Sequence[tuple[str, str]]) -> Screen[Any]:  # noqa: ARG001
    from annotator.tui.screens.help import HelpScreen

    return HelpScreen(context, own)


def _entities(shell: Shell) -> Screen[Any]:
    from annotator.tui.screens.name_list import RegistryScreen

    return RegistryScreen(shell, "entity")


def _concepts(shell: Shell) -> Screen[Any]:
    from annotator.tui.screens.name_list import RegistryScreen

    return RegistryScreen(shell, "concept")


def _find_everywhere(shell: Shell) -> None:
    """Ask for words first, and open the list of places that contain them."""
    from annotator.tui.screens.places import find_everywhere

    find_everywhere(shell)


def _agreement(shell: Shell) -> Screen[Any]:
    from annotator.tui.screens.agreement import AgreementScreen

    return AgreementScreen(shell.session.project.root)


def _asked(shell: Shell) -> Screen[Any]:
    from annotator.tui.screens.requests import asked_screen

    return asked_screen(shell)


def _learning(shell: Shell, say: Any, say_while: Any) -> Screen[Any]:
    from annotator.tui.screens.learning import learning_screen

    return learning_screen(shell.session, say, say_while)


def _form(shell: Shell, below: DocumentScreen) -> Screen[Any]:  # noqa: ARG001
    from annotator.tui.screens.form import FormScreen

    return FormScreen(below)


def _history(shell: Shell, below: DocumentScreen) -> Screen[Any]:  # noqa: ARG001
    from annotator.tui.screens.history import history_screen

    return history_screen(below)


def _matrix(shell: Shell) -> Screen[Any]:
    from annotator.tui.screens.matrix import MatrixScreen

    def jump(evidence: Evidence) -> None:
        shell.go_to(evidence.document, evidence.paragraph, evidence.item)

    return MatrixScreen(shell.session, jump)


def _queue(shell: Shell) -> Screen[Any]:
    from annotator.tui.screens.queue import QueueScreen

    return QueueScreen(shell.session)


ROUTES: Mapping[str, Callable[..., Screen[Any] | None]] = {
    "agreement": _agreement,
    "asked": _asked,
    "concepts": _concepts,
    "entities": _entities,
    "find_everywhere": _find_everywhere,
    "form": _form,
    "help": _help,
    "history": _history,
    "learning": _learning,
    "matrix": _matrix,
    "queue": _queue,
}
"""A function for each name that makes the screen from the shell and its subject; None if it opens
one later."""

__all__ = ["ROUTES"]
