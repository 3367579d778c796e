"""The family of suggesters: what proposes annotations for a paragraph.

A member's module has one function, `create`. Importing the module must be cheap (no spaCy): what is heavy
is imported in `create`. A suggester proposes only layers and labels that its schema has, with scores in
[0, 1] and a one-line reason. It reads one paragraph at a time but may look at the whole document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from annotator.model.content_ids import relation_id, span_id
from annotator.model.decision import Suggestion
from annotator.model.memory import Memory
from annotator.model.schema import LabelSchema
from annotator.model.text import Document, Paragraph


class Suggester(Protocol):
    """What `create` gives. `name` and `version` are stored with every suggestion."""

    name: str
    version: str

    def suggest(self, document: Document, paragraph: Paragraph) -> list[Suggestion]:
        """Proposals for a paragraph; offsets are code points of the document's text."""
        ...


class SuggesterModule(Protocol):
    """What a member of the family is: a module with this function."""

    def create(self, *, schema: LabelSchema, config: Mapping[str, Any], memory: Memory) -> Suggester:
        """The suggester for a schema; `config` is the project's table `[suggester.<name>]`, `memory` what was decided
        so far. Raises SuggesterError when it cannot work."""
        ...


__all__ = ["Suggester", "SuggesterModule", "relation_id", "span_id"]
