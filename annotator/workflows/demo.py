"""The demo projects: a corpus of `seeds/`, ready to annotate, in the user's own data folder."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from annotator.errors import ProjectError
from annotator.formats.api import read_records
from annotator.project import TOUR, Project
from annotator.resources import folder
from annotator.workflows import background
from annotator.workflows.exchange.importing import ImportOptions, ingest
from annotator.workflows.names.codebook import import_codebook

DECIDED = 6
"""The number of seeds whose gold the demo has; the differences in the others are left for the user
to decide."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts with two codings and their gold. `place` is its folder in `seeds/`, `folder` that of
    its demo project."""

    place: str
    folder: str

    def home(self) -> Path:
        """The folder with its files."""
        return folder("seeds") / self.place

    def decided(self) -> Collection[str]:
        """The documents whose gold is in the demo.

        For the debate, this is part `train`, which covers the whole time, so that both camps and
        their shift are visible before anything is decided.
        """
        ids: list[str] = json.loads((self.home() / "splits.json").read_text(encoding="utf-8"))[
            "train"
        ]
        return ids if self.place else sorted(ids)[:DECIDED]


SEEDS = "seeds"
"""The corpus that opens by default if there is no project."""

CORPORA = {SEEDS: Corpus("", "demo"), "debate": Corpus("debate", "demo-debate")}


def demo_folder(corpus: str = SEEDS) -> Path:
    """The folder of a demo project: under ANNOTATOR_HOME, or else under the user's data folder."""
    name = CORPORA[corpus].folder
    home = os.environ.get("ANNOTATOR_HOME")
    if home:
        return Path(home).expanduser() / name
    from platformdirs import user_data_path

    return user_data_path("annotator", appauthor=False) / name


def demo_project(corpus: str = SEEDS) -> Project:
    """The demo project of a corpus, which is made if it does not exist yet.

    Raises ProjectError if its folder contains something else.
    """
    root = demo_folder(corpus)
    if not root.exists():
        _build(root, corpus)
    return Project.open(root)


def _build(root: Path, corpus: str) -> None:
    """Make the project beside its place and move it there, so that it is never incomplete."""
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".demo-", dir=root.parent))
    except OSError as error:
        hint = "Set ANNOTATOR_HOME to a folder that you can write to"
        raise ProjectError(f"cannot be made: {error.strerror}", file=root, hint=hint) from error
    try:
        with Project.create(work / "demo") as project:
            add_corpus(project, corpus)
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


def add_corpus(project: Project, corpus: str = SEEDS) -> None:
    """Add the texts of a corpus with their titles, the two codings, and the gold of the decided
    documents."""
    of = CORPORA[corpus]
    home, decided = of.home(), of.decided()
    titles = json.loads((home / "titles.json").read_text(encoding="utf-8"))
    for name in ("coder-a", "coder-b"):
        ingest(project, home / f"{name}.jsonl")
    # Add the gold after the codings: if a coding were newer than the gold, the gold would count as
    # changed since.
    gold = read_records(home / "gold.jsonl", project.schema)
    project.log.add_records(r for r in gold if r.document.id in decided)
    if (home / "codebook.csv").is_file():
        import_codebook(project, home / "codebook.csv", who="seeds")
    for text in sorted(home.glob("*.txt")):
        ingest(project, text, ImportOptions(title=titles[text.stem]["title"]))


def _suggest_first(project: Project) -> None:
    """Compute suggestions for the first document, so that it opens with them."""
    from annotator.workflows.suggesting.suggest import suggest

    suggest(project, documents=project.documents.ids()[:1])


def _suggest_rest(root: Path) -> None:
    """Start a process that computes suggestions for the other documents, and do not wait for it.
    If it cannot be started, opening such a document asks for them again and says so."""
    background.Background(root).start(background.SUGGEST)
