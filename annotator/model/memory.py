"""What a project has accepted and rejected before, by surface form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

FormKey = tuple[str, str]
"""Layer and surface form as `surface` gives it."""

VETO = 2
"""A form that was rejected this often and never accepted is not suggested any more."""


LONGEST = 8
"""The number of words in the longest surface form that is looked for again."""


def surface(text: str) -> str:
    """The form under which a stretch of text is remembered: in lower case, with single blanks as
    white space."""
    return " ".join(text.casefold().split())


PRONOUNS = frozenset(
    (
        "all another both each either everyone he her him his i it its many most neither no nobody "
        "none one others our she some that their them these they this those three two us we what "
        "which who whom whose you"
    ).split()
)
"""Words that refer to somebody else in each text, also at the beginning of a sentence."""


def is_pronoun(text: str) -> bool:
    """Whether a surface form is one of those words; in capitals
    it is an abbreviation (`US`, `WHO`)."""
    return surface(text) in PRONOUNS and not (text.isupper() and len(text) > 1)


def is_name(text: str) -> bool:
    """Whether a surface form looks like a name: its last word begins
    with a capital, and it is not a pronoun."""
    last = text.split()[-1:] or [""]
    return last[0][:1].isupper() and not is_pronoun(text)


@dataclass(frozen=True, slots=True)
class Tally:
    """How often annotators accepted (or corrected to, or added)
    and rejected (or removed) something."""

    accepted: int = 0
    rejected: int = 0

    def plus(self, *, accepted: int = 0, rejected: int = 0) -> Tally:
        """The tally with these counts added."""
        return Tally(self.accepted + accepted, self.rejected + rejected)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcomes of spans: their text, whether they were `accepted`, and how many there were."""

    layer: str
    label: str
    text: str
    accepted: bool
    entity: str | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class Memory:
    """Counts by layer and surface form.

    `labels` holds a tally for each label; `forms` how often each spelling was accepted, so that
    "US" is not taken for "us"; `entities` how often each canonical name was given with it.
    """

    labels: Mapping[FormKey, Mapping[str, Tally]] = field(default_factory=dict)
    forms: Mapping[FormKey, Mapping[str, int]] = field(default_factory=dict)
    entities: Mapping[FormKey, Mapping[str, int]] = field(default_factory=dict)

    @staticmethod
    def of(outcomes: Iterable[Outcome]) -> Memory:
        """The memory of these decisions."""
        labels: dict[FormKey, dict[str, Tally]] = {}
        forms: dict[FormKey, dict[str, int]] = {}
        entities: dict[FormKey, dict[str, int]] = {}
        for one in outcomes:
            key = (one.layer, surface(one.text))
            tallies = labels.setdefault(key, {})
            before = tallies.get(one.label, Tally())
            tallies[one.label] = (
                before.plus(accepted=one.times) if one.accepted else before.plus(rejected=one.times)
            )
            if one.accepted:
                _count(forms, key, " ".join(one.text.split()), one.times)
                if one.entity:
                    _count(entities, key, one.entity, one.times)
        return Memory(labels, forms, entities)

    def tally(self, layer: str, text: str) -> Tally:
        """Counts of a surface form over all labels of a layer."""
        counts = self.labels.get((layer, surface(text)), {}).values()
        return Tally(sum(c.accepted for c in counts), sum(c.rejected for c in counts))

    def best(self, layer: str, text: str) -> tuple[str, Tally] | None:
        """The label accepted most often for a surface form, and its counts; None if none was ever
        accepted."""
        counts = self.labels.get((layer, surface(text)), {})
        ranked = sorted(counts.items(), key=lambda kv: (-kv[1].accepted, kv[1].rejected, kv[0]))
        return ranked[0] if ranked and ranked[0][1].accepted else None

    def entity(self, layer: str, text: str) -> str | None:
        """The canonical name given most often to a name of one entity. Common nouns, pronouns
        and plurals refer to something else in each text, so nothing is remembered for them."""
        if not is_name(text):
            return None
        counts = self.entities.get((layer, surface(text)), {})
        single = {name: n for name, n in counts.items() if ";" not in name}
        return min(single, key=lambda name: (-single[name], name)) if single else None

    def vetoed(self, layer: str, label: str, text: str) -> bool:
        """Whether a surface form was rejected VETO times and never accepted,
        with this label or with any."""
        counts = self.labels.get((layer, surface(text)), {})
        one = counts.get(label, Tally())
        every = self.tally(layer, text)
        return any(t.rejected >= VETO and t.accepted == 0 for t in (one, every))


def _count(table: dict[FormKey, dict[str, int]], key: FormKey, value: str, number: int) -> None:
    counts = table.setdefault(key, {})
    counts[value] = counts.get(value, 0) + number


EMPTY = Memory()

__all__ = [
    "EMPTY",
    "LONGEST",
    "VETO",
    "FormKey",
    "Memory",
    "Outcome",
    "Tally",
    "is_name",
    "is_pronoun",
    "surface",
]
