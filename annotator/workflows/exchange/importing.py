"""Import: files into a project, each in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from annotator.errors import InputError, UsageError
from annotator.families import formats
from annotator.formats.api import MAX_BYTES, Batch, ReadOptions, Reads
from annotator.model.record import Record
from annotator.model.text import Document
from annotator.project import AddResult, Project
from annotator.workflows.review.adjudication import settle_imported


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of one file: `added` counts, `known` were there already, `warnings` are for a person."""

    path: Path
    added: AddResult
    warnings: tuple[str, ...] = ()


def files(paths: Iterable[Path], format: str | None = None) -> Iterator[Path]:
    """The files to import: a folder stands for the files in it (and below) that the format reads, or any that is
    not read on request only, sorted."""
    names = [format] if format else [name for name in formats.names() if not _on_request(name)]
    endings = {ending for name in names for ending in _extensions(name)}
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        found = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in endings)
        if not found:
            hint = f"Files to import end in {', '.join(sorted(endings))}"
            raise InputError("the folder holds no file to import", file=path, hint=hint)
        yield from found


def _extensions(name: str) -> tuple[str, ...]:
    module = formats.load(name)
    return module.extensions if isinstance(module, Reads) else ()


def _on_request(name: str) -> bool:
    return bool(getattr(formats.load(name), "on_request", False))


def format_of(path: Path) -> str:
    """The format that a file's name ending stands for; plain text where it stands for none."""
    ending = path.suffix.lower()
    return next(
        (name for name in formats.names() if ending in _extensions(name) and not _on_request(name)), "text"
    )


def _looks_like(path: Path) -> str:
    """The format that is read on request only and that a file of JSON lines looks like; empty if none."""
    try:
        with path.open(encoding="utf-8") as file:
            first = json.loads(file.readline(MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return ""
    if not isinstance(first, dict):
        return ""
    asked = (name for name in formats.names() if _on_request(name))
    return next((n for n in asked if getattr(formats.load(n), "recognises", lambda _: False)(first)), "")


def ingest(
    project: Project,
    path: Path,
    *,
    format: str | None = None,
    annotator: str | None = None,
    encoding: str | None = None,
    max_bytes: int = MAX_BYTES,
    dry_run: bool = False,
    id: str | None = None,
    title: str | None = None,
) -> FileResult:
    """Import one file, all or nothing. `id` and `title` are for a single text.

    Raises InputError, naming file and line, when anything in it does not hold; with `dry_run` everything
    is checked and nothing is kept.
    """
    module = formats.load(format or format_of(path))
    if not isinstance(module, Reads):
        raise UsageError(f"the format “{format}” is not one that can be imported")
    name = format or format_of(path)
    options = ReadOptions(
        project.schema,
        encoding,
        project.config.splitting,
        annotator,
        max_bytes,
        project.config.formats.get(name, {}),
    )
    try:
        batch: Batch = module.read(path, options)
        added = _count(project, batch) if dry_run else _add(project, batch, id=id, title=title)
    except InputError as error:
        error.file = error.file or path
        if format is None and name == "jsonl" and (other := _looks_like(path)):
            error.hint = f"It looks like a file of {other}: give --format {other}"
        raise
    return FileResult(path, added, tuple(batch.warnings))


def _add(project: Project, batch: Batch, *, id: str | None, title: str | None) -> AddResult:
    """Add work first, since that is what may not hold; then the texts that nobody has worked on."""
    records = _add_records(project, batch.records) if batch.records else AddResult()
    if not batch.documents:
        return records
    texts = project.documents.add(_named(project, batch.documents, id=id, title=title))
    return AddResult(
        records.documents + texts.documents, records.completions, (*records.known, *texts.known),
        (*records.renamed, *texts.renamed),
    )  # fmt: skip


def _add_records(project: Project, records: Iterable[Record]) -> AddResult:
    """Add work; a finished gold among it, or in the project, decides on what annotators' files say otherwise."""
    named: set[str] = set()

    def noted() -> Iterator[Record]:
        for record in records:
            named.add(record.document.id)
            yield record

    added = project.log.add_records(noted())
    renamed = dict(added.renamed)
    settle_imported(project, {renamed.get(id, id) for id in named})
    return added


def _named(
    project: Project, documents: list[Document], *, id: str | None, title: str | None
) -> list[Document]:
    """The documents with ids that are free; a text that is known keeps the id it has."""
    wanted = [id or document.id for document in documents]
    known = [project.documents.id_by_hash(document.sha256) for document in documents]
    free = iter(project.documents.free_ids(w for w, k in zip(wanted, known, strict=True) if k is None))
    return [
        replace(document, id=k or next(free), title=title or document.title)
        for document, k in zip(documents, known, strict=True)
    ]


def _count(project: Project, batch: Batch) -> AddResult:
    """What an import would add."""
    known = [k for d in batch.documents if (k := project.documents.id_by_hash(d.sha256))]
    records = 0
    fresh = {d.sha256 for d in batch.documents}
    for record in batch.records:
        records += 1
        fresh.add(record.document.sha256)
    new = sum(project.documents.id_by_hash(sha) is None for sha in fresh)
    return AddResult(new, records, tuple(known))
