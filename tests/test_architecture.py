"""Rules of the project that no other tool checks: who may import what, and where things are."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from contracts import is_foreign
from readme import ROOT

import annotator

PACKAGE = Path(annotator.__file__).parent
TESTS = Path(__file__).parent
SPEAKERS = {
    "annotator.console",
    "annotator.workflows.background",  # its log
    "annotator.workflows.agreement._gamma_child",  # to the process that started it
}
_IMPORTS_A_TEST = re.compile(r"^\s*(import|from)\b.*\btest_", re.MULTILINE)
FAMILIES = ("suggesters", "measures", "formats", "merging")


def _modules() -> Iterator[tuple[str, Path]]:
    """Every module of the program by its dotted name."""
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), file


@cache
def _nodes(file: Path) -> tuple[ast.AST, ...]:
    """All nodes of the syntax tree of a file."""
    return tuple(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))


@cache
def _imported(file: Path) -> tuple[tuple[str, str], ...]:
    """`(module, name)` of everything that a file imports, anywhere in it; the name is empty for a
    module."""
    found: list[tuple[str, str]] = []
    for node in _nodes(file):
        if isinstance(node, ast.Import):
            found += ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import"
            found += ((node.module or "", alias.name) for alias in node.names)
    return tuple(found)


def foreign_privates(importer: str, module: str, name: str) -> bool:
    """Whether an import uses a name with a leading underscore of another package: a module, or a
    name in one."""
    return is_foreign(importer, f"{module}.{name}")


@pytest.mark.parametrize(
    ("importer", "module", "name", "foreign"),
    [
        ("annotator.tui.app", "annotator.measures._data", "Result", True),
        ("annotator.tui.app", "annotator.store.codec", "_packed", True),
        ("annotator.measures.f1", "annotator.measures._data", "Result", False),
        ("annotator.learners.claims.model", "annotator.learners._crf", "", False),
        ("annotator.cli", "annotator", "__version__", False),
    ],
)
def test_what_is_private_is_seen(importer: str, module: str, name: str, foreign: bool) -> None:
    assert foreign_privates(importer, module, name) is foreign


def test_nothing_private_is_imported_from_another_package() -> None:
    found = [
        f"{importer} imports {module}.{name}"
        for importer, file in _modules()
        for module, name in _imported(file)
        if module.split(".")[0] == "annotator" and foreign_privates(importer, module, name)
    ]
    assert found == []


def test_members_of_a_family_do_not_import_each_other() -> None:
    found = []
    for importer, file in _modules():
        package, _, own = importer.rpartition(".")
        if (
            package.removeprefix("annotator.") not in FAMILIES
            or own.startswith("_")
            or own == "api"
        ):
            continue
        for module, name in _imported(file):
            target = f"{module}.{name}" if module == package else module
            member = target.removeprefix(f"{package}.").split(".")[0]
            if (
                target.startswith(f"{package}.")
                and not member.startswith("_")
                and member not in ("api", own)
            ):
                found.append(f"{importer} imports {target}")
    assert found == []


def test_each_class_has_a_name_of_its_own() -> None:
    places: dict[str, list[str]] = {}
    for name, file in _modules():
        for node in _nodes(file):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(name)
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_modules_import_each_other_in_no_circle() -> None:
    """Imports for types and inside functions count too, which import-linter's contract ignores."""
    files = dict(_modules())
    graph = {
        name: {
            target
            for module, part in _imported(file)
            if (target := f"{module}.{part}" if f"{module}.{part}" in files else module) in files
        }
        - {name}
        for name, file in files.items()
    }
    while leaves := [name for name, targets in graph.items() if not targets]:
        graph = {n: t.difference(leaves) for n, t in graph.items() if n not in leaves}
    assert sorted(graph) == []


def test_one_module_knows_the_mark_of_a_contrary() -> None:
    """A module that looked for the mark itself would miss other spellings of it."""
    found = [
        importer
        for importer, file in _modules()
        if importer != "annotator.model.names"
        for node in _nodes(file)
        if (isinstance(node, ast.alias) and node.name == "CONTRARY")
        or (isinstance(node, ast.Constant) and node.value in ("not:", "not: "))
    ]
    assert found == ["annotator.tui.screens.harmonise"]  # the words for a choice


def test_only_the_console_speaks() -> None:
    speaking = {"print", "click.echo", "click.secho", "sys.stdout.write", "sys.stderr.write"}
    last = {name.rpartition(".")[2] for name in speaking}
    found = [
        f"{importer}:{node.lineno}"
        for importer, file in _modules()
        if importer not in SPEAKERS
        for node in _nodes(file)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in last
        and ast.unparse(node.func) in speaking
    ]
    assert found == []


@pytest.mark.skipif(not (ROOT / ".ci").exists(), reason="not in a checkout")
def test_no_test_imports_another() -> None:
    names = {file.stem for file in TESTS.glob("test_*.py")}
    found = [
        f"{file.name} imports {module}"
        for file in TESTS.rglob("*.py")
        if _IMPORTS_A_TEST.search(file.read_text(encoding="utf-8"))  # not all need be parsed
        for module, _ in _imported(file)
        if module.split(".")[0] in names
    ]
    assert found == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no clone")
def test_a_clone_holds_no_project_so_that_the_first_command_opens_the_demo() -> None:
    command = ["git", "-C", str(ROOT), "ls-files"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"git cannot read the clone: {done.stderr.strip()}")
    files = done.stdout.splitlines()
    assert "pyproject.toml" in files and "annotator.toml" not in files
    top = {name.partition("/")[0] for name in files if "/" in name}
    assert {one for one in top if not one.startswith(".")} == {
        "annotator",
        "exports",
        "schemas",
        "seeds",
        "tests",
    }
