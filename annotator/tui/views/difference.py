"""One difference between annotators, in rows: what it is about, then each version with the
difference highlighted. Review and agreement show it in the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotator.merging.api import Candidate
from annotator.model.decision_text import both_ends, holder_of
from annotator.model.span import Annotation, Relation, Span
from annotator.model.text import enumerated, plural
from annotator.tui.styled_rows import PLAIN, Piece, clip, width_of, wrapped_pieces
from annotator.tui.theme import Theme
from annotator.tui.views.difference_context import Deciding, DifferenceContext, Rows
from annotator.tui.views.differing_fields import field_rows, value_in_words
from annotator.tui.views.differing_words import Runs, highlighted
from annotator.workflows.review.alignment import CHANGED, GONE, Difference, in_reading_order

_NAMES = 12
"""The most cells for an annotator's name."""

DEPTHS = (3, 1, 0)
"""How many rows a part of a version may have; with 0, all parts of a version share one row."""

_ENDLESS = 1_000_000
"""Room for everything."""


@dataclass(frozen=True, slots=True)
class DifferenceRows:
    """The rows of a difference; for each row of a version the number of its annotator, counted from
    1; and how many rows stand before those of the fields."""

    rows: Rows
    makers: Mapping[int, int]
    above_fields: int


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
    depth: int = DEPTHS[0],
) -> DifferenceRows:
    """The rows of a difference. `head` and `tail` are the two ends of its first row; `proposed` is
    what a model suggests there; `depth` is one of `DEPTHS`."""
    kinds = differing_in_words(difference)
    first = [
        *head,
        scene.ink(difference.layer, theme),
        (f"  {kinds}" if kinds else "", theme.muted),
        *tail,
    ]
    rows: Rows = [first]
    if _quotes(difference):
        about = _about(scene, difference, width - 2, limit=2 if depth else 1)
        rows += [[("  ", PLAIN), (line, PLAIN)] for line in about]
    above_fields = len(rows)
    makers: dict[int, int] = {}
    if difference.by_field:
        rows += field_rows(scene, difference, theme, width, deciding)
    else:
        for number in range(1, len(scene.voters) + 1):
            version = _Version(scene, difference, theme, deciding, number, depth)
            made = version.rows(width)
            makers |= dict.fromkeys(range(len(rows), len(rows) + len(made)), number)
            rows += made
    if proposed is not None:
        words = in_short(scene, proposed, width - 14)
        rows.append([("    model  ", theme.muted), (clip(words, width - 11), theme.muted)])
    rows += _note_rows(scene, difference, theme, width)
    return DifferenceRows(rows, makers, above_fields)


def _quotes(difference: Difference) -> bool:
    """Whether a row of its own says what all versions are about; if bounds differ, each version
    has its words."""
    return difference.by_field or "bounds" not in difference.kinds


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
    several = len(whole) > 1 or whole == ["bounds"]
    parts = [f"{enumerated(whole)} differ{'' if several else 's'}"] if whole else []
    if "missing" in difference.kinds:
        parts.append("missing")
    sizes = [len(version) for version in difference.versions.values()]
    if sizes and max(sizes) > 1 and min(sizes) == 1:
        parts.append(f"1 {difference.layer} against {max(sizes)}")
    return ", ".join(parts)


def _about(
    scene: DifferenceContext, difference: Difference, width: int, *, limit: int
) -> list[str]:
    """What all versions have in common: the words of a span in one place; holder and target of a
    stance, in two rows if one has no room for both and `limit` allows it."""
    value = difference.candidates[0].value
    if not isinstance(value, Relation):
        label = f"{value.label} " if "label" not in difference.kinds else ""
        return [f"{label}“{quote(scene, value, width - 4 - len(label))}”"]
    known = "side" not in difference.kinds
    side = f"{scene.symbol(value)} {value.label}".strip() if known else "…"
    holder = _holder(scene, value) if "holder" not in difference.kinds else "…"
    lead = f"{holder} {side} →"
    target = _target(scene, value, _ENDLESS)
    if limit > 1 and width_of([(f"{lead} {target}", PLAIN)]) > width:
        # The side stays, however long the holder is.
        lead = f"{both_ends(holder, max(8, width - len(side) - 3))} {side} →"
        return [clip(lead, width), clip(f"  {_target(scene, value, width - 4)}", width)]
    return [clip(f"{lead} {_target(scene, value, width - len(lead) - 3)}", width)]


def _target(scene: DifferenceContext, relation: Relation, room: int) -> str:
    target = scene.value_of(relation.target)
    return f"“{quote(scene, target, max(8, room))}”" if isinstance(target, Span) else "?"


