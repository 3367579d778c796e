"""Plain text: one document a file."""

from __future__ import annotations

from pathlib import Path

from annotator.errors import InputError
from annotator.formats._shared import Batch, ReadOptions, decode, document_id, read_bytes
from annotator.model.text import Document, split_paragraphs, title_of

summary = "plain text, one document a file (in)"
extensions = (".txt", ".text", ".md")


def read(path: Path, options: ReadOptions) -> Batch:
    """The document in a file; its text is kept exactly, line ends included."""
    batch = Batch()
    data = read_bytes(path, options.max_bytes)
    text = decode(data, path=path, encoding=options.encoding, warnings=batch.warnings)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        hint = "Only text can be annotated; convert the file"
        raise InputError("holds a NUL character", file=path, line=line, hint=hint)
    paragraphs = split_paragraphs(text, splitting=options.splitting)
    if not paragraphs:
        raise InputError("holds only white space", file=path, hint="There is nothing to annotate in it")
    if all(p.excluded for p in paragraphs):
        raise InputError(
            "holds only boilerplate lines, such as “Advertisement”",
            file=path,
            hint="There is nothing to annotate in it",
        )
    batch.documents.append(Document(document_id(path), title_of(text, paragraphs), text, paragraphs))
    return batch
