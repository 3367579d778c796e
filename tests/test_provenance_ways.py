"""Every way in which an annotation can come into a project, and what an export says about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from adjudicating import adjudication, gold_session, take
from support import document

from annotator.model import actions as do
from annotator.model.decision import Completion, Suggestion
from annotator.model.record import GOLD
from annotator.model.span import Span
from annotator.project import Project, SuggestionRun
from annotator.tui.session import Session
from annotator.workflows.agreement.compute import Follower
from annotator.workflows.agreement.part import ALL
from annotator.workflows.agreement.seen import SuggestionsSeen
from annotator.workflows.exchange.dataset import Choices, check_dataset, write_dataset
from annotator.workflows.exchange.export import export
from annotator.workflows.exchange.export_records import ExportOptions
from annotator.workflows.exchange.gold_history import reviewers
from annotator.workflows.exchange.importing import ingest
from annotator.workflows.exchange.merge import merge
from annotator.workflows.review.adjudication import merge_all
from annotator.workflows.review.queue import review_rows

TEXT = "Mara Lind says so in %s.\nNobody else spoke."
NAME = (0, 9)
TYPED = (do.SelectRange(*NAME, exact=True), do.SetLabel("actor", "person"))
EDITED = (do.EditBounds(), do.SelectRange(0, 4, exact=True), do.ConfirmSelection())
AGAIN = (do.SetCompletion(Completion.DONE), do.SetCompletion(Completion.IN_PROGRESS))


@dataclass(frozen=True)
class Way:
    """The keys of the annotator in a document with one suggestion, and what the export must say:
    the `source` of the accepted annotation (empty if there is none), whether the gold was
    `suggested`, and the outcome of the suggestion: `accepted`, `not_taken`, or what was corrected
    in it; empty if it was not shown."""

    keys: tuple[do.ReviewAction, ...]
    source: str
    became: str
    suggested: bool = True
    offered: bool = True


WAYS = {
    "typed": Way(TYPED, "human", "", suggested=False, offered=False),
    "accepted": Way((do.Accept(),), "suggestion", "accepted"),
    "page": Way((do.AcceptAll(),), "suggestion", "accepted"),
    "named": Way(
        (do.Accept(), do.MoveFocus(-1), do.SetAttribute("entity", "M. Lind")),
        "suggestion",
        "accepted",
    ),
    "relabelled": Way((do.SetLabel("actor", "organization"),), "suggestion", "label"),
    "rebounded": Way(EDITED, "suggestion", "bounds", suggested=False),
    "both": Way(
        (*EDITED, do.SetLabel("actor", "state")), "suggestion", "label bounds", suggested=False
    ),
    "relabelled back": Way(
        (do.SetLabel("actor", "state"), do.SetLabel("actor", "person")), "suggestion", "accepted"
    ),
    "undone": Way((do.Accept(), do.Undo()), "", "not_taken"),
    "redone": Way((do.Accept(), do.Undo(), do.Redo()), "suggestion", "accepted"),
    "rejected": Way((do.Reject(),), "", "not_taken"),
    "skipped": Way((do.Skip(),), "", "not_taken"),
    "typed after": Way((do.Reject(), *TYPED), "human", "not_taken"),
    "reopened": Way((do.Accept(), *AGAIN), "suggestion", "accepted"),
    "taken back": Way((do.Accept(), *AGAIN, do.FocusItem("s"), do.Delete()), "", "not_taken"),
}

MORE = {
    "merged": Way((), "suggestion", "accepted"),
    "withdrawn": Way((), "", "not_taken"),
}
"""Work that was merged from another database, and a suggestion that was withdrawn once seen."""


def _offer(project: Project, way: str) -> None:
    """The suggestion of a document, by a suggester with the name of the way."""
    value = Span("s", "actor", "person", *NAME, origin="suggestion")
    project.suggestions.put(
        way, [Suggestion(value, 0, way, "1", 0.9)], run=SuggestionRun({way: "1"})
    )


def _work(project: Project, who: str, way: str, keys: tuple[do.ReviewAction, ...]) -> None:
    session = Session(project, who, project.new_session())
    session.open(way)
    for action in (*keys, do.SetCompletion(Completion.DONE)):
        session.do(action)
    assert not session.saving.unsaved


def _begin(root: Path, *ways: str) -> Project:
    project = Project.create(root)
    project.documents.add([document(TEXT % way, id=way) for way in ways])
    return project


def _renamed(made: Path, to: Path, who: str, *, shown: bool) -> Path:
    """A file of somebody's work as that of another, with or without what was shown."""
    lines = [json.loads(line) for line in made.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        line["annotator"] = who
        if not shown:
            line["meta"].get("completion", {}).pop("shown", None)
    to.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return to


def _exported(project: Project, who: str, folder: Path) -> Path:
    return export(project, "jsonl", folder, ExportOptions(status=f"annotator={who}")).file


def _decide(project: Project, way: str, takes: str, reviewer: str) -> None:
    """Decide the only difference of a document, and finish its gold."""
    session = gold_session(project, reviewer=reviewer)
    session.open(way)
    (difference,) = (d for d in adjudication(session).differences if d.number)
    session.do(do.FocusItem(difference.candidates[0].id))
    take(session, difference.version(takes), takes)
    for _ in session.review.document.paragraphs:
        session.do(do.CloseParagraph())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A project in which every way was used, and its data set. Ada worked here, and in another
    database, which was merged. Ben's work is a copy of ada's from a file without the shown
    suggestions, cem's is from one with them; neither was shown anything here. On two documents ben
    has another label: lea decided one, mia the other.
    """
    root = tmp_path_factory.mktemp("ways")
    with _begin(root / "there", "merged") as other:
        _offer(other, "merged")
        _work(other, "ada", "merged", (do.Accept(),))
    ways = (*WAYS, "withdrawn", "lea's", "mia's")
    with _begin(root / "p", *ways) as project:
        for name, way in WAYS.items():
            if way.offered:
                _offer(project, name)
            _work(project, "ada", name, way.keys)
        _offer(project, "withdrawn")
        _work(project, "ada", "withdrawn", ())
        project.suggestions.put("withdrawn", [], run=SuggestionRun({"other": "2"}))
        for name in ("lea's", "mia's"):
            _offer(project, name)
            _work(project, "ada", name, (do.Accept(),))
            _work(project, "ben", name, (do.SetLabel("actor", "state"),))
        merge(project, root / "there")
        file = _exported(project, "ada", root / "ada")
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        file.write_text("".join(x for x in lines if "'s" not in x[:20]), encoding="utf-8")
        ingest(project, _renamed(file, root / "bare.jsonl", "ben", shown=False))
        ingest(project, _renamed(file, root / "told.jsonl", "cem", shown=True))
        merge_all(project)
        _decide(project, "lea's", "ben", "lea")
        _decide(project, "mia's", "ada", "mia")
        assert {row.undecided for row in review_rows(project)} == {0}
        write_dataset(project, root / "out")
    return root / "p", root / "out"


def _records(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("way", [*WAYS, "merged", "withdrawn"])
def test_every_way_is_told_as_it_was(way: str, made: tuple[Path, Path]) -> None:
    out = made[1]
    expected = MORE.get(way) or WAYS[way]
    works = {r["annotator"]: r for r in _records(out / "annotators.jsonl") if r["id"] == way}
    assert list(works) == ["ada", "ben", "cem"]
    for who, work in works.items():
        told = work["meta"].get("completion", {}).get("shown", [])
        seen = expected.became != "" and who != "ben"
        assert [one["suggester"] for one in told] == [way] * seen
        assert [span["source"] for span in work["spans"]] == [expected.source] * bool(
            expected.source
        )
    (gold,) = (r for r in _records(out / "gold.jsonl") if r["id"] == way)
    items = list(gold["meta"]["gold"]["items"].values())
    assert items == [
        {"source": "unanimous", "suggested": expected.suggested, "votes": ["ada", "ben", "cem"]}
    ] * bool(expected.source)
    tallies = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["suggestions"]
    own = [tally for tally in tallies if tally["suggester"] == way]
    if not expected.became:
        assert own == []
        return
    (tally,) = own
    corrected = expected.became.split() if expected.became not in ("accepted", "not_taken") else []
    assert (tally["shown"], tally["accepted"], tally["not_taken"], tally["corrected"]) == (
        2,
        2 * (expected.became == "accepted"),
        2 * (expected.became == "not_taken"),
        2 * bool(corrected),
    )
    assert tally["corrected_in"] == dict.fromkeys(corrected, 2)
    assert tally["accepted_unchanged"] == float(expected.became == "accepted")


def test_each_item_names_the_reviewer_who_decided_it(made: tuple[Path, Path]) -> None:
    golds = {record["id"]: record for record in _records(made[1] / "gold.jsonl")}
    for way, reviewer, votes in (("lea's", "lea", ["ben"]), ("mia's", "mia", ["ada", "cem"])):
        history = golds[way]["meta"]["gold"]
        (item,) = history["items"].values()
        assert (item["source"], item["reviewer"], item["votes"]) == ("adjudicated", reviewer, votes)
        assert history["reviewers"] == [reviewer]
    assert "reviewers" not in golds["accepted"]["meta"]["gold"]
    manifest = json.loads((made[1] / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["reviewers"] == ["lea", "mia"]
    assert manifest["sources"] == {"adjudicated": 2, "unanimous": 12}


def test_the_card_counts_what_was_shown_and_says_what_was_corrected(
    made: tuple[Path, Path],
) -> None:
    card = (made[1] / "README.md").read_text(encoding="utf-8")
    said = "shown 38 suggestions; they accepted 18 as they were and corrected 8 (4 in bounds, 6 in"
    assert said in " ".join(card.split())
    assert "Reviewers: lea, mia." in card and "12 `unanimous`" in card


def test_suggestions_that_come_later_change_no_byte_and_pseudonyms_are_the_same_everywhere(
    made: tuple[Path, Path], tmp_path: Path
) -> None:
    root, out = made
    with Project.open(root) as project:
        for way in WAYS:
            value = Span("t", "actor", "organization", 0, 4, origin="suggestion")
            later = [Suggestion(value, 0, "model", "7", 0.99)]
            project.suggestions.put(way, later, run=SuggestionRun({"model": "7"}))
        check_dataset(project, out)
        hidden = write_dataset(project, tmp_path / "hidden", choices=Choices(pseudonyms=True))
        # Ben and cem were shown nothing here; ada was, also in merged work.
        seen = SuggestionsSeen(project, ALL)
        seen.read(project.documents.ids())
        assert not seen.hidden("accepted", "ada", 0) and not seen.hidden("accepted", "cem", 0)
        # They finished the document without opening its second paragraph.
        assert seen.hidden("accepted", "ada", 1) and seen.hidden("accepted", "cem", 1)
        assert seen.hidden("accepted", "ben", 0) and seen.hidden("typed", "ada", 0)
    manifest = json.loads(hidden.files["manifest.json"])
    works, gold = (_records(tmp_path / "hidden" / f"{n}.jsonl") for n in ("annotators", "gold"))
    assert manifest["annotators"] == sorted({work["annotator"] for work in works})
    assert all(r["meta"]["gold"]["eligible"] == manifest["annotators"] for r in gold)
    assert sorted(w for r in gold for w in r["meta"]["gold"].get("reviewers", ())) == sorted(
        manifest["reviewers"]
    )
    plain = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    for key in ("suggestions", "sources", "labels", "left_out_differences"):
        assert manifest[key] == plain[key]
    card = hidden.files["README.md"].decode()
    assert all(who in card for who in (*manifest["annotators"], *manifest["reviewers"]))


def test_what_was_seen_stays_seen_when_work_is_reopened(tmp_path: Path) -> None:
    """Even if somebody who was not there when it became gold opens the document later."""
    with _begin(tmp_path / "p", "doc") as project:
        _work(project, "ben", "doc", TYPED)
        _offer(project, "doc")
        _work(project, "ada", "doc", (do.Accept(),))
        merge_all(project)
        for who, keys in (("ada", (do.SetCompletion(Completion.IN_PROGRESS),)), ("dan", ())):
            session = Session(project, who, project.new_session())
            session.open("doc")
            for key in keys:
                session.do(key)
        assert project.provenance.shown("doc", "dan")
        write_dataset(project, tmp_path / "out")
        (record,) = _records(tmp_path / "out" / "gold.jsonl")
        assert [item["suggested"] for item in record["meta"]["gold"]["items"].values()] == [True]


def test_what_is_seen_by_who_finishes_later_was_not_suggested(tmp_path: Path) -> None:
    """The gold was made without suggestions, no matter what somebody is shown afterwards."""
    with _begin(tmp_path / "p", "doc") as project:
        for who in ("ada", "ben"):
            _work(project, who, "doc", TYPED)
        merge_all(project)
        _offer(project, "doc")
        _work(project, "dan", "doc", (do.Accept(),))
        assert project.provenance.shown("doc", "dan")
        write_dataset(project, tmp_path / "out")
        (record,) = _records(tmp_path / "out" / "gold.jsonl")
        history = record["meta"]["gold"]
        assert history["eligible"] == ["ada", "ben"]
        assert [item["suggested"] for item in history["items"].values()] == [False]


REOPENED, FINISHED = do.SetCompletion(Completion.IN_PROGRESS), do.SetCompletion(Completion.DONE)
TAKEN_BACK = (REOPENED, do.MoveFocus(-1), do.Delete())


@pytest.mark.parametrize("keys", [(), TAKEN_BACK, (*TAKEN_BACK, do.Undo(), FINISHED)])
def test_what_voters_see_after_the_gold_is_finished_was_not_suggested(
    tmp_path: Path, keys: tuple[do.ReviewAction, ...]
) -> None:
    """A voter looks at finished work again, or opens it again and takes something back, and is
    shown what is suggested by then. The gold does not rest on that."""
    with _begin(tmp_path / "p", "doc") as project:
        for who in ("ada", "ben"):
            _work(project, who, "doc", TYPED)
        merge_all(project)
        write_dataset(project, tmp_path / "out")
        new = {"s": NAME, "t": (21, 24)}
        values = [Span(id, "actor", "person", *at, origin="suggestion") for id, at in new.items()]
        some = [Suggestion(value, 0, "new", "1", 0.9) for value in values]
        project.suggestions.put("doc", some, run=SuggestionRun({"new": "1"}))
        session = Session(project, "ada", project.new_session())
        session.open("doc")
        for key in keys:
            session.do(key)
        seen = {one.shown.id for one in project.provenance.sightings("doc")}
        assert seen == ({"s", "t"} if keys else {"t"})
        # It belongs to the work only if the work goes on.
        assert {one.id for one in project.provenance.shown("doc", "ada")} == (
            seen if keys else set()
        )
        places = SuggestionsSeen(project, ALL)
        places.read(["doc"])
        assert places.hidden("doc", "ada", 0) != bool(keys)
        write_dataset(project, tmp_path / "again")
        (record,) = _records(tmp_path / "again" / "gold.jsonl")
        items = record["meta"]["gold"]["items"].values()
        assert [item["suggested"] for item in items] == [False]
        if not keys:
            check_dataset(project, tmp_path / "out")
    # The file of a work says what was shown while it was made, and so do hosts that were merged.
    for way in ("file", "merge"):
        with Project.open(tmp_path / "p") as project, Project.create(tmp_path / way) as other:
            shown = project.provenance.shown("doc", "ada")
            if way == "merge":
                other.merge(tmp_path / "p" / "annotator.db")
                there, here = (of.provenance.sightings("doc") for of in (project, other))
                assert there == here
            else:
                ingest(other, _exported(project, "ada", tmp_path / "ada"))
            assert other.provenance.shown("doc", "ada") == shown


@pytest.mark.parametrize(("then", "now"), [(0.0, 1.0), (1.0, 0.0)])
def test_another_blind_share_changes_nothing_about_work_that_is_done(
    tmp_path: Path, then: float, now: float
) -> None:
    """Ada sees the suggestion of the first paragraph, and later opens the second, for which there
    is none. Whether it was blind at that time is what counts, here and where it is merged."""

    def hidden(project: Project) -> list[bool]:
        seen = SuggestionsSeen(project, ALL)
        seen.read(["doc"])
        return [seen.hidden("doc", "ada", paragraph) for paragraph in (0, 1)]

    root = tmp_path / "p"
    with _begin(root, "doc") as project:
        _offer(project, "doc")
        session = Session(project, "ada", project.new_session())
        session.open("doc", paragraph=0)
        session.do(do.Accept())
    _share(root, then)
    with Project.open(root) as project:
        session = Session(project, "ada", project.new_session())
        session.open("doc", paragraph=1)
        session.do(FINISHED)
        expected = [False, then == 1.0]
        assert hidden(project) == expected
    _share(root, now)
    with Project.open(root) as project, Project.create(tmp_path / "other") as other:
        assert hidden(project) == expected
        # She looks at it once more: how it was at first still counts.
        Session(project, "ada", project.new_session()).open("doc", paragraph=1)
        assert hidden(project) == expected
        merge(other, root)
        assert hidden(other) == expected
        # Neither a file nor another host follows its own settings.
        file = _exported(project, "ada", tmp_path / "ada")
        (told,) = (line["meta"]["completion"] for line in _records(file))
        assert (told.get("opened"), told.get("blind")) == (
            ([0], [1]) if then == 1.0 else ([0, 1], None)
        )
    with Project.create(tmp_path / "third") as third:
        ingest(third, file)
        assert hidden(third) == expected
        assert _exported(third, "ada", tmp_path / "again").read_bytes() == file.read_bytes()


def test_a_paragraph_that_was_opened_too_late_or_never_was_worked_on_without(
    tmp_path: Path,
) -> None:
    """Ada sees a suggestion in the first paragraph and finishes the document. Later she looks at
    the second one, in which nothing is suggested."""
    with _begin(tmp_path / "p", "doc") as project:
        _offer(project, "doc")
        _work(project, "ada", "doc", (do.Accept(),))
        seen = SuggestionsSeen(project, ALL)
        before = _exported(project, "ada", tmp_path / "before").read_bytes()
        Session(project, "ada", project.new_session()).open("doc", paragraph=1)
        seen.read(["doc"])
        assert [seen.hidden("doc", "ada", at) for at in (0, 1)] == [False, True]
        assert _exported(project, "ada", tmp_path / "after").read_bytes() == before
        session = Session(project, "ada", project.new_session())
        session.open("doc", paragraph=1)
        for action in (*AGAIN, do.Note("seen"), FINISHED):
            session.do(action)
        seen.read(["doc"])
        assert not seen.hidden("doc", "ada", 1), "the work went on"


def test_work_is_compared_with_what_was_shown_whatever_is_suggested_later(tmp_path: Path) -> None:
    def figures(project: Project) -> dict[str, float | None]:
        found = Follower(project, intervals=False).agreement()
        return {one.name: one.shown.value for one in found.model if one.layer == "actor"}

    with _begin(tmp_path / "p", "doc") as project:
        _offer(project, "doc")
        for who in ("ada", "ben"):
            _work(project, who, "doc", (do.Accept(),))
        assert figures(project) == {"ada": 1.0, "ben": 1.0}
        for later in ([], [Span("t", "actor", "state", 0, 4, origin="suggestion")]):
            made = [Suggestion(value, 0, "new", "1", 0.9) for value in later]
            run = SuggestionRun({"new": "1"})
            project.suggestions.put("doc", made, run=run, others=True)
            assert figures(project) == {"ada": 1.0, "ben": 1.0}


def _share(root: Path, share: float) -> None:
    """Write the project's `blind_share`."""
    (root / "annotator.toml").write_text(
        f'schema = "actors-claims-stances"\nblind_share = {share}\n',
        encoding="utf-8",
    )


def test_whoever_noted_or_took_back_decided_nothing(tmp_path: Path) -> None:
    """All agree on the item: lea deletes it and takes that back, mia writes a note."""
    with _begin(tmp_path / "p", "doc") as project:
        for who in ("ada", "ben"):
            _work(project, who, "doc", TYPED)
        merge_all(project)
        (item,) = project.log.annotations("doc", GOLD)[0].spans()
        for reviewer, keys in (("lea", (do.Delete(), do.Undo())), ("mia", (do.Note("x"),))):
            session = gold_session(project, reviewer=reviewer)
            session.open("doc")
            session.do(do.FocusItem(item.id))
            for key in keys:
                session.do(key)
            assert reviewers(project, "doc") == {}
        session.do(do.FocusItem(item.id))
        session.do(do.Delete())
        assert reviewers(project, "doc") == {item.id: "mia"}
        session.do(do.Undo())
        session.do(do.Redo())
        assert reviewers(project, "doc") == {item.id: "mia"}
