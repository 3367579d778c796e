"""The data tables of the rules, each read once: names, closed word classes, cues, verbs with their
sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from annotator.english.inflection import forms
from annotator.english.table_files import FOLDER, lines, toml
from annotator.english.tokens import Phrases


@cache
def words(name: str) -> frozenset[str]:
    """A class of words.toml or names.toml; blanks inside an entry are blanks."""
    table = toml("words.toml") | toml("names.toml")
    return frozenset(entry.replace("_", " ") for entry in table[name].split())


@cache
def phrases(name: str) -> Phrases:
    """A class of words.toml as phrases."""
    return _phrases(words(name))


def _phrases(entries: Iterable[str]) -> Phrases:
    found: dict[str, list[tuple[str, ...]]] = {}
    for entry in entries:
        parts = tuple(entry.lower().split(" "))
        found.setdefault(parts[0], []).append(parts)
    return {first: tuple(sorted(of, key=len, reverse=True)) for first, of in found.items()}


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the tables: `label` is one of the actor layer's,
    or `place` or `other` for no actor."""

    canonical: str
    label: str
    kind: str  # country, capital, people, known


@cache
def names() -> Mapping[str, Name]:
    """Names of countries, capitals, peoples, blocs and organizations, by spelling."""
    found: dict[str, Name] = {}
    for country, aliases, _, people, capitals, *_rest in lines("countries.tsv"):
        for spelling in (country, *aliases.split(";")):
            found.setdefault(spelling, Name(country, "state", "country"))
        for spelling in people.split(";"):
            found.setdefault(spelling, Name(spelling, "collective", "people"))
        for spelling in capitals.split(";"):
            found.setdefault(spelling, Name(country, "state", "capital"))
    for name, label, aliases, *_rest in lines("known.tsv"):
        for spelling in (name, *aliases.split(";")):
            found[spelling] = Name(name, label, "known")
    found.pop("", None)
    return found


@cache
def demonyms() -> Mapping[str, str]:
    """Countries by adjective."""
    return {
        adjective: country
        for country, _, adjectives, *_rest in lines("countries.tsv")
        for adjective in adjectives.split(";")
        if adjective
    }


@dataclass(frozen=True, slots=True)
class Head:
    """A common noun that names an actor; `needs`: a anything, d a determiner or adjective before
    it, p the plural, x never by itself."""

    label: str
    needs: str
    plural: bool


@cache
def heads() -> Mapping[str, Head]:
    """Heads by noun in lower case, with singular and plural as separate entries."""
    found: dict[str, Head] = {}
    for singular, plural, one, several, needs, *_rest in lines("heads.tsv"):
        found.setdefault(plural, Head(several, needs, True))
        if needs != "p":
            found.setdefault(singular, Head(one, needs, False))
    return found


@cache
def head_phrases() -> Phrases:
    """The nouns of `heads` as phrases."""
    return _phrases(heads())


@cache
def grammar() -> frozenset[str]:
    """Function words, verbs, and nouns that name actors, in lower case."""
    found = {part for name in _GRAMMAR for entry in words(name) for part in entry.split()}
    return frozenset(found | set(verb_forms()) | set(heads()))


@cache
def common() -> frozenset[str]:
    """Words in lower case that are not names: a capital letter at the start
    of a sentence does not make them one."""
    return grammar() | words("ordinary")


def telling(word: str) -> bool:
    """Whether a word in lower case can be given as a reason: of function words, only modal verbs
    can."""
    return word in words("modals") or word not in _function_words()


@cache
def _function_words() -> frozenset[str]:
    kept = ("value_words", "hedges", "conditionals", "modals")
    entries = (entry for name in _GRAMMAR if name not in kept for entry in words(name))
    return frozenset(part for entry in entries for part in entry.split())


