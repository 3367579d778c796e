"""Ids derived from the content, so that a second run proposes the same items under the same ids."""

from __future__ import annotations

import hashlib


def _digest(*parts: str | int) -> str:
    content = "\x1f".join(str(part) for part in parts).encode("utf-8", "surrogatepass")
    return "s" + hashlib.blake2b(content, digest_size=6).hexdigest()


def span_id(document: str, layer: str, label: str, start: int, end: int) -> str:
    """`s` and 12 hexadecimal digits of a proposed span."""
    return _digest(document, layer, label, start, end)


def relation_id(document: str, layer: str, label: str, source: str, target: str) -> str:
    """`s` and 12 hexadecimal digits of a proposed relation; `source`
    and `target` are ids of items."""
    return _digest(document, layer, label, source, target)


__all__ = ["relation_id", "span_id"]
