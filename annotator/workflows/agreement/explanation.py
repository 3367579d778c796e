"""What a figure of the agreement is, in words and with a formula that needs no TeX."""

from __future__ import annotations

import re

from annotator.measures.api import Result
from annotator.workflows.agreement.lines import interval_words, number


def explained(result: Result) -> list[str]:
    """What a figure is, how to read it and when not to use it, as lines of text."""
    out = [f"{result.layer}: {result.name} {number(result.value)}"]
    if result.low is not None:
        out.append(f"95 % interval {interval_words(result)}, n {result.n:,}")
    for words in (result.reason, result.no_interval and f"No interval: {result.no_interval}"):
        if words:
            out.append(words[0].upper() + words[1:] + ".")
    about = result.about
    if about is not None:
        out += [
            "",
            about.what,
            "",
            f"How to read it: {about.reading}",
            "",
            f"When not to use it: {about.caution}",
            "",
            f"Formula: {plain_formula(about.formula)}",
            f"Source: {about.source}",
        ]
    return out


_SIGNS = {
    "alpha": "α",
    "kappa": "κ",
    "pi": "π",
    "delta": "δ",
    "sum": "Σ",
    "cdot": "·",
    "cap": "∩",
    "cup": "∪",
    "in": "∈",
    "quad": " ",
}
"""The commands of TeX that formulas here have, as characters."""


def plain_formula(tex: str) -> str:
    """A formula of an `Explanation` as people read it without TeX: `F1 = 2 · same / (one +
    other)`."""
    text = re.sub(r"\\mathrm\{(\w+)\}", r"\1", tex)
    text = re.sub(
        r"\\frac\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}", _quotient, text
    )
    text = re.sub(r"\\([a-zA-Z]+)", lambda m: _SIGNS.get(m.group(1), m.group(1)), text)
    text = re.sub(r"([a-zA-Zα-ω])_(\d)", r"\1\2", text)
    text = text.replace("^2", "²").replace("{}_", "")
    return re.sub(r"\{([^{}]*)\}", r"\1", text)


def _quotient(found: re.Match[str]) -> str:
    """A fraction in one line; what is longer than a sign is put in brackets."""
    over, under = found.groups()

    def whole(part: str) -> str:
        return part if re.fullmatch(r"[\w|]+", part) else f"({part})"

    return f"{whole(over)} / {whole(under)}"


__all__ = ["explained", "plain_formula"]
