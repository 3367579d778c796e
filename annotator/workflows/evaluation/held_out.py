"""How good a project's suggestions are on held-out documents, and how good they were with fewer
paragraphs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from annotator.errors import SuggesterError, UsageError
from annotator.project import Project
from annotator.store.learning import Finished
from annotator.workflows.effort.scoring import Decided, Score, decided
from annotator.workflows.evaluation.arm import ALONE, LEARNING, SUGGESTERS, Arm
from annotator.workflows.training.base_model import taught
from annotator.workflows.training.material import Material

STEPS = (10, 20, 40, 80, 160, 320, 640, 1280, 2560)
"""The numbers of paragraphs on the learning curve; the last point has all."""


def parts(finished: Iterable[Finished], folds: int) -> int:
    """The number of parts that are held out if `folds` are requested: at most as many as there are
    documents with finished paragraphs.

    Raises UsageError for a single document.
    """
    documents = len({one.document for one in finished})
    if documents == 1:
        raise UsageError(
            "paragraphs of only one document are finished",
            hint="Leave out --folds, or finish paragraphs of another one",
        )
    return min(folds, documents)


def cross_validated(project: Project, material: Material, *, folds: int) -> dict[str, Any]:
    """What an annotator would see in documents from which nothing was learnt: figures by layer and
    label, JSON-able, for rules with memory and for the model, both with the memory of the other
    documents. `folds` is the number of parts held out, `folds_asked` the requested number.

    Raises UsageError with a single document.
    """
    asked, folds = folds, parts(material.finished, folds)
    documents = sorted({one.document for one in material.finished})
    fold = {name: i % folds for i, name in enumerate(documents)}
    score = {name: Score(project.schema) for name in (ALONE, LEARNING)}
    for number in range(folds):
        held = {name for name, part in fold.items() if part == number}
        model = _model(project, material, held, number + 1)
        for name, suggesters in SUGGESTERS.items():
            own = model if name == LEARNING else None
            arm = Arm(suggesters, project.schema, project.config, score[name], model=own)
            _judge(arm, material, held)
    return {
        "folds": folds,
        "folds_asked": asked,
        "documents": len(documents),
        "paragraphs": len(material.finished),
        "together": {name: one.together(0) for name, one in score.items()},
        "layers": {name: one.result() for name, one in score.items()},
    }


def _model(
    project: Project, material: Material, held: Collection[str], number: int
) -> tuple[int, bytes] | None:
    """A model of all documents but those `held` out, and its number; None if nothing is marked in
    the others."""
    finished = zip(material.examples, material.finished, strict=True)
    rest = [example for example, one in finished if one.document not in held]
    base = project.config.suggestions.base
    try:
        return number, taught(rest, project.schema, texts=material.texts, base=base).to_bytes()
    except SuggesterError:
        return None


def _judge(arm: Arm, material: Material, held: Collection[str]) -> None:
    """Judge the documents held out, with the memory of the others."""
    for one in material.finished:
        if one.document not in held:
            arm.remember(_decided(material, one))
    arm.renew()
    for one in material.finished:
        if one.document in held:
            arm.judge(_decided(material, one))


def _decided(material: Material, one: Finished) -> Decided:
    """A finished paragraph as it was decided."""
    record = material.records[one.document, one.annotator]
    return decided(record, record.document.paragraphs[one.paragraph])


def learning_curve(project: Project, material: Material) -> dict[int, dict[str, Any]]:
    """The figures of models of the first 10, 20, 40, ... paragraphs,
    each on paragraphs held out of its training."""
    count, base = len(material.examples), project.config.suggestions.base
    out: dict[int, dict[str, Any]] = {}
    for step in (*(n for n in STEPS if n < count), count):
        try:
            some = material.examples[:step]
            out[step] = taught(some, project.schema, texts=material.texts, base=base).metrics
        except SuggesterError:
            continue  # Nothing is marked in so few.
    return out


__all__ = ["STEPS", "cross_validated", "learning_curve", "parts"]
