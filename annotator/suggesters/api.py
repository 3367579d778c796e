"""The family of suggesters: what proposes annotations for a paragraph.

A member's module has one function, `create`. Importing the module must be cheap, so heavy imports
such as spaCy belong in `create`. A suggester proposes only layers and labels of its schema, with
scores in [0, 1] and a one-line reason. It handles one paragraph at a time but may look at the whole
document.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, Protocol

from annotator.model.content_ids import relation_id, span_id
from annotator.model.decision import Suggestion
from annotator.model.memory import Memory
from annotator.model.schema import LabelSchema
from annotator.model.text import Document, Paragraph


class Suggester(Protocol):
    """What `create` returns. `name` and `version` are stored with every suggestion."""

    name: str
    version: str

    def suggest(self, document: Document, paragraph: Paragraph) -> list[Suggestion]:
        """Proposals for a paragraph; offsets are code points of the document's text."""
        ...


class SuggesterModule(Protocol):
    """A member of the family: a module with this function."""

    def create(
        self, *, schema: LabelSchema, config: Mapping[str, Any], memory: Memory
    ) -> Suggester:
        """The suggester for a schema. `config` is the project's table `[suggester.<name>]`,
        `memory` the decisions so far. Raises SuggesterError if it cannot work."""
        ...


CERTAIN = "certain."
"""The beginning of the `rule` of a suggestion that no learner outvotes: an exact match of a table,
a registered name, or an example in the guidelines."""


_SECRET = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD)S?$", re.IGNORECASE)


def redacted(text: str) -> str:
    """The text without the keys, tokens, secrets and passwords in the environment."""
    for name, value in os.environ.items():
        if _SECRET.search(name) and len(value) >= 6:
            text = text.replace(value, "…")
    return text


def name_goes_on(text: str, start: int, end: int) -> bool:
    """Whether a capitalized stretch of a text seems to belong to a longer name (`West` in `West
    Asia`)."""
    if not text[start : start + 1].isupper():
        return False
    after = text[end : end + 2]
    before = text[max(0, start - 2) : start]
    joined = len(after) == 2 and after[0] in " -–" and after[1].isupper()
    return joined or (len(before) == 2 and before[1] in "-–" and before[0].isalpha())


def bracketed(example: str) -> tuple[str, list[tuple[int, int]]]:
    """An example of a guideline as plain text, and the stretches `[start, end)` in [brackets]."""
    text, spans, begun = "", [], -1
    for sign in example:
        if sign == "[":
            begun = len(text)
        elif sign == "]" and begun >= 0:
            spans.append((begun, len(text)))
            begun = -1
        else:
            text += sign
    return text, spans


__all__ = [
    "CERTAIN",
    "Suggester",
    "SuggesterModule",
    "bracketed",
    "name_goes_on",
    "redacted",
    "relation_id",
    "span_id",
]
