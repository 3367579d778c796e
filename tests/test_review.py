"""From several annotators' work to the gold: merging, review, and exports."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from adjudicating import adjudication, gold_session, project_of, take
from coders import PLAN, SOON, TEXT, Units
from coders import coding as _record
from hypothesis import given, settings
from hypothesis import strategies as st
from support import document, examples

from annotator import families
from annotator.errors import ExportError, FindingsError, UsageError
from annotator.merging.api import candidates
from annotator.model import actions as do
from annotator.model.decision import Completion
from annotator.model.record import GOLD, Record
from annotator.model.span import AUTHOR, Relation, Span
from annotator.project import Project
from annotator.resources import folder, load_schema
from annotator.tui.session import Session
from annotator.workflows.exchange.dataset import check_dataset, write_dataset
from annotator.workflows.exchange.export import export
from annotator.workflows.exchange.export_records import ExportOptions
from annotator.workflows.exchange.importing import ingest
from annotator.workflows.exchange.split import part_of
from annotator.workflows.exchange.validate import validate
from annotator.workflows.review.adjudication import merge_all
from annotator.workflows.review.changes import describe
from annotator.workflows.review.queue import review_rows
from annotator.workflows.review.versions import check_strategy, versions


def _kept(strategy: str, *records: Record) -> set[tuple[int, int, str]]:
    found = versions(records, strategy)
    assert found is not None
    spans = [c.value for c in found.kept if isinstance(c.value, Span)]
    return {(s.start, s.end, s.label) for s in spans if s.layer == "claim"}


def test_unanimous_is_what_all_who_finished_made() -> None:
    skipped = _record("d", [], status=Completion.SKIPPED)
    works = [_record("a", [PLAN, SOON]), _record("b", [PLAN]), skipped]
    assert _kept("unanimous", *works) == {PLAN}
    assert _kept("unanimous", works[0]) == set()


def test_majority_takes_the_bounds_and_the_label_of_more_than_half() -> None:
    shorter = (15, 27, "value")
    works = [_record("a", [PLAN]), _record("b", [PLAN]), _record("c", [shorter])]
    assert _kept("majority", *works) == {PLAN}
    assert _kept("majority", *works[1:]) == set()
    assert _kept("majority", _record("a", [PLAN]), _record("b", [(15, 32, "fact")])) == set()


def test_union_and_one_annotator() -> None:
    works = [_record("a", [PLAN]), _record("b", [SOON])]
    assert _kept("union", *works) == {PLAN, SOON}
    assert _kept("annotator:b", *works) == {SOON}
    with pytest.raises(UsageError):
        check_strategy("annotator")
    with pytest.raises(UsageError):
        check_strategy("coin")


_UNIT = st.builds(
    lambda a, n, label: (a, a + n, label),
    st.integers(34, 45),
    st.integers(2, 12),
    st.sampled_from(["fact", "value"]),
)
_UNITS = st.lists(_UNIT, max_size=4, unique=True)


@settings(max_examples=examples(80))
@given(
    st.lists(_UNITS, min_size=2, max_size=4),
    st.sampled_from(["unanimous", "majority", "union", "annotator:0"]),
)
def test_no_strategy_makes_up_a_span_nor_keeps_one_twice_nor_an_edge_without_its_ends(
    works: list[Units], strategy: str
) -> None:
    records = [_record(str(i), units) for i, units in enumerate(works)]
    found = versions(records, strategy)
    assert found is not None
    drawn = {(s.layer, s.start, s.end, s.label) for r in records for s in r.spans}
    kept = [c.value for c in found.kept]
    spans = [v for v in kept if isinstance(v, Span)]
    assert {(s.layer, s.start, s.end, s.label) for s in spans} <= drawn
    assert len({v.id for v in kept}) == len(kept)
    ids = {s.id for s in spans} | {AUTHOR}
    assert all(r.source in ids and r.target in ids for r in kept if isinstance(r, Relation))
    assert {c.id for c in found.kept} | {c.id for c in found.open} <= {
        c.id for c in found.candidates
    }


@pytest.mark.parametrize("name", families.merging.names())
def test_every_strategy_says_what_it_is_and_takes_nothing_from_nothing(name: str) -> None:
    module = families.merging.load(name)
    assert module.title
    assert isinstance(module.complete, bool)
    assert module.kept([], [], option="ada") == []


def test_what_is_filled_in_differently_is_nobody_s_until_it_is_decided() -> None:
    works = []
    for who, modality in (("a", "hedged"), ("b", "asserted"), ("c", "asserted")):
        span = Span("x", "claim", "value", 15, 32, attributes={"modality": modality})
        works.append(Record(document(TEXT), who, Completion.DONE, (span,)))
    (one,) = candidates(works)
    assert one.votes == ("a", "b", "c")
    assert one.contested == ("modality",)
    assert "modality" not in one.value.attributes
    assert [(v.attributes["modality"], who) for v, who in one.choices("modality")] == [
        ("asserted", ("b", "c")),
        ("hedged", ("a",)),
    ]
    found = versions(works)
    assert found is not None and found.kept == ()
    most = versions(works, "majority")
    assert most is not None
    (kept,) = most.kept
    assert (kept.value.attributes["modality"], kept.origin("majority")) == ("asserted", "majority")


def test_review_is_annotating_the_differences_and_its_last_paragraph_makes_gold(
    tmp_path: Path,
) -> None:
    with project_of(
        tmp_path / "p", _record("ada", [PLAN, SOON]), _record("ben", [PLAN])
    ) as project:
        assert [(r.undecided, r.voters) for r in review_rows(project)] == [(1, ("ada", "ben"))]
        session = gold_session(project)
        session.open("doc")
        standing = {i.value.label for i in session.review.items if not i.pending}
        assert standing == {"state", "value", "support"}
        session.do(do.MoveFocus(1, undecided=True))
        focused = session.review.focused
        assert focused is not None and focused.suggestion is not None
        assert focused.suggestion.reason == "ada made it like this; ben did not"
        session.do(do.Reject())
        assert review_rows(project)[0].undecided == 0
        session.do(do.Undo())
        assert review_rows(project)[0].undecided == 1
        session.do(do.Accept())
        session.do(do.GoParagraph(0))
        session.do(do.CloseParagraph())
        session.do(do.CloseParagraph())
        (gold,) = project.log.records(status=Completion.GOLD)
    assert gold.annotator is None
    assert {(s.label, s.origin) for s in gold.spans} == {
        ("state", "unanimous"),
        ("value", "unanimous"),
        ("prediction", "adjudicated"),
    }


def test_what_a_reviewer_adds_is_adjudicated(tmp_path: Path) -> None:
    with project_of(tmp_path / "p", _record("ada", [PLAN]), _record("ben", [PLAN])) as project:
        session = gold_session(project)
        session.open("doc")
        session.do(do.GoParagraph(1))
        session.do(do.StartSelection())
        session.do(do.SetLabel("actor", "state"))
        stands, _ = project.log.annotations("doc", GOLD)
        assert {s.origin for s in stands.spans(1)} == {"adjudicated"}


def _agreed(root: Path) -> Project:
    """A project in which two annotators coded alike."""
    return project_of(root, _record("ada", [PLAN, SOON]), _record("ben", [PLAN, SOON]))


def _taken_back(project: Project, who: str, label: str) -> None:
    """Let an annotator remove one of their spans."""
    session = Session(project, who, project.new_session())
    session.open("doc")
    (victim,) = (s for s in session.review.annotations.spans() if s.label == label)
    session.do(do.FocusItem(victim.id))
    session.do(do.Delete())


def test_a_gold_in_work_follows_the_annotators(tmp_path: Path) -> None:
    works = (_record("ada", [PLAN, SOON]), _record("ben", [PLAN, SOON, (34, 40, "fact")]))
    with project_of(tmp_path / "p", *works) as project:
        assert merge_all(project) == (1, 0)
        _taken_back(project, "ben", "prediction")
        merge_all(project)
        stands, _ = project.log.annotations("doc", GOLD)
        assert {s.label for s in stands.spans()} == {"state", "value"}
        (waiting,) = review_rows(project)[0].waiting
        assert waiting.kinds == ("label", "bounds")


def test_who_finishes_after_the_gold_changes_nothing_and_is_reported(tmp_path: Path) -> None:
    with _agreed(tmp_path / "p") as project:
        assert merge_all(project) == (1, 1)
        before = list(project.log.records(annotator=GOLD))
        project.log.add_records([_record("cleo", [PLAN])])
        merge_all(project)
        assert list(project.log.records(annotator=GOLD)) == before
        (row,) = review_rows(project)
        assert row.changed and row.status is Completion.GOLD
        text = project.documents.load("doc")
        assert [describe(text, change) for change in row.changes] == [
            "cleo finished it too",
            "cleo coded prediction “Russia could respond soon” differently",
        ]
        made = write_dataset(project, tmp_path / "out")
        history = json.loads(made.files["gold.jsonl"])["meta"]["gold"]
        assert [(c["annotator"], c["kind"]) for c in history["changed_since"]] == [
            ("cleo", "joined"),
            ("cleo", "differs"),
        ]


@pytest.mark.parametrize(
    ("units", "waits"),
    [
        ([PLAN, SOON], []),
        ([PLAN], [("missing",)]),
        ([(15, 26, "value"), SOON], [("bounds",)]),
        ([(15, 32, "fact"), SOON], [("label",)]),
        ([PLAN, SOON, (34, 40, "fact")], [("missing",)]),
    ],
)
def test_what_somebody_codes_differently_after_the_gold_waits_and_the_gold_stays(
    units: Units, waits: list[tuple[str, ...]], tmp_path: Path
) -> None:
    with _agreed(tmp_path / "p") as project:
        merge_all(project)
        before = list(project.log.records(annotator=GOLD))
        project.log.add_records([_record("cleo", units)])
        (row,) = review_rows(project)
        assert (row.changed, [d.kinds for d in row.waiting]) == (True, waits)
        assert list(project.log.records(annotator=GOLD)) == before
        session = gold_session(project, reviewer="lea")
        session.open("doc")
        assert adjudication(session).counts()[1] == len(waits)


@pytest.mark.parametrize("late", ["changed", "joined"])
@pytest.mark.parametrize("who", ["ada", "cleo"])
def test_a_stance_on_other_bounds_goes_with_them_and_stands_once(
    late: str, who: str, tmp_path: Path
) -> None:
    """If bounds differ from the gold, this is one difference, and the gold never contains the
    stance twice."""
    other = [(15, 26, "value"), SOON]
    works = [_record("ada", [PLAN, SOON]), _record("ben", [PLAN, SOON])]
    cleo = _record("cleo", other if late == "joined" else [PLAN, SOON])
    with project_of(tmp_path / "p", *works, *([cleo] if late == "changed" else [])) as project:
        merge_all(project)
        if late == "joined":
            project.log.add_records([cleo])
        else:
            session = Session(project, "cleo", project.new_session())
            session.open("doc", paragraph=0)
            session.do(do.FocusItem("cleo0"))
            session.do(do.EditBounds())
            session.do(do.SelectRange(15, 26))
            session.do(do.ConfirmSelection())
        (row,) = review_rows(project)
        assert (row.undecided, [d.kinds for d in row.waiting]) == (1, [("bounds",)])
        session = gold_session(project, reviewer="lea")
        session.open("doc")
        (difference,) = (
            d for d in adjudication(session).differences if adjudication(session).is_open(d)
        )
        session.do(do.FocusItem(adjudication(session).shown(difference)[0]))
        take(session, difference.version(who), f"{who}'s")
        for _ in session.review.document.paragraphs:
            session.do(do.CloseParagraph())
        stands, _ = project.log.annotations("doc", GOLD)
        (edge,) = stands.relations()
        ends = {s.id: (s.start, s.end) for s in stands.spans()}
        assert ends[edge.target] == (15, 32 if who == "ada" else 26)
        assert not review_rows(project)[0].changed


def test_a_finished_gold_stays_and_is_marked_as_changed_since(tmp_path: Path) -> None:
    with _agreed(tmp_path / "p") as project:
        assert merge_all(project) == (1, 1)
        before = list(project.log.records(annotator=GOLD))
        assert not review_rows(project)[0].changed
        _taken_back(project, "ben", "prediction")
        assert merge_all(project) == (1, 1)
        assert list(project.log.records(annotator=GOLD)) == before
        (row,) = review_rows(project)
        assert (row.changed, row.undecided, row.status) == (True, 1, Completion.GOLD)
        (change,) = row.changes
        assert (change.annotator, change.kind) == ("ben", "removed")
        made = write_dataset(project, tmp_path / "out")
        assert made.changed_since == 1
        assert json.loads(made.files["manifest.json"])["changed_since"] == ["doc"]
        assert "changed their work on 1 document" in made.files["README.md"].decode()
        history = json.loads(made.files["gold.jsonl"])["meta"]["gold"]
        assert [c["annotator"] for c in history["changed_since"]] == ["ben"]
        # The lead looks at it: it stays, now as adjudicated, and the document is gold based on the
        # present work.
        session = gold_session(project, reviewer="lea")
        session.open("doc")
        (lost,) = (d for d in adjudication(session).differences if adjudication(session).is_open(d))
        session.do(do.FocusItem(lost.candidates[0].id))
        take(session, lost.version("ada"), "ada's stands")
        for _ in session.review.document.paragraphs:
            session.do(do.CloseParagraph())
        (row,) = review_rows(project)
        assert (row.changed, row.undecided, row.status) == (False, 0, Completion.GOLD)
        (gold,) = project.log.records(annotator=GOLD)
        assert {(s.label, s.origin) for s in gold.spans} == {
            ("state", "unanimous"),
            ("value", "unanimous"),
            ("prediction", "adjudicated"),
        }


def test_what_everybody_took_back_waits_in_a_finished_gold(tmp_path: Path) -> None:
    with _agreed(tmp_path / "p") as project:
        merge_all(project)
        for who in ("ada", "ben"):
            _taken_back(project, who, "prediction")
        (row,) = review_rows(project)
        assert row.undecided == 1 and row.waiting[0].kinds == ("gone",)
        stands, _ = project.log.annotations("doc", GOLD)
        assert "prediction" in {s.label for s in stands.spans()}


def test_nothing_new_comes_into_a_finished_gold_by_itself(tmp_path: Path) -> None:
    with project_of(tmp_path / "p", _record("ada", [PLAN]), _record("ben", [PLAN])) as project:
        merge_all(project)
        for who in ("ada", "ben"):
            session = Session(project, who, project.new_session())
            session.open("doc", paragraph=1)
            session.do(do.SelectRange(34, 40))
            session.do(do.SetLabel("actor", "state"))
        merge_all(project)
        stands, _ = project.log.annotations("doc", GOLD)
        assert len(stands.spans()) == 2
        (row,) = review_rows(project)
        assert row.changed and row.undecided == 1


def test_the_strategy_of_one_annotator_makes_no_gold_of_what_they_did_not_finish(
    tmp_path: Path,
) -> None:
    works = (_record("ada", [PLAN]), _record("ben", [SOON]))
    other = [replace(r, document=document(TEXT + " More.", id="other")) for r in works]
    with project_of(tmp_path, *works, other[0]) as project:
        assert merge_all(project, "annotator:ben") == (1, 1)
        assert [r.document.id for r in project.log.records(annotator=GOLD)] == [
            works[0].document.id
        ]
        assert [r.document for r in review_rows(project, "annotator:ben")] == [works[0].document.id]
        assert [row.undecided for row in review_rows(project) if row.status is Completion.GOLD] == [
            0
        ]
        with pytest.raises(UsageError, match="no document was finished by nobody"):
            merge_all(project, "annotator:nobody")


def test_without_shared_work_there_is_nothing_to_merge(tmp_path: Path) -> None:
    with (
        project_of(tmp_path / "p", _record("ada", [PLAN])) as project,
        pytest.raises(UsageError, match="two"),
    ):
        merge_all(project)


SOME = 4
"""Documents of the seeds."""


def _some(place: Path, name: str) -> Path:
    """The first records of a coding of the seeds, in a file."""
    lines = (folder("seeds") / f"{name}.jsonl").read_text(encoding="utf-8").splitlines(True)
    file = place / f"{name}.jsonl"
    file.write_text("".join(lines[:SOME]), encoding="utf-8")
    return file


def test_a_campaign_from_two_codings_to_gold_elsewhere(tmp_path: Path) -> None:
    """The gold of the seeds as one coding, the same without its last stance as the other: merge,
    review, export, validate, import elsewhere, the same bytes."""
    schema = load_schema("actors-claims-stances")
    with Project.create(tmp_path / "p") as project:
        ingest(project, _some(tmp_path, "gold"))
        golden = list(project.log.records(status=Completion.GOLD))
    with Project.create(tmp_path / "q") as project:
        for record in golden:
            one = Record(record.document, "ada", Completion.DONE, record.spans, record.relations)
            other = Record(
                record.document, "ben", Completion.DONE, record.spans, record.relations[:-1]
            )
            project.log.add_records([one, other])
        assert merge_all(project) == (len(golden), 0)
        for row in review_rows(project):
            assert row.undecided == 1
            session = gold_session(project)
            session.open(row.document)
            (missing,) = (d for d in adjudication(session).differences if d.number)
            session.do(do.FocusItem(missing.candidates[0].id))
            session.do(do.Accept())
            session.do(do.GoParagraph(0))
            for _ in session.review.document.paragraphs:
                session.do(do.CloseParagraph())
        result = export(project, "jsonl", tmp_path / "out", ExportOptions(status="gold"))
        merged = list(project.log.records(status=Completion.GOLD))
    for before, after in zip(golden, merged, strict=True):
        assert [(s.layer, s.label, s.start, s.end) for s in before.spans] == [
            (s.layer, s.label, s.start, s.end) for s in after.spans
        ]
        assert len(before.relations) == len(after.relations)
        assert sum(r.origin == "adjudicated" for r in after.relations) == 1
    assert not validate(result.file, schema).problems
    with Project.create(tmp_path / "r") as project:
        ingest(project, result.file)
        again = export(project, "jsonl", tmp_path / "again", ExportOptions(status="gold"))
    assert again.file.read_bytes() == result.file.read_bytes()


def _gold(root: Path) -> Project:
    project = project_of(root, _record("ada", [PLAN]), _record("ben", [PLAN]))
    merge_all(project)
    return project


def test_a_gold_export_is_a_folder_that_says_what_it_is_and_comes_out_the_same(
    tmp_path: Path,
) -> None:
    with _gold(tmp_path / "p") as project:
        made = write_dataset(project, tmp_path / "v1")
        assert made.records == 1
        names = {p.name for p in (tmp_path / "v1").iterdir()}
        assert names == {
            "gold.jsonl",
            "train.jsonl",
            "dev.jsonl",
            "test.jsonl",
            "annotators.jsonl",
            "manifest.json",
            "README.md",
        }
        assert write_dataset(project, tmp_path / "v2").files == made.files
        check_dataset(project, tmp_path / "v1")
        manifest = json.loads(made.files["manifest.json"])
        assert manifest["sources"] == {"unanimous": 3}
        assert manifest["annotators"] == ["ada", "ben"]
        assert next(r for r in manifest["agreement"] if r["name"] == "F1 strict")["value"] == 1
        history = json.loads(made.files["gold.jsonl"])["meta"]["gold"]
        assert history["eligible"] == ["ada", "ben"]
        assert history["policy"] == ["unanimous"]
        assert all(item["votes"] == ["ada", "ben"] for item in history["items"].values())
        assert not any(item.get("suggested") for item in history["items"].values())
        assert manifest["license"] is None
        schema = load_schema("actors-claims-stances")
        assert not validate(tmp_path / "v1", schema).problems
        (tmp_path / "v1" / "train.jsonl").write_bytes(made.files["gold.jsonl"] * 2)
        (problem,) = [
            p for p in validate(tmp_path / "v1", schema).problems if "sha256" in p.message
        ]
        assert problem.file.name == "train.jsonl"
        with pytest.raises(FindingsError):
            check_dataset(project, tmp_path / "v1")
        with pytest.raises(ExportError, match="other content"):
            write_dataset(project, tmp_path / "v1")
        write_dataset(project, tmp_path / "v1", force=True)
        check_dataset(project, tmp_path / "v1")


@pytest.mark.parametrize("order", [("gold", "coder-a", "coder-b"), ("coder-b", "coder-a", "gold")])
def test_an_imported_gold_asks_again_only_about_what_is_marked_here(
    tmp_path: Path, order: tuple[str, ...]
) -> None:
    with Project.create(tmp_path / "p") as project:
        for name in order:
            ingest(project, _some(tmp_path, name))
        gold = list(project.log.records(annotator=GOLD))
        assert len(gold) == SOME
        assert {(row.status, row.undecided) for row in review_rows(project)} == {
            (Completion.GOLD, 0)
        }
        assert merge_all(project) == (SOME, SOME)
        assert list(project.log.records(annotator=GOLD)) == gold
        # A coder who agrees with the gold raises no question; one who differs does.
        (mine,) = (r for r in project.log.records(annotator=GOLD, document=gold[0].document.id))
        project.log.add_records(
            [replace(mine, annotator="cleo", status=Completion.IN_PROGRESS, done=())]
        )
        session = Session(project, "cleo", "s")
        session.open(mine.document.id)
        session.do(do.SetCompletion(Completion.DONE))
        assert not any(row.undecided for row in review_rows(project))
        session.do(do.SelectRange(0, 3))
        session.do(do.SetLabel("actor", "bloc"))
        assert not session.saving.unsaved
        (row,) = (row for row in review_rows(project) if row.undecided)
        assert (row.document, row.undecided) == (mine.document.id, 1)


def test_an_imported_gold_says_in_the_next_export_what_annotators_changed_here(
    tmp_path: Path,
) -> None:
    works = [_record("ada", [PLAN, SOON]), _record("ben", [PLAN, SOON])]
    with project_of(tmp_path / "p", *works) as project:
        merge_all(project)
        write_dataset(project, tmp_path / "out")
    with Project.create(tmp_path / "q") as other:
        for name in ("annotators", "gold"):
            ingest(other, tmp_path / "out" / f"{name}.jsonl")
        assert (
            "changed_since" not in write_dataset(other, tmp_path / "a").files["gold.jsonl"].decode()
        )
        _taken_back(other, "ben", "prediction")
        made = write_dataset(other, tmp_path / "b")
        assert json.loads(made.files["manifest.json"])["changed_since"] == ["doc"]
        history = json.loads(made.files["gold.jsonl"])["meta"]["gold"]
        assert [(c["annotator"], c["kind"]) for c in history["changed_since"]] == [
            ("ben", "removed")
        ]
        assert history["eligible"] == ["ada", "ben"], "what the file said is kept"


def test_without_gold_nothing_is_written(tmp_path: Path) -> None:
    with (
        project_of(tmp_path / "p", _record("ada", [PLAN])) as project,
        pytest.raises(ExportError, match="no gold"),
    ):
        write_dataset(project, tmp_path / "v1")
    assert not (tmp_path / "v1").exists()


def test_the_split_is_by_document_near_its_shares_and_the_same_everywhere() -> None:
    parts = [part_of(f"doc-{i}", "annotator") for i in range(2000)]
    assert 0.77 < parts.count("train") / 2000 < 0.83
    assert 0.08 < parts.count("test") / 2000 < 0.12
    assert [part_of(id, "annotator") for id in ("a", "b", "c", "d")] == [
        "train",
        "train",
        "train",
        "test",
    ]


@pytest.mark.parametrize("again", [True, False])
def test_who_voted_stays_as_it_was_when_the_gold_was_made(tmp_path: Path, again: bool) -> None:
    """Annotators who reopen the document, code it differently, or join later change no vote."""

    def provenance(out: str) -> tuple[list[str], dict[str, Any]]:
        made = write_dataset(project, tmp_path / out)
        history = json.loads(made.files["gold.jsonl"])["meta"]["gold"]
        assert ("changed_since" in history) == (out == "after")
        return history["eligible"], history["items"]

    with _agreed(tmp_path / "p") as project:
        assert merge_all(project) == (1, 1)
        before = provenance("before")
        assert before[0] == ["ada", "ben"]
        assert {tuple(item["votes"]) for item in before[1].values()} == {("ada", "ben")}
        for who in ("ada", "ben"):
            session = Session(project, who, project.new_session())
            session.open("doc")
            session.do(do.SetCompletion(Completion.IN_PROGRESS))
            (soon,) = (s for s in session.review.annotations.spans() if s.label == "prediction")
            session.do(do.FocusItem(soon.id))
            session.do(do.Delete())
            if again:
                session.do(do.SetCompletion(Completion.DONE))
        project.log.add_records([_record("cem", [PLAN, SOON])])
        assert provenance("after") == before
