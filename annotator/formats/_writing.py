"""What formats that write share: names of labels, numbers for other programs, file names, and
counts of what is lost."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import groupby

from annotator.model.decision import Completion, Suggestion
from annotator.model.names import NameKind, parted
from annotator.model.record import Record
from annotator.model.schema import LabelSchema, LayerKind
from annotator.model.span import AUTHOR, Relation, Span, Value
from annotator.model.text import Document, title_of


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How to write. `lost` counts what the format cannot hold, by what it is. `part_of` gives the
    part of the split that a document is in, `suggestions` the suggestions in a document, with
    bounds in its text, and `ids` the external ids of names, by kind and name."""

    schema: LabelSchema
    lost: Counter[str] = field(default_factory=Counter)
    part_of: Callable[[str], str] = lambda _: "train"
    suggestions: Callable[[Document], Sequence[Suggestion]] = lambda _: ()
    ids: Mapping[tuple[NameKind, str], str] = field(default_factory=dict)

    def ids_of(self, kind: NameKind, names: Iterable[str]) -> str:
        """The external ids of names, separated by semicolons as the names are; empty if no name has
        one."""
        if not self.ids:
            return ""
        found = [self.ids.get((kind, name), "") for name in names]
        return "; ".join(found) if any(found) else ""


def names_of_labels(schema: LabelSchema, kind: LayerKind) -> Callable[[Span | Relation], str]:
    """The name of a label in other programs: its own if only one layer has it, or else
    `layer.label`."""
    owners: Counter[str] = Counter()
    layers = [layer for layer in schema.layers if layer.kind == kind]
    for layer in layers:
        owners.update(label.name for label in layer.labels)
    several_open = sum(layer.open for layer in layers) > 1
    found: dict[tuple[str, str], str] = {}

    def name(item: Span | Relation) -> str:
        key = (item.layer, item.label)
        if key not in found:
            own = owners[item.label] == 1 or (not owners[item.label] and not several_open)
            found[key] = item.label if own else f"{item.layer}.{item.label}"
        return found[key]

    return name


def utf16(text: str) -> Callable[[int], int]:
    """A function that converts code points to UTF-16 units."""
    units = text if text.isascii() else text.encode("utf-16-be", "surrogatepass")[::2]
    if len(units) == len(text):
        return lambda point: point
    wide = [i for i, char in enumerate(text) if char > "\uffff"]
    return lambda point: point + bisect_left(wide, point)


def by_document(records: Iterable[Record]) -> Iterator[tuple[Document, list[Record]]]:
    """The records of each document; records come in the order of documents."""
    for _, some in groupby(records, key=lambda record: record.document.id):
        several = list(some)
        yield several[0].document, several


def annotator_name(record: Record) -> str:
    """Whose work a record is: a name, or `gold`."""
    return record.annotator or "gold"


class FileNames:
    """Makes file names from ids. They are safe on every system, and no two are equal."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}

    def of(self, id: str) -> str:
        """The name for an id, always the same; a digest distinguishes names that would otherwise be
        equal."""
        plain = re.sub(r"[^\w.-]+", "-", id).strip("-.")[:80] or "document"
        if self._taken.setdefault(plain.casefold(), id) != id:
            plain = f"{plain}-{hashlib.sha256(id.encode()).hexdigest()[:8]}"
            self._taken.setdefault(plain.casefold(), id)
        return plain


def divided(tokens: Sequence[tuple[int, int]], bounds: Set[int]) -> list[tuple[int, int]]:
    """The tokens, cut at the `bounds` inside them. Tokens are in order and do not overlap."""
    out = list(tokens)
    for at in bounds:
        i = bisect_left(out, (at,))
        if i and at < out[i - 1][1] and (i == len(out) or out[i][0] != at):
            out[i - 1 : i] = [(out[i - 1][0], at), (at, out[i - 1][1])]
    return out


def number_of(*parts: str) -> int:
    """A stable number for a name: 31 bits of its sha256."""
    return int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:4], "big") >> 1


def value_texts(value: Value, *, place: bool = False) -> list[str]:
    """An attribute's values as texts; a place is written `start-end`, in code points."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        return [str(value)]
    return ["-".join(map(str, value))] if place else list(map(str, value))


def sign_of(concept: str) -> tuple[str, int]:
    """The affirmative wording of a concept, and 1, or -1 if the concept was its contrary."""
    name, turned = parted(concept)
    return name, -1 if turned else 1


@dataclass(frozen=True, slots=True)
class ResolvedRelation:
    """Who takes which side on what: a relation with its ends; `holder`
    is None for the author of the text."""

    record: Record
    relation: Relation
    holder: Span | None
    target: Span


def resolved_relations(record: Record) -> Iterator[ResolvedRelation]:
    """The statements of a record, in the order of its relations."""
    spans: Mapping[str, Span] = {span.id: span for span in record.spans}
    for relation in record.relations:
        target = spans.get(relation.target)
        holder = spans.get(relation.source)
        if target is not None and (holder is not None or relation.source == AUTHOR):
            yield ResolvedRelation(record, relation, holder, target)


def count_lost(record: Record, lost: Counter[str], *names: str) -> None:
    """Count what a format cannot hold: any of the names below."""
    for name in names:
        if number := _COUNTS[name](record):
            lost[name] += number


_COUNTS: Mapping[str, Callable[[Record], int]] = {
    "attributes": lambda r: (
        sum([len(s.attributes) for s in r.spans])
        + sum([len(one.attributes) for one in r.relations])
    ),
    "entities": lambda r: sum([s.entity is not None for s in r.spans]),
    "notes": lambda r: len(r.notes),
    "flags": lambda r: len(r.flags),
    "excluded paragraphs": lambda r: sum([p.excluded for p in r.document.paragraphs]),
    "relations of the author": lambda r: sum([one.source == AUTHOR for one in r.relations]),
    "relations": lambda r: len(r.relations),
    "metadata": lambda r: len(r.document.meta),
    "titles": lambda r: (
        r.document.title not in ("", title_of(r.document.text, r.document.paragraphs))
    ),
    "statuses other than done": lambda r: r.status in (Completion.IN_PROGRESS, Completion.SKIPPED),
}


__all__ = [
    "FileNames",
    "ResolvedRelation",
    "WriteOptions",
    "annotator_name",
    "by_document",
    "count_lost",
    "divided",
    "names_of_labels",
    "number_of",
    "resolved_relations",
    "sign_of",
    "utf16",
    "value_texts",
]
