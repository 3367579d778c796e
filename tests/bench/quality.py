"""How good the suggestions are: `python tests/bench/quality.py [DATA]` prints JSON.

On the gold of the seeds, and on the public sets in DATA (the folder `shared/data` beside the
repository by default), which are for measuring only. Scores are exact-bounds F1 for actors (names
only on CrossNER, with its three labels), F1 at an intersection over union of .5 for claims of any
type, and F1 of directed edges for stances. Nothing was trained. The rules were checked on these
sets while they were written, so the figures are optimistic.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from annotator.model.memory import EMPTY
from annotator.model.span import Span
from annotator.model.text import Document, Paragraph, split_paragraphs
from annotator.resources import folder, load_schema
from annotator.suggesters import rules
from annotator.workflows.suggesting.suggest import propose

Bounds = tuple[int, int]


def f1(right: int, proposed: int, wanted: int) -> dict[str, float]:
    """Precision, recall and F1 in [0, 1], three decimals."""
    share = (right / proposed if proposed else 0.0, right / wanted if wanted else 0.0)
    both = 2 * right / (proposed + wanted) if proposed + wanted else 0.0
    return {"precision": round(share[0], 3), "recall": round(share[1], 3), "f1": round(both, 3)}


def overlapping(wanted: Iterable[Bounds], proposed: list[Bounds], least: float = 0.5) -> int:
    """How many wanted stretches have a proposed one of their
    own with that intersection over union."""
    used: set[int] = set()
    for a, b in wanted:
        scored = [
            (max(0, min(b, d) - max(a, c)) / (max(b, d) - min(a, c)), i)
            for i, (c, d) in enumerate(proposed)
            if i not in used
        ]
        best = max(scored, default=(0.0, -1))
        if best[0] >= least:
            used.add(best[1])
    return len(used)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    opener: Callable[..., Any] = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def on_seeds(suggester: rules.RulesSuggester) -> dict[str, Any]:
    """Actors (exact, with label), claims and stances against the gold of the seeds."""
    actors, claims, stances = [0, 0, 0], [0, 0, 0], [0, 0, 0]
    paragraphs, started = 0, time.process_time()
    for row in _lines(folder("seeds") / "gold.jsonl"):
        text = row["text"]
        document = Document(row["id"], "", text, split_paragraphs(text))
        found = propose(document, [suggester], EMPTY)
        paragraphs += len(document.paragraphs)
        spans = [s.value for s in found if isinstance(s.value, Span)]
        place = {s.id: (s.start, s.end) for s in spans} | {"@author": (-1, 0)}
        mine = {(s.start, s.end, s.label) for s in spans if s.layer == "actor"}
        gold = {(s["start"], s["end"], s["label"]) for s in row["spans"] if s["layer"] == "actor"}
        _add(actors, len(mine & gold), len(mine), len(gold))
        mine_claims = [(s.start, s.end) for s in spans if s.layer == "claim"]
        gold_claims = [(s["start"], s["end"]) for s in row["spans"] if s["layer"] == "claim"]
        _add(claims, overlapping(gold_claims, mine_claims), len(mine_claims), len(gold_claims))
        where = {s["id"]: (s["start"], s["end"]) for s in row["spans"]} | {"@author": (-1, 0)}
        edges = [
            (place[s.value.source], s.value.label, place[s.value.target])
            for s in found
            if s.value.layer == "stance"
        ]  # type: ignore[union-attr]
        wanted = [(where[r["from"]], r["label"], where[r["to"]]) for r in row["relations"]]
        right = sum(
            any(
                e[1] == w[1] and overlapping([w[0]], [e[0]]) and overlapping([w[2]], [e[2]])
                for e in edges
            )
            for w in wanted
        )
        _add(stances, right, len(edges), len(wanted))
    return {
        "actors": f1(*actors),
        "claims": f1(*claims),
        "stances": f1(*stances),
        "ms_per_paragraph": round(1000 * (time.process_time() - started) / paragraphs, 2),
    }


def _add(counts: list[int], *more: int) -> None:
    for i, number in enumerate(more):
        counts[i] += number


def on_public(suggester: rules.RulesSuggester, data: Path) -> dict[str, Any]:
    """Actors on CrossNER politics, claims on ArgUNSC, stances on directed sentiment."""
    out: dict[str, Any] = {}
    names = {"organisation": "organization", "bloc": "organization", "collective": "organization"}
    counts = [0, 0, 0]
    for row in _lines(data / "actors_dev.jsonl"):
        found = _read(suggester, row["text"])
        mine = {
            (s.start, s.end, names.get(s.label, s.label))
            for s in found
            if s.layer == "actor" and s.attributes.get("mention") == "name"
        }
        gold = {(a, b, names.get(k, k)) for a, b, k in row["spans"]}
        _add(counts, len(mine & gold), len(mine), len(gold))
    out["actors"] = f1(*counts)
    counts = [0, 0, 0]
    for row in _lines(data / "claims_train.jsonl.gz"):
        mine_claims = [
            (s.start, s.end) for s in _read(suggester, row["text"]) if s.layer == "claim"
        ]
        gold_claims = [(s[0], s[1]) for s in row["spans"]]
        _add(counts, overlapping(gold_claims, mine_claims), len(mine_claims), len(gold_claims))
    out["claims"] = f1(*counts)
    out["stances"] = _stances(data)
    return out


def _read(suggester: rules.RulesSuggester, text: str) -> list[Span]:
    document = Document("x", "", text, (Paragraph(0, 0, len(text)),))
    return [
        s.value
        for s in suggester.suggest(document, document.paragraphs[0])
        if isinstance(s.value, Span)
    ]


def _stances(data: Path) -> dict[str, Any]:
    """Directed edges between two given names, which replace the actors that the rules would find;
    an edge in the other direction counts as wrong. `shown` are those with a score of .8 or more."""
    from annotator.english.claims import find_claims
    from annotator.english.parser import shared_parser
    from annotator.english.reading import shared_reader
    from annotator.english.stances import find_stances
    from annotator.english.tokens import FoundSpan

    lexer, parser = shared_reader().lexer, shared_parser()
    right = proposed = wanted = 0
    shown = [0, 0]
    for row in _lines(data / "stance_valid.jsonl.gz"):
        tokens = lexer.tokens(row["text"])
        actors = []
        for start, end in row["ents"]:
            inside = [i for i, t in enumerate(tokens) if t.end > start and t.start < end]
            if inside:
                actors.append(
                    FoundSpan("person", start, end, inside[0], inside[-1] + 1, 1.0, "", "")
                )
        order = sorted(actors, key=lambda f: f.start)
        parsed = parser.parse([tokens])[0] if parser is not None else None
        edges = {
            (order[e.source].start, order[e.target].start, e.side): e.score >= SHOWN
            for e in find_stances(tokens, order, find_claims(tokens, order), parsed)
            if e.on_actor and e.source is not None and e.side != "neutral"
        }
        holder, target = row["ents"][row["holder"]][0], row["ents"][row["target"]][0]
        gold = row["label"] if row["label"] != "neutral" else None
        right += (holder, target, gold) in edges
        proposed += len(edges)
        shown[0] += edges.get((holder, target, gold or ""), False)
        shown[1] += sum(edges.values())
        wanted += gold is not None
    return {
        **f1(right, proposed, wanted),
        "shown": shown[1],
        "shown_precision": round(shown[0] / shown[1], 3),
    }


SHOWN = 0.8


def main(data: Path) -> None:
    """Print all figures as JSON."""
    suggester = rules.create(schema=load_schema("actors-claims-stances"), config={}, memory=EMPTY)
    out: dict[str, Any] = {"seeds": on_seeds(suggester)}
    if data.is_dir():
        out["public"] = on_public(suggester, data)
    print(json.dumps(out, indent=2))  # noqa: T201


if __name__ == "__main__":
    beside = Path(__file__).parents[3] / "shared" / "data"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else beside)
