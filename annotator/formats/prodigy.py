"""Prodigy's JSONL, as `prodigy db-out` writes it for ner, spans and rel recipes. Offsets are code
points. Lines about the same text by the same annotator are one record: in a manual recipe the last
accepted answer counts, in a binary one the answers add up. Rejected answers contain nothing to
keep. The head of a relation is its source, the child its target.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from pathlib import Path
from typing import Any, TypeAlias

from annotator.formats._door import number
from annotator.formats._foreign import WHOLE, ForeignFile, ForeignWork
from annotator.formats._json import objects, rows
from annotator.formats._prodigy_writing import write_lines
from annotator.formats._reading import Entry, Identity, ReadOptions
from annotator.formats._report import shown
from annotator.formats._writing import (
    WriteOptions,
)
from annotator.model.record import Record

summary = "Prodigy's JSONL with spans and relations (in and out)"
extensions = (".jsonl",)
on_request = True

_Answer = tuple[int, Mapping[str, Any]]
_SET = (
    "text",
    "spans",
    "tokens",
    "relations",
    "answer",
    "meta",
    "label",
    "accept",
    "options",
    "html",
    "image",
    "view_id",
)

_MARKS = ("spans", "relations", "accept", "label")
"""What somebody may have done with a text."""


def recognises(first: Mapping[str, Any]) -> bool:
    """Whether the first object of a file looks like Prodigy's."""
    # Tasks with pictures or sound have no text; an answer alone is not Prodigy's.
    marks = {"_input_hash", "_task_hash"} | ({"answer", "_view_id"} if "text" in first else set())
    return bool(marks & first.keys())


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The answers of a file. Ignored ones are skipped documents."""
    foreign = ForeignFile("prodigy", path, options, identity=Identity.TEXT)
    found: dict[tuple[str, str | None], list[_Answer]] = {}
    for line, data in rows(path, options):
        text = foreign.text(data, line)
        if text is None:
            continue
        who = foreign.annotator(data.get("_annotator_id"), data.get("_session_id"), line=line)
        found.setdefault((text, who), []).append((line, data))
    for (text, annotator), answers in found.items():
        _answered(foreign, text, annotator, answers)
    yield from foreign.entries()


def _answered(
    foreign: ForeignFile, text: str, annotator: str | None, answers: list[_Answer]
) -> None:
    """One annotator's answers on one text."""
    first = answers[0][0]
    work = foreign.work(
        text,
        None,
        first,
        annotator=annotator,
        status=None,
        meta=_meta(answers),
    )
    accepted: dict[str, _Answer] = {}
    for line, one in sorted(answers, key=lambda a: (_time(a[1]), a[0])):
        if "answer" not in one and not any(one.get(key) for key in _MARKS):
            continue  # a task that nobody has seen yet
        answer = one.get("answer") or "accept"
        if answer == "accept":
            task = "manual" if _is_manual(one) else str(one.get("_task_hash", f"line {line}"))
            if task in accepted:
                foreign.report.changed(
                    "earlier answers",
                    f"answered again in line {line}; the last accepted answer counts",
                    line=accepted[task][0],
                )
            accepted[task] = (line, one)
        elif answer == "ignore":
            work.status = "skipped"
            if one.get("spans") or one.get("relations"):
                message = "annotations of ignored answers are not read"
                foreign.report.note("annotations of ignored answers", message, line=line)
        elif answer != "reject":
            message = f"the answer must be accept, reject or ignore, not {shown(str(answer))}"
            foreign.left_out(work, "unknown answers", message, "answer", line)
        else:
            foreign.report.note(
                "rejected answers", "rejected answers have no annotations to keep", line=line
            )
    for line, one in accepted.values():
        work.status, work.line = "done", line
        _accept(foreign, work, one)


def _meta(answers: list[_Answer]) -> dict[str, Any]:
    """Add what the answers say about a text; a text field of an accepted answer becomes a note."""
    found: dict[str, Any] = {}
    for _, data in answers:
        meta = data.get("meta")
        found |= meta if isinstance(meta, dict) else {} if meta is None else {"meta": meta}
        accepted = (data.get("answer") or "accept") == "accept"
        for key in sorted(set(data) - set(_SET)):
            if not key.startswith("_") and not (accepted and isinstance(data[key], str)):
                found.setdefault(key, data[key])
    return found


