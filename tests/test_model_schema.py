"""Label schemas: a valid one is read in full, and errors name file, key and remedy."""

from __future__ import annotations

import pytest
from support import cases

from annotator.errors import SchemaError
from annotator.model.schema_reading import parse_schema
from annotator.resources import load_schema, schema_names, schema_path

SMALL = """
name = "small"
version = "1"
[[layer]]
name = "actor"
kind = "span"
[[layer.label]]
name = "person"
key = "1"
[[layer.label]]
name = "state"
key = "2"
[[layer.attribute]]
name = "mention"
type = "choice"
values = ["name", "pronoun"]
default = "name"
[[layer]]
name = "stance"
kind = "relation"
sources = ["actor", "@author"]
targets = ["actor"]
[[layer.label]]
name = "support"
key = "+"
"""


def test_a_small_schema_is_read() -> None:
    schema = parse_schema(SMALL, file="small.toml")
    actor, stance = schema.layers
    assert [label.name for label in actor.labels] == ["person", "state"]
    assert schema.span_keys["2"][1].name == "state"
    assert stance.admits_author() and schema.relations_to("actor") == (stance,)
    assert actor.attribute("mention").default == "name"  # type: ignore[union-attr]
    assert schema.hash == parse_schema(SMALL + "\n# a comment\n", file="x").hash
    assert schema.hash != parse_schema(SMALL.replace('"person"', '"people"'), file="x").hash


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("Who appears in", "Who is named in", True),
        ('  name = "person"', '  name = "people"', False),
        ('version = "1.0"', 'version = "1.1"', True),
    ],
)
def test_other_words_of_a_guideline_leave_what_annotations_can_be(
    old: str, new: str, same: bool
) -> None:
    """Otherwise a project would lose its models, and could no longer be merged, by a correction."""
    text = schema_path("actors-claims-stances").read_text(encoding="utf-8")
    assert old in text
    schema, other = (parse_schema(one, file="x") for one in (text, text.replace(old, new)))
    assert schema.hash != other.hash
    assert (schema.codes_hash == other.codes_hash) is same


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    cases("model_schema", "what_does_not_hold_is_named"),
)
def test_what_does_not_hold_is_named(old: str, new: str, key: str, says: str) -> None:
    with pytest.raises(SchemaError) as caught:
        parse_schema(SMALL.replace(old, new, 1), file="small.toml")
    assert caught.value.file == "small.toml"
    assert (caught.value.key or "") == key
    assert says in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("name", schema_names())
def test_shipped_schemas_hold_and_guide(name: str) -> None:
    schema = load_schema(name)
    assert schema.name == name and schema.version and schema.title and schema.sources
    for layer in schema.layers:
        assert layer.guideline.definition, layer.name
        for label in layer.labels:
            where = f"{layer.name}.{label.name}"
            assert (
                label.guideline.definition and label.key and len(label.guideline.examples) >= 3
            ), where
            for example in label.guideline.examples:
                assert example.count("[") == example.count("]") > 0, (where, example)


def test_the_four_schemas_of_the_design_are_there() -> None:
    assert {"actors-claims-stances", "dna", "political-claims", "entity-stance"} <= set(
        schema_names()
    )


def test_attributes_say_what_is_wrong_with_a_value() -> None:
    schema = load_schema("actors-claims-stances")
    stance, claim = schema.layer("stance"), schema.layer("claim")
    assert stance is not None and claim is not None
    strength, cue = stance.attribute("strength"), stance.attribute("cue")
    concept = claim.attribute("concept")
    assert strength is not None and cue is not None and concept is not None
    assert strength.problem(2) is None and "from 1 to 3" in (strength.problem(4) or "")
    assert strength.problem(True) and strength.problem("2")
    assert cue.problem([3, 9]) is None and cue.problem([3]) and cue.problem(["a", "b"])
    assert concept.problem(["sanctions should end"]) is None and concept.problem(
        "sanctions should end"
    )


def test_a_missing_schema_is_named_with_the_ones_there_are() -> None:
    with pytest.raises(SchemaError, match="no label schema “nope”") as caught:
        load_schema("nope")
    assert "actors-claims-stances" in caught.value.hint
