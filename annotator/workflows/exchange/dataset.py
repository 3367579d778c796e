"""The gold data set: records, a split by document, every annotator's work, a manifest and a data card.

Everything follows from the database alone: the same database gives the same bytes on any machine. The folder
is written beside its place and renamed, so that it is there whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from annotator import __version__
from annotator.errors import ExportError, FindingsError, UsageError
from annotator.formats.api import dumps
from annotator.model.blind import is_blind
from annotator.model.decision import Completion
from annotator.model.record import GOLD, Record
from annotator.model.span import Annotation, Span
from annotator.project import Project
from annotator.workflows.agreement.compute import agreement
from annotator.workflows.agreement.report import number
from annotator.workflows.review.adjudication import versions

SHARES = (("train", 80), ("dev", 10), ("test", 10))
"""Percent of documents in each part of the split."""

MANIFEST = "manifest.json"

HISTORY = "gold"
"""The key of a gold record's metadata that says how its items came to be."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """The files of a data set by name; `left_out` counts documents that are worked on but not gold."""

    files: dict[str, bytes]
    records: int
    left_out: int


def part_of(id: str, seed: str) -> str:
    """The part that a document is in: by the first 8 bytes of sha256 of seed and id, modulo 100."""
    digest = hashlib.sha256(f"{seed}\x1f{id}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") % 100
    for name, share in SHARES:
        if place < share:
            return name
        place -= share
    return SHARES[-1][0]


