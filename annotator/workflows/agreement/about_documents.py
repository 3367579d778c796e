"""The data that an agreement keeps about documents besides statistics: who finished them, and the
paragraphs that differ."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotator.measures.api import Array, Comparison, Passage, Table
from annotator.workflows.agreement.values import WORST, Data, ParagraphDisagreement


@dataclass(frozen=True, slots=True)
class DocumentNotes:
    """Data of one document that are not statistics."""

    annotators: tuple[str, ...]
    paragraphs: int
    empty: int
    spots: tuple[ParagraphDisagreement, ...]


_NOTED = DocumentNotes((), 0, 0, ())
"""A placeholder for the notes of a document that are counted but not kept."""


def _rank(spot: ParagraphDisagreement) -> tuple[int, str, int]:
    return -spot.differing, spot.document, spot.paragraph


class Notes:
    """The notes of all documents, with their sums and the order of their spots, kept up to date."""

    def __init__(self, *, keep: bool) -> None:
        """Without `keep`, documents are never replaced, and only the worst spots are kept."""
        self._keep = keep
        self._held: dict[str, DocumentNotes] = {}
        self._people: Counter[str] = Counter()
        self._counts = np.zeros(3, dtype=np.int64)
        self._spots: list[ParagraphDisagreement] = []
        self._sorted = True

    def put(self, notes: Mapping[str, DocumentNotes]) -> None:
        """Take notes of documents, replacing earlier ones."""
        for document, note in notes.items():
            self.drop(document)
            self._held[document] = note if self._keep else _NOTED
            self._count(note, 1)
            if len(notes) > 1:
                self._spots += note.spots
                self._sorted = False
            else:
                for spot in note.spots:
                    insort(self._ranked(), spot, key=_rank)

        if not self._keep:
            self._spots = self._ranked()[:WORST]

    def drop(self, document: str) -> None:
        """Forget a document."""
        note = self._held.pop(document, None)
        if note is not None:
            self._count(note, -1)
            for spot in note.spots:
                del self._ranked()[bisect_left(self._ranked(), _rank(spot), key=_rank)]

    def _count(self, note: DocumentNotes, sign: int) -> None:
        self._counts += sign * np.array([len(note.annotators), note.paragraphs, note.empty])
        for name in note.annotators:
            self._people[name] += sign

    def _ranked(self) -> list[ParagraphDisagreement]:
        if not self._sorted:
            self._spots.sort(key=_rank)
            self._sorted = True
        return self._spots

    def worst(self) -> tuple[ParagraphDisagreement, ...]:
        """Paragraphs by how many items differ."""
        return tuple(self._ranked()[:WORST])

    @property
    def annotators(self) -> tuple[str, ...]:
        """Who finished some of these documents."""
        return tuple(sorted(name for name, n in self._people.items() if n))

    def data(self, skipped: int, unfinished: int, alone: int) -> Data:
        """The data behind the figures."""
        completions, paragraphs, empty = self._counts.tolist()
        return Data(
            self.annotators,
            len(self._held),
            completions,
            paragraphs,
            empty,
            skipped,
            unfinished,
            alone,
        )


def notes_of(comparison: Comparison, headlines: Sequence[Table]) -> dict[str, DocumentNotes]:
    """The numbers of differing spans (strictly) and of differing relations on aligned ends (with
    side), by passage; `headlines` have the columns `same` and `marked`."""
    count = len(comparison.passages)
    same, marked = (_column(headlines, name, count) for name in ("same", "marked"))
    differing = np.rint(marked - 2 * same).astype(int).tolist()
    out: dict[str, list[tuple[Passage, int, int]]] = {}
    for passage, apart, every in zip(comparison.passages, differing, marked.tolist(), strict=True):
        out.setdefault(passage.name, []).append((passage, apart, round(every)))
    return {name: _noted(own) for name, own in out.items()}


def _column(tables: Sequence[Table], name: str, count: int) -> Array:
    """The sums over some tables of a column, one for each of `count` passages."""
    columns = (table.rows[:, list(table.keys).index((name,))] for table in tables)
    return sum(columns, np.zeros(count))


def _noted(own: Sequence[tuple[Passage, int, int]]) -> DocumentNotes:
    """The notes of a document, by its passages with what differs and what was marked in each."""
    works = [work for passage, _, _ in own for work in passage.works.values()]
    return DocumentNotes(
        tuple(sorted({who for passage, _, _ in own for who in passage.works})),
        len(own),
        sum(not work.spans and not work.relations for work in works),
        tuple(_spot(*one) for one in own if one[1] > 0),
    )


def _spot(passage: Passage, differing: int, every: int) -> ParagraphDisagreement:
    quote = " ".join(passage.text[passage.start : min(passage.end, passage.start + 120)].split())
    return ParagraphDisagreement(passage.name, passage.index, differing, every, quote[:80])


__all__ = ["DocumentNotes", "Notes", "notes_of"]
