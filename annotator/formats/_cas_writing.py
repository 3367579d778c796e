"""Writes UIMA CAS as JSON: its types, the text, and a feature structure for each annotation. The
library that reads it (dkpro-cassis) makes the same bytes, thirty times slower."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from annotator.formats._cas_features import feature_names
from annotator.formats._writing import WriteOptions, utf16, value_texts
from annotator.model.record import Record
from annotator.model.schema import LabelSchema, Layer
from annotator.model.span import Relation, Span

CAS_METADATA = "de.tudarmstadt.ukp.clarin.webanno.api.type.CASMetadata"
"""Says whose work a CAS is, and on which document, in INCEpTION."""

DOCUMENT_METADATA = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData"
"""Gives the id and the title of a document, in DKPro and INCEpTION."""

CURATED = "CURATION_USER"
"""The user by whom INCEpTION writes the curated work."""

_ANNOTATION, _STRING = "uima.tcas.Annotation", "uima.cas.String"
_SOFA = 1
"""The number of the text itself."""


class CasWriter:
    """Writes one CAS for each record, with a custom type for each layer."""

    def __init__(self, how: WriteOptions) -> None:
        self._places = how.schema.places
        self._features = {layer.name: feature_names(layer) for layer in how.schema.layers}
        self._names = {
            layer.name: f"webanno.custom.{layer.name.capitalize()}" for layer in how.schema.layers
        }
        self._entities = {
            layer.name: entity.name
            for layer in how.schema.span_layers
            if (entity := layer.attribute_of_type("entity")) is not None
        }
        self._types = self._described(how.schema)

    def cas(self, record: Record) -> bytes:
        """The CAS of a record."""
        document, at = record.document, utf16(record.document.text)
        work = {
            "username": record.annotator or CURATED,
            "sourceDocumentName": document.id,
        }
        about = {"documentId": document.id, "documentTitle": document.title or document.id}
        whole = {"begin": 0, "end": at(len(document.text))}
        sofa = {"sofaNum": 1, "sofaID": "_InitialView", "mimeType": "text/plain"}
        found: list[dict[str, Any]] = [
            {"%ID": _SOFA, "%TYPE": "uima.cas.Sofa", **sofa, "sofaString": document.text},
            {"%ID": 2, "%TYPE": CAS_METADATA, "@sofa": _SOFA, **whole, **work},
            {"%ID": 3, "%TYPE": DOCUMENT_METADATA, "@sofa": _SOFA, **whole, **about},
        ]
        self._annotations(record, at, found)
        members = list(range(2, len(found) + 1))
        return orjson.dumps(
            {
                "%TYPES": self._types,
                "%FEATURE_STRUCTURES": found,
                "%VIEWS": {"_InitialView": {"%SOFA": _SOFA, "%MEMBERS": members}},
            },
            option=orjson.OPT_INDENT_2,
        )

    def _annotations(
        self, record: Record, at: Callable[[int], int], found: list[dict[str, Any]]
    ) -> None:
        """Add the annotations of a record, each with the next number."""
        places: dict[str, tuple[int, int, int]] = {}
        for s in record.spans:
            places[s.id] = begin, end, number = at(s.start), at(s.end), len(found) + 1
            one = self._head(s, begin, end, number)
            self._attributes(one, s, s.entity)
            found.append(one)
        for r in record.relations:
            if r.source in places:
                begin, end, target = places[r.target]
                one = self._head(r, begin, end, len(found) + 1)
                self._attributes(one, r, None)
                found.append({**one, "@Governor": places[r.source][2], "@Dependent": target})

    def _head(self, item: Span | Relation, begin: int, end: int, number: int) -> dict[str, Any]:
        return {
            "%ID": number,
            "%TYPE": self._names[item.layer],
            "@sofa": _SOFA,
            "begin": begin,
            "end": end,
            "id": item.id,
            "label": item.label,
        }

    def _attributes(self, one: dict[str, Any], item: Span | Relation, entity: str | None) -> None:
        """Add the attributes of an item, and its entity, in the order of the schema."""
        attributes, places = item.attributes, self._places[item.layer]
        held = self._entities.get(item.layer)
        for name, feature in self._features[item.layer].items():
            value = attributes.get(name)
            if isinstance(value, str):
                one[feature] = value
            elif value is not None:
                one[feature] = "; ".join(value_texts(value, place=name in places))
            elif name == held and entity:
                one[feature] = entity

    def _described(self, schema: LabelSchema) -> dict[str, Any]:
        """The types by name, with their features."""
        types = {self._names[layer.name]: _type_of(layer) for layer in schema.layers}
        types[CAS_METADATA] = (
            _ANNOTATION,
            dict.fromkeys(("username", "sourceDocumentName"), _STRING),
        )
        types[DOCUMENT_METADATA] = (
            "uima.tcas.DocumentAnnotation",
            dict.fromkeys(("documentId", "documentTitle"), _STRING),
        )
        return {
            name: {
                "%NAME": name,
                "%SUPER_TYPE": above,
                **{own: {"%NAME": own, "%RANGE": kind} for own, kind in features.items()},
            }
            for name, (above, features) in sorted(types.items())
        }


def _type_of(layer: Layer) -> tuple[str, Mapping[str, str]]:
    """The type above that of a layer, and its features with their types."""
    names = dict.fromkeys(["id", "label", *feature_names(layer).values()], _STRING)
    if layer.kind == "relation":
        names |= dict.fromkeys(("Governor", "Dependent"), _ANNOTATION)
    return _ANNOTATION, names


__all__ = ["CAS_METADATA", "CURATED", "DOCUMENT_METADATA", "CasWriter"]
