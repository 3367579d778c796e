"""The figures of the page on names are those that the bench measures."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from bench.names import NameFigures, first_lines, key_lines, measured
from name_figures import DATA, PAGE, tables, written

NUMBER = re.compile(r"\d*\.?\d[\d,]*")


def figures() -> NameFigures:
    """Two documents with 100 keys before and 40 now each, and four mentions."""
    keys = Counter(
        {
            "spans": 20,
            "entity before": 60,
            "entity now": 15,
            "concept before": 20,
            "concept now": 5,
        }
    )
    first = {
        "name": Counter(all=3, all_right=2, known=1, known_right=1),
        "nominal": Counter(all=1, sure=1),
        "pronoun": Counter[str](),
    }
    apart = Counter(wrong=1, again=4, three=3, six=4, keys=10)
    return NameFigures({"a": keys, "b": keys}, apart, first)


def test_tables_give_shares_with_what_they_are_of() -> None:
    made = tables({"seeds": figures()})
    first, again, keys = (table.splitlines()[2:] for table in made.values())
    assert first[0] == (
        "| seeds | all, in 2 documents | 2 of 3 (.67) | 0 of 1 (.00) | none | 2 of 4 (.50) |"
    )
    assert "| none | 0 of 1 (.00) | none | 0 of 1 (.00) |" in first[2]
    assert again == ["| seeds | 4 | .75 | 1.00 | 2.5 |"]
    assert keys == [
        "| seeds | .40 (.40-.40) | .44 (.44-.44) | .25 | .25 (.25-.25) | .25 (.25-.25) | 80 | 1 |"
    ]


def test_the_bench_says_which_bars_are_missed() -> None:
    said = "\n".join([*key_lines(figures()), *first_lines(figures())])
    assert "| complete, without concepts | 160 | 70 | 0.44 | 0.44 to 0.44 | 0.55 ok |" in said
    assert "| name | 2 of 3: 0.667 | 1 of 1 | 0 of 0 | 0.94 MISSED |" in said


def test_a_table_replaces_what_stands_between_its_marks_alone() -> None:
    page = "a\n<!-- t -->\nold\n<!-- /t -->\nb\n<!-- u -->\n<!-- /u -->\n"
    once = written(page, {"t": "| new |", "u": "| u |"})
    assert once == "a\n<!-- t -->\n| new |\n<!-- /t -->\nb\n<!-- u -->\n| u |\n<!-- /u -->\n"
    assert written(once, {"t": "| new |", "u": "| u |"}) == once


@pytest.mark.slow
def test_the_page_has_the_figures_of_the_bench() -> None:
    """Machines round differently, so numbers are compared about."""
    page = PAGE.read_text(encoding="utf-8")
    new = written(page, tables({name: measured(debate) for name, debate in DATA.items()}))
    again = "`uv run python tests/name_figures.py` writes them anew"
    assert NUMBER.sub("0", new) == NUMBER.sub("0", page), again
    old_numbers, new_numbers = (
        [float(one.replace(",", "")) for one in NUMBER.findall(text)] for text in (page, new)
    )
    assert old_numbers == pytest.approx(new_numbers, rel=0.03, abs=0.02), again
