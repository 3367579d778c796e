"""Decisions in words: what a step did, what an undo takes
back, what the list of decisions shows."""

from __future__ import annotations

from annotator.model.decision import (
    CompletionMark,
    Decision,
    Group,
    ParagraphMark,
    Standing,
    Status,
)
from annotator.model.span import AUTHOR, Annotation, Relation, Span, Value
from annotator.model.state import ReviewState
from annotator.model.text import paragraph_number

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


def both_ends(text: str, width: int) -> str:
    """The text in at most `width` code points; a longer text is shortened in the middle."""
    text = " ".join(_ends(text, width).split())
    if len(text) <= width:
        return text
    if width < 20:
        return f"{text[: max(0, width - 1)].rstrip()}…"
    head = (width - 3) * 3 // 5
    first, last = text[:head], text[-(width - 3 - head) :]
    # Keep whole words if that costs less than half of an end.
    if " " in first[len(first) // 2 :] and not text[head].isspace():
        first = first[: first.rindex(" ")]
    if " " in last[: len(last) // 2]:
        last = last[last.index(" ") + 1 :]
    return f"{first.rstrip()} … {last.lstrip()}"


def _ends(text: str, width: int) -> str:
    """The beginning and the end of a text that is too long; otherwise the text."""
    if len(text) < 16 * width:
        return text
    ends = f"{text[: 4 * width]} {text[-4 * width :]}"
    return ends if len(" ".join(ends.split())) > 2 * width else text


def name_of(state: ReviewState, value: Annotation) -> str:
    """An annotation in a few words: its quotation, or whose stance it is."""
    if isinstance(value, Span):
        return f"“{both_ends(state.document.quote(value.start, value.end), LONGEST)}”"
    return f"{value.layer} of {holder_of(state, value)}"


def holder_of(state: ReviewState, relation: Relation) -> str:
    """The holder of a relation: its entity, else its words in the text, else the author."""
    if relation.source == AUTHOR:
        return "the author"
    item = state.find(relation.source)
    span = item.value if item is not None else None
    if not isinstance(span, Span):
        return "somebody"
    return span.entity or both_ends(state.document.quote(span.start, span.end), LONGEST)


def _labelled(state: ReviewState, value: Annotation) -> str:
    """`state “Iran”`, or `support by Iran`."""
    if isinstance(value, Span):
        return f"{value.label} {name_of(state, value)}"
    return f"{value.label} by {holder_of(state, value)}"


def describe_value(value: Value | None) -> str:
    """The value of an attribute as people read it."""
    if value is None:
        return "none"
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _changes(state: ReviewState, old: Annotation, new: Annotation, *, values: bool) -> str:
    """Which fields differ: `label of “Iran”`, with `values` also what they are now."""
    fields: list[tuple[str, str]] = []
    if old.layer != new.layer or old.label != new.label:
        fields.append(("label" if isinstance(new, Span) else "side", new.label))
    if isinstance(old, Span) and isinstance(new, Span):
        if (old.start, old.end) != (new.start, new.end):
            fields.append(("bounds", ""))
        if old.entity != new.entity:
            fields.append(("entity", new.entity or "none"))
    for name in dict.fromkeys((*old.attributes, *new.attributes)):
        if old.attributes.get(name) != new.attributes.get(name):
            fields.append((name, describe_value(new.attributes.get(name))))
    names = ", ".join(name for name, _ in fields) or "value"
    now = ", ".join(value for _, value in fields if value) if values else ""
    return f"{names} of {name_of(state, new)}" + (f": {now}" if now else "")


def _of_mark(decision: Decision, old: ParagraphMark, new: ParagraphMark) -> str:
    where = f"¶ {paragraph_number(decision.paragraph)}"
    if old.excluded != new.excluded:
        return f"{where} {'left out' if new.excluded else 'brought back'}"
    return f"{where} {'done' if new.done else 'open again'}"


def _where(state: ReviewState, decision: Decision, value: object) -> str:
    known = value if value is not None else _known(state, decision)
    if isinstance(known, Span | Relation):
        return name_of(state, known)
    return (
        f"¶ {paragraph_number(decision.paragraph)}" if decision.paragraph >= 0 else "the document"
    )


def describe(state: ReviewState, decision: Decision, *, values: bool = True) -> str:
    """What a decision did to its item, by the states before and after it: `accepted state “Iran”`,
    `label of “Iran”: bloc`, `¶ 2 done`. Without `values` the new values are left out."""
    before = decision.before or Standing(Status.MARKED)
    after = decision.after or Standing(Status.REMOVED)
    old, new = before.value, after.value
    if old == new and before.note != after.note:
        words = f": {both_ends(after.note, LONGEST)}" if values and after.note else ""
        return f"note on {_where(state, decision, new or old)}{words}"
    if old == new and before.flagged != after.flagged:
        return f"flag on {_where(state, decision, new or old)}"
    if isinstance(new, CompletionMark) or isinstance(old, CompletionMark):
        mark = new if isinstance(new, CompletionMark) else None
        return f"document {mark.completion.replace('_', ' ')}" if mark else "document open again"
    if isinstance(new, ParagraphMark) or isinstance(old, ParagraphMark):
        return _of_mark(
            decision,
            old if isinstance(old, ParagraphMark) else ParagraphMark(),
            new if isinstance(new, ParagraphMark) else ParagraphMark(),
        )
    if isinstance(new, Span | Relation):
        if old is None and after.status is Status.CORRECTED and decision.item in state.proposed:
            # A suggestion that was corrected before it was accepted.
            old = state.proposed[decision.item].value
        if isinstance(old, Span | Relation):
            if old == new:
                return f"{_WORDS.get(after.status, 'changed')} {_labelled(state, new)}"
            return _changes(state, old, new, values=values)
        return f"{_WORDS.get(after.status, 'changed')} {_labelled(state, new)}"
    word = _WORDS.get(after.status, "removed")
    if isinstance(old, Span | Relation):
        return f"{word} {_labelled(state, old)}"
    value = _known(state, decision)
    return f"{word} {_labelled(state, value)}" if value is not None else word


def _known(state: ReviewState, decision: Decision) -> Annotation | None:
    """The annotation that a decision was about: the standing one, or else the suggestion, also one
    that is not shown."""
    item = state.find(decision.item)
    if item is not None:
        return item.value
    proposed = state.proposed.get(decision.item)
    return proposed.value if proposed is not None else None


def describe_group(state: ReviewState, group: Group, *, values: bool = True) -> str:
    """What one key did: the number of similar decisions, or the last decision and how many more."""
    if len(group) == 1:
        return describe(state, group[0], values=values)
    verbs = {describe(state, d, values=False).partition(" ")[0] for d in group}
    if len(verbs) == 1 and (verb := verbs.pop()) in _WORDS.values():
        main = group[-1].after.value if group[-1].after else None
        parts = sum(isinstance(d.after.value, Relation) for d in group if d.after)
        if isinstance(main, Relation) and parts == 1:
            return f"{verb} {_labelled(state, main)}, with its {_parts(len(group) - 1)}"
        if parts == len(group):
            return f"{verb} {_several(state, group)}"
        return f"{verb} {len(group)}"
    return f"{describe(state, group[-1], values=values)}, and {len(group) - 1} more"


def _several(state: ReviewState, group: Group) -> str:
    """`support by Iran, Russia`, or `support by Iran, oppose by Russia`."""
    relations = [d.after.value for d in group if d.after]
    sides: dict[str, list[str]] = {}
    for one in relations:
        if isinstance(one, Relation):
            sides.setdefault(one.label, []).append(holder_of(state, one))
    return ", ".join(f"{side} by {', '.join(holders)}" for side, holders in sides.items())


def _parts(number: int) -> str:
    return "other end" if number == 1 else f"{number} ends"


__all__ = [
    "LONGEST",
    "both_ends",
    "describe",
    "describe_group",
    "describe_value",
    "holder_of",
    "name_of",
]
