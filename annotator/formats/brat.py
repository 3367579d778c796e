"""brat's standoff: `NAME.ann` beside `NAME.txt`. Text-bound annotations become spans, binary
relations become relations (Arg1 is the source, Arg2 the target), and normalizations become
entities. Attributes become attributes if the schema has them, or else notes, like annotators'
notes. Events and equivalences are not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from annotator.errors import InputError
from annotator.formats._foreign import ForeignFile, ForeignWork
from annotator.formats._reading import (
    Entry,
    Identity,
    ReadOptions,
    decode,
    document_id,
    marked,
    read_bytes,
)
from annotator.formats._writing import (
    FileNames,
    WriteOptions,
    annotator_name,
    count_lost,
    names_of_labels,
    value_texts,
)
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.span import Attributes, Relation, Span

summary = "brat's standoff, .ann beside .txt (in and out)"
extensions = (".ann",)
named_by_annotator = True
may_be_empty = True
work_in_folders = True

_BOUND = re.compile(r"(\S+) (-?[\d.]+ -?[\d.]+(?:;-?[\d.]+ -?[\d.]+)*)")
_BINARY = re.compile(r"(\S+)\s+\S+?:(\S+)\s+\S+?:(\S+)\s*")
_VALUE = re.compile(r"([^\W\d][\w-]*): (\S.*)")
_LOST = (
    "flags",
    "excluded paragraphs",
    "relations of the author",
    "metadata",
    "titles",
    "statuses other than done",
)
_NAMED = "entity:"
"""The database of names that have no id in another one, as they are written here."""

_ORDER = "TREAMN#*"
"""The order in which lines can be understood: what a line refers to comes before it."""


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The text and its annotations; if the .ann file is empty, a text that nobody has worked on."""
    path = path.with_suffix(".ann")
    source = path.with_suffix(".txt")
    if not path.is_file():
        raise InputError(
            "there is no such file", file=path, hint=f"brat keeps it beside {source.name}"
        )
    if not source.is_file():
        raise InputError(
            "there is no text of that name", file=source, hint=f"brat keeps it beside {path.name}"
        )
    raw = read_bytes(source, options.max_bytes)
    text = decode(raw, path=source, encoding=options.encoding, report=options.report)
    if not text.strip() or "\0" in text:
        raise InputError("holds no text", file=source, hint="There is nothing to annotate in it")
    foreign = ForeignFile("brat", path, options, identity=Identity.NAME)
    work = foreign.work(text, document_id(source), 0, status=None)
    work.bom = work.bom or marked(source) is not None
    given = read_bytes(path, options.max_bytes) if path.stat().st_size else b""
    content = (
        decode(given, path=path, encoding=options.encoding, report=options.report) if given else ""
    )
    end = "\n" if "\n" in content else "\r"
    lines = [(n, line.rstrip("\r")) for n, line in enumerate(content.split(end), 1) if line.strip()]
    for number, line in sorted(lines, key=lambda entry: _ORDER.find(entry[1][0])):
        work.status, work.line, options.report.here = "done", number, number
        _line(foreign, work, line)
    work.line = 0
    yield from foreign.entries()


def _line(foreign: ForeignFile, work: ForeignWork, line: str) -> None:
    """One line of the .ann file."""
    name, _, rest = line.partition("\t")
    body, _, tail = rest.partition("\t")
    kind = name[:1]
    if kind == "T":
        _bound(foreign, work, name, body, tail)
    elif kind == "R":
        _read_relation(foreign, work, name, body)
    elif kind in "AM":
        _read_attribute(foreign, work, name, body)
    elif kind == "N":
        _normal(foreign, work, body, tail)
    elif kind == "#":
        _read_note(foreign, work, name, body, tail)
    elif kind == "E":
        foreign.left_out(work, "events", "events are not read", name)
    elif kind == "*":
        foreign.left_out(work, "equivalences", "equivalences are not read", name)
    else:
        message = f"“{name}” is not an annotation; lines begin with T, R, E, A, M, N, # or *"
        foreign.left_out(work, "lines that are not annotations", message)


