"""What looks unfinished or contradictory in a paragraph's decided annotations; shown quietly, and
never blocking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from annotator.model.items import Card, Stance
from annotator.model.names import Concepts, NearNames, concepts_of, names_of, parted
from annotator.model.review import ReviewState
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import and_more, with_article

LintFinding = tuple[str, str]
"""A finding, and the id of the item it is about."""


@dataclass(frozen=True, slots=True)
class NamesElsewhere:
    """Facts about names beyond the paragraph: the forms in the text that have several entities in
    the annotator's whole work, with these entities; concepts of the codebook, each with its
    opposite; and the entities of the document that occur once in the whole work, each with another
    that it is nearly, or with an empty string (None: only the document is known)."""

    ambiguous: Mapping[str, Sequence[str]] = field(default_factory=dict)
    opposites: Mapping[str, str] = field(default_factory=dict)
    nearly: Mapping[str, str] | None = None


_NOTHING_ELSEWHERE = NamesElsewhere()


def lint(state: ReviewState, elsewhere: NamesElsewhere = _NOTHING_ELSEWHERE) -> list[LintFinding]:
    """The findings in the paragraph in work, by statement."""
    found = [finding for card in state.cards for finding in _of_card(state, card)]
    for item in state.items:
        if (
            isinstance(item.value, Relation)
            and not item.pending
            and state.find(item.value.target) is None
        ):
            found.append(("a stance without a target", item.id))
    return [*found, *_two_names(state, elsewhere.ambiguous), *_names(state, elsewhere)]


def next_finding(
    found: Sequence[LintFinding],
    focus: str | None,
    shown: LintFinding | None,
    items: Sequence[str] = (),
) -> LintFinding:
    """The finding to go to: the one after what was `shown`, while the focus is still there; else
    the first one about the item in focus; else the next one in the order of `items`; else the first
    one."""
    if shown in found and shown is not None and shown[1] == focus:
        return found[(found.index(shown) + 1) % len(found)]
    if here := next((one for one in found if one[1] == focus), None):
        return here
    after = items[items.index(focus) + 1 :] if focus in items else ()
    later = [one for one in found if one[1] in after]
    return min(later, key=lambda one: after.index(one[1]), default=found[0])


def in_short(found: Sequence[LintFinding]) -> str:
    """The first finding, and how many more there are; empty without one."""
    return f"{found[0][0]}{and_more(len(found))}" if found else ""


def _of_card(state: ReviewState, card: Card) -> list[LintFinding]:
    decided = [s for s in card.stances if not s.relation.pending]
    if card.target.pending:
        return [("a stance whose claim is not decided yet", s.relation.id) for s in decided]
    found: list[LintFinding] = []
    if not decided and card.target.value.attributes.get("attribution") in ("direct", "indirect"):
        found.append(("a claim without a holder", card.target.id))
    sides: dict[str, set[str]] = {}
    for stance in decided:
        value, holder = stance.relation.value, stance.holder
        if isinstance(value, Relation):
            if value.source != AUTHOR and (holder is None or holder.pending):
                found.append(("a stance whose holder is not decided yet", stance.relation.id))
            sides.setdefault(_holder_key(state, stance), set()).add(value.label)
    if any({"support", "oppose"} <= labels for labels in sides.values()):
        found.append(("one holder on both sides of a claim", card.target.id))
    return found


def _holder_key(state: ReviewState, stance: Stance) -> str:
    """Equal for stances of one holder: the entity, or else the words of the span in lower case;
    otherwise the source."""
    span, relation = stance.holder.value if stance.holder else None, stance.relation.value
    if isinstance(span, Span):
        return span.entity or state.document.quote(span.start, span.end).casefold()
    return relation.source if isinstance(relation, Relation) else ""


def _two_names(state: ReviewState, ambiguous: Mapping[str, Sequence[str]]) -> list[LintFinding]:
    """Mentions by name whose text has another entity elsewhere."""
    found: list[LintFinding] = []
    for item in state.items if ambiguous else ():
        span = item.value
        if item.pending or not isinstance(span, Span) or not span.entity:
            continue
        form = " ".join(state.document.quote(span.start, span.end).split())
        others = [name for name in ambiguous.get(form, ()) if name != span.entity]
        if others and ";" not in span.entity and span.attributes.get("mention", "name") == "name":
            found.append(
                (f"“{form}” is {span.entity} here, {', '.join(others)} elsewhere", item.id)
            )
    return found


def _names(state: ReviewState, elsewhere: NamesElsewhere) -> list[LintFinding]:
    """Decided items without a name, entities that are nearly another, and
    holders of a concept and its contrary."""
    found: list[LintFinding] = []
    concepts = concepts_of(state.schema)
    nearly = elsewhere.nearly if elsewhere.nearly is not None else _nearly_here(state, concepts)
    decided = [(i.id, i.value) for i in state.items if not i.pending and isinstance(i.value, Span)]
    for id, span in decided:
        named = names_of(span, concepts)
        found += [(words, id) for words in _unnamed(state, span, {kind for kind, _ in named})]
        for kind, name in named:
            if kind == "entity" and (near := nearly.get(name)):
                found.append((f"{name} occurs once and is nearly the same as {near}", id))
    return [*found, *_both_sides(state, concepts, elsewhere.opposites)]


def _nearly_here(state: ReviewState, concepts: Concepts) -> dict[str, str]:
    """The entities that occur once in the document, each with another one that it is nearly, or
    with an empty string."""
    entities = Counter(
        name
        for span in state.annotations.annotations()
        if isinstance(span, Span)
        for kind, name in names_of(span, concepts)
        if kind == "entity"
    )
    others = NearNames(entities)
    return {name: others.near(name) for name, count in entities.items() if count == 1}


def _unnamed(state: ReviewState, span: Span, given: Collection[str]) -> Iterator[str]:
    """What to say about a span without a name of a kind that its layer has."""
    layer = state.schema.layer(span.layer)
    for kind in ("entity", "concept") if layer is not None else ():
        if layer is not None and kind not in given and layer.attribute_of_type(kind):
            yield f"{with_article(layer.name)} without {with_article(kind)}"


def _both_sides(
    state: ReviewState, concepts: Concepts, opposites: Mapping[str, str]
) -> list[LintFinding]:
    """Stances of the paragraph whose holder takes the other side on the same concept elsewhere in
    the document. A concept and its opposite in the codebook are one, with the sides turned."""
    here = {item.id for item in state.items if not item.pending}
    sides: dict[tuple[str, str], dict[int, list[str]]] = {}
    for id, name, concept, sign in _signed(state, concepts):
        bare, turned = _one_of_two(concept, opposites)
        sides.setdefault((name, bare), {}).setdefault(sign * turned, []).append(id)
    found: list[LintFinding] = []
    for (name, concept), of in sides.items():
        where = next((id for ids in of.values() for id in ids if id in here), None)
        if len(of) > 1 and where is not None:
            who = "the author" if name == AUTHOR else name
            found.append((f"{who} is for and against “{concept}” in this document", where))
    return found


def _signed(state: ReviewState, concepts: Concepts) -> Iterator[tuple[str, str, str, int]]:
    """The stances of the document that are for (1) or against (-1) a concept: id, name of the
    holder, concept, sign."""
    spans = {one.id: one for one in state.annotations.annotations() if isinstance(one, Span)}
    for one in state.annotations.relations():
        target, holder = spans.get(one.target), spans.get(one.source)
        sign = {"support": 1, "oppose": -1}.get(one.label, 0)
        if target is None or not sign:
            continue
        names = [AUTHOR] if one.source == AUTHOR else []
        names += [name for _, name in names_of(holder, {})] if holder is not None else []
        given = [name for kind, name in names_of(target, concepts) if kind == "concept"]
        for name, concept in product(names, given):
            yield one.id, name, concept, sign


def _one_of_two(concept: str, opposites: Mapping[str, str]) -> tuple[str, int]:
    """The concept, or the opposite that comes before it in the alphabet, without `not: `; and -1 if
    that reverses the side."""
    bare, contrary = parted(concept)
    turned = -1 if contrary else 1
    other = opposites.get(bare, bare)
    if parted(other)[1]:
        return bare, turned
    return (other, -turned) if other < bare else (bare, turned)


__all__ = ["LintFinding", "in_short", "lint", "next_finding"]
