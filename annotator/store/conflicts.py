"""Refuses decisions that do not fit what others have written meanwhile: the same annotator in two
terminals, or two reviewers of one gold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from annotator.errors import ConflictError
from annotator.model.decision import Action, Decision, Standing
from annotator.model.decision_text import both_ends
from annotator.model.span import Relation, Span, identity
from annotator.store.codec import standing_of
from annotator.store.connection import Database

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
    for decision in decisions:
        value = _made(decision)
        if value is None:
            continue
        for item, state in _rows_like(db, document, annotator, value):
            if decision.action is Action.ACCEPT and not _equal(standing_of(state), value):
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


def _rows_like(
    db: Database, document: str, annotator: str, value: Span | Relation
) -> Sequence[tuple[str, str]]:
    """The other items that are the same thing, with their states."""
    ends = (
        ("start", '"end"', value.start, value.end)
        if isinstance(value, Span)
        else ("source", "target", value.source, value.target)
    )
    return list(
        db.rows(
            "SELECT item, state FROM item WHERE document = ? AND annotator = ? AND item <> ? "
            f"AND layer = ? AND label = ? AND {ends[0]} = ? AND {ends[1]} = ?",
            (document, annotator, value.id, value.layer, value.label, *ends[2:]),
        )
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
