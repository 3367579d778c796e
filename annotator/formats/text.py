"""Plain text: one document a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from annotator.errors import InputError
from annotator.formats._reading import Entry, Identity, ReadOptions, decode, document_id, read_bytes
from annotator.formats._table import looks_like_table

summary = "plain text, one document a file (in)"
extensions = (".txt", ".text")

_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


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
    other = "html" if _PAGE.match(text) else "csv" if looks_like_table(text) else ""
    if other:
        what = "a web page" if other == "html" else "a table"
        message = f"looks like {what} and is read as plain text; --format {other} reads it as one"
        options.report.note("texts that look like something else", message)
    id = options.prefix or document_id(path)
    yield Entry({"text": text}, id, work=options.empty_is_done, identity=Identity.NAME)
