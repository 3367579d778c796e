"""What merging another database finds and does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fork:
    """Work that was continued in two databases: how many decisions each has since they diverged."""

    document: str
    annotator: str
    ours: int
    theirs: int


@dataclass(frozen=True, slots=True)
class NameConflict:
    """A name on which two databases decided differently: what was decided `here` and `there`, and
    what `holds` from now on, which is the later decision. For rulings, these are the names that
    replace it. For the codebook, they are the contents of a `field` of its entry, or, for the field
    `entry`, whether it is `kept` or `removed`."""

    kind: str
    name: str
    here: str
    there: str
    holds: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class MergeResult:
    """The result of merging another database into this one.

    `documents` were new; `renamed` pairs the id of a document there with the one it has here, where
    they differ; `decisions` counts the events added by annotator, `completions` the pairs of
    annotator and document they belong to. Pairs in `ahead` have everything there and more; those in
    `alike` have the same result by other events. Nothing was changed in the pairs of `forks` and in
    the documents (ids here) of `left_out`, which have other paragraphs there. `rulings` and
    `entries` count new rulings on names and changes of the codebook, `conflicts` those that
    contradict one made here.
    """

    documents: int = 0
    renamed: tuple[tuple[str, str], ...] = ()
    decisions: Mapping[str, int] = field(default_factory=dict)
    completions: int = 0
    ahead: int = 0
    alike: int = 0
    forks: tuple[Fork, ...] = ()
    left_out: tuple[str, ...] = ()
    rulings: int = 0
    entries: int = 0
    conflicts: tuple[NameConflict, ...] = ()


__all__ = ["Fork", "MergeResult", "NameConflict"]