def _time(data: Mapping[str, Any]) -> float:
    try:
        given = float(data.get("_timestamp") or 0)
    except (OverflowError, TypeError, ValueError):
        return 0.0
    return given if isfinite(given) else 0.0


def _is_manual(data: Mapping[str, Any]) -> bool:
    view = str(data.get("_view_id", ""))
    return view.endswith("_manual") or view in ("relations", "blocks")


_Ends: TypeAlias = dict[tuple[int | None, int | None], list[tuple[str, str]]]
"""The name and the label of each span, by its bounds."""


def _accept(foreign: ForeignFile, work: ForeignWork, data: Mapping[str, Any]) -> None:
    """Add what an accepted line says."""
    ids: _Ends = {}
    tokens = _spans(foreign, work, data, ids)
    for i, relation in enumerate(foreign.objects(work, data, "relations")):
        key = f"relations[{i}]"
        ends = [_end(relation, end, ids, tokens) for end in ("head", "child")]
        if None in ends:
            at = "head" if ends[0] is None else "child"
            message = f"its {at} is a bare token, not a labelled span"
            foreign.left_out(work, "relations between bare tokens", message, key)
            continue
        foreign.relation(work, relation.get("label"), ends[0], ends[1], key=key)
    _choices(foreign, work, data)
    for key in sorted(set(data) - set(_SET)):
        if not key.startswith("_") and isinstance(data[key], str) and data[key]:
            foreign.more(work, WHOLE, key, data[key])


def _spans(
    foreign: ForeignFile, work: ForeignWork, data: Mapping[str, Any], ids: _Ends
) -> list[tuple[int, int, str]]:
    """Add the spans of a line, and their names to `ids`; the first and the last token of each, with
    its name."""
    tokens: list[tuple[int, int, str]] = []
    places = {
        index: (number(token.get("start")), number(token.get("end")))
        for i, token in enumerate(objects(data.get("tokens")))
        if (index := number(token.get("id", i))) is not None
    }
    for i, span in enumerate(foreign.objects(work, data, "spans")):
        start, end = number(span.get("start")), number(span.get("end"))
        name = f"{work.line}-{i}"
        ids.setdefault((start, end), []).append((name, str(span.get("label"))))
        first, last = number(span.get("token_start")), number(span.get("token_end"))
        if first is None or last is None:
            inside = [t for t, (a, b) in places.items() if _within(start, a, b, end)]
            first, last = min(inside, default=None), max(inside, default=None)
        if first is not None and last is not None:
            tokens.append((first, last, name))
        foreign.span(
            work,
            name,
            span.get("label"),
            span.get("start"),
            span.get("end"),
            key=f"spans[{i}]",
            quote=span.get("text"),
        )
    return tokens


def _choices(foreign: ForeignFile, work: ForeignWork, data: Mapping[str, Any]) -> None:
    """Add what was chosen for a whole text, or else its label."""
    chosen = data.get("accept")
    if isinstance(chosen, list):
        for option in chosen:
            foreign.more(work, WHOLE, "choice", str(option))
    elif chosen is not None:
        foreign.left_out(work, "choices that are not lists", "must be a list", "accept")
    elif isinstance(data.get("label"), str):
        foreign.more(work, WHOLE, "label", data["label"])


def _within(start: int | None, a: int | None, b: int | None, end: int | None) -> bool:
    """Whether a token `[a, b)` is inside a span."""
    if start is None or a is None or b is None or end is None:
        return False
    return start <= a < b <= end


def _end(
    relation: Mapping[str, Any],
    end: str,
    ids: _Ends,
    tokens: list[tuple[int, int, str]],
) -> str | None:
    """The span at which a relation begins or ends: the one with the given bounds (and the label, if
    there are several), or else the shortest one around its token."""
    given = relation.get(f"{end}_span")
    if isinstance(given, dict):
        names = ids.get((number(given.get("start")), number(given.get("end"))), [])
        if names:
            return next(
                (name for name, label in names if label == str(given.get("label"))), names[0][0]
            )
    token = number(relation.get(end))
    if token is None:
        return None
    around = [(last - first, name) for first, last, name in tokens if first <= token <= last]
    return min(around)[1] if around else None


def parts(records: Iterable[Record], how: WriteOptions) -> Iterator[bytes]:
    """A line for each record, for `prodigy db-in`, with tokens cut where spans begin and end. The
    format cannot hold attributes, entities, notes and the author's own stances."""
    return write_lines(records, how)
