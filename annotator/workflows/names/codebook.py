"""Reads and writes the codebook: CSV with all columns, and authority files of entities (CSV or
TSV)."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from annotator.errors import InputError
from annotator.formats.api import checked_file
from annotator.model.codebook import (
    OWN_FIELDS,
    Codebook,
    CodebookEntry,
    applied,
    changed_fields,
)
from annotator.model.names import Name, NameKind, affirmative, parted, written
from annotator.model.text import as_read
from annotator.project import Project
from annotator.workflows.names.closed import not_allowed
from annotator.workflows.names.consistency import problems, without_circles
from annotator.workflows.names.qda import qdc_rows

COLUMNS = ("entry", "name", "kind", "aliases", "definition", "parent", "opposite", "external_id")
"""Columns of a codebook; `aliases` are divided by | or a semicolon."""
COUNTS = ("mentions", "documents", "annotators")
"""Columns that an export adds and an import ignores."""
_OTHER_NAMES = {
    "id": "external_id",
    "qid": "external_id",
    "label": "name",
    "type": "kind",
    "alias": "aliases",
}
_ALL: Mapping[str, NameKind] = {"entity": "entity", "concept": "concept"}


@dataclass(frozen=True, slots=True)
class CodebookImport:
    """What an import did: the numbers of new, changed and unchanged names; `messages` has a line
    for everything that was left out or is inconsistent."""

    added: int = 0
    changed: int = 0
    same: int = 0
    messages: Sequence[str] = field(default_factory=tuple)


def read_codebook(
    path: Path, *, entry: NameKind = "concept", before: Codebook | None = None
) -> tuple[list[CodebookEntry], list[str]]:
    """The entries of a file, and messages about it. A table without the column `entry` is an
    authority file of entities, with the columns `id`, `name`, `aliases` and `kind` (of which the
    last two may be missing). Codes of a `.qdc` are of the kind `entry`, unless they are below
    `entities` or `concepts`. What a file has no column for stays as it was `before`.

    Raises InputError, naming the file and the line, if it cannot be read or has no names.
    """
    checked_file(path)
    rows = qdc_rows(path, entry) if path.suffix.lower() == ".qdc" else _table_rows(path)
    entries: dict[tuple[NameKind, str], CodebookEntry] = {}
    messages: list[str] = []
    for line, cells, problem in rows:
        problem = problem or _problem(cells, entries)
        if problem:
            messages.append(f"{path}, line {line}: {problem}")
            continue
        key = (_ALL[cells.get("entry", "") or "entity"], cells["name"])
        one = _entry(cells, before.by_name.get(key) if before is not None else None)
        if problem := _opposite_problem(one):
            messages.append(f"{path}, line {line}: {problem}: that is left out")
            one = replace(one, opposite="")
        entries[one.kind, one.name] = one
    return list(entries.values()), messages


def _table_rows(path: Path) -> Iterator[tuple[int, Mapping[str, str], str]]:
    """The line number of every row, its cells by column, and why it is left out."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot be read: {error}", file=path, hint="Save it as CSV in UTF-8"
        ) from error
    first = text.split("\n", 1)[0]
    divided = max("\t;,", key=first.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=divided)
    columns = _columns(path, rows.fieldnames or ())
    try:
        for row in rows:
            cells = {columns[key]: value or "" for key, value in row.items() if key in columns}
            problem = "has more cells than there are columns: left out" if None in row else ""
            if "\n" in cells.get("name", "").strip():
                # A quotation mark without its end takes the rows below into its cell.
                problem = "has a name of several lines (is a quotation mark missing?): left out"
            read = {key: _cell(key, text) for key, text in cells.items()}
            if "entry" in read:
                read["entry"] = read["entry"].casefold()
            yield rows.line_num, read, problem
    except csv.Error as error:
        raise InputError(f"is not CSV: {error}", file=path, line=rows.line_num) from error


def _columns(path: Path, header: Sequence[str]) -> Mapping[str, str]:
    """What the columns of a header hold, by its words. Raises InputError without names, and for a
    column that is there twice."""
    columns = {name: _column(name) for name in header}
    if "name" not in columns.values():
        raise InputError(
            "has no column “name”", file=path, line=1, hint=f"The columns are {', '.join(COLUMNS)}"
        )
    twice = [name for name in COLUMNS if list(columns.values()).count(name) > 1]
    twice += [name for name, number in Counter(header).items() if number > 1]
    if twice:
        raise InputError(
            f"has the column “{twice[0]}” twice", file=path, line=1, hint="Leave one of them out"
        )
    return columns


