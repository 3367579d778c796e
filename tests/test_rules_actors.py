"""The rules for actors: known names, and capitals at the start of a sentence."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from support import cases, read

from annotator.english import tables
from annotator.resources import load_schema

KNOWN = Path(tables.__file__).parent / "_data" / "known.tsv"


def _found(text: str) -> list[tuple[str, str]]:
    reading = read(text)
    return [(text[one.start : one.end], one.label) for one in reading.actors]


def test_a_known_name_has_one_row_and_a_label_of_the_schema() -> None:
    layer = load_schema("actors-claims-stances").span_layers[0]
    spellings: Counter[str] = Counter()
    for line in KNOWN.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, label, *aliases = line.split("\t")
            assert label in ("place", "other", "region") or layer.label(label), line
            spellings.update([name, *";".join(aliases).split(";")] if aliases else [name])
    assert [name for name, often in spellings.items() if name and often > 1] == []


def test_members_of_a_party_that_many_countries_have_keep_the_words_of_the_text() -> None:
    """All ten such actors of the seeds outside of part `test` are coded so."""
    text = "The Greens, the Liberals, the Conservatives and the Social Democrats object. The Tories agree."
    entities = {text[one.start : one.end]: one.entity for one in read(text).actors}
    own = ("Greens", "Liberals", "Conservatives", "Social Democrats")
    assert entities == {**{name: name for name in own}, "Tories": "Conservative Party"}


@pytest.mark.parametrize(("text", "found"), cases("rules_actors", "names"))
def test_names(text: str, found: list[tuple[str, str]]) -> None:
    assert _found(text) == found


@pytest.mark.parametrize(("text", "found"), cases("rules_actors", "a_name_goes_as_far_as_it_goes"))
def test_a_name_goes_as_far_as_it_goes(text: str, found: list[str]) -> None:
    assert [name for name, _ in _found(text) if name[0].isupper()] == found


@pytest.mark.parametrize(
    ("text", "found"),
    cases(
        "rules_actors",
        "a_pronoun_is_an_actor_if_it_holds_a_side_that_nobody_else_in_its_sentence_holds",
    ),
)
def test_a_pronoun_is_an_actor_if_it_holds_a_side_that_nobody_else_in_its_sentence_holds(
    text: str, found: list[tuple[str, str]]
) -> None:
    assert _found(text) == found


def test_a_side_is_that_of_the_pronoun_in_its_sentence() -> None:
    """The side is not given to the name in the sentence before that the pronoun refers to."""
    text = "Olaf Ruud has gone home. He maintains that the ward is safe."
    reading = read(text)
    (edge,) = reading.edges
    assert edge.source is not None and edge.side == "support"
    holder, claim = reading.actors[edge.source], reading.clauses[edge.target].found
    assert (text[holder.start : holder.end], text[claim.start : claim.end]) == (
        "He",
        "the ward is safe",
    )


@pytest.mark.parametrize(
    ("text", "found"),
    cases("rules_actors", "a_name_is_what_the_noun_beside_it_says"),
)
def test_a_name_is_what_the_noun_beside_it_says(text: str, found: list[tuple[str, str]]) -> None:
    read_all = [(quote, label) for quote, label in _found(text) if quote != "Members"]
    assert read_all == found


@pytest.mark.parametrize(("text", "absent"), cases("rules_actors", "what_is_no_actor_in_its_place"))
def test_what_is_no_actor_in_its_place(text: str, absent: str) -> None:
    assert absent not in {quote.split()[-1] for quote, _ in _found(text)}


@pytest.mark.parametrize(("text", "actor"), cases("rules_actors", "what_acts_is_an_actor"))
def test_what_acts_is_an_actor(text: str, actor: list[str]) -> None:
    assert tuple(actor) in _found(text)


@pytest.mark.parametrize(
    "name", ["Riders' Union", "Teachers’ Association", "Ball-Smith Foundation", "Hill  Foundation"]
)
def test_the_entity_of_a_name_is_spelled_as_the_text_spells_it(name: str) -> None:
    found = [one.entity for one in read(f"We met the {name}.").actors]
    assert found == [" ".join(name.split())]
