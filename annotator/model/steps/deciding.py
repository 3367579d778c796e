"""Steps that decide on items: accept, reject, skip, new bounds."""

from __future__ import annotations

from dataclasses import replace

from annotator.model import actions as do
from annotator.model.annotation import GrowingAnnotations
from annotator.model.decision import (
    Action,
    Completion,
    Decision,
    ItemValue,
    Standing,
    Status,
)
from annotator.model.decision_text import (
    by_layer,
    describe,
    describe_group,
)
from annotator.model.fields import fields_of
from annotator.model.items import Item
from annotator.model.provenance import shown_of
from annotator.model.schema import LabelSchema
from annotator.model.span import AUTHOR, Annotation, Relation, Span, Value
from annotator.model.state import ReviewState
from annotator.model.steps.outcome import Step, commit, say
from annotator.model.steps.proposed_names import made, relabelled, with_name
from annotator.model.text import plural


def decide(
    state: ReviewState,
    action: Action,
    item: str,
    paragraph: int,
    status: Status,
    value: ItemValue | None,
) -> Decision:
    """One decision on one item, which keeps its note and flag. Fields that annotators filled in
    differently stay open until they are decided."""
    before = state.annotations.get(item, paragraph)
    after = Standing(
        status,
        value,
        before.note if before else "",
        before.flagged if before else False,
        _still_open(state, item, before, value),
    )
    return Decision(state.new_id(), action, item, paragraph, before, after)


def _still_open(
    state: ReviewState, item: str, before: Standing | None, value: ItemValue | None
) -> tuple[str, ...]:
    """The fields that are still open after a decision: those that have no content yet."""
    if not isinstance(value, Span | Relation):
        return ()
    if before is not None and before.value is not None:
        left = before.open
    else:
        proposed = state.proposed.get(item)
        left = proposed.open if proposed is not None else ()
    if not left:
        return ()
    fields = {field.name: field for field in fields_of(value.layer, state.schema, [value])}
    return tuple(name for name in left if name not in fields or fields[name].of(value) is None)


def defaults(schema: LabelSchema, layer: str) -> dict[str, Value]:
    """The attributes that a new annotation of a layer begins with."""
    known = schema.layer(layer)
    every = known.attributes if known else ()
    return {
        a.name: [a.default] if a.multiple and isinstance(a.default, str) else a.default
        for a in every
        if a.default is not None
    }


def accepted(state: ReviewState, item: Item, *, asked: bool = False) -> list[Decision]:
    """The decisions that accept a pending item, after those that accept a relation's pending end
    points. Proposed names are accepted too if they are sure; the item's own name also if it was
    shown as a question (`asked`)."""
    decisions: list[Decision] = []
    value = item.value
    if isinstance(value, Relation):
        for end in (value.source, value.target):
            other = state.find(end) if end != AUTHOR else None
            if other is not None and other.pending:
                decisions += accepted(state, other)
    if item.pending:
        value = with_name(state, item, asked=asked).value
        decisions.append(
            decide(
                state, Action.ACCEPT, item.id, paragraph_of(state, value), Status.ACCEPTED, value
            )
        )
    return decisions


def paragraph_of(state: ReviewState, value: Annotation) -> int:
    """Index of the paragraph of an annotation: of a relation, that of its target."""
    if isinstance(value, Span):
        return state.document.paragraph_at(value.start).index
    target = state.find(value.target)
    if target is not None and isinstance(target.value, Span):
        return state.document.paragraph_at(target.value.start).index
    return state.paragraph


def removed(state: ReviewState, item: Item) -> list[Decision]:
    """The decisions that end an item, first those on the standing relations that depend on it."""
    decisions: list[Decision] = []
    if isinstance(item.value, Span):
        for paragraph in state.annotations.by_paragraph:
            for relation in state.annotations.relations(paragraph):
                if item.id in (relation.source, relation.target):
                    decisions.append(
                        decide(state, Action.REMOVE, relation.id, paragraph, Status.REMOVED, None)
                    )
    paragraph = paragraph_of(state, item.value)
    if item.pending:
        ended = decide(state, Action.REJECT, item.id, paragraph, Status.REJECTED, None)
    else:
        ended = decide(state, Action.REMOVE, item.id, paragraph, Status.REMOVED, None)
    return [*decisions, ended]


def changed(state: ReviewState, item: Item, value: Annotation) -> list[Decision]:
    """The decisions that give an item another value, and accept a pending relation's end points. An
    item that keeps its suggested label and bounds counts as accepted, since filling in a name
    corrects nothing. In review, the item is the reviewer's from then on.
    """
    if state.finished is Completion.GOLD:
        value = replace(value, origin=state.origin)
    decisions = [d for d in accepted(state, item) if d.item != item.id] if item.pending else []
    value = relabelled(state, item, value)
    own = item.standing is not None and item.standing.status is Status.ADDED
    status = Status.ADDED if own else Status.CORRECTED
    if item.suggestion is not None and not shown_of(item.suggestion).corrected(value):
        status = Status.ACCEPTED
    paragraph = paragraph_of(state, value)
    return [*decisions, decide(state, Action.CORRECT, item.id, paragraph, status, value)]


