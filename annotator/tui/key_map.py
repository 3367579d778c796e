"""Which key means which command: the defaults, the presets and a project's own keys, without
collisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from annotator.errors import UsageError
from annotator.model.schema import LabelSchema
from annotator.tui.commands import COMMANDS, CONTEXTS, Command

PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "default": {},
    "vim": {
        "delete": ("d", "delete"),
        "next_paragraph": ("}", "ctrl+d", "pagedown"),
        "previous_paragraph": ("{", "ctrl+u", "pageup"),
        "next_document": (")",),
        "previous_document": ("(",),
        "redo": ("ctrl+r",),
        "end_right": ("e", "w", "j", "down"),
        "first": ("home", "g"),
    },
    "prodigy": {
        "skip": ("space", "escape"),
        "back": ("q",),
        "undo": ("u", "backspace", "ctrl+z"),
    },
}
"""Key presets: only the keys that differ from the defaults."""

_NAMED = frozenset(
    "enter space tab escape backspace delete insert home end pageup pagedown up down left "
    "right".split()
) | {f"f{number}" for number in range(1, 13)}
"""Keys that are written as words."""

_TAKEN = {"ctrl+b": "tmux keeps it", "ctrl+a": "screen keeps it", "ctrl+c": "it interrupts"}


@dataclass(frozen=True)
class KeyMap:
    """Which command a key means in a context. Keys are written as
    on the keyboard: `a`, `A`, `ctrl+z`."""

    keys: Mapping[str, tuple[str, ...]]
    by_context: Mapping[str, Mapping[str, Command]]

    def command(self, context: str, key: str) -> Command | None:
        """The command of a key, if it has one there."""
        return self.by_context[context].get(key)

    def shown(self, name: str) -> str:
        """The first key of a command, as the footer shows it; empty if it has none."""
        keys = self.keys[name]
        return shown(keys[0]) if keys else ""


_SHOWN = {"pagedown": "PgDn", "pageup": "PgUp", "escape": "esc", "space": "space", "delete": "del"}
_ARROWS = {"left": "←", "right": "→", "up": "↑", "down": "↓"}


def named(words: str) -> str:
    """The key that is displayed as `words`; empty if that is not a single key."""
    modifier, _, last = words.rpartition("+") if len(words) > 1 else ("", "", words)
    backwards = {word: key for key, word in (*_SHOWN.items(), *_ARROWS.items())}
    last = backwards.get(last, last)
    if len(last) != 1 and last not in _NAMED:
        return ""
    return f"{modifier}+{last}" if modifier else last


def shown(key: str) -> str:
    """A key as it is displayed."""
    modifier, _, last = key.rpartition("+") if len(key) > 1 else ("", "", key)
    last = _ARROWS.get(last, _SHOWN.get(last, last))
    return f"{modifier}+{last}" if modifier else last


def key_map(settings: Mapping[str, str], *, file: str = "annotator.toml") -> KeyMap:
    """The keys that a project's `[keys]` table defines: `preset`, and command names with their
    keys.

    Raises UsageError for an unknown preset or command, a key that terminals do not deliver, a key
    with two meanings in one context, or one that leaves another command without any key.
    """
    preset = settings.get("preset", "default")
    if preset not in PRESETS:
        raise UsageError(
            f"“{preset}” is not a preset",
            file=file,
            key="keys.preset",
            hint=f"Use one of {', '.join(PRESETS)}",
        )
    keys = {command.name: command.keys for command in COMMANDS} | dict(PRESETS[preset])
    own = {name: tuple(value.split()) for name, value in settings.items() if name != "preset"}
    _check_own(own, file)
    keys |= own
    found = _by_context(keys, own, file)
    # Help and footer show a key only for the command that has it now.
    by_key = {
        command.name: tuple(
            key
            for key in keys[command.name]
            if any(found[x].get(key) is command for x in command.contexts)
        )
        for command in COMMANDS
    }
    return KeyMap(by_key, found)


def _check_own(own: Mapping[str, Sequence[str]], file: str) -> None:
    """Raise UsageError for an unknown command, or a key that terminals do not deliver."""
    names = sorted(command.name for command in COMMANDS)
    for name, wanted in own.items():
        if name not in names:
            raise UsageError(
                f"there is no command “{name}”",
                file=file,
                key=f"keys.{name}",
                hint=f"Commands: {', '.join(names)}",
            )
        for key in wanted:
            _deliverable(key, f"keys.{name}", file)


def check_labels(keys: KeyMap, schema: LabelSchema, *, file: str = "annotator.toml") -> None:
    """Raise UsageError if a label's key already means a command: one of the two could never be
    used."""
    wanted = [("browse", key, label.name) for key, (_, label) in schema.span_keys.items()]
    wanted += [("select", key, name) for _, key, name in wanted]
    wanted += [
        ("side", x.key, x.name) for layer in schema.relation_layers for x in layer.labels if x.key
    ]
    for context, key, name in wanted:
        command = keys.command(context, key)
        if command is not None:
            raise UsageError(
                f"key {key} would mean {command.name} and the label {name} of the schema "
                f"{schema.name}",
                file=file,
                key=f"keys.{command.name}",
                hint="Give the command another key, or the label in its schema",
            )


def _deliverable(key: str, at: str, file: str) -> None:
    """Raise UsageError for a key that does not reach the program."""
    if reason := _TAKEN.get(key) or _lost(key):
        raise UsageError(
            f"{key} cannot be used: {reason}", file=file, key=at, hint="Choose another key"
        )


def _lost(key: str) -> str:
    """Why a terminal does not deliver a key; empty if it does."""
    if key in ("ctrl+i", "ctrl+m", "ctrl+h", "ctrl+["):
        return "terminals send another key instead"
    if key.startswith("alt+"):
        return "terminals do not deliver it reliably"
    if key in ("shift+enter", "ctrl+enter"):
        return "terminals send enter instead"
    last = key.rpartition("+")[2] or "+"
    return "no key has that name" if len(last) > 1 and last not in _NAMED else ""


def _by_context(
    keys: Mapping[str, Sequence[str]], own: Mapping[str, Sequence[str]], file: str
) -> dict[str, dict[str, Command]]:
    """A dict from context to key to command. Raises UsageError on a collision. A user's own key
    replaces a default, unless that was the command's last key."""
    found: dict[str, dict[str, Command]] = {context: {} for context in CONTEXTS}
    for command in sorted(COMMANDS, key=lambda c: c.name not in own):
        for context in command.contexts:
            for key in keys[command.name]:
                holder = found[context].get(key)
                if holder is None:
                    found[context][key] = command
                elif command.name in own or holder.name not in own:
                    raise UsageError(
                        f"key {key} would mean {holder.name} and {command.name}",
                        file=file,
                        key=f"keys.{command.name}",
                        hint="Give one of them another key",
                    )
    _check_reached(found, keys, file)
    # Review has the keys of annotating, except those that choose between versions and those that
    # choose which suggestions are shown.
    shared = {key: c for key, c in found["browse"].items() if c.in_review != ""}
    found["review"] = shared | found["review"]
    return found


def _check_reached(
    found: Mapping[str, Mapping[str, Command]], keys: Mapping[str, Sequence[str]], file: str
) -> None:
    """Raise UsageError if a command lost all of its keys in a context."""
    for command in COMMANDS:
        for context in command.contexts:
            mine = keys[command.name]
            if mine and not any(found[context][key] is command for key in mine):
                _silenced(command, mine[0], found[context][mine[0]], file)


def _silenced(command: Command, key: str, taker: Command, file: str) -> NoReturn:
    """Raise UsageError if the user gave the last key of a command to another one."""
    raise UsageError(
        f"key {key} would mean {taker.name} and {command.name}, which has no other key",
        file=file,
        key=f"keys.{taker.name}",
        hint=(
            f"Give {taker.name} another key, or give {command.name} its own: {command.name} = "
            '"..." ("" for none)'
        ),
    )


__all__ = ["PRESETS", "KeyMap", "check_labels", "key_map", "named", "shown"]
