"""What suggestions would have saved, as plain text in 80 columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from annotator.model.text import percent, plural
from annotator.workflows.evaluation.arm import ALONE, LEARNING
from annotator.workflows.training.report import bar, f1_of


def report(found: Mapping[str, Any]) -> list[str]:
    """The whole report: progress, then figures by layer and label."""
    lines = [
        f"{plural(found['paragraphs'], 'paragraph')} of "
        f"{plural(found['documents'], 'document')}, retrained every {found['every']}: "
        f"{plural(found['trainings'], 'time')}",
        *(
            [f"{plural(found['left_out'], 'unfinished paragraph')} left out"]
            if found["left_out"]
            else []
        ),
        "",
        f"{'':<13}{'by hand':>9}{'rules and memory':>25}{'learning':>24}",
        f"{'paragraphs':<13}{'keys':>9}{'keys':>11}{'saved':>8}{'wrong':>7}{'keys':>9}{'saved':>8}{'wrong':>7}",
    ]
    for window in found["windows"]:
        lines.append(_row(f"{window['first']}-{window['last']}", window))
    lines += [_row("second half", found["second_half"]), _row("all", found["together"]), ""]
    if "complete" in found:
        lines += [*completely(found["complete"]), ""]
    lines.append("keys saved while learning")
    for window in found["windows"]:
        share = window[LEARNING]["saved"]
        lines.append(
            f"  {window['first']:>5}-{window['last']:<5}  {bar(share or 0.0):<30}  {percent(share)}"
        )
    return [*lines, "", *table(found)]


def completely(found: Mapping[str, Any]) -> list[str]:
    """Complete coding with names: the number of keys, and what they are for."""
    if not found["entities"] and not found["concepts"]:
        return ["complete coding: the data contain no names"]
    return [
        f"complete coding, with names: {found['keys']} keys of {found['by_hand']} by hand, "
        f"{percent(found['saved'])} saved",
        f"  spans and stances {found['spans_and_stances']}, {found['entities']} entities "
        f"{found['entity']}, {plural(found['concepts'], 'concept')} {found['concept']}",
        f"  {plural(found['wrong_names'], 'wrong name')} filled in without a question",
    ]


def _row(name: str, both: Mapping[str, Any]) -> str:
    out = f"{name:<13}{both[ALONE]['without']:>9}"
    for arm, width in ((ALONE, 11), (LEARNING, 9)):
        one = both[arm]
        saved = percent(one["saved"], narrow=True)
        out += f"{one['keys']:>{width}}{saved:>8}{decimal(one['wrong']):>7}"
    return out


def table(found: Mapping[str, Any]) -> list[str]:
    """Figures by layer and label of what annotators would have seen: F1 of both ways, and precision
    and recall of the model."""
    if "folds" in found:
        lines = [
            f"as annotators would see it, {found['folds']} parts of "
            f"{plural(found['documents'], 'document')} held out in turn"
        ]
    else:
        lines = ["as annotators would have seen it"]
    lines += [
        "",
        f"{'':<26}{'rules and':>12}{'learning':>33}",
        f"{'':<26}{'memory F1':>12}{'F1':>9}{'precision':>12}{'recall':>9}{'marked':>9}",
    ]
    alone, mine = found["layers"][ALONE], found["layers"][LEARNING]
    for layer, figures in mine.items():
        other = alone.get(layer, {"all": {}, "labels": {}})
        lines += ["", _scores(layer, other["all"], figures["all"])]
        for label, scores in figures["labels"].items():
            lines.append(_scores(f"  {label}", other["labels"].get(label, {}), scores))
        lines.append(
            f"  saved {percent(figures['saved'])} (rules and memory "
            f"{percent(other.get('saved'))}), {decimal(figures['keys_per_item'])} keys per item, "
            f"{decimal(figures['wrong'])} wrong per paragraph"
        )
    return lines


def decimal(value: float | None) -> str:
    """A number with one decimal."""
    return "–" if value is None else f"{value:.1f}"


def _scores(name: str, alone: Mapping[str, Any], mine: Mapping[str, Any]) -> str:
    values = (f1_of(alone), f1_of(mine), mine["precision"], mine["recall"])
    shown = ("–" if v is None else f"{v:.2f}".removeprefix("0") for v in values)
    figures = "".join(f"{text:>{width}}" for text, width in zip(shown, (12, 9, 12, 9), strict=True))
    return f"{name[:26]:<26}{figures}{mine['wanted']:>9}"


__all__ = ["decimal", "report", "table"]
