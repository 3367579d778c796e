"""PDF files: the text that pypdf finds. A PDF does not mark paragraphs, so their ends are guessed,
which is reported."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from annotator.errors import InputError
from annotator.formats._extras import extra
from annotator.formats._reading import Entry, Identity, ReadOptions, checked_file, document_id

summary = "PDF files, their text, paragraphs guessed (in; extra pdf)"
extensions = (".pdf",)

_SHORT = 0.75
"""A line that ends a sentence and is shorter than this share of the longest ends a paragraph."""


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
            pages = [page.extract_text() or "" for page in reader.pages]
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
    if complaints:
        first = complaints[0].rstrip(".")
        message = f"the file breaks the rules of PDF ({first}); check that its text is complete"
        options.report.note("irregular PDF files", message)
    data = {"text": "\n\n".join(paragraphs)} | ({"title": title} if title else {})
    id = options.prefix or document_id(path)
    yield Entry(data, id, work=options.empty_is_done, identity=Identity.NAME)


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
