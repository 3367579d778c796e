"""The codes of a REFI-QDA project, and what they stand for in the schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from annotator.formats._labels import Labels
from annotator.model.schema import LabelSchema


@dataclass(frozen=True, slots=True)
class Code:
    """A code: its name, and the names of the codes above it, the topmost first."""

    name: str
    above: tuple[str, ...] = ()

    @property
    def path(self) -> tuple[str, ...]:
        """All names, the topmost first."""
        return (*self.above, self.name)


class CodeTree:
    """The codes of a project by their GUIDs."""

    def __init__(self, codes: Iterable[Element]) -> None:
        self._codes: dict[str, Code] = {}
        self.twice: list[tuple[str, Code]] = []
        """Codes with the GUID of an earlier one."""
        for code in codes:
            self._add(code, ())
        self._names = Counter(one.name for one in self._codes.values())
        """How many codes have a name."""

    def _add(self, element: Element, above: tuple[str, ...]) -> None:
        code = Code(element.get("name", "").strip(), above)
        guid = guid_in(element, "guid")
        if self._codes.setdefault(guid, code) is not code:
            self.twice.append((guid, code))
        for inner in element.iterfind("Code"):
            self._add(inner, code.path)

    def find(self, guid: str) -> Code | None:
        """The code with this GUID, if the codebook has it."""
        return self._codes.get(guid)

    def label_of(
        self, code: Code, labels: Labels, schema: LabelSchema
    ) -> tuple[str, tuple[str, str] | None]:
        """The label to look up for a code, and the name that the code gives its item if only a code
        above it is known."""
        for i in range(len(code.path), 0, -1):
            own, whole = code.path[i - 1], ".".join(code.path[:i])
            for given in (whole, own) if self._names[own] > 1 else (own, whole):
                if labels.ignored(given):
                    return given, None
                found = labels.find(given, "span")
                if found is None:
                    continue
                if i == len(code.path):
                    return given, None
                layer = schema.layer(found[0])
                holds = layer and (
                    layer.attribute_of_type("entity") or layer.attribute_of_type("concept")
                )
                return given, (holds.name if holds else "code", code.name)
        return (".".join(code.path) if self._names[code.name] > 1 else code.name), None


def attribute_of(code: Code, schema: LabelSchema) -> str | None:
    """The attribute of which a code is a value, if its path is as this program writes it: layer,
    attribute, value."""
    if len(code.above) != 2:
        return None
    layer = schema.layer(code.above[0])
    attribute = layer.attribute(code.above[1]) if layer is not None else None
    return attribute.name if attribute is not None else None


def guid_in(element: Element, name: str) -> str:
    """The GUID in an attribute of an element, in one way of writing; empty if there is none."""
    return element.get(name, "").strip("{} ").lower()


__all__ = ["Code", "CodeTree", "attribute_of", "guid_in"]
