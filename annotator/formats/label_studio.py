"""Label Studio's JSON export (not JSON_MIN): text tasks with labels, relations and choices.

Offsets of Label Studio count as a browser does, in UTF-16 units of the text as it was shown; each
quotes its text, by which they are checked. Choices, ratings and texts on a region become attributes
where the schema has them, else notes; those on a task become notes. Regions of HTML, of dialogues,
images and sound are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from annotator.formats._foreign import WHOLE, Foreign, ForeignWork
from annotator.formats._json import objects, rows
from annotator.formats._json_text import json_bytes
from annotator.formats._reading import Entry, ReadOptions
from annotator.formats._writing import (
    WriteOptions,
    by_document,
    count_lost,
    names_of_labels,
    number_of,
    said,
    utf16,
    who,
)
from annotator.model.decision import Completion, Suggestion
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import Document, plural

summary = "Label Studio's JSON with labels, relations and choices (in and out)"
extensions = (".json",)

_BEGUN = "in_progress"
"""The mark of an annotation whose annotator has not finished."""

_LABELS = ("labels", "hypertextlabels", "paragraphlabels")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_FILE = re.compile(r"\s*(?:\w+://\S+|/?(?:[^\s/]+/)*[^\s/]+\.[A-Za-z]\w{1,4}(?:\?\S*)?)\s*")
"""A text that is nothing but the place of a picture, a sound or a page."""

_PROPERTIES = ("choices", "taxonomy", "rating", "textarea", "number", "datetime", "pairwise")


def recognises(first: Mapping[str, Any]) -> bool:
    """Whether the first object of a file looks like a task of Label Studio."""
    return isinstance(first.get("data"), dict) or "annotations" in first or "completions" in first


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The annotations of a file; a task without one is a text that nobody has worked on. Cancelled
    annotations are skipped documents; predictions are nobody's work, and are left out."""
    foreign = Foreign("label-studio", path, options, unit="utf-16")
    for number, (line, task) in enumerate(rows(path, options)):
        key = f"[{number}]"
        data = task.get("data")
        annotations = task.get("annotations", task.get("completions"))
        if not isinstance(data, dict) or not isinstance(annotations, list | type(None)):
            message = (
                "must be a task with data and annotations; export as JSON, not as JSON_MIN or CSV"
            )
            options.report.left_out("invalid tasks", message, line=line, key=key)
            continue
        text = _text(foreign, data, line, f"{key}.data")
        if text is None:
            _count_lost(foreign, annotations or [], line, key)
            continue
        if task.get("predictions"):
            options.report.note(
                "predictions",
                "predictions are not an annotator's work and are not read",
                line=line,
                key=key,
            )
        drafts = objects(task.get("drafts"))
        if number_of_results := sum(len(objects(one.get("result"))) for one in drafts):
            options.report.left_out(
                "results of drafts",
                f"{plural(number_of_results, 'result')} of drafts that nobody submitted",
                line=line,
                key=f"{key}.drafts",
                count=number_of_results,
            )
        own = task.get("meta")
        meta = own if isinstance(own, dict) else {} if own is None else {"meta": own}
        meta = {**meta, **{k: v for k, v in data.items() if v != text}}
        _annotations(foreign, task, text, meta, annotations or [], line, key)
    yield from foreign.entries()


def _annotations(
    foreign: Foreign,
    task: Mapping[str, Any],
    text: str,
    meta: dict[str, Any],
    annotations: list[Any],
    line: int,
    key: str,
) -> None:
    own = task.get("id")
    if not annotations:
        foreign.work(text, own, line, status=None, meta=meta)
    for i, one in enumerate(annotations):
        at = f"{key}.annotations[{i}]"
        if not isinstance(one, dict):
            foreign.report.left_out("invalid annotations", "must be an object", line=line, key=at)
            continue
        status = "skipped" if one.get("was_cancelled") or one.get("skipped") else "done"
        if status == "done" and one.get("status") == _BEGUN:
            status = _BEGUN
        work = foreign.work(
            text, own, line, annotator=_who(one.get("completed_by")), status=status, meta=dict(meta)
        )
        work.order = (_seconds(one.get("updated_at") or one.get("created_at")), i)
        results = one.get("result")
        if results is None:
            continue
        if not isinstance(results, list):
            foreign.left_out(work, "results that are not lists", "must be a list", f"{at}.result")
            continue
        _results(foreign, work, results, f"{at}.result")


def _count_lost(foreign: Foreign, annotations: list[Any], line: int, key: str) -> None:
    """Tell how many regions are lost with a task that has no text."""
    for i, one in enumerate(annotations):
        results = one.get("result") if isinstance(one, dict) else None
        if isinstance(results, list) and results:
            message = f"{len(results)} results of a task without a text that is read"
            foreign.report.left_out(
                "results of tasks without a text",
                message,
                line=line,
                key=f"{key}.annotations[{i}]",
                count=len(results),
            )


