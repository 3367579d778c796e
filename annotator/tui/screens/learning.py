"""What the project's model has learnt: figures by layer and label, and a curve over all models so
far."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from annotator.errors import StoreError
from annotator.project import Project
from annotator.tui.screens.help import TextScreen
from annotator.tui.session import Session
from annotator.tui.styled_rows import PLAIN, Piece, clip, paragraphs
from annotator.tui.theme import Theme
from annotator.workflows.background import (
    TRAIN,
    has_requests,
    is_switched_off,
    running,
)
from annotator.workflows.training import report
from annotator.workflows.training.summary import model_summary


def learning_screen(
    session: Session,
    say: Callable[[str], None],
    say_while: Callable[[str, Callable[[], bool]], None],
) -> TextScreen:
    """The screen. `t` starts training in the background and reports it in the queue: by `say`, or
    by `say_while` for as long as it runs."""

    def train() -> None:
        if session.background is None or is_switched_off():
            say("training is not possible from this screen; run annotator train")
            return
        session.background.start(TRAIN)
        if session.background.error:
            say(session.background.error)
            return
        root = session.project.root
        say_while(
            "a model is being trained in the background; you can go on working",
            lambda: running(root) or has_requests(root),
        )

    return TextScreen(
        "Learning", lambda theme, width: rows(session, theme, width), close="S", more={"t": train}
    )


_Line = tuple[str, bool]
"""A line, and whether it is strong."""

_WITHOUT_MODEL: Sequence[_Line] = (
    ("", False),
    ("Until there is one, suggestions come from the shipped model", False),
    ("(for the default labels), from rules, and from what was accepted before.", False),
)


def _of_models(project: Project) -> Sequence[_Line]:
    """The newest model, its figures, and how the models before it did."""
    models = project.learning.models(schema=project.schema.hashes)
    if not models:
        return _WITHOUT_MODEL
    row, shown = models[0], project.config.suggestions
    curve = report.over_models(models)
    learning = project.read_setting(report.CURVE, report.last_curve) or report.last_curve(None)
    return [
        ("", False),
        (report.head(row.number, row.trained_on, row.metrics.get("seconds")), True),
        (f"trained {row.created.replace('T', ' ').rstrip('Z')} UTC", False),
        ("", False),
        *((text, not text.startswith(" ")) for text in report.table(row.metrics)),
        ("", False),
        *((text, False) for text in report.complete(row.metrics)),
        (report.thresholds(shown.gate, shown.stances), False),
        ("", False),
        *((text, i == 0) for i, text in enumerate(curve)),
        ("", False),
        *((text, bool(text) and not text.startswith(" ")) for text in learning),
    ]


def rows(session: Session, theme: Theme, width: int) -> list[list[Piece]]:
    """The figures of the newest model for the project's schema, as lines."""
    project = session.project
    try:
        line, found = model_summary(project), _of_models(project)
    except StoreError as error:
        return [[(clip(error.message, width), PLAIN)]]
    lines = [
        (line or "this project has no model yet", True),
        (_now(session), False),
        *found,
    ]
    out: list[list[Piece]] = []
    for text, strong in lines:
        style = theme.strong if strong else PLAIN
        # Figures keep their columns; sentences are wrapped if they are too long.
        out += (
            paragraphs(text, width, style)
            if text and not text.startswith(" ")
            else [[(clip(text, width), style)]]
        )
    return out


def _now(session: Session) -> str:
    """What is happening, or when the next training is."""
    root, every = session.project.root, session.project.config.suggestions.retrain
    if session.background is None or is_switched_off():
        return "trained by annotator train"
    if session.background.error:
        return session.background.error
    if running(root):
        return "training now"
    if has_requests(root):
        return "training is queued"
    if not every:
        return "trained only by t or annotator train"
    first = "from the first finished paragraph on, later " if every > 1 else ""
    return f"trained {first}every {every}; t trains now"


__all__ = ["learning_screen", "rows"]
