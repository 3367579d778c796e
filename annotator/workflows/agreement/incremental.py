"""The books of an agreement: statistics of every document, and all that is told of them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from annotator import families
from annotator.measures import attributes, f1, relations
from annotator.measures._data import Comparison, Passage, Resampling, Result, compare
from annotator.measures._tables import Figure, Sums, Table
from annotator.measures._tally import Batch, Book
from annotator.model.decision import Suggestion
from annotator.model.record import Record
from annotator.model.schema import Layer
from annotator.model.span import Relation, Span
from annotator.workflows.agreement.values import MODEL, WORST, Agreement, Contrast, Data, Lost, Spot


@dataclass(frozen=True, slots=True)
class _Note:
    """Of one document what is no statistic."""

    annotators: tuple[str, ...]
    paragraphs: int
    empty: int
    spots: tuple[Spot, ...]


def _rank(spot: Spot) -> tuple[int, str, int]:
    return -spot.differing, spot.document, spot.paragraph


class _Notes:
    """The notes of all documents, with their sums and the order of their spots, kept up to date."""

    def __init__(self) -> None:
        self._held: dict[str, _Note] = {}
        self._people: Counter[str] = Counter()
        self._counts = np.zeros(3, dtype=np.int64)
        self._spots: list[Spot] = []
        self._sorted = True

    def put(self, notes: Mapping[str, _Note]) -> None:
        """Take notes of documents, in place of those there were."""
        for document, note in notes.items():
            self.drop(document)
            self._held[document] = note
            self._count(note, 1)
            if len(notes) > 1:
                self._spots += note.spots
                self._sorted = False
            else:
                for spot in note.spots:
                    insort(self._ranked(), spot, key=_rank)

    def drop(self, document: str) -> None:
        """Forget a document."""
        note = self._held.pop(document, None)
        if note is not None:
            self._count(note, -1)
            for spot in note.spots:
                del self._ranked()[bisect_left(self._ranked(), _rank(spot), key=_rank)]

    def _count(self, note: _Note, sign: int) -> None:
        self._counts += sign * np.array([len(note.annotators), note.paragraphs, note.empty])
        for name in note.annotators:
            self._people[name] += sign

    def _ranked(self) -> list[Spot]:
        if not self._sorted:
            self._spots.sort(key=_rank)
            self._sorted = True
        return self._spots

    def worst(self) -> tuple[Spot, ...]:
        """Paragraphs by how many items differ."""
        return tuple(self._ranked()[:WORST])

    def data(self, skipped: int, unfinished: int, alone: int, few: bool) -> Data:
        """What the figures rest on."""
        people = tuple(sorted(name for name, n in self._people.items() if n))
        completions, paragraphs, empty = self._counts.tolist()
        return Data(people, len(self._held), completions, paragraphs, empty, skipped, unfinished, alone, few)


class Ledger:
    """Statistics by document, which can be replaced one by one; `agreement` tells what follows from them now, and
    computes only what changed since it was asked last."""

    def __init__(
        self,
        layers: Sequence[Layer],
        resampling: Resampling,
        measures: Sequence[str] | None = None,
        *,
        documents: int,
        hidden: Callable[[str, int], bool] | None = None,
    ) -> None:
        """`documents` is how many there will be, `hidden` says of a document's paragraph whether suggestions were
        hidden there; None where they never are."""
        self.layers = tuple(layers)
        self.resampling = resampling
        self._measures = tuple(measures if measures is not None else families.measures.names())
        always = ("attributes", "f1", "relations")
        self._modules = {name: families.measures.load(name) for name in (*self._measures, *always)}
        self._book = Book(resampling, documents=documents)
        self._model = Book(resampling, documents=documents)
        self._hidden = hidden
        self._notes = _Notes()
        self._known: dict[tuple[str, str], tuple[tuple[int, ...], list[Result]]] = {}

    def put(self, records: Sequence[Record], suggestions: Mapping[str, Sequence[Suggestion]]) -> None:
        """Count documents, in place of what there was of them: all their finished records."""
        comparison = compare(records)
        shared = {p.name for p in comparison.passages}
        for document in {r.document.id for r in records}:
            if document not in shared and document in self._book:
                self._notes.drop(document)
                self._book.drop(document)
            if document not in suggestions and document in self._model:
                self._model.drop(document)
        self.add(comparison)
        own = [r for r in records if r.document.id in suggestions]
        if own:
            self._put_model(own, suggestions)

    def add(self, comparison: Comparison) -> None:
        """Count the documents of a comparison."""
        if not comparison.passages:
            return
        tables: dict[tuple[str, ...], Table] = {}
        headlines: list[Table] = []
        for layer in self.layers:
            for name in self._needed(layer):
                for table, one in self._modules[name].tables(comparison, layer).items():
                    tables["all", name, layer.name, table] = one
            headline = tables["all", *_HEADLINE[layer.kind][:1], layer.name, _HEADLINE[layer.kind][1]]
            headlines.append(headline)
            if self._hidden is not None:
                tables.update(self._split(comparison, layer, headline, ()))
        self._notes.put(_notes(comparison, headlines))
        self._book.put(_batch([(p.name, p.index) for p in comparison.passages]), tables)

    def _needed(self, layer: Layer) -> list[str]:
        """The measures asked for, and those that the rest is told from."""
        always = ("attributes", "f1") if layer.kind == "span" else ("relations",)
        names = [n for n in self._measures if layer.kind in self._modules[n].kinds]
        return list(dict.fromkeys([*names, *always]))

    def _split(
        self, comparison: Comparison, layer: Layer, table: Table, prefix: tuple[str, ...]
    ) -> dict[tuple[str, ...], Table]:
        """A table of the passages where suggestions were shown, and one of those where they were hidden."""
        hidden = np.array(
            [self._hidden is not None and self._hidden(p.name, p.index) for p in comparison.passages]
        )
        out: dict[tuple[str, ...], Table] = {}
        for name, mask in (("shown", ~hidden), ("hidden", hidden)):
            rows = np.concatenate([table.rows, np.ones((len(hidden), 1))], axis=1) * mask[:, None]
            out[name, *prefix, layer.name, _HEADLINE[layer.kind][1]] = Table(
                [*table.keys, ("passages",)], rows
            )
        return out

    def _put_model(self, records: Sequence[Record], suggestions: Mapping[str, Sequence[Suggestion]]) -> None:
        """Every annotator's work against the suggestions of the same documents."""
        comparisons: dict[str, Comparison] = {}
        for name in sorted({r.annotator for r in records if r.annotator}):
            own = [r for r in records if r.annotator == name]
            comparisons[name] = compare([*own, *(_as_record(r, suggestions[r.document.id]) for r in own)])
        places = sorted({(p.name, p.index) for one in comparisons.values() for p in one.passages})
        if not places:
            return
        place = {where: i for i, where in enumerate(places)}
        joined: dict[tuple[str, ...], Table] = {}
        for name, comparison in comparisons.items():
            rows = [place[p.name, p.index] for p in comparison.passages]
            for layer in self.layers if rows else ():
                table = _HEADLINE[layer.kind][2](comparison, layer)
                for id, part in self._split(comparison, layer, table, (name,)).items():
                    wide = np.zeros((len(places), len(part.keys)))
                    wide[rows] = part.rows
                    joined[id] = Table(part.keys, wide)
        self._model.put(_batch(places), joined)

    def drop(self, document: str) -> None:
        """Count a document no more."""
        self._notes.drop(document)
        for book in (self._book, self._model):
            if document in book:
                book.drop(document)

    def __len__(self) -> int:
        return len(self._book)

    def agreement(self, *, skipped: int = 0, unfinished: int = 0, alone: int = 0) -> Agreement:
        """What follows from all documents; the numbers are those of completions and documents that do not count."""
        self._book.settle()
        self._model.settle()
        spans = [layer.name for layer in self.layers if layer.kind == "span"]
        own = self._book.sums
        pairs = {
            name: f1.between(own("all", "f1", name, "pairs"), own("all", "f1", name, "met")) for name in spans
        }
        label = {name: own("all", "attributes", name, "label") for name in spans}
        data = self._notes.data(skipped, unfinished, alone, self._book.few)
        return Agreement(
            data,
            self.resampling,
            tuple(self._results()),
            {layer.name: self._lost(layer) for layer in self.layers},
            pairs,
            {name: _without(data.annotators, held) for name, held in pairs.items()},
            {name: attributes.confusion(sums) for name, sums in label.items()},
            self._notes.worst(),
            tuple(self._blind()),
            tuple(self._against_model()),
        )

    def _results(self) -> Iterable[Result]:
        for layer in self.layers:
            for name in self._measures:
                module = self._modules[name]
                if layer.kind not in module.kinds:
                    continue
                version = self._book.version("all", name, layer.name)
                if self._known.get((name, layer.name), ((), []))[0] != version:
                    prefix = ("all", name, layer.name)
                    sums = {id[-1]: t.sums() for id, t in self._book.tallies.items() if id[:3] == prefix}
                    found = [self._book.result(f, layer.name, *prefix) for f in module.figures(layer, sums)]
                    self._known[name, layer.name] = (version, found)
                yield from self._known[name, layer.name][1]

    def _lost(self, layer: Layer) -> Lost:
        if layer.kind == "span":
            return _lost_spans(self._book.sums("all", "f1", layer.name, "pairing"))
        return _lost_edges(self._book.sums("all", "relations", layer.name, "aligned"))

    def _blind(self) -> Iterable[Contrast]:
        if self._hidden is not None:
            for layer in self.layers:
                yield self._contrast(self._book, layer, "annotators", ())

    def _against_model(self) -> Iterable[Contrast]:
        for name in sorted({id[1] for id in self._model.tallies}):
            for layer in self.layers:
                yield self._contrast(self._model, layer, name, (name,))

    def _contrast(self, book: Book, layer: Layer, name: str, prefix: tuple[str, ...]) -> Contrast:
        _, table, _ = _HEADLINE[layer.kind]
        found: list[Result] = []
        passages: list[int] = []
        for part in ("shown", "hidden"):
            id = (part, *prefix, layer.name)
            sums = book.sums(*id, table)
            figure = _headline(layer, sums)
            found.append(book.result(figure, layer.name, *id))
            passages.append(sums.count("passages"))
        return Contrast(layer.name, name, found[0], found[1], (passages[0], passages[1]))