def rebound(state: ReviewState, item: Item, start: int, end: int) -> tuple[Span, str]:
    """The span of an item with other bounds, and a message about its name. A suggested entity that
    is only the text of the span changes with the text, except for a title or an article before it.
    An entity that somebody wrote stays, and so does a canonical name that a suggester knew; a
    message points out the latter, since the text may now refer to somebody else.
    """
    value = item.value
    assert isinstance(value, Span)
    moved = value.at(start, end)
    if item.pending and state.namer is not None:
        moved = made(state, moved)
        return (
            moved,
            f"bounds changed; the entity is {moved.entity}" if moved.entity else "bounds changed",
        )
    proposed = item.suggestion.value if item.suggestion is not None else None
    if not isinstance(proposed, Span) or proposed.origin != "suggestion" or not value.entity:
        return moved, "bounds changed"
    if not all(
        one.entity and one.entity == _named(one.entity, _form(state, one))
        for one in (proposed, value)
    ):
        known = value.entity == proposed.entity
        return (
            moved,
            f"bounds changed; the entity is still {value.entity}" if known else "bounds changed",
        )
    entity = _named(value.entity, _form(state, moved))
    kept = entity == value.entity
    message = f"bounds changed; the entity is {'still' if kept else 'now'} {entity}"
    return replace(moved, entity=entity), message


def _named(name: str, text: str) -> str:
    """The new name, after the text changed, of something that was called `name`. It is the text,
    without small words before a name that began with a capital. If the text only has another word
    before the name (a title, an article), the name stays."""
    before, found, after = text.rpartition(name)
    if found and not after and before.endswith(" ") and (" " in name or before.islower()):
        return name
    if not name[:1].isupper():
        return text
    words = text.split(" ")
    small = next((i for i, word in enumerate(words) if not word[:1].islower()), 0)
    return " ".join(words[small:])


def _form(state: ReviewState, span: Span) -> str:
    """The text of a span, white space as single blanks."""
    return " ".join(state.document.quote(span.start, span.end).split())


def advance(state: ReviewState, origin: str | None) -> ReviewState:
    """Focus on the next undecided item after `origin` in the paragraph, else stay on or near it."""
    ids = [item.id for item in state.items]
    at = ids.index(origin) if origin in ids else -1
    following = [*state.items[at + 1 :], *state.items[: at + 1]]
    focus = next((item.id for item in following if item.undecided), None)
    if focus is None:
        focus = origin if origin in ids else (ids[0] if ids else None)
    return replace(state, focus=focus)


def _neighbour(state: ReviewState) -> str | None:
    """The item before the one in focus, from which to go on if that one disappears."""
    ids = [item.id for item in state.items]
    at = ids.index(state.focus) if state.focus in ids else 0
    return ids[at - 1] if at > 0 else None


def on_accept(state: ReviewState, _: do.Accept) -> Step:
    item = state.focused
    if item is None:
        return say(state, "nothing in focus to accept")
    decisions = accepted(state, item, asked=True)
    if not decisions and (proposed := state.proposed_name(item)) is not None:
        assert isinstance(item.value, Span)
        decisions = changed(state, item, replace(item.value, entity=proposed.entity))
    if not decisions:
        after = advance(state, item.id)
        words = (
            "already decided" if after.focus == item.id else "that was decided; this is the next"
        )
        return replace(after, message=words), ()
    after, group = commit(state, decisions, describe_group(state, tuple(decisions)))
    return (advance(after, item.id) if group else after), group


def on_accept_all(state: ReviewState, _: do.AcceptAll) -> Step:
    decisions: dict[str, Decision] = {}
    growing = GrowingAnnotations(state.annotations)
    seeing = state.changed(annotations=growing.now, named={})
    for item in state.items:
        if item.undecided and item.id not in decisions:
            more = [one for one in accepted(seeing, item) if one.item not in decisions]
            decisions.update((one.item, one) for one in more)
            # The names of later items are proposed with this one known.
            growing.take(more)
            seeing.named.clear()
    if not decisions:
        return say(state, "nothing is left to accept here")
    counts = by_layer(state, decisions.values())
    after, group = commit(state, list(decisions.values()), f"accepted {counts}; u undoes all of it")
    return advance(after, state.focus), group


def on_reject(state: ReviewState, _: do.Reject | do.Delete) -> Step:
    item = state.focused
    if item is None:
        return say(state, "nothing in focus")
    neighbour = _neighbour(state)
    decisions = removed(state, item)
    hanging = len(decisions) - 1
    also = f", with {plural(hanging, 'stance')} on it" if hanging else ""
    after, group = commit(state, decisions, describe(state, decisions[-1]) + also)
    if not item.pending and neighbour is not None:
        return arrive_at(after, neighbour), group
    return advance(after, neighbour), group


def arrive_at(state: ReviewState, item: str) -> ReviewState:
    """Focus on an item of the paragraph, if it is shown."""
    return (
        replace(state, focus=item)
        if any(i.id == item for i in state.items)
        else advance(state, None)
    )


def on_skip(state: ReviewState, _: do.Skip) -> Step:
    item = state.focused
    if item is None or not item.undecided:
        return say(state, "nothing undecided in focus to skip")
    if not item.pending:
        return advance(replace(state, message="left as it is"), item.id), ()
    skipped = decide(
        state, Action.SKIP, item.id, paragraph_of(state, item.value), Status.SKIPPED, None
    )
    after, group = commit(state, [skipped], describe(state, skipped))
    return advance(after, item.id), group
