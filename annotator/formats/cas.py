"""UIMA CAS, as INCEpTION and DKPro write it: JSON with its types, XMI with `TypeSystem.xml` beside
it, and archives of a document, of a project, or of curated work. Annotations with a governor and a
dependent are relations, all others are spans. The label is the feature `label` or `value`, or else
the name of the type. Further features become attributes if the schema has them, or else notes.
Tokens, sentences and descriptions of the document are not annotations. A library (dkpro-cassis)
reads and writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from annotator.formats._cas_reading import CAS_METADATA, CURATED, DOCUMENT_METADATA, CasReader
from annotator.formats._extras import extra
from annotator.formats._reading import Entry, ReadOptions
from annotator.formats._writing import (
    FileNames,
    WriteOptions,
    annotator_name,
    count_lost,
    value_texts,
)
from annotator.model.record import Record
from annotator.model.span import Relation, Span

summary = "UIMA CAS of INCEpTION and DKPro, JSON or XMI (in and out; extra cas)"
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
_CUSTOM = "webanno.custom."


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
    cassis = extra("cassis", name="cas")
    people, names = FileNames(), FileNames()
    for record in records:
        count_lost(record, how.lost, *_LOST)
        place = f"{people.of(annotator_name(record))}/{names.of(record.document.id)}.json"
        yield place, _cas(cassis, record, how).to_json(pretty_print=True).encode("utf-8")


def _cas(cassis: Any, record: Record, how: WriteOptions) -> Any:
    types = cassis.TypeSystem()
    made: dict[str, Any] = {}
    for layer in how.schema.layers:
        own = types.create_type(
            f"{_CUSTOM}{layer.name.capitalize()}", supertypeName="uima.tcas.Annotation"
        )
        made[layer.name] = own
        for name in dict.fromkeys(["id", "label", *(a.name for a in layer.attributes)]):
            types.create_feature(own, name, "uima.cas.String")
        if layer.kind == "relation":
            for end in ("Governor", "Dependent"):
                types.create_feature(own, end, "uima.tcas.Annotation")
    cas = cassis.Cas(typesystem=types)
    cas.sofa_string, cas.sofa_mime = record.document.text, "text/plain"
    _describe(types, cas, record)
    spans: dict[str, Any] = {}
    for s in record.spans:
        of = how.schema.layer(s.layer)
        entity = of.attribute_of_type("entity") if of is not None else None
        more = {entity.name: s.entity} if entity is not None and s.entity else {}
        spans[s.id] = made[s.layer](begin=s.start, end=s.end, **_held(s), **more)
        cas.add(spans[s.id])
    for r in record.relations:
        if r.source in spans:
            target = spans[r.target]
            ends = {"Governor": spans[r.source], "Dependent": target}
            cas.add(made[r.layer](begin=target.begin, end=target.end, **ends, **_held(r)))
    return cas


def _describe(types: Any, cas: Any, record: Record) -> None:
    """Write whose work it is, and the document's id and title, as INCEpTION and DKPro do."""
    document = record.document
    who = record.annotator or CURATED
    work = {"username": who, "sourceDocumentName": document.id}
    about = {"documentId": document.id, "documentTitle": document.title or document.id}
    for name, above, values in (
        (CAS_METADATA, "uima.tcas.Annotation", work),
        (DOCUMENT_METADATA, "uima.tcas.DocumentAnnotation", about),
    ):
        made = types.create_type(name, supertypeName=above)
        for feature in values:
            types.create_feature(made, feature, "uima.cas.String")
        cas.add(made(begin=0, end=len(document.text), **values))


def _held(item: Span | Relation) -> dict[str, str]:
    return {"id": item.id, "label": item.label} | {
        name: "; ".join(value_texts(v)) for name, v in item.attributes.items()
    }
