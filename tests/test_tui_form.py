"""The form of a statement: its fields, the effect of an answer, and more than nine labels."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support import TEXT, after, document, suggestions

from annotator.model import actions as do
from annotator.model.review import Mode, ReviewState, open_document
from annotator.model.schema import Attribute, Label, LabelSchema
from annotator.model.span import AUTHOR, Relation
from annotator.resources import load_schema
from annotator.tui import form, item_names
from annotator.tui.form import FormField
from annotator.tui.key_map import key_map
from annotator.tui.styled_rows import width_of
from annotator.tui.theme import THEMES
from annotator.tui.views.header_and_footer import footer, footer_state
from annotator.tui.views.short_names import shortened


def _state(schema: LabelSchema | None = None) -> ReviewState:
    given = schema or load_schema("actors-claims-stances")
    return open_document(document(TEXT), given, session="s", suggestions=suggestions())


def _field(state: ReviewState, name: str, item: str | None = None) -> FormField:
    return next(f for f in form.fields(state) if f.name == name and item in (None, f.item))


def _set(state: ReviewState, name: str, value: str) -> ReviewState:
    return after(state, *form.choose(state, _field(state, name), value))


def _stance(state: ReviewState) -> Relation:
    return state.annotations.relations()[0]


def test_a_statement_has_every_field_of_its_stance_and_its_claim_each_by_a_letter_of_its_own() -> (
    None
):
    state = after(_state(), do.FocusItem("rIran"), do.Accept(), do.FocusItem("rIran"))
    found = form.fields(state)
    assert [f.name for f in found] == [
        "holder",
        "side",
        "strength",
        "basis",
        "cue",
        "note",
        "flag",
        "text",
        "label",
        "concept",
        "modality",
        "attribution",
        "note",
        "flag",
    ]
    assert [f.heading for f in found if f.heading] == ["STANCE of Iran", "CLAIM"]
    letters = [f.letter for f in found]
    assert len(set(letters)) == len(letters) and not set("jkqt") & set(letters)
    claim = form.fields(after(state, do.FocusItem(_stance(state).target)))
    assert claim[0].name == "text", "what is in focus comes first"
    actor = form.fields(after(state, do.FocusItem("sIran")))
    assert [f.name for f in actor] == ["text", "label", "entity", "mention", "note", "flag"]


def test_a_value_is_taken_and_taken_away_by_its_number() -> None:
    state = after(_state(), do.FocusItem("rIran"), do.Accept(), do.FocusItem("rIran"))
    state = _set(state, "strength", "3")
    assert _stance(state).attributes["strength"] == 3
    state = _set(state, "strength", "3")
    assert "strength" not in _stance(state).attributes
    state = _set(state, "side", "support")
    assert _stance(state).label == "support"
    state = _set(state, "modality", "hedged")
    claim = state.find(_stance(state).target)
    assert claim is not None and claim.value.attributes["modality"] == "hedged"
    flagged = _set(after(state, do.FocusItem("rIran")), "flag", "yes")
    assert flagged.focused is not None and flagged.focused.flagged
    assert _field(flagged, "flag").held == ("yes",)


def test_a_stance_gets_another_holder_and_never_one_twice() -> None:
    state = after(_state(), do.FocusItem("rIran"), do.Accept(), do.FocusItem("rIran"))
    names = dict(form.holders(state, _field(state, "holder")))
    assert names[AUTHOR] == "the author" and "sPutin" in names and "sIran" in names
    state = _set(state, "holder", "sPutin")
    assert _stance(state).source == "sPutin"
    assert {s.id for s in state.annotations.spans()} >= {"sPutin"}, "a holder becomes decided"
    back = after(state, do.Undo())
    assert _stance(back).source == "sIran"
    two = after(
        back,
        do.FocusItem(_stance(back).target),
        do.StartStance(),
        do.ChooseHolder(AUTHOR),
        do.ChooseSide("oppose"),
    )
    refused = after(two, do.FocusItem("rIran"), do.SetHolder(AUTHOR))
    assert "already" in refused.message and refused.annotations == two.annotations
    assert (
        "cannot be the holder" in after(two, do.FocusItem("rIran"), do.SetHolder("sPlan")).message
    )


def _with(attribute: Attribute) -> LabelSchema:
    schema = load_schema("actors-claims-stances")
    layers = tuple(
        replace(layer, attributes=(*layer.attributes, attribute))
        if layer.name == "actor"
        else layer
        for layer in schema.layers
    )
    return replace(schema, layers=layers)


@pytest.mark.parametrize(
    ("attribute", "answer", "value"),
    [
        (Attribute("role", "text"), " chief whip ", "chief whip"),
        (Attribute("aliases", "text", multiple=True), "a; b;; c", ["a", "b", "c"]),
        (Attribute("age", "integer", minimum=18, maximum=120), "44", 44),
        (Attribute("role", "text"), "  ", None),
    ],
)
def test_text_numbers_and_lists_of_any_schema_are_written(
    attribute: Attribute, answer: str, value: object
) -> None:
    state = after(_state(_with(attribute)), do.Accept(), do.FocusItem("sIran"))
    field = _field(state, attribute.name)
    assert not field.values and not form.problem(state, field, answer)
    state = after(state, *form.write(field, answer))
    assert state.focused is not None and state.focused.value.attributes.get(attribute.name) == value


def test_an_answer_that_cannot_stand_is_refused_with_its_reason() -> None:
    state = after(
        _state(_with(Attribute("age", "integer", minimum=18, maximum=120))), do.FocusItem("sIran")
    )
    field = _field(state, "age")
    assert form.problem(state, field, "old") == "write a whole number"
    assert form.problem(state, field, "7") == "must be from 18 to 120"


def test_choices_of_which_several_may_hold_are_taken_one_by_one() -> None:
    several = Attribute("role", "choice", ("speaker", "target", "ally"), multiple=True)
    state = after(_state(_with(several)), do.Accept(), do.FocusItem("sIran"))
    for value, held in (("ally", ["ally"]), ("target", ["ally", "target"]), ("ally", ["target"])):
        state = _set(state, "role", value)
        assert state.focused is not None and state.focused.value.attributes["role"] == held
    state = _set(state, "role", "target")
    assert state.focused is not None and "role" not in state.focused.value.attributes


def _many(number: int, *, keys: int = 9) -> LabelSchema:
    schema = load_schema("actors-claims-stances")
    labels = tuple(
        Label(f"frame {i} of the debate", str(i) if i <= keys else "", "F")
        for i in range(1, number + 1)
    )
    layers = tuple(replace(x, labels=labels) if x.name == "actor" else x for x in schema.layers)
    claims = tuple(
        replace(x, labels=tuple(replace(b, key="") for b in x.labels)) if x.name == "claim" else x
        for x in layers
    )
    return replace(schema, layers=claims)


@pytest.mark.parametrize("width", [60, 80, 100])
def test_forty_labels_fit_the_footer_are_told_apart_and_can_be_had_from_a_list(width: int) -> None:
    schema = _many(40)
    state = after(open_document(document(TEXT), schema, session="s"), do.StartSelection())
    keys = key_map({})
    row = footer(footer_state(state), schema, keys, THEMES["mono"], width)
    text = "".join(piece for piece, _ in row)
    assert width_of(row) <= width and "t list" in text
    names = shortened([label.name for label in schema.span_layers[0].labels[:9]], 7)
    assert len(set(names)) == 9 and all(len(name) <= 7 for name in names)
    listed = item_names.labels(state)
    assert (
        len({name for name, _, _ in listed})
        == len(listed)
        == 40 + len(schema.span_layers[1].labels)
    )
    action = next(action for name, _, action in listed if name == "frame 37 of the debate")
    assert after(state, action).annotations.spans()[0].label == "frame 37 of the debate"


def test_the_sides_of_a_stance_are_listed_too() -> None:
    state = after(_state(), do.FocusItem("sPlan"), do.StartStance(), do.ChooseHolder(AUTHOR))
    assert state.mode is Mode.SIDE
    names = {name: action for name, _, action in item_names.labels(state)}
    assert set(names) == {"support", "oppose", "neutral", "unclear"}
    made = after(state, names["unclear"])
    assert _stance(made).label == "unclear"
    again = after(made, do.FocusItem(_stance(made).id))
    listed = {name: action for name, _, action in item_names.labels(again)}
    assert set(listed) == set(names) and _stance(after(again, listed["oppose"])).label == "oppose"


def test_names_are_cut_at_the_end_where_that_tells_them_apart() -> None:
    assert shortened(["organization", "person"], 9) == ["organiza…", "person"]
    assert shortened(["frame-economy", "frame-ethics"], 7) == ["f…conom", "f…thics"]
