"""What the data card says about agreement: the figures and their explanations, and annotators
against the gold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from annotator.measures.api import Array, Explanation, interval
from annotator.model.record import Record
from annotator.model.text import percent, plural
from annotator.workflows.agreement.explanation import compared
from annotator.workflows.agreement.lines import number


def agreement(manifest: Mapping[str, Any], explained: Mapping[str, Explanation]) -> list[str]:
    """The agreement before adjudication; figures without a value are only counted."""
    results = manifest["agreement"] or []
    valued = [r for r in results if r["value"] is not None]
    if not results:
        return [
            "## Agreement before adjudication",
            "",
            "There are no figures, since no two annotators finished the same document.",
        ]
    return [
        *_figures(valued),
        *_without_value(r for r in results if r["value"] is None),
        *_what_figures_are(explained, valued),
    ]


def _figures(valued: Sequence[Mapping[str, Any]]) -> list[str]:
    """The figures that have a value, as a table."""
    if not valued:
        return []
    return [
        "## Agreement before adjudication",
        "",
        "How far the annotators agreed before anything was decided. Intervals are 95 % "
        "intervals over documents; where too few documents affect a figure, there is none. n is "
        "what a figure counts: characters, tokens, pairs of annotators, or items. Figures of "
        "labels, attributes and names compare spans that two annotators marked at the same place "
        "(they share at least half of the characters that either has). Covered is the share of "
        "the marked items that such a figure rests on.",
        "",
        "| layer | measure | value | 95 % interval | n | covered |",
        "|---|---|---|---|---|---|",
        *map(_figure, valued),
        "",
    ]


def _figure(result: Mapping[str, Any]) -> str:
    low, high = result["low"], result["high"]
    interval = "" if low is None else f"{number(low)} – {number(high)}"
    name, value = _cell(result["name"]), number(result["value"])
    covered = "" if result["coverage"] is None else percent(result["coverage"])
    return f"| {result['layer']} | {name} | {value} | {interval} | {result['n']:,} | {covered} |"


def _without_value(results: Iterable[Mapping[str, Any]]) -> list[str]:
    """How many figures have no value, by reason."""
    reasons = Counter(str(result["reason"]) for result in results)
    if not reasons:
        return []
    if len(reasons) == 1:
        by_reason = next(iter(reasons))
    else:
        by_reason = "; ".join(f"{n}: {reason}" for reason, n in sorted(reasons.items()))
    return [f"{plural(reasons.total(), 'figure')} without a value ({by_reason}).", ""]


def _cell(text: str) -> str:
    """A text in a cell of a table."""
    return text.replace("|", "\\|")


def _what_figures_are(
    explained: Mapping[str, Explanation], valued: Sequence[Mapping[str, Any]]
) -> list[str]:
    """What each figure is and where it comes from. Figures of one kind stand below it, each with
    what it compares."""
    layers: dict[str, set[str]] = {}
    for result in valued:
        layers.setdefault(result["name"], set()).add(result["layer"])
    alike: dict[tuple[str, str], dict[str, str]] = {}
    for name, of in layers.items():
        if (own := explained.get(name)) is not None:
            words = compared(name, *of) if len(of) == 1 else compared(name)
            alike.setdefault((own.what, own.source), {})[name] = words
    if not alike:
        return []
    lines: list[str] = []
    for (what, source), several in alike.items():
        if len(several) == 1 or not all(several.values()):
            lines.append(f"- {'; '.join(several)}: {what} ({source})")
        else:
            lines.append(f"- {what} ({source})")
            lines += [f"  - {name}: {words}" for name, words in several.items()]
    return ["What the figures are:", "", *lines, ""]


def against_gold(gold: Sequence[Record]) -> list[str]:
    """How much of the gold each annotator had made, with intervals over documents."""
    found: dict[str, list[tuple[int, int]]] = {}
    for record in gold:
        items = record.history.get("items", {})
        for who in record.history.get("eligible", ()) if items else ():
            had = sum(who in item.get("votes", ()) for item in items.values())
            found.setdefault(who, []).append((had, len(items)))
    if not found:
        return []
    return [
        "## Annotators against the gold",
        "",
        "The share of spans and relations in the gold that each annotator had made in exactly the "
        "same way, attributes included, in the documents that they coded. Intervals are 95 % "
        "intervals over documents.",
        "",
        "| annotator | same as gold | of | share | 95 % interval |",
        "|---|---|---|---|---|",
        *(_against(who, np.array(counts, dtype=float)) for who, counts in sorted(found.items())),
    ]


def _against(who: str, counts: Array) -> str:
    """A row about an annotator; `counts` holds for each document how many items are the same as in
    the gold, and how many there are."""
    had, every = counts.sum(axis=0)
    rest = counts.sum(axis=0) - counts
    found = interval(had / every, rest[:, 0] / rest[:, 1], 0) if rest[:, 1].all() else None
    known = found is not None and found.low is not None
    ends = f"{percent(found.low)} – {percent(found.high)}" if found is not None and known else ""
    return f"| {who} | {int(had):,} | {int(every):,} | {percent(had / every)} | {ends} |"


__all__ = ["against_gold", "agreement"]
