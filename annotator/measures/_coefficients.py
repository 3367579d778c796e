"""Agreement coefficients as functions of sums that add up over passages.

Krippendorff, K. (2004). Content Analysis, 2nd ed., ch. 11; (2011) Computing Krippendorff's
Alpha-Reliability. For several annotators and missing values: Gwet, K. L. (2014). Handbook of
Inter-Rater Reliability, 4th ed., ch. 2 and 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from annotator.measures._tables import Array, Explanation, MatrixLayout

Value: TypeAlias = Callable[[Array], Array]
"""From rows of sums `(k, columns)` to values `(k,)`, NaN where undefined."""

TINY = 1e-9
"""A value below this share of its largest possible value counts as zero that rounding distorted."""


def alpha(size: int, distance: Array | None = None, *, lowest: bool = False) -> Value:
    """A function from rows of flattened matrices of coincidences to alpha, 1 - D_o / D_e; NaN
    without data or without variation. `distance` `(size, size)` says how far apart values are (with
    squared differences it is the interval alpha); without it, alpha is nominal. With `lowest`, the
    function gives the lowest alpha that is possible with these frequencies of values.
    """
    apart = 1 - np.eye(size) if distance is None else distance

    def value(rows: Array) -> Array:
        matrices = rows.reshape(-1, size, size)
        marginals = matrices.sum(axis=2)
        if not lowest:
            observed = (matrices * apart).sum(axis=(1, 2))
        elif distance is None:
            observed = most_apart(marginals)
        else:
            observed = (_crossed(marginals, distance) * distance).sum(axis=(1, 2))
        expected = np.einsum("ka,ab,kb->k", marginals, apart, marginals)
        return one_minus(observed, expected, marginals.sum(axis=1))

    return value


def most_apart(marginals: Array) -> Array:
    """The largest number of values that can meet a value other than their own, `(k,)`, from
    frequencies `(k, values)`: all of them, unless one value is more frequent than all others
    together."""
    n = marginals.sum(axis=-1)
    return np.asarray(np.minimum(n, 2 * (n - marginals.max(axis=-1, initial=0))))


def _crossed(marginals: Array, distance: Array) -> Array:
    """The coincidences of numbers, `(k, size, size)`, in which the numbers are as far apart as
    possible: the smallest meets the largest, and so on."""
    # The distances from the number at one end give the order of the numbers.
    order = np.argsort(distance[int(np.argmax(distance.sum(axis=1)))])
    up = np.cumsum(marginals[:, order], axis=1)
    down, n = up[:, -1:] - up, up[:, -1:]
    before, after = up - marginals[:, order], np.minimum(down + marginals[:, order], n)
    met = np.minimum(up[:, :, None], after[:, None, :]) - np.maximum(
        before[:, :, None], down[:, None, :]
    )
    out = np.zeros_like(met)
    out[:, order[:, None], order[None, :]] = np.maximum(met, 0)
    return out


def one_minus(observed: Array, expected: Array, n: Array) -> Array:
    """Krippendorff's 1 - (n - 1) * observed / expected, where `observed` sums the differences of
    coincidences and `expected` those of all pairs of the `n` values; NaN where nothing varies."""
    with np.errstate(divide="ignore", invalid="ignore"):
        varies = (n > 1 + TINY) & (expected > TINY * n**2)
        return np.asarray(np.where(varies, 1 - (n - 1) * observed / expected, np.nan))


def against_rest(matrices: Array, keep: Sequence[int]) -> Array:
    """Rows of matrices `(k, size, size)` with the values `keep` as one value
    and all others as another, `(k, 4)`."""
    mask = np.zeros(matrices.shape[1], dtype=bool)
    mask[list(keep)] = True
    both = matrices[:, mask][:, :, mask].sum(axis=(1, 2))
    one = matrices[:, mask][:, :, ~mask].sum(axis=(1, 2))
    other = matrices[:, ~mask][:, :, mask].sum(axis=(1, 2))
    neither = matrices[:, ~mask][:, :, ~mask].sum(axis=(1, 2))
    return np.stack([both, one, other, neither], axis=1)


def alpha_of(layout: MatrixLayout, keep: Sequence[int], *, lowest: bool = False) -> Value:
    """A function from rows of sums to the alpha of some values (given by their numbers) against all
    others; with `lowest`, to the lowest alpha that is possible."""
    both, size = alpha(2, lowest=lowest), layout.size
    return lambda rows: both(against_rest(layout.matrices(rows).reshape(-1, size, size), keep))


def squares(values: Sequence[str]) -> Array | None:
    """Squared differences of integers; None if there are none, or if a value is not a number."""
    if not all(value.lstrip("-").isdigit() for value in values) or not values:
        return None
    numbers = np.array([int(value) for value in values], dtype=np.float64)
    return np.asarray((numbers[:, None] - numbers[None, :]) ** 2)


def beyond(observed: Array, expected: Array, n: Array) -> Array:
    """(observed - expected) / (1 - expected); NaN without data,
    or where chance alone agrees fully."""
    with np.errstate(divide="ignore", invalid="ignore"):
        known = (n > TINY) & (expected < 1 - TINY)
        return np.asarray(np.where(known, (observed - expected) / (1 - expected), np.nan))


def kappa(size: int, *, lowest: bool = False) -> Value:
    """A function from rows of flattened confusion matrices to Cohen's kappa, (P_o - P_e) / (1 -
    P_e); NaN without data or without variation. With `lowest`, it gives the lowest kappa that is
    possible with these frequencies of values."""

    def value(rows: Array) -> Array:
        matrices = rows.reshape(-1, size, size)
        one, other, n = matrices.sum(axis=2), matrices.sum(axis=1), matrices.sum(axis=(1, 2))
        alike = np.trace(matrices, axis1=1, axis2=2)
        if lowest:
            alike = np.maximum(0, (one + other).max(axis=1) - n)
        with np.errstate(divide="ignore", invalid="ignore"):
            observed, expected = alike / n, (one * other).sum(axis=1) / n**2
        return beyond(observed, expected, n)

    return value


def mean_of(each: Array) -> Array:
    """The mean of every row over its defined values, `(k,)`; NaN if there are none."""
    known = ~np.isnan(each)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(known, each, 0).sum(axis=1) / known.sum(axis=1))


def mean_kappa(size: int, pairs: int, *, lowest: bool = False) -> Value:
    """A function from rows of confusion matrices side by side, one for each pair, to the mean of
    their kappas (Light 1971). A pair without data or variation is left out; NaN if none is left."""
    own = kappa(size, lowest=lowest)

    def value(rows: Array) -> Array:
        if pairs == 0:
            return np.full(len(rows), np.nan)
        return mean_of(own(rows.reshape(-1, size * size)).reshape(len(rows), pairs))

    return value


def least_agreeing(shares: Array) -> Array:
    """The smallest share of pairs that can agree if the values have these `shares`,
    `(k, values)`."""
    return np.asarray(shares.sum(axis=1) - most_apart(shares))


def least_of_possible(values: int) -> float:
    """The lowest AC1 and Brennan-Prediger coefficient with this number of possible `values`: the
    observed agreement is 0, and the expected agreement is as large as possible."""
    return -1 / max(1, values - 1)


def fleiss(agreeing: Array, shares: Array) -> Array:
    """Fleiss' kappa: `agreeing` is the mean share of pairs of annotators who agree on a unit,
    `(k,)`; `shares` the mean share of each value, `(k, values)`."""
    return beyond(agreeing, (shares**2).sum(axis=1), shares.sum(axis=1))


def ac1(agreeing: Array, shares: Array, values: int) -> Array:
    """Gwet's AC1 with this number of possible `values`: the expected agreement is the sum of p (1 -
    p) over all values / (values - 1)."""
    if values < 2:
        return np.full(len(agreeing), np.nan)
    expected = (shares * (1 - shares)).sum(axis=1) / (values - 1)
    return beyond(agreeing, expected, shares.sum(axis=1))


def brennan_prediger(agreeing: Array, values: int) -> Array:
    """Brennan and Prediger's coefficient with this number of possible `values`: the expected
    agreement is 1 / values."""
    known = np.where(np.isnan(agreeing), 0.0, 1.0)
    return beyond(agreeing, np.full(len(agreeing), 1 / max(1, values)), known)


ALPHA = Explanation(
    "How much less the annotators disagree than they would by chance.",
    r"\alpha = 1 - D_o / D_e",
    "Krippendorff, K. (2004). Content Analysis, 2nd ed., ch. 11",
    "1 is full agreement, 0 what chance gives, below 0 systematic disagreement; .8 and more is "
    "reliable, below .667 is not to be relied on.",
    "Not where nearly everything has one value: a few differences then bring it near 0; look at "
    "percent and AC1 too.",
)

ALPHA_OF_NUMBERS = Explanation(
    "How much less the annotators disagree than they would by chance; a difference counts by its "
    "square, so 1 and 3 differ four times as much as 1 and 2.",
    r"\alpha = 1 - D_o / D_e,\quad \delta(a, b) = (a - b)^2",
    ALPHA.source,
    ALPHA.reading,
    ALPHA.caution,
)

PERCENT = Explanation(
    "The share of pairs of annotators who gave the same value, on average over units.",
    r"p_a = \frac{1}{n} \sum_i \sum_k \frac{r_{ik} (r_{ik} - 1)}{r_i (r_i - 1)}",
    "Gwet, K. L. (2014). Handbook of Inter-Rater Reliability, 4th ed., ch. 2",
    "0 to 1; how often two annotators agree, whatever the reason.",
    "Not by itself: with few values, or one that is very frequent, chance alone makes it high.",
)

AC1 = Explanation(
    "Agreement beyond chance, where chance is small when one value is much more frequent than "
    "the others.",
    r"AC_1 = (p_a - p_e) / (1 - p_e),\quad p_e = \frac{1}{q - 1} \sum_k \pi_k (1 - \pi_k)",
    "Gwet, K. L. (2008). Computing inter-rater reliability and its variance in the presence of "
    "high agreement. British Journal of Mathematical and Statistical Psychology 61, 29-48; units "
    "with fewer than two values are left out",
    "1 is full agreement, 0 what chance gives; it stays high if one value is frequent and "
    "annotators agree.",
    "Not for comparing with limits that were set for alpha or kappa: it is often higher.",
)

FLEISS = Explanation(
    "Agreement beyond chance of several annotators who are taken as one population.",
    r"\kappa = (p_a - \sum_k \pi_k^2) / (1 - \sum_k \pi_k^2)",
    "Fleiss, J. L. (1971). Measuring nominal scale agreement among many raters. Psychological "
    "Bulletin 76, 378-382; units with fewer than two values are left out",
    "1 is full agreement, 0 what chance gives; for two annotators it is Scott's pi.",
    "Not where nearly everything has one value: a few differences then bring it near 0.",
)

KAPPA = Explanation(
    "Agreement beyond chance of two annotators, each with their own habits; for several, the mean "
    "over pairs.",
    r"\kappa = (P_o - P_e) / (1 - P_e),\quad P_e = \sum_k p_{1k} p_{2k}",
    "Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and "
    "Psychological Measurement 20, 37-46; Light, R. J. (1971). Psychological Bulletin 76, "
    "365-377",
    "1 is full agreement, 0 what chance gives.",
    "Not for many annotators who share little: pairs with few units in common count as much as "
    "others.",
)

BRENNAN_PREDIGER = Explanation(
    "Agreement beyond chance, where chance gives every value of the tagset equally often.",
    r"S = (p_a - 1/q) / (1 - 1/q)",
    "Brennan, R. L. and Prediger, D. J. (1981). Coefficient kappa: some uses, misuses, and "
    "alternatives. Educational and Psychological Measurement 41, 687-699; the S of Bennett, "
    "Alpert and Goldstein (1954)",
    "1 is full agreement, 0 what guessing gives.",
    "Not with values in the tagset that nobody uses: they make chance look smaller than it is.",
)

__all__ = [
    "AC1",
    "ALPHA",
    "ALPHA_OF_NUMBERS",
    "BRENNAN_PREDIGER",
    "FLEISS",
    "KAPPA",
    "PERCENT",
    "TINY",
    "Value",
    "ac1",
    "against_rest",
    "alpha",
    "alpha_of",
    "beyond",
    "brennan_prediger",
    "fleiss",
    "kappa",
    "least_agreeing",
    "least_of_possible",
    "mean_kappa",
    "mean_of",
    "most_apart",
    "one_minus",
    "squares",
]
