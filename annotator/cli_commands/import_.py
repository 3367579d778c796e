"""`annotator import`: texts and records into the project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotator.cli_commands._options import json_option, option_group
from annotator.cli_commands._shared import open_project, progress
from annotator.console import notify, print_json, suggest_next
from annotator.errors import AnnotatorError, ExitCode, InputError, UsageError
from annotator.model.text import first_of, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotator.project import Project
    from annotator.workflows.exchange.importing import FileResult, ImportOptions

LINES = 10
"""How many files are reported one by one; if there are more, they are reported together."""


def _options(
    format_: str | None,
    annotator: str | None,
    as_file_name: bool,
    encoding: str | None,
    columns: tuple[str, ...],
    same_text: bool,
    every_answer: bool,
    empty_is_done: bool,
    strict: bool,
    max_bytes: int | None,
    dry_run: bool,
) -> ImportOptions:
    """How files are imported. Raises UsageError."""
    from annotator.formats.api import MAX_BYTES
    from annotator.identity import check_annotator
    from annotator.workflows.exchange.importing import ImportOptions

    return ImportOptions(
        format=format_,
        annotator=check_annotator(annotator) if annotator else None,
        as_file_name=as_file_name,
        encoding=encoding,
        columns=_columns(columns),
        same_text=same_text,
        every_answer=every_answer,
        empty_is_done=empty_is_done,
        strict=strict,
        max_bytes=max_bytes or MAX_BYTES,
        dry_run=dry_run,
    )


_reading_options = option_group(
    "options",
    _options,
    click.option(
        "--format",
        "format_",
        metavar="NAME",
        help="The format, if the program cannot tell it from the file.",
    ),
    click.option(
        "--as",
        "annotator",
        metavar="ANNOTATOR",
        help=(
            "Whose work it is: for all canonical records, and for records of other programs that "
            "name nobody."
        ),
    ),
    click.option(
        "--as-file-name",
        is_flag=True,
        help=(
            "Take the annotator from the file's name: ada.jsonl is ada's work; for brat, from the "
            "name of the folder."
        ),
    ),
    click.option(
        "--encoding", metavar="E", help="The encoding of texts and records, if not UTF-8."
    ),
    click.option(
        "--columns",
        multiple=True,
        metavar="KEY=NAME",
        help=(
            "For tables: the column that holds text, id, title, date or source, such as text=Body; "
            "you can repeat it."
        ),
    ),
    click.option(
        "--same-text",
        is_flag=True,
        help="Treat equal texts as one document, even if their ids differ.",
    ),
    click.option(
        "--every-answer",
        is_flag=True,
        help="Keep several answers by one person, as NAME, NAME-2, ...",
    ),
    click.option(
        "--empty-is-done",
        is_flag=True,
        help="Treat texts without annotations as finished work.",
    ),
    click.option(
        "--strict",
        is_flag=True,
        help="Refuse a file if anything in it would be left out or changed.",
    ),
    click.option(
        "--max-bytes", type=click.IntRange(min=1), help="The largest text or line in bytes (20 MB)."
    ),
    click.option("--dry-run", is_flag=True, help="Check everything, but import nothing."),
)


@click.command("import")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@_reading_options
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    options: ImportOptions,
    as_json: bool,
) -> int:
    """Import texts, tables, records and other programs' work.

    A PATH can be a file, a folder with files, or - for standard input.

    Texts are .txt, .md, .html, .docx, .odt, .pdf and tables (.csv, .tsv); each of them may be
    compressed (.gz). The text of a plain file is kept exactly as it is. Work comes from canonical
    records (.jsonl), brat (.ann), Label Studio, doccano, Prodigy, INCEpTION (.xmi, .json, .zip),
    and as REFI-QDA (.qdpx) from ATLAS.ti, MAXQDA, NVivo or QualCoder. annotator.toml says what the
    labels of other programs stand for: under [format.prodigy.labels], write lines such as PER =
    "actor.person".

    A file is imported completely or not at all. Single items that are wrong are left out and
    reported with their line, and the exit code is 1; with --strict, the file is refused.
    Suggestions for new texts are computed in the background.

    \b
    Examples:
      annotator import articles/
      annotator import articles.csv --columns text=Body --columns title=Headline
      annotator import second-coder.jsonl --as coder-b
      annotator import coders/ --format doccano --as-file-name
      annotator import corpus/ --format brat --dry-run
    """
    with open_project(ctx) as project:
        results, failed = _import(project, paths, options, quiet=as_json)
        if not options.dry_run and any(r.added.documents for r in results):
            _ask_for_suggestions(project)
    if as_json:
        print_json(_json(results, failed))
    elif results and not failed:
        suggest_next(_next(results, options))
    if failed:
        return int(ExitCode.DATA)
    return int(ExitCode.FINDINGS) if any(r.left_out for r in results) else int(ExitCode.OK)


def _next(results: Sequence[FileResult], options: ImportOptions) -> str:
    """The command that somebody probably wants after an import."""
    if options.dry_run:
        return "the same command without --dry-run"
    more = any(r.added.completions and not r.added.documents for r in results)
    return "annotator agreement" if more else "annotator"


def _ask_for_suggestions(project: Project) -> None:
    """Have suggestions for the new texts computed in the background."""
    from annotator.workflows import background

    asked = background.Background(project.root)
    asked.start(background.SUGGEST)
    if asked.error:
        notify(f"warning: {asked.error}")


def _columns(given: Sequence[str]) -> dict[str, str]:
    """What `--columns` says: a dict from what a column holds to its name."""
    pairs = [one.partition("=") for one in given]
    known = ("text", "id", "title", "date", "source", "annotator")
    for key, _, name in pairs:
        if key not in known or not name:
            hint = f"Write KEY=NAME, with one of {', '.join(known)} as KEY"
            raise UsageError(f"--columns {key} does not say which column is meant", hint=hint)
    return {key: name for key, _, name in pairs}


def _import(
    project: Project, paths: Sequence[Path], options: ImportOptions, *, quiet: bool
) -> tuple[list[FileResult], list[AnnotatorError]]:
    """Import every file; a file that fails does not stop the next."""
    from annotator.workflows.exchange.importing import files
    from annotator.workflows.names.closed import names_outside_in_words

    results: list[FileResult] = []
    failed: list[AnnotatorError] = []
    every, over = files(paths, options.format)
    count = progress("files")
    for number, path in enumerate(every, 1):
        count(number, len(every))
        result = _import_one(project, path, options)
        if isinstance(result, AnnotatorError):
            failed.append(result)
            continue
        results.append(result)
        if not quiet and len(every) <= LINES:
            notify(f"{path}: {_summary([result], options.dry_run)}")
    if over:
        names = first_of([str(one) for one in over])
        passed = f"{plural(len(over), 'file')} passed over (of other kinds, hidden, or links)"
        notify(f"{passed}: {names}")
    if results and not options.dry_run:
        notify(*names_outside_in_words(project))
    if not quiet and len(every) > LINES and results:
        notify(f"{plural(len(results), 'file')}: {_summary(results, options.dry_run)}")
    return results, failed


def _import_one(
    project: Project, path: Path, options: ImportOptions
) -> FileResult | AnnotatorError:
    """Import a file, and print its errors and what is left out or changed."""
    from annotator.console import print_error
    from annotator.formats.api import ReadReport
    from annotator.workflows.exchange.importing import ingest

    report = ReadReport(path, options.strict)
    result: FileResult | AnnotatorError
    try:
        result = ingest(project, path, options, report=report)
    except (InputError, UsageError) as error:
        print_error(error)
        result = error
    for line in report.lines():
        notify(line)
    return result


def _json(results: Sequence[FileResult], failed: Sequence[AnnotatorError]) -> object:
    return {
        "files": [
            {
                "path": str(r.path),
                "documents": r.added.documents,
                "completions": r.added.completions,
                "known": list(r.added.known),
                "warnings": list(r.warnings),
                "left_out": r.left_out,
            }
            for r in results
        ],
        "failed": [{"path": str(e.file), "error": str(e)} for e in failed],
    }


def _summary(results: Sequence[FileResult], dry_run: bool) -> str:
    """What was imported from files, as text."""
    every = [result.added for result in results]
    counts = (
        (sum(one.documents for one in every), "document"),
        (sum(one.completions for one in every), "completion"),
    )
    parts: list[str] = []
    if new := " and ".join(plural(count, noun) for count, noun in counts if count):
        parts.append(f"{new} would be imported" if dry_run else f"{new} imported")
    if known := list(dict.fromkeys(id for one in every for id in one.known)):
        parts.append(f"already in the project: {first_of(known)}")
    parts = parts or ["nothing new"]
    if left_out := sum(result.left_out for result in results):
        parts.append(f"{plural(left_out, 'thing')} left out")
    return "; ".join(parts)
