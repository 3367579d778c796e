"""Ranks the concepts in use for one claim, to be used again.

The ranker is a softmax over the concepts, like that of entities. Its features compare words, and
say where and how often a concept already occurs. Its weights come with the program (the key
`concept` of `namer.shipped`), and training fits them to the project.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import log, log2, sqrt
from typing import TYPE_CHECKING

from annotator.learners.names import forms
from annotator.learners.names.ranker import FeatureWeights, ranked
from annotator.model.names import Concepts, NameKind, affirmative, names_of
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span, reading_order
from annotator.model.text import Document

if TYPE_CHECKING:
    from annotator.learners.names.training import NamedChoice

_WORD = re.compile(r"\w+")
_ENDINGS = (
    "ational ations ation ingly ments ment ings ing ised ises ise ies ied ed es ly er s e".split()
)
CONCEPT: NameKind = "concept"
"""The key of the weights of concepts among those of names."""
STEM = 7
"""The most letters of a stem."""
CLAIMS = 8
"""The number of a concept's claims that are compared."""
MOST = 200
"""The most concepts that are ranked; if there are more, those with the most similar words are
taken."""


@dataclass(frozen=True, slots=True)
class UsedConcept:
    """A concept without `not: `: its number of uses, the words of claims that have it (the most
    frequent first), and what a codebook says about it (definition and aliases)."""

    name: str
    count: int = 0
    claims: tuple[str, ...] = ()
    described: str = ""


@dataclass(frozen=True, slots=True)
class AskedClaim:
    """A claim that asks for a concept. `here` are the concepts of its document without `not: `, the
    latest last; `holder` those on which its holders already take a side in the document, with their
    numbers; `spread` is the share of the project's concepts that occur in several documents, in [0,
    1]."""

    text: str
    here: Sequence[str] = ()
    holder: Mapping[str, int] = field(default_factory=dict)
    spread: float = 0.0


@lru_cache(maxsize=20_000)
def _bag(text: str) -> Counter[str]:
    """The stems of the words of a text, without function words."""
    words = _WORD.findall(text.lower())
    return Counter(_stem(word) for word in words if word not in forms.word_class("function"))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)][:STEM]
    return word[:STEM]


class _Rarity:
    """Cosines of bags of stems, weighted by inverse document frequency (Spärck Jones 1972) over the
    concepts."""

    def __init__(self, words: Iterable[Iterable[str]]) -> None:
        each = [set(one) for one in words]
        self._seen = Counter(stem for one in each for stem in one)
        self._number = len(each)

    def weight(self, stem: str) -> float:
        return log((self._number + 1) / (self._seen[stem] + 1)) + 0.1

    def length(self, bag: Counter[str]) -> float:
        return sqrt(sum((n * self.weight(stem)) ** 2 for stem, n in bag.items())) or 1.0

    def cosine(self, one: Counter[str], length: float, other: Counter[str]) -> float:
        """The cosine of a bag of this length and another one, in [0, 1]."""
        shared = sum(min(n, other[s]) * self.weight(s) ** 2 for s, n in one.items() if s in other)
        return min(1.0, shared / length / self.length(other)) if shared else 0.0


def features(asked: AskedClaim, concepts: Sequence[UsedConcept]) -> dict[str, set[str]]:
    """The features for and against each concept. Similarity is divided into tenths, with a feature
    for each step; the few most similar ones of each kind also have features for their rank."""
    found = {one.name: set(_place(asked, one)) for one in concepts}
    likeness = _likeness(asked.text, concepts)
    for name, by_kind in likeness.items():
        for kind, value in by_kind.items():
            steps = range(1, int(value * 10 + 1e-9) + 1)
            found[name].update(f"{kind}>{step}" for step in steps)
    for kind in next(iter(likeness.values()), {}):
        best = sorted(likeness, key=lambda name: -likeness[name][kind])[:5]
        for rank, name in enumerate(best):
            if likeness[name][kind] > 0:
                found[name].add(f"{kind}#{min(rank, 3)}")
    return found


