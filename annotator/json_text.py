"""Writes JSON: the same value gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import orjson

_EXACT = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def json_bytes(value: object) -> bytes:
    """A value as JSON: sorted keys, no spaces, unescaped UTF-8."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # What orjson refuses: integers of more than 64 bits, lone surrogates.
        return _EXACT.encode(value).encode("utf-8")


def json_text(value: object) -> str:
    """The same as a text."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode("utf-8")
    except TypeError:
        return _EXACT.encode(value)


def json_object(members: Mapping[str, bytes]) -> bytes:
    """An object, given the JSON of its members; the keys are plain letters."""
    return b"{%b}" % b",".join(
        [b'"%b":%b' % (key.encode(), members[key]) for key in sorted(members)]
    )


def json_list(members: Iterable[bytes]) -> bytes:
    """A list, given the JSON of its members."""
    return b"[%b]" % b",".join(members)


__all__ = ["json_bytes", "json_list", "json_object", "json_text"]
