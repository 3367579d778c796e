"""The actions that decide differences: which versions are accepted, and what else they reject or
move.

All functions are pure: they take an `Adjudication` and return an action for `review.step`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from annotator.merging.api import Candidate
from annotator.model import actions as do
from annotator.model.actions import ReviewAction
from annotator.model.decision import Suggestion
from annotator.model.review import ReviewState
from annotator.model.span import AUTHOR, Annotation, Relation, Span
from annotator.model.text import plural
from annotator.tui.reviewing.adjudication import Adjudication
from annotator.workflows.review.alignment import Difference
from annotator.workflows.review.versions import ADJUDICATED


def take(
    at: Adjudication, difference: Difference, versions: Sequence[Candidate], words: str
) -> do.ChooseSeveral:
    """Accept these versions of a difference and reject the others. The spans that a stance depends
    on are decided with it."""
    choices = [choice(at, difference, versions, words)]
    with_it: list[str] = []
    for end in _ends_of(at, versions):
        hangs = at.of(end)
        if hangs is None or not at.is_open(hangs):
            continue
        own = _own_version(hangs, versions, end)
        if own:
            choices.insert(0, choice(at, hangs, own, words))
            with_it.append(hangs.layer)
    if with_it:
        words = f"{words}, and with it its {' and '.join(dict.fromkeys(with_it))}"
    return do.ChooseSeveral(tuple(choices), words + _fate_of_stances(at, difference, versions))


def _own_version(
    difference: Difference, versions: Sequence[Candidate], id: str
) -> Sequence[Candidate]:
    """The version of another difference, with this item in it, by the annotators who made some
    versions; empty if none of them has one."""
    makers = dict.fromkeys(who for c in versions for who in c.votes)
    theirs = [difference.version(who) for who in makers]
    return next((several for several in theirs if id in {c.id for c in several}), ())


def choice(
    at: Adjudication, difference: Difference, versions: Sequence[Candidate], words: str
) -> do.Choose:
    """Accept these versions of a difference and reject the others."""
    taken = {c.id for c in versions}
    values = tuple(_attached(at, c.value, ADJUDICATED) for c in versions)
    drop = tuple(c.id for c in difference.candidates if c.id not in taken)
    return do.Choose(values, drop, words)


def settle(difference: Difference, field: str, who: str, words: str) -> do.Settle:
    """Decide one field of a difference as an annotator has it."""
    return do.Settle(field, difference.choice(field, who), words)


def keep_gold(at: Adjudication) -> do.Choose | None:
    """Keep what stands of the difference in focus, as adjudicated, and reject its rivals. None
    unless it stands in a finished gold and was changed since."""
    difference = at.in_focus()
    if difference is None or at.situation is None:
        return None
    gone = {c.id for c in difference.gone}
    items = [at.state.find(id) for id in sorted(difference.ids & (at.situation.reopened | gone))]
    stays = tuple(
        replace(item.value, origin=ADJUDICATED) for item in items if item and not item.pending
    )
    if not stays:
        return None
    ids = {value.id for value in stays}
    drop = tuple(c.id for c in difference.candidates if c.id not in ids)
    return do.Choose(stays, drop, "the gold keeps what it has")


def accept_most(at: Adjudication) -> do.ChooseSeveral | None:
    """Accept what all or a majority chose in the paragraph; the rest waits. Two versions of one
    thing are never both accepted. None if there is nothing to accept."""
    choices: list[do.Choose] = []
    left = 0
    standing = {span.id for span in at.state.annotations.spans()} | {AUTHOR}
    for difference in sorted(at.here(), key=lambda d: isinstance(d.candidates[0].value, Relation)):
        if difference.follows or not at.is_open(difference):
            continue
        version = difference.majority()
        if not version or not _all_ends(at, version) <= standing:
            left += 1
            continue
        choices.append(choice(at, difference, version, ""))
        standing |= {c.id for c in version}
    if not choices:
        return None
    words = f"accepted what all or most chose: {plural(len(choices), 'difference')}"
    words += f"; {left} left" if left else ""
    return do.ChooseSeveral(tuple(choices), words)


def _all_ends(at: Adjudication, versions: Sequence[Candidate]) -> set[str]:
    """The present items on which relations among some versions depend."""
    relations = [c.value for c in versions if isinstance(c.value, Relation)]
    return {_standing(at, end) for one in relations for end in (one.source, one.target)}


def accept(at: Adjudication) -> do.Choose | None:
    """Accept the version in focus and reject the others of its difference; None if there are no
    others."""
    difference, item = at.in_focus(), at.state.focused
    if difference is None or item is None or len(difference.ids) < 2 or not item.pending:
        return None
    own = next((c for c in difference.candidates if c.id == item.id), None)
    if own is None or own.contested:
        return None
    whole = whole_version(difference, own.id)
    return choice(at, difference, whole, "accepted; the other versions are rejected")


def whole_version(difference: Difference, id: str) -> Sequence[Candidate]:
    """All that the first annotator who made an item made of the difference."""
    several = (difference.version(who) for who in difference.voters)
    return next((version for version in several if id in {c.id for c in version}), ())


def edited(at: Adjudication, difference: Difference, id: str, words: str) -> do.Choose:
    """The further decisions when a version is accepted with one of its items changed: its other
    items are accepted, and the other versions are rejected."""
    others = [c for c in whole_version(difference, id) if c.id != id]
    chosen = choice(at, difference, others, words)
    return do.Choose(chosen.take, tuple(one for one in chosen.drop if one != id), words)


def reattached(at: Adjudication) -> ReviewState:
    """The state in which proposed stances refer to the versions that stand now."""

    def moved_over(suggestion: Suggestion) -> Suggestion:
        value = suggestion.value
        if not isinstance(value, Relation):
            return suggestion
        return replace(suggestion, value=_attached(at, value, value.origin))

    fresh = {
        paragraph: [moved_over(one) for one in several]
        for paragraph, several in at.state.suggestions.items()
    }
    return replace(at.state, suggestions=fresh)


def _attached(at: Adjudication, value: Annotation, origin: str) -> Annotation:
    """A version as it will stand: the ends of a relation are the spans that already stand there."""
    value = replace(value, origin=origin)
    if isinstance(value, Span):
        return value
    return replace(value, source=_standing(at, value.source), target=_standing(at, value.target))


def _standing(at: Adjudication, end: str) -> str:
    """The version that stands in the place of a span, or the span itself if it stands or no version
    does."""
    item = at.state.find(end) if end != AUTHOR else None
    if end == AUTHOR or (item is not None and not item.pending):
        return end
    several = at.of(end)
    for candidate in several.candidates if several is not None else ():
        other = at.state.find(candidate.id)
        if other is not None and not other.pending:
            return candidate.id
    return end


def _ends_of(at: Adjudication, versions: Sequence[Candidate]) -> list[str]:
    """The spans that relations among some versions depend on and that do not stand yet."""
    ends = [
        end
        for c in versions
        if isinstance(c.value, Relation)
        for end in (c.value.source, c.value.target)
        if end != AUTHOR
    ]
    return [
        end
        for end in dict.fromkeys(ends)
        if (item := at.state.find(_standing(at, end))) is None or item.undecided
    ]


def waits_for_ends(at: Adjudication, versions: Sequence[Candidate]) -> bool:
    """Whether something that relations among some versions depend on does not stand yet."""
    return bool(_ends_of(at, versions))


def _fate_of_stances(
    at: Adjudication, difference: Difference, versions: Sequence[Candidate]
) -> str:
    """What happens to the stances on rejected versions. Accepted and waiting ones move to the
    version that is accepted now, and are rejected together with the last version of their
    target."""
    gone = difference.ids - {c.id for c in versions}
    spans = [c for c in versions if isinstance(c.value, Span)]
    notes: list[str] = []
    if hanging := len(at.state.annotations.relations_of(gone)):
        notes.append(
            f"{plural(hanging, 'stance')} moved to it"
            if len(spans) == 1
            else f"{plural(hanging, 'stance')} removed with its {difference.layer}"
        )
    if waiting := sum(_hangs(at, one, gone, every=not versions) for one in at.differences):
        where = "to the first of them" if len(spans) > 1 else "to it"
        notes.append(
            f"{plural(waiting, 'stance')} that {'wait go' if waiting > 1 else 'waits goes'} {where}"
            if versions
            else f"{plural(waiting, 'stance')} {'fall' if waiting > 1 else 'falls'} with it"
        )
    return "".join(f"; {words}" for words in notes)


def _hangs(at: Adjudication, one: Difference, gone: Collection[str], *, every: bool) -> bool:
    """Whether a version of a difference, or `every` one, is a relation on spans that fall, and the
    difference waits."""
    hang = [
        isinstance(c.value, Relation) and bool({c.value.source, c.value.target} & set(gone))
        for c in one.candidates
    ]
    return at.is_open(one) and (all(hang) if every else any(hang))


def meant(at: Adjudication, action: ReviewAction) -> ReviewAction | None:
    """What an action means in review: accepting takes a version. None if accepting everything
    finds nothing that most chose."""
    if isinstance(action, do.AcceptAll):
        return accept_most(at)
    if isinstance(action, do.Accept):
        return accept(at) or action
    return action


def as_made(difference: Difference, taken: Sequence[Annotation]) -> list[Annotation]:
    """The version that was taken of a difference, with the ends that its annotators gave it."""
    made = {c.id: c.value for c in difference.candidates}
    return [
        replace(value, source=own.source, target=own.target)
        if isinstance(value, Relation) and isinstance(own := made.get(value.id), Relation)
        else value
        for value in taken
    ]


__all__ = [
    "accept",
    "accept_most",
    "as_made",
    "choice",
    "edited",
    "keep_gold",
    "meant",
    "reattached",
    "settle",
    "take",
    "waits_for_ends",
    "whole_version",
]
