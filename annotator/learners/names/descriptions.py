"""Candidates for a common noun: its own words with the name of what they belong to. Each kind is a
function that adds names, each with the feature that supports it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from annotator.learners.names import forms
from annotator.learners.names.grammar import owns
from annotator.learners.names.query import NameQuery
from annotator.learners.names.words import Word

_LINKS = frozenset("of in at from for on with around to who against".split())
_LEFT_OUT = frozenset("a an our its their his her this".split())
_AUXILIARIES = frozenset(
    "would will should shall ought can could may might must is are was were has have had".split()
)


def noun_phrase(query: NameQuery) -> None:
    """The words in lower case, and their plural: the group of which one member is mentioned."""
    for base, several in query.bases:
        query.put(base, "np" + several)


def following_phrase(query: NameQuery) -> None:
    """The words with the phrase after them: `the crews | of the regatta`."""
    for number, tail in enumerate(following_phrases(query)):
        for base, several in query.bases:
            query.put(f"{base} {tail}", f"follow{number}{several}")


def following_phrases(query: NameQuery) -> list[str]:
    """Up to three versions, of different length, of the phrase that follows a mention, without
    articles except `the`."""
    text, at = query.known.text, query.mention.last + 1
    link = text.at(at)
    if link is None or link.sentence != query.mention.sentence or link.lower not in _LINKS:
        return []
    clause = link.lower == "who"
    words = list(_phrase_words(query, at + 1, clause))
    end = _main_clause(words)
    found: list[str] = []
    taken = [link.lower]
    for i, word in enumerate(words[:end], 1):
        if clause or word.lower not in _LEFT_OUT:
            taken.append(word.text + ("’s" if word.genitive else ""))
        is_last = i == end < len(words)
        if not word.genitive and (is_last or _ends_noun_phrase(words, i)):
            found.append(" ".join(taken))
    return found[:3]


def _main_clause(words: Sequence[Word]) -> int:
    """The index of the word with which the main clause begins, a second verb: `those who call for
    empty stands | would punish`; the number of words if there is none."""
    later = (i for i in range(2, len(words)) if words[i].lower in _AUXILIARIES)
    return next(later, len(words))


def _ends_noun_phrase(words: Sequence[Word], after: int) -> bool:
    """Whether a noun phrase ends with the word before the index `after`."""
    nouns = ("noun", "name")
    follows = after < len(words) and words[after].kind in nouns
    return words[after - 1].kind in nouns and not follows


def _phrase_words(query: NameQuery, at: int, clause: bool) -> Iterator[Word]:
    """The words up to the next punctuation mark and, unless they are a `clause`, up to the next
    verb."""
    for word in query.known.text.words[at : at + 8]:
        acts = word.kind == "verb" or word.lower in forms.word_class("auxiliary")
        if word.sentence != query.mention.sentence or word.kind == "mark" or (acts and not clause):
            return
        yield word


def resolved_following(query: NameQuery) -> None:
    """The same phrase, in which the words at its end are replaced by their name in this document:
    `counsel for the cabinet`."""
    for tail in following_phrases(query):
        link, _, phrase = tail.partition(" ")
        bare = phrase.removeprefix("the ").removeprefix("this ")
        entity = query.known.meant(bare)
        if entity is None or entity == bare:
            continue
        for base, several in query.bases:
            query.put_owned(base, link, entity, "follow_known" + several)


def adjective(query: NameQuery) -> None:
    """`Varnian parliament`: parliament of Varnia."""
    parts = query.mention.form.split()
    for word in parts[:-1]:
        place = query.known.place(word) if word[:1].isupper() else None
        if place:
            own = " ".join(part for part in parts if part != word)
            query.put_owned(own, "of", place, "demonym")


def modifier(query: NameQuery) -> None:
    """`Pellworth residents`: residents of Pellworth; `university senate`: senate of the
    university that is named here."""
    parts = query.mention.form.split()
    for cut in range(1, len(parts)):
        first, rest = " ".join(parts[:cut]), " ".join(parts[cut:])
        if first in query.known.named or first in query.known.text.names:
            query.put_owned(rest, "of", first, "name_modifier")
        elif (entity := query.known.meant(first)) is not None:
            query.put_owned(rest, "of", entity, "known_modifier")


def beside_name(query: NameQuery) -> None:
    """A name of the same sentence, the nearest first: `In Oster, … teachers`."""
    text, mention = query.known.text, query.mention
    near = [
        (abs(at - mention.first), name, at)
        for name, at in text.names_in(mention.sentence)
        if not mention.first <= at <= mention.last
    ]
    for rank, (_, name, at) in enumerate(sorted(near)[:3]):
        link = text.at(at - 1)
        word = link.lower if link is not None and link.lower in ("in", "at", "from", "on") else ""
        name = query.known.meant(name) or name
        where = "before" if at < mention.first else "after"
        for base, several in query.bases:
            query.put_owned(
                base, "of", name, f"beside{rank}_{where}{several}", f"beside_{word}_{where}"
            )
            if word:
                query.put_owned(
                    base,
                    word,
                    name,
                    f"besidein{rank}_{where}{several}",
                    f"besidein_{word}_{where}",
                )


def adjective_noun(query: NameQuery) -> None:
    """`the devout`: devout people."""
    if query.label != "collective" or query.mention.plural or query.mention.before != "the":
        return
    base = f"{query.phrase} people"
    query.put(base, "np_people")
    for rank, (tail, _) in enumerate(query.known.tails.most(3)):
        query.put(f"{base} {tail}", "np_people_tail", f"tail{rank}")


def possessor(query: NameQuery) -> None:
    """`Varnia's parliament`: parliament of Varnia, by the possessor's name."""
    text = query.known.text
    at = text.owner_before(query.mention.first)
    if at is None:
        return
    if (entity := query.known.ending(at)) is not None:
        query.put_owned(query.phrase, "of", entity, "possessor")
    elif name := text.name_ending(at):
        query.put(f"{query.phrase} of {query.known.with_article(name)}", "possessor_text")
    else:
        query.put(f"{query.phrase} of {_nouns_ending(query, at)}", "possessor_text")


