"""The canonical names of a span: entities of actors, concepts of claims."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Literal, Protocol, TypeAlias, get_args

from annotator.model.named_spans import NamedSpans
from annotator.model.schema import LabelSchema
from annotator.model.span import Span, Value
from annotator.model.text import Document, as_read, searchable

NameKind: TypeAlias = Literal["entity", "concept"]
NAME_KINDS: tuple[NameKind, ...] = get_args(NameKind)

Name: TypeAlias = tuple[NameKind, str]

MentionKind: TypeAlias = Literal["name", "nominal", "pronoun"]

Concepts: TypeAlias = Mapping[str, tuple[str, bool]]
"""Layer -> the attribute that holds its concepts, and whether it holds several."""


CONTRARY = "not: "
"""The mark of a concept that is the contrary of what follows, as it is written."""

_CONTRARY = re.compile(r"\s*not\s*:\s*", re.IGNORECASE)
"""The same as it may be typed."""


def parted(concept: str) -> tuple[str, bool]:
    """The affirmative wording of a concept, and whether the concept is its contrary, however the
    mark is typed. Two marks are none."""
    turned = False
    while ":" in concept and (mark := _CONTRARY.match(concept)):
        concept, turned = concept[mark.end() :], not turned
    return concept, turned


def affirmative(concept: str) -> str:
    """A concept without the mark of the contrary."""
    return parted(concept)[0]


def written(concept: str) -> str:
    """A concept as it is read, with the mark of the contrary in its standard spelling."""
    name, turned = parted(as_read(concept))
    return f"{CONTRARY}{name}" if turned and name else name


def contrary_of(concept: str) -> str:
    """The contrary of a concept, with the mark added or removed."""
    name, turned = parted(concept)
    return name if turned else f"{CONTRARY}{name}"


SURE = 0.8
"""From this chance on, a proposed name is accepted together with the span. Below it, the name is
a question."""


@dataclass(frozen=True, slots=True)
class ProposedName:
    """A name that a mention may have, with its chance in [0, 1]."""

    entity: str
    mention: MentionKind
    chance: float

    @property
    def sure(self) -> bool:
        """Whether the name is accepted without a question."""
        return self.chance >= SURE

    @property
    def preselected(self) -> bool:
        """Whether this name is chosen when the input line opens. The name of a common noun or
        pronoun has to be sure, since half of the others are wrong."""
        return self.sure or self.mention == "name"


class Namer(Protocol):
    """Knows names: from the document, from what was decided in it, and from the registry."""

    def ranked(self, document: Document, decided: NamedSpans, span: Span) -> Sequence[ProposedName]:
        """Names for a span, the likeliest first; `decided` are the standing spans of its layer in
        the document that have a name. If `decided` is the same object as in the call before, only
        what was added to it since is processed."""
        ...


NameRelation: TypeAlias = Literal["same", "different", "parent", "opposite"]
"""How a name is related to another: they are the same; they are really different, which is
remembered; the other is its parent; it is the contrary of the other."""
RELATIONS: tuple[NameRelation, ...] = get_args(NameRelation)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision on two names of a kind: `name` is the same as `canonical` (or what else `relation`
    says), or (without `same`) is not any more.

    `id` is a UUIDv7 and gives the order; `reviewer` decided; `token` begins the groups of the
    decisions that renamed what stood in the gold, so that they can be found and taken back.
    """

    id: str
    kind: NameKind
    name: str
    canonical: str
    same: bool = True
    reviewer: str | None = None
    token: str = ""
    time: str = ""
    relation: NameRelation = "same"


def standing(rulings: Iterable[Ruling]) -> list[Ruling]:
    """The rulings that hold, oldest first: those that were not taken back since."""
    found: dict[tuple[NameKind, str, str, NameRelation], Ruling] = {}
    for one in rulings:
        key = (one.kind, one.name, one.canonical, one.relation)
        found.pop(key, None)
        if one.same:
            found[key] = one
    return list(found.values())


