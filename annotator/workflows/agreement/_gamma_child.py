"""What `gamma` runs in a process of its own: reads a request as
JSON, prints the answer as the last line.

Exit code 4: the package is not installed. It imports nothing of this program,
so that another interpreter can run it.
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any


def main() -> int:
    try:
        import numpy as np
        from pyannote.core import Segment
        from pygamma_agreement import CombinedCategoricalDissimilarity, Continuum
    except ImportError:
        return 4
    request: dict[str, Any] = json.load(sys.stdin)
    out: list[dict[str, Any]] = []
    for number, document in enumerate(request["documents"]):
        if sum(bool(units) for units in document.values()) < 2:
            continue
        continuum = Continuum()
        for who, units in document.items():
            continuum.add_annotator(who)
            for start, end, label in units:
                continuum.add(who, Segment(start, end), label)
        dissimilarity = CombinedCategoricalDissimilarity(
            alpha=request["alpha"], beta=request["beta"], delta_empty=request["delta_empty"]
        )
        np.random.seed(request["seed"] + number)
        found = continuum.compute_gamma(dissimilarity, precision_level=request["precision"])
        value, categories = float(found.gamma), float(found.gamma_cat)
        if math.isfinite(value):
            out.append(
                {
                    "gamma": value,
                    "gamma_cat": categories if math.isfinite(categories) else None,
                    "units": sum(map(len, document.values())),
                }
            )
    sys.stdout.write("\n" + json.dumps({"documents": out}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
