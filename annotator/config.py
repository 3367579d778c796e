"""The settings of a project: `annotator.toml`, every key checked."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from annotator.errors import ProjectError, toml_key
from annotator.model.text import Splitting

FILE = "annotator.toml"

_TABLES = ("card", "keys", "pipeline", "suggester", "suggestions", "format")

CARD = {
    "title": "The name of the data set.",
    "summary": "What it is and what it is for.",
    "language": "Languages of the texts, as codes such as en or de.",
    "genre": "What kind of texts they are.",
    "sources": "Where they come from, and under which rights.",
    "curation": "How they were chosen, and why.",
    "speakers": "Who wrote them, for whom and when.",
    "annotators": "Background and training of those who coded, and what they were paid.",
    "procedure": "How it was coded and adjudicated.",
    "limits": "Known limits, biases and uses to avoid.",
    "citation": "How to cite it.",
    "contact": "Whom to write to.",
}
"""The keys of `[card]` in the order of the card, and what to write for each."""

_LONGEST = 60
"""The number of characters of a value that an error shows."""


@dataclass(frozen=True, slots=True)
class Suggesting:
    """The table `[suggestions]`: which suggestions are shown, and when the program learns from
    decisions.

    `gate` in [0, 1] is the chance below which a span is held back (0: what is expected to save keys
    is shown), `stances` that of relations. `retrain` is the number of finished paragraphs after
    which the project's model is trained again; 0 for never. With `base` it is trained over the
    model that comes with the program (only where the label schema is the default one).
    """

    gate: float = 0.0
    stances: float = 0.65
    retrain: int = 10
    base: bool = True


@dataclass(frozen=True, slots=True)
class Config:
    """What `annotator.toml` says; every key is optional.

    `schema` is the name of a shipped label schema or a path relative to the project folder. `keys`
    holds `preset` and overrides (command name -> key); `pipelines` and `suggester` hold the tables
    `[pipeline.NAME]` (`path`, `score`, `labels`) and `[suggester.NAME]`, `formats` those of
    `[format.NAME]`: `labels`, `text` (the key of the text) and `offsets`. `labels` say what a label
    of that program or pipeline stands for in the schema, empty to leave it out. `blind_share` in
    [0, 1] is the share of paragraphs that are annotated without suggestions; `blind_seed` chooses
    which ones, empty for the project's own seed. `mouse` is whether the screens use the mouse,
    `pace` whether the queue shows how fast the annotator works. `reasons` are the codes that a
    reviewer chooses from; with `hide_names`, review does not say who coded what. A `closed`
    codebook admits only its own names, and only the annotator `lead` changes it (if empty,
    everybody). `license` is written to exports, and `card` holds what only
    people know about the data (see `CARD`).
    """

    schema: str = "actors-claims-stances"
    shared: bool = False
    splitting: Splitting = "auto"
    suggesters: tuple[str, ...] = ("model", "rules", "memory", "guideline")
    suggestions: Suggesting = field(default_factory=Suggesting)
    theme: str = ""
    mouse: bool = True
    pace: bool = False
    blind_share: float = 0.0
    blind_seed: str = ""
    reasons: tuple[str, ...] = ("guideline", "bounds", "overlooked", "context", "ambiguous")
    hide_names: bool = False
    codebook: str = "open"
    lead: str = ""
    license: str = ""
    card: Mapping[str, str] = field(default_factory=dict)
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
# suggesters = ["model", "rules", "memory", "guideline"]
# theme = "dark"             # dark | light | ansi
# mouse = true               # false: the terminal keeps the mouse, to select and copy with it
# pace = false               # true: the queue shows what you did today and when you will be done
# blind_share = 0.0          # share of paragraphs annotated without suggestions
# blind_seed = ""            # chooses which; empty: the project's own seed
# codes offered in review:
# reasons = ["guideline", "bounds", "overlooked", "context", "ambiguous"]
# hide_names = false         # true: review does not say who coded what
# codebook = "open"          # closed: only names of the codebook are allowed; annotator codebook
# lead = ""                  # the annotator who alone changes a closed codebook; empty: everybody
# license = "CC-BY-4.0"      # written into the gold data set

# [card]                     # what only people know, for the data card of the gold data set
# title = "..."              # also: summary, language, genre, sources, curation, speakers,
# citation = "..."           # annotators, procedure, limits, contact

# [suggestions]
# gate = 0.0                 # 0.7: fewer suggestions, fewer wrong ones, less saved
# stances = 0.65             # stances less certain than that are held back; , shows them
# retrain = 10               # finished paragraphs between two trainings; 0: never by itself
# base = true                # false: learn from this project alone, not over the shipped model

# [keys]
# preset = "default"         # default | vim | prodigy
# accept = "a"

# [format.prodigy.labels]    # what other programs' labels stand for; "" leaves one out
# PER = "actor.person"
"""
"""A new project's settings file."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a key must hold: a description, what to write (with `{key}`, or with the whole path as
    `{at}`), and a function that checks a value."""

    words: str
    hint: str
    holds: Callable[[Any], bool]


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _one_of(*choices: str) -> _Wanted:
    written = [f'"{choice}"' for choice in choices]
    return _Wanted(
        f"one of {', '.join(written)}", f"Write {{key}} = {written[0]}", lambda v: v in choices
    )