@dataclass(frozen=True, slots=True)
class SameNames:
    """The names that are the same according to the rulings so far, as a dict from (kind, name) to
    the name that stays."""

    canonical: Mapping[tuple[NameKind, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, rulings: Iterable[Ruling]) -> SameNames:
        """From the rulings, oldest first: the latest valid one on a name counts. Chains are
        followed to their end; one that would come back to itself ends where it began."""
        latest: dict[tuple[NameKind, str], str] = {}
        for ruling in standing(rulings):
            if ruling.relation in ("same", "opposite"):
                contrary = CONTRARY if ruling.relation == "opposite" else ""
                latest[ruling.kind, ruling.name] = contrary + ruling.canonical
                # A name that stays cannot also be replaced.
                latest.pop((ruling.kind, ruling.canonical), None)
        found: dict[tuple[NameKind, str], str] = {}
        for kind, name in latest:
            at, seen = name, {name}
            while (kind, at) in latest and latest[kind, at] not in seen:
                at = latest[kind, at]
                seen.add(at)
            if at != name:
                found[kind, name] = at
        return cls(found)

    def name(self, kind: NameKind, name: str) -> str:
        """The name that is kept; the contrary of a concept follows the concept."""
        if not self.canonical:
            return name
        direct = self.canonical.get((kind, name))
        if direct is None and kind == "concept":
            own, turned = parted(name)
            if turned:
                return contrary_of(self.canonical.get((kind, own), own))
        return name if direct is None else direct

    def changes(self, before: SameNames) -> set[tuple[NameKind, str]]:
        """The names (kind, name) whose replacement differs from that by the rulings `before`."""
        pairs = self.canonical.items() ^ before.canonical.items()
        ruled = {key for key, _ in pairs}
        return ruled | {(kind, f"{CONTRARY}{name}") for kind, name in ruled if kind == "concept"}

    def span(self, span: Span, concepts: Concepts) -> Span:
        """The span with its names replaced; the same object if nothing changes."""
        for kind, name in names_of(span, concepts) if self.canonical else ():
            if (kept := self.name(kind, name)) != name:
                span = renamed(span, concepts, kind, name, kept)
        return span


NEARLY = 0.85
"""The least likeness (`difflib`) at which a name is nearly another."""


class NearNames:
    """Finds names that are nearly the same as one of these, and have the same beginning. Accents
    and capitals make no difference."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_letter: dict[str, list[tuple[str, str, int]]] = {}
        for name in names:
            plain = searchable(name)
            self._by_letter.setdefault(plain[:1], []).append((name, plain, _letters(plain)))

    def near(self, name: str) -> str:
        """The first other name that is nearly the same; empty if there is none."""
        plain = searchable(name)
        letters, matcher = _letters(plain), SequenceMatcher(None, "", plain)
        for other, own, others in self._by_letter.get(plain[:1], ()):
            # A letter that only one of them has never matches, so no near name is left out.
            most = (1 - NEARLY) * (len(own) + len(plain))
            if (letters ^ others).bit_count() <= most and abs(len(own) - len(plain)) <= 3:
                matcher.set_seq1(own)
                if other != name and matcher.ratio() >= NEARLY:
                    return other
        return ""


def _letters(text: str) -> int:
    """The characters of a text as bits; several characters share a bit."""
    found = 0
    for char in text:
        found |= 1 << ord(char) % 61
    return found


def names_in(kind: NameKind, text: str) -> list[str]:
    """The names that a text holds, divided by semicolons, each once, as they are read. The mark of
    a concept's contrary is written as `CONTRARY`, however it was typed; twice, it is none."""
    write = written if kind == "concept" else as_read
    if ";" not in text:
        name = write(text)
        return [name] if name else []
    return [name for name in dict.fromkeys(map(write, text.split(";"))) if name]


def names_line(kind: NameKind, text: str) -> str:
    """The names as one line, with a semicolon and a blank between them."""
    return "; ".join(names_in(kind, text))


def concepts_of(schema: LabelSchema) -> Concepts:
    """The attributes that hold the concepts of a schema's layers."""
    found = ((layer.name, layer.attribute_of_type("concept")) for layer in schema.layers)
    return {name: (attribute.name, attribute.multiple) for name, attribute in found if attribute}


def names_of(span: Span, concepts: Concepts) -> list[tuple[NameKind, str]]:
    """The names of a span, each once, as `names_in` reads them."""
    names: list[tuple[NameKind, str]] = []
    if span.entity:
        names += [("entity", name) for name in names_in("entity", span.entity)]
    held = span.attributes.get(concepts[span.layer][0]) if span.layer in concepts else None
    if held:
        names += [("concept", name) for name in names_held("concept", held)]
    return names


def names_held(kind: NameKind, held: Value) -> list[str]:
    """The names in a field with one or several texts, each once, as `names_in` reads them."""
    if not isinstance(held, list):
        return names_in(kind, str(held))
    found = [name for one in held for name in names_in(kind, str(one))]
    return list(dict.fromkeys(found)) if len(found) > 1 else found


def used_names(spans: Iterable[Span], concepts: Concepts) -> set[Name]:
    """The names that spans bear, concepts in their positive wording."""
    return {
        (kind, affirmative(name) if kind == "concept" else name)
        for span in spans
        for kind, name in names_of(span, concepts)
    }


def renamed(span: Span, concepts: Concepts, kind: NameKind, old: str, new: str) -> Span:
    """The span with `new` in place of the name `old`, once; the same span if it does not have the
    name."""
    names = [name for own, name in names_of(span, concepts) if own == kind]
    if old not in names:
        return span
    changed = list(dict.fromkeys(new if name == old else name for name in names))
    if kind == "entity":
        return replace(span, entity="; ".join(changed))
    attribute, multiple = concepts[span.layer]
    value: Value = changed if multiple else "; ".join(changed)
    return replace(span, attributes={**span.attributes, attribute: value})


__all__ = [
    "CONTRARY",
    "NEARLY",
    "SURE",
    "Concepts",
    "MentionKind",
    "NameKind",
    "NameRelation",
    "Namer",
    "NearNames",
    "ProposedName",
    "Ruling",
    "SameNames",
    "affirmative",
    "concepts_of",
    "contrary_of",
    "names_held",
    "names_in",
    "names_line",
    "names_of",
    "parted",
    "renamed",
    "standing",
    "written",
]
