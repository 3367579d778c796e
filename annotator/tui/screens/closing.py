"""What the annotate screen says once an item was accepted, or a paragraph or the whole document was
finished, beyond what the step itself says."""

from __future__ import annotations

from annotator.model.decision import Completion
from annotator.model.items import Item
from annotator.model.review import ReviewState
from annotator.model.span import Relation, Span
from annotator.model.text import paragraph_number
from annotator.tui.key_map import KeyMap
from annotator.tui.session import Session
from annotator.tui.views.lint import in_short, lint


def after_closing(session: Session, left: ReviewState, keys: KeyMap) -> str:
    """What to say in place of the state's own message; `left` is the state in which the paragraph
    was finished. Empty if the state's message stays."""
    state = session.review
    if state.paragraph != left.paragraph:
        found = "" if state.message else _findings(session, left)
        back, shows = keys.shown("previous_paragraph"), keys.shown("lint")
        how = f"{back} and {shows} show {found}" if back and shows else found
        return f"¶ {paragraph_number(left.paragraph)} is done; {how}" if found else ""
    if state.asked or not state.is_finished:
        return ""
    own = state.annotations.completion is Completion.DONE
    messages = [(session.queue.all_done() if own else "") or state.message]
    if found := _findings(session, state):
        key = keys.shown("lint")
        messages.append(f"{key} shows {found}" if key else found)
    onwards = _onwards(session)
    if onwards and (key := keys.shown(onwards)):
        messages.append(f"{key} goes on")
    return "; ".join(messages)


def after_accepting(state: ReviewState, left: ReviewState, keys: KeyMap) -> str:
    """What to say in place of the state's own message: that a key names the span that was accepted
    (alone or as an end of a stance), if it has no name yet and the focus went on; `left` is the
    state before."""
    key, item = keys.shown("name_last"), last_span(state)
    if not key or not item or not state.message or not _is_nameless(state, item):
        return ""
    accepted, span = _accepted(state, left), state.find(item)
    if accepted is None or span is None:
        return ""
    if accepted is span:
        return f"{state.message}; {key} names it"
    if not isinstance(accepted.value, Relation):
        return ""
    # Its ends are not told beside the key: the line is short.
    what = state.message.rpartition(", with ")[0] or state.message
    return f"{what}; {key} names its {span.value.layer}"


def _accepted(state: ReviewState, left: ReviewState) -> Item | None:
    """The item in focus before, if the focus went on."""
    return state.find(left.focus) if left.focus not in (None, state.focus) else None


def last_span(state: ReviewState) -> str | None:
    """The span of the last decision that a key names: the last one without a name, or else the last
    one; None if the decision was on no span."""
    last = state.history.undo[0] if state.history.undo is not None else ()
    spans = [d.item for d in last if d.after and isinstance(d.after.value, Span)]
    nameless = [item for item in spans if _is_nameless(state, item)]
    return next(reversed(nameless or spans), None)


def _is_nameless(state: ReviewState, item: str) -> bool:
    """Whether a decided span has no name, although its layer has names."""
    found = state.find(item)
    if found is None or found.pending or not isinstance(found.value, Span):
        return False
    layer = state.schema.layer(found.value.layer)
    if layer is None:
        return False
    if layer.attribute_of_type("entity") is not None:
        return not found.value.entity
    concept = layer.attribute_of_type("concept")
    return concept is not None and not found.value.attributes.get(concept.name)


def _onwards(session: Session) -> str:
    """The command that leads to the next work: to what is undecided, or to the next document;
    empty if there is neither, or the message says that all is done."""
    document = session.review.document.id
    if session.queue.all_done():
        return ""
    if session.has_undecided():
        return "next_undecided"
    return "next_document" if session.queue.neighbour(document, 1) is not None else ""


def _findings(session: Session, state: ReviewState) -> str:
    """The first finding of lint in the paragraph in work, and how many more there are."""
    return in_short(lint(state, session.elsewhere()))


__all__ = ["after_accepting", "after_closing", "last_span"]
