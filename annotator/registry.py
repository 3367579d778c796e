"""Plug-in families: the files of one folder, plus what other packages add through entry points.

A family lists its names without importing anything and loads exactly the one that is asked for.
Adding a member is adding one file to the family's folder.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from annotator.errors import UsageError


@dataclass(frozen=True)
class Family:
    """One family of plug-ins: modules in `package`, and the entry-point group of the same name.

    A module's name with underscores is the member's name with hyphens; modules that begin with an
    underscore are helpers, not members.
    """

    package: str
    noun: str

    @cached_property
    def _folder(self) -> Path:
        spec = find_spec(self.package)
        assert spec is not None and spec.origin is not None
        return Path(spec.origin).parent

    @cached_property
    def _entry_points(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=self.package)}

    def names(self) -> tuple[str, ...]:
        """Every member's name, sorted; imports none of them."""
        own = {p.stem.replace("_", "-") for p in self._folder.glob("*.py") if not p.stem.startswith("_")}
        return tuple(sorted(own | set(self._entry_points)))

    def load(self, name: str) -> ModuleType:
        """The module of a member. Raises UsageError when there is none of that name."""
        if name not in self.names():
            raise UsageError(
                f"there is no {self.noun} “{name}”", hint=f"Choose one of {', '.join(self.names())}"
            )
        point = self._entry_points.get(name)
        if point is not None and not (self._folder / f"{name.replace('-', '_')}.py").exists():
            loaded = point.load()
            assert isinstance(loaded, ModuleType)
            return loaded
        return importlib.import_module(f"{self.package}.{name.replace('-', '_')}")


suggesters = Family("annotator.suggesters", "suggester")
measures = Family("annotator.measures", "measure")
formats = Family("annotator.formats", "format")
merging = Family("annotator.merging", "merging strategy")

__all__ = ["Family", "formats", "measures", "merging", "suggesters"]
