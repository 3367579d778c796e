"""The parts of a data set: train, dev and test, by document."""

from __future__ import annotations

import hashlib

SHARES = (("train", 80), ("dev", 10), ("test", 10))
"""Percent of documents in each part of the split."""


def part_of(id: str, seed: str) -> str:
    """The part that a document is in: by the first 8 bytes of sha256 of seed and id, modulo 100."""
    digest = hashlib.sha256(f"{seed}\x1f{id}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") % 100
    for name, share in SHARES:
        if place < share:
            return name
        place -= share
    return SHARES[-1][0]


__all__ = ["SHARES", "part_of"]
