"""Computing suggestions ahead, for the documents of a project."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from annotator import registry
from annotator.config import Config
from annotator.model.decision import Suggestion
from annotator.model.memory import Memory
from annotator.model.schema import LabelSchema
from annotator.model.text import Document
from annotator.project import Project
from annotator.store.rows import SuggestionRun
from annotator.suggesters import Suggester
from annotator.suggesters._merge import merge

_BATCH = 8
"""Documents that one process works on before it tells what it found."""


@dataclass(frozen=True, slots=True)
class SuggestResult:
    """How many documents were read, and how many suggestions are stored for them."""

    documents: int
    suggestions: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is needed to make the suggesters, here or in another process."""

    names: tuple[str, ...]
    schema: LabelSchema
    config: Config
    memory: Memory

    def suggesters(self) -> list[Suggester]:
        """The suggesters, loaded."""
        return [
            registry.suggesters.load(name.partition(":")[0]).create(
                schema=self.schema, config=self.settings(name), memory=self.memory
            )
            for name in self.names
        ]

    def settings(self, name: str) -> Mapping[str, Any]:
        """The table of a suggester; of `pipeline:NAME` that of the pipeline, with its name."""
        family, _, own = name.partition(":")
        if own:
            return {"name": own, **self.config.pipelines.get(own, {})}
        return self.config.suggester.get(family, {})

    def run(self, suggesters: Sequence[Suggester]) -> SuggestionRun:
        """Names and versions, and a hash of the settings."""
        tables = {name: dict(self.settings(name)) for name in self.names}
        content = json.dumps([tables, self.schema.hash], sort_keys=True, default=str)
        digest = hashlib.sha256(content.encode()).hexdigest()[:16]
        return SuggestionRun({one.name: one.version for one in suggesters}, digest)


def propose(document: Document, suggesters: Sequence[Suggester], memory: Memory) -> list[Suggestion]:
    """The suggestions for a document, by paragraph and rank; excluded paragraphs have none."""
    out: list[Suggestion] = []
    for paragraph in document.paragraphs:
        if not paragraph.excluded:
            every = [one for suggester in suggesters for one in suggester.suggest(document, paragraph)]
            out += merge(document, every, memory)
    return out


def suggest(
    project: Project,
    *,
    documents: Sequence[str] | None = None,
    suggesters: Sequence[str] | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> SuggestResult:
    """Compute and store suggestions: for these documents (all), by these suggesters (those of the settings);
    `pipeline:NAME` is a spaCy pipeline.

    One transaction for each document; `progress` is told (documents done, of how many). Raises UsageError
    for an unknown suggester, ProjectError for an unknown document.
    """
    names = tuple(suggesters or project.config.suggesters)
    recipe = Recipe(names, project.schema, project.config, project.memory())
    ids = list(documents) if documents is not None else project.document_ids()
    loaded = recipe.suggesters()
    run = recipe.run(loaded)
    count = 0
    made = (
        _in_processes(project, recipe, ids, workers) if workers > 1 else _here(project, recipe, loaded, ids)
    )
    for number, (id, found) in enumerate(made, 1):
        project.put_suggestions(id, found, run=run)
        count += len(found)
        if progress is not None:
            progress(number, len(ids))
    return SuggestResult(len(ids), count)


def _here(
    project: Project, recipe: Recipe, suggesters: Sequence[Suggester], ids: Sequence[str]
) -> Iterator[tuple[str, list[Suggestion]]]:
    for id in ids:
        yield id, propose(project.document(id), suggesters, recipe.memory)


_in_process: tuple[Recipe, list[Suggester]] | None = None


def _begin(recipe: Recipe) -> None:
    global _in_process
    _in_process = (recipe, recipe.suggesters())


def _work(documents: list[Document]) -> list[tuple[str, list[Suggestion]]]:
    assert _in_process is not None
    recipe, suggesters = _in_process
    return [(d.id, propose(d, suggesters, recipe.memory)) for d in documents]


def _in_processes(
    project: Project, recipe: Recipe, ids: Sequence[str], workers: int
) -> Iterator[tuple[str, list[Suggestion]]]:
    """The same on several processes; only this one touches the database."""
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(recipe,)) as pool:
        for at in range(0, len(ids), _BATCH * workers):
            some = [project.document(id) for id in ids[at : at + _BATCH * workers]]
            batches = [some[i : i + _BATCH] for i in range(0, len(some), _BATCH)]
            for batch in pool.map(_work, batches):
                yield from batch


__all__ = ["Recipe", "SuggestResult", "propose", "suggest"]
