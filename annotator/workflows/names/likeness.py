"""How like two wordings are: which concept a claim may be given again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import log, sqrt

from annotator.model.names import CONTRARY
from annotator.project import KnownName

_WORD = re.compile(r"\w+")
HERE, LATEST = 0.6, 0.2
"""What it adds that a concept stands in the document already,
and that it is one of the last three."""
RARE = 1.5
"""The weight of shared rare words beside that of shared words."""
CLAIMS = 0.9
"""The weight of likeness to a claim that bears the concept beside that to the concept itself."""


def ranked_concepts(
    claim: str, known: Sequence[KnownName], decided: Sequence[str]
) -> list[KnownName]:
    """Known concepts, the likeliest for a claim first. `not:` is left out of the comparison: a
    concept and its contrary are offered beside each other. `decided` are those of the document
    in their order."""
    from rapidfuzz import fuzz

    said = claim.casefold()
    bare = {one.name: one.name.removeprefix(CONTRARY) for one in known}
    weights = _weights([name.casefold() for name in bare.values()])
    here = [name.removeprefix(CONTRARY) for name in decided]
    latest = set(here[-3:])

    def score(one: KnownName) -> float:
        name = bare[one.name].casefold()
        claims = [
            CLAIMS * fuzz.token_set_ratio(said, form.casefold()) for form in list(one.aliases)[:5]
        ]
        like = max([fuzz.token_set_ratio(said, name), *claims]) / 100
        own = bare[one.name]
        return (
            like
            + RARE * _cosine(said, name, weights)
            + HERE * (own in here)
            + LATEST * (own in latest)
        )

    scores = {one.name: score(one) for one in known}
    return sorted(known, key=lambda one: (-scores[one.name], -one.count, one.name))


def _weights(names: Sequence[str]) -> dict[str, float]:
    """Inverse document frequencies (Spärck Jones 1972) of the words of names;
    of others that of a word never seen."""
    seen = Counter(word for name in names for word in set(_WORD.findall(name)))
    found = {word: log((len(names) + 1) / (number + 1)) + 0.1 for word, number in seen.items()}
    found[""] = log(len(names) + 1) + 0.1
    return found


def _cosine(one: str, other: str, weights: dict[str, float]) -> float:
    """The cosine of two texts as bags of words weighted by how rare they are."""
    a, b = Counter(_WORD.findall(one)), Counter(_WORD.findall(other))

    def weight(word: str) -> float:
        return weights.get(word, weights[""])

    def length(bag: Counter[str]) -> float:
        return sqrt(sum((number * weight(word)) ** 2 for word, number in bag.items())) or 1.0

    shared = sum(
        min(number, b[word]) * weight(word) ** 2 for word, number in a.items() if word in b
    )
    return shared / length(a) / length(b)


__all__ = ["ranked_concepts"]
