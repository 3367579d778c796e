"""A whole campaign without a terminal: three annotators, agreement, merge,
review, data set, same bytes elsewhere."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from adjudicating import adjudication, gold_session, take

from annotator.formats.api import read_records
from annotator.model import actions as do
from annotator.model.decision import Completion
from annotator.model.record import GOLD, Record
from annotator.model.span import AUTHOR
from annotator.project import Project
from annotator.resources import folder, load_schema
from annotator.workflows.agreement.compute import agreement
from annotator.workflows.exchange.dataset import check_dataset, write_dataset
from annotator.workflows.exchange.export import export
from annotator.workflows.exchange.export_records import ExportOptions
from annotator.workflows.exchange.importing import ingest
from annotator.workflows.exchange.validate import validate
from annotator.workflows.review.adjudication import merge_all
from annotator.workflows.review.queue import review_rows
from annotator.workflows.review.who_was_right import right

DOCUMENTS = 4


def _third(record: Record) -> Record:
    """A third coding: that of coder-a with other types for some claims, and without some actors
    that hold no stance."""
    held = {end for r in record.relations for end in (r.source, r.target)} - {AUTHOR}
    spans = []
    for i, span in enumerate(record.spans):
        if span.layer == "actor" and span.id not in held and i % 3 == 0:
            continue
        swapped = span.layer == "claim" and i % 4 == 0 and span.label != "policy"
        spans.append(replace(span, label="policy") if swapped else span)
    return replace(record, annotator="third", spans=tuple(spans), notes={}, flags=())


def _review(project: Project, strategy: str) -> int:
    """Decide every difference by its majority, or for nobody. Returns how many were decided."""
    session = gold_session(project, strategy=strategy)
    decided = 0
    for id in session.queue.ids():
        session.open(id)
        for paragraph in session.review.document.paragraphs:
            if session.review.is_excluded(paragraph.index):
                continue
            session.do(do.GoParagraph(paragraph.index))
            while item := next((i for i in session.review.items if i.undecided), None):
                session.do(do.FocusItem(item.id))
                difference = adjudication(session).in_focus()
                assert difference is not None
                take(session, difference.majority() or (), "decided")
                decided += 1
                assert session.review.message != "that is already so"
            session.do(do.GoParagraph(paragraph.index))
            session.do(do.CloseParagraph())
    return decided


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("campaign") / "p"
    with Project.create(root) as project:
        for name in ("coder-a", "coder-b"):
            records = read_records(folder("seeds") / f"{name}.jsonl", project.schema)
            project.log.add_records(islice(records, 2 * DOCUMENTS))
        own = [_third(r) for r in project.log.records(annotator="coder-a")][:DOCUMENTS]
        project.log.add_records(own)
    return root


@pytest.mark.slow
def test_three_annotators_from_agreement_to_the_same_bytes_elsewhere(
    campaign: Path, tmp_path: Path
) -> None:
    with Project.open(campaign) as project:
        found = agreement(project)
        assert found.data.annotators == ("coder-a", "coder-b", "third")
        strict = next(r for r in found.results if r.layer == "claim" and r.name == "F1 strict")
        assert strict.value is not None and 0.1 < strict.value < 0.95
        merged, _ = merge_all(project, "majority")
        every = len(project.documents.ids())
        assert merged == every
        waiting = sum(row.undecided for row in review_rows(project, "majority"))
        assert waiting
        assert _review(project, "majority") > 50
        left = review_rows(project, "majority")
        assert {row.status for row in left} == {Completion.GOLD}
        assert sum(row.undecided for row in left) == 0
        tallies = right(project, "majority")
        assert {r.annotator for r in tallies} == {"coder-a", "coder-b", "third"}
        assert all(0 <= r.right <= r.of for r in tallies)
        target = tmp_path / "set"
        made = write_dataset(project, target)
        assert made.records == every
        check_dataset(project, target)
        drawn = {
            (r.document.id, s.layer, s.label, s.start, s.end)
            for r in project.log.records()
            if r.annotator
            for s in r.spans
        }
        gold = {
            (r.document.id, s.layer, s.label, s.start, s.end)
            for r in project.log.records(annotator=GOLD)
            for s in r.spans
        }
        assert gold <= drawn
        every = [s for r in project.log.records(annotator=GOLD) for s in r.spans]
        assert len({(s.layer, s.label, s.start, s.end, s.id) for s in every}) == len(every)
    assert not validate(target / "gold.jsonl", load_schema("actors-claims-stances")).problems
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["annotators"] == ["coder-a", "coder-b", "third"]
    assert manifest["agreement"]
    with Project.create(tmp_path / "elsewhere") as other:
        ingest(other, target / "gold.jsonl")
        again = export(other, "jsonl", tmp_path / "again", ExportOptions(status="gold"))
    assert again.file.read_bytes() == (target / "gold.jsonl").read_bytes()
    with Project.create(tmp_path / "whole") as other:
        for name in ("annotators.jsonl", "gold.jsonl"):
            ingest(other, target / name)
        write_dataset(other, tmp_path / "set-again")
    for file in target.iterdir():
        lines, there = (
            (where / file.name).read_text(encoding="utf-8").splitlines()
            for where in (target, tmp_path / "set-again")
        )
        differing = [a for a, b in zip(lines, there, strict=True) if a != b]
        # In the other project, the gold was decided on the day of the import, so the card has
        # another hash.
        for line in differing:
            assert file.suffix != ".jsonl"
            assert "sha256" in line or line.strip(' |"').casefold().startswith("last"), line
        assert len(differing) <= {"manifest.json": 3, "README.md": 1}.get(file.name, 0)
