"""Logistic regressions: each finds the optimum, and starts from a prior if it has one."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from annotator.learners.logistic import Binary, Classes, ConditionalLogit


def test_a_calibration_is_the_optimum_and_moves_from_its_prior_with_evidence_only() -> None:
    prior = (0.5, -1.0)
    assert Binary.fit([], [], prior).weights == prior
    draw = random.Random(3)
    rows = [[draw.gauss(0, 3)] for _ in range(80)]
    right = [draw.random() < 1 / (1 + math.exp(-(2 * x + 1))) for (x,) in rows]
    found = Binary.fit(rows, right, prior)
    up, down = sum(right), len(right) - sum(right)
    target = [(up + 1) / (up + 2) if r else 1 / (down + 2) for r in right]

    def loss(weights: tuple[float, ...]) -> float:
        scores = [weights[0] * x + weights[1] for (x,) in rows]
        value = sum(math.log1p(math.exp(s)) - t * s for s, t in zip(scores, target, strict=True))
        return value + 0.5 * sum((w - p) ** 2 for w, p in zip(weights, prior, strict=True))

    least = loss(found.weights)
    for step in ((1e-3, 0), (-1e-3, 0), (0, 1e-3), (0, -1e-3)):
        moved = tuple(w + s for w, s in zip(found.weights, step, strict=True))
        assert loss(moved) >= least
    assert found.weights[0] > 1


def test_chances_of_classes_are_the_same_one_by_one_and_together() -> None:
    rows = [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"), ("c", "z")]
    for names in (["1", "1", "2", "2", "3"], ["1", "1", "2", "2", "2"]):
        found = Classes.fit(rows, names)
        asked = [*rows, ("a", "never seen"), ()]
        for row, chances in zip(asked, found.many(asked), strict=True):
            assert chances == pytest.approx(found(row))
            assert sum(chances.values()) == pytest.approx(1)
        assert [max(c, key=lambda name: c[name]) for c in found.many(rows)] == names
    assert found.many([]) == []


def test_counted_classes_are_naive_bayes() -> None:
    rows, names = [("a", "b"), ("a",), ("b", "c")], ["1", "1", "2"]
    # Two in three are of class 1; of the features there, with one of each
    # added, 3/6 are "a", of the others 1/5.
    one, other = 2 / 3 * 3 / 6, 1 / 3 * 1 / 5
    found = Classes.counted(rows, names)
    assert found(("a",))["1"] == pytest.approx(one / (one + other), abs=1e-3)
    assert found(())["1"] == pytest.approx(2 / 3, abs=1e-3)
    flat = Classes.counted(rows, names, share=0.5)
    assert flat(("a",))["1"] == pytest.approx(one**0.5 / (one**0.5 + other**0.5), abs=1e-3)


def test_a_pool_is_the_geometric_mean_of_chances() -> None:
    one = Classes.fit([("a", "x"), ("b", "x"), ("b",)], ["1", "2", "3"], penalty=0.1)
    other = Classes.counted([("a",), ("c",), ("c", "b")], ["1", "2", "3"])
    both = Classes.pooled([one, other])
    for row in (("a", "b", "c"), ("x",), ()):
        products = {name: math.sqrt(one(row)[name] * other(row)[name]) for name in "123"}
        wanted = {name: value / sum(products.values()) for name, value in products.items()}
        assert both(row) == pytest.approx(wanted, abs=2e-3)


def test_a_separable_calibration_stays_finite() -> None:
    found = Binary.fit(
        [[float(x)] for x in range(-20, 20)], [x >= 0 for x in range(-20, 20)], (0.9, 0.0)
    )
    assert all(math.isfinite(w) for w in found.weights) and found([20.0]) > 0.95 > 0.05 > found(
        [-20.0]
    )


ROWS = [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"), ("a", "b"), ("x",)] * 7
NAMES = ["1", "2", "1", "2", "2", "1"] * 7
BASE = Classes.fit([("a", "q"), ("b",), ("c", "x")], ["1", "2", "3"], penalty=0.2)
PENALTY = 3.0


def _weight(model: Classes, feature: str, name: str) -> float:
    at = model.index.get(feature)
    return 0.0 if at is None else float(model.weights[at, model.classes.index(name)])


def test_classes_over_a_base_are_the_optimum_around_its_weights() -> None:
    found = Classes.fit(ROWS, NAMES, penalty=PENALTY, base=BASE)
    assert found.classes == ("1", "2", "3")
    for feature, name in itertools.product("abxy", "123"):
        # At the optimum, the pull of the examples equals that of the prior.
        pull = sum(
            (n == name) - found(row)[name]
            for row, n in zip(ROWS, NAMES, strict=True)
            if feature in row
        )
        moved = _weight(found, feature, name) - _weight(BASE, feature, name)
        assert pull == pytest.approx(PENALTY * moved, abs=0.03), (feature, name)
    for feature in "qc":
        assert [_weight(found, feature, n) for n in "123"] == [
            _weight(BASE, feature, n) for n in "123"
        ]


def test_without_evidence_a_model_over_a_base_says_what_that_does() -> None:
    firm = Classes.fit(ROWS, NAMES, penalty=1e9, base=BASE)
    asked = [*ROWS[:6], ("q", "c"), ()]
    for row in asked:
        assert firm(row) == pytest.approx(BASE(row), abs=1e-3)
    free = Classes.fit(ROWS, NAMES, penalty=0.01, base=BASE)
    assert [max(free(row), key=free(row).__getitem__) for row in ROWS] == NAMES


def test_a_class_that_the_base_does_not_know_is_learnt() -> None:
    names = ["4" if name == "2" else name for name in NAMES]
    found = Classes.fit(ROWS, names, penalty=0.1, base=BASE)
    assert found.classes == ("1", "2", "3", "4")
    assert [max(found(row), key=found(row).__getitem__) for row in ROWS] == names
    firm = Classes.fit(ROWS, names, penalty=1e9, base=BASE)
    assert firm(())["4"] == pytest.approx(min(firm(())[n] for n in "123"), abs=1e-3)


def test_what_a_part_of_the_features_adds_is_learnt_with_the_base_seeing_all() -> None:
    part = [[f for f in row if f in "ab"] for row in ROWS]
    found = Classes.fit(part, NAMES, penalty=PENALTY, base=BASE, whole=ROWS)
    for name in "123":
        assert _weight(found, "x", name) == _weight(BASE, "x", name)
        pull = sum(
            (n == name) - found(row)[name] for row, n in zip(ROWS, NAMES, strict=True) if "a" in row
        )
        moved = _weight(found, "a", name) - _weight(BASE, "a", name)
        assert pull == pytest.approx(PENALTY * moved, abs=0.03)


def test_options_over_a_base_are_the_optimum_around_its_weights() -> None:
    groups = [[("a",), ("b", "x")], [("b",), ("x",), ("a", "x")], [("c",), ("a",)]] * 8
    taken = [1, 0, 1] * 8
    base = ConditionalLogit.fit([[("a",), ("b",), ("q",)]], [0], penalty=0.5)
    found = ConditionalLogit.fit(groups, taken, penalty=PENALTY, base=base)

    def weight(model: ConditionalLogit, feature: str) -> float:
        return float(model.weights[model.index[feature], 0]) if feature in model.index else 0.0

    for feature in "abcx":
        pull = sum(
            ((k == own) - chance) * (feature in option)
            for group, own in zip(groups, taken, strict=True)
            for k, (option, chance) in enumerate(zip(group, found(group), strict=True))
        )
        assert pull == pytest.approx(
            PENALTY * (weight(found, feature) - weight(base, feature)), abs=0.03
        )
    assert weight(found, "q") == weight(base, "q")
    firm = ConditionalLogit.fit(groups, taken, penalty=1e9, base=base)
    assert all(firm(group) == pytest.approx(base(group), abs=1e-3) for group in groups)
