"""What the background process does, one request after the other. The screens report failures."""

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
from annotator.workflows.background import NICE, SUGGEST, TRAIN, WITHDRAW, log_line
from annotator.workflows.training.renewal import renew, withdraw
from annotator.workflows.training.summary import FAILED
from annotator.workflows.training.train import TooLittle, train


def work(root: Path) -> int:
    """Run the background process: handle all requests, one after the other. Returns the exit
    code."""
    os.nice(NICE)
    # Objects made while learning are kept to the end or freed at once, so looking for cycles finds
    # next to nothing.
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
                return 0  # The process that holds the lock checks for requests before it ends.
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
    """Train. If there is nothing to learn from, rejections still affect the suggestions."""
    another = partial(background.is_requested, project.root, TRAIN)
    try:
        train(project, progress=log_line, another_is_requested=another)
    except TooLittle as error:
        log_line(f"not yet: {error.message}")
        renew(project, log_line, enough=another)


def _given_up(what: str, _: Project) -> None:
    doing = {TRAIN: "trained", SUGGEST: "suggested", WITHDRAW: "withdrew suggestions"}[what]
    raise SuggesterError(f"the process was killed {background.TRIES} times while it {doing}")


def _tried(root: Path, what: Callable[[Project], object]) -> int:
    """Run a task. A failure is logged and kept for the screens. Returns 1 on failure."""
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
    """Keep the reason of a failure for the screens."""
    words = (
        error.message if isinstance(error, AnnotatorError) else f"{type(error).__name__}: {error}"
    )
    first = (words.strip().splitlines() or [""])[0]
    try:
        project.keep_setting(FAILED, f"{first[:160]} (see {background.LOG})")
    except AnnotatorError as other:
        log_line(f"and this cannot be stored: {other}")


__all__ = ["work"]
