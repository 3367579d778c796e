"""Writes REFI-QDA projects and codebooks (texts, selections, codes) in constant memory."""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from hashlib import sha1
from typing import IO, Any, Self
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape, quoteattr

from annotator import __version__
from annotator.formats._writing import (
    WriteOptions,
    annotator_name,
    count_lost,
    names_of_labels,
    value_texts,
)
from annotator.model.names import NameKind
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span, Value
from annotator.model.text import is_xml_legal, xml_legal

PROGRAM = "annotator "
"""How the origin of what this program writes begins, whatever the version."""

ORIGIN = f"{PROGRAM}{__version__}"
"""What a project or codebook says it comes from."""

GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""How a GUID is written, without braces."""

HEADER = '<?xml version="1.0" encoding="utf-8"?>\n'
_SPACE = uuid5(NAMESPACE_URL, "urn:QDA-XML:project:1.0").bytes
_SPECIAL = re.compile("[^ !#-%'-;=?-\ud7ff]").search
"""Finds what has to be escaped in an attribute, or may have to."""

_NOT_XML = "names, notes and metadata with characters that XML cannot hold, written as U+FFFD"

_QUOTE = 200
"""Characters of a quotation that the name of a selection has at most."""

_CHUNK = 1 << 20
_DATE = (1980, 1, 1, 0, 0, 0)
"""The date of every member: the same records give the same bytes."""


def guid_of(*parts: str) -> str:
    """The GUID of something, made from all names that lead to it, so it is always the same. It
    equals their `uuid5`, but is made without objects, because a project has very many."""
    hashed = sha1(_SPACE + "\x1f".join(parts).encode("utf-8")).hexdigest()
    variant = "89ab"[int(hashed[16], 16) & 3]
    return f"{hashed[:8]}-{hashed[8:12]}-5{hashed[13:16]}-{variant}{hashed[17:20]}-{hashed[20:32]}"


def element(tag: str, attributes: Mapping[str, str], *inner: str) -> str:
    """An element with its attributes and its content."""
    own = "".join([f" {key}={_quoted(value)}" for key, value in attributes.items()])
    held = "".join(inner)
    return f"<{tag}{own}>{held}</{tag}>\n" if held else f"<{tag}{own}/>\n"


def _quoted(value: str) -> str:
    return quoteattr(xml_legal(value)) if _SPECIAL(value) else f'"{value}"'


def words(tag: str, text: str) -> str:
    """An element that contains a text; nothing for an empty text."""
    # XML would read a carriage return that is not escaped as a line feed.
    kept = escape(xml_legal(text), {"\r": "&#13;"})
    return f"<{tag}>{kept}</{tag}>\n" if text else ""


class Codes:
    """The codes of a project as a tree: layer, label; and layer, attribute, value. If the external
    id of a name is a GUID, its code has it; otherwise it is in the code's description."""

    def __init__(self, how: WriteOptions) -> None:
        self._how, schema = how, how.schema
        self._ids_of = how.ids_of
        self._kinds: dict[tuple[str, ...], NameKind] = {
            (layer.name, attribute.name): "entity" if attribute.type == "entity" else "concept"
            for layer in schema.layers
            for attribute in layer.attributes
            if attribute.type in ("entity", "concept")
        }
        self._used: set[str] = set()
        self._below: dict[tuple[str, ...], dict[str, None]] = {}
        self._said: dict[tuple[str, ...], str] = {}
        self._guids: dict[tuple[str, ...], str] = {}
        for layer in schema.layers:
            if layer.kind != "span":
                continue
            for label in layer.labels:
                self.guid(layer.name, label.name)
                self._said[layer.name, label.name] = label.guideline.definition

    def guid(self, *path: str) -> str:
        """The GUID of a code. The code and all codes above it are added to the codebook."""
        if (known := self._guids.get(path)) is not None:
            return known
        self._how.lost[_NOT_XML] += not is_xml_legal(path[-1])
        for i in range(len(path)):
            self._below.setdefault(path[:i], {}).setdefault(path[i])
        return self._guids.setdefault(path, self._own(path) or guid_of("code", *path))

    def _own(self, path: tuple[str, ...]) -> str:
        """The GUID that the codebook gives a name; empty if it gives none."""
        kind = self._kinds.get(path[:2]) if len(path) > 2 else None
        id = self._ids_of(kind, [path[2]]) if kind is not None else ""
        if not id:
            return ""
        if GUID.fullmatch(id) and id not in self._used:
            self._used.add(id)
            return id
        self._said[path] = f"id: {id}"
        return ""

    def parts(self, above: tuple[str, ...] = ()) -> Iterator[str]:
        """The codes below one, in order; groups of codes cannot be given to a selection
        themselves."""
        for name in self._below.get(above, ()):
            path = (*above, name)
            codable = "false" if path in self._below else "true"
            guid = self._guids.get(path) or guid_of("code", *path)
            inner = [words("Description", self._said.get(path, "")), *self.parts(path)]
            yield element("Code", {"guid": guid, "name": name, "isCodable": codable}, *inner)


