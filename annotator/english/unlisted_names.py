"""Names that are in no table: what describes them, and what their shape shows."""

from __future__ import annotations

from collections.abc import Sequence

from annotator.english import tables
from annotator.english.tokens import Token


def shaped_like_person(parts: Sequence[str]) -> bool:
    """Whether words may be a first and a last name: two or three, none an initial, and the first
    neither a nation nor a point of the compass."""
    first = parts[0]
    return (
        1 < len(parts) <= 3
        and all(len(part) > 1 for part in parts)
        and first not in tables.demonyms()
        and first not in tables.words("compass")
    )


def described_as(tokens: Sequence[Token], start: int, end: int) -> tuple[str, str] | None:
    """The label of a name by the noun that describes it, and that noun: `the regulator, Ofwat,`,
    `the pressure group Clean Game`; None without one."""
    if start < 2 or tokens[start].first:
        return None
    apart = tokens[start - 1].text == ","
    at = start - 2 if apart else start - 1
    closed = end >= len(tokens) or tokens[end].text in _CLOSING
    two = f"{tokens[at - 1].lower} {tokens[at].lower}" if at else ""
    head = tables.heads().get(two) or tables.heads().get(tokens[at].lower)
    if head is None or head.plural or (apart and not closed) or tokens[at + 1].first:
        return None
    known = head.label in ("person", "organization") and tokens[at].text == tokens[at].lower
    return (head.label, tokens[at].text) if known else None


_CLOSING = frozenset(", . ; : ? ! ) – —".split())
"""Signs after a name that is set off by commas."""

__all__ = ["described_as", "shaped_like_person"]
