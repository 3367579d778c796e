"""Helpers for the tests of formats: reading a file, and the result."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotator.families import formats
from annotator.formats.api import FindingKind, ReadOptions, ReadReport, admit, reader
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.text import Document
from annotator.resources import load_schema

SCHEMA = load_schema("actors-claims-stances")


@dataclass(frozen=True)
class Read:
    """The content of a file after the door."""

    records: list[Record]
    documents: list[Document]
    report: ReadReport

    @property
    def told(self) -> str:
        """All messages."""
        return "\n".join(self.report.lines())

    @property
    def left_out(self) -> int:
        """How many things were left out."""
        return self.report.count(FindingKind.LEFT_OUT)

    def marked(self, record: int = 0) -> list[tuple[str, str]]:
        """Quotation and label of every span of a record."""
        one = self.records[record]
        return [(one.document.quote(s.start, s.end), s.label) for s in one.spans]


def read(
    name: str, path: Path, *, schema: LabelSchema = SCHEMA, strict: bool = False, **options: Any
) -> Read:
    """A file, read by a format and taken through the door."""
    member = reader(formats.load(name))
    assert member is not None
    report = ReadReport(path, strict)
    how = ReadOptions(schema=schema, report=report, **options)
    values = [admit(entry, how) for entry in member.read(path, how)]
    return Read(
        [v for v in values if isinstance(v, Record)],
        [v for v in values if isinstance(v, Document)],
        report,
    )


def write(path: Path, content: object) -> Path:
    """A file with bytes, a text, or JSON; a list for `.jsonl` becomes lines."""
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, str):
        path.write_bytes(content.encode("utf-8"))
    elif path.suffix == ".jsonl" and isinstance(content, list):
        path.write_text("".join(json.dumps(one) + "\n" for one in content), encoding="utf-8")
    else:
        path.write_text(json.dumps(content), encoding="utf-8")
    return path


# --- the same work in every format

TEXT = "🙂 Iran rejects the plan.\nMr Putin says that sanctions must end."
LABELS = {
    "GPE": "actor.state",
    "PER": "person",
    "CLAIM": "claim.policy",
    "against": "oppose",
    "MISC": "",
}


def _at(quote: str, *, utf16: bool = False) -> tuple[int, int]:
    start = TEXT.index(quote)
    extra = 1 if utf16 else 0
    return start + extra, start + extra + len(quote)


@dataclass(frozen=True)
class Example:
    """Files of a program that say about TEXT: Iran opposes the plan; Putin is a person."""

    files: Mapping[str, str]
    main: str
    spoil: Callable[[str], str]
    """A function that gives the label of Iran another name."""
    settings: Mapping[str, Any] = field(default_factory=lambda: {"labels": LABELS})


def span_of(quote: str, label: str, **more: object) -> dict[str, object]:
    start, end = _at(quote)
    return {"start": start, "end": end, "label": label, **more}


_PRODIGY = {
    "text": TEXT,
    "_input_hash": 1,
    "_task_hash": 2,
    "_annotator_id": "db-ada",
    "answer": "accept",
    "meta": {"source": "x", "score": 0.5},
    "spans": [
        span_of("Iran", "GPE", token_start=1),
        span_of("the plan", "CLAIM"),
        span_of("Putin", "PER"),
        span_of("Mr", "MISC"),
    ],
    "relations": [
        {
            "head": 1,
            "child": 4,
            "label": "against",
            "head_span": span_of("Iran", "GPE"),
            "child_span": span_of("the plan", "CLAIM"),
        }
    ],
}
BINARY = {**_PRODIGY, "_task_hash": 3, "spans": [span_of("Putin", "PER")], "relations": []}


def _offsets(quote: str) -> dict[str, int]:
    start, end = _at(quote, utf16=True)
    return {"start_offset": start, "end_offset": end}


_DOCCANO = {
    "id": 7,
    "text": TEXT,
    "Comments": ["a remark"],
    "outlet": "Herald",
    "entities": [
        {"id": 1, "label": "GPE", **_offsets("Iran")},
        {"id": 2, "label": "CLAIM", **_offsets("the plan")},
        {"id": 3, "label": "PER", **_offsets("Putin")},
        {"id": 4, "label": "MISC", **_offsets("Mr")},
    ],
    "relations": [{"id": 1, "from_id": 1, "to_id": 2, "type": "against"}],
}


def _region(id: str, quote: str, label: str) -> dict[str, object]:
    start, end = _at(quote, utf16=True)
    return {
        "id": id,
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "value": {"start": start, "end": end, "text": quote, "labels": [label]},
    }


_STUDIO = [
    {
        "id": 3,
        "data": {"article": TEXT, "n": 1.5},
        "predictions": [{"result": []}],
        "annotations": [
            {
                "id": 9,
                "completed_by": {"id": 1, "email": "ada@example.org"},
                "was_cancelled": False,
                "result": [
                    _region("a", "Iran", "GPE"),
                    _region("b", "the plan", "CLAIM"),
                    _region("c", "Putin", "PER"),
                    _region("d", "Mr", "MISC"),
                    {
                        "type": "relation",
                        "from_id": "b",
                        "to_id": "a",
                        "direction": "left",
                        "labels": ["against"],
                    },
                    {
                        "id": "b",
                        "type": "choices",
                        "from_name": "modality",
                        "value": {"choices": ["hedged"]},
                    },
                    {
                        "id": "b",
                        "type": "choices",
                        "from_name": "tone",
                        "value": {"choices": ["dry"]},
                    },
                    {
                        "id": "z",
                        "type": "choices",
                        "from_name": "genre",
                        "value": {"choices": ["editorial"]},
                    },
                ],
            }
        ],
    },
    {"id": 4, "data": {"article": "Nobody has been here."}, "annotations": []},
]

_BRAT = "\n".join(
    [
        "R1\tagainst Arg1:T1 Arg2:T2",
        "T1\tGPE {} {}\tIran".format(*_at("Iran")),
        "T2\tCLAIM {} {}\tthe plan".format(*_at("the plan")),
        "T3\tPER {} {}\tPutin".format(*_at("Putin")),
        "T4\tMISC {} {}\tMr".format(*_at("Mr")),
        "A1\tmodality T2 hedged",
        "A2\tNegation T2",
        "N1\tReference T1 Wikipedia:14653\tIran",
        "#1\tAnnotatorNotes T3\twho is it?",
        "E1\tMeeting:T3 Who:T1",
        "",
    ]
)


def _pair(label: str) -> Callable[[str], str]:
    return lambda text: text.replace(f'"{label}"', '"Nation"')


EXAMPLES: Mapping[str, Example] = {
    "prodigy": Example(
        {"a.jsonl": json.dumps(_PRODIGY) + "\n" + json.dumps(BINARY) + "\n"},
        "a.jsonl",
        _pair("GPE"),
    ),
    "doccano": Example({"a.jsonl": json.dumps(_DOCCANO) + "\n"}, "a.jsonl", _pair("GPE")),
    "label-studio": Example({"a.json": json.dumps(_STUDIO)}, "a.json", _pair("GPE")),
    "brat": Example(
        {"a.txt": TEXT, "a.ann": _BRAT}, "a.ann", lambda text: text.replace("T1\tGPE", "T1\tNation")
    ),
    "text": Example({"a.txt": TEXT}, "a.txt", str, {}),
    "jsonl": Example(
        {
            "a.jsonl": json.dumps(
                {
                    "text": TEXT,
                    "annotator": "ada",
                    "spans": [
                        {"id": "a", "layer": "actor", "label": "state", "start": 2, "end": 6},
                        {"id": "b", "layer": "claim", "label": "policy", "start": 15, "end": 23},
                        {"id": "c", "layer": "actor", "label": "person", "start": 28, "end": 33},
                    ],
                    "relations": [
                        {"layer": "stance", "label": "oppose", "source": "a", "target": "b"}
                    ],
                }
            )
        },
        "a.jsonl",
        _pair("state"),
        {},
    ),
}
