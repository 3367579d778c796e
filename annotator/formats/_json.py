"""JSON lines and JSON arrays of objects, each with its line number; broken ones are left out and
reported."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from annotator.errors import InputError
from annotator.formats._door import number
from annotator.formats._reading import ReadOptions, decode, lines, read_bytes, refuse_other
from annotator.formats._report import ReadReport, shown
from annotator.json_text import broken_at, reason
from annotator.model.text import plural

Row = tuple[int, dict[str, Any]]

_LOOK = 16
"""Bytes at the beginning of a file that say what kind it is."""

_LINES = 100
"""In how many lines an object is looked for that says what kind of JSON a file is."""

_LIST = re.compile(r"\s*\[\s*[\[({]")
"""How a list of spans begins that is written as a text."""

_GAP = re.compile(r"[ \t\r\n,\ufeff]*")


def rows(path: Path, options: ReadOptions) -> Iterator[Row]:
    """Line and object of each line of a file, or of each member if the file is an array."""
    for line, value in _values(path, options):
        options.report.here = line
        if isinstance(value, dict):
            yield line, value
        else:
            options.report.left_out(
                "lines that are not objects", "must be an object, in braces", line=line
            )


def _values(path: Path, options: ReadOptions) -> Iterator[tuple[int, Any]]:
    first = _opening(path, options.encoding)[:1]
    if first == "[":
        yield from array(path, options)
    elif first == "{" and _spreads(path, options):
        yield from _members(_whole(path, options), 0, options.report)
    elif options.encoding is None and not _encoding(path):
        decoder = _Decoder()
        for number, line in lines(path, options.max_bytes):
            if (value := _compact(line)) is not None:
                yield number, value
                continue
            try:
                yield from _value(decoder, number, line.decode("utf-8-sig"), options.report)
            except UnicodeDecodeError as error:
                message = (
                    f"not UTF-8 at byte {error.start} of the line; name the encoding with "
                    "--encoding"
                )
                options.report.left_out("lines that are not UTF-8", message, line=number)
    else:
        encoding = options.encoding or _encoding(path)
        text = decode(path.read_bytes(), path=path, encoding=encoding, report=options.report)
        decoder = _Decoder()
        for number, one in enumerate(text.split("\n"), 1):
            if one.strip():
                yield from _value(decoder, number, one, options.report)


def _encoding(path: Path) -> str | None:
    """The encoding of a JSON file if it is not UTF-8. Its byte order mark shows it, or else the
    zero bytes between its first characters, which are ASCII in all JSON."""
    with path.open("rb") as file:
        head = file.read(_LOOK)
    refuse_other(head, path)
    name = json.detect_encoding(head[:4])
    return None if name == "utf-8" or len(head) < 4 else name


def _opening(path: Path, encoding: str | None) -> str:
    """The beginning of a file, without leading white space."""
    with path.open("rb") as file:
        head = file.read(4096)
    name = encoding or _encoding(path) or "utf-8"
    try:
        return head.decode(name, "ignore").lstrip("\ufeff \t\r\n")
    except (LookupError, UnicodeError):
        return ""


def opens_like_json(path: Path, encoding: str | None = None) -> bool:
    """Whether a file begins like an object or a list of objects, which a text in brackets does
    not."""
    return re.match(r"(?:\[\s*)?\{\s*[\"}]", _opening(path, encoding)) is not None


class _Decoder(json.JSONDecoder):
    """Decodes JSON; `twice` is a key that one object has twice. Only its last value is kept."""

    def __init__(self) -> None:
        super().__init__(object_pairs_hook=self._object)
        self.twice = ""

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            self.twice = next(name for name in names if names.count(name) > 1)
        return found

    def tell(self, line: int, report: ReadReport) -> None:
        """Report the key that appeared twice, if there was one."""
        if self.twice:
            message = f"the key {shown(self.twice)} appears twice in one object; the last counts"
            report.changed("keys that appear twice", message, line=line)
            self.twice = ""


def _compact(line: bytes) -> Any:
    """The value of a line that is written without blanks, as our exports are, in a quarter of the
    time. None for any other line. A line that is written back as it was has no key twice, and no
    number that was changed in reading."""
    try:
        value = orjson.loads(line)
        return value if orjson.dumps(value) == line.rstrip(b"\r\n") else None
    except (TypeError, ValueError):
        return None


def _value(
    decoder: _Decoder, number: int, text: str, report: ReadReport
) -> Iterator[tuple[int, Any]]:
    """Line and value of each value in a line."""
    try:
        value = decoder.decode(text.removeprefix("\ufeff"))
        decoder.tell(number, report)
        yield number, value
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and text.lstrip("\ufeff \t\r\n")[:1] == "{":
            yield from _members(text.rstrip(), 0, report, line=number, rest="line")
            return
        message = broken_at(error)
        report.left_out("lines of broken JSON", message, line=number)
    except (RecursionError, ValueError) as error:
        report.left_out("lines of broken JSON", _why(error), line=number)


def _why(error: RecursionError | ValueError) -> str:
    """What is wrong with JSON that cannot be decoded."""
    if isinstance(error, json.JSONDecodeError):
        return f"broken JSON: {reason(error)}"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return f"a number has more than {sys.get_int_max_str_digits():,} digits"


def array(path: Path, options: ReadOptions) -> Iterator[tuple[int, Any]]:
    """Line and value of each member of a file that is an array. A broken member ends the reading,
    and is reported."""
    text = _whole(path, options)
    at = text.find("[")
    if at < 0 or text[:at].strip():
        raise InputError(
            "must be a list", file=path, hint="Export it as JSON, as a list of objects"
        )
    yield from _members(text, at + 1, options.report, closing="]")


def _whole(path: Path, options: ReadOptions) -> str:
    """The text of a file."""
    data = read_bytes(path, options.max_bytes)
    encoding = options.encoding or _encoding(path) or "utf-8"
    return decode(data, path=path, encoding=encoding, report=options.report)


def _spreads(path: Path, options: ReadOptions) -> bool:
    """Whether the first object of a file spans several lines; the file then has one object after
    another instead of one a line."""
    with path.open("rb") as file:
        first = file.readline(options.max_bytes)
        try:
            json.loads(first)
        except (ValueError, RecursionError):
            head = first + file.read(options.max_bytes)
        else:
            return False
    try:
        text = head.decode(options.encoding or _encoding(path) or "utf-8", "replace")
        text = text.lstrip("\ufeff \t\r\n")
        _, end = json.JSONDecoder().raw_decode(text)
    except (LookupError, ValueError, RecursionError):
        return False
    return "\n" in text[:end]


def _members(
    text: str,
    at: int,
    report: ReadReport,
    *,
    closing: str = "",
    line: int = 1,
    rest: str = "file",
) -> Iterator[tuple[int, Any]]:
    """Line and value of each member from a place to the end of the text, and of each list if there
    are several. `line` is the line in which the text begins."""
    decoder = _Decoder()
    last, opened, before = 0, bool(closing), line - 1
    while True:
        gap = _GAP.match(text, at)
        at = gap.end() if gap else at
        here = text[at : at + 1]
        if not here and not opened:
            return
        if closing and here == ("]" if opened else "["):
            opened, at = not opened, at + 1
            continue
        line += text.count("\n", last, at)
        last = at
        try:
            value, at = decoder.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError, ValueError) as error:
            where = error.lineno + before if isinstance(error, json.JSONDecodeError) else line
            message = f"{_why(error)}; the rest of the {rest} is not read"
            report.left_out("broken JSON", message, line=where)
            return
        decoder.tell(line, report)
        yield line, value


def first_object(
    path: Path, max_bytes: int, encoding: str | None = None
) -> Mapping[str, Any] | None:
    """The first object in a JSON file, however the file is divided; None if there is none near its
    beginning."""
    text = ""
    try:
        with path.open("rb") as file:
            head = file.read(max_bytes)
        text = head.decode(encoding or _encoding(path) or "utf-8", "replace")
        text = text.lstrip("\ufeff \t\r\n")
        if text[:1] == "[":
            text = text[1:].lstrip(" \t\r\n")
        value, _ = json.JSONDecoder().raw_decode(text)
    except (LookupError, OSError):
        return None
    except (ValueError, RecursionError):
        if len(head) < max_bytes:
            return _later_object(text)
        # The object is larger than the part that was read, but its first keys show what it is.
        return dict.fromkeys(re.findall(r'"(%?\w+)"\s*:', text[:4000])) or None
    return value if isinstance(value, dict) else None


def _later_object(text: str) -> Mapping[str, Any] | None:
    """The first object that is a line of its own, in a text whose first line is broken."""
    for line in islice(text.split("\n"), 1, _LINES):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and value:
            return value
    return None


def count_spans(value: Any) -> int:
    """How many items a list of spans has, as other programs write it: `[start, end, label]`, or
    objects with a start, or results; also where a text holds the list, as JSON or as Python writes
    it. 0 for anything else."""
    if isinstance(value, str) and _LIST.match(value):
        value = _listed(value)
    if not isinstance(value, list) or not value:
        return 0
    one = value[0]
    if isinstance(one, dict):
        held = bool({"start", "start_offset", "result"} & one.keys())
    else:
        held = isinstance(one, list | tuple) and len(one) > 2 and None not in map(number, one[:2])
    return len(value) if held else 0


def _listed(text: str) -> Any:
    """The list that a text holds; None if it holds none."""
    for parse in (json.loads, ast.literal_eval):
        try:
            return parse(text.strip())
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    return None


def tell_spans(key: str, value: Any, line: int, report: ReadReport, remedy: str) -> None:
    """Report the annotations that a value of the metadata holds, which are not read."""
    if many := count_spans(value):
        message = f"{plural(many, 'annotation')} of another format, kept in meta alone; {remedy}"
        report.left_out("lists of annotations", message, line=line, key=key)


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; empty for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


__all__ = [
    "array",
    "count_spans",
    "first_object",
    "objects",
    "opens_like_json",
    "rows",
    "tell_spans",
]
