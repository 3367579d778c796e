"""How well the owner's editorial is suggested: `python tests/bench/editorial.py [FILE]` prints JSON.

FILE is the text, `shared/seeds/editorial.txt` beside the repository by default; it does not come
with the program. One coder made the coding below by the guidelines, before any suggestion for the
text was seen. It holds claims inside others. Another coder may decide otherwise on the type of a
claim, or on what is a group of states.

F1 of actors and claims is for exact bounds and label. A stance is right if its label is right and
its ends overlap those of the coding by half.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from annotator.config import Config
from annotator.model.memory import EMPTY
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.text import Document, split_paragraphs
from annotator.resources import load_schema
from annotator.suggesters.model import BASE_SCHEMA
from annotator.workflows.suggesting.suggest import SuggestionEngine, SuggestionPlan

Place = tuple[int, int]
TEXT = "be83635587ddf33b"
"""The beginning of the SHA-256 of the text that the offsets are for."""

ACTORS = {
    "person": """
38-52 75-92 668-673 681-691 1724-1731
""",
    "state": """
194-201 451-457 516-523 591-595 695-707 1025-1029 1034-1040 1075-1084 1124-1126 1210-1217
1297-1301 1328-1334 1477-1483 1485-1489 2022-2029 2061-2066 2199-2203 2204-2210 2241-2248
2393-2397 2437-2443 2548-2555 2714-2718 2719-2725 2768-2781 3007-3014
""",
    "bloc": """
239-243 578-585 960-974 1565-1572 1613-1617 2578-2583 2790-2796 3045-3068 3179-3184
""",
}
CLAIMS = {
    "value": """
0-243 245-446 789-974 976-1068 1293-1457 1473-1617 1629-1673 1800-1881 2094-2186 2393-2569
2571-2762
""",
    "fact": """
448-639 641-787 1070-1164 1675-1717 3175-3213
""",
    "policy": """
621-639 732-787 801-889 1541-1617 1767-1790 2764-2992 2994-3173
""",
    "prediction": """
1166-1291 1883-2092 2188-2377 3219-3308
""",
}
STANCES = {
    "oppose": """
194-201-239-243 1724-1731-1767-1790
""",
    "support": """
451-457-621-639 578-585-621-639 668-673-732-787 681-691-732-787 668-673-801-889
681-691-801-889 1477-1483-1541-1617 1724-1731-1800-1881
""",
}
"""Begin and end of the holder, then of the target."""


def _rows(given: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
    """A label and the offsets of each row."""
    for label, rows in given.items():
        for row in rows.split():
            yield label, *map(int, row.split("-"))


def _near(one: Place, other: Place) -> bool:
    """Whether two places share at least half of what they cover."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return 2 * shared >= max(one[1], other[1]) - min(one[0], other[0])


def _f1(found: set[Any], wanted: set[Any]) -> dict[str, float]:
    right = len(found & wanted)
    f1 = 2 * right / (len(found) + len(wanted))
    return {"f1": round(f1, 3), "right": right, "shown": len(found), "wanted": len(wanted)}


def measure(text: str) -> dict[str, Any]:
    """The figures for the suggestions that a new project shows at first."""
    document = Document("editorial", "", text, split_paragraphs(text))
    names = ("model", "rules", "memory", "guideline")
    plan = SuggestionPlan(names, load_schema(BASE_SCHEMA), Config(), EMPTY)
    shown = [one.value for one in SuggestionEngine.of(plan).compute(document) if one.shown]
    spans = {s.id: s for s in shown if isinstance(s, Span)}
    out: dict[str, Any] = {}
    for layer, given in (("actor", ACTORS), ("claim", CLAIMS)):
        found = {(s.label, s.start, s.end) for s in spans.values() if s.layer == layer}
        out[layer] = _f1(found, set(_rows(given)))
    places = {id: (s.start, s.end) for id, s in spans.items()} | {AUTHOR: (-2, -1)}
    edges = [
        (r.label, places[r.source], places[r.target]) for r in shown if isinstance(r, Relation)
    ]
    wanted = list(_rows(STANCES))
    right = sum(
        any(label == side and _near(a, (s, e)) and _near(b, (t, u)) for side, s, e, t, u in wanted)
        for label, a, b in edges
    )
    out["stance"] = {"right": right, "shown": len(edges), "wanted": len(wanted)}
    return out


def main(file: Path) -> None:
    """Print the figures as JSON."""
    text = file.read_text(encoding="utf-8")
    if hashlib.sha256(text.encode()).hexdigest()[:16] != TEXT:
        sys.exit(f"{file}: is another text than the one that was coded")
    print(json.dumps(measure(text), indent=2))  # noqa: T201


if __name__ == "__main__":
    beside = Path(__file__).parents[3] / "shared" / "seeds" / "editorial.txt"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else beside)
