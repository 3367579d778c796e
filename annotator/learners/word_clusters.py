"""Clusters of words: groups of words that occur in similar contexts, in texts that need not be
labelled.

A word is described by the frequent words one and two places before and after it, each weighted by
how much more often than by chance it occurs there (positive pointwise mutual information), reduced
to fewer dimensions by singular vectors (Schütze 1993; Levy and Goldberg 2014); similar descriptions
are grouped by spherical k-means (Dhillon and Modha 2001), three times, from coarse to fine. So a
learner knows something about words that occur in no decision.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]

_WORD = re.compile(r"\w[\w’'-]*|[.,;:?!]")
_SEEN = 4
"""The least number of times that a word must occur in the texts."""
_MOST = 3000
"""The most words that are grouped; the most frequent ones are taken."""
_BESIDE = 300
"""The number of frequent words that describe the others."""
_PLACES = (-2, -1, 1, 2)
_WIDE = 50
"""The number of dimensions of a description."""
_SIZES = (60, 20, 8)
"""The average number of words in a group."""
_ROUNDS = 10


@dataclass(frozen=True)
class WordClusters:
    """The kinds of each word in lower case: the number of its group, coarser to finer."""

    groups: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @staticmethod
    def of(texts: Iterable[str]) -> WordClusters:
        """The clusters of the words in these texts; empty for too few words. Deterministic."""
        lines = [_WORD.findall(text.lower()) for text in texts]
        counts = Counter(chain.from_iterable(lines))
        words = sorted((w for w, n in counts.items() if n >= _SEEN), key=lambda w: (-counts[w], w))[
            :_MOST
        ]
        if len(words) < _SIZES[0]:
            return WordClusters()
        described = _described(lines, words)
        numbers = [_grouped(described, len(words) // size) for size in _SIZES]
        return WordClusters(dict(zip(words, zip(*numbers, strict=True), strict=True)))

    def features(self, words: Iterable[str], name: str) -> list[str]:
        """The kinds of the words, each once."""
        found = {
            (grain, number)
            for word in words
            for grain, number in enumerate(self.groups.get(word, ()))
        }
        return [f"{name}{grain}={number}" for grain, number in sorted(found)]

    def to_data(self) -> dict[str, Any]:
        """What `of_data` reads back."""
        return {word: list(numbers) for word, numbers in self.groups.items()}

    @staticmethod
    def of_data(data: Mapping[str, Any]) -> WordClusters:
        """The kinds that `to_data` wrote."""
        return WordClusters({word: tuple(numbers) for word, numbers in data.items()})


def _described(lines: Iterable[list[str]], words: list[str]) -> Floats:
    """A unit vector for each word."""
    place = {word: i for i, word in enumerate(words)}
    beside = min(_BESIDE, len(words))
    counts = np.zeros((len(words), len(_PLACES) * beside), np.float32)
    for line in lines:
        known = np.array([place.get(word, -1) for word in line])
        for k, step in enumerate(_PLACES):
            own, other = (
                (known[:-step], known[step:]) if step > 0 else (known[-step:], known[:step])
            )
            met = (own >= 0) & (other >= 0) & (other < beside)
            np.add.at(counts, (own[met], k * beside + other[met]), 1)
    every = max(1.0, float(counts.sum()))
    chance = counts.sum(axis=1, keepdims=True) * (counts.sum(axis=0, keepdims=True) / every)
    more = np.log(np.maximum(counts, 1e-9) / np.maximum(chance, 1e-9))
    vectors = _shorter(np.maximum(more, 0))
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return vectors


def _shorter(rows: Floats) -> Floats:
    """The rows in the directions of their greatest singular values, by a randomized range finder
    (Halko, Martinsson and Tropp 2011) with a fixed start."""
    wide = min(_WIDE, *rows.shape)
    found = rows @ np.random.default_rng(0).standard_normal((rows.shape[1], wide), dtype=np.float32)
    for _ in range(2):
        found = rows @ (rows.T @ np.linalg.qr(found)[0])
    basis = np.linalg.qr(found)[0]
    left, sizes, _ = np.linalg.svd(basis.T @ rows, full_matrices=False)
    short: Floats = (basis @ left * sizes).astype(np.float32)
    return short


def _grouped(vectors: Floats, number: int) -> list[int]:
    """The group of each vector. Groups start from the first vectors, which are those of the most
    frequent words."""
    centres = vectors[:number].copy()
    near = np.zeros(len(vectors), np.int64)
    for _ in range(_ROUNDS):
        near = (vectors @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, near, vectors)
        sizes = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(sizes > 0, sums / np.maximum(sizes, 1e-9), centres)
    kinds: list[int] = near.tolist()
    return kinds


__all__ = ["WordClusters"]
