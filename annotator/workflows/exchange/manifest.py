"""The manifest of a data set. It shows any changed byte, including its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from annotator.workflows.whole_files import inside, is_own_file

MANIFEST = "manifest.json"

_SEAL = "sha256"
"""The key of the manifest for the hash of everything else in it."""

_LINK = "is a link and not a file of its own; export the data set again"


def _bytes(manifest: Mapping[str, Any]) -> bytes:
    return (json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode(
        "utf-8"
    )


def sealed(manifest: Mapping[str, Any]) -> bytes:
    """The manifest as bytes, with the sha256 of the bytes without it."""
    plain = {key: value for key, value in manifest.items() if key != _SEAL}
    return _bytes({**plain, _SEAL: hashlib.sha256(_bytes(plain)).hexdigest()})


def is_dataset(folder: Path) -> bool:
    """Whether a folder contains a data set, or remains of one."""
    names = (MANIFEST,), ("gold.jsonl", "annotators.jsonl")
    return any(all((folder / name).is_file() for name in several) for several in names)


def wrong_files(folder: Path) -> Iterator[tuple[str, str]]:
    """Path and problem for everything that does not match the manifest of a data set: missing,
    changed or unlisted files, links, folders without content, and the manifest itself. Empty if
    there is neither a manifest nor a data set."""
    file = folder / MANIFEST
    if not file.is_file():
        if is_dataset(folder):
            yield (
                MANIFEST,
                "is missing, so nothing here can be checked; export the data set again",
            )
        return
    if file.is_symlink():
        yield MANIFEST, _LINK
    own = file.read_bytes()
    try:
        manifest, listed = _read(own)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        yield MANIFEST, "is not a manifest of a data set; export the data set again"
        return
    if own != sealed(manifest):
        yield MANIFEST, "was changed: its sha256 is not the one that it states"
    for name, expected in sorted(listed.items()):
        if problem := _wrong(folder, name, expected):
            yield name, problem
    for name in sorted(path.as_posix() for path in inside(folder)):
        if name != MANIFEST and name not in listed:
            yield name, "is in the folder, but not in the manifest"


def stated_schema(folder: Path) -> Mapping[str, Any]:
    """What the manifest of a data set says about its label schema; empty if it says nothing that
    can be read."""
    try:
        stated = json.loads((folder / MANIFEST).read_bytes())["schema"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return stated if isinstance(stated, dict) else {}


def _read(data: bytes) -> tuple[Mapping[str, Any], dict[str, str]]:
    """A manifest, and the sha256 that it states for each file."""
    manifest = json.loads(data)
    return manifest, {str(name): str(of["sha256"]) for name, of in manifest["files"].items()}


def _wrong(folder: Path, name: str, expected: str) -> str:
    """What is wrong with a file whose sha256 the manifest gives; empty if nothing is."""
    file = folder / name
    if not file.resolve().is_relative_to(folder.resolve()):
        return "leads out of the folder"
    if not file.is_file():
        return "is in the manifest, but not in the folder"
    if not is_own_file(folder, Path(name)):
        return _LINK
    if hashlib.sha256(file.read_bytes()).hexdigest() != expected:
        return "was changed: its sha256 is not the one in the manifest"
    return ""


__all__ = ["MANIFEST", "is_dataset", "sealed", "stated_schema", "wrong_files"]
