"""The agreement as text: for the terminal, a pipe, and the rows of the screen. Reads without colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from annotator.measures._data import FEW, Result
from annotator.workflows.agree import Agreement, Contrast, Lost, Spot
from annotator.workflows.gamma import Gamma

TENTATIVE, RELIABLE = 0.667, 0.8
"""Krippendorff (2004), p. 241: below .667 not to be relied on, from .8 on reliable."""

HEADLINE = ("F1 strict", "alpha characters", "alpha_U", "alpha label", "F1 with side", "alpha side",
            "F1 tuples, concept", "F1 network cells")  # fmt: skip

_BAR = 10
_HEAT = " ░▒▓█"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report; `head` begins a section, `spot` is the paragraph that it leads to."""

    text: str
    head: bool = False
    spot: Spot | None = None


def report(found: Agreement) -> list[str]:
    """The agreement as lines of plain text, at most 100 columns."""
    return [line.text for line in lines(found)]


def lines(found: Agreement) -> list[Line]:
    """The report: data, headline, why, labels, annotators, suggestions, worst paragraphs, every figure."""
    out = [Line(text) for text in _data(found)]
    for part in (_headlines, _why, _labels, _people, _influence):
        out += part(found)
    if found.worst:
        out += [Line(""), Line("WHERE TO LOOK  worst paragraphs first", head=True)]
        out += [Line(_spot(spot), spot=spot) for spot in found.worst]
    out += [Line(""), Line(_columns("EVERY FIGURE"), head=True)]
    layer = ""
    for result in found.results:
        if result.layer != layer:
            layer = result.layer
            out.append(Line(layer))
        out.append(Line(_figure(result, f"  {result.name}")))
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
        what = (
            g.reason
            or f"over {g.documents} documents, {g.left_out} left out (fewer than two marked anything)"
        )
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
    if result.low is None or not result.name.startswith(("alpha", "u-alpha", "kappa", "Fleiss")):
        return ""
    if result.low >= RELIABLE:
        return "reliable ≥ .80"
    return "tentative ≥ .667" if result.low >= TENTATIVE else ""


def _data(found: Agreement) -> Iterator[str]:
    comparison, draw = found.data, found.resampling
    unit = "documents" if not comparison.few else f"paragraphs (fewer than {FEW} documents)"
    people = ", ".join(comparison.annotators[:6]) + (" …" if len(comparison.annotators) > 6 else "")
    yield (
        f"{comparison.documents} document{'s' * (comparison.documents != 1)} finished by two or more of "
        f"{len(comparison.annotators)} annotators "
        f"({people})"
    )
    yield (
        f"{comparison.completions} completions, {comparison.paragraphs} paragraphs; {comparison.empty} finished "
        f"with nothing marked count,"
    )
    yield f"{comparison.unfinished} completions skipped or not finished do not"
    yield f"intervals: 95 %, bootstrap over {unit}, {draw.samples} samples, seed {draw.seed}"


def _columns(title: str) -> str:
    return f"{title:<28}{'':<{_BAR}} value   95 % interval      n  coverage"


def _figure(result: Result, name: str) -> str:
    if result.value is None:
        return f"{name:<28}{'':<{_BAR}} {number(None):>5}  {result.reason}"
    interval = ""
    if result.low is not None and result.high is not None:
        interval = f"{number(result.low)} – {number(result.high)}"
    covered = "" if result.coverage is None else f"{round(100 * result.coverage)} %"
    text = (
        f"{name:<28}{bar(result.value)} {number(result.value):>5}  {interval:^14}{result.n:>7} {covered:>6}"
    )
    return f"{text}  {band(result)}".rstrip()


def _headlines(found: Agreement) -> list[Line]:
    out = [Line(""), Line(_columns("HEADLINE"), head=True)]
    for layer in dict.fromkeys(r.layer for r in found.results):
        own = {r.name: r for r in found.results if r.layer == layer}
        attributes = [n for n in own if n.startswith("alpha ") and own[n].measure == "attributes"]
        for name in dict.fromkeys([*(n for n in HEADLINE if n in own), *attributes]):
            out.append(Line(_figure(own[name], f"{layer:<8} {name}")))
    return out


def _why(found: Agreement) -> list[Line]:
    out = [Line(""), Line("WHY  what is lost, and F1 if that alone were gone", head=True)]
    for layer, lost in found.lost.items():
        if lost.f1 is None:
            continue
        out.append(Line(f"{layer:<8} now{'':<17}{bar(lost.f1)} {number(lost.f1):>5}"))
        for cause, count in lost.causes.items():
            if count:
                out.append(Line(_cause(lost, cause, count)))
    return out


