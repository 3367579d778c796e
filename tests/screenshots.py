"""Pictures of the screens for the README, made by the program itself.

`python tests/screenshots.py DIR` makes the demo project in a temporary folder, presses some keys,
and writes what Textual shows. With `--check`, it writes nothing and says which pictures in DIR are
out of date.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from adjudicating import gold_session, source_of
from textual.pilot import Pilot

from annotator.project import Project
from annotator.tui.app import AnnotatorApp
from annotator.tui.key_map import key_map
from annotator.tui.screens.review import ReviewScreen
from annotator.tui.session import Session
from annotator.tui.widgets.rows import Rows
from annotator.workflows.demo import add_corpus
from annotator.workflows.suggesting.suggest import suggest


@dataclass(frozen=True)
class Shot:
    """A picture: its size in cells, the keys to press first, words that it shows once everything is
    there, and, for a picture of a review, the document that is reviewed."""

    name: str
    keys: str
    words: str
    size: tuple[int, int] = (100, 30)
    review: str = ""


LEADERS = " ".join("Vladimir Putin; Masoud Pezeshkian".replace(" ", "_"))
"""Both leaders, who are named by hand."""

SHOTS = (
    Shot("annotate", f"A ] a a a i {LEADERS} enter n a n", "STATEMENTS"),
    Shot("small", "a j", "accept", (80, 24)),
    Shot("select", "] v l l w w +", "new span"),
    Shot("guidelines", "g", "Guidelines"),
    Shot("queue", "q", "paragraphs"),
    Shot("matrix", "A n A n A M n n n", "+"),
    Shot("agreement", "q A", "HOW FAR"),
    Shot("review", "n 2 n", "ifference", review="07-a-face-is-not-a-ticket"),
)

PATIENCE = 600
"""How many tenths of a second a picture may take to become complete."""


def _app(project: Project, shot: Shot) -> AnnotatorApp:
    if shot.review:
        session = gold_session(project)
        return AnnotatorApp(
            session,
            key_map({}),
            document=shot.review,
            screen=lambda _: ReviewScreen(session, source_of(session)),
        )
    return AnnotatorApp(Session(project, "ada", project.new_session()), key_map({}))


def _words(pilot: Pilot[int]) -> str:
    rows = pilot.app.screen.query_one(Rows)
    return "\n".join(rows.render_line(y).text for y in range(rows.size.height))


async def _shoot(root: Path, shot: Shot) -> str:
    with Project.open(root) as project:
        app = _app(project, shot)
        async with app.run_test(size=shot.size) as pilot:
            await pilot.pause()
            await pilot.press(*(_name(key) for key in shot.keys.split()))
            before = ""
            for _ in range(PATIENCE):
                await pilot.pause(0.1)
                now = _words(pilot)
                # Keys may still be on their way when the words are already shown.
                if shot.words in now and now == before:
                    break
                before = now
            else:
                raise AssertionError(f"{shot.name}: “{shot.words}” never came")
            picture = app.export_screenshot(title="annotator")
            app.exit(0)
    # The fonts would be downloaded; any monospaced font will do.
    picture = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL)
    picture = _TEXT.sub(_without_blanks, picture)
    return "\n".join(line.rstrip() for line in picture.splitlines()) + "\n"


_CELL = 12.2
"""Width of a cell in the units of the picture."""

_TEXT = re.compile(
    r'x="([\d.]+)" (y="[\d.]+") textLength="([\d.]+)"([^>]*)>((?:&#160;)*)(.*?)((?:&#160;)*)</text>'
)


def _without_blanks(found: re.Match[str]) -> str:
    """A piece of text without the blanks around it, which some viewers
    leave out and then stretch the rest."""
    x, y, length, rest, before, words, after = found.groups()
    left, right = (_CELL * blanks.count("&") for blanks in (before, after))
    if not words:
        return f'x="{x}" {y} textLength="{length}"{rest}></text>'
    start, width = round(float(x) + left, 1), round(float(length) - left - right, 1)
    return f'x="{start:g}" {y} textLength="{width:g}"{rest}>{words}</text>'


def _name(key: str) -> str:
    return {
        "]": "right_square_bracket",
        "+": "plus",
        "?": "question_mark",
        "_": "space",
        ";": "semicolon",
    }.get(key, key)


def pictures(names: tuple[str, ...] = ()) -> dict[str, str]:
    """File name and content of every picture, or of those named; each
    from a fresh copy of the same project."""
    os.environ["COLORTERM"] = "truecolor"
    made = {}
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / "fresh" / "demo"
        with Project.create(root) as project:
            add_corpus(project)
            suggest(project, documents=project.documents.ids()[:3])
        for shot in SHOTS:
            if not names or shot.name in names:
                copy = Path(temporary) / shot.name / "demo"
                shutil.copytree(root, copy)
                made[f"{shot.name}.svg"] = asyncio.run(_shoot(copy, shot))
    return made


def main(folder: Path, *, check: bool) -> int:
    """Write the pictures, or compare them with those that are there; the exit code."""
    made = pictures()
    if check:
        other = [
            name
            for name, text in made.items()
            if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
        ]
        for name in other:
            sys.stderr.write(f"{folder / name}: not what it would be now\n")
        return int(bool(other))
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    sys.exit(main(options.folder, check=options.check))
