"""Features of a candidate that do not depend on its kind: its relation to the mention."""

from __future__ import annotations

import re

from annotator.learners.names import forms
from annotator.learners.names.candidates import SOURCES
from annotator.learners.names.grammar import ANYBODY, are_named, has_number, may_be_called
from annotator.learners.names.name_text import Mention
from annotator.learners.names.query import Features, NameQuery

_KINDS = frozenset(
    (
        "new doc np np_pl tail of_state of_organization of_person of_state_pl of_organization_pl "
        "follow0 demonym role sameform_best"
    ).split()
)
"""Features that say what a candidate is: with a trait of the mention each is a feature too."""
_FUNCTION = frozenset(
    (
        "the a an its their his her this these those no every any some both neither of to for by "
        "and 's most many few that other"
    ).split()
)
"""Words before a mention that have their own features."""
_CROSSED = frozenset(
    (
        "np np_pl tail0 doc sameform sameform_last samehead starts allwords follow0 headword "
        "nowords of_state of_organization"
    ).split()
)
_LABELLED = frozenset("np np_pl tail0 tail1 tail0_pl role doc new follow0 follow1".split())
_DEFINITE = frozenset("the this these that those its his their her".split())
_INDEFINITE = frozenset("a an some many most no any every few several one".split())


def _kind_of(query: NameQuery) -> str:
    """The kind that decides which sources propose names: that of the mention, except for things
    that are the only ones of their kind, and for words that are not a phrase (`Ashgabat, the`),
    which a selection contains while it grows."""
    if query.mention.folded in forms.UNIQUE:
        return "unique"
    if query.mention.kind != "nominal":
        return query.mention.kind
    inside = query.known.text.words[query.mention.first : query.mention.last + 1]
    ends = inside[-1].lower in forms.word_class("function") if inside else True
    return "fragment" if ends or any(word.text in _BREAKS for word in inside) else "nominal"


_BREAKS = frozenset(",;:.!?")


def candidates(query: NameQuery) -> Features:
    """Every candidate of a mention with its features."""
    for source in SOURCES[_kind_of(query)]:
        source(query)
    fits = [one for one in query.found if has_number(query, one) and may_be_called(query, one)]
    query.found = {entity: query.found[entity] for entity in fits}
    for entity, found in query.found.items():
        found.add("bias")
        if query.mention.kind != "name":
            if entity in query.known.count:
                _of_known(query, entity, found)
            else:
                found.add("new")
        if query.mention.kind == "nominal":
            _crossed(query, found)
    return query.found


NOBODY = ""
"""In place of a name: somebody whom no candidate names."""


def with_nobody(query: NameQuery) -> Features:
    """The same candidates; for a pronoun and for `both sides` also `NOBODY`, so that their chances
    include that none of them is meant: `some` and `those who` mostly introduce somebody, and one of
    two may not be decided yet."""
    found, text = candidates(query), query.known.text
    word, several = query.mention.folded, are_named(text, query.mention)
    if query.mention.kind == "pronoun" or (query.mention.kind == "nominal" and several):
        following = text.at(query.mention.last + 1)
        link = following.lower if following is not None else ""
        near = sum("samesent" in of or "samepar" in of for of in found.values())
        link = link if link in ("who", "of") else "other"
        kind = "named" if several else "group" if word in ANYBODY else "personal"
        found[NOBODY] = {
            f"nobody_{kind}",
            f"nobody_{kind}_{link}",
            f"nobody_{word}",
            f"nobody_near{min(2, near)}",
        }
    return found


def _of_known(query: NameQuery, entity: str, found: set[str]) -> None:
    """How far back an entity of the document is, and how well it fits."""
    known, label = query.known, query.known.label[entity]
    back = len(known.mentions) - known.last[entity]
    found.add(
        f"dist{0 if back == 0 else 1 if back == 1 else 2 if back < 4 else 3 if back < 8 else 4}"
    )
    found.add(f"freq{min(3, known.count[entity])}")
    found.add("label_same" if label == query.label else f"label_{label}_{query.label}")
    if query.mention.kind == "nominal":
        _of_noun(query, entity, found)
    else:
        _of_pronoun(query, entity, back, found)


