"""Finding in all documents: what SQLite passes over is nothing that the exact search would find."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import project

from annotator.errors import UsageError
from annotator.store.documents import in_any_case
from annotator.workflows.search import search

TEXTS = (
    "Sanctions must end, says the KREMLIN.\n\nThe straße is 100% closed_off.",
    "Завод «Ладья» собирает катера. ЗАВОД стоит.",
    "رود سیاوه از کوه‌های ورنیا سرچشمه می‌گیرد",
    "Kiſs and \u212aelvin, İstanbul, ΣΟΦΟΣ and σοφός [sic] *all* a?b",
)


def _places(wanted: str, root: Path) -> list[tuple[str, int]]:
    with project(root, *TEXTS) as of:
        return [(hit.document, hit.start) for hit in search(of, wanted)]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ("sanctions", 1), ("kremlin", 1), ("100%", 1), ("closed_off", 1), ("closed%off", 0), ("завод", 2), ("ладья", 1),
        ("سرچشمه", 1), ("kiss", 1), ("kelvin", 1), ("σοφοσ", 1), ("[sic]", 1), ("*all*", 1), ("a?b", 1),
        ("İ", 7), ("İS", 3), ("ſS", 1),
        ("re:\\bmust|стоит", 2), ("re:^the", 0), ("nowhere", 0), ("", 0),
    ],
)  # fmt: skip
def test_plain_words_are_found_in_any_case_and_expressions_as_they_say(
    tmp_path: Path, wanted: str, count: int
) -> None:
    assert len(_places(wanted, tmp_path / "p")) == count


def test_a_bad_expression_is_told(tmp_path: Path) -> None:
    with project(tmp_path / "p", *TEXTS) as of, pytest.raises(UsageError, match="regular expression"):
        search(of, "re:[")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_stretch_of_a_text_is_missed_in_any_case(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 20)))
    wanted = data.draw(st.sampled_from([str.lower, str.upper, str]))(text[start:end])
    if wanted.startswith("re:"):
        return
    found = _places(wanted, tmp_path_factory.mktemp("p") / "p")
    exact = re.compile(re.escape(wanted), re.IGNORECASE)
    assert found == [(f"doc-{i}", m.start()) for i, t in enumerate(TEXTS) for m in exact.finditer(t)]


def test_the_pattern_of_a_letter_holds_every_letter_that_is_the_same_in_any_case() -> None:
    codes = (*range(0x41, 0xD800), *range(0xE000, 0x1F000))
    cased = [c for c in map(chr, codes) if {c.casefold(), c.lower(), c.upper()} != {c}]
    every = "".join(cased)
    db = sqlite3.connect(":memory:")
    missed = [
        (char, other)
        for char in cased
        for other in re.findall(re.escape(char), every, re.IGNORECASE)
        if db.execute("SELECT ? GLOB ?", (other, in_any_case(char))).fetchone() != (1,)
    ]
    assert not missed
