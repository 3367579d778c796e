"""Which part of a project is compared, and how."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ComparedPart:
    """Which annotators, layers, measures and documents are compared; None for all. With
    `same_names`, names that were ruled to be the same count as one. `called` has other names for
    annotators, which are used in all results."""

    annotators: Sequence[str] | None = None
    layers: Sequence[str] | None = None
    measures: Sequence[str] | None = None
    documents: Collection[str] | None = None
    same_names: bool = False
    called: Mapping[str, str] = field(default_factory=dict)


ALL = ComparedPart()
"""The whole project, with names as they were coded."""

__all__ = ["ALL", "ComparedPart"]
