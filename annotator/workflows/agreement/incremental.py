"""Agreement that is kept up to date: statistics of every document, which can be replaced one by
one, and the figures computed from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from annotator import families
from annotator.measures import f1, names, relations
from annotator.measures.api import (
    CAUSES,
    AnyTable,
    Batch,
    Comparison,
    Figure,
    Measure,
    Result,
    RunningSums,
    Sums,
    Table,
    called,
    compare,
    confusion,
    pair_values,
)
from annotator.model.decision import Suggestion
from annotator.model.record import Record
from annotator.model.schema import Layer
from annotator.workflows.agreement import against_suggestions
from annotator.workflows.agreement.about_documents import Notes, notes_of
from annotator.workflows.agreement.against_suggestions import Hidden
from annotator.workflows.agreement.values import (
    Agreement,
    AnnotatorPair,
    Contrast,
    DisagreementCounts,
)


class IncrementalAgreement:
    """Statistics by document, which can be replaced one by one. `agreement` gives the present
    figures, and computes only what changed since the last call."""

    def __init__(
        self,
        layers: Sequence[Layer],
        measures: Sequence[str] | None = None,
        *,
        documents: int = 0,
        pairwise: bool = True,
        intervals: bool = True,
        keep: bool = True,
        concepts: Mapping[str, str] | None = None,
        hidden: Hidden | None = None,
        contrasts: bool = False,
    ) -> None:
        """`documents` is the expected number. `hidden` says whether suggestions were hidden from
        an annotator in a document's paragraph; None if they never are. With `contrasts`, the
        annotators are compared with each other where all of them saw suggestions, and where nobody
        did. With `pairwise`, everything is counted by pair
        of annotators; without `keep`, documents cannot be replaced, which takes far less memory.
        `concepts` are the attributes that hold concepts, by layer."""
        self.layers = tuple(layers)
        self.pairwise = pairwise
        self.measures = tuple(measures if measures is not None else families.measures.names())
        always = ("attributes", "f1", "relations")
        self._modules: dict[str, Measure] = {
            name: families.measures.load(name) for name in (*self.measures, *always)
        }
        self.book = RunningSums(intervals=intervals, keep=keep, documents=documents)
        self._model = RunningSums(intervals=intervals, keep=keep, documents=documents)
        self._concepts = dict(concepts or {})
        self._hidden, self._contrasts = hidden or _never, contrasts
        self._notes = Notes(keep=keep)
        self._known: dict[tuple[str, str], tuple[tuple[int, ...], list[Result]]] = {}

    def put(
        self, records: Sequence[Record], suggestions: Mapping[str, Sequence[Suggestion]]
    ) -> None:
        """Count documents from all their finished records, replacing earlier counts."""
        comparison = compare(records, pairwise=self.pairwise, concepts=self._concepts)
        shared = {p.name for p in comparison.passages}
        documents = {r.document.id for r in records}
        for document in documents - shared:
            if document in self.book:
                self._notes.drop(document)
                self.book.drop(document)
        for document in documents - suggestions.keys():
            if document in self._model:
                self._model.drop(document)
        self.add(comparison)
        own = [r for r in records if r.document.id in suggestions]
        if own:
            self._put_model(own, suggestions)

    def add(self, comparison: Comparison) -> None:
        """Count the documents of a comparison."""
        if not comparison.passages:
            return
        tables: dict[tuple[str, ...], AnyTable] = {}
        headlines: list[Table] = []
        for layer in self.layers:
            for name in self._needed(layer):
                for table, one in self._modules[name].tables(comparison, layer).items():
                    tables["all", name, layer.name, table] = one
            measure, table = _HEADLINE[layer.kind]
            headline = tables["all", measure, layer.name, table]
            assert isinstance(headline, Table)
            headlines.append(headline)
            if self._contrasts:
                tables.update(self._split(comparison, layer, headline))
        self._notes.put(notes_of(comparison, headlines))
        self.book.put(_batch([p.name for p in comparison.passages]), tables)

    def _needed(self, layer: Layer) -> list[str]:
        """The measures asked for, and those that other parts of the report need."""
        always = ("attributes", "f1") if layer.kind == "span" else ("relations",)
        names = [n for n in self.measures if layer.kind in self._modules[n].kinds]
        return list(dict.fromkeys([*names, *always]))

    def _split(
        self, comparison: Comparison, layer: Layer, table: Table
    ) -> dict[tuple[str, ...], Table]:
        """A table of the passages where suggestions were shown to all annotators, and one of those
        where they were hidden from all."""
        without = [
            [self._hidden(p.name, who, p.index) for who in p.works] for p in comparison.passages
        ]
        out: dict[tuple[str, ...], Table] = {}
        for name, which in (
            ("shown", [not any(one) for one in without]),
            ("hidden", [all(one) for one in without]),
        ):
            mask = np.array(which, dtype=bool)
            rows = np.concatenate([table.rows, np.ones((len(mask), 1))], axis=1) * mask[:, None]
            out[name, layer.name, _HEADLINE[layer.kind][1]] = Table(
                [*table.keys, ("passages",)], rows
            )
        return out

    def _put_model(
        self, records: Sequence[Record], suggestions: Mapping[str, Sequence[Suggestion]]
    ) -> None:
        """Every annotator's work against the suggestions of the same documents."""
        documents = {record.document.id for record in records}
        own = {name: held for name, held in suggestions.items() if name in documents}
        made = against_suggestions.tables(records, own, self.layers, self._hidden)
        self._model.put(Batch(list(own), np.arange(len(own))), made)

    def drop(self, document: str) -> None:
        """Stop counting a document."""
        self._notes.drop(document)
        for book in (self.book, self._model):
            if document in book:
                book.drop(document)

    def __len__(self) -> int:
        return len(self.book)

    @property
    def annotators(self) -> tuple[str, ...]:
        """The annotators who share a document with somebody."""
        return self._notes.annotators

    def agreement(self, *, skipped: int = 0, unfinished: int = 0, alone: int = 0) -> Agreement:
        """The agreement over all documents; the numbers are those of completions and documents that
        do not count."""
        spans = [layer.name for layer in self.layers if layer.kind == "span"]
        own = self.book.sums
        pairs = {
            name: f1.between(own("all", "f1", name, "pairs"), own("all", "f1", name, "met"))
            for name in spans
        }
        data = self._notes.data(skipped, unfinished, alone)
        return Agreement(
            data=data,
            results=self.results(),
            lost={layer.name: self._lost(layer) for layer in self.layers},
            pairs=pairs,
            people={name: f1.against_others(own("all", "f1", name, "people")) for name in spans},
            matrices=self._matrices() if self.pairwise else {},
            without={name: _without(data.annotators, held) for name, held in pairs.items()},
            confusion={layer.name: self._confusion(layer) for layer in self.layers},
            worst=self._notes.worst(),
            blind=tuple(self._blind()),
            model=tuple(self._against_model()),
        )

    def _confusion(self, layer: Layer) -> tuple[tuple[str, ...], list[list[int]]]:
        measure, variable = (
            ("attributes", "label") if layer.kind == "span" else ("relations", "side")
        )
        return confusion(self.book.sums("all", measure, layer.name, variable))

    def _matrices(self) -> dict[tuple[str, str], dict[tuple[str, str], AnnotatorPair]]:
        """Every pair of annotators, by layer and by what is compared."""
        out: dict[tuple[str, str], dict[tuple[str, str], AnnotatorPair]] = {}
        for layer in self.layers:
            numbers = {called(a.name) for a in layer.attributes if a.type == "integer"}
            values = "attributes" if layer.kind == "span" else "relations"
            for measure in (values, "names"):
                prefix = ("all", measure, layer.name)
                for table in [id[3] for id in self.book.tallies if id[:3] == prefix]:
                    name = table.removesuffix(" by pair")
                    if name == table:
                        continue
                    sums = self.book.sums(*prefix, table)
                    found = (
                        names.pair_values(sums)
                        if measure == "names"
                        else pair_values(sums, interval=name in numbers)
                    )
                    if found:
                        out[layer.name, name] = {
                            who: AnnotatorPair(*own) for who, own in found.items()
                        }
        return out

    def figures(self) -> Iterable[tuple[Layer, str, Figure]]:
        """Every figure with its layer and the name of its measure."""
        for layer in self.layers:
            for name in self.measures:
                for figure in self._figures(layer, name):
                    yield layer, name, figure

    def _figures(self, layer: Layer, name: str) -> list[Figure]:
        module, prefix = self._modules[name], ("all", name, layer.name)
        if layer.kind not in module.kinds:
            return []
        sums = {id[-1]: t.sums() for id, t in self.book.tallies.items() if id[:3] == prefix}
        return module.figures(layer, sums) if sums else []

    def results(self) -> tuple[Result, ...]:
        """The figures of all layers, computed again only where something has changed."""
        out: list[Result] = []
        for layer in self.layers:
            for name in self.measures:
                version = self.book.version("all", name, layer.name)
                if self._known.get((name, layer.name), ((), []))[0] != version:
                    made = self._figures(layer, name)
                    found = self.book.results(made, layer.name, "all", name, layer.name)
                    self._known[name, layer.name] = (version, found)
                out += self._known[name, layer.name][1]
        return tuple(out)

    def _lost(self, layer: Layer) -> DisagreementCounts:
        if layer.kind == "span":
            return _lost_spans(self.book.sums("all", "f1", layer.name, "pairing"))
        return _lost_edges(self.book.sums("all", "relations", layer.name, "aligned"))

    def _blind(self) -> Iterable[Contrast]:
        if self._contrasts:
            for layer in self.layers:
                yield self._contrast(self.book, layer, "annotators", ())

    def _against_model(self) -> Iterable[Contrast]:
        for name in sorted({id[1] for id in self._model.tallies}):
            for layer in self.layers:
                yield self._contrast(self._model, layer, name, (name,))

    def _contrast(
        self, book: RunningSums, layer: Layer, name: str, prefix: tuple[str, ...]
    ) -> Contrast:
        _, table = _HEADLINE[layer.kind]
        found: list[Result] = []
        passages: list[int] = []
        for part in ("shown", "hidden"):
            id = (part, *prefix, layer.name)
            sums = book.sums(*id, table)
            found += book.results([_headline(layer, sums)], layer.name, *id)
            passages.append(sums.count("passages"))
        return Contrast(layer.name, name, found[0], found[1], (passages[0], passages[1]))


