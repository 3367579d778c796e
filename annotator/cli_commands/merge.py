"""`annotator merge`: the work of another host into this project."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from annotator.cli_commands._options import json_option
from annotator.cli_commands._shared import open_project, progress
from annotator.console import notify, print_json
from annotator.model.record import shown_name
from annotator.model.text import first_of, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotator.store.merge_results import MergeResult, NameConflict

LINES = 10
"""How many forks are reported one by one."""
SHOWN = 60
"""The most letters of what a field of the codebook holds that are shown."""


@click.command()
@click.argument("other", type=click.Path(path_type=Path), metavar="OTHER")
@click.option("--dry-run", is_flag=True, help="Show what would be merged, and change nothing.")
@json_option
@click.pass_context
def command(ctx: click.Context, other: Path, dry_run: bool, as_json: bool) -> int:
    """Bring the work of another project into this one.

    OTHER is the folder or the annotator.db of a copy of this project, or of a project with the same
    label schema. Nothing in it changes. New documents are added. Decisions made there are added to
    each annotator's work, gold included, as if they had been made here; you can undo them. Merging
    again changes nothing. After merging both ways, both projects are the same.

    If an annotator worked on the same document on both sides, the command reports it, leaves the
    work here as it is, and exits with 1. It does the same if a text is divided into other
    paragraphs there. Rulings on names and the codebook are merged too: if both sides decided
    differently on a name, or on a field of its entry in the codebook, the later decision holds, and
    the command reports it and exits with 1.
    Merging decides nothing else, so review asks about work that the finished gold has not seen.
    Models, suggestions, assignments and settings are not merged; suggestions for new documents are
    computed in the background.

    \b
    Examples:
      annotator merge ../other-host
      annotator merge copy/annotator.db --dry-run
    """
    from annotator.errors import ExitCode
    from annotator.workflows import background
    from annotator.workflows.exchange.merge import merge
    from annotator.workflows.names.closed import names_outside_in_words
    from annotator.workflows.names.consistency import problems

    with open_project(ctx) as project:
        known = set(problems(project.names.codebook(), project))
        result = merge(project, other, dry_run=dry_run, tell=progress("documents"))
        if as_json:
            print_json({**asdict(result), "other": str(other), "dry_run": dry_run})
        else:
            notify(f"{other}: {_summary(result, dry_run)}")
            for line in _left(result):
                notify(line)
            new = [one for one in problems(project.names.codebook(), project) if one not in known]
            notify(*(f"the codebook: {one}" for one in new))
            notify(*names_outside_in_words(project))
        if result.documents and not dry_run:
            asked = background.Background(project.root)
            asked.start(background.SUGGEST)
            if asked.error:
                notify(f"warning: {asked.error}")
    found = result.forks or result.left_out or result.conflicts
    return int(ExitCode.FINDINGS if found else ExitCode.OK)


def _conflict(one: NameConflict) -> str:
    """A name on which both hosts decided differently, in words."""
    if one.field == "entry":
        return (
            f"the codebook's {one.kind} “{one.name}” is {one.here} here and {one.there} there; "
            f"from now on it is {one.holds}, as decided later"
        )
    if one.field:
        here, there, holds = map(_quoted, (one.here, one.there, one.holds))
        return (
            f"the codebook's {one.kind} “{one.name}” has the {one.field} {here} here and {there} "
            f"there; from now on {holds}, as written later"
        )
    return (
        f"{one.kind} “{one.name}” is “{one.here}” by the rulings here and “{one.there}” by those "
        f"there; from now on “{one.holds}”, as ruled later"
    )


def _quoted(value: str) -> str:
    """What a field holds, on a line; a long text by its beginning."""
    text = " ".join(value.split())
    return f"“{text if len(text) <= SHOWN else text[: SHOWN - 1] + '…'}”" if text else "(nothing)"


def _summary(result: MergeResult, dry_run: bool) -> str:
    """What was merged, as text."""
    count = sum(result.decisions.values())
    counted = (
        (result.documents, "document"),
        (count, "decision"),
        (result.rulings, "ruling"),
        (result.entries, "codebook change"),
    )
    parts = [plural(n, noun) for n, noun in counted if n]
    if not parts:
        return "nothing new"
    whose = ", ".join(f"{shown_name(annotator)} {n:,}" for annotator, n in result.decisions.items())
    return (
        ", ".join([*parts[:-2], " and ".join(parts[-2:])])
        + (" would be" if dry_run else "")
        + " added"
        + (f" ({whose})" if whose else "")
    )


def _left(result: MergeResult) -> Iterator[str]:
    """What was not merged, and what to do about it."""
    if result.alike:
        yield (
            "the result is the same here and there, by different decisions: "
            f"{plural(result.alike, 'completion')}"
        )
    if result.left_out:
        some = first_of(result.left_out)
        yield f"left out, because the text has other paragraphs there: {some}"
    yield from map(_conflict, result.conflicts[:LINES])
    if len(result.conflicts) > LINES:
        yield f"and {len(result.conflicts) - LINES:,} more of these"
    for fork in result.forks[:LINES]:
        yield (
            f"{fork.document}: {shown_name(fork.annotator)} worked here and there, "
            f"{plural(fork.ours, 'decision')} here, {fork.theirs:,} there; the work here stays "
            "as it is"
        )
    if len(result.forks) > LINES:
        yield f"and {len(result.forks) - LINES:,} more of these"
    names = [f.annotator for f in result.forks if f.annotator != "@gold"]
    if names:
        yield (
            "  To compare the two in review, run `annotator export jsonl --status "
            f"annotator={names[0]}` there, and `annotator import FILE --as {names[0]}-2` here"
        )
    if len(names) < len(result.forks):
        yield (
            "  There can be only one gold: repeat the decisions made there in review here, or the "
            "other way round"
        )
