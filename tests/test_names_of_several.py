"""Names of mentions that refer to several entities, or to somebody whom the text names nowhere
else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from support import document

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
    "Ana Brell": "person", "Tom Ruys": "person", "Sef Orm": "person", "Lorn": "state", "Torvia": "state",
    "Cyprus": "state", "Bird Society": "organization", "Harbour Board": "organization", "farmers": "collective",
}  # fmt: skip


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
    [
        ("Ana Brell met Tom Ruys.", "Both leaders", "person", "Ana Brell; Tom Ruys"),
        ("Ana Brell met Tom Ruys.", "the two leaders", "person", "Ana Brell; Tom Ruys"),
        ("Ana Brell met Tom Ruys.", "the two", "person", "Ana Brell; Tom Ruys"),
        ("Ana Brell met Tom Ruys.", "Neither", "person", "Ana Brell; Tom Ruys"),
        ("Ana Brell met Tom Ruys.", "The pair", "person", "Ana Brell; Tom Ruys"),
        ("Lorn faced Cyprus.", "the two sides", "state", "Cyprus; Lorn"),
        ("Lorn faced Cyprus.", "Neither side", "state", "Cyprus; Lorn"),
        ("Lorn faced Cyprus.", "Each side", "state", "Cyprus; Lorn"),
        ("Lorn faced Cyprus.", "Either party", "state", "Cyprus; Lorn"),
        ("Lorn faced Cyprus.", "Both governments", "state", "Cyprus; Lorn"),
        ("Lorn faced Cyprus.", "Lorn and Cyprus", "state", "Cyprus; Lorn"),
        ("Lorn faced Cyprus.", "Both governments", "organization", "government of Cyprus; government of Lorn"),
        ("Lorn faced Cyprus.", "Neither army", "organization", "army of Cyprus; army of Lorn"),
        ("The Bird Society faced the Harbour Board.", "Both sides", "organization", "Bird Society; Harbour Board"),
        ("Ana Brell, Tom Ruys and Sef Orm met.", "All three", "person", "Ana Brell; Sef Orm; Tom Ruys"),
        ("Ana Brell, Tom Ruys and Sef Orm met.", "the three men", "person", "Ana Brell; Sef Orm; Tom Ruys"),
    ],
)  # fmt: skip
def test_words_for_several_name_all_of_them_and_never_one(
    said: str, asked: str, label: str, name: str, between: str
) -> None:
    names = [one.entity for one in ranked(said + between, asked, label)]
    assert names[0] == name
    assert all(";" in one for one in names)


@pytest.mark.parametrize(
    ("asked", "label"),
    [
        ("Both governments", "organization"),
        ("Neither army", "organization"),
        ("The two leaders", "person"),
        ("Either party", "state"),
        ("Each side", "state"),
        ("Both", "state"),
    ],
)
def test_of_one_that_is_known_no_pair_is_made_and_no_name_proposed(asked: str, label: str) -> None:
    assert ranked("Lorn waited.", asked, label) == []


@pytest.mark.parametrize(
    ("text", "quote", "named"),
    [
        ("Both governments left.", "governments", True),
        ("These two leaders left.", "leaders", True),
        ("The two policemen at his gate left.", "policemen", False),
        ("The two sides of the strait left.", "sides", True),
        ("Two firms left.", "firms", False),
        ("Neither cabinet nor crown left.", "cabinet", False),
        ("Either the cabinet or the crown left.", "cabinet", False),
        ("Both cabinet and crown left.", "cabinet", False),
        ("Each commuter left.", "commuter", False),
        ("Each side left.", "side", True),
        ("The three men left.", "men", True),
    ],
)
def test_which_words_are_of_those_whom_the_text_has_named(
    text: str, quote: str, named: bool
) -> None:
    words = NameText(document(text))
    assert are_named(words, words.mention(span(text, quote, "organization"))) is named


@pytest.mark.parametrize(
    ("said", "asked", "label", "name"),
    [
        ("Ana Brell and the Bird Society have kept their word.", "They", "collective", "Ana Brell; Bird Society"),
        ("Ana Brell spoke for the farmers.", "They", "collective", "farmers"),
        ("The farmers waited for Lorn.", "It", "state", "Lorn"),
        ("It rained in Lorn, and Ana Brell met Tom Ruys.", "Both", "person", "Ana Brell; Tom Ruys"),
        ("The Bird Society says no. The Harbour Board says no, too.", "Both", "organization", "Bird Society; Harbour Board"),
    ],
)  # fmt: skip
def test_a_pronoun_means_what_is_joined_plural_or_one_as_it_says(
    said: str, asked: str, label: str, name: str
) -> None:
    assert ranked(said, asked, label)[0].entity == name


@pytest.mark.parametrize(
    ("said", "asked", "rest", "name"),
    [
        ("Ana Brell met the Harbour Board.", "Those", "who want open markets wait.", "advocates of open markets"),
        ("Mr Tom Ruys left.", "Those", "who accused him wait.", "critics of Tom Ruys"),
        ("It rained.", "Those", "who still oppose the levy wait.", "opponents of the levy"),
        ("It rained.", "Some", "who would have fought the levy wait.", "opponents of the levy"),
        ("It rained.", "Those", "who call for a levy wait.", "advocates of levy"),
        ("It rained.", "Everyone", "who voted against the levy waits.", "opponents of the levy"),
        ("It rained.", "Those", "who sleep in empty halls would be cold.", "people who sleep in empty halls"),
        ("Tom Ruys left.", "Some", "in the trade would object.", "people in the trade"),
        ("Tom Ruys left.", "Everyone", "who owns a shop waits.", "people who own a shop"),
        ("The farmers left.", "Many", "of the farmers wait.", "farmers"),
    ],
)  # fmt: skip
def test_a_pronoun_of_a_group_is_named_by_what_follows(
    said: str, asked: str, rest: str, name: str
) -> None:
    assert ranked(said, asked, "collective", rest=rest)[0].entity == name


@pytest.mark.parametrize(
    ("text", "pronoun", "label", "name"),
    [
        ("When she took office, Ana Brell promised tolls.", "she", "person", "Ana Brell"),
        ("Since it opened in May, the Harbour Board has lost ships.", "it", "organization", "Harbour Board"),
        ("Although he was asked, Mr Tom Ruys said nothing.", "he", "person", "Tom Ruys"),
        ("When she took office, it rained, and Ana Brell promised tolls.", "she", "person", None),
        ("It rained when she met Ana Brell.", "she", "person", None),
    ],
)  # fmt: skip
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