def derive(project: Project, *, seed: str = "annotator") -> Dataset:
    """The data set of a project. Raises ExportError when there is no gold."""
    gold = list(project.log.records(annotator=GOLD, status=Completion.GOLD))
    if not gold:
        raise ExportError(
            "there is no gold yet", hint="`annotator review` makes it, or an import of gold records"
        )
    ids = {record.document.id for record in gold}
    worked = {row.document for row in project.log.completions()}
    works = [
        r for r in project.log.records()
        if r.annotator is not None and r.status is Completion.DONE and r.document.id in ids
    ]  # fmt: skip
    gold = [_with_history(project, record, works) for record in gold]
    parts: dict[str, list[str]] = {name: [] for name, _ in SHARES}
    for record in gold:
        parts[part_of(record.document.id, seed)].append(dumps(record))
    files = {"gold.jsonl": "".join(dumps(record) for record in gold)}
    files |= {f"{name}.jsonl": "".join(lines) for name, lines in parts.items()}
    files["annotators.jsonl"] = "".join(dumps(record) for record in works)
    encoded = {name: text.encode("utf-8") for name, text in files.items()}
    manifest = _manifest(project, gold, works, encoded, seed, len(worked - ids))
    encoded["README.md"] = _card(manifest).encode("utf-8")
    encoded[MANIFEST] = (json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode(
        "utf-8"
    )
    return Dataset(encoded, len(gold), len(worked - ids))


def _shown(project: Project, record: Record) -> set[tuple[str, int, int]]:
    """Layer and bounds of the spans that annotators saw suggested in a document."""
    share, seed = project.config.blind_share, project.blind_seed
    return {
        (s.value.layer, s.value.start, s.value.end)
        for s in project.suggestions.of(record.document.id)
        if isinstance(s.value, Span)
        and s.shown
        and not (share and is_blind(record.document.id, s.paragraph, share=share, seed=seed))
    }


def _with_history(project: Project, gold: Record, works: Sequence[Record]) -> Record:
    """The record, with who of those who finished the document made each item just so, where it comes from, and
    whether a span with these bounds had been suggested; as it is where nobody finished it in this project."""
    shown = _shown(project, gold)
    own = [r for r in works if r.document.id == gold.document.id]
    found = versions(own)
    spans: dict[tuple[Any, ...], tuple[str, ...]] = {}
    edges: dict[tuple[Any, ...], tuple[str, ...]] = {}
    if found is not None:
        at = {c.id: _place(c.value) for c in found.candidates if isinstance(c.value, Span)}
        for candidate in found.candidates:
            value = candidate.value
            if isinstance(value, Span):
                spans[_place(value)] = candidate.votes
            else:
                edges[value.layer, value.label, at.get(value.source), at.get(value.target)] = candidate.votes
    here = {s.id: _place(s) for s in gold.spans}
    items: dict[str, Any] = {}
    for span in gold.spans:
        items[span.id] = {
            "source": span.origin,
            "votes": list(spans.get(_place(span), ())),
            "suggested": (span.layer, span.start, span.end) in shown,
        }
    for relation in gold.relations:
        key = (relation.layer, relation.label, here.get(relation.source), here.get(relation.target))
        items[relation.id] = {"source": relation.origin, "votes": list(edges.get(key, ()))}
    if found is None:
        return gold
    policy = sorted({item["source"] for item in items.values()})
    history = {"eligible": list(found.voters), "policy": policy, "items": items}
    return replace(gold, document=replace(gold.document, meta={**gold.document.meta, HISTORY: history}))


def _place(span: Span) -> tuple[Any, ...]:
    return (span.layer, span.label, span.start, span.end)


def _manifest(
    project: Project,
    gold: Sequence[Record],
    works: Sequence[Record],
    files: dict[str, bytes],
    seed: str,
    left_out: int,
) -> dict[str, Any]:
    """Everything that a user of the data has to know, as JSON values."""
    schema = project.schema
    labels: dict[str, Counter[str]] = {layer.name: Counter() for layer in schema.layers}
    sources: Counter[str] = Counter()
    for record in gold:
        items: list[Annotation] = [*record.spans, *record.relations]
        for item in items:
            labels.setdefault(item.layer, Counter())[item.label] += 1
            sources[item.origin] += 1
    updated = [
        row.updated for row in project.log.completions(annotator=GOLD) if row.completion is Completion.GOLD
    ]
    return {
        "format": "annotator-dataset/1",
        "tool": {"name": "annotator", "version": __version__},
        "schema": {
            "name": schema.name, "version": schema.version, "sha256": schema.hash,
            "labels": {
                layer.name: {label.name: label.guideline.definition for label in layer.labels}
                for layer in schema.layers
            },
        },
        "files": {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "records": data.count(b"\n")}
            for name, data in sorted(files.items())
        },
        "documents": len(gold),
        "left_out": left_out,
        "labels": {layer: dict(sorted(counts.items())) for layer, counts in labels.items()},
        "sources": dict(sorted(sources.items())),
        "annotators": sorted({r.annotator for r in works if r.annotator}),
        "agreement": _agreement(project, {r.document.id for r in gold}),
        "split": {"by": "sha256 of seed, U+001F and document id, first 8 bytes modulo 100", "seed": seed,
                  "percent": dict(SHARES)},
        "suggestions": [
            {"suggester": t.suggester, "layer": t.layer, "accepted": t.accepted, "corrected": t.corrected,
             "rejected": t.rejected, "accepted_unchanged": _part(t.accepted, t.accepted + t.corrected + t.rejected)}
            for t in project.status().suggestions
        ],
        "license": project.config.license or None,
        "last_decision": max(updated, default=None),
    }  # fmt: skip


def _part(some: int, every: int) -> float | None:
    return round(some / every, 4) if every else None


def _agreement(project: Project, ids: set[str]) -> list[dict[str, Any]] | None:
    """Agreement on the documents of the data set, four decimals; None without shared work on them."""
    try:
        found = agreement(project, documents=ids)
    except UsageError:
        return None

    def short(value: float | None) -> float | None:
        return None if value is None else round(value, 4)

    return [
        {"layer": r.layer, "name": r.name, "value": short(r.value), "low": short(r.low), "high": short(r.high),
         "n": r.n, "coverage": short(r.coverage), "reason": r.reason}
        for r in found.results
    ]  # fmt: skip


