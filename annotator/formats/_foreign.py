"""From another program's annotations to records: labels, offsets, and what has no place in a record.

A label stands for that of the schema with the same name, written `label` or `layer.label`, or for what the
project's table `[format.NAME.labels]` says. A file is read whole first, since how it counts is told by all of its
spans together. What is left out is told, with its line.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from annotator.errors import InputError
from annotator.formats._door import number
from annotator.formats._offsets import Place, Resolved, alike, nearby, resolve
from annotator.formats._reading import Entry, Identity, ReadOptions, document_id
from annotator.formats._record import plain
from annotator.formats._report import shown
from annotator.model.record import COMPLETION
from annotator.model.schema import Attribute, Kind, LabelSchema

WHOLE = "@document"
"""The item that properties of a whole text are noted on."""


@dataclass(slots=True)
class _Span:
    name: str
    labels: list[str]
    place: Place
    line: int
    key: str


@dataclass(slots=True)
class _Relation:
    label: str
    source: str
    target: str
    line: int
    key: str


@dataclass(slots=True)
class Work:
    """One annotator's work on one text, as it is read; `own` is the number by which the file knows the text. Without
    `status` nobody has worked on it. `order` tells which of several answers of one person is the later one."""

    text: str
    own: str
    line: int
    annotator: str | None = None
    status: str | None = "done"
    title: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    order: tuple[Any, ...] = ()
    lost: int = 0
    bom: bool = False
    spans: list[_Span] = field(default_factory=list)
    relations: list[_Relation] = field(default_factory=list)
    properties: list[tuple[str, str, str, int]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)


class Foreign:
    """Reads one file of another program: its works in the order of the file, then `entries`."""

    def __init__(
        self, name: str, path: Path, options: ReadOptions, *, unit: str = "code-points",
        identity: Identity = Identity.NUMBER,
    ) -> None:  # fmt: skip
        self.name, self.path, self.options = name, path, options
        self.report, self.schema = options.report, options.schema
        self.labels = Labels(name, path, options)
        self.works: list[Work] = []
        self._unit, self._identity = unit, identity
        self._prefix = options.prefix or document_id(path)

    # --- reading

    def text(self, data: Mapping[str, Any], line: int, key: str = "", *others: str) -> str | None:
        """The text of an object, under the key that the settings name, or under one of `others`. None, and told, when
        there is none."""
        named = self.options.settings.get("text")
        names = [named] if named else ["text", *others]
        found = next((data[name] for name in names if isinstance(data.get(name), str)), None)
        if found is not None and found.strip():
            return str(found)
        at = f"{key}.{names[0]}" if key else names[0]
        given = data.get(names[0])
        why = (
            "is missing" if names[0] not in data
            else "is empty" if found is not None
            else f"must be a text, not {_called(given)}"
        )  # fmt: skip
        hint = f'another key is named in annotator.toml: [format.{self.name}] text = "KEY"'
        self.report.left_out("texts that are none", f"the text {why}; {hint}", line=line, key=at)
        return None

    def work(self, text: str, own: object, line: int, **more: Any) -> Work:
        """Begin the work on a text. A byte order mark that opens it is no part of it."""
        clean = text.removeprefix("\ufeff")
        work = Work(clean, str(own) if own is not None else "", line, bom=clean != text, **more)
        self.works.append(work)
        return work

    def span(
        self, work: Work, name: str, labels: object, start: object, end: object, *, key: str, line: int = 0,
        quote: object = None,
    ) -> None:  # fmt: skip
        """Take down a span, with one label or a list of them; told when it is none."""
        line = line or work.line
        a, b = number(start), number(end)
        every = labels if isinstance(labels, list) else [labels]
        words = [one for one in every if isinstance(one, str) and one]
        if a is None or b is None:
            self.left_out(work, "spans without integer bounds", "start and end must be integers", key, line)
            return
        if not words:
            why = (
                "has no label"
                if not every or every == [None]
                else f"must have a label, not {_called(every[0])}"
            )
            self.left_out(work, "spans without a label", why, key, line)
            return
        if len(words) < len(every):
            self.left_out(work, "labels that are none", "a label must be a text", key, line)
        said = quote if isinstance(quote, str) and quote else None
        work.spans.append(_Span(name, words, Place(work.text, a, b, said, work.bom), line, key))

    def relation(
        self, work: Work, label: object, source: object, target: object, *, key: str, line: int = 0
    ) -> None:
        """Take down a relation between spans, named as they were; told when it is none."""
        line = line or work.line
        if not isinstance(label, str) or not label:
            self.left_out(work, "relations without a label", "the relation has no label", key, line)
            return
        work.relations.append(_Relation(label, str(source), str(target), line, key))

    def more(self, work: Work, item: str, name: str, value: str, *, line: int = 0) -> None:
        """A further property of an item (`WHOLE`: of the text): its attribute where the schema has it with that value,
        else a note on it."""
        work.properties.append((item, name, value, line or work.line))

    def objects(self, work: Work, data: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        """The objects listed at a key of a record; what is no object there is left out, and told."""
        found = data.get(key) or []
        if not isinstance(found, list):
            self.left_out(work, f"{key} that are no list", "must be a list of objects", key)
            return []
        for i, one in enumerate(found):
            if not isinstance(one, dict):
                self.left_out(work, f"{key} that are none", "must be an object", f"{key}[{i}]")
        return [one for one in found if isinstance(one, dict)]

    def left_out(self, work: Work, what: str, message: str, key: str = "", line: int = 0) -> None:
        """Tell of something of a work that does not come along."""
        work.lost += 1
        self.report.left_out(what, message, line=line or work.line, key=key)

    # --- the result

    def entries(self) -> Iterator[Entry]:
        """What was read. Raises InputError for labels that the schema does not know, all of them in one."""
        self.labels.check(work_label for work in self.works for work_label in _labels(work))
        resolved = self._resolve()
        for index, work in enumerate(self._kept(), 1):
            self.report.here = work.line
            yield _Builder(self, work, resolved).entry(self._prefix, self._identity, index)

    def _resolve(self) -> dict[int, tuple[int, int] | None]:
        """By what each span was read into: its bounds in code points."""
        spans = [span for work in self.works for span in work.spans]
        places = [span.place for span in spans]
        if not places:
            return {}
        found = resolve(places, unit=self._unit, settings=self.options.settings)
        self._tell_counting(found, spans)
        return {id(span): points for span, points in zip(spans, found.points, strict=True)}

    def _tell_counting(self, found: Resolved, spans: Sequence[_Span]) -> None:
        differs = [
            (span, points) for span, points in zip(spans, found.points, strict=True)
            if points != (span.place.start, span.place.end)
        ]  # fmt: skip
        if differs and any(points is not None for _, points in differs):
            line = differs[0][0].line
        elif found.others:
            line = 0
        else:
            line = -1
        if line >= 0:
            self.report.note("countings", f"offsets are read as counts of {found.counting}", line=line)
        if found.better is not None:
            self.report.note(
                "countings",
                f"spans cut words; counted as {found.better} fewer would. [format.{self.name}] in annotator.toml "
                "says how a file counts: offsets, line_ends, bom, entities",
            )  # fmt: skip

    def _kept(self) -> list[Work]:
        """The works, of several answers of one person about one text the later one, unless all are asked for."""
        last: dict[tuple[str, str | None], Work] = {}
        answers: Counter[tuple[str, str | None]] = Counter()
        out: list[Work] = []
        for work in self.works:
            if work.status is None:
                out.append(work)
                continue
            same = work.text if self.options.same_text or not work.own else f"\0{work.own}"
            key = (same, work.annotator or self.options.annotator)
            answers[key] += 1
            before = last.get(key)
            if before is not None and self.options.every_answer:
                name = work.annotator or self.options.annotator or "imported"
                work.annotator = f"{name}-{answers[key]}"
                self.report.note(
                    "further answers", f"a further answer of {name}, kept as {work.annotator}", line=work.line
                )
            elif before is not None:
                later, earlier = (work, before) if work.order >= before.order else (before, work)
                self.report.changed(
                    "earlier answers",
                    f"{work.annotator or 'somebody'} answered more than once; the later answer"
                    f"{f' (line {later.line})' if later.line != earlier.line else ''} stands. "
                    "--every-answer keeps each", line=earlier.line,
                )  # fmt: skip
                out = [one for one in out if one is not earlier]
                last[key] = later
                if later is before:
                    continue
            last.setdefault(key, work)
            out.append(work)
        return out


class Labels:
    """What the labels of a file stand for in the schema."""

    def __init__(self, name: str, path: Path, options: ReadOptions) -> None:
        self._name, self._path, self._options = name, path, options
        self._schema: LabelSchema = options.schema
        self._table: Mapping[str, str] = options.settings.get("labels", {})

    def find(self, given: str, kind: Kind) -> tuple[str, str] | None:
        """Layer and label; None for what the project's settings leave out, and for what is unknown."""
        target = self._table.get(given, given)
        layers = [layer for layer in self._schema.layers if layer.kind == kind]
        first, _, rest = target.partition(".")
        for layer in layers:
            if layer.name == first and rest and (layer.label(rest) or layer.open):
                return layer.name, rest
        owners = [x.name for x in layers if x.label(target)] or [x.name for x in layers if x.open]
        return (owners[0], target) if len(owners) == 1 and target else None

    def ignored(self, given: str) -> bool:
        """Whether the settings leave a label out."""
        return self._table.get(given) == ""

    def check(self, used: Iterator[tuple[str, Kind, int, str]]) -> None:
        """Raise InputError when labels are unknown, all of them in one."""
        unknown: dict[str, tuple[Kind, int, str]] = {}
        for given, kind, line, key in used:
            if self.ignored(given) or self.find(given, kind) is not None:
                continue
            target = self._table.get(given)
            if target is not None:
                raise InputError(
                    f"“{target}” is not a {kind} label of {self._schema.name}", file="annotator.toml",
                    key=f"format.{self._name}.labels.{given}", hint=f"Labels: {', '.join(self._names(kind))}",
                )  # fmt: skip
            unknown.setdefault(given, (kind, line, key))
        if unknown:
            raise self._error(unknown)

    def _error(self, unknown: Mapping[str, tuple[Kind, int, str]]) -> InputError:
        (first, (kind, line, key)), *others = unknown.items()
        more = ", ".join(f"“{x}”" for x, _ in others)
        more = f"; nor {'are' if len(others) > 1 else 'is'} {more}" if others else ""
        example = next(iter(self._names(kind)), "layer.label")
        return InputError(
            f"“{first}” is not a {kind} label of {self._schema.name}{more}", file=self._path, line=line or None,
            key=key,
            hint=f"Say in annotator.toml what each stands for: [format.{self._name}.labels] and then "
            f'{json.dumps(first, ensure_ascii=False)} = "{example}", or = "" to leave it out. '
            f"Labels: {', '.join([*self._names('span'), *self._names('relation')])}",
        )  # fmt: skip

    def _names(self, kind: Kind) -> list[str]:
        return [f"{x.name}.{b.name}" for x in self._schema.layers if x.kind == kind for b in x.labels]


