"""Writes JSON: the same value gives the same bytes; and says what is wrong with broken JSON."""

from __future__ import annotations

import json

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


def reason(error: json.JSONDecodeError) -> str:
    """What is wrong, as a phrase: some messages of the library end before the place."""
    return error.msg.removesuffix(" at").removesuffix(" starting")


def broken_at(error: json.JSONDecodeError) -> str:
    """What is wrong with JSON, and in which column of its line."""
    return f"broken JSON at column {error.colno}: {reason(error)}"


__all__ = ["broken_at", "json_bytes", "json_text", "reason"]
