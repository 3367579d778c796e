"""Suggestions: those of the rules, those from memory, and how they are merged and stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from support import TEXT, cases, document, project

from annotator import families
from annotator.english.tables import forms
from annotator.model.decision import Suggestion
from annotator.model.memory import EMPTY, Memory, Outcome
from annotator.model.span import Relation, Span
from annotator.model.text import Document, split_paragraphs
from annotator.project import Project
from annotator.resources import folder, load_schema, schema_names
from annotator.store import documents as store_documents
from annotator.store.results import SuggestionRun
from annotator.suggesters.api import Suggester
from annotator.tui.session import Session
from annotator.workflows.suggesting.combining import combine
from annotator.workflows.suggesting.suggest import propose, suggest

EDITORIAL = Path(__file__).parents[2] / "shared" / "seeds" / "editorial.txt"


@cache
def _rules(schema: str = "actors-claims-stances") -> Suggester:
    made: Suggester = families.suggesters.load("rules").create(
        schema=load_schema(schema), config={}, memory=EMPTY
    )
    return made


def _of(text: str) -> tuple[Document, list[Suggestion]]:
    doc = document(text)
    return doc, propose(doc, [_rules()], EMPTY)


def _actors(doc: Document, found: Sequence[Suggestion]) -> dict[str, tuple[str, str | None]]:
    return {
        doc.quote(s.value.start, s.value.end): (s.value.label, s.value.entity)
        for s in found
        if isinstance(s.value, Span) and s.value.layer == "actor"
    }


def _claims(doc: Document, found: Sequence[Suggestion]) -> list[tuple[str, str]]:
    spans = [s.value for s in found if isinstance(s.value, Span) and s.value.layer == "claim"]
    return [(s.label, doc.quote(s.start, s.end)) for s in sorted(spans, key=lambda s: s.start)]


def _stances(doc: Document, found: Sequence[Suggestion]) -> set[tuple[str, str, str]]:
    quotes = {
        s.id: doc.quote(s.value.start, s.value.end) for s in found if isinstance(s.value, Span)
    }
    return {
        (quotes.get(s.value.source, s.value.source), s.value.label, quotes[s.value.target])
        for s in found
        if isinstance(s.value, Relation)
    }


@pytest.mark.parametrize(("text", "quote", "label", "entity"), cases("suggest", "actors"))
def test_actors(text: str, quote: str, label: str, entity: str) -> None:
    doc, found = _of(text)
    assert _actors(doc, found).get(quote) == (label, entity or None)


@pytest.mark.parametrize(("text", "absent"), cases("suggest", "what_is_no_actor"))
def test_what_is_no_actor(text: str, absent: str) -> None:
    doc, found = _of(text)
    assert not any(absent in quote for quote in _actors(doc, found))


@pytest.mark.parametrize(
    ("text", "label", "claim"),
    cases("suggest", "claims_have_type_and_bounds"),
)
def test_claims_have_type_and_bounds(text: str, label: str, claim: str) -> None:
    doc, found = _of(text)
    assert _claims(doc, found) == [(label, claim)]


def test_two_main_clauses_are_two_claims() -> None:
    doc, found = _of("The talks failed again; the war goes on.")
    assert [claim for _, claim in _claims(doc, found)] == [
        "The talks failed again",
        "the war goes on",
    ]


@pytest.mark.parametrize(
    ("text", "stance"),
    cases("suggest", "stances_follow_the_verb_its_negation_and_the_passive"),
)
def test_stances_follow_the_verb_its_negation_and_the_passive(text: str, stance: list[str]) -> None:
    doc, found = _of(text)
    assert tuple(stance) in _stances(doc, found)


def test_a_claim_of_the_author_has_no_holder() -> None:
    doc, found = _of("The plan is wrong and will fail.")
    assert _stances(doc, found) == set()
    (claim,) = (s for s in found if s.value.layer == "claim")
    assert claim.value.attributes["attribution"] == "author"


def test_every_suggestion_says_who_why_and_how_sure_and_keeps_its_id() -> None:
    _, first = _of(TEXT)
    _, again = _of(TEXT)
    assert first == again
    for one in first:
        assert one.reason and "\n" not in one.reason
        assert 0 <= one.score <= 1
        assert (one.suggester, one.version) == ("rules", _rules().version)
    assert [s.rank for s in first if s.paragraph == 0] == list(
        range(sum(s.paragraph == 0 for s in first))
    )


@pytest.mark.parametrize("name", schema_names())
def test_only_labels_and_ends_of_the_schema_are_proposed(name: str) -> None:
    schema = load_schema(name)
    doc = document(
        (folder("seeds") / "01-two-capitals-one-grievance.txt").read_text(encoding="utf-8")
    )
    found = propose(doc, [_rules(name)], EMPTY)
    assert found
    by_id = {s.id: s.value for s in found}
    for one in found:
        layer = schema.layer(one.value.layer)
        assert layer is not None
        assert layer.label(one.value.label) is not None
        if isinstance(one.value, Relation):
            assert by_id[one.value.target].layer in layer.targets
        else:
            assert doc.paragraphs[one.paragraph].start <= one.value.start < one.value.end


@pytest.mark.skipif(not EDITORIAL.exists(), reason="the owner's editorial is not here")
def test_the_owner_s_editorial() -> None:
    doc, found = _of(EDITORIAL.read_text(encoding="utf-8"))
    actors = _actors(doc, found)
    persons = {"Vladimir Putin", "Masoud Pezeshkian", "Putin", "Pezeshkian", "leaders"}
    states = {"Russia", "Iran", "Ukraine", "Turkmenistan", "Syria", "US", "United States"}
    blocs = {"West", "Western powers", "international community"}
    assert {q for q, (label, _) in actors.items() if label == "person"} == persons
    assert states <= {q for q, (label, _) in actors.items() if label == "state"}
    assert blocs <= {q for q, (label, _) in actors.items() if label == "bloc"}
    assert actors["Putin"][1] == "Vladimir Putin"
    claims = _claims(doc, found)
    assert {label for label, _ in claims} == {"fact", "prediction", "value", "policy"}
    assert sum("must" in text for label, text in claims if label == "policy") == 2
    assert any(text.startswith("For Iran, deepening relations") for _, text in claims)
    sides = _stances(doc, found)
    assert not any(holder == "Iran" and "deepening relations" in aim for holder, _, aim in sides)
    assert all(not doc.paragraphs[s.paragraph].excluded for s in found)


def _remembered(*outcomes: Outcome) -> list[Suggestion]:
    memory = Memory.of(outcomes)
    schema = load_schema("actors-claims-stances")
    suggester = families.suggesters.load("memory").create(schema=schema, config={}, memory=memory)
    doc = document("They gave us the bill. Quad members and the US objected.")
    return combine(doc, suggester.suggest(doc, doc.paragraphs[0]), memory)


def test_memory_proposes_what_was_accepted_in_its_own_spelling() -> None:
    found = _remembered(
        Outcome("actor", "state", "US", True, "United States"),
        Outcome("actor", "bloc", "Quad", True),
    )
    assert sorted((s.value.label, s.reason) for s in found) == [
        ("bloc", "“Quad” was accepted once in this project"),
        ("state", "“US” was accepted once in this project"),
    ]


def test_a_name_is_remembered_and_what_stands_for_another_in_each_text_is_not() -> None:
    """The government, the leaders and `both` are different ones in another text, and a capital at
    the beginning of a sentence does not make a name."""
    given = {
        "Tehran": ("state", "Iran"),
        "US": ("state", "United States"),
        "government": ("organization", "government of Valdria"),
        "leaders": ("person", "leaders of Valdria"),
        "Both": ("organization", "Parents' Federation; Pupils' Council"),
        "Presidents": ("person", "Ann Orr; Bo Lind"),
    }
    outcomes = [
        Outcome("actor", label, form, True, entity, 3) for form, (label, entity) in given.items()
    ]
    memory, schema = Memory.of(outcomes), load_schema("actors-claims-stances")
    suggester = families.suggesters.load("memory").create(schema=schema, config={}, memory=memory)
    doc = document(
        "Both spoke in Valdria. Presidents and leaders of Valdria left; its government and the "
        "US told Tehran."
    )
    found = {
        doc.quote(s.value.start, s.value.end): (s.value.entity, s.rule)
        for s in suggester.suggest(doc, doc.paragraphs[0])
        if isinstance(s.value, Span)
    }
    assert "Both" not in found
    assert found["Tehran"] == ("Iran", "certain.memory") and found["US"] == (
        "United States",
        "certain.memory",
    )
    for form in ("government", "leaders", "Presidents"):
        assert found[form] == (None, "memory")


def test_a_form_rejected_twice_and_never_accepted_is_vetoed_for_all() -> None:
    doc = document("Iran spoke.")
    twice = Memory.of([Outcome("actor", "state", "Iran", False)] * 2)
    assert not _actors(doc, propose(doc, [_rules()], twice))
    once = Memory.of([Outcome("actor", "state", "Iran", False)])
    assert _actors(doc, propose(doc, [_rules()], once))


def test_doubles_are_merged_with_both_reasons() -> None:
    doc = document("Iran spoke.")
    values = [
        Span(f"s{i}", "actor", "state", 0, 4, entity) for i, entity in enumerate([None, "Iran"])
    ]
    first, second = (
        Suggestion(v, 0, f"by-{i}", "1", 0.5 + i / 10, 0, f"reason {i}")
        for i, v in enumerate(values)
    )
    (merged,) = combine(doc, [first, second], EMPTY)
    assert merged.suggester == "by-1"
    assert merged.reason == "reason 1; reason 0"
    assert isinstance(merged.value, Span)
    assert merged.value.entity == "Iran"


def test_suggesting_again_leaves_what_was_decided_and_other_processes_give_the_same(
    tmp_path: Path,
) -> None:
    with project(
        tmp_path / "p", TEXT, "Germany supports Ukraine. Mr Scholz said that it will."
    ) as of:
        first = suggest(of)
        assert first.documents == 2
        stored = of.suggestions.of("doc-0")
        assert len(stored) + len(of.suggestions.of("doc-1")) == first.suggestions > 5
        session = Session(of, "ada", "a")
        session.open("doc-0")
        from annotator.model import actions as do

        session.do(do.Accept())
        accepted = of.log.annotations("doc-0", "ada")[0]
        again = suggest(of, workers=2)
        assert of.log.annotations("doc-0", "ada")[0] == accepted
        assert {s.id for s in of.suggestions.of("doc-0")} == {s.id for s in stored}
        assert again.documents == 2


def test_what_other_suggesters_left_goes_when_those_of_the_settings_suggest(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT) as of:
        (id,) = of.documents.ids()
        span = Span("x", "actor", "person", 0, 3, None, {"mention": "name"}, "suggestion")
        stray = Suggestion(span, 0, "pipeline:old", "1", 0.9)
        of.suggestions.put(id, [stray], run=SuggestionRun({"pipeline:old": "1"}, ""))
        suggest(of, suggesters=["rules"])
        assert "x" in {s.id for s in of.suggestions.of(id)}, (
            "only suggestions of the named suggesters are replaced"
        )
        suggest(of)
        assert of.suggestions.of(id) and "x" not in {s.id for s in of.suggestions.of(id)}


def test_a_document_that_is_at_hand_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with project(tmp_path / "p", TEXT) as of:
        (id,) = of.documents.ids()
        loaded = of.documents.load(id)
        span = Span("x", "actor", "person", 0, 3, None, {"mention": "name"}, "suggestion")
        made, run = [Suggestion(span, 0, "rules", "1", 0.9)], SuggestionRun({"rules": "1"}, "")
        monkeypatch.setattr(store_documents, "load", lambda *_: pytest.fail("it is read again"))
        assert of.suggestions.put(loaded, made, run=run) == 1
        assert [one.id for one in of.suggestions.of(id)] == ["x"]


def test_what_is_hidden_does_not_wait_for_a_decision(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT) as of:
        (id,) = of.documents.ids()
        suggest(of)
        found = of.suggestions.of(id)

        def pending() -> int:
            return sum(tally.pending for tally in of.status().suggestions)

        assert pending() == sum(s.shown for s in found) > 2
        changed = [replace(found[0], blind=True), replace(found[1], shown=False), *found[2:]]
        of.suggestions.put(
            id, changed, run=SuggestionRun({s.suggester: s.version for s in found}, "")
        )
        assert pending() == sum(s.shown and not s.blind for s in changed)


def test_a_saved_pipeline_with_our_components_loads_with_spacy_alone(tmp_path: Path) -> None:
    import spacy

    from annotator.english.components import pipeline

    pipeline().to_disk(tmp_path / "saved")
    doc = spacy.load(tmp_path / "saved")("Iran condemned Israel.")
    assert [(s.text, s.label_) for s in doc.spans["actor"]] == [
        ("Iran", "state"),
        ("Israel", "state"),
    ]
    assert [edge.side for edge in doc._.stances] == ["oppose"]


def test_the_components_of_a_pipeline_find_what_the_reader_does() -> None:
    from annotator.english.components import DOCUMENT, pipeline
    from annotator.english.reading import Reader

    nlp, reader = pipeline(), Reader()
    for file in sorted(folder("seeds").glob("*.txt")):
        text = file.read_text(encoding="utf-8")
        document = Document(file.stem, "", text, split_paragraphs(text))
        for paragraph in document.paragraphs:
            reading = reader.read(document, paragraph)
            doc = nlp.make_doc(reading.text)
            doc.user_data[DOCUMENT] = text
            for _, component in nlp.pipeline:
                doc = component(doc)
            assert doc._.actors == reading.actors
            assert doc._.clauses == reading.clauses
            assert doc._.stances == reading.edges


def test_a_name_that_a_line_break_divides_is_known_elsewhere_in_the_document() -> None:
    from annotator.english.reading import Reader

    text = "The envoy is Jeffrey\nFeltman of the United Nations.\n\nMr. Feltman spoke last."
    document = Document("d", "", text, split_paragraphs(text))
    (found,) = Reader().read(document, document.paragraphs[1]).actors
    assert found.entity == "Jeffrey Feltman"


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("deny", {"denies", "denied", "denying"}),
        ("say", {"says", "said", "saying"}),
        ("admit", {"admits", "admitted", "admitting"}),
        ("urge", {"urges", "urged", "urging"}),
    ],
)
def test_verbs_are_inflected(base: str, expected: set[str]) -> None:
    assert expected <= set(forms(base))


def test_the_project_decides_which_suggesters_run(tmp_path: Path) -> None:
    project(tmp_path / "p", TEXT).close()
    settings = 'suggesters = ["rules"]\n[suggester.rules]\nmute = ["claim.policy"]\n'
    (tmp_path / "p" / "annotator.toml").write_text(settings, encoding="utf-8")
    with Project.open(tmp_path / "p") as of:
        suggest(of)
        assert not any(s.value.label == "policy" for s in of.suggestions.of("doc-0"))


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make a pipeline as somebody else might have saved it, once for each kind; tests must not
    change it."""
    folder = tmp_path_factory.mktemp("pipelines")
    return cache(lambda name: _saved(folder, name))


