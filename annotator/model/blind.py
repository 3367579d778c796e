"""Which paragraphs are annotated without suggestions, so that the influence of suggestions can
be measured."""

from __future__ import annotations

import hashlib


def is_blind(document: str, paragraph: int, *, share: float, seed: str) -> bool:
    """Whether a paragraph is blind: the first 8 bytes of sha256 of seed, document and paragraph
    index (divided by U+001F), as a number in [0, 1), are below `share`. The same for every
    annotator."""
    digest = hashlib.sha256(
        f"{seed}\x1f{document}\x1f{paragraph}".encode("utf-8", "surrogatepass")
    ).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share


__all__ = ["is_blind"]
