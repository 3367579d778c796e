"""Help, manual and palette reach every screen; clicks press the keys of the last line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support import TEXT, document, suggestions

from annotator.model import actions as do
from annotator.model.decision import Suggestion
from annotator.model.review import open_document, step
from annotator.model.span import Span
from annotator.model.sureness import MEANINGS, sureness
from annotator.resources import load_schema
from annotator.tui.clicking import key_at
from annotator.tui.commands import COMMANDS
from annotator.tui.key_map import key_map, named, shown
from annotator.tui.layout import ASCII, UNICODE
from annotator.tui.screens.base import EVERYWHERE, CommandScreen
from annotator.tui.screens.help import HelpScreen, TextScreen, key_rows
from annotator.tui.screens.listing import ListLine, line_row, note_column
from annotator.tui.styled_rows import strip
from annotator.tui.theme import THEMES
from annotator.tui.views.frame import FrameContext, frame
from annotator.tui.views.header_and_footer import foot_row, footer, footer_state
from annotator.tui.views.item_rows import ANNOTATORS
from annotator.tui.views.legend import REVIEW_LEGEND, legend
from annotator.tui.views.strokes import Look
from annotator.tui.views.text import TextView
from annotator.tui.views.why import why_rows

KEYS = key_map({})
MONO = THEMES["mono"]


def test_the_palette_of_every_screen_can_run_what_it_offers() -> None:
    names = {command.name for command in COMMANDS}
    assert set(EVERYWHERE) <= names
    for name in EVERYWHERE:
        assert callable(getattr(CommandScreen, f"run_{name}"))
    of_all = {"agreement", "learning", "entities", "concepts", "matrix", "asked"}
    assert of_all <= set(EVERYWHERE), "screens on the whole project open from every other"


def test_what_is_looked_for_is_found_in_the_keys() -> None:
    screen = TextScreen("Keys", lambda theme, width: key_rows(KEYS, theme, width))
    screen._wanted = "guidelines"
    rows = key_rows(KEYS, MONO, 80)
    screen._text = lambda theme, width: rows
    texts = ["".join(text for text, _ in row).casefold() for row in rows]
    wanted = [i for i, text in enumerate(texts) if "guidelines" in text]
    assert wanted and [i for i, text in enumerate(texts) if screen._wanted in text] == wanted


def test_the_keys_of_a_screen_come_first_in_its_help() -> None:
    own = (("enter", "go there"),)
    assert HelpScreen("help", own)._own == own


@pytest.mark.parametrize(
    "key", ["a", "A", "enter", "escape", "pagedown", "space", "left", "ctrl+t", "ctrl+q", ";"]
)
def test_a_key_is_read_back_as_it_is_shown(key: str) -> None:
    assert named(shown(key)) == key


@pytest.mark.parametrize("width", [80, 120])
def test_a_click_on_a_key_or_its_words_presses_it_and_on_several_keys_none(width: int) -> None:
    state = open_document(
        document(TEXT), load_schema("actors-claims-stances"), session="s", suggestions=suggestions()
    )
    row = strip(footer(footer_state(state), state.schema, KEYS, MONO, width))
    for words, key in (("accept", "a"), ("reject", "x"), ("bounds", "e"), ("keys", "?")):
        at = row.text.index(f" {words}")
        assert key_at(row, at + 2, MONO.strong) == key
    assert key_at(row, row.text.index("1-9"), MONO.strong) == ""
    assert key_at(row, width + 5, MONO.strong) == ""


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_footer_of_a_list_has_whole_keys_and_always_the_last_ones(width: int) -> None:
    keys = [
        ("enter", "go there"),
        ("r", "rename, merge"),
        ("h", "same words, two names"),
        ("/", "filter"),
    ]
    row = strip(foot_row(keys, MONO, width, last=[("?", "keys"), ("esc", "back")])).text
    assert len(row) <= width and row.rstrip().endswith("? keys  esc back") and "…" not in row
    told = [f"{key} {word}" for key, word in keys]
    assert told[0] in row and (width < 100 or all(one in row for one in told))


def test_the_notes_of_a_list_stand_below_each_other() -> None:
    lines = [ListLine("sanctions", "1×"), ListLine("a much longer concept", "12×  with its words")]
    column = note_column(lines, 60)
    rows = [strip(line_row(x, MONO, 60, column=column, here=False)).text for x in lines]
    assert rows[0].index("1×") == rows[1].index("12×")
    assert note_column([ListLine("a", "x" * 90)], 60) == 30


def test_growing_shows_what_it_would_add() -> None:
    state = open_document(document(TEXT), load_schema("actors-claims-stances"), session="s")
    state, _ = step(state, do.StartSelection(TEXT.index("plan")))
    made = frame(TextView(), state, Look(MONO), KEYS, FrameContext("ada"), 120, 30)
    assert "+ adds “" in made.rows[-2].text
    wider, _ = step(state, do.GrowSelection())
    assert wider.selection is not None and state.selection is not None
    added = TEXT[wider.selection.start : state.selection.start].strip()
    assert added[:6] in made.rows[-2].text
    # A long selection shows both of its ends; the preview of growing is shortened.
    for width in (80, 100):
        state, _ = step(state, do.SelectRange(0, len(TEXT.split(".")[0])))
        told = frame(TextView(), state, Look(MONO), KEYS, FrameContext("ada"), width, 24).rows[-2]
        assert f"{TEXT.split('.')[0].split()[-1]}”" in told.text


@pytest.mark.parametrize("score", [0.95, 0.7, 0.4, 0.1])
def test_the_word_for_how_sure_a_suggestion_is_is_explained_where_it_stands(score: float) -> None:
    span = Span("s", "actor", "state", 0, 4, origin="suggestion")
    found = Suggestion(span, 0, "rules", "1", score, rule="names", reason="a known name")
    text = "\n".join("".join(part for part, _ in row) for row in why_rows(found, MONO, 76, "m"))
    word = sureness(score)
    assert (
        f"how sure    {word}, with a score of {score:.2f}. {MEANINGS[word][:20]}" in text
        and "m mutes" in text
    )
    assert any(words == MEANINGS[word] for _, words in legend(KEYS, UNICODE))
    made = why_rows(replace(found, rule=ANNOTATORS), MONO, 76, "m")
    assert ["".join(part for part, _ in row).split()[0] for row in made] == ["reason"]


def test_every_row_of_the_legend_fits_its_column() -> None:
    for glyphs in (ASCII, UNICODE):
        assert all(len(sign) <= 17 for sign, _ in (*REVIEW_LEGEND, *legend(KEYS, glyphs)))


def test_the_help_says_what_digits_do_on_its_screen() -> None:
    def told(first: str) -> str:
        rows = key_rows(KEYS, MONO, 80, first=first)
        return "\n".join("".join(text for text, _ in row) for row in rows)

    assert "Take the version of the annotator" in told("Review")
    assert "own key) labels" not in told("Review")
    assert "own key) labels" in told("Decide") and "version of the ann" not in told("Decide")
    # Review speaks of differences, and gives no key two meanings or one that it has not.
    for words in (
        "suggestion in focus",
        "next item of",
        "lower the threshold",
        "of one layer only",
    ):
        assert words in told("Decide") and words not in told("Review"), words
    assert "Go to the next undecided difference" in told("Review")
    rows = [line[2:20].strip() for line in told("Review").splitlines() if line.startswith("    a ")]
    assert len(rows) <= 1