def _cell(column: str, text: str) -> str:
    """A cell; names are written as they are read, and definitions keep their lines."""
    if column == "definition":
        return text.strip()
    return written(text) if column == "opposite" else as_read(text)


def _column(name: str) -> str:
    plain = name.strip().casefold().replace(" ", "_")
    return _OTHER_NAMES.get(plain, plain)


def _problem(cells: Mapping[str, str], before: Mapping[tuple[NameKind, str], object]) -> str:
    """Why a row is left out; empty if it is valid."""
    name, entry = cells.get("name", ""), cells.get("entry", "entity") or "entity"
    if entry not in _ALL and name:
        return f"“{entry}” is neither entity nor concept: left out"
    if problem := name_problem(_ALL.get(entry, "entity"), name):
        return f"{problem}: left out"
    if (_ALL[entry], name) in before:
        return f"“{name}” occurs twice: the first one is used"
    return ""


def _opposite_problem(one: CodebookEntry) -> str:
    """Why an entry cannot have its opposite; empty if it can."""
    if one.opposite and one.kind == "entity":
        return f"“{one.name}” is an entity, which has no opposite"
    return f"“{one.name}” is its own opposite" if one.opposite == one.name else ""


def name_problem(kind: NameKind, name: str) -> str:
    """Why a codebook cannot have a name; empty if it can."""
    if not name:
        return "has no name"
    if kind == "concept" and parted(name)[1]:
        return f"“{name}” is the contrary of another concept, which belongs here instead"
    if any(ord(letter) < 32 for letter in name) or ";" in name:
        return f"“{name}” contains a semicolon or a control character, which separate names"
    return ""


def _entry(cells: Mapping[str, str], before: CodebookEntry | None) -> CodebookEntry:
    """The entry of a row, added to what was there `before`."""
    kind, name = _ALL[cells.get("entry", "") or "entity"], cells["name"]
    held = before or CodebookEntry(kind, name, external_id=cells.get("guid", ""))
    aliases = held.aliases
    if "aliases" in cells:
        given = (alias.strip() for alias in re.split(r"[|;]", cells["aliases"]))
        aliases = tuple(dict.fromkeys(alias for alias in given if alias))
    return CodebookEntry(
        kind,
        name,
        cells.get("kind", held.label),
        aliases,
        cells.get("definition", held.definition),
        cells.get("parent", held.parent),
        cells.get("opposite", held.opposite),
        cells.get("external_id", held.external_id),
    )


def import_codebook(
    project: Project,
    path: Path,
    *,
    who: str,
    dry_run: bool = False,
    entry: NameKind = "concept",
) -> CodebookImport:
    """Import the entries of a file into the codebook of a project; they replace entries of the same
    name. It is one change, which `undo_codebook` takes back.

    Raises InputError as `read_codebook` does, UsageError if `who` may not change the codebook, and
    StoreError if it cannot be written.
    """
    not_allowed(project, who)
    before = project.names.codebook()
    entries, messages = read_codebook(path, entry=entry, before=before)
    entries, circles = without_circles(entries, before)
    messages += circles
    wanted = [one for one in entries if before.by_name.get((one.kind, one.name)) != one]
    added = sum((one.kind, one.name) not in before.by_name for one in wanted)
    messages += _problems_of(entries, before, project)
    if not dry_run and wanted:
        token = project.new_session()
        project.names.write_codebook(
            [(one.kind, one.name, one) for one in wanted], who=who, token=token
        )
    return CodebookImport(added, len(wanted) - added, len(entries) - len(wanted), tuple(messages))


def _problems_of(entries: Iterable[CodebookEntry], before: Codebook, project: Project) -> list[str]:
    """The inconsistencies that entries bring into a codebook, and those that they leave in it. What
    is wrong among its other entries alone was told when it came."""
    new = {(one.kind, one.name): one for one in entries}
    others = Codebook.of(one for name, one in before.by_name.items() if name not in new)
    told = set(problems(others, project))
    after = Codebook.of({**before.by_name, **new}.values())
    return [one for one in problems(after, project) if one not in told]


