"""Write the example of exports into `exports/debate`, or `--check` that the program still writes
the same.

The gold of `seeds/debate` as a data set, its tables, and its network with pictures; made by the
commands that a user has, on a clock that stands still.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from annotator.store import codec

CLOCK = "2026-11-28T12:00:00Z"
"""The time at which everything in the example is decided."""

codec.now = lambda: CLOCK

from annotator.cli import run  # noqa: E402 - the clock has to stand still before anything reads it

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "exports" / "debate"
LICENCE = """
license = "CC0-1.0"
"""
STATED = """
[card]
title = "The Sallow barrage: actors, claims and stances in an invented debate"
summary = "It shows what the program exports, and tests it. It is no measure of how well people agree."
genre = "Editorials, columns and letters."
sources = "All texts, outlets, authors and events are invented. The texts were written for this data set, with the help of a machine, and are in the public domain (CC0)."
curation = "They quote the same dozen people on one controversy over six months, so that a network of their positions can be seen. A coalition shifts in the middle."
speakers = "Invented journalists, columnists and readers of six invented newspapers."
annotators = "The two codings were made with the help of a machine, apart from each other. coder-b had only the texts, the guidelines and the codebook; coder-a also wrote the texts and adjudicated."
procedure = "Both coded all texts by the guidelines below, with the 33 concepts of a codebook that was written before. Each difference was decided by guideline and codebook, with the coders' names in view."
limits = "The texts were written to repeat a few concepts, and the agreement on concepts is that of a closed list. The test part has four documents: train nothing on it that you want to publish."
"""


def main(arguments: list[str]) -> int:
    """Write the example, or with `--check` compare it; the exit code."""
    more = ["--check"] if "--check" in arguments else ["--force"]
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch) / "debate"
        _do("init", str(project))
        settings = project / "annotator.toml"
        text = settings.read_text(encoding="utf-8")
        head, brace, tail = text.partition("\n[")
        settings.write_text(f"{head}\n{LICENCE}{brace}{tail}{STATED}", encoding="utf-8")
        for name in ("coder-a", "coder-b", "gold"):
            _do(
                "--project",
                str(project),
                "import",
                str(ROOT / "seeds" / "debate" / f"{name}.jsonl"),
            )
        for words in (
            ["export", "jsonl", "--status", "gold", "-o", str(TARGET / "gold")],
            ["export", "csv", "--status", "gold", "-o", str(TARGET / "tables")],
            ["network", "-o", str(TARGET / "network")],
        ):
            _do("--project", str(project), *words, *more)
    return 0


def _do(*words: str) -> None:
    code = run(list(words))
    if code:
        sys.exit(
            f"{' '.join(words)}: exit code {code}; uv run python tests/exports.py writes the "
            "example anew"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
