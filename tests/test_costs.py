"""The work for a text, a list or two coders grows no faster than they do. It is counted in lines
that run, so the counts are the same on any machine; `bench/hostile.py` measures CPU time."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from support import document, examples

from annotator.english import components
from annotator.english import parser as parser_module
from annotator.english.components import LONGEST, Lexer, pipeline
from annotator.english.parse import Parse
from annotator.english.reading import shared_reader
from annotator.learners.stances import pairs
from annotator.measures._alignment import aligned, best
from annotator.measures._comparison import compare
from annotator.measures._dense_matching import heaviest
from annotator.merging.api import candidates
from annotator.model.decision import Action, Completion, Decision, Standing, Status
from annotator.model.memory import EMPTY
from annotator.model.names import concepts_of
from annotator.model.overlaps import Overlaps
from annotator.model.record import Record
from annotator.model.span import Span
from annotator.project import Project
from annotator.resources import load_schema
from annotator.suggesters import guideline, memory, model, rules
from annotator.suggesters._forms import KnownForms, without_overlaps
from annotator.workflows.names import name_pairs
from annotator.workflows.review.alignment import differences_of
from annotator.workflows.review.versions import Versions
from annotator.workflows.suggesting.suggest import propose

_HERE = str(Path(rules.__file__).parents[1])
_IN_PROPORTION = 2.3
"""Twice as much may take this many times as many lines."""


def lines_run(work: Callable[[], object]) -> int:
    """How many lines of the program run during some work; each turn of a loop counts."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(_HERE):
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def _name(i: int) -> str:
    return "".join("BKMTVDLPQR"[int(d)] + "aeiou"[i % 5] for d in f"{i:03d}").title()


