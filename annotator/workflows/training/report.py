"""The report on what was learnt, as plain text in 80 columns: a table by layer and label, and
curves as bars."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.model.text import percent, plural
from annotator.store.learning import ModelRow

CURVE = "learning_curve"
"""The setting with the last learning curve."""

BAR = 30
"""The width of the longest bar."""

_EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A point of a curve: its subject, the number of paragraphs, and a share (None if unknown)."""

    name: str
    paragraphs: int
    share: float | None


def head(number: int, trained_on: Mapping[str, Any], seconds: float | None) -> str:
    """What the model was trained on, and how long it took."""
    parts = [
        plural(trained_on.get("paragraphs", 0), "paragraph"),
        plural(trained_on.get("documents", 0), "document"),
        plural(trained_on.get("annotators", 0), "annotator"),
    ]
    if trained_on.get("base"):
        parts.append(f"on top of {trained_on['base']} of the seeds")
    took = f" · {seconds:.1f} s of CPU" if seconds is not None else ""
    return f"model {number} · {', '.join(parts)}{took}"


def table(metrics: Mapping[str, Any]) -> list[str]:
    """Precision, recall and F1 of each label, on held-out paragraphs."""
    layers: Mapping[str, Any] = metrics.get("layers", {})
    if not layers:
        return ["there are too few paragraphs yet to hold some out and measure how good it is"]
    lines = [f"{'':<26}{'precision':>10}{'recall':>9}{'F1':>7}{'marked':>10}{'proposed':>11}"]
    covers = metrics.get("covers", ())
    for layer, found in layers.items():
        lines += ["", _row(layer, found["all"], indent=0)]
        lines += [_row(label, scores, indent=2) for label, scores in found["labels"].items()]
        lines += _kept(found, took_over=layer in covers)
    return lines


def complete(metrics: Mapping[str, Any]) -> list[str]:
    """A line about the cost of complete coding with names, and what the keys are for; empty if
    nothing was named, or if the model's version did not count it."""
    found: Mapping[str, Any] = metrics.get("complete") or {}
    if not found:
        return []
    return [
        f"with names {percent(found['saved'])} of keys are saved; a paragraph takes "
        f"{found['spans_and_stances']:.1f} for spans and stances, {found['entity']:.1f} for "
        f"entities, {found['concept']:.1f} for concepts "
        f"(the last {plural(found['paragraphs'], 'paragraph')})"
    ]


def _row(name: str, scores: Mapping[str, Any], *, indent: int) -> str:
    shown = f"{'':<{indent}}{name}"
    values = (scores["precision"], scores["recall"], f1_of(scores))
    figures = "".join(
        f"{_decimal(value):>{width}}" for value, width in zip(values, (10, 9, 7), strict=True)
    )
    return f"{shown[:26]:<26}{figures}{scores['wanted']:>10}{scores['proposed']:>11}"


def f1_of(scores: Mapping[str, Any]) -> float | None:
    """F1 for display: None if nothing was proposed or nothing marked, since precision or recall is
    then undefined."""
    shares = (scores.get("precision"), scores.get("recall"), scores.get("f1"))
    return None if None in shares else shares[2]


def _kept(found: Mapping[str, Any], *, took_over: bool) -> Iterable[str]:
    """What the layer saves, compared with rules and memory."""
    if found.get("saved") is None or found.get("alone") is None:
        return
    yield f"  saves {percent(found['saved'])} of keys, rules and memory {percent(found['alone'])}"
    if found.get("wrong") is not None:
        error = found.get("calibration_error")
        off = f", calibration error {_decimal(error)}" if error is not None else ""
        yield f"  {found['wrong']:.1f} wrong suggestions per paragraph{off}"
    if not took_over:
        yield "  rules and memory do as well or better, so theirs are shown"
    elif (found.get("saved_last") or 0.0) > (found.get("alone_last") or 0.0):
        yield "  its suggestions are shown"
    else:
        yield "  its suggestions are shown until more decisions say otherwise"


def curve(title: str, points: Sequence[CurvePoint], *, unit: str = "paragraphs") -> list[str]:
    """A bar for each point; there is none for a share below 0."""
    if not points:
        return []
    wide = max(len(point.name) for point in points)
    deep = max(len(str(point.paragraphs)) for point in points)
    lines = [title]
    for point in points:
        share = "unknown" if point.share is None else percent(point.share)
        lines.append(
            f"  {point.name:<{wide}}  {point.paragraphs:>{deep}} {unit}  "
            f"{bar(point.share or 0.0):<{BAR}}  {share}"
        )
    return lines


def bar(share: float) -> str:
    """A bar of eighths of a cell for a share in [0, 1]."""
    eighths = round(max(0.0, min(1.0, share)) * BAR * 8)
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def over_models(rows: Sequence[ModelRow], *, most: int = 12) -> list[str]:
    """Keys saved by the models so far, the last `most` of them, the oldest first."""
    points = [
        CurvePoint(
            f"model {row.number}",
            row.trained_on.get("paragraphs", 0),
            (row.metrics.get("last") or {}).get("saved"),
        )
        for row in reversed(rows[:most])
    ]
    return curve("keys saved in the last paragraphs before each training", points)


def over_prefixes(points: Mapping[int, Mapping[str, Any]]) -> list[str]:
    """F1 of each layer by the number of codings; a paragraph that two annotators finished counts
    twice."""
    names = dict.fromkeys(
        layer for metrics in points.values() for layer in metrics.get("layers", {})
    )
    lines: list[str] = []
    for layer in names:
        some = [
            CurvePoint(layer, count, f1_of(metrics["layers"][layer]["all"]))
            for count, metrics in sorted(points.items())
            if layer in metrics.get("layers", {})
        ]
        lines += [
            "",
            *curve(f"learning curve: F1 of {layer} by number of codings", some, unit="codings"),
        ]
    return lines


def saved_curve(points: Mapping[int, Mapping[str, Any]], number: int) -> str:
    """A learning curve in the form of the setting `CURVE`, with the number of the model that was
    trained on everything."""
    layers = {
        count: {
            name: {"all": {k: found["all"][k] for k in ("precision", "recall", "f1")}}
            for name, found in metrics.get("layers", {}).items()
        }
        for count, metrics in points.items()
    }
    return json.dumps(
        {"model": number, "points": {n: {"layers": one} for n, one in layers.items()}}
    )


def last_curve(setting: str | None) -> list[str]:
    """The stored learning curve and its model, or else how to compute one."""
    if setting is None:
        return ["F1 after fewer paragraphs: annotator train --curve"]
    found = json.loads(setting)
    lines = over_prefixes({int(count): one for count, one in found["points"].items()})
    return [f"as of model {found['model']}, by annotator train --curve", *lines]


def thresholds(gate: float, stances: float) -> str:
    """The least chances of suggestions that are shown."""
    spans = f"spans from {percent(gate)} on" if gate else "spans that are expected to save keys"
    return f"the screen shows {spans}, and stances from {percent(stances)} on"


def _decimal(value: float | None) -> str:
    return (
        "–"
        if value is None
        else f"{value:.2f}".replace("0.", ".", 1)
        if 0 <= value < 1
        else f"{value:.2f}"
    )


__all__ = [
    "CURVE",
    "CurvePoint",
    "bar",
    "complete",
    "curve",
    "f1_of",
    "head",
    "last_curve",
    "over_models",
    "over_prefixes",
    "saved_curve",
    "table",
    "thresholds",
]
