"""Agreement between the annotators of a project: the figures, what is lost to what, and where to look."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from annotator import registry
from annotator.errors import UsageError
from annotator.measures._data import Comparison, Passage, Resampling, Result, compare
from annotator.model.blind import is_blind
from annotator.model.decision import Suggestion
from annotator.model.record import Record
from annotator.model.schema import LabelSchema, Layer
from annotator.model.span import Relation, Span
from annotator.project import Project

MODEL = "the model"
"""What the suggestions are called where they are compared as an annotator is."""


@dataclass(frozen=True, slots=True)
class Lost:
    """What keeps a layer from agreeing, over all pairs of annotators.

    Of spans: `missing` ones have no counterpart that overlaps; of pairs that overlap `bounds` differ in bounds
    alone, `label` in label alone, `both` in both. Of relations (on aligned ends): `side` differs alone, `holder`
    or `target` is another, or the relation is `missing`. `f1` is the strict F1 (of relations: with side) now,
    `if_fixed` what it were if one cause alone were gone; None where nothing is marked.
    """

    causes: Mapping[str, int]
    f1: float | None
    if_fixed: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spot:
    """A paragraph and how many items of it are not agreed on strictly, over all pairs."""

    document: str
    paragraph: int
    differing: int
    marked: int
    quote: str


@dataclass(frozen=True, slots=True)
class Contrast:
    """A figure where suggestions were shown, and where they were hidden; of how many paragraphs each."""

    layer: str
    name: str
    shown: Result
    hidden: Result
    paragraphs: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Everything that `annotator agreement` tells.

    `pairs` is the strict F1 of every two annotators by layer, `without` its mean when one is left out,
    `confusion` the labels and how often the one of the row met that of the column, `model` the strict F1 of each
    annotator with the suggestions, `blind` the figures with and without sight of suggestions.
    """

    comparison: Comparison
    resampling: Resampling
    results: tuple[Result, ...]
    lost: Mapping[str, Lost]
    pairs: Mapping[str, Mapping[tuple[str, str], float | None]]
    without: Mapping[str, Mapping[str, float | None]]
    confusion: Mapping[str, tuple[tuple[str, ...], list[list[int]]]]
    worst: tuple[Spot, ...]
    blind: tuple[Contrast, ...] = ()
    model: tuple[Contrast, ...] = ()


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection meanwhile: among a million small values that all stay, it finds nothing and takes
    a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_uncollected()
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
    suggested = project.suggested()
    seen: list[Record] = []

    def read() -> Iterator[Record]:
        for record in project.records():
            if documents is None or record.document.id in documents:
                if record.document.id in suggested:
                    seen.append(record)
                yield record

    comparison = compare(read(), annotators)
    if not comparison.passages:
        raise UsageError(
            "no document was finished by two annotators"
            + (f" of {', '.join(annotators)}" if annotators else ""),
            hint="Finish one with two annotators, or import a second one's work: annotator import FILE.jsonl",
        )
    draw = resampling or Resampling()
    found = figures(comparison, chosen, draw, measures)
    hidden = _hidden(project)
    return replace(
        found,
        blind=_blind(comparison, chosen, draw, hidden) if project.config.blind_share else (),
        model=_against_model(project, seen, chosen, draw, hidden, annotators),
    )


def figures(
    comparison: Comparison, layers: Sequence[Layer], draw: Resampling, measures: Sequence[str] | None = None
) -> Agreement:
    """What a comparison says of these layers, without a project."""
    from annotator.measures import attributes, f1

    results: list[Result] = []
    for layer in layers:
        for name in measures if measures is not None else registry.measures.names():
            module = registry.measures.load(name)
            if layer.kind in module.kinds:
                results += module.compute(comparison, layer, draw)
    spans = [layer for layer in layers if layer.kind == "span"]
    pairs = {layer.name: f1.between(comparison, layer.name) for layer in spans}
    confusion = {layer.name: attributes.confusion(comparison, layer.name) for layer in spans}
    return Agreement(
        comparison,
        draw,
        tuple(results),
        {
            layer.name: (_lost if layer.kind == "span" else _lost_edges)(comparison, layer.name)
            for layer in layers
        },
        pairs,
        {name: _without(comparison.annotators, held) for name, held in pairs.items()},
        {name: (labels, counts.astype(int).tolist()) for name, (labels, counts) in confusion.items()},
        _worst(comparison, layers),
    )


def _layers(schema: LabelSchema, wanted: Sequence[str] | None) -> list[Layer]:
    for name in wanted or ():
        if schema.layer(name) is None:
            raise UsageError(
                f"the schema has no layer “{name}”",
                hint=f"Choose one of {', '.join(layer.name for layer in schema.layers)}",
            )
    return [layer for layer in schema.layers if not wanted or layer.name in wanted]


def _share(agreed: float, marked: float) -> float | None:
    return 2 * agreed / marked if marked else None


def _lost(comparison: Comparison, layer: str) -> Lost:
    """Of spans, from their pairing in `measures.f1`."""
    from annotator.measures import f1
    from annotator.measures._columns import columns, marked

    _, _, kind = f1.paired(comparison, layer)
    same, label, bounds, both = (int((kind == k).sum()) for k in range(4))
    total = int(marked(columns(comparison, layer)).sum())
    missing = total - 2 * len(kind)
    return Lost(
        {"missing": missing, "bounds": bounds, "label": label, "both": both},
        _share(same, total),
        {
            "missing": _share(same, total - missing), "bounds": _share(same + bounds, total),
            "label": _share(same + label, total),
        },
    )  # fmt: skip


