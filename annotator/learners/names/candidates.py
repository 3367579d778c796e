"""Whom a mention may name: each kind of candidate is a function that adds names, each with the
feature that supports it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import combinations

from annotator.learners.names import descriptions as of
from annotator.learners.names import forms
from annotator.learners.names.asked import Asked
from annotator.learners.names.text import Mention

PAIRED = frozenset("both two neither each either".split())
"""Words before a mention of a pair."""
SIDES = frozenset(
    (
        "sides side parties leaders neighbours neighbors pair camps nations partners rivals "
        "countries governments"
    ).split()
)
PAIRS = frozenset("sides side pair duo".split())
"""Words that are of two by themselves, where those of `SIDES` need a determiner."""
_NUMBERS = {
    "both": 2,
    "two": 2,
    "either": 2,
    "neither": 2,
    "pair": 2,
    "duo": 2,
    "three": 3,
    "trio": 3,
}
"""How many entities a mention with such a word is of."""
_JOINED = re.compile(r",? and |, ")
_OF_PAIRS = ("person", "state", "organization", "collective")


def same_form(ask: Asked) -> None:
    """What the same words named in this document before. That of `two nations` is not that of
    `nations`."""
    before = {
        entity: number
        for entity, number in ask.known.forms.get(ask.mention.folded, {}).items()
        if _agrees(ask, entity)
    }
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
    """What these words name according to the codebook."""
    for entity in ask.listed:
        ask.put(entity, "listed")


def itself(ask: Asked) -> None:
    """The words as they are, and known names that are joined (`Russia and China`) as a list; of the
    powers `the West` the article is a part."""
    if ask.mention.folded in forms.DIRECTIONS and ask.mention.before == "the":
        ask.put(f"the {ask.mention.form}", "self")
        return
    parts = _JOINED.split(ask.mention.form)
    joined = [ask.known.meant(part) for part in parts] if len(parts) > 1 else []
    if joined and None not in joined:
        ask.put("; ".join(sorted(map(str, joined))), "self")
        return
    ask.put(ask.mention.form if ask.mention.kind == "name" else ask.phrase, "self")


def longer_known(ask: Asked) -> None:
    """An entity that ends with or contains the words (`Putin`), or has them as initials."""
    form, known = ask.mention.form, ask.known
    parts = form.split()
    longer, abbreviated = known.by_words.holding(parts), known.by_words.abbreviated(form)
    for entity in known.by_words.in_order([*longer, *abbreviated]):
        if entity not in known.named or entity == form:
            continue
        whole = entity.split()
        same = "" if known.label[entity] == ask.label else "_otherlabel"
        if whole[-len(parts) :] == parts:
            ask.put(entity, "longer_tail" + same)
        elif set(parts) <= set(whole):
            ask.put(entity, "longer_in" + same)
        else:
            ask.put(entity, "acronym")


def longer_in_text(ask: Asked) -> None:
    """The same for names that occur anywhere in the text."""
    parts = ask.mention.form.split()
    for name in ask.known.text.names_by_words.holding(parts):
        whole = name.split()
        if name == ask.mention.form:
            continue
        if whole[-len(parts) :] == parts:
            ask.put(" ".join(_without_titles(whole, len(parts))), "text_tail")
        elif ask.mention.folded not in forms.DIRECTIONS:
            ask.put(name, "text_in")


def _without_titles(whole: list[str], least: int) -> list[str]:
    """A person's name without titles, and without the country that stands before them."""
    at = 0
    for i, word in enumerate(whole[:-least]):
        if word.rstrip(".").lower() in forms.TITLES:
            at = i + 1
        elif word not in forms.demonyms():
            break
    return whole[at:]


def people_of(ask: Asked) -> None:
    """`Varnians`: people of Varnia."""
    if ask.label == "collective":
        place = ask.known.place(ask.mention.form.rstrip("s"))
        if place:
            ask.put(f"people of {place}", "people_of")


def named_in_text(ask: Asked) -> None:
    """Names that occur in the text and are not decided yet, those shortly before it."""
    if ask.label not in ("state", "organization", "bloc"):
        return
    for rank, name in enumerate(ask.known.text.names_before(ask.mention.first)):
        entity = ask.known.meant(name) or name
        if entity not in ask.known.count:
            ask.put(entity, f"text_name{rank}")
    for rank, (tail, _) in enumerate(ask.known.tails.most(2)):
        place = tail.partition(" ")[2].removeprefix("the ")
        if place[:1].isupper() and place not in ask.known.count:
            ask.put(place, f"tail_place{rank}")


def beside_role(ask: Asked) -> None:
    """The person next to whose name the role occurs."""
    for name in ask.known.text.roles.get(ask.mention.head, ()):
        ask.put(name, "role")


def decided_here(ask: Asked) -> None:
    """The entities of the document with which the mention agrees."""
    for entity in ask.known.recent():
        if _agrees(ask, entity):
            ask.put(entity, "doc")


