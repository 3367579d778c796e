"""The line for an item's names where the codebook is closed."""

from __future__ import annotations

from collections.abc import Iterable

from annotator.errors import AnnotatorError
from annotator.model.decision_text import both_ends
from annotator.model.names import NameKind, affirmative, names_in
from annotator.project import Project
from annotator.workflows.names.closed import outside
from annotator.workflows.names.entry import entry_of, entry_problem, write_entry

LINE = 78
"""The room for a message in a narrow terminal."""


class ClosedLine:
    """What a line for names says about those that a closed codebook does not have. If they are
    entered again, the lead adds them, and anybody else proposes them; `proposed` is what was
    proposed."""

    def __init__(self, project: Project, kind: NameKind, who: str) -> None:
        self._project, self._kind, self._who = project, kind, who
        self._said = self.proposed = ""

    def problem(self, answer: str) -> str:
        """Why the line does not take an answer; empty if it does."""
        names = names_in(self._kind, answer)
        alien = outside(self._project, self._kind, names)
        if not alien:
            return ""
        lead = self._project.config.lead == self._who
        if self._said != answer:
            self._said = answer
            does = "adds" if lead else "proposes"
            message = f"not in the closed codebook: “{{}}”; enter again {does} it"
            return message.format(both_ends(alien, LINE - len(message)))
        if lead:
            return self._add(names)
        self.proposed = "; ".join(names)
        return ""

    def _add(self, names: Iterable[str]) -> str:
        """Add the names that are not listed; the first problem if one cannot be added."""
        for name in names:
            if outside(self._project, self._kind, [name]):
                bare = affirmative(name) if self._kind == "concept" else name
                entry = entry_of(self._project.names.codebook(), self._kind, bare)
                if problem := entry_problem(self._project, entry):
                    return problem
                try:
                    write_entry(self._project, entry, who=self._who)
                except AnnotatorError as error:
                    return error.message
        return ""


__all__ = ["ClosedLine"]
