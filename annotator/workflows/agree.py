"""Agreement between the annotators of a project: the figures, what is lost to what, and where to look."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from annotator import registry
from annotator.errors import UsageError
from annotator.measures._data import Comparison, Passage, Resampling, Result, compare
from annotator.model.schema import LabelSchema, Layer
from annotator.model.span import Span
from annotator.project import Project


@dataclass(frozen=True, slots=True)
class Lost:
    """What keeps the spans of a layer from agreeing, over all pairs of annotators.

    `missing` spans have no counterpart that overlaps; of pairs that overlap `bounds` differ in bounds alone,
    `label` in label alone, `both` in both. `f1` is the strict F1 now, `if_fixed` what it were if one cause
    alone were gone, None where nothing is marked.
    """

    missing: int
    bounds: int
    label: int
    both: int
    f1: float | None
    if_fixed: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spot:
    """A paragraph and how many spans of it are not agreed on strictly, over all pairs."""

    document: str
    paragraph: int
    differing: int
    marked: int
    quote: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Everything that `annotator agreement` tells; `pairs` is the strict F1 of every two annotators by layer."""

    comparison: Comparison
    resampling: Resampling
    results: tuple[Result, ...]
    lost: Mapping[str, Lost]
    pairs: Mapping[str, Mapping[tuple[str, str], float | None]]
    worst: tuple[Spot, ...]


def agreement(
    project: Project,
    *,
    annotators: Sequence[str] | None = None,
    layers: Sequence[str] | None = None,
    measures: Sequence[str] | None = None,
    documents: Collection[str] | None = None,
    resampling: Resampling | None = None,
) -> Agreement:
    """How far the annotators agree. Raises UsageError for a name that is none, or without shared work."""
    chosen = _layers(project.schema, layers)
    names = measures if measures is not None else registry.measures.names()
    records = (r for r in project.records() if documents is None or r.document.id in documents)
    comparison = compare(records, annotators)
    if not comparison.passages:
        raise UsageError(
            "no document was finished by two annotators"
            + (f" of {', '.join(annotators)}" if annotators else ""),
            hint="Finish one with two annotators, or import a second one's work: annotator import FILE.jsonl",
        )
    draw = resampling or Resampling()
    results: list[Result] = []
    for layer in chosen:
        for name in names:
            module = registry.measures.load(name)
            if layer.kind in module.kinds:
                results += module.compute(comparison, layer, draw)
    spans = [layer for layer in chosen if layer.kind == "span"]
    return Agreement(
        comparison,
        draw,
        tuple(results),
        {layer.name: _lost(comparison, layer.name) for layer in spans},
        {layer.name: _pairs(comparison, layer.name) for layer in spans},
        _worst(comparison, [layer.name for layer in spans]),
    )


def _layers(schema: LabelSchema, wanted: Sequence[str] | None) -> list[Layer]:
    for name in wanted or ():
        if schema.layer(name) is None:
            raise UsageError(
                f"the schema has no layer “{name}”",
                hint=f"Choose one of {', '.join(layer.name for layer in schema.layers)}",
            )
    return [layer for layer in schema.layers if not wanted or layer.name in wanted]


def _sorted_out(a: Sequence[Span], b: Sequence[Span]) -> tuple[int, int, int, int, int]:
    """Agreed, missing (of both), and pairs that differ in bounds, label, both; one to one."""
    left, right = list(a), list(b)
    counts = [0, 0, 0, 0]
    for kind in range(4):
        for x in list(left):
            partner = next((y for y in right if _kind(x, y) == kind), None)
            if partner is not None:
                left.remove(x)
                right.remove(partner)
                counts[kind] += 1
    return counts[0], len(left) + len(right), counts[2], counts[1], counts[3]


def _kind(x: Span, y: Span) -> int | None:
    """0 alike, 1 other label, 2 other bounds, 3 both; None when they do not overlap."""
    if x.end <= y.start or y.end <= x.start:
        return None
    return (x.label != y.label) + 2 * ((x.start, x.end) != (y.start, y.end))


def _lost(comparison: Comparison, layer: str) -> Lost:
    same = missing = bounds = label = both = 0
    for passage in comparison.passages:
        for one, other in passage.pairs():
            found = _sorted_out(passage.works[one].of(layer), passage.works[other].of(layer))
            same, missing = same + found[0], missing + found[1]
            bounds, label, both = bounds + found[2], label + found[3], both + found[4]
    differing = bounds + label + both
    total = 2 * (same + differing) + missing

    def f1(agreed: int, marked: int) -> float | None:
        return 2 * agreed / marked if marked else None

    return Lost(
        missing, bounds, label, both, f1(same, total),
        {
            "missing": f1(same, total - missing), "bounds": f1(same + bounds, total),
            "label": f1(same + label, total),
        },
    )  # fmt: skip


