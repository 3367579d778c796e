"""`annotator schema`: label schemas and their guidelines."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from annotator.cli_commands._options import json_option
from annotator.console import notify, print_json, print_lines

if TYPE_CHECKING:
    from annotator.model.schema import Guideline, LabelSchema, Layer


@click.group("schema")
def command() -> None:
    """List, show and check label schemas.

    \b
    Example:
      annotator schema show dna
    """


@command.command("list")
def list_() -> None:
    """List the label schemas that come with the program.

    \b
    Example:
      annotator schema list
    """
    from annotator.resources import load_schema, schema_names

    for name in schema_names():
        schema = load_schema(name)
        layers = ", ".join(layer.name for layer in schema.layers)
        print_lines(f"{name:24} {schema.version:6} {schema.title} ({layers})")


@command.command()
@click.argument("name", required=False)
@json_option
@click.pass_context
def show(ctx: click.Context, name: str | None, as_json: bool) -> None:
    """Show the guidelines of a schema.

    Without NAME or FILE, it is the schema of the project.

    \b
    Examples:
      annotator schema show political-claims | less
      annotator schema show dna --json | jq -r '.layers[].labels[].name'
    """
    from annotator.cli_commands._shared import open_project
    from annotator.resources import load_schema

    if name:
        schema = load_schema(name)
    else:
        with open_project(ctx) as project:
            schema = project.schema
    if as_json:
        print_json(asdict(schema) | {"hash": schema.hash})
        return
    width = min(100, shutil.get_terminal_size((100, 24)).columns)
    for line in guidelines(schema, width):
        print_lines(line)


@command.command()
@click.argument("file")
def check(file: str) -> None:
    """Check a schema file.

    If it has an error, the message names file and key, and the exit code is 3.

    \b
    Example:
      annotator schema check own.toml
    """
    from annotator.model.text import plural
    from annotator.resources import load_schema

    schema = load_schema(file)
    labels = sum(len(layer.labels) for layer in schema.layers)
    notify(f"{file}: no problem ({plural(len(schema.layers), 'layer')}, {plural(labels, 'label')})")


def guidelines(schema: LabelSchema, width: int) -> Iterator[str]:
    """The guidelines as lines of at most `width` columns."""
    yield f"{schema.title} ({schema.name} {schema.version})"
    yield from _wrapped(schema.description, width, "")
    for layer in schema.layers:
        yield from ("", f"{layer.title.upper()}  layer {layer.name}")
        if layer.kind == "relation":
            yield f"  from {', '.join(layer.sources)} to {', '.join(layer.targets)}"
        yield from _guideline(layer.guideline, width, "  ")
        for label in layer.labels:
            yield from ("", f"  {label.name}" + (f"  [{label.key}]" if label.key else ""))
            yield from _guideline(label.guideline, width, "    ")
        yield from _attributes(layer, width)


def _attributes(layer: Layer, width: int) -> Iterator[str]:
    for attribute in layer.attributes:
        kind = " | ".join(attribute.values) or attribute.type
        yield from (
            "",
            f"  attribute {attribute.name}: {kind}{', several' if attribute.multiple else ''}",
        )
        yield from _wrapped(attribute.definition, width, "    ")


def _guideline(guideline: Guideline, width: int, indent: str) -> Iterator[str]:
    yield from _wrapped(guideline.definition, width, indent)
    for name in ("include", "exclude", "examples", "borderline"):
        entries: tuple[str, ...] = getattr(guideline, name)
        if entries:
            yield f"{indent}{name}:"
        for entry in entries:
            yield from textwrap.wrap(
                entry, width, initial_indent=f"{indent}- ", subsequent_indent=f"{indent}  "
            )


def _wrapped(text: str, width: int, indent: str) -> Iterator[str]:
    for paragraph in text.split("\n"):
        if paragraph.strip():
            yield from textwrap.wrap(
                paragraph, width, initial_indent=indent, subsequent_indent=indent
            )
