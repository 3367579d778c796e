"""One way to make suggestions for coded paragraphs, with what it has seen so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from annotator.config import Config
from annotator.learners.calibration import Calibration, Verdict
from annotator.model.decision import Suggestion
from annotator.model.memory import Memory, Outcome
from annotator.model.schema import LabelSchema
from annotator.model.span import Span
from annotator.model.text import Document
from annotator.workflows.effort.scoring import Decided, Score
from annotator.workflows.suggesting.suggest import SuggestionEngine, SuggestionPlan, propose

ALONE, LEARNING = "rules and memory", "learning"
SUGGESTERS = {ALONE: ("rules", "memory"), LEARNING: ("model", "rules", "memory", "guideline")}
"""The suggesters of each way."""


@dataclass
class Arm:
    """One way to make suggestions, with everything it has seen so far."""

    names: tuple[str, ...]
    schema: LabelSchema
    config: Config
    score: Score
    outcomes: list[Outcome] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    model: tuple[int, bytes] | None = None
    engine: SuggestionEngine | None = None

    def renew(self) -> None:
        """Learn from what was seen."""
        plan = SuggestionPlan(
            self.names,
            self.schema,
            self.config,
            Memory.of(self.outcomes),
            Calibration.fit(self.verdicts),
            self.model,
        )
        self.engine = SuggestionEngine.of(plan)

    def judge(self, one: Decided) -> list[Suggestion]:
        """Make suggestions for a paragraph, compare them, and remember the paragraph; returns
        what was shown."""
        if self.engine is None:
            self.renew()
        assert self.engine is not None
        others = frozenset(
            p.index for p in one.document.paragraphs if p.index != one.paragraph.index
        )
        found = propose(
            one.document,
            self.engine.suggesters,
            self.engine.plan.memory,
            policy=self.engine.policy,
            skip=others,
        )
        shown = [s for s in found if s.shown]
        for suggestion, right in self.score.add(one, shown):
            self._remember(one.document, suggestion, right)
        self.remember(one)
        return shown

    def remember(self, one: Decided) -> None:
        """Remember the annotations of a paragraph."""
        self.outcomes += [
            Outcome(s.layer, s.label, one.document.quote(s.start, s.end), True, s.entity)
            for s in one.spans
        ]

    def _remember(self, document: Document, one: Suggestion, right: bool) -> None:
        raw = one.score if one.raw is None else one.raw
        self.verdicts.append(Verdict(one.suggester, one.value.layer, one.value.label, raw, right))
        if not right and isinstance(one.value, Span):
            quote = document.quote(one.value.start, one.value.end)
            self.outcomes.append(Outcome(one.value.layer, one.value.label, quote, False))


__all__ = ["ALONE", "LEARNING", "SUGGESTERS", "Arm"]