def _text(foreign: Foreign, data: Mapping[str, Any], line: int, key: str) -> str | None:
    """The text of a task; None, and told, when it has none."""
    for name, value in data.items():
        if (
            "text" not in data
            and isinstance(value, list)
            and value
            and all(isinstance(x, dict) for x in value)
        ):
            message = "dialogues are not read, only texts"
            foreign.report.left_out(
                "tasks that are dialogues", message, line=line, key=f"{key}.{name}"
            )
            return None
    return foreign.text(_with_text(data), line, key)


def _with_text(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data of a task; its only string is its text, whatever it is called, if it does not name
    a file."""
    texts = [v for v in data.values() if isinstance(v, str) and not _FILE.fullmatch(v)]
    return {"text": texts[0], **data} if len(texts) == 1 and "text" not in data else data


def _seconds(given: Any) -> float:
    """When something was done, in seconds since 1970; without a zone in UTC, and 0 if it is no
    time."""
    try:
        at = datetime.fromisoformat(given)
        return at.replace(tzinfo=at.tzinfo or UTC).timestamp()
    except (OverflowError, TypeError, ValueError):
        return 0.0


def _who(given: Any) -> str | None:
    """An annotator's name: address or number."""
    if isinstance(given, dict):
        given = given.get("email") or given.get("username") or given.get("id")
    if given is None or given == "" or isinstance(given, bool | list | dict):
        return None
    return given if isinstance(given, str) else f"annotator-{given}"


def _results(foreign: Foreign, work: ForeignWork, results: list[Any], key: str) -> None:
    """Regions first, since the rest names them."""
    spans: dict[str, dict[str, Any]] = {}
    rest: list[tuple[int, dict[str, Any]]] = []
    for i, one in enumerate(results):
        at = f"{key}[{i}]"
        if not isinstance(one, dict):
            foreign.left_out(work, "invalid results", "must be an object", at)
        elif one.get("type") in _LABELS:
            _region(foreign, work, one, at, spans)
        else:
            rest.append((i, one))
    for i, one in rest:
        at, kind = f"{key}[{i}]", one.get("type")
        if kind == "relation":
            _relation(foreign, work, one, f"{at}.relation")
        elif kind in _PROPERTIES:
            _property(foreign, work, one, spans, at)
        else:
            message = f"results of type {kind!s} are not read"
            foreign.left_out(work, f"results of type {kind!s}", message, at)


def _region(
    foreign: Foreign,
    work: ForeignWork,
    one: Mapping[str, Any],
    key: str,
    spans: dict[str, dict[str, Any]],
) -> None:
    """A region: a span for each of its labels."""
    value = one.get("value")
    value = value if isinstance(value, dict) else {}
    inner = value.get("globalOffsets")
    place = inner if isinstance(inner, dict) else value
    by_path = any("/" in str(value.get(end)) for end in ("start", "end"))
    if by_path and (inner is None or _TAG.search(work.text)):
        foreign.left_out(work, "regions of HTML", "regions of HTML (by XPath) are not read", key)
        return
    if one.get("type") == "paragraphlabels":
        foreign.left_out(work, "regions of dialogues", "regions of dialogues are not read", key)
        return
    name = str(one.get("id", key))
    if name in spans:
        if spans[name] == value:
            message = f"the region {name} is sent twice"
            foreign.report.changed("duplicate regions", message, line=work.line, key=key)
            return
        name = f"{name}@{key}"
    spans[name] = value
    labels: Any = next((value[key] for key in (one["type"], *_LABELS) if value.get(key)), [])
    foreign.span(
        work, name, labels, place.get("start"), place.get("end"), key=key, quote=value.get("text")
    )


def _relation(foreign: Foreign, work: ForeignWork, one: Mapping[str, Any], key: str) -> None:
    source, target = (str(one.get(end)) for end in ("from_id", "to_id"))
    ways = {"left": [(target, source)], "bi": [(source, target), (target, source)]}
    labels = one.get("labels")
    every = labels if isinstance(labels, list) and labels else [None]
    if one.get("direction") == "bi":
        message = "a relation in both directions becomes two"
        foreign.report.note("relations in both directions", message, line=work.line, key=key)
    for a, b in ways.get(str(one.get("direction", "right")), [(source, target)]):
        for label in every:
            foreign.relation(work, label, a, b, key=key)


def _property(
    foreign: Foreign, work: ForeignWork, one: Mapping[str, Any], spans: Mapping[str, Any], key: str
) -> None:
    """Choices, a rating, a text: of a region or of the task."""
    value = one.get("value")
    value = value if isinstance(value, dict) else {}
    kind = str(one.get("type"))
    held = value.get(kind, value.get("text"))
    if held is None:
        foreign.left_out(work, "results without a value", f"the {kind} has no value", key)
        return
    name = str(one.get("id"))
    item = name if name in spans else WHOLE
    for words in held if isinstance(held, list) else [held]:
        said = " / ".join(map(str, words)) if isinstance(words, list) else str(words)
        foreign.more(work, item, str(one.get("from_name") or kind), said)


def parts(records: Iterable[Record], how: WriteOptions) -> Iterator[bytes]:
    """A list of tasks, one a document: everybody's work as annotations, of which the gold is the
    ground truth; what each suggester proposes as a prediction with its scores. Notes and the
    author's own stances have no place."""
    results = _Results(how)
    for number, (document, works) in enumerate(by_document(records), 1):
        for record in works:
            count_lost(
                record, how.lost, "notes", "flags", "excluded paragraphs", "relations of the author"
            )
        meta = {k: v for k, v in document.meta.items() if k not in ("text", "document", "title")}
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
    """What one annotator did with a document. Label Studio has no state for work that is begun, so
    that is a key of ours, which it passes over."""
    begun = {"status": _BEGUN} if record.status is Completion.IN_PROGRESS else {}
    return {
        "id": number_of(record.document.id, who(record)),
        "completed_by": {"email": who(record), "id": number_of(who(record))},
        "was_cancelled": record.status is Completion.SKIPPED,
        "ground_truth": record.annotator is None,
        "result": results.of(record),
        **begun,
    }


def _predictions(
    document: Document, how: WriteOptions, results: _Results
) -> Iterator[dict[str, Any]]:
    """A prediction for each suggester and version; its score is the mean of its suggestions'. What
    a suggested relation is between comes with it."""
    every = how.suggestions(document)
    spans = {s.id: s for s in every if isinstance(s.value, Span)}
    models: dict[str, dict[str, Suggestion]] = {}
    for one in every:
        own = models.setdefault(f"{one.suggester} {one.version}", {})
        if isinstance(one.value, Relation):
            ends = [one.value.source, one.value.target]
            if any(end not in spans for end in ends):
                how.lost["suggested relations of what is not suggested"] += 1
                continue
            own |= {end: spans[end] for end in ends}
        own[one.id] = one
    for model, found in sorted(models.items()):
        if not found:
            continue
        values = [one.value for one in found.values()]
        as_record = Record(
            document,
            None,
            Completion.GOLD,
            tuple(v for v in values if isinstance(v, Span)),
            tuple(v for v in values if isinstance(v, Relation)),
        )
        written = results.of(as_record)
        for result in written:
            if (one_found := found.get(result.get("id", ""))) is not None:
                result["score"] = round(one_found.score, 4)
        mean = sum(one.score for one in found.values()) / len(found)
        yield {"model_version": model, "score": round(mean, 4), "result": written}


class _Results:
    """The results of records: regions, relations between them, and attributes as choices or
    texts. What the schema says of labels and attributes is looked up once for all records."""

    def __init__(self, how: WriteOptions) -> None:
        self._lost = how.lost
        self._label = names_of_labels(how.schema, "span")
        self._side = names_of_labels(how.schema, "relation")
        self._choices = {
            (layer.name, attribute.name)
            for layer in how.schema.layers
            for attribute in layer.attributes
            if attribute.type == "choice"
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
            place = {"start": at(s.start), "end": at(s.end), "text": text[s.start : s.end]}
            out.append(_result(s.id, place, "label", "labels", [self._label(s)]))
            for name in sorted(s.attributes):
                value = s.attributes[name]
                kind = "choices" if (s.layer, name) in self._choices else "textarea"
                words = [value] if isinstance(value, str) else said(value)
                out.append(_result(s.id, place, name, kind, words))
            if s.entity is not None and s.layer in self._entities:
                name = self._entities[s.layer]
                out.append(_result(s.id, place, name, "textarea", [s.entity]))
        for r in record.relations:
            if r.source != AUTHOR:
                self._lost["attributes of relations"] += len(r.attributes)
                out.append(
                    {
                        "type": "relation",
                        "from_id": r.source,
                        "to_id": r.target,
                        "direction": "right",
                        "labels": [self._side(r)],
                    }
                )
        return out


def _result(
    id: str, place: Mapping[str, Any], name: str, kind: str, words: list[str]
) -> dict[str, Any]:
    """What a control says about a region; the words of a text area replace the quotation."""
    value = {**place, "text" if kind == "textarea" else kind: words}
    return {"id": id, "from_name": name, "to_name": "text", "type": kind, "value": value}
