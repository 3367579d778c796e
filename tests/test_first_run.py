"""A new user's first minute: the README's first command, in a fresh clone and with an empty home."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from readme import README, ROOT
from terminal import Terminal

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no clone"),
    pytest.mark.skipif(not (shutil.which("uv") and shutil.which("git")), reason="needs uv and git"),
]


def _output(*command: str) -> str:
    """What a command prints. Skips the test if it fails, as git does in a clone that another user
    owns."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"{' '.join(command[:2])}: {done.stderr.strip()}")
    return done.stdout.strip()


def _first_command() -> str:
    """The line below "Two commands" that starts the program; `pip install uv` stands before it."""
    found = re.search(r"^uv run .*\bannotator$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return found.group()


def test_the_first_command_opens_the_demo_and_leaves_the_clone_as_it_was(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    _output("git", "clone", "-q", str(ROOT), str(clone))
    left_out = ("ANNOTATOR", "XDG_", "PYTHON", "VIRTUAL_ENV", "NO_COLOR", "COLUMNS", "LINES")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(left_out)},
        "HOME": str(tmp_path / "home"),
        "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8",
        "UV_CACHE_DIR": _output("uv", "cache", "dir"),  # so that no package is downloaded twice
    }
    (tmp_path / "home").mkdir()
    line = f"cd {clone} && exec {_first_command()}"
    terminal = Terminal(environment, command=["sh", "-c", line])
    for words in ("TOUR 1 of 8", "pending", "STATEMENTS", "Two capitals, one grievance"):
        terminal.wait_for(words, seconds=600)  # a machine without packages gets them first
    terminal.press("\x11")  # ctrl+q
    assert terminal.end() == 0
    assert list((tmp_path / "home").rglob("annotator.db"))  # the demo is a project in the home
    assert _output("git", "-C", str(clone), "status", "--porcelain") == ""
