"""Turns another program's annotations into records: labels, offsets, and what has no place in a
record.

A label stands for the label of the schema with the same name (`label` or `layer.label`), or for the
one that the project's table `[format.NAME.labels]` gives. The whole file is read first, because it
takes all its spans to find out how it counts offsets. Everything left out is reported with its
line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotator.formats._building import Builder
from annotator.formats._door import number
from annotator.formats._labels import Labels
from annotator.formats._offsets import Place, Resolved, resolve
from annotator.formats._reading import Entry, Identity, ReadOptions, document_id
from annotator.formats._report import shown
from annotator.formats._work import WHOLE, ForeignWork, ReadRelation, ReadSpan
from annotator.model.text import kind_of


class ForeignFile:
    """Reads one file of another program: add the works in the order of the file, then take
    `entries`."""

    def __init__(
        self,
        name: str,
        path: Path,
        options: ReadOptions,
        *,
        unit: str = "code-points",
        identity: Identity = Identity.NUMBER,
    ) -> None:
        self.name, self.path, self.options = name, path, options
        self.report, self.schema = options.report, options.schema
        self.labels = Labels(name, path, options)
        self.works: list[ForeignWork] = []
        self._unit, self._identity = unit, identity
        self._prefix = options.prefix or document_id(path)

    # --- reading

    def text(self, data: Mapping[str, Any], line: int, key: str = "", *others: str) -> str | None:
        """The text of an object, under the key that the settings name, or under one of `others`.
        None, with a report, if there is none."""
        named = self.options.settings.get("text")
        names = [named] if named else ["text", *others]
        found = next((data[name] for name in names if isinstance(data.get(name), str)), None)
        if found is not None and found.strip():
            return str(found)
        at = f"{key}.{names[0]}" if key else names[0]
        given = data.get(names[0])
        why = (
            "is missing"
            if names[0] not in data
            else "is empty"
            if found is not None
            else f"must be a text, not {kind_of(given)}"
        )
        hint = f'another key is named in annotator.toml: [format.{self.name}] text = "KEY"'
        self.report.left_out("invalid texts", f"the text {why}; {hint}", line=line, key=at)
        return None

    def annotator(self, *given: object, line: int) -> str | None:
        """The name of the annotator that the first of some values gives; a number becomes
        annotator-NUMBER. None if they give none; a value that cannot be a name is reported."""
        for one in given:
            if one is None or one == "":
                continue
            whole = number(one) if isinstance(one, int | float) else None
            if whole is not None:
                return f"annotator-{whole}"
            if isinstance(one, str):
                return one
            message = f"an annotator must be a name, not {kind_of(one)}; --as says whose work it is"
            self.report.changed("annotators without a name", message, line=line)
        return None

    def work(self, text: str, own: object, line: int, **more: Any) -> ForeignWork:
        """Begin the work on a text. A byte order mark at the beginning is not part of the text."""
        clean = text.removeprefix("\ufeff")
        work = ForeignWork(
            clean, str(own) if own is not None else "", line, bom=clean != text, **more
        )
        self.works.append(work)
        return work

    def span(
        self,
        work: ForeignWork,
        name: str,
        labels: object,
        start: object,
        end: object,
        *,
        key: str,
        line: int = 0,
        quote: object = None,
        in_pieces: bool = False,
    ) -> None:
        """Add a span with one label or a list of them; an invalid one is reported. If the span is
        `in_pieces`, the quotation holds only the pieces."""
        line = line or work.line
        a, b = number(start), number(end)
        if a is None or b is None:
            self.left_out(
                work, "spans without integer bounds", "start and end must be integers", key, line
            )
            return
        words = self._labels(work, labels, key, line)
        if not words:
            return
        quoted = quote if isinstance(quote, str) and quote else None
        if name in work.names:
            message = f"another span has the id {shown(name)} too; relations refer to the first one"
            self.report.changed("ids of several spans", message, line=line, key=key)
            name = f"{name}@{key}"
        work.names.add(name)
        place = Place(work.text, a, b, quoted, work.bom, in_pieces)
        work.spans.append(ReadSpan(name, words, place, line, key))

    def relation(
        self,
        work: ForeignWork,
        label: object,
        source: object,
        target: object,
        *,
        key: str,
        line: int = 0,
        name: str = "",
    ) -> None:
        """Add a relation between spans by their names; an invalid one is reported."""
        line = line or work.line
        if not isinstance(label, str) or not label:
            self.left_out(work, "relations without a label", "the relation has no label", key, line)
            return
        ends = [name_of(source), name_of(target)]
        if "" in ends:
            message = f"the relation has no {'beginning' if not ends[0] else 'end'}"
            self.left_out(work, "relations without an end", message, key, line)
            return
        work.relations.append(ReadRelation(label, ends[0], ends[1], line, key, name))

    def more(self, work: ForeignWork, item: str, name: str, value: str, *, line: int = 0) -> None:
        """Add a property of an item (`WHOLE`: of the text): an attribute if the schema has it with
        this value, otherwise a note."""
        work.properties.append((item, name, value, line or work.line))

    def objects(self, work: ForeignWork, data: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        """The objects in the list that a key of a record holds; anything else in it is left out and
        reported."""
        found = data.get(key) or []
        if not isinstance(found, list):
            self.left_out(work, f"{key} that are not lists", "must be a list of objects", key)
            return []
        for i, one in enumerate(found):
            if not isinstance(one, dict):
                self.left_out(work, f"invalid {key}", "must be an object", f"{key}[{i}]")
        return [one for one in found if isinstance(one, dict)]

    def left_out(
        self, work: ForeignWork, what: str, message: str, key: str = "", line: int = 0
    ) -> None:
        """Report a part of a work that is left out."""
        work.lost += 1
        self.report.left_out(what, message, line=line or work.line, key=key)

    # --- the result

    def entries(self) -> Iterator[Entry]:
        """What was read. Raises one InputError that names all labels that the schema does not
        know."""
        self.labels.check(label for work in self.works for label in work.labels())
        resolved = self._resolve()
        numbers: dict[tuple[int, str], int] = {}
        number = 0
        for work in self._kept():
            self.report.here = work.line
            # Several texts may be in one line, and several works may be on one text.
            free = max(work.line, number + 1)
            number = max(number, numbers.setdefault((work.line, work.text), free))
            yield Builder(self.labels, work, resolved, self.options).entry(
                self._prefix, self._identity, numbers[work.line, work.text]
            )

    def _resolve(self) -> dict[int, tuple[int, int] | None]:
        """Span as read -> its bounds in code points."""
        spans = [span for work in self.works for span in work.spans]
        places = [span.place for span in spans]
        if not places:
            return {}
        found = resolve(places, unit=self._unit, settings=self.options.settings)
        self._tell_counting(found, spans)
        return {id(span): points for span, points in zip(spans, found.points, strict=True)}

    def _tell_counting(self, found: Resolved, spans: Sequence[ReadSpan]) -> None:
        differs = [
            (span, points)
            for span, points in zip(spans, found.points, strict=True)
            if points != (span.place.start, span.place.end)
        ]
        if differs and any(points is not None for _, points in differs):
            line = differs[0][0].line
        elif found.others or found.equal:
            line = 0
        else:
            line = -1
        if line >= 0:
            equal = (
                f"; {found.equal} would fit as well, so check the spans"
                if found.equal is not None
                else ""
            )
            self.report.note(
                "ways of counting offsets",
                f"the file seems to count {found.counting}{equal}",
                line=line,
            )
        if found.better is not None:
            self.report.note(
                "ways of counting offsets",
                f"spans cut words; if the file counts {found.better}, fewer do. Say how it counts "
                f"under [format.{self.name}] in annotator.toml: offsets, line_ends, bom, entities",
            )

    def _kept(self) -> list[ForeignWork]:
        """The work to keep. If one person gave several answers about one text, only the latest
        counts, unless all are wanted."""
        last: dict[tuple[str, str, str | None], ForeignWork] = {}
        answers: Counter[tuple[str, str, str | None]] = Counter()
        out: list[ForeignWork] = []
        for work in self.works:
            if work.status is None:
                out.append(work)
                continue
            same = "" if self.options.same_text else work.own
            key = (same, work.text, work.annotator or self.options.annotator)
            answers[key] += 1
            before = last.get(key)
            if before is not None and self.options.every_answer:
                self._call_apart(work, answers[key])
            elif before is not None:
                later, earlier = (work, before) if work.order >= before.order else (before, work)
                self._tell_earlier(work.annotator or "somebody", later, earlier)
                out = [one for one in out if one is not earlier]
                last[key] = later
                if later is before:
                    continue
            last.setdefault(key, work)
            out.append(work)
        return out

    def _labels(self, work: ForeignWork, labels: object, key: str, line: int) -> list[str]:
        """The valid labels of a span; others are reported, and so is a span without any."""
        every = labels if isinstance(labels, list) else [labels]
        words = [one for one in every if isinstance(one, str) and one]
        if words and len(words) < len(every):
            self.left_out(work, "invalid labels", "a label must be a text", key, line)
        if not words:
            nothing = all(one is None or one == "" for one in every)
            why = "has no label" if nothing else f"must have a label, not {kind_of(every[0])}"
            self.left_out(work, "spans without a label", why, key, line)
        return words

    def _call_apart(self, work: ForeignWork, answer: int) -> None:
        """Give the work of somebody who answered before a name of its own."""
        name = work.annotator or self.options.annotator or "imported"
        work.annotator = f"{name}-{answer}"
        message = f"another answer by {name}, kept as {work.annotator}"
        self.report.note("additional answers", message, line=work.line)

    def _tell_earlier(self, who: str, later: ForeignWork, earlier: ForeignWork) -> None:
        """Report that only the later of two answers counts."""
        where = f" (line {later.line})" if later.line != earlier.line else ""
        message = (
            f"{who} answered more than once; the later answer{where} "
            "counts. --every-answer keeps all"
        )
        self.report.changed("earlier answers", message, line=earlier.line)


def name_of(value: object) -> str:
    """The name of a span that a value gives; empty if it gives none."""
    if isinstance(value, float):
        value = number(value)
    return "" if value is None or isinstance(value, bool | list | dict) else str(value)


__all__ = ["WHOLE", "ForeignFile", "ForeignWork", "name_of"]
