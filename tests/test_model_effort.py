"""Keys that suggestions save, by hand."""

from __future__ import annotations

import pytest

from annotator.model.effort import Effort, creating, of_relations, of_spans, total, words

TEXT = "The Bank of England said on Monday that rates would fall."
BANK = (4, 19, "organization")
CLAIM = (40, 56, "prediction")


def test_making_a_span_is_going_there_extending_it_and_a_label() -> None:
    assert creating(TEXT, 4, 8) == 3
    assert creating(TEXT, 4, 19) == 5
    assert creating(TEXT, 0, len(TEXT)) == 6  # no more than three keys to extend it
    assert words("") == 1


@pytest.mark.parametrize(
    ("suggested", "keys", "right", "wrong"),
    [
        ([], 1 + 5 + 5, 0, 0),
        ([BANK, CLAIM], 1, 2, 0),
        ([BANK], 1 + 5, 1, 0),
        ([(4, 19, "bloc"), CLAIM], 1 + 2, 1, 1),  # focus and label
        ([(0, 19, "organization"), CLAIM], 1 + 2, 1, 1),  # focus and one word
        ([(0, 19, "bloc"), CLAIM], 1 + 3, 1, 1),
        ([BANK, CLAIM, (28, 34, "person")], 1 + 2, 2, 1),  # focus and reject
        (
            [(0, 57, "organization"), CLAIM],
            1 + 7,
            1,
            1,
        ),  # rejecting it and making it again costs less than correcting it
    ],
)
def test_keys_of_spans(
    suggested: list[tuple[int, int, str]], keys: int, right: int, wrong: int
) -> None:
    found = of_spans(TEXT, suggested, [BANK, CLAIM])
    assert (found.keys, found.right, found.wrong) == (keys, right, wrong)
    assert (found.without, found.wanted) == (11, 2)


def test_a_suggestion_is_matched_with_one_span_only() -> None:
    found = of_spans(TEXT, [(4, 19, "organization"), (4, 8, "organization")], [BANK])
    assert (found.keys, found.right, found.wrong) == (1 + 2, 1, 1)


def test_keys_of_relations() -> None:
    other = (0, 0, "@author")
    assert of_relations([], [(BANK, "support", CLAIM)]).keys == 4
    assert of_relations([(BANK, "support", CLAIM)], [(BANK, "support", CLAIM)]) == Effort(
        0, 4, 1, 0, 1
    )
    assert of_relations([(BANK, "oppose", CLAIM)], [(BANK, "support", CLAIM)]).keys == 2
    assert of_relations([(other, "oppose", CLAIM)], [(BANK, "support", CLAIM)]).keys == 4 + 2


def test_shares_are_of_all_keys_together_and_undefined_without_any() -> None:
    assert total([Effort(1, 2), Effort(2, 2)]).saved == pytest.approx(0.25)
    assert total([Effort(4, 2)]).saved == -1
    assert Effort().saved is None
