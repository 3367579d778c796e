"""Like cases: what was decided once is decided wherever the same is in conflict."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from annotator.model import actions as do
from annotator.model.record import GOLD
from annotator.model.text import plural
from annotator.tui.reviewing import Adjudicating, choices
from annotator.tui.session import Session
from annotator.workflows.review.open_differences import Option, option


def decide_alike(session: Session, source: Adjudicating) -> None:
    """What was just decided is decided alike in all places where the same is in conflict; one undo
    takes that back, if nothing is decided in between. What it did is said."""
    if source.chosen is None:
        session.say("decide a difference between spans first: then this decides the like ones")
        return
    like, taken = source.chosen
    found: dict[str, set[frozenset[str]]] = {}
    for one in source.queue.open.alike(like):
        found.setdefault(one.document, set()).add(one.ids)
    if not found:
        session.say("the same conflict occurs nowhere else")
        return
    done = {
        document: count
        for document, ids in found.items()
        if (count := _decide(_session(session, source, document), ids, taken))
    }
    session.reload()
    source.taking_back = partial(_take_back, session, source, list(done)) if done else None
    places = plural(sum(done.values()), "like difference")
    session.say(f"{places} decided in {plural(len(done), 'document')}; one undo takes it back")


def _session(session: Session, source: Adjudicating, document: str) -> Session:
    """A session of the same reviewer, in which one of the documents is open."""
    aside = Adjudicating(session.project, reviewer=source.decided_by, queue=source.queue)
    made = Session(session.project, GOLD, session.project.new_session(), source=aside)
    made.open(document)
    return made


def _decide(aside: Session, ids: set[frozenset[str]], taken: Option) -> int:
    """Decide these differences of the open document; how many could be."""
    source = aside.source
    assert isinstance(source, Adjudicating)
    at = source.at(aside.review)
    decided: list[do.Choose] = []
    for difference in at.differences:
        if difference.ids not in ids or not at.is_open(difference):
            continue
        versions = [difference.version(who) for who in difference.voters]
        same = (
            version
            for version in versions
            if option(difference, [c.value for c in version], aside.review.document) == taken
        )
        version = next(same, None if taken else ())
        if version is not None:
            decided.append(choices.choice(at, difference, version, ""))
    if decided:
        aside.do(do.ChooseSeveral(tuple(decided), "decided alike"))
    return len(decided)


def _take_back(session: Session, source: Adjudicating, documents: Sequence[str]) -> str:
    for document in documents:
        _session(session, source, document).do(do.Undo())
    return f"taken back in {plural(len(documents), 'document')}"


__all__ = ["decide_alike"]
