"""The learner of long spans: what it proposes after a few paragraphs,
and that it is the same each time."""

from __future__ import annotations

import math
import random
from functools import cache

import pytest
from support import read

from annotator.english import tables
from annotator.english.parser import shared_parser
from annotator.english.reading import Reader, shared_reader
from annotator.learners.claims.boundaries import Sentence, TokenRange, sentences_of
from annotator.learners.claims.boundary_features import (
    end_features,
    next_features,
    start_features,
)
from annotator.learners.claims.decoding import Analysis, cheapest, weight
from annotator.learners.claims.features import sentence_features, span_features
from annotator.learners.claims.model import ClauseModel
from annotator.learners.claims.reranking import UNCHANGED, Labels, case_of, fit, reranked
from annotator.learners.claims.training import train_clauses
from annotator.learners.examples import Example
from annotator.learners.word_clusters import WordClusters
from annotator.model.effort import of_spans
from annotator.model.schema import Layer
from annotator.model.span import Span
from annotator.model.text import Document, split_paragraphs
from annotator.resources import load_schema

SCHEMA = load_schema("actors-claims-stances")
CLAIM = SCHEMA.layer("claim")
assert CLAIM is not None

TOPICS = ("harbour", "tax", "bridge", "school", "river", "law", "union", "market")
TEXTS = [
    f"However, the {topic} must be closed at once. The {topic} was a costly mistake. Thank you "
    f"for the {topic} report."
    for topic in TOPICS
]


@cache
def _reader() -> Reader:
    return Reader()


def _example(text: str, number: int, *, marked: bool = True, final: bool = False) -> Example:
    document = Document(f"d{number}", "", text, split_paragraphs(text))
    spans = []
    for quote, label in (("must be closed at once", "policy"), ("was a costly mistake", "value")):
        end = text.index(quote) + len(quote) + final
        start = text.rindex(", " if label == "policy" else ". ", 0, end - len(quote)) + 2
        start += 0 if text[start] in "tT" else 1
        spans.append(Span(f"{number}{label}", "claim", label, start, end))
    reading = _reader().read(document, document.paragraphs[0])
    return Example(reading, tuple(spans) if marked else (), (), document.id)


def _quotes(model: ClauseModel, text: str) -> list[tuple[str, str]]:
    return [(p.label, text[p.start : p.end]) for p in model.suggest(read(text))]


def _train(**options: bool) -> ClauseModel:
    assert CLAIM is not None
    return train_clauses(
        [_example(t, i, **options) for i, t in enumerate(TEXTS)], CLAIM, WordClusters()
    )[0]


NEW = (
    "However, the ferry must be closed at once. The ferry was a costly mistake. Thank you for "
    "the ferry report."
)


def test_bounds_labels_and_what_is_none_are_learnt() -> None:
    assert _quotes(_train(), NEW) == [
        ("policy", "the ferry must be closed at once"),
        ("value", "The ferry was a costly mistake"),
    ]


def test_a_final_stop_is_kept_where_annotators_keep_it() -> None:
    assert ("value", "The ferry was a costly mistake.") in _quotes(_train(final=True), NEW)


def test_nothing_marked_is_reported() -> None:
    assert CLAIM is not None
    with pytest.raises(ValueError, match="nothing is marked"):
        train_clauses([_example(TEXTS[0], 0, marked=False)], CLAIM, WordClusters())


def test_the_same_examples_make_the_same_model_and_it_survives_being_stored() -> None:
    one, other = _train(), _train()
    assert one.to_data() == other.to_data()
    assert _quotes(ClauseModel.of_data(one.to_data()), NEW) == _quotes(one, NEW)


def test_chances_are_probabilities_and_a_reason_is_given() -> None:
    document = Document("new", "", NEW, split_paragraphs(NEW))
    found = _train().suggest(_reader().read(document, document.paragraphs[0]))
    assert found
    assert all(0 < p.chance < 1 and p.reason for p in found)


def test_offsets_are_those_of_the_document() -> None:
    text = "First paragraph stands here.\n\n" + NEW
    document = Document("new", "", text, split_paragraphs(text))
    found = _train().suggest(_reader().read(document, document.paragraphs[1]))
    assert "The ferry was a costly mistake" in {text[p.start : p.end] for p in found}


def test_other_layers_are_learnt_as_well() -> None:
    layer = Layer("topic", "span", "", "sky", "T", ())
    example = _example(TEXTS[0], 0)
    spans = tuple(Span(s.id, "topic", "any", s.start, s.end) for s in example.spans)
    model, _ = train_clauses([Example(example.reading, spans, (), "d")], layer, WordClusters())
    assert {label for label, _ in _quotes(model, NEW)} == {"any"}


