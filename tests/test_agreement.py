"""Agreement of a project: tuples and the network, the influence of suggestions, gamma, codings side
by side."""

from __future__ import annotations

import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from rich.style import Style
from support import compute, document, figure_named, layer_named

from annotator.errors import UsageError
from annotator.measures import network
from annotator.measures.api import Result, compare
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span, Value
from annotator.model.statements import statements
from annotator.resources import load_schema
from annotator.tui.theme import THEMES
from annotator.tui.views.differing_words import highlighted, worded
from annotator.tui.views.side_by_side import beside
from annotator.workflows.agreement import gamma as gammas
from annotator.workflows.agreement.compute import figures
from annotator.workflows.agreement.lines import band, bar, number
from annotator.workflows.agreement.report import lines
from annotator.workflows.review.side_by_side import side_by_side

TEXT = "Iran says the deal is dead."
SCHEMA = load_schema("actors-claims-stances")


def _record(who: str, side: str, *, id: str = "d", end: int = 26, author: str = "oppose") -> Record:
    spans = (
        Span("x", "actor", "state", 0, 4, entity="Iran"),
        Span("y", "claim", "fact", 10, end, attributes={"concept": ["the deal is dead"]}),
    )
    edges = (Relation("r", "stance", side, "x", "y"), Relation("q", "stance", author, AUTHOR, "y"))
    return Record(document(TEXT + id, id=id), who, Completion.DONE, spans, edges)


def test_tuples_count_once_a_document_and_cells_once_in_the_network() -> None:
    comparison = compare(
        [
            _record("a", "support"),
            _record("b", "oppose"),
            _record("a", "support", id="e"),
            _record("b", "support", id="e"),
        ]
    )
    results = compute(network, comparison, layer_named("stance"))
    assert figure_named(results, "F1 tuples, label").value == pytest.approx(6 / 8)
    assert figure_named(results, "F1 tuples, concept").value == pytest.approx(6 / 8)
    # In the network of a, Iran supports (+2); in that of b, it is even (+1 -1). The author opposes
    # in both.
    assert figure_named(results, "F1 network cells").value == pytest.approx(2 / 4)
    sign = figure_named(results, "alpha network sign")
    assert sign.coverage == 1
    assert sign.value == pytest.approx(1 - 3 * 2 / (4**2 - (2**2 + 1 + 1)))


def _asserting(
    who: str, concept: str, *, how: str = "author", side: str | None = None, id: str = "d"
) -> Record:
    """A claim that the text asserts itself, or not, and perhaps a stance of the author on it."""
    held = {"concept": [concept], "attribution": how}
    claim = Span("y", "claim", "fact", 10, 26, attributes=held)
    edges = (Relation("q", "stance", side, AUTHOR, "y"),) if side else ()
    return Record(document(TEXT + id, id=id), who, Completion.DONE, (claim,), edges)


@pytest.mark.parametrize("name", ["F1 tuples, label", "F1 tuples, concept", "F1 network cells"])
@pytest.mark.parametrize(
    ("one", "other", "value"),
    [
        (_asserting("a", "dead"), _asserting("b", "dead"), 1),
        (_asserting("a", "dead"), _asserting("b", "dead", how="reported", side="support"), 1),
        (_asserting("a", "dead"), _asserting("b", "dead", side="support"), 1),
        (_asserting("a", "dead"), _asserting("b", "dead", side="oppose"), 0),
        (_asserting("a", "dead"), _asserting("b", "dead", how="reported"), 0),
    ],
)
def test_what_the_text_asserts_is_the_author_s_in_agreement_as_in_the_network(
    one: Record, other: Record, value: float, name: str
) -> None:
    """As the guidelines say, so that the same coding counts the same in agreement and in the
    network."""
    results = compute(network, compare([one, other]), layer_named("stance"))
    assert figure_named(results, name).value == value
    said = [{(s.holder, s.about, s.sign) for s in statements(r)} for r in (one, other)]
    assert (said[0] == said[1]) == (value == 1)


def test_what_relations_are_lost_to() -> None:
    comparison = compare([_record("a", "support"), _record("b", "oppose")])
    found = figures(comparison, [layer_named("stance")])
    lost = found.lost["stance"]
    assert lost.causes == {"missing": 0, "holder": 0, "target": 0, "side": 1}
    assert lost.f1 == 0.5
    assert lost.if_fixed["side"] == 1


