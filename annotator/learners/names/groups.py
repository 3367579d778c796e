"""Candidates for pronouns of a group that the text names nowhere else: `those who …`, `some in …`,
`many of …`."""

from __future__ import annotations

from annotator.learners.names import forms
from annotator.learners.names.descriptions import following_phrases
from annotator.learners.names.grammar import ANYBODY
from annotator.learners.names.query import NameQuery
from annotator.learners.names.words import Word

_AGENTS = {
    "critics": "criticise criticises criticised criticize attack attacked accuse accuses accused "
    "blame blames blamed denounce denounces denounced mock mocks mocked condemn condemned",
    "opponents": "oppose opposes opposed resist resisted reject rejects rejected fight fights "
    "fought",
    "supporters": "support supports supported back backs backed favour favours favoured welcome "
    "welcomed cheer cheered applaud applauded",
    "advocates": "want wants wanted advocate advocates demand demands demanded urge urges urged "
    "propose proposes proposed seek seeks sought",
    "defenders": "defend defends defended",
}
_AGENT = {verb: agents for agents, verbs in _AGENTS.items() for verb in verbs.split()}
"""What people are who do something."""
_SPEAKING = frozenset(
    (
        "call calls called press pressed push pushed campaign campaigned argue argues argued vote "
        "voted speak spoke stand stood"
    ).split()
)
_BESIDE = {"for": "advocates", "against": "opponents"}
"""What people are who speak `for` or `against` something."""
_BETWEEN = frozenset("would will have had has do did still now also once ever always".split())
"""Words between `who` and what people do."""
_OBJECTS = frozenset("him her it them".split())


def people_of_clause(query: NameQuery) -> None:
    """`those | who call for a ban`: people who call for a ban; `some | in the trade`: people in the
    trade."""
    if query.mention.folded not in ANYBODY:
        return
    for number, tail in enumerate(following_phrases(query)):
        link, _, rest = tail.partition(" ")
        if link == "who":
            query.put(f"people {_in_plural(tail)}", f"people_who{number}")
        elif link == "of":
            bare = rest.removeprefix("the ")
            query.put(bare, f"people_of{number}")
            if (entity := query.known.meant(bare)) is not None:
                query.put(entity, f"people_of{number}", "people_of_known")
        else:
            query.put(f"people {tail}", f"people_in{number}")


def _in_plural(clause: str) -> str:
    """A clause whose verb agrees with people: `who owns a shop` gives `who own a shop`."""
    link, verb, *rest = clause.split(" ")
    plural = _PLURALS.get(verb) or forms.singular_of(verb)
    return " ".join((link, plural, *rest))


_PLURALS = {"is": "are", "was": "were", "has": "have", "does": "do", "goes": "go"}


def agents(query: NameQuery) -> None:
    """`those | who oppose a ban`: opponents of a ban; `those | who accused him`: critics of the man
    who was mentioned last."""
    if query.mention.folded not in ANYBODY:
        return
    text, at = query.known.text, query.mention.last + 1
    link = text.at(at)
    if link is None or link.lower != "who":
        return
    begins = at + 1
    while (word := text.at(begins)) is not None and word.lower in _BETWEEN:
        begins += 1
    noun, whom = _what_they_are(text.at(begins), text.at(begins + 1)), text.at(begins + 1)
    if noun is None:
        return
    before = begins + 1 - at + (whom is not None and whom.lower in _BESIDE)
    if whom is not None and whom.lower in _OBJECTS:
        if (entity := _meant_by(query, whom.lower)) is not None:
            query.put(f"{noun} of {query.known.with_article(entity)}", "agents")
        return
    for number, tail in enumerate(following_phrases(query)):
        words = tail.split(" ")[before:]
        words = words[1:] if words[:1] and words[0] in forms.DETERMINERS - {"the"} else words
        if words:
            query.put(f"{noun} of {' '.join(words)}", "agents", f"agents{number}")


def _what_they_are(verb: Word | None, following: Word | None) -> str | None:
    """The noun for people by what they do; None if there is none."""
    if verb is None:
        return None
    if verb.lower in _SPEAKING:
        return _BESIDE.get(following.lower) if following is not None else None
    return _AGENT.get(verb.lower)


def _meant_by(query: NameQuery, pronoun: str) -> str | None:
    """The entity mentioned last that an object pronoun can mean."""
    known, gender = query.known, forms.GENDERS.get(pronoun)
    for entity in known.recent():
        person, several = known.label[entity] == "person", ";" in entity
        if gender is not None:
            fits = person and not several and known.gender.get(entity) in (gender, None)
        else:
            plural = several or known.plural.get(entity, False)
            fits = not person and plural == (pronoun == "them")
        if fits:
            return entity
    return None


__all__ = ["agents", "people_of_clause"]
