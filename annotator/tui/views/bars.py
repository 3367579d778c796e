"""The header and the footer: one line each."""

from __future__ import annotations

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
    more = ("?", "keys") if state.mode is Mode.BROWSE else ("esc", "cancel")
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
        return [("a-z", "the holder by its letter"), (keys.shown("author"), "the author")]
    if state.mode is Mode.SIDE and state.draft is not None:
        layer = state.schema.layer(state.draft.layer)
        return [(label.key, label.name) for label in layer.labels if label.key] if layer else []
    item = state.focused
    names: list[str] = []
    if item is not None and item.pending:
        names += ["accept", "reject"]
    elif item is not None:
        names += ["delete"]
    if item is not None and isinstance(item.value, Span):
        names += ["bounds"]
    first = [(keys.shown(n), _footer(n)) for n in names]
    if item is not None:
        first.append(("1-9", "label") if isinstance(item.value, Span) else ("s", "side"))
        names.append("stance" if isinstance(item.value, Span) else "")
    rest = ["new", "stance", "next", "accept_all", "close", "undo", "name", "jump", "next_undecided", "why"]
    if item is None or not isinstance(item.value, Span):
        rest.remove("stance")
    if not state.undecided(state.paragraph):
        rest.remove("accept_all")
    if item is None or not isinstance(item.value, Span):
        rest.remove("name")
    return [*first, *((keys.shown(n), _footer(n)) for n in rest)]


def _footer(name: str) -> str:
    return next(c.footer or c.name for c in COMMANDS if c.name == name)


__all__ = ["footer", "header"]
