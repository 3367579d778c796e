"""Agreement that is kept up to date: statistics of every document, which can be replaced one by
one, and the figures computed from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from annotator.measures import f1, names, relations
from annotator.measures.api import (
    CAUSES,
    Comparison,
    Figure,
    Result,
    RunningSums,
    Sums,
    called,
    confusion,
    pair_values,
)
from annotator.model.decision import Suggestion
from annotator.model.record import Record
from annotator.model.schema import Layer
from annotator.workflows.agreement.about_documents import Notes
from annotator.workflows.agreement.against_suggestions import Hidden
from annotator.workflows.agreement.tabulating import HEADLINE, TabulatedWork, Tabulator
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
        self._tabulator = Tabulator(
            layers,
            measures,
            pairwise=pairwise,
            concepts=concepts,
            hidden=hidden,
            contrasts=contrasts,
        )
        self.measures = self._tabulator.measures
        self.book = RunningSums(intervals=intervals, keep=keep, documents=documents)
        self._model = RunningSums(intervals=intervals, keep=keep, documents=documents)
        self._contrasts = contrasts
        self._notes = Notes(keep=keep)
        self._known: dict[tuple[str, str], tuple[tuple[int, ...], list[Result]]] = {}

    def put(
        self, records: Sequence[Record], suggestions: Mapping[str, Sequence[Suggestion]]
    ) -> None:
        """Count documents from all their finished records, replacing earlier counts."""
        self.take(self._tabulator.work(records, suggestions))

    def add(self, comparison: Comparison) -> None:
        """Count the documents of a comparison."""
        self.take(self._tabulator.shared_work(comparison))

    def take(self, work: TabulatedWork) -> None:
        """Count tabulated documents, replacing earlier counts."""
        for document in work.documents.difference(work.shared.documents):
            if document in self.book:
                self._notes.drop(document)
                self.book.drop(document)
        for document in work.documents.difference(work.suggested.documents):
            if document in self._model:
                self._model.drop(document)
        if work.shared.documents:
            self._notes.put(work.notes)
            self.book.put(work.shared, work.tables)
        if work.suggested.documents:
            self._model.put(work.suggested, work.against_model)

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
        module, prefix = self._tabulator.modules[name], ("all", name, layer.name)
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
        _, table = HEADLINE[layer.kind]
        found: list[Result] = []
        passages: list[int] = []
        for part in ("shown", "hidden"):
            id = (part, *prefix, layer.name)
            sums = book.sums(*id, table)
            found += book.results([_headline(layer, sums)], layer.name, *id)
            passages.append(sums.count("passages"))
        return Contrast(layer.name, name, found[0], found[1], (passages[0], passages[1]))


def _headline(layer: Layer, sums: Sums) -> Figure:
    return f1.strict_figure(sums) if layer.kind == "span" else relations.with_side(sums)


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


__all__ = ["IncrementalAgreement"]