class ProjectWriter:
    """Writes a project: texts go into the archive as they come, and the rest waits on disk until
    all texts are there."""

    def __init__(self, how: WriteOptions) -> None:
        self._how, self._codes = how, Codes(how)
        self._side = names_of_labels(how.schema, "relation")
        self._users: dict[str, None] = {}
        self._variables: dict[tuple[str, str], None] = {}
        self._open = ExitStack()
        self._file, self._sources, self._notes, self._links = (self._held() for _ in range(4))
        self._archive = self._open.enter_context(zipfile.ZipFile(self._file, "w"))

    def _held(self) -> IO[bytes]:
        """A file that is deleted when the project is closed."""
        return self._open.enter_context(tempfile.TemporaryFile())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, works: Sequence[Record]) -> None:
        """Add a document with everybody's work on it."""
        document = works[0].document
        guid = guid_of("source", document.id)
        with self._archive.open(_member(f"sources/{guid}.txt"), "w") as member:
            member.write(document.text.encode("utf-8"))
        notes: list[str] = []
        attributes = {"guid": guid, "name": document.id, "plainTextPath": f"internal://{guid}.txt"}
        self._sources.write(
            element("TextSource", attributes, "\n").removesuffix("</TextSource>\n").encode()
        )
        for record in works:
            self._work(record, notes)
        for note in notes:
            self._sources.write(element("NoteRef", {"targetGUID": note}).encode())
        self._how.lost[_NOT_XML] += not is_xml_legal(document.id)
        self._how.lost["metadata named title"] += "title" in document.meta
        titled = {"title": document.title}
        for name, value in (titled | dict(document.meta) | titled).items():
            self._sources.write(self._variable(name, value).encode())
        self._sources.write(b"</TextSource>\n")

    def _work(self, record: Record, notes: list[str]) -> None:
        lost, user = self._how.lost, guid_of("user", annotator_name(record))
        self._users.setdefault(annotator_name(record))
        count_lost(
            record,
            lost,
            "flags",
            "excluded paragraphs",
            "relations of the author",
            "statuses other than done",
        )
        if not record.spans:
            lost["works without any item"] += 1
        for span in record.spans:
            self._sources.write(self._selection(record, span, user).encode("utf-8"))
        for relation in record.relations:
            self._link(record, relation, user)
        written = {span.id for span in record.spans}
        written |= {one.id for one in record.relations if one.source != AUTHOR}
        for item, note in sorted(record.notes.items()):
            if item == "@document":
                notes.append(self._note(record, item, note, user))
            elif item not in written:
                lost["notes on paragraphs and on relations of the author"] += 1

    def _selection(self, record: Record, span: Span, user: str) -> str:
        document = record.document
        quote = document.quote(span.start, span.end)
        codes: list[tuple[str, ...]] = [(span.layer, span.label)]
        layer = self._how.schema.layer(span.layer)
        entity = layer.attribute_of_type("entity") if layer is not None else None
        held: dict[str, Value] = dict(span.attributes)
        if span.entity is not None and entity is not None:
            held[entity.name] = span.entity
        for name, value in sorted(held.items()):
            if name in self._how.schema.places[span.layer]:
                self._how.lost["attributes that are places"] += 1
                continue
            codes += [(span.layer, name, one) for one in value_texts(value)]
        own = _item(record, span.id)
        inner = [
            f'<Coding guid="{guid_of("coding", own, *path)}" creatingUser="{user}">'
            f'<CodeRef targetGUID="{self._codes.guid(*path)}"/>\n</Coding>\n'
            for path in codes
        ]
        if (note := record.notes.get(span.id)) is not None:
            inner.append(
                element("NoteRef", {"targetGUID": self._note(record, span.id, note, user)})
            )
        place = {
            "startPosition": str(span.start),
            "endPosition": str(span.end),
            "creatingUser": user,
        }
        name = quote if len(quote) <= _QUOTE else f"{quote[: _QUOTE - 1]}…"
        return element("PlainTextSelection", {"guid": own, "name": name, **place}, *inner)

    def _note(self, record: Record, item: str, note: str, user: str, *, name: str = "") -> str:
        """Add a note, which has a `name` if it is the value of an attribute, and return its
        GUID."""
        of = (name, note) if name else ()
        guid = guid_of("note", record.document.id, annotator_name(record), item, *of)
        self._how.lost[_NOT_XML] += not is_xml_legal(note)
        attributes = {"guid": guid, "name": name or note[:40], "creatingUser": user}
        self._notes.write(
            element("Note", attributes, words("PlainTextContent", note)).encode("utf-8")
        )
        return guid

    def _link(self, record: Record, relation: Relation, user: str) -> None:
        """Add a relation. A link has no codes, so its attributes are notes with their names."""
        if relation.source == AUTHOR:
            return
        places = self._how.schema.places[relation.layer]
        notes = [
            self._note(record, relation.id, one, user, name=name)
            for name, value in sorted(relation.attributes.items())
            for one in value_texts(value, place=name in places)
        ]
        if (note := record.notes.get(relation.id)) is not None:
            notes.append(self._note(record, relation.id, note, user))
        ends = {
            "originGUID": _item(record, relation.source),
            "targetGUID": _item(record, relation.target),
        }
        attributes = {
            "guid": _item(record, relation.id),
            "name": self._side(relation),
            "direction": "OneWay",
        }
        refs = [element("NoteRef", {"targetGUID": guid}) for guid in notes]
        self._links.write(element("Link", attributes | ends, *refs).encode("utf-8"))

    def _variable(self, name: str, value: Any) -> str:
        kind, text = _typed(value)
        if not isinstance(value, str | int | bool):
            self._how.lost["metadata in lists and objects, written as JSON"] += 1
        self._variables.setdefault((name, kind))
        ref = element("VariableRef", {"targetGUID": guid_of("variable", name, kind)})
        self._how.lost[_NOT_XML] += not (is_xml_legal(name) and is_xml_legal(text))
        held = words(f"{kind}Value", text) or element(f"{kind}Value", {})
        return element("VariableValue", {}, ref, held)

    # --- the whole

    def parts(self) -> Iterator[bytes]:
        """The bytes of the archive."""
        with self._archive.open(_member("project.qde"), "w", force_zip64=True) as member:
            member.writelines(self._project())
        self._archive.close()
        yield from _chunks(self._file)

    def _project(self) -> Iterator[bytes]:
        attributes = {
            "name": self._how.schema.name,
            "origin": ORIGIN,
            "xmlns": "urn:QDA-XML:project:1.0",
        }
        yield (HEADER + element("Project", attributes, "\n").removesuffix("</Project>\n")).encode(
            "utf-8"
        )
        users = [
            element("User", {"guid": guid_of("user", name), "name": name}) for name in self._users
        ]
        yield from _group("Users", users)
        yield b"<CodeBook>\n"
        yield from _group("Codes", self._codes.parts())
        yield b"</CodeBook>\n"
        yield from _group("Variables", (_variable(name, kind) for name, kind in self._variables))
        for tag, held in (
            ("Sources", self._sources),
            ("Notes", self._notes),
            ("Links", self._links),
        ):
            if held.tell():
                yield f"<{tag}>\n".encode()
                yield from _chunks(held)
                yield f"</{tag}>\n".encode()
        yield b"</Project>\n"


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    # With the usual level, compressing alone would take twice as long as everything else. From
    # Python 3.13 on, the name is `compress_level`.
    info._compresslevel = 1  # type: ignore[attr-defined]
    return info


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while some := file.read(_CHUNK):
        yield some


def _group(tag: str, elements: Iterable[str]) -> Iterator[bytes]:
    """Elements inside a parent element; nothing if there are none."""
    opened = False
    for one in elements:
        if not opened:
            yield f"<{tag}>\n".encode()
            opened = True
        yield one.encode("utf-8")
    if opened:
        yield f"</{tag}>\n".encode()


def _item(record: Record, id: str) -> str:
    return guid_of("item", record.document.id, annotator_name(record), id)


def _typed(value: Any) -> tuple[str, str]:
    """The type of a variable with this value, and how the value is written."""
    if isinstance(value, bool):
        return "Boolean", "true" if value else "false"
    if isinstance(value, int):
        return "Integer", str(value)
    return "Text", value if isinstance(value, str) else json.dumps(
        value, ensure_ascii=False, sort_keys=True
    )


def _variable(name: str, kind: str) -> str:
    return element(
        "Variable", {"guid": guid_of("variable", name, kind), "name": name, "typeOfVariable": kind}
    )


__all__ = [
    "GUID",
    "HEADER",
    "ORIGIN",
    "PROGRAM",
    "Codes",
    "ProjectWriter",
    "element",
    "guid_of",
    "words",
]
