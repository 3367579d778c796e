"""The gold data set: records, a split by document, every annotator's
work, a manifest and a data card.

Everything comes from the database: the same database gives the same bytes on any machine.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from annotator import __version__
from annotator.errors import UsageError
from annotator.formats.api import dumps
from annotator.measures.api import Result
from annotator.model.decision import Completion
from annotator.model.names import concepts_of, used_names
from annotator.model.record import GOLD, Record
from annotator.model.schema import LabelSchema
from annotator.model.span import Annotation
from annotator.project import Project
from annotator.workflows.agreement.compute import agreement
from annotator.workflows.agreement.part import ComparedPart
from annotator.workflows.exchange.card import CardContent, card
from annotator.workflows.exchange.export_records import no_gold
from annotator.workflows.exchange.gold_history import suggestion_tallies, with_history
from annotator.workflows.exchange.manifest import MANIFEST, sealed
from annotator.workflows.exchange.pseudonyms import Pseudonyms
from annotator.workflows.exchange.split import SHARES, part_of
from annotator.workflows.review.versions import Merger
from annotator.workflows.review.waiting import situation
from annotator.workflows.whole_files import check_files, write_folder


@dataclass(frozen=True, slots=True)
class Dataset:
    """The files of a data set by name; `left_out` counts documents with work but without gold,
    `differences` the undecided differences in those and in gold, `changed_since` the gold whose
    annotators changed their work since."""

    files: dict[str, bytes]
    records: int
    left_out: int
    differences: int = 0
    changed_since: int = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """Options of a data set: include `notes` (working notes and messages), replace names of
    people with `pseudonyms`, and the `seed` of the split."""

    seed: str = "annotator"
    notes: bool = False
    pseudonyms: bool = False


@dataclass(slots=True)
class _Left:
    """What was left out: unfinished documents with their undecided differences; undecided
    differences in gold; documents whose annotators changed their work after it was gold."""

    documents: int = 0
    differences: int = 0
    in_gold: int = 0
    changed_since: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Content:
    """The records of a data set as they leave the project: gold, and the annotators' finished work
    on the same documents. `called` has a pseudonym for each name, if names are replaced."""

    gold: Sequence[Record]
    works: Sequence[Record]
    called: Mapping[str, str]

    def by_part(self, seed: str) -> dict[str, list[Record]]:
        """The gold by part of the split."""
        parts: dict[str, list[Record]] = {name: [] for name, _ in SHARES}
        for record in self.gold:
            parts[part_of(record.document.id, seed)].append(record)
        return parts

    def files(self, seed: str) -> dict[str, bytes]:
        """The files of records by name."""
        several: dict[str, Sequence[Record]] = {"gold.jsonl": self.gold}
        several |= {f"{name}.jsonl": part for name, part in self.by_part(seed).items()}
        several["annotators.jsonl"] = self.works
        return {
            name: "".join(map(dumps, records)).encode("utf-8") for name, records in several.items()
        }


def derive(project: Project, *, choices: Choices | None = None) -> Dataset:
    """The data set of a project. Raises ExportError if there is no gold."""
    wanted = choices or Choices()
    gold = list(project.log.records(annotator=GOLD, status=Completion.GOLD))
    if not gold:
        raise no_gold()
    works = _works_on(project, {record.document.id for record in gold})
    merger = Merger(project)
    left = _left_out(project, merger, gold)
    content = _released(project, _with_histories(merger, gold, works, left), works, wanted)
    files = content.files(wanted.seed)
    results = _agreement(project, content)
    manifest = _manifest(project, content, files, wanted, left, results)
    manifest["suggestions"] = suggestion_tallies(works)
    explained = {r.name: r.about for r in results or () if r.about is not None}
    about = CardContent(
        project.schema, project.config.card, content.by_part(wanted.seed), explained
    )
    files["README.md"] = card(manifest, about).encode("utf-8")
    manifest["files"] = _listed(files)
    files[MANIFEST] = sealed(manifest)
    return Dataset(
        files, len(gold), left.documents, left.differences + left.in_gold, len(left.changed_since)
    )


def _works_on(project: Project, documents: Collection[str]) -> list[Record]:
    """The annotators' finished work on some documents."""
    return [
        record
        for record in project.log.records()
        if record.annotator is not None
        and record.status is Completion.DONE
        and record.document.id in documents
    ]


def _with_histories(
    merger: Merger, gold: Sequence[Record], works: Sequence[Record], left: _Left
) -> list[Record]:
    """The gold with the history of its items. What waits for review in it, and which gold changed
    since, is added to what was left out."""
    own_works: dict[str, list[Record]] = defaultdict(list)
    for work in works:
        own_works[work.document.id].append(work)
    completed: list[Record] = []
    for record in gold:
        with_it, here = with_history(merger, record, own_works[record.document.id])
        completed.append(with_it)
        left.in_gold += len(here.waiting) if here is not None else 0
        if "changed_since" in with_it.history:
            left.changed_since.append(record.document.id)
    return completed


def _released(
    project: Project, gold: Sequence[Record], works: Sequence[Record], choices: Choices
) -> _Content:
    """The records without notes and without the names of people, unless they are wanted."""
    if not choices.notes:
        gold, works = ([replace(r, notes={}) for r in several] for several in (gold, works))
    if not choices.pseudonyms:
        return _Content(gold, works, {})
    names = Pseudonyms(project)
    # The order of the works reveals nothing about the names.
    works = sorted(names.records(works), key=lambda r: [r.document.id, r.annotator or ""])
    return _Content(list(names.records(gold)), works, names.called)


