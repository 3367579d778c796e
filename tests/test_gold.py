"""The content of gold: only what agrees in everything that the schema lists, or what somebody
decided."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations_with_replacement, permutations
from pathlib import Path
from typing import Any

import pytest
from adjudicating import adjudication, gold_session, project_of, settle, source_of, take
from support import document

from annotator.cli import run
from annotator.formats.jsonl import dumps
from annotator.measures._names import named, names_in
from annotator.model import actions as do
from annotator.model.decision import Completion, Suggestion
from annotator.model.fields import content, fields_of
from annotator.model.provenance import Shown
from annotator.model.record import GOLD, Record
from annotator.model.schema import LabelSchema
from annotator.model.schema_reading import parse_schema
from annotator.model.span import AUTHOR, Relation, Span
from annotator.project import Project, SuggestionRun
from annotator.resources import load_schema, schema_path
from annotator.tui.reviewing.rulings import names_in_focus, rule_names_same
from annotator.tui.screens.review import panel_of
from annotator.tui.session import Session
from annotator.tui.theme import THEMES
from annotator.tui.views.versions import panel_rows
from annotator.tui.views.versions import versions as panel
from annotator.workflows.exchange.dataset import Choices, write_dataset
from annotator.workflows.exchange.export import export
from annotator.workflows.exchange.export_records import ExportOptions
from annotator.workflows.exchange.importing import ingest
from annotator.workflows.exchange.pseudonyms import Pseudonyms
from annotator.workflows.exchange.validate import validate
from annotator.workflows.names.rulings import rule_same
from annotator.workflows.review.adjudication import merge_all
from annotator.workflows.review.discussion import reason_from
from annotator.workflows.review.leverage import describe, leverages
from annotator.workflows.review.precedents import precedents
from annotator.workflows.review.queue import review_rows
from annotator.workflows.review.versions import Merger, versions

TEXT = "Mara Lind says that the harbour must close.\nThe council could reopen it in spring."
ACTOR = ("Mara Lind", "person")
CLAIM = "the harbour must close"

ALIKE: Mapping[str, Any] = {
    "entity": "Mara Lind",
    "mention": "name",
    "concept": ["harbour should close"],
    "modality": "asserted",
    "attribution": "indirect",
    "strength": 2,
    "basis": "explicit",
    "cue": [10, 14],
}
OTHER: Mapping[str, Any] = {
    "entity": "Port office",
    "mention": "nominal",
    "concept": ["not: harbour should close"],
    "modality": "hedged",
    "attribution": "author",
    "strength": 3,
    "basis": "implied",
    "cue": [15, 19],
}


def _coded(who: str, *, id: str = "doc", text: str = TEXT, **fields: Any) -> Record:
    """One actor, one claim and the stance between them, filled in alike except for some fields."""
    f = {**ALIKE, **fields}
    at = text.index(CLAIM)
    actor = Span(f"{who}a", "actor", "person", 0, 9, f["entity"], {"mention": f["mention"]})
    held = {name: f[name] for name in ("concept", "modality", "attribution")}
    claim = Span(f"{who}c", "claim", "policy", at, at + len(CLAIM), None, held)
    own = {name: f[name] for name in ("strength", "basis", "cue")}
    edge = Relation(f"{who}r", "stance", "support", actor.id, claim.id, own)
    return Record(document(text, id=id), who, Completion.DONE, (actor, claim), (edge,))


def _session(project: Project, **options: Any) -> Session:
    session = gold_session(project, reviewer="lea", **options)
    session.open(session.queue.ids()[0])
    return session


def _focus(session: Session, layer: str) -> None:
    (found,) = (d for d in adjudication(session).differences if d.layer == layer and d.number)
    session.do(do.FocusItem(found.candidates[0].id))
    assert adjudication(session).in_focus() == found


def _gold(project: Project) -> dict[str, Any]:
    """The gold of the only document, field by field."""
    annotations, _ = project.log.annotations("doc", GOLD)
    out: dict[str, Any] = {}
    for value in annotations.annotations():
        out |= dict(value.attributes)
        if isinstance(value, Span) and value.entity:
            out["entity"] = value.entity
    return out


def _twice(record: Record, second: str) -> Record:
    """The work of somebody who made one more item than the others."""
    (actor, claim), (edge,) = record.spans, record.relations
    if second == "relation":
        other = replace(edge, id=f"{edge.id}2", label="oppose")
        return replace(record, relations=(edge, other))
    changed = {"label": "organization"} if second == "label" else {"entity": "Port office"}
    return replace(record, spans=(actor, replace(actor, id=f"{actor.id}2", **changed), claim))


@pytest.mark.parametrize("second", ["label", "entity", "relation"])
@pytest.mark.parametrize("takes", ["ada", "cem"])
def test_what_some_made_beside_what_all_made_waits_for_review(
    second: str, takes: str, tmp_path: Path
) -> None:
    """Two of three gave one stretch a second label or entity, or the same ends a second stance."""
    works = (_twice(_coded("ada"), second), _twice(_coded("ben"), second), _coded("cem"))
    with project_of(tmp_path / "p", *works) as project:
        assert merge_all(project) == (1, 0)
        (row,) = review_rows(project)
        (difference,) = row.waiting
        session = _session(project)
        session.do(do.FocusItem(difference.candidates[0].id))
        take(session, difference.version(takes), f"{takes}'s")
        assert review_rows(project)[0].undecided == 0
        for _ in session.review.document.paragraphs:
            session.do(do.CloseParagraph())
        (gold,) = project.log.records(annotator=GOLD)
        assert gold.status is Completion.GOLD
        assert len(gold.spans) + len(gold.relations) == (4 if takes == "ada" else 3)


@pytest.mark.parametrize("field", sorted(ALIKE))
def test_a_field_that_differs_is_not_gold_before_it_is_decided(field: str, tmp_path: Path) -> None:
    """Tries each attribute of the shipped schema; the order of the annotators' names decides
    nothing."""
    works = (_coded("ada", **{field: OTHER[field]}), _coded("ben"), _coded("cem"))
    with project_of(tmp_path / "p", *works) as project:
        assert merge_all(project) == (1, 0)
        assert field not in _gold(project)
        (row,) = review_rows(project)
        assert [d.kinds for d in row.waiting] == [(field,)]
        session = _session(project)
        session.do(do.FocusItem(row.waiting[0].candidates[0].id))
        take(session, row.waiting[0].version("ada"), "ada")
        assert _gold(project)[field] == OTHER[field]
        assert review_rows(project)[0].undecided == 0
        for _ in session.review.document.paragraphs:
            session.do(do.CloseParagraph())
        (gold,) = project.log.records(annotator=GOLD)
        assert gold.status is Completion.GOLD
        origins = {value.origin for value in (*gold.spans, *gold.relations)}
        assert origins == {"unanimous", "adjudicated"}


def test_when_everything_differs_nothing_is_gold_before_review(tmp_path: Path) -> None:
    with project_of(tmp_path / "p", _coded("ada"), _coded("ben", **OTHER)) as project:
        assert merge_all(project) == (1, 0)
        assert _gold(project) == {}
        assert [d.kinds for d in review_rows(project)[0].waiting] == [
            ("entity", "mention"),
            ("concept", "modality", "attribution"),
            ("strength", "basis", "cue"),
        ]


def test_values_of_a_list_and_entities_of_a_plural_agree_in_any_order(tmp_path: Path) -> None:
    one = {"concept": ["a rises", "b falls"], "entity": "Mara Lind; Port office"}
    other = {"concept": ["b falls", "a rises"], "entity": "Port office; Mara Lind"}
    with project_of(tmp_path / "p", _coded("ada", **one), _coded("ben", **other)) as project:
        assert merge_all(project) == (1, 1)


def test_a_majority_never_puts_together_what_no_majority_made() -> None:
    """Each part has a majority, but of different annotators: the combination was made by nobody, or
    by one annotator."""
    schema = load_schema("actors-claims-stances")
    works = [
        _coded("ada", modality="hedged"),
        _coded("ben", modality="hedged", attribution="author"),
        _coded("cem", attribution="author"),
    ]
    found = versions(works, "majority", schema=schema)
    assert found is not None
    assert not [
        c
        for c in found.kept
        if c.value.layer == "claim" and c.value.attributes["modality"] == "asserted"
    ]
    joint = next(c for c in found.candidates if c.value.layer == "claim")
    assert joint.contested == ("modality", "attribution")
    assert [c for c in found.kept if c.id == joint.id] == []
    bounds = [(15, 43, "policy"), (15, 43, "fact"), (15, 40, "policy")]
    spans = [Span("x", "claim", label, a, b) for a, b, label in bounds]
    three = [
        Record(document(TEXT), w, Completion.DONE, (s,)) for w, s in zip("abc", spans, strict=True)
    ]
    drawn = versions(three, "majority", schema=schema)
    assert drawn is not None and drawn.kept == ()


CODINGS = {
    "P": Span("p", "claim", "policy", 15, 43, attributes={"modality": "asserted"}),
    "L": Span("l", "claim", "fact", 15, 43, attributes={"modality": "asserted"}),
    "B": Span("b", "claim", "policy", 15, 40, attributes={"modality": "asserted"}),
    "X": Span("x", "claim", "fact", 15, 40, attributes={"modality": "asserted"}),
    "F": Span("f", "claim", "policy", 15, 43, attributes={"modality": "hedged"}),
}
"""A claim, and the same with another label, other bounds, both, and another field."""


@pytest.mark.parametrize("voters", [3, 4, 5])
def test_a_majority_is_one_version_and_the_rest_falls_or_all_wait(
    voters: int, tmp_path: Path
) -> None:
    """Every way in which three, four or five annotators can make a claim, or not make it: label,
    bounds and fields count alike. The review shows as many differences as the queue."""
    ways = "PLBXF-" if voters == 3 else "PLBF-"
    codings = ["".join(c) for c in combinations_with_replacement(ways, voters)]
    records = (
        Record(document(TEXT, id=coding), str(i), Completion.DONE, tuple(_CODED[one]))
        for coding in codings
        for i, one in enumerate(coding)
    )
    with project_of(tmp_path / "p", *records) as project:
        merge_all(project, "majority")
        gold = {r.document.id: r for r in project.log.records(annotator=GOLD)}
        session = gold_session(project, strategy="majority")
        for row in review_rows(project, "majority"):
            coding = row.document
            made = {one for one in coding if one != "-"}
            most = [one for one in made if coding.count(one) * 2 > voters]
            stands = gold[coding].spans if coding in gold else ()
            assert [replace(s, id="", origin="human") for s in stands] == [
                replace(s, id="") for one in most for s in _CODED[one]
            ]
            left = int(bool(made and not most))
            assert (row.undecided, row.status is Completion.GOLD) == (left, not left), coding
            if voters == 3:
                session.open(coding)
                assert adjudication(session).counts()[1] == left, coding


def test_what_fell_by_majority_comes_back_when_the_reviewer_removes_what_stands(
    tmp_path: Path,
) -> None:
    coded = {"ada": "P", "ben": "P", "cem": "B"}
    records = [
        Record(document(TEXT), who, Completion.DONE, tuple(_CODED[c])) for who, c in coded.items()
    ]
    with project_of(tmp_path / "p", *records) as project:
        session = _session(project, strategy="majority")
        (item,) = session.review.items
        session.do(do.FocusItem(item.id))
        session.do(do.Delete())
        assert [i.value.end for i in session.review.items] == [40]
        assert adjudication(session).counts() == (1, 1)
        assert [row.undecided for row in review_rows(project, "majority")] == [1]
        session.do(do.Undo())
        assert [i.value.end for i in session.review.items] == [43]
        assert adjudication(session).counts() == (1, 0)


_SAID = {"modality": "asserted"}
_CODED = {
    "P": [Span("p", "claim", "policy", 15, 43, attributes=_SAID)],
    "L": [Span("l", "claim", "fact", 15, 43, attributes=_SAID)],
    "B": [Span("b", "claim", "policy", 15, 40, attributes=_SAID)],
    "X": [Span("x", "claim", "fact", 15, 40, attributes=_SAID)],
    "F": [Span("f", "claim", "policy", 15, 43, attributes={"modality": "hedged"})],
    "-": [],
}
"""A claim, and the same with another label, other bounds, both, and another field."""


@pytest.mark.parametrize("third", ["oppose", "author", "bounds"])
def test_a_majority_for_a_stance_decides_against_other_sides_and_holders(
    third: str, tmp_path: Path
) -> None:
    actor, claim = _coded("cem").spans
    other = _coded("cem").relations[0]
    if third == "bounds":
        claim = replace(claim, end=claim.end - 3)
    changed = {"label": "oppose"} if third != "author" else {"source": AUTHOR}
    cem = replace(_coded("cem"), spans=(actor, claim), relations=(replace(other, **changed),))
    with project_of(tmp_path / "p", _coded("ada"), _coded("ben"), cem) as project:
        assert merge_all(project, "majority") == (1, 1)
        assert [row.undecided for row in review_rows(project)] == [0]
        (gold,) = project.log.records(annotator=GOLD)
        (stance,) = gold.relations
        assert (stance.label, stance.source) == ("support", gold.spans[0].id)


def test_the_work_of_one_annotator_is_theirs_in_every_field() -> None:
    found = versions([_coded("ada"), _coded("ben", **OTHER)], "annotator:ben")
    assert found is not None
    held = {k: v for c in found.kept for k, v in c.value.attributes.items()}
    assert held == {k: v for k, v in OTHER.items() if k != "entity"}
    assert {c.value.entity for c in found.kept if isinstance(c.value, Span)} == {
        "Port office",
        None,
    }


def _schema_without_agreement(root: Path, *names: str) -> None:
    """The project's schema, with attributes that annotators need not agree on."""
    text = schema_path("actors-claims-stances").read_text(encoding="utf-8")
    for name in names:
        assert f'name = "{name}"\n' in text
        text = text.replace(f'name = "{name}"\n', f'name = "{name}"\nagree = false\n')
    (root / "own.toml").write_text(text, encoding="utf-8")
    settings = root / "annotator.toml"
    known = settings.read_text(encoding="utf-8").replace('"actors-claims-stances"', '"own.toml"')
    settings.write_text(known, encoding="utf-8")


