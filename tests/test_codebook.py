"""The codebook: files in and out, undo, contradictions, merging between hosts."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from playing import play, press, until
from support import TEXT, calls_of, cases, project
from textual.pilot import Pilot

from annotator.cli import run
from annotator.errors import InputError, UsageError
from annotator.model import actions as do
from annotator.model.codebook import Codebook, CodebookEntry
from annotator.model.decision import Completion, Suggestion
from annotator.model.names import Ruling, SameNames
from annotator.model.record import Record
from annotator.model.span import Span
from annotator.project import Project, SuggestionRun
from annotator.store.isolation import reporting_to
from annotator.tui.session import Session
from annotator.workflows.names.closed import (
    names_outside_in_words,
    not_listed,
    outside,
    proposal,
    proposals,
)
from annotator.workflows.names.closed_line import ClosedLine
from annotator.workflows.names.codebook import (
    COLUMNS,
    COUNTS,
    as_csv,
    import_codebook,
    read_codebook,
    rows_of,
    undo_codebook,
)
from annotator.workflows.names.consistency import problems, without_circles
from annotator.workflows.names.entry import (
    entry_fields,
    entry_of,
    entry_problem,
    remove_entry,
    with_field,
    write_entry,
)
from annotator.workflows.names.name_events import history
from annotator.workflows.names.name_facts import described, entries, facts
from annotator.workflows.names.qda import as_qdc

TABLE = """entry,name,kind,aliases,definition,parent,opposite,external_id
entity,Port of Sallow,organization,port|the harbour,"Runs the quays, and the cranes.",,,Q1
entity,Leon Astley,person,Astley,,Port of Sallow,,Q2
concept,dues should rise,,,Higher harbour dues.,,dues should fall,
concept,dues should fall,,,,,dues should rise,
"""


def written(tmp_path: Path, text: str, name: str = "book.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_codebook_goes_in_and_comes_out_the_same(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT) as of:
        done = import_codebook(of, written(tmp_path, TABLE), who="ada")
        assert (done.added, done.changed, done.same, done.messages) == (4, 0, 0, ())
        out = as_csv(rows_of(of))
        assert [line.rsplit(",", 3)[0] for line in out.splitlines()] == TABLE.splitlines()
        again = import_codebook(of, written(tmp_path, out, "again.csv"), who="ada")
        assert (again.added, again.changed, again.same) == (0, 0, 4)
        assert of.names.listed("THE HARBOUR") == ("Port of Sallow",)
        assert of.names.codebook().contrary("dues should rise") == "dues should fall"
        assert of.names.codebook().contrary("cranes are old") == "not: cranes are old"


def test_an_import_reports_what_it_brings_and_not_what_others_left(tmp_path: Path) -> None:
    """The second file has nothing to do with the parent that the first one lacks."""
    with project(tmp_path / "p", TEXT) as of:
        first = written(tmp_path, "entry,name,parent\nentity,Ann,Nobody\n", "first.csv")
        second = written(tmp_path, "entry,name\nentity,Bo\n", "second.csv")
        third = written(tmp_path, "entry,name,aliases\nentity,Cy,Ann\n", "third.csv")
        missing = ("“Ann”: its parent “Nobody” is not an entry",)
        assert import_codebook(of, first, who="ada").messages == missing
        assert import_codebook(of, second, who="ada").messages == ()
        assert import_codebook(of, first, who="ada").messages == missing, "it is still so"
        assert import_codebook(of, third, who="ada").messages == (
            "“Ann” is a name or an alias of Ann and Cy",
        )


def test_what_was_imported_is_taken_back_deed_by_deed_and_logged(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT) as of:
        import_codebook(of, written(tmp_path, TABLE), who="ada")
        import_codebook(
            of, written(tmp_path, TABLE.replace("Astley,,Port", "Astley|Leo,,Port")), who="ben"
        )
        assert of.names.listed("Leo") == ("Leon Astley",)
        assert undo_codebook(of, who="ben") == ["Leon Astley"]
        assert of.names.listed("Leo") == ()
        assert len(undo_codebook(of, who="ada")) == 4
        assert of.names.codebook().entries == ()
        assert undo_codebook(of, who="ada") == []
        assert len(history(of)) == 4 + 1 + 1 + 4


def test_an_authority_file_is_read_without_the_column_entry(tmp_path: Path) -> None:
    path = written(
        tmp_path, "id\tname\taliases\tkind\nQ7\tVarnia\tRepublic of Varnia\tstate\n", "a.tsv"
    )
    entries, told = read_codebook(path)
    assert entries == [
        CodebookEntry("entity", "Varnia", "state", ("Republic of Varnia",), external_id="Q7")
    ]
    assert told == []


def test_columns_come_in_any_order_and_aliases_are_divided_by_either_mark(tmp_path: Path) -> None:
    for text in (
        "Kind;Alias;Label;QID\nstate;VR|Republic;Varnia;Q7\n",
        'aliases,id,kind,name\n"VR; Republic",Q7,state,Varnia\n',
    ):
        assert read_codebook(written(tmp_path, text, "a.csv")) == (
            [CodebookEntry("entity", "Varnia", "state", ("VR", "Republic"), external_id="Q7")],
            [],
        )


@pytest.mark.parametrize(
    ("row", "said"),
    cases("codebook", "a_row_that_does_not_hold_is_left_out_and_reported"),
)
def test_a_row_that_does_not_hold_is_left_out_and_reported(
    tmp_path: Path, row: str, said: str
) -> None:
    entries, told = read_codebook(written(tmp_path, f"{TABLE}{row}\n"))
    assert len(entries) == 4
    assert len(told) == 1
    assert said in told[0]
    assert "line 6" in told[0] or "line 7" in told[0]


@pytest.mark.parametrize(
    ("row", "said"),
    cases("codebook", "what_does_not_hold_together_is_reported"),
)
def test_what_does_not_hold_together_is_reported(tmp_path: Path, row: str, said: str) -> None:
    with project(tmp_path / "p", TEXT) as of:
        done = import_codebook(of, written(tmp_path, f"{TABLE}{row}\n"), who="ada", dry_run=True)
        assert any(said in line for line in done.messages)
        assert of.names.codebook().entries == ()


def test_characters_that_cannot_be_seen_make_no_other_name(tmp_path: Path) -> None:
    table = TABLE.replace("Leon Astley", "Le\u00adon\u200b \u202eAstley\u202c")
    entries, told = read_codebook(written(tmp_path, table))
    assert not told
    assert [one.name for one in entries][1] == "Leon Astley"


def test_a_file_without_names_is_an_error_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column"):
        read_codebook(written(tmp_path, "a,b\n1,2\n"))


def test_parents_that_go_in_a_circle_end() -> None:
    book = Codebook.of(
        [CodebookEntry("concept", "a", parent="b"), CodebookEntry("concept", "b", parent="a")]
    )
    assert book.ancestors("concept", "a") == ["b"]


def test_codebooks_of_two_hosts_become_one(tmp_path: Path) -> None:
    from annotator.workflows.exchange.merge import merge

    with project(tmp_path / "one", TEXT) as one, project(tmp_path / "two", TEXT) as two:
        import_codebook(one, written(tmp_path, TABLE), who="ada")
        import_codebook(
            two, written(tmp_path, TABLE.replace("Astley,,Port", "Astley|Leo,,Port")), who="ben"
        )
        astley = ("entity", "Astley", "Leon Astley", "parent")
        two.names.rule_all([astley], same=True, reviewer="ben", token="t")
    with Project.open(tmp_path / "one") as of:
        merge(of, tmp_path / "two")
        assert of.names.listed("Leo") == ("Leon Astley",)
        assert [ruling.relation for ruling in of.names.rulings()] == ["parent"]


def test_only_what_is_the_same_or_the_contrary_is_renamed() -> None:
    def ruling(name: str, canonical: str, relation: str) -> Ruling:
        return Ruling(name, "concept", name, canonical, True, relation=relation)  # type: ignore[arg-type]

    same = SameNames.of(
        [
            ruling("a", "b", "same"),
            ruling("c", "b", "opposite"),
            ruling("d", "b", "different"),
            ruling("e", "b", "parent"),
        ]
    )
    assert [same.name("concept", name) for name in "abcde"] == ["b", "b", "not: b", "d", "e"]
    assert same.name("concept", "not: c") == "b"


def test_a_codebook_of_refi_qda_goes_out_and_comes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names, definitions, parents and kinds survive; aliases and opposites are reported, and names
    that exist already stay as they are."""
    file = tmp_path / "book.qdc"
    with project(tmp_path / "p", TEXT) as of:
        import_codebook(of, written(tmp_path, TABLE), who="ada")
        rows = rows_of(of)
    command = ["--project", str(tmp_path / "p"), "codebook"]
    assert run([*command, "export", "-"]) == 0
    assert capsys.readouterr().out.startswith("entry,name,kind")
    assert run([*command, "export", str(file)]) == 0
    told = capsys.readouterr().err
    assert all(n in told for n in ("aliases (3)", "opposites (2)", "ids that are not GUIDs (2)"))
    entries, problems = read_codebook(file)
    assert not problems
    kept = [(e.kind, e.name, e.label, e.definition, e.parent) for e in entries]
    before = [(r[0], r[1], r[2], r[4], r[5]) for r in rows]
    assert sorted(kept) == sorted(before)
    assert run([*command, "import", str(file)]) == 0
    with Project.open(tmp_path / "p") as of:
        assert rows_of(of) == rows, "what the file cannot hold stays"
    with project(tmp_path / "q", TEXT) as other:
        assert import_codebook(other, file, who="ada").added == 4
        (again, lost) = as_qdc(
            [dict(zip((*COLUMNS, *COUNTS), row, strict=True)) for row in rows_of(other)]
        )
    assert again == file.read_text(encoding="utf-8") and not lost, "GUIDs are kept as ids"


