"""What a step says and asks: messages that name what was done, questions before actions that are
rarely intended."""

from __future__ import annotations

import pytest
from support import after

from annotator.model import actions as do
from annotator.model.annotation import fold
from annotator.model.decision import Completion, Group, Suggestion
from annotator.model.decision_text import both_ends, name_of
from annotator.model.review import Mode, ReviewState, open_document, step
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import Document, split_paragraphs
from annotator.resources import load_schema
from annotator.tui.styled_rows import PLAIN, wrapped_pieces

TEXT = (
    "Norland rejects the treaty, and Ms Orr says that tolls must fall.\n"
    "The council should vote now. Norland could answer.\n"
    "Nothing is marked here."
)
SCHEMA = load_schema("actors-claims-stances")


def span(name: str, layer: str, label: str, quote: str) -> Suggestion:
    start = TEXT.index(quote)
    value = Span(name, layer, label, start, start + len(quote), origin="suggestion")
    return Suggestion(value, TEXT.count("\n", 0, start), "rules", "1", 0.8)


def stance(name: str, side: str, source: str, target: str) -> Suggestion:
    value = Relation(name, "stance", side, source, target, origin="suggestion")
    return Suggestion(value, 0, "rules", "1", 0.7)


SUGGESTIONS = (
    span("norland", "actor", "state", "Norland"),
    span("treaty", "claim", "policy", "the treaty"),
    span("orr", "actor", "person", "Ms Orr"),
    span("tolls", "claim", "policy", "tolls must fall"),
    stance("against", "oppose", "norland", "treaty"),
    span("vote", "claim", "policy", "The council should vote now"),
)


def opened() -> ReviewState:
    document = Document("d", "Title", TEXT, split_paragraphs(TEXT))
    return open_document(document, SCHEMA, session="t", suggestions=SUGGESTIONS)


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ((do.Accept(),), "accepted state “Norland”"),
        (
            (do.FocusItem("against"), do.Accept()),
            "accepted stance of Norland (oppose), with its 2 ends",
        ),
        ((do.Reject(),), "rejected state “Norland”"),
        ((do.Skip(),), "skipped state “Norland”"),
        ((do.SetLabel("actor", "bloc"),), "“Norland” is now bloc"),
        ((do.SetAttribute("entity", "Norland Republic"),), "accepted, entity: Norland Republic"),
        ((do.Accept(), do.FocusItem("norland"), do.Accept()), "that was decided; this is the next"),
        ((do.SetLabel("actor", "bloc"), do.Undo()), "undone: label of “Norland”"),
        (
            (do.Accept(), do.FocusItem("norland"), do.SetLabel("actor", "bloc"), do.Undo()),
            "undone: label of “Norland”",
        ),
        (
            (
                do.Accept(),
                do.FocusItem("norland"),
                do.SetAttribute("entity", "N"),
                do.Undo(),
                do.Redo(),
            ),
            "redone: entity of “Norland”",
        ),
        (
            (do.SetLabel("claim", "fact"), do.SetLabel("claim", "fact")),
            "“Norland” is now a claim (fact)",
        ),
        ((do.AcceptAll(), do.Undo()), "undone: accepted 2 actors, 2 claims, 1 stance"),
        ((do.Reject(), do.Undo()), "undone: rejected state “Norland”"),
        ((do.Note("ask Ana"), do.Undo()), "undone: note on “Norland”"),
        ((do.Flag(), do.Undo()), "undone: flagged “Norland”"),
        ((do.Note("ask Ana"),), "note on “Norland”: ask Ana"),
        ((do.Note("ask Ana"), do.Note("")), "note removed from “Norland”"),
        ((do.Flag(),), "flagged “Norland”"),
        ((do.Flag(), do.Flag()), "flag removed from “Norland”"),
        ((do.Flag(paragraph=True),), "flagged ¶ 1"),
        ((do.Note("look", paragraph=True),), "note on ¶ 1: look"),
        ((do.Note("look", paragraph=True), do.Undo()), "undone: note on ¶ 1"),
        ((do.AcceptAll(), do.CloseParagraph(), do.Undo()), "undone: ¶ 1 done"),
        ((do.SetCompletion(Completion.SKIPPED), do.Undo()), "undone: document skipped"),
    ],
)
def test_a_message_names_what_was_done(actions: tuple[do.ReviewAction, ...], message: str) -> None:
    assert after(opened(), *actions).message == message


