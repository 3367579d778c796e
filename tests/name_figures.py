"""The figures of the page on names, as `tests/bench/names.py` measures them.

`uv run python tests/name_figures.py` writes them; a slow test checks that they are up to date.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from bench.names import NameFigures, interval, measured, ratio

from annotator.pages import FOLDER

PAGE = FOLDER / "names.md"
DATA = {"seeds": False, "debate": True}
"""The sets of documents, and whether each is the debate."""

_ASKED = {
    "all": "",
    "known": "whose entity the document already has",
    "sure": "named without a question",
    "preselected": "chosen when the line opens",
}


def tables(found: Mapping[str, NameFigures]) -> dict[str, str]:
    """The tables of the page by the name of their marks, from the figures of each set."""
    return {
        "first names": _first(found),
        "concepts given again": _again(found),
        "keys of complete coding": _keys(found),
    }


def written(text: str, made: Mapping[str, str]) -> str:
    """A page with these tables between their marks."""
    for name, table in made.items():
        text = re.sub(
            rf"(<!-- {name} -->\n).*?\n?(<!-- /{name} -->)",
            lambda marks, table=table: f"{marks[1]}{table}\n{marks[2]}",
            text,
            flags=re.DOTALL,
        )
    return text


def _first(found: Mapping[str, NameFigures]) -> str:
    rows = [
        "| data | mentions | names | common nouns | pronouns | all |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in found.items():
        for asked, words in _ASKED.items():
            kinds = [one.first[kind] for kind in ("name", "nominal", "pronoun")]
            cells = [_of(row, asked) for row in (*kinds, sum(kinds, Counter()))]
            what = words or f"all, in {len(one.keys)} documents"
            rows.append(f"| {name if asked == 'all' else ''} | {what} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _of(row: Counter[str], asked: str) -> str:
    right, number = row[f"{asked}_right"], row[asked]
    return f"{right} of {number} ({_share(right / number)})" if number else "none"


def _again(found: Mapping[str, NameFigures]) -> str:
    rows = [
        "| data | concepts given again | among the first three | among all six | keys each |",
        "|---|---|---|---|---|",
    ]
    for name, one in found.items():
        number = one.apart["again"]
        three, six = (_share(one.apart[key] / number) for key in ("three", "six"))
        rows.append(f"| {name} | {number} | {three} | {six} | {one.apart['keys'] / number:.1f} |")
    return "\n".join(rows)


def _keys(found: Mapping[str, NameFigures]) -> str:
    rows = [
        "| data | all | without concepts | if names cost no key | entities | concepts | keys now "
        "| sure names that are wrong |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, one in found.items():
        total = one.total
        now = total["spans"] + total["entity now"] + total["concept now"]
        without = total["spans"] / (total["spans"] + total["entity before"])
        cells = (
            name,
            _ratio(one, "entity", "concept", spans=True),
            _ratio(one, "entity", spans=True),
            _share(without),
            _ratio(one, "entity"),
            _ratio(one, "concept"),
            f"{now:,}",
            str(one.apart["wrong"]),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _ratio(one: NameFigures, *kinds: str, spans: bool = False) -> str:
    low, high = interval(one.rows, *kinds, spans=spans)
    return f"{_share(ratio(one.rows, *kinds, spans=spans))} ({_share(low)}-{_share(high)})"


def _share(value: float) -> str:
    """A share with two places, without the zero before the point."""
    return f"{value:.2f}".removeprefix("0")


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    found = {name: measured(debate) for name, debate in DATA.items()}
    PAGE.write_text(written(text, tables(found)), encoding="utf-8")
