"""Builds a canonical record from one work of another program, and reports what a record cannot
hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from annotator.formats._door import number
from annotator.formats._labels import Labels
from annotator.formats._offsets import nearby
from annotator.formats._reading import Entry, Identity, ReadOptions
from annotator.formats._record import plain
from annotator.formats._report import shown
from annotator.formats._work import WHOLE, ForeignWork, ReadRelation, ReadSpan
from annotator.model.record import COMPLETION
from annotator.model.schema import Attribute
from annotator.model.text import plural

_PLACE = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


class Builder:
    """The object of a record from a work."""

    def __init__(
        self,
        labels: Labels,
        work: ForeignWork,
        bounds: Mapping[int, tuple[int, int] | None],
        options: ReadOptions,
    ) -> None:
        self.labels, self.work, self.options, self.report = labels, work, options, options.report
        self.spans: dict[str, list[dict[str, Any]]] = {}
        self.gone: set[str] = set()
        self.ignored: set[str] = set()
        self.relations: list[dict[str, Any]] = []
        self.named: dict[str, dict[str, Any]] = {}
        """Relations by the names that the file gives them."""
        self.notes: dict[str, list[str]] = {}
        for span in work.spans:
            self._span(span, bounds[id(span)])
        for i, relation in enumerate(work.relations):
            if not self._relation(i, relation):
                self.gone.add(relation.name)
        for item, name, value, line in work.properties:
            self._property(item, name, value, line)

    def _span(self, span: ReadSpan, points: tuple[int, int] | None) -> None:
        bounds = self._bounds(span, points)
        for i, label in enumerate(span.labels):
            name = span.name if i == 0 else f"{span.name}-{i}"
            if self.labels.ignored(label):
                self._ignore("annotations", label, span)
                continue
            found = self.labels.find(label, "span")
            if bounds is None or found is None:
                self.gone.add(span.name)
                continue
            layer, value = found
            self.spans.setdefault(span.name, []).append(
                {
                    "id": name,
                    "layer": layer,
                    "label": value,
                    "start": bounds[0],
                    "end": bounds[1],
                    "attributes": {},
                    "@line": span.line,
                    "@key": span.key,
                }
            )

    def _bounds(self, span: ReadSpan, points: tuple[int, int] | None) -> tuple[int, int] | None:
        """Where a span is: by its offsets, or else where its quotation is nearby."""
        place, text = span.place, self.work.text
        given = f"[{place.start}, {place.end})"
        if place.start >= place.end:
            why = f"{given} is {'empty' if place.start == place.end else 'reversed'}"
            self._left_out("spans that are empty or reversed", why, span)
            return None
        if points is not None and place.fits(text[points[0] : points[1]]):
            return points
        found = None
        if place.quote:
            near = points or (min(place.start, len(text)), min(place.end, len(text)))
            found = nearby(text, *near, place.quote)
        if found is not None:
            message = (
                f"{shown(place.quote or '')} is not at {given} but nearby, at [{found[0]}, "
                f"{found[1]})"
            )
            self.report.changed(
                "spans moved to their quotation", message, line=span.line, key=span.key
            )
            return found
        if points is None:
            why = f"{given} is outside the text of {plural(len(text), 'character')}"
            if place.start >= 0 and place.end <= len(text):
                why = f"{given} divides a character of the text"
            self._left_out("spans outside their text", why, span)
            return None
        why = (
            f"the text at {given} is {shown(text[points[0] : points[1]])}, but the quotation is "
            f"{shown(place.quote or '')}"
        )
        self._left_out("spans that differ from their quotation", why, span)
        return None

    def _left_out(self, what: str, why: str, one: ReadSpan | ReadRelation) -> None:
        self.report.left_out(what, why, line=one.line, key=one.key)

    def _ignore(self, kind: str, label: str, one: ReadSpan | ReadRelation) -> None:
        """Leave out an annotation whose label the settings leave out."""
        what = f"{kind} labelled {shown(label)}, as annotator.toml says"
        message = f"{shown(label)} is left out, as annotator.toml says"
        self.report.note(what, message, line=one.line)
        self.ignored.add(one.name)

    def _relation(self, index: int, one: ReadRelation) -> bool:
        """Add a relation. Returns whether it was kept or its label is ignored."""
        if self.labels.ignored(one.label):
            self._ignore("relations", one.label, one)
            return True
        found = self.labels.find(one.label, "relation")
        if found is None:
            return False
        ends = []
        for end, name in (("begins", one.source), ("ends", one.target)):
            spans = self.spans.get(name)
            if spans is None:
                if name in self.ignored:
                    what = "relations of annotations that are left out, as annotator.toml says"
                    self.report.note(
                        what, f"the relation {end} at an annotation that is left out", line=one.line
                    )
                    self.ignored.add(one.name)
                    return True
                why = "was left out" if name in self.gone else "is not there"
                message = f"the relation {end} at {shown(name)}, which {why}"
                self._left_out("relations with missing spans", message, one)
                return False
            ends.append(spans)
        source, target = self._ends(found[0], ends[0], ends[1])
        relation: dict[str, Any] = {
            "id": f"r{index + 1}",
            "layer": found[0],
            "label": found[1],
            "from": source["id"],
            "to": target["id"],
            "attributes": {},
            "@line": one.line,
            "@key": one.key,
        }
        self.relations.append(relation)
        if one.name:
            self.named[one.name] = relation
        return True

    def _ends(
        self, name: str, sources: Sequence[dict[str, Any]], targets: Sequence[dict[str, Any]]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """From the spans of one annotation with several labels, the ones that the layer can
        connect."""
        layer = self.options.schema.layer(name)
        assert layer is not None
        pairs = [(a, b) for a in sources for b in targets]
        fits = [
            (a, b) for a, b in pairs if a["layer"] in layer.sources and b["layer"] in layer.targets
        ]
        return (fits or pairs)[0]

    def _property(self, item: str, name: str, value: str, line: int) -> None:
        """Give a property to the spans or the relation that it belongs to, as an attribute or as a
        note."""
        items = self.spans.get(item) or ([self.named[item]] if item in self.named else [])
        taken = [self._takes(one, name, value) for one in items]
        if any(taken):
            return
        if item in self.ignored and not items:
            what = "properties of annotations that are left out, as annotator.toml says"
            self.report.note(
                what, f"{shown(name or value)} belongs to an annotation that is left out", line=line
            )
            return
        if not items and item != WHOLE:
            why = "was left out" if item in self.gone else "is not there, or is not read"
            message = f"{shown(name or value)} belongs to {shown(item)}, which {why}"
            self.report.left_out("properties of missing annotations", message, line=line)
            return
        note = f"{name}: {value}" if name else value
        self.notes.setdefault(str(items[0]["id"]) if items else item, []).append(note)

    def _takes(self, one: dict[str, Any], name: str, value: str) -> bool:
        """Set the attribute of this name, if the span or relation has one that accepts the value.
        Returns whether it does."""
        layer = self.options.schema.layer(one["layer"])
        attribute = layer.attribute(name) if layer else None
        if attribute is None:
            return False
        if attribute.type == "entity":
            return bool(one.setdefault("entity", value) == value)
        if attribute.type == "span":
            return _set_place(one["attributes"], attribute.name, value, len(self.work.text))
        return _set(one["attributes"], attribute, value)

    def entry(self, prefix: str, identity: Identity, number: int) -> Entry:
        """The entry of the work. If the work has no annotation and does not count for that reason,
        the entry is the text alone."""
        work = self.work
        if identity is Identity.NUMBER and not work.own:
            identity = Identity.TEXT
        numbered = prefix if identity is Identity.NAME else f"{prefix}-{work.own or number}"
        id = work.id or numbered
        data: dict[str, Any] = {"id": id, "text": work.text, "meta": plain(work.meta)}
        if work.title:
            data["title"] = work.title
        status = self._status()
        if status is None:
            return Entry(data, id, work.line, work=False, identity=identity, own=work.own)
        if self.notes:
            data["meta"][COMPLETION] = {
                "notes": {item: "; ".join(texts) for item, texts in self.notes.items()}
            }
        data |= {
            "annotator": work.annotator,
            "status": status,
            "spans": [one for several in self.spans.values() for one in several],
            "relations": self.relations,
        }
        return Entry(data, id, work.line, identity=identity, own=work.own)

    def _status(self) -> str | None:
        """The status of the work; None if it does not count as work, because nothing of it is
        left."""
        work = self.work
        status = work.status or ("done" if self.options.empty_is_done else None)
        if status != "done" or self.spans or not (work.lost or self.gone):
            return status
        message = (
            "nothing is left of the work on this text; the text alone is imported, as nobody's work"
        )
        self.report.left_out("work with nothing left", message, line=work.line)
        return None


def _set(attributes: dict[str, Any], attribute: Attribute, value: str) -> bool:
    """Give an attribute a value, if the value is allowed and it has none yet."""
    one: Any = number(value) if attribute.type == "integer" else value
    if attribute.multiple:
        before = attributes.get(attribute.name, [])
        held = before if one in before else [*before, one]
    else:
        held = attributes.get(attribute.name, one)
        if held != one:
            return False
    if attribute.problem(held) is not None:
        return False
    attributes[attribute.name] = held
    return True


def _set_place(attributes: dict[str, Any], name: str, value: str, size: int) -> bool:
    """Give an attribute a place, as this program writes it: `start-end`, in code points of the
    text, which has `size` of them."""
    found = _PLACE.fullmatch(value.strip())
    place = [int(found[1]), int(found[2])] if found is not None else [0, 0]
    fits = place[0] < place[1] <= size
    return fits and attributes.setdefault(name, place) == place


__all__ = ["Builder"]
