"""Markdown: the text without its markup; front matter becomes metadata. Pieces of HTML and lines of
front matter that are not understood are left out and reported.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from annotator.errors import InputError
from annotator.formats._reading import Entry, Identity, ReadOptions, decode, document_id, read_bytes
from annotator.formats._report import ReadReport, shown
from annotator.model.text import plural

summary = "Markdown, its text without marks (in)"
extensions = (".md", ".markdown")

_FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?\r?\n)?(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\A\+\+\+[ \t]*\r?\n(.*?\r?\n)?\+\+\+[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_KEY = re.compile(r"([A-Za-z][\w -]*?)[ \t]*:(?:[ \t]+(.*?))?[ \t]*")
_MEMBER = re.compile(r"[ \t]*-[ \t]+(.+?)[ \t]*")
_BLOCK = re.compile(r"[>|][+-]?")
"""What announces a text on the next lines."""
_MARK = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The document of a file, with a blank line between its blocks."""
    data = read_bytes(path, options.max_bytes)
    source = decode(data, path=path, encoding=options.encoding, report=options.report)
    meta, begin = _front_matter(source, options.report)
    line = source.count("\n", 0, begin) + 1
    text = _plain_text(source[begin:], options.report, line)
    if not text.strip():
        raise InputError("holds no text", file=path, hint="There is nothing to annotate in it")
    entry: dict[str, Any] = {"text": text}
    if isinstance(meta.get("title"), str):
        entry["title"] = meta.pop("title")
    entry["meta"] = meta
    id = options.prefix or document_id(path)
    yield Entry(entry, id, work=options.empty_is_done, identity=Identity.NAME)


def _front_matter(source: str, report: ReadReport) -> tuple[dict[str, Any], int]:
    """The values of the front matter, in YAML or TOML, and where the text begins."""
    if (found := _TOML.match(source)) is not None:
        try:
            values = tomllib.loads(found[1] or "")
        except tomllib.TOMLDecodeError as error:
            report.left_out("front matter", f"the front matter is not valid TOML: {error}", line=1)
            values = {}
        return _texts(values), found.end()
    found = _FRONT.match(source)
    lines = (found[1] or "").splitlines() if found is not None else []
    first = next((one for one in lines if one.strip() and not one.startswith("#")), "")
    # Two rules with prose between them are not front matter.
    if found is None or (first and not _KEY.fullmatch(first)):
        return {}, 0
    return _pairs(lines, report), found.end()


def _texts(value: Any) -> Any:
    """A value of TOML as JSON has it: dates and times as texts."""
    if isinstance(value, dict):
        return {key: _texts(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_texts(one) for one in value]
    return value if isinstance(value, str | bool | int | float) else str(value)


def _pairs(lines: Sequence[str], report: ReadReport) -> dict[str, Any]:
    """The pairs of YAML front matter: texts, which may continue in indented lines, and lists."""
    meta: dict[str, Any] = {}
    key = ""
    for number, line in enumerate(lines, 2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if pair := _KEY.fullmatch(line):
            key = pair[1]
            if pair[2]:
                meta[key] = pair[2].strip("\"'")
        elif (member := _MEMBER.fullmatch(line)) and isinstance(meta.get(key, []), list):
            meta.setdefault(key, []).append(member[1].strip("\"'"))
        elif line[0].isspace() and isinstance(before := meta.get(key), str):
            before = "" if _BLOCK.fullmatch(before) else before
            meta[key] = f"{before} {line.strip()}".strip()
        else:
            message = f"{shown(line)} is neither KEY: VALUE nor a member of a list"
            report.left_out("lines of front matter", message, line=number)
    return meta


def _plain_text(source: str, report: ReadReport, first: int) -> str:
    """The blocks of a Markdown text without markup; comments and rules have no words. `first` is
    the line in which the source begins."""
    from markdown_it import MarkdownIt

    blocks: list[str] = []
    pictures = 0
    for token in MarkdownIt("commonmark").enable("table").parse(source):
        if token.type == "inline":
            children = token.children or []
            pictures += sum(one.type == "image" for one in children)
            blocks.append("".join(_words(children)).strip())
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content.strip("\n"))
        elif token.type == "html_block" and (words := _MARK.sub(" ", token.content).strip()):
            line = first + token.map[0] if token.map else 0
            message = f"a piece of HTML is not read: {shown(words)}"
            report.left_out("pieces of HTML", message, line=line)
    if pictures:
        report.note("pictures", f"{plural(pictures, 'picture')} without a place in the text")
    return "\n\n".join(block for block in blocks if block)


def _words(tokens: list[Any]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("text", "code_inline", "text_special"):
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n"
