"""What everybody starts from: the gold of the seeds, from which the model that comes with the program was made, and
which a young project's own model is trained on beside its own decisions."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING

from annotator.formats._shared import ReadOptions
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.registry import formats
from annotator.resources import folder, load_schema

if TYPE_CHECKING:
    from annotator.suggesters._reading import Example, Reader

SCHEMA = "actors-claims-stances"
"""The label schema that the seeds are coded in."""

ENOUGH = 60
"""Paragraphs of its own from which on a project's model is trained on these alone."""


def seed_records(part: str) -> list[Record]:
    """The gold of a part (`train`, `dev`, `test`) of the seeds, by `seeds/splits.json`."""
    seeds = folder("seeds")
    ids = set(json.loads((seeds / "splits.json").read_text(encoding="utf-8"))[part])
    batch = formats.load("jsonl").read(seeds / "gold.jsonl", ReadOptions(load_schema(SCHEMA)))
    return [record for record in batch.records if record.document.id in ids]


def examples(records: Collection[Record], reader: Reader) -> list[Example]:
    """All paragraphs of records that are not excluded."""
    from annotator.suggesters._reading import examples_of

    return [
        example
        for record in records
        for example in examples_of(
            reader, record, [p.index for p in record.document.paragraphs if not p.excluded]
        )
    ]


def base_for(schema: LabelSchema, paragraphs: int, texts: Collection[str], reader: Reader) -> list[Example]:
    """What a project's model is trained on beside its own `paragraphs`: nothing, once these are enough or when it
    has another label schema. Documents whose text is among `texts` (by sha256) are left out."""
    if paragraphs >= ENOUGH or schema.hash != load_schema(SCHEMA).hash:
        return []
    return examples([r for r in seed_records("train") if r.document.sha256 not in texts], reader)


__all__ = ["ENOUGH", "SCHEMA", "base_for", "examples", "seed_records"]
