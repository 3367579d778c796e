"""How the suggestions improve with the number of decisions: `python tests/bench/learning.py [DATA]`
prints JSON.

DATA is a folder with the public sets (`shared/data` beside the repository by default);
without it only the seeds are measured.

- `actors`: CrossNER politics (`actors_train.jsonl`, `actors_dev.jsonl`), exact bounds and label.
  Trained on 20, 60 and 200 sentences drawn at random and tested on the rest, over five shuffles;
  593 of 741 by five folds.
- `keys`: the same sentences as a stream, three to a paragraph, 200 paragraphs, learnt from after 1,
  2, 4, 8, 16 and then every 20 paragraphs: the file's order and four shuffles. A text counts as
  part of the project only once it was seen.
- `shipped`: the first 20 and the first 60 paragraphs of these streams in the label schema that
  comes with the program, with a model learnt over the shipped one, with suggestions as in a project
  (by rules, memory, guidelines or model, whichever saves the most keys), compared with rules and
  memory alone.
- `seeds`: the model that comes with the program on the part `test` of `seeds/splits.json`, compared
  with the rules alone, with 95 % intervals by bootstrap over documents (10,000 draws; `gain` is the
  interval of the paired difference); spans with exact bounds and label, relations between ends that
  overlap by half. The same for the few documents that two annotators have coded.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotator.config import Config
from annotator.english.reading import Reader, Reading, shared_reader
from annotator.learners.bundle import Bundle
from annotator.learners.display_choice import SpanCandidate, choose
from annotator.learners.evaluation import calibration_error
from annotator.learners.examples import Example
from annotator.learners.learning import learn
from annotator.model.decision import Suggestion
from annotator.model.effort import Effort, of_spans, total
from annotator.model.memory import EMPTY, Memory, Outcome
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.schema_reading import parse_schema
from annotator.model.span import Relation, Span, iou
from annotator.model.text import Document, Paragraph
from annotator.resources import folder, load_schema
from annotator.suggesters import memory as remembering
from annotator.suggesters import model, rules
from annotator.workflows.effort.scoring import Decided
from annotator.workflows.evaluation.arm import ALONE, LEARNING
from annotator.workflows.evaluation.simulation import simulate
from annotator.workflows.suggesting.combining import Policy, combine
from annotator.workflows.suggesting.suggest import propose
from annotator.workflows.training.base_model import seed_records
from annotator.workflows.training.due import paragraphs_until_next

LABELS = {"organisation": "organization", "bloc": "organization", "collective": "organization"}
SCHEMA = """
name = "names"
version = "1"
layer = [{name = "entity", kind = "span", label = [
  {name = "person"}, {name = "state"}, {name = "organization"},
]}]
"""

Row = dict[str, Any]
Stretch = tuple[int, int, str]


def spread(values: Iterable[float | None], digits: int = 3) -> dict[str, float]:
    """Mean, least and most."""
    known = [v for v in values if v is not None]
    return {
        "mean": round(statistics.fmean(known), digits),
        "least": round(min(known), digits),
        "most": round(max(known), digits),
    }


def document_of(text: str, id: str) -> Document:
    """A text as a document of one paragraph."""
    return Document(id, "", text, (Paragraph(0, 0, len(text)),))


def gold_of(row: Row) -> list[Stretch]:
    """The spans of a row, in the labels of SCHEMA."""
    return sorted((a, b, LABELS.get(label, label)) for a, b, label in row["spans"])


def example_of(reader: Reader, row: Row, id: str) -> Example:
    """A row as a finished paragraph."""
    document = document_of(row["text"], id)
    spans = tuple(
        Span(f"g{i}", "entity", label, a, b) for i, (a, b, label) in enumerate(gold_of(row))
    )
    return Example(reader.read(document, document.paragraphs[0]), spans, (), id)


def shown_by(
    bundle: Bundle, reading: Reading, memory: Memory = EMPTY
) -> list[tuple[Stretch, float]]:
    """What a project shows of a model's proposals for a paragraph: the least likely are held
    back."""
    document = document_of(reading.text, reading.document)
    found = [replace(s, suggester="model") for s in bundle.suggest(reading, memory)]
    return [
        ((s.value.start, s.value.end, s.value.label), s.score)
        for s in combine(document, found, memory, Policy(frozenset({"entity"})))
        if s.shown and isinstance(s.value, Span)
    ]


def wanted(example: Example) -> set[Stretch]:
    """The decided annotations."""
    return {(s.start, s.end, s.label) for s in example.spans}


def f1(pairs: Iterable[tuple[set[Any], set[Any]]]) -> float:
    """F1 of sets found against sets wanted."""
    every = list(pairs)
    right = sum(len(found & gold) for found, gold in every)
    both = sum(len(found) + len(gold) for found, gold in every)
    return 2 * right / both if both else 0.0


def actors(rows: Sequence[Row], schema: LabelSchema, reader: Reader) -> dict[str, Any]:
    """F1 and calibration after a given number of sentences."""
    examples = [example_of(reader, row, f"d{i}") for i, row in enumerate(rows)]
    texts = [row["text"] for row in rows]
    ruled = rules.create(schema=schema, config={}, memory=EMPTY)
    untrained = []
    for one in examples:
        document = document_of(one.reading.text, one.reading.document)
        spans = [s.value for s in ruled.suggest(document, document.paragraphs[0])]
        untrained.append(
            ({(s.start, s.end, s.label) for s in spans if isinstance(s, Span)}, wanted(one))
        )
    out: dict[str, Any] = {"none": round(f1(untrained), 3)}
    for number in (20, 60, 200):
        scores, errors = [], []
        for seed in range(5):
            order = random.Random(seed).sample(range(len(rows)), len(rows))
            score, error = _once(examples, order[:number], order[number:], schema, texts)
            scores.append(score)
            errors.append(error)
        out[str(number)] = {"f1": spread(scores), "calibration_error": spread(errors)}
    order = random.Random(0).sample(range(len(rows)), len(rows))
    scores = []
    for fold in range(5):
        tested = order[fold::5]
        score, _ = _once(
            examples, [i for i in order if i not in set(tested)], tested, schema, texts
        )
        scores.append(score)
    out["593"] = {"f1": spread(scores)}
    return out


def _once(
    examples: Sequence[Example],
    train: Sequence[int],
    test: Sequence[int],
    schema: LabelSchema,
    texts: list[str],
) -> tuple[float, float | None]:
    bundle = replace(
        learn([examples[i] for i in train], schema, texts=texts), covers=frozenset({"entity"})
    )
    found = [(shown_by(bundle, examples[i].reading), wanted(examples[i])) for i in test]
    shown = [(chance, stretch in gold) for some, gold in found for stretch, chance in some]
    return f1(({s for s, _ in some}, gold) for some, gold in found), calibration_error(shown)


class Stream:
    """Suggests, receives the right annotations, and learns from time to time, as a project does."""

    def __init__(self, schema: LabelSchema, reader: Reader) -> None:
        self.schema, self.reader = schema, reader
        self.examples: list[Example] = []
        self.outcomes: list[Outcome] = []
        self.bundle: Bundle | None = None
        self.trained = 0
        self.ruled = rules.create(schema=schema, config={}, memory=EMPTY)
        self.seconds = {"suggest": 0.0, "learn": 0.0}

    def suggest(self, row: Row) -> list[Stretch]:
        """The suggestions shown in the next paragraph."""
        document = document_of(row["text"], f"p{len(self.examples)}")
        started = time.process_time()
        memory = Memory.of(self.outcomes)
        if self.bundle is not None and "entity" in self.bundle.covers:
            self.bundle.remember(memory, self.reader)
            reading = self.reader.read(document, document.paragraphs[0])
            found = [stretch for stretch, _ in shown_by(self.bundle, reading, memory)]
        else:
            recalled = remembering.create(schema=self.schema, config={}, memory=memory)
            both = [
                s
                for one in (self.ruled, recalled)
                for s in one.suggest(document, document.paragraphs[0])
            ]
            found = [
                (s.value.start, s.value.end, s.value.label)
                for s in _apart(combine(document, both, memory))
                if isinstance(s.value, Span)
            ]
        self.seconds["suggest"] += time.process_time() - started
        return found

    def decide(self, row: Row, shown: Sequence[Stretch], *, every: int) -> None:
        """The annotator's decisions about it."""
        gold = gold_of(row)
        text = row["text"]
        self.outcomes += [Outcome("entity", label, text[a:b], True) for a, b, label in gold]
        self.outcomes += [
            Outcome("entity", s[2], text[s[0] : s[1]], False) for s in shown if s not in gold
        ]
        self.examples.append(example_of(self.reader, row, f"p{len(self.examples)}"))
        if len(self.examples) - self.trained >= paragraphs_until_next(self.trained, every):
            self.trained = len(self.examples)
            started = time.process_time()
            self.bundle = learn(
                self.examples, self.schema, texts=[one.reading.text for one in self.examples]
            )
            self.seconds["learn"] += time.process_time() - started