def test_what_need_not_agree_takes_the_majority_s_value_and_says_so(tmp_path: Path) -> None:
    works = (_coded("ada", mention="nominal"), _coded("ben"), _coded("cem"))
    with project_of(tmp_path / "p", *works) as project:
        before = project.schema.hash
    _schema_without_agreement(tmp_path / "p", "mention")
    with Project.open(tmp_path / "p") as project:
        assert project.schema.hash != before
        assert merge_all(project) == (1, 1)
        assert _gold(project)["mention"] == "name"
        (gold,) = project.log.records(annotator=GOLD)
        (actor,) = (s for s in gold.spans if s.layer == "actor")
        assert actor.origin == "unanimous; mention by majority"
        assert not validate(
            write_dataset(project, tmp_path / "out").files and tmp_path / "out", project.schema
        ).problems


@pytest.mark.parametrize(
    ("works", "gold"),
    [
        # All agree where they must; one annotator marked it twice, with two notes.
        ([[("A", "1"), ("A", None)], [("A", "1")], [("A", None)]], {"unanimous": "A"}),
        # Two versions, each by two annotators, regardless of their notes.
        ([[("A", "1")], [("B", "2"), ("A", "2")], [("B", None)]], {"majority": "AB"}),
        ([[("A", None)], [("B", None), ("A", "2")], [("B; A", None)]], {"majority": "A"}),
    ],
)
def test_what_need_not_agree_divides_nobody(
    works: list[list[tuple[str, str | None]]], gold: dict[str, str]
) -> None:
    schema = parse_schema(
        'name = "own"\nversion = "1"\n[[layer]]\nname = "who"\nkind = "span"\nopen = true\n'
        '[[layer.attribute]]\nname = "name"\ntype = "entity"\n'
        '[[layer.attribute]]\nname = "beside"\ntype = "text"\nagree = false\n',
        file="own.toml",
    )
    for names in ("abc", "cab"):
        records = [
            Record(
                document(TEXT),
                who,
                Completion.DONE,
                tuple(
                    Span(f"{i}", "who", "X", 0, 4, name, {"beside": beside} if beside else {})
                    for i, (name, beside) in enumerate(own)
                ),
            )
            for who, own in zip(names, works, strict=True)
        ]
        for strategy, kept in gold.items():
            found = versions(records, strategy, schema=schema)
            assert found is not None
            stands = [c.value.entity for c in found.kept if isinstance(c.value, Span)]
            assert sorted(filter(None, stands)) == list(kept)


