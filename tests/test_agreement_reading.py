"""Agreement of a large project is read by two processes, and is the same to the last digit."""

from __future__ import annotations

import multiprocessing
import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from support import TEXT, document, suggestions

from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.span import Relation, Span
from annotator.project import Project, SuggestionRun
from annotator.store import finished
from annotator.workflows.agreement import reading
from annotator.workflows.agreement.compute import Follower
from annotator.workflows.agreement.part import ComparedPart
from annotator.workflows.agreement.values import Agreement
from annotator.workflows.names.rulings import rule_same
from annotator.workflows.processes import processes

DOCUMENTS = 9


def _record(rng: random.Random, who: str, number: int) -> Record:
    names = rng.choices(("Iran", "Persia", None), k=2)
    actors = [Span(f"a{i}", "actor", "state", i, i + 4, entity=n) for i, n in enumerate(names)]
    claims = [
        Span(f"c{i}", "claim", rng.choice(("fact", "value")), 9 * i, 9 * i + rng.randint(4, 8))
        for i in range(3)
    ]
    sides = [
        Relation(f"r{s.id}", "stance", "support", rng.choice(("a0", "a1")), s.id) for s in claims
    ]
    text = document(f"{TEXT} {number}", id=f"d{number}")
    return Record(text, who, Completion.DONE, (*actors, *claims), tuple(sides))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with work of two or three annotators, with suggestions, blind paragraphs and a
    ruling on names, that counts as large and is read in batches of a few documents."""
    rng = random.Random(1)
    works = [
        _record(rng, who, number)
        for number in range(DOCUMENTS)
        for who in sorted(rng.sample(("ada", "ben", "cy"), rng.randint(2, 3)))
    ]
    root = tmp_path / "p"
    with Project.create(root) as of:
        of.log.add_records(works)
        for number in range(0, DOCUMENTS, 2):
            of.suggestions.put(f"d{number}", suggestions(), run=SuggestionRun({"rules": "1"}))
        rule_same(of, "entity", ["Persia"], "Iran")
    settings = root / "annotator.toml"
    settings.write_text("blind_share = 0.5\n" + settings.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(reading, "LARGE", DOCUMENTS)
    monkeypatch.setattr(reading, "processors", lambda: 2)
    monkeypatch.setattr(finished, "_AT_ONCE", 1)
    return root


def _read(root: Path, *, second: bool) -> tuple[Agreement, str]:
    part = ComparedPart(called={"ada": "zoe"})
    with Project.open(root) as of:
        made = Follower(of, part, keep=False, compare_names=True, second_process=second)
        return made.agreement(), repr((made.agreement(), made.by_rulings()))


def _watch(monkeypatch: pytest.MonkeyPatch, seen: Callable[[Sequence[reading.Ids]], None]) -> None:
    """Call `seen` after each batch that a second process gets."""

    @contextmanager
    def watched(task: Any, workers: int) -> Iterator[Any]:
        with processes(task, workers) as submit:

            def submitted(some: Sequence[reading.Ids]) -> Any:
                wait = submit(some)
                seen(some)
                return wait

            yield submitted

    monkeypatch.setattr(reading, "processes", watched)


def test_two_processes_find_what_one_finds_and_tell_what_they_left_out(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(root / "annotator.db")) as raw:
        change = "replace(state, '\"attributes\":{}', '\"attributes\":3')"
        raw.execute(f"UPDATE item SET state = {change} WHERE document = 'd1' AND item = 'c0'")
        raw.commit()
    given: list[str] = []
    _watch(monkeypatch, lambda some: given.extend(id for ids, _ in some for id in ids))
    found, two = _read(root, second=True)
    assert given == ["d1", "d3", "d5", "d7"]
    assert "d1 (" in caplog.text and "left out" in caplog.text
    assert found.data.documents == DOCUMENTS and found.blind and found.model
    alone, one = _read(root, second=False)
    assert (found, two) == (alone, one)
    assert len(given) == DOCUMENTS // 2


def test_a_process_that_dies_is_told_and_its_work_is_done_without_it(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def kill(_: object) -> None:
        for child in multiprocessing.active_children():
            child.kill()

    _watch(monkeypatch, kill)
    assert _read(root, second=True) == _read(root, second=False)
    assert caplog.text.count("has died") == 1


def test_a_small_project_is_read_by_one_process(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "processes", None)
    monkeypatch.setattr(reading, "LARGE", DOCUMENTS + 1)
    assert _read(root, second=True)[0].data.documents == DOCUMENTS
    monkeypatch.setattr(reading, "LARGE", DOCUMENTS)
    monkeypatch.setattr(reading, "processors", lambda: 1)
    assert _read(root, second=True)[0].data.documents == DOCUMENTS
