"""Word documents: mammoth reads their text; a blank line separates paragraphs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotator.errors import InputError
from annotator.formats._archive import opened
from annotator.formats._extras import extra
from annotator.formats._reading import Entry, Identity, ReadOptions, document_id
from annotator.model.text import plural

summary = "Word documents, their text (in; extra docx)"
extensions = (".docx",)


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The document of a file. Formatting, pictures and comments are not read."""
    mammoth = extra("mammoth", name="docx", file=path)
    with opened(path, options.max_bytes, "a Word document") as archive:
        for name in archive.names:
            if name.endswith((".xml", ".rels")):
                archive.read(name)  # The library has no limits; this finds large members first.
    try:
        with path.open("rb") as file:
            found = mammoth.docx.read(file)
            beside: Counter[str] = Counter()
            text = _text(found.value, beside).strip("\n")
    except Exception as error:  # whatever a broken archive makes the library raise
        hint = "Open it in a word processor and save it as .docx again"
        raise InputError(
            f"cannot be read as a Word document: {error}", file=path, hint=hint
        ) from error
    if not text.strip():
        raise InputError("holds no text", file=path, hint="There is nothing to annotate in it")
    for message in found.messages:
        options.report.note("parts that are not read", str(getattr(message, "message", message)))
    for name, count in sorted(beside.items()):
        options.report.note(name, f"not read: {plural(count, name)}")
    id = options.prefix or document_id(path)
    yield Entry({"text": text}, id, work=options.empty_is_done, identity=Identity.NAME)


_BESIDE = {"NoteReference": "note", "CommentReference": "comment", "Image": "picture"}
"""What is not read, by the library's names for it."""


def _text(element: Any, beside: Counter[str]) -> str:
    """The text of an element, as the library's `extract_raw_text` gives it, and line breaks, which
    that drops. What is not read is counted in `beside`."""
    kind = type(element).__name__
    if kind in _BESIDE:
        beside[_BESIDE[kind]] += 1
    if kind == "Text":
        return str(element.value)
    if kind in ("Tab", "Break"):
        return "\t" if kind == "Tab" else "\n"
    inner = "".join([_text(child, beside) for child in getattr(element, "children", ())])
    return f"{inner}\n\n" if kind == "Paragraph" else inner
