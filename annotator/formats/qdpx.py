"""REFI-QDA projects (`.qdpx`), as ATLAS.ti, MAXQDA, NVivo, QualCoder and others exchange them.

A project is a zip archive of `project.qde` (XML) and the folder `sources`. A plain text selection
with its codes becomes an item of the user who coded it. A code's name is the item's label. If the
schema and annotator.toml know only a code above it, that one is the label, and the name is the
entity or concept of the item. Links between selections become relations, notes and descriptions
become notes, and variables of a text become its metadata. Codes of whole texts, cases, sets,
graphs, pictures, sound and PDF areas are not read. The program writes all of this except what it
does not read, and writes attributes as further codes of a selection.

The only library for this (pyrefiqda) unpacks archives to disk without limits, and refuses a project
for a single value that its schema does not list. So it is not used to import, but the tests use it
to read what is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from annotator.formats._qda_reading import ProjectReader
from annotator.formats._qda_writing import ProjectWriter
from annotator.formats._reading import Entry, ReadOptions
from annotator.formats._writing import WriteOptions, by_document
from annotator.model.record import Record

summary = "REFI-QDA projects of ATLAS.ti, MAXQDA, NVivo and QualCoder (in and out)"
extensions = (".qdpx",)
holds_ids = True


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The texts of a project, each with the work of every user who coded it."""
    yield from ProjectReader(path, options).entries()


def parts(records: Iterable[Record], how: WriteOptions) -> Iterator[bytes]:
    """A project with a text source for each document, and a user for each annotator and the
    gold."""
    with ProjectWriter(how) as project:
        for _, works in by_document(records):
            project.add(works)
        yield from project.parts()
