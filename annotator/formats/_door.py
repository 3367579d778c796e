"""The door: the content of a file becomes a record or a text, or is left out and reported; nothing
else gets in. Small faults are mended, or cost only the item that has them: bounds written as `4.0`
or `"4"`, white space around a span or a cue, duplicate spans and relations, two items with one id,
empty spans, relations without ends. Any other fault costs the whole record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count
from typing import Any

import orjson

from annotator.formats._meaning import item_names
from annotator.formats._plain_names import plain_names
from annotator.formats._reading import FALLBACK, Entry, ReadOptions
from annotator.formats._record import completed, document_of, record_of, upgraded
from annotator.formats._report import ReadReport, shown
from annotator.formats._shape import problems
from annotator.model.record import COMPLETION, Record
from annotator.model.schema import LabelSchema
from annotator.model.span import AUTHOR
from annotator.model.text import Document, kind_of, trim

_NUMBER = re.compile(r"\s*\+?\d{1,15}(?:\.0*)?\s*")


def number(value: object) -> int | None:
    """The integer that a value represents (`4`, `4.0`, `"4"`, `"4.0"`); None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**53 else None
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value.strip().lstrip("+").partition(".")[0])
    return None


def admit(entry: Entry, options: ReadOptions) -> Record | Document | None:
    """The record of an entry, or its text if it is nobody's work. If it is left out, the result is
    None and the report says so."""
    report, line = options.report, entry.line
    data = _own_copy(entry)
    had = bool(data.get("spans"))
    if isinstance(data.get("text"), str):
        _Mender(data, options.schema, report, line).mend()
    empty = had and not data.get("spans")
    whole = completed(
        data, id=entry.id, annotator=options.annotator or FALLBACK, splitting=options.splitting
    )
    found = problems(whole, options.schema)
    if found:
        key, message = _in_short(found, whole)
        report.left_out("invalid records", message, line=line, key=key)
        return None
    if not entry.work and all(p["excluded"] for p in whole["paragraphs"]):
        message = "holds only boilerplate lines, such as “Advertisement”"
        report.left_out("texts of boilerplate", message, line=line)
        return None
    if empty:
        message = (
            "nothing is left of the work on this text; the text alone is imported, as nobody's work"
        )
        report.left_out("work with nothing left", message, line=line)
    return record_of(whole) if entry.work and not empty else document_of(whole)


def _own_copy(entry: Entry) -> dict[str, Any]:
    """The data of an entry in the present version, with items that may be changed; without items if
    the text is nobody's work."""
    data = dict(entry.data)
    if not entry.work:
        data = {key: value for key, value in data.items() if key not in ("spans", "relations")}
        data["status"], data["annotator"] = "in_progress", FALLBACK
    data = upgraded(data)
    for key in ("spans", "relations"):
        if isinstance(data.get(key), list):
            data[key] = [dict(one) if isinstance(one, dict) else one for one in data[key]]
    return data


def _in_short(found: Sequence[tuple[str, str]], whole: Mapping[str, Any]) -> tuple[str, str]:
    """The key and the message that say what is wrong with a record; if its text is wrong, only
    this."""
    key, message = found[0]
    text = whole.get("text")
    if "text" in whole and not isinstance(text, str):
        return "text", f"must be a text, not {kind_of(text)}"
    if key == "paragraphs" and isinstance(text, str) and _is_blank(text):
        key, message = "text", "holds only white space"
    more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
    whole_one = key.startswith(("spans[", "relations["))
    return key, f"{message}{more}{'; the whole record is left out' if whole_one else ''}"


def _is_blank(text: str) -> bool:
    start, end = trim(text, 0, len(text))
    return start == end


