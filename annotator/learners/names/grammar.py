"""Decides by grammar which names a mention can have: by number, sex, and whether it is a person."""

from __future__ import annotations

from annotator.learners.names import forms
from annotator.learners.names.known import KnownEntities
from annotator.learners.names.name_text import Mention, NameText
from annotator.learners.names.query import NameQuery

_IMPERSONAL = frozenset("state bloc organization collective".split())
"""Labels of actors that are no persons."""
_THINGS = frozenset("it its itself which".split())
_SEVERAL = frozenset("they them theirs themselves".split())
_SPEAKER = frozenset("i me my mine myself".split())
ANYBODY = frozenset("all few many most others some those everybody everyone".split())
"""Pronouns of a group, mostly one that the text names nowhere else."""
SINGULAR = frozenset({*forms.GENDERS, *_THINGS, *_SPEAKER, *ANYBODY})
"""Pronouns that never mean a list of entities."""

_TWO = frozenset("both either neither".split())
"""Words that say that a mention is of two whom the text has named."""
_OF_TWO = frozenset("side party camp".split())
"""Nouns of which `each` is of two."""
_DEFINITE = frozenset("the these those its their his her our".split())
_PAIRS = frozenset("pair duo".split())
_SIDES = frozenset(
    (
        "sides side parties leaders neighbours neighbors camps nations partners rivals "
        "countries governments capitals"
    ).split()
)
"""Nouns that with a determiner are mostly of two."""
_JOINING = frozenset(("and", "or", "nor"))
_LINKS = frozenset("of at in from for who that".split())
"""Words that say which two are meant: `the two policemen at his gate`."""
_NUMBERS = {
    **dict.fromkeys((*_TWO, *_PAIRS, "two"), 2),
    **dict.fromkeys(("three", "trio"), 3),
}
"""How many entities a mention with such a word is of."""


def agrees(query: NameQuery, entity: str) -> bool:
    """Whether a pronoun can refer to an entity of the document, and a plural to a list of entities,
    for which it needs a determiner (`the two nations`)."""
    if query.mention.kind != "pronoun":
        return ";" not in entity or may_be_several(query.mention)
    word, known = query.mention.folded, query.known
    gender = forms.GENDERS.get(word)
    if gender is not None:
        return _is_person(known, entity) and known.gender.get(entity) in (gender, None)
    if word in _THINGS:
        return _is_one_thing(known, entity)
    if word in _SEVERAL:
        return _is_many(known, entity)
    if word in _SPEAKER:
        return _is_person(known, entity)
    return word not in ANYBODY or (known.plural.get(entity, False) and ";" not in entity)


def _is_person(known: KnownEntities, entity: str) -> bool:
    return known.label[entity] == "person" and ";" not in entity


def _is_one_thing(known: KnownEntities, entity: str) -> bool:
    """Whether an entity is one, and not a person."""
    if known.label[entity] == "person" or ";" in entity:
        return False
    # The last letter of `United Nations` does not show a plural.
    return not known.plural.get(entity, False) or entity in known.named


def _is_many(known: KnownEntities, entity: str) -> bool:
    """Whether `they` can refer to an entity: to a list, or to anything that has members."""
    label = known.label[entity]
    members = label != "person" and (label != "state" or known.plural.get(entity, False))
    return ";" in entity or members


def may_be_called(query: NameQuery, entity: str) -> bool:
    """Whether a common noun can refer to an entity: the noun for a state, a bloc, an organization
    or a group never refers to persons whom the text names (`Western powers` is not Mr Keller)."""
    if query.mention.kind != "nominal" or query.label not in _IMPERSONAL:
        return True
    return not query.known.is_person(entity)


def owns(query: NameQuery, entity: str) -> bool:
    """Whether an entity can be the owner that a possessive before the mention refers to: `his
    family` is not that of a woman, `its staff` not that of a person. `His coastguard` may be that
    of his country."""
    if not query.known.is_person(entity):
        return True
    word = query.mention.before
    gender = forms.GENDERS.get(word)
    return word != "its" and (gender is None or query.known.gender.get(entity) in (gender, None))


def has_number(query: NameQuery, entity: str) -> bool:
    """Whether a name fits the number that the words give. If they refer to entities that the text
    has named (`both governments`), it must be a list of that many; otherwise it may also be a
    plural, or a name that is new to the document."""
    mention, text = query.mention, query.known.text
    number = number_of(text, mention)
    if number is None or mention.kind == "name":
        return True
    if ";" in entity:
        return entity.count(";") + 1 == number
    if are_named(text, mention):
        return False
    return entity not in query.known.count or query.known.plural.get(entity, False)


def number_of(text: NameText, mention: Mention) -> int | None:
    """The number of entities that the words give: `both leaders`, `the two`, `each side`, `all
    three`; None if they give none. `Neither cabinet nor crown` refers to one."""
    words = _words_around(mention)
    if not _TWO.isdisjoint(words):
        following = text.at(mention.last + 1)
        return None if following is not None and following.lower in _JOINING else 2
    number = next((_NUMBERS[word] for word in words if word in _NUMBERS), None)
    return 2 if number is None and _is_each_of_two(words) else number


def are_named(text: NameText, mention: Mention) -> bool:
    """Whether a mention of several refers to entities that the text has named: `both governments`,
    `neither army`, `these two leaders`, `each side`, `the pair`; not `two firms`."""
    words = _words_around(mention)
    if number_of(text, mention) is None:
        return False
    if _is_each_of_two(words) or not (_TWO | _PAIRS).isdisjoint(words):
        return True
    counted = mention.before in _NUMBERS
    before, following = text.at(mention.first - 1 - counted), text.at(mention.last + 1)
    definite = before is not None and before.lower in _DEFINITE
    described = following is not None and following.lower in _LINKS and words[-1] not in _SIDES
    return (definite and not described) or (mention.kind == "pronoun" and words[-1] in _NUMBERS)


def _is_each_of_two(words: tuple[str, ...]) -> bool:
    return "each" in words and words[-1] in _OF_TWO


def _words_around(mention: Mention) -> tuple[str, ...]:
    """The words of a mention and the one before it, in lower case."""
    return mention.before, *mention.whole.lower().split()


def may_be_several(mention: Mention) -> bool:
    """Whether a mention other than a pronoun can refer to a list. A plural without a determiner
    cannot."""
    definite = mention.before in forms.DETERMINERS or mention.folded in _PAIRS
    return definite or not mention.plural or mention.kind != "nominal"


def says_several(text: NameText, mention: Mention) -> bool:
    """Whether the words say that a mention refers to two or three entities."""
    definite = mention.before in forms.DETERMINERS
    return number_of(text, mention) is not None or (definite and mention.folded in _SIDES)


__all__ = [
    "ANYBODY",
    "SINGULAR",
    "agrees",
    "are_named",
    "has_number",
    "may_be_called",
    "may_be_several",
    "number_of",
    "owns",
    "says_several",
]
