"""Versions side by side: alignment, choosing, reasons and messages, reopened items, who was right,
Dawid-Skene."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from adjudicating import adjudication, gold_session, source_of, take
from coders import PLAN, SOON, TEXT
from coders import coding as _record
from support import document

from annotator import families
from annotator.errors import ConflictError, UsageError
from annotator.merging.dawid_skene import PRIOR, estimate
from annotator.model import actions as do
from annotator.model.decision import Action, Decision, Standing, Status
from annotator.model.record import GOLD
from annotator.model.span import AUTHOR, Relation, Span
from annotator.project import Project, QueueFilter
from annotator.resources import load_schema, schema_path
from annotator.tui.reviewing.others import instead
from annotator.tui.screens.review import panel_of
from annotator.tui.session import Session
from annotator.tui.theme import THEMES
from annotator.tui.views.versions import panel_rows
from annotator.tui.views.versions import versions as panel
from annotator.workflows.review.alignment import Difference, differences_of
from annotator.workflows.review.discussion import message_of, messages, note_of, reason_of
from annotator.workflows.review.queue import review_rows
from annotator.workflows.review.redefinition import definitions_before, requeue
from annotator.workflows.review.versions import versions
from annotator.workflows.review.who_was_right import right


def _project(path: Path, *works: object) -> Project:
    project = Project.create(path)
    project.log.add_records(works)  # type: ignore[arg-type]
    return project


def _session(project: Project) -> Session:
    session = gold_session(project)
    session.open(session.queue.ids()[0])
    return session


def _two_bounds(path: Path) -> Project:
    """A project in which ada and ben begin a claim at one place and end it at two."""
    works = (_record("ada", [PLAN, (5, 9, "value")]), _record("ben", [PLAN, (5, 14, "value")]))
    return _project(path, *works)


def _moved(session: Session, start: int, end: int) -> None:
    """Give the first claim that differs exactly these bounds."""
    _about(session, "claim")
    session.do(do.EditBounds())
    session.do(do.SelectRange(start, end, exact=True))
    session.do(do.ConfirmSelection())


def _about(session: Session, layer: str) -> Difference:
    """The first difference of a layer, in any paragraph; the focus moves there."""
    for paragraph in range(len(session.review.document.paragraphs)):
        session.do(do.GoParagraph(paragraph))
        for difference in adjudication(session).here():
            if difference.layer == layer and difference.kinds:
                session.do(do.FocusItem(difference.candidates[0].id))
                return difference
    raise AssertionError(f"nothing differs in {layer}")


def test_differences_are_told_by_what_differs() -> None:
    found = versions([_record("a", [PLAN, SOON]), _record("b", [(15, 27, "fact")])])
    assert found is not None
    told = {(d.layer, d.kinds) for d in differences_of(found)}
    assert ("actor", ()) in told
    assert ("claim", ("label", "bounds")) in told
    assert ("claim", ("missing",)) in told
    assert ("stance", ("ends",)) in told


def test_another_holder_and_another_side_are_one_difference() -> None:
    def record(who: str, source: str, side: str) -> object:
        made = _record(who, [PLAN], held=False)
        russia = Span(f"{who}y", "actor", "state", 33, 39)
        spans = tuple(sorted([*made.spans, russia], key=lambda s: s.start))
        target = next(s.id for s in spans if s.layer == "claim")
        ends = {"iran": f"{who}x", "russia": russia.id, "author": AUTHOR}
        edge = Relation(f"{who}r", "stance", side, ends[source], target)
        return type(made)(made.document, who, made.status, spans, (edge,))

    def kinds(*records: object) -> list[tuple[str, ...]]:
        found = versions(records)  # type: ignore[arg-type]
        assert found is not None
        return [d.kinds for d in differences_of(found) if d.layer == "stance"]

    assert kinds(record("a", "iran", "support"), record("b", "russia", "support")) == [("holder",)]
    assert kinds(record("a", "iran", "support"), record("b", "iran", "oppose")) == [("side",)]
    assert kinds(record("a", "author", "support"), record("b", "author", "support")) == [()]


def test_a_version_is_taken_with_one_undo_and_stances_follow_it(tmp_path: Path) -> None:
    with _project(
        tmp_path / "p", _record("a", [PLAN]), _record("b", [(15, 27, "fact")])
    ) as project:
        session = _session(project)
        claim = _about(session, "claim")
        take(session, claim.version("b"), "b")
        assert [s.label for s in session.review.annotations.spans() if s.layer == "claim"] == [
            "fact"
        ]
        stance = _about(session, "stance")
        take(session, stance.version("a"), "a")
        edge = session.review.annotations.relations()[0]
        claims = {s.id for s in session.review.annotations.spans() if s.layer == "claim"}
        assert edge.target in claims
        _about(session, "claim")
        take(session, claim.version("a"), "a")
        assert [s.label for s in session.review.annotations.spans() if s.layer == "claim"] == [
            "value"
        ]
        moved = session.review.annotations.relations()[0]
        assert moved.target == claim.version("a")[0].id
        session.do(do.Undo())
        assert [s.label for s in session.review.annotations.spans() if s.layer == "claim"] == [
            "fact"
        ]


def test_a_stance_is_asked_about_on_the_version_that_stands(tmp_path: Path) -> None:
    alone = _record("b", [(15, 31, "fact")], held=False)
    with _project(tmp_path / "p", _record("a", [PLAN]), alone) as project:
        session = _session(project)
        claim = _about(session, "claim")
        take(session, claim.version("b"), "b")
        assert session.review.message == "difference 1: b; 1 stance that waits goes to it"
        assert review_rows(project)[0].undecided == 1
        session.open(session.queue.ids()[0])
        stance = _about(session, "stance")
        item = session.review.focused
        assert item is not None and item.undecided
        take(session, stance.version("a"), "a")
        assert session.review.annotations.relations()[0].target == claim.version("b")[0].id
        assert review_rows(project)[0].undecided == 0


def test_a_claim_that_falls_takes_the_stances_that_wait_on_it_and_says_so(tmp_path: Path) -> None:
    alone = _record("b", [], held=False)
    with _project(tmp_path / "p", _record("a", [PLAN]), alone) as project:
        session = _session(project)
        _about(session, "claim")
        assert adjudication(session).counts() == (2, 2)
        take(session, (), "none of the versions is taken")
        assert session.review.message == (
            "none of the versions is taken; 1 stance falls with it; ¶ 1 is decided"
        )
        assert adjudication(session).counts()[1] == 0
        session.do(do.Undo())
        stance = _about(session, "stance")
        take(session, stance.version("a"), "a's")
        assert "and with it its claim" in session.review.message
        assert adjudication(session).counts()[1] == 0


def test_none_of_them_is_a_decision_and_who_was_right_is_reported(tmp_path: Path) -> None:
    works = [_record("a", [PLAN, SOON]), _record("b", [PLAN]), _record("c", [PLAN])]
    with _project(tmp_path / "p", *works) as project:
        session = _session(project)
        assert right(project) == []
        missing = _about(session, "claim")
        assert missing.majority() == ()
        take(session, (), "none")
        assert review_rows(project)[0].undecided == 0
        tallies = {(r.annotator, r.label): (r.right, r.of) for r in right(project)}
        assert tallies == {
            ("a", "none of them"): (0, 1),
            ("b", "none of them"): (1, 1),
            ("c", "none of them"): (1, 1),
        }
        here = adjudication(session).in_focus()
        assert here is not None and here.ids == missing.ids
        take(session, (), "none")
        assert adjudication(session).in_focus() is not None
        assert session.review.message == "that is already so; ¶ 2 is decided"


def test_reasons_and_messages_share_a_note(tmp_path: Path) -> None:
    note = note_of("bounds: too long", "please leave the comma out")
    assert (reason_of(note), message_of(note)) == ("bounds", "please leave the comma out")
    assert (reason_of("bounds"), message_of("bounds")) == ("bounds", "")
    with _project(tmp_path / "p", _record("a", [PLAN]), _record("b", [SOON])) as project:
        session = _session(project)
        _about(session, "claim")
        session.do(do.Note(note))
        assert [m.text for m in messages(project)] == ["please leave the comma out"]
        assert review_rows(project)[0].reasons == {"bounds"}
        assert session.queue.count(QueueFilter("reason:bounds")) == 1
        assert session.queue.count(QueueFilter("reason:context")) == 0
        assert session.queue.count(QueueFilter("layer:claim by:a")) == 1
        assert session.queue.count(QueueFilter("label:policy")) == 0


def test_a_field_that_differs_is_told_as_far_as_its_row_goes(tmp_path: Path) -> None:
    """The row above names the field, so its value gets the room beside the label."""
    works = []
    for who, label, concept in (
        ("a", "value", "the treaty ties only one side"),
        ("b", "fact", "Solveig acts rationally"),
    ):
        made = _record(who, [(15, 32, label)], held=False)
        named = [
            replace(s, attributes={"concept": [concept]}) if s.layer == "claim" else s
            for s in made.spans
        ]
        works.append(replace(made, spans=tuple(named)))
    with _project(tmp_path / "p", *works) as project:
        session = _session(project)
        _about(session, "claim")
        made_panel = panel_of(source_of(session), session.review)
        rows = panel(made_panel, THEMES["mono"], 36, 24)
        text = "\n".join("".join(piece for piece, _ in row) for row in rows)
        assert "label and concept differ" in text
        assert "value  the treaty ties only" in text and "fact  Solveig acts" in text, text
        assert "one side" in text and "…" not in text


def test_a_stance_tells_its_target_once_if_all_versions_are_on_the_same_words(
    tmp_path: Path,
) -> None:
    """Though the claims there have different labels, so that the versions have different ends."""
    works = []
    for who, label, cue in (("a", "value", [5, 9]), ("b", "fact", [5, 14])):
        made = _record(who, [(15, 32, label)])
        edges = tuple(replace(r, attributes={"cue": cue}) for r in made.relations)
        works.append(replace(made, relations=edges))
    with _project(tmp_path / "p", *works) as project:
        session = _session(project)
        stance = _about(session, "stance")
        assert len(stance.ids) == 2
        rows = panel(panel_of(source_of(session), session.review), THEMES["mono"], 78, 8)
        text = "\n".join("".join(piece for piece, _ in row) for row in rows)
        assert text.count("plan is wrong") == 1 and "“says”" in text, text


def test_a_number_is_not_taken_for_the_key_beside_it(tmp_path: Path) -> None:
    works = []
    for who, strength in (("a", 2), ("b", 1)):
        made = _record(who, [PLAN])
        edges = tuple(replace(r, attributes={"strength": strength}) for r in made.relations)
        works.append(replace(made, relations=edges))
    with _project(tmp_path / "p", *works) as project:
        session = _session(project)
        stance = _about(session, "stance")

        def told() -> str:
            shown = panel_of(source_of(session), session.review)
            rows = panel(shown, THEMES["mono"], 78, 8)
            return "\n".join("".join(piece for piece, _ in row) for row in rows)

        assert "strength differs: 1 strength 2 · 2 strength 1" in told()
        take(session, stance.version("b"), "b's")
        assert "strength ✓ 1" in told() and "× 1 strength 2" in told() and "× 2" not in told()


def test_each_part_of_a_version_has_rows_and_a_click_of_its_own(tmp_path: Path) -> None:
    """Where there is little room, every version has one row, which ends in … if it is cut."""
    whole = _record("a", [(0, 32, "value")], held=False)
    parts = _record("b", [(0, 14, "fact"), (15, 32, "value")], held=False)
    with _project(tmp_path / "p", whole, parts) as project:
        session = _session(project)
        split = _about(session, "claim")
        second = next(c for c in split.version("b") if c.value.label == "value")
        session.do(do.FocusItem(second.id))
        shown = panel_of(source_of(session), session.review)
        made = panel_rows(shown, THEMES["mono"], 36, 20)
        rows = ["".join(piece for piece, _ in row) for row in made.rows]
        at = next(i for i, row in enumerate(rows) if row.startswith("  2 b "))
        assert "fact" in rows[at] and rows[at + 1].startswith("▸") and "value" in rows[at + 1]
        assert [made.places[row][1] for row in (at, at + 1)] == [2, 2]
        small = [
            "".join(piece for piece, _ in row)
            for row in panel_rows(shown, THEMES["mono"], 28, 3).rows
        ]
        assert [row[2:5] for row in small[1:]] == ["1 a", "2 b"]
        assert small[2].endswith("…") and all(len(row) <= 28 for row in small[1:])


def test_names_are_hidden_and_the_model_is_one_more_lane(tmp_path: Path) -> None:
    with _project(
        tmp_path / "p", _record("ada", [PLAN]), _record("bob", [(15, 27, "fact")])
    ) as project:
        session = _session(project)
        source_of(session).hidden = True
        session.reload()
        assert {shown for _, shown in source_of(session).voters()} == {"A", "B"}
        told = [
            s.reason + s.suggester for group in session.review.suggestions.values() for s in group
        ]
        assert not any("ada" in words for words in told)
        claim = _about(session, "claim")
        assert source_of(session).proposed(claim) is None
        made = panel_of(source_of(session), session.review)
        rows = panel(made, next(iter(THEMES.values())), 60, 30)
        text = "\n".join("".join(piece for piece, _ in row) for row in rows)
        assert "label and bounds differ" in text
        assert "ada" not in text
        assert "1 A" in text and "2 B" in text


def test_a_changed_definition_brings_back_just_its_label(tmp_path: Path) -> None:
    with _project(
        tmp_path / "p", _record("a", [PLAN, SOON]), _record("b", [PLAN, SOON])
    ) as project:
        assert requeue(project) == {}
        session = _session(project)
        assert review_rows(project)[0].undecided == 0
    schema = load_schema("actors-claims-stances")
    assert schema.layer("claim") is not None
    text = schema_path("actors-claims-stances").read_text(encoding="utf-8")
    own = schema.layer("claim").label("value").guideline.definition  # type: ignore[union-attr]
    first = own.split("\n")[0][:30]
    assert first in text
    (tmp_path / "p" / "own.toml").write_text(
        text.replace(first, "Changed. " + first), encoding="utf-8"
    )
    settings = tmp_path / "p" / "annotator.toml"
    known = settings.read_text(encoding="utf-8").replace('"actors-claims-stances"', '"own.toml"')
    settings.write_text(known, encoding="utf-8")
    with Project.open(tmp_path / "p") as project:
        assert requeue(project) == {"claim value": 1}
        assert requeue(project) == {}
        assert own.split("\n")[0] in definitions_before(project)["claim value"]
        assert review_rows(project)[0].undecided == 1
        session = _session(project)
        labels = {s.label for s in session.review.annotations.spans() if s.layer == "claim"}
        assert labels == {"prediction"}


def _reference(votes: np.ndarray) -> np.ndarray:
    """Posteriors of Dawid and Skene, written from the formulas with plain loops:
    `(items, annotators)` labels in."""
    items, people = votes.shape
    size = int(votes.max()) + 1
    belief = np.array([[np.mean(votes[i] == k) for k in range(size)] for i in range(items)])
    before = np.zeros_like(belief)
    while np.abs(belief - before).max() > 1e-12:
        before = belief.copy()
        share = belief.sum(axis=0) + PRIOR
        share /= share.sum()
        errors = np.full((people, size, size), PRIOR)
        for i in range(items):
            for a in range(people):
                for k in range(size):
                    errors[a, k, votes[i, a]] += belief[i, k]
        errors /= errors.sum(axis=2, keepdims=True)
        for i in range(items):
            for k in range(size):
                belief[i, k] = share[k] * np.prod(
                    [errors[a, k, votes[i, a]] for a in range(people)]
                )
            belief[i] /= belief[i].sum()
    return belief


def test_dawid_skene_is_what_its_formulas_say() -> None:
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 3, 60)
    votes = np.array(
        [[t if rng.random() < p else rng.integers(0, 3) for p in (0.9, 0.8, 0.3)] for t in truth]
    )
    names = ["", "fact", "value"]
    items = [{f"a{a}": names[v] for a, v in enumerate(row)} for row in votes.tolist()]
    model = estimate(items)
    ours = np.array([model.posterior(item) for item in items])
    assert model.labels == ("", "fact", "value")
    np.testing.assert_allclose(ours, _reference(votes), atol=1e-6)
    agree = np.mean(ours.argmax(axis=1) == truth)
    assert agree >= np.mean(votes[:, 2] == truth)


def test_dawid_skene_needs_three_and_takes_a_probability() -> None:
    module = families.merging.load("dawid-skene")
    records = [_record(who, [PLAN]) for who in "ab"]
    found = versions(records)
    assert found is not None
    with pytest.raises(UsageError, match="three"):
        module.learn([(found.candidates, found.voters)])
    with pytest.raises(UsageError, match="probability"):
        module.kept(found.candidates, found.voters, option="ada")


def test_dawid_skene_prefills_what_it_is_sure_of_and_shows_its_posterior(tmp_path: Path) -> None:
    works = [
        _record("a", [PLAN, SOON]),
        _record("b", [PLAN, SOON]),
        _record("c", [(15, 32, "fact"), SOON]),
    ]
    with _project(tmp_path / "p", *works) as project:
        session = gold_session(project, strategy="dawid-skene")
        session.open(session.queue.ids()[0])
        reasons = [s.reason for group in session.review.suggestions.values() for s in group]
        assert any("posterior of the label" in reason for reason in reasons)
        kept = {
            (s.start, s.label) for s in session.review.annotations.spans() if s.layer == "claim"
        }
        assert kept == {(15, "value"), (34, "prediction")}
    assert document(TEXT).text == TEXT


def test_a_version_moved_onto_what_stands_is_not_in_the_gold_twice(tmp_path: Path) -> None:
    with _two_bounds(tmp_path / "p") as project:
        session = _session(project)
        _moved(session, *PLAN[:2])
        assert session.review.message.startswith("there is a value “the plan is wrong” already")
        claims = [s for s in session.review.annotations.spans() if s.layer == "claim"]
        assert [(s.start, s.end) for s in claims] == [PLAN[:2]]


def test_a_version_of_several_parts_stands_whole_after_one_of_them_is_changed(
    tmp_path: Path,
) -> None:
    """The key for the next version leads to each of its parts."""
    whole = _record("ada", [(0, 32, "value")], held=False)
    parts = _record("ben", [(0, 14, "fact"), (15, 32, "value")], held=False)
    with _project(tmp_path / "p", whole, parts) as project:
        session = _session(project)
        split = _about(session, "claim")
        order = adjudication(session).versions_in_order(split)
        made = [next(c for c in split.candidates if c.id == id) for id in order]
        assert [(sorted(c.votes), c.value.label) for c in made] == [
            (["ada"], "value"),
            (["ben"], "fact"),
            (["ben"], "value"),
        ]
        session.do(do.FocusItem(order[1]))
        source_of(session).edit(session.review)
        session.do(do.EditBounds())
        session.do(do.SelectRange(5, 14, exact=True))
        session.do(do.ConfirmSelection())
        claims = [s for s in session.review.annotations.spans() if s.layer == "claim"]
        assert sorted((s.start, s.end, s.label) for s in claims) == [
            (5, 14, "fact"),
            (15, 32, "value"),
        ]
        session.do(do.Undo())
        assert not [s for s in session.review.annotations.spans() if s.layer == "claim"]


def _drawn(session: Session, start: int, end: int) -> None:
    """Make a value claim by hand."""
    session.do(do.StartSelection(at=start))
    session.do(do.SelectRange(start, end, exact=True))
    session.do(do.SetLabel("claim", "value"))


def test_two_reviewers_at_once_add_nothing_twice_and_overwrite_nothing(tmp_path: Path) -> None:
    """Whoever is later is told who was earlier, and reads the document again."""
    works = (_record("ada", [PLAN, (5, 9, "value")]), _record("ben", [PLAN, (5, 14, "value")]))
    with _project(tmp_path / "p", *works) as project:
        lea, max_ = (gold_session(project, reviewer=who) for who in ("lea", "max"))
        for session in (lea, max_):
            session.open("doc", paragraph=0)
        _drawn(lea, 0, 9)
        _drawn(max_, 0, 9)
        assert "value “Iran says” of “doc” was made elsewhere by lea" in max_.review.message

        def stands(start: int, end: int) -> list[Span]:
            spans, _ = project.log.annotations("doc", GOLD)
            return [s for s in spans.spans() if (s.layer, s.start, s.end) == ("claim", start, end)]

        assert len(stands(0, 9)) == 1
        # The same thing may have come by another way; two names for one stretch are two things.
        (made,) = stands(0, 9)
        for entity, refused in ((None, True), ("Iran", False)):
            other = replace(made, id="other", entity=entity)
            standing = Standing(Status.ACCEPTED, other)
            accepted = Decision("g", Action.ACCEPT, "other", 0, None, standing)
            with pytest.raises(ConflictError, match="lea") if refused else nullcontext():
                project.log.record("doc", GOLD, [accepted], reviewer="max")
        max_.reload()
        # The same difference, before and after the other decision was read.
        claim = _about(max_, "claim")
        _about(lea, "claim")
        take(lea, claim.version("ben"), "ben's")
        take(max_, (), "none")
        assert "was changed elsewhere by lea" in max_.review.message and len(stands(5, 14)) == 1
        claim = _about(max_, "claim")
        assert instead(source_of(max_), max_.review, claim) == " instead of what lea decided"
        assert instead(source_of(lea), lea.review, claim) == " instead"
        source_of(max_).hidden = True
        assert "lea" not in instead(source_of(max_), max_.review, claim)


def test_what_a_reviewer_made_is_not_filled_in_again(tmp_path: Path) -> None:
    """Annotators who come to agree on what the reviewer made by hand add nothing."""
    with _two_bounds(tmp_path / "p") as project:
        session = _session(project)
        _moved(session, 0, 9)
        for who, old in (("ada", (5, 9)), ("ben", (5, 14))):
            own = Session(project, who, project.new_session())
            own.open("doc")
            (mine,) = (s for s in own.review.annotations.spans() if (s.start, s.end) == old)
            own.do(do.FocusItem(mine.id))
            own.do(do.EditBounds())
            own.do(do.SelectRange(0, 9, exact=True))
            own.do(do.ConfirmSelection())
        stands = _session(project).review.annotations.spans()
        assert [s.label for s in stands if (s.start, s.end) == (0, 9)] == ["value"]


def test_undo_says_what_was_accepted(tmp_path: Path) -> None:
    """It does not say which version was rejected with it."""
    works = [
        _record("ada", [PLAN, SOON]),
        _record("ben", [PLAN, SOON]),
        _record("cem", [(15, 27, "value"), (34, 54, "prediction")]),
    ]
    with _project(tmp_path / "p", *works) as project:
        session = _session(project)
        _about(session, "claim")
        session.do(do.AcceptAll())
        session.do(do.Undo())
        assert session.review.message == (
            "undone: accepted 1 claim, 1 stance; rejected 1 other version"
        )
