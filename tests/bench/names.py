"""The keys of complete coding, with names: the present screen compared, in one run, with the one
before names were proposed.

`uv run python tests/bench/names.py [--quick] [--debate]`; `tests/name_figures.py` writes the same
figures into the page on names. On part `test` of the seeds (with
--debate of the debate), in a fresh project in which everything decided earlier is known. The
baseline counts keys as for the program before: entities come from its suggesters, concepts are
never suggested, and the input line offers names that contain the typed letters. Spans and stances
are the same in both. The debate has its codebook, which the program before could not read. Bars are
ratios, and apply to the seeds: in the debate, more than half of the keys are for spans and stances,
which names do not make cheaper.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from annotator.config import Config
from annotator.formats.api import read_records
from annotator.learners.names.namer import DocumentNamer
from annotator.model.codebook import Codebook
from annotator.model.decision import Suggestion
from annotator.model.effort import FOCUS
from annotator.model.named_spans import NamedSpans
from annotator.model.record import Record
from annotator.model.span import Span, reading_order
from annotator.resources import folder, load_schema
from annotator.suggesters.model import BASE_SCHEMA
from annotator.workflows.effort.name_keys import NameKeys, how_made, places
from annotator.workflows.effort.scoring import Decided, Score
from annotator.workflows.evaluation.arm import Arm
from annotator.workflows.evaluation.stream import stream_of
from annotator.workflows.names.codebook import read_codebook
from annotator.workflows.training.base_model import seed_records

BARS = {
    "complete, documents with concepts": 0.60,
    "complete, without concepts": 0.55,
    "entity": 0.33,
    "concept": 0.60,
}

FIRST = {"name": 0.94, "nominal": 0.36, "pronoun": 0.70}
"""Shares of first names that are to be right, by kind of mention."""

PRESELECTED = {"name": 0.94, "nominal": 0.70, "pronoun": 0.70}
"""Shares of the names chosen when the input line opens that are to be right."""


def today_fill(gold: str, known: Sequence[tuple[str, Mapping[str, int], bool]], form: str) -> int:
    """Keys on the input line of the program before: letters, Down, enter. `known` has names, their
    forms, and whether forms find them."""
    *before, last = gold.split("; ")
    head = "; ".join(before) + "; " if before else ""
    folded = form.casefold()

    def times(one: tuple[str, Mapping[str, int], bool]) -> int:
        return sum(number for alias, number in one[1].items() if alias.casefold() == folded)

    ranked = sorted(known, key=lambda one: -times(one))
    if not head and ranked and times(ranked[0]) > 0 and ranked[0][0] == gold:
        return 1
    best = len(gold) + 1
    if not any(one[0] == last for one in ranked):
        return best
    for count in range(len(last)):
        typed = last[:count].casefold().strip()
        rows = []
        for i, one in enumerate(ranked):
            names = [one[0].casefold(), *((a.casefold() for a in one[1]) if one[2] else ())]
            if not typed or any(name.startswith(typed) for name in names):
                rows.append((0, i, one[0]))
            elif any(typed in name for name in names):
                rows.append((1, i, one[0]))
        at = next((r for r, row in enumerate(sorted(rows)) if row[2] == last), None)
        if at is not None and at < 6:
            best = min(best, len(head) + count + at + 2)
        if at == 0:
            break
    return best


class Before:
    """The names of the program before."""

    def __init__(self) -> None:
        self.keys: Counter[str] = Counter()
        self.entities: dict[str, Counter[str]] = {}
        self.concepts: dict[str, Counter[str]] = {}

    def add(self, one: Decided, shown: Sequence[Suggestion]) -> None:
        made = how_made(one, places(shown))
        given = {
            (s.value.start, s.value.end): s.value.entity for s in shown if isinstance(s.value, Span)
        }
        for span in sorted(one.spans, key=lambda s: (s.start, -s.end)):
            form = " ".join(one.document.quote(span.start, span.end).split())
            way = 0 if made[span.id] else FOCUS
            if span.entity:
                stands = None if made[span.id] else given.get((span.start, span.end))
                if stands != span.entity:
                    order = sorted(self.entities.items(), key=lambda e: (-sum(e[1].values()), e[0]))
                    known = [(name, forms, True) for name, forms in order]
                    self.keys["entity"] += way + 1 + today_fill(span.entity, known, form)
                for part in span.entity.split("; "):
                    self.entities.setdefault(part, Counter())[form] += 1
            held = span.attributes.get("concept")
            if isinstance(held, list) and held:
                self.keys["concept"] += way + 1 + len(held) - 1
                for name in map(str, held):
                    known = [(c, forms, False) for c, forms in self.concepts.items()]
                    self.keys["concept"] += today_fill(name, known, form)
                    self.concepts.setdefault(name, Counter())[form] += 1


def records(debate: bool) -> list[Record]:
    if not debate:
        return [r for r in seed_records("test") if r.document.meta.get("language", "en") == "en"]
    home = folder("seeds") / "debate"
    wanted = json.loads((home / "splits.json").read_text(encoding="utf-8"))["test"]
    every = read_records(home / "gold.jsonl", load_schema(BASE_SCHEMA))
    return [record for record in every if record.document.id in wanted]


def run(documents: Sequence[Record], codebook: Codebook) -> dict[str, Counter[str]]:
    """Keys by document: for spans and stances, and for names before and now."""
    schema = load_schema(BASE_SCHEMA)
    arm = Arm(
        ("model", "rules", "memory"), schema, Config(), Score(schema, ["actor", "claim", "stance"])
    )
    before, now, found = Before(), NameKeys(codebook), defaultdict(Counter)
    for number, one in enumerate(stream_of(documents).paragraphs):
        if number % 10 == 0:
            arm.renew()
        shown = arm.judge(one)
        was, old, new = arm.score.together(number)["keys"], Counter(before.keys), Counter(now.now)
        before.add(one, shown)
        now.add(one, places(shown))
        row = found[one.document.id]
        row["spans"] += was
        for kind in ("entity", "concept"):
            row[f"{kind} before"] += before.keys[kind] - old[kind]
            row[f"{kind} now"] += now.now[kind] - new[kind]
    found[""].update(wrong=now.wrong, **now.again)
    return found


def ratio(rows: Sequence[Counter[str]], *kinds: str, spans: bool = False) -> float:
    """The ratio of keys now to keys before for these kinds of names; both include the keys for
    spans and stances."""
    both = [
        sum(row["spans"] * spans + sum(row[f"{kind} {when}"] for kind in kinds) for row in rows)
        for when in ("now", "before")
    ]
    return both[0] / both[1] if both[1] else float("nan")


def interval(rows: Sequence[Counter[str]], *kinds: str, spans: bool = False) -> tuple[float, float]:
    """The middle .95 of 1,000 samples of documents."""
    dice = random.Random(1)
    drawn = sorted(
        ratio([dice.choice(rows) for _ in rows], *kinds, spans=spans) for _ in range(1000)
    )
    return drawn[25], drawn[974]


def first_names(documents: Sequence[Record], codebook: Codebook) -> dict[str, Counter[str]]:
    """How often the first name is right, by kind of mention, with everything earlier in the
    document decided: of all mentions, of those whose entity the document already has (`known`), of
    names that are at least `SURE`, and of those with which the input line opens (`preselected`)."""
    before, found = NameKeys(codebook), defaultdict(Counter)
    for record in documents:
        namer = DocumentNamer(before)
        decided = NamedSpans()
        spans = [span for span in record.spans if span.layer == "actor" and span.entity]
        for span in sorted(spans, key=reading_order):
            offered = namer.ranked(record.document, decided, replace(span, entity=None))
            right = bool(offered) and offered[0].entity == span.entity
            row = found[str(span.attributes.get("mention"))]
            row.update(all=1, all_right=int(right))
            if any(one.entity == span.entity for one in decided):
                row.update(known=1, known_right=int(right))
            if offered and offered[0].sure:
                row.update(sure=1, sure_right=int(right))
            if offered and offered[0].preselected:
                row.update(preselected=1, preselected_right=int(right))
            decided.add(span)
        before.learn(Decided(record.document, record.document.paragraphs[0], tuple(spans), ()))
    return found


@dataclass(frozen=True)
class NameFigures:
    """What the bench measures on one set of documents."""

    keys: Mapping[str, Counter[str]]
    """By document: the keys for spans and stances, and for names before and now."""
    apart: Counter[str]
    """The sure names that are wrong, and how concepts that are given again are offered."""
    first: Mapping[str, Counter[str]]
    """By kind of mention: how often the first name is right."""

    @property
    def rows(self) -> list[Counter[str]]:
        return list(self.keys.values())

    @property
    def total(self) -> Counter[str]:
        return sum(self.rows, Counter())


def measured(debate: bool, most: int | None = None) -> NameFigures:
    """The figures of part `test` of the seeds or of the debate, of at most so many documents."""
    documents, codebook = records(debate)[:most], Codebook()
    if debate:
        codebook = Codebook.of(read_codebook(folder("seeds") / "debate" / "codebook.csv")[0])
    keys = run(documents, codebook)
    apart = keys.pop("")
    return NameFigures(keys, apart, first_names(documents, codebook))


KINDS = (
    ("complete, documents with concepts", ("entity", "concept"), True),
    ("complete, without concepts", ("entity",), True),
    ("entity", ("entity",), False),
    ("concept", ("concept",), False),
)
"""What is counted: its name, the kinds of names in it, and whether spans and stances are in it."""


def key_lines(found: NameFigures) -> list[str]:
    """The table of keys."""
    lines = ["| what | before | now | ratio | interval | bar |", "|---|---|---|---|---|---|"]
    for what, kinds, spans in KINDS:
        before, now = (
            found.total["spans"] * spans + sum(found.total[f"{k} {w}"] for k in kinds)
            for w in ("before", "now")
        )
        low, high = interval(found.rows, *kinds, spans=spans)
        value = ratio(found.rows, *kinds, spans=spans)
        lines.append(
            f"| {what} | {before} | {now} | {value:.2f} | {low:.2f} to {high:.2f} | "
            f"{BARS[what]:.2f} {'ok' if value <= BARS[what] else 'MISSED'} |"
        )
    lines.append(
        f"\n{len(found.rows)} documents; spans and stances {found.total['spans']} keys in both; "
        f"{found.apart['wrong']} sure names are wrong"
    )
    if found.apart["again"]:
        three, six, keys = (
            found.apart[key] / found.apart["again"] for key in ("three", "six", "keys")
        )
        lines.append(
            f"{found.apart['again']} concepts are given again: among the first three offers "
            f"{three:.2f} (bar .75), six {six:.2f} (.90), {keys:.1f} keys each from the opened line "
            "on (3)"
        )
    return lines


def first_lines(found: NameFigures) -> list[str]:
    """The table of first names."""
    lines = [
        "\n| kind | first right | entity is known | sure | bar | preselected | bar |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind, bar in FIRST.items():
        row = found.first[kind]
        share = row["all_right"] / max(1, row["all"])
        chosen = row["preselected_right"] / max(1, row["preselected"])
        lines.append(
            f"| {kind} | {row['all_right']} of {row['all']}: {share:.3f} | {row['known_right']} of "
            f"{row['known']} | {row['sure_right']} of {row['sure']} | {bar:.2f} "
            f"{'ok' if share >= bar else 'MISSED'} | {row['preselected_right']} of "
            f"{row['preselected']}: {chosen:.3f} | {PRESELECTED[kind]:.2f} "
            f"{'ok' if chosen >= PRESELECTED[kind] else 'MISSED'} |"
        )
    return lines


def main() -> None:
    found = measured("--debate" in sys.argv, 4 if "--quick" in sys.argv else None)
    sys.stdout.write("\n".join([*key_lines(found), *first_lines(found)]) + "\n")


if __name__ == "__main__":
    main()