def test_codes_of_other_programs_are_concepts_or_entities_and_bad_ones_are_reported(
    tmp_path: Path,
) -> None:
    book = """<?xml version="1.0"?><CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="NVivo"><Codes>
    <Code guid="{A182CD3A-D83C-4D8C-BC80-26D9103EC6D6}" name="Dues" isCodable="false">
      <Code guid="2D2466F0-D77F-4F8C-BDF9-628966B6B74D" name="dues  should rise" isCodable="true">
        <Description>Higher dues.</Description></Code></Code>
    <Code guid="086AC733-7B1C-4749-A138-D7182F63A5C9" name="a; b" isCodable="true"/>
    <Code guid="186AC733-7B1C-4749-A138-D7182F63A5C9" name="Dues" isCodable="true"/></Codes></CodeBook>"""
    file = written(tmp_path, book, "codes.qdc")
    entries, told = read_codebook(file)
    assert [(e.kind, e.name, e.parent, e.definition) for e in entries] == [
        ("concept", "Dues", "", ""),
        ("concept", "dues should rise", "Dues", "Higher dues."),
    ]
    assert entries[0].external_id == "a182cd3a-d83c-4d8c-bc80-26d9103ec6d6"
    assert len(told) == 2 and "semicolon" in told[0] and "twice" in told[1] and "line 5" in told[0]
    assert {e.kind for e in read_codebook(file, entry="entity")[0]} == {"entity"}
    for wrong in ("<Project/>", "<CodeBook>", '<!DOCTYPE a [<!ENTITY b "c">]><CodeBook/>'):
        with pytest.raises(InputError):
            read_codebook(written(tmp_path, wrong, "wrong.qdc"))


