"""Where annotations come from: what annotators were shown and who decided in review, recorded when
it happens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from adjudicating import gold_session
from hosts import exported, keys, mark, merged
from support import suggestions

from annotator.errors import InputError
from annotator.formats.api import data_of
from annotator.formats.jsonl import dumps
from annotator.model import actions as do
from annotator.model.decision import Completion, Suggestion
from annotator.model.record import GOLD, Record
from annotator.model.span import Span
from annotator.project import Project, SuggestionRun
from annotator.tui.session import Session
from annotator.workflows.exchange.export import export
from annotator.workflows.exchange.export_records import ExportOptions
from annotator.workflows.exchange.importing import ingest
from annotator.workflows.review.adjudication import merge_all

RUN = SuggestionRun({"rules": "1"})


def _suggested(root: Path, settings: str = "") -> Project:
    from support import document

    Project.create(root).close()
    if settings:
        (root / "annotator.toml").write_text(settings, encoding="utf-8")
    project = Project.open(root)
    project.documents.add([document()])
    project.suggestions.put("doc", suggestions(), run=RUN)
    return project


def _opened(project: Project, who: str, document: str = "doc", *, paragraph: int = 0) -> Session:
    session = Session(project, who, project.new_session())
    session.open(document, paragraph=paragraph)
    return session


def test_what_is_shown_is_kept_when_it_is_shown_and_by_whom(tmp_path: Path) -> None:
    with _suggested(tmp_path / "p") as project:
        assert project.provenance.shown("doc", "ada") == ()
        session = _opened(project, "ada")
        before = project.provenance.shown("doc", "ada")
        assert {s.id for s in before} == {i.id for i in session.review.items}
        assert project.provenance.shown("doc", "ben") == ()
        # Later suggestions were not shown.
        project.suggestions.put("doc", [], run=SuggestionRun({"rules": "2"}))
        assert project.provenance.shown("doc", "ada") == before


def test_what_is_blind_or_below_the_threshold_is_not_shown(tmp_path: Path) -> None:
    with _suggested(tmp_path / "p", "blind_share = 1.0\n") as project:
        _opened(project, "ada")
        assert project.provenance.shown("doc", "ada") == ()
    with _suggested(tmp_path / "q") as project:
        project.suggestions.put("doc", [], run=RUN)
        session = _opened(project, "ada")
        session.do(do.SetThreshold(0.9))
        project.suggestions.put("doc", suggestions(), run=RUN)
        session.reload()
        assert session.review.items == ()
        assert project.provenance.shown("doc", "ada") == ()
        session.do(do.SetThreshold(0.5))
        assert len(project.provenance.shown("doc", "ada")) == len(session.review.items) > 0


def test_records_say_what_was_shown_and_those_that_do_not_were_shown_nothing(
    tmp_path: Path,
) -> None:
    with _suggested(tmp_path / "p") as project:
        session = _opened(project, "ada")
        session.do(do.AcceptAll())
        session.do(do.SetCompletion(Completion.DONE))
        seen = project.provenance.shown("doc", "ada")
        made = export(project, "jsonl", tmp_path / "out")
        text = made.file.read_text(encoding="utf-8")
        assert '"shown":[{' in text
    with Project.create(tmp_path / "q") as project:
        ingest(project, made.file)
        assert project.provenance.shown("doc", "ada") == seen
        project.suggestions.put("doc", suggestions(), run=RUN)
        again = export(project, "jsonl", tmp_path / "again")
        assert again.file.read_bytes() == made.file.read_bytes()
    with Project.create(tmp_path / "r") as project:
        bare = tmp_path / "bare.jsonl"
        data = json.loads(text)
        del data["meta"]["completion"]["shown"]
        bare.write_text(json.dumps(data), encoding="utf-8")
        ingest(project, bare)
        project.suggestions.put("doc", suggestions(), run=RUN)
        assert project.provenance.shown("doc", "ada") == ()


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"opened": [0], "blind": [0]}, "stands under opened too"),
        ({"opened": "0"}, "must be a list of paragraph indices"),
        ({"blind": [-1]}, "must be a list of paragraph indices"),
        ({"blind": [True]}, "must be a list of paragraph indices"),
        ({"opened": [7]}, "no paragraph has the index 7"),
    ],
)
def test_paragraphs_that_cannot_have_been_opened_are_refused(
    told: dict[str, object], problem: str, tmp_path: Path
) -> None:
    with _suggested(tmp_path / "p") as project:
        (one,) = (project.documents.load(id) for id in project.documents.ids())
        assert one is not None
        data = data_of(Record(one, "ada", Completion.DONE))
        data["meta"]["completion"] = told
        (tmp_path / "a.jsonl").write_text(json.dumps(data), encoding="utf-8")
        with pytest.raises(InputError, match=problem):
            ingest(project, tmp_path / "a.jsonl")
        assert not project.provenance.paragraphs_opened([one.id])


def test_a_merge_of_hosts_brings_what_was_shown_and_who_decided(tmp_path: Path) -> None:
    with _suggested(tmp_path / "p") as project:
        _opened(project, "ada").do(do.AcceptAll())
        review = gold_session(project, reviewer="lea")
        review.open("doc")
        review.do(do.SelectRange(0, 4))
        review.do(do.SetLabel("actor", "state"))
        seen = project.provenance.shown("doc", "ada")
        (event,) = project.log.events("doc", GOLD)
        assert (event.reviewer, event.annotator) == ("lea", GOLD)
        assert {e.reviewer for e in project.log.events("doc", "ada")} == {None}
        assert isinstance(event.decision.after.value if event.decision.after else None, Span)
    with Project.create(tmp_path / "q") as other:
        other.merge(tmp_path / "p" / "annotator.db")
        assert other.provenance.shown("doc", "ada") == seen
        (event,) = other.log.events("doc", GOLD)
        assert event.reviewer == "lea"


def test_a_merge_brings_what_was_opened_in_work_that_went_on(hosts: tuple[Path, Path]) -> None:
    """In the second paragraph, nothing is suggested. Ada opens it on the other host only."""
    one, other = hosts
    with Project.open(one) as project:
        _opened(project, "dora", "doc-0").do(do.AcceptAll())
    merged(other, one)
    with Project.open(other) as project:
        session = _opened(project, "dora", "doc-0", paragraph=1)
        session.do(do.SetCompletion(Completion.DONE))
    merged(one, other)
    assert exported(one) == exported(other)
    for root in (one, other):
        with Project.open(root) as project:
            assert project.provenance.paragraphs_opened(["doc-0"])["doc-0", "dora"] == {
                0: False,
                1: False,
            }


def test_work_that_was_continued_on_both_hosts_keeps_its_own_provenance(
    hosts: tuple[Path, Path],
) -> None:
    """On the other host, ada is shown something else, and gold comes from a file that says how it
    was made. Here, ada and the gold have other work."""
    one, other = hosts
    with Project.open(other) as project:
        more = Span("sMore", "actor", "state", 0, 3, origin="suggestion")
        found = [*suggestions(), Suggestion(more, 0, "new", "2", 0.9)]
        project.suggestions.put("doc-0", found, run=RUN, others=True)
        _opened(project, "ada", "doc-0").do(do.AcceptAll())
        _opened(project, "ada", "doc-0", paragraph=1)
        document = project.documents.load("doc-1")
        history = {"eligible": ["ann"], "items": {}, "policy": ["unanimous"]}
        spans = tuple(Span(f"g{at}", "actor", "state", at, at + 1) for at in range(9))
        gold = Record(document, None, Completion.GOLD, spans, history=history)
        project.log.add_records([gold])
        assert next(project.log.records(annotator=GOLD)).history == history
    with Project.open(one) as project:
        keys(project, "ada", *mark(7))
        for who in ("ada", "ben"):
            keys(project, who, *mark(1), do.SetCompletion(Completion.DONE), document="doc-1")
        merge_all(project)
    before = exported(one)
    assert {fork.annotator for fork in merged(one, other).forks} == {"ada", GOLD}
    assert exported(one) == before


@pytest.mark.parametrize("status", ["done", "in_progress"])
def test_what_was_seen_here_is_no_part_of_work_from_a_file(tmp_path: Path, status: str) -> None:
    with _suggested(tmp_path / "p") as project:
        _opened(project, "ada")
        assert project.provenance.shown("doc", "ada")
        (one,) = (project.documents.load(id) for id in project.documents.ids())
        assert one is not None
        file = tmp_path / "ada.jsonl"
        record = Record(one, "ada", Completion(status))
        file.write_text(dumps(record), encoding="utf-8")
        ingest(project, file)
        made = export(project, "jsonl", tmp_path / "out", ExportOptions(status="all"))
        assert made.file.read_bytes() == file.read_bytes()
