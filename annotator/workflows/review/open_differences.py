"""The waiting differences of all documents, and the search that chooses among them by layer, label,
annotator, kind or name."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from annotator.merging.api import Candidate
from annotator.model.fields import content
from annotator.model.names import Concepts, concepts_of, names_of
from annotator.model.span import Annotation, Relation, Span
from annotator.model.text import Document
from annotator.workflows.agreement.differences import DifferenceFilter
from annotator.workflows.review.alignment import Difference
from annotator.workflows.review.versions import Merger
from annotator.workflows.review.waiting import Situation, situation

Option = tuple[tuple[str, ...], ...]
"""One annotator's version in a form that can be compared with versions elsewhere: for each of its
spans the label, the words and the contents of fields that differ; for each of its stances the side,
holder, target and those contents; empty if the annotator marked nothing."""

Likeness = tuple[str, tuple[str, ...], frozenset[Option]]
"""Layer, kinds, and the options to decide between. Differences with equal values are like cases."""

NAMES = ("entity", "concept")
"""Fields in which a difference between two names is the same everywhere, whatever the words in the
text are."""

WORDS = ("layer", "label", "kind", "by", "name", "document", "reason")
"""The search words of the review queue, as in `layer:claim label:fact,value by:ada`."""


@dataclass(frozen=True, slots=True)
class OpenDifference:
    """A waiting difference: its document and number there, the ids of its versions, the label and a
    comparison key of each annotator's version, the names in it, and what it is like."""

    document: str
    paragraph: int
    number: int
    ids: frozenset[str]
    layer: str
    kinds: tuple[str, ...]
    labels: Mapping[str, frozenset[str]]
    keys: Mapping[str, str]
    names: frozenset[str]
    likeness: Likeness | None


