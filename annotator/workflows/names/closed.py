"""A closed codebook: only its names are used. The lead adds names, and others propose them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotator.config import FILE
from annotator.errors import UsageError
from annotator.model.codebook import Codebook
from annotator.model.decision import NOTE_PARTS
from annotator.model.names import NAME_KINDS, NameKind, names_in
from annotator.model.record import GOLD
from annotator.model.span import Span
from annotator.model.text import first_of
from annotator.project import Project

CLOSED = "closed"
PROPOSED = "proposed"
"""The beginning of a note that proposes a name: `proposed concept: tolls should fall`."""


def is_closed(project: Project) -> bool:
    """Whether only names of the codebook are to be used."""
    return project.config.codebook == CLOSED


def not_allowed(project: Project, who: str) -> None:
    """Raise UsageError if `who` may not change the codebook: a closed one is its lead's, if the
    settings name one."""
    lead = project.config.lead
    if is_closed(project) and lead and who != lead:
        raise UsageError(
            f"the codebook is closed, and only {lead} changes it",
            file=project.root / FILE,
            key="lead",
            hint="Propose a name: enter it twice on the line for an item's name",
        )


def outside(project: Project, kind: NameKind, names: Iterable[str]) -> str:
    """The first of these names that is not in a closed codebook; empty if the codebook is open or
    contains all."""
    if not is_closed(project):
        return ""
    codebook = project.names.codebook()
    return next((name for name in names if name and codebook.get(kind, name) is None), "")


def not_listed(project: Project, kind: NameKind, answer: str) -> str:
    """What a line says about names, divided by semicolons, if one of them is not in a closed
    codebook; otherwise empty."""
    alien = outside(project, kind, names_in(kind, answer))
    return f"“{alien}” is not in the closed codebook" if alien else ""


def not_one(project: Project, kind: NameKind, answer: str) -> str:
    """The same for a single name that replaces another: concepts are replaced one by one."""
    names = names_in(kind, answer)
    if kind == "concept" and len(names) > 1:
        return "a semicolon separates concepts: write one of them"
    return not_listed(project, kind, answer) if names else "write a name"


def proposal(kind: NameKind, names: str, note: str = "") -> str:
    """An item's note with a proposal of names in it, which replaces an earlier one of that kind.
    What else the note says stays."""
    lead = f"{PROPOSED} {kind}: "
    kept = [part for part in note.split(NOTE_PARTS) if part and not part.startswith(lead)]
    return NOTE_PARTS.join([*kept, lead + names])


@dataclass(frozen=True, slots=True)
class Proposal:
    """A name that somebody proposed for the codebook, and the words it is for."""

    who: str
    document: str
    note: str
    words: str

    @property
    def kind(self) -> NameKind:
        """What is proposed, an entity or a concept."""
        return next(kind for kind in NAME_KINDS if self.note.startswith(f"{PROPOSED} {kind}: "))

    @property
    def names(self) -> list[str]:
        """The names that are proposed."""
        return names_in(self.kind, self.note.removeprefix(f"{PROPOSED} {self.kind}: "))


def proposals(project: Project) -> list[Proposal]:
    """What annotators proposed and the codebook does not have yet, by annotator and document, also
    on suggestions that are not decided yet."""
    found: list[Proposal] = []
    codebook = project.names.codebook()
    for who in sorted({one.annotator for one in project.log.completions()} - {GOLD}):
        for document, paragraph, item, note in project.log.notes(who):
            parts = [part for part in note.split(NOTE_PARTS) if _is_open(codebook, part)]
            if parts:
                words = _words_of(project, document, who, paragraph, item)
                found += [Proposal(who, document, part, words) for part in parts]
    return found


def _is_open(codebook: Codebook, note: str) -> bool:
    """Whether a part of a note proposes a name that the codebook does not have."""
    for kind in NAME_KINDS:
        if note.startswith(lead := f"{PROPOSED} {kind}: "):
            names = names_in(kind, note.removeprefix(lead))
            return any(codebook.get(kind, name) is None for name in names)
    return False


def _words_of(project: Project, document: str, who: str, paragraph: int, item: str) -> str:
    """The text of a span, or of the suggestion that somebody left undecided; empty if there is
    none."""
    standing = project.log.annotations(document, who)[0].get(item, paragraph)
    value = standing.value if standing is not None else None
    if value is None:
        suggested = (one.value for one in project.suggestions.of(document))
        value = next((one for one in suggested if one.id == item), None)
    if not isinstance(value, Span):
        return ""
    return " ".join(project.documents.load(document).quote(value.start, value.end).split())


def names_outside_in_words(project: Project, *, most: int = 3) -> Sequence[str]:
    """What to say about names in use that are not in a closed codebook, for example after an import
    or a merge: a line for each kind, with the most frequent names first."""
    lines: list[str] = []
    for kind in NAME_KINDS if is_closed(project) else ():
        codebook = project.names.codebook()
        used = [name for name in project.names.usage(kind) if codebook.get(kind, name) is None]
        if used:
            names = first_of([f"“{name}”" for name in used], most)
            lines.append(
                f"not in the closed codebook: {kind} {names}; add what is missing "
                "(annotator codebook import), or rename it (E and K)"
            )
    return lines


__all__ = [
    "CLOSED",
    "Proposal",
    "is_closed",
    "names_outside_in_words",
    "not_allowed",
    "not_listed",
    "not_one",
    "outside",
    "proposal",
    "proposals",
]
