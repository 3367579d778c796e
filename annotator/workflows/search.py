"""Finding text in all documents of a project."""

from __future__ import annotations

import re
from dataclasses import dataclass

from annotator.errors import UsageError
from annotator.project import Project


@dataclass(frozen=True, slots=True)
class SearchMatch:
    """A match: `[start, end)` of the document's text, and the words around it."""

    document: str
    paragraph: int
    start: int
    end: int
    context: str


def pattern(wanted: str) -> re.Pattern[str]:
    """The pattern to search for: plain text in upper or lower case, or a regular expression after
    `re:`.

    Raises UsageError for an invalid expression.
    """
    try:
        return re.compile(
            wanted[3:] if wanted.startswith("re:") else re.escape(wanted), re.IGNORECASE
        )
    except re.error as error:
        raise UsageError(
            f"not a regular expression: {error}", hint="Leave out re: to search for plain text"
        ) from error


def pattern_problem(wanted: str) -> str:
    """Why this cannot be searched for; empty if it can."""
    try:
        pattern(wanted)
    except UsageError as error:
        return error.message
    return ""


def search(project: Project, wanted: str, *, limit: int = 500) -> list[SearchMatch]:
    """The first matches in document and text order. Raises UsageError for an invalid expression."""
    compiled = pattern(wanted)
    found: list[SearchMatch] = []
    literal = "" if wanted.startswith("re:") else wanted
    holding = (
        id
        for id, text in (project.documents.texts(literal) if wanted else ())
        if any(m.end() > m.start() for m in compiled.finditer(text))
    )
    for document in project.documents.each(holding):
        for match in compiled.finditer(document.text):
            if match.end() == match.start():
                continue
            paragraph = document.paragraph_at(match.start())
            low, high = (
                max(paragraph.start, match.start() - 30),
                min(paragraph.end, match.end() + 30),
            )
            context = " ".join(document.text[low:high].split())
            found.append(SearchMatch(document.id, paragraph.index, *match.span(), context))
            if len(found) == limit:
                return found
    return found


__all__ = ["SearchMatch", "pattern", "pattern_problem", "search"]