def _suggest(of: Project, span: Span) -> None:
    run = SuggestionRun({"rules": "1"})
    of.suggestions.put("doc-0", [Suggestion(span, 0, "rules", "1", 0.9)], run=run)


def test_a_closed_codebook_lets_no_other_name_in_and_others_propose(tmp_path: Path) -> None:
    text = "Leon Astley met Ana Brell."
    spans = (
        Span("a", "actor", "person", 0, 11, "Leon Astley"),
        Span("b", "actor", "person", 16, 25, "Ana Brell"),
    )
    with project(tmp_path, text) as of:
        import_codebook(of, written(tmp_path, TABLE), who="lead")
        work = Record(of.documents.load("doc-0"), "ada", Completion.DONE, spans)
        of.log.add_records([replace(work, notes={"b": proposal("entity", "Ana Brell")})])
        _suggest(of, spans[1])
        assert (names_outside_in_words(of), outside(of, "entity", ["Ana Brell"])) == ([], "")
        (one,) = proposals(of)
        assert (one.who, one.note, one.words) == ("ada", "proposed entity: Ana Brell", "Ana Brell")
        # A proposal on a suggestion that is left undecided is one too.
        session = Session(of, "cem", of.new_session())
        session.open("doc-0")
        session.do(do.Note(proposal("entity", "Ana B.")))
        *_, last = proposals(of)
        assert (last.who, last.note, last.words) == ("cem", "proposed entity: Ana B.", "Ana Brell")
        import_codebook(of, written(tmp_path, "name\nAna B.\n", "added.csv"), who="lead")
        assert [one.who for one in proposals(of)] == ["ada"]
        assert undo_codebook(of, who="lead") == ["Ana B."]
    settings = tmp_path / "annotator.toml"
    settings.write_text('codebook = "closed"\n', encoding="utf-8")
    with Project.open(tmp_path) as of:
        assert outside(of, "entity", ["Leon Astley", "Ana Brell"]) == "Ana Brell"
        assert not_listed(of, "entity", "Leon Astley") == ""
        assert "“Ana Brell” is not" in not_listed(of, "entity", "Leon Astley; Ana Brell")
        (line,) = names_outside_in_words(of)
        assert "not in the closed codebook: entity “Ana Brell”" in line
        session = Session(of, "ben", of.new_session())
        session.open("doc-0")
        found = session.review.ranked_names(spans[1])
        assert {name.entity for name in found} <= {one.name for one in of.names.codebook().entries}
        proposed = [s.value for s in session.source.suggestions(session.review.document)]
        assert [value.entity for value in proposed if isinstance(value, Span)] == [None]


