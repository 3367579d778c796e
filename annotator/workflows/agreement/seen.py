"""Who was shown suggestions in which paragraphs, for comparing work with and without them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from annotator.model.blind import is_blind
from annotator.model.decision import Suggestion
from annotator.model.provenance import Shown, value_of
from annotator.model.record import Record
from annotator.model.span import Annotation
from annotator.project import Project
from annotator.workflows.agreement.part import ComparedPart

_Places = TypeVar("_Places")


class SuggestionsSeen:
    """What was recorded when paragraphs were opened and suggestions shown. Whoever saw none in a
    document (imported work without a record) worked without; where nothing was suggested, the
    others saw that there was nothing, unless the paragraph was blind when they opened it or they
    never opened it. Where that is not recorded, the project's settings of today decide."""

    def __init__(self, project: Project, part: ComparedPart) -> None:
        self._project, self._called = project, part.called
        self._shown: dict[tuple[str, str], tuple[Shown, ...]] = {}
        self._places: dict[tuple[str, str], frozenset[int]] = {}
        self._opened: dict[tuple[str, str], dict[int, bool | None]] = {}

    def read(self, documents: Collection[str]) -> None:
        """Answer for these documents from now on."""
        provenance, ids = self._project.provenance, sorted(documents)
        self._shown = self._as_called(provenance.all_shown(ids))
        self._places = {
            work: frozenset(one.paragraph for one in several)
            for work, several in self._shown.items()
        }
        self._opened = self._as_called(provenance.paragraphs_opened(ids))

    def _as_called(
        self, found: Mapping[tuple[str, str], _Places]
    ) -> dict[tuple[str, str], _Places]:
        return {(id, self._called.get(who, who)): places for (id, who), places in found.items()}

    def hidden(self, document: str, who: str, paragraph: int) -> bool:
        """Whether suggestions were hidden from an annotator in a paragraph."""
        shown = self._places.get((document, who))
        if shown is None:
            return True
        if paragraph in shown:
            return False
        opened = self._opened.get((document, who))
        if opened and paragraph not in opened:
            return True
        blind = opened[paragraph] if opened else None
        return self._is_blind_now(document, paragraph) if blind is None else blind

    def compared(self, record: Record, stored: Sequence[Suggestion]) -> list[Annotation]:
        """The suggestions that somebody's work is compared with: where they saw suggestions, what
        they were shown; elsewhere what is `stored` now."""
        document, who = record.document.id, record.annotator or ""
        shown = [value_of(one) for one in self._shown.get((document, who), ())]
        unseen = [s.value for s in stored if s.shown and self.hidden(document, who, s.paragraph)]
        return [*(value for value in shown if value is not None), *unseen]

    def _is_blind_now(self, document: str, paragraph: int) -> bool:
        share, seed = self._project.config.blind_share, self._project.blind_seed
        return bool(share) and is_blind(document, paragraph, share=share, seed=seed)


__all__ = ["SuggestionsSeen"]
