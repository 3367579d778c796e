"""Keys: every command has one, presets are valid, collisions and keys that do not arrive are
reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotator.config import read_config
from annotator.errors import ProjectError, UsageError
from annotator.resources import load_schema, schema_names
from annotator.tui.commands import COMMANDS, CONTEXTS
from annotator.tui.key_map import PRESETS, check_labels, key_map, shown
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.queue import QueueScreen
from annotator.tui.screens.review import ReviewScreen


@pytest.mark.parametrize("preset", PRESETS)
def test_every_command_has_a_key_in_every_preset(preset: str) -> None:
    keys = key_map({"preset": preset})
    for command in COMMANDS:
        for context in command.contexts:
            assert any(keys.command(context, key) is command for key in keys.keys[command.name]), (
                command.name
            )


def test_what_has_no_action_is_a_method_of_its_screens() -> None:
    for command in COMMANDS:
        for context in command.contexts:
            screen = {"queue": QueueScreen, "review": ReviewScreen}.get(context, AnnotateScreen)
            assert command.action is not None or hasattr(screen, f"run_{command.name}"), (
                command.name
            )


@pytest.mark.parametrize("name", schema_names())
@pytest.mark.parametrize("preset", PRESETS)
def test_the_keys_of_labels_are_free(preset: str, name: str) -> None:
    check_labels(key_map({"preset": preset}), load_schema(name))


@pytest.mark.parametrize(
    ("settings", "label"), [({"accept": "1"}, "person"), ({"undo": "+"}, "support")]
)
def test_a_command_on_a_label_s_key_is_reported_at_the_start(
    settings: dict[str, str], label: str
) -> None:
    with pytest.raises(UsageError) as caught:
        check_labels(key_map(settings), load_schema("actors-claims-stances"))
    assert label in str(caught.value) and caught.value.key == f"keys.{next(iter(settings))}"


def test_an_own_key_drives_out_a_default() -> None:
    keys = key_map({"accept": "y ctrl+g", "note": "n", "next_undecided": ""})
    accept = keys.command("browse", "y")
    assert accept is not None and accept.name == "accept"
    assert keys.command("browse", "a") is None
    note = keys.command("browse", "n")
    assert note is not None and note.name == "note"
    assert keys.shown("note") == "n" and keys.shown("next_undecided") == "", (
        "help does not list a key where it has no effect"
    )


def test_the_settings_may_take_a_key_away(tmp_path: Path) -> None:
    file = tmp_path / "annotator.toml"
    file.write_text('[keys]\nnext_undecided = ""\n', encoding="utf-8")
    assert key_map(read_config(file).keys).command("browse", "n") is None
    file.write_text("[keys]\nnext_undecided = 7\n", encoding="utf-8")
    with pytest.raises(ProjectError, match="is 7; it must be a string, the name of a key"):
        read_config(file)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"preset": "emacs"}, "preset"),
        ({"acept": "a"}, "acept"),
        ({"accept": "ctrl+b"}, "tmux"),
        ({"accept": "alt+a"}, "alt"),
        ({"accept": "ctrl+m"}, "another key"),
        ({"accept": "y", "reject": "y"}, "y"),
        ({"accept": "x"}, "reject"),
        ({"note": "n"}, "next_undecided"),
        ({"note": "?"}, "help"),
        ({"accept": "foo"}, "foo"),
        ({"accept": "ctrl+foo"}, "ctrl+foo"),
    ],
)
def test_what_does_not_hold_is_reported_with_its_key(settings: dict[str, str], word: str) -> None:
    with pytest.raises(UsageError) as caught:
        key_map(settings)
    assert word in str(caught.value)
    assert caught.value.key is not None and caught.value.key.startswith("keys.")
    assert caught.value.hint


def test_keys_are_shown_as_people_read_them() -> None:
    assert [shown(k) for k in ("a", "pagedown", "ctrl+z", "+", "left")] == [
        "a",
        "PgDn",
        "ctrl+z",
        "+",
        "←",
    ]
    assert set(CONTEXTS) == {c for command in COMMANDS for c in command.contexts}


def test_a_default_goes_where_it_has_another_key_or_is_given_one() -> None:
    keys = key_map({"note": "j", "accept": "x", "reject": "y"})
    assert keys.keys["next"] == ("down", "right") and keys.keys["reject"] == ("y",)
