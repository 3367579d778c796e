"""Our labels and those of other schemas that mean the same."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "_data" / "labels.toml"


@cache
def label_map() -> tuple[Mapping[str, list[str]], Mapping[str, list[str]], frozenset[str]]:
    """Our labels with those of other schemas, for spans and relations; and layers that take only
    names."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return table["spans"], table["relations"], frozenset(table["names"])


__all__ = ["label_map"]
