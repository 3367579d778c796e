"""Steps that make a relation: from the target in focus, to its source, to its side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from annotator.model import actions as do
from annotator.model.decision import Action, Decision, Status
from annotator.model.decision_text import holder_of
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.state import Draft, Mode, ReviewState
from annotator.model.steps.deciding import accepted, changed, decide, defaults, paragraph_of
from annotator.model.steps.outcome import Step, commit, say


def on_start_stance(state: ReviewState, action: do.StartStance) -> Step:
    item = state.focused
    if item is None:
        return say(state, "put the focus on what the stance is about")
    if isinstance(item.value, Relation):
        value = item.value
        draft = Draft(value.layer, value.target, value.source, value.id)
        return replace(state, mode=Mode.SIDE, draft=draft), ()
    layers = state.schema.relations_to(item.value.layer)
    layer = next((x for x in layers if action.layer in (None, x.name)), None)
    if layer is None:
        return say(state, f"no stance can be about {item.value.layer} spans")
    state = replace(state, mode=Mode.HOLDER, draft=Draft(layer.name, item.id), selection=None)
    if not state.holders() and not layer.admits_author():
        return say(
            replace(state, mode=Mode.BROWSE, draft=None),
            f"mark one of {', '.join(layer.sources)} first",
        )
    return state, ()


def on_choose_holder(state: ReviewState, action: do.ChooseHolder) -> Step:
    draft = state.draft
    layer = state.schema.layer(draft.layer) if draft else None
    if draft is None or layer is None:
        return say(state, "begin a stance first")
    if action.source == AUTHOR:
        if not layer.admits_author():
            return say(state, f"the author cannot be the source of a {layer.name}")
    else:
        holder = state.find(action.source)
        if (
            holder is None
            or holder.value.layer not in layer.sources
            or action.source == draft.target
        ):
            return say(state, "that cannot be the holder")
    if action.more and draft.item is None:
        chosen = set(draft.more) ^ {action.source}
        more = tuple(x for x in (*draft.more, action.source) if x in chosen)
        return replace(state, draft=replace(draft, more=more)), ()
    more = tuple(x for x in draft.more if x != action.source)
    return replace(state, mode=Mode.SIDE, draft=replace(draft, source=action.source, more=more)), ()


def on_set_holder(state: ReviewState, action: do.SetHolder) -> Step:
    item = state.focused
    relation = item.value if item is not None else None
    layer = state.schema.layer(relation.layer) if relation is not None else None
    if item is None or not isinstance(relation, Relation) or layer is None:
        return say(state, "put the focus on a stance to change its holder")
    holder = state.find(action.source) if action.source != AUTHOR else None
    if action.source == AUTHOR and not layer.admits_author():
        return say(state, f"the author cannot be the source of a {layer.name}")
    if action.source != AUTHOR and (
        holder is None
        or holder.value.layer not in layer.sources
        or action.source == relation.target
    ):
        return say(state, "that cannot be the holder")
    if action.source == relation.source and not item.pending:
        return say(state, "unchanged")
    if any(
        isinstance(i.value, Relation)
        and not i.pending
        and i.id != item.id
        and (i.value.layer, i.value.source, i.value.target)
        == (layer.name, action.source, relation.target)
        for i in state.items
    ):
        return say(state, "that holder has a stance on it already")
    decisions = list(accepted(state, holder)) if holder is not None and holder.pending else []
    value = replace(relation, source=action.source)
    decisions += [
        d for d in changed(state, item, value) if d.item not in {one.item for one in decisions}
    ]
    after, group = commit(state, decisions)
    return replace(after, focus=item.id, message=f"holder: {holder_of(after, value)}"), group


def on_choose_side(state: ReviewState, action: do.ChooseSide) -> Step:
    draft = state.draft
    layer = state.schema.layer(draft.layer) if draft else None
    if draft is None or layer is None or draft.source is None:
        return say(state, "choose a holder first")
    if layer.label(action.label) is None and not layer.open:
        return say(state, f"the schema has no label {layer.name} {action.label}")
    decisions: dict[str, Decision] = {}
    made_here: list[str] = []
    focus = state.focus
    for number, source in enumerate((*draft.more, draft.source), 1):
        focus, made = _sided(state, draft, source, action.label, state.new_id(number))
        made_here.append(str(focus))
        for decision in made:
            decisions.setdefault(decision.item, decision)
    if not decisions:
        return replace(state, mode=Mode.BROWSE, draft=None, focus=focus, message="unchanged"), ()
    after, group = commit(state, list(decisions.values()))
    names = ", ".join(dict.fromkeys(holder_of(state, _relation(after, id)) for id in made_here))
    together = tuple(made_here) if draft.more else ()
    return replace(after, focus=focus, together=together, message=f"{names}: {action.label}"), group


def _relation(state: ReviewState, id: str) -> Relation:
    value = item.value if (item := state.find(id)) else None
    assert isinstance(value, Relation)
    return value


def _sided(
    state: ReviewState, draft: Draft, source: str, label: str, new: str
) -> tuple[str, Sequence[Decision]]:
    """The relation of one holder, and the decisions that give it its label: the present relation,
    or a new one with the id `new`."""
    twin = next(
        (
            i
            for i in state.items
            if isinstance(i.value, Relation)
            and (i.value.layer, i.value.source, i.value.target)
            == (draft.layer, source, draft.target)
            and (draft.item is None or i.id == draft.item)
        ),
        None,
    )
    if twin is not None:
        value = replace(twin.value, label=label)
        return twin.id, [] if value == twin.value and not twin.pending else changed(
            state, twin, value
        )
    attributes = defaults(state.schema, draft.layer)
    relation = Relation(new, draft.layer, label, source, draft.target, attributes, state.origin)
    decisions: list[Decision] = []
    for end in (source, draft.target):
        other = state.find(end) if end != AUTHOR else None
        if other is not None and other.pending and isinstance(other.value, Span):
            decisions += accepted(state, other)
    paragraph = paragraph_of(state, relation)
    return new, [*decisions, decide(state, Action.ADD, new, paragraph, Status.ADDED, relation)]
