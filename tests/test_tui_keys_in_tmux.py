"""Every default key, pressed in tmux, arrives as itself through the program's own driver and
keyboard; wide characters and what is drawn beside them keep their columns there."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.cells import cell_len

from annotator.tui.commands import COMMANDS

_LISTENER = """
import sys
from textual.app import App
from annotator.tui.terminal_driver import TerminalDriver
from annotator.tui.keyboard import name_of

def note(words):
    with open(sys.argv[1], "a", encoding="utf-8") as out:
        out.write("".join(f"{word}\\n" for word in words))

class Listener(App):
    def on_mount(self): note(["ready"])
    def keys_came(self, keys): note(name_of(key) for key in keys)
    def terminal_ready(self): pass
    def terminal_gone(self): self.exit()

Listener(ansi_color=True, driver_class=TerminalDriver).run()
"""

_TMUX = {
    "escape": "Escape",
    "enter": "Enter",
    "space": "Space",
    "tab": "Tab",
    "pagedown": "NPage",
    "pageup": "PPage",
    "home": "Home",
    "end": "End",
    "left": "Left",
    "right": "Right",
    "up": "Up",
    "down": "Down",
    "shift+left": "S-Left",
    "shift+right": "S-Right",
}


def _wait(file: Path, count: int, seconds: float = 15) -> list[str]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        lines = file.read_text(encoding="utf-8").split("\n")[:-1] if file.exists() else []
        if len(lines) >= count:
            return lines
        time.sleep(0.05)
    return file.read_text(encoding="utf-8").split("\n")[:-1] if file.exists() else []


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not here")
def test_every_default_key_arrives_under_tmux(tmp_path: Path) -> None:
    keys = sorted({key for command in COMMANDS for key in command.keys})
    program, heard = tmp_path / "listener.py", tmp_path / "heard"
    program.write_text(_LISTENER, encoding="utf-8")
    tmux = ["tmux", "-L", f"annotator-{tmp_path.name}", "-f", "/dev/null"]
    command = shlex.join([sys.executable, str(program), str(heard)])
    subprocess.run([*tmux, "new-session", "-d", "-x", "80", "-y", "24", command], check=True)
    try:
        assert _wait(heard, 1)[:1] == ["ready"]
        for number, key in enumerate(keys, 1):
            name = _TMUX.get(key) or (f"C-{key[5:]}" if key.startswith("ctrl+") else None)
            sent = [name] if name else ["-l", "\\;" if key == ";" else key]
            subprocess.run([*tmux, "send-keys", *sent], check=True)
            # The test waits for each key, so that escape is not taken for the start of the next
            # one.
            assert _wait(heard, number + 1)[-1] == key, key
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, capture_output=True)


_WIDE = (
    "北京政府 said that 👩\u200d🚀 from Iran",
    "❤\ufe0f peace and 🇮🇷 want 👍🏽 deals",
    "Cafe\u0301 नमस्ते 한국 e\u030a x\u0301",
    "رود سیاوه از کوه\u200cهای ورنیا",
    "Завод «Ладья» собирает катера",
)
_PAINT = """
import sys, time
from rich.cells import cell_len
from rich.segment import Segment
from annotator.tui.painter import Painter
painter = Painter(None)
for shift in (" ", ""):
    rows = [[Segment(shift + t), Segment(" " * (40 - cell_len(shift + t))), Segment("| here")] for t in sys.argv[1:]]
    sys.stdout.write(painter.paint([(0, y, row) for y, row in enumerate(rows)], 60, 20))
sys.stdout.flush()
time.sleep(60)
"""


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not here")
def test_wide_joined_and_right_to_left_characters_keep_their_columns_under_tmux(
    tmp_path: Path,
) -> None:
    program = tmp_path / "paint.py"
    program.write_text(_PAINT, encoding="utf-8")
    tmux = ["tmux", "-u", "-L", f"annotator-{tmp_path.name}", "-f", "/dev/null"]
    command = f"LC_ALL=C.UTF-8 {shlex.join([sys.executable, str(program), *_WIDE])}"
    subprocess.run([*tmux, "new-session", "-d", "-x", "60", "-y", "20", command], check=True)
    try:
        end = time.monotonic() + 15
        shown: list[str] = []
        while time.monotonic() < end and not any("| here" in line for line in shown[4:5]):
            time.sleep(0.1)
            got = subprocess.run(
                [*tmux, "capture-pane", "-p"], check=True, capture_output=True, encoding="utf-8"
            )
            shown = got.stdout.split("\n")
        for line, text in zip(shown, _WIDE, strict=False):
            assert "| here" in line
            # A tmux before 3.6 shows a heart in one cell and drops skin tones; what follows them is
            # in the right columns anyway.
            plain = [
                word
                for word in text.split()
                if word.isalpha() and not word.startswith(("नम", "👩"))
            ]
            assert all(word in line for word in plain)
            before = line[: line.index("| here")]
            assert 40 in (cell_len(before), cell_len(before.replace("\ufe0f", ""))), line
    finally:
        subprocess.run([*tmux, "kill-server"], check=False, capture_output=True)