def _labels(work: Work) -> Iterator[tuple[str, Kind, int, str]]:
    for span in work.spans:
        yield from ((label, "span", span.line, span.key) for label in span.labels)
    for relation in work.relations:
        yield relation.label, "relation", relation.line, relation.key


class _Builder:
    """The object of a record from a work."""

    def __init__(self, foreign: Foreign, work: Work, bounds: Mapping[int, tuple[int, int] | None]) -> None:
        self.foreign, self.work, self.report = foreign, work, foreign.report
        self.spans: dict[str, list[dict[str, Any]]] = {}
        self.gone: set[str] = set()
        self.ignored: set[str] = set()
        self.relations: list[dict[str, Any]] = []
        self.notes: dict[str, list[str]] = {}
        for span in work.spans:
            self._span(span, bounds[id(span)])
        for i, relation in enumerate(work.relations):
            self._relation(i, relation)
        for item, name, value, line in work.properties:
            self._property(item, name, value, line)

    def _span(self, span: _Span, points: tuple[int, int] | None) -> None:
        bounds = self._bounds(span, points)
        for i, label in enumerate(span.labels):
            name = span.name if i == 0 else f"{span.name}-{i}"
            if self.foreign.labels.ignored(label):
                what = f"annotations labelled {shown(label)}, as annotator.toml says"
                self.report.note(what, f"{shown(label)} is left out, as annotator.toml says", line=span.line)
                self.ignored.add(span.name)
                continue
            found = self.foreign.labels.find(label, "span")
            if bounds is None or found is None:
                self.gone.add(span.name)
                continue
            layer, value = found
            self.spans.setdefault(span.name, []).append(
                {
                    "id": name, "layer": layer, "label": value, "start": bounds[0], "end": bounds[1],
                    "attributes": {}, "@line": span.line, "@key": span.key,
                }
            )  # fmt: skip

    def _bounds(self, span: _Span, points: tuple[int, int] | None) -> tuple[int, int] | None:
        """Where a span is: as counted, else where its quotation stands nearby."""
        place, text = span.place, self.work.text
        given = f"[{place.start}, {place.end})"
        if place.start >= place.end:
            why = f"{given} is {'empty' if place.start == place.end else 'reversed'}"
            self.report.left_out("spans that are empty or reversed", why, line=span.line, key=span.key)
            return None
        if points is not None and (not place.quote or alike(text[points[0] : points[1]], place.quote)):
            return points
        found = None
        if place.quote:
            near = points or (min(place.start, len(text)), min(place.end, len(text)))
            found = nearby(text, *near, place.quote)
        if found is not None:
            message = (
                f"{given} is not where {shown(place.quote or '')} stands; taken at [{found[0]}, {found[1]})"
            )
            self.report.changed("spans moved to their quotation", message, line=span.line, key=span.key)
            return found
        if points is None:
            why = f"{given} is outside the text of {len(text)} characters"
            if place.end <= len(text):
                why = f"{given} divides a character of the text"
            self.report.left_out("spans outside their text", why, line=span.line, key=span.key)
            return None
        why = f"{given} is {shown(text[points[0] : points[1]])}, and {shown(place.quote or '')} is quoted"
        self.report.left_out("spans that are not their quotation", why, line=span.line, key=span.key)
        return None

    def _relation(self, index: int, one: _Relation) -> None:
        if self.foreign.labels.ignored(one.label):
            what = f"relations labelled {shown(one.label)}, as annotator.toml says"
            self.report.note(what, f"{shown(one.label)} is left out, as annotator.toml says", line=one.line)
            return
        found = self.foreign.labels.find(one.label, "relation")
        if found is None:
            return
        ends = []
        for end, name in (("begins", one.source), ("ends", one.target)):
            spans = self.spans.get(name)
            if spans is None:
                if name in self.ignored:
                    what = "relations of annotations that are left out, as annotator.toml says"
                    self.report.note(
                        what, f"the relation {end} at an annotation that is left out", line=one.line
                    )
                    return
                why = "was left out" if name in self.gone else "is not there"
                message = f"the relation {end} at {shown(name)}, which {why}"
                self.report.left_out(
                    "relations of spans that are not there", message, line=one.line, key=one.key
                )
                return
            ends.append(spans)
        source, target = self._ends(found[0], ends[0], ends[1])
        self.relations.append(
            {
                "id": f"r{index + 1}", "layer": found[0], "label": found[1], "from": source["id"],
                "to": target["id"], "attributes": {}, "@line": one.line, "@key": one.key,
            }
        )  # fmt: skip

    def _ends(
        self, name: str, sources: Sequence[dict[str, Any]], targets: Sequence[dict[str, Any]]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Of spans with several labels, those between which the layer may stand."""
        layer = self.foreign.schema.layer(name)
        assert layer is not None
        pairs = [(a, b) for a in sources for b in targets]
        fits = [(a, b) for a, b in pairs if a["layer"] in layer.sources and b["layer"] in layer.targets]
        return (fits or pairs)[0]

    def _property(self, item: str, name: str, value: str, line: int) -> None:
        spans = self.spans.get(item, [])
        set_ = False
        for one in spans:
            layer = self.foreign.schema.layer(one["layer"])
            attribute = layer.attribute(name) if layer else None
            if attribute is not None and attribute.type == "entity":
                one["entity"], set_ = value, True
            elif attribute is not None and _set(one["attributes"], attribute, value):
                set_ = True
        if set_:
            return
        if item in self.ignored and not spans:
            what = "properties of annotations that are left out, as annotator.toml says"
            self.report.note(
                what, f"{shown(name or value)} is said of an annotation that is left out", line=line
            )
            return
        if not spans and item != WHOLE:
            message = f"{shown(name or value)} is said of {shown(item)}, which is not there"
            self.report.left_out("properties of what is not there", message, line=line)
            return
        said = f"{name}: {value}" if name else value
        self.notes.setdefault(str(spans[0]["id"]) if spans else item, []).append(said)

    def entry(self, prefix: str, identity: Identity, index: int) -> Entry:
        """The entry of the work; of a text without any annotation, whose work is not asked for, the text alone."""
        work, options = self.work, self.foreign.options
        if identity is Identity.NUMBER and not work.own:
            identity = Identity.TEXT
        id = prefix if identity is Identity.NAME else f"{prefix}-{work.own or work.line or index}"
        data: dict[str, Any] = {"id": id, "text": work.text, "meta": plain(work.meta)}
        if work.title:
            data["title"] = work.title
        status = work.status or ("done" if options.empty_is_done else None)
        if status == "done" and not self.spans and (work.lost or self.gone):
            message = "nothing is left of the work on this text; the text alone is imported, as nobody's work"
            self.report.left_out("works of which nothing is left", message, line=work.line)
            status = None
        if status is None:
            return Entry(data, id, work.line, work=False, identity=identity, own=work.own)
        if self.notes:
            data["meta"][COMPLETION] = {"notes": {item: "; ".join(said) for item, said in self.notes.items()}}
        data |= {
            "annotator": work.annotator, "status": status,
            "spans": [one for several in self.spans.values() for one in several], "relations": self.relations,
        }  # fmt: skip
        return Entry(data, id, work.line, identity=identity, own=work.own)


def _set(attributes: dict[str, Any], attribute: Attribute, value: str) -> bool:
    """Give an attribute a value, when it may have it."""
    if attribute.type == "span":
        return False
    one: Any = number(value) if attribute.type == "integer" else value
    held = [*attributes.get(attribute.name, []), one] if attribute.multiple else one
    if attribute.problem(held) is not None:
        return False
    attributes[attribute.name] = held
    return True


Json: TypeAlias = dict[str, Any] | list[Any] | str | int | float | bool | None


def _called(value: object) -> str:
    """What a JSON value is, for a message."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number"}
    return "null" if value is None else names.get(type(value), "a number")


__all__ = ["WHOLE", "Foreign", "Labels", "Work"]