_THINGS = frozenset("it its itself which".split())
_SEVERAL = frozenset("they them theirs themselves".split())
_SPEAKER = frozenset("i me my mine myself".split())
_ANYBODY = of.GROUPS | {"everybody", "everyone"}
"""Pronouns of a group, mostly one that the text names nowhere else."""


def _agrees(ask: Asked, entity: str) -> bool:
    """Whether an entity can be what a pronoun means, by number, sex, and being a person; and a
    list of entities what a plural means, which needs a determiner for it (`the two nations`)."""
    if ask.mention.kind != "pronoun":
        return ";" not in entity or _may_be_several(ask.mention)
    word, known = ask.mention.folded, ask.known
    label, several = known.label[entity], ";" in entity
    if (gender := forms.GENDERS.get(word)) is not None:
        return label == "person" and not several and known.gender.get(entity) in (gender, None)
    if word in _THINGS:
        return label != "person" and not several
    if word == "both":
        return several
    if word in _SEVERAL:
        plural = ask.known.plural.get(entity, False) and label != "person"
        return several or plural or label not in ("person", "state")
    if word in _SPEAKER:
        return label == "person" and not several
    if word in _ANYBODY:
        return not several and known.plural.get(entity, False)
    return True


def number_of(mention: Mention) -> int | None:
    """How many entities the words say that a mention is of: `both leaders`, `the two`, `neither
    side`, `all three`; None if they do not say."""
    words = (mention.before, *mention.whole.lower().split())
    return next((_NUMBERS[word] for word in words if word in _NUMBERS), None)


def has_number(ask: Asked, entity: str, number: int) -> bool:
    """Whether a name may be that of so many: a list of so many, a plural, or a name that is new to
    the document."""
    if ";" in entity:
        return entity.count(";") + 1 == number
    return entity not in ask.known.count or ask.known.plural.get(entity, False)


def _may_be_several(mention: Mention) -> bool:
    """Whether a mention that is no pronoun can mean a list: not a plural without a determiner."""
    definite = mention.before in forms.DETERMINERS or mention.folded in PAIRS
    return definite or not mention.plural or mention.kind != "nominal"


def _says_pair(mention: Mention) -> bool:
    """Whether the words say that a mention is of two or three."""
    return (
        mention.before in PAIRED
        or number_of(mention) is not None
        or mention.folded in PAIRS
        or (mention.folded in SIDES and mention.before in forms.DETERMINERS)
        or mention.form.lower().split()[0] in PAIRED
    )


def _recent_singles(ask: Asked) -> defaultdict[str, list[str]]:
    """The entities of the document by label, the latest first, without lists and several states in
    one."""
    recent: defaultdict[str, list[str]] = defaultdict(list)
    for entity in ask.known.recent():
        label = ask.known.label[entity]
        one_of_many = ask.known.plural.get(entity, False) and label == "state"
        if ";" not in entity and not one_of_many:
            recent[label].append(entity)
    return recent


def _list(entities: Iterable[str]) -> str:
    """Several entities as one name."""
    return "; ".join(sorted(entities))


def pairs(ask: Asked) -> None:
    """Two like entities, or three, whole: `both`, `the two capitals`, `the sides`, `all three`."""
    mention, cue = ask.mention, _says_pair(ask.mention)
    single = mention.folded in {*forms.GENDERS, *_THINGS, *_SPEAKER, *_ANYBODY}
    if single or not (mention.plural or cue or mention.kind == "pronoun"):
        return
    if not cue and not _may_be_several(mention):
        return
    recent = _recent_singles(ask)
    for label in _OF_PAIRS:
        few = recent[label][:3]
        same = "same" if label == ask.label else "other"
        if len(few) == 3 and number_of(mention) == 3:
            ask.put(_list(few), f"pair_{label}01", f"pair_cue_{same}", "pair_cue_01")
        for (a, one), (b, other) in combinations(enumerate(few), 2):
            said = (f"pair_cue_{same}", f"pair_cue_{a}{b}") if cue else ("pair_nocue",)
            ask.put(_list((one, other)), f"pair_{label}{a}{b}", *said)
    states = recent["state"][:2]
    if len(states) == 2 and mention.kind == "nominal":
        one = forms.singular_of(ask.phrase.split(" ")[-1].lower())
        ask.put(_list(f"{one} of {state}" for state in states), "pair_of_state")


CandidateSource = Callable[[Asked], None]

SOURCES: Mapping[str, tuple[CandidateSource, ...]] = {
    "name": (same_form, registered, listed, itself, longer_known, longer_in_text, people_of),
    "nominal": (
        same_form,
        registered,
        listed,
        of.noun_phrase,
        of.following_phrase,
        of.resolved_following,
        of.adjective,
        of.modifier,
        of.possessor,
        of.usual_tail,
        of.of_entity,
        of.of_name,
        of.beside_name,
        beside_role,
        named_in_text,
        of.adjective_noun,
        decided_here,
        pairs,
    ),
    "pronoun": (decided_here, pairs, of.people_who),
    "unique": (same_form, registered, listed, itself),
    "fragment": (same_form, registered, listed),
}


__all__ = ["PAIRED", "SIDES", "SOURCES", "CandidateSource", "has_number", "number_of"]
