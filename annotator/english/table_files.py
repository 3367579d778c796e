"""Reads the files of the rules' tables."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "_data"


def lines(name: str) -> Iterator[list[str]]:
    """The cells of each row of a tab-separated file, followed by six empty ones; comments are
    left out."""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield [cell.strip() for cell in (line + "\t" * 6).split("\t")]


@cache
def toml(name: str) -> dict[str, str]:
    """The classes of words in a TOML file, by name."""
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


__all__ = ["FOLDER", "lines", "toml"]
