"""A language model as a suggester, with a model that the test registers:
good answers, and all kinds of bad ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import TEXT, project

from annotator.cli import run
from annotator.errors import SuggesterError, UsageError
from annotator.learners.calibration import Verdict
from annotator.model.memory import EMPTY
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import Document, Paragraph
from annotator.project import Project
from annotator.resources import load_schema
from annotator.suggesters._prompting import ModelPrompt, found_in, nearest, parse_answer
from annotator.workflows.suggesting.language_model import costly
from annotator.workflows.suggesting.suggest import suggest

llm = pytest.importorskip("llm")

SCHEMA = load_schema("actors-claims-stances")
WORDS = "The council of Elmby will regret the tunnel. Norland rejects it."
KEY = "sk-very-secret-0123456789"
GOOD = {
    "spans": [
        {
            "id": 1,
            "layer": "actor",
            "label": "organization",
            "quote": "council",
            "entity": "Elmby council",
        },
        {
            "id": 2,
            "layer": "claim",
            "label": "prediction",
            "quote": "The council of Elmby will  regret the tunnel",
            "concept": "the tunnel will be regretted",
        },
        {"id": 3, "layer": "actor", "label": "state", "quote": "Norland"},
        {"id": 4, "layer": "actor", "label": "state", "quote": "Atlantis"},
        {"id": 5, "layer": "actor", "label": "wizard", "quote": "Norland"},
    ],
    "relations": [
        {"layer": "stance", "label": "oppose", "source": 3, "target": 2},
        {"layer": "stance", "label": "support", "source": AUTHOR, "target": 2},
        {"layer": "stance", "label": "oppose", "source": 4, "target": 2},
    ],
}


class Fake(llm.Model):  # type: ignore[misc]
    """Says what the test wants; counts how often it is asked."""

    model_id = "fake"
    supports_schema = True
    can_stream = False

    def __init__(self, says: Callable[[str], str]) -> None:
        self.says, self.asked, self.prompts = says, 0, []  # type: ignore[var-annotated]

    def get_key(self, explicit_key: str | None = None) -> str:
        return KEY

    def execute(self, prompt: Any, stream: bool, response: Any, conversation: Any) -> Iterator[str]:
        self.asked += 1
        self.prompts.append(prompt.prompt)
        yield self.says(prompt.prompt)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], str]], Fake]:
    def registered(says: Callable[[str], str]) -> Fake:
        made = Fake(says)
        monkeypatch.setattr(llm, "get_model", lambda name=None, **_: made)
        return made

    return registered


def _made(**config: Any) -> Any:
    from annotator.suggesters.llm import create

    return create(schema=SCHEMA, config={"model": "fake", "wait": 0.0, **config}, memory=EMPTY)


def _document(text: str = WORDS) -> Document:
    return Document("d", "Tunnels", text, (Paragraph(0, 0, len(text)),))


def test_quotes_are_found_and_what_is_not_there_is_counted_never_guessed(fake: Any) -> None:
    fake(lambda _: "Here it is:\n```json\n" + json.dumps(GOOD) + "\n```")
    made, document = _made(), _document()
    found = made.suggest(document, document.paragraphs[0])
    spans = {
        s.value.start: s.value
        for s in found
        if isinstance(s.value, Span) and s.value.layer == "actor"
    }
    assert [(WORDS[s.start : s.end], s.label, s.entity) for s in spans.values()] == [
        ("council", "organization", "Elmby council"),
        ("Norland", "state", None),
    ]
    (claim,) = (s.value for s in found if s.value.layer == "claim")
    assert isinstance(claim, Span)
    assert WORDS[claim.start : claim.end] == "The council of Elmby will regret the tunnel"
    assert claim.attributes["concept"] == ["the tunnel will be regretted"]
    edges = {(s.value.source, s.value.label) for s in found if isinstance(s.value, Relation)}
    assert {side for _, side in edges} == {"oppose", "support"}
    assert AUTHOR in {source for source, _ in edges}
    assert len(made.warnings) == 2
    assert made.warnings[0].startswith("1 quote")
    assert made.warnings[1].startswith("2 items"), "an unknown label, and a relation without an end"
    assert {s.version.split()[0] for s in found} == {"fake"}


@pytest.mark.parametrize(
    "said",
    [
        "",
        "I cannot help with that.",
        '{"spans": [{"id": 1, "lay',
        "[]",
        '{"spans": 7}',
        "{" * 5000 + "}",
        "null",
    ],
)
def test_what_is_no_answer_is_counted_and_not_kept(fake: Any, tmp_path: Path, said: str) -> None:
    fake(lambda _: said)
    made, document = _made(answers=str(tmp_path / "kept")), _document()
    assert made.suggest(document, document.paragraphs[0]) == []
    assert made.warnings == ("1 answer of fake could not be read as JSON",)
    assert not list(tmp_path.glob("kept/*"))


@pytest.mark.parametrize(
    "spans",
    [
        [None],
        [7],
        ["x"],
        [{"quote": "council"}],
        [{"layer": ["actor"], "label": {}, "quote": 3}],
        [{"id": [1], "layer": "actor", "label": "state", "quote": "Norland"}],
    ],
)
def test_nonsense_inside_an_answer_raises_nothing(fake: Any, spans: list[Any]) -> None:
    fake(
        lambda _: json.dumps(
            {"spans": spans, "relations": [None, {"layer": "stance", "label": "oppose"}]}
        )
    )
    made, document = _made(), _document()
    made.suggest(document, document.paragraphs[0])
    assert made.warnings


@pytest.mark.parametrize(
    ("entity", "kept"),
    [
        ("Nor\ud800land", None),
        ("Nor\x00land", None),
        ("Nor\x1b[31mland", None),
        ("  ", None),
        ("x" * 100_000, None),
        (["Norland"], None),
        (" the  kingdom of\nNorland ", "the kingdom of Norland"),
    ],
)
def test_a_name_that_is_none_is_left_out_and_stops_nothing(
    fake: Any, tmp_path: Path, entity: object, kept: str | None
) -> None:
    """If no file or terminal can hold a name, or nobody can read it, only this name is lost."""
    actor = {"id": 1, "layer": "actor", "label": "state", "quote": "Norland", "entity": entity}
    claim = {"id": 2, "layer": "claim", "label": "fact", "quote": "Norland rejects it"}
    claim["concept"] = [entity, "it is rejected", "it is rejected"]
    model = fake(lambda _: json.dumps({"spans": [actor, claim]}))
    with project(tmp_path / "p", WORDS) as of:
        assert suggest(of, suggesters=["llm"]).suggestions == 2
        asked = model.asked
        found = {s.value.layer: s.value for id in of.documents.ids() for s in of.suggestions.of(id)}
        assert isinstance(found["actor"], Span) and found["actor"].entity == kept
        names = [kept] if kept else []
        assert isinstance(found["claim"], Span)
        assert found["claim"].attributes["concept"] == [*names, "it is rejected"]
        suggest(of, suggesters=["llm"])
        assert model.asked == asked, "the answer is kept"


def test_answers_are_kept_by_model_prompt_and_text(fake: Any, tmp_path: Path) -> None:
    model, document = fake(lambda _: json.dumps(GOOD)), _document()
    first = _made(answers=str(tmp_path)).suggest(document, document.paragraphs[0])
    again = _made(answers=str(tmp_path)).suggest(document, document.paragraphs[0])
    assert again == first
    assert model.asked == 1
    _made(answers=str(tmp_path), examples=[("A text.", {"spans": []})]).suggest(
        document, document.paragraphs[0]
    )
    assert model.asked == 2, "another prompt is another question"
    next(iter(tmp_path.glob("*.json"))).write_text("broken", encoding="utf-8")
    for file in tmp_path.glob("*.json"):
        file.write_text("broken", encoding="utf-8")
    assert _made(answers=str(tmp_path)).suggest(document, document.paragraphs[0]) == first


def test_a_limit_is_waited_for_and_then_reported(fake: Any) -> None:
    class RateLimitError(Exception):
        """The error that providers raise."""

    left = [2]

    def says(_: str) -> str:
        if left[0]:
            left[0] -= 1
            raise RateLimitError("slow down")
        return json.dumps(GOOD)

    model, document = fake(says), _document()
    assert _made().suggest(document, document.paragraphs[0])
    assert model.asked == 3
    left[0] = 99
    with pytest.raises(SuggesterError) as caught:
        _made(retries=1).suggest(document, document.paragraphs[0])
    assert "slow down" in caught.value.message
    assert "Run the command again" in caught.value.hint


def test_a_key_in_an_error_is_not_told(fake: Any) -> None:
    def says(_: str) -> str:
        raise RuntimeError(f"wrong key {KEY}: refused\nmore")

    fake(says)
    document = _document()
    with pytest.raises(SuggesterError) as caught:
        _made().suggest(document, document.paragraphs[0])
    assert KEY not in str(caught.value)
    assert "wrong key …: refused" in caught.value.message
    assert caught.value.__cause__ is None
    assert "llm keys set" in caught.value.hint


def test_a_failure_that_no_key_mends_asks_for_none(fake: Any) -> None:
    def says(_: str) -> str:
        raise ConnectionError("the host cannot be reached")

    fake(says)
    document = _document()
    with pytest.raises(SuggesterError) as caught:
        _made().suggest(document, document.paragraphs[0])
    assert "keys set" not in caught.value.hint
    assert "run the command again" in caught.value.hint


def test_quotes_are_looked_for_exactly_then_loosely_and_then_by_likeness() -> None:
    text = "“It’s over,” said Ann.  The  Town council disagreed strongly with Ann."
    assert found_in(text, "Ann", 0) == (text.index("Ann"), text.index("Ann") + 3)
    assert found_in(text, "Ann", 25) == (text.rindex("Ann"), text.rindex("Ann") + 3)
    for quote in (
        '"It\'s over,"',
        "the town council",
        "The Town council disagreed stronly with Ann.",
    ):
        assert found_in(text, quote, 0) is not None, quote
    for quote in ("", "  ", "the city council", "Ben"):
        assert found_in(text, quote, 0) is None, quote


def test_the_prompt_is_made_of_the_schema_and_the_nearest_names() -> None:
    prompt = ModelPrompt(
        SCHEMA, ("Norland", "Elmby council", "Zeta"), ("the tunnel should be built",)
    )
    assert all(label.name in prompt.system for layer in SCHEMA.layers for label in layer.labels)
    assert nearest(prompt.entities, WORDS) == ["Elmby council", "Norland"]
    question = prompt.question("Tunnels", WORDS)
    assert "Zeta" not in question
    assert question.endswith(WORDS)
    assert prompt.hash != ModelPrompt(load_schema("dna")).hash
    assert parse_answer('x {"spans": []} y') == {"spans": []}


def test_a_suggester_that_costs_keys_is_not_listened_to() -> None:
    def verdicts(right: int, wrong: int, by: str = "llm") -> list[Verdict]:
        return [Verdict(by, "actor", "state", 0.7, i < right) for i in range(right + wrong)]

    assert costly(verdicts(2, 30)) == {("llm", "actor")}
    assert (
        costly(verdicts(20, 5))
        == costly(verdicts(0, 10))
        == costly(verdicts(0, 50, "rules"))
        == frozenset()
    )


def test_a_project_asks_only_when_told_to_and_first_says_what_it_would_cost(
    fake: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = fake(lambda _: json.dumps({"spans": [], "relations": []}))
    with project(tmp_path / "p", TEXT) as of:
        suggest(of)
        assert model.asked == 0, "texts go nowhere unless the model is named"
    (tmp_path / "p" / "annotator.toml").write_text(
        '[suggester.llm]\nmodel = "fake"\nprice = [1000000, 0]\n', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path / "p")
    assert run(["suggest", "--suggester", "llm", "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert model.asked == 0
    assert told["paragraphs"] >= 1
    assert told["answered"] == 0
    assert told["cost"] == pytest.approx(told["tokens_in"])
    assert run(["suggest", "--dry-run"]) == UsageError("").exit_code
    assert run(["suggest", "--suggester", "llm"]) == 0
    asked = model.asked
    assert asked == told["paragraphs"]
    assert run(["suggest", "--suggester", "llm"]) == 0
    assert model.asked == asked, "what was answered is kept"
    capsys.readouterr()
    assert run(["suggest", "--suggester", "llm", "--dry-run"]) == 0
    shown = capsys.readouterr()
    assert f"0 paragraphs for {told['model']}; {asked} more are answered already" in shown.err
    assert shown.out.splitlines()[2:5:2] == told["system"].splitlines()[2:5:2]
    with Project.open(tmp_path / "p") as of:
        assert (of.root / "llm-answers").is_dir()
