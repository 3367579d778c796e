"""When a training is due: after the first finished paragraph, and then ever less often."""

from __future__ import annotations

from annotator.project import Project

TRIED = "train_tried"
"""Setting: the number of finished paragraphs when training last began."""


def paragraphs_until_next(tried: int, every: int) -> int:
    """How many more paragraphs must be finished after a training on `tried` of them: as many again,
    up to `every`. So the program learns at once from the first ones, each of which tells most."""
    return max(1, min(tried, every))


def training_is_due(project: Project) -> bool:
    """Whether enough paragraphs were finished since training last began. The setting
    `suggestions.retrain` is the longest pause; with 0, training never begins by itself."""
    every = project.config.suggestions.retrain
    if not every or "model" not in project.config.suggesters:
        return False
    tried = int(project.setting(TRIED) or 0)
    return project.learning.paragraphs_done() - tried >= paragraphs_until_next(tried, every)


__all__ = ["TRIED", "paragraphs_until_next", "training_is_due"]
