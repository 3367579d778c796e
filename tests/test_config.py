"""The settings: every key is checked, and errors name key, value and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

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
    [
        ("schema = 4", "schema", "is 4; it must be a non-empty string"),
        ('shared = "yes"', "shared", 'is "yes"; it must be true or false'),
        ('splitting = "x"', "splitting", 'is "x"; it must be one of "auto", "blank", "line"'),
        ('suggesters = "rules"', "suggesters", 'is "rules"; it must be a list of strings'),
        ("reasons = [1, true]", "reasons", "is [1, true]; it must be a list of strings"),
        ("blind_share = true", "blind_share", "is true; it must be a number from 0 to 1"),
        ("theme = 2026-01-01", "theme", "is 2026-01-01; it must be a string"),
        ("keys = 3", "keys", "is 3; it must be a table"),
        ("[keys]\naccept = 7", "keys.accept", "is 7; it must be a string, the name of a key"),
        (
            '[suggestions]\ngate = "x"',
            "suggestions.gate",
            'is "x"; it must be a number from 0 to 1',
        ),
        (
            "[suggestions]\nstances = nan",
            "suggestions.stances",
            "is nan; it must be a number from 0 to 1",
        ),
        (
            "[suggestions]\nretrain = 100000000000000000000",
            "suggestions.retrain",
            "is 100000000000000000000; it must be a whole number from 0 to 1000000000",
        ),
        (
            "[suggestions]\nretrain = true",
            "suggestions.retrain",
            "is true; it must be a whole number from 0 to 1000000000",
        ),
        (
            '[format.brat]\noffsets = "bytes"',
            "format.brat.offsets",
            'is "bytes"; it must be one of "code-points", "utf-16", "graphemes", "utf-8"',
        ),
        (
            "[format.brat.labels]\nA = 1",
            "format.brat.labels",
            "is { A = 1 }; it must be a table of strings",
        ),
        ("pipeline.mine = 1", "pipeline.mine", "is 1; it must be a table"),
        ("[pipeline.mine]\npath = 4", "pipeline.mine.path", "is 4; it must be a non-empty string"),
        (
            "[pipeline.mine]\nscore = 2",
            "pipeline.mine.score",
            "is 2; it must be a number from 0 to 1",
        ),
        (
            '[pipeline.mine]\nlabels = "x"',
            "pipeline.mine.labels",
            'is "x"; it must be a table of strings',
        ),
        (
            '[pipeline."a.b"]\nlabels = [1, 2]',
            'pipeline."a.b".labels',
            "is [1, 2]; it must be a table of strings",
        ),
        (
            '[suggester.rules]\nmute = "x"',
            "suggester.rules.mute",
            'is "x"; it must be a list of strings',
        ),
        (
            "[suggester.model]\ngate = -1",
            "suggester.model.gate",
            "is -1; it must be a number from 0 to 1",
        ),
    ],
)
def test_a_value_that_does_not_hold_is_shown_as_toml_has_it(
    tmp_path: Path, text: str, key: str, message: str
) -> None:
    error = _read(tmp_path, text)
    assert (error.key, error.message) == (key, message)


@pytest.mark.parametrize(
    ("text", "key", "allowed"),
    [
        ("bogus = 1", "bogus", "schema, shared"),
        ("[suggestions]\ngrate = 1", "suggestions.grate", "gate, stances"),
        (
            "[format.brat]\nlabel = 1",
            "format.brat.label",
            "labels, text, offsets, line_ends, bom, entities",
        ),
        ('[pipeline.mine]\npth = "x"', "pipeline.mine.pth", "path, score, labels"),
        ("[suggester.rules]\nmutes = []", "suggester.rules.mutes", "mute"),
        ('[suggester.memory]\n"a b" = 1', 'suggester.memory."a b"', "none"),
    ],
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
