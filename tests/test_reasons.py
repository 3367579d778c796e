"""The reasons of suggestions name the cue that a coder would name, or none."""

from __future__ import annotations

import pytest
from support import cases, document, read

from annotator.learners.claims.boundaries import sentences_of
from annotator.learners.claims.reasons import cue_candidates
from annotator.learners.stances.reasons import cues_of, side_taken
from annotator.model.decision import Suggestion
from annotator.model.memory import EMPTY
from annotator.model.span import Span
from annotator.workflows.suggesting.combining import combine


@pytest.mark.parametrize(
    ("text", "label", "named"),
    cases("reasons", "a_cue_is_in_what_a_claim_asserts_and_in_no_name"),
)
def test_a_cue_is_in_what_a_claim_asserts_and_in_no_name(text: str, label: str, named: str) -> None:
    (sentence,) = sentences_of(read(text))
    assert sentence.cue_words(*sentence.place, label) == named


@pytest.mark.parametrize(
    ("text", "label", "words"),
    cases("reasons", "what_was_learnt_is_named_if_it_can_show_the_label"),
)
def test_what_was_learnt_is_named_if_it_can_show_the_label(
    text: str, label: str, words: list[str]
) -> None:
    (sentence,) = sentences_of(read(text))
    assert cue_candidates(sentence, *sentence.place, label) == words


def test_features_of_a_stance_that_name_a_cue_are_told() -> None:
    told = cues_of(
        [
            "actor>claim|P.gsub=True|say",
            "actor>claim|P.gsub=True|True",
            "w=condemned",
            "w=the",
            "@author>claim|sign=?",
            "@author>claim|sign=.",
            "@author>claim|A.next=wrong",
            "@author>claim|A.next=something",
        ]
    )
    assert told == {
        "actor>claim|P.gsub=True|say": "“say” occurred in such pairs before",
        "w=condemned": "“condemned” occurred in such pairs before",
        "@author>claim|sign=?": (
            "it is a question, and the author took this side on questions before"
        ),
        "@author>claim|A.next=wrong": "“wrong” followed such claims before",
    }


def test_a_word_that_takes_a_side_is_told_where_nothing_learnt_is() -> None:
    assert (
        side_taken(["actor>claim|o=before", "w=praises", "w=views", "w=reject", "w=the"])
        == "reject"
    )
    assert side_taken(["w=house", "actor>claim|reject"]) == ""


def test_no_reason_is_told_twice() -> None:
    spans = [Span(f"s{i}", "actor", "state", 0, 4) for i in range(2)]
    reasons = ("Iran is a country; marked twice", "known; Iran is a country")
    both = [
        Suggestion(span, 0, f"by-{i}", "1", 0.9 - i / 10, 0, reason)
        for i, (span, reason) in enumerate(zip(spans, reasons, strict=True))
    ]
    (merged,) = combine(document("Iran spoke."), both, EMPTY)
    assert merged.reason == "Iran is a country; marked twice; known"
