"""PDF files: the text that pypdf finds, in the order of the file. A PDF does not mark paragraphs,
so their ends are guessed, which is reported. Some files hold a page of two columns line by line
across both; such columns are read one after the other, which is reported too."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import Any

from annotator.errors import InputError
from annotator.formats._extras import extra
from annotator.formats._reading import Entry, Identity, ReadOptions, checked_file, document_id
from annotator.model.text import first_of

summary = "PDF files, their text, paragraphs guessed (in; extra pdf)"
extensions = (".pdf",)

_SHORT = 0.75
"""A line that ends a sentence and is shorter than this share of the longest ends a paragraph."""

_SAME = 3.0
"""Points by which places differ at most that are the same."""

_LINES = 4
"""Lines across both columns that a page has at least, if it is in columns."""

_MOST = 0.7
"""The share of the pieces of such a page that are in lines across both columns."""

_WORDS = 15
"""Characters that a line of a column has on average; the cells of tables are shorter."""


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The document of a file."""
    pypdf = extra("pypdf", name="pdf", file=path)
    checked_file(path)
    try:
        with _complaints() as complaints:
            reader = pypdf.PdfReader(path)
            if reader.is_encrypted and not reader.decrypt(""):
                hint = "Save it without one"
                raise InputError("is protected by a password", file=path, hint=hint)
            pages, in_columns = _pages(reader)
            title = str(reader.metadata.title or "").strip() if reader.metadata else ""
    except InputError:
        raise
    except Exception as error:  # whatever a broken file makes the library raise
        hint = "Save the text of the file as .txt"
        raise InputError(f"is a PDF that cannot be read: {error}", file=path, hint=hint) from error
    paragraphs = guessed("\n".join(pages).split("\n"))
    if not paragraphs:
        hint = "It may be a scan; run text recognition (OCR) on it first"
        raise InputError("is a PDF without text", file=path, hint=hint)
    options.report.note(
        "PDF files", "PDF files do not mark paragraphs, so their ends are guessed. Check them"
    )
    if in_columns:
        message = (
            f"page {first_of(in_columns)} holds two columns line by line; they are read one after "
            "the other. If it is a table, check it"
        )
        options.report.note("columns of PDF files", message)
    if complaints:
        first = complaints[0].rstrip(".")
        message = f"the file breaks the rules of PDF ({first}); check that its text is complete"
        options.report.note("irregular PDF files", message)
    data = {"text": "\n\n".join(paragraphs)} | ({"title": title} if title else {})
    id = options.prefix or document_id(path)
    yield Entry(data, id, work=options.empty_is_done, identity=Identity.NAME)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of text on a page, where it begins, in points from the lower left corner."""

    x: float
    y: float
    text: str


def _pages(reader: Any) -> tuple[list[str], list[str]]:
    """The text of each page, and the numbers of the pages whose columns were put in order."""
    pages: list[str] = []
    in_columns: list[str] = []
    for number, page in enumerate(reader.pages, 1):
        pieces: list[_Piece] = []

        def seen(text: str, cm: Any, tm: Any, *_: object, pieces: list[_Piece] = pieces) -> None:
            if text.strip():
                x, y = tm[4], tm[5]
                place = x * cm[0] + y * cm[2] + cm[4], x * cm[1] + y * cm[3] + cm[5]
                pieces.append(_Piece(*place, text.strip()))

        text = page.extract_text(visitor_text=seen) or ""
        ordered = by_columns(pieces)
        if ordered is not None:
            text = "\n".join([piece.text for piece in ordered])
            in_columns.append(str(number))
        pages.append(text)
    return pages, in_columns


def by_columns(pieces: Sequence[_Piece]) -> list[_Piece] | None:
    """The pieces of a page in the order in which two columns are read, if the file holds them line
    by line across both. None if it does not, as far as can be seen: most pieces have a neighbour on
    their line, all right ones begin at the same place, and both columns have lines of words."""
    pairs = [
        i
        for i, (one, other) in enumerate(pairwise(pieces))
        if abs(one.y - other.y) <= _SAME and other.x > one.x
    ]
    if len(pairs) < _LINES or 2 * len(pairs) < _MOST * len(pieces):
        return None
    middle = median([pieces[i + 1].x for i in pairs])
    begins = sum(abs(pieces[i + 1].x - middle) <= _SAME for i in pairs)
    shortest = min(mean(len(pieces[i + side].text) for i in pairs) for side in (0, 1))
    if begins < _MOST * len(pairs) or shortest < _WORDS:
        return None
    first, end = pairs[0], pairs[-1] + 2
    columns = sorted(pieces[first:end], key=lambda piece: piece.x > middle - _SAME)
    return [*pieces[:first], *columns, *pieces[end:]]


class _Kept(logging.Handler):
    """Collects messages."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__()
        self.messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """The messages that pypdf logs inside the block; they do not reach the terminal."""
    logger, found = logging.getLogger("pypdf"), list[str]()
    handler, before = _Kept(found), logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield found
    finally:
        logger.removeHandler(handler)
        logger.propagate = before


def guessed(lines: list[str]) -> list[str]:
    """Lines joined into paragraphs: a paragraph ends at a blank line, or at a short line that ends
    a sentence."""
    longest = max((len(line.strip()) for line in lines), default=0)
    out: list[str] = []
    held: list[str] = []
    for line in [*(line.strip() for line in lines), ""]:
        if line:
            held.append(line)
        if held and (not line or (line[-1] in '.!?”"’»' and len(line) < _SHORT * longest)):
            out.append(_joined(held))
            held = []
    return out


def _joined(lines: list[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        divided = text.endswith("-") and text[-2:-1].isalpha() and line[:1].islower()
        text = text[:-1] + line if divided else f"{text} {line}"
    return text
