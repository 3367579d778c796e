"""Plug-in families: the files of one folder, plus what other packages add through entry points.

A family lists its names without importing anything, and loads only the member that is needed, typed
by the family's Protocol. To add a member, add one file to the family's folder. `families.py` has
the four families.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Generic, TypeVar, cast

from annotator.errors import UsageError

Member = TypeVar("Member")
"""The Protocol that the modules of a family implement."""

FACE = "api"
"""The module of a family that is not a member: its public interface."""


@dataclass(frozen=True)
class Family(Generic[Member]):
    """One family of plug-ins: modules in `package`, and the entry-point group of the same name.

    A module's name with underscores is the member's name with hyphens. `api` and modules that
    begin with an underscore are not members.
    """

    package: str
    noun: str

    @cached_property
    def _own(self) -> frozenset[str]:
        """The names of the members in the family's folder."""
        spec = find_spec(self.package)
        assert spec is not None and spec.origin is not None
        stems = (file.stem for file in Path(spec.origin).parent.glob("*.py"))
        return frozenset(
            stem.replace("_", "-") for stem in stems if stem != FACE and not stem.startswith("_")
        )

    @cached_property
    def _entry_points(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=self.package)}

    def names(self) -> tuple[str, ...]:
        """Every member's name, sorted. No member is imported."""
        return tuple(sorted(self._own.union(self._entry_points)))

    def load(self, name: str) -> Member:
        """The module of a member. Raises UsageError if no member has that name."""
        if name not in self.names():
            raise UsageError(
                f"there is no {self.noun} “{name}”", hint=f"Choose one of {', '.join(self.names())}"
            )
        return cast(Member, self._module(name))

    def _module(self, name: str) -> ModuleType:
        point = self._entry_points.get(name)
        if point is not None and name not in self._own:
            loaded = point.load()
            assert isinstance(loaded, ModuleType)
            return loaded
        return importlib.import_module(f"{self.package}.{name.replace('-', '_')}")


__all__ = ["FACE", "Family", "Member"]
