"""Prodigy's JSONL, as `prodigy db-out` writes it for ner, spans and rel recipes. Offsets are code points.

Lines on the same text by the same annotator, as binary recipes make them, become one record. The head of a
relation is its source, the child its target.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from annotator.formats._foreign import Foreign, Work, objects, plain
from annotator.formats._shared import Batch, ReadOptions

summary = "Prodigy's JSONL with spans and relations (in)"
extensions = (".jsonl",)
on_request = True


def recognises(first: Mapping[str, Any]) -> bool:
    """Whether the first object of a file looks like Prodigy's."""
    return "text" in first and bool({"_input_hash", "_task_hash", "answer", "_view_id"} & set(first))


def read(path: Path, options: ReadOptions) -> Batch:
    """The answers of a file. Ignored ones are skipped documents; rejected ones say nothing that could stand."""
    foreign = Foreign("prodigy", path, options)
    found: dict[tuple[str, str | None], Work] = {}
    for line, data in objects(path, options):
        text = foreign.text(data, line)
        annotator = data.get("_annotator_id") or data.get("_session_id") or None
        key = (text, str(annotator) if annotator else None)
        if key not in found:
            meta = data.get("meta")
            found[key] = Work(
                text, foreign.id(line), line, key[1], None, meta=plain(meta) if isinstance(meta, dict) else {}
            )
            foreign.works.append(found[key])
        work = found[key]
        work.line = line
        answer = data.get("answer", "accept")
        if answer == "accept":
            work.status = "done"
            _accept(foreign, work, data)
        elif answer == "ignore":
            work.status = work.status or "skipped"
        else:
            foreign.left_out["rejected answers"] += 1
    return foreign.batch()


def _accept(foreign: Foreign, work: Work, data: Mapping[str, Any]) -> None:
    """What an accepted line says."""
    ids: dict[tuple[object, object], list[str]] = {}
    for i, span in enumerate(_list(foreign, work, data, "spans")):
        key = f"spans[{i}]"
        label, start, end = span.get("label"), span.get("start"), span.get("end")
        name = f"{start}-{end}-{label}"
        ids.setdefault((start, end), []).append(name)
        if name not in work.spans:
            foreign.span(work, name, label, start, end, key=key)
    for i, relation in enumerate(_list(foreign, work, data, "relations")):
        key = f"relations[{i}]"
        ends = [
            _end(foreign, work, relation.get(end), f"{key}.{end}", ids) for end in ("head_span", "child_span")
        ]
        name = f"{ends[0]}>{ends[1]}>{relation.get('label')}"
        foreign.relation(work, name, relation.get("label"), ends[0], ends[1], key=key)
    chosen = data.get("accept")
    if isinstance(chosen, list):
        for option in chosen:
            foreign.more(work, "@document", "choice", str(option))
    elif isinstance(data.get("label"), str):
        foreign.more(work, "@document", "label", data["label"])


def _end(
    foreign: Foreign, work: Work, given: Any, key: str, ids: Mapping[tuple[object, object], list[str]]
) -> str:
    """The span that a relation begins or ends at: with the same bounds, and the same label if there are several."""
    if not isinstance(given, dict):
        raise foreign.fail(work, key, "must be an object with start, end and label")
    names = ids.get((given.get("start"), given.get("end")), [])
    exact = f"{given.get('start')}-{given.get('end')}-{given.get('label')}"
    if exact in names or len(names) == 1:
        return exact if exact in names else names[0]
    hint = "Relations here are between labelled spans, not between bare tokens"
    raise foreign.fail(work, key, "has no span of its own, or several", hint)


def _list(foreign: Foreign, work: Work, data: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found = data.get(key) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise foreign.fail(work, key, "must be a list of objects")
    return found
