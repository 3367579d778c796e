"""The minimum of a smooth convex function, by L-BFGS in plain numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Loss: TypeAlias = Callable[[Floats], tuple[float, Floats]]
"""The value of a function at a place, and its slope there."""
_Change: TypeAlias = tuple[Floats, Floats, float]
"""A step, the change of the slope along it, and 1 by the product of both."""


def minimum(loss: Loss, start: Floats, rounds: int, memory: int = 8) -> Floats:
    """Minimise a smooth convex function (Nocedal and Wright 2006, algorithm
    7.5, backtracking line search)."""
    x = start
    value, slope = loss(x)
    steps: list[_Change] = []
    for _ in range(rounds):
        if np.abs(slope).max() < 1e-4:
            break
        down = -_direction(slope, steps)
        slant = float(down @ slope)
        size = 1.0 if steps else 1 / max(1.0, float(np.abs(slope).sum()))
        for _ in range(30):
            other = x + size * down
            new, new_slope = loss(other)
            if new <= value + 1e-4 * size * slant:
                break
            size /= 2
        else:
            break
        change, turn = other - x, new_slope - slope
        if float(change @ turn) > 1e-12:
            steps = [*steps, (change, turn, 1 / float(change @ turn))][-memory:]
        x, value, slope = other, new, new_slope
    return x


def _direction(slope: Floats, steps: Sequence[_Change]) -> Floats:
    """The slope times the inverse of the curvature that the last steps show (the two-loop
    recursion, algorithm 7.4)."""
    q = slope.copy()
    used = []
    for s, y, rho in reversed(steps):
        a = rho * float(s @ q)
        used.append(a)
        q -= a * y
    if steps:
        _, y, rho = steps[-1]
        q /= rho * float(y @ y)
    for (s, y, rho), a in zip(steps, reversed(used), strict=True):
        q += (a - rho * float(y @ q)) * s
    return q


__all__ = ["minimum"]
