"""The settings: every key is checked, and errors name key, value and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import cases

from annotator import families
from annotator.config import _SUGGESTERS, read_config
from annotator.errors import ProjectError


def _read(folder: Path, text: str) -> ProjectError:
    file = folder / "annotator.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ProjectError) as caught:
        read_config(file)
    assert caught.value.file == file and caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("text", "key", "message"),
    cases("config", "a_value_that_does_not_hold_is_shown_as_toml_has_it"),
)
def test_a_value_that_does_not_hold_is_shown_as_toml_has_it(
    tmp_path: Path, text: str, key: str, message: str
) -> None:
    error = _read(tmp_path, text)
    assert (error.key, error.message) == (key, message)


@pytest.mark.parametrize(
    ("text", "key", "allowed"),
    cases("config", "a_key_that_is_not_known_is_named_with_those_that_are"),
)
def test_a_key_that_is_not_known_is_named_with_those_that_are(
    tmp_path: Path, text: str, key: str, allowed: str
) -> None:
    error = _read(tmp_path, text)
    assert (error.key, error.message) == (key, "unknown key")
    assert error.hint.startswith(f"Use one of these keys: {allowed}")


@pytest.mark.parametrize("name", ["rule", "pipeline:mine"])
def test_a_table_of_no_suggester_is_refused(tmp_path: Path, name: str) -> None:
    error = _read(tmp_path, f'[suggester."{name}"]\n')
    assert error.message == "is not a suggester" and "memory, model, pipeline, rules" in error.hint


def test_the_keys_of_every_suggester_are_known() -> None:
    assert set(_SUGGESTERS) == set(families.suggesters.names())


def test_what_is_too_long_is_cut_and_what_is_no_number_of_python_is_refused(tmp_path: Path) -> None:
    assert len(_read(tmp_path, f'shared = "{"x" * 500}"').message) < 120
    assert _read(tmp_path, f"shared = {'9' * 5000}").message.startswith("not valid TOML")
