"""gamma and gamma_cat by the package pygamma-agreement (extra `gamma`), in a process of its own.

Mathet, Y., Widlöcher, A. and Métivier, J.-P. (2015). The unified and holistic method gamma.
Computational Linguistics 41, 437-479; Mathet, Y. (2017). The agreement measure gamma-cat.
Computational Linguistics 43, 661-681. The package takes long to import and prints to standard
output, which does no harm in its own process. Each document is one continuum; documents are
averaged, weighted by their units, and those on which the package finds nothing to align are left
out and counted.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotator.errors import UsageError
from annotator.measures.api import Comparison
from annotator.model.schema import Layer

CHILD = Path(__file__).with_name("_gamma_child.py")


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the combined dissimilarity: weights of position (`alpha`) and label (`beta`), and
    `delta_empty` for a unit without a partner. `precision` is the half width that sampling aims at;
    `seconds` is the limit for all layers together."""

    alpha: float = 1.0
    beta: float = 1.0
    delta_empty: float = 1.0
    precision: float = 0.05
    seed: int = 20240901
    seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class Gamma:
    """gamma and gamma_cat of a layer, or None with the `reason`; the number of documents, and of
    those left out."""

    layer: str
    gamma: float | None
    gamma_cat: float | None
    documents: int
    left_out: int
    settings: Settings
    reason: str = ""


def gamma(
    comparison: Comparison,
    layers: Sequence[Layer],
    settings: Settings,
    *,
    python: str = sys.executable,
) -> list[Gamma]:
    """gamma of every layer of spans, by the interpreter `python`.

    Raises UsageError if the extra is not installed; a time-out or
    a failure of the package is the `reason`.
    """
    out: list[Gamma] = []
    for layer in (layer for layer in layers if layer.kind == "span"):
        request = {
            "alpha": settings.alpha,
            "beta": settings.beta,
            "delta_empty": settings.delta_empty,
            "precision": settings.precision,
            "seed": settings.seed,
            "documents": _continua(comparison, layer.name),
        }
        out.append(_one(layer.name, request, settings, python))
    return out


def _continua(comparison: Comparison, layer: str) -> list[dict[str, list[tuple[int, int, str]]]]:
    found: dict[int, dict[str, list[tuple[int, int, str]]]] = {}
    for passage in comparison.passages:
        for who, work in passage.works.items():
            own = found.setdefault(passage.document, {}).setdefault(who, [])
            own += [(span.start, span.end, span.label) for span in work.of(layer)]
    return [found[i] for i in sorted(found)]


def _one(layer: str, request: dict[str, object], settings: Settings, python: str) -> Gamma:
    documents = request["documents"]
    assert isinstance(documents, list)
    kept, reason = _kept(request, settings, python)
    if reason:
        return Gamma(layer, None, None, 0, len(documents), settings, reason)
    categories = [one for one in kept if one["gamma_cat"] is not None]
    left_out = len(documents) - len(kept)
    value, cat = _mean(kept, "gamma"), _mean(categories, "gamma_cat")
    return Gamma(layer, value, cat, len(kept), left_out, settings)


def _kept(
    request: dict[str, object], settings: Settings, python: str
) -> tuple[Sequence[Mapping[str, Any]], str]:
    """The values of the documents that have one, computed by another process; if there are none,
    why."""
    try:
        done = subprocess.run(
            [python, str(CHILD)],
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=settings.seconds,
            encoding="utf-8",
            check=False,
        )
    except subprocess.TimeoutExpired:
        return (), f"stopped after {settings.seconds:g} s"
    if done.returncode == 4:
        raise UsageError(
            "gamma needs the package pygamma-agreement",
            hint="Install it with the extra: uv pip install 'annotator[gamma]'",
        )
    last = done.stdout.strip().rpartition("\n")[2]
    if done.returncode != 0 or not last.startswith("{"):
        words = done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}"
        return (), f"pygamma-agreement failed: {words}"
    kept = json.loads(last)["documents"]
    return kept, "" if kept else "no document in which two annotators marked anything"


def _mean(documents: Sequence[Mapping[str, Any]], name: str) -> float | None:
    """The mean of a value over documents by the number of their units; None without units."""
    weight = sum(one["units"] for one in documents)
    return sum(one[name] * one["units"] for one in documents) / weight if weight else None


__all__ = ["Gamma", "Settings", "gamma"]
