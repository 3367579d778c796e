"""Learns from decisions: takes examples from the project, trains a model, and makes new suggestions
in paragraphs that nobody has opened. Everything is read in short transactions, some documents at a
time, and nothing is locked during the computation. The same decisions give the same model. If the
process is killed, the last model stays.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import annotator
from annotator.errors import SuggesterError
from annotator.model.text import plural
from annotator.project import Project
from annotator.workflows.effort.name_keys import NameKeys
from annotator.workflows.effort.scoring import decided
from annotator.workflows.training.base_model import taught
from annotator.workflows.training.due import TRIED
from annotator.workflows.training.material import Material, material
from annotator.workflows.training.name_weights import learn_names
from annotator.workflows.training.renewal import renew as renew_suggestions
from annotator.workflows.training.summary import FAILED

if TYPE_CHECKING:
    from annotator.learners.bundle import Bundle


KIND = "annotator bundle"

CODE = ("english", "learners", "suggesters")
"""The packages that learn and suggest."""


NAMED = 20
"""The number of paragraphs whose names are counted; each takes a tenth of a second."""


class TooLittle(SuggesterError):
    """There is nothing to learn from yet."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A stored model; `seconds` is CPU time for reading and learning, `renewed` the number of
    documents with new suggestions."""

    number: int
    metrics: Mapping[str, Any]
    trained_on: Mapping[str, Any]
    seconds: float
    renewed: int = 0


@cache
def code() -> str:
    """A hash of the part of this program that learns and suggests."""
    digest = hashlib.sha256(annotator.__version__.encode())
    package = Path(annotator.__file__).parent
    files = (file for name in CODE for file in (package / name).rglob("*"))
    for file in sorted(p for p in files if p.suffix in (".py", ".tsv", ".toml", ".txt")):
        digest.update(str(file.relative_to(package)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def configuration(project: Project) -> str:
    """A hash of the settings that affect training and suggesting."""
    table = project.config.table
    content = {
        key: table[key]
        for key in ("suggesters", "suggestions", "suggester", "pipeline")
        if key in table
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[
        :16
    ]


def train(
    project: Project,
    *,
    renew: bool = True,
    progress: Callable[[str], None] | None = None,
    another_is_requested: Callable[[], bool] = lambda: False,
) -> Trained:
    """Learn from all finished work, store the model, and suggest again in paragraphs that nobody
    has opened, unless another training will do so soon.

    Raises TooLittle if there is nothing to learn from.
    """
    tell = progress or (lambda _: None)
    project.keep_setting(TRIED, str(project.learning.paragraphs_done()))
    began = time.process_time()
    bundle, found = _learn(project)
    learn_names(project, found.records.values())
    seconds = time.process_time() - began
    trained_on = {
        "paragraphs": found.paragraphs,
        "examples": len(found.examples),
        "documents": found.documents,
        "annotators": len({f.annotator for f in found.finished}),
        "sequence": found.sequence,
        "base": bundle.metrics["base"],
    }
    metrics = {
        **bundle.metrics,
        "covers": sorted(bundle.covers),
        "complete": _complete(bundle.metrics["last"], name_keys(project, found)),
        "seconds": round(seconds, 2),
    }
    number = project.learning.keep(
        bundle.to_bytes(),
        kind=KIND,
        schema=project.schema.codes_hash,
        config=configuration(project),
        code=code(),
        trained_on=trained_on,
        metrics=metrics,
    )
    project.keep_setting(FAILED, "")
    tell(f"model {number} from {plural(found.paragraphs, 'paragraph')} in {seconds:.1f} s of CPU")
    done = renew_suggestions(project, tell, enough=another_is_requested) if renew else 0
    return Trained(number, metrics, trained_on, seconds, done)


def name_keys(project: Project, found: Material) -> Mapping[str, int]:
    """What the names in the last `NAMED` paragraphs cost their last annotator with the screen's
    offers: `keys`, those `by_hand`, and the number of `paragraphs`."""
    who = found.finished[-1].annotator
    own = [f for f in found.finished if f.annotator == who]
    seen = project.provenance.all_shown(list(dict.fromkeys(f.document for f in own[-NAMED:])))
    names = NameKeys(project.names.codebook())
    for number, one in enumerate(own):
        record = found.records[one.document, who]
        paragraph = decided(record, record.document.paragraphs[one.paragraph])
        if number < len(own) - NAMED:
            names.learn(paragraph)
        else:
            shown = seen.get((one.document, who), ())
            names.add(paragraph, [(s.layer, s.label, s.start or 0, s.end or 0) for s in shown])
    return {
        "keys": sum(names.now.values()),
        "by_hand": sum(names.typed.values()),
        "paragraphs": min(NAMED, len(own)),
        "entity": names.now["entity"],
        "concept": names.now["concept"],
    }


def _complete(alone: Mapping[str, Any], names: Mapping[str, int]) -> dict[str, Any]:
    """The share of keys `saved` in complete coding, and the keys per paragraph: those of spans and
    stances `alone`, and those of names. Empty if nothing has a name."""
    if not names["by_hand"] or not alone["paragraphs"]:
        return {}
    keys, by_hand = (
        alone[what] / alone["paragraphs"] + names[what] / names["paragraphs"]
        for what in ("keys", "by_hand")
    )
    return {
        "saved": round(1 - keys / by_hand, 4),
        "paragraphs": names["paragraphs"],
        "spans_and_stances": round(alone["keys"] / alone["paragraphs"], 1),
        "entity": round(names["entity"] / names["paragraphs"], 1),
        "concept": round(names["concept"] / names["paragraphs"], 1),
    }


def _learn(project: Project) -> tuple[Bundle, Material]:
    """The model of everything finished, not yet stored."""
    from annotator.english.reading import shared_reader

    reader = shared_reader()
    found = material(project, reader)
    try:
        if not found.examples:
            raise SuggesterError(
                "there is nothing to learn from yet", hint="Finish some paragraphs first"
            )
        base = project.config.suggestions.base
        with reader.keeping(project.parses):
            return taught(found.examples, project.schema, texts=found.texts, base=base), found
    except SuggesterError as error:
        raise TooLittle(error.message, hint=error.hint) from error


__all__ = ["KIND", "TooLittle", "Trained", "code", "configuration", "name_keys", "train"]