def _left_out(project: Project, merger: Merger, gold: Sequence[Record]) -> _Left:
    worked = {row.document for row in project.log.completions()}
    worked -= {record.document.id for record in gold}
    left = _Left(documents=len(worked))
    for id in sorted(worked):
        here = situation(merger, id)
        if here is not None and len(here.found.voters) > 1:
            left.differences += len(here.waiting)
    return left


def _listed(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    """The files of a data set for its manifest: the hash, and the number of records."""
    return {
        name: {"sha256": hashlib.sha256(data).hexdigest()}
        | ({"records": data.count(b"\n")} if name.endswith(".jsonl") else {})
        for name, data in sorted(files.items())
    }


def _reviewers(gold: Sequence[Record]) -> list[str]:
    return sorted({who for record in gold for who in record.history.get("reviewers", ())})


def _counted(
    schema: LabelSchema, gold: Sequence[Record]
) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """How often each label occurs, by layer, and how often each source."""
    labels: dict[str, Counter[str]] = {layer.name: Counter() for layer in schema.layers}
    sources: Counter[str] = Counter()
    for record in gold:
        items: list[Annotation] = [*record.spans, *record.relations]
        for item in items:
            labels.setdefault(item.layer, Counter())[item.label] += 1
            sources[item.origin] += 1
    by_layer = {layer: dict(sorted(counts.items())) for layer, counts in labels.items()}
    return by_layer, dict(sorted(sources.items()))


def _schema_entry(schema: LabelSchema) -> dict[str, Any]:
    return {
        "name": schema.name,
        "version": schema.version,
        "sha256": schema.hash,
        "labels": {
            layer.name: {label.name: label.guideline.definition for label in layer.labels}
            for layer in schema.layers
        },
    }


def _manifest(
    project: Project,
    content: _Content,
    files: Mapping[str, bytes],
    choices: Choices,
    left: _Left,
    results: Sequence[Result] | None,
) -> dict[str, Any]:
    """The manifest: everything that a user of the data must know, as JSON values."""
    gold = content.gold
    labels, sources = _counted(project.schema, gold)
    updated = [
        row.updated
        for row in project.log.completions(annotator=GOLD)
        if row.completion is Completion.GOLD
    ]
    return {
        "format": "annotator-dataset/1",
        "tool": {"name": "annotator", "version": __version__},
        "schema": _schema_entry(project.schema),
        "files": _listed(files),
        "documents": len(gold),
        "left_out": left.documents,
        "left_out_differences": {
            "in_documents_left_out": left.differences,
            "in_gold": left.in_gold,
        },
        "changed_since": left.changed_since,
        "labels": labels,
        "sources": sources,
        "annotators": sorted({r.annotator for r in content.works if r.annotator}),
        "reviewers": _reviewers(gold),
        "pseudonyms": choices.pseudonyms,
        "external_ids": _external_ids(project, gold),
        "notes": choices.notes,
        "agreement": None if results is None else _figures(results),
        "split": {
            "by": "sha256 of seed, U+001F and document id, first 8 bytes modulo 100",
            "seed": choices.seed,
            "percent": dict(SHARES),
        },
        "license": project.config.license or None,
        "last_decision": max(updated, default=None),
    }


def _external_ids(project: Project, gold: Sequence[Record]) -> dict[str, dict[str, str]]:
    """The ids that the codebook has for the names in the gold: entities, and concepts in their
    positive wording."""
    known = project.names.codebook().ids
    spans = (span for record in gold for span in record.spans)
    used = used_names(spans, concepts_of(project.schema))
    out: dict[str, dict[str, str]] = {"entity": {}, "concept": {}}
    for kind, name in sorted(used & known.keys()):
        out[kind][name] = known[kind, name]
    return out


def _agreement(project: Project, content: _Content) -> Sequence[Result] | None:
    """Agreement on the documents of the data set; None if nobody shares work on them."""
    documents = {record.document.id for record in content.gold}
    try:
        return agreement(project, ComparedPart(documents=documents, called=content.called)).results
    except UsageError:
        return None


def _figures(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Figures for the manifest, to four decimals."""

    def short(value: float | None) -> float | None:
        return None if value is None else round(value, 4)

    return [
        {
            "layer": r.layer,
            "name": r.name,
            "value": short(r.value),
            "low": short(r.low),
            "high": short(r.high),
            "n": r.n,
            "coverage": short(r.coverage),
            "reason": r.reason,
        }
        for r in results
    ]


def write_dataset(
    project: Project, target: Path, *, choices: Choices | None = None, force: bool = False
) -> Dataset:
    """Write the data set into the folder `target`.

    Raises ExportError if there is no gold, or as `write_folder` does.
    """
    made = derive(project, choices=choices)
    write_folder(target, made.files.items(), force=force)
    return made


def check_dataset(project: Project, target: Path, *, choices: Choices | None = None) -> None:
    """Make the data set again and compare it with the existing one. Raises FindingsError for the
    first file that differs."""
    check_files(target, derive(project, choices=choices).files, alone=True)


__all__ = ["Choices", "Dataset", "check_dataset", "derive", "write_dataset"]
