"""The agreement as text: for the terminal, a pipe, and the rows of the screen. Reads without colour, in 78 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from annotator.measures.api import Part, Result
from annotator.model.text import paragraph_number, plural
from annotator.workflows.agreement.gamma import Gamma
from annotator.workflows.agreement.values import Agreement, Contrast, Lost, Spot

TENTATIVE, RELIABLE = 0.667, 0.8
"""Krippendorff (2004), p. 241: below .667 not to be relied on, from .8 on reliable."""

_CHANCE = ("alpha", "u-alpha", "|u-alpha", "cu-alpha", "(k)u-alpha", "kappa", "Fleiss")
"""Figures that chance is taken out of, which the limits are for."""

_VALUES = ("attributes", "relations", "names")
"""Measures whose alphas are of labels, attributes and names."""

INTERVALS = "intervals: 95 %, Student's t of the jackknife over documents"

WIDTH = 78
_BAR = 8
_HEAT = " ░▒▓█"
_NAME = 16

_ROWS: Sequence[tuple[str, str, Sequence[tuple[str, str]]]] = (
    ("", "F1 strict", (("αU", "alpha_U"), ("αc", "alpha characters"))),
    ("", "F1 with side", ()),
    ("side", "", (("α", "alpha side"),)),
    ("who says what", "F1 tuples, concept", ()),
    ("network", "F1 network cells", (("α", "alpha network sign"),)),
)
"""Rows of the headline table: what, the F1, and the alphas of which the first that is defined is told."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report. `kind` is head, note (explains), text, or spot (leads to a paragraph)."""

    text: str
    kind: str = "text"
    spot: Spot | None = None


def report(found: Agreement) -> list[str]:
    """The agreement as lines of plain text."""
    return [line.text for line in lines(found)]


def lines(found: Agreement) -> list[Line]:
    """The report: data, headline, why, labels, annotators, worst paragraphs, suggestions, every figure."""
    out = list(_data(found))
    for part in (_headlines, _why, _labels, _people, _spots, _influence, _everything):
        section = part(found)
        out += [Line(""), *section] if section else []
    return out


def gamma_lines(found: Sequence[Gamma]) -> list[str]:
    """gamma of each layer with everything that it depends on; nothing when it was not asked for."""
    if not found:
        return []
    one = found[0].settings
    out = [
        "", "GAMMA (Mathet and others 2015, 2017), by pygamma-agreement",
        f"  alpha {one.alpha:g}, beta {one.beta:g}, delta-empty {one.delta_empty:g}, precision {one.precision:g}, "
        f"seed {one.seed}; documents are weighted by their units",
    ]  # fmt: skip
    for g in found:
        left_out = f", {g.left_out} left out (fewer than two marked anything)" if g.left_out else ""
        what = g.reason or f"over {plural(g.documents, 'document')}{left_out}"
        out.append(
            f"  {g.layer:<12} gamma {number(g.gamma):>5}   gamma_cat {number(g.gamma_cat):>5}   {what}"
        )
    return out


def number(value: float | None) -> str:
    """Two decimals without the zero before the point; a dash for what is undefined."""
    if value is None:
        return "–"
    text = f"{value:.2f}"
    return "0" if text in ("0.00", "-0.00") else text.replace("0.", ".", 1)


