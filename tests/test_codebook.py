"""The codebook: files in and out, undo, contradictions, merging between hosts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support import TEXT, project

from annotator.cli import run
from annotator.errors import InputError
from annotator.model import actions as do
from annotator.model.codebook import Codebook, CodebookEntry
from annotator.model.decision import Completion, Suggestion
from annotator.model.names import Ruling, SameNames
from annotator.model.record import Record
from annotator.model.span import Span
from annotator.project import Project, SuggestionRun
from annotator.tui.session import Session
from annotator.workflows.names.closed import (
    names_outside_in_words,
    not_listed,
    outside,
    proposal,
    proposals,
)
from annotator.workflows.names.codebook import (
    COLUMNS,
    COUNTS,
    as_csv,
    import_codebook,
    read_codebook,
    rows_of,
    undo_codebook,
)
from annotator.workflows.names.qda import as_qdc
from annotator.workflows.names.registry import described, entries, facts, history

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
        assert (done.added, done.changed, done.same, done.told) == (4, 0, 0, ())
        out = as_csv(rows_of(of))
        assert [line.rsplit(",", 3)[0] for line in out.splitlines()] == TABLE.splitlines()
        again = import_codebook(of, written(tmp_path, out, "again.csv"), who="ada")
        assert (again.added, again.changed, again.same) == (0, 0, 4)
        assert of.names.listed("THE HARBOUR") == ("Port of Sallow",)
        assert of.names.codebook().contrary("dues should rise") == "dues should fall"
        assert of.names.codebook().contrary("cranes are old") == "not: cranes are old"


def test_what_was_imported_is_taken_back_deed_by_deed_and_logged(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT) as of:
        import_codebook(of, written(tmp_path, TABLE), who="ada")
        import_codebook(
            of, written(tmp_path, TABLE.replace("Astley,,Port", "Astley|Leo,,Port")), who="ben"
        )
        assert of.names.listed("Leo") == ("Leon Astley",)
        assert undo_codebook(of, who="ben") == 1
        assert of.names.listed("Leo") == ()
        assert undo_codebook(of, who="ada") == 4
        assert of.names.codebook().entries == ()
        assert undo_codebook(of, who="ada") == 0
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
    [
        ("entity,,person,,,,,", "has no name"),
        ("thing,Ann,person,,,,,", "neither entity nor concept"),
        ("entity,Leon Astley,person,,,,,", "occurs twice"),
        ("entity,Ann; Bo,person,,,,,", "semicolon"),
        ("entity,Ann,person,,,,,,more", "more cells"),
        ("concept,not: dues should rise,,,,,,", "contrary of another concept"),
        ('entity,"Ann\nBo",person,,,,,', "several lines"),
        ("entity,\u200b,person,,,,,", "has no name"),
    ],
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
    [
        ("entity,Ann,person,,,Nobody,,", "parent “Nobody” is not an entry"),
        ("entity,Ann,wizard,,,,,", "not a label of the schema"),
        ("entity,Ann,person,Astley,,,,", "“Astley” is a name or an alias of Leon Astley and Ann"),
        (
            "entity,Ann,person,leon astley,,,,",
            "“Leon Astley” is a name or an alias of Leon Astley and Ann",
        ),
        (
            "entity,LEON Astley,person,,,,,",
            "“Leon Astley” and “LEON Astley” differ by capitals only",
        ),
        ("entity,Ann,person,,,,,Q2", "“Q2” is the id of Leon Astley and Ann"),
        ("concept,dues should stay,,,,,dues should stay,", "its own opposite"),
        ("concept,dues should stay,,,,,dues should rise,", "has the opposite “dues should fall”"),
        ("entity,Ann,person,,,Ann,,", "circle (Ann → Ann)"),
        (
            "entity,Ann,person,,,Bo,,\nentity,Bo,person,,,Cy,,\nentity,Cy,person,,,Ann,,",
            "circle (Cy → Ann → Bo → Cy)",
        ),
    ],
)
def test_what_does_not_hold_together_is_reported(tmp_path: Path, row: str, said: str) -> None:
    with project(tmp_path / "p", TEXT) as of:
        done = import_codebook(of, written(tmp_path, f"{TABLE}{row}\n"), who="ada", dry_run=True)
        assert any(said in line for line in done.told)
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
        assert undo_codebook(of, who="lead") == 1
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
        of.log.add_records([Record(of.documents.load("doc-0"), "ada", Completion.DONE, (span,))])
        found = [(one.name, one.count) for one in entries(of, "ada", "entity")]
        assert found == [("Leon Astley", 1), ("Port of Sallow", 0)]
        told = described(of, "entity", "Leon Astley")
        assert told == (
            "1 mention in 1 document by ada · person · under Port of Sallow · also Astley · id Q2"
        )
        assert facts(of, "entity", "Leon Astley") == told.split(" · ")
        assert described(of, "concept", "dues should rise").startswith("not used yet · opposite: ")