def _saved(folder: Path, name: str) -> Path:
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    if name == "ruler":
        ruler = nlp.add_pipe("entity_ruler")
        ruler.add_patterns(
            [{"label": "GPE", "pattern": "Iran"}, {"label": "MONEY", "pattern": "plan"}]
        )
    elif name == "spans":
        ruler = nlp.add_pipe("span_ruler", config={"spans_key": "claim"})
        ruler.add_patterns([{"label": "policy", "pattern": "sanctions must end"}])
    elif name == "ner":
        pipe = nlp.add_pipe("ner")
        pipe.add_label("PERSON")
        nlp.initialize()
        from spacy.training import Example

        example = Example.from_dict(nlp.make_doc("Putin says no"), {"entities": [(0, 5, "PERSON")]})
        for _ in range(30):
            nlp.update([example])
    elif name == "cats":
        pipe = nlp.add_pipe("textcat")
        for label in ("claim.policy", "claim.fact"):
            pipe.add_label(label)
        nlp.initialize()
    nlp.to_disk(folder / name)
    return folder / name


def _by_pipeline(pipeline: Path, text: str, **config: object) -> list[tuple[str, str, str]]:
    schema = load_schema("actors-claims-stances")
    settings = {"name": "mine", "path": str(pipeline), **config}
    suggester = families.suggesters.load("pipeline").create(
        schema=schema, config=settings, memory=EMPTY
    )
    doc = document(text)
    found = suggester.suggest(doc, doc.paragraphs[0])
    return [(s.value.layer, s.value.label, doc.quote(s.value.start, s.value.end)) for s in found]


