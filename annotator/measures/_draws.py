"""The bootstrap's draws: how often each document is in each resample.

A resample takes every document a number of times that follows a Poisson distribution of mean 1, as n draws with
replacement from n documents do when n grows (Hanley, J. A. and MacGibbon, B. (2006). Creating non-parametric
bootstrap samples using Poisson frequencies. Computer Methods and Programs in Biomedicine 83, 57-62; Chamandy, N.
and others (2012). Estimating uncertainty for massive data streams). Figures are ratios, which the size of a
resample does not move. What a document is drawn depends on the seed and its own name alone: one document more or
less leaves the draws of the others as they were, so that an interval can be brought up to date.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _poisson() -> NDArray[np.uint8]:
    """For each of 2^16 equally likely numbers the count that it stands for."""
    shares = np.array([math.exp(-1) / math.factorial(k) for k in range(12)])
    return np.searchsorted(np.cumsum(shares) * 65536, np.arange(65536) + 0.5).astype(np.uint8)


_COUNTS = _poisson()


def draws(units: Sequence[str], samples: int, seed: int) -> NDArray[np.uint8]:
    """How often each unit is in each sample: `(units, samples)`.

    Numbers come from SplitMix64 (Steele, Lea and Flood 2014), a stream for each unit, four to a step.
    """
    starts = [
        hashlib.blake2b(f"{seed}\x1f{unit}".encode("utf-8", "surrogatepass"), digest_size=8) for unit in units
    ]
    first = np.array([int.from_bytes(one.digest(), "little") for one in starts], dtype=np.uint64)
    steps = np.arange(1, -(-samples // 4) + 1, dtype=np.uint64)
    z = first[:, None] + steps[None, :] * _GOLDEN
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    numbers: NDArray[np.uint16] = z.astype("<u8", copy=False).view("<u2")
    return np.asarray(_COUNTS[numbers].reshape(len(first), 4 * len(steps))[:, :samples])


__all__ = ["draws"]