def _card(manifest: dict[str, Any]) -> str:
    """The data card: the manifest for people."""
    schema = manifest["schema"]
    lines = [
        "# Data card", "",
        f"{manifest['documents']} documents coded by the label schema `{schema['name']}` {schema['version']}, made "
        f"with annotator {manifest['tool']['version']}; last decision {manifest['last_decision'] or 'unknown'}. "
        f"Licence: {manifest['license'] or 'not stated (`license` in annotator.toml)'}.", "",
        "| file | records | sha256 |", "|---|---|---|",
        *(f"| `{name}` | {about['records']} | `{about['sha256']}` |" for name, about in manifest["files"].items()), "",
        f"Split: by document, {', '.join(f'{n} % {part}' for part, n in manifest['split']['percent'].items())}; "
        f"{manifest['split']['by']}; seed `{manifest['split']['seed']}`.", "",
        f"Where items come from: {', '.join(f'{n} {name}' for name, n in manifest['sources'].items()) or 'none'}. "
        f"Documents worked on but not gold, left out: {manifest['left_out']}.", "",
        f"Annotators: {', '.join(manifest['annotators']) or 'not in this project'}. `meta.gold` of a record says who "
        "made which item; `annotators.jsonl` has everybody's finished work as it is.", "",
        "## Labels", "",
    ]  # fmt: skip
    for layer, labels in schema["labels"].items():
        lines += [f"### {layer}", ""]
        lines += [
            f"- {label} ({manifest['labels'].get(layer, {}).get(label, 0)}): {text}"
            for label, text in labels.items()
        ]
        lines.append("")
    if manifest["agreement"]:
        lines += ["## Agreement before adjudication", "", "| layer | measure | value | 95 % interval | n |"]
        lines.append("|---|---|---|---|---|")
        for r in manifest["agreement"]:
            interval = "" if r["low"] is None else f"{number(r['low'])} – {number(r['high'])}"
            lines.append(f"| {r['layer']} | {r['name']} | {number(r['value'])} | {interval} | {r['n']} |")
        lines.append("")
    return "\n".join(lines)


def write_dataset(project: Project, target: Path, *, seed: str = "annotator", force: bool = False) -> Dataset:
    """Write the data set into the folder `target`.

    Raises ExportError when something else is there already (unless `force`), when there is no gold, or when it
    cannot be written; nothing is changed then.
    """
    made = derive(project, seed=seed)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if target.exists() and not force and _there(target) != made.files:
            raise ExportError(
                "exists with other content", file=target, hint="Choose another folder with -o, or --force"
            )
        part.mkdir(parents=True)
        for name, data in made.files.items():
            with (part / name).open("wb") as handle:
                handle.write(data)
                handle.flush()
                os.fsync(handle.fileno())
        if target.exists():
            shutil.rmtree(target)
        part.replace(target)
    except OSError as error:
        hint = "Check the folder, its permissions and the space on the disk; nothing was changed"
        raise ExportError(f"cannot be written: {error.strerror}", file=target, hint=hint) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return made


def _there(target: Path) -> dict[str, bytes]:
    """The files of a folder; one that is no folder holds nothing that could be the same."""
    if not target.is_dir():
        return {"": b""}
    return {str(p.relative_to(target)): p.read_bytes() for p in sorted(target.rglob("*")) if p.is_file()}


def check_dataset(project: Project, target: Path, *, seed: str = "annotator") -> None:
    """Derive the data set again and compare. Raises FindingsError for the first file that differs."""
    made = derive(project, seed=seed).files
    there = _there(target) if target.is_dir() else {}
    for name in sorted({*made, *there}):
        if made.get(name) != there.get(name):
            message = "is not there" if name not in there else "differs from what the project holds now"
            message = "does not belong here" if name not in made else message
            raise FindingsError(message, file=target / name, hint="Export it again")


def wrong_hashes(folder: Path) -> list[tuple[str, str]]:
    """File and complaint for what does not fit the manifest of a data set; nothing without a manifest."""
    file = folder / MANIFEST
    if not file.is_file():
        return []
    try:
        listed = json.loads(file.read_text(encoding="utf-8"))["files"]
        pairs = [(str(name), str(about["sha256"])) for name, about in listed.items()]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [(MANIFEST, "is not a manifest of a data set")]
    out: list[tuple[str, str]] = []
    for name, expected in pairs:
        own = folder / name
        if not own.is_file():
            out.append((name, "is in the manifest and not in the folder"))
        elif hashlib.sha256(own.read_bytes()).hexdigest() != expected:
            out.append((name, "has another sha256 than the manifest says"))
    return out


__all__ = [
    "HISTORY",
    "MANIFEST",
    "SHARES",
    "Dataset",
    "check_dataset",
    "derive",
    "part_of",
    "write_dataset",
    "wrong_hashes",
]
