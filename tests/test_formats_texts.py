"""Formats that contain only texts: tables, web pages, documents of word processors, compressed
files, standard input."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from reading import read, write

from annotator.cli import run
from annotator.errors import InputError, UsageError
from annotator.model.text import first_of
from annotator.project import Project

TABLE = (
    "Doc-ID,Headline,Outlet,Body,pages\n"
    't1,Tram,The Rail,"Trams for all, says ""Kit"".\n'
    "\n"
    'No more cars.",3\n'
    "t2,,,A bus.,\n"
)
PAGE = (
    "<!doctype html><html><head><title>Trams at night</title><script>var t = "
    "'tram';</script></head><body><nav><a href='/'>Start</a> | <a "
    "href='/more'>More</a></nav><article><h1>Trams at night</h1><p>The council wants "
    "<b>trams</b> to run until two.</p><p>Drivers fear the drunk &amp; the "
    "loud.</p></article><footer>Cookies</footer></body></html>"
)
DOCX = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default '
        'Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
        'PartName="/word/document.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        "<Relationships "
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        'Id="r" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    ),
    "word/document.xml": (
        "<w:document "
        'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Trams '
        "for all.</w:t></w:r></w:p><w:p><w:r><w:t>No more "
        "cars.</w:t></w:r></w:p></w:body></w:document>"
    ),
}
ODT = {
    "content.xml": (
        "<office:document-content "
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text><text:h>Trams</text:h><text:p>Trams<text:s/>for '
        "all<text:note><text:note-body><text:p>a "
        "note</text:p></text:note-body></text:note>.</text:p><text:list><text:list-item><text:p>No "
        "more "
        "cars.</text:p></text:list-item></text:list></office:text></office:body></office:document-content>"
    )
}


def _zip(path: Path, parts: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def _pdf(*lines: str) -> bytes:
    """A PDF of one page with these lines."""
    words = " ".join(f"({line}) Tj T*" for line in lines)
    return _pdf_of(f"BT /F 12 Tf 14 TL 72 720 Td {words} ET")


def _placed(*pieces: tuple[int, int, str]) -> bytes:
    """A PDF of one page with pieces of text at places."""
    return _pdf_of(" ".join(f"BT /F 12 Tf {x} {y} Td ({text}) Tj ET" for x, y, text in pieces))


def _pdf_of(stream: str) -> bytes:
    """A PDF of one page with a stream."""
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 "
        "0 R>>>>>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = "%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = (
        "xref\n"
        "0 6\n"
        f"0000000000 65535 f \n{table}trailer<</Size 6/Root 1 0 R>>\n"
        f"startxref\n{len(out)}\n"
        "%%EOF"
    )
    return (out + end).encode("latin-1")


def test_a_table_gives_a_document_of_each_row_and_keeps_its_other_columns(tmp_path: Path) -> None:
    found = read("csv", write(tmp_path / "t.csv", TABLE))
    one, two = found.documents
    assert (one.id, one.title, len(one.paragraphs)) == ("t1", "Tram", 2)
    assert one.text == 'Trams for all, says "Kit".\n\nNo more cars.'
    assert one.meta == {"source": "The Rail", "pages": "3"}
    assert (two.id, two.title, two.meta) == ("t2", "A bus.", {})
    assert not found.records and not found.told


@pytest.mark.parametrize(
    ("content", "columns", "text"),
    [
        ("a;b\n1;Ein Satz über Köln\n".encode("cp1252"), {"text": "b"}, "Ein Satz über Köln"),
        ("\ufeffid\ttext\n1\tA tram\n".encode("utf-16-le"), {}, "A tram"),
        (b"\xef\xbb\xbftext,x\nA tram,1\n", {}, "A tram"),
        ("sep=;\nText;x\nA tram;1\n", {}, "A tram"),
        ("1,A tram\n", {"text": "2"}, "A tram"),
        (
            "text\r\nА мы едем на трамвае домой\r\n".encode("cp1251"),
            {},
            "А мы едем на трамвае домой",
        ),
    ],
)
def test_tables_of_spreadsheets_in_their_encodings(
    content: bytes | str, columns: dict[str, str], text: str, tmp_path: Path
) -> None:
    (one,) = read("csv", write(tmp_path / "t.csv", content), columns=columns).documents
    assert one.text == text


def test_a_table_without_a_known_column_says_how_to_name_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="it is unclear which column holds the text") as caught:
        read("csv", write(tmp_path / "t.csv", "a,b\n1,2\n"))
    assert "--columns text=NAME" in caught.value.hint and "a, b" in caught.value.hint
    with pytest.raises(InputError, match="no column “Corpus”"):
        read("csv", write(tmp_path / "t.csv", TABLE), columns={"text": "Corpus"})
    own = (
        "document,title,date,coder,status,item,layer,label,start,end,quote\nd,T,,ann,done,a,,,,,\n"
    )
    with pytest.raises(InputError, match="that `annotator export csv` wrote, without the texts"):
        read("csv", write(tmp_path / "items.csv", own))


def test_rows_that_do_not_hold_are_left_out_and_reported_with_their_line(tmp_path: Path) -> None:
    rows = 'id,text\n1,"One\n\ntwo."\n2,\n3,a,b\n\n4,Four.\n5,"open\n'
    found = read("csv", write(tmp_path / "t.csv", rows))
    assert [d.id for d in found.documents] == ["1", "4"]
    assert "t.csv:5: text: left out: the row has no text" in found.told
    assert "t.csv:6: left out: has 3 cells, but the table has 2 columns" in found.told
    assert "t.csv:9: left out: unexpected end of data" in found.told


def test_a_quotation_mark_within_a_cell_costs_its_line_at_most(tmp_path: Path) -> None:
    rows = 'id,text\n1,"One" she said.\n2,Two.\n'
    found = read("csv", write(tmp_path / "t.csv", rows))
    assert [d.id for d in found.documents] == ["2"] and "t.csv:2: left out" in found.told
    found = read("csv", write(tmp_path / "t.tsv", rows.replace(",", "\t")))
    assert [d.text for d in found.documents] == ['"One" she said.', "Two."]


def test_columns_of_one_name_are_all_kept(tmp_path: Path) -> None:
    found = read("csv", write(tmp_path / "t.csv", "id,text,tag,tag,text\n1,One.,a,b,c\n"))
    assert found.documents[0].meta == {"tag": "a", "tag 2": "b", "text": "c"}


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("<!doctype html>\n<html><body><p>The Board met.</p></body></html>", "html"),
        ('id,title,text\n1,One,"The Board\n\nmet."\n', "csv"),
        ("1\tThe Board met.\n2\tKit left.\n", "csv"),
        ("The Board met, and Kit left.\nNobody else, they say.", ""),
    ],
)
def test_a_table_or_page_is_not_taken_for_a_text_in_silence(
    text: str, format: str, tmp_path: Path
) -> None:
    found = read("text", write(tmp_path / "a.txt", text))
    assert (f"--format {format}" in found.told) if format else not found.told


def test_a_page_gives_title_and_paragraphs_alone(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    (one,) = read("html", write(tmp_path / "p.html", PAGE)).documents
    paragraphs = [one.quote(p.start, p.end) for p in one.paragraphs]
    assert one.title == "Trams at night"
    assert paragraphs == [
        "The council wants trams to run until two.",
        "Drivers fear the drunk & the loud.",
    ]


def test_what_is_not_read_of_documents_is_reported_and_line_breaks_stay(tmp_path: Path) -> None:
    pytest.importorskip("mammoth")
    word = dict(DOCX)
    word["word/document.xml"] = DOCX["word/document.xml"].replace(
        "for all.</w:t>", "for</w:t><w:br/><w:t>all.</w:t><w:footnoteReference w:id='2'/>"
    )
    word["word/_rels/document.xml.rels"] = DOCX["_rels/.rels"].replace(
        'officeDocument" Target="word/document.xml', 'footnotes" Target="footnotes.xml'
    )
    word["word/footnotes.xml"] = (
        '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:footnote w:id="2"><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    found = read("docx", _zip(tmp_path / "a.docx", word))
    assert found.documents[0].text == "Trams for\nall.\n\nNo more cars."
    assert "not read: 1 note" in found.told
    assert "not read: 1 note" in read("odt", _zip(tmp_path / "a.odt", ODT)).told


def test_headers_of_joined_tables_are_no_documents(tmp_path: Path) -> None:
    found = read("csv", write(tmp_path / "a.csv", "id,text\n1,One.\nid,text\n2,Two.\n"))
    assert [one.text for one in found.documents] == ["One.", "Two."]
    assert found.left_out == 1 and "a.csv:3: left out: repeats the header" in found.told


def test_a_table_in_a_page_has_no_line_of_dashes(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    row = "<tr><td>2025</td><td>3 - 20</td></tr>"
    page = (
        "<html><body><article><p>The council wants trams to run until two, as it said.</p><table>"
        f"<tr><th>Year</th><th>Fare</th></tr>{row}</table></article></body></html>"
    )
    (one,) = read("html", write(tmp_path / "a.html", page)).documents
    assert "| 2025 | 3 - 20 |" in one.text and "---" not in one.text


def test_documents_of_word_processors(tmp_path: Path) -> None:
    pytest.importorskip("mammoth")
    (one,) = read("docx", _zip(tmp_path / "a.docx", DOCX)).documents
    assert one.text == "Trams for all.\n\nNo more cars."
    (one,) = read("odt", _zip(tmp_path / "a.odt", ODT)).documents
    assert one.text == "Trams\n\nTrams for all.\n\nNo more cars."
    for name in ("docx", "odt"):
        with pytest.raises(InputError, match="cannot be read as"):
            read(name, write(tmp_path / f"b.{name}", b"PK\x03\x04 no archive"))


def test_paragraphs_of_a_pdf_are_guessed_and_reported(tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    lines = (
        "The council wants trams to run un-",
        "til two.",
        "Drivers fear the drunk and the loud,",
        "and the cold.",
    )
    found = read("pdf", write(tmp_path / "a.pdf", _pdf(*lines)))
    assert found.documents[0].text == (
        "The council wants trams to run until two.\n"
        "\n"
        "Drivers fear the drunk and the loud, and the cold."
    )
    assert "guessed" in found.told
    with pytest.raises(InputError, match="without text"):
        read("pdf", write(tmp_path / "b.pdf", _pdf("")))


LEFT = ("The council wants its trams", "to run until two.", "Drivers fear the drunk", "and loud.")
RIGHT = (
    "Kit Moss rejects the plan;",
    "he says nobody rides.",
    "Ann Holt wants money",
    "from the dues.",
)
COLUMNS = (
    "THE QUAY.\n\nThe council wants its trams to run until two.\n\nDrivers fear the drunk and loud.\n\n"
    "Kit Moss rejects the plan; he says nobody rides. Ann Holt wants money from the dues.\n\nPage 3."
)


@pytest.mark.parametrize("across", [False, True])
def test_columns_of_a_pdf_are_read_one_after_the_other(across: bool, tmp_path: Path) -> None:
    """Whether the file holds column by column or line by line across both."""
    pytest.importorskip("pypdf")
    left = [(60, 700 - 14 * i, text) for i, text in enumerate(LEFT)]
    right = [(320, 700 - 14 * i, text) for i, text in enumerate(RIGHT)]
    lines = [piece for both in zip(left, right, strict=True) for piece in both]
    body = lines if across else [*left, *right]
    pieces = [(60, 740, "THE QUAY."), *body, (60, 40, "Page 3.")]
    found = read("pdf", write(tmp_path / "a.pdf", _placed(*pieces)))
    assert found.documents[0].text == COLUMNS
    assert ("page 1 holds two columns line by line" in found.told) == across


def test_tables_and_short_lines_of_a_pdf_stay_as_they_are(tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    cells = [
        (x, 700 - 14 * i, text)
        for i in range(6)
        for x, text in ((60, f"Ward {i}"), (320, f"{i} votes"))
    ]
    found = read("pdf", write(tmp_path / "a.pdf", _placed(*cells)))
    assert found.documents[0].text.startswith("Ward 0 0 votes Ward 1 1 votes")
    assert "columns" not in found.told


def test_what_the_library_says_of_a_pdf_is_reported_with_the_file(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pypdf")
    shifted = b"\n\n" + _pdf("The council wants trams.")
    found = read("pdf", write(tmp_path / "a.pdf", shifted))
    assert found.documents[0].text == "The council wants trams."
    assert "the file breaks the rules of PDF (" in found.told
    with pytest.raises(InputError, match="cannot be read"):
        read("pdf", write(tmp_path / "b.pdf", "no PDF"))
    assert capfd.readouterr().err == ""


def test_markdown_loses_its_marks_and_front_matter(tmp_path: Path) -> None:
    source = (
        "---\n"
        'title: "Trams"\n'
        "date: 2026-03-04\n"
        "---\n"
        "# A *tram*\n"
        "\n"
        "To [the sea](http://x), `now`;\n"
        "and back.\n"
        "\n- one\n"
        "- two\n"
        "\n"
        "> said **Kit**\n"
    )
    (one,) = read("markdown", write(tmp_path / "a.md", source)).documents
    assert one.text == "A tram\n\nTo the sea, now;\nand back.\n\none\n\ntwo\n\nsaid Kit"
    assert (one.title, one.meta) == ("Trams", {"date": "2026-03-04"})


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Привет, это довольно длинный русский текст о трамваях и автобусах.", "cp1251"),
        ("Привет, это довольно длинный русский текст о трамваях и автобусах.", "koi8-r"),
        ("Ein schöner Tag für Straßenbahnen, sagte Frau Groß in Köln.", "cp1252"),
        ("A tram in UTF-16.", "utf-16"),
        ("L’été à l’école où elle naît près de là çà et là: la grève, dénoncée.", "cp1252"),
        ("The café’s owner said “no” – it wasn’t his; “we’re done”, he’d said.", "cp1252"),
        (
            "Vláda chce zvýšit daně, opozice to však odmítá; příliš mnoho lidí už platit nemůže.",
            "cp1250",
        ),
    ],
)
def test_the_encoding_of_a_text_is_found_and_reported(
    content: str, encoding: str, tmp_path: Path
) -> None:
    found = read("text", write(tmp_path / "a.txt", content.encode(encoding)))
    assert found.documents[0].text == content
    assert encoding == "utf-16" or "not UTF-8; read as" in found.told


def test_the_command_line_takes_compressed_files_folders_and_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "p"]) == 0
    monkeypatch.chdir(tmp_path / "p")
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "t.csv.gz").write_bytes(gzip.compress(TABLE.encode()))
    write(folder / "a.txt", "A text.")
    write(folder / "b.jsonl", [{"text": "Of a line."}])
    (folder / "broken.csv.gz").write_bytes(b"\x1f\x8b\x08broken")
    write(folder / "table.xlsx", "PK")
    write(folder / ".hidden", "")
    (folder / ".git").mkdir()
    write(folder / ".git" / "description.txt", "Unnamed.")
    write(folder / "._a.txt", "\x00")
    (folder / "lost.txt").symlink_to("nowhere")
    (folder / "again").symlink_to(folder)
    assert run(["import", str(folder)]) == 3
    told = capsys.readouterr().err
    assert "broken.csv.gz: cannot be unpacked" in told
    over = ("._a.txt", ".git/description.txt", "again", "lost.txt", "table.xlsx")
    names = first_of([str(folder / name) for name in over])
    assert f"5 files passed over (of other kinds, hidden, or links): {names}\n" in told
    stdin = io.TextIOWrapper(io.BytesIO(b'{"text": "From the pipe.", "id": "pipe"}\n'))
    monkeypatch.setattr("sys.stdin", stdin)
    assert run(["import", "-"]) == 0
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"A plain text.")))
    assert run(["import", "-"]) == 0
    with Project.open(tmp_path / "p") as project:
        assert set(project.documents.ids()) == {"t1", "t2", "a", "b-1", "pipe", "stdin"}


def test_standard_input_is_read_once_and_may_be_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "."]) == 0
    assert run(["import", "-", "-"]) == 2
    assert "standard input can be read only once" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", None)
    assert run(["import", "-"]) == 3
    assert "standard input is closed" in capsys.readouterr().err


def test_a_path_that_cannot_be_looked_up_does_not_stop_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["init", "p"]) == 0
    (tmp_path / "round.txt").symlink_to("round.txt")
    paths = ["x" * 300, "round.txt", str(write(tmp_path / "a.txt", "A text."))]
    assert run(["--project", "p", "import", *paths]) == 3
    told = capsys.readouterr().err
    assert told.count("cannot be read: ") == 2 and "1 document imported" in told


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x1f\x8b\x08 and more", "is compressed"),
        (b"PK\x03\x04 and more", "is a zip archive"),
        (b"{\\rtf1 A text.}", r"is rich text \(RTF\)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is a document of an old office program"),
        (b"%PDF-1.7", "is a PDF"),
    ],
)
@pytest.mark.parametrize("name", ["text", "jsonl", "csv"])
def test_a_file_of_another_kind_is_named_as_what_it_is(
    name: str, content: bytes, why: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=why):
        read(name, write(tmp_path / "a.file", content))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_json_without_a_mark_says_by_its_zeros_how_it_is_encoded(
    encoding: str, tmp_path: Path
) -> None:
    lines = '{"text": "Hélène."}\n{"text": "René."}\n'.encode(encoding)
    found = read("jsonl", write(tmp_path / "a.jsonl", lines))
    assert [one.text for one in found.documents] == ["Hélène.", "René."] and not found.told


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ('{"text": "A tram."}\n{"text": "A bus."}\n', "JSON"),
        ('[{"text": "A tram."}]', "JSON"),
        ('<?xml version="1.0"?><a>A tram.</a>', "XML"),
        ("Ann\tB-actor\nHolt\tI-actor\nspoke\tO\n", "tokens with BIO labels"),
        ("# id = 1\nAnn NNP B-actor\nspoke VBD O\n\nThen RB O\n", "tokens with BIO labels"),
        ("The list\nGrade A\nGroup O\nEnd\n", ""),
        ("[Advertisement] A tram.", ""),
        ("{A tram.}", ""),
    ],
)
def test_a_plain_text_that_looks_like_data_is_told(content: str, what: str, tmp_path: Path) -> None:
    found = read("text", write(tmp_path / "a.txt", content))
    assert found.documents[0].text == content
    assert (f"looks like {what} and is read as plain text" in found.told) == bool(what)
    assert bool(found.told) == bool(what)


def test_annotations_beside_a_text_that_is_imported_alone_are_told(tmp_path: Path) -> None:
    text = write(tmp_path / "a.txt", "Iran said no.\n")
    assert not read("text", text).told
    write(tmp_path / "a.ann", "T1\tstate 0 4\tIran\n")
    assert "import a.ann to read its annotations" in read("text", text).told


@pytest.mark.parametrize("name", ["a.xlsx", "a.rtf", "a.png", "a.conll", "a.dna"])
def test_what_is_no_text_is_never_taken_for_one(name: str, tmp_path: Path) -> None:
    from annotator.workflows.exchange.importing import ingest

    with Project.create(tmp_path / "p") as project, pytest.raises(UsageError, match="is not text"):
        ingest(project, write(tmp_path / name, "words"))


def test_a_missing_extra_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "trafilatura", None)
    with pytest.raises(UsageError, match="extra “html”") as caught:
        read("html", write(tmp_path / "p.html", PAGE))
    assert "pip install 'annotator[html]'" in caught.value.hint
