"""Matches imported texts with the documents of the project. Two documents are the same if they
have the same id. Equal texts with different ids stay two documents and are reported, unless
the user wants them to be one. Texts that differ only in line ends, byte order mark or normal
form count as equal; their offsets are converted.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from annotator.errors import InputError
from annotator.formats.api import Entry, Identity, ReadReport, data_of, problems, same_places
from annotator.model.provenance import Shown
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.span import Relation, Span
from annotator.model.text import Document, Paragraph, folded_sha256
from annotator.project import Project

_TEXTS = 4096
"""The number of texts of one import kept in memory."""


class Matcher:
    """Finds the documents of one import, in the project and among those
    that the import has brought so far."""

    def __init__(self, project: Project, report: ReadReport, *, same_text: bool) -> None:
        self._project, self._report, self._same_text = project, report, same_text
        self._held: dict[str, tuple[str, str]] = {}
        self._texts: OrderedDict[str, Document] = OrderedDict()
        self._folded: dict[str, list[str]] = {}
        self._asked: tuple[str, tuple[str, str] | None] = ("", None)
        """The id that the project was asked for last, and its hashes there. Nobody else adds
        documents while an import runs."""

    def hold(self, document: Document) -> None:
        """Remember a document that will be added to the project: its hashes and, for the latest
        ones, the text."""
        if document.id not in self._held:
            folded = folded_sha256(document.text)
            self._held[document.id] = (document.sha256, folded)
            self._folded.setdefault(folded, []).append(document.id)
            self._texts[document.id] = document
            if len(self._texts) > _TEXTS:
                self._texts.popitem(last=False)

    def is_known(self, id: str) -> bool:
        """Whether the project or this import has a document with that id."""
        return self._hashes(id) is not None

    def place(self, document: Document, entry: Entry) -> Document | None:
        """The document with that id or text, as the project has or will have it. None, with a
        report, if the id belongs to another text."""
        sha, folded, line = document.sha256, folded_sha256(document.text), entry.line
        there = self._hashes(document.id)
        if there is not None and there[1] == folded:
            return self._known(document.id, document, there[0] == sha, line)
        if there is not None and entry.identity is Identity.ID:
            message = (
                f"the id “{document.id}” already belongs to another text; give this one another id"
            )
            self._report.left_out("documents whose id is taken", message, line=line, key="id")
            return None
        equal = self._equal(folded)
        chosen = self._chosen(equal, entry)
        if chosen is not None:
            if entry.identity is not Identity.TEXT:
                message = f"has the same text as “{chosen}”, and is imported as the same document"
                self._report.note("texts that exist under another id", message, line=line)
            own = self._hashes(chosen)
            return self._known(chosen, document, own is not None and own[0] == sha, line)
        if there is not None:
            free = self._free(document.id)
            message = (
                f"“{document.id}” is already another text here; this one is now called “{free}”"
            )
            self._report.note("documents with another id", message, line=line)
            document = replace(document, id=free)
        if equal:
            message = (
                f"“{document.id}” has the same text as “{equal[0]}”; they are two documents. "
                "--same-text makes them one"
            )
            self._report.note("texts equal to others under another id", message, line=line)
        return document

    def _chosen(self, equal: list[str], entry: Entry) -> str | None:
        """Which of the documents with an equal text an entry belongs to."""
        if not equal:
            return None
        if self._same_text or entry.identity is Identity.TEXT:
            return equal[0]
        if entry.identity is Identity.NUMBER:
            return next(
                (id for id in equal if id == entry.own or id.endswith(f"-{entry.own}")), None
            )
        return None

    def _hashes(self, id: str) -> tuple[str, str] | None:
        held = self._held.get(id)
        if held is None and self._asked[0] != id:
            self._asked = id, self._project.documents.hashes(id)
        return held or self._asked[1]

    def _equal(self, folded: str) -> list[str]:
        here = self._project.documents.ids_by_folded(folded)
        return [*here, *(id for id in self._folded.get(folded, ()) if id not in here)]

    def _known(self, id: str, document: Document, same: bool, line: int) -> Document | None:
        """The document with that id; if its text is no longer in memory but is the `same`, the one
        given."""
        if id not in self._held:
            return self._project.documents.load(id)
        if id in self._texts or same:
            return self._texts.get(id) or replace(document, id=id)
        message = (
            f"“{id}” comes much earlier in this file with other line ends; import this one "
            "separately, after it"
        )
        self._report.left_out("texts too different from the stored version", message, line=line)
        return None

    def _free(self, id: str) -> str:
        number = 2
        while self.is_known(f"{id}-{number}"):
            number += 1
        return f"{id}-{number}"


def moved(
    record: Record, stored: Document, schema: LabelSchema, report: ReadReport, line: int
) -> Record:
    """The record on the stored document: offsets are converted if the texts differ, and
    paragraphs are those of the stored text. What does not fit there is reported."""
    theirs = record.document
    places: Mapping[int, int] | None = None
    if theirs.text != stored.text:
        places = same_places(theirs.text, stored.text)
        message = (
            f"the text differs from that of “{stored.id}” in line ends, byte order mark or "
            "normal form only; it is the same document, and offsets are moved"
        )
        report.changed("texts that differ in line ends or normal form", message, line=line)
        record = _at(record, places, schema, report, line)
    if places is not None or _bounds(theirs) != _bounds(stored):
        record = _on_paragraphs(record, theirs, stored, places, report, line)
    if places is not None:
        for key, message in problems(data_of(record), schema):
            raise InputError(
                f"cannot be moved to the stored text: {message}", line=line or None, key=key
            )
    same = (
        {p.index: p for p in record.document.paragraphs}
        if record.document.text == stored.text
        else {}
    )
    own = tuple(
        replace(p, excluded=same[p.index].excluded) if p.index in same else p
        for p in stored.paragraphs
    )
    return replace(record, document=replace(stored, paragraphs=own))


def _bounds(document: Document) -> list[tuple[int, int]]:
    return [(p.start, p.end) for p in document.paragraphs]


def _at(
    record: Record,
    places: Mapping[int, int],
    schema: LabelSchema,
    report: ReadReport,
    line: int,
) -> Record:
    spans: list[Span] = []
    for span in record.spans:
        start, end = places.get(span.start), places.get(span.end)
        if start is None or end is None or start >= end:
            message = f"[{span.start}, {span.end}) divides a character of the stored text"
            report.left_out("spans that divide a character", message, line=line, key=span.id)
            continue
        held = _attributes(span, places, schema)
        spans.append(replace(span, start=start, end=end, attributes=held))
    ids = {span.id for span in spans}
    relations: list[Relation] = []
    for one in record.relations:
        if one.target not in ids or (one.source not in ids and not one.source.startswith("@")):
            report.left_out(
                "relations with missing spans",
                "its span was left out",
                line=line,
                key=one.id,
            )
            continue
        relations.append(replace(one, attributes=_attributes(one, places, schema)))
    shown = tuple(one for one in (_shown_at(one, places) for one in record.shown) if one)
    return replace(record, spans=tuple(spans), relations=tuple(relations), shown=shown)


def _shown_at(one: Shown, places: Mapping[int, int]) -> Shown | None:
    """What was shown, on the stored text; None if its bounds divide a character there."""
    if one.start is None or one.end is None:
        return one
    start, end = places.get(one.start), places.get(one.end)
    if start is None or end is None or start >= end:
        return None
    return replace(one, start=start, end=end)


def _attributes(
    item: Span | Relation, places: Mapping[int, int], schema: LabelSchema
) -> dict[str, Any]:
    """The attributes of an item, with those moved that are places in the text."""
    moving = schema.places[item.layer]
    return {
        name: [places.get(at, at) for at in map(int, value)]
        if name in moving and isinstance(value, list)
        else value
        for name, value in item.attributes.items()
    }


def _on_paragraphs(
    record: Record,
    theirs: Document,
    stored: Document,
    places: Mapping[int, int] | None,
    report: ReadReport,
    line: int,
) -> Record:
    """The record on the stored paragraphs: data about a paragraph belong to the one with the same
    bounds."""
    same = _same_paragraphs(theirs, stored, places)
    if len(same) < len(theirs.paragraphs) or len(same) < len(stored.paragraphs):
        message = (
            f"“{stored.id}” has other paragraphs in the project; these stay, and data about "
            "others are dropped"
        )
        report.changed("records with other paragraphs", message, line=line, key="paragraphs")
    items = _items_there(record, same)
    return replace(
        record,
        document=replace(stored, paragraphs=_excluded_alike(theirs, stored, same)),
        done=tuple(sorted(same[i] for i in record.done if i in same)),
        shown=tuple(
            replace(one, paragraph=same[one.paragraph])
            for one in record.shown
            if one.paragraph in same
        ),
        opened={same[i]: blind for i, blind in record.opened.items() if i in same},
        notes={items[item]: note for item, note in record.notes.items() if item in items},
        flags=tuple(sorted(items[item] for item in record.flags if item in items)),
    )


def _same_paragraphs(
    theirs: Document, stored: Document, places: Mapping[int, int] | None
) -> dict[int, int]:
    """The stored paragraph with the same bounds as each of theirs, by index, where there is one."""

    def at(offset: int) -> int:
        return offset if places is None else places.get(offset, -1)

    index = {(p.start, p.end): p.index for p in stored.paragraphs}
    there = ((p.index, index.get((at(p.start), at(p.end)))) for p in theirs.paragraphs)
    return {own: stored for own, stored in there if stored is not None}


def _excluded_alike(
    theirs: Document, stored: Document, same: Mapping[int, int]
) -> tuple[Paragraph, ...]:
    """The stored paragraphs, excluded where theirs are."""
    excluded = {same[p.index]: p.excluded for p in theirs.paragraphs if p.index in same}
    return tuple(replace(p, excluded=excluded.get(p.index, p.excluded)) for p in stored.paragraphs)


def _items_there(record: Record, same: Mapping[int, int]) -> dict[str, str]:
    """The items of the stored document that notes and flags can be about: a dict from each item of
    the record to its id there."""
    items = {"@document": "@document"}
    items |= {span.id: span.id for span in record.spans}
    items |= {relation.id: relation.id for relation in record.relations}
    return items | {f"@p{own}": f"@p{stored}" for own, stored in same.items()}


__all__ = ["Matcher", "moved"]
