"""One annotator's work on one text, as a file of another program is read, before labels and
offsets are understood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from annotator.formats._offsets import Place
from annotator.model.schema import LayerKind

WHOLE = "@document"
"""The item that properties of a whole text are noted on."""


@dataclass(slots=True)
class ReadSpan:
    """A span as the file has it: its name there, its labels, and its place in the text (`place`)
    and in the file (`line`, `key`)."""

    name: str
    labels: list[str]
    place: Place
    line: int
    key: str


@dataclass(slots=True)
class ReadRelation:
    """A relation as the file has it, between the names of two spans."""

    label: str
    source: str
    target: str
    line: int
    key: str


@dataclass(slots=True, eq=False)
class ForeignWork:
    """One annotator's work on one text, as it is read; `own` is the number by which the file
    knows the text, `id` what to call it where that is not made of the file's name. Without
    `status` nobody has worked on it. `order` tells which of several answers of one person is the
    later one."""

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
