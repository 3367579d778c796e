"""Computes suggestions for the documents of a project in advance."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from annotator import families
from annotator.config import Config
from annotator.errors import AnnotatorError, SuggesterError, UsageError
from annotator.learners.calibration import UNCALIBRATED, Calibration, Verdict
from annotator.model.blind import is_blind
from annotator.model.decision import Suggestion
from annotator.model.memory import Memory
from annotator.model.schema import LabelSchema
from annotator.model.text import Document
from annotator.project import Project
from annotator.store.results import SuggestionRun
from annotator.suggesters.api import Suggester
from annotator.workflows.suggesting.combining import AS_PROPOSED, OWN, Policy, combine, consulted
from annotator.workflows.suggesting.language_model import asking, costly
from annotator.workflows.suggesting.pools import Compute, Pool, ThisProcess, computed, processes

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SuggestResult:
    """How many documents were read, how many suggestions are stored for them, and how many of
    these are not shown at first (`held_back`); `warnings` are texts to show."""

    documents: int
    suggestions: int
    held_back: int = 0
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SuggestionPlan:
    """What is needed to make the suggesters, here or in another process. `model` is the number and
    bytes of the project's own model; `blind` the share and seed of paragraphs without suggestions;
    `asking` what a language model is told about the project, if one is used. Nothing is shown for
    the pairs of suggester and layer in `silent`."""

    names: tuple[str, ...]
    schema: LabelSchema
    config: Config
    memory: Memory
    history: Calibration = field(default_factory=lambda: UNCALIBRATED)
    model: tuple[int, bytes] | None = None
    blind: tuple[float, str] = (0.0, "")
    asking: Mapping[str, Any] = field(default_factory=dict)
    silent: frozenset[tuple[str, str]] = frozenset()

    @staticmethod
    def of(project: Project, names: Sequence[str] = ()) -> SuggestionPlan:
        """The plan of a project, with these suggesters instead of those in its settings."""
        verdicts = [
            Verdict(f.suggester, f.layer, f.label, f.score, f.right)
            for f in project.learning.outcomes()
        ]
        return SuggestionPlan(
            tuple(names) or project.config.suggesters,
            project.schema,
            project.config,
            project.suggestions.memory(),
            Calibration.fit(verdicts),
            project.learning.newest(project.schema.hashes),
            (project.config.blind_share, project.blind_seed),
            asking(project) if "llm" in (tuple(names) or project.config.suggesters) else {},
            costly(verdicts),
        )

    def begin(self) -> Compute:
        """The function that handles a document, loaded in this process."""
        return SuggestionEngine.of(self).compute

    def suggesters(self) -> list[Suggester]:
        """The loaded suggesters. If this program cannot read the project's model, it logs that and
        uses the model that comes with the program."""
        return [self._made(name) for name in self.names]

    def _made(self, name: str) -> Suggester:
        create = families.suggesters.load(name.partition(":")[0]).create
        settings = self.settings(name)
        try:
            made: Suggester = create(schema=self.schema, config=settings, memory=self.memory)
        except SuggesterError as error:
            if "data" not in settings:
                raise
            logger.warning("model %s: %s. %s", settings["number"], error.message, error.hint)
            less = {key: value for key, value in settings.items() if key not in ("data", "number")}
            made = create(schema=self.schema, config=less, memory=self.memory)
        return made

    def settings(self, name: str) -> Mapping[str, Any]:
        """The settings of a suggester; for `pipeline:NAME`, those of the pipeline, with its
        name."""
        family, _, own = name.partition(":")
        if own:
            return {"name": own, **self.config.pipelines.get(own, {})}
        table = self.config.suggester.get(family, {})
        if family == "llm":
            return {**table, **self.asking}
        if family == "model" and self.model is not None:
            return {**table, "number": self.model[0], "data": self.model[1]}
        return table

    def policy(self, suggesters: Sequence[Suggester]) -> Policy:
        """The policy for these suggesters. Spans that name an entity do not overlap."""
        taken: list[frozenset[str]] = [getattr(one, "takes", frozenset()) for one in suggesters]
        muted: list[frozenset[str]] = [getattr(one, "muted", frozenset()) for one in suggesters]
        flat = (
            layer.name for layer in self.schema.span_layers if layer.attribute_of_type("entity")
        )
        shown = self.config.suggestions
        return Policy(
            frozenset(flat),
            shown.gate,
            shown.stances,
            self.history,
            frozenset().union(*taken),
            frozenset().union(*muted),
            self.silent,
        )

    def run(self, suggesters: Sequence[Suggester]) -> SuggestionRun:
        """Names and versions, and a hash of the settings."""
        tables = {
            name: {k: v for k, v in self.settings(name).items() if k != "data"}
            for name in self.names
        }
        shown = self.config.suggestions
        content = json.dumps(
            [tables, self.schema.hash, shown.gate, shown.stances], sort_keys=True, default=str
        )
        digest = hashlib.sha256(content.encode()).hexdigest()[:16]
        return SuggestionRun({one.name: one.version for one in suggesters}, digest)

    def blindfold(self, document: Document, found: Sequence[Suggestion]) -> list[Suggestion]:
        """The suggestions, with those in blind paragraphs marked."""
        share, seed = self.blind
        if not share:
            return list(found)
        blind = {
            p.index
            for p in document.paragraphs
            if is_blind(document.id, p.index, share=share, seed=seed)
        }
        return [replace(s, blind=True) if s.paragraph in blind else s for s in found]


@dataclass(frozen=True, slots=True)
class SuggestionEngine:
    """A plan with its suggesters loaded."""

    plan: SuggestionPlan
    suggesters: Sequence[Suggester]
    policy: Policy

    @staticmethod
    def of(plan: SuggestionPlan) -> SuggestionEngine:
        """Load what the plan names."""
        suggesters = plan.suggesters()
        return SuggestionEngine(plan, suggesters, plan.policy(suggesters))

    @contextmanager
    def keeping(self, project: Project) -> Iterator[None]:
        """Inside the block, parses by suggesters of this process are stored in a project and read
        from there."""
        readers = {
            id(r): r for one in self.suggesters if (r := getattr(one, "reader", None)) is not None
        }
        with ExitStack() as stack:
            for reader in readers.values():
                stack.enter_context(reader.keeping(project.parses))
            yield

    def compute(
        self, document: Document, *, skip: frozenset[int] = frozenset()
    ) -> list[Suggestion]:
        """The suggestions for a document, without the paragraphs in `skip`."""
        asked = consulted(
            self.suggesters, (layer.name for layer in self.plan.schema.layers), self.policy
        )
        found = propose(document, asked, self.plan.memory, policy=self.policy, skip=skip)
        return self.plan.blindfold(document, found)


def propose(
    document: Document,
    suggesters: Sequence[Suggester],
    memory: Memory,
    *,
    policy: Policy = AS_PROPOSED,
    skip: frozenset[int] = frozenset(),
) -> list[Suggestion]:
    """The suggestions for a document, by paragraph and rank; excluded paragraphs,
    and those in `skip`, have none."""
    out: list[Suggestion] = []
    for paragraph in document.paragraphs:
        if not paragraph.excluded and paragraph.index not in skip:
            every = [
                one for suggester in suggesters for one in suggester.suggest(document, paragraph)
            ]
            out += combine(document, _admitted(document, every, suggesters), memory, policy)
    return out


def _admitted(
    document: Document, found: Sequence[Suggestion], suggesters: Sequence[Suggester]
) -> list[Suggestion]:
    """The suggestions without those of the program's own suggesters that a model rules out: words
    that were accepted elsewhere may only set the scene here."""
    bars = [bar for one in suggesters if (bar := getattr(one, "bars", None)) is not None]
    return [
        one
        for one in found
        if one.suggester not in OWN or not any(bar(document, one) for bar in bars)
    ]


def suggest(
    project: Project,
    *,
    documents: Sequence[str] | None = None,
    suggesters: Sequence[str] | None = None,
    missing: bool = False,
    workers: int = 1,
    dask: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SuggestResult:
    """Compute and store suggestions for these documents (by default all) by these suggesters (by
    default those in the settings); `pipeline:NAME` is a spaCy pipeline. Undecided suggestions by
    the same suggesters are replaced, or by all suggesters if none are named. With `missing`, only
    documents without suggestions are handled.

    This process, several processes, or the Dask cluster at the address `dask` compute them, with
    the same result; only this process touches the database. Each document is one transaction, so
    that finished ones stay whatever happens to the rest; `progress` is called with the number of
    documents done and their total. Raises UsageError for an unknown suggester, ProjectError for an
    unknown document, PoolError for processes or a cluster that fail.
    """
    plan = SuggestionPlan.of(project, suggesters or ())
    ids = list(documents) if documents is not None else project.documents.ids()
    if missing:
        done = project.suggestions.documents()
        ids = [id for id in ids if id not in done]
    engine = SuggestionEngine.of(plan)
    run = plan.run(engine.suggesters)
    count = held = 0
    with engine.keeping(project), _pool(engine, workers, dask) as pool:
        for number, (document, found) in enumerate(computed(pool, project.documents.each(ids)), 1):
            count += project.suggestions.put(document, found, run=run, others=suggesters is None)
            held += sum(one.blind or not one.shown for one in found)
            if progress is not None:
                progress(number, len(ids))
    warnings = tuple(
        warning for one in engine.suggesters for warning in getattr(one, "warnings", ())
    )
    return SuggestResult(len(ids), count, held, warnings)


def unloadable(project: Project) -> Iterator[AnnotatorError]:
    """The errors of the suggesters in the project's settings that cannot be loaded."""
    plan = SuggestionPlan.of(project)
    for name in plan.names:
        try:
            replace(plan, names=(name,)).suggesters()
        except (SuggesterError, UsageError) as error:
            yield error


def _pool(engine: SuggestionEngine, workers: int, dask: str | None) -> AbstractContextManager[Pool]:
    if dask is not None:
        from annotator.workflows.suggesting.cluster import cluster

        return cluster(engine.plan, dask)
    return (
        processes(engine.plan, workers) if workers > 1 else nullcontext(ThisProcess(engine.compute))
    )


__all__ = [
    "SuggestResult",
    "SuggestionEngine",
    "SuggestionPlan",
    "propose",
    "suggest",
    "unloadable",
]