def test_a_majority_s_list_is_written_alike_whoever_wrote_it() -> None:
    """Two orders of one set have the majority; the third annotator has another set."""
    orders = (["x", "y"], ["y", "x"], ["z"])
    found = set()
    for names in permutations("abc"):
        records = [
            Record(
                document(TEXT),
                who,
                Completion.DONE,
                (Span("c", "claim", "fact", 15, 43, attributes={"concept": held}),),
            )
            for who, held in zip(names, orders, strict=True)
        ]
        made = versions(records, "majority", schema=load_schema("actors-claims-stances"))
        assert made is not None
        found.add(repr(made.kept[0].value.attributes))
    assert found == {"{'concept': ['x', 'y']}"}


def test_at_a_tie_the_schema_s_order_decides_whoever_comes_first(tmp_path: Path) -> None:
    for names in (("ada", "ben"), ("zoe", "ben")):
        root = tmp_path / names[0]
        with project_of(root, _coded(names[0], mention="nominal"), _coded(names[1])):
            pass
        _schema_without_agreement(root, "mention")
        with Project.open(root) as project:
            merge_all(project)
            (gold,) = project.log.records(annotator=GOLD)
            (actor,) = (s for s in gold.spans if s.layer == "actor")
            assert (actor.attributes["mention"], actor.origin) == (
                "name",
                "unanimous; mention by tie",
            )


def _text(rows: Sequence[Sequence[tuple[str, Any]]]) -> str:
    return "\n".join("".join(piece for piece, _ in row) for row in rows)


def _panel(session: Session, width: int = 70) -> str:
    return _text(
        panel(panel_of(source_of(session), session.review), next(iter(THEMES.values())), width, 40)
    )


def test_an_item_that_is_filled_in_differently_is_one_row_that_names_the_difference(
    tmp_path: Path,
) -> None:
    with project_of(tmp_path / "p", _coded("ada"), _coded("ben", entity="Port office")) as project:
        session = _session(project)
        _focus(session, "actor")
        shown = _panel(session)
        assert "entity differs: 1 Mara Lind · 2 Port office" in shown
        assert "Difference 1 of 1, 1 left" in shown
        assert "mention differs" not in shown


def test_a_click_on_a_value_of_a_field_decides_it(tmp_path: Path) -> None:
    long = "Port office of the northern harbour and its council"
    works = [_coded("ada"), _coded("ben", entity=long, mention="nominal")]
    with project_of(tmp_path / "p", *works) as project:
        session = _session(project)
        _focus(session, "actor")
        for width, height in ((70, 30), (34, 30), (98, 7), (98, 3)):
            panel = panel_of(source_of(session), session.review)
            shown = panel_rows(panel, THEMES["mono"], width, height)
            rows = _text(shown.rows).split("\n")
            first = next(y for y, row in enumerate(rows) if "entity differs" in row)
            found = {
                words: shown.field_at(y, row.index(words))
                for words in ("differs", "Mara", "·", "Port", "council")
                for y, row in enumerate(rows[first : first + 5], first)
                if words in row and "mention" not in row
            }
            in_one_row = {"·": None} if width > 80 else {}
            assert found == in_one_row | {
                "differs": None,
                "Mara": ("entity", "ada"),
                "Port": ("entity", "ben"),
                "council": ("entity", "ben"),
            }
        settle(session, "entity", "ben", "entity as ben has it")
        shown = panel_rows(panel_of(source_of(session), session.review), THEMES["mono"], 70, 30)
        rows = _text(shown.rows).split("\n")
        (y,) = (y for y, row in enumerate(rows) if "nominal" in row)
        assert shown.field_at(y, rows[y].index("nominal")) == ("mention", "ben")
        (y,) = (y for y, row in enumerate(rows) if "entity ✓" in row)
        assert shown.field_at(y, rows[y].index("Port")) is None
        (y,) = (y for y, row in enumerate(rows) if "× 1 Mara" in row)
        assert shown.field_at(y, rows[y].index("Mara")) == ("entity", "ada")


@pytest.mark.parametrize("width", [36, 43, 70])
def test_what_a_stance_is_about_is_whole_in_a_narrow_panel(tmp_path: Path, width: int) -> None:
    """It takes two rows where one has no room, and the clicks below still mean their fields."""
    works = [_coded("ada"), _coded("ben", strength=1, basis="implied")]
    with project_of(tmp_path / "p", *works) as project:
        session = _session(project)
        _focus(session, "stance")
        made = panel_of(source_of(session), session.review)
        shown = panel_rows(made, THEMES["mono"], width, 30)
        rows = _text(shown.rows).split("\n")
        at = next(y for y, row in enumerate(rows) if "Mara Lind + support →" in row)
        about = " ".join(row.strip() for row in rows[at : at + (1 if width == 70 else 2)])
        assert about == f"Mara Lind + support → “{CLAIM}”"
        for word, who in (("explicit", "ada"), ("implied", "ben")):
            (y,) = (y for y, row in enumerate(rows) if word in row)
            assert shown.field_at(y, rows[y].index(word)) == ("basis", who)
        assert shown.field_at(at, 4) is None
        small = _text(panel_rows(made, THEMES["mono"], width, 3).rows).split("\n")
        assert any("Mara Lind + support →" in row for row in small)


def test_a_long_holder_leaves_room_for_the_side(tmp_path: Path) -> None:
    long = "supporters of the Treaty of Orsa in the parliament of Varnia"
    works = [_coded("ada", entity=long), _coded("ben", entity=long, basis="implied")]
    with project_of(tmp_path / "p", *works) as project:
        session = _session(project)
        _focus(session, "stance")
        (row,) = (row for row in _panel(session, 36).split("\n") if "support →" in row)
        assert row.strip().startswith("supporters of") and row.endswith(" Varnia + support →")


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_a_decided_name_can_be_told_from_the_other_in_a_narrow_panel(
    tmp_path: Path, who: str
) -> None:
    """Both begin alike, so that their ends have to be seen."""
    names = {"ada": "Kestria breaks the missile limit", "ben": "Kestria breaks the treaty of Orsa"}
    works = [_coded(name, concept=[concept]) for name, concept in names.items()]
    with project_of(tmp_path / "p", *works) as project:
        session = _session(project)
        _focus(session, "claim")
        settle(session, "concept", who, "concept")
        rows = _panel(session, 36).split("\n")
        decided = next(row for row in rows if "concept ✓" in row)
        (other,) = (name for coder, name in names.items() if coder != who)
        assert decided.endswith(names[who].split()[-1])
        assert next(row for row in rows if "× " in row).endswith(other.split()[-1])


def test_what_annotators_noted_stands_beside_their_versions(tmp_path: Path) -> None:
    with project_of(tmp_path / "p", _coded("ada"), _coded("ben", entity="Port office")) as project:
        coder = Session(project, "ben", "s")
        coder.open("doc")
        coder.do(do.FocusItem("bena"))
        coder.do(do.Note("the office speaks through her"))
        session = _session(project)
        _focus(session, "actor")
        assert "ben noted: the office speaks through her" in _panel(session)
        source_of(session).hidden = True
        session.reload()
        assert "ben" not in _panel(session)


