"""The header and the footer: one line each."""

from __future__ import annotations

from annotator.model.items import Item
from annotator.model.review import Mode, ReviewState
from annotator.model.span import Span
from annotator.tui.commands import COMMANDS, KeyMap, shown
from annotator.tui.rows import PLAIN, Piece, clip, justify, width_of
from annotator.tui.theme import Theme


def header(
    state: ReviewState, theme: Theme, width: int, *, annotator: str, saved: str, notes: str = ""
) -> list[Piece]:
    """Document, paragraph n of m, progress, what is pending, annotator and whether all is saved."""
    done, total, number = state.progress
    share = round(100 * done / total) if total else 100
    bar = "━" * (share // 10) + "╌" * (10 - share // 10)
    where = f"¶ {number or '–'}/{total}"
    pending = state.undecided(state.paragraph)
    middle = f"  {where}  {bar} {share:3}%  {f'{pending} pending' if pending else 'all decided'}"
    if state.is_done(state.paragraph):
        middle += "  done ✓"
    tail: list[Piece] = [(f"{notes}  {clip(annotator, 16)}  {saved} ", PLAIN)]
    if width < 70:
        middle, tail = f"  {where} {share}% {pending}", [(f" {saved} ", PLAIN)]
    title = clip(f" {state.document.title}", max(8, width - width_of([(middle, PLAIN), *tail]) - 1))
    return [(t, theme.bar) for t, _ in justify([(title, PLAIN), (middle, PLAIN)], tail, width)]


def footer(
    state: ReviewState, keys: KeyMap, theme: Theme, width: int, *, review: bool = False
) -> list[Piece]:
    """Just the keys that work now, the most needed first; those of review where versions are chosen from."""
    now = _review_keys(keys) if review and state.mode is Mode.BROWSE else _keys_now(state, keys)
    pairs = [(key, words) for key, words in now if key]
    out: list[Piece] = [(" ", PLAIN)]
    browsing = state.mode is Mode.BROWSE
    more = (keys.shown("help"), "keys") if browsing else (keys.shown("cancel"), "cancel")
    reserve = len(more[0]) + len(more[1]) + 4
    for key, words in pairs:
        piece: list[Piece] = [(key, theme.strong), (f" {words}  ", theme.muted)]
        if width_of(out) + width_of(piece) + reserve > width:
            break
        out += piece
    return [*out, (more[0], theme.strong), (f" {more[1]}", theme.muted)]


def _review_keys(keys: KeyMap) -> list[tuple[str, str]]:
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
    return [("1-9", "whose version"), *((keys.shown(n), _footer(n)) for n in names)]


def _keys_now(state: ReviewState, keys: KeyMap) -> list[tuple[str, str]]:
    if state.mode is Mode.SELECT:
        labels = [(key, label.name) for key, (_, label) in state.schema.span_keys.items()]
        own = ["move_right", "end_right", "end_left", "grow", "shrink"]
        confirm = (
            [(shown(keys.keys["confirm"][0]), "take it")] if state.selection and state.selection.item else []
        )
        return [*confirm, *labels, *((keys.shown(n), _footer(n)) for n in own)]
    if state.mode is Mode.HOLDER:
        return [
            ("a-z", "the holder by its letter"), ("A-Z", "one of several"),
            (keys.shown("author"), "the author"),
        ]  # fmt: skip
    if state.mode is Mode.SIDE and state.draft is not None:
        layer = state.schema.layer(state.draft.layer)
        return [(label.key, label.name) for label in layer.labels if label.key] if layer else []
    item = state.focused
    if state.is_excluded(state.paragraph):
        names = ["exclude", "next_paragraph", "previous_paragraph", "find", "back"]
        return [(keys.shown(n), "bring it back" if n == "exclude" else _footer(n)) for n in names]
    pairs = _item_keys(state, item, keys) if item is not None else []
    undecided = state.undecided(state.paragraph)
    works = {
        "new": True, "next": len(state.items) > 1, "accept_all": undecided > 0,
        "close": not state.is_done(state.paragraph), "reopen": state.is_done(state.paragraph),
        "undo": state.history.undo is not None, "next_undecided": undecided > 0, "jump": True,
        "redo": state.history.redo is not None, "next_paragraph": len(state.document.paragraphs) > 1,
    }  # fmt: skip
    return [*pairs, *((keys.shown(name), _footer(name)) for name, does in works.items() if does)]


def _item_keys(state: ReviewState, item: Item, keys: KeyMap) -> list[tuple[str, str]]:
    """What can be done with the item in focus."""
    names = ["accept", "reject"] if item.pending else ["delete"]
    if not isinstance(item.value, Span):
        names += ["stance", "first_value"]
        words = {"stance": "side", "first_value": "basis"}
        return [*((keys.shown(n), words.get(n) or _footer(n)) for n in names), ("1-3", "strength")]
    pairs = [(keys.shown(n), _footer(n)) for n in (*names, "bounds")]
    digits = sorted(key for key in state.schema.span_keys if key.isdigit())
    pairs.append((f"{digits[0]}-{digits[-1]}" if digits else keys.shown("label"), "label"))
    layer = state.schema.layer(item.value.layer)
    if state.schema.relations_to(item.value.layer):
        pairs.append((keys.shown("stance"), _footer("stance")))
    kind = next((x for x in ("entity", "concept") if layer and layer.attribute_of_type(x)), None)
    if kind is not None:
        pairs.append((keys.shown("name"), kind))
    if item.suggestion is not None:
        pairs.append((keys.shown("why"), _footer("why")))
    return pairs


def _footer(name: str) -> str:
    return next(c.footer or c.name for c in COMMANDS if c.name == name)


__all__ = ["footer", "header"]
