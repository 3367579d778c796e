"""What the background process does, one request after the other. The screens tell of failures."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from annotator.errors import AnnotatorError, SuggesterError
from annotator.model.text import plural
from annotator.project import Project
from annotator.workflows import background
from annotator.workflows.background import FAILED, NICE, SUGGEST, TRAIN, WITHDRAW, log_line
from annotator.workflows.training.renewal import renew, withdraw
from annotator.workflows.training.train import TooLittle, train


def work(root: Path) -> int:
    """What the background process does: all that is wanted, one
    thing after the other; its exit code."""
    os.nice(NICE)
    # What is made while learning is kept to the end or freed at once: looking
    # for cycles in it finds next to nothing.
    gc.set_threshold(100_000)
    failed = 0
    jobs = (
        (WITHDRAW, _withdraw),
        (SUGGEST, lambda p: renew(p, log_line, only_missing=True)),
        (TRAIN, _learn),
    )
    while background.has_requests(root):
        with background.locked(root) as free:
            if not free:
                return 0  # Whoever holds the lock looks for what is wanted before it ends.
            for what in background.requeue_killed(root):
                failed |= _tried(root, partial(_given_up, what))
            while background.has_requests(root):
                for what, job in jobs:
                    if background.begin(root, what):
                        failed |= _tried(root, job)
                        background.finish(root, what)
    return failed


def _withdraw(project: Project) -> None:
    log_line(f"{plural(withdraw(project), 'suggestion')} withdrawn")


def _learn(project: Project) -> None:
    """Train; where there is nothing to learn from, what was rejected
    still counts for what is suggested."""
    try:
        train(project, progress=log_line)
    except TooLittle as error:
        log_line(f"not yet: {error.message}")
        renew(project, log_line)


def _given_up(what: str, _: Project) -> None:
    doing = {TRAIN: "trained", SUGGEST: "suggested", WITHDRAW: "withdrew suggestions"}[what]
    raise SuggesterError(f"the process was killed {background.TRIES} times while it {doing}")


def _tried(root: Path, what: Callable[[Project], object]) -> int:
    """Do it; a failure is told in the log and kept for the screens. 1 for a failure."""
    try:
        with Project.open(root) as project:
            try:
                what(project)
            except Exception as error:
                _keep(project, error)
                raise
    except AnnotatorError as error:
        log_line(f"failed: {error}")
        return 1
    except Exception:
        import traceback

        from annotator.suggesters.api import redacted

        log_line(f"failed: {redacted(traceback.format_exc())}")
        return 1
    return 0


def _keep(project: Project, error: Exception) -> None:
    """Keep why it failed, for the screens."""
    words = (
        error.message if isinstance(error, AnnotatorError) else f"{type(error).__name__}: {error}"
    )
    first = (words.strip().splitlines() or [""])[0]
    try:
        project.keep_setting(FAILED, f"{first[:160]} (see {background.LOG})")
    except AnnotatorError as other:
        log_line(f"and that cannot be kept: {other}")


__all__ = ["work"]
