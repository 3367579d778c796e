"""Texts coded by several annotators, for tests of agreement, merging and review."""

from __future__ import annotations

from collections.abc import Sequence

from support import document

from annotator.measures.api import Comparison, compare
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.span import Relation, Span

TEXT = "Iran says that the plan is wrong.\nRussia could respond soon."
Units = Sequence[tuple[int, int, str]]


def coding(
    who: str, units: Units, *, held: bool = True, status: Completion = Completion.DONE
) -> Record:
    """One annotator's claims, and with `held` a stance of Iran on the first of them."""
    spans = [
        Span(f"{who}{i}", "claim", label, a, b, origin="human")
        for i, (a, b, label) in enumerate(sorted(units))
    ]
    actor = Span(f"{who}x", "actor", "state", 0, 4, "Iran", {"mention": "name"})
    edges = (
        [Relation(f"{who}r", "stance", "support", actor.id, spans[0].id)] if held and spans else []
    )
    every = tuple(sorted([actor, *spans], key=lambda s: (s.start, -s.end, s.layer, s.label, s.id)))
    return Record(document(TEXT), who, status, every, tuple(edges))


def valued(attribute: str, rows: Sequence[Sequence[object]], *, without: bool = True) -> Comparison:
    """One claim for each unit, with a value of an attribute for each annotator (a row); `without`
    says whether those without a value (None) marked the claim anyway."""
    text = document("x" * (2 * max(map(len, rows))), id="d")
    records = []
    for i, row in enumerate(rows):
        spans = [
            Span(
                f"{i}.{at}",
                "claim",
                "fact",
                2 * at,
                2 * at + 2,
                attributes={} if value is None else {attribute: value},
            )
            for at, value in enumerate(row)
            if without or value is not None
        ]
        records.append(Record(text, f"r{i}", Completion.DONE, tuple(spans)))
    return compare(records)


PLAN = (15, 32, "value")
SOON = (34, 59, "prediction")
