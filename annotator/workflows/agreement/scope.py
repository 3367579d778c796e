"""The part of a project that is compared: layers, labels, annotators, documents and days, as a
user types it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annotator.errors import UsageError
from annotator.project import Project
from annotator.workflows.agreement.methods_data import checked_day, finished_between
from annotator.workflows.agreement.part import ComparedPart

WORDS = ("layer", "label", "by", "document", "since", "until")

HINT = (
    "Write layer:claim label:fact by:ada,ben document:doc-1 since:2026-11-01 until:2026-11-30, "
    "or nothing for all"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What to compare; an empty scope takes everything."""

    layers: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    annotators: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    @classmethod
    def parse(cls, text: str) -> Scope:
        """The scope that a user typed: words with a colon, values separated by commas. Raises
        UsageError."""
        held: dict[str, tuple[str, ...]] = {}
        for word in text.split():
            name, colon, values = word.partition(":")
            if not colon or name not in WORDS or not values.strip(","):
                raise UsageError(f"“{word}” is not a filter", hint=HINT)
            held[name] = (*held.get(name, ()), *(value for value in values.split(",") if value))
        days = {
            name: checked_day(held[name][-1] if name in held else None, name)
            for name in ("since", "until")
        }
        return cls(
            held.get("layer", ()),
            held.get("label", ()),
            held.get("by", ()),
            held.get("document", ()),
            days["since"],
            days["until"],
        )

    def __str__(self) -> str:
        lists = (self.layers, self.labels, self.annotators, self.documents)
        words = [
            f"{name}:{','.join(values)}"
            for name, values in zip(WORDS, lists, strict=False)
            if values
        ]
        words += [
            f"{name}:{day}" for name, day in (("since", self.since), ("until", self.until)) if day
        ]
        return " ".join(words)

    def part_of(self, project: Project) -> ComparedPart:
        """Annotators, layers and documents in the scope. Raises UsageError."""
        known = {label.name for layer in project.schema.layers for label in layer.labels}
        if alien := [label for label in self.labels if label not in known]:
            raise UsageError(
                f"no layer has the label “{alien[0]}”",
                hint=f"Labels here: {', '.join(sorted(known))}",
            )
        return ComparedPart(
            annotators=self.annotators or None,
            layers=self.layers or None,
            documents=self._documents(project),
        )

    def _documents(self, project: Project) -> set[str] | None:
        """The documents in the scope; None for all. The beginning of an id is enough. Raises
        UsageError."""
        found = finished_between(project, self.since, self.until)
        if not self.documents:
            return found
        ids = project.documents.ids()
        named: set[str] = set()
        for wanted in self.documents:
            some = {id for id in ids if id == wanted} or {id for id in ids if id.startswith(wanted)}
            if not some:
                raise UsageError(f"there is no document “{wanted}”", hint=_nearest(ids))
            named |= some
        return named if found is None else named & found


def _nearest(ids: Sequence[str]) -> str:
    more = ", …" if len(ids) > 3 else ""
    return f"The documents are {', '.join(ids[:3])}{more}"


__all__ = ["HINT", "WORDS", "Scope"]
