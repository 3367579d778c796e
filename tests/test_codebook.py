"""The codebook: files in and out, undo, what does not hold together, merging between hosts."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import TEXT, project

from annotator.errors import InputError
from annotator.model.codebook import Codebook, CodebookEntry
from annotator.model.names import Ruling, SameNames
from annotator.project import Project
from annotator.workflows.names.codebook import (
    as_csv,
    import_codebook,
    read_codebook,
    rows_of,
    undo_codebook,
)
from annotator.workflows.names.registry import history

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


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("entity,,person,,,,,", "has no name"),
        ("thing,Ann,person,,,,,", "no entry"),
        ("entity,Leon Astley,person,,,,,", "stands there twice"),
        ("entity,Ann; Bo,person,,,,,", "semicolon"),
        ("entity,Ann,person,,,,,,more", "more cells"),
    ],
)
def test_a_row_that_does_not_hold_is_left_out_and_told(tmp_path: Path, row: str, said: str) -> None:
    entries, told = read_codebook(written(tmp_path, f"{TABLE}{row}\n"))
    assert len(entries) == 4
    assert len(told) == 1
    assert said in told[0]
    assert "line 6" in told[0]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("entity,Ann,person,,,Nobody,,", "parent “Nobody” is no entry"),
        ("entity,Ann,wizard,,,,,", "no label of the schema"),
        ("entity,Ann,person,Astley,,,,", "alias of"),
    ],
)
def test_what_does_not_hold_together_is_told(tmp_path: Path, row: str, said: str) -> None:
    with project(tmp_path / "p", TEXT) as of:
        done = import_codebook(of, written(tmp_path, f"{TABLE}{row}\n"), who="ada", dry_run=True)
        assert any(said in line for line in done.told)
        assert of.names.codebook().entries == ()


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
