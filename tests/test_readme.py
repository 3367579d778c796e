"""The README says what is: its key table is that of the commands, its pictures are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from annotator.tui.commands import COMMANDS, key_map, shown

README = Path(__file__).parents[1] / "README.md"
pytestmark = pytest.mark.skipif(not (README.parent / ".ci").exists(), reason="not in a checkout")


def key_table() -> str:
    """The keys as a Markdown table, from the commands themselves; `python tests/test_readme.py` writes it."""
    keys = key_map({})
    rows = ["| | keys | what |", "|---|---|---|"]
    for group in dict.fromkeys(command.group for command in COMMANDS):
        for i, command in enumerate(c for c in COMMANDS if c.group == group):
            names = " ".join(f"`{shown(key)}`" for key in keys.keys[command.name])
            rows.append(f"| {group if i == 0 else ''} | {names} | {command.help} |")
    rows.append("| Label | `1`-`9` | The label's own key labels the selection, or the span in focus. |")
    return "\n".join(rows)


def test_the_key_table_is_that_of_the_commands() -> None:
    text = README.read_text(encoding="utf-8")
    found = re.search(r"<!-- keys -->\n(.*?)\n?<!-- /keys -->", text, re.DOTALL)
    assert found is not None
    assert found.group(1) == key_table()


def test_every_picture_and_file_that_is_named_is_there() -> None:
    text = README.read_text(encoding="utf-8")
    named = re.findall(r"\]\(([^)]+)\)", text) + re.findall(r"`((?:schemas|annotator|tests)/[\w./-]+)`", text)
    assert named
    for path in named:
        assert (README.parent / path).exists(), path


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    table = f"<!-- keys -->\n{key_table()}\n<!-- /keys -->"
    text = re.sub(r"<!-- keys -->.*<!-- /keys -->", lambda _: table, text, flags=re.DOTALL)
    README.write_text(text, encoding="utf-8")
