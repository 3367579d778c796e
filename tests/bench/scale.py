"""The cost of a large project: `python tests/bench/scale.py [--documents 10000] [--keep DIR]
[--only NAME ...]`.

It makes a project of that many made-up documents with the finished work of two annotators on each
(ten annotations a document), three suggestions a document, and gold with a message on every
hundredth. Then it prints a table. Each row is measured in a process of its own: the seconds of the
first and of the second call, the CPU seconds of the second, the megabytes by which its peak memory
exceeds that of an open project, and the bar for 100,000 documents on an otherwise idle machine with
two cores. `--keep` leaves the project in a folder, or uses the one that is there already; `import`
leaves its documents in it.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from memory import peak

from annotator.formats.jsonl import dumps
from annotator.model.decision import Completion, Suggestion
from annotator.model.record import Record
from annotator.model.span import Relation, Span
from annotator.model.text import Document, split_paragraphs
from annotator.project import Project, SuggestionRun
from annotator.tui.reviewing import Adjudicating
from annotator.tui.session import Session
from annotator.workflows.agreement.compute import agreement as agree
from annotator.workflows.exchange.export import export as write
from annotator.workflows.exchange.importing import ingest
from annotator.workflows.names.matrix import of_project
from annotator.workflows.search import search as find

AT_ONCE = 1000
CONSONANTS, VOWELS = "bdfgklmnprstv", "aeiou"
CLAIMS = ("fact", "prediction", "value", "policy")
KINDS = ("person", "state", "organization", "bloc")


def word(number: int) -> str:
    """A made-up word, different for each number."""
    out = ""
    number += len(CONSONANTS) * len(VOWELS)
    while number:
        number, consonant = divmod(number, len(CONSONANTS))
        number, vowel = divmod(number, len(VOWELS))
        out += CONSONANTS[consonant] + VOWELS[vowel]
    return out


def document(number: int, rng: random.Random) -> Document:
    """Five paragraphs of four sentences, about 2,000 characters;
    words are as unequal as in a language."""
    paragraphs = []
    for _ in range(5):
        sentences = []
        for _ in range(4):
            words = [word(int(rng.paretovariate(0.4)) % 30_000) for _ in range(14)]
            words[0] = word(5000 + min(int(rng.paretovariate(0.5)), 2000)).title()
            sentences.append(" ".join(words) + ".")
        paragraphs.append(" ".join(sentences))
    text = "\n\n".join(paragraphs)
    return Document(f"doc-{number:06}", f"Editorial {number}", text, split_paragraphs(text))


def work(of: Document, who: str, rng: random.Random) -> Record:
    """Two actors, two claims and a stance: what both annotators
    mark, with other labels now and then."""
    spans: list[Span] = []
    for i, paragraph in enumerate(of.paragraphs[:2]):
        text = of.text[paragraph.start : paragraph.end]
        name = text.partition(" ")[0]
        kind = KINDS[hash_of(name) % 4] if rng.random() < 0.9 else "collective"
        spans.append(
            Span(
                f"{who[0]}{i}-{of.id}",
                "actor",
                kind,
                paragraph.start,
                paragraph.start + len(name),
                name,
                {"mention": "name"},
                "suggestion",
            )
        )
        end = paragraph.start + text.index(".")
        start = paragraph.start + len(name) + 1
        concept = f"{word(hash_of(name) % 3000)} should be {word(hash_of(name) % 40)}"
        about = {} if rng.random() < 0.2 else {"concept": [concept]}
        label = CLAIMS[hash_of(text) % 4 if rng.random() < 0.9 else 0]
        by = "direct" if i else "author"
        spans.append(
            Span(
                f"{who[0]}c{i}-{of.id}",
                "claim",
                label,
                start,
                end,
                None,
                {**about, "attribution": by, "modality": "asserted"},
                "suggestion" if not i else "human",
            )
        )
    side = rng.choice(("support", "oppose"))
    stance = Relation(
        f"{who[0]}s-{of.id}", "stance", side, spans[0].id, spans[3].id, {"basis": "explicit"}
    )
    return Record(of, who, Completion.DONE, tuple(spans), (stance,))


def gold(of: Document) -> Record:
    """A begun gold with a message to the annotators."""
    span = Span(f"g-{of.id}", "actor", "person", 0, 4, origin="adjudicated")
    return Record(of, None, Completion.IN_PROGRESS, (span,), (), (), {span.id: "» is it a person?"})


def hash_of(text: str) -> int:
    """A number that is the same in every run."""
    return sum(ord(c) * (i + 1) for i, c in enumerate(text))


def suggestions(record: Record) -> list[Suggestion]:
    """Ada's spans that began as suggestions: she has decided on all of them, and ben on none."""
    return [
        Suggestion(s, record.document.paragraph_at(s.start).index, "rules", "1", 0.8)
        for s in record.spans
        if s.origin == "suggestion"
    ]


def records(first: int, number: int) -> Iterator[tuple[Document, list[Record]]]:
    """Documents with the work on them."""
    for i in range(first, first + number):
        rng = random.Random(i)
        one = document(i, rng)
        done = [work(one, "ada", rng), work(one, "ben", rng)]
        yield one, [*done, gold(one)] if i % 100 == 0 else done