@dataclass(frozen=True, slots=True)
class _Version:
    """The version of the annotator with a number: all items of the difference, and what
    distinguishes it from the other versions."""

    scene: DifferenceContext
    difference: Difference
    theme: Theme
    deciding: Deciding | None
    number: int
    depth: int

    def rows(self, width: int) -> Rows:
        """One row if a single part has room there; otherwise each part has rows of its own."""
        who, name = self.scene.voters[self.number - 1]
        parts = in_reading_order(self.difference.version(who))
        room = max(8, width - width_of(self._lead(who, name, is_first=True, focused=False)))
        if not self.depth or not parts:
            lead = self._lead(who, name, is_first=True, focused=any(map(self._has_focus, parts)))
            pieces = self._in_one(parts, room // max(1, len(parts)) - 2)
            return [[*lead, *_one_row(pieces, room)]]
        out: Rows = []
        for part in parts:
            pieces = self._pieces(part, _ENDLESS)
            if width_of(pieces) > room:
                # Lines end before a word that has no room, which may take one row more.
                pieces = self._pieces(part, max(1, self.depth - 1) * room)
            for i, row in enumerate(wrapped_pieces(pieces, room, limit=self.depth)):
                focused = not i and self._has_focus(part)
                out.append([*self._lead(who, name, is_first=not out, focused=focused), *row])
        return out

    def _lead(self, who: str, name: str, *, is_first: bool, focused: bool) -> list[Piece]:
        """The beginning of the rows of a version: the mark of the focus and, in the first row, the
        key, the annotator, and whether it is accepted."""
        names = min(_NAMES, max((len(name) for _, name in self.scene.voters), default=1))
        key = str(self.number) if self.deciding is not None and self.number < 10 else " "
        sign = self.deciding.became(who) if self.deciding is not None else " "
        text = f"{key} {clip(name, names):<{names}} " if is_first else " " * (names + 3)
        return [
            (
                f"{'▸' if focused else ' '} {text}",
                self.theme.strong if focused else self.theme.muted,
            ),
            (f"{sign} " if is_first else "  ", self.theme.strong),
        ]

    def _has_focus(self, part: Candidate) -> bool:
        return self.deciding is not None and part.id == self.deciding.focus

    def _in_one(self, parts: Sequence[Candidate], room: int) -> list[Piece]:
        """All parts, one after the other, each in at most that many cells."""
        pieces: list[Piece] = []
        for part in parts:
            pieces += [("; ", self.theme.muted)] if pieces else []
            pieces += self._pieces(part, room)
        return pieces or [("–  not marked", self.theme.muted)]

    def _pieces(self, part: Candidate, room: int) -> list[Piece]:
        """A part of a version: its label, its words if the bounds differ (with those highlighted
        that not all have), and the fields in which it differs."""
        scene, difference, theme = self.scene, self.difference, self.theme
        value = part.value
        fields = [f for f in part.fields if f.name in difference.fields]
        # The row above names the fields that differ, so a single one need not be named again.
        named = len(fields) > 1
        extra = " · ".join(
            f"{f.name if named else ''} {value_in_words(scene, f, f.of(value))}".strip()
            for f in fields
        )
        alone = isinstance(value, Span) and "bounds" not in difference.kinds
        space = room - len(value.label) - 2 if alone else room // 2
        tail: list[Piece] = [(f"  {clip(extra, max(8, space))}", theme.muted)] if extra else []
        if isinstance(value, Relation):
            return [(clip(_stance(scene, difference, value, room), room), PLAIN), *tail]
        label: Piece = (value.label, theme.strong if "label" in difference.kinds else PLAIN)
        if alone:
            return [label, *tail]
        words = highlighted(
            _runs(scene, difference, value),
            room - len(value.label) - 3 - width_of(tail),
            PLAIN,
            theme.strong,
        )
        return [label, (" “", PLAIN), *words, ("”", PLAIN), *tail]


def _one_row(pieces: Sequence[Piece], room: int) -> list[Piece]:
    return next(iter(wrapped_pieces(pieces, room, limit=1)), [])


def _stance(scene: DifferenceContext, difference: Difference, value: Relation, room: int) -> str:
    """A version of a stance: its side, with holder and target where these differ."""
    holder = f"{_holder(scene, value)} " if "holder" in difference.kinds else ""
    text = f"{holder}{scene.symbol(value)} {value.label}".strip()
    if "ends" in difference.kinds or _targets_differ(scene, difference):
        text += f" → {_target(scene, value, max(12, room - len(text) - 6))}"
    return text


def _targets_differ(scene: DifferenceContext, difference: Difference) -> bool:
    """Whether the versions are on different words; the row above tells those that all are on."""
    relations = (c.value for c in difference.candidates if isinstance(c.value, Relation))
    targets = (scene.value_of(relation.target) for relation in relations)
    places = {(t.start, t.end) if isinstance(t, Span) else None for t in targets}
    return len(places) > 1


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
    "DEPTHS",
    "DifferenceRows",
    "difference_rows",
    "differing_in_words",
    "folded",
    "in_short",
    "quote",
]
