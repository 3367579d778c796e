"""Word documents: mammoth reads their text; a blank line separates paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from annotator.errors import InputError
from annotator.formats._archive import opened
from annotator.formats._extras import extra
from annotator.formats._reading import Entry, Identity, ReadOptions, document_id

summary = "Word documents, their text (in; extra docx)"
extensions = (".docx",)


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The document of a file. Formatting, pictures and comments are not read."""
    mammoth = extra("mammoth", name="docx", file=path)
    with opened(path, options.max_bytes, "a Word document") as archive:
        for name in archive.names:
            if name.endswith((".xml", ".rels")):
                archive.read(
                    name
                )  # The library unpacks without bounds; this finds what is too large first.
    try:
        with path.open("rb") as file:
            found = mammoth.extract_raw_text(file)
    except Exception as error:  # whatever a broken archive makes the library raise
        hint = "Open it in a word processor and save it as .docx again"
        raise InputError(
            f"cannot be read as a Word document: {error}", file=path, hint=hint
        ) from error
    text = found.value.strip("\n")
    if not text.strip():
        raise InputError("holds no text", file=path, hint="There is nothing to annotate in it")
    for message in found.messages:
        options.report.note("parts that are not read", str(getattr(message, "message", message)))
    id = options.prefix or document_id(path)
    yield Entry({"text": text}, id, work=options.empty_is_done, identity=Identity.NAME)
