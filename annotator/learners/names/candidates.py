"""Whom a mention may name: each kind of candidate is a function that puts names,
each with the feature that speaks for it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from annotator.learners.names import forms
from annotator.learners.names.known import KnownEntities
from annotator.learners.names.text import Mention, Word

Features = dict[str, set[str]]
"""Name -> what speaks for and against it."""

_LINKS = frozenset("of in at from for on with around to who against".split())
_LEFT_OUT = frozenset("a an our its their his her this".split())
PAIRED = frozenset("both two neither each either".split())
"""Words before a mention of two."""
SIDES = frozenset(
    (
        "sides side parties leaders neighbours neighbors pair camps nations partners rivals "
        "countries governments"
    ).split()
)
_OF_PAIRS = ("person", "state", "organization", "collective")


@dataclass(slots=True)
class Asked:
    """A mention that asks for a name, and the candidates found for it."""

    mention: Mention
    known: KnownEntities
    registry: Mapping[str, int] = field(default_factory=dict)
    """The names that this form bore in other documents, with how often."""
    listed: tuple[str, ...] = ()
    """The names that the codebook gives this form."""
    found: Features = field(default_factory=lambda: defaultdict(set))

    @property
    def label(self) -> str:
        return self.mention.span.label

    @property
    def phrase(self) -> str:
        """The form with a small first letter, unless its first word is a name (`Gulf states`)."""
        word = self.known.text.at(self.mention.first)
        begins = word is not None and word.kind == "name"
        return self.mention.form if begins else forms.lower_first(self.mention.form)

    @property
    def bases(self) -> list[tuple[str, str]]:
        """The form as it is, and in the plural where it is a singular, each with
        what it adds to a feature's name."""
        phrase = self.phrase
        if self.mention.plural:
            return [(phrase, "")]
        before, _, last = phrase.rpartition(" ")
        return [(phrase, ""), (f"{before} {forms.plural_of(last)}".strip(), "_pl")]

    def put(self, name: str, *features: str) -> None:
        """One more candidate, or more that speaks for it."""
        if name.strip():
            self.found[name.strip()].update(features)


def same_form(ask: Asked) -> None:
    """What the same words named in this document before."""
    before = ask.known.forms.get(ask.mention.folded)
    if not before:
        return
    most = max(before.values())
    for entity, number in before.items():
        ask.put(entity, "sameform", *(["sameform_best"] if number == most else []))
    ask.put(max(before, key=lambda entity: ask.known.last[entity]), "sameform_last")


def registered(ask: Asked) -> None:
    """What they named in other documents; it counts more where all
    its capitals stand in this text too."""
    for entity in ask.registry:
        here = all(word in ask.known.text.text for word in re.findall(r"\b[A-Z]\w+", entity))
        ask.put(entity, "regform_here" if here else "regform")


def listed(ask: Asked) -> None:
    """What the codebook says that these words name."""
    for entity in ask.listed:
        ask.put(entity, "listed")


def itself(ask: Asked) -> None:
    """The words as they are."""
    ask.put(ask.mention.form if ask.mention.kind == "name" else ask.phrase, "self")


def longer_known(ask: Asked) -> None:
    """An entity of which the words are the end or a part (`Putin`), or the initials."""
    parts = ask.mention.form.split()
    for entity in ask.known.count:
        if entity not in ask.known.named or entity == ask.mention.form:
            continue
        whole = entity.split()
        same = "" if ask.known.label[entity] == ask.label else "_otherlabel"
        if whole[-len(parts) :] == parts:
            ask.put(entity, "longer_tail" + same)
        elif set(parts) <= set(whole):
            ask.put(entity, "longer_in" + same)
        elif _initials(whole) == ask.mention.form:
            ask.put(entity, "acronym")


def _initials(parts: list[str]) -> str:
    found = "".join(part[0] for part in parts if part[0].isupper())
    return found if len(found) > 1 else ""


def longer_in_text(ask: Asked) -> None:
    """The same of names that stand in the text, wherever in it."""
    parts = ask.mention.form.split()
    for name in ask.known.text.names:
        whole = name.split()
        if name == ask.mention.form:
            continue
        if whole[-len(parts) :] == parts:
            while len(whole) > len(parts) and whole[0].rstrip(".").lower() in forms.TITLES:
                whole = whole[1:]
            ask.put(" ".join(whole), "text_tail")
        elif set(parts) <= set(whole):
            ask.put(name, "text_in")


def people_of(ask: Asked) -> None:
    """`Varnians`: people of Varnia."""
    if ask.label == "collective":
        place = forms.place_of(ask.mention.form.rstrip("s"), _names(ask))
        if place:
            ask.put(f"people of {place}", "people_of")


def noun_phrase(ask: Asked) -> None:
    """The words with a small letter, and their plural: the group of which one is spoken of."""
    for base, several in ask.bases:
        ask.put(base, "np" + several)


def following_phrase(ask: Asked) -> None:
    """The words with what follows them: `the crews | of the regatta`."""
    for number, tail in enumerate(_following(ask)):
        for base, several in ask.bases:
            ask.put(f"{base} {tail}", f"follow{number}{several}")


def _following(ask: Asked) -> list[str]:
    """Up to three lengths of the phrase that follows a mention, without articles but `the`."""
    text, at = ask.known.text, ask.mention.last + 1
    link = text.at(at)
    if link is None or link.sentence != ask.mention.sentence or link.lower not in _LINKS:
        return []
    found: list[str] = []
    taken = [link.lower]
    inside = list(_phrase_words(ask, at + 1, link.lower == "who"))
    for i, word in enumerate(inside):
        if word.lower not in _LEFT_OUT:
            taken.append(word.text + ("’s" if word.genitive else ""))
        goes_on = i + 1 < len(inside) and inside[i + 1].kind in ("noun", "name")
        if word.kind in ("noun", "name") and not word.genitive and not goes_on:
            found.append(" ".join(taken))
    return found[:3]


