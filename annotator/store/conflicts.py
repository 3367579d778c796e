"""Refuses decisions that do not fit what others have written meanwhile: the same annotator in two
terminals, or two reviewers of one gold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from annotator.errors import ConflictError
from annotator.model.decision import Action, Decision, Standing
from annotator.model.decision_text import both_ends
from annotator.model.span import Relation, Span, identity
from annotator.store.codec import standing_of
from annotator.store.connection import Database

_Key: TypeAlias = tuple[str | int, ...]

_HINT = "The document is read again; repeat what you did"
_LONGEST = 28
"""The most code points of a quotation."""


def check_stored(
    db: Database, document: str, annotator: str, decision: Decision, state: str | None
) -> None:
    """Raise ConflictError unless `state` (JSON text; None for no state) is what is stored of the
    item of a decision."""
    stored = db.value(
        "SELECT state FROM item WHERE document = ? AND annotator = ? AND item = ?",
        (document, annotator, decision.item),
    )
    if stored != state:
        what = _called(db, document, decision)
        who = _last(db, document, annotator, decision.item)
        raise ConflictError(
            f"{what} of “{document}” was changed elsewhere by {who}", file=db.path, hint=_HINT
        )


def check_twins(db: Database, document: str, annotator: str, decisions: Iterable[Decision]) -> None:
    """Raise ConflictError if decisions that are written by now put an annotation beside one that is
    the same thing.

    The screens do not let anybody make the same annotation twice, so the other one came from
    elsewhere after the document was read. An annotator may have made two on the same stretch or
    between the same ends, and a reviewer may accept both; these differ in a name or another field.
    """
    made = {
        value.id: (decision, value)
        for decision in decisions
        if (value := _made(decision)) is not None
    }
    alike: dict[_Key, list[tuple[str, str]]] = {}
    for item, state, *key in _rows_like(db, document, annotator, made.values()):
        alike.setdefault(tuple(key), []).append((item, state))
    for id, (decision, value) in made.items():
        for item, state in alike.get(_key(value), ()):
            if item == id or (
                decision.action is Action.ACCEPT and not _equal(standing_of(state), value)
            ):
                continue
            what = _called(db, document, decision)
            who = _last(db, document, annotator, item)
            raise ConflictError(
                f"{what} of “{document}” was made elsewhere by {who}", file=db.path, hint=_HINT
            )


def _made(decision: Decision) -> Span | Relation | None:
    """What a decision makes by hand or accepts, if it was nothing or something else before."""
    if decision.action not in (Action.ADD, Action.CORRECT, Action.ACCEPT):
        return None
    old, new = (
        standing.value if standing is not None else None
        for standing in (decision.before, decision.after)
    )
    if not isinstance(new, Span | Relation):
        return None
    same = isinstance(old, Span | Relation) and identity(old) == identity(new)
    return None if same else new


def _key(value: Span | Relation) -> _Key:
    """What makes an annotation the same thing as another one: layer, label, and bounds or ends."""
    ends = (value.start, value.end) if isinstance(value, Span) else (value.source, value.target)
    return (value.layer, value.label, *ends)


def _rows_like(
    db: Database, document: str, annotator: str, made: Iterable[tuple[Decision, Span | Relation]]
) -> Sequence[tuple[Any, ...]]:
    """The items of the document with the key of one that was made: id, state, and that key. The
    items are gone through once, however many were made."""
    keys = [_key(value) for _, value in made]
    if not keys:
        return []
    key = 'layer, label, ifnull(start, source), ifnull("end", target)'
    return db.rows(
        f"SELECT item, state, {key} FROM item WHERE document = ? AND annotator = ? AND ({key}) IN "
        "(SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?))",
        (document, annotator, json.dumps(keys)),
    )


def _equal(standing: Standing | None, value: Span | Relation) -> bool:
    """Whether the annotation that stands has the same names and fields too."""
    other = standing.value if standing is not None else None
    if not isinstance(other, Span | Relation) or other.attributes != value.attributes:
        return False
    names = (one.entity if isinstance(one, Span) else None for one in (other, value))
    return len(set(names)) == 1


def _called(db: Database, document: str, decision: Decision) -> str:
    """The item of a decision in words."""
    standing = decision.after or decision.before
    value = standing.value if standing is not None else None
    if isinstance(value, Relation):
        return f"a {value.layer} ({value.label})"
    if not isinstance(value, Span):
        return "something"
    text = db.value("SELECT text FROM text WHERE document = ?", (document,)) or ""
    return f"{value.label} “{both_ends(text[value.start : value.end], _LONGEST)}”"


def _last(db: Database, document: str, annotator: str, item: str) -> str:
    """Who decided last about an item: for the gold, the reviewer."""
    reviewer = db.value(
        "SELECT reviewer FROM event WHERE document = ? AND annotator = ? AND item = ? "
        "ORDER BY sequence DESC LIMIT 1",
        (document, annotator, item),
    )
    return str(reviewer or annotator)


__all__ = ["check_stored", "check_twins"]
