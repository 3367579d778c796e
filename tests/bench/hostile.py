"""Whether costs grow in proportion: `python tests/bench/hostile.py [KIND...]` prints a table. For
each kind of text that once cost more than its length, suggestions are made at three sizes, each
twice the one before, in a process of its own. The table shows the CPU times, the slope (the
logarithm to base 2 of the last ratio: 1 is in proportion, 2 is quadratic), and whether it stays
within the bar of 1.3. The last rows align nested spans of two coders; their cost may grow with the
number of pairs of spans.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable

from annotator.measures._alignment import aligned
from annotator.measures._comparison import compare
from annotator.model.decision import Completion
from annotator.model.memory import EMPTY
from annotator.model.record import Record
from annotator.model.span import Span
from annotator.model.text import Document, split_paragraphs
from annotator.resources import load_schema
from annotator.suggesters import guideline, memory, model, rules
from annotator.workflows.suggesting.suggest import propose

BAR = 1.3


def name(i: int) -> str:
    """One of a thousand names."""
    return "".join("BKMTVDLPQR"[int(d)] + "aeiou"[i % 5] for d in f"{i % 1000:03d}").title()


TEXTS: dict[str, tuple[int, Callable[[int], str]]] = {
    "a- without blanks": (5_000, lambda n: "a-" * n),
    "quotation marks": (2_000, lambda n: '"' * n),
    "Iran Of": (1_000, lambda n: "Iran Of " * n),
    "one sentence of words": (1_000, lambda n: "the plan that France wants must go on " * (n // 8)),
    "names": (500, lambda n: ", ".join(f"Mr {name(i)}" for i in range(n)) + "."),
    "sentences": (200, lambda n: "France says that Iran must not attack ships. " * n),
    "paragraphs": (300, lambda n: "Mr Bell says that Iran must go.\n\n" * n),
    "one word": (250_000, lambda n: "a" * n),
    "nested brackets": (2_000, lambda n: "(" * n + "x" + ")" * n),
    "not": (1_250, lambda n: "not " * n),
    "that clauses": (250, lambda n: "Iran says that " * n + "it ends."),
    "combining marks": (12_500, lambda n: "e" + "\u0301" * n),
    "zero-width spaces": (12_500, lambda n: "a" + "\u200b" * n + "b"),
    "blanks": (25_000, lambda n: "a" + " " * n + "b"),
}
"""The smallest size of each kind, and a text of a size."""


def in_child(work: Callable[[], object]) -> float:
    """The CPU seconds of some work, in a process of its own."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        began = time.process_time()
        work()
        os.write(write, str(time.process_time() - began).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as told:
        seconds = float(told.read())
    os.waitpid(child, 0)
    return seconds


def nested(who: str, n: int) -> Record:
    """Nested spans, each within the one before."""
    text = "x" * (4 * n)
    spans = tuple(Span(f"{who}{i}", "claim", "fact", i, 4 * n - i) for i in range(n))
    whole = Document("d", "d", text, split_paragraphs(text))
    return Record(whole, who, Completion.DONE, spans)


def align(n: int, coders: int) -> object:
    """Align the nested spans of several coders."""
    return aligned(compare([nested(who, n) for who in "abc"[:coders]]), "claim")


def row(kind: str, sizes: list[int], times: list[float], order: int = 1) -> str:
    """A row of the table; a cost of this order is in proportion."""
    slope = math.log2(times[-1] / times[-2]) / order
    shown = " ".join(f"{seconds:8.3f}" for seconds in times)
    return f"{kind:24} {sizes[-1]:8} {shown}  {slope:5.2f} {'ok' if slope <= BAR else 'ABOVE'}\n"


def main(wanted: list[str]) -> None:
    """Print the table, of all kinds or of some."""
    schema = load_schema("actors-claims-stances")
    modules = (model, rules, guideline, memory)
    suggesters = [m.create(schema=schema, config={}, memory=EMPTY) for m in modules]

    def suggest(text: str) -> object:
        return propose(Document("d", "d", text, split_paragraphs(text)), suggesters, EMPTY)

    suggest("Iran says that France must go. He left.")
    for kind, (least, make) in TEXTS.items():
        if not wanted or kind in wanted:
            sizes = [least, 2 * least, 4 * least]
            times = [in_child(lambda n=n, make=make: suggest(make(n))) for n in sizes]
            sys.stdout.write(row(kind, sizes, times))
            sys.stdout.flush()
    for coders in (2, 3):
        kind, sizes = f"nested spans, {coders} coders", [150, 300, 600]
        if not wanted or kind in wanted:
            times = [in_child(lambda n=n, coders=coders: align(n, coders)) for n in sizes]
            sys.stdout.write(row(kind, sizes, times, 2))
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
