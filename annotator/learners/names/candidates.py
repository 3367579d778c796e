"""Candidates for the name of a mention. Each kind is a function that adds names, each with the
feature that supports it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import takewhile

from annotator.learners.names import descriptions as of
from annotator.learners.names import forms
from annotator.learners.names.entity_lists import coordinated, pairs, pairs_of
from annotator.learners.names.grammar import agrees
from annotator.learners.names.groups import agents, people_of_clause
from annotator.learners.names.query import NameQuery
from annotator.learners.names.words import Word, may_be_person, without_titles

HEADED = 20
"""The most entities of the codebook that are looked at for a noun."""
FAR = 12
"""How many words may stand before a pronoun in the first clause of a sentence."""
_JOINED = re.compile(r",? and |, ")


def same_form(query: NameQuery) -> None:
    """The name that the same words had in this document before. `Two nations` does not have the
    name of `nations`."""
    before = {
        entity: number
        for entity, number in query.known.forms.get(query.mention.folded, {}).items()
        if agrees(query, entity)
    }
    if not before:
        return
    most = max(before.values())
    for entity, number in before.items():
        query.put(entity, "sameform", *(["sameform_best"] if number == most else []))
    query.put(max(before, key=lambda entity: query.known.last[entity]), "sameform_last")


def registered(query: NameQuery) -> None:
    """The name that they had in other documents. It counts more if all its capitalized words are in
    this text too."""
    for entity in query.registry:
        query.put(entity, "regform_here" if _stands_here(query, entity) else "regform")


def _stands_here(query: NameQuery, entity: str) -> bool:
    """Whether the text has all words of a name that begin with a capital."""
    return all(word in query.known.text.text for word in re.findall(r"\b[A-Z]\w+", entity))


def listed(query: NameQuery) -> None:
    """The name of these words in the codebook."""
    for entity in query.listed:
        query.put(entity, "listed")


def headed(query: NameQuery) -> None:
    """The entities of the codebook that the noun begins: `the government`, government of
    Varnia."""
    fitting = [one for one in query.headed if one.label in ("", query.label)]
    for entry in fitting[:HEADED]:
        here = "here" if _stands_here(query, entry.name) else "elsewhere"
        alone = ["listed_head_alone"] if len(fitting) == 1 else []
        often = ["listed_head_before"] if entry.name in query.registry else []
        query.put(entry.name, f"listed_head_{here}", *alone, *often)


def itself(query: NameQuery) -> None:
    """The words as they are; known names that are joined (`Russia and China`) as a list. In names
    of powers such as `the West`, the article is part of the name."""
    if query.mention.folded in forms.DIRECTIONS and query.mention.before == "the":
        query.put(f"the {query.mention.form}", "self")
        return
    parts = _JOINED.split(query.mention.form)
    joined = [query.known.meant(part) for part in parts] if len(parts) > 1 else []
    if joined and None not in joined:
        query.put("; ".join(sorted(map(str, joined))), "self")
        return
    query.put(query.mention.form if query.mention.kind == "name" else query.phrase, "self")


def longer_known(query: NameQuery) -> None:
    """An entity that ends with or contains the words (`Putin`), or has them as initials."""
    form, known = query.mention.form, query.known
    several = _as_within(form)
    longer = [one for parts in several for one in known.by_words.holding(parts)]
    for entity in known.by_words.in_order([*longer, *known.by_words.abbreviated(_bare(form))]):
        if entity not in known.named or entity == form or not _fits_title(query, entity):
            continue
        whole = entity.split()
        parts = next((one for one in several if set(one) <= set(whole)), [form])
        same = "" if known.label[entity] == query.label else "_otherlabel"
        if whole[-len(parts) :] == parts:
            query.put(entity, "longer_tail" + same)
        elif set(parts) <= set(whole):
            query.put(entity, "longer_in" + same)
        else:
            query.put(entity, "acronym")


def _as_within(form: str) -> list[list[str]]:
    """The words of a form as they may be written within a name: the capital of `Von der Leyen` may
    be that of a sentence, and the genitive of `the DUP's` is not part of the name."""
    found = [form.split()]
    if (bare := _bare(form)) != form:
        found.append(bare.split())
    inside = form[:1].lower() + form[1:]
    if inside.split()[0].split("-")[0] in forms.word_class("particles"):
        found.append(inside.split())
    return found


def _bare(form: str) -> str:
    """A form without the mark of a genitive, which a selection may have: `the DUP's`."""
    bare = form.removesuffix("'s").removesuffix("’s")
    return bare.rstrip("'’") if form.endswith(("s'", "s’")) else bare


def _fits_title(query: NameQuery, entity: str) -> bool:
    """Whether a person can have the title of a mention: `Mrs Keller` is not Tom Keller after `Mr
    Keller` was."""
    gender = forms.TITLE_GENDERS.get(query.mention.before.rstrip("."))
    return gender is None or query.known.gender.get(entity) in (gender, None)


def longer_in_text(query: NameQuery) -> None:
    """The same for names that occur anywhere in the text."""
    for parts in _as_within(query.mention.form):
        _longer_in_text(query, parts)
    for name in query.known.text.names_by_words.abbreviated(query.mention.form):
        query.put(name, "text_acronym")


def _longer_in_text(query: NameQuery, parts: list[str]) -> None:
    for name in query.known.text.names_by_words.holding(parts):
        whole = name.split()
        if name == query.mention.form:
            continue
        if whole[-len(parts) :] == parts:
            bare = " ".join(without_titles(whole, len(parts)))
            query.put(bare if _fits_title(query, bare) else "", "text_tail")
        elif query.mention.folded not in forms.DIRECTIONS:
            query.put(name, "text_in")


def people_of(query: NameQuery) -> None:
    """`Varnians`: people of Varnia."""
    if query.label == "collective":
        place = query.known.place(query.mention.form.rstrip("s"))
        if place:
            query.put(f"people of {place}", "people_of")


def named_in_text(query: NameQuery) -> None:
    """Names that occur in the text shortly before the mention and are not decided yet."""
    if query.label not in ("state", "organization", "bloc"):
        return
    for rank, name in enumerate(query.known.text.names_before(query.mention.first)):
        entity = query.known.meant(name) or name
        if entity not in query.known.count:
            query.put(entity, f"text_name{rank}")
    for rank, (tail, _) in enumerate(query.known.tails.most(2)):
        place = tail.partition(" ")[2].removeprefix("the ")
        if place[:1].isupper() and place not in query.known.count:
            query.put(place, f"tail_place{rank}")


def beside_role(query: NameQuery) -> None:
    """The person whose name stands next to the role."""
    for name in query.known.text.roles.get(query.mention.head, ()):
        query.put(name, "role")


def named_next(query: NameQuery) -> None:
    """The name that the main clause begins with after a clause with the pronoun: `When she took
    office, | Ana Brell …`."""
    text, mention = query.known.text, query.mention
    before = reversed(text.words[max(0, mention.first - FAR) : mention.first])
    words = list(takewhile(lambda word: word.sentence == mention.sentence, before))
    if not words or words[-1].lower not in _SUBORDINATORS or "," in (one.text for one in words):
        return
    for name, at in text.names_in(mention.sentence):
        first = at - 1 if _stands(text.at(at - 1), ("the",)) else at
        bare = " ".join(without_titles(name.split(), 1))
        if at > mention.last and _stands(text.at(first - 1), (",",)):
            entity = query.known.meant(bare) or bare
            if _can_follow(query, entity):
                query.put(entity, "named_next")
            return


_SUBORDINATORS = frozenset(
    "after although as because before even if once since though unless until when while".split()
)


def _stands(word: Word | None, those: tuple[str, ...]) -> bool:
    return word is not None and word.lower in those


def _can_follow(query: NameQuery, entity: str) -> bool:
    """Whether a pronoun can refer to a name that comes later: `he` and `she` to a person, `it` to
    anything else."""
    word, known = query.mention.folded, query.known
    if entity in known.label:
        return agrees(query, entity)
    if word in forms.GENDERS:
        return may_be_person(entity.split()) and known.gender.get(entity) in (
            forms.GENDERS[word],
            None,
        )
    return word in ("it", "its", "itself") and query.label != "person"


def decided_here(query: NameQuery) -> None:
    """The entities of the document with which the mention agrees."""
    for entity in query.known.recent():
        if agrees(query, entity):
            query.put(entity, "doc")


CandidateSource = Callable[[NameQuery], None]

SOURCES: Mapping[str, tuple[CandidateSource, ...]] = {
    "name": (
        same_form,
        registered,
        listed,
        headed,
        itself,
        longer_known,
        longer_in_text,
        people_of,
    ),
    "nominal": (
        same_form,
        registered,
        listed,
        headed,
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
        pairs_of,
        coordinated,
    ),
    "pronoun": (decided_here, named_next, pairs, coordinated, people_of_clause, agents),
    "unique": (same_form, registered, listed, itself),
    "fragment": (same_form, registered, listed),
}


__all__ = ["SOURCES", "CandidateSource"]