def test_a_proposal_leaves_the_rest_of_a_note_as_it_is(tmp_path: Path) -> None:
    note = proposal("entity", "Ana Brell", "not sure about the bounds")
    note = proposal("concept", "dues should rise", note)
    note = proposal("entity", "Ana Brel", note)
    with project(tmp_path, "Ana Brell left.") as of:
        span = Span("a", "actor", "person", 0, 9)
        work = Record(of.documents.load("doc-0"), "ada", Completion.DONE, (span,))
        of.log.add_records([replace(work, notes={"a": note})])
        assert note.startswith("not sure about the bounds")
        assert [one.note for one in proposals(of)] == [
            "proposed concept: dues should rise",
            "proposed entity: Ana Brel",
        ]


def test_the_registry_lists_the_codebook_and_says_what_it_says_of_a_name(tmp_path: Path) -> None:
    with project(tmp_path, "Leon Astley left.") as of:
        import_codebook(of, written(tmp_path, TABLE), who="lead")
        span = Span("a", "actor", "person", 0, 11, "Leon Astley")
        work = Record(of.documents.load("doc-0"), "ada", Completion.DONE, (span,))
        of.log.add_records([work])
        found = [(one.name, one.count) for one in entries(of, "ada", "entity")]
        assert found == [("Leon Astley", 1), ("Port of Sallow", 0)]
        both = [replace(span, id=str(a), start=a, end=a + 4) for a in (0, 5)]
        with project(tmp_path / "they", "They they left.") as other:
            document = other.documents.load("doc-0")
            other.log.add_records([Record(document, "ada", Completion.DONE, tuple(both))])
            (entry,) = entries(other, "ada", "entity")
            assert [form.casefold() for form in entry.forms if form.casefold() == "they"] == [
                "they"
            ]
        told = described(of, "entity", "Leon Astley")
        assert told == (
            "1 mention in 1 document by ada · person · under Port of Sallow · also Astley · id Q2"
        )
        assert facts(of, "entity", "Leon Astley") == told.split(" · ")
        assert described(of, "concept", "dues should rise").startswith("not used yet · opposite: ")
        of.log.add_records([replace(work, annotator=None, status=Completion.GOLD)])
        assert facts(of, "entity", "Leon Astley")[0] == "2 mentions in 1 document by gold, ada"


def _written(of: Project, attribute: str, answer: str, *, who: str = "ada") -> str:
    """Write a field of the entry of Leon Astley. Returns what is wrong with it, if anything."""
    entry = with_field(entry_of(of.names.codebook(), "entity", "Leon Astley"), attribute, answer)
    problem = entry_problem(of, entry)
    if not problem:
        write_entry(of, entry, who=who)
    return problem


@pytest.mark.parametrize(
    ("attribute", "answer", "said"),
    cases("codebook", "an_entry_takes_no_field_that_breaks_the_codebook"),
)
def test_an_entry_takes_no_field_that_breaks_the_codebook(
    tmp_path: Path, attribute: str, answer: str, said: str
) -> None:
    with project(tmp_path / "p", TEXT) as of:
        import_codebook(of, written(tmp_path, TABLE), who="ada")
        before = of.names.codebook()
        assert said in _written(of, attribute, answer)
        assert of.names.codebook() == before


