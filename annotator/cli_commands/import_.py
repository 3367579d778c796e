"""`annotator import`: texts and records into the project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotator.cli_commands._shared import json_option, open_project, print_json, progress, talk
from annotator.model.text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.project import AddResult

LINES = 10
"""Files that are told of one by one; of more together."""


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--format", "format_", metavar="NAME", help="The format, if the file's ending does not say it.")
@click.option(
    "--as", "annotator", metavar="ANNOTATOR",
    help="Whose work records are: canonical ones all, of other programs those that name nobody.",
)  # fmt: skip
@click.option("--encoding", metavar="E", help="The encoding of texts, if not UTF-8.")
@click.option("--max-bytes", type=click.IntRange(min=1), help="Largest text or line (20 MB).")
@click.option("--dry-run", is_flag=True, help="Check everything, keep nothing.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    format_: str | None,
    annotator: str | None,
    encoding: str | None,
    max_bytes: int | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Import texts (.txt, .md) and canonical records (.jsonl); a folder stands for the files in it.

    Each file is imported whole or not at all. The text is kept exactly as it is. Work done with other programs comes
    in as completions: brat (.ann) and Label Studio (.json) by their endings, prodigy and doccano by --format. What
    their labels stand for is told in annotator.toml: [format.prodigy.labels] and lines such as PER = "actor.person".
    Suggestions for new texts are made in the background at once.

    \b
    Examples:
      annotator import articles/
      annotator import second-coder.jsonl --as coder-b
      annotator import old.jsonl --format prodigy --as ada
      annotator import corpus/ --format brat --dry-run
    """
    from annotator.console import complain
    from annotator.errors import AnnotatorError, ExitCode, InputError
    from annotator.formats.api import MAX_BYTES
    from annotator.identity import check_annotator
    from annotator.workflows import background
    from annotator.workflows.exchange.importing import files, ingest

    name = check_annotator(annotator) if annotator else None
    results = []
    failed: list[AnnotatorError] = []
    with open_project(ctx) as project:
        every = list(files(paths, format_))
        tell = progress("files")
        for number, path in enumerate(every, 1):
            tell(number, len(every))
            try:
                result = ingest(
                    project, path, format=format_, annotator=name, encoding=encoding,
                    max_bytes=max_bytes or MAX_BYTES, dry_run=dry_run,
                )  # fmt: skip
            except InputError as error:
                complain(error)
                failed.append(error)
                continue
            results.append(result)
            for warning in result.warnings:
                talk(f"warning: {warning}")
            if not as_json and len(every) <= LINES:
                talk(f"{path}: {_said([result.added], dry_run)}")
        if not as_json and len(every) > LINES and results:
            talk(f"{plural(len(results), 'file')}: {_said([r.added for r in results], dry_run)}")
        if not dry_run and any(r.added.documents for r in results):
            asked = background.Background(project.root)
            asked.start(background.SUGGEST)
            if asked.error:
                talk(f"warning: {asked.error}")
    if as_json:
        print_json(
            {
                "files": [
                    {
                        "path": str(r.path), "documents": r.added.documents,
                        "completions": r.added.completions,
                        "known": list(r.added.known), "warnings": list(r.warnings),
                    }
                    for r in results
                ],
                "failed": [{"path": str(e.file), "error": str(e)} for e in failed],
            }
        )  # fmt: skip
    return int(ExitCode.DATA) if failed else int(ExitCode.OK)


def _said(every: Sequence[AddResult], dry_run: bool) -> str:
    """What came of files, for a person."""
    counts = (
        (sum(one.documents for one in every), "document"),
        (sum(one.completions for one in every), "completion"),
    )
    parts = [plural(count, noun) for count, noun in counts if count]
    said = " and ".join(parts) + (" would be imported" if dry_run else " imported") if parts else ""
    known = list(dict.fromkeys(id for one in every for id in one.known))
    if known:
        there = ", ".join(known[:3]) + (f" and {len(known) - 3:,} more" if len(known) > 3 else "")
        said += ("; " if said else "") + f"already in the project: {there}"
    return said or "nothing new"