def _bound(foreign: ForeignFile, work: ForeignWork, name: str, body: str, quote: str) -> None:
    key = f"text-bound {name}"
    found = _BOUND.fullmatch(body)
    if found is None:
        foreign.left_out(work, "incomplete lines", "must be TYPE START END and the text", key)
        return
    pieces = [piece.split() for piece in found[2].split(";")]
    start, end = pieces[0][0], pieces[-1][1]
    several = len(pieces) > 1
    foreign.span(work, name, found[1], start, end, key=key, quote=quote or None, in_pieces=several)
    if not several:
        return
    foreign.report.changed(
        "discontinuous spans",
        f"{name} is in {len(pieces)} pieces; taken from the first to the last",
        line=work.line,
        key=key,
    )


def _read_relation(foreign: ForeignFile, work: ForeignWork, name: str, body: str) -> None:
    key, found = f"relation {name}", _BINARY.fullmatch(body)
    if found is None:
        foreign.left_out(work, "incomplete lines", "must be TYPE Arg1:T1 Arg2:T2", key)
        return
    foreign.relation(work, found[1], found[2], found[3], key=key, name=name)


def _read_attribute(foreign: ForeignFile, work: ForeignWork, name: str, body: str) -> None:
    words = body.split()
    if len(words) < 2:
        message = "must be NAME T1, with a value or without"
        foreign.left_out(work, "incomplete lines", message, name)
        return
    foreign.more(work, words[1], words[0], " ".join(words[2:]) or "yes")


def _read_note(foreign: ForeignFile, work: ForeignWork, name: str, body: str, note: str) -> None:
    words = body.split()
    if len(words) < 2 or not note.strip():
        message = "must be AnnotatorNotes T1 and the note"
        foreign.left_out(work, "incomplete lines", message, name)
        return
    # An attribute that brat cannot hold is written as a note that begins with its name.
    named = _VALUE.fullmatch(note)
    foreign.more(work, words[1], *(named.groups() if named is not None else ("", note)))


def _normal(foreign: ForeignFile, work: ForeignWork, body: str, name: str) -> None:
    """Read `Reference T1 Wikipedia:534366` and the name: the entity, if the layer has entities."""
    words = body.split()
    if len(words) < 3:
        message = "must be Reference T1 DATABASE:ID and the name"
        foreign.left_out(work, "incomplete lines", message, "normalization")
        return
    ref = " ".join(words[2:])
    entities = {
        layer.name: entity.name
        for layer in foreign.schema.span_layers
        if (entity := layer.attribute_of_type("entity")) is not None
    }
    span = next((one for one in work.spans if one.name == words[1]), None)
    found = foreign.labels.find(span.labels[0], "span") if span is not None else None
    if found is not None and found[0] in entities and name:
        foreign.more(work, words[1], entities[found[0]], name)
        if not ref.startswith(_NAMED):
            foreign.more(work, words[1], words[0], ref)
    elif name:
        foreign.more(work, words[1], ref, name)
    else:
        foreign.more(work, words[1], words[0], ref)


def files(records: Iterable[Record], how: WriteOptions) -> Iterator[tuple[str, bytes]]:
    """A folder for each annotator, with .txt and .ann of each document, and the configuration that
    brat requires. Values with white space become notes. The format cannot hold the author's own
    stances.
    """
    people, names = FileNames(), FileNames()
    label, side = names_of_labels(how.schema, "span"), names_of_labels(how.schema, "relation")
    yield "annotation.conf", _configuration(how.schema)
    for record in records:
        count_lost(record, how.lost, *_LOST)
        place = f"{people.of(annotator_name(record))}/{names.of(record.document.id)}"
        yield f"{place}.txt", record.document.text.encode("utf-8")
        lines = _lines(record, how.schema, label, side)
        items = {s.id for s in record.spans}
        how.lost["notes"] += len(record.notes.keys() - items)
        how.lost["notes whose line ends and further blanks become one blank"] += sum(
            item in items and note != " ".join(note.split()) for item, note in record.notes.items()
        )
        yield f"{place}.ann", "\n".join([*lines, ""]).encode("utf-8")


