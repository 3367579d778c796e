"""Agreement that is updated document by document equals agreement from scratch; and a project that
is followed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playing import play, press, until
from support import document
from textual.pilot import Pilot

from annotator import families
from annotator.errors import UsageError
from annotator.measures import _running_sums
from annotator.measures.api import cleaned_record, compare
from annotator.model.decision import (
    Action,
    Completion,
    CompletionMark,
    Decision,
    Standing,
    Status,
    Suggestion,
)
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import Paragraph
from annotator.project import Project
from annotator.resources import load_schema
from annotator.tui.session import Session
from annotator.workflows.agreement.compute import Follower, agreement
from annotator.workflows.agreement.incremental import IncrementalAgreement
from annotator.workflows.agreement.part import ALL
from annotator.workflows.agreement.values import Agreement
from annotator.workflows.names.rulings import rule, rule_same, undo

LAYERS = load_schema("actors-claims-stances").layers
TEXT = (
    "Iran says the deal is dead, and the rest of them say so too.\n"
    "The second paragraph is not much longer."
)


def _record(rng: random.Random, who: str, number: int) -> Record:
    text = f"{TEXT} {number:03}"
    spans = [
        Span(
            f"c{i}",
            "claim",
            rng.choice(("fact", "value", "policy")),
            10 * i,
            10 * i + rng.randint(4, 9),
            attributes={"modality": rng.choice(("asserted", "hedged"))},
        )
        for i in rng.sample(range(9), rng.randint(0, 5))
    ]
    actors = [
        Span(
            "a",
            "actor",
            rng.choice(("state", "person")),
            0,
            4,
            entity=rng.choice(("Iran", "Persia")),
        )
    ]
    sides = ("support", "oppose", "neutral")
    edges = [
        Relation(f"r{s.id}", "stance", rng.choice(sides), rng.choice(("a", AUTHOR)), s.id)
        for s in spans
    ]
    everything = tuple(sorted([*spans, *actors], key=lambda s: s.start))
    return Record(
        document(text, id=f"d{number:03}"), who, Completion.DONE, everything, tuple(edges)
    )


def _documents(rng: random.Random, count: int) -> dict[str, list[Record]]:
    out = {}
    for number in range(count):
        people = rng.sample(("ada", "ben", "cy", "di"), rng.randint(2, 4))
        out[f"d{number:03}"] = [_record(rng, who, number) for who in sorted(people)]
    return out


def _kept(works: dict[str, list[Record]], *, keep: bool = True) -> IncrementalAgreement:
    kept = IncrementalAgreement(
        LAYERS,
        documents=len(works),
        keep=keep,
        hidden=lambda name, _, index: (len(name) + index) % 2 == 0,
        contrasts=True,
    )
    kept.put([record for several in works.values() for record in several], {})
    return kept


def _alike(found: Agreement, wanted: Agreement) -> None:
    assert found.data == wanted.data
    assert [(r.layer, r.name, r.reason, r.n) for r in found.results] == [
        (r.layer, r.name, r.reason, r.n) for r in wanted.results
    ]
    for mine, theirs in zip(found.results, wanted.results, strict=True):
        for name in ("value", "low", "high", "coverage"):
            assert getattr(mine, name) == pytest.approx(getattr(theirs, name), abs=1e-9), (
                mine.name,
                name,
            )
        for one, other in zip(mine.parts.items(), theirs.parts.items(), strict=True):
            assert one[0] == other[0]
            for name in ("value", "low", "high", "n"):
                assert getattr(one[1], name) == pytest.approx(getattr(other[1], name), abs=1e-9)
    assert (found.lost, found.worst, found.confusion) == (
        wanted.lost,
        wanted.worst,
        wanted.confusion,
    )
    assert (found.pairs, found.without) == (wanted.pairs, wanted.without)
    assert [(c.layer, c.paragraphs) for c in found.blind] == [
        (c.layer, c.paragraphs) for c in wanted.blind
    ]
    for one, other in zip(found.blind, wanted.blind, strict=True):
        assert one.shown.value == pytest.approx(other.shown.value)
        assert one.hidden.high == pytest.approx(other.hidden.high)


@pytest.mark.parametrize(
    ("start", "groups", "at_once"),
    [
        pytest.param(14, 1000, 2_000_000, marks=pytest.mark.slow),
        (14, 1000, 500),
        pytest.param(14, 14, 2_000_000, marks=pytest.mark.slow),
        (9, 5, 100),
        (3, 1000, 2_000_000),
    ],
)
def test_document_by_document_gives_what_all_at_once_gives(
    start: int, groups: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of documents goes above the limit from which groups are left out, and back, in one
    step and in several."""
    monkeypatch.setattr(_running_sums, "GROUPS", groups)
    monkeypatch.setattr(_running_sums, "AT_ONCE", at_once)
    rng = random.Random(start)
    works = _documents(rng, start)
    kept = _kept(works)
    kept.agreement()
    spare = _documents(rng, 20)
    for step in range(8):
        name = f"d{rng.randrange(start + 2):03}"
        if step % 3 == 2 and name in works and len(works) > 2:
            del works[name]
            kept.drop(name)
        else:
            works[name] = (
                spare[name] if step % 2 else [replace(r, spans=r.spans[:2]) for r in spare[name]]
            )
            works[name] = [_whole(r) for r in works[name]]
            kept.put(works[name], {})
        fresh = _kept(dict(sorted(works.items())), keep=step % 2 == 0)
        _alike(kept.agreement(), fresh.agreement())


