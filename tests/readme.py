"""The parts of the README and of the pages in `annotator/docs` that the program writes itself:
tables, and output of commands.

`python tests/readme.py` writes all of it again; `test_readme.py` checks that it is up to date.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

from annotator.cli import group, run
from annotator.config import TEMPLATE
from annotator.families import formats, measures, merging, suggesters
from annotator.folder import find_folder
from annotator.pages import FOLDER, page, topics
from annotator.plugins import Family
from annotator.project import Project
from annotator.tui.commands import COMMANDS
from annotator.tui.key_map import key_map, shown
from annotator.tui.session import Session

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"


def files() -> list[Path]:
    """The README and all pages."""
    return [README, *sorted(FOLDER.glob("*.md"))]


def page_text(topic: str) -> str:
    """The text of a page in its file."""
    return (FOLDER / f"{topic}.md").read_text(encoding="utf-8")


def commands(of: click.Group = group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command with its name, those of a group after it."""
    context = click.Context(of)
    for name in of.list_commands(context):
        one = of.get_command(context, name)
        assert one is not None
        yield before + name, one
        if isinstance(one, click.Group):
            yield from commands(one, f"{before}{name} ")


def options_of(command: click.Command) -> list[click.Option]:
    """The options that are meant for people."""
    return [p for p in command.params if isinstance(p, click.Option) and not p.hidden]


def key_table() -> str:
    """The keys, from the commands themselves."""
    keys = key_map({})
    rows = ["| | keys | what |", "|---|---|---|"]
    for heading in dict.fromkeys(command.group for command in COMMANDS):
        for i, command in enumerate(c for c in COMMANDS if c.group == heading):
            names = " ".join(f"`{shown(key)}`" for key in keys.keys[command.name])
            rows.append(f"| {heading if i == 0 else ''} | {names} | {command.help} |")
    rows.append(
        "| Label | `1`-`9` | A label's own key gives that label to the selection, or to the span in focus. |"
    )
    return "\n".join(rows)


def command_table() -> str:
    """The commands, what they are for and their options."""
    rows = ["| command | what | options |", "|---|---|---|"]
    for name, command in commands():
        options = [max(option.opts, key=len) for option in options_of(command)]
        what = (command.help or "").strip().partition("\n")[0]
        rows.append(f"| `{name}` | {what} | {' '.join(f'`{o}`' for o in options)} |")
    return "\n".join(rows)


def _members(family: Family, attribute: str) -> str:
    """The names of members with a description: an attribute of the module, or the first sentence of
    its docstring."""
    rows = [f"| {family.noun} | what |", "|---|---|"]
    for name in family.names():
        module = family.load(name)
        what = getattr(module, attribute, None) or _first_sentence(module.__doc__ or "")
        rows.append(f"| `{name}` | {what} |")
    return "\n".join(rows)


def _first_sentence(text: str) -> str:
    words = " ".join(text.split("\n\n")[0].split())
    return re.split(r"(?<=[.:;])(?=\s)", words)[0].rstrip(":;.")


def settings() -> str:
    """The settings file of a new project."""
    text = TEMPLATE.format(schema="actors-claims-stances", shared="false")
    return f"```toml\n{text.rstrip()}\n```"


def topic_list() -> str:
    """The pages, for the front page."""
    return "\n".join(
        f"- [{page(topic).title}]({topic}.md): {page(topic).summary}" for topic in topics()
    )


def topic_line() -> str:
    """The pages, for the README, with as many links in a line as fit."""
    links = [f"[{page(topic).title}](annotator/docs/{topic}.md)" for topic in topics()]
    lines = [""]
    for link in links:
        if len(lines[-1]) + len(link) > 125:
            lines.append("")
        lines[-1] += f"{link} · "
    return "\n".join(line.rstrip() for line in lines).rstrip(" ·")


TABLES: Mapping[str, Callable[[], str]] = {
    "keys": key_table,
    "commands": command_table,
    "formats": lambda: _members(formats, "summary"),
    "measures": lambda: _members(measures, "title"),
    "merging": lambda: _members(merging, "summary"),
    "suggesters": lambda: _members(suggesters, "title"),
    "settings": settings,
    "topics": topic_list,
    "topic line": topic_line,
}
"""What stands between `<!-- NAME -->` and `<!-- /NAME -->`, in whichever file has these marks."""


