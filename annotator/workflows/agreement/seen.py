"""Who was shown suggestions in which paragraphs, for comparing work with and without them."""

from __future__ import annotations

from collections.abc import Collection

from annotator.model.blind import is_blind
from annotator.project import Project
from annotator.workflows.agreement.part import ComparedPart


class SuggestionsSeen:
    """What was recorded when suggestions were shown. Whoever saw none in
    a document (imported work without a record) worked without; where nothing was suggested, the
    others saw that there was nothing, unless the paragraph is blind."""

    def __init__(self, project: Project, part: ComparedPart) -> None:
        self._project, self._called = project, part.called
        self._shown: dict[tuple[str, str], frozenset[int]] = {}

    def read(self, documents: Collection[str]) -> None:
        """Answer for these documents from now on."""
        found = self._project.provenance.paragraphs_shown(sorted(documents))
        self._shown = {
            (id, self._called.get(who, who)): places for (id, who), places in found.items()
        }

    def hidden(self, document: str, who: str, paragraph: int) -> bool:
        """Whether suggestions were hidden from an annotator in a paragraph."""
        shown = self._shown.get((document, who))
        if shown is None:
            return True
        share, seed = self._project.config.blind_share, self._project.blind_seed
        blind = bool(share) and is_blind(document, paragraph, share=share, seed=seed)
        return blind and paragraph not in shown


__all__ = ["SuggestionsSeen"]
