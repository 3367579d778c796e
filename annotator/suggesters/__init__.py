"""The family of suggesters: what proposes annotations for a paragraph.

A member's module has one function:

    create(*, schema: LabelSchema, config: Mapping[str, Any], memory: Memory) -> Suggester

`config` is the project's table `[suggester.<name>]`. Importing the module must be cheap (no spaCy); what is
heavy is imported in `create`. A suggester proposes only layers and labels that `schema` has, with scores in
[0, 1] and a one-line reason. It reads one paragraph at a time but may look at the whole document.
"""

from __future__ import annotations

from typing import Protocol

from annotator.model.decision import Suggestion
from annotator.model.text import Document, Paragraph


class Suggester(Protocol):
    """What `create` gives: stored with every suggestion are `name` and `version`."""

    name: str
    version: str

    def suggest(self, document: Document, paragraph: Paragraph) -> list[Suggestion]:
        """Proposals for a paragraph; offsets are those of the document's text."""
        ...


__all__ = ["Suggester"]
