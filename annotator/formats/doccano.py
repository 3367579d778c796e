"""doccano's JSONL for sequence labelling, with or without relations.

doccano counts as its browser does, in UTF-16 units, unless the project counts grapheme clusters; that differs only
where a text holds characters beyond U+FFFF, such as emoji. `[format.doccano] offsets = "code-points"` says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annotator.formats._foreign import Foreign, Work, objects, plain
from annotator.formats._shared import Batch, ReadOptions

summary = "doccano's JSONL with spans and relations (in)"
extensions = (".jsonl",)
on_request = True

_OWN = {"id", "text", "label", "labels", "entities", "relations", "Comments", "comments", "cats"}


def recognises(first: Mapping[str, Any]) -> bool:
    """Whether the first object of a file looks like doccano's."""
    return "entities" in first or isinstance(first.get("label", first.get("labels")), list)


def read(path: Path, options: ReadOptions) -> Batch:
    """The examples of a file; one without any annotation is a text that nobody has worked on."""
    foreign = Foreign("doccano", path, options, offsets="utf-16")
    for line, data in objects(path, options):
        text = foreign.text(data, line)
        own = _OWN | {options.settings.get("text", "text")}
        meta = {key: plain(value) for key, value in data.items() if key not in own}
        work = Work(text, foreign.id(data.get("id", line)), line, meta=meta)
        foreign.works.append(work)
        count = _spans(foreign, work, data)
        for i, relation in enumerate(_objects(foreign, work, data.get("relations"), "relations")):
            foreign.relation(
                work, f"r{relation.get('id', i)}", relation.get("type"), str(relation.get("from_id")),
                str(relation.get("to_id")), key=f"relations[{i}]",
            )  # fmt: skip
        if not count:
            work.status = None
        for comment in data.get("Comments") or data.get("comments") or []:
            words = comment.get("text") if isinstance(comment, dict) else comment
            if work.status is None:
                foreign.left_out["comments on texts without annotations"] += 1
            else:
                foreign.more(work, "@document", "", str(words))
    return foreign.batch()


def _spans(foreign: Foreign, work: Work, data: Mapping[str, Any]) -> int:
    """Add the spans; how many there were."""
    if "entities" in data:
        entities = _objects(foreign, work, data["entities"], "entities")
        for i, one in enumerate(entities):
            foreign.span(
                work, str(one.get("id", i)), one.get("label"), one.get("start_offset"), one.get("end_offset"),
                key=f"entities[{i}]",
            )  # fmt: skip
        return len(entities)
    name = "labels" if "labels" in data else "label"
    triples = data.get(name) or []
    if not isinstance(triples, list):
        raise foreign.fail(work, name, "must be a list of [start, end, label]")
    for i, one in enumerate(triples):
        key = f"{name}[{i}]"
        if not isinstance(one, list) or len(one) != 3:
            hint = "Only projects of sequence labelling can be imported, not those of text classification"
            raise foreign.fail(work, key, "must be [start, end, label]", hint)
        foreign.span(work, str(i), one[2], one[0], one[1], key=key)
    return len(triples)


def _objects(foreign: Foreign, work: Work, found: Any, key: str) -> list[dict[str, Any]]:
    if not isinstance(found or [], list) or not all(isinstance(one, dict) for one in found or []):
        raise foreign.fail(work, key, "must be a list of objects")
    return found or []
