"""Units that a selection grows by, and the snapping of its edges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.model.text_units import grow, sentences, shrink, snap, token_at, units_at

TEXT = (
    "The U.S. and its allies must act, says Mr. Putin of Russia (the president). "
    "“Will they?” Prices rose by 3.5 per cent."
)
WITHIN = (0, len(TEXT))


def piece(bounds: tuple[int, int] | None) -> str:
    assert bounds is not None
    return TEXT[slice(*bounds)]


def test_sentences_know_abbreviations_quotes_and_numbers() -> None:
    assert [piece(s) for s in sentences(TEXT)] == [
        "The U.S. and its allies must act, says Mr. Putin of Russia (the president).",
        "“Will they?”",
        "Prices rose by 3.5 per cent.",
    ]


def test_units_grow_from_the_word_to_the_paragraph() -> None:
    at = TEXT.index("allies")
    assert [piece(u) for u in units_at(TEXT, at, WITHIN)][:4] == [
        "allies",
        "its allies",
        "its allies must act",
        TEXT[:74],
    ]
    assert piece(units_at(TEXT, at, WITHIN)[-1]) == TEXT


@pytest.mark.parametrize(
    ("word", "units"),
    [
        ("Ada", ["Ada", "Ada Lind", "Russian President Ada Lind"]),
        ("Orr", ["Orr", "Mr Orr", "Mr Orr at a serious turning point in the talks with Iran"]),
        (
            "serious",
            ["serious", "serious turning point", "a serious turning point in the talks with Iran"],
        ),
        ("threat", ["threat", "a threat"]),
    ],
)
def test_names_are_freed_of_titles_and_phrases_take_along_what_hangs_on_them(
    word: str, units: list[str]
) -> None:
    text = (
        "The Russian President Ada Lind was with Mr Orr at a serious turning point in the talks "
        "with Iran, which is a threat to what they built."
    )
    at = text.index(word)
    found = [text[a:b] for a, b in units_at(text, at, (0, len(text)))]
    assert found[: len(units)] == units


def test_growing_and_shrinking_walk_the_same_units() -> None:
    at = TEXT.index("allies")
    units = units_at(TEXT, at, WITHIN)
    here = units[0]
    for larger in units[1:]:
        here = grow(TEXT, here, at, WITHIN)
        assert here == larger
    assert grow(TEXT, here, at, WITHIN) == here
    for smaller in reversed(units[:-1]):
        here = shrink(TEXT, here, at, WITHIN)
        assert here == smaller


@pytest.mark.parametrize(
    ("rough", "clean"),
    [
        ("utin of Russ", "Putin of Russia"),
        (" U.S. ", "U.S."),
        ("act, ", "act"),
        ("Russia (the president).", "Russia (the president)"),
        ("“Will they?”", "Will they"),
        ("(the president)", "(the president)"),
    ],
)
def test_edges_snap_to_words_and_drop_stray_marks(rough: str, clean: str) -> None:
    start = TEXT.index(rough)
    assert piece(snap(TEXT, start, start + len(rough))) == clean


def test_the_token_at_a_space_is_the_next_word() -> None:
    assert piece(token_at(TEXT, 3, WITHIN)) == "U.S"
    assert token_at("", 0, (0, 0)) is None


@given(st.text(st.sampled_from("ab .,;“”()é中\u0301🙂\n"), min_size=1, max_size=40), st.data())
def test_any_bounds_stay_within_the_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    low, high = snap(text, start, end)
    assert 0 <= low < high <= len(text)
    for low, high in units_at(text, start, (0, len(text))):
        assert 0 <= low <= start < high <= len(text)
    for resize in (grow, shrink):
        low, high = resize(text, (start, end), start, (0, len(text)))
        assert 0 <= low < high <= len(text)
