"""What a figure or a section of the agreement is, in words and with a formula that needs no TeX."""

from __future__ import annotations

import re

from annotator.measures.api import Result
from annotator.model.text import percent
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
        over = compared(result.name, result.layer)
        out += ["", about.what, *(["", over] if over else [])]
        if result.coverage is not None:
            share = percent(result.coverage)
            out += ["", f"Cover: both annotators have {share} of what is compared."]
        out += [
            "",
            f"How to read it: {about.reading}",
            "",
            f"When not to use it: {about.caution}",
            "",
            f"Formula: {plain_formula(about.formula)}",
            f"Source: {about.source}",
        ]
    return out


_COEFFICIENTS = ("alpha ", "percent ", "AC1 ", "kappa ", "Fleiss' kappa ", "Brennan-Prediger ")


def compared(name: str, layer: str = "") -> str:
    """What a figure of a layer compares (of any layer, if that is empty). Empty unless several
    figures share their explanation."""
    name = name.partition(":")[0]
    item = layer or "item"
    begun = next((one for one in _COEFFICIENTS if name.startswith(one)), "")
    what = name.removeprefix(begun).partition(",")[0]
    if begun and what != "network sign":
        return _by_coefficient(what, item, f"{layer} label" if layer else "label")
    if name.startswith(("F1 with side", "F1 without side")):
        side = (
            "and the side is the same" if name.startswith("F1 with side") else "whatever the side"
        )
        ends = "have the same bounds" if name.endswith("exact ends") else "lie in the same place"
        return f"Two {item}s are the same if their holders and targets {ends}, {side}."
    if name in ("F1 tuples, label", "F1 tuples, concept"):
        target = name.rpartition(" ")[2]
        return f"Here, the {target} of its target says what a statement is on."
    if name.startswith("F1 tuples, "):
        return f"Here the {name.removeprefix('F1 tuples, ').removesuffix(' left out')} is left out."
    if name.startswith("(k)u-alpha "):
        return f"The label is {name.removeprefix('(k)u-alpha ')}."
    return ""


def _by_coefficient(what: str, item: str, labels: str) -> str:
    """What a coefficient of agreement compares."""
    if what in ("characters", "tokens"):
        unit = "word" if what == "tokens" else "character"
        return (
            f"For every {unit} of the text, it compares which {labels} covers it, if any. So "
            "long spans count more than short ones."
        )
    if what == "label":
        return f"It compares the label of every {item} that two annotators marked in one place."
    return (
        f"It compares the {what} of every {item} that two annotators both have, where both "
        "filled it in."
    )


_SECTIONS = {
    "WHY NOT HIGHER": (
        "In which ways the annotators differ, how often, and what F1 would be if only these "
        "differences were gone.",
        "`.97 +.03` says that F1 would rise by .03, to .97, if all differences of this line were "
        "settled and the others stayed. Longer bars show what is most worth a rule in the "
        "guidelines or a talk.",
        "The gains do not add up: one difference can hide another.",
    ),
    "TYPES OF": (
        "Which types the annotators confuse. The row is the type that one annotator gave, the "
        "column the type that the other gave to the same item: a span in the same place, or a "
        "stance of the same holder on the same target. F1 and α are those of the row's type "
        "against all others.",
        "What lies off the diagonal is confused; shades show the share of the row. `h` and `l` "
        "choose a cell, enter opens its differences.",
        "Items that only one annotator marked are not in it; they count as missing above. Each "
        "difference stands in two cells, since either annotator can be the row.",
    ),
    "WHO WITH WHOM": (
        "F1 of every two annotators: the share of annotations that both made, with the same bounds "
        "and type.",
        "A row that is lower than the others is an annotator who codes differently; `without` is "
        "the mean of the other pairs when that annotator is left out.",
        "It does not show who is right, and pairs that share few documents vary by chance.",
    ),
    "WHERE TO LOOK": (
        "The paragraphs in which the annotators differ most.",
        "`10 of 24` says that 10 of the 24 annotations in the paragraph have no equal one. Of more "
        "than two annotators, every two are counted, so an annotation counts once for each other "
        "one. Enter shows the paragraph side by side.",
        "Long paragraphs have more to differ in, so they come first more often.",
    ),
    "WITH THE SUGGESTIONS": (
        "How far an annotator's work agrees with what the program suggested.",
        "Compare seen with hidden: if it is much higher where suggestions were seen, they "
        "influence the annotator.",
        "A high figure alone says nothing on influence: suggestions can simply be right. Without "
        "blind paragraphs there is nothing to compare with.",
    ),
    "WITH EACH OTHER": (
        "How far annotators agree with each other where suggestions were seen, and where they "
        "were hidden.",
        "If they agree much more where they saw the same suggestions, these make them agree.",
        "With few blind paragraphs, the intervals are wide.",
    ),
}
"""What a section without figures of its own shows, how to read it, and when not to use it, by the
beginning of its title."""


def explained_section(head: str) -> list[str]:
    """What a section of the report shows, as lines of text after its title; empty if it is one
    whose lines explain themselves."""
    for title, (what, reading, caution) in _SECTIONS.items():
        if head.startswith(title):
            how = [f"How to read it: {reading}", "", f"When not to use it: {caution}"]
            called = head.strip().partition("  ")[0]
            return [called[0] + called[1:].lower().replace("f1", "F1"), "", what, "", *how]
    return []


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


__all__ = ["compared", "explained", "explained_section", "plain_formula"]
