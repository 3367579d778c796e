"""Reads the rows of a table of texts: finds out what separates the cells and which column holds
what."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, count, islice
from pathlib import Path

from annotator.errors import InputError
from annotator.formats._reading import ReadOptions, decode, read_bytes
from annotator.model.text import enumerated, plural

_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": (
        "text",
        "body",
        "content",
        "fulltext",
        "articletext",
        "article",
        "articlebody",
        "volltext",
        "texte",
    ),
    "id": ("id", "docid", "documentid", "articleid", "document", "guid", "uid"),
    "title": ("title", "headline", "heading", "titel", "titre"),
    "date": ("date", "published", "pubdate", "publicationdate", "datum", "day"),
    "source": ("source", "outlet", "newspaper", "publication", "medium", "quelle"),
    "annotator": (),
}

_LOOKED_AT = 10
"""How many lines at the beginning of a text decide whether it is a table."""

_BETWEEN = [re.compile(rf"(?<=\S){mark}(?=\S)") for mark in "\t;,"]
"""What separates two cells and is rare in prose."""

Row = tuple[int, dict[str, str]]


def table(path: Path, options: ReadOptions) -> Iterator[Row]:
    """Line and cells of each row, by what they hold (`text`, `id`, ...); the key of another column
    is `@` and its name. Raises InputError if it is unclear which column holds the text.
    """
    data = read_bytes(path, options.max_bytes)
    text = decode(data, path=path, encoding=options.encoding, report=options.report)
    first, _, rest = text.partition("\n")
    divider = ""
    # This line is Excel's own; a program that saves the table fills it up with empty cells.
    if own := re.fullmatch(r'(?i)"?sep=(.)\1*"?\r?', first):
        divider, text = own[1], rest
    csv.field_size_limit(max(options.max_bytes, 131_072))
    rows = _cells(text, divider or _divider(path, text), options, 1 if divider else 0)
    yield from _rows(rows, path, options)


def _cells(
    text: str, divider: str, options: ReadOptions, skipped: int
) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of each row. If a quotation mark makes a row invalid, the row ends with its
    line: with tabs, its cells are taken as they are; otherwise it is left out."""
    lines = io.StringIO(text, newline="").readlines()
    at = 0
    while at < len(lines):
        rows = csv.reader(islice(lines, at, None), delimiter=divider, strict=True)
        begin = at
        try:
            for cells in rows:
                yield begin + 1 + skipped, cells
                begin = at + rows.line_num
            return
        except csv.Error as error:
            if divider == "\t":
                yield begin + 1 + skipped, lines[begin].rstrip("\r\n").split(divider)
            else:
                message = f"{error}; a quotation mark is not closed, or is inside a cell"
                options.report.left_out("rows that are broken", message, line=begin + 1 + skipped)
            at = begin + 1


def _rows(rows: Iterator[tuple[int, list[str]]], path: Path, options: ReadOptions) -> Iterator[Row]:
    header: list[str] | None = None
    chosen: dict[int, str] = {}
    for line, cells in rows:
        options.report.here = line
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header, chosen = _header(cells, path, options)
            names = _distinct([chosen.get(i, f"@{name}") for i, name in enumerate(header)])
            if header is cells:
                continue
        if cells == header:
            message = "repeats the header, as in tables that were joined"
            options.report.left_out("repeated headers", message, line=line)
            continue
        if any(cell.strip() for cell in cells[len(header) :]):
            columns = plural(len(header), "column")
            message = f"has {plural(len(cells), 'cell')}, but the table has {columns}"
            options.report.left_out("rows with too many cells", message, line=line)
            continue
        yield line, dict(zip(names, cells, strict=False))


def _divider(path: Path, text: str) -> str:
    """What separates the cells: the character that occurs most often in the first line, outside of
    quotation marks."""
    first = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").partition("\n")[0])
    usual = "\t" if ".tsv" in path.name.lower() else ","
    return (
        max((usual, "\t", ";", ",", "|"), key=first.count)
        if any(c in first for c in "\t;,|")
        else usual
    )


def _are_numbers(wanted: Collection[str], cells: Sequence[str]) -> bool:
    """Whether columns are given by number. The first row of a table without a header may well hold
    one of the numbers, such as an id."""
    if not wanted or not all(name.isdecimal() for name in wanted):
        return False
    return not all(name in cells for name in wanted)


def _numbered(wanted: Mapping[str, str], columns: int, path: Path) -> dict[int, str]:
    """For columns that are given by number: what each holds, by index."""
    for key, name in wanted.items():
        if not 1 <= int(name) <= columns:
            raise _no_column(str(int(name)), key, path, f"They are 1 to {columns}")
    return _chosen({key: int(name) - 1 for key, name in wanted.items()}, path)