def _lost_edges(comparison: Comparison, layer: str) -> Lost:
    """Of relations, from their meeting in `measures.relations`."""
    from annotator.measures.relations import meetings

    same = side = holder = target = missing = total = 0
    for _, met in meetings(comparison, layer):
        alike = sum(a == b for a, b in met.sides)
        same, side = same + alike, side + len(met.sides) - alike
        holder, target = holder + met.apart["holder"], target + met.apart["target"]
        missing, total = missing + met.apart["missing"], total + met.one + met.other
    return Lost(
        {"missing": missing, "holder": holder, "target": target, "side": side},
        _share(same, total),
        {
            "missing": _share(same, total - missing), "holder": _share(same + holder, total),
            "target": _share(same + target, total), "side": _share(same + side, total),
        },
    )  # fmt: skip


def _without(
    annotators: Sequence[str], pairs: Mapping[tuple[str, str], float | None]
) -> dict[str, float | None]:
    """The mean over pairs when an annotator is left out; nothing for two."""
    if len(annotators) < 3:
        return {}
    out: dict[str, float | None] = {}
    for name in annotators:
        values = [value for pair, value in pairs.items() if name not in pair and value is not None]
        out[name] = sum(values) / len(values) if values else None
    return out


def _worst(comparison: Comparison, layers: Sequence[Layer], *, limit: int = 20) -> tuple[Spot, ...]:
    """Paragraphs by how many items differ, spans strictly and relations on aligned ends with their side."""
    import numpy as np

    from annotator.measures._columns import by_passage, columns, marked, same_pairs
    from annotator.measures.relations import meetings

    differing = np.zeros(len(comparison.passages))
    every = np.zeros(len(comparison.passages))
    for layer in layers:
        if layer.kind == "span":
            found = columns(comparison, layer.name)
            a, _ = same_pairs(found, label=True)
            every += marked(found)
            differing += marked(found) - 2 * by_passage(found, a)
        else:
            for i, met in meetings(comparison, layer.name):
                every[i] += met.one + met.other
                differing[i] += met.one + met.other - 2 * sum(x == y for x, y in met.sides)
    order = sorted(np.flatnonzero(differing > 0).tolist(), key=lambda i: (-differing[i], i))
    return tuple(_spot(comparison.passages[i], int(differing[i]), int(every[i])) for i in order[:limit])


def _spot(passage: Passage, differing: int, every: int) -> Spot:
    quote = " ".join(passage.text[passage.start : passage.start + 60].split())[:36]
    return Spot(passage.name, passage.index, differing, every, quote)


def _headline(layer: Layer) -> Callable[[Comparison, Resampling], Result]:
    """The one figure of a layer for contrasts: strict F1, of relations F1 with side."""
    from annotator.measures import f1, relations

    if layer.kind == "span":
        return lambda comparison, draw: f1.strict(comparison, layer, draw)
    return lambda comparison, draw: next(
        r for r in relations.compute(comparison, layer, draw) if r.name == "F1 with side"
    )


def _hidden(project: Project) -> Callable[[Passage], bool]:
    share, seed = project.config.blind_share, project.blind_seed
    return lambda passage: bool(share) and is_blind(passage.name, passage.index, share=share, seed=seed)


def _only(comparison: Comparison, keep: Callable[[Passage], bool]) -> Comparison:
    """The comparison of these passages alone, documents counted anew."""
    kept = [passage for passage in comparison.passages if keep(passage)]
    number = {d: i for i, d in enumerate(dict.fromkeys(p.document for p in kept))}
    passages = tuple(replace(p, document=number[p.document]) for p in kept)
    return Comparison(passages, comparison.annotators, len(number), comparison.completions)


def _contrast(
    comparison: Comparison, layer: Layer, name: str, draw: Resampling, hidden: Callable[[Passage], bool]
) -> Contrast:
    parts = (_only(comparison, lambda p: not hidden(p)), _only(comparison, hidden))
    measure = _headline(layer)
    shown, blind = (measure(part, draw) for part in parts)
    return Contrast(layer.name, name, shown, blind, (len(parts[0].passages), len(parts[1].passages)))


def _blind(
    comparison: Comparison, layers: Sequence[Layer], draw: Resampling, hidden: Callable[[Passage], bool]
) -> tuple[Contrast, ...]:
    return tuple(_contrast(comparison, layer, "annotators", draw, hidden) for layer in layers)


def _against_model(
    project: Project,
    records: Sequence[Record],
    layers: Sequence[Layer],
    draw: Resampling,
    hidden: Callable[[Passage], bool],
    annotators: Sequence[str] | None,
) -> tuple[Contrast, ...]:
    """Every annotator's finished work against the suggestions of the same documents, for those that have any."""
    names = sorted(
        {r.annotator for r in records if r.annotator and (not annotators or r.annotator in annotators)}
    )
    done = sorted({r.document.id for r in records})
    proposed = {id: found for id in done if (found := project.suggestions(id))}
    out: list[Contrast] = []
    for name in names:
        own = [r for r in records if r.annotator == name and r.document.id in proposed]
        machine = [_as_record(r, proposed[r.document.id]) for r in own]
        comparison = compare([*own, *machine])
        if comparison.passages:
            out += [_contrast(comparison, layer, name, draw, hidden) for layer in layers]
    return tuple(out)


def _as_record(record: Record, suggestions: Sequence[Suggestion]) -> Record:
    """What the model proposes for a document, in the shape of an annotator's finished work."""
    values = [s.value for s in suggestions if s.shown]
    spans = tuple(sorted((v for v in values if isinstance(v, Span)), key=lambda s: (s.start, -s.end, s.id)))
    edges = tuple(v for v in values if isinstance(v, Relation))
    return replace(record, annotator=MODEL, spans=spans, relations=edges, done=(), notes={}, flags=())


__all__ = [
    "MODEL", "Agreement", "Contrast", "Lost", "Spot", "agreement", "figures",
]  # fmt: skip
