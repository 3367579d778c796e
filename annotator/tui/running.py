"""Runs the terminal application to its end, to annotate or to review."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from pathlib import Path

from annotator.config import FILE
from annotator.errors import StoreError, UsageError
from annotator.model.record import GOLD
from annotator.project import Project
from annotator.tui.app import AnnotatorApp
from annotator.tui.key_map import check_labels, key_map
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.session import Session
from annotator.tui.theme import THEMES
from annotator.workflows.background import Background

PATIENCE = 0.5
"""Seconds that a key waits for a locked database; then a
banner says so, and saving is tried again."""


def run_review(
    project: Project,
    *,
    strategy: str,
    document: str | None = None,
    hidden: bool = False,
    reviewer: str | None = None,
    by_leverage: bool = False,
) -> int:
    """Run the application for review to its end. `reviewer` is the person who decides. Returns the
    exit code.

    Raises UsageError if the keys or the theme are invalid, or if there is nothing to review.
    """
    from annotator.tui.reviewing import Adjudicating
    from annotator.tui.screens.review import ReviewScreen
    from annotator.workflows.review.redefinition import requeue

    came_back = requeue(project)
    source = Adjudicating(
        project, strategy=strategy, hidden=hidden or project.config.hide_names, reviewer=reviewer
    )
    session = Session(project, GOLD, project.new_session(), source=source)
    if not session.queue.ids():
        raise UsageError(
            "nobody has finished a document yet",
            hint="`annotator status` shows how far everybody is",
        )
    changed = ", ".join(label for label, count in came_back.items() if count)
    session.queue.greeting = (
        f"the definition of {changed} changed: what was decided by it is open again"
        if changed
        else ""
    )
    if by_leverage:
        session.queue.greeting = " · ".join(
            filter(None, (session.queue.greeting, session.queue.turn_order()))
        )
    return _run(project, session, document, lambda session: ReviewScreen(session, source))


def run(project: Project, *, annotator: str, document: str | None = None) -> int:
    """Run the terminal application to its end. Returns the exit code.

    Raises UsageError if the project's keys or theme are invalid.
    """
    background = Background(project.root)
    background.resume()
    session = Session(project, annotator, project.new_session(), background=background)
    return _run(project, session, document, AnnotateScreen)


def _run(
    project: Project,
    session: Session,
    document: str | None,
    screen: Callable[[Session], AnnotateScreen],
) -> int:
    file = str(Path(project.root) / FILE)
    theme = project.config.theme
    if theme and theme not in THEMES:
        raise UsageError(
            f"“{theme}” is not a theme",
            file=file,
            key="theme",
            hint=f"Use one of {', '.join(THEMES)}",
        )
    keys = key_map(project.config.keys, file=file)
    check_labels(keys, project.schema, file=file)
    session.saving.patience = PATIENCE
    project.wait_at_most(PATIENCE)
    project.journal.reserve()
    # Warnings would be written over the screen; `annotator doctor` reports what they say.
    logging.getLogger("annotator").addHandler(logging.NullHandler())
    # Starting creates many objects that stay and hardly any garbage; on_ready turns collection on
    # again.
    gc.disable()
    code = (
        AnnotatorApp(session, keys, document=document, screen=screen).run(
            mouse=project.config.mouse
        )
        or 0
    )
    if not session.saving.safe:
        why = session.saving.error.message if session.saving.error else "unknown"
        raise StoreError(f"{session.saving.kept_message()}: {why}", file=project.root)
    return code


__all__ = ["run", "run_review"]
