"""Label Studio's exports JSON and JSON_MIN read: tasks, annotations, and what these contain."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from annotator.formats._foreign import WHOLE, ForeignFile, ForeignWork, name_of
from annotator.formats._json import count_spans, objects, rows
from annotator.formats._reading import Entry, ReadOptions
from annotator.formats._report import shown
from annotator.model.text import plural

BEGUN = "in_progress"
"""The mark of an annotation whose annotator has not finished."""

_LABELS = ("labels", "hypertextlabels", "paragraphlabels")
_FLAT = frozenset("id annotator annotation_id created_at updated_at lead_time".split())
"""What JSON_MIN says of an annotation beside its data and its answers."""

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_FILE = re.compile(r"\s*(?:\w+://\S+|/?(?:[^\s/]+/)*[^\s/]+\.[A-Za-z]\w{1,4}(?:\?\S*)?)\s*")
"""A string that is only the path or address of a picture, a sound or a page."""

_STORED = re.compile(r"\s*(?:\w+://|/data/)\S+\s*")
"""A string that is only the address of a text in a storage, or of an uploaded file."""

_PROPERTIES = ("choices", "taxonomy", "rating", "textarea", "number", "datetime", "pairwise")


def entries(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The tasks of a file, each with its annotations."""
    foreign = ForeignFile("label-studio", path, options, unit="utf-16")
    for number, (line, row) in enumerate(rows(path, options)):
        key = f"[{number}]"
        task = _task(row, line, key, options) if is_flat(row) else row
        data = task.get("data")
        annotations = task.get("annotations", task.get("completions"))
        if not isinstance(data, dict) or not isinstance(annotations, list | type(None)):
            message = (
                "must be a task with data and annotations; export as JSON or JSON_MIN, not as CSV"
            )
            options.report.left_out("invalid tasks", message, line=line, key=key)
            continue
        text = _text(foreign, data, line, f"{key}.data")
        if text is None:
            _count_lost(foreign, annotations or [], line, key)
            continue
        _report_unread(task, options, line, key)
        own = task.get("meta")
        meta = own if isinstance(own, dict) else {} if own is None else {"meta": own}
        others = {k: v for k, v in data.items() if v != text}
        _annotations(foreign, task, text, others, {**meta, **others}, annotations or [], line, key)
    yield from foreign.entries()


def _report_unread(task: Mapping[str, Any], options: ReadOptions, line: int, key: str) -> None:
    """Report the predictions and drafts of a task, which are not read."""
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


def is_flat(row: Mapping[str, Any]) -> bool:
    """Whether an object is one annotation as the export JSON_MIN has it, without its task."""
    return "annotation_id" in row and "data" not in row


def _task(row: Mapping[str, Any], line: int, key: str, options: ReadOptions) -> dict[str, Any]:
    """The task of one annotation of JSON_MIN. Its data and its answers are keys of one object; the
    ones that hold regions are recognised as answers."""
    data = {name: value for name, value in row.items() if name not in _FLAT}
    results: list[dict[str, Any]] = []
    for name in [name for name, value in data.items() if count_spans(value)]:
        for i, value in enumerate(objects(data.pop(name))):
            kind = next((kind for kind in _LABELS if kind in value), _LABELS[0])
            results.append({"id": f"{name}-{i}", "type": kind, "from_name": name, "value": value})
    if len(data) > 1:
        message = "JSON_MIN does not say what was answered: all but regions is kept in meta"
        options.report.note("answers in meta", message, line=line, key=key)
    times = {name: row.get(name) for name in ("created_at", "updated_at")}
    annotation = {"completed_by": row.get("annotator"), "result": results, **times}
    return {"id": row.get("id"), "data": data, "annotations": [annotation]}


