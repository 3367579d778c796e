"""Web pages: trafilatura finds the main text, without menus, scripts and the rest of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotator.errors import InputError
from annotator.formats._extras import extra
from annotator.formats._reading import Entry, Identity, ReadOptions, decode, document_id, read_bytes

summary = "web pages, their main text (in; extra html)"
extensions = (".html", ".htm", ".xhtml")

_DIVIDER = re.compile(r"[|:\s-]*\|[|:\s-]*")
"""The line below the head of a table, as the library writes it."""


_META = {"author": "author", "date": "date", "sitename": "source", "url": "url"}
"""What a page states, by the library's names, and how it is called in the metadata."""


def _config() -> Any:
    """Settings that accept short texts; below its usual sizes, the library would take all text of
    the page."""
    config = extra("trafilatura.settings", name="html").use_config()
    for name in ("MIN_EXTRACTED_SIZE", "MIN_OUTPUT_SIZE"):
        config.set("DEFAULT", name, "1")
    return config


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The document of a page, one paragraph a line, with the title, author, date and site that the
    page states."""
    trafilatura = extra("trafilatura", name="html", file=path)
    data = read_bytes(path, options.max_bytes)
    page: Any = data
    if options.encoding:
        page = decode(data, path=path, encoding=options.encoding, report=options.report)
    found = trafilatura.bare_extraction(
        page, with_metadata=True, include_comments=False, config=_config()
    )
    text = (found.text or "").strip() if found is not None else ""
    if not text:
        hint = "The page may be made by scripts; save its text instead"
        raise InputError("no main text was found in the page", file=path, hint=hint)
    title = (found.title or "").strip()
    meta = {name: str(value) for key, name in _META.items() if (value := getattr(found, key, None))}
    entry: dict[str, Any] = {"text": "\n\n".join(_paragraphs(text, title)), "meta": meta}
    if title:
        entry["title"] = title
    options.report.note(
        "pages", "only the main text of the page is imported, without menus and the like"
    )
    id = options.prefix or document_id(path)
    yield Entry(entry, id, work=options.empty_is_done, identity=Identity.NAME)


def _paragraphs(text: str, title: str) -> list[str]:
    """The lines of the main text, without those below heads of tables and a title before it."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    lines = [line for line in lines if not _DIVIDER.fullmatch(line)]
    return lines[1:] if len(lines) > 1 and lines[0] == title else lines
