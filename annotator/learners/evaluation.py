"""How good proposals are on paragraphs that the proposer had not seen:
against what annotators decided there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from annotator.model.effort import Effort, StanceRanges, TextRange, of_relations, of_spans, total

BINS = 10
LAST = 50
"""Paragraphs whose decisions say which of two proposers is better."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A layer in one paragraph: what was proposed with which chance, what rules and memory
    proposed, and what was decided. Spans are (start, end, label), relations (source, label,
    target)."""

    text: str
    proposed: Sequence[tuple[Any, float]]
    alone: Sequence[Any]
    wanted: Sequence[Any]


def folds(groups: Sequence[str], number: int) -> list[frozenset[int]]:
    """The places of examples in so many parts, to hold out one after the other: those of a group
    together, by the order of their names; by their places where there are fewer groups than
    parts. Empty parts are left out."""
    names = {name: i for i, name in enumerate(sorted(set(groups)))}
    parts: list[set[int]] = [set() for _ in range(number)]
    for i, group in enumerate(groups):
        parts[(names[group] if len(names) >= number else i) % number].add(i)
    return [frozenset(part) for part in parts if part]


def effort(one: Judged, *, spans: bool, alone: bool = False) -> Effort:
    """Keys for the paragraph with the model's proposals, or with
    those of rules and memory `alone`."""
    given = one.alone if alone else [item for item, _ in one.proposed]
    if spans:
        stretches: list[TextRange] = list(given)
        return of_spans(one.text, stretches, list(one.wanted))
    edges: list[StanceRanges] = list(given)
    return of_relations(edges, one.wanted)


def better(judged: Sequence[Judged], *, spans: bool) -> bool:
    """Whether the model saves more keys than rules and memory over
    the last paragraphs; not without any."""
    mine, others = (of_last(judged, spans=spans, alone=alone) for alone in (False, True))
    return mine.keys < others.keys


def of_last(judged: Sequence[Judged], *, spans: bool, alone: bool) -> Effort:
    """Keys for the last paragraphs with the model's proposals, or with
    those of rules and memory `alone`."""
    return total(effort(one, spans=spans, alone=alone) for one in judged[-LAST:])


def report(judged: Sequence[Judged], *, spans: bool) -> dict[str, Any]:
    """Figures of a layer, JSON-able: per label and over `all` precision, recall, F1 (None where
    undefined) with counts; shares of keys saved by the model and by rules and memory `alone`,
    over all and the last paragraphs; wrong proposals per paragraph; expected calibration error
    over ten bins (Naeini et al. 2015)."""
    counts: dict[str, Counter[str]] = {}
    pairs: list[tuple[float, bool]] = []
    for one in judged:
        wanted = set(one.wanted)
        for item, chance in one.proposed:
            label = _label(item)
            counts.setdefault(label, Counter())["proposed"] += 1
            counts[label]["right"] += item in wanted
            pairs.append((chance, item in wanted))
        for item in wanted:
            counts.setdefault(_label(item), Counter())["wanted"] += 1
    every: Counter[str] = Counter()
    for one_label in counts.values():
        every.update(one_label)
    mine = [effort(one, spans=spans) for one in judged]
    others = [effort(one, spans=spans, alone=True) for one in judged]
    return {
        "labels": {label: scores(counts[label]) for label in sorted(counts)},
        "all": scores(every),
        "saved": rounded(total(mine).saved),
        "saved_last": rounded(total(mine[-LAST:]).saved),
        "alone": rounded(total(others).saved),
        "alone_last": rounded(total(others[-LAST:]).saved),
        "wrong": rounded(total(mine).wrong / len(mine)) if mine else None,
        "calibration_error": rounded(calibration_error(pairs)),
        "paragraphs": len(judged),
    }


def _label(item: Any) -> str:
    """Of a span (start, end, label) or a relation (source, label, target)."""
    label = item[2] if isinstance(item[2], str) else item[1]
    assert isinstance(label, str)
    return label


def scores(counts: Counter[str]) -> dict[str, Any]:
    """Precision, recall and F1 of counts `right`, `proposed` and `wanted`."""
    right, proposed, wanted = counts["right"], counts["proposed"], counts["wanted"]
    return {
        "precision": rounded(right / proposed) if proposed else None,
        "recall": rounded(right / wanted) if wanted else None,
        "f1": rounded(2 * right / (proposed + wanted)) if proposed + wanted else None,
        "proposed": proposed,
        "wanted": wanted,
    }


def calibration_error(pairs: Sequence[tuple[float, bool]]) -> float | None:
    """The mean distance of chance and share that is right, over ten bins of chance
    by their sizes; None for no pairs."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for chance, right in pairs:
        bins[min(BINS - 1, int(chance * BINS))].append((chance, right))
    if not pairs:
        return None
    far = (abs(sum(c for c, _ in one) - sum(r for _, r in one)) for one in bins)
    return sum(far) / len(pairs)


def rounded(value: float | None) -> float | None:
    """To four decimals."""
    return None if value is None else round(value, 4)


__all__ = ["LAST", "Judged", "better", "calibration_error", "effort", "folds", "report", "scores"]