_HEADLINE: Mapping[str, tuple[str, str, Callable[[Comparison, Layer], Table]]] = {
    "span": ("f1", "strict", f1.strict),
    "relation": ("relations", "aligned", relations.aligned_table),
}
"""By kind of layer the measure and the table of the one figure for contrasts: strict F1, of relations F1 with side."""


def _headline(layer: Layer, sums: Sums) -> Figure:
    return f1.strict_figure(sums) if layer.kind == "span" else relations.with_side(sums)


def _batch(passages: Sequence[tuple[str, int]]) -> Batch:
    """Of the documents and indices of passages, those of a document together."""
    place = {name: i for i, name in enumerate(dict.fromkeys(name for name, _ in passages))}
    document = np.array([place[name] for name, _ in passages], dtype=np.int64)
    return Batch(list(place), document, [index for _, index in passages])


def _notes(comparison: Comparison, headlines: Sequence[Table]) -> dict[str, _Note]:
    """Spans that differ strictly, and relations on aligned ends with their side, by passage; `headlines` have the
    columns `same` and `marked`."""
    same = sum(
        (t.rows[:, list(t.keys).index(("same",))] for t in headlines), np.zeros(len(comparison.passages))
    )
    marked = sum(
        (t.rows[:, list(t.keys).index(("marked",))] for t in headlines), np.zeros(len(comparison.passages))
    )
    differing = np.rint(marked - 2 * same).astype(int).tolist()
    out: dict[str, list[tuple[Passage, int, int]]] = {}
    for passage, apart, every in zip(comparison.passages, differing, marked.tolist(), strict=True):
        out.setdefault(passage.name, []).append((passage, apart, round(every)))
    return {
        name: _Note(
            tuple(
                sorted(own[0][0].works)
                if len(own) == 1
                else sorted({who for p, *_ in own for who in p.works})
            ),
            len(own),
            sum([not w.spans and not w.relations for p, *_ in own for w in p.works.values()]),
            tuple([_spot(*one) for one in own if one[1] > 0]),
        )
        for name, own in out.items()
    }


