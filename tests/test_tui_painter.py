"""The painter's output makes a real terminal emulator show the right screen."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from support import examples

from annotator.tui.missing_characters import stand_in
from annotator.tui.painter import Painter
from annotator.tui.sgr import canonical, change
from annotator.tui.writes import shortest, written

WIDTH, HEIGHT = 20, 4
STYLES = [
    Style(),
    Style(bold=True),
    Style(color="red"),
    Style(reverse=True, color="blue"),
    Style(color="#56b4e9"),
]
ROWS = st.lists(
    st.lists(
        st.tuples(st.sampled_from(["a", " ", "bb", "界", "  "]), st.sampled_from(STYLES)),
        max_size=8,
    ),
    min_size=HEIGHT,
    max_size=HEIGHT,
)


def _segments(row: list[tuple[str, Style]]) -> list[Segment]:
    segments = [Segment(text, style) for text, style in row]
    used = sum(segment.cell_length for segment in segments)
    return [*segments, Segment(" " * (WIDTH - used))]


def _shown(screen: pyte.Screen) -> list[list[tuple[str, str, bool, bool]]]:
    return [
        [(c.data, c.fg, c.bold, c.reverse) for c in (screen.buffer[y][x] for x in range(WIDTH))]
        for y in range(HEIGHT)
    ]


@settings(max_examples=examples(80))
@given(st.lists(ROWS, min_size=1, max_size=4))
def test_differences_add_up_to_the_same_screen_as_painting_it_whole(
    frames: list[list[list[tuple[str, Style]]]],
) -> None:
    stepwise = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(stepwise)
    painter = Painter(ColorSystem.TRUECOLOR)
    for rows in frames:
        stream.feed(
            painter.paint(((0, y, _segments(r)) for y, r in enumerate(rows)), WIDTH, HEIGHT)
        )
        whole = pyte.Screen(WIDTH, HEIGHT)
        fresh = Painter(ColorSystem.TRUECOLOR)
        pyte.Stream(whole).feed(
            fresh.paint(((0, y, _segments(r)) for y, r in enumerate(rows)), WIDTH, HEIGHT)
        )
        assert _shown(stepwise) == _shown(whole)
        for y, row in enumerate(rows):
            text = "".join(text for text, _ in row).rstrip()
            assert stepwise.display[y].replace("\x00", "").rstrip() == text


def test_nothing_is_written_when_nothing_changed_and_little_when_little_did() -> None:
    painter = Painter(ColorSystem.TRUECOLOR)
    row = [Segment("The West must recalibrate its strategies today.".ljust(80))]
    painter.paint([(0, 0, row)], 80, 24)
    assert painter.paint([(0, 0, row)], 80, 24) == ""
    changed = [Segment("The East must recalibrate its strategies today.".ljust(80))]
    assert painter.paint([(0, 0, changed)], 80, 24) in ("\x1b[5GEa", "\x1b[1;5HEa")


def test_after_forgetting_all_is_painted_again() -> None:
    painter = Painter(None)
    painter.paint([(0, 0, [Segment("x")])], 5, 2)
    painter.forget()
    assert painter.paint([(0, 0, [Segment("x")])], 5, 2).startswith("\x1b[m\x1b[H\x1b[2J")


JOINED = ["👩\u200d🚀", "👍🏽", "🇮🇷", "❤\ufe0f", "e\u0301", "स्ते", "界", "ab", " ", "ه\u200cم"]
"""Characters of several code points: pyte gives most of them more cells than they have here."""


@settings(max_examples=examples(150))
@given(
    st.lists(st.lists(st.sampled_from(JOINED), max_size=7), min_size=1, max_size=4),
    st.integers(0, 3),
)
def test_what_follows_a_joined_character_stays_in_its_columns(
    rows: list[list[str]], mark: int
) -> None:
    """The columns after a character on whose width terminals differ are right, whether the row is
    painted completely or in part."""
    screen = pyte.Screen(60, 1)
    stream = pyte.Stream(screen)
    painter = Painter(None)
    for row in rows:
        text = "".join(row)
        pieces = [
            "".join(row[:mark]),
            "".join(row[mark:]),
            " " * (40 - cell_len(text)),
            "│ STATEMENTS ",
        ]
        stream.feed(painter.paint([(0, 0, [Segment(piece) for piece in pieces])], 60, 1))
        assert [screen.buffer[0][x].data for x in range(40, 53)] == list("│ STATEMENTS ")
        column = 0
        for unit in row:
            if unit.isascii():
                assert "".join(screen.buffer[0][column + i].data for i in range(len(unit))) == unit
            column += cell_len(unit)
        assert all(screen.buffer[0][x].data == " " for x in range(column, 40))


@pytest.mark.parametrize(
    ("term", "encoding", "shown"),
    [
        ("linux", "UTF-8", "└C value==··──►  P═ “é” 界"),
        ("xterm", "ISO-8859-1", '[C value::..-->  P= "e" ??'),
        ("xterm", "utf-8", "└C value┅┅┄┄──▸  P━ “é” 界"),
    ],
)
def test_a_terminal_that_lacks_characters_gets_others_of_the_same_width(
    term: str, encoding: str, shown: str
) -> None:
    screen = pyte.Screen(40, 1)
    painter = Painter(None, stand_in(term, encoding))
    segments = [Segment("└C value┅┅┄┄──▸  P━ “é” 界")]
    pyte.Stream(screen).feed(painter.paint([(0, 0, segments)], 40, 1))
    assert screen.display[0].rstrip() == shown


CODES = st.sampled_from(
    [
        "",
        "1",
        "2",
        "1;2",
        "7",
        "3;4",
        "31",
        "1;38;5;74",
        "30;48;5;74",
        "1;30;48;2;86;180;233",
        "38;2;1;2;3",
        "97;44",
    ]
)


def _attributes(sequence: str) -> tuple[object, ...]:
    screen = pyte.Screen(2, 1)
    # The model does not know dim: it would take a sequence that ends dim and bold for one that ends
    # bold only.
    pyte.Stream(screen).feed(sequence)
    return tuple(screen.cursor.attrs)


@given(CODES, CODES)
def test_a_change_of_attributes_is_never_longer_than_setting_them_anew_and_says_the_same(
    before: str, after: str
) -> None:
    anew = f"\x1b[;{after}m" if after else "\x1b[m"
    step = change(before, after)
    assert len(step) <= len(anew)
    start = f"\x1b[{before}m"
    assert _attributes(start + step) == _attributes(start + anew)


def test_the_terminals_own_colours_are_no_attributes() -> None:
    assert canonical("1;39;49") == "1"
    assert canonical("39;48;5;39") == "48;5;39"


def test_blanks_are_erased_and_the_cursor_goes_the_shortest_way() -> None:
    painter = Painter(None)
    painter.paint([(0, y, [Segment("x" * 40)]) for y in range(3)], 40, 3)
    out = painter.paint_rows(
        [(1, [Segment("x" + " " * 20 + "x" * 19)]), (2, [Segment("x" * 39 + " ")])]
    )
    assert out == "\x1b[2;2H\x1b[20X\x1b[3;40H\x1b[K"


def test_cells_of_one_style_are_written_together_where_that_is_shorter() -> None:
    """As in a move of the focus: two words under each other, one of which is filled, and the line
    of marks below each."""
    fill, mark = Style.parse("black on #56b4e9"), Style(color="#56b4e9")

    def rows(*, second: bool) -> list[tuple[int, list[Segment]]]:
        return [
            (0, [Segment("Iran", Style() if second else fill)]),
            (1, [Segment("S" + "┄━"[not second] + "┄┄", mark)]),
            (2, [Segment("Oslo", fill if second else Style())]),
            (3, [Segment("S" + "┄━"[second] + "┄┄", mark)]),
        ]

    painter = Painter(ColorSystem.EIGHT_BIT)
    painter.paint([(0, y, row) for y, row in rows(second=False)], WIDTH, HEIGHT)
    assert painter.paint_rows(rows(second=True)) == (
        "\rIran\x1b[2;2H\x1b[38;5;74m┄\x08\x1b[2B━\x1b[3H\x1b[30;48;5;74mOslo\x1b[m"
    )


def test_footers_keep_their_order_and_nothing_is_longer_than_row_by_row() -> None:
    keys = [(i * 4, 0, "abcd", "1" if i % 2 else "", (i * 4 + 4, 0)) for i in range(5)]
    assert shortest(keys, (0, 0)) == written(keys, (0, 0))
    apart = [(0, y, "x", code, (1, y)) for y, code in enumerate(("1", "", "1", "", "1"))]
    together, at = shortest(apart, (0, 0))
    assert together == "\r\nx\x1b[4Hx\x1b[H\x1b[1mx\x1b[3Hx\x1b[5Hx\x1b[m"
    assert at == (1, 4)
    assert len(together) < len(written(apart, (0, 0))[0])


def test_a_short_gap_before_what_is_erased_is_written_again() -> None:
    painter = Painter(None)
    painter.paint([(0, 0, [Segment("Russian x president")])], WIDTH, 1)
    assert painter.paint([(0, 0, [Segment("Russiab x".ljust(WIDTH))])], WIDTH, 1) == (
        "\x1b[7Gb x\x1b[K"
    )