def _likeness(text: str, concepts: Sequence[UsedConcept]) -> dict[str, dict[str, float]]:
    """How similar each concept is to a claim's text, in [0, 1], by kind of similarity: of words and
    of spelling, to its name, its description, and the claims that have it."""
    from rapidfuzz import fuzz

    stems, low = _bag(text), text.casefold()
    words = {one.name: [_bag(one.name), *map(_bag, one.claims[:CLAIMS])] for one in concepts}
    described = {one.name: _bag(one.described) for one in concepts}
    every = {name: sum((*of, described[name]), Counter[str]()) for name, of in words.items()}
    rare = _Rarity(every.values())
    length = rare.length(stems)
    out: dict[str, dict[str, float]] = {}
    for one in concepts:
        own, *claims = words[one.name]
        spelt = [fuzz.token_set_ratio(low, claim.casefold()) / 100 for claim in one.claims[:CLAIMS]]
        out[one.name] = {
            "name": rare.cosine(stems, length, own),
            "claims": max((rare.cosine(stems, length, bag) for bag in claims), default=0.0),
            "all": rare.cosine(stems, length, every[one.name]),
            "described": rare.cosine(stems, length, described[one.name]),
            "spelt_name": fuzz.token_set_ratio(low, one.name.casefold()) / 100,
            "spelt_claims": max(spelt, default=0.0),
        }
    return out


def _place(asked: AskedClaim, one: UsedConcept) -> Iterator[str]:
    """Where and how often a concept already occurs. The value of a concept from another document
    depends on whether concepts recur in this project at all."""
    yield "bias"
    spread = 0 if asked.spread < 0.05 else 1 if asked.spread < 0.2 else 2
    if one.name in asked.here:
        yield from ("here", f"here{spread}", f"times{min(3, asked.here.count(one.name))}")
        yield f"back{min(4, list(dict.fromkeys(reversed(asked.here))).index(one.name))}"
    else:
        yield f"elsewhere{spread}"
    if asked.holder.get(one.name):
        yield "holder"
    yield f"count{min(5, int(log2(one.count + 1)))}"


def shortlist(asked: AskedClaim, concepts: Sequence[UsedConcept]) -> list[UsedConcept]:
    """All concepts up to `MOST`; if there are more, those of the document, those with the most
    similar words, and the most frequent ones."""
    if len(concepts) <= MOST:
        return list(concepts)
    by_name = {one.name: one for one in concepts}
    frequent = sorted(concepts, key=lambda one: -one.count)
    claims = [one.claims[0] if one.claims else "" for one in frequent]
    return [by_name[name] for name in nearest(asked, [one.name for one in frequent], claims)]