_HEADLINE: Mapping[str, tuple[str, str]] = {
    "span": ("f1", "strict"),
    "relation": ("relations", "aligned"),
}
"""The measure and the table of the one figure for contrasts, by kind of layer: strict F1, or F1
with side for relations."""


def _headline(layer: Layer, sums: Sums) -> Figure:
    return f1.strict_figure(sums) if layer.kind == "span" else relations.with_side(sums)


def _batch(passages: Sequence[str]) -> Batch:
    """A batch of the documents of passages, with the passages of each document together."""
    place = {name: i for i, name in enumerate(dict.fromkeys(passages))}
    return Batch(list(place), np.array([place[name] for name in passages], dtype=np.int64))


def _share(agreed: float, marked: float) -> float | None:
    return 2 * agreed / marked if marked else None


def _lost_spans(sums: Sums) -> DisagreementCounts:
    same, label, bounds, both = (sums.count(kind) for kind in f1.KINDS)
    total = sums.count("marked")
    missing = total - 2 * (same + label + bounds + both)
    causes = {"missing": missing, "bounds": bounds, "label": label, "both": both}
    return _lost(causes, same, total, fixed_alone=("bounds", "label"))


def _lost_edges(sums: Sums) -> DisagreementCounts:
    same, total = sums.count("same"), sums.count("marked")
    side = sums.count("met") - same
    holder, target, missing = (sums.count(cause) for cause in CAUSES)
    causes = {"missing": missing, "holder": holder, "target": target, "side": side}
    return _lost(causes, same, total, fixed_alone=("holder", "target", "side"))


def _lost(
    causes: Mapping[str, int], same: int, total: int, *, fixed_alone: Sequence[str]
) -> DisagreementCounts:
    """The counts, with the F1 if none were missing, and if each of `fixed_alone` were mended."""
    if_fixed = {name: _share(same + causes[name], total) for name in fixed_alone}
    without_missing = _share(same, total - causes["missing"])
    return DisagreementCounts(causes, _share(same, total), {"missing": without_missing, **if_fixed})


def _without(
    annotators: Sequence[str], pairs: Mapping[tuple[str, str], tuple[float | None, int]]
) -> dict[str, float | None]:
    """The mean over pairs without one annotator; empty for two annotators."""
    if len(annotators) < 3:
        return {}
    out: dict[str, float | None] = {}
    for name in annotators:
        others = [value for pair, (value, _) in pairs.items() if name not in pair]
        values = [value for value in others if value is not None]
        out[name] = sum(values) / len(values) if values else None
    return out


def _never(document: str, who: str, paragraph: int) -> bool:  # noqa: ARG001
    """Suggestions are never hidden."""
    return False


__all__ = ["IncrementalAgreement"]
