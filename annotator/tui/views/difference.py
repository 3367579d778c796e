"""One difference between annotators, in rows: what it is about, then each version with the
difference highlighted. Review and agreement show it in the same way."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.merging.api import Candidate
from annotator.model.decision_text import both_ends, holder_of
from annotator.model.span import Annotation, Relation, Span
from annotator.model.text import plural
from annotator.tui.styled_rows import PLAIN, Piece, clip, width_of, wrapped_pieces
from annotator.tui.theme import Theme
from annotator.tui.views.difference_context import Deciding, DifferenceContext, Rows
from annotator.tui.views.differing_fields import field_rows, value_in_words
from annotator.tui.views.differing_words import Runs, highlighted
from annotator.workflows.review.alignment import CHANGED, GONE, Difference

_NAMES = 12
"""The most cells for an annotator's name."""


def difference_rows(
    scene: DifferenceContext,
    difference: Difference,
    theme: Theme,
    width: int,
    *,
    deciding: Deciding | None = None,
    head: Sequence[Piece] = (),
    tail: Sequence[Piece] = (),
    proposed: Annotation | None = None,
) -> Rows:
    """The rows of a difference. `head` and `tail` are the two ends of its first row; `proposed` is
    what a model suggests there."""
    kinds = differing_in_words(difference)
    first = [
        *head,
        scene.ink(difference.layer, theme),
        (f"  {kinds}" if kinds else "", theme.muted),
        *tail,
    ]
    rows: Rows = [first]
    if first_version(difference) != 1:
        rows.append([("  ", PLAIN), (_about(scene, difference, width - 2), PLAIN)])
    if difference.by_field:
        rows += field_rows(scene, difference, theme, width, deciding)
    else:
        rows += _version_rows(scene, difference, theme, width, deciding)
    if proposed is not None:
        words = in_short(scene, proposed, width - 14)
        rows.append([("    model  ", theme.muted), (clip(words, width - 11), theme.muted)])
    return [*rows, *_note_rows(scene, difference, theme, width)]


def first_version(difference: Difference) -> int:
    """The index of the row with the first annotator's version; 0 if the rows are those of
    fields."""
    if difference.by_field:
        return 0
    return 1 if "bounds" in difference.kinds else 2


_OF_GOLD = {
    (GONE,): "nobody has it any more (0 keeps it)",
    (CHANGED,): "changed since it was gold (0 keeps it)",
}


def differing_in_words(difference: Difference) -> str:
    """In which respects the versions differ, in words; empty if the rows show it themselves."""
    if difference.kinds in _OF_GOLD:
        return _OF_GOLD[difference.kinds]
    if difference.by_field or not difference.kinds:
        return ""
    whole = [kind for kind in difference.kinds if kind != "missing"]
    parts = [f"{', '.join(whole)} differ{'s' if len(whole) == 1 else ''}"] if whole else []
    if "missing" in difference.kinds:
        parts.append("missing")
    sizes = [len(version) for version in difference.versions.values()]
    if sizes and max(sizes) > 1 and min(sizes) == 1:
        parts.append(f"one against {max(sizes)}")
    return ", ".join(parts)


def _about(scene: DifferenceContext, difference: Difference, width: int) -> str:
    """What all versions have in common: the words of a span in one place; holder and target of a
    stance."""
    value = difference.candidates[0].value
    if isinstance(value, Relation):
        side = (
            f"{scene.symbol(value)} {value.label}".strip()
            if "side" not in difference.kinds
            else "…"
        )
        holder = _holder(scene, value) if "holder" not in difference.kinds else "…"
        return clip(
            f"{holder} {side} → {_target(scene, value, width - len(holder) - len(side) - 6)}", width
        )
    label = f"{value.label} " if "label" not in difference.kinds else ""
    return f"{label}“{quote(scene, value, width - 4 - len(label))}”"


def _target(scene: DifferenceContext, relation: Relation, room: int) -> str:
    target = scene.value_of(relation.target)
    return f"“{quote(scene, target, max(8, room))}”" if isinstance(target, Span) else "?"


def _version_rows(
    scene: DifferenceContext,
    difference: Difference,
    theme: Theme,
    width: int,
    deciding: Deciding | None,
) -> Rows:
    """A line for each annotator, with what distinguishes their version from the others."""
    names = min(_NAMES, max((len(name) for _, name in scene.voters), default=1))
    rows: Rows = []
    for number, (who, name) in enumerate(scene.voters, 1):
        several = difference.version(who)
        at = deciding is not None and any(c.id == deciding.focus for c in several)
        key = str(number) if deciding is not None and number < 10 else " "
        sign = deciding.became(who) if deciding is not None else " "
        row: list[Piece] = [
            (
                f"{'▸' if at else ' '} {key} {clip(name, names):<{names}} ",
                theme.strong if at else theme.muted,
            ),
            (f"{sign} ", theme.strong),
        ]
        room = max(8, width - width_of(row))
        rows.append([*row, *_several_pieces(scene, difference, several, theme, room)])
    return rows


