"""The benefit for a project of a model trained on others' paragraphs: `python tests/bench/base.py`
prints JSON.

On the seeds' part `train`, over six shuffles: a base is trained on 32 documents, and a project then
learns from the first 5, 20 and 70 paragraphs of the other 24. Figures are on the last 60 of these,
as means over the shuffles. They are the share of keys saved on actors and claims, and F1 of stances
(given the spans), by the `base` alone, by a model learnt `over` it, and by a model learnt `alone`.
`same`: the seeds as they are coded. `other`: coded by other rules than those of the base (no facts,
no collectives, blocs are organizations). CPU seconds of learning, without reading the texts.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean
from typing import Any

from annotator.english.reading import shared_reader
from annotator.learners.bundle import Bundle
from annotator.learners.examples import Example
from annotator.learners.learning import learn
from annotator.model.effort import of_spans, total
from annotator.model.span import AUTHOR, Span
from annotator.resources import load_schema
from annotator.suggesters.model import BASE_SCHEMA
from annotator.workflows.training.base_model import base_of, examples_in, seed_records

SCHEMA = load_schema(BASE_SCHEMA)
SHUFFLES, OF_BASE, TESTED = 6, 32, 60
COUNTS = (5, 20, 70)


def otherwise(one: Example) -> Example:
    """A paragraph as coders with other rules would code it."""
    spans = tuple(
        replace(span, label="organization") if span.label == "bloc" else span
        for span in one.spans
        if span.label not in ("fact", "collective")
    )
    here = {span.id for span in spans} | {AUTHOR}
    kept = tuple(r for r in one.relations if r.source in here and r.target in here)
    return replace(one, spans=spans, relations=kept)


def _keys(bundle: Bundle, tested: Sequence[Example], layer: str) -> float:
    """The share of keys saved on the spans of a layer."""
    spent = []
    for one in tested:
        start = one.reading.paragraph.start
        found = [s.value for s in bundle.suggest(one.reading) if isinstance(s.value, Span)]
        mine, wanted = (
            sorted((s.start - start, s.end - start, s.label) for s in spans if s.layer == layer)
            for spans in (found, one.spans)
        )
        spent.append(of_spans(one.reading.text, mine, wanted))
    return total(spent).saved or 0.0


def _stances(bundle: Bundle, tested: Sequence[Example]) -> float:
    """F1 of stances that are likelier than not, given the spans."""
    right = both = 0
    for one in tested:
        model = bundle.pairs.get("stance")
        found = {
            (p.source, p.label, p.target)
            for p in (model.suggest(one.reading, one.spans) if model else [])
            if p.chance >= 0.5
        }
        wanted = {(r.source, r.label, r.target) for r in one.relations}
        right, both = right + len(found & wanted), both + len(found) + len(wanted)
    return 2 * right / both if both else 0.0


def judged(bundle: Bundle, tested: Sequence[Example]) -> dict[str, float]:
    """The figures of a model, speaking for every layer."""
    every = replace(bundle, covers=frozenset(layer.name for layer in SCHEMA.layers))
    return {
        "actors": _keys(every, tested, "actor"),
        "claims": _keys(every, tested, "claim"),
        "stances": _stances(every, tested),
    }


def shuffle(seed: int) -> dict[str, dict[str, float]]:
    """All figures of one shuffle, by what they are of."""
    records = sorted(seed_records("train"), key=lambda record: record.document.id)
    random.Random(100 + seed).shuffle(records)
    base = base_of(records[:OF_BASE], SCHEMA)
    own = examples_in(records[OF_BASE:], shared_reader())
    texts = [record.document.text for record in records[OF_BASE:]]
    out: dict[str, dict[str, float]] = {}
    for name, stream in (("same", own), ("other", [otherwise(one) for one in own])):
        tested = stream[-TESTED:]
        out[f"{name}, base"] = judged(base, tested)
        for count in COUNTS:
            for way, before in (("over", base), ("alone", None)):
                began = time.process_time()
                bundle = learn(stream[:count], SCHEMA, texts=texts, base=before)
                seconds = time.process_time() - began
                out[f"{name}, {count} {way}"] = {**judged(bundle, tested), "seconds": seconds}
    return out


def main() -> None:
    """Print all figures as JSON."""
    every = [shuffle(seed) for seed in range(SHUFFLES)]
    means: dict[str, Any] = {
        name: {key: round(fmean(one[name][key] for one in every), 3) for key in every[0][name]}
        for name in every[0]
    }
    print(json.dumps(means, indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