def _marked(text: str, number: int, quotes: dict[str, str]) -> Example:
    document = Document(f"d{number}", "", text, split_paragraphs(text))
    spans = [
        Span(f"{number}.{i}", "claim", label, text.index(quote), text.index(quote) + len(quote))
        for i, (quote, label) in enumerate(quotes.items())
    ]
    return Example(_reader().read(document, document.paragraphs[0]), tuple(spans), (), document.id)


def _learnt(pattern: str, quotes: dict[str, str]) -> list[tuple[str, str]]:
    """What is proposed for the pattern with "ferry", after it was marked with every topic."""
    assert CLAIM is not None
    examples = [
        _marked(pattern.format(topic), i, {q.format(topic): label for q, label in quotes.items()})
        for i, topic in enumerate(TOPICS)
    ]
    return _quotes(train_clauses(examples, CLAIM, WordClusters())[0], pattern.format("ferry"))


def test_two_spans_of_one_sentence_are_learnt() -> None:
    assert _learnt(
        "The {0} is a danger to us all because it was built in haste.",
        {"The {0} is a danger to us all": "value", "it was built in haste": "fact"},
    ) == [("value", "The ferry is a danger to us all"), ("fact", "it was built in haste")]


def test_what_a_verb_of_wanting_is_about_is_learnt() -> None:
    found = _learnt(
        "Iran opposes the new {0} in the old town.", {"the new {0} in the old town": "policy"}
    )
    assert found == [("policy", "the new ferry in the old town")]


def test_a_single_word_that_something_is_called_ends_before_the_full_stop() -> None:
    found = _learnt("The mayor calls the new {0} reckless.", {"reckless": "value"})
    assert found == [("value", "reckless")]


def test_nested_spans_are_learnt() -> None:
    whole, inner = "Iran says that the {0} must be closed at once", "the {0} must be closed at once"
    found = _learnt(
        "Iran says that the {0} must be closed at once.", {whole: "fact", inner: "policy"}
    )
    assert found == [("fact", whole.format("ferry")), ("policy", inner.format("ferry"))]


@pytest.mark.skipif(shared_parser() is None, reason="no parser is installed")
@pytest.mark.parametrize("wanted", [True, False])
def test_a_claim_that_somebody_holds_inside_another_is_proposed_where_it_is_marked(
    wanted: bool,
) -> None:
    """There are too few of them to learn their features, so only their share counts."""
    whole, inner = "Norway's plan to sell the {0} is a mistake", "to sell the {0}"
    text = "Norway's plan to sell the {0} is a mistake. Norway wants a new {0}."
    quotes = {whole: "value", "a new {0}": "policy"} | ({inner: "policy"} if wanted else {})
    assert CLAIM is not None
    examples = []
    for i, topic in enumerate(TOPICS):
        of = {quote.format(topic): label for quote, label in quotes.items()}
        made = _marked(text.format(topic), i, of)
        document = Document(made.group, "", text.format(topic), split_paragraphs(made.reading.text))
        reading = shared_reader().read(document, document.paragraphs[0])
        examples.append(Example(reading, made.spans, (), made.group))
    model = train_clauses(examples, CLAIM, WordClusters())[0]
    new = text.format("ferry")
    document = Document("new", "", new, split_paragraphs(new))
    found = model.suggest(shared_reader().read(document, document.paragraphs[0]))
    quotes_found = {new[p.start : p.end] for p in found}
    assert ("to sell the ferry" in quotes_found) is wanted


def test_spans_begin_and_end_at_places_of_the_sentence_and_in_order() -> None:
    document = Document("d", "", NEW, split_paragraphs(NEW))
    for sentence in sentences_of(_reader().read(document, document.paragraphs[0])):
        for start in sentence.starts:
            assert sentence.first <= start < sentence.last
            for following in sentence.nexts_of(start):
                ends = sentence.ends_of(start, following)
                assert ends and all(start < end <= (following or sentence.last) for end in ends)


KINDS = WordClusters({"wharf": (1, 2), "mayor": (1, 3), "must": (0, 4)})


@pytest.mark.parametrize(
    ("text", "content", "apart"),
    [
        ("They must change course, recognising that the ban has failed.", "ban", False),
        ("Close the lane, telling the traders that parking will move.", "parking", False),
        ("The river rose, proving that the survey was wrong.", "survey", False),
        ("The minister cut the fund, arguing that nobody needed it.", "nobody", True),
        ("The minister said that nobody needed it.", "nobody", True),
    ],
)
def test_what_nobody_says_is_no_span_of_its_own(text: str, content: str, apart: bool) -> None:
    """The object of a participle is said by its subject only if the subject is reported to
    speak."""
    (sentence,) = sentences_of(read(text))
    at = next(i for i, t in enumerate(sentence.tokens) if t.text == content)
    begin = at - (sentence.tokens[at - 1].lower == "the")
    assert (begin in sentence.starts) is apart


