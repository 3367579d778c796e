"""The annotate screen's behaviour: single steps by example,
and any sequence of steps by property."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import examples

from annotator.model import actions as do
from annotator.model.annotation import AnnotationSet, fold
from annotator.model.decision import Action, Completion, Decision, Standing, Status, Suggestion
from annotator.model.review import Mode, ReviewState, open_document, step
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import Document, split_paragraphs
from annotator.resources import load_schema
from annotator.tui.views.lint import NamesElsewhere, lint

TEXT = (
    "Iran rejects the plan, and Mr Putin says that sanctions must end.\n"
    "Advertisement\n"
    "The West should act now. Russia could respond.\n"
    "A third paragraph says nothing much."
)
SCHEMA = load_schema("actors-claims-stances")
START = TEXT.index("Russia")
END = START + len("Russia")


def span(name: str, layer: str, label: str, quote: str, score: float = 0.8) -> Suggestion:
    start = TEXT.index(quote)
    value = Span(name, layer, label, start, start + len(quote), origin="suggestion")
    paragraph = TEXT.count("\n", 0, start)
    return Suggestion(value, paragraph, "rules", "1", score, reason="because")


def stance(name: str, side: str, source: str, target: str, paragraph: int) -> Suggestion:
    value = Relation(name, "stance", side, source, target, origin="suggestion")
    return Suggestion(value, paragraph, "rules", "1", 0.7)


SUGGESTIONS = [
    span("sIran", "actor", "state", "Iran"),
    span("sPlan", "claim", "policy", "the plan"),
    span("sPutin", "actor", "person", "Putin", 0.3),
    span("sEnd", "claim", "policy", "sanctions must end"),
    stance("rIran", "oppose", "sIran", "sPlan", 0),
    stance("rPutin", "support", "sPutin", "sEnd", 0),
    span("sWest", "actor", "bloc", "West"),
    span("sAct", "claim", "policy", "The West should act now"),
    stance("rAuthor", "support", AUTHOR, "sAct", 2),
]


def fresh(text: str = TEXT, suggestions: Sequence[Suggestion] = SUGGESTIONS) -> ReviewState:
    document = Document("d", "Title", text, split_paragraphs(text))
    return open_document(document, SCHEMA, session="t", suggestions=suggestions)


def play(state: ReviewState, *actions: do.ReviewAction) -> tuple[ReviewState, list[Decision]]:
    made: list[Decision] = []
    for action in actions:
        state, decisions = step(state, action)
        made += decisions
    return state, made


def standing(state: ReviewState) -> dict[str, str]:
    return {a.id: a.label for a in state.annotations.annotations()}


def test_a_document_opens_at_its_first_paragraph_with_the_first_suggestion_in_focus() -> None:
    state = fresh()
    assert (state.paragraph, state.focus, state.mode) == (0, "sIran", Mode.BROWSE)
    assert [i.id for i in state.items] == ["sIran", "sPlan", "rIran", "sPutin", "sEnd", "rPutin"]
    assert state.undecided(0) == 6
    assert [(c.target.id, [s.holder and s.holder.id for s in c.stances]) for c in state.cards] == [
        ("sPlan", ["sIran"]),
        ("sEnd", ["sPutin"]),
    ]


def test_accepting_a_statement_accepts_its_parts_in_one_undo() -> None:
    state, made = play(fresh(), do.FocusItem("rIran"), do.Accept())
    assert standing(state) == {"sIran": "state", "sPlan": "policy", "rIran": "oppose"}
    assert [d.item for d in made] == ["sIran", "sPlan", "rIran"] and len(
        {d.group for d in made}
    ) == 1
    assert state.focus == "sPutin"
    state, _ = play(state, do.Undo())
    assert state.annotations == AnnotationSet()
    state, _ = play(state, do.Redo())
    assert set(standing(state)) == {"sIran", "sPlan", "rIran"}


def test_accept_goes_on_to_the_next_undecided_item() -> None:
    state, _ = play(fresh(), do.Accept())
    assert state.focus == "sPlan" and state.undecided(0) == 5


def test_rejecting_a_span_takes_its_proposed_stance_out_of_sight_and_undo_brings_it_back() -> None:
    state, _ = play(fresh(), do.FocusItem("sPlan"), do.Reject())
    assert [i.id for i in state.items] == ["sIran", "sPutin", "sEnd", "rPutin"]
    assert state.annotations.get("sPlan", 0).status is Status.REJECTED  # type: ignore[union-attr]
    state, _ = play(state, do.Undo())
    assert "rIran" in [i.id for i in state.items] and state.focus == "sPlan"


def test_removing_an_accepted_span_removes_the_stances_on_it() -> None:
    state, made = play(
        fresh(), do.FocusItem("rIran"), do.Accept(), do.FocusItem("sIran"), do.Delete()
    )
    assert standing(state) == {"sPlan": "policy"}
    assert [(d.item, d.action) for d in made[-2:]] == [
        ("rIran", Action.REMOVE),
        ("sIran", Action.REMOVE),
    ]
    state, _ = play(state, do.Undo())
    assert set(standing(state)) == {"sIran", "sPlan", "rIran"}


def test_skip_leaves_it_shown_but_not_waiting() -> None:
    state, _ = play(fresh(), do.Skip())
    assert state.focus == "sPlan" and state.undecided(0) == 5
    assert "sIran" in [i.id for i in state.items] and standing(state) == {}
    state, _ = play(state, do.FocusItem("sIran"), do.Accept())
    assert standing(state) == {"sIran": "state"}


def test_accept_all_is_one_group_and_tells_what_it_did() -> None:
    state, made = play(fresh(), do.Accept(), do.AcceptAll())
    assert len(standing(state)) == 6 and state.undecided(0) == 0
    assert len({d.group for d in made}) == 2
    assert (
        state.message.startswith("accepted")
        and "2 claims" in state.message
        and "1 actor" in state.message
    )
    state, _ = play(state, do.Undo())
    assert standing(state) == {"sIran": "state"}


def test_a_digit_relabels_and_counts_as_a_correction() -> None:
    state, made = play(fresh(), do.SetLabel("actor", "organization"))
    assert standing(state) == {"sIran": "organization"}
    assert made[-1].after is not None and made[-1].after.status is Status.CORRECTED
    state, _ = play(state, do.SetLabel("actor", "state"))
    assert state.annotations.get("sIran", 0).status is Status.ACCEPTED  # type: ignore[union-attr]


def test_the_proposed_label_accepts() -> None:
    state, made = play(fresh(), do.SetLabel("actor", "state"))
    assert standing(state) == {"sIran": "state"} and made[-1].action is Action.ACCEPT


def test_bounds_are_changed_by_words_and_confirmed() -> None:
    state, made = play(
        fresh(),
        do.FocusItem("sPlan"),
        do.EditBounds(),
        do.MoveSelection(1, "start"),
        do.ConfirmSelection(),
    )
    value = state.focused.value  # type: ignore[union-attr]
    assert isinstance(value, Span) and TEXT[value.start : value.end] == "plan"
    assert made[-1].action is Action.CORRECT and state.mode is Mode.BROWSE


def _at(state: ReviewState, quote: str, *first: do.ReviewAction) -> tuple[str, str | None, str]:
    """The text, entity and message after the span in focus gets the bounds of a quote."""
    start = state.document.text.index(quote)
    moved, _ = play(
        state,
        *first,
        do.EditBounds(),
        do.SelectRange(start, start + len(quote)),
        do.ConfirmSelection(),
    )
    value = moved.focused.value  # type: ignore[union-attr]
    assert isinstance(value, Span)
    return moved.document.quote(value.start, value.end), value.entity, moved.message


def test_an_entity_that_is_the_text_follows_the_bounds_and_no_other_does() -> None:
    text = "The Prime  Minister of France and the US Treasury spoke."

    def one(quote: str, entity: str | None, origin: str = "suggestion") -> ReviewState:
        start = text.index(quote)
        span = Span("s", "actor", "person", start, start + len(quote), entity, origin=origin)
        return fresh(text, [Suggestion(span, 0, "rules", "1", 0.7)])

    own = one("Minister", "Minister")
    whole = ("Prime  Minister of France", "Prime Minister of France")
    assert _at(own, whole[0])[:2] == whole
    assert _at(own, whole[0], do.Accept(), do.FocusItem("s"))[:2] == whole
    # Once more after the name has changed with the text, and back: then the suggestion is accepted
    # as it was.
    there, group = play(
        own,
        do.EditBounds(),
        do.SelectRange(4, 19),
        do.ConfirmSelection(),
        do.EditBounds(),
        do.SelectRange(0, 19),
        do.SetLabel("actor", "organization"),
    )
    assert there.focused.value.entity == "Prime Minister"  # type: ignore[union-attr]
    assert (
        there.message == "bounds changed; the entity is still Prime Minister"
        and group[-1].action is Action.CORRECT
    )
    assert (
        _at(own, "Minister", do.EditBounds(), do.SelectRange(4, 19), do.ConfirmSelection())[1]
        == "Minister"
    )

    assert _at(own, "The Prime  " + whole[0][7:])[1] == "The Prime Minister of France"
    title = _at(one("Minister of France", "Minister of France"), whole[0])
    assert title[1:] == (
        "Minister of France",
        "bounds changed; the entity is still Minister of France",
    )
    article = _at(one("US", "US"), "the US")
    assert article[1:] == ("US", "bounds changed; the entity is still US")
    treasury = _at(one("US", "US"), "the US Treasury")
    assert treasury[1:] == ("US Treasury", "bounds changed; the entity is now US Treasury")

    by_hand = do.SetAttribute("entity", "Prime Minister of France")
    assert _at(own, "Minister of France", by_hand)[1:] == (
        "Prime Minister of France",
        "bounds changed",
    )
    known = _at(one("US", "United States"), "US Treasury")
    assert known[1:] == ("United States", "bounds changed; the entity is still United States")
    assert _at(one("US", None), "US Treasury")[1:] == (None, "bounds changed")
    # In review, the proposals are the annotators' own.
    assert _at(one("Minister", "Minister", "adjudicated"), whole[0])[1] == "Minister"
    new, _ = play(
        fresh(text, []),
        do.SelectRange(23, 29),
        do.SetLabel("actor", "state"),
        do.SetAttribute("entity", "France"),
    )
    assert _at(new, "of France")[1] == "France"


def test_a_span_from_nothing() -> None:
    state, made = play(
        fresh(),
        do.GoParagraph(3),
        do.StartSelection(),
        do.MoveSelection(1),
        do.MoveSelection(1, "end"),
        do.SetLabel("actor", "collective"),
    )
    value = state.focused.value  # type: ignore[union-attr]
    assert isinstance(value, Span) and TEXT[value.start : value.end] == "third paragraph"
    assert value.attributes == {"mention": "name"} and value.origin == "human"
    assert made[-1].action is Action.ADD
    again, _ = play(state, do.StartSelection(at=TEXT.index("nothing")), do.ConfirmSelection())
    assert sorted(standing(again).values()) == ["collective", "collective"]


def test_a_selection_over_a_proposed_span_decides_that_one() -> None:
    state, _ = play(
        fresh(),
        do.SelectRange(TEXT.index("Iran"), TEXT.index("Iran") + 4),
        do.SetLabel("actor", "bloc"),
    )
    assert standing(state) == {"sIran": "bloc"}


def test_a_stance_from_its_target_over_holder_to_side() -> None:
    state, _ = play(fresh(), do.FocusItem("sEnd"), do.StartStance())
    assert state.mode is Mode.HOLDER and [i.id for i in state.holders()] == ["sIran", "sPutin"]
    state, made = play(state, do.ChooseHolder("sIran"), do.ChooseSide("oppose"))
    assert state.mode is Mode.BROWSE
    new = state.focused.value  # type: ignore[union-attr]
    assert isinstance(new, Relation) and (new.source, new.label, new.target) == (
        "sIran",
        "oppose",
        "sEnd",
    )
    assert [d.action for d in made] == [Action.ACCEPT, Action.ACCEPT, Action.ADD]
    state, _ = play(state, do.StartStance(), do.ChooseSide("support"))
    assert standing(state)[new.id] == "support"


def test_the_side_of_a_proposed_stance_is_chosen_anew() -> None:
    state, _ = play(
        fresh(),
        do.FocusItem("sEnd"),
        do.StartStance(),
        do.ChooseHolder("sPutin"),
        do.ChooseSide("oppose"),
    )
    assert standing(state) == {"sPutin": "person", "sEnd": "policy", "rPutin": "oppose"}


def test_the_author_can_hold_a_stance() -> None:
    state, _ = play(
        fresh(),
        do.FocusItem("sPlan"),
        do.StartStance(),
        do.ChooseHolder(AUTHOR),
        do.ChooseSide("neutral"),
    )
    assert {r.source for r in state.annotations.relations()} == {AUTHOR}


def test_paragraphs_are_closed_one_after_the_other_and_then_the_document() -> None:
    state, _ = play(fresh(), do.CloseParagraph(), do.CloseParagraph())
    assert (
        state.paragraph == 2
        and state.is_done(0)
        and "6 suggestions left undecided" in state.message
    )
    state, _ = play(state, do.CloseParagraph(), do.CloseParagraph(), do.CloseParagraph())
    assert state.annotations.completion is Completion.DONE and state.message.startswith(
        "document done"
    )
    state, _ = play(state, do.Undo())
    assert state.annotations.completion is Completion.IN_PROGRESS and not state.is_done(3)
    state, _ = play(state, do.Redo(), do.GoParagraph(0), do.ReopenParagraph())
    assert state.annotations.completion is Completion.IN_PROGRESS and not state.is_done(0)


def test_an_excluded_paragraph_shows_nothing_and_can_be_brought_back() -> None:
    state, _ = play(fresh(), do.MoveParagraph(1))
    assert state.paragraph == 1 and state.is_excluded(1)
    assert play(state, do.StartSelection())[0].mode is Mode.BROWSE
    state, _ = play(state, do.ToggleExcluded())
    assert not state.is_excluded(1)
    state, _ = play(state, do.ToggleExcluded(), do.Undo(), do.Undo())
    assert state.is_excluded(1) and state.annotations == AnnotationSet()


def test_the_ends_of_a_paragraph_say_so() -> None:
    state, _ = play(fresh(), do.MoveFocus(-1))
    assert state.message == "this is the first item of the paragraph"
    state, _ = play(state, do.MoveFocus(99))
    assert state.message == "" and state.focus == state.items[-1].id
    state, _ = play(state, do.MoveFocus(1))
    assert state.message == "this is the last item of the paragraph"


def test_next_undecided_crosses_paragraphs() -> None:
    state, _ = play(fresh(), do.AcceptAll(), do.MoveFocus(1, undecided=True))
    assert (state.paragraph, state.focus) == (2, "sAct")
    state, _ = play(state, do.AcceptAll(), do.MoveFocus(1, undecided=True))
    assert "nothing undecided" in state.message


def test_a_threshold_hides_weak_suggestions_and_what_hangs_on_them() -> None:
    state, _ = play(fresh(), do.SetThreshold(0.5))
    assert [i.id for i in state.items] == ["sIran", "sPlan", "rIran", "sEnd"]


def test_notes_and_flags_survive_other_decisions() -> None:
    state, _ = play(fresh(), do.Note("whose plan?"), do.Flag(), do.Accept())
    item = state.find("sIran")
    assert item is not None and (item.note, item.flagged, item.pending) == (
        "whose plan?",
        True,
        False,
    )
    state, _ = play(state, do.Flag(paragraph=True), do.CloseParagraph())
    assert state.annotations.get("@p0", 0).flagged  # type: ignore[union-attr]


def test_attributes_are_checked_and_cleared() -> None:
    state, _ = play(fresh(), do.SetAttribute("entity", "Islamic Republic of Iran"))
    assert state.focused.value.entity == "Islamic Republic of Iran"  # type: ignore[union-attr]
    refused, made = play(state, do.SetAttribute("mention", "verb"))
    assert not made and "must be one of" in refused.message
    state, _ = play(state, do.SetAttribute("mention", "name"), do.SetAttribute("mention", None))
    assert state.focused.value.attributes == {}  # type: ignore[union-attr]


def test_several_holders_take_a_side_in_one_go_and_one_undo() -> None:
    state, made = play(
        fresh(),
        do.FocusItem("sEnd"),
        do.StartStance(),
        do.ChooseHolder("sIran", more=True),
        do.ChooseHolder("sPutin", more=True),
        do.ChooseHolder("sPutin", more=True),
        do.ChooseHolder(AUTHOR, more=True),
        do.ChooseHolder("sPutin"),
        do.ChooseSide("oppose"),
    )
    found = {(r.source, r.label) for r in state.annotations.relations()}
    assert found == {("sIran", "oppose"), (AUTHOR, "oppose"), ("sPutin", "oppose")}
    assert state.message == "Iran, the author and Putin: oppose"
    assert len({d.group for d in made}) == 1
    assert not standing(play(state, do.Undo())[0])


def test_a_filter_shows_one_layer_with_the_ends_of_its_relations_and_bulk_accept_keeps_to_it() -> (
    None
):
    state, _ = play(fresh(), do.SetFilter("actor"))
    assert [i.id for i in state.items] == ["sIran", "sPutin"]
    state, _ = play(state, do.AcceptAll())
    assert standing(state) == {"sIran": "state", "sPutin": "person"}
    state, _ = play(state, do.SetFilter("stance"))
    assert {"rIran", "rPutin", "sPlan", "sEnd"} <= {i.id for i in state.items}
    assert len(play(state, do.SetFilter())[0].items) == 6


def test_the_choices_of_an_item_are_gone_through_one_by_one() -> None:
    state, _ = play(fresh(), do.FocusItem("rPutin"), do.Accept(), do.FocusItem("rPutin"))
    seen = []
    for _ in range(2):
        state, _ = play(state, do.NextValue(0))
        seen.append(state.focused.value.attributes["basis"])  # type: ignore[union-attr]
    assert seen == ["explicit", "implied"]
    refused, made = play(state, do.NextValue(1))
    assert not made and "no such attribute" in refused.message


def test_edges_moved_by_word_leave_stray_punctuation_out() -> None:
    state, _ = play(fresh(), do.StartSelection(TEXT.index("the plan")), do.MoveSelection(1, "end"))
    chosen = state.selection
    assert chosen is not None and TEXT[chosen.start : chosen.end] == "the plan"
    state, _ = play(state, do.MoveSelection(1, "end"))
    assert (
        state.selection is not None and TEXT[chosen.start : state.selection.end] == "the plan, and"
    )
    state, _ = play(state, do.MoveSelection(-1, "end"), do.MoveSelection(1, "end", "character"))
    assert state.selection is not None and TEXT[chosen.start : state.selection.end] == "the plan,"


def test_a_relation_that_stands_without_its_target_can_be_seen_and_removed() -> None:
    loose = Relation("r", "stance", "support", AUTHOR, "gone")
    standings = {0: {"r": Standing(Status.ADDED, loose)}}
    document = Document("d", "Title", TEXT, split_paragraphs(TEXT))
    state = open_document(document, SCHEMA, session="t", annotations=AnnotationSet(standings))
    assert [i.id for i in state.items] == ["r"]
    assert lint(state) == [("a stance without a target", "r")]
    assert not standing(play(state, do.FocusItem("r"), do.Delete())[0])


def test_lint_finds_what_is_unfinished_or_contradictory() -> None:
    state, _ = play(
        fresh(),
        do.FocusItem("sEnd"),
        do.SetAttribute("attribution", "indirect"),
        do.FocusItem("sIran"),
        do.SetAttribute("entity", "Iran"),
    )
    assert lint(state) == [
        ("a claim without a holder", "sEnd"),
        ("a claim without a concept", "sEnd"),
    ]
    state, _ = play(
        state,
        do.FocusItem("sEnd"),
        do.SetAttribute("concept", ["sanctions should end"]),
        do.StartStance(),
        do.ChooseHolder("sIran"),
        do.ChooseSide("oppose"),
    )
    assert lint(state) == []
    state, _ = play(
        state, do.FocusItem("sPutin"), do.SetAttribute("entity", "Iran"), do.FocusItem("sEnd")
    )
    state, _ = play(state, do.StartStance(), do.ChooseHolder("sPutin"), do.ChooseSide("support"))
    assert lint(state)[0] == ("one holder on both sides of a claim", "sEnd")
    assert "Iran is for and against “sanctions should end” in this document" in [
        said for said, _ in lint(state)
    ]
    found = lint(state, NamesElsewhere({"Putin": ("Iran", "Vladimir Putin")}))
    assert ("“Putin” is Iran here, Vladimir Putin elsewhere", "sPutin") in found


ACTIONS: st.SearchStrategy[do.ReviewAction] = st.one_of(
    st.sampled_from(
        [
            do.Accept(),
            do.Reject(),
            do.Skip(),
            do.AcceptAll(),
            do.Delete(),
            do.CloseParagraph(),
            do.ReopenParagraph(),
            do.ToggleExcluded(),
            do.EditBounds(),
            do.ConfirmSelection(),
            do.Cancel(),
            do.GrowSelection(),
            do.ShrinkSelection(),
            do.Undo(),
            do.Undo(),
            do.Redo(),
            do.Flag(),
            do.Flag(paragraph=True),
            do.StartSelection(),
            do.StartStance(),
            do.Note("n"),
            do.Note(""),
            do.SetAttribute("entity", "E"),
            do.SetAttribute("modality", "hedged"),
            do.SetAttribute("entity", None),
            do.SetCompletion(Completion.SKIPPED),
            do.SetThreshold(0.5),
            do.SetThreshold(0.0),
            do.ChooseHolder(AUTHOR),
            do.ChooseHolder(AUTHOR, True),
            do.NextValue(0),
            do.NextValue(1),
            do.SetFilter("actor"),
            do.SetFilter("stance"),
            do.SetFilter(),
        ]
    ),
    st.builds(do.MoveFocus, st.sampled_from([-1, 1, 3]), st.booleans()),
    st.builds(do.GoParagraph, st.integers(0, 4)),
    st.builds(do.MoveParagraph, st.sampled_from([-1, 1])),
    st.builds(do.FocusItem, st.sampled_from([s.id for s in SUGGESTIONS])),
    st.builds(
        do.ChooseHolder, st.sampled_from(["sIran", "sPutin", "sWest", "sEnd"]), st.booleans()
    ),
    st.builds(do.ChooseSide, st.sampled_from(["support", "oppose", "nonsense"])),
    st.builds(do.SelectRange, st.integers(0, 200), st.integers(0, 200), st.booleans()),
    st.builds(
        do.MoveSelection,
        st.integers(-3, 3),
        st.sampled_from(["start", "end", "both"]),
        st.sampled_from(["word", "character"]),
    ),
    st.builds(do.SetLabel, st.just("actor"), st.sampled_from(["person", "state", "nonsense"])),
    st.builds(do.SetLabel, st.just("claim"), st.sampled_from(["fact", "policy"])),
    st.builds(do.SetLabel, st.just("stance"), st.sampled_from(["support", "oppose"])),
)


def check(state: ReviewState, made: Sequence[Decision]) -> None:
    folded, history = fold(made)
    assert folded == state.annotations and history == state.history
    ids = {a.id for a in state.annotations.annotations()}
    for relation in state.annotations.relations():
        assert relation.target in ids and (relation.source == AUTHOR or relation.source in ids)
    for one in state.annotations.spans():
        paragraph = state.document.paragraph_at(one.start)
        assert paragraph.start <= one.start < one.end <= paragraph.end
    assert state.focus is None or state.focus in {i.id for i in state.items}
    if state.selection is not None:
        low, high = state.bounds
        assert low <= state.selection.start < state.selection.end <= high


@settings(max_examples=examples(200))
@given(st.lists(ACTIONS, max_size=40))
def test_any_sequence_keeps_the_invariants_and_can_be_undone_and_redone(
    actions: list[do.ReviewAction],
) -> None:
    state, made = fresh(), []
    for action in actions:
        before = state.annotations
        state, decisions = step(state, action)
        for index, decision in enumerate(decisions):
            earlier = before.apply(decisions[:index])
            assert decision.before == earlier.get(decision.item, decision.paragraph)
        made += decisions
        check(state, made)
    end = state.annotations
    undone = 0
    while state.history.undo is not None:
        state, decisions = step(state, do.Undo())
        made += decisions
        undone += 1
    check(state, made)
    assert state.annotations == AnnotationSet()
    for _ in range(undone):
        state, decisions = step(state, do.Redo())
        made += decisions
    check(state, made)
    assert state.annotations == end


def test_a_step_never_changes_the_state_it_was_given() -> None:
    state = fresh()
    copy = replace(state)
    play(state, do.AcceptAll(), do.CloseParagraph())
    assert state == copy


def test_every_action_has_a_step() -> None:
    from annotator.model.review import _STEPS

    assert set(_STEPS) == set(do.ReviewAction.__subclasses__())


def test_actions_are_frozen_values() -> None:
    assert do.MoveFocus(1) == do.MoveFocus(step=1, undecided=False) != do.MoveFocus(-1)
    assert do.Undo() != do.Redo() and len({do.Undo(), do.Undo(), do.Redo()}) == 2
    for wrong in (do.MoveFocus, lambda: do.Undo(1), lambda: do.MoveFocus(1, stop=2)):
        with pytest.raises(TypeError):
            wrong()  # type: ignore[call-arg, operator]
    with pytest.raises(AttributeError):
        do.MoveFocus(1).step = 2  # type: ignore[misc]


@pytest.mark.parametrize(
    "kind", [do.Accept(), do.Reject(), do.Skip(), do.EditBounds(), do.StartStance()]
)
def test_nothing_in_focus_is_said_not_raised(kind: do.ReviewAction) -> None:
    state, made = play(fresh(), do.GoParagraph(3), kind)
    assert not made and state.message


def test_progress_counts_as_the_paragraphs_say() -> None:
    state = fresh()
    for action in (
        do.GoParagraph(0),
        do.CloseParagraph(),
        do.GoParagraph(1),
        do.ToggleExcluded(),
        do.GoParagraph(2),
        do.ToggleExcluded(),
        do.GoParagraph(0),
        do.ReopenParagraph(),
        do.Undo(),
        do.GoParagraph(3),
        do.CloseParagraph(),
    ):
        state, _ = step(state, action)
        todo = [p.index for p in state.to_annotate()]
        assert state.progress == (sum(map(state.is_done, todo)), len(todo)), action


def test_steps_cost_in_proportion() -> None:
    """Eight times as many nested claims, each with a holder and a stance, in one paragraph."""

    def spent(number: int) -> float:
        text = "Iran agrees and " * number + "that is all."
        found: list[Suggestion] = []
        for i in range(number):
            holder = Span(f"a{i}", "actor", "state", 16 * i, 16 * i + 4, origin="suggestion")
            claim = Span(f"c{i}", "claim", "fact", i + 1, len(text) - i, origin="suggestion")
            stance = Relation(f"s{i}", "stance", "support", f"a{i}", f"c{i}", origin="suggestion")
            found += [Suggestion(one, 0, "rules", "1", 0.8) for one in (holder, claim, stance)]
        state = fresh(text, found)
        began = time.process_time()
        state, group = step(state, do.AcceptAll())
        assert len(group) == 3 * number
        for action in (do.Undo(), do.Redo(), do.MoveFocus(1), do.Delete()):
            state, group = step(state, action)
        return time.process_time() - began

    assert min(spent(800) for _ in range(2)) < 24 * min(spent(100) for _ in range(3))


@pytest.mark.parametrize(
    "moved",
    [
        (do.FocusItem("sWest"), do.EditBounds(), do.SelectRange(START, END), do.ConfirmSelection()),
        (
            do.FocusItem("sWest"),
            do.EditBounds(),
            do.SelectRange(START, END),
            do.SetLabel("actor", "bloc"),
        ),
    ],
)
def test_nothing_is_made_a_second_time(moved: Sequence[do.ReviewAction]) -> None:
    """If bounds are moved onto an existing span, nothing changes, and the message says what to
    do."""
    state = fresh()
    for action in (do.GoParagraph(2), do.StartSelection(START), do.SetLabel("actor", "bloc")):
        state, _ = step(state, action)
    for action in moved:
        state, group = step(state, action)
    assert not group
    assert state.message == (
        "there is a bloc “Russia” already, so nothing changed; x removes the one in focus"
    )
    state, _ = step(state, do.Cancel())
    state, group = step(state, do.Delete())
    assert group[0].item == "sWest"


def test_a_label_that_makes_two_alike_changes_nothing() -> None:
    """Two labels on one stretch stay two labels."""
    other = Span("sOther", "actor", "bloc", START, END)
    russia = Span("sRussia", "actor", "state", START, END)
    decisions = [
        Decision("g", Action.ADD, one.id, 2, None, Standing(Status.ADDED, one))
        for one in (russia, other)
    ]
    state = replace(fresh(), annotations=AnnotationSet().apply(decisions))
    for action in (do.GoParagraph(2), do.FocusItem("sOther"), do.SetLabel("actor", "state")):
        state, group = step(state, action)
    assert not group and state.message.startswith("there is a state “Russia” already")