def _spot(passage: Passage, differing: int, every: int) -> Spot:
    quote = " ".join(passage.text[passage.start : min(passage.end, passage.start + 120)].split())
    return Spot(passage.name, passage.index, differing, every, quote[:80])


def _share(agreed: float, marked: float) -> float | None:
    return 2 * agreed / marked if marked else None


def _lost_spans(sums: Sums) -> Lost:
    same, label, bounds, both = (sums.count(kind) for kind in f1.KINDS)
    total = sums.count("marked")
    missing = total - 2 * (same + label + bounds + both)
    return Lost(
        {"missing": missing, "bounds": bounds, "label": label, "both": both},
        _share(same, total),
        {
            "missing": _share(same, total - missing), "bounds": _share(same + bounds, total),
            "label": _share(same + label, total),
        },
    )  # fmt: skip


def _lost_edges(sums: Sums) -> Lost:
    same, total = sums.count("same"), sums.count("marked")
    side = sums.count("met") - same
    holder, target, missing = (sums.count(cause) for cause in relations.CAUSES)
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


def _as_record(record: Record, suggestions: Sequence[Suggestion]) -> Record:
    """What the model proposes for a document, in the shape of an annotator's finished work."""
    values = [s.value for s in suggestions if s.shown]
    spans = tuple(sorted((v for v in values if isinstance(v, Span)), key=lambda s: (s.start, -s.end, s.id)))
    edges = tuple(v for v in values if isinstance(v, Relation))
    return replace(record, annotator=MODEL, spans=spans, relations=edges, done=(), notes={}, flags=())


__all__ = ["Ledger"]
