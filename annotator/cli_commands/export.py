"""`annotator export`: writes what the project holds to files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotator.cli_commands._options import (
    choice_option,
    documents_option,
    force_option,
    json_option,
    option_group,
    status_option,
)
from annotator.cli_commands._shared import open_project, with_count
from annotator.console import notify, print_data, print_json, suggest_next
from annotator.model.text import plural

if TYPE_CHECKING:
    from collections import Counter

    from annotator.project import Project
    from annotator.workflows.exchange.export_records import ExportOptions


_JSON = ("jsonl", "huggingface", "doccano", "prodigy", "label-studio")
"""Formats that are JSON; on standard output, their control characters are escaped."""


def _content(
    status: str,
    unit: str,
    documents: tuple[str, ...],
    layers: tuple[str, ...],
    since: str,
    min_agreement: float,
    pseudonyms: bool,
    notes: bool,
) -> ExportOptions:
    """What is exported."""
    from annotator.workflows.exchange.export_filter import ExportFilter
    from annotator.workflows.exchange.export_records import ExportOptions

    choice = ExportFilter(
        documents=documents, layers=layers, since=since, min_agreement=min_agreement
    )
    return ExportOptions(
        status=status, unit=unit, choice=choice, notes=notes, pseudonyms=pseudonyms
    )


_content_options = option_group(
    "wanted",
    _content,
    status_option("all"),
    choice_option("--unit", ["document", "paragraph"], "document", "What each record covers."),
    documents_option,
    click.option(
        "--layer",
        "layers",
        multiple=True,
        metavar="NAME",
        help="Only items of this layer; you can repeat it.",
    ),
    click.option(
        "--since",
        metavar="TIME",
        default="",
        help="Only work changed since this time: 2026-03-04 or 2026-03-04T10:00:00 (UTC).",
    ),
    click.option(
        "--min-agreement",
        type=click.FloatRange(0, 1),
        default=0.0,
        metavar="SHARE",
        help="Only items that at least this share of those who finished the document coded alike.",
    ),
    click.option(
        "--pseudonyms",
        is_flag=True,
        help="Replace the names of people with pseudonyms in every file.",
    ),
    click.option(
        "--notes",
        is_flag=True,
        help="Include notes and messages, which are otherwise left out.",
    ),
)


@click.command()
@click.argument("format_", metavar="FORMAT")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help=(
        "The folder to write to, or a file with the format's ending; - is standard output. "
        "[default: exports/ in the project]"
    ),
)
@_content_options
@click.option(
    "--check", is_flag=True, help="Write nothing; compare with the existing files, byte by byte."
)
@force_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    format_: str,
    output: Path | None,
    wanted: ExportOptions,
    check: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Export completions or gold. The same database gives the same bytes.

    FORMAT is jsonl for the canonical records; csv for tables of items and statements; brat, cas,
    doccano, label-studio or prodigy for those programs; qdpx for ATLAS.ti, MAXQDA, NVivo and
    QualCoder; dna for Discourse Network Analyzer; conll, huggingface, parquet or spacy for machine
    learning. The command counts what a format cannot hold. Gold as jsonl is a folder: the records,
    a split of the documents into train, dev and test, everybody's work and votes, a manifest with
    hashes, and a data card.

    \b
    Examples:
      annotator export jsonl
      annotator export jsonl --status gold -o exports/v1
      annotator export spacy --status gold -o corpus
      annotator export csv --layer claim --since 2026-03-04 -o tables
      annotator export jsonl --status annotator=coder-a -o - | head -1
    """
    with open_project(ctx) as project:
        if str(output) == "-":
            if check:
                raise click.UsageError("--check compares with files; -o - has none")
            _to_screen(project, format_, wanted)
        elif _is_data_set(format_, wanted, output):
            target = output or project.root / "exports" / "gold"
            _gold(project, target, wanted, check=check, force=force, as_json=as_json)
        else:
            _to_files(project, format_, wanted, output, check=check, force=force, as_json=as_json)


def _is_data_set(format: str, wanted: ExportOptions, output: Path | None) -> bool:
    """Whether all gold is exported with its split, manifest and data card, and not as one file."""
    whole = (format, wanted.status, wanted.unit) == ("jsonl", "gold", "document")
    one_file = output is not None and output.suffix == ".jsonl" and not output.is_dir()
    return whole and not wanted.choice and not one_file


def _to_screen(project: Project, format: str, wanted: ExportOptions) -> None:
    """Write an export of one file to standard output."""
    from annotator.workflows.exchange.export import Rendering

    made = Rendering(project, format, wanted)
    for part in made.parts():
        print_data(part, as_json=format in _JSON)
    _print_missing(made.left_out, made.lost)


def _to_files(
    project: Project,
    format: str,
    wanted: ExportOptions,
    output: Path | None,
    *,
    check: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Write an export, or compare it with the existing files."""
    from annotator.workflows.exchange import export as workflow

    several = workflow.Rendering(project, format, wanted).several
    target = output or project.root / "exports" / (format if several else "")
    if check:
        same = workflow.check(project, format, target, wanted)
        notify(f"{same}: the same, byte by byte")
        return
    result = workflow.export(project, format, target, wanted, force=force)
    _print_missing(result.left_out, result.lost)
    if as_json:
        counts = {"left_out": +result.left_out, "lost": +result.lost}
        about = {"file": str(result.file), "records": result.records, "bytes": result.size}
        print_json({**about, **counts})
    else:
        notify(f"{result.file}: {plural(result.records, 'record')}, {result.size:,} bytes")
        if following := _next(format, result.file):
            suggest_next(following)


def _next(format: str, target: Path) -> str:
    """The command that reads an export of a format, or uses it; empty if there is none here."""
    from annotator.families import formats
    from annotator.formats.api import named_by_annotator

    if format == "jsonl":
        return f"annotator validate {target}"
    if format == "spacy":
        return f"cd {target}, and spacy train spancat.cfg --output model"
    if named_by_annotator(formats.load(format)):
        words = f"annotator import --format {format} --as-file-name {target}"
        return f"{words} in another project; names there say whose work it is"
    return ""


def _print_missing(left_out: Counter[str], lost: Counter[str]) -> None:
    """Say what is left out, and what the format cannot hold."""
    for what, count in sorted((+left_out).items()):
        notify(f"left out: {with_count(what, count)}")
    for what, count in sorted((+lost).items()):
        notify(f"not in this format: {with_count(what, count)}")


def _gold(
    project: Project,
    target: Path,
    wanted: ExportOptions,
    *,
    check: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Write the data set, or compare it with the existing files."""
    from annotator.workflows.exchange.dataset import Choices, check_dataset, write_dataset

    choices = Choices(notes=wanted.notes, pseudonyms=wanted.pseudonyms)
    if check:
        check_dataset(project, target, choices=choices)
        notify(f"{target}: the same, byte by byte")
        return
    made = write_dataset(project, target, choices=choices, force=force)
    if made.left_out:
        notify(f"left out: {plural(made.left_out, 'document')} worked on but not gold")
    if made.differences:
        notify(f"not decided: {plural(made.differences, 'difference')}")
    if made.changed_since:
        notify(
            "changed since: annotators changed their work on "
            f"{plural(made.changed_since, 'document')} after the gold was made"
        )
    if as_json:
        print_json({"folder": str(target), "records": made.records, "files": sorted(made.files)})
    else:
        notify(
            f"{target}: {plural(made.records, 'gold record')} in {plural(len(made.files), 'file')}"
        )
        suggest_next(f"annotator validate {target}")