def _nouns_ending(query: NameQuery, at: int) -> str:
    """The nouns before a word and it, with their article if they have one: `the old king`."""
    words = query.known.text.words
    first = at
    while (
        first
        and words[first - 1].kind in ("name", "noun")
        and words[first - 1].sentence == words[at].sentence
    ):
        first -= 1
    if (
        first
        and words[first - 1].lower == "the"
        and words[first - 1].sentence == words[at].sentence
    ):
        first -= 1
    start = words[first].start
    return forms.lower_first(query.known.text.text[start : words[at].start + len(words[at].text)])


def usual_tail(query: NameQuery) -> None:
    """The words with an ending that other names in this document have: `of Varnia`."""
    for rank, (tail, number) in enumerate(query.known.tails.most(8)):
        for base, several in query.bases:
            often = ["tail3+"] if number >= 3 else []
            query.put(f"{base} {tail}", f"tail{min(rank, 4)}{several}", "tail", *often)


def of_entity(query: NameQuery) -> None:
    """`X of Y` with an entity of this document, the recent ones first."""
    known = query.known
    for rank, entity in enumerate(islice(known.recent(), 12)):
        label = known.label[entity]
        if ";" in entity or (not entity[:1].isupper() and label != "organization" and rank > 5):
            continue
        if not owns(query, entity):
            continue
        for base, several in query.bases:
            features = [f"of_{label}{several}", f"of_recent{min(rank, 3)}"]
            features.append("of_named" if entity in known.named else "of_nominal")
            features += _of_salience(query, entity)
            if query.mention.before in ("its", "their", "his", "her"):
                features.append(f"of_possessive{min(rank, 3)}_{query.mention.before}_{label}")
            query.put_owned(base, "of", entity, *features)


def _of_salience(query: NameQuery, entity: str) -> list[str]:
    """How prominent an entity is here and now."""
    known, mention = query.known, query.mention
    latest, label = known.latest[entity], known.label[entity]
    found = []
    if latest.sentence == mention.sentence:
        found.append("of_samesent")
        if latest.subject or latest.opens:
            found.append("of_samesent_subj")
        if mention.before in ("its", "their", "his", "her"):
            found.append(f"of_poss_samesent_{mention.before}_{label}")
    elif latest.sentence == mention.sentence - 1:
        found.append("of_prevsent")
    elif latest.paragraph == mention.paragraph:
        found.append("of_samepar")
    else:
        found.append("of_otherpar")
    rank = known.rank(entity)
    found.append(f"of_rank{min(rank, 3)}")
    if rank == 0:
        found.append(f"of_top_{label}")
    if entity in known.text.document.title or entity in known.text.text[:400]:
        found.append("of_early")
    return found


def of_name(query: NameQuery) -> None:
    """`X of Y` with a name that occurs often in the text."""
    for name, number in query.known.text.most_frequent:
        # An adjective that only occurs at the beginning of a name is not an owner: `powers of
        # Western`.
        if len(name.split()) > 4 or query.known.place(name) not in (None, name):
            continue
        often = ["of_caps3+"] if number >= 3 else []
        titled = ["of_mr"] if name.split()[0].lower() in ("mr", "mrs", "ms", "dr") else []
        for base, several in query.bases:
            query.put_owned(base, "of", name, "of_caps" + several, *often, *titled)


__all__ = [
    "adjective",
    "adjective_noun",
    "beside_name",
    "following_phrase",
    "following_phrases",
    "modifier",
    "noun_phrase",
    "of_entity",
    "of_name",
    "possessor",
    "resolved_following",
    "usual_tail",
]
