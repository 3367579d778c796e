"""Label Studio's JSON export (not JSON_MIN): text tasks with labels, relations and choices.

Offsets of Label Studio count as a browser does, in UTF-16 units of the text as it was shown; each quotes its text, by
which they are checked. Choices, ratings and texts on a region become attributes where the schema has them, else notes;
those on a task become notes. Regions of HTML, of dialogues, images and sound are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from annotator.formats._foreign import WHOLE, Foreign, Work
from annotator.formats._json import rows
from annotator.formats._reading import Entry, ReadOptions

summary = "Label Studio's JSON with labels, relations and choices (in)"
extensions = (".json",)

_LABELS = ("labels", "hypertextlabels", "paragraphlabels")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_PROPERTIES = ("choices", "taxonomy", "rating", "textarea", "number", "datetime", "pairwise")


def recognises(first: Mapping[str, Any]) -> bool:
    """Whether the first object of a file looks like a task of Label Studio."""
    return isinstance(first.get("data"), dict) or "annotations" in first or "completions" in first


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The annotations of a file; a task without one is a text that nobody has worked on. Cancelled annotations are
    skipped documents; predictions are nobody's work, and are left out."""
    foreign = Foreign("label-studio", path, options, unit="utf-16")
    for number, (line, task) in enumerate(rows(path, options)):
        key = f"[{number}]"
        data = task.get("data")
        annotations = task.get("annotations", task.get("completions"))
        if not isinstance(data, dict) or not isinstance(annotations, list | type(None)):
            message = "must be a task with data and annotations; export as JSON, not as JSON_MIN or CSV"
            options.report.left_out("tasks that are none", message, line=line, key=key)
            continue
        text = _text(foreign, data, line, f"{key}.data")
        if text is None:
            _count_lost(foreign, annotations or [], line, key)
            continue
        if task.get("predictions"):
            options.report.note(
                "predictions", "predictions are nobody's work, and are not read", line=line, key=key
            )
        meta = {k: v for k, v in data.items() if v != text}
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
            foreign.report.left_out("annotations that are none", "must be an object", line=line, key=at)
            continue
        status = "skipped" if one.get("was_cancelled") or one.get("skipped") else "done"
        work = foreign.work(
            text, own, line, annotator=_who(one.get("completed_by")), status=status, meta=dict(meta)
        )
        work.order = (str(one.get("updated_at") or one.get("created_at") or ""), i)
        results = one.get("result")
        if results is None:
            continue
        if not isinstance(results, list):
            foreign.left_out(work, "results that are no list", "must be a list", f"{at}.result")
            continue
        _results(foreign, work, results, f"{at}.result")


def _count_lost(foreign: Foreign, annotations: list[Any], line: int, key: str) -> None:
    """Tell how many regions are lost with a task that has no text."""
    for i, one in enumerate(annotations):
        results = one.get("result") if isinstance(one, dict) else None
        if isinstance(results, list) and results:
            message = f"{len(results)} results of a task without a text that is read"
            foreign.report.left_out(
                "results of tasks without a text", message, line=line, key=f"{key}.annotations[{i}]",
                count=len(results),
            )  # fmt: skip


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
            foreign.report.left_out("tasks that are dialogues", message, line=line, key=f"{key}.{name}")
            return None
    return foreign.text(_with_text(data), line, key)


def _with_text(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data of a task; its only string is its text, whatever it is called."""
    texts = [value for value in data.values() if isinstance(value, str)]
    return {"text": texts[0], **data} if len(texts) == 1 and "text" not in data else data


def _who(given: Any) -> str | None:
    """An annotator's name: address or number."""
    if isinstance(given, dict):
        given = given.get("email") or given.get("username") or given.get("id")
    if given is None or isinstance(given, bool | list | dict):
        return None
    return given if isinstance(given, str) else f"annotator-{given}"


def _results(foreign: Foreign, work: Work, results: list[Any], key: str) -> None:
    """Regions first, since the rest names them."""
    spans: dict[str, dict[str, Any]] = {}
    rest: list[tuple[int, dict[str, Any]]] = []
    for i, one in enumerate(results):
        at = f"{key}[{i}]"
        if not isinstance(one, dict):
            foreign.left_out(work, "results that are none", "must be an object", at)
        elif one.get("type") in _LABELS:
            _region(foreign, work, one, at, spans)
        else:
            rest.append((i, one))
    for i, one in rest:
        at, kind = f"{key}[{i}]", one.get("type")
        if kind == "relation":
            _relation(foreign, work, one, f"{at}.relation")
        elif kind in _PROPERTIES:
            _property(foreign, work, one, spans)
        else:
            message = f"results of type {kind!s} are not read"
            foreign.left_out(work, f"results of type {kind!s}", message, at)


def _region(
    foreign: Foreign, work: Work, one: Mapping[str, Any], key: str, spans: dict[str, dict[str, Any]]
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
            foreign.report.changed("regions that are sent twice", message, line=work.line, key=key)
            return
        name = f"{name}@{key}"
    spans[name] = value
    labels = value.get(str(one["type"])) or value.get("labels") or []
    foreign.span(work, name, labels, place.get("start"), place.get("end"), key=key, quote=value.get("text"))


def _relation(foreign: Foreign, work: Work, one: Mapping[str, Any], key: str) -> None:
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


def _property(foreign: Foreign, work: Work, one: Mapping[str, Any], spans: Mapping[str, Any]) -> None:
    """Choices, a rating, a text: of a region or of the task."""
    value = one.get("value")
    value = value if isinstance(value, dict) else {}
    kind = str(one.get("type"))
    held = value.get(kind, value.get("text"))
    name = str(one.get("id"))
    item = name if name in spans else WHOLE
    for words in held if isinstance(held, list) else [held]:
        said = " / ".join(map(str, words)) if isinstance(words, list) else str(words)
        foreign.more(work, item, str(one.get("from_name") or kind), said)
