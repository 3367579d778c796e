"""`project.suggestions`: what suggesters propose, and what
they can learn from earlier decisions."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from annotator.model.decision import Suggestion
from annotator.model.memory import Memory
from annotator.store import suggestions as store
from annotator.store.connection import Database
from annotator.store.results import SuggestionRun


class Suggestions:
    """The stored suggestions of a project."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, document: str, paragraph: int | None = None) -> list[Suggestion]:
        """The suggestions of a document or of one of its paragraphs, decided or not, by paragraph,
        rank and id."""
        return store.load(self._database, document, paragraph)

    def of_many(self, documents: Sequence[str]) -> dict[str, list[Suggestion]]:
        """The suggestions of documents as `of` gives them, by document; documents without any are
        left out."""
        return store.load_many(self._database, documents)

    def put(
        self,
        document: str,
        suggestions: Sequence[Suggestion],
        *,
        run: SuggestionRun,
        untouched: bool = False,
        others: bool = False,
    ) -> int:
        """Replace the undecided suggestions that the suggesters of `run` made for a document.

        With `others`, those of all suggesters are replaced; with `untouched`, only in paragraphs
        that nobody has opened or worked in. Returns how many were stored.
        """
        return store.put(
            self._database, document, suggestions, run, untouched=untouched, others=others
        )

    def withdraw(self, document: str, ids: Collection[str]) -> int:
        """Remove suggestions in paragraphs that nobody has opened or worked in. Returns how
        many."""
        return store.withdraw(self._database, document, ids)

    def documents(self) -> frozenset[str]:
        """The documents that have suggestions."""
        return store.suggested(self._database)

    def doubt(self, documents: Sequence[str]) -> dict[str, float]:
        """The mean variance p(1 - p) of the chances of the suggested spans in each of these
        documents, in [0, .25]; documents without any are left out."""
        return store.doubt(self._database, documents)

    def mark_opened(self, document: str, paragraph: int, annotator: str) -> None:
        """Record that an annotator sees a paragraph: training no longer changes its suggestions."""
        store.mark_opened(self._database, document, paragraph, annotator)

    def touched(self, document: str) -> frozenset[int]:
        """The paragraphs that somebody worked in, or opened and saw suggestions in."""
        return store.touched(self._database, document)

    def memory(self) -> Memory:
        """What the project has accepted and rejected before."""
        return store.memory(self._database)


__all__ = ["Suggestions"]
