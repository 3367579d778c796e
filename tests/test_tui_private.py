"""Textual's private names are all in one module, and they all exist in the pinned version."""

from __future__ import annotations

import ast
import importlib
from importlib.metadata import version
from pathlib import Path

import pytest

import annotator.tui
from annotator.tui.screens.base import CommandScreen
from annotator.tui.textual_private import ATTRIBUTES, NAMES

FOLDER = Path(annotator.tui.__file__).parent
ONE = FOLDER / "textual_private.py"


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_what_is_used_of_textual_s_private_names_is_there(module: str, name: str) -> None:
    found: object = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    assert found is not None, f"Textual {version('textual')} has no {module}.{name} any more"


def test_the_attributes_that_are_read_are_still_set() -> None:
    for name in {name for names in ATTRIBUTES.values() for name in names}:
        modules = [module for module, names in ATTRIBUTES.items() if name in names]
        sources = [
            Path(str(importlib.import_module(module).__file__)).read_text(encoding="utf-8")
            for module in modules
        ]
        said = f"Textual {version('textual')} sets {name} in none of {', '.join(modules)} any more"
        assert any(f"self.{name}" in source for source in sources), said


def test_no_other_module_imports_what_is_private_to_textual() -> None:
    for file in FOLDER.rglob("*.py"):
        if file == ONE:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            assert not (module.startswith("textual") and "._" in module), (
                f"{file.name} imports {module}"
            )


def test_no_screen_knows_the_application() -> None:
    """Not even a type checker sees an import: screens know a `Shell`."""
    for file in FOLDER.rglob("*.py"):
        if file.name not in ("app.py", "running.py"):
            assert "annotator.tui.app" not in file.read_text(encoding="utf-8"), file.name


def test_no_screen_handles_an_event_that_a_screen_below_it_handles() -> None:
    """Textual calls the handlers of all classes, so an action in both would happen twice."""
    for file in (FOLDER / "screens").glob("[!_]*.py"):
        importlib.import_module(f"annotator.tui.screens.{file.stem}")
    seen: list[type[CommandScreen]] = [CommandScreen]
    for screen in seen:
        seen += screen.__subclasses__()
        ours = [one for one in screen.__mro__ if one.__module__.startswith("annotator.")]
        names = [name for one in ours for name in vars(one) if name.startswith(("on_", "_on_"))]
        assert len(names) == len(set(names)), f"{screen.__name__}: {sorted(names)}"
    assert len(seen) > 10