def _apart(found: Sequence[Suggestion]) -> list[Suggestion]:
    """The suggestions that are shown, if some overlap."""
    spans = {(s.value.start, s.value.end): s for s in reversed(found) if isinstance(s.value, Span)}
    chosen = choose(
        [SpanCandidate(a, b, s.value.label, s.score, "") for (a, b), s in spans.items()]
    )
    return [spans[one.first, one.last] for one in chosen]


def joined(rows: Sequence[Row], size: int) -> list[Row]:
    """The rows joined to paragraphs, a given number to each."""
    out = []
    for at in range(0, len(rows), size):
        text, spans = "", []
        for row in rows[at : at + size]:
            text += " " if text else ""
            spans += [[a + len(text), b + len(text), label] for a, b, label in row["spans"]]
            text += row["text"]
        out.append({"text": text, "spans": spans})
    return out


def keys(rows: Sequence[Row], schema: LabelSchema, reader: Reader) -> dict[str, Any]:
    """Shares of keys saved over 200 paragraphs, and wrong suggestions in each."""
    orders = [list(rows)] + [random.Random(seed).sample(rows, len(rows)) for seed in (1, 2, 3, 4)]
    saved, second, first, wrong, trained, suggested = [], [], [], [], [], []
    for order in orders:
        stream, spent = Stream(schema, reader), []
        for row in joined(order, 3)[:200]:
            shown = stream.suggest(row)
            spent.append(of_spans(row["text"], shown, gold_of(row)))
            stream.decide(row, shown, every=20)
        everything: Effort = total(spent)
        saved.append(everything.saved)
        second.append(total(spent[100:]).saved)
        first.append(total(spent[:10]).saved)
        wrong.append(everything.wrong / len(spent))
        trained.append(stream.seconds["learn"])
        suggested.append(1000 * stream.seconds["suggest"] / len(spent))
    return {
        "saved": spread(saved),
        "file's order": round(saved[0] or 0, 3),
        "second hundred": spread(second),
        "file's order, second hundred": round(second[0] or 0, 3),
        "first ten": spread(first),
        "wrong per paragraph": spread(wrong, 2),
        "CPU seconds of all trainings": spread(trained, 1),
        "CPU ms of a suggestion": spread(suggested, 1),
    }


