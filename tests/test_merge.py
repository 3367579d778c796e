"""Another host's work, merged by the log: what is merged, and how both hosts become the same."""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hosts import decide, dump, exported, keys, mark, merged, sql
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import ACTIONS, TEXT, document, examples, project, review, suggestions

from annotator.cli import run
from annotator.model import actions as do
from annotator.model.codebook import CodebookEntry, applied
from annotator.model.decision import Completion
from annotator.model.review import step
from annotator.model.text import Document, Paragraph
from annotator.project import Position, Project, SuggestionRun
from annotator.store.codebook import CodebookEvent, entries
from annotator.store.merge_results import MergeResult
from annotator.workflows.names.codebook import undo_codebook
from annotator.workflows.names.entry import remove_entry
from annotator.workflows.names.name_events import history
from annotator.workflows.names.rulings import rule_same, undo

STATE = ("event", "item", "completion", "name")


# --- what comes


def test_both_ways_make_both_hosts_the_same(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    decide(
        one, "ada", do.AcceptAll(), do.FocusItem("sIran"), do.SetAttribute("entity", "Iran; Persia")
    )
    decide(one, "cleo", *mark(1), document="doc-1")
    decide(other, "ben", do.Undo(), *mark(3), do.Note("hm"), do.Flag(), do.CloseParagraph())
    decide(
        other, "ben", do.MoveParagraph(1), do.ToggleExcluded(), *mark(2, "bloc"), document="doc-1"
    )
    shutil.copytree(one, one.with_name("before"))
    there = merged(one, other)
    here = merged(other, one.with_name("before"))
    assert (there.documents, set(there.decisions), there.completions, there.ahead) == (
        0,
        {"ben"},
        2,
        1,
    )
    assert (set(here.decisions), here.completions, here.forks) == ({"ada", "cleo"}, 2, ())
    with Project.open(one) as of:
        assert there.decisions["ben"] + here.decisions["ada"] + here.decisions["cleo"] == sum(
            sum(1 for _ in of.log.events(id)) - {"doc-0": 2}.get(id, 0) for id in of.documents.ids()
        )
        assert [k.name for k in of.names.entities()] == ["Iran", "Persia", "Putin"]
    assert dump(one, *STATE) == dump(other, *STATE)
    assert exported(one) == exported(other) != b""


_ACTIONS = st.sampled_from(
    [
        *ACTIONS,
        do.StartSelection(2),
        do.SetAttribute("entity", "Iran"),
        do.Delete(),
        do.SetCompletion(Completion.SKIPPED),
        do.SetCompletion(Completion.DONE),
    ]
)
_KEYS = st.lists(_ACTIONS, max_size=12)


@pytest.fixture(scope="module")
def suggested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with suggestions for its document; not to be changed."""
    root = tmp_path_factory.mktemp("suggested") / "p"
    with project(root, TEXT) as of:
        of.suggestions.put("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))
    return root


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_KEYS, _KEYS, _KEYS)
def test_decisions_made_there_are_as_if_they_had_been_made_here(
    suggested: Path,
    tmp_path: Path,
    before: list[do.ReviewAction],
    ada: list[do.ReviewAction],
    ben: list[do.ReviewAction],
) -> None:
    one = tmp_path / os.urandom(4).hex()
    other = one.with_name(f"{one.name}-other")

    def decide(root: Path, annotator: str, keys: list[do.ReviewAction]) -> None:
        with Project.open(root) as of:
            state = review(of, "doc-0", annotator)
            for key in keys:
                state, decisions = step(state, key)
                if decisions:
                    of.log.record("doc-0", annotator, decisions)

    shutil.copytree(suggested, one)
    decide(one, "ada", before)
    decide(one, "ben", before)
    shutil.copytree(one, other)
    decide(one, "ada", ada)
    decide(other, "ben", ben)
    merged(one, other)
    merged(other, one)
    assert dump(one, *STATE) == dump(other, *STATE)
    for who in ("ada", "ben"):
        with Project.open(one) as a, Project.open(other) as b:
            assert a.log.annotations("doc-0", who) == b.log.annotations("doc-0", who)


def test_names_follow_what_came(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    name = (do.FocusItem("sIran"), do.SetAttribute("entity", "Iran; Persia"))
    decide(one, "ada", *name)
    merged(other, one)
    for actions, left in (
        (
            (do.FocusItem("sIran"), do.SetAttribute("entity", "Persia; Tehran")),
            ["Persia", "Tehran"],
        ),
        ((do.FocusItem("sIran"), do.Delete()), []),
        ((do.Undo(),), ["Persia", "Tehran"]),
    ):
        decide(other, "ada", *actions)
        merged(one, other)
        with Project.open(one) as of:
            assert [known.name for known in of.names.given("ada", "entity")] == left


def test_undo_and_redo_reach_what_came(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    decide(other, "ada", do.MoveFocus(1), do.AcceptAll(), *mark(9), do.Undo())
    merged(one, other)
    with Project.open(one) as of, Project.open(other) as there:
        assert of.log.annotations("doc-0", "ada") == there.log.annotations("doc-0", "ada")
        session = keys(of, "ada", do.Redo())
        stands = {a.id for a in session.review.annotations.annotations()}
        assert len(stands) == 7
        for _ in range(3):
            session.do(do.Undo())
        assert not list(session.review.annotations.annotations()) and not session.saving.unsaved
        assert of.verify() == []
    result = merged(other, one)
    assert result.decisions["ada"] > 4 and not result.forks
    assert dump(one, *STATE) == dump(other, *STATE)


def test_merging_again_or_from_one_that_is_behind_changes_nothing(hosts: tuple[Path, Path]) -> None:
    one, other = hosts
    decide(one, "ada", do.AcceptAll())
    decide(other, "ben", do.Undo())
    assert merged(one, other).decisions == {"ben": 1}
    before = dump(one)
    assert merged(one, other) == MergeResult(ahead=1)
    assert dump(one) == before


def test_new_documents_come_as_they_are_there_and_in_one_order_on_both(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    project(one, TEXT).close()
    shutil.copytree(one, other)
    theirs = Document(
        "theirs",
        "A title",
        "Aa\nBb",
        (Paragraph(0, 0, 2), Paragraph(1, 3, 5, True)),
        {"outlet": "X", "n": [1]},
    )
    for root, texts in (
        (one, [document("One of ours.", id="ours")]),
        (other, [theirs, document("And one.", id="and")]),
    ):
        with Project.open(root) as of:
            of.documents.add(texts)
    decide(other, "ben", *mark(0), document="theirs")
    shutil.copytree(one, tmp_path / "before")
    result = merged(one, other)
    merged(other, tmp_path / "before")
    assert (result.documents, result.renamed, set(result.decisions)) == (2, (), {"ben"})
    with Project.open(one) as of, Project.open(other) as there:
        assert of.documents.load("theirs") == theirs
        ids = of.documents.ids()
        assert ids == there.documents.ids()
        assert ids[0] == "doc-0" and ids.index("theirs") < ids.index("and")
        assert [row.order for row in of.documents.queue("ada")] == [0, 1, 2, 3]
    assert dump(one, "document", "paragraph", *STATE) == dump(
        other, "document", "paragraph", *STATE
    )


def test_of_documents_that_are_new_on_both_the_one_imported_first_comes_first(
    tmp_path: Path,
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    project(one, TEXT).close()
    shutil.copytree(one, other)
    for root, id, year in (
        (one, "a", 2024),
        (one, "b", 2026),
        (other, "c", 2023),
        (other, "d", 2025),
    ):
        with Project.open(root) as of:
            of.documents.add([document(f"The text {id}.", id=id)])
        sql(root, f"UPDATE document SET imported = '{year}-01-01T00:00:00Z' WHERE id = '{id}'")
    merged(one, other)
    merged(other, one)
    for root in (one, other):
        with Project.open(root) as of:
            assert of.documents.ids() == ["doc-0", "c", "a", "d", "b"]


def test_a_new_document_stands_behind_the_one_it_follows_there(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    project(one, "A text.", "B text.", "C text.").close()
    with project(other, "A text.") as of:
        of.documents.add([document("New text.", id="new"), document("C text.", id="doc-2")])
    merged(one, other)
    with Project.open(one) as of:
        ids = of.documents.ids()
        assert [id for id in ids if id != "new"] == ["doc-0", "doc-1", "doc-2"]
        assert ids.index("doc-0") < ids.index("new") < ids.index("doc-2")


def test_the_same_text_is_one_document_by_whatever_id_and_ids_are_made_free(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    project(one, TEXT, "Taken here.").close()
    with project(other, "Another text, with the first one's id.") as of:
        of.documents.add([document(TEXT, id="elsewhere")])
        keys(of, "ben", *mark(0), *mark(4), do.Undo(), do.CloseParagraph(), document="elsewhere")
        keys(of, "ben", *mark(1), document="doc-0")
    result = merged(one, other)
    assert result.documents == 1
    assert set(result.renamed) == {("elsewhere", "doc-0"), ("doc-0", "doc-0-2")}
    with Project.open(one) as of, Project.open(other) as there:
        assert of.documents.load("doc-0-2").text == there.documents.load("doc-0").text
        for here, id in (("doc-0", "elsewhere"), ("doc-0-2", "doc-0")):
            assert of.log.annotations(here, "ben") == there.log.annotations(id, "ben")
            assert [e.id for e in of.log.events(here)] == [e.id for e in there.log.events(id)]
        session = keys(of, "ben", do.Undo(), do.Undo())
        assert not list(session.review.annotations.annotations())
    assert merged(other, one).decisions == {"ben": 2}
    with Project.open(one) as of, Project.open(other) as there:
        assert of.log.annotations("doc-0", "ben") == there.log.annotations("elsewhere", "ben")


def test_opened_paragraphs_come_and_places_of_work_that_is_new_here(
    hosts: tuple[Path, Path],
) -> None:
    one, other = hosts
    with Project.open(one) as of:
        of.log.save_position("ada", Position("doc-0", 0))
        of.log.save_position("cleo", Position("doc-1", 0))
    with Project.open(other) as of:
        keys(of, "dora", *mark(1), document="doc-1")
        for who, id in (
            ("ben", "doc-0"),
            ("ada", "doc-0"),
            ("ada", "doc-1"),
            ("cleo", "doc-1"),
            ("dora", "doc-1"),
            ("dora", "doc-0"),
        ):
            of.log.save_position(who, Position(id, 1, "x", "tracks"))
        of.suggestions.mark_opened("doc-1", 1, "dora")
        of.suggestions.mark_opened("doc-0", 2, "ada")
    merged(one, other)
    with Project.open(one) as of:
        assert (
            of.log.position("doc-0", "ada") == of.log.last_position("ada") == Position("doc-0", 0)
        )
        assert of.log.position("doc-1", "ada") == Position("doc-1", 1, "x", "tracks")
        assert of.log.position("doc-0", "ben") is None, (
            "who has worked on it here, and was nowhere in particular"
        )
        assert of.log.position("doc-1", "cleo") == Position("doc-1", 0)
        assert of.log.last_position("dora") == Position("doc-0", 1, "x", "tracks")
        assert of.log.position("doc-1", "dora") == Position("doc-1", 1, "x", "tracks")
    opened = {
        (document, paragraph, who) for document, paragraph, who, *_ in dump(one, "opened")["opened"]
    }
    assert {("doc-1", 1, "dora"), ("doc-0", 2, "ada")} <= opened


# --- names


def _codebook(root: Path, who: str, *entries: CodebookEntry) -> None:
    with Project.open(root) as of:
        changes = [(one.kind, one.name, one) for one in entries]
        of.names.write_codebook(changes, who=who, token=of.new_session())


def test_rulings_and_the_codebook_come_and_both_hosts_are_told_of_conflicts(
    hosts: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = hosts
    with Project.open(one) as of:
        rule_same(of, "entity", ["Iran"], "Persia", reviewer="lea")
    with Project.open(other) as of:
        rule_same(of, "entity", ["Iran"], "Elam", reviewer="lou")
        rule_same(of, "entity", ["Russia"], "Rossiya", reviewer="lou")
    _codebook(one, "lea", CodebookEntry("entity", "Iran", definition="a state"))
    iran = CodebookEntry("entity", "Iran", definition="a country")
    _codebook(other, "lou", iran, CodebookEntry("entity", "Mali"))
    before = one.with_name("before")
    shutil.copytree(one, before)
    assert run(["--project", str(one), "merge", str(other)]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "2 rulings and 2 codebook changes added" in told
    assert "“Iran” is “Persia” by the rulings here and “Elam” by those there" in told
    said = "entity “Iran” has the definition “a state” here and “a country” there; from now on"
    assert f"the codebook's {said} “a country”, as written later" in told
    here = merged(other, before)
    assert (here.rulings, here.entries) == (1, 1)
    assert [(c.name, c.here, c.there, c.holds, c.field) for c in here.conflicts] == [
        ("Iran", "Elam", "Persia", "Elam", ""),
        ("Iran", "a country", "a state", "a country", "definition"),
    ]
    for root, there in ((one, other), (other, one)):
        again = merged(root, there)
        assert (again.rulings, again.entries, again.conflicts) == (0, 0, ())
        with Project.open(root) as of:
            assert of.names.same().name("entity", "Iran") == "Elam"
            assert of.names.codebook().get("entity", "Iran") == iran
            assert of.names.codebook().get("entity", "Mali") is not None
    # A change that was merged is taken back here and, after the next merge, there too: this is not
    # a conflict.
    with Project.open(one) as of:
        assert [r.canonical for r in undo(of, reviewer="lou")] == ["Rossiya"]
    back = merged(other, one)
    assert (back.rulings, back.conflicts) == (1, ())
    with Project.open(other) as of:
        assert of.names.same().name("entity", "Russia") == "Russia"


def test_hosts_that_change_different_fields_of_an_entry_both_keep_theirs(
    hosts: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = hosts
    iran = CodebookEntry("entity", "Iran", "state", ("Persia", "Tehran"), "a state")
    _codebook(one, "lea", iran)
    merged(other, one)
    _codebook(one, "lea", replace(iran, definition="a republic", aliases=("Persia", "Elam")))
    _codebook(other, "lou", replace(iran, external_id="Q794", aliases=("Tehran", "Persia", "IR")))
    assert [merged(*hosts).conflicts, merged(other, one).conflicts] == [(), ()]
    both = replace(
        iran, definition="a republic", external_id="Q794", aliases=("Persia", "Elam", "IR")
    )
    for root in hosts:
        with Project.open(root) as of:
            assert of.names.codebook().get("entity", "Iran") == both
            assert [event.what.partition("” ")[2] for event in history(of)] == [
                "added to the codebook",
                "changed: aliases, definition",
                "changed: aliases, id",
            ]
    # Each host takes back its own change; the other's fields stay.
    with Project.open(one) as of:
        assert undo_codebook(of, who="lea", own=True) == ["Iran"]
        left = of.names.codebook().get("entity", "Iran")
    assert left == replace(iran, external_id="Q794", aliases=("Persia", "IR", "Tehran"))
    _codebook(one, "lea")
    with Project.open(one) as of:
        remove_entry(of, "entity", "Iran", who="lea")
    _codebook(other, "lou", replace(both, parent="Asia"))
    assert run(["--project", str(one), "merge", str(other)]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "entity “Iran” is removed here and kept there; from now on it is kept" in told


@pytest.mark.parametrize("seed", range(20))
def test_events_of_two_codebooks_make_the_same_of_an_entry_on_either_host(seed: int) -> None:
    """No matter when hosts see each other's events, they end with the same codebook, and a field
    that only one of them changed is as that host left it."""
    draw = random.Random(seed)
    clock = count()
    common = CodebookEntry("concept", "dues", aliases=("a", "b"), definition="0")
    fields = (("definition", "parent"), ("opposite", "external_id"))

    def worked(own: tuple[str, ...]) -> list[CodebookEvent]:
        at, found = common, []
        for _ in range(draw.randrange(1, 5)):
            field = draw.choice((*own, "label", "aliases"))
            value = draw.sample("abcd", 2) if field == "aliases" else draw.choice("xyz")
            then = replace(at, **{field: tuple(value) if field == "aliases" else value})
            when = f"{next(clock) + draw.random() * 9:09.4f}"
            found.append(CodebookEvent(when, "concept", "dues", then, "ada", when, when, at))
            at = then
        found.sort(key=lambda one: one.id)
        return found

    first = CodebookEvent("0", "concept", "dues", common, "ada", "0", "0", None)
    one, other = worked(fields[0]), worked(fields[1])
    key = ("concept", "dues")
    both = entries([first, *sorted([*one, *other], key=lambda event: event.id)])[key]
    for own, events in zip(fields, (one, other), strict=True):
        alone = entries([first, *events])[key]
        assert [getattr(both, f) for f in own] == [getattr(alone, f) for f in own]


def test_an_event_of_which_nobody_knows_what_was_before_is_the_whole_entry() -> None:
    entry = CodebookEntry("concept", "dues", definition="fees", aliases=("a",))
    old = replace(entry, definition="", parent="costs")
    assert applied(entry, None, old) == old
    assert applied(entry, CodebookEntry("concept", "dues"), old) == replace(entry, parent="costs")
    assert applied(None, entry, old) == old
    assert applied(entry, old, None) is None


def test_the_same_decision_on_both_hosts_is_no_conflict(hosts: tuple[Path, Path]) -> None:
    for root, who in zip(hosts, ("lea", "lou"), strict=True):
        with Project.open(root) as of:
            rule_same(of, "entity", ["Iran"], "Persia", reviewer=who)
        _codebook(root, who, CodebookEntry("entity", "Iran", definition="a state"))
    result = merged(*hosts)
    assert (result.rulings, result.entries, result.conflicts) == (1, 1, ())
