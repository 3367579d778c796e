"""Learning from decisions: examples from the project, a model, and new suggestions where nobody
has been yet. Everything is read in short transactions, some documents at a time, and nothing
is locked during the computation. The same decisions give the same model. If the process is
killed, the last model stays.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import annotator
from annotator.errors import AnnotatorError, SuggesterError
from annotator.model.record import GOLD, Record
from annotator.model.span import Relation, Span
from annotator.model.text import plural
from annotator.project import Project
from annotator.store.learning import Finished
from annotator.store.results import SuggestionRun
from annotator.workflows import background
from annotator.workflows.background import FAILED, NICE, SUGGEST, TRAIN, TRIED, WITHDRAW, log_line
from annotator.workflows.effort.name_keys import NameKeys
from annotator.workflows.effort.simulation import decided
from annotator.workflows.suggesting.suggest import SuggestionEngine, SuggestionPlan
from annotator.workflows.training.base_model import taught
from annotator.workflows.training.name_weights import learn_names

if TYPE_CHECKING:
    from annotator.english.reading import Reader
    from annotator.learners.bundle import Bundle
    from annotator.learners.examples import Example

MOST = 3000
"""Paragraphs that are learnt from: the newest."""

TEXTS = 2_000_000
"""Code points of texts, labelled or not, whose words are counted."""

RENEWED = 200
"""Documents that get new suggestions after a training: those where annotators are and what follows
first. The others have theirs renewed by a later one, when somebody comes near."""

KIND = "annotator bundle"

CODE = ("english", "learners", "suggesters")
"""The packages that learn and suggest."""


class TooLittle(SuggesterError):
    """Nothing to learn from yet."""


NAMED = 20
"""Paragraphs whose names are counted: each takes a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Material:
    """What is learnt from: examples in the order in which they were finished, with the records that
    they stand in (by document and annotator), and all texts."""

    examples: Sequence[Example]
    finished: Sequence[Finished]
    records: Mapping[tuple[str, str], Record]
    texts: Sequence[str]
    sequence: int

    @property
    def documents(self) -> int:
        """Number of documents."""
        return len({one.document for one in self.finished})

    @property
    def paragraphs(self) -> int:
        """Number of paragraphs, each counted once however many annotators finished it."""
        return len({(one.document, one.paragraph) for one in self.finished})


@dataclass(frozen=True, slots=True)
class Trained:
    """A model as it was stored; `seconds` of CPU for reading and learning, `renewed`
    documents with new suggestions."""

    number: int
    metrics: Mapping[str, Any]
    trained_on: Mapping[str, Any]
    seconds: float
    renewed: int = 0


def chosen(finished: Sequence[Finished]) -> list[Finished]:
    """Of paragraphs that are adjudicated only the gold; of all, the newest `MOST`."""
    gold = {(one.document, one.paragraph) for one in finished if one.annotator == GOLD}
    kept = [f for f in finished if f.annotator == GOLD or (f.document, f.paragraph) not in gold]
    return kept[-MOST:]


def material(project: Project, reader: Reader, *, annotator: str | None = None) -> Material:
    """What the project has to learn from; of one annotator alone when one is named."""
    from annotator.learners.examples import examples_of

    sequence = project.learning.last_sequence()
    finished = chosen(
        [f for f in project.learning.finished() if annotator is None or f.annotator == annotator]
    )
    records: dict[tuple[str, str], Record] = {}
    made: dict[tuple[str, str, int], Example] = {}
    by_work: dict[tuple[str, str], list[int]] = {}
    for one in finished:
        by_work.setdefault((one.document, one.annotator), []).append(one.paragraph)
    for (document, who), paragraphs in by_work.items():
        record = next(project.log.records(document=document, annotator=who), None)
        if record is None:
            continue
        records[document, who] = record
        for index, example in zip(paragraphs, examples_of(reader, record, paragraphs), strict=True):
            made[document, who, index] = example
    kept = [f for f in finished if (f.document, f.annotator, f.paragraph) in made]
    return Material(
        [made[f.document, f.annotator, f.paragraph] for f in kept],
        kept,
        records,
        list(_texts(project, {f.document for f in kept})),
        sequence,
    )


