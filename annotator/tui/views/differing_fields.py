"""The fields that annotators filled in differently for one item, in rows, and what a click on one
of the values means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.merging.api import Candidate
from annotator.model.decision_text import both_ends, describe_value
from annotator.model.fields import Field
from annotator.tui.styled_rows import PLAIN, Piece, width_of, wrapped_pieces
from annotator.tui.theme import Theme
from annotator.tui.views.difference_context import Deciding, DifferenceContext, Rows
from annotator.tui.views.differing_words import Runs, worded
from annotator.workflows.review.alignment import Difference


def field_rows(
    scene: DifferenceContext,
    difference: Difference,
    theme: Theme,
    width: int,
    deciding: Deciding | None,
) -> Rows:
    """A row for each field that is filled in differently: `entity differs: 1 Ann Holt · 2 City
    council`, with words highlighted that not all have. Values for which one row is too short have
    rows of their own."""
    return [
        row
        for name in difference.fields
        for row, _ in _field_row(scene, difference, name, theme, width, deciding)
    ]


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of a row, from and until a column, with the value of an annotator."""

    begin: int
    end: int
    who: str


def _field_row(
    scene: DifferenceContext,
    difference: Difference,
    name: str,
    theme: Theme,
    width: int,
    deciding: Deciding | None,
) -> list[tuple[list[Piece], list[_Cells]]]:
    """The rows of one field, each with the values in it."""
    (candidate,) = difference.candidates
    field = candidate.field(name)
    if deciding is not None and name not in deciding.open:
        return _decided_rows(scene, candidate, field, theme, width, deciding)
    at = deciding is not None and deciding.focus is not None and deciding.field == name
    several = bool(deciding and deciding.focus is not None and not deciding.field)
    lead: list[Piece] = [
        ("  ▸ " if at else "    ", theme.strong),
        (f"{name} differs", theme.strong if at or several else PLAIN),
    ]
    values: list[tuple[str, list[Piece]]] = [
        (
            who,
            [
                (f"{called} ", theme.muted),
                *((words, PLAIN if same else theme.strong) for words, same in runs),
            ],
        )
        for who, called, runs in _choices(scene, candidate, field, numbered=deciding is not None)
    ]
    in_one = _in_one_row(lead, values, theme)
    return [in_one] if width_of(in_one[0]) <= width else [(lead, []), *_below(values, width)]


def _decided_rows(
    scene: DifferenceContext,
    candidate: Candidate,
    field: Field,
    theme: Theme,
    width: int,
    deciding: Deciding,
) -> list[tuple[list[Piece], list[_Cells]]]:
    """The decided value of a field and, if the difference is in focus, the other values that a
    number or a click would give it."""
    value = value_in_words(scene, field, deciding.decided(field))
    lead = f"{field.name} ✓ "
    taken = both_ends(value, width - len(lead) - 5)
    rows: list[tuple[list[Piece], list[_Cells]]] = [
        ([("    ", PLAIN), (lead, theme.muted), (taken, PLAIN)], [])
    ]
    if deciding.focus is None:
        return rows
    for who, called, runs in _choices(scene, candidate, field, numbered=True):
        words = "".join(text for text, _ in runs)
        if words != _told(field, value):
            other = f"× {called} {both_ends(words, width - 9 - len(called))}"
            rows.append(([("      ", PLAIN), (other, theme.muted)], [_Cells(0, width, who)]))
    return rows


def _in_one_row(
    lead: Sequence[Piece], values: Sequence[tuple[str, list[Piece]]], theme: Theme
) -> tuple[list[Piece], list[_Cells]]:
    row, cells = list(lead), []
    for i, (who, pieces) in enumerate(values):
        row.append((" · " if i else ": ", theme.muted))
        begin = width_of(row)
        row += pieces
        cells.append(_Cells(begin, width_of(row), who))
    return row, cells


def _below(
    values: Sequence[tuple[str, list[Piece]]], width: int
) -> list[tuple[list[Piece], list[_Cells]]]:
    """A value in each row, or in up to three if it is long."""
    return [
        ([("      " if first else "        ", PLAIN), *row], [_Cells(0, width, who)])
        for who, pieces in values
        for first, row in zip(
            (True, False, False), wrapped_pieces(pieces, max(8, width - 8), limit=3), strict=False
        )
    ]


def value_at(
    scene: DifferenceContext,
    difference: Difference,
    theme: Theme,
    width: int,
    deciding: Deciding,
    row: int,
    x: int,
) -> tuple[str, str] | None:
    """The field, and an annotator who has the value, at a cell of the rows of the fields, the first
    of which is 0; None if there is no open value."""
    for name in difference.fields if difference.by_field and row >= 0 else ():
        rows = _field_row(scene, difference, name, theme, width, deciding)
        if row < len(rows):
            found = next((c.who for c in rows[row][1] if c.begin <= x < c.end), None)
            return (name, found) if found is not None else None
        row -= len(rows)
    return None


def _choices(
    scene: DifferenceContext, candidate: Candidate, field: Field, *, numbered: bool
) -> list[tuple[str, str, Runs]]:
    """The values of a field in the order of the keys: for each the first of its annotators, what
    they are called, and the words."""
    order = {who: i for i, (who, _) in enumerate(scene.voters)}
    choices = sorted(
        candidate.choices(field.name), key=lambda c: min(order.get(who, 99) for who in c[1])
    )
    called = [
        ",".join(_called(scene, who, numbered=numbered) for who in whose) for _, whose in choices
    ]
    texts = [
        _told(field, value_in_words(scene, field, field.of(version))) for version, _ in choices
    ]
    first = [min(whose, key=lambda who: order.get(who, 99)) for _, whose in choices]
    return list(zip(first, called, worded(texts), strict=True))


def _told(field: Field, words: str) -> str:
    """A value beside the number of a key: a number says what it is, so that the two are not
    confused (`1 strength 2`)."""
    return f"{field.name} {words}" if words.lstrip("-+").isdigit() else words


def _called(scene: DifferenceContext, who: str, *, numbered: bool) -> str:
    """An annotator by the number of their key or by name, as the row has room."""
    at = next((i for i, (name, _) in enumerate(scene.voters, 1) if name == who), 0)
    return str(at) if numbered else dict(scene.voters).get(who, who)


def value_in_words(scene: DifferenceContext, field: Field, held: object) -> str:
    """A value in readable form; for a stretch of text, its words."""
    if field.pair and isinstance(held, list) and len(held) == 2:
        return f"“{both_ends(scene.document.quote(int(held[0]), int(held[1])), 32)}”"
    return describe_value(held) if held is not None else "none"  # type: ignore[arg-type]


__all__ = ["field_rows", "value_at", "value_in_words"]
