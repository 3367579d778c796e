"""The settings of a project: `annotator.toml`, every key checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from annotator.errors import ProjectError
from annotator.model.text import Splitting

FILE = "annotator.toml"

_TABLES = ("keys", "pipeline", "suggester", "suggestions", "format")


@dataclass(frozen=True, slots=True)
class Suggesting:
    """The table `[suggestions]`: which are shown, and when is learnt from what was decided.

    `gate` in [0, 1] is the chance below which a span is held back (0: what is expected to save keys is shown),
    `stances` that of relations. `retrain` is the number of finished paragraphs after which the project's model is
    trained anew; 0 for never. With `base` it is trained over the model that comes with the program (only where the
    label schema is the default one).
    """

    gate: float = 0.0
    stances: float = 0.8
    retrain: int = 10
    base: bool = True


@dataclass(frozen=True, slots=True)
class Config:
    """What `annotator.toml` says; every key is optional.

    `schema` is the name of a shipped label schema or a path relative to the project folder. `keys` holds
    `preset` and overrides (command name -> key); `pipelines` and `suggester` hold the tables
    `[pipeline.NAME]` and `[suggester.NAME]`, `formats` those of `[format.NAME]`: `labels` (a label of that
    program -> one of the schema, empty to leave it out), `text` (the key of the text) and `offsets`.
    `blind_share` in [0, 1] is the share of paragraphs that are annotated without suggestions; `blind_seed`
    chooses which ones, empty for the project's own seed. `reasons` are the codes that a reviewer chooses from;
    with `hide_names` review does not say who coded what. `license` is told in what is exported.
    """

    schema: str = "actors-claims-stances"
    shared: bool = False
    splitting: Splitting = "auto"
    suggesters: tuple[str, ...] = ("model", "rules", "memory")
    suggestions: Suggesting = field(default_factory=Suggesting)
    theme: str = ""
    blind_share: float = 0.0
    blind_seed: str = ""
    reasons: tuple[str, ...] = ("guideline", "bounds", "overlooked", "context", "ambiguous")
    hide_names: bool = False
    license: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    pipelines: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    suggester: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    formats: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    table: Mapping[str, Any] = field(default_factory=dict)
    """The whole file as read."""


TEMPLATE = """\
# Settings of this annotator project; every key is optional.
schema = "{schema}"          # a shipped label schema, or a TOML file beside this one
shared = {shared}            # true: several unix users work in this folder
# splitting = "auto"         # auto | blank | line: what divides paragraphs
# suggesters = ["model", "rules", "memory"]
# theme = "dark"             # dark | light | ansi
# blind_share = 0.0          # share of paragraphs annotated without suggestions; changed later: annotator suggest
# blind_seed = ""            # chooses which; empty: the project's own seed
# reasons = ["guideline", "bounds", "overlooked", "context", "ambiguous"]   # codes offered in review
# hide_names = false         # true: review does not say who coded what
# license = "CC-BY-4.0"      # told in the gold data set

# [suggestions]
# gate = 0.0                 # 0.7: fewer suggestions, fewer wrong ones, less saved
# stances = 0.8              # stances less certain than that are held back; , shows them
# retrain = 10               # finished paragraphs between two trainings; 0: never by itself
# base = true                # false: learn from this project alone, not over the shipped model

# [keys]
# preset = "default"         # default | vim | prodigy
# accept = "a"

# [format.prodigy.labels]    # what other programs' labels stand for; "" leaves one out
# PER = "actor.person"
"""
"""A new project's settings file."""


def read_config(path: Path) -> Config:
    """The settings in a file. Raises ProjectError, naming file and key, for the first that does not hold."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProjectError(f"not valid TOML: {error}", file=path, hint="Mend the line it names") from error
    except OSError as error:
        hint = "Check the permissions of the file"
        raise ProjectError(f"cannot be read: {error.strerror}", file=path, hint=hint) from error
    names = (
        "schema",
        "shared",
        "splitting",
        "suggesters",
        "theme",
        "blind_share",
        "blind_seed",
        "reasons",
        "hide_names",
        "license",
    )
    for key in table:
        if key not in (*names, *_TABLES):
            hint = f"Keys here: {', '.join((*names, *_TABLES))}"
            raise ProjectError("unknown key", file=path, key=key, hint=hint)
    given: dict[str, Any] = {name: table[name] for name in names if name in table}
    for key, value in given.items():
        _check(path, key, value)
    for key in ("suggesters", "reasons"):
        if key in given:
            given[key] = tuple(given[key])
    _check_tables(path, table)
    return Config(
        **given,
        keys=table.get("keys", {}),
        pipelines={name: _placed(path.parent, own) for name, own in table.get("pipeline", {}).items()},
        suggester=table.get("suggester", {}),
        suggestions=_suggesting(path, table.get("suggestions", {})),
        formats=table.get("format", {}),
        table=table,
    )


def _placed(root: Path, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings of a pipeline, the `path` of a file or folder as seen from the project's."""
    named = settings.get("path")
    if isinstance(named, str) and named and (there := root / Path(named).expanduser()).exists():
        return {**settings, "path": str(there.absolute())}
    return settings