def _whole(record: Record) -> Record:
    """The record without relations whose ends are gone."""
    ends = {s.id for s in record.spans} | {AUTHOR}
    return replace(
        record, relations=tuple(r for r in record.relations if {r.source, r.target} <= ends)
    )


def test_the_model_is_compared_with_each_annotator_by_where_it_was_seen() -> None:
    """Counted by hand: spans with the same bounds and label, in paragraphs where
    suggestions were shown and hidden."""
    works = _documents(random.Random(3), 6)
    proposed = {
        name: [
            Suggestion(replace(s, id=f"p{i}", origin="suggestion"), 0, "rules", "1", 0.9)
            for i, s in enumerate(several[0].spans)
            if i % 2 == 0
        ]
        for name, several in works.items()
    }

    def hidden(name: str, who: str, index: int) -> bool:
        return who == "di" or (name in ("d001", "d004") and index == 0)

    kept = IncrementalAgreement(LAYERS, hidden=hidden)
    kept.put([record for several in works.values() for record in several], proposed)
    found = {(c.layer, c.name): c for c in kept.agreement().model}
    for who in ("ada", "ben", "cy", "di"):
        own = [
            record for several in works.values() for record in several if record.annotator == who
        ]
        for part, value in (
            ("shown", found["claim", who].shown.value),
            ("hidden", found["claim", who].hidden.value),
        ):
            same = every = 0
            for record in own:
                name, paragraphs = record.document.id, record.document.paragraphs

                def there(
                    s: Span, name: str = name, paragraphs: Sequence[Paragraph] = paragraphs
                ) -> bool:
                    index = int(s.start >= paragraphs[1].start)
                    return s.layer == "claim" and hidden(name, who, index) == (part == "hidden")  # noqa: B023

                spans = tuple(s.value for s in proposed[name] if isinstance(s.value, Span))
                mine, theirs = (
                    {(s.start, s.end, s.label) for s in cleaned_record(one).spans if there(s)}
                    for one in (record, replace(record, spans=spans, relations=()))
                )
                same, every = same + len(mine & theirs), every + len(mine) + len(theirs)
            assert value == (pytest.approx(2 * same / every) if every else None), (who, part)
        passages = found["claim", who].paragraphs
        assert sum(passages) == sum(len(record.document.paragraphs) for record in own)


def test_in_batches_gives_what_all_at_once_gives() -> None:
    works = _documents(random.Random(5), 30)
    parts = IncrementalAgreement(
        LAYERS,
        documents=30,
        keep=False,
        hidden=lambda name, _, index: (len(name) + index) % 2 == 0,
        contrasts=True,
    )
    names = list(works)
    for at in range(0, 30, 7):
        parts.put([record for name in names[at : at + 7] for record in works[name]], {})
    _alike(parts.agreement(), _kept(works).agreement())


def test_the_interval_is_as_wide_as_that_of_draws_with_replacement() -> None:
    """A ratio over 60 documents, against 4,000 resamples in the usual way."""
    rng = random.Random(2)
    works = _documents(rng, 60)
    found = next(
        r for r in _kept(works).agreement().results if (r.layer, r.name) == ("claim", "F1 strict")
    )
    module = families.measures.load("f1")
    comparison = compare(record for several in works.values() for record in several)
    table = module.strict(comparison, next(layer for layer in LAYERS if layer.name == "claim"))
    rows = np.zeros((60, 2))
    np.add.at(rows, [p.document for p in comparison.passages], table.rows)
    usual = np.random.default_rng(1)
    sums = np.array([rows[usual.integers(0, 60, 60)].sum(axis=0) for _ in range(4000)])
    low, high = np.percentile(2 * sums[:, 0] / sums[:, 1], [2.5, 97.5])
    assert found.low is not None and found.high is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.15 * (high - low))


def _complete(project: Project, id: str, who: str, state: Completion, before: Completion) -> None:
    old, new = (Standing(Status.MARKED, CompletionMark(one)) for one in (before, state))
    project.log.record(
        id, who, [Decision(f"{id}{who}{state}", Action.COMPLETE, "@document", -1, old, new)]
    )


