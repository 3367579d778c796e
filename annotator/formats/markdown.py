"""Markdown: the text without its markup; front matter becomes metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotator.errors import InputError
from annotator.formats._reading import Entry, Identity, ReadOptions, decode, document_id, read_bytes

summary = "Markdown, its text without marks (in)"
extensions = (".md", ".markdown")

_FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?\r?\n)?(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_PAIR = re.compile(r"([A-Za-z][\w-]*)\s*:\s*(.+?)\s*\Z")


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The document of a file, with a blank line between its blocks."""
    data = read_bytes(path, options.max_bytes)
    source = decode(data, path=path, encoding=options.encoding, report=options.report)
    front = _FRONT.match(source)
    meta = dict(_pairs(front[1] or "")) if front else {}
    text = plain_text(source[front.end() :] if front else source)
    if not text.strip():
        raise InputError("holds no text", file=path, hint="There is nothing to annotate in it")
    entry: dict[str, Any] = {"text": text}
    if title := meta.pop("title", None):
        entry["title"] = title
    entry["meta"] = meta
    id = options.prefix or document_id(path)
    yield Entry(entry, id, work=options.empty_is_done, identity=Identity.NAME)


def _pairs(front: str) -> Iterator[tuple[str, str]]:
    """The single-line pairs of YAML front matter."""
    for line in front.splitlines():
        if found := _PAIR.fullmatch(line):
            yield found[1], found[2].strip("\"'")


def plain_text(source: str) -> str:
    """The blocks of a Markdown text without markup; comments, images and rules have no words."""
    from markdown_it import MarkdownIt

    blocks: list[str] = []
    for token in MarkdownIt("commonmark").enable("table").parse(source):
        if token.type == "inline":
            blocks.append("".join(_words(token.children or [])).strip())
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content.strip("\n"))
    return "\n\n".join(block for block in blocks if block)


def _words(tokens: list[Any]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "code_inline", "text_special"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n"
