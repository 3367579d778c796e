"""Label Studio's JSON export (not JSON_MIN): text tasks with labels, relations and choices.

Offsets of Label Studio count UTF-16 units; each quotes its text, by which they are checked. Choices, ratings and
texts on a region become attributes where the schema has them, else notes; those on a task become notes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from annotator.errors import InputError
from annotator.formats._foreign import Foreign, Work, plain
from annotator.formats._shared import Batch, ReadOptions, read_bytes

summary = "Label Studio's JSON with labels, relations and choices (in)"
extensions = (".json",)

_LABELS = ("labels", "hypertextlabels")


def read(path: Path, options: ReadOptions) -> Batch:
    """The annotations of a file; a task without one is a text that nobody has worked on. Cancelled annotations are
    skipped documents; predictions are left out."""
    foreign = Foreign("label-studio", path, options, offsets="utf-16")
    for number, (line, task) in enumerate(_tasks(path, options)):
        key = f"[{number}]"
        data = task.get("data")
        annotations = task.get("annotations", task.get("completions"))
        if not isinstance(data, dict) or not isinstance(annotations, list):
            hint = "Export from Label Studio as JSON, not as JSON_MIN or CSV"
            raise InputError(
                "must be a task with data and annotations", file=path, line=line, key=key, hint=hint
            )
        text = foreign.text(_with_text(data), line, f"{key}.data")
        name = foreign.id(task.get("id", number + 1))
        meta = {k: plain(v) for k, v in data.items() if v != text}
        if task.get("predictions"):
            foreign.left_out["predictions"] += len(task["predictions"])
        if not annotations:
            foreign.works.append(Work(text, name, line, None, None, meta=meta))
        for i, one in enumerate(annotations):
            status = "skipped" if one.get("was_cancelled") or one.get("skipped") else "done"
            work = Work(text, name, line, _who(one.get("completed_by")), status, meta=dict(meta))
            foreign.works.append(work)
            _results(foreign, work, one.get("result") or [], f"{key}.annotations[{i}].result")
    return foreign.batch()


def _with_text(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data of a task; its only string is its text, whatever it is called."""
    texts = [value for value in data.values() if isinstance(value, str)]
    return {"text": texts[0], **data} if len(texts) == 1 else data


def _who(given: Any) -> str | None:
    """An annotator's name: address or number."""
    if isinstance(given, dict):
        given = given.get("email") or given.get("id")
    return None if given is None else str(given) if isinstance(given, str) else f"annotator-{given}"


def _results(foreign: Foreign, work: Work, results: list[dict[str, Any]], key: str) -> None:
    """Regions first, since the rest names them."""
    regions: dict[str, list[str]] = {}
    for i, one in enumerate(results):
        if one.get("type") in _LABELS:
            regions[str(one.get("id"))] = _region(foreign, work, one, f"{key}[{i}]")
    for i, one in enumerate(results):
        if one.get("type") == "relation":
            _relation(foreign, work, one, f"{key}[{i}].relation", regions)
        elif one.get("type") not in _LABELS:
            _property(foreign, work, one, regions)


def _region(foreign: Foreign, work: Work, one: Mapping[str, Any], key: str) -> list[str]:
    """The spans of a region, one for each of its labels."""
    value = one.get("value") or {}
    place = value.get("globalOffsets") or value
    start, end = (
        int(x) if isinstance(x, str) and x.isdecimal() else x for x in (place.get("start"), place.get("end"))
    )
    labels = value.get(one["type"]) or value.get("labels") or []
    quote = value.get("text")
    names = [str(one.get("id")) if n == 0 else f"{one.get('id')}-{n}" for n in range(len(labels))]
    for name, label in zip(names, labels, strict=True):
        foreign.span(work, name, label, start, end, key=key, quote=quote if isinstance(quote, str) else None)
    return names


def _relation(
    foreign: Foreign, work: Work, one: Mapping[str, Any], key: str, regions: Mapping[str, list[str]]
) -> None:
    ends = [str(one.get(end)) for end in ("from_id", "to_id")]
    for end in ends:
        if end not in regions:
            raise foreign.fail(work, key, f"“{end}” is no region of the text")
    source, target = (regions[end][0] if regions[end] else end for end in ends)
    ways = {"left": [(target, source)], "bi": [(source, target), (target, source)]}
    for a, b in ways.get(str(one.get("direction", "right")), [(source, target)]):
        for label in one.get("labels") or []:
            foreign.relation(work, f"{a}>{b}>{label}", label, a, b, key=key)
    if not one.get("labels"):
        foreign.left_out["relations without a label"] += 1


def _property(foreign: Foreign, work: Work, one: Mapping[str, Any], regions: Mapping[str, list[str]]) -> None:
    """Choices, a rating, a text: of a region or of the task."""
    kind, value = str(one.get("type")), one.get("value") or {}
    held = value.get(kind, value.get("text"))
    items = regions.get(str(one.get("id")), ["@document"])
    for item in items:
        for words in held if isinstance(held, list) else [held]:
            said = " / ".join(map(str, words)) if isinstance(words, list) else str(words)
            foreign.more(work, item, str(one.get("from_name") or kind), said)


def _tasks(path: Path, options: ReadOptions) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line and value of each task of the list that the file is."""
    try:
        text = read_bytes(path, options.max_bytes).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", file=path, hint="Save the file as UTF-8") from error
    try:
        tasks = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise InputError(f"broken JSON: {error}", file=path, line=line, hint="Export it again") from error
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise InputError("must be a list of tasks", file=path, hint="Export from Label Studio as JSON")
    decoder, at = json.JSONDecoder(), text.index("[") + 1
    for task in tasks:
        at = text.index("{", at)
        yield text.count("\n", 0, at) + 1, task
        at = decoder.raw_decode(text, at)[1]
