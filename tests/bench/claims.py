"""How well claims are learnt: `python tests/bench/claims.py [DATA]` prints JSON.

DATA is a folder with the public sets (`shared/data` beside the repository by default): ArgUNSC,
`claims_train`, 634 paragraphs of 94 speeches, claims and premises.

- `learnt`: five folds over speeches, five shuffles: F1 of any argument at an intersection over
  union of .5, of the same with its label, and of exact bounds with the label; calibration error of
  what is proposed; CPU seconds.
- `few`: the same with 70 paragraphs (about 350 sentences) to learn from.
- `keys`: the share of keys saved over 200 paragraphs, learnt from after 5 and then every 10, as
  projects do: the file's order and four shuffles of the speeches. Before anything is learnt, the
  rules propose, with the label that was marked most often.
"""

from __future__ import annotations

import gzip
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any

from annotator.english.reading import shared_reader
from annotator.learners.claims.model import ClaimProposal, ClauseModel
from annotator.learners.claims.training import train_clauses
from annotator.learners.evaluation import calibration_error
from annotator.learners.examples import Example
from annotator.learners.word_clusters import WordClusters
from annotator.model.effort import Effort, TextRange, of_spans, shared, total
from annotator.model.schema import Label, Layer
from annotator.model.span import Span
from annotator.model.text import Document, Paragraph

LAYER = Layer(
    "argument", "span", "", "sky", "A", (Label("claim", "1", "C"), Label("premise", "2", "P"))
)
SHUFFLES = 5
FOLDS = 5
FEW = 70
STREAM = 200


def load(path: Path) -> list[Example]:
    """The paragraphs as examples, each speech a document of its own, in the file's order."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    reader, out = shared_reader(), []
    for name, own in groupby(rows, key=lambda row: str(row["doc"])):
        texts, spans = zip(*((row["text"], row["spans"]) for row in own), strict=True)
        starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
        places = tuple(
            Paragraph(i, start, start + len(texts[i])) for i, start in enumerate(starts[:-1])
        )
        document = Document(name, "", "\n".join(texts), places)
        for place, marked in zip(places, spans, strict=True):
            wanted = tuple(
                Span(str(i), LAYER.name, label, place.start + a, place.start + b)
                for i, (a, b, label) in enumerate(marked)
            )
            out.append(Example(reader.read(document, place), wanted, (), name))
    return out


def kinds_of(examples: list[Example]) -> WordClusters:
    """Clusters of words in all texts, which exist before anything is decided about them."""
    return WordClusters.of(one.reading.text for one in examples)


def _within(one: Example, found: Iterable[Span | ClaimProposal]) -> list[TextRange]:
    """Offsets of the paragraph instead of the document."""
    start = one.reading.paragraph.start
    return [(f.start - start, f.end - start, f.label) for f in found]


def _wanted(one: Example) -> list[TextRange]:
    return _within(one, one.spans)


def _matches(wanted: list[TextRange], proposed: list[TextRange]) -> list[bool]:
    """For each wanted stretch that has a proposed one of its own at .5, whether the labels are the
    same."""
    used: set[int] = set()
    out: list[bool] = []
    for one in wanted:
        scored = [(shared(one, p), i) for i, p in enumerate(proposed) if i not in used]
        best = max(scored, default=(0.0, -1))
        if best[0] >= 0.5:
            used.add(best[1])
            out.append(proposed[best[1]][2] == one[2])
    return out


def _shuffled(examples: list[Example], seed: int) -> list[Example]:
    """Speeches in another order; in the file's for seed 0."""
    if not seed:
        return examples
    names = sorted({e.group for e in examples})
    random.Random(seed).shuffle(names)
    return [e for name in names for e in examples if e.group == name]


def crossed(
    examples: list[Example], seed: int, few: int | None, kinds: WordClusters
) -> dict[str, float]:
    """One cross-validation over speeches."""
    names = sorted({e.group for e in examples})
    random.Random(seed).shuffle(names)
    any_, typed, exact, proposed, wanted, spent = 0, 0, 0, 0, 0, 0.0
    chances: list[float] = []
    right: list[bool] = []
    for number in range(FOLDS):
        held = set(names[number::FOLDS])
        some = [e for name in names if name not in held for e in examples if e.group == name]
        began = time.process_time()
        model, _ = train_clauses(some[:few], LAYER, kinds)
        spent += time.process_time() - began
        for one in (e for e in examples if e.group in held):
            found = model.suggest(one.reading)
            mine = _within(one, found)
            gold = _wanted(one)
            matched = _matches(gold, mine)
            hits = [place in gold for place in mine]
            any_, typed, exact = any_ + len(matched), typed + sum(matched), exact + sum(hits)
            proposed, wanted = proposed + len(mine), wanted + len(gold)
            chances += [p.chance for p in found]
            right += hits
    both = (proposed + wanted) / 2
    return {
        "any": any_ / both,
        "typed": typed / both,
        "exact": exact / both,
        "ece": calibration_error(list(zip(chances, right, strict=True))) or 0.0,
        "train_s": spent / FOLDS,
    }


def keys(examples: list[Example], kinds: WordClusters) -> tuple[Effort, float]:
    """The keys that a stream costs, and the CPU milliseconds to suggest for one paragraph once it
    is read."""
    model: ClauseModel | None = None
    seen: Counter[str] = Counter()
    done: list[Effort] = []
    spent = 0.0
    for n, one in enumerate(examples[:STREAM], 1):
        began = time.process_time()
        if model is not None:
            mine = _within(one, model.suggest(one.reading))
        else:
            label = max(sorted(seen), key=lambda name: seen[name], default="claim")
            mine = [(c.found.start, c.found.end, label) for c in one.reading.clauses]
        spent += time.process_time() - began
        done.append(of_spans(one.reading.text, sorted(mine), _wanted(one)))
        seen.update(s.label for s in one.spans)
        if n % 10 == 5:
            model, _ = train_clauses(examples[:n], LAYER, kinds)
    return total(done), 1000 * spent / len(done)


def _summary(every: list[dict[str, float]]) -> dict[str, list[float]]:
    """Mean and standard deviation over the shuffles."""
    return {
        name: [round(statistics.mean(values), 3), round(statistics.pstdev(values), 3)]
        for name in every[0]
        for values in [[one[name] for one in every]]
    }


def main(data: Path) -> None:
    """Print all figures as JSON."""
    examples = load(data / "claims_train.jsonl.gz")
    kinds = kinds_of(examples)
    streams = [keys(_shuffled(examples, seed), kinds) for seed in range(SHUFFLES)]
    out: dict[str, Any] = {
        "learnt": _summary([crossed(examples, seed, None, kinds) for seed in range(SHUFFLES)]),
        "few": _summary([crossed(examples, seed, FEW, kinds) for seed in range(SHUFFLES)]),
        "keys": _summary(
            [
                {"saved": effort.saved or 0.0, "wrong": effort.wrong / STREAM, "suggest_ms": spent}
                for effort, spent in streams
            ]
        ),
    }
    print(json.dumps(out, indent=2))  # noqa: T201


if __name__ == "__main__":
    beside = Path(__file__).parents[3] / "shared" / "data"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else beside)
