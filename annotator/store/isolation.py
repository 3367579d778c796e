"""Handles invalid values in a database, such as no import would accept: they are left out and
reported, and everything else keeps working."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import orjson

from annotator.model.text import kind_of

logger = logging.getLogger(__name__)

T = TypeVar("T")

_told: set[str] = set()
_listeners: list[Callable[[str, str], None]] = []


@contextmanager
def reporting_to(listener: Callable[[str, str], None]) -> Iterator[None]:
    """Inside the block, `listener` gets reports of what is left out (where and why), instead of the
    log."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.pop()


def leave_out(where: str, why: object) -> None:
    """Report, once per process, that an item cannot be read and is left out."""
    where, reason = _short(where), _short(str(why))
    if _listeners:
        _listeners[-1](where, reason)
    elif where not in _told:
        _told.add(where)
        logger.warning(
            "%s: cannot be read and is left out: %s. `annotator doctor` finds all of these",
            where,
            reason,
        )


def _short(what: object) -> str:
    """A very long text without its middle: damage can make a name of megabytes."""
    text = str(what)
    return text if len(text) <= 400 else f"{text[:200]} … {text[-200:]}"


def readable(read: Callable[[], T], where: Callable[[], str]) -> T | None:
    """The result of reading; None if that fails, which is reported. Damage can raise any error that
    reading can."""
    try:
        return read()
    except _DAMAGE as e:
        leave_out(where(), f"{type(e).__name__}: {e}")
        return None


_DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def read_rows(
    rows: Iterable[Sequence[Any]], make: Callable[..., T], where: Callable[..., str]
) -> Iterator[T]:
    """The result of `make` for the columns of each row. If it fails, the row is left out and
    reported under the name from `where`."""
    for row in rows:
        try:
            found = make(*row)
        except _DAMAGE as e:
            leave_out(where(*row), f"{type(e).__name__}: {e}")
        else:
            yield found


def _no_number(word: str) -> float:
    raise ValueError(f"it contains {word}")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _no_number(digits)


_JSON = json.JSONDecoder(parse_constant=_no_number, parse_float=_finite)


def value_of(text: str) -> Any:
    """A JSON value. Raises ValueError for anything else, and for values that no file can hold:
    numbers that are not finite, and texts with half a character (a lone surrogate)."""
    found = _JSON.decode(text)
    if "\\u" in text:
        json.dumps(found, ensure_ascii=False).encode()
    return found


def object_of(text: str) -> dict[str, Any]:
    """A JSON object. Raises ValueError for anything else."""
    found = value_of(text)
    if not isinstance(found, dict):
        raise ValueError(f"it is {_kind(found)}")
    return found


def state_of(text: str) -> dict[str, Any]:
    """The object of an item's state or of an annotation. Gives the same as `object_of`, in a third
    of the time."""
    try:
        found: dict[str, Any] = orjson.loads(text)
        attributes = found.get("value", found).get("attributes") or {}
        # orjson turns integers of more than 64 bits into floats, which no attribute can be.
        if float not in map(type, attributes.values()):
            return found
    except (AttributeError, ValueError):
        pass
    return object_of(text)


def texts_of(text: str) -> list[str]:
    """A JSON list of texts. Raises ValueError for anything else."""
    found = value_of(text)
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ValueError("it is not a list of texts")
    return found


# The most frequent types come first, since every attribute of a project is checked against these.
_OBJECT = (dict, Mapping)
_SEVERAL = (list, tuple)
_SINGLE = (str, int, float, bool)


def check_attributes(attributes: object, origin: object = "") -> Mapping[str, Any] | None:
    """The attributes of an annotation. Raises ValueError for values that no annotation can have."""
    if not isinstance(origin, str):
        raise ValueError(f"its origin is {_kind(origin)}")
    if attributes is None:
        return None
    if not isinstance(attributes, _OBJECT):
        raise ValueError(f"its attributes are {_kind(attributes)}")
    for name, value in attributes.items():
        if type(value) is str:
            continue
        for one in value if isinstance(value, _SEVERAL) else (value,):
            if one is not None and not isinstance(one, _SINGLE):
                raise ValueError(f"its attribute {name} contains {_kind(one)}")
    return attributes


def check_texts(**texts: object) -> None:
    """Raise ValueError if one of these is not a text."""
    for name, value in texts.items():
        if not isinstance(value, str):
            raise ValueError(f"its {name} is {_kind(value)}")


def check_numbers(**numbers: object) -> None:
    """Raise ValueError if one of these is not an integer."""
    for name, value in numbers.items():
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValueError(f"its {name} is {_kind(value)}")


def _kind(value: object) -> str:
    return "missing" if value is None else kind_of(value)


__all__ = [
    "check_attributes",
    "check_numbers",
    "check_texts",
    "leave_out",
    "object_of",
    "read_rows",
    "readable",
    "reporting_to",
    "state_of",
    "texts_of",
    "value_of",
]