def _pairs(comparison: Comparison, layer: str) -> dict[tuple[str, str], float | None]:
    counts: dict[tuple[str, str], list[int]] = {}
    for passage in comparison.passages:
        for pair in passage.pairs():
            a, b = (passage.works[who].of(layer) for who in pair)
            same = {(s.start, s.end, s.label) for s in a} & {(s.start, s.end, s.label) for s in b}
            held = counts.setdefault(pair, [0, 0])
            held[0] += len(same)
            held[1] += len(a) + len(b)
    return {pair: 2 * same / marked if marked else None for pair, (same, marked) in sorted(counts.items())}


def _worst(comparison: Comparison, layers: Sequence[str], *, limit: int = 10) -> tuple[Spot, ...]:
    spots = [spot for passage in comparison.passages if (spot := _spot(passage, layers)).differing]
    spots.sort(key=lambda s: (-s.differing, s.document, s.paragraph))
    return tuple(spots[:limit])


def _spot(passage: Passage, layers: Sequence[str]) -> Spot:
    differing = marked = 0
    for one, other in passage.pairs():
        for layer in layers:
            a, b = passage.works[one].of(layer), passage.works[other].of(layer)
            same = {(s.start, s.end, s.label) for s in a} & {(s.start, s.end, s.label) for s in b}
            differing += len(a) + len(b) - 2 * len(same)
            marked += len(a) + len(b)
    quote = " ".join(passage.text[passage.start : passage.start + 36].split())
    return Spot(passage.name, passage.index, differing, marked, quote)


def report(found: Agreement) -> list[str]:
    """The agreement as lines of plain text, at most 100 columns."""
    comparison, draw = found.comparison, found.resampling
    unit = "documents" if comparison.documents >= 10 else "paragraphs (fewer than ten documents)"
    lines = [
        f"{comparison.documents} documents finished by two or more of {', '.join(comparison.annotators)}: "
        f"{comparison.completions} completions, {len(comparison.passages)} paragraphs",
        f"{comparison.empty} finished paragraphs with nothing marked count; "
        f"{comparison.unfinished} completions skipped or not finished do not",
        f"intervals: 95 %, bootstrap over {unit}, {draw.samples} samples, seed {draw.seed}",
    ]
    layer = ""
    for result in found.results:
        if result.layer != layer:
            layer = result.layer
            lines += ["", f"{layer.upper():<26}{'value':>7}  {'95 % interval':^15}{'n':>8}  coverage"]
        lines.append(_line(result))
        worst = sorted((v, k) for k, v in result.parts.items() if v is not None)
        if len(result.parts) > 1 and worst and result.name in ("F1 strict", "alpha label"):
            lines.append("    by label: " + ", ".join(f"{k} {number(v)}" for v, k in worst))
        if result.name == "F1 type" and layer in found.lost:
            lines.append(_lost_line(found.lost[layer]))
    if len(comparison.annotators) > 2:
        for name, pairs in found.pairs.items():
            cells = ", ".join(f"{a} and {b} {number(v)}" for (a, b), v in pairs.items())
            lines += ["", f"{name}, strict F1 of pairs: {cells}"]
    if found.worst:
        lines += ["", "WHERE TO LOOK"]
        lines += [
            f"  {spot.document} ¶ {spot.paragraph + 1}: {spot.differing} of {spot.marked} differ  “{spot.quote} …”"
            for spot in found.worst
        ]
    return lines


def number(value: float | None) -> str:
    """Two decimals without the zero before the point; a dash for what is undefined."""
    return "–" if value is None else f"{value:.2f}".replace("0.", ".", 1)


def _line(result: Result) -> str:
    interval = ""
    if result.low is not None and result.high is not None:
        interval = f"{number(result.low)} – {number(result.high)}"
    coverage = "" if result.coverage is None else f"{round(100 * result.coverage)} %"
    reason = f"  {result.reason}" if result.value is None else ""
    return f"  {result.name:<24}{number(result.value):>7}  {interval:^15}{result.n:>8}  {coverage}{reason}".rstrip()


def _lost_line(lost: Lost) -> str:
    parts = [
        f"{count} {words} ({number(lost.f1)} → {number(lost.if_fixed[key])})"
        for key, words, count in (
            ("missing", "missing", lost.missing), ("bounds", "other bounds", lost.bounds),
            ("label", "other label", lost.label),
        )
    ]  # fmt: skip
    return f"    lost: {', '.join(parts)}, {lost.both} both"


__all__ = ["Agreement", "Lost", "Spot", "agreement", "number", "report"]
