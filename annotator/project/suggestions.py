"""`project.suggestions`: what suggesters propose, and what
they can learn from earlier decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import isfinite

from annotator.errors import InputError
from annotator.model.decision import Suggestion
from annotator.model.memory import Memory
from annotator.model.schema import LabelSchema
from annotator.model.span import Relation, Span
from annotator.model.text import Document
from annotator.store import documents
from annotator.store import suggestions as store
from annotator.store.connection import Database
from annotator.store.results import SuggestionRun

_TYPES: Mapping[str, type] = {
    "suggester": str,
    "version": str,
    "reason": str,
    "rule": str,
    "rank": int,
    "shown": bool,
    "blind": bool,
}


def _problem(one: Suggestion, paragraphs: int) -> str:
    """What is wrong with a suggestion, apart from its value; empty if nothing is."""
    for name, kind in _TYPES.items():
        if type(getattr(one, name)) is not kind:
            return f"{name} must be of the type {kind.__name__}"
    if not isinstance(one.value, Span | Relation) or not isinstance(one.id, str):
        return "value must be a span or a relation with an id"
    if type(one.paragraph) is not int or not 0 <= one.paragraph < paragraphs:
        return f"paragraph must be an index below {paragraphs}"
    if not isinstance(one.score, int | float) or not 0 <= one.score <= 1:
        return "score must be a number between 0 and 1"
    if one.raw is not None and not (isinstance(one.raw, int | float) and isfinite(one.raw)):
        return "raw must be a finite number or None"
    return ""


class Suggestions:
    """The stored suggestions of a project."""

    def __init__(self, database: Database, schema: LabelSchema) -> None:
        self._database, self._schema = database, schema

    def of(self, document: str, paragraph: int | None = None) -> list[Suggestion]:
        """The suggestions of a document or of one of its paragraphs, decided or not, by paragraph,
        rank and id."""
        return store.load(self._database, document, paragraph)

    def has(self, document: str) -> bool:
        """Whether a document has suggestions, decided or not."""
        return store.has_suggestions(self._database, document)

    def of_many(self, documents: Sequence[str]) -> dict[str, list[Suggestion]]:
        """A dict from document to its suggestions, ordered as by `of`; documents without any are
        left out."""
        return store.load_many(self._database, documents)

    def put(
        self,
        document: Document | str,
        suggestions: Sequence[Suggestion],
        *,
        run: SuggestionRun,
        untouched: bool = False,
        others: bool = False,
    ) -> int:
        """Replace the undecided suggestions that the suggesters of `run` made for a document, which
        is given as loaded or by its id.

        With `others`, those of all suggesters are replaced; with `untouched`, only in paragraphs
        that nobody has opened or worked in. Returns how many were stored.

        Raises InputError for a suggestion that could not be read back: the suggester of another
        package may return anything.
        """
        id = document if isinstance(document, str) else document.id
        if suggestions:
            known = documents.load(self._database, id) if isinstance(document, str) else document
            self._check(known, suggestions)
        return store.put(self._database, id, suggestions, run, untouched=untouched, others=others)

    def _check(self, text: Document, suggestions: Sequence[Suggestion]) -> None:
        from annotator.formats.api import item_problem, items_problem  # not loaded at the start

        many = len(text.paragraphs)
        first = next(((one, why) for one in suggestions if (why := _problem(one, many))), None)
        if first is None:
            values = list({one.id: one.value for one in suggestions}.values())
            if not items_problem(values, text, self._schema):
                return
            each = ((one, item_problem(one.value, text, self._schema)) for one in suggestions)
            first = next(((one, why.partition(".")[2]) for one, why in each if why), None)
        if first is not None:
            one, why = first
            message = f"the suggester {one.suggester} gives a suggestion that is invalid: {why}"
            hint = "Report it to whoever wrote the suggester, or leave it out of annotator.toml"
            raise InputError(message, file=text.id, hint=hint)

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

    def mark_opened(
        self, document: str, paragraph: int, annotator: str, *, blind: bool = False
    ) -> None:
        """Record that an annotator sees a paragraph, in which suggestions are hidden if it is
        `blind`; the first time counts. Training no longer changes its suggestions."""
        store.mark_opened(self._database, document, paragraph, annotator, blind=blind)

    def touched(self, document: str) -> frozenset[int]:
        """The paragraphs that somebody worked in, or opened and saw suggestions in."""
        return store.touched(self._database, document)

    def memory(self) -> Memory:
        """What the project has accepted and rejected before."""
        return store.memory(self._database)


__all__ = ["Suggestions"]
