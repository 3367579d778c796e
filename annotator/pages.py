"""The pages of documentation that travel with the program: `docs/*.md`, one topic per file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from annotator.errors import UsageError

FOLDER = Path(__file__).resolve().parent / "docs"
INDEX = "index"
"""The topic that is the front page of the site; it lists the others."""

_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Page:
    """A topic. `title` is its heading, `summary` the paragraph below
    it, `text` all of it as Markdown."""

    topic: str
    title: str
    summary: str
    text: str


def topics() -> tuple[str, ...]:
    """All topics but the index, sorted."""
    return tuple(sorted(file.stem for file in FOLDER.glob("*.md") if file.stem != INDEX))


def page(topic: str) -> Page:
    """The page of a topic, without comments and pictures.

    Raises UsageError if there is no such topic.
    """
    if topic not in (INDEX, *topics()):
        raise UsageError(
            f"there is no page about “{topic}”", hint=f"The topics are {', '.join(topics())}"
        )
    text = (FOLDER / f"{topic}.md").read_text(encoding="utf-8")
    text = _PICTURE.sub("", _COMMENT.sub("", text)).replace("\n\n\n", "\n\n").strip() + "\n"
    head, summary, *_ = text.split("\n\n")
    return Page(topic, head.removeprefix("# "), summary.replace("\n", " "), text)


__all__ = ["FOLDER", "INDEX", "Page", "page", "topics"]
