"""brat's standoff: `NAME.ann` beside `NAME.txt`. Offsets are code points.

Text-bound annotations become spans, binary relations relations (Arg1 is the source, Arg2 the target), normalizations
entities, attributes those of the schema or notes, annotators' notes notes. Events and equivalences have no place.
"""

from __future__ import annotations

import re
from pathlib import Path

from annotator.errors import InputError
from annotator.formats._foreign import Foreign, Work, squeezed
from annotator.formats._shared import Batch, ReadOptions, decode, document_id, read_bytes

summary = "brat's standoff, .ann beside .txt (in)"
extensions = (".ann",)

_BOUND = re.compile(r"(\S+) (\d+ \d+(?:;\d+ \d+)*)")
_BINARY = re.compile(r"(\S+)\s+\S+?:(\S+)\s+\S+?:(\S+)\s*")
_ORDER = "TREAMN#*"
"""Lines in the order in which they can be understood: what they name comes first."""


def read(path: Path, options: ReadOptions) -> Batch:
    """The text and its annotations; with an empty .ann file, a text that nobody has worked on."""
    path = path.with_suffix(".ann")
    source = path.with_suffix(".txt")
    if not path.is_file():
        raise InputError("there is no such file", file=path, hint=f"brat keeps it beside {source.name}")
    if not source.is_file():
        raise InputError(
            "there is no text of that name", file=source, hint=f"brat keeps it beside {path.name}"
        )
    warnings: list[str] = []
    raw = read_bytes(source, options.max_bytes)
    text = decode(raw, path=source, encoding=options.encoding, warnings=warnings)
    if not text.strip() or "\0" in text:
        raise InputError("holds no text", file=source, hint="There is nothing to annotate in it")
    foreign = Foreign("brat", path, options)
    foreign.warnings += warnings
    work = Work(text, document_id(source), 0, None, None)
    foreign.works.append(work)
    given = read_bytes(path, options.max_bytes) if path.stat().st_size else b""
    content = decode(given, path=path, encoding=options.encoding or "utf-8", warnings=warnings)
    entries = [
        (number, line.rstrip("\r")) for number, line in enumerate(content.split("\n"), 1) if line.strip()
    ]
    for number, line in sorted(entries, key=lambda entry: _ORDER.find(entry[1][0])):
        work.status, work.line = "done", number
        _entry(foreign, work, line)
    return foreign.batch()


def _entry(foreign: Foreign, work: Work, line: str) -> None:
    """One line of the .ann file."""
    name, _, rest = line.partition("\t")
    body, _, tail = rest.partition("\t")
    kind = name[:1]
    if kind == "T":
        _bound(foreign, work, name, body, tail)
    elif kind == "R":
        found = _BINARY.fullmatch(body)
        if found is None:
            raise foreign.fail(work, f"relation {name}", "must be TYPE Arg1:T1 Arg2:T2")
        foreign.relation(work, name, found[1], found[2], found[3], key=f"relation {name}")
    elif kind in "AM":
        words = body.split()
        if len(words) < 2:
            raise foreign.fail(work, name, "must be NAME T1, with a value or without")
        foreign.more(work, words[1], words[0], " ".join(words[2:]) or "yes")
    elif kind == "N":
        _normal(foreign, work, body, tail)
    elif kind == "#":
        item = [*body.split(), "", ""][1]
        if item in work.spans or item in work.relations:
            foreign.more(work, item, "", tail)
        else:
            foreign.left_out["notes on what was left out"] += 1
    elif kind == "E":
        foreign.left_out["events"] += 1
    elif kind == "*":
        foreign.left_out["equivalences"] += 1
    else:
        raise foreign.fail(
            work, "", f"“{name}” is no annotation of brat's", "A line begins with T, R, E, A, M, N, # or *"
        )


def _bound(foreign: Foreign, work: Work, name: str, body: str, quote: str) -> None:
    found = _BOUND.fullmatch(body)
    if found is None:
        raise foreign.fail(work, f"text-bound {name}", "must be TYPE START END and the text")
    pieces = [tuple(map(int, piece.split())) for piece in found[2].split(";")]
    key = f"text-bound {name}"
    start, end = pieces[0][0], pieces[-1][1]
    if len(pieces) == 1:
        foreign.span(work, name, found[1], start, end, key=key, quote=quote or None)
        return
    joined = " ".join(work.text[a:b] for a, b in pieces)
    if squeezed(joined) != squeezed(quote):
        raise foreign.fail(work, key, f"the pieces are “{joined}”, and “{quote}” is quoted")
    if foreign.span(work, name, found[1], start, end, key=key):
        foreign.warnings.append(
            f"{foreign.path}:{work.line}: {name} is in {len(pieces)} pieces; taken from the first to the last"
        )


def _normal(foreign: Foreign, work: Work, body: str, name: str) -> None:
    """`Reference T1 Wikipedia:534366` and the name: the entity where the layer has one."""
    words = body.split()
    if len(words) < 3:
        raise foreign.fail(work, "normalization", "must be Reference T1 DATABASE:ID and the name")
    span = work.spans.get(words[1])
    layer = foreign.schema.layer(span["layer"]) if span else None
    entity = layer.attribute_of_type("entity") if layer else None
    if entity is not None and name:
        foreign.more(work, words[1], entity.name, name)
    else:
        foreign.more(work, words[1], words[2], name)