def test_an_entry_is_written_field_by_field_and_each_is_undone(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT) as of:
        import_codebook(of, written(tmp_path, TABLE), who="lea")
        for attribute, answer in {
            "definition": "Harbour master. ¶ Since 1999.",
            "aliases": "Leo;  Mr Astley|Leo",
            "parent": "",
            "label": "organization",
            "external_id": " Q9 ",
        }.items():
            assert _written(of, attribute, answer) == ""
        entry = of.names.codebook().by_name["entity", "Leon Astley"]
        assert entry == CodebookEntry(
            "entity",
            "Leon Astley",
            "organization",
            ("Leo", "Mr Astley"),
            "Harbour master.\nSince 1999.",
            external_id="Q9",
        )
        told = {one.attribute: one.text for one in entry_fields(of, "entity", "Leon Astley")}
        assert (told["definition"], told["aliases"]) == (
            "Harbour master. ¶ Since 1999.",
            "Leo; Mr Astley",
        )
        assert [one.what.partition("” ")[2] for one in history(of)][4:] == [
            "changed: definition",
            "changed: aliases",
            "changed: parent",
            "changed: kind",
            "changed: id",
        ]
        for _ in range(5):
            assert undo_codebook(of, who="ada", own=True) == ["Leon Astley"]
        assert undo_codebook(of, who="ada", own=True) == []
        assert as_csv(rows_of(of)).count("Leon Astley,person,Astley,,Port of Sallow,,Q2") == 1


def test_nobody_takes_back_over_what_somebody_else_changed_since(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT) as of:
        import_codebook(of, written(tmp_path, TABLE), who="lea")
        _written(of, "definition", "Harbour master.", who="ada")
        _written(of, "external_id", "Q9", who="ben")
        _written(of, "definition", "Master of the port.", who="ben")
        assert undo_codebook(of, who="ada", own=True) == []
        entry = of.names.codebook().by_name["entity", "Leon Astley"]
        assert (entry.definition, entry.external_id) == ("Master of the port.", "Q9")
        # Only the same field is theirs.
        _written(of, "parent", "", who="ada")
        _written(of, "external_id", "Q7", who="ben")
        assert undo_codebook(of, who="ada", own=True) == ["Leon Astley"]
        entry = of.names.codebook().by_name["entity", "Leon Astley"]
        assert (entry.parent, entry.external_id) == ("Port of Sallow", "Q7")


def test_an_entry_on_which_others_rest_is_not_removed(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT) as of:
        import_codebook(of, written(tmp_path, TABLE), who="ada")
        port = of.names.codebook().by_name["entity", "Port of Sallow"]
        assert "parent “Port of Sallow” is not an entry" in entry_problem(of, port, removed=True)
        assert remove_entry(of, "entity", "Leon Astley", who="ada")
        assert entry_problem(of, port, removed=True) == ""
        assert not remove_entry(of, "entity", "Leon Astley", who="ada")


def test_only_the_lead_changes_a_closed_codebook(tmp_path: Path) -> None:
    with project(tmp_path, TEXT) as of:
        import_codebook(of, written(tmp_path, TABLE), who="ada")
    (tmp_path / "annotator.toml").write_text('codebook = "closed"\nlead = "lea"\n', "utf-8")
    with Project.open(tmp_path) as of:
        changes: list[Callable[[str], object]] = [
            lambda who: _written(of, "definition", f"By {who}.", who=who),
            lambda who: remove_entry(of, "concept", "dues should fall", who=who),
            lambda who: undo_codebook(of, who=who),
            lambda who: import_codebook(of, tmp_path / "book.csv", who=who),
        ]
        for change in changes:
            with pytest.raises(UsageError, match="only lea changes it"):
                change("ada")
            change("lea")