def shipped(rows: Sequence[Row]) -> dict[str, Any]:
    """Shares of keys saved on the first paragraphs of the streams, in the shipped schema."""
    schema = load_schema(model.BASE_SCHEMA)
    orders = [list(rows)] + [random.Random(seed).sample(rows, len(rows)) for seed in (1, 2, 3, 4)]
    saved: dict[str, dict[str, list[float | None]]] = {}
    for order in orders:
        stream = [_decided(row, number) for number, row in enumerate(joined(order, 3)[:60])]
        found = simulate(stream, schema, Config(), every=20)
        for name in (ALONE, LEARNING):
            for count in (20, 60):
                some = [one[name] for one in found["windows"] if one["last"] <= count]
                share = 1 - sum(w["keys"] for w in some) / sum(w["without"] for w in some)
                saved.setdefault(name, {}).setdefault(f"first {count}", []).append(share)
    return {name: {what: spread(of) for what, of in one.items()} for name, one in saved.items()}


def _decided(row: Row, number: int) -> Decided:
    """A row as a finished paragraph of a project with the shipped schema."""
    document = document_of(row["text"], f"p{number}")
    spans = tuple(
        Span(f"g{i}", "actor", label, a, b) for i, (a, b, label) in enumerate(gold_of(row))
    )
    return Decided(document, document.paragraphs[0], spans, ())


# --- the seeds

Counts = tuple[int, int, int]


def _relations(found: Sequence[Any], spans: dict[str, Span], gold: Record) -> Counts:
    own = {s.id: s for s in gold.spans}

    def same(a: str, b: str) -> bool:
        if "@author" in (a, b):
            return a == b
        return iou(spans[a], own[b]) >= 0.5

    right = sum(
        any(
            f.label == r.label and same(f.source, r.source) and same(f.target, r.target)
            for f in found
        )
        for r in gold.relations
    )
    return right, len(found), len(gold.relations)


