"""What can be written into the item in focus: an entity or a concept, and a label from a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from annotator.model import actions as do
from annotator.model.codebook import Codebook
from annotator.model.items import Item
from annotator.model.names import (
    NameKind,
    ProposedName,
    affirmative,
    concepts_of,
    names_in,
    names_of,
)
from annotator.model.review import Mode, ReviewState
from annotator.model.schema import Label, LabelSchema
from annotator.model.span import Relation, Span, Value, reading_order
from annotator.project import KnownName, Project
from annotator.workflows.names.offers import Completer, Offer, Offers, with_form

EMPTY = Codebook()

OFFERED = 6
"""The number of offers that have a digit."""

LEARNT = 5_000
"""The most names in use from which the next word is learnt: reading all of very many takes longer
than a key may, and the rare ones say little."""


@dataclass(frozen=True, slots=True)
class NameField:
    """The canonical name of an item: `kind` is entity or concept,
    `name` the attribute that holds it."""

    kind: NameKind
    name: str
    value: str
    about: str
    multiple: bool
    form: str = ""
    """The text of the item, with single blanks."""


def field_of(state: ReviewState) -> NameField | None:
    """The field of the item in focus, if its layer has one."""
    item = state.focused
    if item is None or not isinstance(item.value, Span):
        return None
    layer = state.schema.layer(item.value.layer)
    if layer is None:
        return None
    quote = state.document.quote(item.value.start, item.value.end)
    about = f"“{quote}”"
    form = " ".join(quote.split())
    entity = layer.attribute_of_type("entity")
    if entity is not None:
        # A name that is only proposed is offered, not written.
        held = "" if state.proposed_name(item) is not None else item.value.entity or ""
        return NameField("entity", "entity", held, about, entity.multiple, form)
    concept = layer.attribute_of_type("concept")
    if concept is None:
        return None
    given = item.value.attributes.get(concept.name, "")
    value = "; ".join(map(str, given)) if isinstance(given, list) else str(given)
    return NameField("concept", concept.name, value, about, concept.multiple, form)


def offers_of(
    state: ReviewState, field: NameField, project: Project, known: Sequence[KnownName]
) -> Offers:
    """The offers for the item in focus: for a concept see `concept_offers`; for an entity see
    `entity_offers`. Names of the codebook come too; if it is closed, only those."""
    from annotator.workflows.names.closed import is_closed

    item, codebook = state.focused, project.names.codebook()
    if item is None or not isinstance(item.value, Span):
        return Offers.of([])
    if field.kind == "concept":
        from annotator.workflows.names.concepts import asked_of, concept_offers

        asked = asked_of(state, item.value, project.names.spread())
        found = concept_offers(project, asked, known, codebook)
    else:
        proposed = state.ranked_names(item.value)[:OFFERED]
        found = entity_offers(field, known, proposed=proposed, codebook=codebook)
    if not is_closed(project):
        return found
    return found.only(
        lambda value: all(codebook.get(field.kind, name) for name in names_in(field.kind, value))
    )


def card_offers(state: ReviewState, project: Project) -> tuple[str, ...]:
    """The first offers, which the card of the item in focus shows before the input line is opened,
    with the digits that take them there. There are none if the item has a name, or if a sure one is
    proposed."""
    item, field = state.focused, field_of(state)
    if item is None or field is None or not isinstance(item.value, Span):
        return ()
    if field.kind == "entity":
        ranked = () if _has_entity(state, item) else state.ranked_names(item.value)[:OFFERED]
        return tuple(one.entity for one in ranked)
    if field.value:
        return ()
    offered = offers_of(state, field, project, project.names.concepts())
    return tuple(offered.values[:OFFERED])


def _has_entity(state: ReviewState, item: Item) -> bool:
    """Whether an actor has an entity; a pending one, whether a sure one is proposed."""
    if not item.pending:
        return isinstance(item.value, Span) and bool(item.value.entity)
    proposed = state.proposed_name(item)
    return proposed is not None and proposed.sure


def entity_offers(
    field: NameField,
    known: Sequence[KnownName],
    *,
    proposed: Sequence[ProposedName] = (),
    codebook: Codebook = EMPTY,
) -> Offers:
    """The entities that are offered: those `proposed` for the item, then those in use (the ones
    that stood for the same text before come first), then the rest of the codebook."""
    same = with_form(known, field.form)
    in_use = {name.name: name for name in known}
    first = [*(one.entity for one in proposed), *codebook.named("entity", field.form)]
    listed = [one.name for one in codebook.entries if one.kind == "entity"]
    names = list(dict.fromkeys((*first, *(one.name for one in same), *in_use, *listed)))
    # What a common noun was named in other documents is never chosen.
    meant = {one.name for one in same if field.form[:1].isupper()}

    def aliases(at: int) -> Sequence[str]:
        used, entry = in_use.get(names[at]), codebook.by_name.get(("entity", names[at]))
        given = (*used.aliases,) if used is not None else ()
        return (*given, *entry.aliases) if entry is not None else given

    def made(at: int) -> Offer:
        used = in_use.get(names[at])
        chosen = proposed[0].preselected if proposed else names[at] in meant
        return Offer(names[at], _used(used) if used else "", tuple(aliases(at)), chosen)

    return Offers(names, made, aliases)


def _used(name: KnownName) -> str:
    """How often a name is in use, and for which other words; empty if it is not."""
    others = ", ".join([alias for alias in name.aliases if alias != name.name][:4])
    return f"{name.count}×  {others}".rstrip() if name.count else ""


def names_here(state: ReviewState, kind: NameKind) -> list[str]:
    """The names of a kind that occur in the document, in the order of the text."""
    concepts = concepts_of(state.schema)
    spans = sorted(
        (one for one in state.annotations.annotations() if isinstance(one, Span)), key=reading_order
    )
    return [name for one in spans for own, name in names_of(one, concepts) if own == kind]


def completer(state: ReviewState, field: NameField, known: Sequence[KnownName]) -> Completer | None:
    """What completes the word that is typed; None for an item without text."""
    item = state.focused
    if item is None or not isinstance(item.value, Span):
        return None
    from annotator.learners.names import next_word
    from annotator.learners.names.name_text import NameText

    here = names_here(state, field.kind)
    entities = here if field.kind == "entity" else names_here(state, "entity")
    given = next_word.context(
        NameText(state.document), item.value, [affirmative(n) for n in here], entities
    )
    learnt = [affirmative(one.name) for one in known[:LEARNT]]
    return next_word.NextWord(given, learnt, kind=field.kind)


def set_to(field: NameField, answer: str) -> do.SetAttribute:
    """The action that writes the names of an answer; without a name it clears the field."""
    names = names_in(field.kind, answer)
    value: Value | None = list(names) if field.multiple else "; ".join(names)
    return do.SetAttribute(field.name, value or None)


def _sides(state: ReviewState, name: str) -> Sequence[Label]:
    """The labels of a layer of stances."""
    layer = state.schema.layer(name)
    return layer.labels if layer is not None else ()


def labels(state: ReviewState) -> list[tuple[str, str, do.ReviewAction]]:
    """Every label that the selection, the stance in the making, or the stance in focus may have:
    name, key, action. If two layers have a label of the same name, the layer's name comes before
    it."""
    if state.mode is Mode.SIDE and state.draft is not None:
        sides = _sides(state, state.draft.layer)
        return [(label.name, label.key, do.ChooseSide(label.name)) for label in sides]
    item = state.focused if state.mode is Mode.BROWSE else None
    if item is not None and isinstance(item.value, Relation):
        layer = item.value.layer
        sides = _sides(state, layer)
        return [(label.name, label.key, do.SetLabel(layer, label.name)) for label in sides]
    return list(_labels_of_spans(state.schema))


def _labels_of_spans(schema: LabelSchema) -> Iterator[tuple[str, str, do.ReviewAction]]:
    """The labels of all layers of spans: name, key and layer, action."""
    every = [(layer, label) for layer in schema.span_layers for label in layer.labels]
    uses = Counter(label.name for _, label in every)
    for layer, label in every:
        name = f"{layer.name}: {label.name}" if uses[label.name] > 1 else label.name
        key = f"{label.key}  {layer.name}" if label.key else f"   {layer.name}"
        yield name, key, do.SetLabel(layer.name, label.name)


__all__ = [
    "OFFERED",
    "NameField",
    "card_offers",
    "completer",
    "entity_offers",
    "field_of",
    "labels",
    "names_here",
    "offers_of",
    "set_to",
]
