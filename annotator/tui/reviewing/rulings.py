"""The names in the versions of a difference, and the ruling that they are one."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.model.names import NameKind, concepts_of, names_of
from annotator.model.review import ReviewState
from annotator.model.span import Annotation, Span
from annotator.model.text import plural
from annotator.project import Project
from annotator.tui.reviewing import Adjudicating
from annotator.tui.reviewing.adjudication import Adjudication
from annotator.tui.session import Session

KINDS: tuple[NameKind, ...] = ("entity", "concept")


def names_in_focus(at: Adjudication) -> tuple[NameKind, list[str]] | None:
    """`entity` or `concept`, and the names that only some versions of the difference in focus have;
    None if no name differs."""
    difference = at.in_focus()
    if difference is None:
        return None
    concepts = concepts_of(at.state.schema)
    spans = [
        span
        for who in difference.voters
        for candidate in difference.version(who)
        for span in _named(at.state, candidate.value)
    ]
    for kind in KINDS:
        differing = _differing(
            [{name for k, name in names_of(span, concepts) if k == kind} for span in spans]
        )
        if len(differing) > 1:
            return kind, sorted(differing)
    return None


def _differing(sets: Sequence[set[str]]) -> set[str]:
    """The names that only some of the sets have."""
    return set().union(*sets) - sets[0].intersection(*sets) if sets else set()


def _named(state: ReviewState, value: Annotation) -> list[Span]:
    """The span itself; for a stance its holder, if that is a span."""
    if isinstance(value, Span):
        return [value]
    holder = state.find(value.source)
    return [holder.value] if holder is not None and isinstance(holder.value, Span) else []


def name_counts(project: Project, kind: NameKind) -> dict[str, int]:
    """How often anybody uses each name."""
    known = project.names.entities() if kind == "entity" else project.names.concepts()
    return {one.name: one.count for one in known}


def rule_names_same(
    session: Session, source: Adjudicating, kind: NameKind, names: Sequence[str], canonical: str
) -> None:
    """Rule that the names are one, here and in all other places, and read the document again. One
    undo takes this back."""

    def left() -> int:
        at = source.at(session.review)
        return sum(at.is_open(difference) for difference in at.differences)

    before, state = left(), session.review
    source.rule_same(kind, names, canonical)
    session.reload()
    source.names_ruled(state, session.review)
    session.state = source.past_decided(session.review)
    settled = before - left()
    here = f"; {plural(settled, 'difference')} settled here" if settled else ""
    session.say(f"one name in all places: {canonical}{here}")


__all__ = ["name_counts", "names_in_focus", "rule_names_same"]
