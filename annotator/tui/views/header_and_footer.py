"""The header and the footer: one line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.model.decision import Completion
from annotator.model.review import Mode, ReviewState
from annotator.model.schema import LabelSchema
from annotator.model.span import Span
from annotator.model.text import paragraph_number, whole_percent
from annotator.tui.commands import COMMANDS
from annotator.tui.key_map import KeyMap
from annotator.tui.styled_rows import PLAIN, Piece, clip, justify, width_of
from annotator.tui.theme import Theme
from annotator.tui.views.short_names import cells_of, longest_names, shortened

BLIND = "blind: no suggestions here"
"""What the header says about a paragraph whose suggestions are hidden."""

_TITLE = 9
"""The cells that are kept for the title, with a blank after it."""


def header(
    state: ReviewState,
    theme: Theme,
    width: int,
    *,
    annotator: str,
    saved: str,
    notes: str = "",
    left: str = "",
) -> list[Piece]:
    """Document, paragraph n of m, progress, what is pending (or `left`), annotator, and whether
    everything is saved."""
    done, total = state.progress
    share = whole_percent(done / total) if total else 100
    bar = "━" * (share // 10) + "╌" * (10 - share // 10)
    where = f"¶ {paragraph_number(state.paragraph)}/{len(state.document.paragraphs)}"
    pending = state.left(state.paragraph)
    short = left or str(pending)
    if not left:
        left = _what_is_left(state, pending, blind=notes == BLIND)
    if state.is_excluded(state.paragraph):
        left = "excluded"
    middle = f"  {where}  {bar} {share:3}%  {left}"
    if state.is_done(state.paragraph):
        middle += "  done ✓"
    tail: list[Piece] = [(f"{notes}  {clip(annotator, 16)}  {saved} ", PLAIN)]
    if notes and width_of([(middle, PLAIN), *tail]) + _TITLE > width:
        # Annotators know their own names; what is pending must not be cut.
        tail = [(f"{notes}  {saved} ", PLAIN)]
    if width < 70:
        middle, tail = f"  {where} {share}% {short}", [(f" {saved} ", PLAIN)]
    title = clip(
        f" {state.document.title}", max(_TITLE - 1, width - width_of([(middle, PLAIN), *tail]) - 1)
    )
    return [(t, theme.bar) for t, _ in justify([(title, PLAIN), (middle, PLAIN)], tail, width)]


def _what_is_left(state: ReviewState, pending: int, *, blind: bool) -> str:
    """What the paragraph has left. In finished or skipped work it is not pending: it waits for
    nobody."""
    over = state.annotations.completion in (Completion.DONE, Completion.SKIPPED)
    if pending:
        return f"{pending} {'undecided' if over or state.is_done(state.paragraph) else 'pending'}"
    return "" if blind else _nothing_pending(state)


def _nothing_pending(state: ReviewState) -> str:
    """Why nothing waits in the paragraph: everything is decided, or there was never anything."""
    if not state.suggestions:
        return "no suggestions"
    if state.only or state.threshold > 0:
        return "none shown"  # Others may wait behind the filter.
    return "all decided" if state.items else "nothing marked"


@dataclass(frozen=True, slots=True)
class FooterState:
    """What the footer depends on: equal values give equal footers."""

    mode: Mode
    schema: str = ""
    edits: bool = False
    layer: str = ""
    """The layer of the draft, of the item whose bounds are edited, or of the item in focus."""
    span: bool = False
    pending: bool = False
    suggested: bool = False
    excluded: bool = False
    works: tuple[str, ...] = ()
    """The commands that have an effect here, whatever is in focus."""
    counting: bool = False
    """Whether digits are a number now, whatever else they mean."""

    @property
    def is_decided(self) -> bool:
        """Whether the paragraph is not finished, but nothing is left to decide in it."""
        return "close" in self.works and "accept_all" not in self.works


def footer_state(state: ReviewState, *, counting: bool = False) -> FooterState:
    """The state, as far as the usable keys depend on it; `counting` while a number is typed."""
    if counting:
        return FooterState(state.mode, counting=True)
    schema = state.schema.hash
    if state.mode is not Mode.BROWSE:
        edited = state.find(state.selection.item or "") if state.selection else None
        layer = state.draft.layer if state.draft else edited.value.layer if edited else ""
        return FooterState(state.mode, schema, edits=edited is not None, layer=layer)
    if state.is_excluded(state.paragraph):
        return FooterState(state.mode, schema, excluded=True)
    item = state.focused
    return FooterState(
        state.mode,
        schema,
        layer=item.value.layer if item else "",
        span=item is not None and isinstance(item.value, Span),
        pending=item is not None and item.pending,
        suggested=item is not None and item.suggestion is not None,
        works=_works(state),
    )


_known: list[tuple[tuple[object, ...], tuple[str, ...]]] = []


def _works(state: ReviewState) -> tuple[str, ...]:
    """The commands that have an effect in the paragraph; they do not change while nothing is
    decided."""
    about = (state.items, state.annotations, state.history, state.document)
    if not _known or any(a is not b for a, b in zip(_known[0][0], about, strict=True)):
        undecided, done = state.undecided(state.paragraph) > 0, state.is_done(state.paragraph)
        works = {
            "new": True,
            "next": len(state.items) > 1,
            "accept_all": undecided,
            "close": not done,
            "reopen": done,
            "undo": state.history.undo is not None,
            "next_undecided": undecided,
            "jump": True,
            "redo": state.history.redo is not None,
            "next_paragraph": len(state.document.paragraphs) > 1,
        }
        _known[:] = [(about, tuple(name for name, does in works.items() if does))]
    return _known[0][1]


def footer(
    now: FooterState,
    schema: LabelSchema,
    keys: KeyMap,
    theme: Theme,
    width: int,
    *,
    review: bool = False,
) -> list[Piece]:
    """Only the keys that work now, the most needed first; in review, those that choose between
    versions.

    Keys that only some items have come last, in a reserved place, so that moving between items
    shifts nothing.
    """
    browsing = now.mode is Mode.BROWSE
    if now.counting:
        return foot_row([("0-9", "number"), ("esc", "no number")], theme, width)
    more = (keys.shown("help"), "keys") if browsing else (keys.shown("cancel"), "cancel")
    if now.mode is Mode.SELECT:
        return _labels_row(now, schema, keys, more, theme, width)
    if not browsing:
        return _row(_making_keys(now, schema, keys), more, theme, width)
    if review or now.excluded:
        return _row(_review_keys(now, keys) if review else _excluded_keys(keys), more, theme, width)
    names = dict.fromkeys((*_likely(now), *now.works))
    pairs = [(keys.shown(name), _footer(name)) for name in names]
    return _row_of_item(_item_keys(now, schema, keys), pairs, more, theme, width, item=now.layer)


def _likely(now: FooterState) -> list[str]:
    """The commands that are most likely next."""
    first = ["accept", "reject"] if now.pending else ["delete", "form"] if now.layer else []
    if "next_undecided" in now.works and not now.pending:
        first = ["next_undecided", *first]
    if now.is_decided:
        first = ["close", *first]
    return first


def _row_of_item(
    own: Sequence[tuple[str, str]],
    pairs: Sequence[tuple[str, str]],
    more: tuple[str, str],
    theme: Theme,
    width: int,
    *,
    item: str,
) -> list[Piece]:
    """The keys that always work, and those of the item in focus, if there is one, in their reserved
    place."""
    room = max(sum(len(k) + len(w) + 3 for k, w in own), _OWN) if item else 0
    out = _row(pairs, more, theme, max(width - room, 30))
    for key, words in own:
        piece: list[Piece] = [("  " + key, theme.strong), (f" {words}", theme.muted)]
        if key and width_of(out) + width_of(piece) <= width:
            out += piece
    return out


_OWN = 48
"""Cells reserved for keys that only some items have."""


def foot_row(
    keys: Sequence[tuple[str, str]],
    theme: Theme,
    width: int,
    *,
    last: Sequence[tuple[str, str]] = (),
) -> list[Piece]:
    """A footer of keys with their words: as many whole ones as there is room for, and at the right
    end those that come `last`. The help has all of them."""
    left: list[Piece] = [(" ", PLAIN)]
    right: list[Piece] = [
        piece
        for key, word in last
        for piece in ((key, theme.strong), (f" {word} ", theme.muted), (" ", PLAIN))
    ][:-1]
    for key, word in keys:
        pair: list[Piece] = [(key, theme.strong), (f" {word}  ", theme.muted)]
        if width_of([*left, *pair, *right]) <= width:
            left += pair
    return justify(left, right, width)


def _row(
    pairs: Sequence[tuple[str, str]], more: tuple[str, str], theme: Theme, width: int
) -> list[Piece]:
    """As many keys as there is room for, and `more`."""
    out: list[Piece] = [(" ", PLAIN)]
    reserve = len(more[0]) + len(more[1]) + 2
    for key, words in pairs:
        piece: list[Piece] = [(key, theme.strong), (f" {words}  ", theme.muted)]
        if key and width_of(out) + width_of(piece) + reserve > width:
            break
        if key:
            out += piece
    return [*out, (more[0], theme.strong), (f" {more[1]}", theme.muted)]


def _labels_row(
    now: FooterState,
    schema: LabelSchema,
    keys: KeyMap,
    more: tuple[str, str],
    theme: Theme,
    width: int,
) -> list[Piece]:
    """Every label that the selection can get, with its key; names are as short as needed."""
    layers = [one for one in schema.span_layers if not now.edits or one.name == now.layer]
    every = [(label.key, label.name) for layer in layers for label in layer.labels]
    labels: Sequence[tuple[str, str]] = [(key, name) for key, name in every if key]
    first = [(keys.shown("confirm"), "take it")] if now.edits else []
    listed = (keys.shown("label"), "list")
    rest = [listed] if len(labels) < len(every) else []
    room = _room_beside([*first, *rest, more], width)
    longest = longest_names(labels, room)
    if cells_of(labels, longest) > room:
        # Still too many: as many as there is room for, and the key of the full list.
        rest = [listed]
        labels = _fitting(labels, longest, _room_beside([*first, *rest, more], width))
    names = shortened([name for _, name in labels], longest)
    shown = zip([key for key, _ in labels], names, strict=True)
    out: list[Piece] = [(" ", PLAIN)]
    for key, words in (*first, *shown, *rest, more):
        out += [(key, theme.strong), (f" {words} ", theme.muted)]
    return out


def _fitting(
    labels: Sequence[tuple[str, str]], longest: int, room: int
) -> Sequence[tuple[str, str]]:
    """As many labels, with names of at most `longest` cells, as there is room for."""
    while labels and cells_of(labels, longest) > room:
        labels = labels[:-1]
    return labels


def _room_beside(fixed: Sequence[tuple[str, str]], width: int) -> int:
    """The cells that are left for labels beside these keys."""
    return width - 1 - sum(len(key) + len(words) + 2 for key, words in fixed)


def sizing(keys: KeyMap) -> str:
    """The keys that grow and shrink a selection, in one line."""
    names = ("grow", "shrink", "end_right", "end_left")
    return "  ".join(f"{keys.shown(name)} {_footer(name)}" for name in names if keys.shown(name))


def _review_keys(now: FooterState, keys: KeyMap) -> list[tuple[str, str]]:
    """The keys that choose between versions; before them the one that finishes the paragraph, once
    nothing is left to decide in it, since the document becomes gold only then."""
    names = (
        "take_majority",
        "take_none",
        "take_edit",
        "next_undecided",
        "reason",
        "close",
        "undo",
        "next",
        "new",
        "stance",
    )
    choosing = [("1-9", "whose version"), *((keys.shown(n), _footer(n)) for n in names)]
    if not now.is_decided:
        return choosing
    close = (keys.shown("close"), _footer("close"))
    return [close, *(pair for pair in choosing if pair != close)]


def _excluded_keys(keys: KeyMap) -> list[tuple[str, str]]:
    names = ["exclude", "next_paragraph", "previous_paragraph", "find", "back"]
    return [(keys.shown(n), "bring it back" if n == "exclude" else _footer(n)) for n in names]


def _making_keys(now: FooterState, schema: LabelSchema, keys: KeyMap) -> list[tuple[str, str]]:
    """The keys of a mode in which something is being made."""
    if now.mode is Mode.HOLDER:
        return [
            ("a-z", "the holder by its letter"),
            ("A-Z", "one of several"),
            (keys.shown("author"), "the author"),
        ]
    layer = schema.layer(now.layer)
    return [(label.key, label.name) for label in layer.labels if label.key] if layer else []


def _item_keys(now: FooterState, schema: LabelSchema, keys: KeyMap) -> list[tuple[str, str]]:
    """The keys for the item in focus that do not work on every item."""
    if not now.layer:
        return []
    # Every kind of item has the same words in the same places, if possible, since a move repaints
    # what differs.
    pairs = [(keys.shown("stance"), _footer("stance"))] if _takes_stances(now, schema) else []
    pairs.append((keys.shown("bounds"), _footer("bounds")))
    if not now.span:
        return [*pairs, (keys.shown("first_value"), "basis"), ("1-3", "strength")]
    pairs.append((_label_keys(now, schema) or keys.shown("form"), "label"))
    if now.suggested:
        pairs.append((keys.shown("why"), _footer("why")))
    layer = schema.layer(now.layer)
    if layer is not None and any(layer.attribute_of_type(kind) for kind in ("entity", "concept")):
        pairs.append((keys.shown("name"), _footer("name")))
    return pairs


def _label_keys(now: FooterState, schema: LabelSchema) -> str:
    """The digits of labels, such as `1-9`; empty if there are none, or none for the layer in
    focus."""
    digits = sorted(key for key in schema.span_keys if key.isdigit())
    own = schema.layer(now.layer)
    by_list = own is not None and not any(label.key for label in own.labels)
    return "" if by_list or not digits else "-".join(dict.fromkeys((digits[0], digits[-1])))


def _takes_stances(now: FooterState, schema: LabelSchema) -> bool:
    """Whether the key of a stance has an effect on the item in focus: it begins one, or chooses its
    side again."""
    return not now.span or bool(schema.relations_to(now.layer))


def _footer(name: str) -> str:
    return next(c.footer or c.name.replace("_", " ") for c in COMMANDS if c.name == name)


__all__ = ["BLIND", "FooterState", "foot_row", "footer", "footer_state", "header", "sizing"]