TEXTS: dict[str, Callable[[int], str]] = {
    "quotation marks": lambda n: '"' * n,
    "capitals": lambda n: "Iran Of " * (n // 2),
    "names": lambda n: ", ".join(f"Mr {_name(i)}" for i in range(n // 3)) + ".",
    "sentences": lambda n: "France says that Iran must go. " * (n // 6),
    "plans": lambda n: "France's plan to sell Iran is bad. " * (n // 9),
    "subjects": lambda n: "Urging France to go Iran left. " * (n // 6),
    "paragraphs": lambda n: "France must go.\n\n" * (n // 4),
}
"""Texts of about so many tokens."""


@pytest.mark.parametrize("kind", TEXTS)
def test_suggestions_cost_in_proportion_to_the_text(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Lower limits show the same with less work.
    monkeypatch.setattr(components, "LONGEST", 20)
    monkeypatch.setattr(pairs, "BESIDE", 3)
    of, none = load_schema("actors-claims-stances"), {}
    created = (module.create for module in (model, rules, guideline, memory))
    suggesters = [create(schema=of, config=none, memory=EMPTY) for create in created]

    def lines(n: int) -> int:
        text = document(TEXTS[kind](n))
        return lines_run(lambda: propose(text, suggesters, EMPTY))

    propose(document(TEXTS[kind](8)), suggesters, EMPTY)  # Tables are read once.
    assert lines(160) < _IN_PROPORTION * lines(80)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return pipeline()


def test_a_long_sentence_is_read_in_stretches(nlp: Language) -> None:
    tokens = Lexer(nlp).tokens("not " * (2 * LONGEST + 1) + "so. And then.")
    assert [i for i, token in enumerate(tokens) if token.first] == [0, 300, 600, 603]
    assert len(Lexer(nlp).tokens("so " * (LONGEST - 1) + ". Then")) == LONGEST + 1


@pytest.mark.parametrize("text", ['"' * 1000, "a-b" * 500, " (" + "word," * 300 + ") b " * 300])
def test_the_tokenizer_gets_no_long_run_at_once(
    text: str, nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, make_doc = [], nlp.make_doc
    monkeypatch.setattr(nlp, "make_doc", lambda piece: (seen.append(piece), make_doc(piece))[1])
    tokens = Lexer(nlp).tokens(text)
    assert max(len(run) for piece in seen for run in piece.split()) <= 200
    assert "".join(seen) == text
    assert all(text[token.start : token.end] == token.text for token in tokens)
    assert "".join(token.text for token in tokens) == "".join(text.split())


def test_a_long_paragraph_is_parsed_in_parts_that_fit_together(
    nlp: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parser_module, "_LONGEST", 20)
    parser = shared_reader().parser
    assert parser is not None
    sentence = Lexer(nlp).tokens("France wants the old plan.")
    (alone,) = parser.parse([sentence])
    (many,) = parser.parse([sentence * 13])
    assert len(many) == 13 * len(alone)
    for number in (0, 5, 12):
        first = number * len(alone)
        assert many.heads[first : first + len(alone)] == tuple(h + first for h in alone.heads)
        assert many.chunks[first + 1] == alone.chunks[1] + (first if alone.chunks[1] >= 0 else 0)
    assert Parse.joined([]) == parser.parse([[]])[0]


_STRETCHES = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9)), max_size=12)


@given(_STRETCHES, st.integers(0, 30), st.integers(1, 9))
def test_overlaps_are_those_of_all_pairs(
    places: list[tuple[int, int]], start: int, length: int
) -> None:
    stretches = [(a, a + n) for a, n in places]
    end = start + length
    expected = [i for i, (a, z) in enumerate(stretches) if a < end and start < z]
    assert Overlaps(stretches).of(start, end) == expected


def test_overlaps_are_found_without_comparing_all() -> None:
    def lines(n: int) -> int:
        found = Overlaps([(i, i + 3) for i in range(n)])
        return lines_run(lambda: [found.of(i, i + 1) for i in range(n)])

    assert lines(400) < _IN_PROPORTION * lines(200)


_LEVELS = st.tuples(st.integers(0, 2), st.integers(0, 1 << 40), st.integers(0, 1 << 32))


@settings(max_examples=examples(60))
@given(st.lists(st.lists(st.none() | _LEVELS, min_size=6, max_size=6), min_size=1, max_size=6))
def test_both_assignments_are_equally_good(
    table: list[list[tuple[int, int, int] | None]],
) -> None:
    cells = [(i, j, one) for i, row in enumerate(table) for j, one in enumerate(row) if one]
    if not cells:
        return
    ranks = [one for _, _, one in cells]
    left, right = (np.unique([c[k] for c in cells], return_inverse=True)[1] for k in (0, 1))
    dense = heaviest(left, right, np.array(ranks, dtype=np.int64)).tolist()
    sparse = best(list(zip(left.tolist(), right.tolist(), strict=True)), ranks)

    def total(chosen: list[int]) -> list[int]:
        return [sum(ranks[c][level] for c in chosen) for level in range(3)]

    assert total(dense) == total(sparse)
    assert len(set(left[dense].tolist())) == len(dense) == len(set(right[dense].tolist()))


def _nested(who: str, n: int) -> Record:
    text = document("x" * (4 * n))
    spans = tuple(Span(f"{who}{i}", "claim", "fact", i, 4 * n - i) for i in range(n))
    return Record(text, who, Completion.DONE, spans)


def test_nested_spans_are_aligned_with_their_copies() -> None:
    comparison = compare([_nested("a", 60), _nested("b", 60)])
    one, other = aligned(comparison, "claim")
    assert len(one) == 60
    assert (np.abs(one - other) == 60).all()


def test_nested_spans_cost_in_proportion_to_their_pairs() -> None:
    def lines(n: int) -> int:
        comparison = compare([_nested("a", n), _nested("b", n)])
        return lines_run(lambda: aligned(comparison, "claim"))

    # Twice as many spans have four times as many pairs.
    assert lines(80) < 2 * _IN_PROPORTION * lines(40)


def _beside(who: str, n: int, label: str) -> Record:
    spans = tuple(
        Span(f"{who}{i}", "claim", label, 4 * i, 4 * i + 3, None, {"concept": [f"{label} {i}"]})
        for i in range(n)
    )
    return Record(document("x" * (4 * n)), who, Completion.DONE, spans)


def test_differences_cost_in_proportion_to_the_annotations() -> None:
    def lines(n: int) -> int:
        records = [_beside("a", n, "fact"), _beside("b", n, "value")]
        found = Versions("doc", ("a", "b"), tuple(candidates(records)), (), "")
        assert len(differences_of(found)) == n
        return lines_run(lambda: differences_of(found))

    assert lines(60) < _IN_PROPORTION * lines(30)


def test_pairs_of_names_cost_in_proportion_to_the_annotations() -> None:
    concepts = concepts_of(load_schema("actors-claims-stances"))

    def lines(n: int) -> int:
        records = [_beside("a", n, "fact"), _beside("b", n, "value")]
        assert len(name_pairs.pairs(records, concepts)) == n
        return lines_run(lambda: name_pairs.pairs(records, concepts))

    assert lines(60) < _IN_PROPORTION * lines(30)


_FORMS = st.lists(st.text("ab'-. ", min_size=1, max_size=5), min_size=1, max_size=6)


@settings(max_examples=examples(200))
@given(_FORMS, st.text("ab'-. \n", max_size=20), st.integers(0, 3))
def test_known_forms_are_found_as_by_one_pattern_of_all(
    some: list[str], text: str, start: int
) -> None:
    forms = sorted({" ".join(form.split()) for form in some} - {""}, key=lambda f: (-len(f), f))
    if not forms:
        return
    parts = (r"\s+".join(map(re.escape, form.split())) for form in forms)
    every = re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")
    found = without_overlaps(KnownForms(forms).matches(text, start, len(text)))
    assert [m.span() for m in found] == [m.span() for m in every.finditer(text, start)]


def test_a_text_is_searched_for_the_forms_that_its_words_begin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiled: list[str] = []
    compile_ = re.compile
    known = KnownForms([f"name{i} of" for i in range(500)])
    monkeypatch.setattr(re, "compile", lambda p: (compiled.append(p), compile_(p))[1])
    text = "name7 of x and name9 off " * 3
    assert [m.start() for m in known.matches(text, 0, len(text))] == [0, 25, 50]
    assert [pattern.count("|") for pattern in compiled] == [0, 0]


def _steps_to_record(root: Path, number: int) -> int:
    """How many hundreds of steps of SQLite's virtual machine take that many new spans at once."""
    count = 0

    def another() -> int:
        nonlocal count
        count += 1
        return 0

    with Project.create(root) as project:
        of = document(" ".join(f"Person{i:05}" for i in range(number)), id="doc")
        project.log.add_records([Record(of, "ben", Completion.IN_PROGRESS)])
        decisions = [
            Decision(
                "group",
                Action.ADD,
                f"s{i}",
                0,
                None,
                Standing(Status.MARKED, Span(f"s{i}", "actor", "person", 12 * i, 12 * i + 11)),
            )
            for i in range(number)
        ]
        project._database._connection.set_progress_handler(another, 100)
        project.log.record("doc", "ada", decisions)
    return count


def test_many_decisions_at_once_cost_in_proportion(tmp_path: Path) -> None:
    once, twice = (_steps_to_record(tmp_path / str(n), n) for n in (400, 800))
    assert once and twice <= _IN_PROPORTION * once