def test_an_answer_given_twice_is_proposed_and_the_leads_is_added(tmp_path: Path) -> None:
    with project(tmp_path, TEXT) as of:
        import_codebook(of, written(tmp_path, TABLE), who="ada")
    (tmp_path / "annotator.toml").write_text('codebook = "closed"\nlead = "lea"\n', "utf-8")
    with Project.open(tmp_path) as of:
        ada, lea = (ClosedLine(of, "concept", who) for who in ("ada", "lea"))
        assert ada.problem("dues should rise; not: dues should fall") == ""
        long = "tolls on the bridge to the island should be lowered"
        said = ada.problem(f"dues should rise; {long}")
        assert said == "not in the closed codebook: “tolls on … lowered”; enter again proposes it"
        # Another answer is another proposal.
        assert "“quays are safe”" in ada.problem("quays are safe")
        assert (ada.problem("quays are safe"), ada.proposed) == ("", "quays are safe")
        assert of.names.codebook().get("concept", "quays are safe") is None
        assert lea.problem("not: quays are safe").endswith("enter again adds it")
        assert (lea.problem("not: quays are safe"), lea.proposed) == ("", "")
        assert of.names.codebook().by_name["concept", "quays are safe"]
        assert [event.who for event in history(of)][-1] == "lea"
        shout = ClosedLine(of, "entity", "lea")
        assert [shout.problem("ASTLEY") for _ in range(2)][1].startswith("“Astley” is a name or")
    (tmp_path / "annotator.toml").write_text('codebook = "open"\nlead = "lea"\n', "utf-8")
    with Project.open(tmp_path) as of:
        assert ClosedLine(of, "concept", "ada").problem("tolls are high") == ""


def test_the_registry_opens_entries_that_are_written_followed_and_undone(tmp_path: Path) -> None:
    root = tmp_path / "p"

    async def script(pilot: Pilot[int], _: Session) -> None:
        await press(pilot, "E e")
        await until(pilot, "not used yet")
        await press(pilot, "1 D u e s enter")
        await until(pilot, "definition written")
        assert of.names.codebook().by_name["entity", "Port of Sallow"].definition == "Dues"
        write_entry(other, CodebookEntry("entity", "Port of Sallow", "bloc"), who="ben")
        await until(pilot, "bloc")
        await press(pilot, "u")
        await until(pilot, "no change of yours")
        await press(pilot, "escape a Q u a y enter a")
        await until(pilot, "added to the codebook")
        await press(pilot, "u")
        await until(pilot, "not in the codebook")

    with project(root, TEXT) as of, Project.open(root) as other:
        write_entry(of, CodebookEntry("entity", "Port of Sallow"), who="lea")
        play(of, script)


def test_the_lead_takes_a_proposal_into_the_codebook(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], _: Session) -> None:
        await press(pilot, "E p")
        await until(pilot, "Ana Brell")
        await press(pilot, "enter a escape")
        await until(pilot, "nobody proposed a name")

    with project(tmp_path, "Ana Brell left.") as of:
        span = Span("a", "actor", "person", 0, 9)
        work = Record(of.documents.load("doc-0"), "ben", Completion.DONE, (span,))
        of.log.add_records([replace(work, notes={"a": proposal("entity", "Ana Brell")})])
        play(of, script)
        assert of.names.codebook().get("entity", "Ana Brell") is not None


def _columns(**cells: str) -> str:
    """A row of a codebook."""
    return ",".join(cells.get(name, "") for name in COLUMNS)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            [_columns(entry="concept", name="a", parent="a")],
            ["“a”: its parents would go in a circle (a → a): the parent is left out"],
        ),
        (
            [
                _columns(entry="Concept", name=name, parent=parent)
                for name, parent in zip("abcdefgh", "bcdefgha", strict=True)
            ],
            [
                "“h”: its parents would go in a circle (h → a → b → c → … → g → h): "
                "the parent is left out"
            ],
        ),
        (
            [
                _columns(entry="ENTITY", name="United Nations", aliases="UN"),
                _columns(entry="entity", name="FAO", parent="UN"),
                _columns(entry="entity", name="WHO", parent="united nations"),
            ],
            [
                f"“{name}”: its parent “{parent}” is not an entry; do you mean “United Nations”?"
                for name, parent in (("FAO", "UN"), ("WHO", "united nations"))
            ],
        ),
        (
            [
                _columns(entry="concept", name="b"),
                _columns(entry="concept", name="a", parent="not: b"),
            ],
            ["“a”: its parent “not: b” is not an entry"],
        ),
        (
            [
                _columns(entry="entity", name=f"Town {i}", aliases="the town", external_id="Q1")
                for i in range(9)
            ],
            [
                "“the town” is a name or an alias of Town 0, Town 1, Town 2 and 6 more",
                "“Q1” is the id of Town 0, Town 1, Town 2 and 6 more",
            ],
        ),
        (
            [
                _columns(entry="concept", name="a"),
                *(_columns(entry="concept", name=name, opposite="a") for name in "bc"),
            ],
            ["“a” is the opposite of b and c"],
        ),
        (
            [_columns(entry="entity", name="A", opposite="B"), _columns(entry="entity", name="B")],
            ["line 2: “A” is an entity, which has no opposite: that is left out"],
        ),
    ],
)
def test_what_does_not_fit_together_is_told_in_a_line(
    tmp_path: Path, rows: list[str], told: list[str]
) -> None:
    table = "\n".join([",".join(COLUMNS), *rows])
    with project(tmp_path / "p", TEXT) as of:
        done = import_codebook(of, written(tmp_path, table), who="ada")
    assert [line.rpartition("csv, ")[2] for line in done.messages] == told