def test_any_spacy_pipeline_is_a_suggester(saved: Callable[[str], Path]) -> None:
    text = "Putin says that Iran rejects the plan and sanctions must end."
    assert _by_pipeline(saved("ruler"), text) == [("actor", "state", "Iran")]
    labels = {"GPE": "actor.organization", "MONEY": "claim.policy"}
    assert _by_pipeline(saved("ruler"), text, labels=labels) == [
        ("actor", "organization", "Iran"),
        ("claim", "policy", "plan"),
    ]
    assert _by_pipeline(saved("spans"), text) == [("claim", "policy", "sanctions must end")]
    assert ("actor", "person", "Putin") in _by_pipeline(saved("ner"), "Putin says no")
    ((layer, _, quote),) = _by_pipeline(saved("cats"), text)
    assert (layer, quote) == ("claim", text)


def test_a_pipeline_that_cannot_be_one_is_named_with_what_to_do(
    tmp_path: Path, saved: Callable[[str], Path]
) -> None:
    from annotator.errors import SuggesterError

    with pytest.raises(SuggesterError, match="cannot be loaded") as caught:
        _by_pipeline(tmp_path / "nowhere", TEXT)
    assert caught.value.hint
    with pytest.raises(SuggesterError, match="no component"):
        _by_pipeline(saved("nothing"), TEXT)
    with pytest.raises(SuggesterError, match="not a span label"):
        _by_pipeline(saved("ruler"), TEXT, labels={"GPE": "actor.planet"})


def test_a_pipeline_of_the_settings_runs_by_its_name(
    tmp_path: Path, saved: Callable[[str], Path]
) -> None:
    project(tmp_path / "p", TEXT).close()
    with (tmp_path / "p" / "annotator.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\nsuggesters = ["pipeline:mine"]\n[pipeline.mine]\npath = "{saved("ruler")}"\n'
        )
    with Project.open(tmp_path / "p") as of:
        suggest(of)
        assert {(s.suggester, s.value.label) for s in of.suggestions.of("doc-0")} == {
            ("pipeline:mine", "state")
        }