def _texts(project: Project, labelled: set[str]) -> Iterator[str]:
    """The texts of these documents, then of others in their order, up to `TEXTS` code points."""
    left = TEXTS
    ids = project.documents.ids()
    order = (*(i for i in ids if i in labelled), *(i for i in ids if i not in labelled))
    for document in project.documents.each(order):
        left -= len(document.text)
        yield document.text
        if left <= 0:
            return


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
    """A hash of the settings that training and suggesting follow."""
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
    project: Project, *, renew: bool = True, progress: Callable[[str], None] | None = None
) -> Trained:
    """Learn from all finished work, store the model, and suggest again where nobody has been yet.

    Raises TooLittle if there is nothing to learn from.
    """
    tell = progress or (lambda _: None)
    project.keep_setting(TRIED, str(project.learning.paragraphs_done()))
    began = time.process_time()
    bundle, found = learnt(project)
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
        schema=project.schema.hash,
        config=configuration(project),
        code=code(),
        trained_on=trained_on,
        metrics=metrics,
    )
    project.keep_setting(FAILED, "")
    tell(f"model {number} from {plural(found.paragraphs, 'paragraph')} in {seconds:.1f} s of CPU")
    done = renewed(project, tell) if renew else 0
    return Trained(number, metrics, trained_on, seconds, done)


def name_keys(project: Project, found: Material) -> Mapping[str, int]:
    """What the names of the last `NAMED` paragraphs cost whoever finished last, as the screen
    offers them: `keys`, those `by_hand`, and of how many `paragraphs`."""
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
    """The share of keys `saved` in complete coding, by the keys of a paragraph: those of spans and
    stances `alone`, and those of names. Empty where nothing has a name."""
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


def learnt(project: Project) -> tuple[Bundle, Material]:
    """The model of all that was finished, not stored."""
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


def nearest(project: Project) -> list[str]:
    """All documents, those where the annotators are and the ones that follow them first."""
    ids = project.documents.ids()
    at = {id: i for i, id in enumerate(ids)}
    starts = sorted(
        {at[document] for document, _ in project.learning.places() if document in at}
    ) or [0]

    def distance(i: int) -> tuple[int, int]:
        ahead = [i - start for start in starts if i >= start]
        return (0, min(ahead)) if ahead else (1, i)

    return [ids[i] for i in sorted(range(len(ids)), key=distance)]


def renewed(project: Project, tell: Callable[[str], None], *, only_missing: bool = False) -> int:
    """Suggest again in paragraphs that nobody opened or decided on; with `only_missing`, in
    documents without any suggestion. At most `RENEWED` documents after a training, fewer when
    another one is wanted."""
    plan = SuggestionPlan.of(project)
    engine = SuggestionEngine.of(plan)
    run = plan.run(engine.suggesters)
    known = project.suggestions.documents() if only_missing else frozenset()
    with engine.keeping(project):
        count, stored = _renew(project, engine, run, known, only_missing=only_missing)
    if count:
        tell(f"{plural(stored, 'suggestion')} in {plural(count, 'document')}")
    return count


def _renew(
    project: Project,
    engine: SuggestionEngine,
    run: SuggestionRun,
    known: frozenset[str],
    *,
    only_missing: bool,
) -> tuple[int, int]:
    """How many documents were read, and how many suggestions stored for them."""
    count = stored = 0
    for id in nearest(project):
        if id in known:
            continue
        if not only_missing and (count >= RENEWED or (project.root / TRAIN).exists()):
            break
        document = next(project.documents.each([id]), None)
        if document is None:
            continue
        # Where nothing was suggested yet there is nothing to be taken away from anybody.
        closed = frozenset() if only_missing else project.suggestions.touched(id)
        if all(p.excluded or p.index in closed for p in document.paragraphs):
            continue
        found = engine.compute(document, skip=closed)
        stored += project.suggestions.put(id, found, run=run, untouched=not only_missing)
        count += 1
    return count, stored