def test_a_long_quotation_keeps_both_of_its_ends() -> None:
    state = after(
        opened(),
        do.SelectRange(0, len("Norland rejects the treaty, and Ms Orr says that tolls")),
        do.SetLabel("claim", "fact"),
    )
    assert state.message == "added fact “Norland rejects the … that tolls”"


def test_done_with_something_undecided_asks_once_and_any_other_key_forgets_the_question() -> None:
    state = after(opened(), do.CloseParagraph())
    assert (
        state.paragraph == 0 and not state.is_done(0) and "5 suggestions undecided" in state.message
    )
    state = after(state, do.MoveFocus(1), do.CloseParagraph())
    assert not state.is_done(0)
    state = after(state, do.CloseParagraph())
    assert state.is_done(0) and state.paragraph == 1


def test_a_paragraph_without_anything_undecided_is_done_at_once() -> None:
    assert after(opened(), do.AcceptAll(), do.CloseParagraph()).is_done(0)


def test_the_key_of_another_layer_asks_before_it_turns_an_actor_into_a_claim() -> None:
    state = after(opened(), do.SetLabel("claim", "policy"))
    assert (
        state.focused is not None
        and state.focused.value.layer == "actor"
        and not state.annotations.spans()
    )
    assert state.message == "“Norland” is an actor: press again to make it a claim (policy)"
    other = after(state, do.SetLabel("claim", "fact"))
    assert not other.annotations.spans(), "another label is another question"
    assert after(state, do.SetLabel("claim", "policy")).annotations.spans()[0].layer == "claim"


def test_next_undecided_comes_back_to_what_was_left_behind() -> None:
    state = after(opened(), do.GoParagraph(1), do.MoveFocus(1, undecided=True))
    assert (state.paragraph, state.focus) == (0, "norland")
    left = [item.id for p in (0, 1) for item in state.items_of(p) if item.undecided]
    assert state.message == f"back to ¶ 1: {len(left)} undecided"
    state = after(state, do.AcceptAll(), do.MoveFocus(1, undecided=True), do.AcceptAll())
    assert "nothing undecided is left" in after(state, do.MoveFocus(1, undecided=True)).message


def held_by_three() -> ReviewState:
    return after(
        opened(),
        do.FocusItem("tolls"),
        do.StartStance(),
        do.ChooseHolder("norland", more=True),
        do.ChooseHolder(AUTHOR, more=True),
        do.ChooseHolder("orr"),
        do.ChooseSide("support"),
    )


def test_what_is_set_after_several_holders_were_chosen_is_set_on_all_of_them() -> None:
    state = after(held_by_three(), do.SetAttribute("strength", 3), do.NextValue(0))
    values = [r.attributes for r in state.annotations.relations()]
    assert [v["strength"] for v in values] == [3, 3, 3] and len({v["basis"] for v in values}) == 1
    assert state.message.endswith("for Norland, the author and Ms Orr")
    back = after(state, do.Undo(), do.Undo())
    assert all(r.attributes.get("strength") != 3 for r in back.annotations.relations())
    assert len(back.annotations.relations()) == 3


def test_an_undo_that_removes_something_leaves_the_focus_beside_it() -> None:
    state = after(held_by_three(), do.Undo())
    # The pending claim was accepted with its stances.
    assert state.focus == "tolls" and "(support)" in state.message
    again = after(
        state, do.Accept(), do.FocusItem("tolls"), do.StartSelection(), do.SetLabel("actor", "bloc")
    )
    added = again.focused
    assert added is not None and isinstance(added.value, Span)
    back = after(again, do.Undo())
    assert back.message == f"undone: added bloc {name_of(again, added.value)}"
    near = back.focused
    assert near is not None and isinstance(near.value, Span)
    assert near.value.start <= added.value.start


def test_once_the_focus_has_left_them_a_stance_is_set_alone() -> None:
    state = held_by_three()
    here = state.focus
    assert here is not None
    state = after(
        state, do.FocusItem("norland"), do.FocusItem(here), do.SetAttribute("strength", 3)
    )
    assert sorted(r.attributes.get("strength") == 3 for r in state.annotations.relations()) == [
        False,
        False,
        True,
    ]


