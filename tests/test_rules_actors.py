"""The rules for actors: known names, and capitals at the start of a sentence."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from support import read

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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Golkar and Shiv Sena were founded in 1964.",
            [("Golkar", "organization"), ("Shiv Sena", "organization")],
        ),
        ("Nobody asked the Alawites.", [("Alawites", "collective")]),
        ("They met in Thuringia.", []),
        ("Polarisation hurt them.", []),
        ("Sanctions said nothing of it.", []),
        ("The Milli Nizam Partisi dissolved.", [("Milli Nizam Partisi", "organization")]),
    ],
)
def test_names(text: str, found: list[tuple[str, str]]) -> None:
    assert _found(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "It joined the Alberta Progressive Conservative Party.",
            ["Alberta Progressive Conservative Party"],
        ),
        ("The Democratic Party of the Left lost.", ["Democratic Party of the Left"]),
        ("The House of Commons of Canada met.", ["House of Commons of Canada"]),
        ("The Labour Party of Keir Starmer lost.", ["Labour Party", "Keir Starmer"]),
        ("The Ministry of Health and Social Care met.", ["Ministry of Health and Social Care"]),
        (
            "You blame the Reform Party of Canada and Canadian Alliance.",
            ["Reform Party of Canada", "Canadian Alliance"],
        ),
        (
            "He won the 2008 United States presidential election and the 1992 United States Senate election.",
            [],
        ),
        ("The Iraq War cost him votes.", []),
        ("US influence is waning.", ["US"]),
        ("They met in Moscow, and Moscow has denied it.", ["Moscow"]),
        ("Few know the West Indies or West Asia.", []),
    ],
)
def test_a_name_goes_as_far_as_it_goes(text: str, found: list[str]) -> None:
    assert [name for name, _ in _found(text) if name[0].isupper()] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He maintains that the bronzes belong to all mankind.", [("He", "person")]),
        ("In that letter she also concedes that the text is vague.", [("she", "person")]),
        ("It wants the coin on every telephone.", [("It", "organization")]),
        ("Some of them worry that a quarrel would cost money.", [("Some", "collective")]),
        ("The bronzes, they remind us, were cast from that metal.", [("they", "collective")]),
        ("Olaf Ruud, he says, will keep the ward.", [("Olaf Ruud", "person"), ("he", "person")]),
        ("Olaf Ruud resigned, and he regrets that the ward closed.", [("Olaf Ruud", "person")]),
        ("What he does not say is that the ward closed.", []),
        ("If she believes that, the ward will close.", []),
        ("He was told that the ward would close.", []),
        ("They should ask for better terms.", []),
        ("It stands where it stands.", []),
    ],
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
    [
        ("The regulator, Ofgrub, wants higher fines.", [("Ofgrub", "organization")]),
        ("Members of their union, Unisong, struck.", [("Unisong", "organization")]),
        ("The pressure group Clean Game objected.", [("Clean Game", "organization")]),
        ("The envoy, Halgrave, left.", [("Halgrave", "person")]),
        ("Corrie Rail objects.", [("Corrie Rail", "organization")]),
        ("Halden Shipping objects.", [("Halden Shipping", "organization")]),
        ("The Growers' League objects.", [("Growers' League", "organization")]),
        ("The Women's League objects.", [("Women's League", "organization")]),
    ],
)
def test_a_name_is_what_the_noun_beside_it_says(text: str, found: list[tuple[str, str]]) -> None:
    read_all = [(quote, label) for quote, label in _found(text) if quote != "Members"]
    assert read_all == found


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("The labour market has cooled.", "market"),
        ("Job markets are tight.", "markets"),
        ("The police station burned down.", "police"),
        ("The army base was shut.", "army"),
        ("The streets of Paris were full.", "Paris"),
        ("Ankara is a city of the plain.", "Ankara"),
        ("The envoys met in Vienna.", "Vienna"),
        ("The train from Vienna was late.", "Vienna"),
        ("She flew to Vienna.", "Vienna"),
        ("Madrid was hot when they arrived.", "Madrid"),
        ("Dutch cheese and the Dutch government were praised.", "Dutch"),
        ("He speaks Japanese.", "Japanese"),
    ],
)
def test_what_is_no_actor_in_its_place(text: str, absent: str) -> None:
    assert absent not in {quote.split()[-1] for quote, _ in _found(text)}


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("Moscow denied the charge.", ("Moscow", "state")),
        ("The police stationed men there.", ("police", "organization")),
        ("Both armies left.", ("armies", "organization")),
        ("Madrid has refused.", ("Madrid", "state")),
        ("The Dutch voted against it.", ("Dutch", "collective")),
        ("Nobody asked the Chinese.", ("Chinese", "collective")),
        ("The French want a new deal.", ("French", "collective")),
        ("The Irish and the Swiss have agreed.", ("Swiss", "collective")),
    ],
)
def test_what_acts_is_an_actor(text: str, actor: tuple[str, str]) -> None:
    assert actor in _found(text)


@pytest.mark.parametrize(
    "name", ["Riders' Union", "Teachers’ Association", "Ball-Smith Foundation", "Hill  Foundation"]
)
def test_the_entity_of_a_name_is_spelled_as_the_text_spells_it(name: str) -> None:
    found = [one.entity for one in read(f"We met the {name}.").actors]
    assert found == [" ".join(name.split())]