def _cause(lost: Lost, cause: str, count: int) -> str:
    better = lost.if_fixed.get(cause)
    words = {"both": "bounds and label", "bounds": "other bounds", "label": "other label", "missing": "missing",
             "holder": "other holder", "target": "other target", "side": "other side"}[cause]  # fmt: skip
    if better is None or lost.f1 is None:
        return f"  {count:>7}  {words}"
    return f"  {count:>7}  {words:<18} {bar(better)} {number(better):>5}  gain {number(better - lost.f1)}"


def _labels(found: Agreement) -> list[Line]:
    """Per label: strict F1, alpha of the label, and what it was confused with."""
    out: list[Line] = []
    for layer, (labels, counts) in found.confusion.items():
        if not labels:
            continue
        strict = _parts(found, layer, "F1 strict")
        alpha = _parts(found, layer, "alpha label")
        widths = [max(6, min(10, len(label))) for label in labels]
        titles = " ".join(label[:w].rjust(w) for label, w in zip(labels, widths, strict=True))
        out += [Line(""), Line(f"LABELS OF {layer.upper():<13}F1      α   confusion {titles}", head=True)]
        for i, label in enumerate(labels):
            row = sum(counts[i])
            cells = " ".join(
                f"{_HEAT[_level(counts[i][j], row)]}{counts[i][j]}".rjust(w) for j, w in enumerate(widths)
            )
            out.append(
                Line(
                    f"  {label[:18]:<18}{number(strict.get(label)):>5}  {number(alpha.get(label)):>5}{'':<13}{cells}"
                )
            )
    return out


def _parts(found: Agreement, layer: str, name: str) -> Mapping[str, float | None]:
    return next((r.parts for r in found.results if r.layer == layer and r.name == name), {})


def _level(count: int, total: int) -> int:
    """Of five shades the one for a share."""
    return 0 if not count else 1 + min(3, int(4 * count / total))


def _people(found: Agreement) -> list[Line]:
    """The matrix of annotators with shades, and the mean when one is left out."""
    out: list[Line] = []
    names = found.data.annotators
    if len(names) < 2:
        return out
    shown = names[:10]
    for layer, pairs in found.pairs.items():
        width = max(6, min(9, max(len(name) for name in shown)))
        head = " ".join(name[:width].rjust(width) for name in shown)
        without = found.without.get(layer, {})
        left_out = "   without" if without else ""
        out += [Line(""), Line(f"ANNOTATORS, {layer}, F1 strict".ljust(30) + head + left_out, head=True)]
        for one in shown:
            cells = [_cell(pairs, one, other, width) for other in shown]
            rest = f"   {number(without.get(one)):>7}" if without else ""
            out.append(Line(f"  {one[:26]:<28}{' '.join(cells)}{rest}"))
        if len(names) > len(shown):
            out.append(Line(f"  and {len(names) - len(shown)} more: see --json"))
    return out


def _cell(pairs: Mapping[tuple[str, str], float | None], one: str, other: str, width: int) -> str:
    key = (min(one, other), max(one, other))
    if one == other or key not in pairs:
        return "·".rjust(width)
    value = pairs[key]
    shade = " " if value is None else _HEAT[_level(round(100 * value), 100)]
    return f"{shade}{number(value)}".rjust(width)


def _influence(found: Agreement) -> list[Line]:
    out: list[Line] = []
    if found.blind:
        out += [
            Line(""),
            Line("WITH AND WITHOUT SIGHT OF SUGGESTIONS, the annotators with each other", head=True),
        ]
        out += _contrasts(found.blind, names=False)
    if found.model:
        out += [Line(""), Line("EACH ANNOTATOR WITH THE SUGGESTIONS", head=True)]
        out += _contrasts(found.model, names=True)
    return out


def _contrasts(contrasts: Sequence[Contrast], *, names: bool) -> Iterator[Line]:
    for one in contrasts:
        what = f"{one.layer} {one.shown.name}" + (f", {one.name}" if names else "")
        text = f"  {what[:44]:<44} shown {_brief(one.shown)} ({one.paragraphs[0]} ¶)"
        if one.paragraphs[1]:
            text += f"  hidden {_brief(one.hidden)} ({one.paragraphs[1]} ¶)"
        yield Line(text)


def _brief(result: Result) -> str:
    interval = "" if result.low is None else f" [{number(result.low)}, {number(result.high)}]"
    return number(result.value) + interval


def _spot(spot: Spot) -> str:
    return f"  {spot.document[:34]} ¶ {spot.paragraph + 1}: {spot.differing} of {spot.marked} differ  “{spot.quote} …”"


__all__ = ["RELIABLE", "TENTATIVE", "Line", "band", "bar", "gamma_lines", "lines", "number", "report"]
