"""The cost of writing: `python tests/bench/writing.py [--spans 1000000] [--only FORMAT ...]`.

Writes the gold of the seeds in every format that can be exported, again and again under other ids,
until there are that many spans. For each format it prints how many spans it writes in a second of
the processor, how many megabytes that is, and by how many megabytes the peak of memory grows after
the first tenth: if that is next to nothing, memory stays the same however much is exported. Each
format is measured in a process of its own. Nothing is read from a database.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace

from memory import peak

from annotator.families import formats
from annotator.formats.api import (
    Format,
    WriteOptions,
    WritesFolder,
    WritesLines,
    WritesParts,
    read_records,
)
from annotator.model.record import Record
from annotator.resources import folder, load_schema
from annotator.workflows.exchange.split import part_of

SCHEMA = "actors-claims-stances"
WRITERS = WritesLines | WritesFolder | WritesParts


class Source:
    """A very long stream of records; notes the peak of memory after a tenth of them."""

    def __init__(self, spans: int) -> None:
        self.kept = list(read_records(folder("seeds") / "gold.jsonl", load_schema(SCHEMA)))
        self.wanted, self.given, self.early = spans, 0, 0.0

    def __iter__(self) -> Iterator[Record]:
        number = 0
        while True:
            number += 1
            for one in self.kept:
                if self.given >= self.wanted:
                    return
                self.given += len(one.spans)
                if not self.early and self.given > self.wanted / 10:
                    self.early = peak()
                yield replace(one, document=replace(one.document, id=f"{one.document.id}-{number}"))


def written(member: Format, records: Iterator[Record]) -> Iterator[bytes]:
    """The bytes of an export, as they come."""
    how = WriteOptions(load_schema(SCHEMA), part_of=lambda id: part_of(id, "bench"))
    if isinstance(member, WritesLines):
        yield from (member.dumps(record).encode("utf-8") for record in records)
    elif isinstance(member, WritesFolder):
        yield from (data for _, data in member.files(records, how))
    elif isinstance(member, WritesParts):
        yield from member.parts(records, how)


def measure(name: str, spans: int) -> dict[str, float]:
    """Spans per CPU second, the megabytes written, and the megabytes by which the peak of memory
    grows."""
    member, source = formats.load(name), Source(spans)
    for _ in written(member, iter(Source(1))):
        pass  # Late imports do not count.
    began, size = time.process_time(), 0
    with tempfile.TemporaryFile() as out:
        for part in written(member, iter(source)):
            size += out.write(part)
    took = time.process_time() - began
    return {"spans": source.given / took, "size": size / 1e6, "grown": peak() - source.early}


def main() -> None:
    every = [name for name in formats.names() if isinstance(formats.load(name), WRITERS)]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spans", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="*", choices=every)
    parser.add_argument("--measure", choices=every, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        sys.stdout.write(json.dumps(measure(options.measure, options.spans)))
        return
    sys.stdout.write(f"{'':<14}{'spans/s':>12}{'written':>12}{'memory':>12}\n")
    for name in options.only or every:
        command = [sys.executable, __file__, "--spans", str(options.spans), "--measure", name]
        run = subprocess.run(command, check=False, capture_output=True, text=True)
        if run.returncode:
            sys.stdout.write(f"{name:<14} {run.stderr.strip().splitlines()[-1]}\n")
            continue
        found = json.loads(run.stdout)
        sys.stdout.write(
            f"{name:<14}{found['spans']:>12,.0f}{found['size']:>9,.0f} "
            f"MB{found['grown']:>+9,.0f} MB\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