def test_leaving_one_out_and_the_worst_paragraph() -> None:
    comparison = compare(
        [_record("a", "support"), _record("b", "support"), _record("c", "support", end=20)]
    )
    found = figures(comparison, [layer_named("claim")])
    assert found.pairs["claim"] == {("a", "b"): (1, 2), ("a", "c"): (0, 2), ("b", "c"): (0, 2)}
    assert found.without["claim"] == {"a": 0, "b": 0, "c": 1}
    assert found.confusion["claim"] == (("fact",), [[6]])
    assert found.worst[0].differing == 4
    texts = [line.text for line in lines(found)]
    assert all(len(text) <= 78 for text in texts)
    assert sum(line.spot is not None for line in lines(found)) == 1


def test_bars_and_bands_say_no_more_than_the_figures() -> None:
    assert bar(0.5, 4) == "██··"
    assert bar(None, 4) == "    "
    assert bar(1.0, 4) == "████"
    assert (number(None), number(0.5), number(-0.004)) == ("–", ".50", "0")
    sure = Result("alpha", "claim", "alpha tokens", 0.9, low=0.81, high=0.95)
    assert band(sure).startswith("reliable")
    assert band(Result("alpha", "claim", "alpha tokens", 0.9, low=0.7, high=0.95)).startswith(
        "tentative"
    )
    assert band(Result("alpha", "claim", "alpha tokens", 0.9, low=0.6, high=0.95)) == ""
    assert band(Result("f1", "claim", "F1 strict", 0.9, low=0.85, high=0.95)) == ""


def _beside(*records: Record, width: int = 80) -> list[str]:
    (passage,) = compare(records).passages
    rows = beside(side_by_side(passage, SCHEMA), next(iter(THEMES.values())), width)
    return ["".join(text for text, _ in row) for row in rows]


def test_a_paragraph_side_by_side_shows_what_differs_first() -> None:
    texts = _beside(_record("ada", "support"), _record("ben", "oppose", end=20))
    first = next(i for i, text in enumerate(texts) if text.startswith("≠ claim  bounds differ"))
    assert (
        "ada" in texts[first + 1]
        and "ben" in texts[first + 2]
        and texts[first + 1] != texts[first + 2]
    )
    assert any(text.startswith("≠ stance  side differs") for text in texts)
    agreed = next(i for i, text in enumerate(texts) if text.startswith("= actor"))
    assert agreed > first
    assert any(text.startswith("2 differ, ") for text in texts)


@pytest.mark.parametrize("width", [40, 78, 118])
def test_side_by_side_shows_the_attributes_that_differ_and_no_others(width: int) -> None:
    shared: dict[str, Value] = {"attribution": "author", "modality": "asserted"}
    ada, ben = (
        replace(
            _record(who, "support"),
            spans=(
                Span("x", "actor", "state", 0, 4, entity=entity, attributes={"mention": "name"}),
                Span("y", "claim", "fact", 10, 26, attributes={**shared, **more}),
            ),
            relations=(Relation("r", "stance", "support", "x", "y", {"strength": 2, "cue": cue}),),
        )
        for who, entity, more, cue in (
            ("ada", "Iran", {"concept": ["the deal is dead", "talks failed"]}, [0, 4]),
            ("ben", None, {"modality": "hedged"}, [5, 9]),
        )
    )
    texts = _beside(ada, ben, width=width)
    told = "\n".join(texts)
    assert "0 differ, 3 in attributes alone, 0 agree" in texts
    assert all(len(text) <= width for text in texts)
    for gone in ("mention", "attribution", "strength"):
        assert gone not in told
    if width > 40:
        for said in (
            "entity differs: ada Iran · ben none",
            "modality differs: ada asserted · ben hedged",
            f"cue differs: ada “{ada.document.quote(0, 4)}” · ben “{ada.document.quote(5, 9)}”",
        ):
            assert said in told
    if width > 78:
        assert "concept differs: ada the deal is dead; talks failed · ben none" in told
    same = _beside(ada, replace(ben, spans=ada.spans, relations=ada.relations), width=width)
    assert "0 differ, 3 agree" in same


def test_a_claim_in_pieces_is_one_difference_whose_words_apart_are_set_off() -> None:
    claims = {"ada": [(10, 26)], "ben": [(10, 18), (19, 26)]}
    works = [
        replace(
            _record(who, "support"),
            spans=tuple(Span(f"{who}{a}", "claim", "fact", a, b) for a, b in places),
            relations=(),
        )
        for who, places in claims.items()
    ]
    (passage,) = compare(works).passages
    (split,) = side_by_side(passage, SCHEMA).differences
    assert len(split.version("ada")) == 1 and len(split.version("ben")) == 2
    assert split.contested == ((18, 19),)
    texts = _beside(*works)
    assert any("bounds differ, 1 claim against 2" in text for text in texts)
    assert any("ada" in text and "“the deal is dead”" in text for text in texts)
    first = next(i for i, text in enumerate(texts) if "ben" in text and "fact “the deal”" in text)
    assert texts[first + 1].split() == ["fact", "“is", "dead”"]


