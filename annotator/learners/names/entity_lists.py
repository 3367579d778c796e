"""Candidates for mentions of several entities: lists of similar entities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from annotator.learners.names import forms
from annotator.learners.names.grammar import (
    SINGULAR,
    are_named,
    may_be_several,
    number_of,
    says_several,
)
from annotator.learners.names.name_text import Mention
from annotator.learners.names.query import NameQuery

_OF_PAIRS = ("person", "state", "organization", "collective", "bloc")
_ALIKE = frozenset(("person", "state", "bloc"))
"""Labels of mentions that are of entities with the same label."""
RECENT = 4
"""How many entities of a label a pair is made of: those mentioned last, and as many again that are
mentioned most."""
LOOKED_AT = 12
"""How many mentions before a pronoun are looked at for joined ones."""


def pairs(query: NameQuery) -> None:
    """Two or three similar entities: `both`, `the two capitals`, `the sides`, `all three`."""
    if not _can_be_several(query):
        return
    recent = _recent_singles(query)
    for label in (query.label,) if query.label in _ALIKE else _OF_PAIRS:
        latest = recent[label][:RECENT]
        same = "same" if label == query.label else "other"
        if len(latest) >= 3 and number_of(query.known.text, query.mention) == 3:
            few = latest[:3]
            query.put(_list(few), *_of_several(query, few, latest), f"pair_{label}", f"pair_{same}")
        for two in combinations(_prominent(query, latest, recent[label]), 2):
            query.put(_list(two), *_of_several(query, two, latest), f"pair_{label}", f"pair_{same}")


def coordinated(query: NameQuery) -> None:
    """Entities that the text joins: `Ana Brell and the Bird Society … they`."""
    if not _can_be_several(query):
        return
    for few, sentence in _joined(query):
        number = number_of(query.known.text, query.mention)
        labels = {query.known.label[one] for one in few}
        alike = query.label not in _ALIKE or labels == {query.label}
        if alike and number in (None, len(few)):
            back = query.mention.sentence - sentence
            begins = query.mention.subject or query.mention.opens
            subject = any(query.known.latest[one].subject for one in few)
            features = [f"pair_joined_{'near' if back < 2 else 'far'}"]
            features += ["pair_joined_subj"] if subject else []
            features += ["joined_subject"] if subject and back == 1 and begins else []
            query.put(_list(few), *features, *_of_several(query, few, ()))


def pairs_of(query: NameQuery) -> None:
    """`both armies`: army of Lorn; army of Torvia. The owners are states that are a pair."""
    mention, phrase = query.mention, query.phrase
    if query.label not in ("person", "organization", "collective") or not _can_be_several(query):
        return
    before, _, last = phrase.rpartition(" ")
    one = f"{before} {forms.singular_of(last.lower())}".strip()
    recent = _recent_singles(query)["state"]
    latest = recent[:RECENT]
    for two in _owners(query, recent):
        names = [f"{one} of {query.known.with_article(state)}" for state in two]
        known = sum(name in query.known.count for name in names)
        query.put(
            _list(names),
            f"pair_of_{query.label}",
            f"pair_of_known{known}",
            *(f"{feature}_of" for feature in _of_several(query, two, latest)),
            "pair_of_named" if are_named(query.known.text, mention) else "pair_of_unnamed",
        )


def _owners(query: NameQuery, states: Sequence[str]) -> list[Sequence[str]]:
    """The pairs of states that own both of something: those mentioned last, those mentioned most,
    and those that were a pair before."""
    most = sorted(states, key=lambda state: -query.known.count[state])
    again = [pair for pair in combinations(states[:RECENT], 2) if _list(pair) in query.known.count]
    pairs = [states[:2], most[:2], *again]
    return [pair for pair in {_list(one): one for one in pairs}.values() if len(pair) == 2]


def _can_be_several(query: NameQuery) -> bool:
    mention = query.mention
    if mention.kind == "pronoun":
        return mention.folded not in SINGULAR
    return says_several(query.known.text, mention) or (mention.plural and may_be_several(mention))


def _recent_singles(query: NameQuery) -> Mapping[str, Sequence[str]]:
    """The entities of the document by label, the latest first, without lists and several states in
    one."""
    recent: defaultdict[str, list[str]] = defaultdict(list)
    for entity in query.known.recent():
        label = query.known.label[entity]
        one_of_many = query.known.plural.get(entity, False) and label == "state"
        if ";" not in entity and not one_of_many:
            recent[label].append(entity)
    return recent


def _prominent(query: NameQuery, latest: Sequence[str], every: Sequence[str]) -> list[str]:
    """The entities mentioned last, and those mentioned most if the words say that they are
    several."""
    if not says_several(query.known.text, query.mention):
        return list(latest[:3])
    most = sorted(every, key=lambda entity: -query.known.count[entity])[: RECENT - 1]
    return list(dict.fromkeys([*latest, *most]))


def _of_several(query: NameQuery, few: Sequence[str], latest: Sequence[str]) -> list[str]:
    """The features that support these entities as those that a mention refers to."""
    known, mention = query.known, query.mention
    cue = "cue" if says_several(query.known.text, mention) else "nocue"
    found = [f"pair_{cue}"]
    if latest:
        places = "".join(str(latest.index(one)) if one in latest else "x" for one in few)
        found.append(f"pair_{cue}_{places}")
    ranks = sorted(min(known.rank(one), 3) for one in few)
    found.append(f"pair_rank{ranks[-1]}")
    last = [known.latest[one] for one in few]
    holds = {
        "one_sentence": len({one.sentence for one in last}) == 1,
        "subjects": all(one.subject for one in last),
        "near": all(one.sentence >= mention.sentence - 1 for one in last),
        "again": _list(few) in known.count,
        "headed": all(_is_headed(query, one) for one in few),
    }
    return found + [f"pair_{what}" for what, so in holds.items() if so]


def _is_headed(query: NameQuery, entity: str) -> bool:
    """Whether the noun of a mention was used for an entity before, or is in its name."""
    head = query.mention.head
    return entity in query.known.heads.get(head, ()) or head in entity.lower().split()


def _joined(query: NameQuery) -> list[tuple[list[str], int]]:
    """Two or three entities that `and`, `or` and commas join, with their sentences, the latest
    first; each once."""
    before = [
        (mention, entity)
        for mention, entity in query.known.mentions[-LOOKED_AT:]
        if mention.last < query.mention.first
    ]
    before.sort(key=lambda one: one[0].first)
    runs: list[list[tuple[Mention, str]]] = []
    for one in before:
        if runs and _are_joined(query, runs[-1][-1][0], one[0]):
            runs[-1].append(one)
        else:
            runs.append([one])
    found: dict[tuple[str, ...], int] = {}
    for run in reversed(runs):
        few = tuple(sorted({entity for _, entity in run}))
        if 1 < len(few) < 4 and not any(";" in one for one in few) and _has_and(query, run):
            found.setdefault(few, run[0][0].sentence)
    return [(list(few), sentence) for few, sentence in found.items()]


def _has_and(query: NameQuery, run: Sequence[tuple[Mention, str]]) -> bool:
    """Whether the last two are joined by `and` or `or`. A comma before it joins three entities, but
    in a list of two it joins two clauses (`it rained in Lorn, and Ana Brell spoke`)."""
    words = query.known.text.words
    between = [word.lower for word in words[run[-2][0].last + 1 : run[-1][0].first]]
    return not _CONJUNCTIONS.isdisjoint(between) and (len(run) > 2 or "," not in between)


def _are_joined(query: NameQuery, one: Mention, other: Mention) -> bool:
    """Whether nothing but commas, conjunctions, determiners and titles stand between mentions."""
    between = query.known.text.words[one.last + 1 : other.first]
    return (
        one.sentence == other.sentence
        and 0 < len(between) < 5
        and all(
            word.lower in _JOINING or word.lower.rstrip(".") in forms.word_class("titles")
            for word in between
        )
    )


_CONJUNCTIONS = frozenset(("and", "or", "nor"))
_JOINING = frozenset((",", ".", *_CONJUNCTIONS, *forms.DETERMINERS))


def _list(entities: Iterable[str]) -> str:
    """Several entities as one name."""
    return "; ".join(sorted(entities))


__all__ = ["coordinated", "pairs", "pairs_of"]
