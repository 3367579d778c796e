"""Saves decisions, and keeps them elsewhere while the database cannot be written."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from annotator.errors import ConflictError, ReplacedError, StoreError
from annotator.model.text import plural
from annotator.project import FileNow, Pending, Project

logger = logging.getLogger(__name__)

HASTE = 0.02
"""Seconds that a key waits for a database that could not be written earlier."""


_CONTINUE = "continue with the file that is there now, and write the decisions into it"
_KEEP = "keep the decisions in a file beside it"
_KEEP_AT_HOME = "keep the decisions in a file in your home folder"
_WITH_ALL = ", with everything that this program has of the old one"
_PUT_BACK = "put back everything that this program has of the old file, with the decisions"


class Saving:
    """The decisions of one annotator in one project on their way into the database.

    `unsaved` holds groups that could not be written, oldest first; `error` says why. If a group
    fails, nothing after it is written before it. `overtaken` is called when unsaved decisions on a
    document were given up because the same annotator changed it elsewhere. `patience` is the number
    of seconds that a key waits for a locked database. After one key has waited in vain, the next
    ones wait only for HASTE, until everything is saved.
    """

    def __init__(
        self,
        project: Project,
        *,
        overtaken: Callable[[ConflictError], None],
        patience: float = 10.0,
    ) -> None:
        self.project = project
        self.patience = patience
        self.unsaved: list[Pending] = []
        self.error: StoreError | None = None
        self._overtaken = overtaken

    def add(self, pending: Pending) -> bool:
        """Write a group after everything unsaved. Returns whether all of it is written now."""
        self.unsaved.append(pending)
        return self.save()

    def note(self, error: StoreError) -> None:
        """Report that something other than a decision could not be saved, unless decisions are
        unsaved, which matter more."""
        self.error = self.error or error

    def noted(self) -> None:
        """Take notice that whatever was not a decision is now saved."""
        if not self.unsaved:
            self.error = None

    def save(self) -> bool:
        """Write what is unsaved. Returns whether all of it is written now. What cannot be written
        into the database is on disk beside it on return, if that is possible at all.

        After a conflict (the same annotator working in two terminals), unsaved decisions on that
        document are given up, since they were based on an outdated state.
        """
        while self.unsaved:
            one = self.unsaved[0]
            try:
                self.project.log.save(one)
            except ConflictError as error:
                self.unsaved = [other for other in self.unsaved if other.document != one.document]
                self.error = None
                if not self.unsaved:
                    self.project.journal.clear()
                self._overtaken(error)
                return False
            except StoreError as error:
                self.error = error
                self._keep_beside()
                self.project.wait_at_most(HASTE)
                return False
            self.unsaved.pop(0)
        if self.error is not None:
            self._all_is_saved()
        return True

    def _all_is_saved(self) -> None:
        self.error = None
        self.project.journal.clear()
        self.project.wait_at_most(self.patience)

    def _keep_beside(self) -> None:
        """Write what is unsaved to disk beside the database."""
        try:
            self.project.journal.keep(self.unsaved)
        except StoreError as error:
            logger.warning("%s", error)

    @property
    def safe(self) -> bool:
        """Whether everything unsaved is on disk beside the database, so that it survives the end of
        the program."""
        return not self.project.journal.missing(self.unsaved)

    @property
    def unsaved_decisions(self) -> int:
        """The number of decisions in `unsaved`."""
        return _decisions(self.unsaved)

    @property
    def in_memory_only(self) -> int:
        """The number of unsaved decisions that are not on disk beside the database either."""
        return _decisions(self.project.journal.missing(self.unsaved))

    def kept_message(self) -> str:
        """Where the unsaved decisions are: on disk beside the database, in memory only, or some
        here and some there."""
        lost = self.in_memory_only
        if not lost:
            return f"{plural(self.unsaved_decisions, 'decision')} kept beside the database"
        kept = self.unsaved_decisions - lost
        if not kept:
            return f"{plural(lost, 'decision')} not saved"
        return f"{plural(lost, 'decision')} in memory only, {kept:,} kept beside the database"

    @property
    def replaced(self) -> bool:
        """Whether the database was removed or replaced, so that somebody must say what to do with
        unsaved decisions."""
        return isinstance(self.error, ReplacedError)

    def unsaved_message(self) -> str:
        """What to say about anything unsaved; empty if all is saved."""
        if self.error is None:
            return ""
        if not self.unsaved:
            return f"your place is not saved: {self.error.message}. Trying again; leave this open"
        rest = "; leave this open" if self.in_memory_only else ""
        again = "" if self.replaced and self.safe else f". Trying again{rest}"
        return f"{self.kept_message()}: {self.error.message}{again}"

    def remedies(self) -> tuple[FileNow, list[tuple[str, Callable[[], str]]]]:
        """What is in the place of a database that was removed or replaced, and what can be done,
        the safest first: each in words, and as a function that returns a message about the result.
        """
        now, whole = self.project.file_now(), self.project.has_old_file()
        keep = [(_KEEP + _WITH_ALL * whole, self.keep)]
        back = [(_PUT_BACK, self.put_back)] * whole
        go_on = [(_CONTINUE, self.adopt)]
        ways = {
            FileNow.NO_FOLDER: [(_KEEP_AT_HOME + _WITH_ALL * whole, self.keep)],
            FileNow.NOTHING: [*back, *keep],
            FileNow.THIS_PROJECT: [*go_on, *keep],
            FileNow.OLDER: [*keep, *go_on],
            FileNow.ANOTHER_PROJECT: [*keep, *back, *go_on],
            FileNow.UNUSABLE: [*keep, *back],
        }
        return now, ways[now]

    def keep(self) -> str:
        """The same as `rescue`; then continue with the file that is there now. If there is none of
        this project, the next decision asks again."""
        message = self.rescue()
        with suppress(StoreError):
            if self.project.file_now() in (FileNow.THIS_PROJECT, FileNow.OLDER):
                self.adopt()
        return message

    def adopt(self) -> str:
        """After the database was replaced, continue with the file that is there now and write what
        is unsaved into it. Returns a message about the result. Decisions that do not fit that file
        are written to another one, which the message names.

        Raises StoreError if there is no file or it cannot be opened; then nothing changes.
        """
        self.project.reopen()
        fitting, aside = self.project.journal.settle(self.project.log.save, self.unsaved)
        self.unsaved = []
        self._all_is_saved()
        message = f"{plural(fitting, 'decision')} written into the database that is there now"
        return (
            f"{message}; what does not fit it is in {aside.name}" if aside is not None else message
        )

    def put_back(self) -> str:
        """After the database was removed or replaced, make it again from what this program has, and
        write what is unsaved into it. Returns a message about the result.

        Raises StoreError if that is not possible; then nothing changes.
        """
        kept = self.project.put_back()
        message = "the database is there again"
        if kept is not None:
            message += f", and what was in its place is in {kept.name}"
        return f"{message}: {self.adopt()}"

    def rescue(self) -> str:
        """After the database was replaced, write what this program has of it and what is unsaved to
        files beside it. Returns a message with their names.

        Raises StoreError if nothing can be written; then nothing changes.
        """
        files = self.project.rescue(self.unsaved)
        self.unsaved = []
        self.project.journal.clear()
        return f"kept in {' and '.join(map(self._name_of, files))}"

    def _name_of(self, file: Path) -> str:
        return file.name if file.parent == self.project.root else str(file)


def _decisions(pending: Sequence[Pending]) -> int:
    return sum(len(one.group) for one in pending)


__all__ = ["HASTE", "Saving"]
