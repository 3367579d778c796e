"""Like cases: decides a difference in the same way wherever annotators differ in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from annotator.model import actions as do
from annotator.model.record import GOLD
from annotator.model.text import plural
from annotator.tui.reviewing import Adjudicating, choices
from annotator.tui.session import Session
from annotator.workflows.review.open_differences import Option

READ = 1.0
"""Seconds for which more documents are read for like differences."""


def decide_alike(session: Session, source: Adjudicating) -> None:
    """Decide all like differences as the last one was decided. One undo takes that back, if nothing
    is decided in between. A message says what was done. A stance is left where its holder or its
    claim is not decided yet. A large project is read part by part: the same key reads on."""
    if source.chosen is None:
        session.say("decide a difference first: then this decides the like ones")
        return
    like, taken = source.chosen
    known, every = source.queue.read_on(READ)
    read = f"only {known:,} of {every:,} documents were read: the same key reads on"
    more = [read] if known < every else []
    found: dict[str, set[frozenset[str]]] = {}
    for one in source.queue.open.alike(like):
        found.setdefault(one.document, set()).add(one.ids)
    if not found:
        session.say("; ".join(["annotators differ in this way nowhere else", *more]))
        return
    counts = {
        document: _decide(_session(session, source, document), ids, taken)
        for document, ids in found.items()
    }
    done = [document for document, (decided, _) in counts.items() if decided]
    session.reload()
    source.taking_back = partial(_take_back, session, source, done) if done else None
    said: list[str] = []
    if done:
        places = plural(sum(decided for decided, _ in counts.values()), "like difference")
        said += [f"{places} decided in {plural(len(done), 'document')}", "one undo takes it back"]
    if left := sum(left for _, left in counts.values()):
        said.append(f"{left} left, whose holder or claim is not decided yet")
    session.say("; ".join([*said, *more]))


def _session(session: Session, source: Adjudicating, document: str) -> Session:
    """A session of the same reviewer with one of the documents open."""
    aside = Adjudicating(
        session.project, reviewer=source.decided_by, queue=source.queue, aside=True
    )
    made = Session(session.project, GOLD, session.project.new_session(), source=aside)
    made.open(document)
    return made


def _decide(aside: Session, ids: set[frozenset[str]], taken: Option) -> tuple[int, int]:
    """Decide these differences of the open document; how many were, and how many have to wait for
    what they hang on."""
    source = aside.source
    assert isinstance(source, Adjudicating)
    at, likening = source.at(aside.review), source.likening(aside.review)
    decided: list[do.Choose] = []
    left = 0
    for difference in at.differences:
        if difference.ids not in ids or not at.is_open(difference):
            continue
        versions = [difference.version(who) for who in difference.voters]
        same = (
            version
            for version in versions
            if likening.option(difference, [c.value for c in version]) == taken
        )
        version = next(same, None if taken else ())
        if version is None:
            continue
        if choices.hangs_on_open(at, version):
            left += 1
        else:
            decided.append(choices.choice(at, difference, version, ""))
    if decided:
        aside.do(do.ChooseSeveral(tuple(decided), "decided alike"))
    return len(decided), left


def _take_back(session: Session, source: Adjudicating, documents: Sequence[str]) -> str:
    for document in documents:
        _session(session, source, document).do(do.Undo())
    return f"taken back in {plural(len(documents), 'document')}"


__all__ = ["decide_alike"]
