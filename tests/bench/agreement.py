"""The cost of agreement: `python tests/bench/agreement.py [--project] [--crowd] [--peers]` prints
JSON with seconds of CPU on one core.

- `figures`: strict F1 of all pairs and alpha on characters, with intervals, on 10 annotators x
  1,000 documents x 50 spans; the u-alpha family on the same, made free of overlaps; alpha_U of 2 x
  1,000 units.
- `--peers`: nervaluate (F1 of one pair) and krippendorff (characters expanded) on a part of the
  same, in the same run; their time is scaled up to the whole by the number of pairs and documents,
  which the output says.
- `follow`: a saved decision, until the report is right again: project of 12 documents with two
  annotators, all layers; with `--project` also in the large one.
- `--project`: 59,000 completions of 16,000 documents are imported into a project, and their
  agreement computed from the database with intervals, in a process of its own, with its peak of
  memory over that of an empty one.
- `--crowd`: as many completions of as many documents by 3,463 annotators and by 12, all measures of
  a layer, in memory and in processes of their own; and 640 annotators. The bar: within twice the
  time of 12 annotators, and 300 MB more at most.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from annotator.measures import alpha, alpha_u, f1, unitizing
from annotator.measures.api import Batch, Comparison, Passage, PassageWork, RunningSums, Table
from annotator.model.schema import LabelSchema, Layer
from annotator.model.span import Span
from annotator.resources import folder, load_schema

LABELS = ("fact", "value", "policy", "prediction")


def layer() -> Layer:
    """The layer of claims of the default schema."""
    schema: LabelSchema = load_schema("actors-claims-stances")
    found = schema.layer("claim")
    assert found is not None
    return found


def corpus(*, annotators: int, documents: int, spans: int, seed: int = 1) -> Comparison:
    """Work of annotators whose bounds differ a little, and who choose labels at random; nobody's
    units overlap."""
    rng = random.Random(seed)
    passages: list[Passage] = []
    for d in range(documents):
        base = [(i * 40 + rng.randint(0, 8), i * 40 + rng.randint(15, 38)) for i in range(spans)]
        works = {
            f"a{a}": PassageWork(
                tuple(
                    Span(
                        f"{a}.{i}",
                        "claim",
                        rng.choice(LABELS),
                        s + rng.randint(0, 1),
                        e - rng.randint(0, 2),
                    )
                    for i, (s, e) in enumerate(base)
                ),
                (),
                {},
            )
            for a in range(annotators)
        }
        text = "word " * (spans * 8)
        passages.append(Passage(d, f"d{d}", 0, text, 0, len(text), works))
    names = tuple(f"a{a}" for a in range(annotators))
    return Comparison(tuple(passages), names, documents, annotators * documents)


def cpu(work: Callable[[], Any]) -> float:
    """Seconds of CPU of one call."""
    began = time.process_time()
    work()
    return round(time.process_time() - began, 3)


def figures() -> dict[str, float]:
    """Our own times; the first one includes making the span arrays."""
    many = corpus(annotators=10, documents=1000, spans=50)
    claims = layer()

    def headline() -> None:
        pairs = f1.pair_tables(many, "claim")
        tables = {
            "strict": f1.strict(many, claims),
            "characters": alpha.on_characters(many, claims),
            **pairs,
        }
        book = _counted(many, tables)
        f1.between(book.sums("pairs"), book.sums("met"))
        assert book.results([f1.strict_figure(book.sums("strict"))], "claim")[0].high is not None
        assert (
            book.results([alpha.figure("characters", book.sums("characters"))], "claim")[0].high
            is not None
        )

    def family() -> None:
        tables = unitizing.tables(many, claims)
        book = _counted(many, tables)
        made = unitizing.figures(claims, {"lengths": book.sums("lengths")})
        assert all(result.high is not None for result in book.results(made, "claim"))

    out = {"strict_f1_alpha_intervals": cpu(headline), "u_alpha_family": cpu(family)}
    times = []
    for seed in range(7):
        two = corpus(annotators=2, documents=1, spans=1000, seed=seed)
        times.append(cpu(lambda two=two: alpha_u.disagreements(two, "claim")))
    out["alpha_u_2x1000"] = sorted(times)[3]
    return out


def _counted(comparison: Comparison, tables: dict[str, Table]) -> RunningSums:
    book = RunningSums(keep=False, documents=comparison.documents)
    names = [p.name for p in comparison.passages]
    book.put(Batch(names, np.arange(len(names))), {(name,): t for name, t in tables.items()})
    return book


def peers() -> dict[str, float]:
    """The peers on one pair and ten documents, scaled to 45 pairs and 1,000 documents."""
    import krippendorff
    import numpy as np
    from nervaluate import Evaluator

    few = corpus(annotators=10, documents=10, spans=50)

    def entities(name: str) -> list[list[dict[str, Any]]]:
        return [
            [{"label": s.label, "start": s.start, "end": s.end} for s in p.works[name].spans]
            for p in few.passages
        ]

    one, other = entities("a0"), entities("a1")
    pair = cpu(lambda: Evaluator(one, other, tags=list(LABELS), loader="dict").evaluate())

    def expanded() -> None:
        size = sum(p.end for p in few.passages)
        data = np.zeros((10, size))
        at = 0
        for p in few.passages:
            for row, name in enumerate(few.annotators):
                for s in p.works[name].spans:
                    data[row, at + s.start : at + s.end] = 1 + LABELS.index(s.label)
            at += p.end
        krippendorff.alpha(reliability_data=data, level_of_measurement="nominal")

    return {
        "nervaluate_f1_scaled": round(pair * 45 * 100, 1),
        "krippendorff_alpha_scaled": round(cpu(expanded) * 100, 1),
    }


def _records(path: Path, documents: int, completions: int) -> None:
    """Canonical records: short documents of ten words, three or four
    completions each, five units in one."""
    rng = random.Random(3)
    names = [f"ann-{i}" for i in range(12)]
    with path.open("w", encoding="utf-8") as file:
        for d in range(documents):
            text = " ".join(f"w{rng.randint(0, 999)}" for _ in range(60))
            ends = [i for i, c in enumerate(text) if c == " "]
            count = completions // documents + (d < completions % documents)
            for name in rng.sample(names, count):
                spans = []
                for k in range(5):
                    start = ends[k * 11] + 1
                    end = ends[k * 11 + rng.randint(3, 8)]
                    spans.append(
                        {"layer": "claim", "label": rng.choice(LABELS), "start": start, "end": end}
                    )
                row = {
                    "id": f"d{d:05}",
                    "text": text,
                    "annotator": name,
                    "status": "done",
                    "spans": spans,
                }
                file.write(json.dumps(row) + "\n")


_CHILD = """
import json, re, sys, time
from pathlib import Path
from annotator.project import Project
from annotator.workflows.agreement import report as agree_report
from annotator.workflows.agreement.part import ComparedPart
from annotator.workflows.agreement.compute import agreement
import numpy, annotator.measures.f1
def peak():
    # Not ru_maxrss, which a process takes over from the one that started it.
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
before = peak()
began = time.process_time()
with Project.open(Path(sys.argv[1])) as project:
    found = agreement(project, ComparedPart(layers=["claim"]))
