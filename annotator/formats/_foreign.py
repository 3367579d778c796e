"""From another program's annotations to records: labels, offsets, and what has no place in a record.

A label stands for that of the schema with the same name, written `label` or `layer.label`, or for what the
project's table `[format.NAME.labels]` says. What is left out is counted and told, never dropped in silence.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal

from annotator.errors import InputError
from annotator.formats._record import completed, plain, problems, record_of
from annotator.formats._shared import FALLBACK, Batch, ReadOptions, document_id, lines
from annotator.model.record import COMPLETION, Record
from annotator.model.schema import Attribute, Kind
from annotator.model.text import Document, split_paragraphs, title_of

Offsets = Literal["code-points", "utf-16"]


@dataclass(slots=True)
class Work:
    """One annotator's work on one text, as it is read; `line` is where it stands, 0 if in no line. Without
    `status` nobody has worked on the text."""

    text: str
    id: str
    line: int
    annotator: str | None = None
    status: str | None = "done"
    title: str | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    spans: dict[str, dict[str, Any]] = field(default_factory=dict)
    relations: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)


class Foreign:
    """Reads one file of another program; `works` in the order of the file."""

    def __init__(
        self, name: str, path: Path, options: ReadOptions, *, offsets: Offsets = "code-points"
    ) -> None:
        self.name, self.path, self.options, self.schema = name, path, options, options.schema
        self._table: Mapping[str, str] = options.settings.get("labels", {})
        self._utf16 = options.settings.get("offsets", offsets) == "utf-16"
        self._unknown: dict[str, tuple[int, str]] = {}
        self._dropped: set[tuple[int, str]] = set()
        self._units: tuple[str, dict[int, int]] = ("", {})
        self.left_out: Counter[str] = Counter()
        self.warnings: list[str] = []
        self.works: list[Work] = []

    def fail(self, work: Work, key: str, message: str, hint: str = "") -> InputError:
        """The error about a place of the file."""
        hint = hint or "Nothing of this file was imported"
        return InputError(message, file=self.path, line=work.line or None, key=key or None, hint=hint)

    def text(self, data: Mapping[str, Any], line: int, key: str = "") -> str:
        """The text of an object, under the key that the settings name."""
        name = self.options.settings.get("text", "text")
        found = data.get(name)
        if not isinstance(found, str) or not found.strip():
            hint = f'Another key than “{name}” is named in annotator.toml: [format.{self.name}] text = "..."'
            at = f"{key}.{name}" if key else name
            raise InputError("must be a text that is not empty", file=self.path, line=line, key=at, hint=hint)
        return found

    # --- labels

    def label(self, given: object, kind: Kind, work: Work, key: str) -> tuple[str, str] | None:
        """Layer and label of the schema for a label; None when it is to be left out, or unknown, which `batch`
        tells of all at once."""
        if not isinstance(given, str) or not given:
            raise self.fail(work, key, "must be a label")
        target = self._table.get(given)
        if target == "":
            self.left_out[f"annotations labelled “{given}”, as annotator.toml says"] += 1
            return None
        found = self._find(given if target is None else target, kind)
        if found is None and target is not None:
            raise InputError(
                f"“{target}” is no {kind} label of {self.schema.name}", file="annotator.toml",
                key=f"format.{self.name}.labels.{given}", hint=f"Labels: {', '.join(self._names(kind))}",
            )  # fmt: skip
        if found is None:
            self._unknown.setdefault(given, (work.line, key))
        return found

    def _find(self, name: str, kind: Kind) -> tuple[str, str] | None:
        layers = [layer for layer in self.schema.layers if layer.kind == kind]
        first, _, rest = name.partition(".")
        for layer in layers:
            if layer.name == first and rest and (layer.label(rest) or layer.open):
                return layer.name, rest
        owners = [layer.name for layer in layers if layer.label(name)] or [x.name for x in layers if x.open]
        return (owners[0], name) if len(owners) == 1 else None

    def _names(self, kind: Kind) -> list[str]:
        return [f"{x.name}.{b.name}" for x in self.schema.layers if x.kind == kind for b in x.labels]

    # --- annotations

    def span(
        self, work: Work, name: str, label: object, start: object, end: object, *, key: str, quote: str | None = None
    ) -> bool:  # fmt: skip
        """Add a span; whether it is kept. With a quote the offsets have to fit it, in code points or else in
        UTF-16 units."""
        if type(start) is not int or type(end) is not int:
            raise self.fail(work, key, "start and end must be integers")
        found = self.label(label, "span", work, key)
        a, b = self._bounds(work, start, end, key, quote)
        if found is None:
            self._dropped.add((id(work), name))
            return False
        layer, value = found
        work.spans[name] = {
            "id": name,
            "layer": layer,
            "label": value,
            "start": a,
            "end": b,
            "attributes": {},
        }
        return True

    def _bounds(self, work: Work, start: int, end: int, key: str, quote: str | None) -> tuple[int, int]:
        counted = [(start, end)]
        if self._utf16 or quote is not None:
            counted.insert(0 if self._utf16 else 1, self._from_utf16(work.text, start, end))
        fitting = [(a, b) for a, b in counted if 0 <= a < b <= len(work.text)]
        if not fitting:
            size = f"the text of {len(work.text)} characters"
            raise self.fail(work, key, f"[{start}, {end}) is empty or outside {size}")
        if quote is None:
            return fitting[0]
        for a, b in fitting:
            if squeezed(work.text[a:b]) == squeezed(quote):
                return a, b
        a, b = fitting[0]
        hint = "Offsets and text do not belong together; was the text changed after it was annotated?"
        raise self.fail(work, key, f"[{start}, {end}) is “{work.text[a:b]}”, and “{quote}” is quoted", hint)

    def _from_utf16(self, text: str, start: int, end: int) -> tuple[int, int]:
        """Code points for offsets in UTF-16 units, in which a character beyond U+FFFF counts twice; -1 for one
        inside such a character or beyond the text."""
        if text.isascii():
            return start, end
        if self._units[0] is not text:
            units = accumulate((1 + (char > "\uffff") for char in text), initial=0)
            self._units = (text, {unit: point for point, unit in enumerate(units)})
        return self._units[1].get(start, -1), self._units[1].get(end, -1)

    def relation(
        self, work: Work, name: str, label: object, source: object, target: object, *, key: str
    ) -> bool:
        """Add a relation between spans that were added before; whether it is kept."""
        found = self.label(label, "relation", work, key)
        if found is None:
            return False
        for end, which in (("source", source), ("target", target)):
            if (id(work), str(which)) in self._dropped:
                self.left_out["relations of annotations that were left out"] += 1
                return False
            if str(which) not in work.spans:
                raise self.fail(work, key, f"the {end} “{which}” is no annotation of the text")
        layer, value = found
        known = self.schema.layer(layer)
        assert known is not None
        for end, which, allowed in (("source", source, known.sources), ("target", target, known.targets)):
            of = work.spans[str(which)]["layer"]
            if of not in allowed:
                hint = f"A {layer} goes from {', '.join(known.sources)} to {', '.join(known.targets)}"
                raise self.fail(
                    work, key, f"an annotation of layer {of} cannot be the {end} of “{label}”", hint
                )
        work.relations[name] = {
            "id": name, "layer": layer, "label": value, "source": str(source), "target": str(target), "attributes": {},
        }  # fmt: skip
        return True

    def more(self, work: Work, item: str, name: str, value: str) -> None:
        """A further property of an item (`@document`: of the text): its attribute where the schema has it with that
        value, else a note on it."""
        one = work.spans.get(item) or work.relations.get(item)
        if one is not None:
            layer = self.schema.layer(one["layer"])
            attribute = layer.attribute(name) if layer else None
            if attribute is not None and attribute.type == "entity":
                one["entity"] = value
                return
            if attribute is not None and self._set(one["attributes"], attribute, value):
                return
        elif item != "@document":
            self.left_out["properties of annotations that were left out"] += 1
            return
        work.notes.setdefault(item, []).append(f"{name}: {value}" if name else value)

    @staticmethod
    def _set(attributes: dict[str, Any], attribute: Attribute, value: str) -> bool:
        """Give an attribute a value, when it may have it."""
        if attribute.type == "span":
            return False
        one: Any = int(value) if attribute.type == "integer" and value.isdecimal() else value
        held = [*attributes.get(attribute.name, []), one] if attribute.multiple else one
        if attribute.problem(held) is not None:
            return False
        attributes[attribute.name] = held
        return True

    # --- the result

    def batch(self) -> Batch:
        """What was read. Raises InputError for labels that the schema does not know, all of them in one, and
        for work that stands twice."""
        self._known()
        batch = Batch(warnings=self.warnings)
        records: list[Record] = []
        seen: set[tuple[str, str | None]] = set()
        nameless = 0
        for work in self.works:
            if work.status is None:
                batch.documents.append(self._document(work))
                continue
            nameless += not work.annotator and not self.options.annotator
            record = self._record(work)
            who = (record.document.sha256, record.annotator)
            if who in seen:
                hint = "Import the second one on its own, with another name: --as"
                raise self.fail(work, "", f"the same text a second time for {record.annotator}", hint)
            seen.add(who)
            records.append(record)
        batch.records = records
        for what, count in sorted(self.left_out.items()):
            self.warnings.append(f"{self.path}: left out: {count} {what}")
        if nameless:
            self.warnings.append(
                f"{self.path}: {nameless} of {len(records)} name no annotator; taken as the work of “{FALLBACK}”. Say "
                "whose they are with --as"
            )
        return batch

    def _known(self) -> None:
        """Raise InputError when there were unknown labels."""
        if not self._unknown:
            return
        (first, (line, key)), *others = self._unknown.items()
        more = (
            f"; nor {'are' if len(others) > 1 else 'is'} {', '.join(f'“{x}”' for x, _ in others)}"
            if others
            else ""
        )
        kind: Kind = "relation" if "relation" in key else "span"
        example = next(iter(self._names(kind)), "layer.label")
        raise InputError(
            f"“{first}” is no {kind} label of {self.schema.name}{more}", file=self.path, line=line or None, key=key,
            hint=f"Say in annotator.toml what each stands for: [format.{self.name}.labels] and then "
            f'{json.dumps(first, ensure_ascii=False)} = "{example}", or = "" to leave it out. '
            f"Labels: {', '.join([*self._names('span'), *self._names('relation')])}",
        )  # fmt: skip

    def _document(self, work: Work) -> Document:
        paragraphs = split_paragraphs(work.text, splitting=self.options.splitting)
        return Document(
            work.id, work.title or title_of(work.text, paragraphs), work.text, paragraphs, work.meta
        )

    def _record(self, work: Work) -> Record:
        meta = dict(work.meta)
        if work.notes:
            meta[COMPLETION] = {"notes": {item: "; ".join(notes) for item, notes in work.notes.items()}}
        data = {
            "id": work.id, "text": work.text, "annotator": work.annotator, "status": work.status, "meta": meta,
            "spans": list(work.spans.values()), "relations": list(work.relations.values()),
        }  # fmt: skip
        if work.title:
            data["title"] = work.title
        whole = completed(
            data,
            id=work.id,
            annotator=self.options.annotator or FALLBACK,
            splitting=self.options.splitting,
        )
        for key, message in problems(whole, self.schema):
            raise self.fail(work, key, message)
        return record_of(whole)

    def id(self, name: object) -> str:
        """A document's id from the file's name and its own."""
        return f"{document_id(self.path)}-{name}"


def objects(path: Path, options: ReadOptions) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and object of each line of a file of JSON lines. Raises InputError for a line that is none."""
    for number, line in lines(path, options.max_bytes):
        try:
            data = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            hint = "Save the file as UTF-8"
            raise InputError(f"not UTF-8 at byte {error.start}", file=path, line=number, hint=hint) from error
        except (json.JSONDecodeError, RecursionError) as error:
            hint = "The file must hold one JSON object a line"
            raise InputError(f"broken JSON: {error}", file=path, line=number, hint=hint) from error
        if not isinstance(data, dict):
            raise InputError("must be an object, in braces", file=path, line=number, hint="One object a line")
        yield number, data


def squeezed(text: str) -> str:
    """The text without white space, escaped or not, which programs change in quotes."""
    return "".join(text.replace("\\n", " ").replace("\\r", " ").replace("\\t", " ").split())


__all__ = ["Foreign", "Offsets", "Work", "objects", "plain", "squeezed"]
