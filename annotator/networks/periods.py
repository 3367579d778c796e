"""Networks over time: slices of a window, and holders who change sides."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from annotator.model.statements import AUTHOR_NAME, Statement
from annotator.networks.affiliation import day, known_day


@dataclass(frozen=True, slots=True)
class Slice:
    """The statements of the days `[first, last]`."""

    first: date
    last: date
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class SideChange:
    """A holder who first took one side on a concept and later the other: all statements before the
    change and all after it."""

    holder: str
    concept: str
    before: tuple[Statement, ...]
    after: tuple[Statement, ...]


def slices(statements: Iterable[Statement], *, window: int, step: int) -> Iterator[Slice]:
    """Windows of `window` days, `step` days apart, from the day of the first statement to that of
    the last.

    Raises ValueError for a statement without a date, and for a window or step below one day.
    """
    if window < 1 or step < 1:
        raise ValueError("a window and its step must have at least one day")
    dated = sorted(
        ((day(one), one) for one in statements), key=lambda pair: (pair[0], pair[1].document)
    )
    if not dated:
        return
    first, end = dated[0][0], dated[-1][0]
    while first <= end:
        last = first + timedelta(days=window - 1)
        yield Slice(first, last, tuple(one for when, one in dated if first <= when <= last))
        first += timedelta(days=step)


def side_changes(statements: Iterable[Statement]) -> list[SideChange]:
    """Every change of sides on a concept, by holder, in order of time. Authors are left out, since
    each text has its own. Days on which somebody takes both sides count for neither; statements
    without a date are left out."""
    several: dict[tuple[str, str], list[tuple[date, Statement]]] = {}
    for one in statements:
        when = known_day(one)
        if one.sort == "concept" and one.kind != AUTHOR_NAME and one.sign and when is not None:
            several.setdefault((one.holder, one.about), []).append((when, one))
    found: list[SideChange] = []
    for (holder, concept), dated in sorted(several.items()):
        dated.sort(key=lambda pair: (pair[0], pair[1].document, pair[1].start))
        found += _changes_of(holder, concept, dated)
    return found


def _changes_of(
    holder: str, concept: str, ordered: Sequence[tuple[date, Statement]]
) -> Iterator[SideChange]:
    """The changes of one holder on one concept: runs of days with one sign."""
    signs: dict[date, set[int]] = {}
    for when, one in ordered:
        signs.setdefault(when, set()).add(one.sign)
    runs: list[list[Statement]] = []
    for when, one in ordered:
        if len(signs[when]) > 1:
            continue
        if runs and runs[-1][0].sign == one.sign:
            runs[-1].append(one)
        else:
            runs.append([one])
    for before, after in itertools.pairwise(runs):
        yield SideChange(holder, concept, tuple(before), tuple(after))


__all__ = ["SideChange", "Slice", "side_changes", "slices"]
