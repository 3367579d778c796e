"""What the annotate screen says once an item was accepted, or a paragraph or the whole document was
finished, beyond what the step itself says."""

from __future__ import annotations

from annotator.model.decision import Completion
from annotator.model.review import ReviewState
from annotator.model.span import Span
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
    """What to say in place of the state's own message: that a key names what was accepted, if it
    has no name yet and the focus went on; `left` is the state before."""
    item = state.find(left.focus) if left.focus not in (None, state.focus) else None
    key = keys.shown("name_last")
    if item is None or item.pending or not isinstance(item.value, Span) or not key:
        return ""
    layer = state.schema.layer(item.value.layer)
    concept = layer.attribute_of_type("concept") if layer is not None else None
    nameless = concept is not None and not item.value.attributes.get(concept.name)
    if layer is not None and layer.attribute_of_type("entity") is not None:
        nameless = not item.value.entity
    return f"{state.message}; {key} names it" if nameless and state.message else ""


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


__all__ = ["after_accepting", "after_closing"]