class _Mender:
    """Repairs the items of one object in place."""

    def __init__(
        self, data: dict[str, Any], schema: LabelSchema, report: ReadReport, line: int
    ) -> None:
        self.data, self.schema, self.report, self.line = data, schema, report, line
        self.text: str = data["text"]
        self.other: dict[str, str] = {}
        """Id of a duplicate span that was left out -> id of the one that is kept."""
        self.gone: set[str] = set()
        self.given: set[str] = set()
        """Ids that the object gives its items."""
        self.ids: set[str] = set()
        """Ids of the items that are kept."""

    def mend(self) -> None:
        spans, relations = self.data.get("spans"), self.data.get("relations")
        self.given = {
            one["id"]
            for items in (spans, relations)
            if isinstance(items, list)
            for one in items
            if isinstance(one, dict) and isinstance(one.get("id"), str)
        }
        if isinstance(spans, list):
            self.data["spans"] = self._spans(spans)
        if isinstance(relations, list) and isinstance(spans, list):
            self.data["relations"] = self._relations(relations)
        self._notes()

    def _place(self, one: dict[str, Any], kind: str, index: int) -> tuple[int, str]:
        return one.pop("@line", 0) or self.line, one.pop("@key", "") or f"{kind}[{index}]"

    def _spans(self, spans: list[Any]) -> list[Any]:
        out: list[Any] = []
        seen: dict[bytes | str, str] = {}
        for i, one in enumerate(spans):
            if not isinstance(one, dict):
                message = "a span must be an object"
                self.report.left_out("invalid spans", message, line=self.line, key=f"spans[{i}]")
                continue
            line, key = self._place(one, "spans", i)
            one.setdefault("id", f"#{i}")
            name = one["id"] if isinstance(one["id"], str) else ""
            if not self._bounds(one, line, key):
                self.gone.add(name)
                continue
            self._names(one, line, key)
            self._stretches(one, line, key)
            rest = {k: v for k, v in one.items() if k not in ("id", "quote")}
            same = _key({"entity": None, "source": "human", "attributes": {}, **rest})
            if same in seen and None not in (number(one.get("start")), number(one.get("end"))):
                message = (
                    f"the same span a second time: {shown(self.text[one['start'] : one['end']])}"
                )
                self._repeats("spans", message, (name, seen[same]), line, key)
                continue
            out.append(one)
            seen[same] = self._own_id(one, line, key)
        return out

    def _names(self, one: dict[str, Any], line: int, key: str) -> None:
        """Write names in one way, so that names which look or mean the same are the same."""
        layer, attributes = self.schema.layer(str(one.get("layer"))), one.get("attributes")
        concept = layer.attribute_of_type("concept") if layer is not None else None
        places = [(one, "entity")]
        if concept is not None and isinstance(attributes, dict):
            places.append((attributes, concept.name))
        for where, what in places:
            if change := plain_names(where, what, "entity" if what == "entity" else "concept"):
                self.report.changed(*change, line=line, key=f"{key}.{what}")

    def _stretches(self, one: dict[str, Any], line: int, key: str) -> None:
        """Remove white space around the stretches of text that an item has."""
        layer, attributes = self.schema.layer(str(one.get("layer"))), one.get("attributes")
        if layer is None or not isinstance(attributes, dict):
            return
        for name in (a.name for a in layer.attributes if a.type == "span"):
            held = attributes.get(name)
            if not isinstance(held, list) or list(map(type, held)) != [int, int]:
                continue
            start, end = held
            if not 0 <= start < end <= len(self.text):
                continue
            a, b = trim(self.text, start, end)
            if a < b and (a, b) != (start, end):
                one["attributes"] = attributes = {**attributes, name: [a, b]}
                message = (
                    f"white space around {shown(self.text[a:b])} is removed: [{start}, {end}) "
                    f"becomes [{a}, {b})"
                )
                where = f"{key}.attributes.{name}"
                self.report.changed("stretches with white space", message, line=line, key=where)

    def _means(self, name: str, first: str) -> None:
        """Let the id of an item that is left out as a duplicate refer to the first one."""
        if name not in self.ids:
            self.other[name] = first

    def _repeats(self, kind: str, message: str, ids: tuple[str, str], line: int, key: str) -> None:
        """Report an item that repeats an earlier one. From now on, its id refers to the earlier
        one."""
        self.report.changed(f"duplicate {kind}", message, line=line, key=key)
        self._means(*ids)

    def _own_id(self, one: dict[str, Any], line: int, key: str) -> Any:
        """Give an item another id if an earlier one has its id already. Returns its id."""
        name = one["id"]
        if not isinstance(name, str):
            return name
        if name in self.ids:
            one["id"] = free = next(
                other for n in count(2) if (other := f"{name}-{n}") not in self.given
            )
            self.given.add(free)
            message = (
                f"the id {shown(name)} belongs to another item, too; this one is now called "
                f"{shown(free)}, and relations go to the first"
            )
            self.report.changed("ids of several items", message, line=line, key=f"{key}.id")
        self.ids.add(one["id"])
        return one["id"]

    def _bounds(self, one: dict[str, Any], line: int, key: str) -> bool:
        """Whether the bounds of a span are valid, after removing white space around it. Bounds
        that are not numbers are left to the check of the record."""
        start, end = number(one.get("start")), number(one.get("end"))
        if start is None or end is None:
            return True
        one["start"], one["end"] = start, end
        size = len(self.text)
        if start >= end or start < 0 or end > size:
            why = (
                "empty"
                if start == end
                else "reversed"
                if start > end
                else f"outside the text of {size} characters"
            )
            what = (
                "spans outside their text"
                if why.startswith("o")
                else "spans that are empty or reversed"
            )
            self.report.left_out(what, f"[{start}, {end}) is {why}", line=line, key=key)
            return False
        a, b = trim(self.text, start, end)
        if a >= b:
            self.report.left_out(
                "spans of white space",
                f"[{start}, {end}) holds only white space",
                line=line,
                key=key,
            )
            return False
        if (a, b) != (start, end):
            if one.get("quote") == self.text[start:end]:
                one["quote"] = self.text[a:b]
            one["start"], one["end"] = a, b
            message = (
                f"white space around {shown(self.text[a:b])} is removed: [{start}, {end}) becomes "
                f"[{a}, {b})"
            )
            self.report.changed("spans with white space around", message, line=line, key=key)
        return True

    def _relations(self, relations: list[Any]) -> list[Any]:
        layers = {
            one["id"]: one.get("layer") for one in self.data["spans"] if isinstance(one["id"], str)
        }
        out: list[Any] = []
        seen: dict[bytes | str, str] = {}
        for i, one in enumerate(relations):
            if not isinstance(one, dict):
                message = "a relation must be an object"
                self.report.left_out(
                    "invalid relations", message, line=self.line, key=f"relations[{i}]"
                )
                continue
            line, key = self._place(one, "relations", i)
            one.setdefault("id", f"#r{i}")
            for end in ("from", "to"):
                if isinstance(one.get(end), str):
                    one[end] = self.other.get(one[end], one[end])
            name = one["id"] if isinstance(one["id"], str) else ""
            if not self._ends(one, layers, line, key):
                self.gone.add(name)
                continue
            self._stretches(one, line, key)
            rest = {k: v for k, v in one.items() if k != "id"}
            same = _key({"source": "human", "attributes": {}, **rest})
            if same in seen:
                message = "the same relation a second time"
                self._repeats("relations", message, (name, seen[same]), line, key)
                continue
            out.append(one)
            seen[same] = self._own_id(one, line, key)
        return out

    def _ends(self, one: dict[str, Any], layers: Mapping[Any, Any], line: int, key: str) -> bool:
        """Whether both ends of a relation exist. A relation that fits only the other way round is
        reversed."""
        source, target = one.get("from"), one.get("to")
        if any(self._is_missing(end, layers, line, key) for end in (source, target)):
            return False
        layer = self.schema.layer(str(one.get("layer")))
        if layer is None or not isinstance(source, str) or not isinstance(target, str):
            return True
        of = [AUTHOR if end == AUTHOR else layers.get(end) for end in (source, target)]
        fits = of[0] in layer.sources and of[1] in layer.targets
        if not fits and of[1] in layer.sources and of[0] in layer.targets:
            one["from"], one["to"] = target, source
            message = (
                f"the {layer.name} is the wrong way round, so it is reversed: it goes from "
                f"{of[1]} to {of[0]}"
            )
            self.report.changed("reversed relations", message, line=line, key=key)
        elif not fits:
            ends = (
                f"a {layer.name} goes from {', '.join(layer.sources)} to {', '.join(layer.targets)}"
            )
            message = f"{ends}, not from {of[0]} to {of[1]}"
            self.report.left_out("relations between other layers", message, line=line, key=key)
            return False
        return True

    def _is_missing(self, end: Any, layers: Mapping[Any, Any], line: int, key: str) -> bool:
        """Whether the span at an end of a relation is not there, which is reported."""
        if not isinstance(end, str) or end in layers or end == AUTHOR:
            return False
        why = "was left out" if end in self.gone else "is not there"
        message = f"the relation names the span {shown(end)}, which {why}"
        self.report.left_out("relations with missing spans", message, line=line, key=key)
        return True

    def _notes(self) -> None:
        """Notes and flags of items that now have another id, or do not exist."""
        meta = self.data.get("meta")
        added = meta.get(COMPLETION) if isinstance(meta, dict) else None
        if not isinstance(added, dict):
            return
        added, gone = dict(added), self.gone - self.ids
        gone |= self._unknown(added)
        if isinstance(notes := added.get("notes"), dict):
            kept: dict[Any, Any] = {}
            for item, note in notes.items():
                if item not in gone:
                    name = self.other.get(item, item)
                    kept[name] = _joined(kept[name], note) if name in kept else note
            added["notes"] = kept
        if isinstance(flags := added.get("flags"), list):
            added["flags"] = [
                self.other.get(x, x) if isinstance(x, str) else x
                for x in flags
                if not isinstance(x, str) or x not in gone
            ]
        self.data["meta"] = {**meta, COMPLETION: added} if isinstance(meta, dict) else meta

    def _unknown(self, added: Mapping[str, Any]) -> set[str]:
        """The names in notes and flags that no item has or had. They are reported."""
        named = [key for key in ("notes", "flags") if isinstance(added.get(key), dict | list)]
        names = {one: key for key in named for one in added[key] if isinstance(one, str)}
        unknown = names.keys() - item_names(self.data) - self.gone - self.other.keys()
        for name in sorted(unknown):
            key, message = f"meta.{COMPLETION}.{names[name]}", f"no item has the id {shown(name)}"
            self.report.left_out("notes on missing items", message, line=self.line, key=key)
        return unknown


def _joined(note: Any, other: Any) -> Any:
    """Two notes as one. Anything that is not a note is left to the check of the record."""
    return f"{note}; {other}" if isinstance(note, str) and isinstance(other, str) else other


def _key(value: Mapping[str, Any]) -> bytes | str:
    """A key that is the same for equal JSON values."""
    with suppress(TypeError):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    # orjson refuses integers of more than 64 bits, lone surrogates, and deeply nested values.
    return repr(
        sorted((k, repr(sorted(v.items()) if isinstance(v, dict) else v)) for k, v in value.items())
    )


__all__ = ["admit", "number"]