def _configuration(schema: LabelSchema) -> bytes:
    spans = [_type(label.name) for layer in schema.span_layers for label in layer.labels]
    sides = [label.name for layer in schema.relation_layers for label in layer.labels]
    relations = [f"{_type(name)}\tArg1:<ENTITY>, Arg2:<ENTITY>" for name in sides]
    attributes = [
        f"{a.name}\tArg:<ENTITY>, Value:{'|'.join(map(_type, a.values))}"
        for layer in schema.span_layers
        for a in layer.attributes
        if a.type == "choice"
    ]
    parts = [
        ("entities", spans),
        ("relations", relations),
        ("events", []),
        ("attributes", attributes),
    ]
    return "".join(
        f"[{name}]\n" + "".join(f"{x}\n" for x in dict.fromkeys(xs)) for name, xs in parts
    ).encode("utf-8")


@lru_cache(maxsize=10_000)
def _type(name: str) -> str:
    """A label as a brat type, which must not contain white space."""
    return "_".join(name.split())


@lru_cache(maxsize=100_000)
def _attribute(key: str, value: str) -> str | None:
    """An attribute as a brat type; None if a value of it can only be a note."""
    return _type(key) if value and _type(value) == value else None


def _mark(
    name: str,
    attributes: Attributes,
    places: Container[str],
    values: list[str],
    notes: list[tuple[str, str]],
) -> None:
    """Add the attributes of an item to `values`, and those that brat cannot hold to `notes`. Those
    in `places` are places in the text."""
    for key in sorted(attributes):
        value = attributes[key]
        for one in (value,) if isinstance(value, str) else value_texts(value, place=key in places):
            if (kind := _attribute(key, one)) is not None:
                values.append(f"A{len(values) + 1}\t{kind} {name} {one}")
            else:
                notes.append((name, f"{key}: {one}"))


def _lines(
    record: Record,
    schema: LabelSchema,
    label: Callable[[Span | Relation], str],
    side: Callable[[Span | Relation], str],
) -> list[str]:
    """The lines of the .ann file, without line ends."""
    places, text = schema.places, record.document.text
    ids = {s.id: f"T{i}" for i, s in enumerate(record.spans, 1)}
    lines: list[str] = []
    values: list[str] = []
    notes: list[tuple[str, str]] = []
    entities = 0
    for s in record.spans:
        name = ids[s.id]
        lines.append(f"{name}\t{_type(label(s))} {_place(text, s)}")
        if s.entity:
            entities += 1
            lines.append(
                f"N{entities}\tReference {name} {_NAMED}{entities}\t{' '.join(s.entity.split())}"
            )
        _mark(name, s.attributes, places[s.layer], values, notes)
    for i, r in enumerate([r for r in record.relations if r.source in ids], 1):
        lines.append(f"R{i}\t{_type(side(r))} Arg1:{ids[r.source]} Arg2:{ids[r.target]}")
        _mark(f"R{i}", r.attributes, places[r.layer], values, notes)
    notes += [(ids[item], note) for item, note in sorted(record.notes.items()) if item in ids]
    for i, (name, note) in enumerate(notes, 1):
        values.append(f"#{i}\tAnnotatorNotes {name}\t{' '.join(note.split())}")
    return lines + values


def _place(text: str, span: Span) -> str:
    """Bounds and words of a span. A span over several lines has several pieces, because a line of
    the file cannot contain a line end."""
    words = text[span.start : span.end]
    if "\n" not in words and "\r" not in words:
        return f"{span.start} {span.end}\t{words}"
    pieces = [
        (m.start() + span.start, m.end() + span.start) for m in re.finditer(r"[^\r\n]+", words)
    ]
    return (
        f"{';'.join([f'{a} {b}' for a, b in pieces])}\t{' '.join([text[a:b] for a, b in pieces])}"
    )