cpu = time.process_time() - began
more = peak() - before
print(json.dumps({"cpu": round(cpu, 2), "more_mb": round(more / 1024), "documents": found.data.documents,
                  "completions": found.data.completions}))
"""


_FOLLOW = """
import json, random, statistics, sys, time
from dataclasses import replace
from pathlib import Path
from annotator.model.decision import Action, Completion, Decision
from annotator.model.span import Span
from annotator.project import Project
from annotator.workflows.agreement.compute import Follower
from annotator.workflows.agreement.report import lines

rng = random.Random(1)
times = []
with Project.open(Path(sys.argv[1])) as writer, Project.open(Path(sys.argv[1])) as reader:
    follower = Follower(reader, ComparedPart(layers=sys.argv[2:] or None))
    lines(follower.agreement())
    rows = [row for row in writer.log.completions() if row.completion is Completion.DONE]
    for i in range(31):
        row = rng.choice(rows)
        state, _ = writer.log.annotations(row.document, row.annotator)
        spans = [(p, s) for p, held in state.by_paragraph.items() for s in held.values() if isinstance(s.value, Span)]
        paragraph, old = rng.choice([one for one in spans if one[1].value.length > 1])
        new = replace(old, value=replace(old.value, end=old.value.end - 1))
        writer.log.record(row.document, row.annotator,
                      [Decision(f"g{i}", Action.CORRECT, old.value.id, paragraph, old, new)])
        began = time.perf_counter()
        assert follower.update()
        lines(follower.agreement())
        times.append(1000 * (time.perf_counter() - began))
    began = time.perf_counter()
    for _ in range(1000):
        follower.update()
    look = 1000 * (time.perf_counter() - began)
print(json.dumps({"median_ms": round(statistics.median(times), 1), "worst_ms": round(max(times), 1),
                  "look_us": round(look, 1)}))
