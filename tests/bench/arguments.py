"""Offers of concepts on a public set of arguments and key points: how often the key point that an
argument repeats is among the first offers.

`uv run python tests/bench/arguments.py FILE.csv` reads a table with the columns `topic`,
`argument`, `key_point` and `label` (1 if the argument makes that point), as ArgKP has them
(Bar-Haim et al. 2020, From arguments to key points, ACL). The set does not come with the program.
Each argument with a key point is a claim, each topic a document, in the order of the file; offers
have the weights that come with the program. The order by recency is the baseline.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

from annotator.learners.names.namer import shipped
from annotator.learners.names.reuse import CONCEPT, ConceptUses, ranked_concepts

FIRST = (1, 3, 5, 6)
COLUMNS = ("topic", "argument", "key_point", "label")


def claims(path: Path) -> list[tuple[str, str, list[str]]]:
    """Topic, argument and its key points, in the order of the file."""
    found: dict[tuple[str, str], list[str]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
            sys.exit(f"{path}: no column {', '.join(missing)}; needed are {', '.join(COLUMNS)}")
        for row in reader:
            if row["label"].strip() == "1":
                found.setdefault((row["topic"], row["argument"]), []).append(row["key_point"])
    return [(topic, argument, names) for (topic, argument), names in found.items()]


def measure(rows: list[tuple[str, str, list[str]]]) -> tuple[int, int, dict[str, Counter[int]]]:
    """Repeats, different key points, and how many repeats are among the first offers by order."""
    uses, repeats = ConceptUses(), 0
    found: dict[str, Counter[int]] = {"learnt": Counter(), "recency": Counter()}
    for topic, argument, names in rows:
        if any(uses.uses(name) for name in names):
            ranked = ranked_concepts(
                uses.asked(topic, argument, ()), uses.concepts(), shipped()[CONCEPT]
            )
            recent = dict.fromkeys(reversed(uses.here(topic)))
            others = (one.name for one in uses.concepts() if one.name not in recent)
            orders = {"learnt": [name for name, _ in ranked], "recency": [*recent, *others]}
            for name in filter(uses.uses, names):
                repeats += 1
                for order, offered in orders.items():
                    at = offered.index(name)
                    found[order].update(number for number in FIRST if at < number)
        uses.add(topic, argument, (), names)
    return repeats, len(uses.concepts()), found


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: uv run python tests/bench/arguments.py FILE.csv")
    repeats, concepts, found = measure(claims(Path(sys.argv[1])))
    sys.stdout.write(f"{repeats} repeats among {concepts} key points\n\n")
    sys.stdout.write(
        f"| order | {' | '.join(f'first {n}' for n in FIRST)} |\n|---|---|---|---|---|\n"
    )
    for order, counts in found.items():
        shares = " | ".join(f"{counts[n] / max(1, repeats):.2f}" for n in FIRST)
        sys.stdout.write(f"| {order} | {shares} |\n")


if __name__ == "__main__":
    main()
