"""What an annotator sees in a paragraph: items decided
and pending, and the statements they form."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from annotator.model.annotation import AnnotationSet
from annotator.model.decision import Standing, Status, Suggestion
from annotator.model.span import AUTHOR, Annotation, Relation, Span, reading_order


@dataclass(frozen=True, slots=True)
class Item:
    """An annotation as shown: `standing` is None while nothing was decided, `suggestion`
    None when it is the annotator's own."""

    value: Annotation
    suggestion: Suggestion | None = None
    standing: Standing | None = None

    @property
    def id(self) -> str:
        return self.value.id

    @property
    def pending(self) -> bool:
        """Whether it is only proposed, be it undecided or skipped."""
        return self.standing is None or self.standing.value is None

    @property
    def undecided(self) -> bool:
        """Whether it still waits for a decision. An item that follows from an agreement does not;
        one with an open field does."""
        own, proposed = self.standing, self.suggestion
        if own is None or (own.value is None and own.status is Status.MARKED):
            return proposed is None or not proposed.follows
        if own.value is None:
            return False
        return bool(own.open) or (
            proposed is not None and proposed.reopens and self.value.origin != proposed.value.origin
        )

    @property
    def note(self) -> str:
        return self.standing.note if self.standing else ""

    @property
    def flagged(self) -> bool:
        return self.standing is not None and self.standing.flagged


@dataclass(frozen=True, slots=True)
class Stance:
    """One side taken in a statement; `holder` is None for the author."""

    relation: Item
    holder: Item | None


@dataclass(frozen=True, slots=True)
class Card:
    """A statement: what is asserted or whom it is about (`target`),
    and who takes which side on it."""

    target: Item
    stances: tuple[Stance, ...]


def paragraph_items(
    annotations: AnnotationSet,
    suggestions: Mapping[int, Sequence[Suggestion]],
    paragraph: int,
    *,
    known: Callable[[str], bool],
    threshold: float = 0.0,
    only: str = "",
) -> tuple[Item, ...]:
    """The items of one paragraph in reading order, each relation right after its target.

    It leaves out suggestions that were rejected or removed, those below `threshold` (see `passes`),
    those of other layers than `only` (except for the ends of its relations), those on text that is
    already annotated in the same layer (unless they are `beside` that), those in place of which
    something else stands, and suggested relations with an end point that is not shown (`known`
    tells whether one in another paragraph is). An accepted relation without its target comes last,
    so that it can be seen and repaired.
    """
    standings = annotations.paragraph(paragraph)
    proposed = {s.id: s for s in suggestions.get(paragraph, ())}
    shown = {
        name: Item(standing.value, proposed.get(name), standing)
        for name, standing in standings.items()
        if isinstance(standing.value, Span | Relation)
    }
    wanted = _of_layer(proposed.values(), only) if only else proposed.keys()
    taken = {_stretch(item.value) for item in shown.values()}
    for name, suggestion in proposed.items():
        own = standings.get(name)
        if name in shown or not _is_open(own):
            continue
        seen = own is not None or (name in wanted and passes(suggestion, threshold))
        free = suggestion.beside or _stretch(suggestion.value) not in taken
        if seen and free and not _is_replaced(suggestion, own, annotations):
            shown[name] = Item(suggestion.value, suggestion, own)
    return _ordered(shown, _elsewhere(shown, {*standings, *proposed}, known))


def _elsewhere(
    shown: Mapping[str, Item], here: Collection[str], known: Callable[[str], bool]
) -> set[str]:
    """The sources of shown relations that are not items of this paragraph (`here`), but `known`
    items of another."""
    sources = {i.value.source for i in shown.values() if isinstance(i.value, Relation)}
    return {name for name in sources - {AUTHOR, *here} if known(name)}


def _is_open(own: Standing | None) -> bool:
    """Whether a suggestion waits for a decision, by its state: it has none, it was skipped, or it
    has only a note or a flag."""
    return own is None or own.status in (Status.SKIPPED, Status.MARKED)


def _stretch(value: Annotation) -> tuple[str, int, int] | str:
    """The key that only one shown suggestion may have: the layer and bounds of a span, or a
    relation's id."""
    return (value.layer, value.start, value.end) if isinstance(value, Span) else value.id


