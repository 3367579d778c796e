"""The history of names: changes of the codebook, rulings, and renamings."""

from __future__ import annotations

from dataclasses import dataclass

from annotator.model.codebook import CodebookEntry, called, changed_fields
from annotator.project import Project
from annotator.workflows.names.renaming import renamings


@dataclass(frozen=True, slots=True)
class NameEvent:
    """A change of names: when, by whom, and what, in a sentence."""

    time: str
    who: str
    what: str


def history(project: Project) -> list[NameEvent]:
    """All changes of the codebook, all rulings on names, and all renamings that annotators made in
    their work, oldest first."""
    words = {
        "same": "is one with",
        "different": "is really different from",
        "parent": "belongs under",
        "opposite": "is the contrary of",
    }
    found = [
        (
            r.id,
            NameEvent(
                r.time,
                r.reviewer or "",
                f"{r.kind} “{r.name}” {words[r.relation]} “{r.canonical}”"
                + ("" if r.same else ": taken back"),
            ),
        )
        for r in project.names.rulings()
    ]
    for step in project.names.codebook_steps():
        event, changed = step.event, _changed_in_words(step.before, step.after)
        change = NameEvent(event.time, event.who, f"{event.kind} “{event.name}” {changed}")
        found.append((event.id, change))
    found += [(one.id, NameEvent(one.time, one.who, one.words)) for one in renamings(project)]
    return [event for _, event in sorted(found, key=lambda pair: pair[0])]


def _changed_in_words(before: CodebookEntry | None, after: CodebookEntry | None) -> str:
    """What an event did to an entry of the codebook: `added`, or the fields that changed."""
    if after is None:
        return "removed from the codebook"
    if before is None:
        return "added to the codebook"
    changed = map(called, changed_fields(before, after))
    return f"changed: {', '.join(changed) or 'nothing'}"


__all__ = ["NameEvent", "history"]
