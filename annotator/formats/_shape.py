"""Checks whether an object is a canonical record, by `schemas/record.schema.json` and by rules that
a JSON Schema cannot express."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

import orjson

from annotator.formats._meaning import meaning
from annotator.model.schema import LabelSchema
from annotator.resources import folder

MAX_DEPTH = 64
"""Levels of objects and lists that a record may nest."""

Problem: TypeAlias = tuple[str, str]
"""A key, as a path inside the record, and what is wrong with it."""


def problems(data: Mapping[str, Any], schema: LabelSchema) -> list[Problem]:
    """Everything that is invalid in a whole record of version
    2; empty means that `record_of` works."""
    if depth(data) > MAX_DEPTH:
        return [(_deepest(data), f"is nested deeper than {MAX_DEPTH} levels")]
    broken = [(path, "contains half a surrogate pair") for path in _surrogates(data)]
    if broken:
        return broken
    found = list(_shape(data))
    reported = {key for key, _ in found}
    if any(key in ("", "text") for key in reported):
        return found
    meant = dict(meaning(data, schema))
    more = [(key, message) for key, message in meant.items() if key not in reported]
    return [(key, meant.get(key, message)) for key, message in found] + more


def depth(value: Any) -> int:
    """How deeply objects and lists are nested in a value; counting stops a little above
    `MAX_DEPTH`."""
    levels, here = 0, [value]
    while here and levels <= MAX_DEPTH + 1:
        inner: list[Any] = []
        for one in here:
            if isinstance(one, dict):
                inner += one.values()
            elif isinstance(one, list):
                inner += one
        here = inner
        levels += 1
    return levels - 1


def _deepest(data: Mapping[str, Any]) -> str:
    return next((key for key, value in data.items() if depth(value) >= MAX_DEPTH), "")


def _surrogates(data: Mapping[str, Any]) -> list[str]:
    """Paths of strings that UTF-8 cannot hold."""
    try:
        orjson.dumps(data)
    except TypeError:
        # orjson also refuses other values, such as integers of more than 64 bits.
        return [path for path, text in _strings(data, "") if _is_broken(text)]
    return []


def _strings(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            if isinstance(key, str):
                yield path, key
            yield from _strings(one, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for i, one in enumerate(value):
            yield from _strings(one, f"{path}[{i}]")


def _is_broken(text: str) -> bool:
    return re.search("[\ud800-\udfff]", text) is not None


@cache
def _validator() -> Any:
    import jsonschema_rs

    source = (folder("schemas") / "record.schema.json").read_text(encoding="utf-8")
    return jsonschema_rs.Draft202012Validator(json.loads(source))


def _shape(data: Mapping[str, Any]) -> Iterator[Problem]:
    """What the JSON Schema finds, in the order of the record."""
    try:
        errors = list(_validator().iter_errors(dict(data)))
    except (ValueError, TypeError) as error:
        yield "", f"holds a value that JSON does not know: {error}"
        return
    for found in sorted(errors, key=lambda e: [str(part) for part in e.instance_path]):
        if "text" not in data and getattr(found.kind, "property", "") in _OF_TEXT:
            continue
        key = ""
        for part in found.instance_path:
            key = f"{key}[{part}]" if isinstance(part, int) else _inside(key, str(part))
        yield from _as_problems(key, found)


_OF_TEXT = ("paragraphs", "text_sha256", "title")
"""Keys that follow from the text; nobody is told that they are missing if the text is."""

_TYPES = {
    "integer": "an integer",
    "array": "a list",
    "object": "an object",
    "boolean": "true or false",
}


def _as_problems(key: str, error: Any) -> Iterator[Problem]:
    """An error of the library in the program's words. If a key is missing or unknown, the place is
    this key."""
    name = type(error.kind).__name__.rpartition("_")[2]
    if name == "Required":
        yield _inside(key, error.kind.property), "is missing"
    elif name == "AdditionalProperties":
        for one in error.kind.unexpected:
            yield _inside(key, one), "unknown key"
    else:
        yield key, _wrong_value(name, key, error)


def _inside(key: str, name: str) -> str:
    """The place of a key in the object at `key`, which is empty for the record itself."""
    return f"{key}.{name}" if key else name


def _wrong_value(name: str, key: str, error: Any) -> str:
    """What is wrong with the value at a key."""
    kind = error.kind
    if name == "Type":
        types = [_TYPES.get(one, f"a {one}" if one != "null" else one) for one in kind.types]
        return f"must be {' or '.join(types)}"
    if name == "Enum":
        return f"must be one of {', '.join(map(str, kind.options))}"
    if name == "Constant":
        return f"must be “{kind.expected_value}”"
    if name in ("MinLength", "MinItems"):
        return "must not be empty"
    if name == "Pattern":
        return _PATTERNS.get(kind.pattern, "has an invalid form")
    if name == "AnyOf" and ".attributes." in key:
        return "must be a string, an integer, true or false, or a list of strings or of integers"
    return str(error.message) if len(error.message) < 200 else f"{name}: is invalid"


_PATTERNS = {
    r"^[^@/\p{C}\p{Z}]( *[^/\p{C}\p{Z}])*$": (
        "must be a name of 1 to 64 printable characters without a slash that does not begin "
        "with @, or null"
    ),
    r"^[^@\s]": "must be a non-empty string that does not begin with @ or white space",
    r"\S": "must be a non-empty string",
    "^[0-9a-f]{64}$": "must be 64 hexadecimal digits",
}


__all__ = ["MAX_DEPTH", "Problem", "depth", "problems"]