"""


def follow(root: Path, *layers: str) -> dict[str, float]:
    """Milliseconds from a saved decision to the lines of the report, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", _FOLLOW, str(root), *layers],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def follow_demo() -> dict[str, float]:
    """The twelve seeds that two annotators coded, with suggestions."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / "p"
        run = [sys.executable, "-m", "annotator"]
        subprocess.run([*run, "init", str(root)], check=True, capture_output=True)
        run += ["--project", str(root)]
        for name in ("coder-a", "coder-b"):
            file = str(folder("seeds") / f"{name}.jsonl")
            subprocess.run([*run, "import", file], check=True, capture_output=True)
        subprocess.run([*run, "suggest"], check=True, capture_output=True)
        return follow(root)


def project(documents: int, completions: int) -> dict[str, Any]:
    """Import and agreement of a large project, by the program's own commands
    and in processes of their own."""
    with tempfile.TemporaryDirectory() as temporary:
        root, rows = Path(temporary) / "p", Path(temporary) / "rows.jsonl"
        _records(rows, documents, completions)
        run = [sys.executable, "-m", "annotator"]
        subprocess.run([*run, "init", str(root)], check=True, capture_output=True)
        began = time.perf_counter()
        subprocess.run(
            [*run, "--project", str(root), "import", str(rows)], check=True, capture_output=True
        )
        took = time.perf_counter() - began
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, str(root)], check=True, capture_output=True, text=True
        )
        found = json.loads(done.stdout)
        return {
            "import_seconds": round(took, 1),
            "agreement": found,
            "follow": follow(root, "claim"),
        }


_CROWD = """
import json, random, re, sys, time
from pathlib import Path
from annotator.measures.api import compare
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.span import Span
from annotator.model.text import Document, split_paragraphs
from annotator.resources import load_schema
from annotator.workflows.agreement.compute import figures
from annotator import families
for name in families.measures.names():
    families.measures.load(name)
people, documents, completions = (int(n) for n in sys.argv[1:])
rng = random.Random(5)
names = [f"ann-{i:04}" for i in range(people)]
labels = ("fact", "value", "policy", "prediction")
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
records = []
for d in range(documents):
    text = " ".join(f"w{rng.randint(0, 999):03}" for _ in range(60))
    document = Document(f"d{d:05}", "t", text, split_paragraphs(text))
    # Some annotators do most of the work, as in a crowd.
    count = completions // documents + (d < completions % documents)
    some = set()
    while len(some) < count:
        some.add(names[min(people - 1, int(people * rng.random() ** 2))])
    for who in sorted(some):
        spans = tuple(
            Span(str(k), "claim", rng.choice(labels), 55 * k + 5 * rng.randint(0, 1), 55 * k + 5 * rng.randint(4, 9))
            for k in range(5)
        )
        records.append(Record(document, who, Completion.DONE, spans))
before = peak()
began = time.process_time()
comparison = compare(records)
found = figures(comparison, [load_schema("actors-claims-stances").layer("claim")])
print(json.dumps({"annotators": len(comparison.annotators), "documents": comparison.documents,
                  "completions": comparison.completions, "cpu": round(time.process_time() - began, 2),
                  "more_mb": round((peak() - before) / 1024), "figures": len(found.results)}))
"""


def crowd(documents: int, completions: int) -> dict[str, Any]:
    """Agreement of many annotators, against the same work by
    twelve; each in a process of its own."""
    out: dict[str, Any] = {}
    for people in (12, 640, 3463):
        run = [sys.executable, "-c", _CROWD, str(people), str(documents), str(completions)]
        out[str(people)] = json.loads(
            subprocess.run(run, check=True, capture_output=True, text=True).stdout
        )
    out["ratio"] = round(out["3463"]["cpu"] / out["12"]["cpu"], 2)
    return out


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--project", action="store_true")
    parser.add_argument("--crowd", action="store_true")
    parser.add_argument("--documents", type=int, default=16_000)
    parser.add_argument("--completions", type=int, default=59_000)
    asked = parser.parse_args()
    out: dict[str, Any] = {
        "figures": figures(),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    out["follow"] = follow_demo()
    if asked.crowd:
        out["crowd"] = crowd(16_099, 58_858)
    if asked.peers:
        out["peers"] = peers()
    if asked.project:
        out["project"] = project(asked.documents, asked.completions)
    sys.stdout.write(json.dumps(out, indent=2) + "\n")


if __name__ == "__main__":
    main()
