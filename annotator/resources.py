"""Where `schemas/` and `seeds/` are: beside the package in a
checkout, inside it in an installed copy."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from annotator.errors import SchemaError
from annotator.model.schema import LabelSchema
from annotator.model.schema_reading import parse_schema

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `schemas` or `seeds`."""
    installed = _PACKAGE / "_resources" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


@cache
def schema_names() -> tuple[str, ...]:
    """The label schemas that come with the program, sorted."""
    return tuple(sorted(p.stem for p in folder("schemas").glob("*.toml")))


def schema_path(name: str) -> Path:
    """The file of a shipped schema, or the file that `name` itself is.

    Raises SchemaError if there is neither.
    """
    shipped = folder("schemas") / f"{name}.toml"
    if name in schema_names():
        return shipped
    path = Path(name)
    if path.is_file():
        return path
    raise SchemaError(
        f"there is no label schema “{name}”",
        hint=f"Give the path of a TOML file, or one of {', '.join(schema_names())}",
    )


def load_schema(name: str) -> LabelSchema:
    """The schema of that name or path. Raises SchemaError if it is missing or invalid."""
    path = schema_path(name)
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SchemaError(
            f"cannot be read: {error}",
            file=path,
            hint="Give a schema file that is readable and in UTF-8",
        ) from error
    return _parsed(source, path)


@lru_cache(maxsize=32)
def _parsed(source: str, file: Path) -> LabelSchema:
    """The schema of a source, read once for all projects that have it."""
    return parse_schema(source, file=file)


__all__ = ["folder", "load_schema", "schema_names", "schema_path"]
