"""Paragraphs, words and display: every offset is true, nothing
is lost, nothing reaches a terminal."""

from __future__ import annotations

import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.model.text import (
    Document,
    displayable,
    enumerated,
    is_boilerplate,
    percent,
    split_paragraphs,
    text_sha256,
    title_of,
    trim,
    whole_percent,
    words,
)
from annotator.model.text_units import sentences

TEXTS = st.text(st.sampled_from("ab .’-\n\r\t\u2028é中🙂\u0301A,"), max_size=60) | st.text(
    max_size=40
)


@given(TEXTS, st.sampled_from(["auto", "blank", "line"]))
def test_paragraphs_are_in_order_trimmed_and_lose_only_white_space(
    text: str, splitting: str
) -> None:
    paragraphs = split_paragraphs(text, splitting=splitting)  # type: ignore[arg-type]
    at = 0
    for index, paragraph in enumerate(paragraphs):
        piece = text[paragraph.start : paragraph.end]
        assert paragraph.index == index
        assert at <= paragraph.start < paragraph.end <= len(text)
        assert not _is_white(piece[0]) and not _is_white(piece[-1])
        assert all(map(_is_white, text[at : paragraph.start]))
        at = paragraph.end
    assert all(map(_is_white, text[at:]))


def _is_white(char: str) -> bool:
    return char.isspace() or char in "\u200b\u2060\ufeff"


def test_every_kind_of_white_space_is_trimmed() -> None:
    white = "".join(filter(_is_white, map(chr, range(sys.maxunicode + 1))))
    assert trim(f"{white}a\u200bb{white}", 0, 2 * len(white) + 3) == (len(white), len(white) + 3)


@given(TEXTS)
def test_words_cover_every_visible_character_once(text: str) -> None:
    covered = [i for start, end in words(text) for i in range(start, end)]
    assert covered == [i for i, char in enumerate(text) if not char.isspace()]


@given(st.text(max_size=60))
def test_displayable_has_the_same_length_and_no_character_a_terminal_acts_on(text: str) -> None:
    shown = displayable(text)
    assert len(shown) == len(text)
    assert not any(unicodedata.category(c) == "Cc" for c in shown)
    assert not set(shown) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
    )


def test_a_text_with_blank_lines_splits_on_them_and_one_without_on_lines() -> None:
    assert [(p.start, p.end) for p in split_paragraphs("One\nstill one.\n\nTwo.")] == [
        (0, 14),
        (16, 20),
    ]
    assert [(p.start, p.end) for p in split_paragraphs("One.\r\nTwo.\r\n")] == [(0, 4), (6, 10)]
    assert len(split_paragraphs("One.\n\nTwo\nlines.", splitting="line")) == 3
    assert len(split_paragraphs("One.\nTwo.", splitting="blank")) == 1


def test_boilerplate_becomes_an_excluded_paragraph_in_place() -> None:
    text = "First line.\nAdvertisement\nSecond line."
    paragraphs = split_paragraphs(text)
    assert [text[p.start : p.end] for p in paragraphs] == text.split("\n")
    assert [p.excluded for p in paragraphs] == [False, True, False]
    inside = "First line.\nREAD MORE »\nSecond line.\n\nThird."
    pieces = [(inside[p.start : p.end], p.excluded) for p in split_paragraphs(inside)]
    assert pieces == [
        ("First line.", False),
        ("READ MORE »", True),
        ("Second line.", False),
        ("Third.", False),
    ]


@pytest.mark.parametrize("line", ["Advertisement", "  advertisement. ", "READ MORE »", "* Share *"])
def test_boilerplate_lines(line: str) -> None:
    assert is_boilerplate(line)


@pytest.mark.parametrize("line", ["Advertisement rates rose.", "More must be read.", ""])
def test_lines_that_only_look_like_boilerplate(line: str) -> None:
    assert not is_boilerplate(line)


def test_a_document_finds_paragraphs_and_quotes() -> None:
    text = "Ab cd.\nEf gh."
    document = Document("d", "t", text, split_paragraphs(text))
    assert [document.paragraph_at(i).index for i in (0, 5, 6, 7, 12)] == [0, 0, 0, 1, 1]
    assert document.quote(7, 9) == "Ef"
    assert document.sha256 == text_sha256(text) and len(document.sha256) == 64


def test_a_title_is_the_start_of_the_first_annotated_paragraph() -> None:
    text = "Advertisement\n" + "word " * 30
    title = title_of(text, split_paragraphs(text))
    assert title.startswith("word word") and title.endswith("…") and len(title) <= 62


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a\r\nb\r\n\r\nc", ["a\r\nb", "c"]),
        ("a\r\nb", ["a", "b"]),
        ("a\n \t\nb\nc", ["a", "b\nc"]),
        (" \n a \n\n b  \n", ["a", "b"]),
        ("a\r\rb\rc", ["a", "b\rc"]),
    ],
)
def test_a_line_end_of_two_characters_is_one_line_end(text: str, pieces: list[str]) -> None:
    assert [text[p.start : p.end] for p in split_paragraphs(text)] == pieces


@pytest.mark.parametrize("run", [" ", "\t ", "\u00a0", "\n", " \n", "\r\n", "."])
def test_a_run_of_anything_costs_in_proportion(run: str) -> None:
    def cost(number: int) -> float:
        text = f"one{run * number}two"
        times = []
        for _ in range(5):
            began = time.process_time()
            split_paragraphs(text)
            sentences(text)
            times.append(time.process_time() - began)
        return min(times)

    # Proportional cost gives 8, quadratic cost 64; below a few milliseconds, the clock is not
    # reliable.
    assert cost(32_000) < max(0.02, 24 * cost(4_000))


@pytest.mark.parametrize(
    ("share", "wide", "narrow", "whole"),
    [
        (1546 / 1547, "99.9 %", ">99 %", 99),
        (99_999 / 100_000, "99.9 %", ">99 %", 99),
        (0.9951, "99.5 %", ">99 %", 99),
        (1 / 1547, "under 1 %", "<1 %", 1),
        (0.994, "99 %", "99 %", 99),
        (1.0, "100 %", "100 %", 100),
        (0.0, "0 %", "0 %", 0),
    ],
)
def test_only_all_is_100_per_cent_and_only_nothing_is_0(
    share: float, wide: str, narrow: str, whole: int
) -> None:
    assert (percent(share), percent(share, narrow=True), whole_percent(share)) == (
        wide,
        narrow,
        whole,
    )


@pytest.mark.parametrize(
    ("several", "told"),
    [
        ([], ""),
        (["Iran"], "Iran"),
        (["Iran", "Iran"], "Iran"),
        (["Iran", "Russia"], "Iran and Russia"),
        (["Iran", "Russia", "Iran", "Oslo"], "Iran, Russia and Oslo"),
    ],
)
def test_several_words_are_enumerated_each_once(several: list[str], told: str) -> None:
    assert enumerated(several) == told