def _several_pieces(
    scene: DifferenceContext,
    difference: Difference,
    several: Sequence[Candidate],
    theme: Theme,
    room: int,
) -> list[Piece]:
    """All that an annotator has of a difference, one after the other."""
    said: list[Piece] = []
    for candidate in several:
        said += [("; ", theme.muted)] if said else []
        said += _version_pieces(scene, difference, candidate, theme, room // len(several) - 2)
    return said or [("–  not marked", theme.muted)]


def _version_pieces(
    scene: DifferenceContext, difference: Difference, candidate: Candidate, theme: Theme, room: int
) -> list[Piece]:
    """A version: its label, its words if the bounds differ (with those highlighted that not all
    have), and the fields in which it differs."""
    value = candidate.value
    fields = [f for f in candidate.fields if f.name in difference.fields]
    # The row above names the fields that differ, so a single one need not be named again.
    named = len(fields) > 1
    extra = " · ".join(
        f"{f.name if named else ''} {value_in_words(scene, f, f.of(value))}".strip() for f in fields
    )
    alone = isinstance(value, Span) and "bounds" not in difference.kinds
    space = room - len(value.label) - 2 if alone else room // 2
    tail: list[Piece] = [(f"  {clip(extra, max(8, space))}", theme.muted)] if extra else []
    if isinstance(value, Relation):
        holder = f"{_holder(scene, value)} " if "holder" in difference.kinds else ""
        said = f"{holder}{scene.symbol(value)} {value.label}".strip()
        if "ends" in difference.kinds or len(difference.ids) > 1:
            said += f" → {_target(scene, value, max(12, room - len(said) - 6))}"
        return [(clip(said, room), PLAIN), *tail]
    label: Piece = (value.label, theme.strong if "label" in difference.kinds else PLAIN)
    if "bounds" not in difference.kinds:
        return [label, *tail]
    words = highlighted(
        _runs(scene, difference, value),
        room - len(value.label) - 3 - width_of(tail),
        PLAIN,
        theme.strong,
    )
    return [label, (" “", PLAIN), *words, ("”", PLAIN), *tail]


def _runs(scene: DifferenceContext, difference: Difference, span: Span) -> Runs:
    """The words of a span in parts: those that all versions have, and those that only some have."""
    runs: Runs = []
    at = span.start
    for low, high in (*difference.contested, (span.end, span.end)):
        low, high = min(max(low, span.start), span.end), min(high, span.end)
        if at < low:
            runs.append((scene.document.quote(at, low), True))
        if low < high:
            runs.append((scene.document.quote(low, high), False))
        at = max(at, high)
    if all(not same for _, same in runs):
        # Nothing is shared, so leave it as it is.
        return [("".join(text for text, _ in runs), False)]
    return runs


def _note_rows(scene: DifferenceContext, difference: Difference, theme: Theme, width: int) -> Rows:
    """What annotators noted on their versions."""
    rows: Rows = []
    for who, name in scene.voters:
        notes = [scene.note(who, c.id) for c in difference.versions.get(who, ())]
        for note in dict.fromkeys(note for note in notes if note):
            words: list[Piece] = [(f"{clip(name, _NAMES)} noted: ", theme.muted), (note, PLAIN)]
            rows += [
                [("    ", PLAIN), *row] for row in wrapped_pieces(words, max(8, width - 4), limit=2)
            ]
    return rows


def quote(scene: DifferenceContext, span: Span, room: int) -> str:
    """A span's words; for long ones, the beginning and the end."""
    return both_ends(scene.document.quote(span.start, span.end), max(4, room))


def _holder(scene: DifferenceContext, relation: Relation) -> str:
    """Who holds a stance, as briefly as a row of versions needs it."""
    return holder_of(scene, relation, author="author", longest=24)


def in_short(scene: DifferenceContext, value: Annotation, room: int) -> str:
    """An annotation in one line."""
    if isinstance(value, Span):
        return f"{value.label} “{quote(scene, value, room - len(value.label) - 3)}”"
    line = f"{_holder(scene, value)} {scene.symbol(value)} {value.label} → "
    return f"{line}{_target(scene, value, max(8, room - len(line)))}"


def folded(
    scene: DifferenceContext,
    agreed: Sequence[Difference],
    theme: Theme,
    width: int,
    *,
    limit: int = 0,
) -> Rows:
    """What all coded alike, in a row or two, cut after `limit` rows."""
    if not agreed:
        return []
    names = [in_short(scene, d.candidates[0].value, 34) for d in agreed]
    lead = f"= all coded {plural(len(names), 'item')} alike: "
    return wrapped_pieces(
        [(lead, theme.muted), (", ".join(names), theme.muted)], width, limit=limit
    )


__all__ = [
    "difference_rows",
    "differing_in_words",
    "first_version",
    "folded",
    "in_short",
    "quote",
]
