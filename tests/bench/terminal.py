"""What a key costs on the wire: `python tests/bench/terminal.py PTYBENCH TEXT [SLATE]` prints a table.

PTYBENCH is the script that drives a program in a pty (`shared/tools/ptybench.py` beside the repository), TEXT an
editorial, SLATE the command of slate-nlp to compare with. A project with TEXT as one long paragraph and by
paragraphs is made in a temporary folder; both programs get the same paragraph at 120 x 40.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from annotator.model.text import Document, split_paragraphs
from annotator.project import Project
from annotator.workflows.suggest import suggest

SIZE = "120x40"


def _measure(
    script: Path, mode: str, marker: str, command: list[str], *more: str, folder: str | None = None
) -> Any:
    """The JSON that the script prints for a program, which runs in `folder`."""
    arguments = [sys.executable, str(script), mode, "--json", "--size", SIZE, "--marker", marker, *more]
    done = subprocess.run(
        [*arguments, "--", *command], capture_output=True, text=True, check=True, cwd=folder
    )
    return json.loads(done.stdout)


def main(script: Path, text: Path, slate: str | None) -> None:
    """Print medians for each key, start, idle bytes and memory; and the same for SLATE."""
    pieces = [line for line in text.read_text(encoding="utf-8").splitlines() if len(line.split()) > 3]
    long = " ".join(pieces)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "p"
        whole = "\n\n".join([long, *pieces])
        with Project.create(root) as project:
            project.add_documents([Document("long", "A long paragraph", whole, split_paragraphs(whole))])
            suggest(project)
        own = [sys.executable, "-m", "annotator", "--project", str(root), "--annotator", "bench"]
        keys = "next:j*30 accept:a*15 paragraph:]*3 back:[*3 undo:u*10 new:v word:l*10 longer:w*10"
        print("annotator", json.dumps(_measure(script, "keys", "pending", own, "--keys", keys)))  # noqa: T201
        print("start    ", json.dumps(_measure(script, "start", "pending", own, "--runs", "7")))  # noqa: T201
        print("idle     ", json.dumps(_measure(script, "idle", "pending", own, "--seconds", "10")))  # noqa: T201
        if slate:
            file = Path(folder) / "long.txt"
            file.write_text(long, encoding="utf-8")
            command = [slate, "-o", "-t", "categorical", "-s", "token", str(file)]
            first = long.split()[1]
            # SLATE leaves its logs where it is run.
            found = _measure(script, "keys", first, command, "--keys", "next:;*30", folder=folder)
            print("slate    ", json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)