def make(root: Path, documents: int) -> None:
    """A project with a given number of documents."""
    began = time.perf_counter()
    with Project.create(root) as project:
        run = SuggestionRun({"rules": "1"})
        for first in range(0, documents, AT_ONCE):
            some = list(records(first, min(AT_ONCE, documents - first)))
            # Only review creates unfinished gold, so no import accepts it.
            project.log.add_records((r for _, several in some for r in several), admitted=True)
            for one, several in some:
                project.suggestions.put(one.id, suggestions(several[0]), run=run)
            sys.stderr.write(
                f"{first + len(some)} documents, {time.perf_counter() - began:.0f} s\n"
            )


# --- the rows of the table


def queue(project: Project) -> None:
    """A page of the queue with the states in review."""
    session = Session(project, "ada", "t")
    session.queue.count()
    page = session.queue.documents(offset=4000, limit=40)
    session.queue.messages([row.id for row in page])


def status(project: Project) -> None:
    """`annotator status`, without its start."""
    project.status()


def review_queue(project: Project) -> None:
    """The first page of the review queue."""
    session = Session(project, "@gold", "t", source=Adjudicating(project))
    session.queue.count()
    session.queue.documents(offset=0, limit=40)


def matrix(project: Project) -> None:
    """Who holds what, over all of an annotator's work."""
    of_project(project, "ada", by="concept")


def memory(project: Project) -> None:
    """What suggesters remember of the project."""
    project.suggestions.memory()


def entities(project: Project) -> None:
    """All canonical names in use."""
    project.names.entities()


def search(project: Project) -> None:
    """A word that some documents contain, and one that none contains."""
    find(project, word(2345))
    find(project, "no such words")


def next_undecided(project: Project) -> None:
    """Look for the next document with something undecided if there is none."""
    assert project.documents.waiting("ada", "doc-000000", 1) is None


def export(project: Project) -> None:
    """Everything as canonical JSONL, to a file."""
    with tempfile.TemporaryDirectory(dir=project.root) as folder:
        write(project, "jsonl", Path(folder))


def importing(project: Project) -> None:
    """A file of 1,000 new documents with the work of two annotators."""
    known = len(project.documents.ids())
    file = project.root / "import.jsonl"
    lines = (dumps(replace(r, notes={})) for _, some in records(known, 1000) for r in some[:2])
    file.write_text("".join(lines), encoding="utf-8")
    CLOCK.start()
    ingest(project, file)
    CLOCK.stop()
    file.unlink()


def agreement(project: Project) -> None:
    """All measures between the two annotators, with intervals."""
    agree(project, second_process=True)


ROWS: dict[str, Callable[[Project], None]] = {
    "queue": queue,
    "status": status,
    "review": review_queue,
    "matrix": matrix,
    "memory": memory,
    "entities": entities,
    "search": search,
    "next": next_undecided,
    "export": export,
    "import": importing,
    "agreement": agreement,
}
BARS = {
    "queue": "100 ms",
    "status": "500 ms",
    "review": "1,000 ms",
    "matrix": "1,000 ms",
    "memory": "2,000 ms, 100 MB",
    "entities": "100 ms",
    "search": "100 ms",
    "next": "10 ms",
    "export": "100,000 annotations a second, 150 MB",
    "import": "1,500 ms",
    "agreement": "60,000 ms, 400 MB",
}
ONCE = ("agreement",)
"""Rows that take so long that they are measured once."""


class Clock:
    """Seconds and seconds of the processor between `start` and `stop`."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        self._began, self._used = time.perf_counter(), time.process_time()
        self.took: tuple[float, float] | None = None

    def stop(self) -> tuple[float, float]:
        """The seconds since the start; only the first call counts."""
        if self.took is None:
            self.took = (time.perf_counter() - self._began, time.process_time() - self._used)
        return self.took


CLOCK = Clock()


def measure(root: Path, name: str) -> dict[str, float]:
    """Seconds of a first and a second call, megabytes over an open project, and how many
    annotations the project has."""
    taken: list[tuple[float, float]] = []
    with Project.open(root) as project:
        labels = project.status().labels
        before = peak()
        for _ in range(1 if name in ONCE else 2):
            CLOCK.start()
            ROWS[name](project)
            taken.append(CLOCK.stop())
    return {
        "first": taken[0][0],
        "again": taken[-1][0],
        "processor": taken[-1][1],
        "megabytes": peak() - before,
        "annotations": sum(sum(counts.values()) for counts in labels.values()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", nargs="*", choices=ROWS)
    parser.add_argument("--measure", choices=ROWS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        sys.stdout.write(json.dumps(measure(options.keep, options.measure)))
        return
    with tempfile.TemporaryDirectory() as folder:
        root = options.keep or Path(folder) / "project"
        if not (root / "annotator.db").exists():
            make(root, options.documents)
        sys.stdout.write(
            f"{'':<12}{'first':>13}{'again':>13}{'processor':>13}{'memory':>9}  bar at 100,000\n"
        )
        for name in options.only or ROWS:
            command = [sys.executable, __file__, "--keep", str(root), "--measure", name]
            found = json.loads(
                subprocess.run(command, check=True, capture_output=True, text=True).stdout
            )
            times = (f"{1000 * found[key]:,.1f} ms" for key in ("first", "again", "processor"))
            line = f"{name:<12}" + "".join(f"{one:>13}" for one in times)
            rate = found["annotations"] / found["processor"]
            also = f" ({rate:,.0f} a second of the processor)" if name == "export" else ""
            sys.stdout.write(f"{line}{found['megabytes']:>6.0f} MB  {BARS[name]}{also}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
