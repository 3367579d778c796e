"""The annotate screen as rows, without a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from rich.cells import cell_len
from support import TEXT, after, calls_of, document, suggestion, suggestions

from annotator.model import actions as do
from annotator.model.decision import Completion, Suggestion
from annotator.model.review import ReviewState, open_document, step
from annotator.model.schema_reading import parse_schema
from annotator.model.span import Relation, Span
from annotator.model.text import paragraph_number
from annotator.resources import load_schema
from annotator.tui.key_map import key_map
from annotator.tui.styled_rows import clip
from annotator.tui.theme import THEMES, adapted, choose, colors_of
from annotator.tui.views import attribution
from annotator.tui.views.focus_strip import focus_card, item_of_focus_card
from annotator.tui.views.frame import FrameContext, frame
from annotator.tui.views.statements import card_rows
from annotator.tui.views.strokes import Look
from annotator.tui.views.text import TextView

KEYS = key_map({})


def _state(text: str = TEXT, found: Sequence[Suggestion] | None = None) -> ReviewState:
    schema = load_schema("actors-claims-stances")
    given = suggestions() if found is None else found
    return open_document(document(text), schema, session="s", suggestions=given)


def _screen(
    state: ReviewState,
    width: int = 100,
    height: int = 30,
    *,
    view: TextView | None = None,
    look: Look | None = None,
    around: FrameContext | None = None,
) -> list[str]:
    made = frame(
        view or TextView(),
        state,
        look or Look(THEMES["mono"]),
        KEYS,
        around or FrameContext("ada"),
        width,
        height,
    )
    return [row.text for row in made.rows]


def _without_chrome(rows: Sequence[str], width: int = 62) -> list[str]:
    return [row[:width] for row in rows[1:-2]]


def test_a_paragraph_has_the_number_that_search_and_reports_give_it_excluded_ones_or_not() -> None:
    state = _state()  # The second of its four paragraphs is excluded.
    assert (
        "¶ 2/4" in _screen(after(state, do.GoParagraph(1)))[0]
        and "excluded" in _screen(after(state, do.GoParagraph(1)))[0]
    )
    assert f"¶ {paragraph_number(3)}/4" in _screen(after(state, do.GoParagraph(3)))[0]
    assert (
        "¶ 3/4"
        in _screen(after(state, do.GoParagraph(1), do.ToggleExcluded(), do.GoParagraph(2)))[0]
    )


@pytest.mark.parametrize(("width", "height"), [(41, 13), (80, 24), (100, 30), (200, 60)])
def test_every_row_fits_and_header_and_footer_are_there(width: int, height: int) -> None:
    rows = _screen(_state(), width, height)
    assert len(rows) == height
    assert all(cell_len(row) <= width for row in rows)
    assert "saved" in rows[0]
    assert "accept" in rows[-1]
    assert "keys" in rows[-1]


def test_too_small_a_window_says_so() -> None:
    assert " ".join(_screen(_state(), 40, 12)) == "too small: 40x12, needs 41x13; nothing is lost"


def test_the_text_never_shifts_from_key_to_key() -> None:
    """Neither the focus, nor accepting, nor rejecting, nor compact
    marks move a character of the text."""
    view, state = TextView(), _state()
    words = ("Iran rejects", "that sanctions", "Advertisement", "The West should")

    def places(rows: Sequence[str]) -> list[tuple[int, int]]:
        return [
            (y, row.index(w)) for w in words for y, row in enumerate(rows[1:-2]) if w in row[:62]
        ]

    first = places(_screen(state, view=view))
    for action in (
        do.MoveFocus(1),
        do.Accept(),
        do.Reject(),
        do.Reject(),
        do.Undo(),
        do.StartStance(),
        do.Cancel(),
    ):
        state = after(state, action)
        assert places(_screen(state, view=view)) == first


def test_pending_decided_and_focused_differ_in_shape() -> None:
    state = _state()
    before = "\n".join(_without_chrome(_screen(state)))
    assert "S┅┄┄" in before or "└C policy┅" in before
    decided = after(state, do.Accept(), do.FocusItem("sEnd"))
    shown = "\n".join(_without_chrome(_screen(decided)))
    assert "S───" in shown


def test_the_heavy_line_of_a_claim_in_focus_is_filled_with_its_name() -> None:
    """One change of colour less in every move onto a claim; without colours it is heavy still."""
    state = after(_state(), do.FocusItem("sEnd"))
    look = Look(THEMES["dark"])
    made = frame(TextView(), state, look, KEYS, FrameContext("ada"), 120, 30)
    filled = [s.text for row in made.rows for s in row.segments if s.style and s.style.bgcolor]
    assert filled == ["└C policy┅"]


def test_statements_stand_beside_the_text_from_100_columns_and_below_it_under_100() -> None:
    wide, narrow = _screen(_state(), 100, 30), _screen(_state(), 80, 24)
    assert any("STATEMENTS" in row[62:] for row in wide)
    assert not any("STATEMENTS" in row for row in narrow)
    assert any(row.startswith("─" * 80) for row in narrow)
    asked = _screen(_state(), 80, 24, around=FrameContext("ada", panel=True))
    assert any("STATEMENTS" in row for row in asked)


def test_a_card_reads_as_a_sentence() -> None:
    text = "\n".join(row[62:] for row in _screen(_state(), 110, 30))
    assert "Iran - oppose" in text
    assert "“the plan”" in text
    assert "Putin + support" in text
    assert "suggested: likely" in text


def test_a_card_shows_its_attributes_whole_before_the_longer_word_for_how_sure_it_is() -> None:
    claim = Span("long", "claim", "prediction", 0, 4, None, {"attribution": "unattributed"})
    state = _state(found=[suggestion(replace(claim, origin="suggestion"))])
    rows = {
        width: card_rows(state, state.cards[0], THEMES["mono"], width)[-1] for width in (40, 60)
    }
    shown = {width: "".join(text for text, _ in row).split() for width, row in rows.items()}
    assert shown[40] == ["prediction", "·", "unattributed", "likely"]
    assert shown[60] == ["prediction", "·", "unattributed", "suggested:", "likely"]


def test_the_footer_holds_just_the_keys_that_work_now() -> None:
    state = _state()
    assert " accept" in _screen(state)[-1]
    selecting = after(state, do.StartSelection())
    assert "1 person" in _screen(selecting, 200)[-1]
    assert "accept" not in _screen(selecting, 200)[-1]
    assert "3 organiza… 4 bloc" in _screen(selecting, 98)[-1]
    assert "3 org 4 blo" in _screen(selecting, 60)[-1]


def test_a_note_or_a_flag_decides_nothing_and_hides_nothing() -> None:
    for marked in (do.Flag(), do.Note("a word")):
        shown = _screen(after(_state(), do.FocusItem("sPlan"), marked), 80, 24)
        assert any("policy" in row and "suggested: likely" in row for row in shown)
    skipped = _screen(
        after(_state(), do.FocusItem("sPlan"), do.Skip(), do.FocusItem("sPlan")), 80, 24
    )
    assert any("policy" in row and row.rstrip().endswith("skipped") for row in skipped)


def test_what_became_of_an_item_is_told_however_long_its_name_is() -> None:
    name = TEXT[: TEXT.index("\n")]
    state = _state(
        found=[suggestion(Span("long", "actor", "state", 0, len(name), origin="suggestion"))]
    )
    row = next(row for row in _screen(state, 60, 20) if row.startswith(f" ▸ “{name[:11]}"))
    assert "…" in row and row.rstrip().endswith("suggested: likely")
    siding = after(state, do.FocusItem("sPlan"), do.StartStance(), do.ChooseHolder("@author"))
    assert "+ support" in _screen(siding)[-1]


def test_an_error_is_a_banner_over_the_message() -> None:
    rows = _screen(
        _state(), around=FrameContext("ada", "1 unsaved", "1 decision not saved: the disk is full")
    )
    assert "1 decision not saved: the disk is full" in rows[-2]
    assert "1 unsaved" in rows[0]


@pytest.mark.parametrize(
    ("times", "onwards"),
    [(4, do.CloseParagraph()), (40, do.CloseParagraph()), (40, do.MoveParagraph(1))],
)
@pytest.mark.parametrize(("width", "height"), [(80, 24), (100, 30), (120, 40)])
def test_a_finished_or_long_paragraph_begins_at_the_top(
    width: int, height: int, times: int, onwards: do.ReviewAction
) -> None:
    said = "Iran rejects the plan of the West, and so does Russia, which has its own reasons. "
    state = _state("\n".join(f"Number {i}. {said * times}" for i in range(6)), [])
    view = TextView()
    for i in range(3):
        assert f"Number {i}." in _screen(state, width, height, view=view)[1]
        state = after(state, onwards)


def test_a_document_without_suggestions_is_not_called_decided() -> None:
    assert "no suggestions" in _screen(_state(found=[]))[0]
    assert "all decided" not in _screen(_state(found=[]))[0]
    assert "all decided" in _screen(after(_state(), do.AcceptAll()))[0]


@pytest.mark.parametrize("completion", [Completion.DONE, Completion.SKIPPED])
def test_what_finished_work_left_undecided_is_not_pending(completion: Completion) -> None:
    head = _screen(after(_state(), do.SetCompletion(completion)))[0]
    assert "6 undecided" in head
    assert "pending" not in head


def test_what_a_finished_paragraph_left_undecided_is_not_pending() -> None:
    state = after(_state(), do.CloseParagraph(), do.CloseParagraph())
    state = after(state, do.MoveParagraph(-1), do.MoveParagraph(-1))
    assert "6 undecided  done ✓" in _screen(state)[0]


@pytest.mark.parametrize("notes", ["", "new suggestions", "blind: no suggestions here"])
@pytest.mark.parametrize("who", ["ada", "an-annotator-with-a-name"])
def test_what_is_pending_is_told_whole_beside_notes_and_names(who: str, notes: str) -> None:
    head = _screen(_state(), 80, 24, around=FrameContext(who, notes=notes))[0]
    assert "6 pending" in head and notes in head and "saved" in head


def test_an_excluded_paragraph_is_shown_and_told_how_to_bring_back() -> None:
    state = after(_state(), do.MoveParagraph(1))
    assert any("Advertisement" in row and "o brings it back" in row for row in _screen(state))
    wide = "\n".join(_screen(state, 120, 40))
    assert "this paragraph is not annotated" in wide and "no statements here yet" not in wide


def test_control_characters_and_markup_in_a_text_are_harmless() -> None:
    state = _state("A \x1b[31mred\x1b[0m [bold]word[/bold] \x9b2J \u202eevil and \x07bell.", [])
    text = "\n".join(_screen(state))
    assert "\x1b" not in text
    assert "\x9b" not in text
    assert "\u202e" not in text
    assert "[bold]word[/bold]" in text


def test_marks_lie_under_wide_and_joined_characters() -> None:
    text = "中国 and 👩\u200d🚀 met Iran today."
    start = text.index("Iran")
    state = after(_state(text, []), do.SelectRange(start, start + 4), do.SetLabel("actor", "state"))
    rows = _screen(state)
    line = next(i for i, row in enumerate(rows) if "met Iran" in row and i)
    assert cell_len(rows[line].split("Iran")[0]) == cell_len(rows[line + 1].split("S")[0])


def test_the_focus_stays_in_view_in_a_paragraph_longer_than_the_screen() -> None:
    text = " ".join(f"Russia{i} speaks." for i in range(300))
    state = _state(text, [])
    view = TextView()
    at = text.index("Russia290")
    state = after(state, do.SelectRange(at, at + 9))
    assert any("Russia290" in row for row in _screen(state, 80, 24, view=view))
    state = after(state, do.SelectRange(0, 7))
    assert any("Russia0 " in row for row in _screen(state, 80, 24, view=view))


def test_going_through_a_long_document_shows_each_paragraph() -> None:
    text = "\n\n".join(f"Paragraph number {i} says something about it." for i in range(200))
    state, view = _state(text, []), TextView()
    for index in (0, 1, 2, 50, 199, 198, 3, 0):
        state = after(state, do.GoParagraph(index))
        assert any(
            f"▌  Paragraph number {index} " in row for row in _screen(state, 80, 24, view=view)
        )


def test_hint_letters_stand_over_the_text_without_moving_it() -> None:
    state = _state()
    plain = _screen(state)
    hinted = _screen(state, look=replace(Look(THEMES["mono"]), hints={0: "a", 5: "s"}))
    line = next(i for i, row in enumerate(plain) if "Iran rejects" in row and i)
    assert "aran sejects" in hinted[line]
    assert len(hinted[line]) == len(plain[line])


@pytest.mark.parametrize(
    ("colors", "no_color", "background", "name"),
    [
        (1 << 24, False, "", "dark"),
        (256, False, "0;15", "light"),
        (16, False, "", "ansi"),
        (256, True, "", "mono"),
        (0, False, "", "mono"),
        (256, False, "15;0", "dark"),
    ],
)
def test_the_theme_follows_the_terminal(
    colors: int, no_color: bool, background: str, name: str
) -> None:
    assert choose("", colors=colors, no_color=no_color, background=background).name == name


def test_text_is_cut_at_whole_characters() -> None:
    assert clip("中国人民", 5) == "中国…"
    assert clip("short", 10) == "short"


def test_the_chain_of_attribution_is_climbed_by_containment() -> None:
    text = "Officials say that Putin says that sanctions must end."
    state = _state(text, [])
    outer, inner = text.index("Putin says"), text.index("sanctions")
    end = text.index(" end") + 4
    state = after(state, do.SelectRange(0, 9), do.SetLabel("actor", "collective"))
    state = after(state, do.SelectRange(outer, outer + 5), do.SetLabel("actor", "person"))
    state = after(state, do.SelectRange(outer, end), do.SetLabel("claim", "fact"))
    officials, putin = (i.id for i in state.items if i.value.layer == "actor")
    state = after(state, do.StartStance(), do.ChooseHolder(officials), do.ChooseSide("support"))
    state = after(state, do.SelectRange(inner, end), do.SetLabel("claim", "policy"))
    state = after(state, do.StartStance(), do.ChooseHolder(putin), do.ChooseSide("support"))
    assert attribution.holders(state) == ["author", "Officials", "Putin"]
    around = attribution.outer(state)
    assert around is not None
    state = after(state, do.FocusItem(around))
    assert state.document.quote(outer, end) == "Putin says that sanctions must end"
    assert attribution.holders(state) == ["author", "Officials"]
    assert attribution.outer(state) is None
    within = attribution.inner(state)
    assert within is not None and state.find(within) is not None


def test_the_statements_turn_to_the_page_of_what_is_in_focus() -> None:
    text = " ".join(f"Russia{i} says that claim number {i} is quite true." for i in range(12))
    state = _state(text, [])
    for i in range(12):
        at = text.index(f"claim number {i} ")
        state = after(state, do.SelectRange(at, at + 20), do.SetLabel("claim", "fact"))
    actor = text.index("Russia1 ")
    state = after(state, do.SelectRange(actor, actor + 7), do.SetLabel("actor", "state"))
    assert any("claim number 1 " in row[62:] for row in _screen(state, 110, 24))
    last = next(i.id for i in reversed(state.items))
    assert any(
        "claim number 11 " in row[62:] for row in _screen(after(state, do.FocusItem(last)), 110, 24)
    )


def test_old_terminals_without_colours_get_none() -> None:
    found = {
        term: colors_of("standard", term)
        for term in ("vt100", "vt220", "vt340-color", "linux", "screen")
    }
    assert found == {"vt100": 0, "vt220": 0, "vt340-color": 16, "linux": 16, "screen": 16}
    assert colors_of(None, "xterm") == 0


@pytest.mark.parametrize(
    ("environment", "italic"),
    [
        ({"TERM": "screen"}, False),
        ({"TERM": "screen-256color", "TMUX": "x"}, True),
        ({"TERM": "linux"}, False),
        ({"TERM": "xterm"}, True),
    ],
)
def test_compact_marks_tell_pending_from_decided_without_italics_too(
    environment: dict[str, str], italic: bool
) -> None:
    theme = adapted(THEMES["mono"], environment)
    state = after(_state(), do.FocusItem("sEnd"), do.Accept(), do.FocusItem("sIran"))
    made = frame(TextView(), state, Look(theme, compact=True), KEYS, FrameContext("ada"), 100, 30)
    styles = {s.text: s.style for row in made.rows[1:3] for s in row.segments if s.style}
    pending, decided = (
        next(v for k, v in styles.items() if k.startswith(w)) for w in ("the plan", "sanctions")
    )
    assert pending is not None and decided is not None
    assert (bool(pending.italic), bool(pending.dim)) == (italic, not italic)
    assert decided.underline and not decided.italic and not decided.dim


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (110, 30)])
def test_the_item_in_focus_is_told_whole_at_every_width(size: tuple[int, int]) -> None:
    """Including ordinary values: a missing concept, the basis and strength of a stance."""
    state = after(
        _state(),
        do.FocusItem("sEnd"),
        do.Accept(),
        do.FocusItem("sEnd"),
        do.SetAttribute("attribution", "indirect"),
    )
    claim = "\n".join(_screen(after(state, do.FocusItem("sEnd")), *size))
    assert "no concept" in claim and "indirect" in claim
    on_stance = after(state, do.FocusItem("rPutin"), do.SetAttribute("strength", 2))
    stance = "\n".join(_screen(after(on_stance, do.FocusItem("rPutin")), *size))
    assert "strength 2" in stance and "support" in stance
    named = after(state, do.FocusItem("sEnd"), do.SetAttribute("concept", ["end of sanctions"]))
    shown = "\n".join(_screen(after(named, do.FocusItem("sEnd")), *size))
    assert "end of sanctions" in shown and "no concept" not in shown
    long = "Commission on Security and Trade"
    actor = after(state, do.FocusItem("sIran"), do.SetAttribute("entity", long))
    shown = "\n".join(_screen(after(actor, do.FocusItem("sIran")), *size))
    assert "= Commission on Security and" in shown and "Trade" in shown
    assert "actor" in shown and "state" in shown


def _three_sides() -> tuple[ReviewState, list[str]]:
    """A named claim with a note and three stances on it, and the ids of the three."""
    state = after(
        _state(),
        do.FocusItem("rPutin"),
        do.Accept(),
        do.FocusItem("sEnd"),
        do.SetAttribute("concept", ["end of sanctions"]),
        do.SetAttribute("modality", "hedged"),
        do.Note("ask Ann"),
    )
    for holder in ("sIran", "@author"):
        state = after(state, do.FocusItem("sEnd"), do.StartStance(), do.ChooseHolder(holder))
        state = after(state, do.ChooseSide("oppose"))
    found = [item.id for item in state.items if isinstance(item.value, Relation)]
    return state, [id for id in found if id != "rIran"]


@pytest.mark.parametrize("height", [18, 24, 40])
def test_the_item_in_focus_is_told_whole_however_many_holders_a_claim_has(height: int) -> None:
    state, stances = _three_sides()
    assert len(stances) == 3
    claim = "\n".join(_screen(after(state, do.FocusItem("sEnd")), 80, height)[-8:])
    for told in ("policy", "end of sanctions", "hedged", "ask Ann", "accepted", "sanctions must"):
        assert told in claim, claim
    for strength, id in enumerate(stances, 1):
        there = after(state, do.FocusItem(id), do.SetAttribute("strength", strength))
        there = after(there, do.FocusItem(id), do.SetAttribute("basis", "explicit"))
        there = after(there, do.FocusItem(id), do.Note("see ¶ 3"))
        stance = "\n".join(_screen(after(there, do.FocusItem(id)), 80, height)[-8:])
        assert f"strength {strength} · explicit" in stance, stance
        for told in ("see ¶ 3", "sanctions must end", "policy · = end of sanctions"):
            assert told in stance, stance


def test_a_long_cue_of_a_stance_has_a_row_of_its_own_and_a_click_finds_what_it_shows() -> None:
    state, (first, second, third) = _three_sides()
    state = after(state, do.FocusItem(first), do.SetAttribute("cue", [29, 62]))
    state = after(state, do.FocusItem(first), do.SetAttribute("basis", "implied"))
    theme = THEMES["mono"]
    rows = ["".join(text for text, _ in row) for row in focus_card(state, theme, 52, 6)]
    assert "Putin + support" in rows[0] and "cue “" in rows[1] and "implied" in rows[1]
    assert "Iran, author - oppose" in rows[2]
    held = [item_of_focus_card(state, theme, 52, 6, row) for row in range(4)]
    assert held == [first, first, second, "sEnd"]
    wide = [item_of_focus_card(state, theme, 78, 12, row) for row in range(3)]
    assert wide == [first, second, third]


_ISSUES = """
name = "issues"
version = "1"
layer = [
  {name = "actor", kind = "span", label = [
    {name = "actor", key = "1", definition = "Who speaks."},
  ]},
  {name = "issue", kind = "span", label = [{name = "asylum", definition = "About asylum."}]},
]
"""


def test_a_schema_with_few_keys_and_no_statements_is_told_as_it_is() -> None:
    found = [
        suggestion(Span("i", "issue", "asylum", 0, 4)),
        suggestion(Span("a", "actor", "actor", 5, 12)),
    ]
    schema = parse_schema(_ISSUES, file="issues.toml")
    state = open_document(document(TEXT), schema, session="s", suggestions=found)
    issue = _screen(after(state, do.FocusItem("i")), 120, 40)
    assert "t label" in issue[-1] and "has no statements" in "\n".join(issue)
    actor = _screen(after(state, do.FocusItem("a")), 120, 40)[-1]
    assert "1 label" in actor and "1-1" not in actor
    usual = "\n".join(_screen(_state(found=[]), 120, 40))
    assert "no statements here yet; a stance" in usual


def test_labels_are_offered_for_new_bounds_as_far_as_they_can_be_given() -> None:
    state = after(_state(), do.FocusItem("rPutin"), do.Accept())
    for item, has, lacks in (
        ("sIran", "person", "fact"),
        ("sPlan", "fact", "person"),
        ("rPutin", "take it", "person"),
    ):
        edited = after(state, do.FocusItem(item), do.EditBounds())
        foot = _screen(edited, 110, 30)[-1]
        assert has in foot and lacks not in foot
    refused = after(edited, do.SetLabel("actor", "person"))
    assert "cue" in refused.message and refused.selection == edited.selection


def test_one_place_beside_the_text_is_marked_as_in_focus() -> None:
    """Even if the rows of a card were first made while it was in focus."""
    state = _state()
    for item in ("sEnd", "sPlan", "sIran", "sEnd", "rPutin"):
        state = after(state, do.FocusItem(item))
        rows = _screen(state, 110, 30)
        cards = [row[row.index("│") :] for row in rows if "│" in row]
        assert sum("▸" in row for row in cards[:-4]) == (item != "sIran"), cards


def test_offered_names_stand_on_the_card_with_their_keys_at_every_width() -> None:
    names = {f"i{i}": f"name number {i}" for i in range(1, 7)}
    state, _ = step(_state(), do.FocusItem("sPlan"))
    wide = "\n".join(_screen(state, 120, 40, around=FrameContext("ada", offers=names)))
    assert all(f"{keys} {name}" in wide for keys, name in names.items())
    narrow = "\n".join(_screen(state, 80, 24, around=FrameContext("ada", offers=names)))
    assert all(f"{keys} {name}" in narrow for keys, name in list(names.items())[:3])
    assert "the plan" in narrow


def test_who_may_hold_a_claim_is_in_view_while_that_is_asked() -> None:
    """At 80x24, with the claim at the top of the view and its holder in the line above."""
    words = "The committee has met again and again about it in the last few years. "
    text = (
        words * 5 + "Ada Orr said " + "a long time ago " * 6 + "that taxes must fall. " + words * 8
    )
    at, actor = text.index("taxes must fall"), text.index("Ada Orr")
    found = [
        suggestion(Span("who", "actor", "person", actor, actor + 7, origin="suggestion")),
        suggestion(Span("what", "claim", "policy", at, at + 15, origin="suggestion")),
        suggestion(Span("end", "actor", "state", len(text) - 60, len(text) - 50)),
    ]
    view, state = TextView(), after(_state(text, found), do.FocusItem("end"))
    _screen(state, 80, 16, view=view)
    state = after(state, do.FocusItem("what"))
    assert "Ada Orr" not in "\n".join(_screen(state, 80, 16, view=view))
    asked = "\n".join(_screen(after(state, do.StartStance()), 80, 16, view=view))
    assert "Ada Orr" in asked and "must fall" in asked


def _nested(number: int) -> tuple[str, list[Span]]:
    text = "a" + " word" * 2 * number
    return text, [Span(f"c{i}", "claim", "fact", 2 * i, len(text) - 2 * i) for i in range(number)]


def _overlapping(number: int) -> tuple[str, list[Span]]:
    return "word " * (number + 20), [
        Span(f"a{i}", "actor", "state", 5 * i, 5 * i + 84) for i in range(number)
    ]


def _alike(number: int) -> tuple[str, list[Span]]:
    return "word " * 200, [Span(f"a{i}", "actor", "state", i % 7, 60) for i in range(number)]


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("made", [_nested, _overlapping, _alike])
def test_a_frame_costs_in_proportion_to_the_spans_of_the_paragraph(
    made: Callable[[int], tuple[str, list[Span]]], compact: bool
) -> None:
    """Counted in calls, so that no other program matters."""

    def calls(number: int) -> int:
        text, spans = made(number)
        state = _state(text, [Suggestion(span, 0, "rules", "1", 0.8) for span in spans])
        return calls_of(lambda: _screen(state, 80, 24, look=Look(THEMES["mono"], compact=compact)))

    assert calls(480) < 6 * calls(120)


@pytest.mark.parametrize("error", [False, True])
def test_a_message_too_long_for_a_row_has_the_empty_rows_above_it(error: bool) -> None:
    said = " ".join(f"word{i}" for i in range(20))
    around = FrameContext("ada", error=said) if error else FrameContext("ada", message=said)
    short, rows = _screen(_state(), 80, 24), _screen(_state(), 80, 24, around=around)
    assert not short[-3].strip()
    assert " ".join(" ".join(rows[-3:-1]).split()) == said
    assert (rows[:-3], rows[-1]) == (short[:-3], short[-1]), "nothing else gives way"
    full = FrameContext("ada", message=said, tour=("TOUR", "many words " * 12, "T leaves"))
    assert _screen(_state(), 80, 24, around=full)[-2].endswith("…"), "no row is empty"
