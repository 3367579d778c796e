"""What suggestions would have saved on data that is already coded: suggest, count keys and learn,
paragraph by paragraph.

Two ways are compared on the same stream: rules with the memory of what was accepted, and the model
trained again every few paragraphs, as a project would have it. Each paragraph is judged before
anything is learnt from it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.config import Config
from annotator.errors import InputError, SuggesterError
from annotator.formats.api import checked_file, read_records
from annotator.learners.calibration import Calibration, Verdict
from annotator.model.decision import Completion, Suggestion
from annotator.model.memory import Memory, Outcome
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.span import Span
from annotator.model.text import Document, Paragraph, plural
from annotator.workflows.background import pause
from annotator.workflows.effort.name_keys import NameKeys, places
from annotator.workflows.effort.scoring import Decided, Score
from annotator.workflows.suggesting.suggest import SuggestionEngine, SuggestionPlan, propose
from annotator.workflows.training.base_model import taught

if TYPE_CHECKING:
    from annotator.english.reading import Reader
    from annotator.learners.examples import Example

ALONE, LEARNING = "rules and memory", "learning"
_NAMES = {ALONE: ("rules", "memory"), LEARNING: ("model", "rules", "memory", "guideline")}
WINDOWS = 10
"""Rows of the table by progress."""


@dataclass
class Arm:
    """One way to make suggestions, with what it has seen so far."""

    names: tuple[str, ...]
    schema: LabelSchema
    config: Config
    score: Score
    outcomes: list[Outcome] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    model: tuple[int, bytes] | None = None
    engine: SuggestionEngine | None = None

    def renew(self) -> None:
        """Learn from what was seen."""
        plan = SuggestionPlan(
            self.names,
            self.schema,
            self.config,
            Memory.of(self.outcomes),
            Calibration.fit(self.verdicts),
            self.model,
        )
        self.engine = SuggestionEngine.of(plan)

    def judge(self, one: Decided) -> list[Suggestion]:
        """Make suggestions for a paragraph, compare them, and remember the paragraph; returns
        what was shown."""
        if self.engine is None:
            self.renew()
        assert self.engine is not None
        others = frozenset(
            p.index for p in one.document.paragraphs if p.index != one.paragraph.index
        )
        found = propose(
            one.document,
            self.engine.suggesters,
            self.engine.plan.memory,
            policy=self.engine.policy,
            skip=others,
        )
        shown = [s for s in found if s.shown]
        for suggestion, right in self.score.add(one, shown):
            self._remember(one.document, suggestion, right)
        self.remember(one)
        return shown

    def remember(self, one: Decided) -> None:
        """Remember the annotations of a paragraph."""
        self.outcomes += [
            Outcome(s.layer, s.label, one.document.quote(s.start, s.end), True, s.entity)
            for s in one.spans
        ]

    def _remember(self, document: Document, one: Suggestion, right: bool) -> None:
        raw = one.score if one.raw is None else one.raw
        self.verdicts.append(Verdict(one.suggester, one.value.layer, one.value.label, raw, right))
        if not right and isinstance(one.value, Span):
            quote = document.quote(one.value.start, one.value.end)
            self.outcomes.append(Outcome(one.value.layer, one.value.label, quote, False))


def simulate(
    stream: Sequence[Decided],
    schema: LabelSchema,
    config: Config,
    *,
    every: int = 10,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """The figures of both ways over a stream of paragraphs, JSON-able: `windows`
    in order, and `layers` over all.

    The model is trained after the first few paragraphs, then every `every` of them.
    """
    from annotator.english.reading import shared_reader

    reader = shared_reader()
    used = sorted(
        {s.layer for one in stream for s in one.spans}
        | {r.layer for one in stream for r in one.relations}
    )
    arms = {name: Arm(names, schema, config, Score(schema, used)) for name, names in _NAMES.items()}
    examples: list[Example] = []
    texts = list(dict.fromkeys(one.document.text for one in stream))
    names = NameKeys()
    last = trained = 0
    for number, one in enumerate(stream):
        if number - last >= pause(last, every):
            last = number
            try:
                bundle = taught(examples, schema, texts=texts, base=config.suggestions.base)
            except SuggesterError:
                bundle = None  # Nothing is marked yet.
            if bundle is not None:
                trained += 1
                arms[LEARNING].model = (trained, bundle.to_bytes())
            for arm in arms.values():
                arm.renew()
        for name, arm in arms.items():
            shown = arm.judge(one)
            if name == LEARNING:
                names.add(one, places(shown))
        examples.append(example_of(reader, one))
        if progress is not None:
            progress(number + 1, len(stream))
    return {
        **_result(stream, arms, trained, every),
        "complete": complete(arms[LEARNING].score.together(0), names),
    }


def complete(alone: Mapping[str, Any], names: NameKeys) -> dict[str, Any]:
    """The keys of complete coding: those of spans and stances `alone`, and where the keys of names
    go; `by_hand` without suggestions and with every name written in full; `wrong_names` were
    sure and are wrong."""
    keys = alone["keys"] + sum(names.now.values())
    by_hand = alone["without"] + sum(names.typed.values())
    return {
        "keys": keys,
        "by_hand": by_hand,
        "saved": 1 - keys / by_hand if by_hand else None,
        "spans_and_stances": alone["keys"],
        "entity": names.now["entity"],
        "concept": names.now["concept"],
        "entities": names.wanted["entity"],
        "concepts": names.wanted["concept"],
        "wrong_names": names.wrong,
    }


def example_of(reader: Reader, one: Decided) -> Example:
    """A paragraph as an example to learn from."""
    from annotator.learners.examples import Example

    return Example(
        reader.read(one.document, one.paragraph), one.spans, one.relations, one.document.id
    )


def _result(
    stream: Sequence[Decided], arms: Mapping[str, Arm], trained: int, every: int
) -> dict[str, Any]:
    size = max(every, -(-len(stream) // WINDOWS // every) * every)
    windows = []
    for first in range(0, len(stream), size):
        last = min(first + size, len(stream))
        windows.append(
            {
                "first": first + 1,
                "last": last,
                **{name: arm.score.together(first, last) for name, arm in arms.items()},
            }
        )
    return {
        "paragraphs": len(stream),
        "documents": len({one.document.id for one in stream}),
        "every": every,
        "trainings": trained,
        "windows": windows,
        "second_half": {name: arm.score.together(len(stream) // 2) for name, arm in arms.items()},
        "together": {name: arm.score.together(0) for name, arm in arms.items()},
        "layers": {name: arm.score.result() for name, arm in arms.items()},
    }


# --- data


@dataclass(frozen=True, slots=True)
class Stream:
    """The finished paragraphs of a file, in order; `left_out` counts the
    others, about which nothing is known."""

    paragraphs: Sequence[Decided]
    left_out: int = 0


def stream_of(records: Iterable[Record]) -> Stream:
    """The finished paragraphs of records that are not excluded: all of those that are done or gold,
    of one in progress those marked as done, none of a skipped one."""
    out: list[Decided] = []
    left_out = 0
    for record in records:
        for paragraph in record.document.paragraphs:
            if paragraph.excluded:
                continue
            if record.status in (Completion.DONE, Completion.GOLD) or (
                record.status is Completion.IN_PROGRESS and paragraph.index in record.done
            ):
                out.append(decided(record, paragraph))
            else:
                left_out += 1
    return Stream(out, left_out)


def decided(record: Record, paragraph: Paragraph) -> Decided:
    """A paragraph of a record; a relation is where its target is,
    and both its ends have to be there."""
    spans = tuple(s for s in record.spans if paragraph.start <= s.start and s.end <= paragraph.end)
    here = {s.id for s in spans} | {"@author"}
    relations = tuple(r for r in record.relations if r.source in here and r.target in here)
    return Decided(record.document, paragraph, spans, relations)


def read_stream(path: Path, schema: LabelSchema, config: Config, *, group: int = 1) -> Stream:
    """The finished paragraphs of a file: canonical records (the gold where there is any, else the
    annotator who finished most), or rows of `text` and `spans` as [start, end, label], `group`
    of which make a paragraph.

    Raises InputError, naming file and line, if the file is invalid, or if nothing is marked in it.
    """
    rows = _rows(path)
    if all(isinstance(span, list) for row in rows for span in row.get("spans", [])) and any(
        row.get("spans") for row in rows
    ):
        stream = Stream(list(_plain(path, rows, schema, group)))
    else:
        stream = _canonical(path, schema, config)
    if not any(one.spans for one in stream.paragraphs):
        hint = "It has to hold annotations to compare with"
        if stream.left_out:
            hint += f"; {plural(stream.left_out, 'paragraph')} not finished left out"
        raise InputError("nothing is marked in the file", file=path, hint=hint)
    return stream


def _canonical(path: Path, schema: LabelSchema, config: Config) -> Stream:
    """The gold of a file of records where there is any, else the work
    of the annotator who finished most."""
    works: dict[str | None, list[Record]] = {}
    try:
        for record in read_records(path, schema, splitting=config.splitting):
            works.setdefault(record.annotator, []).append(record)
    except InputError as error:
        # The reader's own hints are about importing.
        hint = "`annotator validate` lists everything that is wrong"
        raise InputError(
            error.message, file=error.file, line=error.line, key=error.key, hint=hint
        ) from error
    streams = {who: stream_of(records) for who, records in works.items()}
    best = min(streams, key=lambda who: (who is not None, -len(streams[who].paragraphs), str(who)))
    return streams[best]


def _rows(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    if path.is_dir():
        raise InputError("is a folder", file=path, hint="Name a file of JSON lines")
    checked_file(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        hint = "Check the permissions of the file"
        raise InputError(f"cannot be read: {error.strerror}", file=path, hint=hint) from error
    except UnicodeDecodeError as error:
        hint = "Save it as JSON lines in UTF-8"
        raise InputError(f"is not UTF-8 (byte {error.start:,})", file=path, hint=hint) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(
                f"not valid JSON: {error}", file=path, line=number, hint="One object a line"
            ) from error
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise InputError(
                "has no text",
                file=path,
                line=number,
                key="text",
                hint='{"text": ..., "spans": [...]}',
            )
        if not isinstance(row.get("spans", []), list):
            raise InputError(
                "must be a list",
                file=path,
                line=number,
                key="spans",
                hint='{"text": ..., "spans": [...]}',
            )
        rows.append(row)
    if not rows:
        raise InputError("holds only blank lines", file=path, hint="One JSON object a line")
    return rows


def _plain(
    path: Path, rows: Sequence[Mapping[str, Any]], schema: LabelSchema, group: int
) -> Iterator[Decided]:
    for at in range(0, len(rows), group):
        text = ""
        spans: list[Span] = []
        for number, row in enumerate(rows[at : at + group], at + 1):
            offset = len(text) + bool(text)
            text += (" " if text else "") + row["text"]
            spans += [
                _span(path, number, schema, value, row["text"], offset)
                for value in row.get("spans", [])
            ]
        document = Document(f"{path.stem}-{at + 1}", "", text, (Paragraph(0, 0, len(text)),))
        yield Decided(document, document.paragraphs[0], tuple(spans), ())


def _span(path: Path, number: int, schema: LabelSchema, value: Any, text: str, offset: int) -> Span:
    """A span of a row: its label is one of the schema, alone or after its layer and a dot."""
    try:
        start, end, name = value
        holds = type(start) is type(end) is int and 0 <= start < end <= len(text)
    except (TypeError, ValueError):
        holds, start, end, name = False, 0, 0, ""
    if not holds:
        raise InputError(
            f"{value!r} is not a span",
            file=path,
            line=number,
            key="spans",
            hint="[start, end, label] within the text",
        )
    layer, _, label = str(name).rpartition(".")
    for known in schema.span_layers:
        if known.label(label) is not None and layer in ("", known.name):
            id = f"{known.name}-{offset + start}-{offset + end}"
            return Span(id, known.name, label, offset + start, offset + end)
    names = ", ".join(f"{x.name}.{label.name}" for x in schema.span_layers for label in x.labels)
    raise InputError(
        f"“{name}” is not a label of {schema.name}",
        file=path,
        line=number,
        key="spans",
        hint=f"Labels: {names}; name another schema with --schema",
    )


__all__ = [
    "ALONE", "LEARNING", "Arm", "Stream", "complete", "decided", "example_of", "read_stream",
    "simulate", "stream_of",
]  # fmt: skip
