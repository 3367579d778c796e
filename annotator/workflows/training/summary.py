"""One line about the newest model, for the queue and for `annotator status`, and two words for the
header."""

from __future__ import annotations

from annotator.model.text import percent, plural
from annotator.project import Project

FAILED = "train_failed"
"""Setting: why the last training failed; empty if it did not."""

TRAINING_FAILED = "training failed"
"""What the header says then; the queue says why."""


def model_news(project: Project) -> str:
    """The newest model for the project's schema, or that training failed, in few words; empty if
    there is no model."""
    if project.setting(FAILED):
        return TRAINING_FAILED
    rows = project.learning.models(schema=project.schema.hashes, limit=1)
    return f"new model {rows[0].number}" if rows else ""


def model_summary(project: Project) -> str:
    """One line about the newest model for the project's schema, or about what went wrong; empty if
    there is no model."""
    failed = project.setting(FAILED)
    if failed:
        return f"training failed: {failed}"
    rows = project.learning.models(schema=project.schema.hashes, limit=1)
    if not rows:
        return ""
    (row,) = rows
    count = row.trained_on.get("paragraphs", 0)
    line = f"model {row.number}, from {plural(count, 'paragraph')},"
    last = row.metrics.get("last") or {}
    if last.get("saved") is not None:
        share = percent(last["saved"])
        saved = f"saves about {share} of keys" if last["saved"] > 0 else "saves no keys yet"
        whole = (row.metrics.get("complete") or {}).get("saved")
        names = "" if whole is None else f" ({percent(whole)} with names)"
        line += f" {saved}{names}"
    return line.rstrip(",")


__all__ = ["FAILED", "TRAINING_FAILED", "model_news", "model_summary"]