def test_the_bounds_of_a_stance_are_those_of_its_cue() -> None:
    state = after(
        opened(), do.FocusItem("against"), do.Accept(), do.FocusItem("against"), do.EditBounds()
    )
    assert state.mode is Mode.SELECT and state.selection is not None
    at = TEXT.index("rejects")
    state = after(state, do.SelectRange(at, at + 7), do.ConfirmSelection())
    assert state.annotations.relations()[0].attributes["cue"] == [at, at + 7]
    assert state.message == "cue: “rejects”" and state.focus == "against"
    again = after(state, do.EditBounds()).selection
    assert again is not None and (again.start, again.end) == (at, at + 7)


def test_a_stance_does_not_grow() -> None:
    state = after(opened(), do.FocusItem("against"), do.GrowSelection())
    assert state.mode is Mode.BROWSE and "does not grow" in state.message


def test_one_thing_done_earlier_is_taken_back_by_itself() -> None:
    state = after(
        opened(), do.Accept(), do.FocusItem("orr"), do.Accept(), do.FocusItem("tolls"), do.Accept()
    )
    groups = [stack[0][0].group for stack in _stacks(state)]
    back = after(state, do.TakeBack(groups[1]))
    assert {s.id for s in back.annotations.spans()} == {"norland", "tolls"}
    assert back.message == "taken back: accepted person “Ms Orr”"
    assert {s.id for s in after(back, do.Undo()).annotations.spans()} == {"norland"}
    assert after(back, do.Redo()).annotations == state.annotations
    assert "already taken back" in after(back, do.TakeBack(groups[1])).message


def _stacks(state: ReviewState) -> list[tuple[Group, object]]:
    found, stack = [], state.history.undo
    while stack is not None:
        found.append(stack)
        stack = stack[1]
    return found  # type: ignore[return-value]


def test_what_was_changed_since_or_holds_a_stance_is_not_taken_back() -> None:
    state = after(opened(), do.Accept(), do.FocusItem("norland"), do.SetLabel("actor", "bloc"))
    first = _stacks(state)[-1][0][0].group
    assert "you changed this again later" in after(state, do.TakeBack(first)).message
    held = after(
        opened(),
        do.FocusItem("tolls"),
        do.Accept(),
        do.FocusItem("tolls"),
        do.StartStance(),
        do.ChooseHolder(AUTHOR),
        do.ChooseSide("support"),
    )
    refused = after(held, do.TakeBack(_stacks(held)[-1][0][0].group))
    assert refused.message == "a stance depends on it: stance of the author"
    assert refused.annotations == held.annotations


def test_the_log_replayed_gives_the_same_state_and_history_as_the_steps() -> None:
    state, made = opened(), []
    for action in (do.Accept(), do.FocusItem("orr"), do.Accept(), do.AcceptAll()):
        state, group = step(state, action)
        made += group
    earlier = _stacks(state)[-1][0][0].group
    for action in (do.TakeBack(earlier), do.Undo(), do.Redo(), do.Redo()):
        state, group = step(state, action)
        made += group
    assert fold(made) == (state.annotations, state.history)


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (12, "Ms Orr and…"),
        (24, "Ms Orr … Turkmenistan"),
        (30, "Ms Orr and Mr … Turkmenistan"),
        (80, "Ms Orr and Mr Pezeshkian met in Turkmenistan"),
    ],
)
def test_a_text_is_shortened_between_words(width: int, shown: str) -> None:
    assert both_ends("Ms Orr and Mr Pezeshkian met in Turkmenistan", width) == shown


def test_no_sign_leads_on_to_what_is_left_out() -> None:
    assert both_ends("Vladimir Putin; Masoud Pezeshkian", 16) == "Vladimir Putin…"
    row = wrapped_pieces(
        [("author + support → “no picture is… and more of it”", PLAIN)], 34, limit=1
    )
    assert "".join(text for text, _ in row[0]) == "author + support → “no picture is…"


def test_a_text_of_one_word_is_cut_to_the_width() -> None:
    assert [len(both_ends("x" * 90, width)) for width in (10, 30, 60)] == [10, 30, 60]


def test_naming_a_pending_claim_decides_it_and_stays_for_further_corrections() -> None:
    """`i` and then `n` are as many keys as `a` and then `I`, and `b` after `i` is on the claim."""
    before = after(opened(), do.FocusItem("treaty"))
    named = after(before, do.SetAttribute("concept", ["treaty is bad"]))
    item = named.find("treaty")
    assert item is not None
    assert (named.focus, item.pending) == ("treaty", False)
    accepted = after(before, do.Accept())
    assert accepted.focus != "treaty"