@pytest.mark.parametrize("header", ["name,kind,name", "id,name,external_id", "name,color,color"])
def test_a_column_that_stands_twice_is_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(InputError, match="twice"):
        read_codebook(written(tmp_path, f"{header}\nA,B,C\n"))


def test_long_ways_of_parents_are_followed_in_a_few_steps(tmp_path: Path) -> None:
    names = [f"c{i}" for i in range(3000)]

    def calls(chain: list[CodebookEntry]) -> int:
        return calls_of(lambda: without_circles(chain, Codebook()))

    up = [CodebookEntry("concept", a, parent=b) for a, b in pairwise(names)]
    assert calls(up) < 200_000 and calls(up[::-1]) < 200_000
    kept, told = without_circles(
        [*up[::-1], CodebookEntry("concept", names[-1], parent="c0")], Codebook()
    )
    assert len(told) == 1 and kept[-1].parent == ""
    with project(tmp_path / "p", TEXT) as of:
        circle = [*up, CodebookEntry("concept", names[-1], parent="c0")]
        book = Codebook.of([*circle, CodebookEntry("concept", "below", parent="c9")])
        found = problems(book, of)
        assert [one for one in found if "circle" in one] == [
            "“c0”: its parents go in a circle (c0 → c1 → c2 → c3 → … → c2999 → c0)"
        ]
        assert calls_of(lambda: problems(book, of)) < 200_000


def test_a_concept_and_its_contrary_are_one_row_that_can_be_imported_again(tmp_path: Path) -> None:
    text = "Tolls fall. Tolls rise. Dues stay."

    def claims(*names: str) -> tuple[Span, ...]:
        return tuple(
            Span(f"c{at}", "claim", "fact", at, at + 10, None, {"concept": [name]})
            for at, name in zip((0, 12, 24), names, strict=False)
        )

    with project(tmp_path / "p", text, text + " Again.") as of:
        works = (
            ("doc-0", "ada", claims("tolls should fall", "not: tolls should fall", "not: dues")),
            ("doc-1", "ben", claims("not: tolls should fall")),
        )
        of.log.add_records(
            Record(of.documents.load(id), who, Completion.DONE, spans) for id, who, spans in works
        )
        rows = rows_of(of)
        assert [(row[1], *row[-3:]) for row in rows] == [
            ("tolls should fall", "3", "2", "ada|ben"),
            ("dues", "1", "1", "ada"),
        ]
        assert import_codebook(of, written(tmp_path, as_csv(rows)), who="ada").messages == ()


def test_a_damaged_entry_is_left_out_and_all_others_are_read(tmp_path: Path) -> None:
    """Entries are decoded together, or one by one if one of them is damaged, with the same result."""
    with project(tmp_path / "p", TEXT) as of:
        import_codebook(of, written(tmp_path, TABLE), who="ada")
        _written(of, "definition", "Harbour master.", who="ben")
        remove_entry(of, "concept", "dues should fall", who="ben")
        whole = of.names.codebook()
    raw = sqlite3.connect(tmp_path / "p" / "annotator.db")
    raw.execute(
        "INSERT INTO codebook_event (id, kind, name, entry, who, token, time) VALUES "
        "('f', 'entity', 'Broken', '{\"aliases\": [7]}', 'ada', 't', '')"
    )
    raw.commit()
    raw.close()
    with Project.open(tmp_path / "p") as of, reporting_to(lambda *_: None):
        assert of.names.codebook() == whole
    assert [one.name for one in whole.entries] == [
        "Port of Sallow",
        "Leon Astley",
        "dues should rise",
    ]
    assert whole.by_name["entity", "Leon Astley"].definition == "Harbour master."
