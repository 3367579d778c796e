"""Decisions in words: what a step did, what an undo takes
back, what the list of decisions shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from annotator.model.decision import (
    Action,
    CompletionMark,
    Decision,
    Group,
    ParagraphMark,
    Standing,
    Status,
)
from annotator.model.schema import LabelSchema
from annotator.model.span import AUTHOR, Annotation, Relation, Span, Value
from annotator.model.text import Document, paragraph_number, plural

LONGEST = 32
"""Code points of a quotation that are shown; a longer one keeps both of its ends."""

_WORDS = {
    Status.ACCEPTED: "accepted",
    Status.CORRECTED: "corrected",
    Status.ADDED: "added",
    Status.REJECTED: "rejected",
    Status.SKIPPED: "skipped",
    Status.REMOVED: "removed",
}

_ENDS = frozenset((Status.REJECTED, Status.REMOVED))
"""What becomes of a version that does not stand."""


class KnownValues(Protocol):
    """A text and the annotations in it."""

    @property
    def document(self) -> Document:
        """The document."""

    @property
    def value_of(self) -> Callable[[str], Annotation | None]:
        """The annotation of an item: the standing one, or else the former or proposed one; None for
        an unknown item."""


class KnownItems(KnownValues, Protocol):
    """The text and the items that decisions are about: a `ReviewState`, or the items in a log."""

    @property
    def schema(self) -> LabelSchema:
        """The schema that names the layers."""

    def proposal_of(self, item: str) -> Annotation | None:
        """The annotation as a suggestion proposes it, shown or not; None if there is no
        suggestion."""


def both_ends(text: str, width: int) -> str:
    """The text in at most `width` code points; a longer text is shortened in the middle, between
    words if that costs at most two thirds of an end."""
    text = " ".join(_ends(text, width).split())
    if len(text) <= width:
        return text
    if width < 20:
        return f"{_first_words(text, max(0, width - 1))}…"
    last = _last_words(text, (width - 3) * 2 // 5)
    # The beginning gets the room that the end leaves.
    return f"{_first_words(text, width - 3 - len(last))} … {last}"


def both_ends_of(names: Sequence[str], width: int) -> list[str]:
    """The names, each in at most `width` code points, which differ if the names do: those that
    would look the same begin shortly before the place where they differ."""
    short = [both_ends(name, width) for name in names]
    if len(set(short)) == len(set(names)):
        return short
    letters = enumerate(zip(*names, strict=False))
    same = next((i for i, some in letters if len(set(some)) > 1), min(map(len, names)))
    begin = max(names[0].rfind(" ", 0, same) + 1, same - width // 4)
    return [both_ends(f"…{name[begin:]}", width) for name in names]


def _last_words(text: str, size: int) -> str:
    """The end of a longer text, in about `size` code points."""
    last = text[-size:]
    if " " in last[: 2 * size // 3]:
        return last[last.index(" ") + 1 :]
    word = text[text.rfind(" ") + 1 :]
    return word if len(word) <= 3 * size // 2 else last.lstrip()


def _first_words(text: str, size: int) -> str:
    """The beginning of a longer text, in at most `size` code points, without punctuation that only
    leads on to the omitted part."""
    first = text[:size]
    if " " in first[size // 3 :] and not text[size].isspace():
        first = first[: first.rindex(" ")]
    return first.rstrip(" \n;,:")


def _ends(text: str, width: int) -> str:
    """The beginning and the end of a text that is too long; otherwise the text."""
    if len(text) < 16 * width:
        return text
    ends = f"{text[: 4 * width]} {text[-4 * width :]}"
    return ends if len(" ".join(ends.split())) > 2 * width else text


def name_of(state: KnownItems, value: Annotation) -> str:
    """An annotation in a few words: its quotation, or whose stance it is."""
    if isinstance(value, Span):
        return f"“{both_ends(state.document.quote(value.start, value.end), LONGEST)}”"
    return f"{value.layer} of {holder_of(state, value)}"


def holder_of(
    state: KnownValues, relation: Relation, *, author: str = "the author", longest: int = LONGEST
) -> str:
    """The holder of a relation: its entity, else its words in the text, at most `longest` code
    points of them, else the `author`."""
    if relation.source == AUTHOR:
        return author
    span = state.value_of(relation.source)
    if not isinstance(span, Span):
        return "somebody"
    return span.entity or both_ends(state.document.quote(span.start, span.end), longest)


def labelled(state: KnownItems, value: Annotation) -> str:
    """`state “Iran”`, or `stance of Iran (support)`."""
    if isinstance(value, Span):
        return f"{value.label} {name_of(state, value)}"
    return f"{name_of(state, value)} ({value.label})"


def describe_value(value: Value | None) -> str:
    """The value of an attribute as people read it."""
    if value is None:
        return "none"
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _changes(state: KnownItems, old: Annotation, new: Annotation, *, values: bool) -> str:
    """Which fields differ: `label of “Iran”`, with `values` also what they are now."""
    fields, whose = list(_changed_fields(old, new)), name_of(state, new)
    if values and len(fields) > 1:
        phrases = (f"{name}: {value}" if value else f"{name} changed" for name, value in fields)
        return f"{whose}: {'; '.join(phrases)}"
    names = ", ".join(name for name, _ in fields) or "value"
    now = fields[0][1] if values and fields else ""
    return f"{names} of {whose}: {now}" if now else f"{names} of {whose}"


def _changed_fields(old: Annotation, new: Annotation) -> Iterator[tuple[str, str]]:
    """The fields that differ, with their present values; the value of bounds is left out."""
    if old.layer != new.layer:
        yield "layer", new.layer
    if old.label != new.label:
        yield "label" if isinstance(new, Span) else "side", new.label
    if isinstance(old, Span) and isinstance(new, Span):
        yield from _changed_span(old, new)
    for name in dict.fromkeys((*old.attributes, *new.attributes)):
        if old.attributes.get(name) != new.attributes.get(name):
            yield name, describe_value(new.attributes.get(name))


_MARKS = CompletionMark | ParagraphMark


def _changed_span(old: Span, new: Span) -> Iterator[tuple[str, str]]:
    if (old.start, old.end) != (new.start, new.end):
        yield "bounds", ""
    if old.entity != new.entity:
        yield "entity", new.entity or "none"


def _of_mark(decision: Decision, old: object, new: object) -> str:
    """What became of a document or a paragraph."""
    if isinstance(new, CompletionMark):
        return f"document {new.completion.replace('_', ' ')}"
    if isinstance(old, CompletionMark):
        return "document open again"
    before = old if isinstance(old, ParagraphMark) else ParagraphMark()
    after = new if isinstance(new, ParagraphMark) else ParagraphMark()
    where = f"¶ {paragraph_number(decision.paragraph)}"
    if before.excluded != after.excluded:
        return f"{where} {'left out' if after.excluded else 'brought back'}"
    return f"{where} {'done' if after.done else 'open again'}"


def _where(state: KnownItems, decision: Decision, value: object) -> str:
    known = value if value is not None else state.value_of(decision.item)
    if isinstance(known, Span | Relation):
        return name_of(state, known)
    return (
        f"¶ {paragraph_number(decision.paragraph)}" if decision.paragraph >= 0 else "the document"
    )


def describe(state: KnownItems, decision: Decision, *, values: bool = True) -> str:
    """What a decision did to its item, by the states before and after it: `accepted state “Iran”`,
    `label of “Iran”: bloc`, `¶ 2 done`. Without `values` the new values are left out."""
    before = decision.before or Standing(Status.MARKED)
    after = decision.after or Standing(Status.REMOVED)
    old = before.value
    if old is None and isinstance(after.value, ParagraphMark):
        old = ParagraphMark()  # Nothing was decided about the paragraph before.
    if old == after.value and before.note != after.note:
        return _of_note(after.note, _where(state, decision, old), values=values)
    if old == after.value and before.flagged != after.flagged:
        where = _where(state, decision, old)
        return f"flagged {where}" if after.flagged else f"flag removed from {where}"
    if isinstance(before.value, _MARKS) or isinstance(after.value, _MARKS):
        return _of_mark(decision, before.value, after.value)
    return _of_annotation(state, decision, after.status, values=values)


def _of_note(note: str, where: str, *, values: bool) -> str:
    if not note:
        return f"note removed from {where}"
    return f"note on {where}: {both_ends(note, LONGEST)}" if values else f"note on {where}"


def _of_annotation(state: KnownItems, decision: Decision, status: Status, *, values: bool) -> str:
    """What a decision did to a span or relation, which has this status now."""
    old, new = _annotation(decision.before), _annotation(decision.after)
    if new is None:
        value = old or state.value_of(decision.item)
        word = _WORDS.get(status, "removed")
        return f"{word} {labelled(state, value)}" if value is not None else word
    if old is None and status is Status.CORRECTED:
        # A suggestion that was corrected before it was accepted.
        old = state.proposal_of(decision.item)
    if old is not None and old != new:
        return _changes(state, old, new, values=values)
    return f"{_WORDS.get(status, 'changed')} {labelled(state, new)}"


def _annotation(standing: Standing | None) -> Annotation | None:
    """The span or relation that stands, if one does."""
    value = standing.value if standing is not None else None
    return value if isinstance(value, Span | Relation) else None


def describe_group(state: KnownItems, group: Group, *, values: bool = True) -> str:
    """What one key did: the number of similar decisions, or the last decision and how many more."""
    if len(group) == 1:
        return describe(state, group[0], values=values)
    verbs = {describe(state, d, values=False).partition(" ")[0] for d in group}
    if len(verbs) == 1 and (verb := verbs.pop()) in _WORDS.values():
        return f"{verb} {_alike(state, group)}"
    if words := _taken_for_others(state, group, values=values):
        return words
    return f"{describe(state, group[-1], values=values)}, and {len(group) - 1} more"


def _taken_for_others(state: KnownItems, group: Group, *, values: bool) -> str:
    """The annotation that was accepted while other versions of it were rejected; empty if the group
    did something else."""
    stands = [d for d in group if _annotation(d.after) is not None]
    ends = Counter(d.after.status for d in group if d.after and d.after.status in _ENDS)
    if not stands or not ends:
        return ""
    # A relation that was there before only moved from one version to the other.
    taken = [d for d in stands if _annotation(d.before) is None] or stands[:1]
    what = (
        describe(state, taken[0], values=values)
        if len(taken) == 1
        else f"accepted {by_layer(state, taken)}"
    )
    parts = (f"{_WORDS[end]} {plural(n, 'other version')}" for end, n in sorted(ends.items()))
    return "; ".join((what, *parts))


def _alike(state: KnownItems, group: Group) -> str:
    """The items that several decisions of one kind are about."""
    values = [_annotation(decision.after) for decision in group]
    relations = sum(isinstance(value, Relation) for value in values)
    main = values[-1]
    if isinstance(main, Relation) and relations == 1:
        return f"{labelled(state, main)}, with its {_parts(len(group) - 1)}"
    return _several(state, group) if relations == len(group) else by_layer(state, group)


def describe_event_group(items: KnownItems, group: Group) -> str:
    """What one entry of the log did: as `describe_group` says it; an undo says what it took back, a
    redo what it brought back, and an import or a merge counts what came in."""
    action = group[0].action
    if action in (Action.UNDO, Action.REDO):
        done = group if action is Action.REDO else tuple(map(_reversed, reversed(group)))
        word = "redone" if action is Action.REDO else "undone"
        return f"{word}: {describe_group(items, done)}"
    if action in (Action.IMPORT, Action.MERGE) and len(group) > 1:
        marks = sum(isinstance(d.after.value, Relation | Span) for d in group if d.after)
        word = "imported" if action is Action.IMPORT else "merged"
        return f"{word} {plural(marks, 'annotation')}"
    return describe_group(items, group)


def _reversed(decision: Decision) -> Decision:
    return replace(decision, before=decision.after, after=decision.before)


def by_layer(state: KnownItems, decisions: Iterable[Decision]) -> str:
    """How many items of each layer decisions are about: `8 actors, 1 claim`."""
    counts: dict[str, int] = {}
    for decision in decisions:
        value = _annotation(decision.after) or _annotation(decision.before)
        value = value or state.value_of(decision.item)
        if value is not None:
            counts[value.layer] = counts.get(value.layer, 0) + 1
    titles = {layer.name: layer.title.lower() for layer in state.schema.layers}
    return ", ".join(
        f"{number} {name if number == 1 else titles.get(name, name)}"
        for name, number in counts.items()
    )


def _several(state: KnownItems, group: Group) -> str:
    """`stances of Iran, Russia (support)`, or `stances of Iran (support), Russia (oppose)`."""
    sides: dict[str, list[str]] = {}
    layers: list[str] = []
    for one in (d.after.value for d in group if d.after):
        if isinstance(one, Relation):
            sides.setdefault(one.label, []).append(holder_of(state, one))
            layers.append(one.layer)
    what = " and ".join(f"{name}s" for name in dict.fromkeys(layers))
    whose = ", ".join(f"{', '.join(holders)} ({side})" for side, holders in sides.items())
    return f"{what} of {whose}"


def _parts(number: int) -> str:
    return "other end" if number == 1 else f"{number} ends"


__all__ = [
    "LONGEST",
    "KnownItems",
    "both_ends",
    "both_ends_of",
    "by_layer",
    "describe",
    "describe_event_group",
    "describe_group",
    "describe_value",
    "holder_of",
    "labelled",
    "name_of",
]
