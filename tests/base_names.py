"""Makes the weights of naming that come with the program: `uv run python tests/base_names.py`.

The word lists are those of the tables as naming reads them. The weights are fitted on the gold of the seeds, part
`train` of `seeds/splits.json`, and on nothing else.
"""

from __future__ import annotations

import json
import sys

from annotator.learners.names import forms, namer
from annotator.learners.names.learning import Coded, learn
from annotator.workflows.training.base import seed_records


def coded(part: str) -> list[Coded]:
    """The English seeds of a part with their actors."""
    return [
        (r.document, [s for s in r.spans if s.layer == "actor"])
        for r in seed_records(part)
        if r.document.meta.get("language", "en") == "en"
    ]


if __name__ == "__main__":
    forms.WORDS.write_text(json.dumps(forms.word_lists(), indent=0) + "\n", encoding="utf-8")
    found = learn(coded("train"))
    namer.WEIGHTS.write_text(json.dumps(found, indent=0, sort_keys=True) + "\n", encoding="utf-8")
    sys.stdout.write(", ".join(f"{kind} {len(of)} weights" for kind, of in found.items()) + "\n")