def work(root: Path) -> int:
    """What the background process does: all that is wanted, one
    thing after the other; its exit code."""
    os.nice(NICE)
    # What is made while learning is kept to the end or freed at once: looking
    # for cycles in it finds next to nothing.
    gc.set_threshold(100_000)
    failed = 0
    jobs = (
        (WITHDRAW, _withdraw),
        (SUGGEST, lambda p: renewed(p, log_line, only_missing=True)),
        (TRAIN, _learn),
    )
    while background.has_requests(root):
        with background.locked(root) as free:
            if not free:
                return 0  # Whoever holds the lock looks for what is wanted before it ends.
            for what in background.requeue_killed(root):
                failed |= _tried(root, partial(_given_up, what))
            while background.has_requests(root):
                for what, job in jobs:
                    if background.begin(root, what):
                        failed |= _tried(root, job)
                        background.finish(root, what)
    return failed


def withdrawn(project: Project) -> int:
    """Withdraw suggestions of forms that were rejected twice and never accepted, and of
    relations that end at these, where nobody has been yet, in the documents that a training
    would renew. Returns how many."""
    memory, count = project.suggestions.memory(), 0
    for document in project.documents.each(nearest(project)[:RENEWED]):
        id, suggestions = document.id, project.suggestions.of(document.id)
        gone = {
            one.id
            for one in suggestions
            if isinstance(span := one.value, Span)
            and memory.vetoed(span.layer, span.label, document.quote(span.start, span.end))
        }
        if gone:
            values = (one.value for one in suggestions)
            gone |= {
                r.id for r in values if isinstance(r, Relation) and gone & {r.source, r.target}
            }
            count += project.suggestions.withdraw(id, gone)
    return count


def _withdraw(project: Project) -> None:
    log_line(f"{plural(withdrawn(project), 'suggestion')} withdrawn")


def _learn(project: Project) -> None:
    """Train; where there is nothing to learn from, what was rejected
    still counts for what is suggested."""
    try:
        train(project, progress=log_line)
    except TooLittle as error:
        log_line(f"not yet: {error.message}")
        renewed(project, log_line)


def _given_up(what: str, _: Project) -> None:
    doing = {TRAIN: "trained", SUGGEST: "suggested", WITHDRAW: "withdrew suggestions"}[what]
    raise SuggesterError(f"the process was killed {background.TRIES} times while it {doing}")


def _tried(root: Path, what: Callable[[Project], object]) -> int:
    """Do it; a failure is told in the log and kept for the screens. 1 for a failure."""
    try:
        with Project.open(root) as project:
            try:
                what(project)
            except Exception as error:
                _keep(project, error)
                raise
    except AnnotatorError as error:
        log_line(f"failed: {error}")
        return 1
    except Exception:
        import traceback

        from annotator.suggesters.api import redacted

        log_line(f"failed: {redacted(traceback.format_exc())}")
        return 1
    return 0


def _keep(project: Project, error: Exception) -> None:
    """Keep why it failed, for the screens."""
    words = (
        error.message if isinstance(error, AnnotatorError) else f"{type(error).__name__}: {error}"
    )
    first = (words.strip().splitlines() or [""])[0]
    try:
        project.keep_setting(FAILED, f"{first[:160]} (see {background.LOG})")
    except AnnotatorError as other:
        log_line(f"and that cannot be kept: {other}")


__all__ = [
    "KIND", "MOST", "RENEWED", "Material", "TooLittle", "Trained", "chosen", "code",
    "configuration", "learnt", "material", "nearest", "renewed", "train", "withdrawn", "work",
]  # fmt: skip
