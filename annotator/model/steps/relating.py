"""Steps that make a relation: from the target in focus, to its source, to its side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from annotator.model import actions as do
from annotator.model.decision import Action, Decision, Status
from annotator.model.decision_text import holder_of
from annotator.model.items import Item
from annotator.model.schema import Layer
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.state import Draft, Mode, ReviewState
from annotator.model.steps.deciding import accepted, changed, decide, defaults, paragraph_of
from annotator.model.steps.outcome import Step, commit, say
from annotator.model.text import enumerated


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
    if wrong := _no_holder(state, layer, action.source, draft.target):
        return say(state, wrong)
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
    if wrong := _no_holder(state, layer, action.source, relation.target):
        return say(state, wrong)
    if action.source == relation.source and not item.pending:
        return say(state, "unchanged")
    if wrong := _held_already(state, layer, item.id, action.source, relation.target):
        return say(state, wrong)
    value = replace(relation, source=action.source)
    decisions = _ends(state, [action.source])
    made = {decision.item for decision in decisions}
    decisions += [d for d in changed(state, item, value) if d.item not in made]
    after, group = commit(state, decisions)
    if not group:
        return after, ()
    return replace(after, focus=item.id, message=f"holder: {holder_of(after, value)}"), group


def _held_already(state: ReviewState, layer: Layer, item: str, source: str, target: str) -> str:
    """Why somebody cannot be another holder; empty if they can."""
    twins = _relations(state, layer.name, source, target)
    there = any(not twin.pending and twin.id != item for twin in twins)
    return "that holder has a stance on it already" if there else ""


def _ends(state: ReviewState, ends: Iterable[str]) -> list[Decision]:
    """The decisions that accept those ends of a relation which are pending spans."""
    found = (state.find(end) for end in ends if end != AUTHOR)
    return [
        decision
        for item in found
        if item is not None and item.pending and isinstance(item.value, Span)
        for decision in accepted(state, item)
    ]


def _no_holder(state: ReviewState, layer: Layer, source: str, target: str) -> str:
    """Why somebody cannot be the source of a relation to a target; empty if they can."""
    if source == AUTHOR:
        admitted = layer.admits_author()
        return "" if admitted else f"the author cannot be the source of a {layer.name}"
    holder = state.find(source)
    fits = holder is not None and holder.value.layer in layer.sources and source != target
    return "" if fits else "that cannot be the holder"


def _relations(state: ReviewState, layer: str, source: str, target: str) -> Iterator[Item]:
    """The relations of a layer between two ends, in the paragraph."""
    for item in state.items:
        value = item.value
        if isinstance(value, Relation) and (
            (value.layer, value.source, value.target) == (layer, source, target)
        ):
            yield item


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
    if not group:
        return after, ()
    names = enumerated(holder_of(state, _relation(after, id)) for id in made_here)
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
    twins = _relations(state, draft.layer, source, draft.target)
    twin = next((one for one in twins if draft.item in (None, one.id)), None)
    if twin is not None:
        value = replace(twin.value, label=label)
        same = value == twin.value and not twin.pending
        return twin.id, [] if same else changed(state, twin, value)
    attributes = defaults(state.schema, draft.layer)
    relation = Relation(new, draft.layer, label, source, draft.target, attributes, state.origin)
    ends = _ends(state, (source, draft.target))
    paragraph = paragraph_of(state, relation)
    return new, [*ends, decide(state, Action.ADD, new, paragraph, Status.ADDED, relation)]