def _check_tables(path: Path, table: Mapping[str, Any]) -> None:
    """Raise ProjectError when a table does not hold what it should."""
    for key in _TABLES:
        if not isinstance(table.get(key, {}), dict):
            raise ProjectError("must be a table", file=path, key=key, hint=f"Write [{key}]")
    for key, value in table.get("keys", {}).items():
        if not isinstance(value, str):
            hint = 'Such as "a" or "ctrl+z"; "" is no key'
            raise ProjectError("must be a key", file=path, key=f"keys.{key}", hint=hint)
    for name in ("pipeline", "suggester", "format"):
        for key, value in table.get(name, {}).items():
            if not isinstance(value, dict):
                raise ProjectError(
                    "must be a table", file=path, key=f"{name}.{key}", hint=f"Write [{name}.{key}]"
                )
    _check_formats(path, table.get("format", {}))


def _check_formats(path: Path, table: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise ProjectError when a table `[format.NAME]` does not hold."""
    for name, settings in table.items():
        for key, value in settings.items():
            at = f"format.{name}.{key}"
            if key == "labels":
                holds = isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
                hint = f'Write [format.{name}.labels] and lines such as PER = "actor.person"'
            elif key == "text":
                holds, hint = isinstance(value, str) and bool(value), 'Write text = "..."'
            elif key == "offsets":
                holds = value in ("code-points", "utf-16")
                hint = 'Write offsets = "code-points" or offsets = "utf-16"'
            else:
                raise ProjectError("unknown key", file=path, key=at, hint="Keys here: labels, text, offsets")
            if not holds:
                raise ProjectError(f"{value!r} does not hold", file=path, key=at, hint=hint)


def _suggesting(path: Path, table: Mapping[str, Any]) -> Suggesting:
    """The table `[suggestions]`. Raises ProjectError for what does not hold in it."""
    names = ("gate", "stances", "retrain", "base")
    for key, value in table.items():
        where = f"suggestions.{key}"
        if key not in names:
            hint = f"Keys here: {', '.join(names)}"
            raise ProjectError("unknown key", file=path, key=where, hint=hint)
        number = isinstance(value, float | int) and not isinstance(value, bool)
        if key == "base":
            holds, hint = isinstance(value, bool), "Write base = true or base = false"
        elif key == "retrain":
            holds, hint = (
                number and isinstance(value, int) and value >= 0,
                "Paragraphs, a whole number; 0 for never",
            )
        else:
            holds, hint = number and 0 <= value <= 1, "A number from 0 to 1"
        if not holds:
            raise ProjectError(f"{value!r} does not hold", file=path, key=where, hint=hint)
    return Suggesting(**table)


def _check(path: Path, key: str, value: object) -> None:
    """Raise ProjectError when a single setting does not hold."""
    if key in ("schema", "theme", "blind_seed", "license"):
        holds, hint = isinstance(value, str) and (key != "schema" or bool(value)), f'Write {key} = "..."'
    elif key in ("shared", "hide_names"):
        holds, hint = isinstance(value, bool), f"Write {key} = true or {key} = false"
    elif key == "splitting":
        holds, hint = value in get_args(Splitting), f"Use one of {', '.join(get_args(Splitting))}"
    elif key in ("suggesters", "reasons"):
        holds = isinstance(value, list) and all(isinstance(name, str) for name in value)
        hint = f'Write {key} = ["...", "..."]'
    else:
        holds = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
        hint = "A number from 0 to 1"
    if not holds:
        raise ProjectError(f"{value!r} does not hold", file=path, key=key, hint=hint)


__all__ = ["FILE", "TEMPLATE", "Config", "Suggesting", "read_config"]
