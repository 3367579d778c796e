"""The demo project: the seed corpus, ready to annotate, in the user's own data folder."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from itertools import islice
from pathlib import Path

from annotator.errors import ProjectError
from annotator.formats.api import read_records
from annotator.project import TOUR, Project
from annotator.resources import folder
from annotator.workflows import background
from annotator.workflows.exchange.importing import ingest

DECIDED = 6
"""Of how many documents the demo holds the gold; the differences of the others are there to be decided."""


def demo_folder() -> Path:
    """Where the demo project lies: under ANNOTATOR_HOME, else under the user's data folder."""
    home = os.environ.get("ANNOTATOR_HOME")
    if home:
        return Path(home).expanduser() / "demo"
    from platformdirs import user_data_path

    return user_data_path("annotator", appauthor=False) / "demo"


def demo_project() -> Project:
    """The demo project, made when it is not there yet.

    Raises ProjectError when its folder holds something else.
    """
    root = demo_folder()
    if not root.exists():
        _build(root)
    return Project.open(root)


def _build(root: Path) -> None:
    """Make the project beside its place and move it there, so that it is never half there."""
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".demo-", dir=root.parent))
    except OSError as error:
        hint = "Set ANNOTATOR_HOME to a folder of yours"
        raise ProjectError(f"cannot be made: {error.strerror}", file=root, hint=hint) from error
    try:
        with Project.create(work / "demo") as project:
            add_seeds(project)
            project.keep_setting(TOUR, "offered")
            _suggest_first(project)
        try:
            (work / "demo").rename(root)
        except OSError:
            if not root.exists():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _suggest_rest(root)


def add_seeds(project: Project) -> None:
    """The seed texts with their titles, the two codings, and the gold of the first `DECIDED`."""
    seeds = folder("seeds")
    titles = json.loads((seeds / "titles.json").read_text(encoding="utf-8"))
    gold = read_records(seeds / "gold.jsonl", project.schema)
    project.log.add_records(islice(gold, DECIDED))
    for name in ("coder-a", "coder-b"):
        ingest(project, seeds / f"{name}.jsonl")
    for text in sorted(seeds.glob("*.txt")):
        ingest(project, text, title=titles[text.stem]["title"])


def _suggest_first(project: Project) -> None:
    """Suggestions for the first document, so that it opens with them."""
    from annotator.workflows.suggesting.suggest import suggest

    suggest(project, documents=project.documents.ids()[:1])


def _suggest_rest(root: Path) -> None:
    """Suggestions for the other documents, by a process of its own that nobody waits for; where it cannot be had,
    they are asked for again, and it is told, when such a document is opened."""
    background.Background(root).start(background.SUGGEST)
