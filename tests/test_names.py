"""Names proposed for actors: each kind of candidate, when a name is sure, and what a key
accepts."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import calls_of, cases, document, examples

from annotator.learners.names import forms
from annotator.learners.names.features import candidates
from annotator.learners.names.grammar import owns
from annotator.learners.names.known import KnownEntities
from annotator.learners.names.name_text import NameText
from annotator.learners.names.namer import DocumentNamer, shipped
from annotator.learners.names.query import NameQuery
from annotator.learners.names.reuse import (
    MOST,
    AskedClaim,
    UsedConcept,
    ranked_concepts,
    shortlist,
)
from annotator.learners.names.training import fit
from annotator.learners.names.training_choices import choices, learn
from annotator.learners.names.word_index import WordIndex
from annotator.model import actions as do
from annotator.model.annotation import AnnotationSet
from annotator.model.codebook import Codebook, CodebookEntry
from annotator.model.decision import Completion, Standing, Status, Suggestion
from annotator.model.named_spans import NamedSpans
from annotator.model.names import NEARLY, NearNames, ProposedName
from annotator.model.record import Record
from annotator.model.review import ReviewState, open_document, step
from annotator.model.span import Relation, Span, reading_order
from annotator.model.text import Document, searchable
from annotator.project import KnownName, Project
from annotator.resources import load_schema
from annotator.tui.session import Session
from annotator.tui.views.lint import NamesElsewhere, lint, next_finding
from annotator.workflows.names.concepts import concept_offers
from annotator.workflows.training.name_weights import LEAST, learn_names

SCHEMA = load_schema("actors-claims-stances")


def span(text: str, quote: str, label: str, entity: str | None = None, *, at: int = 0) -> Span:
    """A span on the quote, the first one from `at` on."""
    start = text.index(quote, at)
    return Span(f"s{start}", "actor", label, start, start + len(quote), entity, {"mention": "name"})


def offered(text: str, decided: Sequence[Span], asked: Span) -> dict[str, set[str]]:
    """The candidates of a span, each with its features."""
    words = NameText(document(text))
    return candidates(NameQuery(words.mention(asked), KnownEntities.of(words, decided)))


@pytest.mark.parametrize(
    ("text", "decided", "quote", "label", "name", "feature"),
    cases("names", "each_kind_of_candidate"),
)
def test_each_kind_of_candidate(
    text: str, decided: list[tuple[str, str, str]], quote: str, label: str, name: str, feature: str
) -> None:
    before = [span(text, words, kind, entity) for words, kind, entity in decided]
    wanted = quote.split()[0] if quote.split()[-1] in ("left",) else quote
    asked = span(text, wanted, label, at=text.index(quote))
    found = offered(text, before, asked)
    assert name in found
    assert feature in found[name]


@pytest.mark.parametrize(
    ("word", "label", "agreeing"),
    [
        ("She", "person", {"Ana Brell"}),
        ("He", "person", {"Tom Ruys"}),
        ("It", "state", {"Lorn"}),
        ("I", "person", {"Ana Brell", "Tom Ruys"}),
        ("Both", "person", {"Ana Brell; Tom Ruys"}),
    ],
)
def test_a_pronoun_names_only_what_it_agrees_with(
    word: str, label: str, agreeing: set[str]
) -> None:
    text = f"Ms Ana Brell met Mr Tom Ruys in Lorn. {word} agreed."
    before = [
        span(text, "Ana Brell", "person", "Ana Brell"),
        span(text, "Tom Ruys", "person", "Tom Ruys"),
        span(text, "Lorn", "state", "Lorn"),
    ]
    assert set(offered(text, before, span(text, word, label, at=text.index(". ")))) == agreeing


def first(text: str, decided: Sequence[Span], asked: Span) -> str:
    """The first name proposed for a span."""
    return DocumentNamer().ranked(document(text), NamedSpans(decided), asked)[0].entity


def test_what_a_group_does_is_no_part_of_the_name_of_another() -> None:
    text = "Shipowners who complain and ministers of Lorn met. The council stayed."
    decided = [
        span(text, "Shipowners", "collective", "shipowners who complain"),
        span(text, "ministers", "collective", "ministers of Lorn"),
    ]
    decided = [replace(one, attributes={"mention": "nominal"}) for one in decided]
    names = offered(text, decided, span(text, "council", "organization"))
    assert "council of Lorn" in names and "council who complain" not in names


def test_what_an_annotator_takes_into_a_span_before_a_noun_is_no_part_of_its_name() -> None:
    text = "Iran and Lorn met. Both nations spoke, and these two nations sang. Vladimir Putin and Mr Putin left its allies."
    iran, lorn = span(text, "Iran", "state", "Iran"), span(text, "Lorn", "state", "Lorn")
    both = span(text, "Both nations", "state", "Iran; Lorn")
    assert first(text, [iran, lorn], both) == "Iran; Lorn"
    assert first(text, [iran, lorn, both], span(text, "these two nations", "state")) == "Iran; Lorn"
    putin = span(text, "Vladimir Putin", "person", "Vladimir Putin")
    assert first(text, [putin], span(text, "Mr Putin", "person")) == "Vladimir Putin"
    assert "allies" in offered(text, [iran], span(text, "its allies", "collective"))


def test_a_plural_without_a_determiner_is_no_list_and_what_is_unique_has_no_owner() -> None:
    text = "Iran and Lorn met. Both nations turned to nations and the world in West Asia, not to the West."
    decided = [
        span(text, "Iran", "state", "Iran"),
        span(text, "Lorn", "state", "Lorn"),
        span(text, "Both nations", "state", "Iran; Lorn"),
    ]
    later = span(text, "nations", "state", at=text.index("to nations"))
    assert "Iran; Lorn" not in offered(text, decided, later)
    assert set(offered(text, decided, span(text, "world", "collective"))) == {"world"}
    west = span(text, "West", "bloc", at=text.index("the West"))
    assert first(text, decided, west) == "the West"


def test_an_article_is_a_names_own_only_where_no_noun_goes_on() -> None:
    text = "The allies fear the Iran deal and the Netherlands. Iran waits."
    iran = span(text, "Iran", "state", "Iran")
    names = offered(text, [iran], span(text, "allies", "collective"))
    assert "allies of Iran" in names
    assert "allies of the Iran" not in names
    assert NameText(document(text)).bears_article("Netherlands")


def test_days_and_months_own_nothing_but_may_be_part_of_a_name() -> None:
    text = "In March the council voted on Tuesday for the Sunday Times."
    names = offered(text, [], span(text, "council", "organization"))
    assert "council of the Sunday Times" in names
    assert not any(name.endswith((" March", " Tuesday")) for name in names)


def test_the_word_lists_are_those_of_the_tables() -> None:
    assert json.loads(forms.WORDS.read_text(encoding="utf-8")) == forms.word_lists()


@pytest.mark.parametrize(
    ("text", "quote", "kind"),
    cases("names", "the_kind_of_mention_follows_from_the_words"),
)
def test_the_kind_of_mention_follows_from_the_words(text: str, quote: str, kind: str) -> None:
    asked = span(text, quote, "person", at=text.rindex(quote))
    assert NameText(document(text)).mention(asked).kind == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Dietitians object.", "nominal"),
        ("Liberals object to Liberals.", "name"),
        ("Farmers object to the Farmers' Union.", "nominal"),
    ],
)
def test_one_word_for_a_group_at_the_start_of_a_sentence_is_a_common_noun(
    text: str, kind: str
) -> None:
    asked = span(text, text.split()[0], "collective")
    assert NameText(document(text)).mention(asked).kind == kind


@pytest.mark.parametrize(
    ("text", "names"),
    cases("names", "a_name_goes_on_over_marks_possessives_and_particles"),
)
def test_a_name_goes_on_over_marks_possessives_and_particles(
    text: str, names: Sequence[str] | str
) -> None:
    wanted = names.split("|") if isinstance(names, str) else names
    assert [name for name, _ in NameText(document(text)).name_places] == wanted


@pytest.mark.parametrize(
    ("known", "label", "said", "name"),
    cases("names", "a_name_is_the_longer_one_of_the_document"),
)
def test_a_name_is_the_longer_one_of_the_document(
    known: str, label: str, said: str, name: str
) -> None:
    quote = said[said.index("[") + 1 : said.index("]")]
    text = f"Then {known} left. {said.replace('[', '').replace(']', '')}"
    asked = span(text, quote, label, at=text.index(" left. "))
    assert first(text, [span(text, known, label, known)], asked) == name


@pytest.mark.parametrize(
    ("owner", "whose"),
    cases("names", "what_stands_before_a_possessive_owns_whole"),
)
def test_what_stands_before_a_possessive_owns_whole(owner: str, whose: str) -> None:
    text = f"Then {owner} board left."
    names = offered(text, [], span(text, "board", "organization"))
    assert {name for name, of in names.items() if "possessor_text" in of} == {f"board of {whose}"}


def test_nobody_owns_what_cannot_be_theirs() -> None:
    """A person has no council, and a name that is already in the words, or is such a body itself,
    adds nothing."""
    text = (
        "Helen Osei left St Bride's Hospital for the Lorn Council. The city council and NHS "
        "managers met the NHS, and the party shrugged."
    )
    osei = span(text, "Helen Osei", "person", "Helen Osei")
    body = span(text, "Lorn Council", "organization", "Lorn Council")
    council = offered(text, [osei, body], span(text, "city council", "organization"))
    assert not {"city council of Helen Osei", "city council of Hospital"} & council.keys()
    assert "city council of the Lorn Council" not in council
    assert "party of Helen Osei" in offered(text, [osei], span(text, "party", "organization"))
    managers = offered(text, [], span(text, "NHS managers", "collective"))
    assert "managers of the NHS" in managers
    assert not any(name.startswith("NHS managers of") and "NHS" in name[5:] for name in managers)


@pytest.mark.parametrize(
    ("quote", "label"),
    [
        ("Western powers", "bloc"),
        ("the cabinet", "organization"),
        ("Both governments", "organization"),
        ("the public", "collective"),
    ],
)
def test_a_noun_for_no_person_never_has_the_name_of_one(quote: str, label: str) -> None:
    """Neither of persons who are decided, nor of those whom the text has with a title."""
    text = (
        "Ana Brell met Tom Ruys. Helen Osei and Mr Keller, whom Mrs Osei knows, feared Western "
        "powers, the cabinet and the public. Both governments shrugged."
    )
    decided = [
        span(text, "Ana Brell", "person", "Ana Brell"),
        span(text, "Tom Ruys", "person", "Tom Ruys"),
    ]
    found = set(offered(text, decided, span(text, quote.removeprefix("the "), label)))
    persons = {"Ana Brell", "Tom Ruys", "Helen Osei", "Mr Keller", "Keller"}
    assert not found & {*persons, "Ana Brell; Tom Ruys"}
    envoy = span(text, "cabinet", "person")
    assert "Tom Ruys" in offered(text, decided, envoy)


def test_whoever_owns_a_group_has_the_full_name_and_fits_the_possessive() -> None:
    text = (
        "President Tom Keller spoke to Helen Osei. Mr Keller paid, and Mrs Osei sang. "
        "Mr Keller left. His friends left supporters. Its staff stayed."
    )
    keller = span(text, "Tom Keller", "person", "Tom Keller")
    friends = span(text, "friends", "collective")
    open_names = offered(text, [], span(text, "supporters", "collective"))
    assert "supporters of Tom Keller" in open_names
    assert not any("Mr" in name.split() or "Mrs" in name.split() for name in open_names)
    mrs_osei = span(text, "Osei", "person", "Helen Osei", at=text.index("Mrs"))
    mr_keller = span(text, "Keller", "person", "Tom Keller", at=text.index("Mr "))
    known = KnownEntities.of(NameText(document(text)), [keller, mr_keller, mrs_osei])
    his = NameQuery(known.text.mention(friends), known)
    assert owns(his, "Tom Keller")
    assert not owns(his, "Helen Osei")
    its = NameQuery(known.text.mention(span(text, "staff", "organization")), known)
    assert not owns(its, "Tom Keller")


@pytest.mark.parametrize(
    ("text", "quote", "label", "name"),
    [
        ("Shopkeepers at Lorn Market protest.", "Shopkeepers", "collective", "shopkeepers"),
        (
            "Few Western firms left. Western governments wait.",
            "Western governments",
            "bloc",
            "Western governments",
        ),
    ],
)
def test_the_first_word_of_a_sentence_keeps_the_capital_that_is_its_own(
    text: str, quote: str, label: str, name: str
) -> None:
    found = offered(text, [], span(text, quote, label))
    assert name in found
    assert not any(one.startswith(name.swapcase()[:1] + name[1:]) for one in found)


def test_a_role_is_that_of_a_name_up_to_a_verb() -> None:
    text = "In Oster, Ana Brell met the mayor. The chairman, Ivo Lund, resigned."
    assert NameText(document(text)).roles == {"chairman": {"Ivo Lund": 1}}


def test_two_of_one_surname_are_told_apart_by_their_titles() -> None:
    text = "Mr Tom Keller and Mrs Anna Keller met. Mrs Keller left."
    known = [span(text, f"{who} Keller", "person", f"{who} Keller") for who in ("Tom", "Anna")]
    asked = span(text, "Keller", "person", at=text.rindex("Mrs"))
    assert "Tom Keller" not in offered(text, known, asked)
    assert first(text, known, asked) == "Anna Keller"


class _Registry:
    """Names of other documents, and of a codebook."""

    def __init__(
        self,
        named: Mapping[str, Mapping[str, int]],
        listed: Mapping[str, Sequence[str]],
        book: Codebook | None = None,
    ) -> None:
        self._named, self._listed, self._book = named, listed, book or Codebook()

    def named(self, form: str) -> Mapping[str, int]:
        return self._named.get(form, {})

    def listed(self, form: str) -> Sequence[str]:
        return self._listed.get(form, ())

    def headed(self, *nouns: str) -> Sequence[CodebookEntry]:
        return self._book.headed("entity", *nouns)


def test_what_a_common_noun_named_elsewhere_is_offered_and_never_first() -> None:
    text = "The parliament of Torvia met."
    asked = span(text, "parliament", "organization")
    namer = DocumentNamer(_Registry({"parliament": {"parliament of Lorn": 9}}, {}))
    names = [one.entity for one in namer.ranked(document(text), NamedSpans(), asked)]
    assert names[0] != "parliament of Lorn"
    assert "parliament of Lorn" in names


@pytest.mark.parametrize("quote", ["harbour, the", "the", "harbour and", "harbour, the old"])
def test_words_that_are_no_phrase_are_not_described(quote: str) -> None:
    text = "In Torvia the crew met at the harbour, the old one. The harbour and crew. Ana left."
    before = NamedSpans([span(text, "Torvia", "state", "Torvia")])
    asked = span(text, quote, "organization", at=text.index(quote))
    assert DocumentNamer().ranked(document(text), before, asked) == []
    whole = span(text, "crew", "organization")
    assert DocumentNamer().ranked(document(text), before, whole)


def test_the_codebook_says_what_an_alias_names() -> None:
    text = "Then Brell left."
    namer = DocumentNamer(_Registry({}, {"Brell": ["Ana Brell"]}))
    first = namer.ranked(document(text), NamedSpans(), span(text, "Brell", "person"))[0]
    assert (first.entity, first.mention) == ("Ana Brell", "name")


def test_a_call_costs_what_is_new_and_gives_the_same() -> None:
    text = "Ana Brell met Torvia. Brell left Torvia. She was glad, and Torvia was not."
    spans = [
        span(text, "Ana Brell", "person", "Ana Brell"),
        span(text, "Torvia", "state", "Torvia"),
        span(text, "Brell", "person", "Ana Brell", at=12),
    ]
    asked, doc, kept = span(text, "She", "person"), document(text), DocumentNamer()
    decided = NamedSpans()
    for one in (None, *spans):
        decided.add(one or asked)
        assert kept.ranked(doc, decided, asked) == DocumentNamer().ranked(doc, decided, asked)
    fewer = NamedSpans(spans[:1])
    assert kept.ranked(doc, fewer, asked) == DocumentNamer().ranked(doc, fewer, asked)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_known_follows_decisions_in_any_order(seed: int) -> None:
    """Names are decided, changed and taken back at any place, and names are requested for any
    place, named or not."""
    dice = random.Random(seed)
    text = "Ana Brell met Lorn. The crew met Torvia. Brell left; she met the crew. " * 6
    names = {"Ana Brell": "person", "Brell": "person", "crew": "collective", "she": "person"}
    spans = [
        Span(f"s{at}", "actor", label, at, at + len(words))
        for words, label in (names | {"Lorn": "state", "Torvia": "state"}).items()
        for at in (found.start() for found in re.finditer(words, text))
    ]
    doc, kept, decided = document(text), DocumentNamer(), NamedSpans()
    for one in sorted(spans, key=reading_order if seed % 2 else lambda _: dice.random()):
        decided.add(replace(one, entity=dice.choice(("Ana Brell", "Lorn", "crews of Lorn", None))))
        if dice.random() < 0.1:
            decided.remove(dice.choice(spans))
        asked = one if dice.random() < 0.2 else dice.choice(spans)
        for span in (one, asked):
            found = kept.ranked(doc, decided, span)
            assert found == DocumentNamer().ranked(doc, NamedSpans(decided), span)


@pytest.mark.parametrize(
    "words", [("Brell",), ("{} Orr",), ("they",), ("{} Orr", "a crew", "they")]
)
def test_accepting_all_costs_in_proportion(
    words: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in calls, so that no other program matters. `{}` is another name each time."""
    monkeypatch.setattr("annotator.learners.names.known.RECENT", 10)

    def calls(number: int) -> int:
        text, found = "", []
        for i in range(number):
            other = "".join("aeiou"[i // 5**k % 5] + "bdfgk"[i // 5**k % 5] for k in range(5))
            name, text = words[i % len(words)].format(other.title()), text + "Then "
            span = Span(f"a{i}", "actor", "person", len(text), len(text) + len(name))
            found.append(Suggestion(replace(span, origin="suggestion"), 0, "rules", "1", 0.8))
            text += name + " left. "
        state = open_document(
            document(text), SCHEMA, session="t", suggestions=found, namer=DocumentNamer()
        )
        groups: list[Sequence[object]] = []
        count = calls_of(lambda: groups.append(step(state, do.AcceptAll())[1]))
        assert len(groups[0]) == number
        return count

    assert calls(400) < 5 * calls(100)


# --- what keys take


class _Fixed:
    """Proposes names by the words alone."""

    def __init__(self, names: Mapping[str, tuple[str, float]]) -> None:
        self._names = names

    def ranked(self, document: Document, decided: NamedSpans, span: Span) -> Sequence[ProposedName]:
        seen = "; ".join(sorted(str(one.entity) for one in decided if one.entity))
        name, chance = self._names[document.quote(span.start, span.end)]
        return [ProposedName(name.replace("SEEN", seen), "nominal", chance)]


TEXT = "Brell met the crew in the harbour."


def opened(names: Mapping[str, tuple[str, float]], *, suggested: bool = True) -> ReviewState:
    spans = [
        Span("a", "actor", "person", 0, 5, "Brell", {"mention": "name"}, "suggestion"),
        Span("b", "actor", "collective", 14, 18, None, {"mention": "name"}, "suggestion"),
    ]
    given = (
        [Suggestion(one, 0, "rules", "1", 0.9, i, "", "") for i, one in enumerate(spans)]
        if suggested
        else []
    )
    return open_document(
        document(TEXT), SCHEMA, session="t", suggestions=given, namer=_Fixed(names)
    )


def names_in(state: ReviewState) -> dict[str, str | None]:
    every = state.annotations.spans()
    return {one.id: one.entity for one in every if one.layer == "actor"}


def test_the_page_key_takes_sure_names_alone_and_each_sees_the_decision_before() -> None:
    state, group = step(
        opened({"Brell": ("Ana Brell", 0.9), "crew": ("crew of SEEN", 0.8)}), do.AcceptAll()
    )
    assert names_in(state) == {"a": "Ana Brell", "b": "crew of Ana Brell"}
    assert len({decision.group for decision in group}) == 1
    state, _ = step(state, do.Undo())
    assert names_in(state) == {}
    state, _ = step(opened({"Brell": ("Ana Brell", 0.9), "crew": ("crew", 0.79)}), do.AcceptAll())
    assert names_in(state) == {"a": "Ana Brell", "b": None}
    spans = {one.id: one for one in state.annotations.spans()}
    assert spans["b"].attributes["mention"] == "nominal"


def test_accepting_one_takes_the_name_that_was_asked_and_the_same_key_takes_one_left_open() -> None:
    state, _ = step(opened({"Brell": ("Ana Brell", 0.3), "crew": ("crew", 0.3)}), do.Accept())
    assert names_in(state) == {"a": "Ana Brell"}
    state, _ = step(opened({"Brell": ("Ana Brell", 0.3), "crew": ("crew", 0.3)}), do.AcceptAll())
    assert names_in(state) == {"a": None, "b": None}
    state, _ = step(state, do.FocusItem("b"))
    state, _ = step(state, do.Accept())
    assert names_in(state) == {"a": None, "b": "crew"}


def test_an_actor_made_by_hand_has_kind_and_sure_name() -> None:
    names = {"Brell": ("Ana Brell", 0.9), "crew": ("crew", 0.5)}
    for quote, label, entity in (("Brell", "person", "Ana Brell"), ("crew", "collective", None)):
        state = opened(names, suggested=False)
        at = TEXT.index(quote)
        state, _ = step(state, do.SelectRange(at, at + len(quote)))
        state, _ = step(state, do.SetLabel("actor", label))
        (made,) = state.annotations.spans()
        assert (made.entity, made.attributes["mention"]) == (entity, "nominal")


def test_a_move_of_the_focus_works_nothing_out_twice() -> None:
    state = opened({"Brell": ("Ana Brell", 0.9), "crew": ("crew", 0.5)})
    assert state.focused is not None
    first = state.proposed_name(state.focused)
    moved, _ = step(state, do.MoveFocus(1))
    assert moved.named is state.named
    assert first is not None
    decided, _ = step(state, do.Accept())
    assert decided.named is not state.named


# --- what is told of names


def told(
    *spans: Span, relations: Sequence[Relation] = (), opposites: Mapping[str, str] | None = None
) -> list[str]:
    """The findings of lint for a document with these annotations."""
    standings = {one.id: Standing(Status.ACCEPTED, one) for one in (*spans, *relations)}
    state = open_document(
        document(TEXT), SCHEMA, session="t", annotations=AnnotationSet({0: standings})
    )
    return [words for words, _ in lint(state, NamesElsewhere({}, opposites or {}))]


def test_lint_tells_of_items_without_names_and_of_names_that_are_nearly_another() -> None:
    bare = Span("a", "actor", "person", 0, 5)
    claim = Span("c", "claim", "fact", 6, 33)
    assert {"an actor without an entity", "a claim without a concept"} <= set(told(bare, claim))
    one = Span("a", "actor", "person", 0, 5, "Ana Brell")
    assert any(
        "nearly the same as Ana Brel" in words
        for words in told(one, Span("b", "actor", "person", 14, 18, "Ana Brel"))
    )
    accents = Span("b", "actor", "person", 14, 18, "Ána Brell")
    assert any("nearly the same as Ána Brell" in words for words in told(one, accents))
    assert not any(
        "nearly" in words for words in told(one, Span("b", "actor", "person", 14, 18, "Bo Lind"))
    )


@pytest.mark.parametrize(
    ("focus", "shown", "then"),
    [
        (None, None, 0),
        ("a", 0, 1),
        ("a", 1, 2),  # The second of two about one item leads on to the next item.
        ("b", 2, 0),
        ("b", 0, 2),
        ("c", 0, 0),
        ("named", 0, 2),  # the focus moves on, not back to the beginning
    ],
)
def test_every_finding_is_reached(focus: str | None, shown: int | None, then: int) -> None:
    found = [("one", "a"), ("two", "a"), ("three", "b")]
    last = None if shown is None else found[shown]
    assert next_finding(found, focus, last, ["a", "named", "b", "c"]) == found[then]


def test_lint_tells_of_a_name_that_occurs_once_and_is_nearly_one_of_another_document(
    tmp_path: Path,
) -> None:
    def coded(id: str, *names: str) -> Record:
        spans = (
            Span(f"{id}{i}", "actor", "person", 5 * i, 5 * i + 4, name, {"mention": "name"})
            for i, name in enumerate(names)
        )
        return Record(document(TEXT, id=id), "ada", Completion.DONE, tuple(spans))

    with Project.create(tmp_path / "p") as of:
        of.log.add_records(
            [
                coded("one", "Ilse Marchetti", "Bo Lind", "Central Bank"),
                coded("two", "Ilse Marcheti", "Bo Lindt", "Central Banc", "Bo Lind"),
            ]
        )
        bank = CodebookEntry("entity", "Central Banc")
        of.names.write_codebook([("entity", bank.name, bank)], who="lea", token="t")
        session = Session(of, "ada", "s")
        session.open("two")
        told = [words for words, _ in lint(session.review, session.elsewhere())]
        assert [words for words in told if "nearly" in words] == [
            "Ilse Marcheti occurs once and is nearly the same as Ilse Marchetti",
            "Bo Lindt occurs once and is nearly the same as Bo Lind",
        ]
        # Once it is corrected, lint has nothing left to report about it.
        session.do(do.FocusItem("two0"))
        session.do(do.SetAttribute("entity", "Ilse Marchetti"))
        told = [words for words, _ in lint(session.review, session.elsewhere())]
        assert not any("Marche" in words for words in told)


_LETTERS = st.text("abcdeéE ", min_size=1, max_size=12)


@settings(max_examples=examples(200))
@given(_LETTERS, st.lists(_LETTERS, max_size=8))
def test_near_names_are_those_that_a_comparison_with_each_finds(
    name: str, others: list[str]
) -> None:
    def is_near(other: str) -> bool:
        one, two = searchable(other), searchable(name)
        near = other != name and one[:1] == two[:1] and abs(len(one) - len(two)) <= 3
        return near and SequenceMatcher(None, one, two).ratio() >= NEARLY

    assert NearNames(others).near(name) == next(filter(is_near, others), "")


def test_lint_tells_of_a_holder_of_a_concept_and_its_contrary() -> None:
    holder = Span("a", "actor", "person", 0, 5, "Ana Brell")
    claims = [
        Span("c", "claim", "fact", 6, 18, attributes={"concept": ["crews are paid"]}),
        Span("d", "claim", "fact", 19, 33, attributes={"concept": ["not: crews are paid"]}),
    ]
    for side, said in (("support", True), ("oppose", False)):
        sides = [
            Relation("r", "stance", "support", "a", "c"),
            Relation("s", "stance", side, "a", "d"),
        ]
        found = told(holder, *claims, relations=sides)
        assert any("for and against “crews are paid”" in words for words in found) is said


def test_lint_knows_the_opposites_of_the_codebook_and_each_name_of_a_holder() -> None:
    book = Codebook.of([CodebookEntry("concept", "crews are unpaid", opposite="crews are paid")])
    holder = Span("a", "actor", "person", 0, 5, "Ana Brell")
    both = Span("b", "actor", "person", 14, 18, "Bo Lind; Ana Brell")
    claims = [
        Span("c", "claim", "fact", 6, 18, attributes={"concept": ["crews are unpaid"]}),
        Span("d", "claim", "fact", 19, 33, attributes={"concept": ["crews are paid"]}),
    ]
    for side, said in (("support", True), ("oppose", False)):
        sides = [
            Relation("r", "stance", "support", "a", "c"),
            Relation("s", "stance", side, "b", "d"),
        ]
        found = told(holder, both, *claims, relations=sides, opposites=book.opposites)
        assert any("Ana Brell is for and against" in words for words in found) is said
        assert not any("Bo Lind is for and against" in words for words in found)


def test_what_is_learnt_from_a_project_goes_over_what_is_shipped() -> None:
    text = "The crew spoke. The crew left."
    spans = [
        span(text, "crew", "collective", "crew of Lorn"),
        span(text, "crew", "collective", "Lorn", at=8),
    ]
    before = shipped()
    found = learn(choices([(document(text), spans)] * 40), base=before)
    assert found["name"] == dict(before["name"])
    assert found["nominal"] != dict(before["nominal"])
    assert fit([], base={"bias": 1.5}) == {"bias": 1.5}


def test_a_project_keeps_weights_of_its_own_once_it_has_names_enough(tmp_path: Path) -> None:
    from support import project

    texts = [f"The crew of Lorn spoke {number} times." for number in range(LEAST)]
    with project(tmp_path / "p", *texts) as of:
        records = [
            Record(
                of.documents.load(id),
                "ada",
                Completion.DONE,
                (
                    Span(
                        f"s{id}",
                        "actor",
                        "collective",
                        4,
                        8,
                        "crews of Lorn",
                        {"mention": "nominal"},
                    ),
                ),
            )
            for id in of.documents.ids()
        ]
        assert learn_names(of, records[:-1]) == LEAST - 1
        assert of.names.weights() == {}
        assert learn_names(of, records) == LEAST
        own = of.names.weights()
        asked = (records[0].document, NamedSpans(), records[0].spans[0])
        first, before = (
            DocumentNamer(weights=own).ranked(*asked)[0],
            DocumentNamer().ranked(*asked)[0],
        )
        assert first.entity == "crews of Lorn"
        assert first.chance > before.chance or before.entity != first.entity


# --- concepts that are given again


def used(*names: str) -> list[UsedConcept]:
    return [UsedConcept(name, 1, (f"somebody said that {name}",)) for name in names]


def test_a_concept_is_offered_by_its_words_its_claims_and_its_place() -> None:
    concepts = [
        *used("tolls should fall", "the quay is safe"),
        UsedConcept("dues", 1, ("ships pay more",)),
    ]
    weights = shipped()["concept"]

    def first(asked: AskedClaim) -> str:
        return ranked_concepts(asked, concepts, weights)[0][0]

    assert first(AskedClaim("the falling toll")) == "tolls should fall"
    assert first(AskedClaim("every ship pays more than before")) == "dues"
    assert first(AskedClaim("nothing is like it", here=["the quay is safe"])) == "the quay is safe"


def test_of_very_many_concepts_those_that_may_be_meant_are_ranked() -> None:
    many = [UsedConcept(f"matter {i} of port {i % 7}", i % 3) for i in range(5000)]
    asked = AskedClaim("tolls ought to fall", here=["matter 4999 of port 1"])
    few = shortlist(asked, [*many, *used("tolls should fall")])
    assert len(few) == MOST
    assert {"tolls should fall", "matter 4999 of port 1"} <= {one.name for one in few}
    found = ranked_concepts(asked, [*many, *used("tolls should fall")], shipped()["concept"])
    assert found[0][0] == "tolls should fall"
    assert len(found) == 5001


def test_a_concept_is_offered_as_it_is_used_more_and_its_other_form_last(tmp_path: Path) -> None:
    from support import project

    known = [
        KnownName("tolls should fall", 1, {"a": 1}),
        KnownName("not: tolls should fall", 2, {"a": 2}),
    ]
    with project(tmp_path / "p", "Tolls should fall.") as of:
        found = concept_offers(of, AskedClaim("tolls"), [*known, KnownName("dues", 1)], Codebook())
    assert [one.value for one in found] == ["not: tolls should fall", "dues", "tolls should fall"]


def test_names_are_found_by_their_words_as_by_reading_all() -> None:
    draw = random.Random(3)
    words = ["Ann", "Holt", "Port", "of", "Authority", "city"]
    every = [" ".join(draw.choices(words, k=draw.randrange(1, 5))) for _ in range(200)]
    index = WordIndex(every)
    names = list(dict.fromkeys(every))
    for asked in names:
        parts = asked.split()
        assert index.holding(parts) == [n for n in names if set(parts) <= set(n.split())]
    assert index.abbreviated("AH")[0] == next(
        n for n in names if "".join(w[0] for w in n.split() if w[0].isupper()) == "AH"
    )
    assert index.abbreviated("A") == []
    assert index.in_order([names[5], names[2], names[5]]) == [names[2], names[5]]