_MOST = 1_000_000_000
"""The largest number of paragraphs in a setting; the database cannot hold larger ones."""

_TABLE = _Wanted("a table", "Write [{at}]", lambda v: isinstance(v, dict))
_TEXT = _Wanted("a string", 'Write {key} = "..."', _is_text)
_NAME = _Wanted("a non-empty string", 'Write {key} = "..."', lambda v: _is_text(v) and bool(v))
_KEY = _Wanted(
    "a string, the name of a key", 'Write a key such as "a" or "ctrl+z", or "" for no key', _is_text
)
_SWITCH = _Wanted(
    "true or false", "Write {key} = true or {key} = false", lambda v: isinstance(v, bool)
)
_SHARE = _Wanted(
    "a number from 0 to 1", "Write {key} = 0.5", lambda v: _is_number(v) and 0 <= v <= 1
)
_COUNT = _Wanted(
    f"a whole number from 0 to {_MOST}",
    "Write a number of paragraphs; {key} = 0 means never",
    lambda v: _is_number(v) and isinstance(v, int) and 0 <= v <= _MOST,
)
_STRINGS = _Wanted(
    "a list of strings",
    'Write {key} = ["...", "..."]',
    lambda v: isinstance(v, list) and all(map(_is_text, v)),
)
_PRICE = _Wanted(
    "two numbers",
    "Write {key} = [0.15, 0.6]: the price of a million tokens in and out",
    lambda v: isinstance(v, list) and len(v) == 2 and all(_is_number(n) and n >= 0 for n in v),
)
_LABELS = _Wanted(
    "a table of strings",
    'Write [{at}] and lines such as PER = "actor.person"; "" leaves one out',
    lambda v: isinstance(v, dict) and all(map(_is_text, v.values())),
)

_SETTINGS = {
    "schema": _NAME,
    "shared": _SWITCH,
    "splitting": _one_of(*get_args(Splitting)),
    "suggesters": _STRINGS,
    "theme": _TEXT,
    "mouse": _SWITCH,
    "pace": _SWITCH,
    "blind_share": _SHARE,
    "blind_seed": _TEXT,
    "reasons": _STRINGS,
    "hide_names": _SWITCH,
    "codebook": _one_of("open", "closed"),
    "lead": _TEXT,
    "license": _TEXT,
}
_SUGGESTIONS = {"gate": _SHARE, "stances": _SHARE, "retrain": _COUNT, "base": _SWITCH}
_FORMAT = {
    "labels": _LABELS,
    "text": _NAME,
    "offsets": _one_of("code-points", "utf-16", "graphemes", "utf-8"),
    "line_ends": _one_of("as-is", "one", "two"),
    "bom": _SWITCH,
    "entities": _one_of("stored", "shown"),
}
_PIPELINE = {"path": _NAME, "score": _SHARE, "labels": _LABELS}
_LLM = {"model": _NAME, "score": _SHARE, "retries": _COUNT, "price": _PRICE}
_SUGGESTERS: Mapping[str, Mapping[str, _Wanted]] = {
    "guideline": {},
    "llm": _LLM,
    "memory": {},
    "model": {"gate": _SHARE},
    "pipeline": _PIPELINE,
    "rules": {"mute": _STRINGS},
}
"""The settings of this program's own suggesters. They are listed here because importing the
suggesters is slow. Other suggesters may have any settings."""