WHERE = ("document", "title", "date", "coder", "status")
"""The first columns of every table that `csv.py` writes."""


def _header(cells: list[str], path: Path, options: ReadOptions) -> tuple[list[str], dict[int, str]]:
    """The names of the columns, and what the known ones hold, by index. If the columns are given by
    number, the table has no header."""
    wanted = options.columns or {
        k: v for k, v in options.settings.items() if k in _NAMES and isinstance(v, str)
    }
    if _are_numbers(wanted.values(), cells):
        return [f"column {i + 1}" for i in range(len(cells))], _numbered(wanted, len(cells), path)
    given: dict[str, int] = {}
    for key, name in wanted.items():
        index = _named(name, cells)
        if index is None:
            raise _no_column(name, key, path, f"The columns are {', '.join(cells)}")
        given[key] = index
    chosen = _chosen(given, path)
    _recognise(chosen, wanted, cells)
    _note_rivals(chosen, wanted, cells, options)
    if "text" not in chosen.values() and tuple(cells[: len(WHERE)]) == WHERE:
        message = "is a table of annotations that `annotator export csv` wrote, without the texts"
        hint = "Import what `annotator export jsonl` writes: it holds everything"
        raise InputError(message, file=path, hint=hint)
    if "text" not in chosen.values():
        raise InputError(
            "it is unclear which column holds the text",
            file=path,
            line=1,
            hint=(
                "Say which one: --columns text=NAME (or a number, if there is no header). "
                f"The first row is {', '.join(cells)}"
            ),
        )
    return cells, chosen


def _recognise(chosen: dict[int, str], wanted: Collection[str], cells: Sequence[str]) -> None:
    """Recognise other columns by their usual names, unless the user names a column for the same
    content."""
    folded = [re.sub(r"[^a-z]", "", cell.casefold()) for cell in cells]
    for key, names in _NAMES.items():
        places = (folded.index(name) for name in names if name in folded)
        found = next((place for place in places if place not in chosen), None)
        if key not in wanted and found is not None:
            chosen[found] = key


def _note_rivals(
    chosen: Mapping[int, str],
    wanted: Collection[str],
    cells: Sequence[str],
    options: ReadOptions,
) -> None:
    """Say which column holds the text if others have names for it too."""
    at = next((i for i, key in chosen.items() if key == "text"), None)
    folded = [re.sub(r"[^a-z]", "", cell.casefold()) for cell in cells]
    others = [i for i, name in enumerate(folded) if name in _NAMES["text"] and i not in chosen]
    if at is not None and others and "text" not in wanted:
        names = enumerated([f"{i + 1} ({cells[i]})" for i in others])
        message = (
            f"column {at + 1} ({cells[at]}) is read as the text; {names} could be it too, and "
            "stays in the metadata. To choose, use --columns text=NAME"
        )
        options.report.note("columns that could be the text", message, line=1)


def _chosen(given: Mapping[str, int], path: Path) -> dict[int, str]:
    """For columns that the user names: what each holds, by index."""
    chosen: dict[int, str] = {}
    for key, index in given.items():
        if index in chosen:
            raise InputError(
                f"{chosen[index]} and {key} are the same column",
                file=path,
                line=1,
                key=key,
                hint="Name another column for one of them, or leave one out",
            )
        chosen[index] = key
    return chosen


def _no_column(name: str, key: str, path: Path, hint: str) -> InputError:
    return InputError(f"there is no column “{name}”", file=path, line=1, key=key, hint=hint)


def _distinct(names: Sequence[str]) -> list[str]:
    """The names; one that appeared before gets a number."""
    out: list[str] = []
    for name in names:
        numbers = (f"{name} {number}" for number in count(2))
        out.append(next(n for n in chain([name], numbers) if n not in out))
    return out


def looks_like_table(text: str) -> bool:
    """Whether a text begins with the names of columns, or its first lines have the same number of
    tabs, or of semicolons or commas without a space after them."""
    lines = [line for line in text.split("\n", _LOOKED_AT)[:_LOOKED_AT] if line.strip()]
    if len(lines) < 2:
        return False
    header = [re.sub(r"[^a-z]", "", cell.casefold()) for cell in re.split(r"[\t;,|]", lines[0])]
    if len(header) > 1 and any(name in header for name in _NAMES["text"]):
        return True
    counts = ({len(between.findall(line)) for line in lines} for between in _BETWEEN)
    return any(len(found) == 1 and min(found) > 0 for found in counts)


def _named(name: str, cells: Sequence[str]) -> int | None:
    folded = [cell.strip().casefold() for cell in cells]
    return folded.index(name.strip().casefold()) if name.strip().casefold() in folded else None


__all__ = ["WHERE", "looks_like_table", "table"]
