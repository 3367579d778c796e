"""Reads REFI-QDA projects: codes, users, texts and the selections in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from annotator.errors import InputError
from annotator.formats._archive import Archive, opened
from annotator.formats._door import number
from annotator.formats._foreign import ForeignFile
from annotator.formats._offsets import without_spaces
from annotator.formats._qda_codes import Code, CodeTree, attribute_of, guid_in
from annotator.formats._qda_writing import PROGRAM
from annotator.formats._reading import Entry, Identity, ReadOptions, decode
from annotator.formats._report import shown
from annotator.formats._work import WHOLE, ForeignWork
from annotator.formats._xml import text_of, tree

_OTHER = {
    "PictureSource": "pictures",
    "AudioSource": "recordings",
    "VideoSource": "films",
    "PDFSource": "PDF files",
}
_BESIDE = {"Cases": "Case", "Sets": "Set", "Graphs": "Graph"}
_ENDING = re.compile(r"\.(?:txt|docx?|rtf|odt|pdf|md|html?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class QdaNote:
    """What a note says, who wrote it if that is known, and what it is called."""

    text: str
    user: str | None
    name: str = ""


class ProjectReader:
    """Reads one project."""

    def __init__(self, path: Path, options: ReadOptions) -> None:
        self._path, self._options, self._report = path, options, options.report
        self._foreign = ForeignFile("qdpx", path, options, identity=Identity.NAME)
        self._users: dict[str, str] = {}
        self._codes = CodeTree(())
        self._notes: dict[str, QdaNote] = {}
        self._ours = False
        """Whether this program wrote the project, so that every blank in it is meant."""
        self._noted: set[str] = set()
        """GUIDs of the notes that have found their place."""
        self._attributes = {
            one.name for layer in options.schema.relation_layers for one in layer.attributes
        }
        """The names of the notes that may be values of a relation."""
        self._spans: dict[str, list[ForeignWork]] = {}
        """GUID of a selection -> the works that have it, one of each user."""

    def entries(self) -> Iterator[Entry]:
        """Texts and works. Raises InputError for a file that is not a project, or too large."""
        with opened(self._path, self._options.max_bytes, "a REFI-QDA project") as archive:
            self._project(archive)
        yield from self._foreign.entries()

    def _project(self, archive: Archive) -> None:
        root = self._root(archive)
        self._ours = root.get("origin", "").startswith(PROGRAM)
        self._users = {guid_in(one, "guid"): _user(one) for one in root.iterfind("Users/User")}
        self._codes = CodeTree(root.iterfind("CodeBook/Codes/Code"))
        for guid, code in self._codes.twice:
            message = f"the code {shown(code.name)} has the GUID of another one, which counts"
            self._report.left_out("codes with the GUID of another", message, key=guid)
        for note in root.iterfind("Notes/Note"):
            self._notes[guid_in(note, "guid")] = self._note(note, archive)
        variables = {
            guid_in(v, "guid"): v.get("name", "") for v in root.iterfind("Variables/Variable")
        }
        for source in root.iterfind("Sources/*"):
            self._source(source, archive, variables)
        for link in root.iterfind("Links/Link"):
            self._link(link)
        for group, kind in _BESIDE.items():
            self._count(root.findall(f"{group}/{kind}"), group.lower())
        lost = [n for n in root.iterfind("Notes/Note") if guid_in(n, "guid") not in self._noted]
        self._count(lost, "notes on other things than texts and selections")

    def _root(self, archive: Archive) -> Element:
        """The root of the project in the archive."""
        inner = [name for name in archive.names if name.lower().endswith(".qde")]
        hint = "Export the project as REFI-QDA (.qdpx) again"
        if len(inner) != 1:
            found = "no project.qde" if not inner else f"{len(inner)} projects"
            raise InputError(f"holds {found}", file=self._path, hint=hint)
        try:
            root = tree(archive.read(inner[0]))
        except ValueError as error:
            raise InputError(
                f"{inner[0]} cannot be read: {error}", file=self._path, hint=hint
            ) from error
        if root.tag != "Project":
            hint = "A codebook (.qdc) is imported by `annotator codebook import`"
            raise InputError(
                f"{inner[0]} is a {root.tag} and not a Project", file=self._path, hint=hint
            )
        return root

    def _note(self, note: Element, archive: Archive) -> QdaNote:
        """A note: its text, or else its description or its name."""
        text, name = self._content(note, archive, "notes") or "", note.get("name", "")
        text = text if self._ours else text.strip()
        text = text or text_of(note.find("Description")) or name
        return QdaNote(text, self._users.get(guid_in(note, "creatingUser")), name)

    # --- texts

    def _source(self, source: Element, archive: Archive, variables: Mapping[str, str]) -> None:
        """A text, or the plain text of a PDF file, with what is selected in it."""
        line, name = _line(source), source.get("name", "")
        plain = name if self._ours else _ENDING.sub("", name.strip()).strip(" @")
        self._report.here = line
        body = source.find("Representation") if source.tag == "PDFSource" else source
        if body is None or source.tag not in ("TextSource", "PDFSource"):
            what = _OTHER.get(source.tag, "sources of another kind")
            self._report.left_out(what, f"“{name}” has no plain text", line=line, key=source.tag)
            return
        self._count(source.findall("PDFSelection"), "areas of PDF pages")
        self._count(source.findall("Coding"), "codes of whole texts")
        text = self._content(body, archive, "texts")
        if text is None:
            self._count(
                body.findall("PlainTextSelection"), "selections of texts that are not there"
            )
            return
        meta, title = self._variables(source, variables)
        own = guid_in(source, "guid")
        works: dict[str | None, ForeignWork] = {}

        def work_of(user: str | None) -> ForeignWork:
            if user not in works:
                works[user] = self._foreign.work(
                    text, own, line, annotator=user, meta=dict(meta), title=title
                )
                works[user].id = plain or own
            return works[user]

        bare_text = without_spaces(text)
        for selection in body.iterfind("PlainTextSelection"):
            self._selection(selection, bare_text, work_of)
        notes = self._notes_on(source)
        if not works:
            work_of(None).status = None
            works[None].meta |= {"notes": "; ".join(note.text for note in notes)} if notes else {}
            return
        for note in notes:
            work = works.get(note.user) or next(iter(works.values()))
            self._foreign.more(work, WHOLE, "", note.text, line=line)

    def _content(self, element: Element, archive: Archive, what: str) -> str | None:
        """The plain text of a source or note. If the archive has none, the result is None and the
        report says so."""
        inner = element.find("PlainTextContent")
        held = (inner.text or "") if inner is not None else ""
        if held.strip() or (held and self._ours):
            return held
        line, place = _line(element), element.get("plainTextPath", "")
        scheme, _, name = place.partition("://")
        if not place:
            message = f"“{element.get('name', '')}” has no plain text"
        elif scheme != "internal" and "://" in place:
            message = f"its text is a file elsewhere ({place}), and not in the archive"
        else:
            name = (name or place).rpartition("/")[2].casefold()
            found = [
                one
                for one in archive.names
                # Some programs for Windows write the names of members with backslashes.
                if (member := one.casefold().replace("\\", "/")).startswith("sources/")
                and member.rpartition("/")[2] == name
            ]
            if found:
                return self._decoded(archive.read(found[0]), what, line)
            message = f"its text “{place}” is not in the archive"
        self._report.left_out(f"missing {what}", message, line=line, key="plainTextPath")
        return None

    def _decoded(self, data: bytes, what: str, line: int) -> str | None:
        try:
            text = decode(
                data, path=self._path, encoding=self._options.encoding, report=self._report
            )
        except InputError as error:
            self._report.left_out(f"invalid {what}", error.message, line=line, key="plainTextPath")
            return None
        # The byte order mark is not part of the text, but programs may count it.
        return f"\ufeff{text}" if data.startswith(b"\xef\xbb\xbf") else text

    def _variables(
        self, source: Element, names: Mapping[str, str]
    ) -> tuple[dict[str, Any], str | None]:
        """The metadata that the variables of a text give, and its title if a variable has that
        name."""
        meta: dict[str, Any] = {}
        for value in source.iterfind("VariableValue"):
            ref = value.find("VariableRef")
            name = names.get(guid_in(ref, "targetGUID"), "") if ref is not None else ""
            held = next((one for one in value if one.tag.endswith("Value")), None)
            if not name or held is None:
                message = "a value without a variable"
                self._report.left_out("values without a variable", message, line=_line(value))
                continue
            meta[name] = _value(held, exact=self._ours)
        title = meta.pop("title", None)
        return meta, title if isinstance(title, str) and title else None

    # --- what is selected

    def _selection(
        self, selection: Element, text: str, work_of: Callable[[str | None], ForeignWork]
    ) -> None:
        """Add a selection as an item of everybody who coded it; `text` has no white space."""
        line, guid = _line(selection), guid_in(selection, "guid")
        self._report.here = line
        by_user: dict[str | None, list[Code]] = {}
        for coding in selection.iterfind("Coding"):
            ref = coding.find("CodeRef")
            code = self._codes.find(guid_in(ref, "targetGUID")) if ref is not None else None
            user = self._users.get(
                guid_in(coding, "creatingUser") or guid_in(selection, "creatingUser")
            )
            if code is None:
                message = "the code of a selection is not in the codebook"
                self._report.left_out("missing codes", message, line=_line(coding), key=guid)
                continue
            by_user.setdefault(user, []).append(code)
        notes = "; ".join(note.text for note in self._notes_on(selection))
        if not by_user:
            message = f"a selection without a code{f', which says {shown(notes)}' if notes else ''}"
            self._report.left_out("selections without a code", message, line=line, key=guid)
        for user, codes in by_user.items():
            work = work_of(user)
            if self._item(work, selection, text, codes):
                self._spans.setdefault(guid, []).append(work)
            if notes:
                self._foreign.more(work, guid, "", notes, line=line)

    def _item(self, work: ForeignWork, selection: Element, text: str, codes: list[Code]) -> bool:
        """Add the item or items that the codes of a selection make."""
        guid, line = guid_in(selection, "guid"), _line(selection)
        schema = self._foreign.schema
        labels: list[str] = []
        properties: list[tuple[str, str]] = []
        for code in codes:
            attribute = attribute_of(code, schema)
            if attribute is not None:
                properties.append((attribute, code.name))
                continue
            label, rest = self._codes.label_of(code, self._foreign.labels, schema)
            labels.append(label)
            if rest is not None:
                properties.append(rest)
        start, end = selection.get("startPosition"), selection.get("endPosition")
        quote = _quoted(selection.get("name", ""), text, start, end)
        if not labels:
            message = "its codes are attributes, and none is a label"
            self._foreign.left_out(work, "selections without a label", message, guid, line)
            return False
        every = list(dict.fromkeys(labels))
        self._foreign.span(
            work, guid, every, start, end, key=f"selection {guid}", line=line, quote=quote
        )
        for name, value in properties:
            self._foreign.more(work, guid, name, value, line=line)
        return True

    def _notes_on(self, element: Element) -> list[QdaNote]:
        """The description and the notes of an element."""
        description = text_of(element.find("Description"))
        found = (
            [QdaNote(description, self._users.get(guid_in(element, "creatingUser")))]
            if description
            else []
        )
        for ref in element.iterfind("NoteRef"):
            guid = guid_in(ref, "targetGUID")
            if (note := self._notes.get(guid)) is not None and note.text:
                self._noted.add(guid)
                found.append(note)
        return found

    def _link(self, link: Element) -> None:
        """A relation between two selections; or between a selection and a note about it, which is
        how NVivo annotates."""
        line, label = _line(link), link.get("name", "").strip()
        source, target = guid_in(link, "originGUID"), guid_in(link, "targetGUID")
        for guid, item in ((source, target), (target, source)):
            if (note := self._notes.get(guid)) is not None and item in self._spans:
                self._noted.add(guid)
                for work in self._spans[item]:
                    self._foreign.more(work, item, "", note.text, line=line)
                return
        there = self._spans.get(target, ())
        both = [
            work for work in self._spans.get(source, ()) if any(work is other for other in there)
        ]
        if not both:
            message = f"the link {shown(label)} is not between two selections of one user"
            self._report.left_out("links between other things", message, line=line, key="Link")
        ends = [(source, target)]
        if link.get("direction") == "Bidirectional":
            ends.append((target, source))
            message = "a link in both directions becomes two relations"
            self._report.note("links in both directions", message, line=line)
        name, notes = guid_in(link, "guid") or f"link in line {line}", self._notes_on(link)
        for work in both:
            for a, b in ends:
                key = f"link {label}"
                self._foreign.relation(work, label, a, b, key=key, line=line, name=name)
            for note in notes:
                called = note.name if note.name in self._attributes else ""
                self._foreign.more(work, name, called, note.text, line=line)

    def _count(self, elements: list[Element], what: str) -> None:
        if elements:
            message = f"{what} are not read"
            self._report.left_out(what, message, line=_line(elements[0]), count=len(elements))


def _line(element: Element) -> int:
    return int(element.get("@line", "0"))


def _user(element: Element) -> str:
    return (
        element.get("name") or element.get("id") or f"user-{guid_in(element, 'guid')[:8]}"
    ).strip()


def _value(element: Element, *, exact: bool) -> Any:
    """The value of a variable, with the white space around it if it is `exact`. Decimal numbers and
    dates stay as they are written."""
    if exact and element.tag == "TextValue":
        return "".join(element.itertext())
    text = text_of(element)
    if element.tag == "BooleanValue" and text in ("true", "false", "1", "0"):
        return text in ("true", "1")
    if element.tag == "IntegerValue" and re.fullmatch(r"[+-]?\d{1,18}", text):
        return int(text)
    return text


def _quoted(name: str, text: str, start: str | None, end: str | None) -> str | None:
    """The name of a selection; empty if it only repeats the selected words, as in some programs.
    `text` has no white space."""
    a, b = number(start), number(end)
    if (
        not name.strip()
        or a is None
        or b is None
        or abs(len(name) - (b - a)) > max(3, (b - a) // 10)
    ):
        return None
    return name if without_spaces(name) in text else None


__all__ = ["ProjectReader"]
