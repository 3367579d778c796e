"""The settings of a project: `annotator.toml`, every key checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotator.model.text import Splitting

FILE = "annotator.toml"


@dataclass(frozen=True, slots=True)
class Config:
    """What `annotator.toml` says; every key is optional.

    `schema` is the name of a shipped label schema or a path relative to the project folder. `keys` holds
    `preset` and overrides (command name -> key); `pipelines` and `suggester` hold the tables
    `[pipeline.NAME]` and `[suggester.NAME]`. `blind_share` in [0, 1] is the share of paragraphs that are
    annotated without suggestions; `blind_seed` chooses which ones, empty for the project's own seed.
    """

    schema: str = "actors-claims-stances"
    shared: bool = False
    splitting: Splitting = "auto"
    suggesters: tuple[str, ...] = ("rules", "memory")
    theme: str = ""
    blind_share: float = 0.0
    blind_seed: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    pipelines: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    suggester: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    table: Mapping[str, Any] = field(default_factory=dict)
    """The whole file as read."""


def read_config(path: Path) -> Config:
    """The settings in a file. Raises ProjectError, naming file and key, for the first that does not hold."""
    raise NotImplementedError
