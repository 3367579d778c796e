"""REFI-QDA projects: as other programs write them, as an attacker would write them, and as we write
them."""

from __future__ import annotations

import io
import uuid
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import SCHEMA, Read, read, write
from support import examples

from annotator.errors import InputError
from annotator.formats import qdpx
from annotator.formats.api import WriteOptions
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.span import Span
from annotator.model.text import Document, as_read, split_paragraphs

TEXT = "\U0001f642 Kit Moss spoke.\r\nThe Tram Board says that fares should fall.\r\n"
LABELS = {"Actors": "actor.person", "Claims": "claim.policy", "Mood": ""}


def _guid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name)).upper()


def _selection(
    name: str, start: int, end: int, *codes: str, quote: str = "", inner: str = ""
) -> str:
    """A selection with `USER:CODE` codings."""
    pairs = [one.split(":") for one in codes]
    coded = "".join(
        f'<Coding guid="{_guid(name + code)}" creatingUser="{{{_guid(user)}}}">'
        f'<CodeRef targetGUID="{_guid(code)}"/></Coding>'
        for user, code in pairs
    )
    return (
        f'<PlainTextSelection guid="{_guid(name)}" startPosition="{start}" endPosition="{end}" '
        f'name="{quote}">{inner}{coded}</PlainTextSelection>'
    )


CODES = f"""<Code guid="{_guid("Actors")}" name="Actors" isCodable="true">
<Code guid="{_guid("Kit")}" name="Kit Moss" isCodable="true"/>
<Code guid="{_guid("Board")}" name="Tram Board of Sable" isCodable="true"/></Code>
<Code guid="{_guid("Claims")}" name="Claims" isCodable="false">
<Code guid="{_guid("fares")}" name="fares should fall" isCodable="true"/>
<Code guid="{_guid("trams")}" name="trams should run" isCodable="true"/></Code>
<Code guid="{_guid("Mood")}" name="Mood" isCodable="true"><Code guid="{_guid("dry")}" name="dry" isCodable="true"/></Code>
<Code guid="{_guid("state")}" name="state" isCodable="true"/>"""


def _project(sources: str, *, more: str = "", codes: str = CODES, head: str = "") -> str:
    users = "".join(f'<User guid="{_guid(name)}" name="{name}"/>' for name in ("ada", "ben"))
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<Project xmlns="urn:QDA-XML:project:1.0" '
        f'name="p"><Users>{users}</Users><CodeBook><Codes>{codes}</Codes></CodeBook><Sources>{sources}</Sources>{more}</Project>'
    )


def _text(inner: str, *, name: str = "Fares.docx", path: str = "internal://a.txt") -> str:
    return (
        f'<TextSource guid="{_guid(name)}" name="{name}" '
        f'plainTextPath="{path}">{inner}</TextSource>'
    )


def _zip(path: Path, members: dict[str, bytes | str]) -> Path:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return write(path, held.getvalue())


def _read(
    where: Path, qde: str, members: dict[str, bytes | str] | None = None, **options: object
) -> Read:
    inner = {"sources/a.txt": TEXT.encode()} if members is None else members
    path = _zip(where / "p.qdpx", {"project.qde": qde, **inner})
    return read("qdpx", path, **{"settings": {"labels": LABELS}, **options})  # type: ignore[arg-type]


