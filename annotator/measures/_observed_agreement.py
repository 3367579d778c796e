"""How often annotators gave the same value to a unit, and the coefficients that follow from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from annotator.measures import _coefficients as coefficients
from annotator.measures._tables import Array, Sums


@dataclass(frozen=True, slots=True)
class ObservedAgreement:
    """The observed agreement and the coefficients that follow from it. `take` selects agreeing
    pairs, units, and the share of every value from rows; `possible` is the number of possible
    values.

    Each method takes rows of sums `(k, columns)` and gives `(k,)`.
    """

    take: Callable[[Array], Array]
    possible: int

    @classmethod
    def of(cls, own: Sums, values: Sequence[str], possible: int) -> ObservedAgreement:
        """The observed agreement in the sums of a table."""
        shares = (("share", value) for value in values)
        return cls(own.pick(("agree",), ("units",), *shares), possible)

    def _agreeing(self, rows: Array) -> tuple[Array, Array]:
        picked = self.take(rows)
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = np.where(picked[:, 1] > 0.5, picked[:, 0] / picked[:, 1], np.nan)
            shares = np.nan_to_num(picked[:, 2:] / picked[:, 1:2])
        return observed, shares

    def lowest_fleiss(self, rows: Array) -> Array:
        """The lowest Fleiss' kappa that is possible with these frequencies of values."""
        _, shares = self._agreeing(rows)
        return coefficients.fleiss(coefficients.least_agreeing(shares), shares)

    def percent(self, rows: Array) -> Array:
        """The share of pairs that agree."""
        return self._agreeing(rows)[0]

    def ac1(self, rows: Array) -> Array:
        """Gwet's AC1."""
        return coefficients.ac1(*self._agreeing(rows), self.possible)

    def fleiss(self, rows: Array) -> Array:
        """Fleiss' kappa."""
        return coefficients.fleiss(*self._agreeing(rows))

    def brennan_prediger(self, rows: Array) -> Array:
        """Brennan and Prediger's kappa."""
        return coefficients.brennan_prediger(self._agreeing(rows)[0], self.possible)


__all__ = ["ObservedAgreement"]
