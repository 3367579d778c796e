"""`annotator export`: what stands in the project as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotator.cli_commands._shared import json_option, open_project, print_json, talk
from annotator.console import tell_data
from annotator.model.text import plural

if TYPE_CHECKING:
    from annotator.project import Project
    from annotator.workflows.exchange.dataset import Choices
    from annotator.workflows.exchange.export_filter import ExportFilter


_JSON = ("jsonl", "huggingface", "doccano", "prodigy", "label-studio")
"""Formats that are JSON, of which standard output gets no control character raw."""


@click.command()
@click.argument("format_", metavar="FORMAT")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR",
    help="The folder to write to; - is standard output. [default: exports/ in the project]",
)  # fmt: skip
@click.option(
    "--status",
    default="all",
    show_default=True,
    metavar="gold|all|annotator=NAME",
    help="Whose work.",
)
@click.option(
    "--unit", type=click.Choice(["document", "paragraph"]), default="document", show_default=True,
    help="What a record is about.",
)  # fmt: skip
@click.option(
    "--document",
    "documents",
    multiple=True,
    metavar="ID",
    help="Of this document. May be repeated.",
)
@click.option(
    "--layer", "layers", multiple=True, metavar="NAME", help="Items of this layer. May be repeated."
)
@click.option(
    "--since",
    metavar="TIME",
    default="",
    help="Work changed since then: 2026-03-04, or with T10:00:00 (UTC).",
)
@click.option(
    "--min-agreement", type=click.FloatRange(0, 1), default=0.0, metavar="SHARE",
    help="Items that at least this share of those who finished the document coded alike.",
)  # fmt: skip
@click.option(
    "--check", is_flag=True, help="Write nothing; compare with what is there, byte by byte."
)
@click.option("--force", is_flag=True, help="Write over a file with other content.")
@click.option(
    "--pseudonyms", is_flag=True, help="Pseudonyms in place of the names of people, in every file."
)
@click.option(
    "--notes", is_flag=True,
    help=(
        "With gold: the notes of coders and lead too, and their messages. They are left out "
        "otherwise."
    ),
)  # fmt: skip
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    format_: str,
    output: Path | None,
    status: str,
    unit: str,
    documents: tuple[str, ...],
    layers: tuple[str, ...],
    since: str,
    min_agreement: float,
    check: bool,
    force: bool,
    pseudonyms: bool,
    notes: bool,
    as_json: bool,
) -> None:
    """Export completions or gold. The same database gives the same bytes.

    FORMAT is jsonl for the canonical records; csv for tables of items and statements; brat, cas,
    doccano, label-studio or prodigy for those programs; qdpx for ATLAS.ti, MAXQDA, NVivo and
    QualCoder; dna for Discourse Network Analyzer; conll, huggingface, parquet or spacy for
    learners. What a format has no place for is counted. Gold leaves as jsonl in a folder: the
    records, a split into train, dev and test by document, everybody's work and votes, a manifest
    with hashes, and a data card.

    \b
    Examples:
      annotator export jsonl
      annotator export jsonl --status gold -o exports/v1
      annotator export spacy --status gold -o corpus
      annotator export csv --layer claim --since 2026-03-04 -o tables
      annotator export jsonl --status annotator=coder-a -o - | head -1
    """
    from annotator.workflows.exchange import export as workflow
    from annotator.workflows.exchange.converting import converts
    from annotator.workflows.exchange.dataset import Choices
    from annotator.workflows.exchange.export_filter import ExportFilter

    choice = ExportFilter(
        documents=documents, layers=layers, since=since, min_agreement=min_agreement
    )
    with open_project(ctx) as project:
        if choice or converts(format_):
            _convert(
                project,
                format_,
                output,
                choice,
                status=status,
                unit=unit,
                check=check,
                force=force,
                pseudonyms=pseudonyms,
                as_json=as_json,
            )
            return
        if output is not None and str(output) == "-":
            made = workflow.Rendering(
                project, format_, status=status, unit=unit, pseudonyms=pseudonyms
            )
            for part in made.parts():
                tell_data(part, as_json=format_ in _JSON)
            result = workflow.ExportResult(None, made.rows, made.size, made.cut)
        else:
            target = output or project.root / "exports"
            if status == "gold" and format_ == "jsonl" and unit == "document":
                choices = Choices(notes=notes, pseudonyms=pseudonyms)
                _gold(
                    project,
                    output or target / "gold",
                    choices,
                    check=check,
                    force=force,
                    as_json=as_json,
                )
                return
            if check:
                file = workflow.check(
                    project, format_, target, status=status, unit=unit, pseudonyms=pseudonyms
                )
                talk(f"{file}: the same, byte by byte")
                return
            result = workflow.export(
                project,
                format_,
                target,
                status=status,
                unit=unit,
                force=force,
                pseudonyms=pseudonyms,
            )
    if result.cut:
        talk(f"left out: {plural(result.cut, 'relation')} between paragraphs")
    if as_json and result.file:
        print_json({"file": str(result.file), "records": result.records, "bytes": result.size})
    elif result.file:
        talk(f"{result.file}: {plural(result.records, 'record')}, {result.size:,} bytes")


def _convert(
    project: Project,
    format: str,
    output: Path | None,
    choice: ExportFilter,
    *,
    status: str,
    unit: str,
    check: bool,
    force: bool,
    pseudonyms: bool,
    as_json: bool,
) -> None:
    """An export that goes through the formats of other programs,
    or of which something is chosen."""
    from annotator.workflows.exchange.converting import Conversion, convert

    made = Conversion(
        project, format, status=status, unit=unit, choice=choice, pseudonyms=pseudonyms
    )
    if output is not None and str(output) == "-":
        for part in made.parts():
            tell_data(part, as_json=format in _JSON)
        target = None
    else:
        folder = output or project.root / "exports" / (format if made.several else "")
        target = convert(made, folder, status=status, force=force, check=check).target
    for what, count in sorted(made.lost.items()):
        if count:
            talk(f"not in this format: {count:,} {what}")
    if check:
        talk(f"{target}: the same, byte by byte")
    elif as_json and target is not None:
        lost = {what: count for what, count in made.lost.items() if count}
        print_json({"file": str(target), "records": made.records, "bytes": made.size, "lost": lost})
    elif target is not None:
        talk(f"{target}: {plural(made.records, 'record')}, {made.size:,} bytes")


def _gold(
    project: Project, target: Path, choices: Choices, *, check: bool, force: bool, as_json: bool
) -> None:
    """The data set: written, or compared with what is there."""
    from annotator.workflows.exchange.dataset import check_dataset, write_dataset

    if check:
        check_dataset(project, target, choices=choices)
        talk(f"{target}: the same, byte by byte")
        return
    made = write_dataset(project, target, choices=choices, force=force)
    if made.left_out:
        talk(f"left out: {plural(made.left_out, 'document')} worked on but not gold")
    if made.differences:
        talk(
            f"not decided: {plural(made.differences, 'difference')}, in those documents and in gold"
        )
    if made.changed_since:
        talk(
            "changed since: coders changed their work on "
            f"{plural(made.changed_since, 'document')} after it was gold"
        )
    if as_json:
        print_json({"folder": str(target), "records": made.records, "files": sorted(made.files)})
    else:
        talk(
            f"{target}: {plural(made.records, 'gold record')} in {plural(len(made.files), 'file')}"
        )
