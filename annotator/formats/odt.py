"""OpenDocument texts: paragraphs and headings, a blank line between them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from annotator.errors import InputError
from annotator.formats._reading import Entry, Identity, ReadOptions, checked_file, document_id

summary = "OpenDocument texts (in)"
extensions = (".odt",)

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_SKIPPED = {
    f"{_TEXT}note",
    f"{_OFFICE}annotation",
    f"{_TEXT}tracked-changes",
    f"{_OFFICE}annotation-end",
}


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The document of a file. Notes, comments and deleted text have no place."""
    checked_file(path)
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo("content.xml")
            if info.file_size > options.max_bytes:
                hint = "Raise the limit with --max-bytes if that is meant"
                raise InputError(
                    f"its text has more than {options.max_bytes:,} bytes", file=path, hint=hint
                )
            root = ElementTree.fromstring(archive.read(info))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError) as error:
        hint = "Open it in a word processor and save it as .odt again"
        raise InputError(
            f"cannot be read as an OpenDocument text: {error}", file=path, hint=hint
        ) from error
    paragraphs = [text for element in _blocks(root) if (text := "".join(_words(element)).strip())]
    if not paragraphs:
        raise InputError("holds no text", file=path, hint="There is nothing to annotate in it")
    id = options.prefix or document_id(path)
    text = "\n\n".join(paragraphs)
    yield Entry({"text": text}, id, work=options.empty_is_done, identity=Identity.NAME)


def _blocks(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for child in element:
        if child.tag in (f"{_TEXT}p", f"{_TEXT}h"):
            yield child
        elif child.tag not in _SKIPPED:
            yield from _blocks(child)


def _words(element: ElementTree.Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s":
            yield " " * int(child.get(f"{_TEXT}c", "1"))
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif child.tag not in _SKIPPED:
            yield from _words(child)
        yield child.tail or ""