def test_words_apart_are_shown_also_where_both_texts_are_cut() -> None:
    long = "Inflation has come down from 9.1 per cent to 2 per cent and wages follow"
    plain, strong = Style(), Style(bold=True)
    for room in (30, 44):
        one, other = (
            highlighted(runs, room, plain, strong) for runs in worded([long, f"{long} at last"])
        )
        assert [text for text, style in other if style.bold] == ["at last"]
        assert not any(style.bold for _, style in one)
        assert all(sum(len(text) for text, _ in row) <= room for row in (one, other))


_STAND_IN = """\
import json, sys, time
request = json.load(open(0, encoding="utf-8"))
mode = "MODE"
print("noise of an import")
if mode == "slow":
    time.sleep(30)
if mode == "broken":
    sys.exit("ZeroDivisionError: no units")
out = [{"gamma": 0.5, "gamma_cat": 1.0, "units": 1}, {"gamma": 1.0, "gamma_cat": None, "units": 3}]
print(json.dumps({"documents": out[: len(request["documents"])]}))
"""


@pytest.mark.parametrize(
    ("mode", "expected", "words"),
    [("", 0.875, ""), ("slow", None, "stopped after"), ("broken", None, "ZeroDivision")],
)
def test_gamma_runs_in_a_process_that_can_do_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, expected: float | None, words: str
) -> None:
    child = tmp_path / "child.py"
    child.write_text(_STAND_IN.replace("MODE", mode), encoding="utf-8")
    monkeypatch.setattr(gammas, "CHILD", child)
    records = [_record(who, "support", id=id) for who in "ab" for id in "de"]
    (found,) = gammas.gamma(
        compare(records),
        [layer_named("claim")],
        gammas.Settings(seconds=0.5 if mode == "slow" else 60),
    )
    assert found.gamma == expected
    assert words in found.reason
    if expected:
        assert found.gamma_cat == 1


def test_gamma_without_its_package_says_how_to_get_it() -> None:
    try:
        import pygamma_agreement  # noqa: F401
    except ImportError:
        with pytest.raises(UsageError, match="pygamma-agreement"):
            comparison = compare([_record("a", "support"), _record("b", "support")])
            gammas.gamma(
                comparison, [layer_named("claim")], gammas.Settings(), python=sys.executable
            )
    else:
        pytest.skip("the extra is installed")


@pytest.mark.skipif(
    find_spec("pygamma_agreement") is None, reason="the extra `gamma` is not installed"
)
def test_gamma_by_the_package_itself() -> None:
    """Two documents are alike, one differs. Gamma is 1 if all agree, the same for the same seed,
    and lower for annotators who agree less; a document that only one annotator marked is left
    out."""

    def works(*several: list[tuple[int, int, str]], id: str) -> list[Record]:
        text = "x" * 40 + id
        return [
            Record(
                document(text, id=id),
                who,
                Completion.DONE,
                tuple(Span(f"{who}{i}", "claim", c, a, b) for i, (a, b, c) in enumerate(units)),
            )
            for who, units in zip("abc", several, strict=False)
        ]

    alike = [(2, 9, "fact"), (12, 20, "value"), (25, 31, "fact")]
    moved = [(4, 11, "value"), (14, 20, "value")]
    layer, settings = layer_named("claim"), gammas.Settings(precision=0.1, seconds=240)
    (same,) = gammas.gamma(compare(works(alike, alike, id="d")), [layer], settings)
    assert (same.gamma, same.gamma_cat, same.reason) == (pytest.approx(1), pytest.approx(1), "")
    records = [*works(alike, moved, alike, id="d"), *works(alike, [], id="e")]
    once, again = (gammas.gamma(compare(records), [layer], settings)[0] for _ in range(2))
    assert once == again
    assert once.gamma is not None
    assert once.gamma < 1
    assert (once.documents, once.left_out) == (1, 1)
    (late,) = gammas.gamma(compare(records), [layer], gammas.Settings(seconds=0.2))
    assert (late.gamma, late.reason) == (None, "stopped after 0.2 s")