def test_a_project_of_other_programs_becomes_the_work_of_each_of_its_users(tmp_path: Path) -> None:
    """The text has CR LF, which the offsets count as one; names of selections are quotations; codes
    below codes are names."""
    plain = TEXT.replace("\r\n", "\n")

    def at(quote: str) -> tuple[int, int]:
        return plain.index(quote), plain.index(quote) + len(quote)

    noted = f'<Description>sure?</Description><NoteRef targetGUID="{_guid("note")}"/>'
    sources = _text(
        _selection("s1", *at("Kit Moss"), "ada:Kit", "ben:Actors", "ada:dry", quote="Kit Moss")
        + _selection("s2", *at("The Tram Board"), "ada:Board", quote="The Tram Board")
        + _selection("s3", *at("fares should fall"), "ada:fares", "ada:trams", quote="my own name")
        + _selection("s4", *at("Tram Board"), "ben:state", inner=noted)
        + _selection("s5", 0, 5)
        + f'<Coding guid="{_guid("whole")}"><CodeRef targetGUID="{_guid("dry")}"/></Coding>'
        + "<VariableValue><VariableRef "
        f'targetGUID="{_guid("date")}"/><DateValue>2026-03-04</DateValue></VariableValue>'
        + "<VariableValue><VariableRef "
        f'targetGUID="{_guid("page")}"/><IntegerValue>4</IntegerValue></VariableValue>'
    )
    sources += f'<PictureSource guid="{_guid("pic")}" name="front page"/>'
    more = (
        f'<Notes><Note guid="{_guid("note")}"><PlainTextContent>a '
        f'body</PlainTextContent></Note></Notes><Links><Link guid="{_guid("l")}" name="support" '
        f'originGUID="{_guid("s2")}" targetGUID="{_guid("s3")}"/><Link guid="{_guid("m")}" '
        f'name="support" originGUID="{_guid("s4")}" '
        f'targetGUID="{_guid("s3")}"/></Links><Sets><Set guid="{_guid("set")}" name="x"/></Sets>'
    )
    variables = "".join(
        f'<Variable guid="{_guid(n)}" name="{n}" typeOfVariable="{t}"/>'
        for n, t in (("date", "Date"), ("page", "Integer"))
    )
    qde = _project(sources, more=more).replace(
        "<Sources>", f"<Variables>{variables}</Variables><Sources>"
    )
    found = _read(tmp_path, qde)
    ada, ben = found.records
    assert (ada.annotator, ben.annotator) == ("ada", "ben") and ada.document == ben.document
    assert ada.document.id == "Fares" and ada.document.text == TEXT
    assert ada.document.meta == {"date": "2026-03-04", "page": 4}
    named = [
        (ada.document.quote(s.start, s.end), s.label, s.entity, s.attributes.get("concept"))
        for s in ada.spans
    ]
    assert named == [
        ("Kit Moss", "person", "Kit Moss", None),
        ("The Tram Board", "person", "Tram Board of Sable", None),
        ("fares should fall", "policy", None, ["fares should fall", "trams should run"]),
    ]
    ((stance,),) = [ada.relations]
    ends = {s.id: ada.document.quote(s.start, s.end) for s in ada.spans}
    assert (ends[stance.source], stance.label, ends[stance.target]) == (
        "The Tram Board",
        "support",
        "fares should fall",
    )
    assert found.marked(1) == [("Kit Moss", "person"), ("Tram Board", "state")]
    assert [*ben.notes.values()] == ["sure?; a body"]
    assert "a CR LF as one" in found.told
    for lost in (
        "without a code",
        "codes of whole texts",
        "no plain text",
        "not between two selections",
        "sets are not",
    ):
        assert lost in found.told, lost
    assert found.left_out == 5


def test_texts_stand_inside_beside_in_pdf_files_and_are_reported_where_they_are_not(
    tmp_path: Path,
) -> None:
    """NVivo's folder has a capital letter, and its annotations
    are links from a selection to a note."""
    kit = _selection("k", 0, 8, "ada:Kit")
    pdf = (
        f'<PDFSource guid="{_guid("pdf")}" name="b.pdf" path="internal://b.pdf"><PDFSelection '
        f'guid="{_guid("area")}"/><Representation guid="{_guid("rep")}" '
        f'plainTextPath="internal://B.TXT">{kit}</Representation></PDFSource>'
    )
    inside = (
        f'<TextSource guid="{_guid("in")}" name="inside"><PlainTextContent>Kit Moss &amp; '
        "co.</PlainTextContent></TextSource>"
    )
    away = _text(kit, name="away", path="relative:///../../etc/passwd")
    outside = _text(kit, name="outside", path="internal://../../../../etc/passwd")
    broken = _text(kit, name="binary", path="internal://c.txt")
    more = (
        f'<Notes><Note guid="{_guid("n")}" '
        f'plainTextPath="internal://n.txt"/></Notes><Links><Link guid="{_guid("l")}" '
        f'originGUID="{_guid("k")}" targetGUID="{_guid("n")}"/></Links>'
    )
    members = {
        "Sources/b.txt": "\ufeffKit Moss".encode(),
        "Sources/n.txt": b"who?",
        "Sources/c.txt": b"a\0b",
        "etc/passwd": b"Kit Moss",
    }
    found = _read(tmp_path, _project(pdf + inside + away + outside + broken, more=more), members)
    (record,) = found.records
    assert record.document.id == "b" and record.document.text == "Kit Moss"
    assert [*record.notes.values()] == ["who?"]
    assert [d.text for d in found.documents] == ["Kit Moss & co."]
    for lost in (
        "areas of PDF pages",
        "a file elsewhere",
        "is not in the archive",
        "contains a NUL",
    ):
        assert lost in found.told, lost


_BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
_OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({}, "holds no project.qde"),
        ({"project.qde": "<Project>", "other.qde": "<Project/>"}, "holds 2 projects"),
        ({"project.qde": "<Project><Users>"}, "line 1: is not XML"),
        ({"project.qde": "<CodeBook/>"}, "not a Project"),
        ({"project.qde": _project("", head=_BOMB)}, "declares a document type"),
        ({"project.qde": _project("", head=_OUTSIDE)}, "declares a document type"),
        ({"project.qde": "<Code>" * 5000}, "is nested deeper than"),
        (
            {"project.qde": b"<Project>" + b" " * 2_000_000 + b"</Project>"},
            "more than 1,000,000 bytes",
        ),
        (
            {
                "project.qde": _project(
                    "".join(
                        _text("", name=f"{i}", path=f"internal://{i % 9}.txt") for i in range(99)
                    )
                ),
                **{f"sources/{i}.txt": b"a" * 999_999 for i in range(9)},
            },
            "unpacks to more than 200 times",
        ),
    ],
)
def test_a_hostile_archive_is_refused_in_our_words(
    members: dict[str, bytes | str], said: str, tmp_path: Path
) -> None:
    path = _zip(tmp_path / "p.qdpx", members)
    with pytest.raises(InputError) as caught:
        read("qdpx", path, max_bytes=1_000_000)
    assert said in caught.value.message and caught.value.file == path
    for spoilt in (path.read_bytes()[:-30], b"PK\x03\x04 no archive", b"text"):
        with pytest.raises(InputError):
            read("qdpx", write(tmp_path / "q.qdpx", spoilt))


def test_a_member_that_is_damaged_or_has_a_password_is_reported(tmp_path: Path) -> None:
    whole = bytearray(_zip(tmp_path / "p.qdpx", {"project.qde": _project("")}).read_bytes())
    locked = bytearray(whole)
    locked[6] |= 1  # the flag of the member
    locked[locked.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    damaged = bytearray(whole)
    damaged[80] ^= 255
    for data in (locked, damaged):
        with pytest.raises(InputError, match="cannot be unpacked"):
            read("qdpx", write(tmp_path / "q.qdpx", bytes(data)))


_NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).filter(
    lambda t: t.strip() == t and ";" not in t and as_read(t) != ""
)


@settings(max_examples=examples(60))
@given(
    entity=_NAMES,
    concept=_NAMES,
    text=st.text(alphabet="ab\n\U0001f642e\u0301&<\r", min_size=1, max_size=20),
)
def test_names_and_texts_survive_whatever_letters_they_have(
    entity: str, concept: str, text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = f"Kit {text} end."
    spans = (
        Span("a", "actor", "person", 0, 3, entity, {}),
        Span("b", "claim", "fact", len(text) - 4, len(text), None, {"concept": [concept]}),
    )
    record = Record(
        Document("d", "t", text, split_paragraphs(text)), "ann", Completion.DONE, spans, ()
    )
    path = write(
        tmp_path_factory.mktemp("q") / "p.qdpx",
        b"".join(qdpx.parts([record], WriteOptions(SCHEMA))),
    )
    found = read("qdpx", path, settings={"line_ends": "as-is", "entities": "stored"})
    (back,) = found.records
    assert back.document.text == text and not found.left_out
    legal = {
        c: c if c >= " " or c in "\t\n\r" else "\ufffd" for c in entity + concept
    } | dict.fromkeys("\ufffe\uffff", "\ufffd")
    named, about = (as_read("".join(legal[c] for c in name)) for name in (entity, concept))
    assert [s.entity for s in back.spans if s.layer == "actor"] == [named]
    assert [s.attributes["concept"] for s in back.spans if s.layer == "claim"] == [[about]]


def test_backslashes_in_an_archive_and_codes_with_one_guid(tmp_path: Path) -> None:
    twice = f'{CODES}<Code guid="{_guid("state")}" name="person" isCodable="true"/>'
    qde = _project(_text(_selection("s", 2, 10, "ada:state")), codes=twice)
    found = _read(tmp_path, qde, {"sources\\a.txt": TEXT.encode()})
    assert found.marked() == [("Kit Moss", "state")]
    assert "the code “person” has the GUID of another one, which counts" in found.told
