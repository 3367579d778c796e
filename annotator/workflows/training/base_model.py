"""The base of a project's model: the model that comes with the program, for the default label
schema.

It was trained on the gold of the seeds (part `train` of `seeds/splits.json`). A project's own
paragraphs teach what differs from it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from annotator.errors import SchemaError
from annotator.formats.api import read_records
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.resources import folder, load_schema
from annotator.suggesters.model import BASE_SCHEMA, base_file

if TYPE_CHECKING:
    from annotator.english.reading import Reader
    from annotator.learners.bundle import Bundle
    from annotator.learners.examples import Example


def taught(
    examples: Sequence[Example], schema: LabelSchema, *, texts: Iterable[str], base: bool
) -> Bundle:
    """A model of these examples, the oldest first; with `base`, on top of that of the seeds, if the
    schema is the one of the seeds. `metrics["base"]` is the number of paragraphs behind the base.

    Raises SuggesterError if nothing is marked in them.
    """
    from annotator.learners.learning import learn

    texts = list(texts)
    known = base_for(texts, schema) if base and _is_default(schema) else None
    bundle = learn(examples, schema, texts=texts, base=known)
    bundle.metrics["base"] = known.metrics["paragraphs"] if known else 0
    return bundle


def base_for(texts: Iterable[str], schema: LabelSchema) -> Bundle | None:
    """The model that comes with the program; or, if it was trained on some of these texts, a model
    made without them (8 seconds), since its suggestions for them could not be judged. None if there
    is none."""
    from annotator.learners.bundle import Bundle

    file = base_file()
    if not file.is_file():
        return None
    made = Bundle.of_bytes(file.read_bytes(), schema)
    seen = frozenset(made.metrics["texts"]) & {digest_of(text) for text in texts}
    return Bundle.of_bytes(_without(seen, schema), schema) if seen else made


@cache
def _without(seen: frozenset[str], schema: LabelSchema) -> bytes:
    """The model of the other seeds, as bytes; without seeds, a bundle without models."""
    from annotator.learners.bundle import Bundle

    records = [
        record for record in seed_records("train") if digest_of(record.document.text) not in seen
    ]
    return (
        base_of(records, schema) if records else Bundle(schema, metrics={"paragraphs": 0})
    ).to_bytes()


def base_of(
    records: Collection[Record], schema: LabelSchema, *, reader: Reader | None = None
) -> Bundle:
    """A model as a base for others; `metrics["texts"]` are digests of its training texts. `reader`
    reads the texts, or else the process's own reader."""
    from annotator.english.reading import shared_reader
    from annotator.learners.learning import learn

    texts = [record.document.text for record in records]
    bundle = learn(examples_in(records, reader or shared_reader()), schema, texts=texts)
    bundle.metrics["texts"] = sorted(map(digest_of, texts))
    return bundle


def digest_of(text: str) -> str:
    """The digest that identifies a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _is_default(schema: LabelSchema) -> bool:
    try:
        return schema.codes_hash == load_schema(BASE_SCHEMA).codes_hash
    except SchemaError:
        return False  # A program without its schemas has no seeds either.


def seed_records(part: str) -> list[Record]:
    """The gold of a part (`train`, `dev`, `test`) of the seeds, by `seeds/splits.json`:
    adjudicated, or coded once."""
    seeds = folder("seeds")
    wanted = set(json.loads((seeds / "splits.json").read_text(encoding="utf-8"))[part])
    schema = load_schema(BASE_SCHEMA)
    files = (read_records(seeds / name, schema) for name in ("gold.jsonl", "coded-once.jsonl"))
    return [record for file in files for record in file if record.document.id in wanted]


def examples_in(records: Collection[Record], reader: Reader) -> list[Example]:
    """All paragraphs of records, except excluded ones."""
    from annotator.learners.examples import examples_of

    out: list[Example] = []
    for record in records:
        inside = [p.index for p in record.document.paragraphs if not p.excluded]
        out += examples_of(reader, record, inside, group=f"seed:{record.document.id}")
    return out


__all__ = ["base_for", "base_of", "examples_in", "seed_records", "taught"]