def test_fields_are_taken_apart_one_by_one_and_each_is_one_undo(tmp_path: Path) -> None:
    with project_of(
        tmp_path / "p", _coded("ada"), _coded("ben", entity="Port office", mention="nominal")
    ) as project:
        session = _session(project)
        _focus(session, "actor")
        assert source_of(session).next_field(session.review) == "entity"
        settle(session, "entity", "ben", "entity as ben has it")
        assert _gold(project)["entity"] == "Port office" and "mention" not in _gold(project)
        assert source_of(session).at_field == "mention"
        # A half-decided item is not decided.
        assert review_rows(project)[0].undecided == 1
        assert "entity ✓ Port office" in _panel(session)
        assert "× 1 " in _panel(session), "the other value stays in view, with its number"
        settle(session, "mention", "ada", "mention as ada has it")
        gold = _gold(project)
        assert (gold["entity"], gold["mention"]) == ("Port office", "name")
        assert review_rows(project)[0].undecided == 0
        session.do(do.Undo())
        assert "mention" not in _gold(project)
        session.do(do.Undo())
        assert "entity" not in _gold(project)
        assert review_rows(project)[0].undecided == 1


def test_what_all_agree_on_stands_as_soon_as_what_it_hangs_on_does(tmp_path: Path) -> None:
    with project_of(tmp_path / "p", _coded("ada"), _coded("ben", entity="Port office")) as project:
        session = _session(project)
        _focus(session, "actor")
        assert project.log.annotations("doc", GOLD)[0].relations() == []
        difference = adjudication(session).in_focus()
        assert difference is not None
        take(session, difference.version("ada"), "ada")
        (edge,) = project.log.annotations("doc", GOLD)[0].relations()
        assert edge.origin == "unanimous"
        session.do(do.Undo())
        assert project.log.annotations("doc", GOLD)[0].relations() == []


def test_accept_all_takes_what_most_chose_and_never_rivals(tmp_path: Path) -> None:
    shorter = replace(_coded("ben").spans[1], start=19, end=43)
    rival = _coded("ben", entity="Port office")
    rival = replace(rival, spans=(rival.spans[0], shorter))
    with project_of(tmp_path / "p", _coded("ada"), rival) as project:
        session = _session(project)
        session.do(do.GoParagraph(0))
        session.do(do.AcceptAll())
        assert "nothing here was chosen" in session.review.message
        assert _gold(project) == {}
    with project_of(tmp_path / "q", _coded("ada"), rival, _coded("cem")) as project:
        session = _session(project)
        session.do(do.GoParagraph(0))
        session.do(do.AcceptAll())
        claims = [s for s in project.log.annotations("doc", GOLD)[0].spans() if s.layer == "claim"]
        assert [(s.start, s.end) for s in claims] == [(20, 42)] or len(claims) == 1
        assert _gold(project)["entity"] == "Mara Lind"


def test_accepting_one_rival_decides_against_the_other(tmp_path: Path) -> None:
    rival = replace(
        _coded("ben"), spans=(_coded("ben").spans[0], replace(_coded("ben").spans[1], end=40))
    )
    with project_of(tmp_path / "p", _coded("ada"), rival) as project:
        session = _session(project)
        for difference in adjudication(session).differences:
            for candidate in difference.candidates:
                session.do(do.FocusItem(candidate.id))
                session.do(do.Accept())
        claims = [s for s in project.log.annotations("doc", GOLD)[0].spans() if s.layer == "claim"]
        assert len(claims) == 1


def test_enter_with_differences_left_asks_and_the_document_stays_begun(tmp_path: Path) -> None:
    with project_of(tmp_path / "p", _coded("ada"), _coded("ben", entity="Port office")) as project:
        session = _session(project)
        session.do(do.GoParagraph(0))
        session.do(do.CloseParagraph())
        assert session.review.paragraph == 0 and "1 difference left here" in session.review.message
        session.do(do.CloseParagraph())
        assert session.review.message == "1 difference left in ¶ 1"
        for _ in range(7):
            session.do(do.CloseParagraph())
        assert session.review.annotations.completion is Completion.IN_PROGRESS
        assert list(project.log.records(status=Completion.GOLD)) == []
        assert not session.review.is_done(0)
        # A postponed item is not decided.
        _focus(session, "actor")
        session.do(do.Skip())
        assert review_rows(project)[0].undecided == 1


def test_stances_on_a_claim_that_falls_do_not_wait_on_a_claim_beside_it(tmp_path: Path) -> None:
    """Everybody made a second claim around the first one; it is not a version of the first."""
    outer = Span("o", "claim", "value", 15, 42, None, {"concept": ["warns"]})
    works = []
    for who, strength, concept in (("ada", 1, "harbour should close"), ("ben", 2, "it should")):
        one = _coded(who, strength=strength, concept=[concept])
        works.append(replace(one, spans=(one.spans[0], outer, one.spans[1])))
    with project_of(tmp_path / "p", *works) as project:
        merge_all(project)
        session = _session(project)
        (claim,) = (d for d in adjudication(session).differences if d.layer == "claim" and d.number)
        session.do(do.FocusItem(claim.candidates[0].id))
        take(session, (), "nobody")
        for paragraph in session.review.document.paragraphs:
            session.do(do.GoParagraph(paragraph.index))
            session.do(do.CloseParagraph())
        (row,) = review_rows(project)
        assert (row.status, row.undecided) == (Completion.GOLD, 0)


def test_names_ruled_the_same_are_decided_once_for_all_places(tmp_path: Path) -> None:
    other = TEXT.replace("spring", "autumn")
    works = [
        _coded(who, id=id, text=text, concept=[concept])
        for id, text in (("doc", TEXT), ("two", other))
        for who, concept in (
            ("ada", "harbour should close"),
            ("ben", "the harbour ought to be closed"),
        )
    ]
    contrary = [
        _coded(who, id="three", text=TEXT + " Or not.", concept=[concept])
        for who, concept in (
            ("ada", "not: harbour should close"),
            ("ben", "not: the harbour ought to be closed"),
        )
    ]
    with project_of(tmp_path / "p", *works, *contrary) as project:
        assert sum(row.undecided for row in review_rows(project)) == 3
        session = _session(project)
        session.open("doc")
        _focus(session, "claim")
        found = names_in_focus(adjudication(session))
        assert found == ("concept", ["harbour should close", "the harbour ought to be closed"])
        rule_names_same(session, source_of(session), "concept", found[1], "harbour should close")
        assert sum(row.undecided for row in review_rows(project)) == 0
        merge_all(project)
        golds = {r.document.id: r for r in project.log.records(annotator=GOLD)}
        for id, concept in (
            ("doc", "harbour should close"),
            ("three", "not: harbour should close"),
        ):
            (claim,) = (s for s in golds[id].spans if s.layer == "claim")
            assert claim.attributes["concept"] == [concept]
            assert claim.origin == "unanimous; concept by ruling"
        # The annotators' own text stays.
        (mine,) = (r for r in project.log.records(annotator="ben") if r.document.id == "doc")
        assert mine.spans[1].attributes["concept"] == ["the harbour ought to be closed"]


def test_a_ruling_is_one_undo(tmp_path: Path) -> None:
    with project_of(tmp_path / "p", _coded("ada"), _coded("ben", entity="M. Lind")) as project:
        session = _session(project)
        _focus(session, "actor")
        rule_names_same(
            session, source_of(session), "entity", ["Mara Lind", "M. Lind"], "Mara Lind"
        )
        assert _gold(project)["entity"] == "Mara Lind"
        session.do(do.Undo())
        assert "entity" not in _gold(project)
        assert review_rows(project)[0].undecided == 1


def test_a_finished_gold_takes_the_name_that_stays(tmp_path: Path) -> None:
    alias = {"entity": "M. Lind"}
    with project_of(tmp_path / "p", _coded("ada", **alias), _coded("ben", **alias)) as project:
        merge_all(project)
        assert rule_same(project, "entity", ["M. Lind"], "Mara Lind", reviewer="lea") == 1
        (gold,) = project.log.records(annotator=GOLD)
        assert (gold.spans[0].entity, gold.spans[0].origin) == (
            "Mara Lind",
            "unanimous; entity by ruling",
        )


LATE: Mapping[str, tuple[str, str, Sequence[do.ReviewAction]]] = {
    "item": ("took back person “Mara Lind”", "actor", (do.Delete(),)),
    "entity": ("changed entity", "actor", (do.SetAttribute("entity", "Port office"),)),
    "label": ("took back person", "actor", (do.SetLabel("actor", "organization"),)),
    "concept": ("changed concept", "claim", (do.SetAttribute("concept", ["a", "b"]),)),
    "stance": ("took back support", "stance", (do.Delete(),)),
    "strength": ("changed strength", "stance", (do.SetAttribute("strength", 3),)),
}
"""What an annotator may do to an item that is gold: how it is told, its layer and the keys."""