_GRAMMAR = tuple(
    (
        "determiners numbers pronouns prepositions adverbs subordinators coordinators lead_ins be "
        "have do modals negations value_words hedges conditionals"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb that takes sides: on a claim, on an actor (`+`,
    `-`, `0` or empty), with its frames."""

    base: str
    particle: str
    on_claim: str
    on_actor: str
    frames: frozenset[str]
    strength: int


@cache
def verb_forms() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """(base, kind of form) by inflected form, for every verb in the tables."""
    bases = set((FOLDER / "verbs.txt").read_text(encoding="utf-8").split("\n", 1)[1].split())
    bases |= {verb.base for verb in stance_verbs()}
    found: dict[str, list[tuple[str, str]]] = {}
    for base in sorted(bases):
        for form, kind in forms(base).items():
            found.setdefault(form, []).append((base, kind))
    return {form: tuple(of) for form, of in found.items()}


@cache
def _verb_kinds() -> Mapping[str, frozenset[str]]:
    return {form: frozenset(kind for _, kind in of) for form, of in verb_forms().items()}


def verb_kinds(form: str) -> frozenset[str]:
    """Which form of a verb a word in lower case may be: base, s, past, participle, both or ing;
    empty if none."""
    return _verb_kinds().get(form, frozenset())


@cache
def judging(name: str) -> frozenset[str]:
    """A class of judgements.toml: base forms of words that judge."""
    return frozenset(toml("judgements.toml")[name].split())


@cache
def agreeing() -> Mapping[str, str]:
    """Sides by predicates with which a text agrees or disagrees with what somebody said."""
    return _sided("agreeing", "disagreeing")


@cache
def echoing() -> Mapping[str, str]:
    """Sides by verbs that say whether what was said before is so."""
    return _sided("affirming", "denying")


def _sided(good: str, bad: str) -> Mapping[str, str]:
    return {**dict.fromkeys(judging(good), "+"), **dict.fromkeys(judging(bad), "-")}


@cache
def senses() -> Mapping[str, tuple[str, ...]]:
    """The classes of senses.toml by word in lower case: each word there as it is, inflected as a
    verb or a noun would be, and as an adverb."""
    found: dict[str, set[str]] = {}
    for name, entries in toml("senses.toml").items():
        for word in entries.split():
            for form in (*forms(word), *_adverbs(word)):
                found.setdefault(form, set()).add(name)
    return {form: tuple(sorted(names)) for form, names in found.items()}


def _adverbs(word: str) -> tuple[str, ...]:
    """What the adverb of an adjective may be."""
    if word.endswith("y"):
        return (word[:-1] + "ily",)
    if word.endswith("le"):
        return (word[:-1] + "y",)
    return (word + "ally",) if word.endswith("ic") else (word + "ly",)


@cache
def stance_verbs() -> tuple[Verb, ...]:
    """Verbs that take sides."""
    out = []
    for verb, claim, actor, frames, strength, *_rest in lines("stance_verbs.tsv"):
        base, _, particle = verb.partition(" ")
        sides = [side if side in "+-0" else "" for side in (claim, actor)]
        out.append(
            Verb(base, particle, sides[0], sides[1], frozenset(frames.split()), int(strength or 2))
        )
    return tuple(out)


@cache
def verbs_by_form() -> Mapping[str, tuple[tuple[Verb, str], ...]]:
    """The possible verbs of each inflected form, those with a particle first."""
    found: dict[str, list[tuple[Verb, str]]] = {}
    for verb in sorted(stance_verbs(), key=lambda v: -len(v.particle)):
        for form, kind in forms(verb.base).items():
            found.setdefault(form, []).append((verb, kind))
    return {form: tuple(of) for form, of in found.items()}


@dataclass(frozen=True, slots=True)
class ObjectVerb:
    """A verb whose object is a claim: its complements (`frames`, see object_verbs.tsv), the type of
    that claim, and the side of its subject."""

    base: str
    particle: str
    frames: frozenset[str]
    label: str
    side: str
    strength: int


_HAVE = {"have": "base", "has": "s", "had": "both"}
"""`forms` leaves these out, since elsewhere they are auxiliaries and not the verb of a clause."""


@cache
def object_verbs() -> Mapping[str, tuple[tuple[ObjectVerb, str], ...]]:
    """The possible verbs of each inflected form, with the kind of form, those with a particle
    first."""
    rows = [(line[0].split(" ", 1), line) for line in lines("object_verbs.tsv")]
    found: dict[str, list[tuple[ObjectVerb, str]]] = {}
    for (base, *particle), (_, frames, label, side, strength, *_rest) in sorted(
        rows, key=lambda one: -len(one[0])
    ):
        verb = ObjectVerb(
            base, " ".join(particle), frozenset(frames.split()), label, side, int(strength)
        )
        inflected = _HAVE if base == "have" else forms(base)
        for form, kind in ({base: "base"} if base in words("modals") else inflected).items():
            found.setdefault(form, []).append((verb, kind))
    return {form: tuple(of) for form, of in found.items()}


@dataclass(frozen=True, slots=True)
class ObjectNoun:
    """A noun whose complement is a claim: its complements (`frames`, see object_nouns.tsv), the
    type of that claim, and the side of its possessor."""

    frames: frozenset[str]
    label: str
    side: str
    strength: int


@cache
def object_nouns() -> Mapping[str, tuple[ObjectNoun, ...]]:
    """The nouns with a claim by form."""
    found: dict[str, list[ObjectNoun]] = {}
    for forms_, frames, label, side, strength, *_rest in lines("object_nouns.tsv"):
        noun = ObjectNoun(frozenset(frames.split()), label, side, int(strength))
        for form in forms_.split(";"):
            found.setdefault(form, []).append(noun)
    return {form: tuple(of) for form, of in found.items()}


@cache
def said_types() -> Mapping[str, str]:
    """The type of what is said by inflected form of a verb of saying, if its own words do not show
    it."""
    return {
        form: label for label in ("policy", "prediction") for form in _inflected(f"{label}_verbs")
    }


@cache
def promises() -> frozenset[str]:
    """Inflected forms of verbs of promising: the speakers say what they will do."""
    return _inflected("promising_verbs")


@cache
def announcing() -> frozenset[str]:
    """Inflected forms of verbs with which speakers announce something."""
    return _inflected("announcing_verbs")


@cache
def siding() -> frozenset[str]:
    """Inflected forms of verbs of taking sides on their object."""
    return _inflected("siding")


def _inflected(name: str) -> frozenset[str]:
    """All forms of the verbs of a class of words.toml."""
    return frozenset(form for base in words(name) for form in forms(base))


@dataclass(frozen=True, slots=True)
class SideWord:
    """A noun or adjective that takes a side: `critical of`, `critics
    of`; `person` when it is the holder."""

    side: str
    prepositions: frozenset[str]
    person: bool = False


@cache
def side_adjectives() -> Mapping[str, SideWord]:
    """Sides by adjective."""
    return {
        word: SideWord(side, frozenset(after.split()))
        for word, side, after, *_rest in lines("stance_adjectives.tsv")
    }


@cache
def side_nouns() -> Mapping[str, SideWord]:
    """Sides by form of a noun."""
    return {
        form: SideWord(side, frozenset(after.split()), person == "person")
        for forms_, side, after, person, *_rest in lines("stance_nouns.tsv")
        for form in forms_.split(";")
    }


__all__ = [
    "Head",
    "Name",
    "ObjectNoun",
    "ObjectVerb",
    "SideWord",
    "Verb",
    "agreeing",
    "announcing",
    "common",
    "demonyms",
    "echoing",
    "head_phrases",
    "heads",
    "judging",
    "names",
    "object_nouns",
    "object_verbs",
    "phrases",
    "promises",
    "said_types",
    "senses",
    "side_adjectives",
    "side_nouns",
    "siding",
    "stance_verbs",
    "telling",
    "verb_forms",
    "verb_kinds",
    "verbs_by_form",
    "words",
]
