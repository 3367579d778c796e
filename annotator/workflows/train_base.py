"""What a project's model is trained on besides the project's own paragraphs, while these are few.

For the default label schema that is the gold of the seeds (part `train` of `seeds/splits.json`), from which the model
that comes with the program was made. Over 140 paragraphs of 24 other editorials, 35 editorials to learn from besides
saved four keys in a hundred more than the own ones alone: five over the first forty paragraphs, still two at the end.
They make a training three times as long.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from annotator.errors import SchemaError
from annotator.formats import jsonl
from annotator.formats._shared import ReadOptions
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.resources import folder, load_schema
from annotator.suggesters.model import BASE_SCHEMA

if TYPE_CHECKING:
    from annotator.suggesters._bundle import Bundle
    from annotator.suggesters._reading import Example, Reader

FEW = 200
"""Own examples up to which the base is learnt from too."""


def taught(examples: Sequence[Example], schema: LabelSchema, *, texts: Iterable[str], base: bool) -> Bundle:
    """A model of these examples, the oldest first; with `base` of the seeds too while they are few, where the schema
    is the one that the seeds are coded in, but for those whose text is among `texts`: what is known of these cannot be
    held out. `metrics["base"]` is the number of paragraphs of the seeds.

    Raises SuggesterError when nothing is marked in them.
    """
    from annotator.suggesters._bundle import learn

    texts = list(texts)
    more: list[Example] = []
    if base and 0 < len(examples) < FEW and _is_default(schema):
        here = set(texts)
        more = [one for text, own in _seeds() if text not in here for one in own]
    bundle = learn(examples, schema, texts=texts, base=more)
    bundle.metrics["base"] = len(more)
    return bundle


def _is_default(schema: LabelSchema) -> bool:
    try:
        return schema.hash == load_schema(BASE_SCHEMA).hash
    except SchemaError:
        return False  # A program without its schemas has no seeds either.


def seed_records(part: str) -> list[Record]:
    """The gold of a part (`train`, `dev`, `test`) of the seeds, by `seeds/splits.json`: adjudicated, or coded once."""
    seeds = folder("seeds")
    wanted = set(json.loads((seeds / "splits.json").read_text(encoding="utf-8"))[part])
    options = ReadOptions(load_schema(BASE_SCHEMA))
    files = (jsonl.read(seeds / name, options) for name in ("gold.jsonl", "coded-once.jsonl"))
    return [record for batch in files for record in batch.records if record.document.id in wanted]


def examples_in(records: Collection[Record], reader: Reader) -> list[Example]:
    """All paragraphs of records that are not excluded."""
    from annotator.suggesters._reading import examples_of

    out: list[Example] = []
    for record in records:
        inside = [p.index for p in record.document.paragraphs if not p.excluded]
        out += examples_of(reader, record, inside, group=f"seed:{record.document.id}")
    return out


@cache
def _seeds() -> tuple[tuple[str, tuple[Example, ...]], ...]:
    """The texts of the seeds that are there to learn from, each with its paragraphs."""
    from annotator.suggesters._reading import shared_reader

    reader = shared_reader()
    return tuple((one.document.text, tuple(examples_in([one], reader))) for one in seed_records("train"))


__all__ = ["FEW", "examples_in", "seed_records", "taught"]
