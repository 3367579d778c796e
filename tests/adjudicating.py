"""A review without its screen: the keys of the review screen as functions on a session."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotator.merging.api import Candidate
from annotator.model.record import GOLD, Record
from annotator.project import Project
from annotator.tui.reviewing import Adjudicating, choices
from annotator.tui.reviewing.adjudication import Adjudication
from annotator.tui.session import Session


def project_of(root: Path, *records: Record) -> Project:
    """A new project with these completions."""
    project = Project.create(root)
    project.log.add_records(records)
    return project


def gold_session(project: Project, **options: Any) -> Session:
    """A session of review."""
    return Session(project, GOLD, project.new_session(), source=Adjudicating(project, **options))


def source_of(session: Session) -> Adjudicating:
    """The source of the proposals in a session of review."""
    assert isinstance(session.source, Adjudicating)
    return session.source


def adjudication(session: Session) -> Adjudication:
    """The adjudication of the open document."""
    return source_of(session).at(session.review)


def take(session: Session, versions: Sequence[Candidate], words: str) -> None:
    """Decide the difference in focus: take these versions."""
    difference = adjudication(session).in_focus()
    assert difference is not None
    session.do(choices.take(adjudication(session), difference, versions, words))


def settle(session: Session, field: str, who: str, words: str) -> None:
    """Decide one field of the difference in focus as an annotator has it."""
    difference = adjudication(session).in_focus()
    assert difference is not None
    session.do(choices.settle(difference, field, who, words))