def nearest(asked: AskedClaim, names: Sequence[str], claims: Sequence[str]) -> list[str]:
    """The same for names alone, of which the most frequent come first; `claims` are the most
    frequent claims of the names in use."""
    if len(names) <= MOST:
        return list(names)
    from rapidfuzz import fuzz, process

    low, known = asked.text.casefold(), set(names)
    taken = dict.fromkeys(name for name in reversed(asked.here) if name in known)
    for texts in (names, claims):
        # Converting one long text to lower case is faster than converting very many short ones.
        lower = "\n".join(texts).casefold().split("\n")
        if len(lower) != len(texts):
            lower = [text.casefold() for text in texts]
        near = process.extract(low, lower, scorer=fuzz.token_set_ratio, limit=MOST * 2 // 5)
        taken.update(dict.fromkeys(names[at] for _, _, at in near))
    taken.update(dict.fromkeys(names[:MOST]))
    return list(taken)[:MOST]


def ranked_concepts(
    asked: AskedClaim, concepts: Sequence[UsedConcept], weights: FeatureWeights
) -> list[tuple[str, float]]:
    """Concepts with their chances, the likeliest for a claim first. Those outside the shortlist
    come last, with the chance 0, by frequency."""
    few = shortlist(asked, concepts)
    best = ranked(features(asked, few), weights)
    left = {one.name for one in concepts} - {one.name for one in few}
    rest = sorted((one for one in concepts if one.name in left), key=lambda c: (-c.count, c.name))
    return [*best, *((one.name, 0.0) for one in rest)]


class ConceptUses:
    """The concepts in use while documents are coded one after the other, from which choices are
    made."""

    def __init__(self, described: Mapping[str, str] | None = None) -> None:
        """`described` are the concepts of a codebook, with what it says about them."""
        self._described = dict(described or {})
        self._claims: dict[str, Counter[str]] = {name: Counter() for name in self._described}
        self._documents: dict[str, set[str]] = {}
        self._here: dict[str, list[str]] = {}
        self._holders: dict[str, dict[str, Counter[str]]] = {}

    def concepts(self) -> list[UsedConcept]:
        """All concepts so far, those of the codebook first."""
        return [
            UsedConcept(
                name,
                claims.total(),
                tuple(text for text, _ in claims.most_common(CLAIMS)),
                self._described.get(name, ""),
            )
            for name, claims in self._claims.items()
        ]

    def asked(self, document: str, text: str, holders: Iterable[str]) -> AskedClaim:
        """A claim of a document, and who holds it."""
        of = self._holders.get(document, {})
        holder = sum((of[who] for who in dict.fromkeys(holders) if who in of), Counter[str]())
        several = sum(len(one) > 1 for one in self._documents.values())
        spread = several / len(self._documents) if self._documents else 1.0
        return AskedClaim(text, self.here(document), holder, spread)

    def here(self, document: str) -> Sequence[str]:
        """The concepts of a document, the latest last."""
        return self._here.get(document, ())

    def uses(self, name: str) -> bool:
        """Whether a concept was given before."""
        return name in self._documents

    def add(self, document: str, text: str, holders: Iterable[str], names: Sequence[str]) -> None:
        """Learn the concepts of a claim."""
        for name in names:
            self._claims.setdefault(name, Counter())[text] += 1
            self._documents.setdefault(name, set()).add(document)
            self._here.setdefault(document, []).append(name)
        for who in dict.fromkeys(holders):
            self._holders.setdefault(document, {}).setdefault(who, Counter()).update(names)


Claim = tuple[str, str, Sequence[str], Sequence[str]]
"""Document, text, holders and concepts (without `not: `) of a claim."""


def claims_of(record: Record, concepts: Concepts) -> Iterator[Claim]:
    """The claims of a record in reading order."""
    for claim in sorted((s for s in record.spans if s.layer in concepts), key=reading_order):
        names = [affirmative(n) for kind, n in names_of(claim, concepts) if kind == CONCEPT]
        holders = holders_of(record.spans, record.relations, claim)
        yield record.document.id, words_of(record.document, claim), holders, names


def holders_of(spans: Iterable[Span], relations: Iterable[Relation], claim: Span) -> list[str]:
    """The entities of those who take a side on a claim, and the author."""
    entities = {span.id: span.entity or "" for span in spans} | {AUTHOR: AUTHOR}
    found = (entities.get(one.source, "") for one in relations if one.target == claim.id)
    return [who for who in dict.fromkeys(found) if who]


def words_of(document: Document, span: Span) -> str:
    """The text of a span with single blanks."""
    return " ".join(document.quote(span.start, span.end).split())


def choices(
    claims: Iterable[Claim], described: Mapping[str, str] | None = None
) -> list[NamedChoice]:
    """Each reuse of a concept as a choice to learn from, in the order of the claims."""
    uses = ConceptUses(described)
    found: list[NamedChoice] = []
    for document, text, holders, names in claims:
        again = [name for name in names if uses.uses(name)]
        if again:
            asked = uses.asked(document, text, holders)
            candidates = features(asked, shortlist(asked, uses.concepts()))
            found += [(candidates, name) for name in again]
        uses.add(document, text, holders, names)
    return found


__all__ = [
    "CONCEPT",
    "AskedClaim",
    "Claim",
    "ConceptUses",
    "UsedConcept",
    "choices",
    "claims_of",
    "features",
    "holders_of",
    "nearest",
    "ranked_concepts",
    "shortlist",
    "words_of",
]