def _annotations(
    foreign: ForeignFile,
    task: Mapping[str, Any],
    text: str,
    others: Mapping[str, Any],
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
        if status == "done" and one.get("status") == BEGUN:
            status = BEGUN
        work = foreign.work(
            text,
            own,
            line,
            annotator=foreign.annotator(*_who(one.get("completed_by")), line=line),
            status=status,
            meta=dict(meta),
        )
        work.order = (_seconds(one.get("updated_at") or one.get("created_at")), i)
        results = one.get("result")
        if results is None:
            continue
        if not isinstance(results, list):
            foreign.left_out(work, "results that are not lists", "must be a list", f"{at}.result")
            continue
        _results(foreign, work, _of_this_text(foreign, work, results, others, f"{at}.result"))


def _count_lost(foreign: ForeignFile, annotations: list[Any], line: int, key: str) -> None:
    """Report how many regions are lost with a task that has no text."""
    for i, one in enumerate(annotations):
        results = one.get("result") if isinstance(one, dict) else None
        if isinstance(results, list) and results:
            message = f"{plural(len(results), 'result')} of a task whose text is not read"
            foreign.report.left_out(
                "results of tasks without a text",
                message,
                line=line,
                key=f"{key}.annotations[{i}]",
                count=len(results),
            )


def _text(foreign: ForeignFile, data: Mapping[str, Any], line: int, key: str) -> str | None:
    """The text of a task; None, with a report, if it has none."""
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
    named = foreign.options.settings.get("text", "text")
    if isinstance(data.get(named), str) and _STORED.fullmatch(data[named]):
        message = "the text is in another file, and the export holds only its address"
        foreign.report.left_out("texts in other files", message, line=line, key=f"{key}.{named}")
        return None
    return foreign.text(_with_text(data), line, key)


def _with_text(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data of a task, with its only string as its text, whatever the key is called, unless that
    string names a file."""
    texts = [v for v in data.values() if isinstance(v, str) and not _FILE.fullmatch(v)]
    return {"text": texts[0], **data} if len(texts) == 1 and "text" not in data else data


def _seconds(given: Any) -> float:
    """The time when something was done, in seconds since 1970. A time without a zone is in UTC;
    anything that is not a time gives 0."""
    try:
        at = datetime.fromisoformat(given)
        return at.replace(tzinfo=at.tzinfo or UTC).timestamp()
    except (OverflowError, TypeError, ValueError):
        return 0.0


def _who(given: Any) -> list[Any]:
    """The values that may name an annotator, the best first: address, name, number."""
    if isinstance(given, dict):
        return [given.get(key) for key in ("email", "username", "id")]
    return [given]


def _of_this_text(
    foreign: ForeignFile,
    work: ForeignWork,
    results: list[Any],
    others: Mapping[str, Any],
    key: str,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Key and object of each result, except for regions of another text of the task. A control is
    usually named as the text that it shows; a region whose quotation is not there belongs here."""
    for i, one in enumerate(results):
        at = f"{key}[{i}]"
        if not isinstance(one, dict):
            foreign.left_out(work, "invalid results", "must be an object", at)
            continue
        name, value = str(one.get("to_name")), one.get("value")
        other, quote = others.get(name), value.get("text") if isinstance(value, dict) else None
        if (
            one.get("type") in _LABELS
            and isinstance(other, str)
            and (not isinstance(quote, str) or quote in other)
        ):
            message = f"the region is in another text of the task, {shown(name)}"
            foreign.left_out(work, "regions of other texts", message, at)
            continue
        yield at, one


def _results(
    foreign: ForeignFile, work: ForeignWork, results: Iterator[tuple[str, dict[str, Any]]]
) -> None:
    """Read the regions first, since the other results refer to them."""
    spans: dict[str, dict[str, Any]] = {}
    rest: list[tuple[str, dict[str, Any]]] = []
    for at, one in results:
        if one.get("type") in _LABELS:
            _region(foreign, work, one, at, spans)
        else:
            rest.append((at, one))
    for at, one in rest:
        kind = one.get("type")
        if kind == "relation":
            _relation(foreign, work, one, f"{at}.relation")
        elif kind in _PROPERTIES:
            _property(foreign, work, one, spans, at)
        else:
            message = f"results of type {kind!s} are not read"
            foreign.left_out(work, f"results of type {kind!s}", message, at)


def _region(
    foreign: ForeignFile,
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
    name = name_of(one.get("id")) or key
    if name in spans:
        if spans[name] == value:
            message = f"the region {name} appears twice"
            foreign.report.changed("duplicate regions", message, line=work.line, key=key)
            return
        name = f"{name}@{key}"
    spans[name] = value
    labels: Any = next((value[key] for key in (one["type"], *_LABELS) if value.get(key)), [])
    foreign.span(
        work, name, labels, place.get("start"), place.get("end"), key=key, quote=value.get("text")
    )
    for note in _notes(one):
        foreign.more(work, name, "", note)


def _notes(one: Mapping[str, Any]) -> list[str]:
    """The notes on a region, without empty ones."""
    about = one.get("meta")
    text = about.get("text") if isinstance(about, dict) else None
    several = text if isinstance(text, list) else [text]
    return [note for note in several if isinstance(note, str) and note.strip()]


def _relation(foreign: ForeignFile, work: ForeignWork, one: Mapping[str, Any], key: str) -> None:
    """A relation for each of its labels, and in each of its directions."""
    source, target = (name_of(one.get(end)) for end in ("from_id", "to_id"))
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
    foreign: ForeignFile,
    work: ForeignWork,
    one: Mapping[str, Any],
    spans: Mapping[str, Any],
    key: str,
) -> None:
    """Choices, a rating, a text: of a region or of the task."""
    value = one.get("value")
    value = value if isinstance(value, dict) else {}
    kind = str(one.get("type"))
    held = value.get(kind, value.get("text"))
    if held is None:
        foreign.left_out(work, "results without a value", f"the {kind} has no value", key)
        return
    name = name_of(one.get("id"))
    item = name if name in spans else WHOLE
    for words in held if isinstance(held, list) else [held]:
        text = " / ".join(map(str, words)) if isinstance(words, list) else str(words)
        foreign.more(work, item, str(one.get("from_name") or kind), text)


__all__ = ["BEGUN", "entries", "is_flat"]