def rows_of(project: Project, *, called: Mapping[str, str] | None = None) -> list[tuple[str, ...]]:
    """The codebook as rows with `COLUMNS` and `COUNTS`: the entries in their order, then names in
    use that have no entry, the most frequent first. `called` has other names for annotators."""
    codebook, other = project.names.codebook(), called or {}
    usage = {kind: _usage(project, kind) for kind in _ALL.values()}
    rows = [_row(one, usage[one.kind], other) for one in codebook.entries]
    for kind, used in usage.items():
        rows += [
            _row(CodebookEntry(kind, name), used, other)
            for name in used
            if codebook.get(kind, name) is None
        ]
    return rows


def _usage(project: Project, kind: NameKind) -> Mapping[str, tuple[int, int, tuple[str, ...]]]:
    """The numbers of mentions and documents, and the annotators, of each name, the most frequent
    first; a concept and its contrary are one, as in the codebook."""
    found = project.names.usage(kind)
    for name in [one for one in found if kind == "concept" and parted(one)[1]]:
        number, documents, who = found.pop(name)
        bare = affirmative(name)
        if bare in found:
            others, _, own = found[bare]
            documents = len(project.names.documents(kind, [bare, name]))
            number, who = number + others, tuple(sorted({*own, *who}))
        found[bare] = (number, documents, who)
    return dict(sorted(found.items(), key=lambda one: (-one[1][0], one[0])))


def _row(
    one: CodebookEntry,
    usage: Mapping[str, tuple[int, int, tuple[str, ...]]],
    called: Mapping[str, str],
) -> tuple[str, ...]:
    mentions, documents, who = usage.get(one.name, (0, 0, ()))
    return (
        one.kind,
        one.name,
        one.label,
        "|".join(one.aliases),
        one.definition,
        one.parent,
        one.opposite,
        one.external_id,
        str(mentions),
        str(documents),
        "|".join(sorted(called.get(name, name) for name in who)),
    )


def as_csv(rows: Sequence[Sequence[str]]) -> str:
    """The rows below their columns, with LF line ends."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, *COUNTS])
    writer.writerows(rows)
    return out.getvalue()


def undo_codebook(project: Project, *, who: str, own: bool = False) -> list[str]:
    """Take back the latest change of the codebook, as new events; returns the names that it was
    about. With `own`, it is the latest change by `who`, without what somebody changed since: single
    fields, or all of an entry that was added or removed.

    Raises UsageError if `who` may not change the codebook, and StoreError if it cannot be written.
    """
    not_allowed(project, who)
    steps = project.names.codebook_steps()
    token = _latest_change([one.event.token for one in steps if not own or one.event.who == who])
    if token is None:
        return []
    now = {(one.event.kind, one.event.name): one.after for one in steps}
    before: dict[Name, CodebookEntry | None] = {}
    after: dict[Name, CodebookEntry | None] = {}
    for one in steps:
        if one.event.token == token:
            before.setdefault((one.event.kind, one.event.name), one.before)
            after[one.event.kind, one.event.name] = one.after
    wanted = {
        key: _taken_back(was, after[key], now[key]) if own else was for key, was in before.items()
    }
    changes = [(*key, entry) for key, entry in wanted.items() if entry != now[key]]
    project.names.write_codebook(changes, who=who, token=f"{_UNDO}{token}")
    return [name for _, name, _ in changes]


def _taken_back(
    before: CodebookEntry | None, after: CodebookEntry | None, now: CodebookEntry | None
) -> CodebookEntry | None:
    """An entry as it is `now`, without what a change from `before` to `after` did and nobody
    changed since."""
    if before is None or after is None or now is None:
        return before if now == after else now
    since = set(changed_fields(after, now)) - {"aliases"}
    return applied(now, after, before, only=set(OWN_FIELDS) - since)


def _latest_change(tokens: Sequence[str]) -> str | None:
    """The token of the latest change that was not taken back; None if there is none."""
    undone = {token.removeprefix(_UNDO) for token in tokens if token.startswith(_UNDO)}
    standing = [token for token in tokens if not token.startswith(_UNDO) and token not in undone]
    return standing[-1] if standing else None


_UNDO = "undo:"

__all__ = [
    "COLUMNS",
    "COUNTS",
    "CodebookImport",
    "as_csv",
    "import_codebook",
    "name_problem",
    "read_codebook",
    "rows_of",
    "undo_codebook",
]
