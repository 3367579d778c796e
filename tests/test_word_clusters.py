"""Clusters of words: words in similar contexts are separated from others without any labels."""

from __future__ import annotations

import random

import numpy as np
import pytest

from annotator.learners.word_clusters import WordClusters, _shorter

NOUNS = [f"{a}{b}" for a in ("ba", "ce", "di", "fo", "gu") for b in ("lan", "mer", "nos", "pil")]
VERBS = [f"{a}{b}" for a in ("ha", "je", "ki", "lo", "mu") for b in ("ted", "red", "ked", "med")]
PLACES = [
    f"{a}{b}" for a in ("Na", "Pe", "Ri", "So", "Tu") for b in ("burg", "stad", "ville", "dorf")
]


def _texts() -> list[str]:
    draw = random.Random(5)
    return [
        f"The {draw.choice(NOUNS)} {draw.choice(VERBS)} a {draw.choice(NOUNS)} near "
        f"{draw.choice(PLACES)}. In {draw.choice(PLACES)} they {draw.choice(VERBS)} the "
        f"{draw.choice(NOUNS)}, they {draw.choice(VERBS)} it."
        for _ in range(400)
    ]


def test_words_that_stand_in_like_places_are_of_a_kind() -> None:
    groups = WordClusters.of(_texts()).groups
    for grain in (1, 2):
        of = [{groups[word.lower()][grain] for word in words} for words in (NOUNS, VERBS, PLACES)]
        assert not of[0] & of[1]
        assert not of[0] & of[2]
        assert not of[1] & of[2]


def test_the_same_texts_give_the_same_kinds_and_they_survive_being_stored() -> None:
    kinds = WordClusters.of(_texts())
    assert WordClusters.of(_texts()) == kinds
    assert WordClusters.of_data(kinds.to_data()) == kinds


def test_too_few_words_have_no_kinds_and_rare_ones_none() -> None:
    assert WordClusters.of([]) == WordClusters()
    assert WordClusters.of(["A short text, and a short text."] * 9) == WordClusters()
    assert "oncely" not in WordClusters.of([*_texts(), "They oncely came."]).groups


def test_each_kind_is_told_once() -> None:
    kinds = WordClusters({"one": (0, 3), "two": (0, 4)})
    assert kinds.features(["one", "two", "one", "none"], "k") == ["k0=0", "k1=3", "k1=4"]


def test_the_short_description_is_that_of_a_singular_value_decomposition() -> None:
    rows = np.random.default_rng(1).standard_normal((90, 12), dtype=np.float32)
    rows = rows @ np.random.default_rng(2).standard_normal((12, 200), dtype=np.float32)
    short = _shorter(rows)
    left, sizes, _ = np.linalg.svd(rows, full_matrices=False)
    exact = left[:, : short.shape[1]] * sizes[: short.shape[1]]
    assert short @ short.T == pytest.approx(exact @ exact.T, abs=1e-2)
