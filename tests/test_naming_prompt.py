"""The input line for names: offers by number, completion, lists, contraries."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import playing  # noqa: F401  # keys are over when the loop is idle
import pytest
from support import TEXT, cases, project, suggestions
from textual.app import App

from annotator.model import actions as do
from annotator.model.codebook import Codebook, CodebookEntry
from annotator.model.names import NameKind, contrary_of, names_in
from annotator.model.text import searchable
from annotator.project import KnownName, Project, SuggestionRun
from annotator.tui import item_names
from annotator.tui.item_names import NameField, entity_offers, set_to
from annotator.tui.screens.prompt import PromptScreen
from annotator.tui.session import Session
from annotator.tui.theme import choose
from annotator.workflows.names import offers
from annotator.workflows.names.closed import not_one
from annotator.workflows.names.offers import (
    KnownNames,
    Offer,
    OfferIndex,
    matching,
)

NAMES = (
    "Masoud Pezeshkian",
    "Vladimir Putin",
    "government of Valdria",
    "not: sanctions should be lifted",
)
OFFERS = [Offer(name) for name in NAMES]


@pytest.mark.parametrize(
    ("typed", "found"),
    cases("naming_prompt", "letters_find_by_beginnings_of_words_and_in_spite_of_slips"),
)
def test_letters_find_by_beginnings_of_words_and_in_spite_of_slips(typed: str, found: str) -> None:
    assert [offer.value for offer in matching(OFFERS, typed)] == [found]


def test_what_is_like_nothing_finds_nothing() -> None:
    assert not matching(OFFERS, "harbour dues")


def test_near_names_are_reported_and_the_same_name_is_not() -> None:
    assert KnownNames(NAMES).nearest("goverment of Valdria") == ("government of Valdria", 98)
    assert KnownNames(NAMES).nearest("government of Valdria") is None
    assert KnownNames(NAMES).nearest("gov") is None


def test_accents_neither_hide_a_name_nor_make_another() -> None:
    offers = [Offer("Zürich"), Offer("Évora"), Offer("Nottingham"), Offer("people’s party")]
    for typed, found in (
        ("zuri", "Zürich"),
        ("evo", "Évora"),
        ("not", "Nottingham"),
        ("people's", "people’s party"),
    ):
        assert [offer.value for offer in matching(offers, typed)] == [found]
    assert KnownNames(["Zürich"]).nearest("Zurich") == ("Zürich", 100)


def test_a_concept_is_turned_and_turned_back() -> None:
    assert contrary_of("sanctions help") == "not: sanctions help"
    assert contrary_of("not: sanctions help") == "sanctions help"
    assert contrary_of("") == "not: "


def test_what_only_begins_a_known_name_is_unfinished() -> None:
    assert KnownNames(NAMES).unfinished(["Mas"]) == ("Mas", "Masoud Pezeshkian")
    assert KnownNames(NAMES).unfinished(["mas"]) == ("mas", "Masoud Pezeshkian")
    assert KnownNames(NAMES).unfinished(["masoud pezeshkian"]) == (
        "masoud pezeshkian",
        "Masoud Pezeshkian",
    )
    assert KnownNames(NAMES).unfinished(["Masoud Pezeshkian", "EU"]) is None


class _Words:
    """Knows one sentence."""

    def rest(self, typed: str) -> str:
        line = "aid should be sent "
        begun = typed.split(" ")[-1]
        word = next(
            (w for w in line[len(typed) - len(begun) :].split(" ") if w.startswith(begun)), ""
        )
        return word[len(begun) :]


def answer(keys: Sequence[str], **options: object) -> str | None:
    """The answer of a prompt after these keys."""
    given: list[str | None] = []

    async def play() -> None:
        app: App[None] = App()
        async with app.run_test(size=(80, 24)) as pilot:
            prompt = PromptScreen(
                "name",
                choose("dark", colors=256, no_color=False),
                numbered=True,
                several=True,
                **options,
            )  # type: ignore[arg-type]
            app.push_screen(prompt, given.append)
            await pilot.pause()
            for key in keys:
                await pilot.press(key)
            await pilot.pause()

    asyncio.run(play())
    return given[0] if given else None


def test_a_digit_in_the_empty_field_takes_an_offer_and_one_after_letters_is_a_letter() -> None:
    assert answer(["2"], offers=OFFERS) == "Vladimir Putin"
    assert answer(["2"], offers=OFFERS, value="Iran", anew=True) == "Vladimir Putin"
    assert answer([*"G7", "enter"], offers=OFFERS) == "G7"
    assert (
        answer(["exclamation_mark", "1"], offers=OFFERS[3:], contraries=True)
        == "sanctions should be lifted"
    )


def test_lists_are_completed_item_by_item_and_nothing_half_typed_is_taken_at_once() -> None:
    keys = [*"Mas", "tab", "semicolon", "space", *"Vl", "tab", "enter"]
    assert answer(keys, offers=OFFERS, known=NAMES) == "Masoud Pezeshkian; Vladimir Putin"
    assert answer([*"Mas", "enter"], offers=OFFERS, known=NAMES) is None
    assert answer([*"Mas", "enter", "enter"], offers=OFFERS, known=NAMES) == "Mas"
    assert (
        answer([*"Mas", "tab", "semicolon", "space", *"Vl", "enter"], offers=OFFERS, known=NAMES)
        is None
    )


def test_a_list_of_names_completes_no_list_that_has_one_of_them() -> None:
    offers = [Offer("Masoud Pezeshkian; Vladimir Putin"), *OFFERS]
    keys = [*"Vl", "tab", "semicolon", "space", *"Mas", "tab", "enter"]
    assert answer(keys, offers=offers, known=NAMES) == "Vladimir Putin; Masoud Pezeshkian"
    assert (
        answer([*"Mas", "tab", "enter"], offers=offers, known=NAMES)
        == "Masoud Pezeshkian; Vladimir Putin"
    )


def test_the_next_word_is_taken_with_tab_or_right() -> None:
    words = _Words()
    assert (
        answer(["tab", "right", "tab", "enter"], completer=words, contraries=True) or ""
    ).strip() == "aid should be"
    assert (
        answer(["a", "right", "exclamation_mark", "enter"], completer=words, contraries=True) or ""
    ).strip() == ("not: aid")


def test_tab_takes_the_chosen_name_into_the_line_and_not_another_word() -> None:
    """`enter` takes `Ann Holt`; in grey no word stands that is not hers."""
    offers = [Offer("Ann Holt", preselected=True), *OFFERS]
    options = {"offers": offers, "completer": _Words(), "known": ["Ann Holt", *NAMES]}
    assert answer(["enter"], **options) == "Ann Holt"
    assert answer(["tab", "space", *"Orr", "enter"], **options) == "Ann Holt Orr"
    unsure = {**options, "offers": [Offer("Ann Holt"), *OFFERS]}
    assert (answer(["tab", "enter"], **unsure) or "").strip() == "aid"


@pytest.mark.parametrize(
    ("kind", "typed", "names"),
    cases("naming_prompt", "a_line_holds_names_once_and_no_mark_without_one"),
)
def test_a_line_holds_names_once_and_no_mark_without_one(
    kind: NameKind, typed: str, names: list[str]
) -> None:
    assert names_in(kind, typed) == names
    attribute = {"entity": "entity", "concept": "concept"}[kind]
    field = NameField(kind, attribute, "", "", kind == "concept", "")
    value = names if kind == "concept" else "; ".join(names)
    assert set_to(field, typed) == do.SetAttribute(attribute, value or None)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("a; b", "a semicolon separates concepts"),
        ("not:", "write a name"),
        ("", "write a name"),
        ("a", ""),
    ],
)
def test_a_concept_is_replaced_by_one_other(tmp_path: Path, typed: str, said: str) -> None:
    with project(tmp_path / "p", TEXT) as of:
        assert not_one(of, "concept", typed).startswith(said)
        assert bool(not_one(of, "concept", typed)) == bool(said)


def test_a_letter_makes_nothing_of_an_offer_again(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def counted(text: str) -> str:
        compared.append(text)
        return searchable(text)

    monkeypatch.setattr(offers, "searchable", counted)
    index = OfferIndex([Offer(f"Person Number{i}", "", (f"P{i}",)) for i in range(50)])
    assert len(index.matching("numb")) == 50 and index.matching("nubmer7")
    compared.clear()
    assert index.matching("number49")[0].value == "Person Number49"
    assert Offer("Person Number49", "", ("P49",)) in index.matching("nubmer49")
    assert compared == ["number49", "nubmer49"]


def test_among_very_many_names_no_more_are_found_than_anybody_reads() -> None:
    names = [f"Person Number{i}" for i in range(2000)]
    index = OfferIndex([Offer(name) for name in [*names, "Numa Person", "IPA", "Inner Pers Axis"]])
    found = [offer.value for offer in index.matching("person")]
    assert found == names[: offers.MOST]
    assert [offer.value for offer in index.matching("numa")] == ["Numa Person"]
    assert [offer.value for offer in index.matching("ipa")] == ["IPA", "Inner Pers Axis"]
    assert [offer.value for offer in index.matching("axis in")] == ["Inner Pers Axis"]
    assert index.matching("umber1999")[0].value == "Person Number1999"


def test_tab_takes_the_known_name_of_which_only_the_beginning_was_entered() -> None:
    known = ["marks the end of the war", "Masoud Pezeshkian"]
    for typed, taken in (
        ("marks the e", "marks the end of the war"),
        ("Ann; Mas", "Ann; Masoud Pezeshkian"),
        ("not: marks", "not: marks the end of the war"),
    ):
        keys = [{" ": "space", ";": "semicolon", ":": "colon"}.get(one, one) for one in typed]
        options = {"known": known, "completer": _Words(), "contraries": typed[0] in "mn"}
        assert answer([*keys, "enter", "tab", "enter"], **options) == taken
        assert answer([*keys, "enter", "enter"], **options) == typed


def test_of_very_many_names_only_those_that_are_read_become_offers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []

    def counted(name: str, *rest: object) -> Offer:
        made.append(name)
        return Offer(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(item_names, "Offer", counted)
    known = [KnownName(f"Person Number{i}", 1, {f"P{i}": 1}) for i in range(2000)]
    field = NameField("entity", "entity", "", "“p77”", False, "p77")
    found = entity_offers(field, known)
    index = OfferIndex(found)
    assert len(found) == 2000 and found[0].value == "Person Number77"
    assert index.matching("numb")[:2] == [found[0], found[1]]
    assert len(set(made)) == 2


def test_aliases_of_the_codebook_find_a_name_that_is_in_use() -> None:
    book = Codebook.of(
        [CodebookEntry("entity", "United Nations", aliases=("UN", "the world body"))]
    )
    field = NameField("entity", "entity", "", "“Oslo”", False, "Oslo")
    found = entity_offers(field, [KnownName("United Nations", 3, {"UN": 3})], codebook=book)
    assert matching(found, "world")[0].value == "United Nations"


def test_names_in_use_are_read_again_only_after_somebody_wrote(tmp_path: Path) -> None:
    def give(of: Project, name: str) -> None:
        session = Session(of, "ada", name)
        session.open("doc-0")
        session.do(do.FocusItem("sIran"))
        session.do(do.SetAttribute("entity", name))

    with project(tmp_path / "p", TEXT) as of:
        of.suggestions.put("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))
        give(of, "Iran")
        known = of.names.entities()
        assert [one.name for one in known] == ["Iran"]
        assert of.names.entities() is known
        with Project.open(tmp_path / "p") as other:
            give(other, "Persia")
        assert [one.name for one in of.names.entities()] == ["Persia"]
        give(of, "Iran of today")
        assert [one.name for one in of.names.entities()] == ["Iran of today"]