def read_config(path: Path) -> Config:
    """The settings in a file. Raises ProjectError with file and key for the first invalid one."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ProjectError(
            "is nested too deeply", file=path, hint="Remove levels; no setting needs so many"
        ) from error
    except ValueError as error:
        raise ProjectError(
            f"not valid TOML: {error}", file=path, hint="Correct the line that it names"
        ) from error
    except OSError as error:
        hint = "Check the permissions of the file"
        raise ProjectError(f"cannot be read: {error.strerror}", file=path, hint=hint) from error
    _check_keys(path, (), table, {**_SETTINGS, **dict.fromkeys(_TABLES, _TABLE)})
    given: dict[str, Any] = {name: table[name] for name in _SETTINGS if name in table}
    for key in ("suggesters", "reasons"):
        if key in given:
            given[key] = tuple(given[key])
    _check_tables(path, table)
    return Config(
        **given,
        card=table.get("card", {}),
        keys=table.get("keys", {}),
        pipelines={
            name: _placed(path.parent, own) for name, own in table.get("pipeline", {}).items()
        },
        suggester=table.get("suggester", {}),
        suggestions=Suggesting(**table.get("suggestions", {})),
        formats=table.get("format", {}),
        table=table,
    )


def _placed(root: Path, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings of a pipeline, with `path` made relative to the project folder."""
    named = settings.get("path")
    if named and (there := root / Path(named).expanduser()).exists():
        return {**settings, "path": str(there.absolute())}
    return settings


def _check_tables(path: Path, table: Mapping[str, Any]) -> None:
    """Raise ProjectError if a table has wrong values."""
    _check_keys(path, ("suggestions",), table.get("suggestions", {}), _SUGGESTIONS)
    _check_keys(path, ("card",), table.get("card", {}), dict.fromkeys(CARD, _TEXT))
    for key, value in table.get("keys", {}).items():
        _check(path, ("keys", key), value, _KEY)
    for family, known in (("pipeline", _PIPELINE), ("format", _FORMAT)):
        for name, value in table.get(family, {}).items():
            _check(path, (family, name), value, _TABLE)
            _check_keys(path, (family, name), value, known)
    if "suggester" in table:
        _check_suggesters(path, table["suggester"])


def _check_suggesters(path: Path, table: Mapping[str, Any]) -> None:
    """Raise ProjectError if a table `[suggester.NAME]` is invalid."""
    from annotator.families import suggesters  # Slow to import, and seldom needed.

    names = suggesters.names()
    for name, value in table.items():
        if name not in names:
            hint = (
                f"The suggesters are {', '.join(names)}; write the settings of a pipeline under "
                "[pipeline.NAME]"
            )
            raise ProjectError(
                "is not a suggester", file=path, key=toml_key("suggester", name), hint=hint
            )
        _check(path, ("suggester", name), value, _TABLE)
        if name in _SUGGESTERS:
            _check_keys(path, ("suggester", name), value, _SUGGESTERS[name])


def _check_keys(
    path: Path, at: tuple[str, ...], table: Mapping[str, Any], known: Mapping[str, _Wanted]
) -> None:
    """Raise ProjectError for an unknown key of a table, or one with a wrong value."""
    for key, value in table.items():
        if key not in known:
            hint = f"Use one of these keys: {', '.join(known) or 'none'}"
            raise ProjectError("unknown key", file=path, key=toml_key(*at, key), hint=hint)
        _check(path, (*at, key), value, known[key])


def _check(path: Path, at: tuple[str, ...], value: object, wanted: _Wanted) -> None:
    """Raise ProjectError if a key has a wrong value."""
    if not wanted.holds(value):
        raise ProjectError(
            f"is {_shown(value)}; it must be {wanted.words}",
            file=path,
            key=toml_key(*at),
            hint=wanted.hint.format(at=toml_key(*at), key=toml_key(at[-1])),
        )


def _shown(value: object) -> str:
    """A value as TOML writes it, shortened if it is long."""
    text = _written(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        inside = ", ".join(f"{toml_key(key)} = {_written(own)}" for key, own in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    return str(value)


__all__ = ["CARD", "FILE", "TEMPLATE", "Config", "Suggesting", "read_config"]
