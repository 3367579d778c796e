"""The first table of the report: how far the annotators agree, by layer and part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from annotator.measures.api import Result
from annotator.workflows.agreement.differences import DifferenceFilter
from annotator.workflows.agreement.lines import (
    BANDS,
    BAR,
    WIDTH,
    ReportLine,
    band,
    bar,
    interval_words,
    note,
    number,
    share_words,
)
from annotator.workflows.agreement.values import Agreement

_VALUES = ("attributes", "relations", "names")
"""Measures whose alphas are about labels, attributes and names."""

_NAME = 16

_ROWS: Sequence[tuple[str, str, Sequence[tuple[str, str]]]] = (
    ("", "F1 strict", (("αU", "alpha_U"), ("αc", "alpha characters"))),
    ("", "F1 with side", ()),
    ("side", "", (("α", "alpha side"),)),
    ("who says what", "F1 tuples, concept", ()),
    ("network", "F1 network cells", (("α", "alpha network sign"),)),
)
"""Rows of the headline table: what is compared, the F1, and the alphas, of which the first defined
one is shown."""


def headlines(found: Agreement) -> list[ReportLine]:
    """The main figures of every layer, with bars and intervals."""
    title = (
        f"{'HOW FAR':<{_NAME}} {'F1':>4} {'95 %':<9}  {'':<2} {'':<{BAR}}alpha "
        f"{'95 %':<9}{'n':>7} {'cover':>5}"
    )
    out = [ReportLine(title, "head")]
    for layer in dict.fromkeys(r.layer for r in found.results):
        own = {r.name: r for r in found.results if r.layer == layer}
        out += _compared(own, layer)
        out += _parts_compared(own, layer)
    for reason in sorted(_no_units(found.results)):
        out += note(f"no αU: {reason}")
    return [
        *out,
        *note(
            "F1: identical bounds and type. Alpha: 1 is perfect, 0 is chance; αU of units, αc "
            "of characters."
        ),
        *note("≥.80 reliable, ≥.667 tentative: shown only if the interval's lower end reaches it."),
    ]


def _compared(own: Mapping[str, Result], layer: str) -> Iterator[ReportLine]:
    """The rows of what is compared in every layer, where the layer has it."""
    for what, f1, alphas in _ROWS:
        if (f1 or alphas[0][1]) in own:
            yield _headline(own, f"  {what}" if what else layer, f1, alphas, layer)


_PARTS = {"label": ("type", ("label", "bounds and label"))}
"""What a part is called in the headlines, and the kinds of differences in it, if this is not its
own name."""


def _parts_compared(own: Mapping[str, Result], layer: str) -> Iterator[ReportLine]:
    """The rows of labels, attributes, names and cues of a layer."""
    in_rows = {name for _, _, alphas in _ROWS for _, name in alphas}
    for name, figure in own.items():
        if name.startswith("alpha ") and name not in in_rows and _in_headlines(figure):
            part = name.removeprefix("alpha ").partition(",")[0]
            what, kinds = _PARTS.get(part, (part, (part,)))
            yield _headline(own, f"  {what}", "", (("α", name),), layer, kinds)
        elif figure.measure == "cues" and name.endswith(", exact"):
            cue = name.removeprefix("F1 ").removesuffix(", exact")
            yield _headline(own, f"  {cue}", name, (), layer, (cue,))


def _no_units(results: Sequence[Result]) -> set[str]:
    """Why alpha of units cannot be computed, where spans overlap."""
    return {
        r.reason
        for r in results
        if r.name == "alpha_U" and r.value is None and "overlap" in r.reason
    }


def _headline(
    own: Mapping[str, Result],
    what: str,
    f1: str,
    alphas: Sequence[tuple[str, str]],
    layer: str,
    kinds: tuple[str, ...] = (),
) -> ReportLine:
    title = f"{layer}: {', '.join(kinds) or 'all that differs'}"
    one, (mark, other) = own.get(f1), _alpha_of(own, alphas)
    return ReportLine(
        _row(what, one, mark, other),
        opens=DifferenceFilter(title, layer, kinds),
        figures=tuple(result for result in (one, other) if result is not None),
    )


def _alpha_of(
    own: Mapping[str, Result], alphas: Sequence[tuple[str, str]]
) -> tuple[str, Result | None]:
    """The alpha of a row, with its mark: the first that is defined, or else the first."""
    known = [(mark, own[name]) for mark, name in alphas if name in own]
    first = known[0] if known else ("", None)
    return next((k for k in known if k[1].value is not None), first)


def _in_headlines(result: Result) -> bool:
    """Whether an alpha is about a label, attribute or name; of two distances, the first is
    shown."""
    return result.measure in _VALUES and not result.name.endswith(", Jaccard")


def _row(what: str, one: Result | None, mark: str, other: Result | None) -> str:
    left = (
        f"{what[:_NAME]:<{_NAME}} {number(one.value) if one else '':>4} {interval_words(one):<9}  "
    )
    if other is None:
        return f"{left}{'':<{BAR + 17}}{one.n if one else 0:>8,}"
    if other.value is None:
        row = f"{left}{mark:<2} {'–':>{BAR + 5}}"
        # The report of every figure has the whole reason.
        whole, short = other.reason, other.reason.partition(":")[0]
        return f"{row} {whole if len(row) + 1 + len(whole) <= WIDTH else short}"[:WIDTH].rstrip()
    value = f"{mark:<2} {bar(other.value)} {number(other.value):>4} {interval_words(other):<9}"
    return f"{left}{value}{other.n:>7,} {share_words(other):>5} {BANDS[band(other)]}".rstrip()


__all__ = ["headlines"]
