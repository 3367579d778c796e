"""A mention that asks for a name, and where the candidates for it are put."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from annotator.learners.names import forms
from annotator.learners.names.known import KnownEntities
from annotator.learners.names.text import Mention

Features = dict[str, set[str]]
"""The features for and against each name."""


@dataclass(slots=True)
class Asked:
    """A mention that asks for a name, and the candidates found for it."""

    mention: Mention
    known: KnownEntities
    registry: Mapping[str, int] = field(default_factory=dict)
    """The names of this form in other documents, with their numbers."""
    listed: tuple[str, ...] = ()
    """The names that the codebook gives this form."""
    found: Features = field(default_factory=lambda: defaultdict(set))

    @property
    def label(self) -> str:
        return self.mention.span.label

    @property
    def phrase(self) -> str:
        """The form with a lower-case first letter, unless its first word is a name (`Gulf
        states`)."""
        word = self.known.text.at(self.mention.first)
        begins = word is not None and word.kind == "name"
        return self.mention.form if begins else forms.lower_first(self.mention.form)

    @property
    def bases(self) -> list[tuple[str, str]]:
        """The form as it is, and in the plural if it is a singular, each with its suffix for a
        feature's name."""
        phrase = self.phrase
        if self.mention.plural:
            return [(phrase, "")]
        before, _, last = phrase.rpartition(" ")
        return [(phrase, ""), (f"{before} {forms.plural_of(last)}".strip(), "_pl")]

    def put(self, name: str, *features: str) -> None:
        """Add a candidate, or more evidence for it."""
        if name.strip():
            self.found[name.strip()].update(features)


__all__ = ["Asked", "Features"]
