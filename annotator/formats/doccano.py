"""doccano's JSONL (or array) for sequence labelling, with or without relations, of every version
since 1.0. Depending on how a project is set up, doccano counts offsets in UTF-16 units, as browsers
do, or in grapheme clusters. The program finds out from the file, unless `[format.doccano] offsets =
"graphemes"` says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from annotator.formats._door import number
from annotator.formats._foreign import WHOLE, ForeignFile, ForeignWork, name_of
from annotator.formats._json import count_spans, rows
from annotator.formats._reading import Entry, ReadOptions
from annotator.formats._writing import (
    FileNames,
    WriteOptions,
    annotator_name,
    count_lost,
    names_of_labels,
    utf16,
)
from annotator.json_text import json_bytes
from annotator.model.record import Record

summary = "doccano's JSONL with spans and relations (in and out)"
extensions = (".jsonl", ".json")
named_by_annotator = True
on_request = True

_LOST = (
    "attributes",
    "entities",
    "flags",
    "excluded paragraphs",
    "relations of the author",
    "titles",
    "statuses other than done",
)
_LISTS = ("label", "labels", "entities", "annotations", "spans")
_OWN = {
    "id",
    "text",
    "data",
    *_LISTS,
    "relations",
    "Comments",
    "comments",
    "cats",
    "meta",
}


def recognises(first: Mapping[str, Any]) -> bool:
    """Whether the first object of a file looks like doccano's."""
    if "schema" in first or "annotation_id" in first:  # ours, or Label Studio's JSON_MIN
        return False
    if not isinstance(first.get("text", first.get("data")), str):
        return any(count_spans(first.get(name)) > 0 for name in ("label", "labels", "entities"))
    return (
        "entities" in first
        or "annotation_approver" in first
        or any(isinstance(first.get(name), list) for name in ("label", "labels", "annotations"))
    )


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The examples of a file; one without any annotation is a text that nobody has worked on."""
    foreign = ForeignFile("doccano", path, options, unit="utf-16")
    for line, data in rows(path, options):
        text = foreign.text(data, line, "", "data")
        if text is None:
            continue
        meta = _meta(data, options.settings.get("text", "text"))
        marks = _marks(foreign, data, line)
        first, *others = marks
        work = foreign.work(text, data.get("id"), line, meta=meta, annotator=first)
        for key, one in marks[first]:
            _span(foreign, work, one, key)
        for user in others:
            other = foreign.work(text, data.get("id"), line, meta=dict(meta), annotator=user)
            other.order = (line,)
            for key, one in marks[user]:
                _span(foreign, other, one, key)
        work.order = (line,)
        relations = foreign.objects(work, data, "relations")
        for i, relation in enumerate(relations):
            foreign.relation(
                work,
                relation.get("type"),
                relation.get("from_id"),
                relation.get("to_id"),
                key=f"relations[{i}]",
            )
        if not marks[first] and not relations:
            work.status = None
        if data.get("cats"):
            message = "labels of whole texts (text classification) are not read"
            foreign.left_out(work, "labels of whole texts", message, "cats")
        _comments(foreign, work, data)
    yield from foreign.entries()


def _meta(data: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The metadata of a text whose key is `text`, without an approver if nobody approved it."""
    own = _OWN | {text}
    approver = {"annotation_approver", "annotation_approver_id"}
    meta = {
        key: value
        for key, value in data.items()
        if key not in own and not (key in approver and value is None)
    }
    about = data.get("meta")
    if about is None:
        return meta
    return meta | (about if isinstance(about, dict) else {"meta": about})


_Mark: TypeAlias = tuple[str, Any]
"""The place of a span in an object, and what is there."""


def _marks(
    foreign: ForeignFile, data: Mapping[str, Any], line: int
) -> dict[str | None, list[_Mark]]:
    """A dict from user to the spans that they marked, for every list. Old exports name a user with
    each span; None stands for spans without a user."""
    marks: dict[str | None, list[_Mark]] = {}
    for name in _LISTS:
        given = data.get(name)
        for i, one in enumerate(given if isinstance(given, list) else [given] if given else []):
            user = one.get("user") if isinstance(one, dict) else None
            key = f"{name}[{i}]" if isinstance(given, list) else name
            marks.setdefault(foreign.annotator(user, line=line), []).append((key, one))
    return marks or {None: []}


def _span(foreign: ForeignFile, work: ForeignWork, one: Any, key: str) -> None:
    """One span: `[start, end, label]`, or an object."""
    name = key.replace("[", "-").rstrip("]")
    if isinstance(one, list) and len(one) == 3:
        foreign.span(work, name, one[2], one[0], one[1], key=key)
    elif isinstance(one, dict) and ("start_offset" in one or "start" in one):
        label = one.get("label", one.get("labels"))
        if not isinstance(label, str) and number(label) is not None:
            label = number(label)
            table = foreign.options.settings.get("labels", {})
            if str(label) not in table:
                foreign.left_out(
                    work,
                    "spans whose label is a number",
                    f"the label is the number {label}: doccano's old export does not give "
                    "names. Say what it stands for in annotator.toml: [format.doccano.labels] "
                    f'and then "{label}" = "LAYER.LABEL"',
                    key,
                )
                return
            label = str(label)
        start, end = (
            one.get("start_offset", one.get("start")),
            one.get("end_offset", one.get("end")),
        )
        foreign.span(work, name_of(one.get("id")) or name, label, start, end, key=key)
    elif isinstance(one, str) and not count_spans(one):
        message = "labels of whole texts (text classification) are not read"
        foreign.left_out(work, "labels of whole texts", message, key)
    else:
        foreign.left_out(work, "invalid spans", "must be [start, end, label]", key)


def _comments(foreign: ForeignFile, work: ForeignWork, data: Mapping[str, Any]) -> None:
    given = data.get("Comments") or data.get("comments")
    for comment in given if isinstance(given, list) else [given] if given else []:
        words = comment.get("text") if isinstance(comment, dict) else comment
        if work.status is None and not foreign.options.empty_is_done:
            message = "a comment on a text without annotations"
            foreign.left_out(work, "comments on texts without annotations", message, "comments")
        else:
            foreign.more(work, WHOLE, "", str(words))


def files(records: Iterable[Record], how: WriteOptions) -> Iterator[tuple[str, bytes]]:
    """A file for each annotator, as in doccano. The format cannot hold attributes, entities and the
    author's own stances."""
    names = FileNames()
    label, side = names_of_labels(how.schema, "span"), names_of_labels(how.schema, "relation")
    numbers: dict[str, int] = {}
    for record in records:
        count_lost(record, how.lost, *_LOST)
        document, at = record.document, utf16(record.document.text)
        number = numbers.setdefault(document.id, len(numbers) + 1)
        ids = {span.id: i for i, span in enumerate(record.spans, 1)}
        data = {
            "id": number,
            "text": document.text,
            "document": document.id,
            "status": record.status.value,
            "meta": dict(document.meta),
            "entities": [
                {
                    "id": ids[s.id],
                    "label": label(s),
                    "start_offset": at(s.start),
                    "end_offset": at(s.end),
                }
                for s in record.spans
            ],
            "relations": [
                {"id": i, "from_id": ids[r.source], "to_id": ids[r.target], "type": side(r)}
                for i, r in enumerate(record.relations, 1)
                if r.source in ids
            ],
            "Comments": [note for _, note in sorted(record.notes.items())],
        }
        yield f"{names.of(annotator_name(record))}.jsonl", json_bytes(data) + b"\n"
