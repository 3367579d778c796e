"""The cost of learning and suggesting: `python tests/bench/training.py` prints JSON. It measures,
on the seeds: a training run on about 350 sentences in a process of its own, over the shipped model,
without it, and in a project with texts on which it was trained, where it is made again without them
(CPU of learning, CPU and peak memory of the whole process); the time to the first suggestions for a
text after `annotator import` (cold, so the import of spaCy is included) and their CPU; and for how
many paragraphs one core suggests in a second, with a model over the shipped one.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from annotator.project import Project
from annotator.resources import folder
from annotator.workflows.background import has_requests, running
from annotator.workflows.exchange.importing import ingest
from annotator.workflows.suggesting.suggest import SuggestionEngine, SuggestionPlan
from annotator.workflows.training.base_model import seed_records

SENTENCES = 350


def _sentences(text: str) -> int:
    return sum(text.count(sign) for sign in (". ", "! ", "? ", ".\n", "?\n")) + 1


def _coded(root: Path, *, parts: Sequence[str], base: bool) -> tuple[int, int]:
    """A project with the gold of as many seeds of these parts as make `SENTENCES`; how many
    sentences and paragraphs they have."""
    Project.create(root).close()
    if not base:
        settings = root / "annotator.toml"
        settings.write_text(
            f"{settings.read_text(encoding='utf-8')}\n[suggestions]\nbase = false\n",
            encoding="utf-8",
        )
    with Project.open(root) as of:
        kept, count = [], 0
        for record in (record for part in parts for record in seed_records(part)):
            if count < SENTENCES:
                kept.append(record)
                count += _sentences(record.document.text)
        of.log.add_records(kept)
        return count, len(of.learning.finished())


def training(
    root: Path, *, parts: Sequence[str] = ("test", "dev"), base: bool = True
) -> dict[str, Any]:
    """One run of `annotator train` as the background process does it."""
    sentences, paragraphs = _coded(root, parts=parts, base=base)
    (root / "annotator.train-wanted").touch()
    began = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-m", "annotator", "--project", str(root), "train", "--background"],
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    with Project.open(root) as of:
        (row,) = of.learning.models()
    return {
        "sentences": sentences,
        "paragraphs": paragraphs,
        "paragraphs_of_the_base": row.metrics["base"],
        "exit_code": child.returncode,
        "cpu_of_learning_s": row.metrics["seconds"],
        "cpu_of_the_process_s": round(used.ru_utime + used.ru_stime, 2),
        "wall_s": round(time.monotonic() - began, 2),
        "most_memory_mb": round(used.ru_maxrss / 1024),
    }


def first_suggestions(work: Path) -> dict[str, float]:
    """Seconds from the start of `annotator import` until it ends,
    and until the text has suggestions."""
    root = work / "first"
    Project.create(root).close()
    text = sorted(folder("seeds").glob("*.txt"))[0]
    environment = {k: v for k, v in os.environ.items() if k != "ANNOTATOR_BACKGROUND"}
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "annotator", "--project", str(root), "import", str(text)],
        check=True,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    imported = time.monotonic()
    with Project.open(root) as of:
        while not of.suggestions.documents():
            time.sleep(0.02)
    there = time.monotonic()
    while running(root) or has_requests(root):
        time.sleep(0.05)
    return {"import_s": round(imported - began, 2), "suggestions_s": round(there - began, 2)}


def first_cpu(work: Path) -> float:
    """The CPU seconds of `annotator import` and `annotator suggest` for a text, one after the
    other: the time to the first suggestions on an idle machine with one core."""
    root = work / "first-cpu"
    Project.create(root).close()
    text = sorted(folder("seeds").glob("*.txt"))[0]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for command in (["import", str(text)], ["suggest"]):
        subprocess.run(
            [sys.executable, "-m", "annotator", "--project", str(root), *command],
            check=True,
            env={**os.environ, "ANNOTATOR_BACKGROUND": "off"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2)


def throughput(trained: Path, work: Path) -> dict[str, Any]:
    """CPU of suggesting by model, rules and memory together, with all bookkeeping except the
    database."""
    with Project.open(trained) as of:
        engine = SuggestionEngine.of(SuggestionPlan.of(of))
    with Project.create(work) as of:
        for text in sorted(folder("seeds").glob("*.txt")):
            ingest(of, text)
        documents = [of.documents.load(id) for id in of.documents.ids()]
    engine.compute(documents[0])
    began = time.process_time()
    count = sum(len(d.paragraphs) for d in documents)
    for document in documents:
        engine.compute(document)
    seconds = time.process_time() - began
    words = sum(len(d.text.split()) for d in documents)
    return {
        "paragraphs": count,
        "words_a_paragraph": round(words / count),
        "ms_a_paragraph": round(1000 * seconds / count, 2),
        "paragraphs_a_second": round(count / seconds),
    }


def main() -> None:
    """Print all figures as JSON."""
    with tempfile.TemporaryDirectory() as folder_:
        work = Path(folder_)
        found = {
            "training": training(work / "over"),
            "training_without_a_base": training(work / "alone", base=False),
            "training_with_seeds_of_the_base": training(work / "seeds", parts=("train",)),
            "first_suggestions": first_suggestions(work),
            "first_suggestions_cpu_s": first_cpu(work),
            "suggesting": throughput(work / "over", work / "many"),
            "this_process_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
    print(json.dumps(found, indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
