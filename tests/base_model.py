"""Makes the model that comes with the program: `uv run python tests/base_model.py`.

It is trained on the gold of the seeds, part `train` of `seeds/splits.json`, and on nothing else. Another machine may
round the last digits differently; the figures kept in the model say what it was made from.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path

from annotator.model.record import Record
from annotator.project import Project
from annotator.resources import folder, load_schema
from annotator.suggesters._bundle import Bundle, learn
from annotator.suggesters._reading import Example, Reader, examples_of
from annotator.suggesters.model import BASE, BASE_SCHEMA
from annotator.workflows.ingest import ingest


def part(name: str) -> list[str]:
    """The lines of the gold that are in a part of the split."""
    seeds = folder("seeds")
    ids = set(json.loads((seeds / "splits.json").read_text(encoding="utf-8"))[name])
    lines = (seeds / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if json.loads(line)["id"] in ids]


def records_of(lines: list[str]) -> list[Record]:
    """The records that canonical JSONL holds."""
    with tempfile.TemporaryDirectory() as work, Project.create(Path(work) / "p") as project:
        file = Path(work) / "gold.jsonl"
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        ingest(project, file)
        return list(project.records())


def examples(records: list[Record], reader: Reader) -> list[Example]:
    """All paragraphs of the records that are not excluded."""
    out: list[Example] = []
    for record in records:
        inside = [p.index for p in record.document.paragraphs if not p.excluded]
        out += examples_of(reader, record, inside)
    return out


def digest(lines: list[str]) -> str:
    """What the training data is recognized by."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def make() -> Bundle:
    """The model, trained."""
    lines = part("train")
    records = records_of(lines)
    bundle = learn(
        examples(records, Reader()), load_schema(BASE_SCHEMA), texts=[r.document.text for r in records]
    )
    bundle.metrics["data"] = digest(lines)
    return bundle


if __name__ == "__main__":
    bundle = make()
    data = bundle.to_bytes()
    BASE.write_bytes(data)
    takes = ", ".join(sorted(bundle.takes))
    sys.stdout.write(f"{len(data)} bytes from {bundle.metrics['paragraphs']} paragraphs; takes {takes}\n")