def test_features_are_told_once_however_often_they_hold() -> None:
    """A learner is trained on whether each feature is present, so it must be asked in the same
    form."""
    text = (
        "We must, must and must again close the wharf and the wharf and the wharf, said the "
        "mayor of the wharf."
    )
    (sentence,) = sentences_of(read(text))
    start, last = sentence.starts[0], sentence.last
    for made in (
        sentence_features(sentence, KINDS),
        span_features(sentence, start, last, KINDS),
        start_features(sentence, start),
        *(next_features(sentence, start, following) for following in sentence.nexts_of(start)),
        *(end_features(sentence, start, end) for end in sentence.ends_of(start)),
    ):
        assert len(made) == len(set(made))


@pytest.mark.parametrize(
    ("word", "sense"),
    [
        ("shamefully", "blame"),
        ("reckless", "blame"),
        ("squandered", "blame"),
        ("wisely", "praise"),
        ("urged", "need"),
    ],
)
def test_words_have_senses_in_all_their_forms(word: str, sense: str) -> None:
    assert sense in tables.senses()[word]


def test_a_span_may_begin_after_an_abbreviation() -> None:
    text = "Then Mr. Tarrant came the next day and agreed."
    (sentence,) = sentences_of(read(text))
    assert "Tarrant" in [sentence.tokens[i].text for i in sentence.starts]


def test_the_cheapest_analysis_is_that_of_trying_all() -> None:
    rng = random.Random(5)
    text = "w " * 30

    def keys(mine: tuple[TokenRange, ...], wanted: tuple[TokenRange, ...]) -> int:
        stretches = [[(2 * a, 2 * b - 1, "x") for a, b in spans] for spans in (mine, wanted)]
        return of_spans(text, *stretches).keys

    for _ in range(200):
        cuts = [sorted(rng.sample(range(30), 2 * rng.randint(0, 2))) for _ in range(5)]
        every = sorted({tuple(zip(one[::2], one[1::2], strict=True)) for one in cuts} | {()})
        shares = [rng.random() for _ in every]
        analyses = [(share / sum(shares), one) for share, one in zip(shares, every, strict=True)]
        cost = {
            mine: sum(chance * keys(mine, wanted) for chance, wanted in analyses) for mine in every
        }
        sure = {place: 1.0 for one in every for place in one}
        assert cost[cheapest(analyses, sure, reading=0)] == pytest.approx(min(cost.values()))


def test_a_doubtful_span_is_left_out_the_sooner_the_more_reading_costs() -> None:
    analyses = [(0.7, ()), (0.3, ((0, 8),))]
    assert cheapest(analyses, {(0, 8): 1.0}, reading=0) == ((0, 8),)
    assert cheapest(analyses, {(0, 8): 1.0}, reading=2) == ()


def test_an_opinion_counts_as_what_came_out_says_is_likeliest() -> None:
    draw = random.Random(3)
    pairs = [(draw.random() < 0.6, draw.random()) for _ in range(200)]

    def likelihood(share: float) -> float:
        prior = math.log(share) + math.log(1 - share)
        return prior + sum(
            math.log(share * right + (1 - share) * max(0.01, chance)) for right, chance in pairs
        )

    best = max((i / 1000 for i in range(1, 1000)), key=likelihood)
    assert weight(pairs) == pytest.approx(best, abs=2e-3)
    assert weight([]) == 0.5


def test_the_rules_count_as_often_as_annotators_marked_what_they_find() -> None:
    assert _train().ruled > 0.7
    assert _train(final=True).ruled < 0.1


def test_analyses_are_weighed_as_wholes() -> None:
    """Two clauses separated by a semicolon are two spans if they were two spans before."""

    def likely(topic: str) -> tuple[Sentence, list[tuple[float, Analysis]]]:
        (sentence,) = sentences_of(read(f"The {topic} is closed; the mayor has left the town."))
        last = sentence.bare_end
        return sentence, [(0.8, ((0, last),)), (0.2, ((0, 4), (5, last)))]

    def labels(analyses: list[tuple[float, Analysis]]) -> Labels:
        return {place: {"fact": 0.9, "value": 0.1} for _, one in analyses for place in one}

    cases = []
    for topic in TOPICS:
        sentence, analyses = likely(topic)
        case = case_of(sentence, analyses, labels(analyses), analyses[1][1])
        assert case is not None
        cases.append(case)
    sentence, analyses = likely("ferry")
    model = fit(cases, base=UNCHANGED, firm=1.0)
    best = reranked(model, sentence, analyses, labels(analyses))[0]
    assert best[1] == analyses[1][1] and 0.5 < best[0] < 1
    assert reranked(UNCHANGED, sentence, analyses, labels(analyses)) == analyses
