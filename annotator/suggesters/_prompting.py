"""The prompt for a language model, and how its answer is read: pure functions, without any
model."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any
from unicodedata import category

from annotator.model.schema import Guideline, LabelSchema
from annotator.model.span import AUTHOR

_NAMES = ("entity", "concept")
NAMES = 30
"""The most names of the codebook in a prompt, the nearest first."""
_ALIKE = 0.9
"""The least likeness, in [0, 1], at which a stretch of the paragraph counts as the quote."""
_WORD = re.compile(r"\w+")

_NUMBER, _TEXT = {"type": "integer"}, {"type": "string"}


def _list_of(properties: Mapping[str, Any], *, required: list[str]) -> dict[str, Any]:
    """The JSON schema of a list of objects."""
    item = {"type": "object", "properties": properties, "required": required}
    return {"type": "array", "items": item}


ANSWER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "spans": _list_of(
            {
                "id": _NUMBER,
                "layer": _TEXT,
                "label": _TEXT,
                "quote": _TEXT,
                "entity": _TEXT,
                "concept": _TEXT,
            },
            required=["id", "layer", "label", "quote"],
        ),
        "relations": _list_of(
            {
                "layer": _TEXT,
                "label": _TEXT,
                "source": {"type": ["integer", "string"]},
                "target": _NUMBER,
            },
            required=["layer", "label", "source", "target"],
        ),
    },
    "required": ["spans", "relations"],
}
"""The JSON schema of an answer."""


@dataclass(frozen=True)
class ModelPrompt:
    """The prompt: the label schema in words, with names in use (entities and concepts) and a few
    finished paragraphs, each as text and answer."""

    schema: LabelSchema
    entities: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    examples: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @cached_property
    def system(self) -> str:
        """The part that is the same for all paragraphs."""
        parts = [
            "You annotate a paragraph of a newspaper editorial. Follow these guidelines.",
            self.schema.description,
        ]
        for layer in self.schema.layers:
            ends = (
                f" from {', '.join(layer.sources)} to {', '.join(layer.targets)}"
                if layer.kind == "relation"
                else ""
            )
            parts.append(
                f"## {layer.kind} layer {layer.name}{ends}\n{_guideline_in_words(layer.guideline)}"
            )
            parts += [
                f"### label {label.name}\n{_guideline_in_words(label.guideline)}"
                for label in layer.labels
            ]
            for one in layer.attributes:
                values = f": one of {', '.join(one.values)}" if one.values else f" ({one.type})"
                parts += (
                    [f"attribute {one.name}{values}"] if one.values or one.type in _NAMES else []
                )
        for text, answer in self.examples:
            parts.append(f"## finished paragraph\n{text}\n{json.dumps(answer, ensure_ascii=False)}")
        parts.append(
            'Answer with one JSON object and nothing else: {"spans": [{"id": 1, "layer": ..., '
            '"label": ..., "quote": ..., and attributes}], "relations": [{"layer": ..., '
            f'"label": ..., "source": id of a span or "{AUTHOR}", "target": id of a span}}]}}. '
            "A quote is copied from the paragraph, character by character."
        )
        return "\n\n".join(part for part in parts if part.strip())

    def question(self, title: str, text: str) -> str:
        """The part about one paragraph: names near to it, its title and text."""
        parts = []
        for noun, names in (("entities", self.entities), ("concepts", self.concepts)):
            near = nearest(names, text)
            parts += [f"Known {noun}: {'; '.join(near)}"] if near else []
        parts += [f"Title: {title}"] if title else []
        return "\n".join([*parts, "Paragraph:", text])

    @cached_property
    def hash(self) -> str:
        """The hash of everything that is the same for all paragraphs."""
        return hashlib.sha256(self.system.encode("utf-8", "surrogatepass")).hexdigest()


def _guideline_in_words(guideline: Guideline) -> str:
    parts = [guideline.definition.strip()]
    for noun, lines in (
        ("include", guideline.include),
        ("exclude", guideline.exclude),
        ("examples", guideline.examples),
    ):
        parts += [f"{noun}: {' | '.join(lines)}"] if lines else []
    return "\n".join(part for part in parts if part)


def nearest(names: Sequence[str], text: str) -> list[str]:
    """The names that share words with a text, those that share the most first; at most `NAMES`."""
    words = {word.lower() for word in _WORD.findall(text)}
    shared = {
        name: sum(word.lower() in words for word in _WORD.findall(name) if len(word) > 2)
        for name in names
    }
    return sorted((name for name in names if shared[name]), key=lambda name: (-shared[name], name))[
        :NAMES
    ]


def parse_answer(text: str) -> Mapping[str, Any] | None:
    """The JSON object in a model's answer, with or without a code fence; None for anything else,
    such as a refusal or an answer that was cut off."""
    begin, end = text.find("{"), text.rfind("}")
    if begin < 0 or end < begin:
        return None
    try:
        answer = json.loads(text[begin : end + 1])
    except (ValueError, RecursionError):
        return None
    fits = isinstance(answer, dict) and isinstance(answer.get("spans"), list)
    return answer if fits and isinstance(answer.get("relations", []), list) else None


def found_in(text: str, quote: str, after: int) -> tuple[int, int] | None:
    """The place `[start, end)` of a quote in a text from an offset on: an exact match, or else one
    that ignores case, white space and the form of quotation marks, or else the stretch of as many
    words that is similar enough; None if there is none."""
    quote = quote.strip()
    if not quote:
        return None
    at = text.find(quote, after)
    if at >= 0:
        return at, at + len(quote)
    loose = re.compile(r"\s+".join(map(_loosely, quote.split())), re.IGNORECASE)
    match = loose.search(text, after)
    return match.span() if match is not None else _alike(text, quote, after)


def name_of(value: object) -> str | None:
    """A name in an answer, on one line; None if the value cannot be a name: if it is only white
    space, contains a character that no terminal can show or no file can hold, or has more than
    `LONGEST` characters."""
    name = " ".join(value.split()) if isinstance(value, str) else ""
    hidden = any(category(sign) in _UNSEEN for sign in name)
    return None if not name or hidden or len(name) > LONGEST else name


LONGEST = 300
"""The most signs of a name that a model gives."""
_UNSEEN = ("Cc", "Cs")
"""Control characters and halves of characters."""


def _loosely(word: str) -> str:
    return "".join("[’'‘]" if c in "’'‘" else '[“”"]' if c in '“”"' else re.escape(c) for c in word)


def _alike(text: str, quote: str, after: int) -> tuple[int, int] | None:
    words = [match.span() for match in re.finditer(r"\S+", text) if match.start() >= after]
    count = len(quote.split())
    best, place = _ALIKE, None
    for size in {max(1, count - 1), count, count + 1}:
        for i in range(len(words) - size + 1):
            start, end = words[i][0], words[i + size - 1][1]
            likeness = SequenceMatcher(
                None, text[start:end].lower(), quote.lower(), autojunk=False
            ).ratio()
            if likeness > best:
                best, place = likeness, (start, end)
    return place


__all__ = ["ANSWER", "NAMES", "ModelPrompt", "found_in", "name_of", "nearest", "parse_answer"]
