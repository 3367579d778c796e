"""Names of mentions that refer to several entities, or to somebody whom the text names nowhere
else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from support import cases, document

from annotator.learners.names.features import candidates
from annotator.learners.names.grammar import are_named
from annotator.learners.names.known import KnownEntities
from annotator.learners.names.name_text import NameText
from annotator.learners.names.namer import DocumentNamer
from annotator.learners.names.query import NameQuery
from annotator.model.codebook import Codebook, CodebookEntry
from annotator.model.named_spans import NamedSpans
from annotator.model.names import ProposedName
from annotator.model.span import Span

LABELS = {
    "Ana Brell": "person",
    "Tom Ruys": "person",
    "Sef Orm": "person",
    "Lorn": "state",
    "Torvia": "state",
    "Cyprus": "state",
    "Bird Society": "organization",
    "Harbour Board": "organization",
    "farmers": "collective",
}


def span(text: str, quote: str, label: str, entity: str | None = None, *, at: int = 0) -> Span:
    start = text.index(quote, at)
    mention = "name" if quote[0].isupper() else "nominal"
    return Span(
        f"s{start}", "actor", label, start, start + len(quote), entity, {"mention": mention}
    )


def decided(text: str) -> list[Span]:
    """The first mention of each of `LABELS`, named by its own words."""
    return [span(text, one, label, one) for one, label in LABELS.items() if one in text]


def ranked(said: str, asked: str, label: str, *, rest: str = "agreed.") -> Sequence[ProposedName]:
    """The names proposed for a mention that begins the last sentence."""
    text = f"{said} {asked} {rest}"
    there = span(text, asked, label, at=len(said))
    return DocumentNamer().ranked(document(text), NamedSpans(decided(said)), there)


@pytest.mark.parametrize("between", ["", " It rained."])
@pytest.mark.parametrize(
    ("said", "asked", "label", "name"),
    cases("names_of_several", "words_for_several_name_all_of_them_and_never_one"),
)
def test_words_for_several_name_all_of_them_and_never_one(
    said: str, asked: str, label: str, name: str, between: str
) -> None:
    names = [one.entity for one in ranked(said + between, asked, label)]
    assert names[0] == name
    assert all(";" in one for one in names)


@pytest.mark.parametrize(
    ("asked", "label"),
    cases("names_of_several", "of_one_that_is_known_no_pair_is_made_and_no_name_proposed"),
)
def test_of_one_that_is_known_no_pair_is_made_and_no_name_proposed(asked: str, label: str) -> None:
    assert ranked("Lorn waited.", asked, label) == []


@pytest.mark.parametrize(
    ("text", "quote", "named"),
    cases("names_of_several", "which_words_are_of_those_whom_the_text_has_named"),
)
def test_which_words_are_of_those_whom_the_text_has_named(
    text: str, quote: str, named: bool
) -> None:
    words = NameText(document(text))
    assert are_named(words, words.mention(span(text, quote, "organization"))) is named


@pytest.mark.parametrize(
    ("said", "asked", "label", "name"),
    cases("names_of_several", "a_pronoun_means_what_is_joined_plural_or_one_as_it_says"),
)
def test_a_pronoun_means_what_is_joined_plural_or_one_as_it_says(
    said: str, asked: str, label: str, name: str
) -> None:
    assert ranked(said, asked, label)[0].entity == name


@pytest.mark.parametrize(
    ("said", "asked", "rest", "name"),
    cases("names_of_several", "a_pronoun_of_a_group_is_named_by_what_follows"),
)
def test_a_pronoun_of_a_group_is_named_by_what_follows(
    said: str, asked: str, rest: str, name: str
) -> None:
    assert ranked(said, asked, "collective", rest=rest)[0].entity == name


@pytest.mark.parametrize(
    ("text", "pronoun", "label", "name"),
    [
        ("When she took office, Ana Brell promised tolls.", "she", "person", "Ana Brell"),
        (
            "Since it opened in May, the Harbour Board has lost ships.",
            "it",
            "organization",
            "Harbour Board",
        ),
        ("Although he was asked, Mr Tom Ruys said nothing.", "he", "person", "Tom Ruys"),
        ("When she took office, it rained, and Ana Brell promised tolls.", "she", "person", None),
        ("It rained when she met Ana Brell.", "she", "person", None),
    ],
)
def test_the_name_after_the_first_clause_is_the_pronouns(
    text: str, pronoun: str, label: str, name: str | None
) -> None:
    there = span(text, f"{pronoun} ", label)
    found = DocumentNamer().ranked(document(text), NamedSpans([]), there)
    assert [one.entity for one in found][:1] == ([name] if name else [])


def test_a_pronoun_means_whom_the_sentence_before_named_rather_than_the_name_that_follows() -> None:
    text = "Tom Ruys spoke. When he resigned, Sef Orm took over."
    there = span(text, "he ", "person", at=16)
    found = DocumentNamer().ranked(document(text), NamedSpans(decided("Tom Ruys spoke.")), there)
    assert [one.entity for one in found] == ["Tom Ruys", "Sef Orm"]


def test_of_somebody_whom_nothing_names_no_name_is_sure() -> None:
    found = ranked("The farmers spoke. Lorn left.", "Some", "collective", rest="will fear for it.")
    assert found and not any(one.sure for one in found)


def test_a_person_is_not_a_pair_of_states() -> None:
    text = "Lorn and Torvia met. Both leaders agreed."
    words = NameText(document(text))
    ask = NameQuery(
        words.mention(span(text, "leaders", "person")), KnownEntities.of(words, decided(text))
    )
    assert set(candidates(ask)) == {"leader of Lorn; leader of Torvia"}


class _Book:
    """A registry with only a codebook."""

    def __init__(self, *entries: CodebookEntry) -> None:
        self._book = Codebook.of(entries)

    def named(self, form: str) -> dict[str, int]:
        return {}

    def listed(self, form: str) -> Sequence[str]:
        return self._book.named("entity", form)

    def headed(self, *nouns: str) -> Sequence[CodebookEntry]:
        return self._book.headed("entity", *nouns)


@pytest.mark.parametrize(
    ("quote", "label", "name"),
    [
        ("government", "organization", "government of Lorn"),
        ("leader", "person", "Ana Brell"),
        ("Parliament", "organization", "Parliament of Lorn"),
    ],
)
def test_a_noun_is_what_the_codebook_has_of_it(quote: str, label: str, name: str) -> None:
    book = _Book(
        CodebookEntry("entity", "government of Lorn", "organization"),
        CodebookEntry("entity", "Parliament of Lorn", "organization"),
        CodebookEntry("entity", "Ana Brell", "person", ("leader of the Bird Society",)),
        CodebookEntry("entity", "government leader of Lorn", "organization"),
    )
    text = f"It rained in Lorn. In the Bird Society, Ana Brell waited. The {quote} left."
    asked = span(text, quote, label, at=text.index(f"The {quote}"))
    assert DocumentNamer(book).ranked(document(text), NamedSpans(), asked)[0].entity == name