def _phrase_words(ask: Asked, at: int, clause: bool) -> Iterator[Word]:
    """The words up to the next mark; up to the next verb too where they are no `clause`."""
    for word in ask.known.text.words[at : at + 8]:
        acts = word.kind == "verb" or word.lower in forms.word_class("auxiliary")
        if word.sentence != ask.mention.sentence or word.kind == "mark" or (acts and not clause):
            return
        yield word


def adjective(ask: Asked) -> None:
    """`Varnian parliament`: parliament of Varnia."""
    parts = ask.mention.form.split()
    for word in parts[:-1]:
        place = forms.place_of(word, _names(ask)) if word[:1].isupper() else None
        if place:
            own = " ".join(part for part in parts if part != word)
            ask.put(f"{own} of {ask.known.with_article(place)}", "demonym")


def _names(ask: Asked) -> list[str]:
    return [*ask.known.count, *ask.known.text.names]


def possessor(ask: Asked) -> None:
    """`Varnia's parliament`: parliament of Varnia, by the name that the possessor has."""
    if ask.mention.before != "'s":
        return
    for mention, entity in reversed(ask.known.mentions):
        if mention.last == ask.mention.first - 1:
            ask.put(f"{ask.phrase} of {ask.known.with_article(entity)}", "possessor")
            return
    words, at = ask.known.text.words, ask.mention.first - 1
    first = at
    while (
        first
        and words[first - 1].kind in ("name", "noun")
        and words[first - 1].sentence == words[at].sentence
    ):
        first -= 1
    owner = ask.known.text.text[words[first].start : words[at].start + len(words[at].text)]
    ask.put(f"{ask.phrase} of {owner}", "possessor_text")


def usual_tail(ask: Asked) -> None:
    """The words with an ending that names of this document have: `of Varnia`."""
    for rank, (tail, number) in enumerate(ask.known.tails.most_common(8)):
        for base, several in ask.bases:
            often = ["tail3+"] if number >= 3 else []
            ask.put(f"{base} {tail}", f"tail{min(rank, 4)}{several}", "tail", *often)


def of_entity(ask: Asked) -> None:
    """`X of Y` with an entity of this document, the recent ones first."""
    known = ask.known
    for rank, entity in enumerate(known.recent()[:12]):
        label = known.label[entity]
        if ";" in entity or (not entity[:1].isupper() and label != "organization" and rank > 5):
            continue
        for base, several in ask.bases:
            features = [f"of_{label}{several}", f"of_recent{min(rank, 3)}"]
            features.append("of_named" if entity in known.named else "of_nominal")
            if ask.mention.before in ("its", "their", "his", "her"):
                features.append(f"of_possessive{min(rank, 3)}_{ask.mention.before}_{label}")
            ask.put(f"{base} of {known.with_article(entity)}", *features)


def of_name(ask: Asked) -> None:
    """`X of Y` with a name that the text holds often."""
    for name, number in ask.known.text.names.most_common(10):
        if len(name.split()) > 4:
            continue
        often = ["of_caps3+"] if number >= 3 else []
        titled = ["of_mr"] if name.split()[0].lower() in ("mr", "mrs", "ms", "dr") else []
        for base, several in ask.bases:
            ask.put(
                f"{base} of {ask.known.with_article(name)}", "of_caps" + several, *often, *titled
            )


def beside_role(ask: Asked) -> None:
    """The person beside whose name the role stands."""
    for name in ask.known.text.roles.get(ask.mention.head, ()):
        ask.put(name, "role")


def decided_here(ask: Asked) -> None:
    """All entities of the document."""
    for entity in ask.known.count:
        ask.put(entity, "doc")


def pairs(ask: Asked) -> None:
    """Two like entities, whole: `both`, `the two capitals`, `the sides`."""
    mention = ask.mention
    cue = (
        mention.before in PAIRED
        or mention.form.lower() in SIDES
        or mention.form.lower().split()[0] in PAIRED
    )
    if not (mention.plural or cue or mention.kind == "pronoun"):
        return
    recent: defaultdict[str, list[str]] = defaultdict(list)
    for entity in ask.known.recent():
        if ";" not in entity:
            recent[ask.known.label[entity]].append(entity)
    for label in _OF_PAIRS:
        few = recent[label][:3]
        for a in range(len(few)):
            for b in range(a + 1, len(few)):
                name = "; ".join(sorted((few[a], few[b])))
                same = "same" if label == ask.label else "other"
                said = (f"pair_cue_{same}", f"pair_cue_{a}{b}") if cue else ("pair_nocue",)
                ask.put(name, f"pair_{label}{a}{b}", *said)
    states = recent["state"][:2]
    if len(states) == 2 and mention.kind == "nominal":
        one = forms.singular_of(ask.phrase.split(" ")[-1].lower())
        ask.put("; ".join(sorted(f"{one} of {state}" for state in states)), "pair_of_state")


CandidateSource = Callable[[Asked], None]

SOURCES: Mapping[str, tuple[CandidateSource, ...]] = {
    "name": (same_form, registered, listed, itself, longer_known, longer_in_text, people_of),
    "nominal": (
        same_form, registered, listed, noun_phrase, following_phrase, adjective, possessor,
        usual_tail, of_entity, of_name, beside_role, decided_here, pairs,
    ),
    "pronoun": (decided_here, pairs),
}  # fmt: skip


__all__ = ["PAIRED", "SIDES", "SOURCES", "Asked", "CandidateSource", "Features"]