def _of_noun(query: NameQuery, entity: str, found: set[str]) -> None:
    mention, known = query.mention, query.known
    _by_words(query, entity, found)
    _by_article(mention, found)
    found |= {f"n_{one}" for one in _nearness(mention, known.latest[entity])}
    found.add(f"rank{min(3, known.rank(entity))}")
    if entity in known.named and known.label[entity] == query.label and not mention.plural:
        found.add("named_doc_def" if mention.before in _DEFINITE else "named_doc")
        if mention.before in ("the", "this", "that"):
            own_words = entity.lower().split()
            if mention.head in (own_words[0], own_words[-1]):
                found.add("headname")
    if mention.plural != known.plural.get(entity, mention.plural):
        found.add("numdiff")


def _by_words(query: NameQuery, entity: str, found: set[str]) -> None:
    """Whether the words of a common noun are those of the entity."""
    mention = query.mention
    if entity in query.known.heads.get(mention.head, ()):
        found.add("samehead")
    own = set(re.findall(r"\w+", entity.lower()))
    words = mention.form.lower().split()
    if all(word in own or forms.plural_of(word) in own for word in words):
        found.add("allwords")
    else:
        heads = {mention.head, words[-1], forms.plural_of(mention.head)}
        found.add("headword" if heads & own else "nowords")
    if entity.lower().startswith(mention.form.lower()):
        found.add("starts")
    if entity[:1].isupper() and query.label == "person":
        found.add("isname_person")
    if _is_other_body(mention, entity):
        found.add("other_body")


def _is_other_body(mention: Mention, entity: str) -> bool:
    """Whether a common noun stands for another kind of body than a name: the council is not the
    Royal Hospital."""
    words, bodies = entity.lower().split(), forms.word_class("bodies")
    own = words[forms.head_of(words)]
    return mention.head in bodies and own in bodies and own != mention.head


def _by_article(mention: Mention, found: set[str]) -> None:
    """Whether the mention is definite, indefinite, or bare at the beginning of a sentence."""
    if mention.before in _DEFINITE:
        found.add("def_doc")
    elif mention.before in _INDEFINITE:
        found.add("indef_doc")
    elif mention.opens:
        found.add("bare_doc")


def _of_pronoun(query: NameQuery, entity: str, back: int, found: set[str]) -> None:
    mention, known = query.mention, query.known
    word = mention.form.lower()
    found.add(f"pro_{word}_{known.label[entity]}{'_pl' if known.plural.get(entity) else ''}")
    found.add(f"pro_{word}_dist{min(3, back)}")
    found.add(f"g{known.gender.get(entity)}_{word}")
    latest = known.latest[entity]
    found |= _nearness(mention, latest)
    if word in ("who", "whose", "whom") and 0 <= mention.first - latest.last <= 2:
        found.add("relative")
    if known.persons == {entity}:
        found.add("only_person")


def _nearness(mention: Mention, latest: Mention) -> set[str]:
    found = {"subj"} if latest.subject else set()
    if latest.sentence == mention.sentence:
        return found | {"samesent"}
    if latest.paragraph != mention.paragraph:
        return found | {"otherpar"}
    if latest.sentence == mention.sentence - 1 and (latest.subject or latest.opens):
        found.add("prevsubj")
    return found | {"samepar"}


_ARTICLES = {
    **dict.fromkeys(("the", "this", "these", "that", "those"), "the"),
    **dict.fromkeys(("its", "his", "their", "her"), "poss"),
    **dict.fromkeys(("a", "an", "one", "every", "some", "no"), "indef"),
}
"""The kind of article by the word before a mention."""


def _crossed(query: NameQuery, found: set[str]) -> None:
    """The strongest features by label, by number and by the word before."""
    mention = query.mention
    number = "pl" if mention.plural else "sg"
    article = _ARTICLES.get(mention.before, "bare")
    plain = set(found)
    found |= {f"{one}&{query.label}" for one in plain & _LABELLED}
    found |= {f"{one}&{number}{article}" for one in plain & _CROSSED}
    found |= {f"{trait}&{one}" for trait in _traits(mention) for one in plain & _KINDS}
    if "new" in plain and query.known.forms.get(mention.folded):
        found.add("new_though_sameform")
    if "new" in plain and "tail" in plain and query.known.heads.get(mention.head):
        found.add("new_though_samehead")


def _traits(mention: Mention) -> list[str]:
    """The features of the mention itself."""
    number = "pl" if mention.plural else "sg"
    traits = [
        f"head={mention.head}",
        f"label={mention.span.label}_{number}",
        f"opens={mention.opens}_{number}",
        f"words={min(3, len(mention.form.split()))}",
        f"paragraph={min(2, mention.paragraph)}",
    ]
    if mention.before in _FUNCTION:
        traits.append(f"before={mention.before}")
    return traits


__all__ = ["NOBODY", "candidates", "with_nobody"]
