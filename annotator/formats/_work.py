"""One annotator's work on one text, as a file of another program is read, before labels and
offsets are understood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from annotator.formats._offsets import Place
from annotator.model.schema import LayerKind

WHOLE = "@document"
"""The item that has the properties of the whole text."""


@dataclass(slots=True)
class ReadSpan:
    """A span as it is in the file: its name and labels, and its place in the text (`place`) and in
    the file (`line`, `key`)."""

    name: str
    labels: list[str]
    place: Place
    line: int
    key: str


@dataclass(slots=True)
class ReadRelation:
    """A relation as it is in the file, between the names of two spans; its own `name` is empty
    if nothing else in the file refers to it."""

    label: str
    source: str
    target: str
    line: int
    key: str
    name: str = ""


@dataclass(slots=True, eq=False)
class ForeignWork:
    """One annotator's work on one text, as it is read. `own` is the number of the text in the file;
    `id` names the text, if its id is not made from the file's name. Without `status`, nobody has
    worked on the text. If one person gave several answers, the one with the higher `order` is
    later."""

    text: str
    own: str
    line: int
    annotator: str | None = None
    status: str | None = "done"
    id: str = ""
    title: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    order: tuple[Any, ...] = ()
    lost: int = 0
    bom: bool = False
    names: set[str] = field(default_factory=set)
    spans: list[ReadSpan] = field(default_factory=list)
    relations: list[ReadRelation] = field(default_factory=list)
    properties: list[tuple[str, str, str, int]] = field(default_factory=list)

    def labels(self) -> Iterator[tuple[str, LayerKind, int, str]]:
        """Label, kind, line and key of everything."""
        for span in self.spans:
            yield from ((label, "span", span.line, span.key) for label in span.labels)
        for relation in self.relations:
            yield relation.label, "relation", relation.line, relation.key


__all__ = ["WHOLE", "ForeignWork", "ReadRelation", "ReadSpan"]
