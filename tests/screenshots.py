"""Pictures of the screens for the README, made by the program itself: `python tests/screenshots.py DIR`.

The demo project is made in a temporary folder, some keys are pressed, and Textual writes what it shows.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

from annotator.model.record import GOLD
from annotator.project import Project
from annotator.tui.app import AnnotatorApp
from annotator.tui.commands import key_map
from annotator.tui.reviewing import ReviewSession
from annotator.tui.screens.review import ReviewScreen
from annotator.tui.session import Session
from annotator.workflows.demo import add_seeds
from annotator.workflows.suggest import suggest

SHOTS = (
    ("annotate", (120, 36), "a j a j a ] j j a"),
    ("small", (80, 24), "a j"),
    ("select", (100, 30), "] v l l w w +"),
    ("guidelines", (100, 30), "g"),
    ("queue", (100, 30), "q"),
    ("matrix", (100, 30), "A n A n A M n n n"),
    ("agreement", (100, 30), "q A"),
    ("review", (100, 30), "n 2 n"),
)
"""Name, size in cells, keys; the one called review is of that screen."""


async def _shoot(folder: Path, root: Path, name: str, size: tuple[int, int], keys: str) -> None:
    with Project.open(root) as project:
        if name == "review":
            session = ReviewSession(project, GOLD, project.new_session())
            app = AnnotatorApp(
                session,
                key_map({}),
                document="07-a-face-is-not-a-ticket",
                screen=lambda _: ReviewScreen(session),
            )
        else:
            app = AnnotatorApp(Session(project, "ada", project.new_session()), key_map({}))
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            if keys:
                await pilot.press(*(_name(key) for key in keys.split()))
            # Agreement is computed in a thread, which goes on looking for what is saved.
            await pilot.pause(3 if name == "agreement" else 0.2)
            picture = app.export_screenshot(title="annotator")
            # The fonts would be fetched from elsewhere; whatever monospaced font there is will do.
            picture = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL)
            lines = (line.rstrip() for line in picture.splitlines())
            (folder / f"{name}.svg").write_text("\n".join(lines) + "\n", encoding="utf-8")
            app.exit(0)


def _name(key: str) -> str:
    return {"]": "right_square_bracket", "+": "plus", "?": "question_mark"}.get(key, key)


def main(folder: Path) -> None:
    """Write one SVG for each shot."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("COLORTERM", "truecolor")
    for name, size, keys in SHOTS:
        with tempfile.TemporaryDirectory() as temporary:
            root = Path(temporary) / "demo"
            with Project.create(root) as project:
                add_seeds(project)
                suggest(project, documents=project.document_ids()[:3])
            asyncio.run(_shoot(folder, root, name, size, keys))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
