"""Label Studio's JSON export (not JSON_MIN): text tasks with labels, relations and choices.

Label Studio counts offsets as a browser does, in UTF-16 units of the text as it was shown. Each
region quotes its text, so its offsets can be checked. Choices, ratings and texts about a region
become attributes if the schema has them, or else notes; those about a task become notes. Regions of
HTML, dialogues, images and sound are not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotator.formats._label_studio_reading import BEGUN, entries, is_flat
from annotator.formats._reading import Entry, ReadOptions
from annotator.formats._writing import (
    WriteOptions,
    annotator_name,
    by_document,
    count_lost,
    names_of_labels,
    number_of,
    utf16,
    value_texts,
)
from annotator.json_text import json_bytes
from annotator.model.decision import Completion, Suggestion
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import Document

_OWN = ("text", "document", "title")
"""The data of a task that are not metadata."""

summary = "Label Studio's JSON with labels, relations and choices (in and out)"
extensions = (".json",)


def recognises(first: Mapping[str, Any]) -> bool:
    """Whether the first object of a file looks like a task of Label Studio."""
    return (
        isinstance(first.get("data"), dict)
        or "annotations" in first
        or "completions" in first
        or is_flat(first)
    )


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The annotations of a file. A task without one is a text that nobody has worked on. Cancelled
    annotations are skipped documents. Predictions are nobody's work and are left out."""
    yield from entries(path, options)


def parts(records: Iterable[Record], how: WriteOptions) -> Iterator[bytes]:
    """A list of tasks, one for each document. Everybody's work is an annotation, and the gold is
    the ground truth; what each suggester proposes is a prediction with its scores. The format
    cannot hold notes and the author's own stances."""
    results = _Results(how)
    for number, (document, works) in enumerate(by_document(records), 1):
        for record in works:
            count_lost(
                record, how.lost, "notes", "flags", "excluded paragraphs", "relations of the author"
            )
        meta = {key: value for key, value in document.meta.items() if key not in _OWN}
        how.lost[f"metadata named {', '.join(_OWN)}"] += len(document.meta) - len(meta)
        task = {
            "id": number,
            "data": {
                "text": document.text,
                "document": document.id,
                "title": document.title,
                **meta,
            },
            "annotations": [_annotation(record, results) for record in works],
            "predictions": list(_predictions(document, how, results)),
        }
        opening = b"[\n" if number == 1 else b",\n"
        yield opening + json_bytes(task)
    yield b"\n]\n"


def _annotation(record: Record, results: _Results) -> dict[str, Any]:
    """What one annotator did with a document. Label Studio has no state for unfinished
    work, so the program writes a key of its own, which Label Studio ignores."""
    begun = {"status": BEGUN} if record.status is Completion.IN_PROGRESS else {}
    return {
        "id": number_of(record.document.id, annotator_name(record)),
        "completed_by": {"email": annotator_name(record), "id": number_of(annotator_name(record))},
        "was_cancelled": record.status is Completion.SKIPPED,
        "ground_truth": record.annotator is None,
        "result": results.of(record),
        **begun,
    }


def _predictions(
    document: Document, how: WriteOptions, results: _Results
) -> Iterator[dict[str, Any]]:
    """A prediction for each suggester and version; its score is the mean of the scores of
    its suggestions."""
    for model, found in sorted(_by_model(how.suggestions(document), how).items()):
        values = [one.value for one in found.values()]
        spans = tuple(v for v in values if isinstance(v, Span))
        relations = tuple(v for v in values if isinstance(v, Relation))
        written = results.of(Record(document, None, Completion.GOLD, spans, relations))
        for result in written:
            if (one_found := found.get(result.get("id", ""))) is not None:
                result["score"] = round(one_found.score, 4)
        mean = sum(one.score for one in found.values()) / len(found)
        yield {"model_version": model, "score": round(mean, 4), "result": written}


def _by_model(every: Sequence[Suggestion], how: WriteOptions) -> dict[str, dict[str, Suggestion]]:
    """The suggestions of each suggester and version, by id. The ends of a suggested relation come
    with it."""
    spans = {s.id: s for s in every if isinstance(s.value, Span)}
    models: dict[str, dict[str, Suggestion]] = {}
    for one in every:
        own = models.setdefault(f"{one.suggester} {one.version}", {})
        if isinstance(one.value, Relation):
            ends = [one.value.source, one.value.target]
            if any(end not in spans for end in ends):
                how.lost["suggested relations whose ends are not suggested"] += 1
                continue
            own |= {end: spans[end] for end in ends}
        own[one.id] = one
    return {model: own for model, own in models.items() if own}


class _Results:
    """The results of records: regions, relations between them, and attributes as choices or texts.
    The labels and attributes of the schema are looked up once for all records."""

    def __init__(self, how: WriteOptions) -> None:
        self._lost = how.lost
        self._label = names_of_labels(how.schema, "span")
        self._side = names_of_labels(how.schema, "relation")
        self._places = how.schema.places
        self._choices = {
            layer.name: {a.name for a in layer.attributes if a.type == "choice"}
            for layer in how.schema.layers
        }
        self._entities = {
            layer.name: attribute.name
            for layer in how.schema.span_layers
            if (attribute := layer.attribute_of_type("entity")) is not None
        }

    def of(self, record: Record) -> list[dict[str, Any]]:
        """The results of one record, each region before the results about it."""
        text, at = record.document.text, utf16(record.document.text)
        out: list[dict[str, Any]] = []
        for s in record.spans:
            out += self._region(s, at(s.start), at(s.end), text[s.start : s.end])
        for r in record.relations:
            if r.source != AUTHOR:
                self._lost["attributes of relations"] += len(r.attributes)
                out.append(
                    {
                        "direction": "right",
                        "from_id": r.source,
                        "labels": [self._side(r)],
                        "to_id": r.target,
                        "type": "relation",
                    }
                )
        return out

    def _region(self, s: Span, start: int, end: int, quote: str) -> list[dict[str, Any]]:
        """The results of a span: its label, its attributes, and its entity. The words of a text
        area replace the quotation."""
        value = {"end": end, "labels": [self._label(s)], "start": start, "text": quote}
        out = [_result(s.id, "label", "labels", value)]
        choices = self._choices.get(s.layer, ())
        for name in sorted(s.attributes):
            given = s.attributes[name]
            words = (
                [given]
                if isinstance(given, str)
                else value_texts(given, place=name in self._places[s.layer])
            )
            if name in choices:
                value = {"choices": words, "end": end, "start": start, "text": quote}
                out.append(_result(s.id, name, "choices", value))
            else:
                value = {"end": end, "start": start, "text": words}
                out.append(_result(s.id, name, "textarea", value))
        if s.entity is not None and s.layer in self._entities:
            value = {"end": end, "start": start, "text": [s.entity]}
            out.append(_result(s.id, self._entities[s.layer], "textarea", value))
        return out


def _result(id: str, name: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    """The result of one control for a region."""
    return {"from_name": name, "id": id, "to_name": "text", "type": kind, "value": value}
