"""Steps that decide on items: accept, reject, label, bounds, attributes, undo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from annotator.model import actions as do
from annotator.model.annotation import Growing
from annotator.model.decision import (
    Action,
    Completion,
    Decision,
    ItemValue,
    Standing,
    Status,
    redo_of,
    undo_of,
)
from annotator.model.fields import fields_of
from annotator.model.items import Item
from annotator.model.proposing import made, relabelled, with_name
from annotator.model.provenance import shown_of
from annotator.model.schema import LabelSchema, Layer
from annotator.model.span import AUTHOR, Annotation, Relation, Span, Value
from annotator.model.state import Mode, ReviewState, Step, arrive, ask, commit, say
from annotator.model.telling import (
    name_of,
    told,
    told_group,
)
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
    """The decisions that make a pending item stand, after those on a relation's pending end points.
    Their proposed names come with them where they are sure; that of the item itself also where
    it was `asked` for."""
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
    """The decisions that end an item, first those on the standing relations that hang on it."""
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
    """The decisions that give an item another value; a pending relation's end points come to stand.

    What keeps the label and the bounds that were suggested is accepted: a name that is filled in
    corrects nothing. In review it is the reviewer's from then on.
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
    """The span of an item at other bounds, and what to say of it.

    A suggested entity that is only the text of the span follows the text, but for a title or an
    article before it. One that somebody wrote stays, and so does a canonical name that a suggester
    knew; of the latter it is said, since the text may be another's now.
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
    said = f"bounds changed; the entity is {'still' if kept else 'now'} {entity}"
    return replace(moved, entity=entity), said


def _named(name: str, text: str) -> str:
    """The name that a text gives to what was called `name`: the text, without small words before a
    name that began with a capital; a name that a word more stands before (a title, an article)
    is the same."""
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
    """The item before the one in focus, from which to go on when that one disappears."""
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
        return advance(replace(state, message="already decided"), item.id), ()
    after, group = commit(state, decisions, told_group(state, tuple(decisions)))
    return advance(after, item.id), group


def on_accept_all(state: ReviewState, _: do.AcceptAll) -> Step:
    decisions: dict[str, Decision] = {}
    growing = Growing(state.annotations)
    seeing = state.changed(annotations=growing.now, named={})
    for item in state.items:
        if item.undecided and item.id not in decisions:
            more = [one for one in accepted(seeing, item) if one.item not in decisions]
            decisions.update((one.item, one) for one in more)
            # The names of those that follow see this one.
            growing.take(more)
            seeing.named.clear()
    if not decisions:
        return say(state, "nothing is left to accept here")
    counts = _by_layer(state, decisions.values())
    after, group = commit(state, list(decisions.values()), f"accepted {counts}; u undoes all of it")
    return advance(after, state.focus), group


def _by_layer(state: ReviewState, decisions: Iterable[Decision]) -> str:
    counts: dict[Layer | None, int] = {}
    for decision in decisions:
        value = decision.after.value if decision.after else None
        if isinstance(value, Span | Relation):
            layer = state.schema.layer(value.layer)
            counts[layer] = counts.get(layer, 0) + 1
    return ", ".join(
        f"{n} {layer.title.lower() if n != 1 else layer.name}"
        for layer, n in counts.items()
        if layer is not None
    )


def on_reject(state: ReviewState, _: do.Reject | do.Delete) -> Step:
    item = state.focused
    if item is None:
        return say(state, "nothing in focus")
    neighbour = _neighbour(state)
    decisions = removed(state, item)
    hanging = len(decisions) - 1
    also = f", with {plural(hanging, 'stance')} on it" if hanging else ""
    after, group = commit(state, decisions, told(state, decisions[-1]) + also)
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
    after, group = commit(state, [skipped], told(state, skipped))
    return advance(after, item.id), group


def on_set_label(state: ReviewState, action: do.SetLabel) -> Step:
    layer = state.schema.layer(action.layer)
    if layer is None or (layer.label(action.label) is None and not layer.open):
        return say(state, f"the schema has no label {action.layer} {action.label}")
    if state.mode is Mode.SELECT and state.selection is not None:
        return label_selection(state, action)
    item = state.focused
    if item is None:
        return say(state, "nothing in focus to label; v begins a new span")
    if (item.value.layer, item.value.label) == (action.layer, action.label):
        return (
            on_accept(state, do.Accept()) if item.pending else say(state, f"already {action.label}")
        )
    known = state.schema.layer(item.value.layer)
    if known is None or known.kind != layer.kind:
        return say(state, f"{action.label} is a label for a {layer.kind}, not for what is in focus")
    value = replace(item.value, label=action.label)
    if action.layer != item.value.layer:
        hanging = [d for d in removed(state, item) if d.item != item.id]
        if hanging:
            return say(state, "remove the stances on it before it changes its layer")
        question = (
            f"{name_of(state, item.value)} is {_a(item.value.layer)}: once more makes it "
            f"{_a(layer.name)}"
        )
        if asking := ask(state, f"layer:{item.id}:{action.label}", f"{question} ({action.label})"):
            return asking
        value = replace(value, layer=action.layer, attributes=defaults(state.schema, action.layer))
        if isinstance(value, Span):
            value = replace(value, entity=None)
    decisions = changed(state, item, value)
    after, group = commit(state, decisions, f"{name_of(state, item.value)} is now {action.label}")
    last = (action.layer, action.label) if layer.kind == "span" else state.last_label
    return replace(after, last_label=last), group


def _a(word: str) -> str:
    """The word with its article."""
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"


def label_selection(state: ReviewState, action: do.SetLabel) -> Step:
    """Commit the selection: new bounds and label of the span being edited, or a new span."""
    chosen = state.selection
    assert chosen is not None
    layer = state.schema.layer(action.layer)
    if layer is None or layer.kind != "span":
        return say(state, f"{action.label} is a side of a stance, not a label of a span")
    last = (action.layer, action.label)
    if chosen.item is not None:
        item = state.find(chosen.item)
        if item is None or not isinstance(item.value, Span):
            return say(state, "the span being changed is gone")
        if action.layer != item.value.layer:
            return say(state, f"{action.label} belongs to another layer; confirm the bounds first")
        moved, said = rebound(state, item, chosen.start, chosen.end)
        after, group = commit(state, changed(state, item, replace(moved, label=action.label)), said)
        return replace(after, focus=item.id, last_label=last), group
    twin = next(
        (
            i
            for i in state.items
            if isinstance(i.value, Span)
            and (i.value.layer, i.value.start, i.value.end)
            == (action.layer, chosen.start, chosen.end)
        ),
        None,
    )
    if twin is not None:
        focused = replace(state, focus=twin.id, mode=Mode.BROWSE, selection=None, last_label=last)
        return on_set_label(focused, action)
    new = Span(
        state.new_id(1),
        action.layer,
        action.label,
        chosen.start,
        chosen.end,
        attributes=defaults(state.schema, action.layer),
        origin=state.origin,
    )
    new = made(state, new)
    added = decide(state, Action.ADD, new.id, state.paragraph, Status.ADDED, new)
    after, group = commit(state, [added], told(state, added))
    return replace(after, focus=new.id, last_label=last), group


def on_undo(state: ReviewState, _: do.Undo) -> Step:
    if state.history.undo is None:
        return say(state, "nothing to undo")
    taken = state.history.undo[0]
    group = undo_of(taken, state.new_id())
    return _revert(state, group, f"undone: {told_group(state, taken, values=False)}")


def on_take_back(state: ReviewState, action: do.TakeBack) -> Step:
    stack = state.history.undo
    while stack is not None and stack[0][0].group != action.group:
        stack = stack[1]
    if stack is None:
        return say(state, "that is already taken back")
    taken = stack[0]
    if (problem := _hangs_on(state, taken)) is not None:
        return say(state, problem)
    group = undo_of(taken, state.new_id())
    return _revert(state, group, f"taken back: {told_group(state, taken, values=False)}")


def _hangs_on(state: ReviewState, group: tuple[Decision, ...]) -> str | None:
    """Why a group cannot be taken back alone: one of its items was changed later, or a stance
    depends on one it made."""
    made = set()
    for decision in group:
        now = state.annotations.get(decision.item, decision.paragraph)
        if now != decision.after:
            return f"it was changed since: {told(state, decision, values=False)}"
        if isinstance(decision.after and decision.after.value, Span) and not (
            decision.before and isinstance(decision.before.value, Span)
        ):
            made.add(decision.item)
    own = {decision.item for decision in group}
    for relation in state.annotations.relations() if made else ():
        if relation.id not in own and made & {relation.source, relation.target}:
            return f"a {relation.layer} hangs on it: {name_of(state, relation)}"
    return None


def on_redo(state: ReviewState, _: do.Redo) -> Step:
    if state.history.redo is None:
        return say(state, "nothing to redo")
    group = redo_of(state.history.redo[0], state.new_id())
    return _revert(state, group, f"redone: {told_group(state, group, values=False)}")


def _revert(state: ReviewState, group: tuple[Decision, ...], message: str) -> Step:
    """Record an undo or redo, and go to where it changed something."""
    after, recorded = commit(state, group)
    place = next((d for d in reversed(group) if d.paragraph >= 0), None)
    if place is not None:
        after = arrive(after, place.paragraph, place.item)
    return replace(after, message=message), recorded
