"""Search in all documents: the index misses nothing that the exact search would find."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import document, examples, project

from annotator.errors import UsageError
from annotator.project import Project
from annotator.store import search as store
from annotator.store.search import fold, in_any_case
from annotator.workflows.search import search

TEXTS = (
    "Sanctions must end, says the KREMLIN.\n\nThe straße is 100% closed_off.",
    "Завод «Ладья» собирает катера. ЗАВОД стоит.",
    "رود سیاوه از کوه‌های ورنیا سرچشمه می‌گیرد",
    "Kiſs and \u212aelvin, İstanbul, ΣΟΦΟΣ and σοφός [sic] *all* a?b",
)


def _places(wanted: str, root: Path) -> list[tuple[str, int]]:
    with project(root, "zzz", *TEXTS) as of:
        return [(hit.document, hit.start) for hit in search(of, wanted)]


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ("sanctions", 1),
        ("kremlin", 1),
        ("100%", 1),
        ("closed_off", 1),
        ("closed%off", 0),
        ("завод", 2),
        ("ладья", 1),
        ("سرچشمه", 1),
        ("kiss", 1),
        ("kelvin", 1),
        ("σοφοσ", 1),
        ("[sic]", 1),
        ("*all*", 1),
        ("a?b", 1),
        ("İ", 7),
        ("İS", 3),
        ("ſS", 1),
        ("re:\\bmust|стоит", 2),
        ("re:^the", 0),
        ("nowhere", 0),
        ("", 0),
    ],
)
def test_plain_words_are_found_in_any_case_and_expressions_as_they_say(
    by: str, tmp_path: Path, wanted: str, count: int
) -> None:
    assert len(_places(wanted, tmp_path / "p")) == count


def test_a_bad_expression_is_reported(tmp_path: Path) -> None:
    with (
        project(tmp_path / "p", *TEXTS) as of,
        pytest.raises(UsageError, match="regular expression"),
    ):
        search(of, "re:[")


@pytest.fixture(params=["read", "indexed"])
def by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Either all texts are read, or all except the first come from the index."""
    if request.param == "indexed":
        monkeypatch.setattr(store, "_AT_ONCE", 1)
        monkeypatch.setattr(store, "_FREQUENT", 2)
    return str(request.param)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the texts, to be searched only."""
    root = tmp_path_factory.mktemp("texts") / "p"
    project(root, "zzz", *TEXTS).close()
    return root


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_stretch_of_a_text_is_missed_in_any_case(
    by: str, texts: Path, data: st.DataObject
) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + 20)))
    wanted = data.draw(st.sampled_from([str.lower, str.upper, str]))(text[start:end])
    if wanted.startswith("re:"):
        return
    with Project.open(texts) as of:
        found = [(hit.document, hit.start) for hit in search(of, wanted)]
    exact = re.compile(re.escape(wanted), re.IGNORECASE)
    assert found == [
        (f"doc-{i}", m.start()) for i, t in enumerate(TEXTS, 1) for m in exact.finditer(t)
    ]


def test_the_pattern_of_a_letter_holds_every_letter_that_is_the_same_in_any_case() -> None:
    codes = (*range(0x41, 0xD800), *range(0xE000, 0x1F000))
    cased = [c for c in map(chr, codes) if {c.casefold(), c.lower(), c.upper()} != {c}]
    every = "".join(cased)
    db = sqlite3.connect(":memory:")
    missed = [
        (char, other)
        for char in cased
        for other in re.findall(re.escape(char), every, re.IGNORECASE)
        if db.execute("SELECT ? GLOB ?", (other, in_any_case(char))).fetchone() != (1,)
    ]
    assert not missed


def test_letters_that_are_the_same_in_any_case_are_one_when_folded() -> None:
    codes = (*range(0x41, 0xD800), *range(0xE000, 0x1F000))
    cased = [c for c in map(chr, codes) if {c.casefold(), c.lower(), c.upper()} != {c}]
    every = "".join(cased)
    assert not [
        (char, other)
        for char in cased
        for other in re.findall(re.escape(char), every, re.IGNORECASE)
        if fold(char) != fold(other)
    ]


@pytest.mark.parametrize("missing", ["SQLite", "some texts", "the index"])
def test_what_the_index_misses_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setattr(store, "_AT_ONCE", 1)
    with project(tmp_path / "p", "first", TEXTS[0]) as of:
        if missing == "SQLite":
            monkeypatch.setattr(store, "has_index", lambda: False)
        if missing == "the index":
            of._database.execute("DROP TABLE search")
        if missing == "some texts":
            monkeypatch.setattr(store, "has_index", lambda: False)
        of.documents.add([document(text, id=f"late-{i}") for i, text in enumerate(TEXTS[1:])])
        if missing == "some texts":
            monkeypatch.undo()
            monkeypatch.setattr(store, "_AT_ONCE", 1)
        assert [hit.document for hit in search(of, "kremlin")] == ["doc-1"]
        assert [hit.document for hit in search(of, "завод")] == ["late-0", "late-0"]


def test_texts_of_an_older_database_are_indexed_when_it_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with project(tmp_path / "p", "first", *TEXTS) as of:
        for statement in (
            "DROP TABLE search",
            "DROP TABLE searchable",
            "DROP INDEX item_author",
            "PRAGMA user_version = 7",
            "DELETE FROM _sqlite_migrations WHERE name = 'm008_search'",
        ):
            of._database.execute(statement)
    monkeypatch.setattr(store, "_AT_ONCE", 1)
    monkeypatch.setattr(store, "_FREQUENT", 2)
    monkeypatch.setattr(store, "_holding", lambda _: ("1", []))
    with Project.open(tmp_path / "p") as of:
        assert [id for id, _ in store.texts(of._database, "σοφός")] == ["doc-0", "doc-4"]