LOWEST = -0.2
"""The threshold at which everything is shown."""


def passes(suggestion: Suggestion, threshold: float) -> bool:
    """Whether a suggestion is shown. A `threshold` of 0 or more is the lowest score that is shown.
    A lower one also shows suggestions that are held back: at -0.1 those with a score from .5 on, at
    `LOWEST` all."""
    if suggestion.shown:
        return suggestion.score >= threshold
    return threshold < 0 and suggestion.score >= 1 + threshold / -LOWEST


def _is_replaced(suggestion: Suggestion, own: Standing | None, annotations: AnnotationSet) -> bool:
    """Whether something else stands in place of a suggestion that nobody has touched."""
    return own is None and any(
        (there := annotations.anywhere(id)) is not None and isinstance(there.value, Span | Relation)
        for id in suggestion.instead
    )


def _of_layer(proposed: Iterable[Suggestion], layer: str) -> set[str]:
    """The ids of the suggestions of a layer, and of the ends of its relations."""
    own = [s.value for s in proposed if s.value.layer == layer]
    ends = {
        end for value in own if isinstance(value, Relation) for end in (value.source, value.target)
    }
    return {value.id for value in own} | ends


def _ordered(shown: Mapping[str, Item], elsewhere: Collection[str]) -> tuple[Item, ...]:
    """Spans in reading order, each followed by the relations to it
    whose source is shown or `elsewhere`."""
    spans = [(reading_order(i.value), i) for i in shown.values() if isinstance(i.value, Span)]
    relations: dict[str, list[Item]] = {}
    loose: list[Item] = []
    for item in shown.values():
        value = item.value
        if not isinstance(value, Relation):
            continue
        if value.target in shown:
            if value.source == AUTHOR or value.source in shown or value.source in elsewhere:
                relations.setdefault(value.target, []).append(item)
        elif not item.pending:
            loose.append(item)
    ordered: list[Item] = []
    for _, span in sorted(spans, key=lambda one: one[0]):
        ordered += [span, *_by_layer(relations.get(span.id, ()))]
    return (*ordered, *_by_layer(loose))


def _by_layer(relations: Iterable[Item]) -> list[Item]:
    return sorted(relations, key=lambda item: (item.value.layer, item.id))


def find(item: str, annotations: AnnotationSet, proposed: Mapping[str, Suggestion]) -> Item | None:
    """An item anywhere in the document, decided or proposed (`proposed` by id); None when it is
    unknown, was rejected, or something else stands in its place."""
    suggestion = proposed.get(item)
    for standings in annotations.by_paragraph.values():
        standing = standings.get(item)
        if standing is None:
            continue
        if isinstance(standing.value, Span | Relation):
            return Item(standing.value, suggestion, standing)
        if standing.status not in (Status.SKIPPED, Status.MARKED):
            return None
    if suggestion is None:
        return None
    own = annotations.get(item, suggestion.paragraph)
    if _is_replaced(suggestion, own, annotations):
        return None
    return Item(suggestion.value, suggestion, own)


def cards(
    items: Sequence[Item],
    *,
    layers: Collection[str] = (),
    outside: Mapping[str, Item] | None = None,
) -> tuple[Card, ...]:
    """The statements of a paragraph, in the order of its items.

    A card stands for every span that is the target of a relation, and for every span of `layers`: a
    claim that nobody holds yet is a statement too. `outside` holds sources from other paragraphs by
    id.
    """
    by_id = {item.id: item for item in items} | dict(outside or {})
    stances: dict[str, list[Stance]] = {}
    for item in items:
        if isinstance(item.value, Relation):
            holder = None if item.value.source == AUTHOR else by_id.get(item.value.source)
            stances.setdefault(item.value.target, []).append(Stance(item, holder))
    return tuple(
        Card(item, tuple(stances.get(item.id, ())))
        for item in items
        if isinstance(item.value, Span) and (item.id in stances or item.value.layer in layers)
    )


__all__ = ["Card", "Item", "Stance", "cards", "find", "paragraph_items"]