@pytest.mark.parametrize("again", [True, False], ids=["finished again", "reopened"])
@pytest.mark.parametrize("others", [1, 2])
@pytest.mark.parametrize("late", LATE)
def test_a_late_change_is_told_shown_and_kept_out_of_the_gold(
    late: str, others: int, again: bool, tmp_path: Path
) -> None:
    """Every kind of change by one of two or three annotators, at every size of the panel."""
    said, layer, keys = LATE[late]
    works = [_coded(who) for who in ("ada", "ben", "cem")[: others + 1]]
    with project_of(tmp_path / "p", *works) as project:
        assert merge_all(project) == (1, 1)
        before = list(project.log.records(annotator=GOLD))
        session = Session(project, "ada", project.new_session())
        session.open("doc")
        session.do(do.SetCompletion(Completion.IN_PROGRESS))
        item = next(i for i in session.review.items if i.value.layer == layer)
        for key in (do.FocusItem(item.id), *keys):
            session.do(key)
        if again:
            session.do(do.SetCompletion(Completion.DONE))
        assert list(project.log.records(annotator=GOLD)) == before
        (row,) = review_rows(project)
        assert row.changed and row.status is Completion.GOLD
        reviewing = _session(project)
        queue = source_of(reviewing).queue
        assert [row.id for row in queue.documents()] == ["doc"]
        assert f"changed since: ada {said}" in queue.remark("doc")
        for waiting in row.waiting:
            reviewing.do(do.FocusItem(waiting.candidates[0].id))
            made = panel_of(source_of(reviewing), reviewing.review)
            for width, height in ((78, 8), (78, 24), (40, 5), (120, 40)):
                drawn = panel_rows(made, THEMES["mono"], width, height).rows
                first = "".join(str(piece[0]) for piece in drawn[0])
                if width >= 78 and height == 8 and waiting.kinds in (("gone",), ("changed since",)):
                    assert "0 keeps it" in first
        out = write_dataset(project, tmp_path / "out")
        history = json.loads(out.files["gold.jsonl"])["meta"]["gold"]
        assert {change["annotator"] for change in history["changed_since"]} == {"ada"}
        assert json.loads(out.files["manifest.json"])["changed_since"] == ["doc"]
        assert (
            "changed their work on 1 document after it was gold" in out.files["README.md"].decode()
        )


def _decided(root: Path) -> Project:
    project = project_of(root, _coded("ada"), _coded("ben", entity="Port office"))
    session = _session(project)
    _focus(session, "actor")
    difference = adjudication(session).in_focus()
    assert difference is not None
    take(session, difference.version("ada"), "ada")
    session.do(do.FocusItem(difference.candidates[0].id))
    session.do(do.Note("context: she speaks for herself » ben, please look again"))
    for _ in session.review.document.paragraphs:
        session.do(do.CloseParagraph())
    return project


def test_records_and_manifest_say_which_reviewer_decided_and_notes_stay_at_home(
    tmp_path: Path,
) -> None:
    with _decided(tmp_path / "p") as project:
        made = write_dataset(project, tmp_path / "out")
        manifest = json.loads(made.files["manifest.json"])
        assert manifest["reviewers"] == ["lea"]
        record = json.loads(made.files["gold.jsonl"])
        items = record["meta"]["gold"]["items"]
        (decided,) = (item for item in items.values() if item["source"] == "adjudicated")
        assert decided == {
            "source": "adjudicated",
            "votes": ["ada"],
            "suggested": False,
            "reviewer": "lea",
            "reason": "context",
        }
        every = b"".join(made.files.values())
        assert b"please look again" not in every and b"speaks for herself" not in every
        noted = write_dataset(project, tmp_path / "noted", choices=Choices(notes=True))
        assert b"please look again" in noted.files["gold.jsonl"]


def test_pseudonyms_stand_in_every_file_and_are_the_same_each_time(tmp_path: Path) -> None:
    with _decided(tmp_path / "p") as project:
        choices = Choices(pseudonyms=True, notes=True)
        made = write_dataset(project, tmp_path / "out", choices=choices)
        again = write_dataset(project, tmp_path / "again", choices=choices)
        assert made.files == again.files
        manifest = json.loads(made.files["manifest.json"])
        assert len(set(manifest["annotators"])) == 2
        record = json.loads(made.files["gold.jsonl"])
        assert record["meta"]["gold"]["eligible"] == manifest["annotators"]
        for name, data in made.files.items():
            text = data.decode()
            for who in ("ada", "ben", "lea"):
                assert f'"{who}"' not in text and f" {who}," not in text, (name, who)
            # Ids that other programs make from the names of their users become hashes.
            assert not re.search('"(ada|ben)[acr]"', text), name
        assert set(record["meta"]["gold"]["items"]) == {
            one["id"] for one in (*record["spans"], *record["relations"])
        }
        assert not validate(tmp_path / "out", project.schema).problems
        for one in ("csv", "doccano", "huggingface", "label-studio", "brat", "prodigy"):
            wanted = ExportOptions(pseudonyms=True, notes=True)
            export(project, one, tmp_path / one, wanted)
            for file in (tmp_path / one).rglob("*"):
                data = file.read_bytes() if file.is_file() else b""
                assert not re.search(rb"\b(ada|ben)[acr]?\b", data), file
        said = Pseudonyms(project).text("Ada and LEA, not adamant; ben's")
        assert not any(who in said.casefold().split() for who in ("ada", "lea,"))
        assert "adamant" in said and said.endswith("'s") and "ben" not in said


def test_pseudonyms_stand_in_reports_in_reasons_and_in_the_codebook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One annotator's claims overlap, so that figures have a reason that says whose they are."""
    names = ("Quint, Zoë", "bo.oxley")
    first, second = (
        replace(_coded(id), annotator=who) for id, who in zip("st", names, strict=True)
    )
    nested = replace(first.spans[1], id="nested", end=first.spans[1].end - 4)
    works = (replace(first, spans=(*first.spans, nested)), second)
    root, out = tmp_path / "p", tmp_path / "out"
    with project_of(root, *works) as project:
        merge_all(project, "union", reviewer="Lea Marsh")
        rule_same(project, "entity", ["Mara Lind"], "M. Lind", reviewer="Lea Marsh")
        write_dataset(project, out / "set", choices=Choices(pseudonyms=True))
        assert "overlap in doc" in (out / "set" / "manifest.json").read_text(encoding="utf-8")
        assert set(project.names.usage("entity", "Mara Lind")["Mara Lind"][2]) >= set(names)
    reports = [arg for end in ("md", "tex", "csv") for arg in ("--report", str(out / f"a.{end}"))]
    for command in (
        ("agreement", *reports, "--tables", str(out / "tables")),
        ("agreement", "--json"),
        ("agreement", "--beside", "2"),
        ("codebook", "export", str(out / "codebook.csv")),
        ("codebook", "export"),
    ):
        assert run(["--project", str(root), *command, "--pseudonyms"]) == 0
    files = [path for path in out.rglob("*") if path.is_file()]
    assert len(files) == 7 + 3 + 7 + 1
    said = [capsys.readouterr().out, *(path.read_text(encoding="utf-8") for path in files)]
    leaks = [text for text in said if re.search("Quint|oxley|Marsh", text)]
    assert not leaks
    assert all("coder-" in text for text in (said[0], (out / "a.md").read_text(encoding="utf-8")))