def bar(value: float | None, width: int = _BAR) -> str:
    """The part of `width` cells that a value in [0, 1] fills, in eighths; nothing for what is undefined."""
    if value is None:
        return " " * width
    eighths = round(max(0.0, min(1.0, value)) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")).ljust(width, "·")


def band(result: Result) -> str:
    """What Krippendorff's limits say of a chance-corrected figure: only when the lower end of its interval clears
    them."""
    if result.low is None or not result.name.startswith(_CHANCE):
        return ""
    if result.low >= RELIABLE:
        return "reliable"
    return "tentative" if result.low >= TENTATIVE else ""


def _data(found: Agreement) -> Iterator[Line]:
    data = found.data
    more = f" and {len(data.annotators) - 5} more" if len(data.annotators) > 5 else ""
    names = ", ".join(data.annotators[:5]) + more
    what = (
        f"{plural(data.documents, 'document')} finished by two or more of {len(data.annotators)} annotators"
    )
    yield from (Line(part) for part in textwrap.wrap(f"{what}: {names}", WIDTH))
    each = data.completions / max(1, data.documents)
    overlap = f"overlap: {each:.1f} annotators a document, {plural(data.paragraphs, 'paragraph')}"
    yield Line(f"{overlap}; {plural(data.alone, 'document')} by one alone", "note")
    left_out = f"skipped {data.skipped:,}, unfinished {data.unfinished:,}"
    yield Line(f"counted: seen and left empty {data.empty:,}; not counted: {left_out}", "note")
    yield from (Line(part, "note") for part in textwrap.wrap(INTERVALS, WIDTH))


def _interval(result: Result | None) -> str:
    if result is None or result.low is None or result.high is None:
        return ""
    return f"{number(result.low)}–{number(result.high)}"


def _share(result: Result) -> str:
    return "" if result.coverage is None else f"{round(100 * result.coverage)} %"


def _headlines(found: Agreement) -> list[Line]:
    title = f"{'HOW FAR':<{_NAME}} {'F1':>4} {'95 %':<9}  {'':<2} {'':<{_BAR}}alpha {'95 %':<9}{'n':>7} {'cover':>5}"
    out = [Line(title, "head")]
    for layer in dict.fromkeys(r.layer for r in found.results):
        own = {r.name: r for r in found.results if r.layer == layer}
        for what, f1, alphas in _ROWS:
            if (f1 in own) if f1 else (alphas[0][1] in own):
                out.append(Line(_row(own, layer if not what else f"  {what}", f1, alphas)))
        told = {name for _, _, alphas in _ROWS for _, name in alphas}
        for name in own:
            if name.startswith("alpha ") and name not in told and _in_headlines(own[name]):
                words = name.removeprefix("alpha ").partition(",")[0]
                out.append(Line(_row(own, f"  {'type' if words == 'label' else words}", "", (("α", name),))))
            elif own[name].measure == "cues" and name.endswith(", exact"):
                out.append(Line(_row(own, f"  {name[3 : -len(', exact')]}", name, ())))
    refused = {
        r.reason for r in found.results if r.name == "alpha_U" and r.value is None and "overlap" in r.reason
    }
    for reason in sorted(refused):
        out += _note(f"no αU: {reason}")
    return [
        *out,
        *_note(
            "F1: identical bounds and type. Alpha: 1 is perfect, 0 is chance; αU of units, αc of characters."
        ),
        *_note("≥.80 reliable, ≥.667 tentative: told only where the interval's lower end clears it."),
    ]


def _in_headlines(result: Result) -> bool:
    """Whether an alpha is of a label, attribute or name; of two distances the first is told."""
    return result.measure in _VALUES and not result.name.endswith(", Jaccard")


def _note(text: str) -> list[Line]:
    return [Line(f"  {part}", "note") for part in textwrap.wrap(text, WIDTH - 2)]


def _row(own: Mapping[str, Result], what: str, f1: str, alphas: Sequence[tuple[str, str]]) -> str:
    one = own.get(f1)
    known = [(mark, own[name]) for mark, name in alphas if name in own]
    mark, other = next((k for k in known if k[1].value is not None), known[0] if known else ("", None))
    left = f"{what[:_NAME]:<{_NAME}} {number(one.value) if one else '':>4} {_interval(one):<9}  "
    if other is None:
        return f"{left}{'':<{_BAR + 17}}{one.n if one else 0:>8,}"
    if other.value is None:
        return f"{left}{mark:<2} {'–':>{_BAR + 5}} {other.reason}"[:WIDTH].rstrip()
    value = f"{mark:<2} {bar(other.value)} {number(other.value):>4} {_interval(other):<9}"
    return f"{left}{value}{other.n:>7,} {_share(other):>5} {_BANDS[band(other)]}".rstrip()


_BANDS = {"": "", "tentative": "≥.667", "reliable": "≥.80"}

_CAUSES = {
    "missing": "missing", "bounds": "bounds differ", "label": "type differs", "both": "bounds and type",
    "holder": "holder differs", "target": "target differs", "side": "side differs",
}  # fmt: skip


def _why(found: Agreement) -> list[Line]:
    out = [Line(f"{'WHY NOT HIGHER':<20}{'found':>7}    F1 if this alone were gone", "head")]
    most = max((_gain(lost, cause) for lost in found.lost.values() for cause in lost.causes), default=0)
    for layer, lost in found.lost.items():
        if lost.f1 is None:
            continue
        out.append(Line(f"{layer:<27}    {number(lost.f1):>4} now"))
        causes = sorted(lost.causes, key=lambda cause: -_gain(lost, cause))
        out += [Line(_cause(lost, cause, most)) for cause in causes if lost.causes[cause]]
    for layer in dict.fromkeys(r.layer for r in found.results):
        out += _statements(found, layer, most)
    return out if len(out) > 1 else []


def _statements(found: Agreement, layer: str, most: float) -> list[Line]:
    """What keeps statements (who says what, on which side) from being found by both: F1 if one part never differed."""
    own = {r.name: r.value for r in found.results if r.layer == layer and r.measure == "network"}
    now = own.get("F1 tuples, concept")
    if now is None:
        return []
    gains = {part: own.get(f"F1 tuples, {part} left out") for part in ("holder", "concept", "side")}
    out = [Line(f"{f'who says what ({layer})':<27}    {number(now):>4} now")]
    for part, value in sorted(gains.items(), key=lambda item: -(item[1] or 0)):
        if value is not None and value > now:
            grown = bar((value - now) / max(most, value - now), 24).rstrip("·")
            out.append(
                Line(
                    f"  {f'{part} differs':<25}    {number(value):>4} +{number(value - now):<4} {grown}".rstrip()
                )
            )
    return out


def _gain(lost: Lost, cause: str) -> float:
    better = lost.if_fixed.get(cause)
    return -1.0 if better is None or lost.f1 is None else better - lost.f1


def _cause(lost: Lost, cause: str, most: float) -> str:
    """A cause with what it costs; the longest bar is the largest gain of all."""
    gain = _gain(lost, cause)
    left = f"  {_CAUSES[cause]:<18}{lost.causes[cause]:>7,}    "
    if gain < 0:
        return left.rstrip()
    grown = bar(gain / most, 24).rstrip("·") if most > 0 else ""
    return f"{left}{number(lost.if_fixed[cause]):>4} +{number(gain):<4} {grown}".rstrip()


def _labels(found: Agreement) -> list[Line]:
    """Per label: strict F1, alpha of the label, and what it was confused with, in shares of the row."""
    out: list[Line] = []
    for layer, (labels, counts) in found.confusion.items():
        if not labels:
            continue
        strict, alpha = _parts(found, layer, "F1 strict"), _parts(found, layer, "alpha label")
        order = sorted(range(len(labels)), key=lambda i: (-sum(counts[i]), labels[i]))
        shown = order[:5]
        titles = " ".join(labels[i][:7].rjust(7) for i in shown)
        head = f"{'TYPES OF ' + layer.upper():<20}   F1     α  {titles}"
        out += [Line("")] if out else []
        out.append(Line(head, "head"))
        for i in order[:12]:
            row = sum(counts[i])
            cells = " ".join(_heat(counts[i][j], row) for j in shown)
            figures = " ".join(f"{number(_value(parts, labels[i])):>5}" for parts in (strict, alpha))
            out.append(Line(f"  {labels[i][:18]:<18}{figures}  {cells}"))
        if len(order) > len(shown):
            out.append(Line(_confused(labels, counts), "note"))
    if out:
        out += _note(
            "Rows: the type that one annotator gave; columns: how often the other gave which to the same span."
        )
    return out


def _heat(count: int, total: int) -> str:
    """A shade and the count; the shade is the share of the row."""
    return f"{_HEAT[_level(count, total)]}{count}".rjust(7) if count else "·".rjust(7)


def _confused(labels: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    pairs = [(counts[i][j], labels[i], labels[j]) for i in range(len(labels)) for j in range(i)]
    told = [f"{a}–{b} {n}" for n, a, b in sorted(pairs, key=lambda p: (-p[0], p[1], p[2]))[:3] if n]
    more = f"; {len(labels)} types, all in --json" if len(labels) > 12 else ""
    return f"  most often confused: {', '.join(told) or 'none'}{more}"[:WIDTH]


def _parts(found: Agreement, layer: str, name: str) -> Mapping[str, Part]:
    return next((r.parts for r in found.results if r.layer == layer and r.name == name), {})


def _value(parts: Mapping[str, Part], label: str) -> float | None:
    found = parts.get(label)
    return found.value if found is not None else None


def _level(count: float, total: float) -> int:
    """Of five shades the one for a share."""
    return 0 if not count else 1 + min(3, int(4 * count / total))


def _people(found: Agreement) -> list[Line]:
    """The matrix of annotators with shades, and the mean when one is left out."""
    names = found.data.annotators
    shown = names[:6]
    if len(names) == 2:
        cells = "  ".join(f"{layer} {_cell(pairs, *names).strip()}" for layer, pairs in found.pairs.items())
        return (
            [Line("WHO WITH WHOM, F1", "head"), Line(f"  {names[0]} with {names[1]}:  {cells}")]
            if cells
            else []
        )
    out: list[Line] = []
    for layer, pairs in found.pairs.items():
        without = found.without.get(layer, {})
        head = " ".join(name[:8].rjust(8) for name in shown)
        out += [Line("")] if out else []
        out.append(Line(f"{'WHO WITH WHOM, ' + layer:<22}{head}{'  without' if without else ''}", "head"))
        for one in shown:
            cells = " ".join(_cell(pairs, one, other) for other in shown)
            rest = f"  {number(without.get(one)):>7}" if without else ""
            out.append(Line(f"  {one[:18]:<20}{cells}{rest}"))
    if len(names) > len(shown):
        out.append(Line(f"  and {len(names) - len(shown)} annotators more: see --json", "note"))
    return (
        [*out, *_note("F1, strict; without: the mean of the other pairs when that annotator is left out.")]
        if out
        else []
    )


def _cell(pairs: Mapping[tuple[str, str], float | None], one: str, other: str) -> str:
    key = (min(one, other), max(one, other))
    if one == other or key not in pairs:
        return "·".rjust(8)
    value = pairs[key]
    shade = " " if value is None else _HEAT[_level(value, 1)]
    return f"{shade}{number(value)}".rjust(8)


def _spots(found: Agreement) -> list[Line]:
    out = [Line(f"{'WHERE TO LOOK':<40}{'differ':>12}   worst paragraphs first", "head")]
    out += [Line(spot_text(spot), "spot", spot) for spot in found.worst]
    return out if found.worst else []


def spot_text(spot: Spot, width: int = WIDTH) -> str:
    """The line of a paragraph to look at, in `width` columns."""
    where = f"{textwrap.shorten(spot.document, 32, placeholder='…')} ¶{paragraph_number(spot.paragraph)}"
    share = f"{spot.differing:,} of {spot.marked:,}"
    room = max(8, width - 58)
    quote = f"“{spot.quote}”" if len(spot.quote) <= room - 2 else f"“{spot.quote[: room - 3]}…”"
    return f"  {where:<38}{share:>12}   {quote}"


def _influence(found: Agreement) -> list[Line]:
    out: list[Line] = []
    if found.blind:
        out += [_contrast_head("WITH EACH OTHER"), *(_contrast(one, "") for one in found.blind)]
    if found.model:
        out += [Line("")] if out else []
        out += [_contrast_head("WITH THE SUGGESTIONS"), *(_contrast(one, one.name) for one in found.model)]
    if not out:
        return []
    hidden = any(one.paragraphs[1] for one in (*found.blind, *found.model))
    words = "F1, strict; of stances with side. Seen: in paragraphs where suggestions were shown"
    more = "; hidden: where they were hidden until the paragraph was done." if hidden else ", which are all."
    return [*out, *_note(words + more)]


def _contrast_head(title: str) -> Line:
    return Line(f"{title:<28}{'seen':>5} {'95 %':<9} {'¶':>6}   {'hidden':>6} {'95 %':<9} {'¶':>6}", "head")


def _contrast(one: Contrast, name: str) -> Line:
    what = f"  {name[:14]:<15}{one.layer[:10]}" if name else f"  {one.layer}"
    text = f"{what:<28}{number(one.shown.value):>5} {_interval(one.shown):<9} {one.paragraphs[0]:>6,}"
    if one.paragraphs[1]:
        text += f"   {number(one.hidden.value):>6} {_interval(one.hidden):<9} {one.paragraphs[1]:>6,}"
    return Line(text)


def _everything(found: Agreement) -> list[Line]:
    out = [Line(f"{'EVERY FIGURE':<28}{'':<{_BAR}} value  {'95 %':<10}{'n':>8} {'cover':>6}", "head")]
    layer = told = ""
    for result in found.results:
        if result.layer != layer:
            layer, told = result.layer, ""
            out.append(Line(layer))
        reason = "as above" if told and result.reason == told else result.reason
        out += [Line(text) for text in _figure(result, reason)]
        told = result.reason or told
    return out


def _figure(result: Result, reason: str) -> list[str]:
    name = f"  {result.name[:25]:<26}"
    if result.value is None:
        return textwrap.wrap(
            f"{name}{'–':>{_BAR + 6}}  {reason}", WIDTH, subsequent_indent=" " * 44, drop_whitespace=True
        )
    value = f"{bar(result.value)} {number(result.value):>5}  {_interval(result):<10}"
    return [f"{name}{value}{result.n:>8,} {_share(result):>6} {_BANDS[band(result)]}".rstrip()]


__all__ = [
    "RELIABLE",
    "TENTATIVE",
    "WIDTH",
    "Line",
    "band",
    "bar",
    "gamma_lines",
    "lines",
    "number",
    "report",
    "spot_text",
]
