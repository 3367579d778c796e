"""Many annotators at once: how long a decision takes, what it costs, and how long work affects it.

    uv run python tests/bench/load.py --annotators 200 --seconds 60
    uv run python tests/bench/load.py --annotators 50 --seconds 20 --import 10000
    uv run python tests/bench/load.py --cpu

Every annotator is a process with a database connection of its own that decides `--rate` times a
second, evenly spread with a random start, as `Session.do` does it. Times are from the key to the
decision on disk, including time in a queue.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import document

from annotator.model import actions as do
from annotator.project import Project
from annotator.tui.session import Session
from annotator.workflows.exchange.importing import ingest

WARM = 5
"""Decisions before the measurement: the first ones of a process prepare statements and load code,
and many writers at full speed make only some dozens each."""

TEXT = "\n\n".join("word " * 60 for _ in range(12))


@dataclass(frozen=True, slots=True)
class Load:
    """The result of a run: milliseconds of every decision, in order, and how many could not be
    saved at once."""

    times: tuple[float, ...]
    errors: int
    cpu: float
    """Milliseconds of CPU for a decision, in the processes of the annotators."""

    def at(self, share: float) -> float:
        """The time within which a share of the decisions was saved."""
        return (
            self.times[min(len(self.times) - 1, int(share * len(self.times)))]
            if self.times
            else 0.0
        )

    def __str__(self) -> str:
        return (
            f"{len(self.times):6} decisions  p50 {self.at(0.5):6.1f}  p99 {self.at(0.99):6.1f}  "
            f"max {self.at(1):6.1f} ms  {self.errors} errors  CPU {self.cpu:.2f} ms"
        )


def annotate(
    root: Path, name: str, seconds: float, rate: float, ready: Callable[[], None], warm: int = 0
) -> tuple[list[float], int, float]:
    """Play one annotator. Returns the times of the decisions, how many could not be saved at once,
    and the seconds of CPU."""
    draw = random.Random(name)
    times: list[float] = []
    errors = 0
    with Project.open(root) as of:
        session = Session(of, name, of.new_session())
        session.open("doc-0")
        for number in range(warm):
            session.do(do.Note(f"warm {number}", paragraph=True))
        ready()
        begin = time.monotonic()
        due = begin + (draw.random() / rate if rate else 0)
        used = time.process_time()
        for number in range(1 << 30):
            now = time.monotonic()
            if due > begin + seconds:
                break
            if due > now:
                time.sleep(due - now)
            started = time.perf_counter()
            session.do(do.Note(f"note {number}", paragraph=True))
            times.append(1000 * (time.perf_counter() - started))
            errors += bool(session.saving.unsaved)
            due = due + 1 / rate if rate else time.monotonic()
        used = time.process_time() - used
        session.saving.save()
        errors += len(session.saving.unsaved)
    return times, errors, used


def run(
    root: Path,
    annotators: int,
    *,
    seconds: float,
    rate: float,
    meanwhile: Callable[[], None] | None = None,
    warm: int = 0,
) -> Load:
    """Run a number of annotators at once, each in a process of its own; `meanwhile` runs in this
    process."""
    reader, writer = os.pipe()
    ready, go = os.pipe(), os.pipe()

    def wait() -> None:
        os.write(ready[1], b".")
        os.close(go[1])
        os.read(go[0], 1)

    children = []
    for number in range(annotators):
        child = os.fork()
        if not child:
            code = 1
            try:
                os.close(reader)
                out = (
                    json.dumps(annotate(root, f"coder-{number}", seconds, rate, wait, warm)) + "\n"
                )
                with tempfile.NamedTemporaryFile(
                    "w", dir=root, suffix=".load", delete=False
                ) as file:
                    file.write(out)
                os.write(writer, (file.name + "\n").encode())
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    os.close(writer)
    for _ in children:
        os.read(ready[0], 1)
    for end in (*ready, *go):
        os.close(end)
    if meanwhile is not None:
        time.sleep(min(2.0, seconds / 10))
        started = time.monotonic()
        meanwhile()
        sys.stderr.write(f"  the work beside it took {time.monotonic() - started:.1f} s" + "\n")
    with os.fdopen(reader) as names:
        files = [Path(name) for name in names.read().split()]
    found = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    for file in files:
        file.unlink()
    lost = sum(os.waitpid(child, 0)[1] != 0 for child in children)
    times = sorted(t for row in found for t in row[0])
    cpu = 1000 * sum(row[2] for row in found) / max(1, len(times))
    return Load(tuple(times), sum(row[1] for row in found) + lost, cpu)


def make(root: Path) -> None:
    """A project with one text."""
    with Project.create(root) as of:
        of.documents.add([document(TEXT, id="doc-0")])


def corpus(file: Path, documents: int, *, work: bool = False) -> None:
    """Canonical records of made-up texts without work or, with `work`, with ten spans of one
    annotator each."""
    draw = random.Random(1)
    words = [f"w{draw.randrange(10**4)}" for _ in range(20_000)]
    with file.open("w", encoding="utf-8") as out:
        for number in range(documents):
            text = "\n\n".join(" ".join(draw.choices(words, k=80)) for _ in range(8))
            record: dict[str, object] = {"id": f"new-{number}", "text": f"{number} {text}"}
            if work:
                spans = [
                    {"layer": "actor", "label": "state", "start": 20 * k, "end": 20 * k + 5}
                    for k in range(10)
                ]
                record |= {"annotator": "elsewhere", "status": "done", "spans": spans}
            out.write(json.dumps(record) + "\n")


def bring(root: Path, file: Path) -> None:
    """Import a file as `annotator import` does."""
    with Project.open(root) as of:
        ingest(of, file)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures of one run; exit code 1 when a bar is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--annotators", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rate", type=float, default=1.5)
    parser.add_argument("--import", dest="imported", type=int, default=0, metavar="DOCUMENTS")
    parser.add_argument(
        "--work", action="store_true", help="the imported documents come with annotations"
    )
    parser.add_argument(
        "--cpu", action="store_true", help="CPU of a decision by number of writers at full speed"
    )
    asked = parser.parse_args(arguments)
    where = Path(tempfile.mkdtemp(prefix="load-"))
    try:
        make(where / "p")
        if asked.cpu:
            for number in (1, 16, 64, 150):
                seconds = max(1.0, asked.seconds / 8)
                found = run(where / "p", number, seconds=seconds, rate=0, warm=WARM)
                sys.stdout.write(f"{number:4} writers at full speed: {found}\n")
            return 0
        alone = run(where / "p", asked.annotators, seconds=asked.seconds, rate=asked.rate)
        sys.stdout.write(f"{asked.annotators:4} annotators: {alone}" + "\n")
        if not asked.imported:
            return int(alone.errors > 0 or alone.at(0.99) > 250)
        corpus(where / "new.jsonl", asked.imported, work=asked.work)
        beside = run(
            where / "p",
            asked.annotators,
            seconds=asked.seconds,
            rate=asked.rate,
            meanwhile=lambda: bring(where / "p", where / "new.jsonl"),
        )
        sys.stdout.write(f"     with an import of {asked.imported:,} documents: {beside}" + "\n")
        return int(beside.errors > 0 or beside.at(0.99) > 3 * alone.at(0.99))
    finally:
        shutil.rmtree(where)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        sys.stderr.write(f"     memory {peak} MB" + "\n")


if __name__ == "__main__":
    sys.exit(main())