def test_validate_finds_any_changed_byte_and_what_does_not_belong_there(tmp_path: Path) -> None:
    schema = load_schema("actors-claims-stances")
    with _decided(tmp_path / "p") as project:
        made = write_dataset(project, tmp_path / "out")
    assert not validate(tmp_path / "out", schema).problems
    for name, data in made.files.items():
        if not data:
            continue
        for at in (0, len(data) // 3, len(data) // 2, len(data) - 1):
            (tmp_path / "out" / name).write_bytes(
                data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            )
            assert _problems(tmp_path / "out", schema), (name, at)
        (tmp_path / "out" / name).write_bytes(data)
    (tmp_path / "out" / "extra.txt").write_text("x", encoding="utf-8")
    assert any("not in the manifest" in p for p in _problems(tmp_path / "out", schema))
    (tmp_path / "out" / "extra.txt").unlink()
    (tmp_path / "away").write_bytes(made.files["dev.jsonl"])
    (tmp_path / "out" / "dev.jsonl").unlink()
    (tmp_path / "out" / "dev.jsonl").symlink_to(tmp_path / "away")
    assert any("leads out of the folder" in p for p in _problems(tmp_path / "out", schema))
    (tmp_path / "out" / "dev.jsonl").unlink()
    (tmp_path / "out" / "dev.jsonl").write_bytes(made.files["dev.jsonl"])
    assert not validate(tmp_path / "out", schema).problems
    (tmp_path / "out" / "empty").mkdir()
    assert any("not in the manifest" in p for p in _problems(tmp_path / "out", schema))
    (tmp_path / "out" / "empty").rmdir()
    for name in made.files:
        beside = (tmp_path / "out" / name).rename(tmp_path / "beside")
        (tmp_path / "out" / name).symlink_to(beside)
        assert _problems(tmp_path / "out", schema), name
        beside.replace(tmp_path / "out" / name)
    assert not validate(tmp_path / "out", schema).problems
    (tmp_path / "out" / "manifest.json").unlink()
    assert any("is missing" in p for p in _problems(tmp_path / "out", schema))


def _problems(folder: Path, schema: LabelSchema) -> list[str]:
    return [str(problem) for problem in validate(folder, schema).problems]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "every count includes it",
            "all counts include it",
            "made before guidelines or attributes",
        ),
        ("An alliance, union", "Any alliance, union", "made before the definition of actor bloc"),
        ('name = "policy"', 'name = "plan"', "(gone: claim policy; new: claim plan)"),
    ],
)
def test_a_data_set_of_an_older_schema_is_valid_and_the_change_is_told(
    old: str, new: str, said: str, tmp_path: Path
) -> None:
    with project_of(tmp_path / "p", _coded("ada"), _coded("ben")) as project:
        assert merge_all(project) == (1, 1)
        write_dataset(project, tmp_path / "out")
        assert not validate(tmp_path / "out", project.schema).notes
    text = schema_path("actors-claims-stances").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "own.toml").write_text(text.replace(old, new), encoding="utf-8")
    checked = validate(tmp_path / "out", load_schema(str(tmp_path / "own.toml")))
    (note,) = checked.notes
    assert said in note
    assert bool(checked.problems) == ("gone" in said)


@pytest.mark.parametrize(
    ("old", "new", "counted"),
    [
        ("every count includes it", "all counts include it", True),
        ('name = "policy"', 'name = "plan"', False),
        ('name = "modality"', 'name = "modality"\nagree = false', False),
    ],
)
def test_review_is_counted_again_only_for_what_can_differ(
    old: str, new: str, counted: bool, tmp_path: Path
) -> None:
    with project_of(tmp_path / "p", _coded("ada"), _coded("ben")) as project:
        assert [row.counted for row in review_rows(project)] == [True]
    text = schema_path("actors-claims-stances").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "p" / "own.toml").write_text(text.replace(old, new), encoding="utf-8")
    settings = tmp_path / "p" / "annotator.toml"
    known = settings.read_text(encoding="utf-8").replace('"actors-claims-stances"', '"own.toml"')
    settings.write_text(known, encoding="utf-8")
    with Project.open(tmp_path / "p") as project:
        assert [row.counted for row in review_rows(project, seconds=0)] == [counted]


def test_leverage_is_the_number_of_edges_that_a_decision_moves(tmp_path: Path) -> None:
    """Computed by hand. `doc`: there are two entities for the holder of one concept, so the edge is
    (Mara, close) or (Port, close): both differ, 2. `two`: only the strength differs, which is not
    an edge: 0."""
    other = TEXT.replace("spring", "autumn")
    works = [
        _coded("ada"),
        _coded("ben", entity="Port office"),
        _coded("ada", id="two", text=other),
        _coded("ben", id="two", text=other, strength=1),
    ]
    with project_of(tmp_path / "p", *works) as project:
        found = leverages(project)
        assert [(one.document, one.edges) for one in found] == [("doc", 2), ("two", 0)]
        assert describe(found) == "1 of 2 open differences decide 100 % of 2 changes"
        session = _session(project)
        assert "1 of 2 open differences" in session.queue.turn_order()
        assert [row.id for row in session.queue.documents()] == ["doc", "two"]
        session.open("two")
        session.do(do.GoParagraph(1))
        assert session.to_undecided()
        assert session.review.document.id == "doc"
        assert "changes 2 edges" in session.review.message


@pytest.mark.parametrize(
    ("holder", "side", "edges"), [("actor", "support", 1), (AUTHOR, "neutral", 1)]
)
def test_leverage_of_a_stance_leaves_what_the_claim_itself_asserts(
    holder: str, side: str, edges: int, tmp_path: Path
) -> None:
    """Computed by hand. The author asserts the claim of one text and its contrary in the other, so
    (author, close) is even. A stance of Mara that ben lacks is an edge of hers. A neutral stance of
    the author replaces what the claim asserts, so that only the opposing edge is left."""
    other = TEXT.replace("spring", "autumn")
    works = [
        *(_coded(who, attribution="author") for who in ("ada", "ben")),
        *(
            _coded(
                who,
                id="two",
                text=other,
                attribution="author",
                concept=["not: harbour should close"],
            )
            for who in ("ada", "ben")
        ),
    ]
    ada, ben, *two = works
    source = ada.spans[0].id if holder == "actor" else AUTHOR
    ada = replace(ada, relations=(replace(ada.relations[0], source=source, label=side),))
    two = [replace(record, relations=()) for record in two]
    with project_of(tmp_path / "p", ada, replace(ben, relations=()), *two) as project:
        merge_all(project)
        assert [(one.document, one.edges) for one in leverages(project)] == [("doc", edges)]


def test_a_label_s_last_disputes_are_reported_with_their_reasons(tmp_path: Path) -> None:
    with _decided(tmp_path / "p") as project:
        (case,) = precedents(project, "actor", "person")
        assert case.had == ("ada: Mara Lind", "ben: Port office")
        assert (case.kinds, case.taken, case.reason, case.reviewer) == (
            ("entity",),
            "Mara Lind",
            "context: she speaks for herself",
            "lea",
        )
        assert precedents(project, "claim", "policy") == []
        versions = Merger(project, "unanimous").versions("doc")
        assert versions is not None
        every = {one.id for one in versions.candidates}
        assert precedents(project, "actor", "person", present=("doc", every)) == []
        assert precedents(project, "actor", "person", present=("elsewhere", every)) == [case]


def _as_it_is(record: Record) -> Record:
    return record


def _other_claim(record: Record, **changed: Any) -> Record:
    actor, claim = record.spans
    return replace(record, spans=(actor, replace(claim, **changed)))


def _other_stance(record: Record, **changed: Any) -> Record:
    return replace(record, relations=(replace(record.relations[0], **changed),))


CONTESTED: Mapping[str, Callable[[Record], Record]] = {
    **dict.fromkeys(sorted(ALIKE), _as_it_is),
    "label": lambda record: _other_claim(record, label="fact"),
    "bounds": lambda record: _other_claim(record, end=record.spans[1].end - 3),
    "side": lambda record: _other_stance(record, label="oppose"),
    "holder": lambda record: _other_stance(record, source=AUTHOR),
    "missing": lambda record: replace(record, relations=()),
}
"""What differs in one annotator's work of a document: an attribute, or something else."""

_LAYER_OF = {"label": "claim", "bounds": "claim"}
"""The layer that waits; the others are about the stance."""


