"""Makes the models that come with the program: `uv run python tests/base_model.py`. They are
trained only on the gold of the seeds, part `train` of `seeds/splits.json`. Another machine may
round the last digits differently; the figures stored in a model say what it was made from.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence

from annotator.english.parser import shared_parser
from annotator.english.reading import Reader
from annotator.families import formats
from annotator.learners.bundle import Bundle
from annotator.model.record import Record
from annotator.resources import load_schema
from annotator.suggesters.model import BASE, BASE_SCHEMA, BASE_UNPARSED
from annotator.workflows.training.base_model import base_of, seed_records


def digest(records: Sequence[Record]) -> str:
    """A digest that identifies training data."""
    lines = "".join(formats.load("jsonl").dumps(record) for record in records)
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def make(reader: Reader) -> Bundle:
    """The model, trained on the seeds as a reader reads them."""
    records = seed_records("train")
    bundle = base_of(records, load_schema(BASE_SCHEMA), reader=reader)
    bundle.metrics["data"] = digest(records)
    return bundle


if __name__ == "__main__":
    parser = shared_parser()
    assert parser is not None, "the parser has to be installed"
    for file, reader in ((BASE, Reader(parser)), (BASE_UNPARSED, Reader())):
        bundle = make(reader)
        data = bundle.to_bytes()
        file.write_bytes(data)
        takes = ", ".join(sorted(bundle.takes))
        told = (
            f"{file.name}: {len(data)} bytes from {bundle.metrics['paragraphs']} paragraphs; "
            f"takes {takes}"
        )
        sys.stdout.write(told + "\n")
