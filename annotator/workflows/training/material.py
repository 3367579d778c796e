"""What a project has to learn from: the paragraphs that annotators finished, and its texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotator.model.record import GOLD, Record
from annotator.project import Project
from annotator.store.learning import Finished

if TYPE_CHECKING:
    from annotator.english.reading import Reader
    from annotator.learners.examples import Example

MOST = 3000
"""The most paragraphs to learn from: the newest ones."""

TEXTS = 2_000_000
"""The most code points of texts, labelled or not, whose words are counted."""


@dataclass(frozen=True, slots=True)
class Material:
    """The training material: examples in the order in which they were finished, with their records
    (by document and annotator), and all texts."""

    examples: Sequence[Example]
    finished: Sequence[Finished]
    records: Mapping[tuple[str, str], Record]
    texts: Sequence[str]
    sequence: int

    @property
    def documents(self) -> int:
        """Number of documents."""
        return len({one.document for one in self.finished})

    @property
    def paragraphs(self) -> int:
        """The number of paragraphs, each counted once however many annotators finished it."""
        return len({(one.document, one.paragraph) for one in self.finished})


def chosen(finished: Sequence[Finished]) -> list[Finished]:
    """The newest `MOST` examples; for adjudicated paragraphs, only the gold."""
    gold = {(one.document, one.paragraph) for one in finished if one.annotator == GOLD}
    kept = [f for f in finished if f.annotator == GOLD or (f.document, f.paragraph) not in gold]
    return kept[-MOST:]


def material(project: Project, reader: Reader, *, annotator: str | None = None) -> Material:
    """The training material of the project, or of one annotator only if one is named."""
    from annotator.learners.examples import examples_of

    sequence = project.learning.last_sequence()
    every = project.learning.finished()
    finished = chosen([f for f in every if annotator in (None, f.annotator)])
    records: dict[tuple[str, str], Record] = {}
    made: dict[tuple[str, str, int], Example] = {}
    by_work: dict[tuple[str, str], list[int]] = {}
    for one in finished:
        by_work.setdefault((one.document, one.annotator), []).append(one.paragraph)
    for work, paragraphs in by_work.items():
        document, who = work
        record = next(project.log.records(document=document, annotator=who), None)
        if record is not None:
            records[work] = record
            found = examples_of(reader, record, paragraphs)
            made |= {(*work, i): one for i, one in zip(paragraphs, found, strict=True)}
    kept = [f for f in finished if (f.document, f.annotator, f.paragraph) in made]
    return Material(
        [made[f.document, f.annotator, f.paragraph] for f in kept],
        kept,
        records,
        list(_texts(project, {f.document for f in kept})),
        sequence,
    )


def _texts(project: Project, labelled: set[str]) -> Iterator[str]:
    """The texts of these documents and then of others in order, up to `TEXTS` code points."""
    left = TEXTS
    ids = project.documents.ids()
    order = (*(i for i in ids if i in labelled), *(i for i in ids if i not in labelled))
    for document in project.documents.each(order):
        left -= len(document.text)
        yield document.text
        if left <= 0:
            return


__all__ = ["MOST", "TEXTS", "Material", "chosen", "material"]
