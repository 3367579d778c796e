"""Wrapping and tracks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from support import examples

from annotator.tui import layout
from annotator.tui.hints import codes
from annotator.tui.layout import (
    ASCII,
    UNICODE,
    Mark,
    Piece,
    Tracks,
    WrappedLine,
    draw,
    line_of,
    wrap,
)

UNITS = ["a", "b", " ", " ", ".", "界", "e\u0301", "👩\u200d🚀", "ש", "ל", "م\u200cی"]
TEXTS = st.lists(st.sampled_from(UNITS), max_size=100).map("".join)


@settings(max_examples=examples(150))
@given(TEXTS, st.integers(2, 40))
def test_every_code_point_is_in_one_line_and_its_column_is_that_of_the_terminal(
    text: str, width: int
) -> None:
    lines = wrap(text, width)
    assert lines[0].start == 0
    assert lines[-1].end == len(text)
    for before, after in pairwise(lines):
        assert before.end == after.start
    for line in lines:
        piece = text[line.start : line.end]
        assert len(line.columns) == len(piece) + 1
        assert cell_len(piece.rstrip()) <= width
        assert line.width == cell_len(piece)
        assert list(line.columns) == sorted(line.columns)


@settings(max_examples=examples(300))
@given(st.text(alphabet="ab é“”.  ", max_size=60), st.integers(2, 12))
def test_text_of_narrow_characters_is_wrapped_as_any_other(text: str, width: int) -> None:
    with patch.object(layout, "NARROW", re.compile("(?!)")):
        slow = wrap(text, width)
    assert wrap(text, width) == slow


def tracks(lines: Sequence[WrappedLine], marks: Sequence[Mark]) -> tuple[tuple[Piece, ...], ...]:
    """The pieces on each line. The number of tracks must be right."""
    laid = Tracks(lines, marks)
    rows = tuple(laid.on(number) for number in range(len(lines)))
    assert [laid.number(i) for i in range(len(lines))] == [len({p.level for p in r}) for r in rows]
    assert sorted(laid.beginnings()) == sorted(
        (piece.mark.id, number, piece.level)
        for number, row in enumerate(rows)
        for piece in row
        if piece.begins
    )
    return rows


def test_lines_break_at_spaces_and_long_words_are_cut() -> None:
    text = "The West must recalibrate"
    assert [text[x.start : x.end] for x in wrap(text, 10)] == [
        "The West ",
        "must ",
        "recalibrat",
        "e",
    ]


def test_a_wide_character_takes_two_columns_and_a_click_on_either_finds_it() -> None:
    (line,) = wrap("a界b", 10)
    assert line.columns == (0, 1, 3, 4)
    assert [line.offset(c) for c in range(4)] == [0, 1, 1, 2]


def test_what_is_nested_lies_nearer_to_the_text() -> None:
    text = "For Iran, ties with Russia help."
    lines = wrap(text, 80)
    claim = Mark("c", 10, 31, "C value", True)
    iran = Mark("i", 4, 8, "S", False)
    russia = Mark("r", 20, 26, "S", False)
    inner = Mark("d", 15, 31, "C fact", True)
    (pieces,) = tracks(lines, [claim, iran, russia, inner])
    assert [(p.mark.id, p.level) for p in pieces] == [("i", 0), ("r", 0), ("d", 1), ("c", 2)]


def test_marks_that_touch_lie_on_different_tracks() -> None:
    (pieces,) = tracks(wrap("abcd", 10), [Mark("x", 0, 2, "X", False), Mark("y", 2, 4, "Y", False)])
    assert {p.level for p in pieces} == {0, 1}


def test_a_mark_over_lines_shows_where_it_goes_on_and_a_level_not_used_is_left_out() -> None:
    text = "one two three four"
    lines = wrap(text, 9)
    rows = tracks(lines, [Mark("c", 0, 18, "C fact", True), Mark("a", 0, 3, "P", False)])
    assert [[(p.mark.id, p.level) for p in row] for row in rows] == [
        [("a", 0), ("c", 1)],
        [("c", 0)],
        [("c", 0)],
    ]
    first, middle, last = rows[0][1], rows[1][0], rows[2][0]
    assert draw(first, UNICODE, pending=False, focused=False) == "└C fact▸"
    assert draw(middle, UNICODE, pending=True, focused=False) == "◂┄┄┄┄▸"
    assert draw(last, UNICODE, pending=False, focused=True) == "◂━─┘"


def test_shapes_tell_pending_from_decided_and_the_focus_without_colour() -> None:
    ((piece,),) = tracks(wrap("Iran and", 20), [Mark("a", 0, 4, "S", False)])
    shapes = {
        draw(piece, glyphs, pending=p, focused=f)
        for glyphs in (UNICODE, ASCII)
        for p in (True, False)
        for f in (True, False)
    }
    assert shapes == {"S───", "S┄┄┄", "S━──", "S┅┄┄", "S---", "S...", "S=--", "S:.."}


@settings(max_examples=examples(150))
@given(TEXTS.filter(lambda t: t.strip() != ""), st.integers(2, 30), st.data())
def test_a_piece_is_drawn_as_wide_as_it_is(text: str, width: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    for row in tracks(
        wrap(text, width), [Mark("m", start, end, "C prediction", data.draw(st.booleans()))]
    ):
        for piece in row:
            assert (
                cell_len(draw(piece, UNICODE, pending=False, focused=False))
                == piece.right - piece.left
            )


def test_the_line_of_an_offset() -> None:
    lines = wrap("one two three", 5)
    assert [line_of(lines, i) for i in (0, 3, 4, 8, 12)] == [0, 0, 1, 2, 2]


@given(st.integers(0, 676))
def test_hint_letters_are_as_short_as_can_be_and_none_begins_another(count: int) -> None:
    made = codes(count)
    assert len(made) == len(set(made)) == count
    assert not any(a != b and b.startswith(a) for a in made for b in made if len(a) == 1)
    assert [len(code) for code in made] == sorted(len(code) for code in made)
    assert count > 26 or all(len(code) == 1 for code in made)
