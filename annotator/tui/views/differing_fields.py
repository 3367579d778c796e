"""The fields that annotators filled in differently for one item, in rows, and what a click on one
of the values means."""

from __future__ import annotations

from rich.cells import set_cell_size

from annotator.merging.api import Candidate
from annotator.model.decision_text import both_ends, describe_value
from annotator.model.fields import Field
from annotator.tui.styled_rows import PLAIN, Piece, clip, wrapped_pieces
from annotator.tui.theme import Theme
from annotator.tui.views.apart import Runs, worded
from annotator.tui.views.difference_context import Deciding, DifferenceContext, Rows
from annotator.workflows.review.alignment import Difference


def field_rows(
    scene: DifferenceContext,
    difference: Difference,
    theme: Theme,
    width: int,
    deciding: Deciding | None,
) -> Rows:
    """A row for each field that is filled in differently: `entity differs: 1 Ann Holt · 2 City
    council`, with words highlighted that not all have."""
    return [
        row
        for name in difference.fields
        for row in _field_row(scene, difference, name, theme, width, deciding)
    ]


def _field_row(
    scene: DifferenceContext,
    difference: Difference,
    name: str,
    theme: Theme,
    width: int,
    deciding: Deciding | None,
) -> Rows:
    """The row of one field, or several if its values are long."""
    (candidate,) = difference.candidates
    field = candidate.field(name)
    if deciding is not None and name not in deciding.open:
        said = clip(value_in_words(scene, field, deciding.decided(field)), width - len(name) - 8)
        return [[("    ", PLAIN), (f"{name} ✓ ", theme.muted), (said, PLAIN)]]
    at = deciding is not None and deciding.focus is not None and deciding.field == name
    several = bool(deciding and deciding.focus is not None and not deciding.field)
    lead: list[Piece] = [(_head(name), theme.strong if at or several else PLAIN)]
    choices = _choices(scene, candidate, field, numbered=deciding is not None)
    for i, (_, called, runs) in enumerate(choices):
        lead.append((f"{_BETWEEN if i else ''}{called} ", theme.muted))
        lead += [(words, PLAIN if same else theme.strong) for words, same in runs]
    return [
        [("  ▸ " if at and i == 0 else "    ", theme.strong), *row]
        for i, row in enumerate(wrapped_pieces(lead, max(8, width - 4), limit=4))
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
    if not difference.by_field:
        return None
    for name in difference.fields:
        rows = _field_row(scene, difference, name, theme, width, deciding)
        if 0 <= row < len(rows):
            break
        row -= len(rows)
    else:
        return None
    if name not in deciding.open:
        return None
    # Rows are broken at blanks, so the letters before a cell tell which value it is in.
    before = sum(_letters(text) for one in rows[:row] for text, _ in one[1:])
    (indent, _), *shown = rows[row]
    until = set_cell_size("".join(text for text, _ in shown), max(0, x + 1 - len(indent)))
    at = before + _letters(until)
    (candidate,) = difference.candidates
    end = _letters(_head(name))
    for whose, called, runs in _choices(scene, candidate, candidate.field(name), numbered=True):
        begin, end = end, end + _letters(called) + sum(_letters(words) for words, _ in runs)
        if begin < at <= end:
            return name, whose
        end += _letters(_BETWEEN)
    return None


_BETWEEN = " · "


def _head(name: str) -> str:
    return f"{name} differs: "


def _letters(text: str) -> int:
    """The number of characters that are not blank."""
    return len("".join(text.split()))


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
    texts = [value_in_words(scene, field, field.of(version)) for version, _ in choices]
    first = [min(whose, key=lambda who: order.get(who, 99)) for _, whose in choices]
    return list(zip(first, called, worded(texts), strict=True))


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
