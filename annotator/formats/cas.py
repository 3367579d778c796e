"""UIMA CAS, as INCEpTION and DKPro write it: JSON with its types, XMI with `TypeSystem.xml` beside
it, and archives of a document, of a project, or of curated work. Annotations with a governor and a
dependent are relations, all others are spans. The label is the feature `label` or `value`, or else
the name of the type. Further features become attributes if the schema has them, or else notes.
Tokens, sentences and descriptions of the document are not annotations. A library (dkpro-cassis)
reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from annotator.formats._cas_reading import CasReader
from annotator.formats._cas_writing import CasWriter
from annotator.formats._reading import Entry, ReadOptions
from annotator.formats._writing import (
    FileNames,
    WriteOptions,
    annotator_name,
    count_lost,
)
from annotator.model.record import Record

summary = "UIMA CAS of INCEpTION and DKPro, JSON or XMI (in, with the extra cas, and out)"
extensions = (".json", ".xmi", ".zip")
on_request = True

_LOST = (
    "notes",
    "flags",
    "excluded paragraphs",
    "relations of the author",
    "metadata",
    "statuses other than done",
)


def recognises(first: Mapping[str, Any]) -> bool:
    """Whether the first object of a file is a CAS."""
    return "%TYPES" in first or "%FEATURE_STRUCTURES" in first


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The texts of a file or an archive, with everybody's work."""
    yield from CasReader(path, options).entries()


def files(records: Iterable[Record], how: WriteOptions) -> Iterator[tuple[str, bytes]]:
    """A CAS as JSON for each record, in a folder for each annotator, with a custom type for each
    layer, as in INCEpTION. Each file names its document, title and annotator too. The format cannot
    hold the author's own stances, notes and flags."""
    people, names, writer = FileNames(), FileNames(), CasWriter(how)
    for record in records:
        count_lost(record, how.lost, *_LOST)
        place = f"{people.of(annotator_name(record))}/{names.of(record.document.id)}.json"
        yield place, writer.cas(record)
