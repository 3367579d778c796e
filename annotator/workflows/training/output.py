"""A project's model as a saved spaCy pipeline."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from annotator.errors import UsageError
from annotator.project import Project
from annotator.resources import schema_names, schema_path


def check(folder: Path) -> None:
    """Raise UsageError for a place that contains something other than a pipeline, before anything
    is computed."""
    if (
        folder.exists()
        and not (folder / "config.cfg").is_file()
        and (not folder.is_dir() or any(folder.iterdir()))
    ):
        raise UsageError(
            "contains something other than a pipeline",
            file=folder,
            hint="Name a new folder, or that of a pipeline to replace",
        )


def write(project: Project, number: int, folder: Path) -> None:
    """Save the model with this number as a pipeline in a folder, replacing an existing pipeline as
    a whole.

    Raises UsageError if the folder contains something else or cannot be written.
    """
    import spacy

    from annotator import __version__
    from annotator.workflows.suggesting.component import FACTORY, Component

    check(folder)
    newest = project.learning.newest(project.schema.hashes)
    assert newest is not None and newest[0] == number, "the model was just stored"
    named = project.config.schema
    source = schema_path(named if named in schema_names() else str(project.root / named))
    shown = project.config.suggestions
    nlp = spacy.blank(
        "en",
        meta={
            "name": "annotator",
            "version": f"0.{number}.0",
            "description": f"Model {number} of an annotator project",
            "requirements": [f"annotator=={__version__}"],
        },
    )
    component = nlp.add_pipe(FACTORY)
    assert isinstance(component, Component)
    component.teach(
        newest[1],
        number=number,
        schema=source.read_text(encoding="utf-8"),
        gate=shown.gate,
        stances=shown.stances,
    )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".model-", dir=folder.parent))
        try:
            nlp.to_disk(work / "new")
            if folder.exists():
                folder.rename(work / "old")
            (work / "new").rename(folder)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise UsageError(
            f"cannot be written: {error.strerror}", file=folder, hint="Choose another folder"
        ) from error


__all__ = ["check", "write"]
