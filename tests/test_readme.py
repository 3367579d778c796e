"""The documentation is complete and true: tables, commands, keys, settings, pictures, snippets."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import fields
from pathlib import Path

import click
import pytest
from readme import README, ROOT, TABLES, commands, files, options_of, page_text, part, tour

from annotator.cli import group, run
from annotator.cli_commands.man import page as manual
from annotator.config import Config, read_config
from annotator.errors import ProjectError
from annotator.families import formats, measures, merging, suggesters
from annotator.model.schema import COLORS
from annotator.pages import INDEX, page, topics
from annotator.tui.commands import COMMANDS
from annotator.tui.key_map import PRESETS
from annotator.tui.theme import THEMES

pytestmark = pytest.mark.skipif(not (ROOT / ".ci").exists(), reason="not in a checkout")

AGAIN = "`uv run python tests/readme.py` writes it anew"


def _text() -> str:
    """The README."""
    return README.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TABLES)
def test_what_the_program_writes_is_as_it_would_be_written(name: str) -> None:
    found = [
        told
        for file in files()
        if (told := part(file.read_text(encoding="utf-8"), name)) is not None
    ]
    assert found == [TABLES[name]()], AGAIN


def test_the_readme_stays_short() -> None:
    assert len(_text().splitlines()) <= 130, "everything else is a page in annotator/docs"


def test_a_page_begins_with_its_title_and_a_word_on_what_it_is_about() -> None:
    for topic in (INDEX, *topics()):
        found = page(topic)
        assert found.text.startswith(f"# {found.title}\n\n{found.summary[:20]}"), topic
        assert found.summary.endswith(".") and "|" not in found.summary, topic
        assert "<!--" not in found.text and "![" not in found.text, topic


def test_help_lists_the_topics_and_prints_a_page_or_a_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["help"]) == 0
    told = capsys.readouterr().out
    words = " ".join(told.split())
    assert all(f" {topic} {page(topic).summary}" in words for topic in topics())
    assert all(len(line) <= 80 for line in told.splitlines())
    for topic in topics():
        assert run(["help", topic]) == 0
        assert capsys.readouterr().out == page(topic).text
    assert run(["help", "export"]) == 0
    assert "Usage: annotator export" in capsys.readouterr().out
    assert run(["help", "nothing"]) == 2
    assert "formats" in capsys.readouterr().err


@pytest.mark.slow
def test_the_commands_of_the_tour_print_what_the_readme_shows() -> None:
    blocks = list(tour(_text()))
    assert len(blocks) >= 4
    told = "".join(old for old, _ in blocks)
    for command in ("init", "import", "suggest", "agreement", "review", "export", "validate"):
        assert f"$ annotator {command}" in told
    for old, new in blocks:
        assert old == new, AGAIN


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_a_command_has_an_example_and_every_option_a_word(
    name: str, command: click.Command
) -> None:
    assert re.search(r"Examples?:\n\s+annotator ", command.help or ""), name
    told = part(page_text("commands"), "commands") or ""
    for option in options_of(command):
        assert option.help, f"{name} {option.opts[0]}"
        assert max(option.opts, key=len) in told


def test_the_manual_page_holds_every_command_and_option_and_is_the_same_each_time() -> None:
    lines = list(manual(group))
    text = "\n".join(lines).replace("\\-", "-")
    for name, command in commands():
        assert f".SS {name}" in text
        for option in options_of(command):
            assert all(one in text for one in option.opts)
    assert lines == list(manual(group))
    assert not any(line.startswith("'") for line in lines), "roff takes it for a request"
    assert all(
        re.match(r"\.(TH|SH|SS|TP|PP|B|nf|fi)\b", line) for line in lines if line.startswith(".")
    )


def test_the_shell_completes_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_ANNOTATOR_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "annotator ag")
    monkeypatch.setenv("COMP_CWORD", "1")
    with pytest.raises(SystemExit):
        run([])
    assert capsys.readouterr().out == "plain,agreement\n"
    assert "_ANNOTATOR_COMPLETE=bash_source annotator" in page_text("commands")


def test_every_setting_every_preset_and_every_theme_is_documented() -> None:
    told = part(page_text("settings"), "settings")
    assert told is not None
    tables = {
        "keys": "[keys]",
        "pipelines": "[pipeline.",
        "suggester": "[suggester.",
        "formats": "[format.",
        "suggestions": "[suggestions]",
        "card": "[card]",
    }
    everything = "".join(file.read_text(encoding="utf-8") for file in files())
    for one in fields(Config):
        if one.name in tables:
            assert tables[one.name] in everything, one.name
        elif one.name != "table":
            assert re.search(rf"^(# )?{one.name} = ", told, re.MULTILINE), one.name
    assert all(preset in told for preset in PRESETS)
    assert all(theme in told for theme in THEMES if theme != "mono")


def test_the_settings_that_are_told_hold(tmp_path: Path) -> None:
    told = (
        (part(page_text("settings"), "settings") or "")
        .removeprefix("```toml\n")
        .removesuffix("```")
    )
    file = tmp_path / "annotator.toml"
    spoken = "\n".join(
        line.removeprefix("# ") if re.match(r"# (\[|\w+ = )", line) else line
        for line in told.splitlines()
    )
    file.write_text(spoken, encoding="utf-8")
    assert read_config(file).formats["prodigy"]["labels"] == {"PER": "actor.person"}
    file.write_text("[format.prodigy]\nlabel = 1\n", encoding="utf-8")
    with pytest.raises(ProjectError, match="unknown key"):
        read_config(file)


def test_the_family_members_have_a_word_of_their_own() -> None:
    for family, attribute in ((formats, "summary"), (measures, "title"), (merging, "title")):
        for name in family.names():
            assert getattr(family.load(name), attribute).strip(), name
    for name in suggesters.names():
        assert (suggesters.load(name).__doc__ or "").strip(), name
    assert all(command.help.endswith(".") and command.group for command in COMMANDS)


def test_every_picture_and_file_that_is_named_is_there() -> None:
    guides = [
        ROOT / name / "README.md" for name in ("annotator", "schemas", "tests", "seeds", "exports")
    ]
    for file in (*files(), *guides, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"):
        text = file.read_text(encoding="utf-8")
        linked = re.findall(r"\]\(([^)#]+)\)", text) + re.findall(r'src="([^"]+)"', text)
        linked = [path for path in linked if "://" not in path]
        assert all((file.parent / path).exists() for path in linked), file
        named = re.findall(r"`((?:schemas|annotator|tests|seeds|exports)/[\w./-]+)`", text)
        assert all((ROOT / path).exists() for path in named), f"{file}: {named}"


def test_the_guide_to_schemas_names_every_key_and_colour() -> None:
    text = page_text("schema")
    source = (ROOT / "annotator" / "model" / "schema_reading.py").read_text(encoding="utf-8")
    for names in re.findall(r"self\.only\(\s*table, (?:at|\"\"), ([^)]*)\)", source):
        for key in re.findall(r'"(\w+)"', names):
            assert f"`{key}`" in text or f"[[layer.{key}]]" in text or f"[[{key}]]" in text, key
    assert all(f"`{color}`" in text for color in COLORS)


def _snippets() -> list[tuple[str, str]]:
    text = page_text("formats")
    found = re.findall(r"<!-- runs(?: with (\w+))? -->\n```python\n(.*?)```", text, re.DOTALL)
    return [(needs, code) for needs, code in found]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the seeds, with the exports that the snippets read."""
    root = tmp_path_factory.mktemp("exported") / "work"
    told = page_text("formats") + page_text("agreement-and-gold")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANNOTATOR_NAME", "ada")
        patch.delenv("ANNOTATOR_PROJECT", raising=False)
        assert run(["init", str(root)]) == 0
        patch.chdir(root)
        assert run(["import", str(ROOT / "seeds" / "gold.jsonl")]) == 0
        for format, where in (("jsonl", "gold"), ("spacy", "corpus"), ("huggingface", "rows")):
            assert f"annotator export {format} --status gold -o {where}" in told
            assert run(["export", format, "--status", "gold", "-o", where]) == 0
    return root


@pytest.mark.parametrize("number", range(3))
def test_the_snippets_run_on_what_the_tour_leaves(
    number: int,
    exported: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    snippets = _snippets()
    assert len(snippets) == 3
    needs, code = snippets[number]
    if needs:
        pytest.importorskip(needs, reason="run by .ci/run, in an environment of its own")
        monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    shutil.copytree(exported, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    exec(compile(code, "formats.md", "exec"), {})
    said = capsys.readouterr().out.splitlines()
    shown = [line.rpartition("# ")[2] for line in code.splitlines() if "# " in line]
    assert said == shown, "what is printed stands after # in the snippet"


def test_the_record_that_is_explained_is_one() -> None:
    found = re.search(r"<!-- record -->\n```json\n(.*?)```", page_text("formats"), re.DOTALL)
    assert found is not None
    told = json.loads(found.group(1))
    lines = (ROOT / "seeds" / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    record = next(r for r in map(json.loads, lines) if r["id"] == told["id"])
    for key in ("spans", "relations"):
        assert all(one in record[key] for one in told[key]), (
            f"{key} of the page are not those of the seeds"
        )
    assert set(told) == set(record)