@dataclass(frozen=True, slots=True)
class DifferenceSearch:
    """A parsed search: for each word the values of which one must match (for labels and annotators:
    all), and the remaining words, which are searched for in titles."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rest: str = ""

    @classmethod
    def parse(cls, search: str) -> DifferenceSearch:
        """Parse a search such as `layer:claim label:fact,value name:"United Nations" harbour`."""
        values: dict[str, tuple[str, ...]] = {}
        rest: list[str] = []
        for match in re.finditer(r'(\w+):"([^"]*)"|(\w+):(\S+)|(\S+)', search):
            word, held = match[1] or match[3], match[2] if match[1] else match[4]
            if word in WORDS and held:
                parts = (held,) if match[1] else tuple(held.split(","))
                values[word] = tuple(part.casefold() for part in parts if part)
            else:
                rest.append(match[0])
        return cls(values, " ".join(rest))

    @property
    def narrows(self) -> bool:
        """Whether the search chooses single differences and not only documents."""
        return bool(self.values.keys() - {"document", "reason"})

    @property
    def title(self) -> str:
        """The search as it can be typed."""
        return " ".join(
            f'{word}:"{values[0]}"' if " " in values[0] else f"{word}:{','.join(values)}"
            for word, values in self.values.items()
            if word != "reason"
        )

    def takes(self, document: str, reasons: Collection[str]) -> bool:
        """Whether a document, with the reasons given in it so far, may contain matches."""
        given = {reason.casefold() for reason in reasons}
        wanted = self.values.get("reason", ())
        return (not wanted or bool(given & set(wanted))) and self._takes("document", [document])

    def holds(self, one: OpenDifference) -> bool:
        """Whether a difference matches."""
        labels = {label.casefold() for several in one.labels.values() for label in several}
        return (
            self._takes("layer", [one.layer])
            and self._takes("document", [one.document])
            and self._takes("kind", one.kinds)
            and labels >= set(self.values.get("label", ()))
            and ("by" not in self.values or _between(one, self.values["by"]))
            and self._takes_names(one.names)
        )

    def _takes(self, word: str, given: Iterable[str]) -> bool:
        """Whether one of the given values is wanted; any is if the search does not have the
        word."""
        wanted = self.values.get(word)
        return wanted is None or any(value.casefold() in wanted for value in given)

    def _takes_names(self, names: Collection[str]) -> bool:
        """Whether every part of a name that is searched for is part of one of these."""
        held = [name.casefold() for name in names]
        return all(any(part in name for name in held) for part in self.values.get("name", ()))


def _between(one: OpenDifference, people: Sequence[str]) -> bool:
    """Whether annotators differ here: two of them from each other, or one of them from most
    others."""
    keys = {who.casefold(): key for who, key in one.keys.items()}
    if not all(who in keys for who in people):
        return False
    if len(people) > 1:
        return len({keys[who] for who in people}) > 1
    count = Counter(keys.values())[keys[people[0]]]
    return 2 * count <= len(keys)


def words_of(selection: DifferenceFilter) -> str:
    """The search that chooses the differences behind a line or a cell of the agreement."""
    kinds = [part for kind in selection.kinds for part in kind.split(" and ")]
    wanted: dict[str, Iterable[str]] = {
        "layer": (selection.layer,) if selection.layer else (),
        "label": selection.labels,
        "kind": dict.fromkeys("missing" if kind == "target" else kind for kind in kinds),
        "by": selection.who,
    }
    return " ".join(f"{word}:{','.join(values)}" for word, values in wanted.items() if values)


@dataclass(frozen=True, slots=True)
class VersionComparer:
    """Makes the versions of a document comparable with those of others. `value` finds an annotation
    by its id: as it stands, or else as an annotator made it."""

    document: Document
    concepts: Concepts
    value: Callable[[str], Annotation | None]

    def likeness(self, difference: Difference) -> Likeness | None:
        """What a difference is like; None if nothing can be compared."""
        if not difference.versions:
            return None
        options = frozenset(
            self.option(difference, [c.value for c in difference.version(who)])
            for who in difference.voters
        )
        return difference.layer, difference.kinds, options

    def option(self, difference: Difference, values: Iterable[Annotation]) -> Option:
        """A version as it can be found again in a like difference."""
        fields = [f for f in difference.candidates[0].fields if f.name in difference.fields]
        of_names = difference.by_field and set(difference.fields) <= set(NAMES)
        out: list[tuple[str, ...]] = []
        for value in values:
            held = [content(value, [f]) for f in fields]
            if isinstance(value, Relation):
                ends = (self._end(value.source), self._end(value.target))
                out.append((value.label, *ends, *held))
            elif of_names:
                out.append(("", "", *held))
            else:
                out.append((value.label, self._words(value), *held))
        return tuple(sorted(out))

    def _end(self, id: str) -> str:
        """A holder or a target: its names, or else its words."""
        span = self.value(id)
        if not isinstance(span, Span):
            return id
        names = sorted(name for _, name in names_of(span, self.concepts))
        return "; ".join(names).casefold() or self._words(span)

    def _words(self, span: Span) -> str:
        return " ".join(self.document.quote(span.start, span.end).casefold().split())


def open_differences(here: Situation, merger: Merger, document: Document) -> list[OpenDifference]:
    """The waiting differences of a document, in reading order."""
    concepts = concepts_of(merger.project.schema)
    version_comparer = VersionComparer(document, concepts, here.values.get)
    out: list[OpenDifference] = []
    for one in here.waiting:
        versions = {who: one.version(who) for who in one.voters}
        out.append(
            OpenDifference(
                document.id,
                document.paragraph_at(here.start(one)).index,
                one.number,
                one.ids,
                one.layer,
                one.kinds,
                {who: frozenset(c.value.label for c in own) for who, own in versions.items()},
                {who: _key(own) for who, own in versions.items()},
                frozenset(_names(versions.values(), concepts)),
                version_comparer.likeness(one),
            )
        )
    return out


def _names(versions: Iterable[Sequence[Candidate]], concepts: Concepts) -> Iterator[str]:
    """The names in some versions."""
    for version in versions:
        for candidate in version:
            if isinstance(candidate.value, Span):
                yield from (name for _, name in names_of(candidate.value, concepts))


def _key(version: Sequence[Candidate]) -> str:
    return repr(sorted((c.id, content(c.value, c.agreeing)) for c in version))


class OpenDifferences:
    """The waiting differences in a project, read bit by bit, since a document takes
    milliseconds."""

    def __init__(self, merger: Merger) -> None:
        self._merger = merger
        self._known: dict[str, list[OpenDifference]] = {}
        self._alike: dict[Likeness, list[OpenDifference]] = {}
        self.revision = 0
        """A counter that grows whenever something is read."""
        self.complete = False

    def read(self, documents: Iterable[str], *, seconds: float | None = None) -> bool:
        """Read documents that are not known yet, for that many seconds. Returns whether all are
        known now."""
        until = None if seconds is None else time.monotonic() + seconds
        for document in documents:
            if until is not None and time.monotonic() > until:
                self.complete = False
                return False
            self.know(document)
        self.complete = True
        return True

    def know(self, document: str) -> None:
        """Read a document if it is not known."""
        if document not in self._known:
            self._put(document)

    def renew(self, document: str) -> None:
        """Read a document again: something was decided in it."""
        self._forget(document)
        self._put(document)

    def _forget(self, document: str) -> None:
        for one in self._known.pop(document, ()):
            if one.likeness is not None:
                self._alike[one.likeness].remove(one)

    def _put(self, document: str) -> None:
        here = situation(self._merger, document)
        found: list[OpenDifference] = []
        if here is not None and here.waiting:
            text = self._merger.project.documents.load(document)
            found = open_differences(here, self._merger, text)
        self._known[document] = found
        self.revision += 1
        for one in found:
            if one.likeness is not None:
                self._alike.setdefault(one.likeness, []).append(one)

    @property
    def documents(self) -> Collection[str]:
        """The documents that are known."""
        return self._known.keys()

    def of(self, document: str) -> Sequence[OpenDifference]:
        """The waiting differences of a document, as far as it is known."""
        return self._known.get(document, ())

    def matching(
        self, wanted: DifferenceSearch, documents: Iterable[str]
    ) -> Iterator[OpenDifference]:
        """The matching differences, in the order of these documents."""
        for document in documents:
            yield from (one for one in self.of(document) if wanted.holds(one))

    def alike(self, likeness: Likeness | None) -> Sequence[OpenDifference]:
        """The differences that are like that one."""
        return self._alike.get(likeness, ()) if likeness is not None else ()


__all__ = [
    "NAMES",
    "WORDS",
    "DifferenceSearch",
    "Likeness",
    "OpenDifference",
    "OpenDifferences",
    "Option",
    "VersionComparer",
    "open_differences",
    "words_of",
]
