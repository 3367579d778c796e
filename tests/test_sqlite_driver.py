"""Which SQLite is chosen; the tests force each branch."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from annotator.store import sqlite_driver

OWN, SYSTEM = sqlite_driver.DRIVERS


def _chosen(**versions: tuple[int, int, int]) -> tuple[str, list[str]]:
    """The driver that is chosen if the drivers have these versions of SQLite, and what was imported
    to find out."""
    asked: list[str] = []

    def load(name: str) -> ModuleType:
        asked.append(name)
        version = versions.get("own" if name == OWN else "system")
        if version is None:
            raise ImportError(name)
        made = ModuleType(name)
        made.sqlite_version_info = version  # type: ignore[attr-defined]
        return made

    return sqlite_driver.choose(load).__name__, asked


@pytest.mark.parametrize(
    ("versions", "chosen"),
    [
        ({"own": (3, 53, 4), "system": (3, 40, 1)}, OWN),  # the wheel
        ({"system": (3, 51, 3)}, SYSTEM),  # no wheel, a system that is new enough
        ({"system": (3, 40, 1)}, SYSTEM),  # no wheel and an old system: run with another journal
        (
            {"own": (3, 40, 1), "system": (3, 52, 0)},
            SYSTEM,
        ),  # built from source against another library
        ({"own": (3, 45, 0), "system": (3, 40, 1)}, OWN),  # none is safe: the newest
        ({"own": (3, 40, 1), "system": (3, 40, 1)}, OWN),
    ],
)
def test_the_first_driver_that_is_safe_is_taken_else_the_newest(
    versions: dict[str, tuple[int, int, int]], chosen: str
) -> None:
    assert _chosen(**versions)[0] == chosen


def test_what_follows_a_safe_driver_is_not_imported() -> None:
    assert _chosen(own=(3, 53, 4), system=(3, 52, 0))[1] == [OWN]


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 6, 23), True),
        ((3, 7, 0), False),
        ((3, 40, 1), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((4, 0, 0), True),
    ],
)
def test_versions_with_the_bug(version: tuple[int, int, int], safe: bool) -> None:
    assert sqlite_driver.wal_is_safe(version) is safe


def test_the_driver_is_required_where_it_has_a_wheel_alone() -> None:
    lines = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    (line,) = re.findall(r'"pysqlite3>=.*"', lines)
    assert "sys_platform == 'linux' and platform_machine == 'x86_64'" in line