def _run(root: Path, *args: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own, in which the order of sets depends on the seed."""
    command = [sys.executable, "-m", "annotator", "--project", str(root), *args]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.slow
def test_a_campaign_in_which_every_attribute_is_contested_once(tmp_path: Path) -> None:
    """Three annotators, a document for each attribute of the schema, and for a label, bounds, a
    side, a holder and a stance. Nothing contested is gold before review. After it the gold has the same bytes under suggest, train, another hash seed,
    and export, import, export."""
    works: list[Record] = []
    for i, field in enumerate(CONTESTED):
        text = TEXT.replace("spring", f"the spring of 19{i:02}")
        changed = {field: OTHER[field]} if field in OTHER else {}
        ada = _coded("ada", id=field, text=text, **changed)
        works += [CONTESTED[field](ada)]
        works += [_coded(who, id=field, text=text) for who in ("ben", "cem")]
        # Cem saw the suggestion of the actor; nobody saw later suggestions.
        seen = Shown("s", 0, "actor", "person", "rules", "0", 0, 9)
        works[-1] = replace(works[-1], shown=(seen,))
    root = tmp_path / "p"
    with project_of(root, *works) as project:
        assert merge_all(project) == (len(CONTESTED), 0)
        for record in project.log.records(annotator=GOLD):
            field = record.document.id
            held = {
                name for value in (*record.spans, *record.relations) for name in value.attributes
            }
            held |= {"entity"} if any(s.entity for s in record.spans) else set()
            assert field not in held
            if field not in ALIKE:
                stands = {value.layer for value in (*record.spans, *record.relations)}
                assert stands == {"actor"} | ({"claim"} - {_LAYER_OF.get(field)})
        for row in review_rows(project):
            assert row.undecided == 1
            session = gold_session(project, reviewer="lea")
            session.open(row.document)
            (waiting,) = row.waiting
            assert waiting.kinds == (row.document,)
            session.do(do.FocusItem(waiting.candidates[0].id))
            take(session, waiting.majority() or (), "the majority's")
            for _ in session.review.document.paragraphs:
                session.do(do.CloseParagraph())
        assert {r.status for r in review_rows(project)} == {Completion.GOLD}
    out = tmp_path / "out"
    for args in (("export", "jsonl", "--status", "gold", "-o", str(out)), ("suggest",), ("train",)):
        done = _run(root, *args)
        assert done.returncode in (0, 1), done.stderr
    for seed in ("1", "77"):
        done = _run(
            root, "export", "jsonl", "--status", "gold", "-o", str(out), "--check", seed=seed
        )
        assert done.returncode == 0, done.stderr
    for line in (out / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        told = record["meta"]["gold"]["items"]
        for span in record["spans"]:
            assert told[span["id"]]["suggested"] == (span["layer"] == "actor")
    Project.create(tmp_path / "q").close()
    again = tmp_path / "again"
    for args in (
        ("import", str(out / "gold.jsonl"), str(out / "annotators.jsonl")),
        ("suggest",),
        ("export", "jsonl", "--status", "gold", "-o", str(again)),
    ):
        done = _run(tmp_path / "q", *args, seed="5")
        assert done.returncode == 0, done.stderr
    for name in ("gold.jsonl", "annotators.jsonl", "train.jsonl", "dev.jsonl", "test.jsonl"):
        assert (again / name).read_bytes() == (out / name).read_bytes(), name


def test_what_was_shown_goes_into_the_history_and_what_was_not_does_not(tmp_path: Path) -> None:
    """`suggested` and the outcomes of suggestions come from what was shown, not from the
    suggestions in the database."""
    root = tmp_path / "p"
    Project.create(root).close()
    with Project.open(root) as project:
        project.documents.add([document(TEXT)])
        span = Span("s1", "actor", "person", 0, 9, None, {}, "suggestion")
        claim = Span("s2", "claim", "policy", 20, 36, None, {}, "suggestion")
        found = [Suggestion(v, 0, "rules", "1", 0.9) for v in (span, claim)]
        project.suggestions.put("doc", found, run=SuggestionRun({"rules": "1"}))
        for who in ("ada", "ben"):
            session = Session(project, who, project.new_session())
            session.open("doc")
            session.do(do.FocusItem("s1"))
            session.do(do.Accept())
            session.do(do.FocusItem("s1"))
            session.do(do.SetAttribute("entity", "Mara Lind"))
            session.do(do.FocusItem("s2"))
            session.do(do.EditBounds())
            session.do(do.SelectRange(20, 42, exact=True))
            session.do(do.ConfirmSelection())
            session.do(do.SetCompletion(Completion.DONE))
        merge_all(project)
        made = write_dataset(project, tmp_path / "out")
        (actors, claims) = json.loads(made.files["manifest.json"])["suggestions"]
        # Filling in a name corrects nothing.
        assert (actors["layer"], actors["accepted"], actors["corrected"]) == ("actor", 2, 0)
        assert (claims["accepted"], claims["corrected_in"]) == (0, {"bounds": 2})
        items = json.loads(made.files["gold.jsonl"])["meta"]["gold"]["items"]
        assert sorted(item["suggested"] for item in items.values()) == [False, True]
        # Later suggestions do not change it.
        late = replace(claim, id="s3", start=20, end=42)
        project.suggestions.put(
            "doc", [Suggestion(late, 0, "rules", "2", 0.9)], run=SuggestionRun({"rules": "2"})
        )
        assert write_dataset(project, tmp_path / "out").files == made.files
        tallies = {t.layer: t for t in project.status().suggestions}
        assert (tallies["actor"].accepted, tallies["actor"].corrected) == (2, 0)


def test_a_document_s_metadata_comes_together_and_contradictions_are_reported(
    tmp_path: Path,
) -> None:
    def file(name: str, who: str, meta: Mapping[str, Any]) -> Path:
        made = {
            "id": "doc",
            "text": TEXT,
            "annotator": who,
            "status": "done",
            "spans": [],
            "meta": meta,
        }
        path = tmp_path / f"{name}.jsonl"
        path.write_text(json.dumps(made) + "\n", encoding="utf-8")
        return path

    with Project.create(tmp_path / "p") as project:
        ingest(project, file("a", "ada", {"date": "2024-03-01"}))
        joined = ingest(project, file("b", "ben", {"date": "2024-03-01", "outlet": "The Quay"}))
        assert not joined.warnings
        assert project.documents.load("doc").meta == {"date": "2024-03-01", "outlet": "The Quay"}
        told = ingest(project, file("c", "cem", {"date": "2025-01-01"}))
        assert any("2024-03-01" in line and "2025-01-01" in line for line in told.warnings)
        assert project.documents.load("doc").meta["date"] == "2024-03-01"
        nothing = {"date": None, "outlet": "", "pages": [], "extent": {}, "read": False, "n": 0}
        assert not ingest(project, file("d", "di", nothing)).warnings
        known = {"date": "2024-03-01", "outlet": "The Quay", "pages": [3], "n": 1}
        told = ingest(project, file("e", "eve", known))
        assert [w for w in told.warnings if "“0”" in w] == list(told.warnings)
        held = {**nothing, **known, "n": 0}
        assert project.documents.load("doc").meta == held


def test_the_card_says_what_is_stated_counted_and_missing(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with _decided(root):
        pass
    settings = (root / "annotator.toml").read_text(encoding="utf-8")
    settings = (
        f'license = "CC-BY-4.0"\n{settings}\n'
        "[card]\n"
        'title = "Harbours: a corpus"\n'
        'language = "en"\n'
    )
    (root / "annotator.toml").write_text(settings, encoding="utf-8")
    with Project.open(root) as project:
        text = write_dataset(project, tmp_path / "out").files["README.md"].decode()
    head, body = text.split("---\n", 2)[1:]
    assert 'pretty_name: "Harbours: a corpus"' in head
    assert 'license: "cc-by-4.0"' in head and 'language: ["en"]' in head
    # Only parts with a record are listed as files.
    assert head.count("path: ") == 1
    assert "# Harbours: a corpus" in body
    assert "1 of 1 documents, 100 % (" in body
    assert "| paragraphs | 2 | 2 |" in body
    assert "| ada | 3 | 3 | 100 % |  |" in body and "| ben | 2 | 3 | 67 % |  |" in body
    # The fields of a record are all told, and what is not known of every document.
    keys = json.loads((tmp_path / "out" / "gold.jsonl").read_text(encoding="utf-8"))
    table = body.partition("| field | what |")[2].partition("The guidelines below")[0]
    assert all(f"`{key}`" in table for key in (*keys, *keys["spans"][0], *keys["relations"][0]))
    assert "Coded: 1 document by 2 annotators." in body
    assert "what all annotators of a document agree on" in body
    assert "without a value (" in body
    # A stranger sees a relation with its ends, and the meaning of every figure.
    shown = json.loads(body.partition("```json\n")[2].partition("```")[0])
    assert [one["layer"] for one in shown] == ["actor", "claim", "stance"]
    assert (shown[2]["from"], shown[2]["to"]) == (shown[0]["id"], shown[1]["id"])
    assert "\\|u-alpha" in body
    figures, _, explained = body.partition("What the figures are:")
    told = re.findall(r"^ *- ([^:\n]+): (.+)$", explained.partition("## ")[0], re.MULTILINE)
    rows = re.findall(r"^\| (?:actor|claim|stance) \| (.+?) \| [-.\d]", figures, re.MULTILINE)
    assert rows and {name.replace("\\|", "|") for name in rows} <= {name for name, _ in told}
    assert "For every word of the text" in dict(told)["alpha tokens"]
    for word in ("Reviewers: lea", "## Guidelines", "#### policy", "borderline:"):
        assert word in body
    missing = body.partition("## What this card does not say yet")[2]
    assert "(`curation`)" in missing and "(`title`)" not in missing and "licence" not in missing


def test_the_card_says_how_the_gold_came_about_and_what_is_known_of_some_texts_alone(
    tmp_path: Path,
) -> None:
    """A rule's gold was not agreed on and not decided by a reviewer."""
    with Project.create(tmp_path / "p") as project:
        for number, meta in enumerate(({"date": "2024-03-01", "outlet": "A|B"}, {})):
            made = replace(document(f"Oslo objects {number}.", id=f"doc-{number}"), meta=meta)
            for who, label in (("ada", "state"), ("ben", "organization")):
                span = Span(f"{who}{number}", "actor", label, 0, 4)
                project.log.add_records([Record(made, who, Completion.DONE, (span,))])
        merge_all(project, "union")
        text = write_dataset(project, tmp_path / "out").files["README.md"].decode()
    assert "what the rule `union` kept of the annotators' work" in text
    assert "Reviewers: none" in text and "agree on, in bounds" not in text
    assert "Coded: 2 documents by 2 annotators." in text
    assert "2024-03-01 to 2024-03-01 (not stated for 1 document)" in text
    assert "| Outlets | 1: A\\|B (not stated for 1 document) |" in text


def test_the_card_counts_the_reasons_and_says_that_nobody_shares_a_document(
    tmp_path: Path,
) -> None:
    with project_of(tmp_path / "p", _coded("ada"), _shorter("ben")) as project:
        session = _session(project)
        (claim,) = (d for d in adjudication(session).differences if d.layer == "claim")
        session.do(do.FocusItem(claim.version("ada")[0].id))
        take(session, claim.version("ada"), "ada's")
        item, _ = source_of(session).noted(session.review) or ("", "")
        session.do(do.NoteOn(item, "bounds: too short"))
        for difference in adjudication(session).differences:
            if adjudication(session).is_open(difference):
                session.do(do.FocusItem(adjudication(session).shown(difference)[0]))
                take(session, difference.version("ada"), "ada's")
        for _ in session.review.document.paragraphs:
            session.do(do.CloseParagraph())
        text = write_dataset(project, tmp_path / "out").files["README.md"].decode()
    assert "Reasons that reviewers gave for items of the gold: bounds 1." in text
    with Project.create(tmp_path / "alone") as project:
        gold = replace(_coded("ada"), annotator=None, status=Completion.GOLD)
        project.log.add_records([_coded("ada"), gold])
        text = write_dataset(project, tmp_path / "alone-out").files["README.md"].decode()
    assert "no two annotators finished the same document" in text


def _shorter(who: str) -> Record:
    """The claim, but ending one word earlier."""
    made = _coded(who)
    return replace(made, spans=(made.spans[0], replace(made.spans[1], end=made.spans[1].end - 6)))


def test_an_edited_version_decides_its_difference_and_one_left_by_esc_changes_nothing(
    tmp_path: Path,
) -> None:
    with project_of(tmp_path / "p", _coded("ada"), _shorter("ben")) as project:
        session = _session(project)
        (claim,) = (d for d in adjudication(session).differences if d.layer == "claim")
        mine = claim.version("ada")[0].id
        session.do(do.FocusItem(mine))
        before = project.log.annotations("doc", GOLD)
        source_of(session).edit(session.review)
        session.do(do.EditBounds())
        session.do(do.Cancel())
        assert project.log.annotations("doc", GOLD) == before
        source_of(session).edit(session.review)
        session.do(do.EditBounds())
        session.do(do.MoveSelection(1, "start"))
        session.do(do.ConfirmSelection())
        (standing,) = (
            s for s in project.log.annotations("doc", GOLD)[0].spans() if s.layer == "claim"
        )
        assert standing.id == mine and standing.start == claim.version("ada")[0].value.start + 4
        assert not adjudication(session).is_open(claim)
        session.do(do.Undo())
        assert adjudication(session).is_open(claim)
        assert project.log.annotations("doc", GOLD)[0] == before[0]


def test_a_reason_is_about_what_was_just_decided_also_when_none_was_taken(tmp_path: Path) -> None:
    with project_of(tmp_path / "p", _coded("ada"), _shorter("ben")) as project:
        session = _session(project)
        (claim,) = (d for d in adjudication(session).differences if d.layer == "claim")
        session.do(do.FocusItem(claim.candidates[0].id))
        take(session, (), "none")
        noted = source_of(session).noted(session.review)
        assert noted is not None and noted[0] in claim.ids
        session.do(do.NoteOn(noted[0], "bounds: neither"))
        assert review_rows(project)[0].reasons == {"bounds"}
        # It can be reached and changed, although the focus is elsewhere.
        session.do(do.FocusItem(adjudication(session).differences[0].candidates[0].id))
        session.do(do.MoveFocus(1))
        session.do(do.MoveFocus(-1))
        assert adjudication(session).in_focus() == claim
        take(session, claim.version("ben"), "ben")
        assert [
            s.end for s in project.log.annotations("doc", GOLD)[0].spans() if s.layer == "claim"
        ] == [36]


def test_a_code_is_chosen_by_digit_and_half_a_code_is_not_kept() -> None:
    codes = ("guideline", "bounds")
    assert reason_from("2", codes) == ("bounds", "")
    assert reason_from("1: the rule", codes) == ("guideline: the rule", "")
    assert reason_from("guid", codes)[1] and reason_from("Guid: words", codes)[1]
    assert reason_from("Guideline: words", codes) == ("guideline: words", "")
    assert "there is no code 6" in reason_from("6", codes)[1]
    assert reason_from("", codes) == ("", "")
    assert reason_from("something else", codes) == ("something else", "")


def test_what_a_reader_cannot_tell_apart_is_one_value(tmp_path: Path) -> None:
    """Names that differ only in blanks or normal form agree, count as one in agreement, and are one
    name in the project; the import says which ones it changed."""
    works = (
        _coded("ada", entity="Zoë Quint", concept=["dues  should rise"]),
        _coded("ben", entity="Zoe\u0308  Quint", concept=["dues should rise "]),
    )
    with Project.create(tmp_path / "p") as project:
        for work in works:
            file = tmp_path / f"{work.annotator}.jsonl"
            file.write_text(dumps(work), encoding="utf-8")
            told = ingest(project, file).warnings
            assert any("normal form C" in line for line in told)
        assert merge_all(project) == (1, 1)
        assert {one.name for one in project.names.entities()} == {"Zoë Quint"}
        assert {one.name for one in project.names.concepts()} == {"dues should rise"}
    fields = fields_of("actor", load_schema("actors-claims-stances"))
    one, other = (work.spans[0] for work in works)
    assert content(one, fields) == content(other, fields)
    actor = load_schema("actors-claims-stances").layer("actor")
    assert actor is not None
    (entity,) = [a for a in named(actor) if a.type == "entity"]
    assert names_in(one, entity) == names_in(other, entity)