def test_a_project_is_followed(tmp_path: Path) -> None:
    works = _documents(random.Random(3), 12)
    root = tmp_path / "p"
    with Project.create(root) as writer, Project.open(root) as reader:
        follower = Follower(reader)
        with pytest.raises(UsageError, match="two annotators"):
            follower.agreement()
        assert not follower.update()
        writer.log.add_records(record for several in works.values() for record in several)
        assert follower.update()
        assert not follower.update()
        _alike(follower.agreement(), agreement(reader))
        first = works["d003"][0]
        assert first.annotator is not None
        _complete(writer, "d003", first.annotator, Completion.SKIPPED, Completion.DONE)
        assert follower.update()
        found = follower.agreement()
        assert found.data.skipped == 1
        _alike(found, agreement(reader))
        span = first.spans[0]
        _complete(writer, "d003", first.annotator, Completion.DONE, Completion.SKIPPED)
        _move(writer, "d003", first.annotator, span)
        follower.update()
        found = follower.agreement()
        _alike(found, agreement(reader))
        assert found.data.skipped == 0


@pytest.mark.parametrize("same_names", [False, True])
def test_rulings_on_names_are_followed(tmp_path: Path, same_names: bool) -> None:
    """A first ruling, a second, a concept's contrary, and one that is taken back. After each, the
    figures are those of a report from scratch, as coded and by the rulings."""
    works = _documents(random.Random(6), 6)
    with Project.create(tmp_path / "p") as writer, Project.open(tmp_path / "p") as reader:
        writer.log.add_records(_with_concepts(r) for several in works.values() for r in several)
        part = replace(ALL, same_names=same_names)
        follower = Follower(reader, part, compare_names=True)
        assert not follower.by_rulings()
        seen = [follower.by_rulings()]
        for step in (
            lambda: rule_same(writer, "entity", ["Persia"], "Iran"),
            lambda: rule_same(writer, "concept", ["tolls fall"], "fees fall"),
            lambda: rule(writer, [("concept", "fees fall", "fees rise", "opposite")]),
            lambda: undo(writer),
            lambda: [undo(writer), undo(writer)],
        ):
            step()
            assert follower.update()
            assert not follower.update()
            fresh = Follower(reader, part, compare_names=True)
            _alike(follower.agreement(), fresh.agreement())
            assert follower.by_rulings() == fresh.by_rulings()
            assert follower.by_rulings() != seen[-1]
            seen.append(follower.by_rulings())
        assert not seen[-1]


def _with_concepts(record: Record) -> Record:
    """Each claim with one of three concepts, or the contrary of one."""
    rng = random.Random(f"{record.annotator}{record.document.id}")
    known = ("tolls fall", "not: fees fall", "fees rise")
    spans = (
        replace(s, attributes={**s.attributes, "concept": [rng.choice(known)]})
        if s.layer == "claim"
        else s
        for s in record.spans
    )
    return replace(record, spans=tuple(spans))


def _move(project: Project, id: str, who: str, span: Span) -> None:
    state, _ = project.log.annotations(id, who)
    old = next(
        s for held in state.by_paragraph.values() for item, s in held.items() if item == span.id
    )
    new = replace(old, value=replace(span, end=span.end + 1))
    project.log.record(id, who, [Decision("g", Action.CORRECT, span.id, 0, old, new)])


def _names(records: Sequence[Record]) -> list[str]:
    return [str(r.annotator) for r in records]


def test_what_is_read_for_comparing_is_what_records_hold(tmp_path: Path) -> None:
    works = _documents(random.Random(4), 5)
    with Project.create(tmp_path / "p") as project:
        project.log.add_records(record for several in works.values() for record in several)
        (found,) = list(project.log.finished(list(works)))
        for mine, theirs in zip(found, project.log.records(), strict=True):
            assert (mine.document, mine.annotator, mine.spans) == (
                theirs.document,
                theirs.annotator,
                theirs.spans,
            )
            assert mine.relations == theirs.relations
        (some,) = list(project.log.finished(["d001"], ["ada", "ben"]))
        assert set(_names(some)) <= {"ada", "ben"}


def test_the_open_screen_follows(tmp_path: Path) -> None:
    """What another process saves appears on the screen without a key; the cursor stays on its
    paragraph."""
    root = tmp_path / "p"
    works = _documents(random.Random(8), 3)

    async def script(pilot: Pilot[int], _: Session) -> None:
        await press(pilot, "q A")
        await until(pilot, "no document was finished")
        writer.log.add_records(record for several in works.values() for record in several)
        await until(pilot, "3 documents finished")
        await press(pilot, "n")
        rows = await until(pilot, "▸   d")
        before = next(row for row in rows.splitlines() if row.startswith("▸"))
        who = next(r.annotator for r in works["d001"] if r.annotator)
        _complete(writer, "d001", who, Completion.SKIPPED, Completion.DONE)
        await press(pilot, "home")
        await until(pilot, "1 skipped")
        await press(pilot, "n enter")
        await until(pilot, "differ,")
        assert before.split()[1].startswith("d0")
        await press(pilot, "escape escape")

    with Project.create(root) as reader, Project.open(root) as writer:
        reader.documents.add([document("Nothing to see here.", id="x")])
        play(reader, script, annotator="di", size=(80, 24))