def seed_counts(
    record: Record, suggest: Callable[[Document], list[Suggestion]]
) -> dict[str, Counts]:
    """Right, proposed and wanted in a document, by layer."""
    shown = [s.value for s in suggest(record.document)]
    spans = {s.id: s for s in shown if isinstance(s, Span)}
    out: dict[str, Counts] = {}
    for layer in ("actor", "claim"):
        mine = {(s.start, s.end, s.label) for s in spans.values() if s.layer == layer}
        gold = {(s.start, s.end, s.label) for s in record.spans if s.layer == layer}
        out[layer] = (len(mine & gold), len(mine), len(gold))
    out["stance"] = _relations([r for r in shown if isinstance(r, Relation)], spans, record)
    return out


def _drawn(counts: Sequence[Counts], seed: int) -> NDArray[np.float64]:
    """F1 of 10,000 bootstrap samples of documents; the same ones for the same seed."""
    table = np.array(counts, dtype=float)
    draws = np.random.default_rng(seed).integers(0, len(table), (10_000, len(table)))
    sums = table[draws].sum(axis=1)
    scores: NDArray[np.float64] = 2 * sums[:, 0] / np.maximum(1, sums[:, 1] + sums[:, 2])
    return scores


def _interval(counts: Sequence[Counts], seed: int) -> dict[str, Any]:
    right, proposed, gold = np.array(counts, dtype=float).sum(axis=0)
    low, high = np.quantile(_drawn(counts, seed), (0.025, 0.975))
    return {
        "f1": round(2 * right / (proposed + gold), 3),
        "interval": [round(low, 3), round(high, 3)],
        "precision": round(right / max(1, proposed), 3),
        "recall": round(right / gold, 3),
    }


def seeds() -> dict[str, Any]:
    """The model that comes with the program, and the rules alone,
    on documents that neither was made on."""
    schema = load_schema(model.BASE_SCHEMA)
    records = seed_records("test")
    ruled = rules.create(schema=schema, config={}, memory=EMPTY)
    learnt = model.create(schema=schema, config={}, memory=EMPTY)

    def by_rules(document: Document) -> list[Suggestion]:
        return propose(document, [ruled], EMPTY)

    def by_model(document: Document) -> list[Suggestion]:
        some = [
            s for p in document.paragraphs if not p.excluded for s in learnt.suggest(document, p)
        ]
        return some + [s for s in by_rules(document) if s.value.layer not in learnt.takes]

    counts = {
        name: [seed_counts(record, suggest) for record in records]
        for name, suggest in (("rules", by_rules), ("model", by_model))
    }
    adjudicated = _adjudicated() & {record.document.id for record in records}
    out: dict[str, Any] = {"documents": len(records), "adjudicated": len(adjudicated)}
    for layer in ("actor", "claim", "stance"):
        by = {name: [one[layer] for one in every] for name, every in counts.items()}
        gains = _drawn(by["model"], 7) - _drawn(by["rules"], 7)
        out[layer] = {name: _interval(every, 7) for name, every in by.items()}
        out[layer]["gain"] = [round(float(q), 3) for q in np.quantile(gains, (0.025, 0.975))]
        for name, every in by.items():
            some = [
                c
                for record, c in zip(records, every, strict=True)
                if record.document.id in adjudicated
            ]
            out[layer][f"{name}, adjudicated only"] = _interval(some, 7)
    return out


def _adjudicated() -> set[str]:
    """The seeds that two annotators have coded."""
    lines = (folder("seeds") / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    return {str(json.loads(line)["id"]) for line in lines}


def main(data: Path) -> None:
    """Print all figures as JSON."""
    out: dict[str, Any] = {"seeds": seeds()}
    if data.is_dir():
        files = [data / "actors_train.jsonl", data / "actors_dev.jsonl"]
        rows = [
            json.loads(line)
            for file in files
            for line in file.read_text(encoding="utf-8").splitlines()
        ]
        schema, reader = parse_schema(SCHEMA, file="names.toml"), shared_reader()
        out["actors"] = actors(rows, schema, reader)
        out["keys"] = keys(rows, schema, reader)
        out["shipped"] = shipped(rows)
    print(json.dumps(out, indent=2))  # noqa: T201


if __name__ == "__main__":
    beside = Path(__file__).parents[3] / "shared" / "data"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else beside)
