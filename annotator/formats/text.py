"""Plain text: one document a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from annotator.errors import InputError
from annotator.formats._json import first_object
from annotator.formats._reading import Entry, Identity, ReadOptions, decode, document_id, read_bytes
from annotator.formats._table import looks_like_table

summary = "plain text, one document a file (in)"
extensions = (".txt", ".text")

_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)

_TAGGED = re.compile(
    r"(?:#[^\n]*\n+)*(?:\S+[\t ](?:[^\n]*[\t ])?(?:[BIES]-[\w.-]+|O)[\t ]*\r?(?:\n+|\Z)){3}"
)
"""The first lines of a CoNLL table: comments, and tokens with their labels."""


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The document in a file; its text is kept exactly, line ends included."""
    data = read_bytes(path, options.max_bytes)
    text = decode(data, path=path, encoding=options.encoding, report=options.report)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        hint = "Only text can be annotated; convert the file"
        raise InputError("contains a NUL character", file=path, line=line, hint=hint)
    if not text.strip():
        raise InputError(
            "holds only white space", file=path, hint="There is nothing to annotate in it"
        )
    if message := _looks_like(text, path, options):
        options.report.note("texts that look like something else", message)
    id = options.prefix or document_id(path)
    yield Entry({"text": text}, id, work=options.empty_is_done, identity=Identity.NAME)


def _looks_like(text: str, path: Path, options: ReadOptions) -> str:
    """The remark on a text that looks like something else; empty if it does not."""
    read = "and is read as plain text"
    if _PAGE.match(text):
        return f"looks like a web page {read}; --format html reads it as one"
    if text.lstrip().startswith("<?xml"):
        return (
            f"looks like XML {read}, with its marks; convert it, or name its format with --format"
        )
    if text.lstrip()[:1] in ("{", "[") and first_object(path, options.max_bytes, options.encoding):
        return f"looks like JSON {read}; name its format with --format, such as jsonl"
    if _TAGGED.match(text):
        return (
            f"looks like tokens with BIO labels {read}, which no format reads; convert it to jsonl"
        )
    if looks_like_table(text):
        return f"looks like a table {read}; --format csv reads it as one"
    beside = path.with_suffix(".ann")
    if beside.is_file():
        return f"read without {beside.name} beside it; import {beside.name} to read its annotations"
    return ""
