"""Families list names without importing, and load exactly the one that is asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from annotator import errors, families, resources
from annotator.errors import AnnotatorError, UsageError
from annotator.formats.api import Reads, WritesFolder, WritesLines, WritesParts
from annotator.plugins import Family


@pytest.fixture
def family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Family:
    package = tmp_path / "a_family"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "first_one.py").write_text("summary = 'first'\n", encoding="utf-8")
    (package / "broken.py").write_text("raise RuntimeError('imported')\n", encoding="utf-8")
    (package / "_helper.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    # A package that an earlier test imported would be found in that test's folder.
    for name in [one for one in sys.modules if one.partition(".")[0] == "a_family"]:
        monkeypatch.delitem(sys.modules, name)
    return Family("a_family", "thing")


def test_names_are_those_of_the_files_and_import_nothing(family: Family) -> None:
    assert family.names() == ("broken", "first-one")
    assert not {"a_family.broken", "a_family.first_one"} & set(sys.modules)


def test_load_imports_one_member(family: Family) -> None:
    assert family.load("first-one").summary == "first"
    assert "a_family.broken" not in sys.modules


def test_an_unknown_member_is_named_with_the_ones_there_are(family: Family) -> None:
    with pytest.raises(UsageError, match="no thing “second”") as caught:
        family.load("second")
    assert "first-one" in caught.value.hint


def test_an_error_says_where_what_and_what_to_do() -> None:
    error = AnnotatorError(
        "wrong quote", hint="Mend it", file="x.jsonl", line=7, key="spans[0].quote"
    )
    assert str(error) == "x.jsonl:7: spans[0].quote: wrong quote. Mend it"
    assert AnnotatorError("just this").where == ""


def test_every_error_has_an_exit_code_and_stands_in_the_tree() -> None:
    for name in errors.__all__:
        if name in ("ExitCode", "FAULTS_OF_PROGRAM", "toml_key"):
            continue
        kind = getattr(errors, name)
        assert issubclass(kind, AnnotatorError) and kind.exit_code in (1, 2, 3)
        assert name in (errors.__doc__ or "")


def test_schemas_and_seeds_are_found() -> None:
    assert (resources.folder("schemas") / "actors-claims-stances.toml").is_file()
    assert (resources.folder("seeds") / "titles.json").is_file()


def test_every_member_is_what_its_protocol_says() -> None:
    for name in families.measures.names():
        measure = families.measures.load(name)
        assert (
            measure.title
            and set(measure.kinds) <= {"span", "relation"}
            and callable(measure.tables)
        )
    for name in families.formats.names():
        made = families.formats.load(name)
        assert made.summary and all(ending.startswith(".") for ending in made.extensions)
        assert isinstance(made, Reads | WritesLines | WritesParts | WritesFolder), name
    for name in families.suggesters.names():
        assert callable(families.suggesters.load(name).create)
    for name in families.merging.names():
        assert families.merging.load(name).title
