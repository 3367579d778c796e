"""Which documents are coded first: the doubtful, the different, and a marked share at random."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support import project, suggestions

from annotator.errors import UsageError
from annotator.project import Project, SuggestionRun
from annotator.tui.session.queue import AnnotatorQueue
from annotator.workflows.active_learning import RANDOM_SHARE, next_documents, random_documents

TEXTS = [f"Words about the harbour and its {'crane ' * i}number {i}." for i in range(1, 20)] + [
    "Quantum physics baffles novelists everywhere."
]


def _of(root: Path) -> Project:
    return project(root, *TEXTS)


def test_a_share_is_drawn_at_random_and_marked_and_the_rest_is_what_teaches_most(
    tmp_path: Path,
) -> None:
    with _of(tmp_path / "p") as of:
        told = next_documents(of, "diversity", 10)
        assert len(told.documents) == len(set(told.documents)) == 10
        assert len(told.random) == RANDOM_SHARE * 10
        assert random_documents(of) == told.random
        assert of.documents.ids()[-1] in told.documents, "nothing else is like it"
        assert next_documents(of, "diversity", 10, dry_run=True) == told, (
            "the same project gives the same choice"
        )
        assert len(next_documents(of, "diversity", 1000).documents) == len(TEXTS)
        with pytest.raises(UsageError):
            next_documents(of, "diversity", 0)


def test_what_the_model_doubts_most_comes_first(tmp_path: Path) -> None:
    with _of(tmp_path / "p") as of:
        with pytest.raises(UsageError, match="no suggestions"):
            next_documents(of, "uncertainty", 5)
        one = suggestions()[0]
        scores = {id: 0.5 if i == 7 else 0.99 for i, id in enumerate(of.documents.ids())}
        for id, score in scores.items():
            of.suggestions.put(id, [replace(one, score=score)], run=SuggestionRun({"rules": "1"}))
        told = next_documents(of, "uncertainty", 5)
        doubted = of.documents.ids()[7]
        assert told.documents[0] == doubted or doubted in told.random


def test_the_queue_puts_first_what_teaches_most_and_says_so(tmp_path: Path) -> None:
    with _of(tmp_path / "p") as of:
        queue = AnnotatorQueue(of, "ada")
        plain = queue.ids()
        assert "no suggestions" in queue.turn_order() and queue.ids() == plain
        assert queue.turn_order().startswith("what is least like the rest comes first")
        first = queue.ids()
        by_lot = random_documents(of)
        assert sorted(first) == sorted(plain)
        assert plain[-1] in first[:5] or plain[-1] in by_lot, "it teaches most, if it was not drawn"
        drawn = [place for place, id in enumerate(first, 1) if id in by_lot]
        assert drawn == [5, 10, 15, 20], "every fifth is drawn at random"
        assert [row.id for row in queue.documents(offset=2, limit=3)] == first[2:5]
        assert queue.neighbour(first[0], 1) == first[1] and queue.neighbour(first[0], -1) is None
        of.suggestions.put(first[7], suggestions()[:1], run=SuggestionRun({"rules": "1"}))
        assert queue.waiting(first[0], 1) == first[7]
        assert "project's order" in queue.turn_order() and queue.ids() == plain