def part(text: str, name: str) -> str | None:
    """The part of a text between the marks with a name."""
    found = re.search(rf"<!-- {name} -->\n(.*?)\n?<!-- /{name} -->", text, re.DOTALL)
    return found.group(1) if found else None


# --- the tour

_BLOCK = re.compile(
    r"(?:<!-- pressed: (?P<keys>.*?) -->\n)?```console\n(?P<body>.*?)```", re.DOTALL
)
HOME = "/home/ada"
"""What the temporary folder is called in the output."""


def tour(text: str) -> Iterator[tuple[str, str]]:
    """Each block of commands in a text, with the block that its commands print now. They run in one
    folder, which holds the seeds as a clone does; a bare `annotator` is the annotate screen, given
    the keys before the block."""
    with tempfile.TemporaryDirectory() as temporary, _at(Path(temporary)):
        (Path(temporary) / "seeds").symlink_to(ROOT / "seeds")
        for block in _BLOCK.finditer(text):
            made = ""
            for line in block["body"].splitlines():
                if line.startswith("$ "):
                    said = _say(line[2:], block["keys"] or "").replace(temporary, HOME)
                    made += f"{line}\n" + "".join(f"{row.rstrip()}\n" for row in said.splitlines())
            yield block["body"], made


@contextlib.contextmanager
def _at(folder: Path) -> Iterator[None]:
    """Work in a folder, as ada, outside of any project."""
    before, kept = Path.cwd(), dict(os.environ)
    os.environ.pop("ANNOTATOR_PROJECT", None)
    os.environ |= {"ANNOTATOR_NAME": "ada", "ANNOTATOR_BACKGROUND": "off"}
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(kept)


def _say(line: str, keys: str) -> str:
    """The output of a command line. It understands `cd` and `| head -N`, but nothing else of a
    shell."""
    words = shlex.split(line, comments=True)
    head = None
    if "|" in words:
        words, tail = words[: words.index("|")], words[words.index("|") + 1 :]
        assert tail[0] == "head", line
        head = int(tail[1].lstrip("-"))
    if words[0] == "cd":
        os.chdir(words[1])
        return ""
    assert words[0] == "annotator", line
    if len(words) == 1:
        _press(keys)
        return ""
    out, err = _Screen(io.BytesIO(), encoding="utf-8"), _Screen(io.BytesIO(), encoding="utf-8")
    out.is_screen = head is None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(words[1:])
    said, told = out.shown(), err.shown()
    assert code == 0, f"{line}: {code}\n{said}{told}"
    return "\n".join(said.splitlines()[:head]) if head else said + told


class _Screen(io.TextIOWrapper):
    """What a command prints to a terminal, or to a pipe if `is_screen` is unset."""

    is_screen = True

    def isatty(self) -> bool:
        return self.is_screen

    def shown(self) -> str:
        self.seek(0)
        return self.read()


def _press(keys: str) -> None:
    """These keys on the annotate screen, by the key map and without a terminal."""
    bound = key_map({})
    with Project.open(find_folder()) as project:
        session = Session(project, "ada", project.new_session())
        session.open(project.documents.ids()[0])
        for key in keys.split():
            command = bound.command(session.review.mode.value, key)
            if command is not None and command.name == "next_undecided":
                session.to_undecided()
                continue
            assert command is not None and command.action is not None, key
            session.do(command.action)
        assert not session.saving.unsaved, session.saving.error


def written(file: Path) -> str:
    """A file as the program would write it."""
    text = file.read_text(encoding="utf-8")
    for name, make in TABLES.items():
        if part(text, name) is not None:
            marked = f"<!-- {name} -->\n{make()}\n<!-- /{name} -->"
            text = re.sub(
                rf"<!-- {name} -->.*?<!-- /{name} -->", lambda _, m=marked: m, text, flags=re.DOTALL
            )
    for old, new in tour(text):
        text = text.replace(f"```console\n{old}```", f"```console\n{new}```")
    return text


if __name__ == "__main__":
    for each in files():
        each.write_text(written(each), encoding="utf-8")
