"""Tables of statistics from finished work, which `incremental.py` adds up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from annotator import families
from annotator.measures.api import (
    AnyTable,
    Batch,
    Comparison,
    Measure,
    SparseTable,
    Table,
    compare,
)
from annotator.model.decision import Suggestion
from annotator.model.record import Record
from annotator.model.schema import Layer
from annotator.workflows.agreement import against_suggestions
from annotator.workflows.agreement.about_documents import DocumentNotes, notes_of
from annotator.workflows.agreement.against_suggestions import Compared, Hidden, stored_now

HEADLINE: Mapping[str, tuple[str, str]] = {
    "span": ("f1", "strict"),
    "relation": ("relations", "aligned"),
}
"""The measure and the table of the one figure for contrasts, by kind of layer: strict F1, or F1
with side for relations."""


def _batch(passages: Sequence[str]) -> Batch:
    """A batch of the documents of passages, with the passages of each document together."""
    place = {name: i for i, name in enumerate(dict.fromkeys(passages))}
    return Batch(list(place), np.array([place[name] for name in passages], dtype=np.int64))


_NONE = _batch(())


@dataclass(frozen=True, slots=True)
class TabulatedWork:
    """Tables of the `shared` documents, which two or more annotators have finished, with notes on
    them; and of the `suggested` ones, `against_model`. `documents` are all that were read."""

    documents: frozenset[str]
    shared: Batch = _NONE
    tables: Mapping[tuple[str, ...], AnyTable] = field(default_factory=dict)
    notes: Mapping[str, DocumentNotes] = field(default_factory=dict)
    suggested: Batch = _NONE
    against_model: Mapping[tuple[str, ...], AnyTable] = field(default_factory=dict)

    def without_zeros(self) -> TabulatedWork:
        """The same in far less memory."""
        tables = {id: SparseTable(one.keys, *one.entries()) for id, one in self.tables.items()}
        return replace(self, tables=tables)


class Tabulator:
    """Makes tables in these layers; `IncrementalAgreement` says what the options are."""

    def __init__(
        self,
        layers: Sequence[Layer],
        measures: Sequence[str] | None = None,
        *,
        pairwise: bool = True,
        concepts: Mapping[str, str] | None = None,
        hidden: Hidden | None = None,
        compared: Compared = stored_now,
        contrasts: bool = False,
    ) -> None:
        self._layers, self._pairwise = tuple(layers), pairwise
        self.measures = tuple(measures if measures is not None else families.measures.names())
        always = ("attributes", "f1", "relations")
        self.modules: dict[str, Measure] = {
            name: families.measures.load(name) for name in (*self.measures, *always)
        }
        self._concepts = dict(concepts or {})
        self._hidden, self._compared = hidden or _never, compared
        self._contrasts = contrasts

    def work(
        self, records: Sequence[Record], suggestions: Mapping[str, Sequence[Suggestion]]
    ) -> TabulatedWork:
        """The tables of documents, from all their finished records."""
        documents = frozenset(r.document.id for r in records)
        found = replace(
            self.shared_work(compare(records, pairwise=self._pairwise, concepts=self._concepts)),
            documents=documents,
        )
        own = {name: held for name, held in suggestions.items() if name in documents}
        if not own:
            return found
        return replace(
            found,
            suggested=Batch(list(own), np.arange(len(own))),
            against_model=against_suggestions.tables(
                [r for r in records if r.document.id in own],
                own,
                self._layers,
                self._hidden,
                self._compared,
            ),
        )

    def shared_work(self, comparison: Comparison) -> TabulatedWork:
        """The tables of the documents of a comparison."""
        if not comparison.passages:
            return TabulatedWork(frozenset())
        tables: dict[tuple[str, ...], AnyTable] = {}
        headlines: list[Table] = []
        for layer in self._layers:
            for name in self._needed(layer):
                for table, one in self.modules[name].tables(comparison, layer).items():
                    tables["all", name, layer.name, table] = one
            measure, table = HEADLINE[layer.kind]
            headline = tables["all", measure, layer.name, table]
            assert isinstance(headline, Table)
            headlines.append(headline)
            if self._contrasts:
                tables.update(self._split(comparison, layer, headline))
        shared = _batch([p.name for p in comparison.passages])
        notes = notes_of(comparison, headlines)
        return TabulatedWork(frozenset(shared.documents), shared, tables, notes)

    def _needed(self, layer: Layer) -> list[str]:
        """The measures asked for, and those that other parts of the report need."""
        always = ("attributes", "f1") if layer.kind == "span" else ("relations",)
        names = [n for n in self.measures if layer.kind in self.modules[n].kinds]
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
            out[name, layer.name, HEADLINE[layer.kind][1]] = Table(
                [*table.keys, ("passages",)], rows
            )
        return out


def _never(document: str, who: str, paragraph: int) -> bool:  # noqa: ARG001
    """Suggestions are never hidden."""
    return False


__all__ = ["HEADLINE", "TabulatedWork", "Tabulator"]
