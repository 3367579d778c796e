"""A folder that Hugging Face's `datasets` can load: rows of one shape, and a card that states the
features. Rows are like canonical records, except that attributes are lists of name and value, both
strings, since their types differ from layer to layer. Because the features are stated, files that
have no relation, or no row at all, load together with the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from annotator.formats._flat_rows import FEATURES, row_of
from annotator.formats._writing import WriteOptions, count_lost
from annotator.json_text import json_bytes
from annotator.model.record import Record

summary = "a folder for Hugging Face's datasets: train, dev, test, card (out)"
extensions = (".jsonl",)
on_request = True

PARTS = {"train": "train", "dev": "validation", "test": "test"}
"""Our names of the parts, and those that `datasets` knows."""


def files(records: Iterable[Record], how: WriteOptions) -> Iterator[tuple[str, bytes]]:
    """The card, and the rows of each part."""
    there: set[str] = set()
    for record in records:
        count_lost(record, how.lost, "notes", "flags", "metadata")
        part = PARTS[how.part_of(record.document.id)]
        there.add(part)
        yield f"data/{part}.jsonl", json_bytes(row_of(record, how.schema)) + b"\n"
    yield (
        "README.md",
        card(sorted(there, key=list(PARTS.values()).index), "data/{}.jsonl", how).encode("utf-8"),
    )


def card(parts: list[str], path: str, how: WriteOptions) -> str:
    """The card: YAML that `datasets` reads, and a few words."""
    lines = ["---", "configs:", "- config_name: default", "  data_files:"]
    for part in parts:
        lines += [f"  - split: {part}", f"    path: {path.format(part)}"]
    lines += ["dataset_info:", "  features:", *_features(FEATURES, "  "), "---", ""]
    schema = how.schema
    lines += [
        f"# {schema.title or schema.name}",
        "",
        f"Coded by the label schema `{schema.name}` {schema.version}. "
        "`datasets.load_dataset(FOLDER)` loads it.",
        "",
        "Offsets are Unicode code points of `text`, the end exclusive. `attributes` are pairs "
        "of name and value, both strings; what has no value is an empty string. Relations go "
        "`from` a span, or `@author`, `to` a span.",
        "",
    ]
    return "\n".join(lines)


def _features(features: dict[str, Any], indent: str) -> Iterator[str]:
    for name, kind in features.items():
        yield f"{indent}- name: {json.dumps(name)}"
        if isinstance(kind, list):
            yield f"{indent}  list:"
            yield from _features(kind[0], f"{indent}  ")
        else:
            yield f"{indent}  dtype: {kind}"
