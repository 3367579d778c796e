"""A mention that asks for a name, and where the candidates for it are put."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

from annotator.learners.names import forms
from annotator.learners.names.known import KnownEntities
from annotator.learners.names.name_text import Mention
from annotator.learners.names.words import is_titled
from annotator.model.codebook import CodebookEntry

_POSSESSIVES = frozenset("'s his her its their".split())
_FOLLOWINGS = frozenset(
    (
        "administration cabinet campaign coalition company firm government leadership movement "
        "office party regime staff team"
    ).split()
)
"""Organizations that are named after their head."""

Features = dict[str, set[str]]
"""The features for and against each name."""


class NameRegistry(Protocol):
    """The names in use in a project, looked up by the exact form of the text."""

    def named(self, form: str) -> Mapping[str, int]:
        """How often a form was given each entity."""
        ...

    def listed(self, form: str) -> Sequence[str]:
        """The entities in the codebook that have a form as name or alias."""
        ...

    def headed(self, *nouns: str) -> Sequence[CodebookEntry]:
        """The entities in the codebook that are one of these nouns with words that make it
        unique."""
        ...


@dataclass(slots=True)
class NameQuery:
    """A mention that asks for a name, and the candidates found for it."""

    mention: Mention
    known: KnownEntities
    registry: Mapping[str, int] = field(default_factory=dict)
    """The names of this form in other documents, with their numbers."""
    listed: tuple[str, ...] = ()
    """The names that the codebook gives this form."""
    headed: tuple[CodebookEntry, ...] = ()
    """The entries of the codebook with the noun of a mention (`government of Varnia`)."""
    found: Features = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, mention: Mention, known: KnownEntities, registry: NameRegistry | None) -> Self:
        """A mention with what a registry has for its words."""
        if registry is None:
            return cls(mention, known)
        last = mention.folded.rpartition(" ")[2]
        headed = registry.headed(last, mention.head, forms.plural_of(mention.head))
        listed = tuple(registry.listed(mention.whole))
        return cls(mention, known, registry.named(mention.whole), listed, tuple(headed))

    @property
    def label(self) -> str:
        return self.mention.span.label

    @property
    def phrase(self) -> str:
        """The form with a lower-case first letter, unless its first word is a name (`Gulf
        states`) or has its capital elsewhere too (`Western governments`). One word that is a common
        noun has its capital from the sentence (`Shopkeepers protest`)."""
        text, form = self.known.text, self.mention.form
        word = text.at(self.mention.first)
        begins = word is not None and (word.kind == "name" or word.text in text.inside)
        if self.mention.kind == "nominal" and self.mention.opens and " " not in form:
            begins = False
        return form if begins else forms.lower_first(form)

    @property
    def bases(self) -> list[tuple[str, str]]:
        """The form as it is, and in the plural if it is a singular, each with its suffix for a
        feature's name."""
        phrase = self.phrase
        if self.mention.plural:
            return [(phrase, "")]
        words = phrase.split()
        at = forms.head_of([word.lower() for word in words])
        words[at : at + 1] = [forms.plural_of(word) for word in words[at : at + 1]]
        return [(phrase, ""), (" ".join(words), "_pl")]

    def put_owned(self, base: str, link: str, owner: str, *features: str) -> None:
        """Add `base` with its owner (`council of Lorn`), unless that adds nothing: if the owner is
        in the words already (`NHS managers of the NHS`), or is such a body itself (`council of the
        Council of Lorn`). A person owns a following (`party of Ana Brell`), but no other
        organization unless the text says so (`her hospital`)."""
        words, owned = base.casefold().split(), owner.casefold().split()
        alike = forms.singular_of(words[-1]) == forms.singular_of(owned[forms.head_of(owned)])
        if alike or " ".join(owned) in " ".join(words):
            return
        owner = self.known.full_name(owner) if is_titled(owner.split()) else owner
        if self.known.is_person(owner) and self.label not in ("person", "collective"):
            is_possessive = self.mention.before in _POSSESSIVES
            if not is_possessive and forms.singular_of(words[-1]) not in _FOLLOWINGS:
                return
        self.put(f"{base} {link} {self.known.with_article(owner)}", *features)

    def put(self, name: str, *features: str) -> None:
        """Add a candidate, or more evidence for it."""
        if name.strip():
            self.found[name.strip()].update(features)


__all__ = ["Features", "NameQuery", "NameRegistry"]
