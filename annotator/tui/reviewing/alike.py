"""Like cases: decides a difference in the same way wherever annotators differ in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from annotator.merging.api import Candidate
from annotator.model import actions as do
from annotator.model.record import GOLD
from annotator.model.review import ReviewState
from annotator.model.text import plural
from annotator.tui.reviewing import Adjudicating, choices
from annotator.tui.reviewing.undoing import last_group
from annotator.tui.session import Session
from annotator.workflows.review.alignment import Difference
from annotator.workflows.review.open_differences import Option, VersionComparer

READ = 1.0
"""Seconds for which more documents are read for like differences."""


@dataclass(frozen=True, slots=True)
class _DecidedGroup:
    """A group of decisions that decided a number of differences of a document."""

    document: str
    group: str
    count: int


def decide_alike(session: Session, source: Adjudicating) -> None:
    """Decide all like differences as the last one was decided, and say so. A stance is left where
    its holder or its claim is not decided yet. A large project is read part by part, once for each
    press of the key. One undo takes back all parts."""
    if source.chosen is None:
        session.say("decide a difference first; this key then decides those like it")
        return
    like, taken = source.chosen
    known, every = source.queue.read_on(READ)
    read = f"only {known:,} of {every:,} documents were read; press the key again to read on"
    more = [read] if known < every else []
    found: dict[str, set[frozenset[str]]] = {}
    for one in source.queue.open.alike(like):
        found.setdefault(one.document, set()).add(one.ids)
    if not found:
        session.say("; ".join(["annotators differ in this way nowhere else", *more]))
        return
    done: list[_DecidedGroup] = []
    left = 0
    for document, ids in found.items():
        decided, waiting = _decide(_session(session, source, document), ids, taken)
        done += [decided] if decided is not None else []
        left += waiting
    before = session.review
    session.reload()
    session.state = source.past_decided(session.review)
    messages = _done_in_words(session, source, before, done) if done else []
    if left:
        messages.append(f"{left} left, whose holder or claim is not decided yet")
    session.say("; ".join([*messages, *more]))


def _done_in_words(
    session: Session, source: Adjudicating, before: ReviewState, done: Sequence[_DecidedGroup]
) -> list[str]:
    """Let undo take back what was decided, and say what it was."""
    assert source.chosen is not None
    back = partial(_take_back, session, source)
    parts = source.wide.add(before, session.review, source.chosen, tuple(done), back)
    so_far = _places(parts) if len(parts) > len(done) else ""
    return [
        f"{_places(done)} decided{f', {so_far} in all' if so_far else ''}",
        f"one undo takes {'all of it' if so_far else 'it'} back",
    ]


def _session(session: Session, source: Adjudicating, document: str) -> Session:
    """A session of the same reviewer with one of the documents open."""
    aside = Adjudicating(
        session.project, reviewer=source.decided_by, queue=source.queue, aside=True
    )
    made = Session(session.project, GOLD, session.project.new_session(), source=aside)
    made.open(document)
    return made


def _decide(
    aside: Session, ids: set[frozenset[str]], taken: Option
) -> tuple[_DecidedGroup | None, int]:
    """Decide these differences of the open document: what was decided (None if nothing was), and
    how many have to wait for what they hang on."""
    source = aside.source
    assert isinstance(source, Adjudicating)
    at, version_comparer = source.at(aside.review), source.version_comparer(aside.review)
    decided: list[do.Choose] = []
    left = 0
    for difference in at.differences:
        if difference.ids not in ids or not at.is_open(difference):
            continue
        version = _same_version(version_comparer, difference, taken)
        if version is None:
            continue
        if choices.waits_for_ends(at, version):
            left += 1
        else:
            decided.append(choices.choice(at, difference, version, ""))
    if not decided:
        return None, left
    aside.do(do.ChooseSeveral(tuple(decided), "decided alike"))
    return _DecidedGroup(aside.review.document.id, last_group(aside.review), len(decided)), left


def _same_version(
    comparer: VersionComparer, difference: Difference, taken: Option
) -> Sequence[Candidate] | None:
    """The version of a difference that is like the one that was taken elsewhere; none of them if
    none was taken there, and None if nobody has it."""
    versions = (difference.version(who) for who in difference.voters)
    same = (v for v in versions if comparer.option(difference, [c.value for c in v]) == taken)
    return next(same, None if taken else ())


def _places(done: Sequence[_DecidedGroup]) -> str:
    """`5 like differences in 2 documents`."""
    differences = plural(sum(one.count for one in done), "like difference")
    return f"{differences} in {plural(len({one.document for one in done}), 'document')}"


def _take_back(session: Session, source: Adjudicating, done: Sequence[_DecidedGroup]) -> str:
    """Take it back, except where something that depends on it was decided since."""
    taken = [
        one for one in reversed(done) if _taken_back(_session(session, source, one.document), one)
    ]
    kept = len({one.document for one in done} - {one.document for one in taken})
    left = f"; not in {plural(kept, 'document')}, where more was decided since" if kept else ""
    return f"taken back: {_places(taken)}{left}"


def _taken_back(aside: Session, one: _DecidedGroup) -> bool:
    before = aside.review.history
    aside.do(do.TakeBack(one.group))
    return aside.review.history is not before


__all__ = ["decide_alike"]
