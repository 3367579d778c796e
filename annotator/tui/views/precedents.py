"""What helps to decide a difference: the codebook, and how disputes were decided before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from annotator.model.codebook import CodebookEntry
from annotator.model.other_names import OtherNames
from annotator.tui.styled_rows import Piece, paragraphs
from annotator.tui.theme import Theme
from annotator.workflows.review.precedents import Precedent


def entry_rows(entries: Sequence[CodebookEntry], theme: Theme, width: int) -> list[list[Piece]]:
    """What the codebook says about the names to decide between."""
    out: list[list[Piece]] = [[("Codebook", theme.strong)]] if entries else []
    for one in entries:
        above = f", under {one.parent}" if one.parent else ""
        words = f"{one.name}{above}: {one.definition or 'no definition'}"
        out += [*paragraphs(words, width), []]
    return out


def case_rows(
    cases: Sequence[Precedent],
    theme: Theme,
    width: int,
    *,
    hidden: bool,
    called: Mapping[str, str] = MappingProxyType({}),
) -> list[list[Piece]]:
    """The last disputes about a label, each with what was taken and why; without names where these
    are `hidden`, and with the names that annotators are `called` in the words of others."""
    out: list[list[Piece]] = [[("Decided before", theme.strong)]]
    others = OtherNames(called)
    for case in cases:
        what = case.taken or "none of it"
        by = f" by {case.reviewer}" if case.reviewer and not hidden else ""
        labels = [one.partition(": ")[2] if hidden else one for one in case.had]
        out += paragraphs(f"“{case.quote}”", width, limit=2)
        out += paragraphs(
            f"{', '.join(case.kinds)} differed ({'; '.join(labels)}): {what}{by}",
            width,
            theme.muted,
        )
        if case.reason:
            out += paragraphs(f"because: {others.text(case.reason)}", width, theme.strong)
        out.append([])
    return out


__all__ = ["case_rows", "entry_rows"]
