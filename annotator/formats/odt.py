"""OpenDocument texts: paragraphs and headings, with a blank line between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from annotator.errors import InputError
from annotator.formats._archive import opened
from annotator.formats._door import number
from annotator.formats._reading import Entry, Identity, ReadOptions, document_id
from annotator.formats._xml import tree
from annotator.model.text import plural

summary = "OpenDocument texts (in)"
extensions = (".odt",)

_SKIPPED = {"note", "annotation", "tracked-changes", "annotation-end"}
_BESIDE = {"note": "note", "annotation": "comment", "image": "picture", "deletion": "deletion"}
"""What is not read, by the names of elements."""

_BLANKS = 1000
"""The most blanks that one element stands for."""


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The document of a file. Notes, comments and deleted text are not read."""
    hint = "Open it in a word processor and save it as .odt again"
    with opened(path, options.max_bytes, "an OpenDocument text") as archive:
        content = archive.read("content.xml")
    try:
        root = tree(content)
    except ValueError as error:
        raise InputError(
            f"cannot be read as an OpenDocument text: {error}", file=path, hint=hint
        ) from error
    paragraphs = [text for element in _blocks(root) if (text := "".join(_words(element)).strip())]
    if not paragraphs:
        raise InputError("holds no text", file=path, hint="There is nothing to annotate in it")
    beside = Counter(_BESIDE[one.tag] for one in root.iter() if one.tag in _BESIDE)
    for name, count in sorted(beside.items()):
        options.report.note(name, f"not read: {plural(count, name)}")
    id = options.prefix or document_id(path)
    text = "\n\n".join(paragraphs)
    yield Entry({"text": text}, id, work=options.empty_is_done, identity=Identity.NAME)


def _blocks(element: Element) -> Iterator[Element]:
    for child in element:
        if child.tag in ("p", "h"):
            yield child
        elif child.tag not in _SKIPPED:
            yield from _blocks(child)


def _words(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == "s":
            yield " " * min(number(child.get("c", "1")) or 1, _BLANKS)
        elif child.tag == "tab":
            yield "\t"
        elif child.tag == "line-break":
            yield "\n"
        elif child.tag not in _SKIPPED:
            yield from _words(child)
        yield child.tail or ""
