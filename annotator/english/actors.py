"""Actors by rules: names from the tables, names by their
shape, and common nouns that name actors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from annotator.english import tables
from annotator.english.exclusions import collective_adjective
from annotator.english.name_bounds import (
    before_name,
    goes_on,
    is_agent,
    is_capital,
    of_event,
    run_end,
)
from annotator.english.nominals import POSSESSIVE, REGIONAL, actor_span, find_nominals
from annotator.english.pronouns import PRONOUN, find_pronouns
from annotator.english.syntax import finite
from annotator.english.tokens import FoundSpan, Token, as_written
from annotator.english.unlisted_names import described_as, shaped_like_person

Tokenize = Callable[[str], Sequence[str]]
"""Gives the tokens of a name as texts."""

_PLACE_PREPOSITIONS = frozenset(
    "in at near around outside inside across from to into through toward towards via".split()
)
_GUESSED = 0.4
"""The score of a person recognised only by capital letters; another mention does not raise it."""


@dataclass
class DocumentContext:
    """What the rest of the document contributes: full names of persons by their last part, full
    names of organizations by their initials, and for each word in names the most frequent label of
    these names."""

    persons: dict[str, str] = field(default_factory=dict)
    organizations: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Run:
    """Capitalized words, tokens `[start, end)`, that are in no table; `titled` if a title comes
    before them."""

    start: int
    end: int
    titled: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """What the words of a paragraph show by themselves: actors that they name in any document, and
    runs of capitalized words that need the rest of the document. `names` are all names from the
    tables, including places and other things that are not actors."""

    tokens: tuple[Token, ...]
    found: tuple[FoundSpan, ...]
    runs: tuple[_Run, ...]
    names: tuple[tuple[int, int], ...] = ()

    def actors(self, context: DocumentContext) -> list[FoundSpan]:
        """Actors of the paragraph in reading order; no two overlap."""
        made = (_classify(self.tokens, run, context) for run in self.runs)
        named = [*self.found, *(one for one in made if one is not None)]
        return sorted((*named, *find_pronouns(self.tokens, named)), key=lambda f: f.start)


Index = Mapping[str, tuple[tuple[tuple[str, ...], tables.Name], ...]]


def index_of(tokenize: Tokenize) -> Index:
    """The token sequences of known names by first token, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], tables.Name]]] = {}
    for spelling, name in tables.names().items():
        parts = tuple(tokenize(spelling))
        if parts:
            found.setdefault(parts[0], []).append((parts, name))
    return {k: tuple(sorted(v, key=lambda pair: -len(pair[0]))) for k, v in found.items()}


def scan(tokens: Sequence[Token], index: Index) -> Scan:
    """Read a paragraph once, for all documents that may contain it."""
    taken = [False] * len(tokens)
    found: list[FoundSpan] = []
    runs: list[_Run] = []
    names: list[tuple[int, int]] = []
    at = 0
    while at < len(tokens):
        step = _known(tokens, at, found, index) or _people(tokens, at, found)
        if step:
            names.append((at, at + step))
        step = step or _by_shape(tokens, at, runs)
        for i in range(at, at + step):
            taken[i] = True
        at += step or 1
    return Scan(tuple(tokens), (*found, *find_nominals(tokens, taken)), tuple(runs), tuple(names))


def _of_table(tokens: Sequence[Token], at: int, last: int, name: tables.Name) -> FoundSpan | None:
    """The actor that tokens `[at, last)` name according to a table; None for a place or an
    event."""
    if name.label in ("place", "other") or of_event(tokens, at, last):
        return None
    before, entity = tokens[at - 1].lower if at else "", name.canonical
    table = "countries" if name.kind == "country" else "names"
    score, reason = 0.92, f"{name.canonical} is in the table of {table}"
    if name.kind == "capital":
        if before in _PLACE_PREPOSITIONS or not (_decides(tokens, last) or is_agent(tokens, at)):
            return None
        score, reason = 0.75, f"capital of {name.canonical}, here perhaps its government"
    elif name.kind == "people":
        score, reason = 0.6, "name of a people"
    if name.canonical == "West":
        if before != "the":
            return None
        entity = "the West"
    return actor_span(tokens, at, last, name.label, score, reason, f"name.{name.kind}", entity)


def _known(tokens: Sequence[Token], at: int, found: list[FoundSpan], index: Index) -> int:
    """The number of tokens of a table's name at `at`; proposes it if it is an actor."""
    for parts, name in index.get(tokens[at].text, ()):
        last = at + len(parts)
        if last > len(tokens) or any(tokens[at + i].text != part for i, part in enumerate(parts)):
            continue
        if goes_on(tokens, at, last) or before_name(tokens, at, last):
            return 0
        actor = _of_table(tokens, at, last, name)
        if actor is not None:
            found.append(actor)
        return len(parts)
    return 0


def _people(tokens: Sequence[Token], at: int, found: list[FoundSpan]) -> int:
    """The number of tokens, one, of an adjective that with `the` names a people (`the Dutch`, but
    not `the Dutch government`); proposes it."""
    word, after = tokens[at].text, at + 1
    if not at or tokens[at - 1].lower != "the" or not collective_adjective(word):
        return 0
    if after < len(tokens) and not tokens[after].first and not _closes(tokens, after):
        return 0
    reason = "with “the”, the name of a people"
    found.append(
        actor_span(tokens, at, after, "collective", 0.6, reason, "name.people", f"the {word}")
    )
    return 1


def _closes(tokens: Sequence[Token], at: int) -> bool:
    """Whether no noun follows here, to which an adjective before could belong."""
    word = tokens[at].lower
    if not word[:1].isalpha():
        return word not in ("-", "–")
    then = tokens[at + 1].lower if at + 1 < len(tokens) else ""
    if word in ("and", "or", "but"):
        return then in ("the", "a", "an", "their")
    kinds = tables.verb_kinds(word)
    if kinds & {"past", "both"} or word in tables.words("have") | tables.words("finite_be"):
        return True
    if "base" in kinds and word not in tables.words("modals"):
        return then in tables.words("determiners") or then in _OBJECTS
    return "s" not in kinds and word in tables.grammar() and word not in tables.heads()


_OBJECTS = frozenset("to that it them us for".split())
"""Words after a plain form that show that it is a verb."""


def _by_shape(tokens: Sequence[Token], at: int, runs: list[_Run]) -> int:
    """The number of tokens of a name at `at`, recognised by its shape and including titles; the
    rest of it is a run."""
    token = tokens[at]
    if not is_capital(token) or (len(token.text) == 1 and not _initial(tokens, at)):
        return 0
    if token.first and token.lower in tables.common() and not _title_length(tokens, at, at + 1):
        return 0
    end = run_end(tokens, at)
    start, titled = at, False
    if _organization([t.text for t in tokens[at:end]]) is None:
        start, titled = _after_titles(tokens, at, end)
    while end > start and tokens[end - 1].text in tables.words("links"):
        end -= 1
    if start >= end:
        return 0
    runs.append(_Run(start, end, titled))
    return end - at


def _after_titles(tokens: Sequence[Token], at: int, end: int) -> tuple[int, bool]:
    """Where a name begins after titles and words that describe it (`Russian President [Vladimir
    Putin]`), and whether there is a title."""
    start = next((i for i in range(end - 1, at, -1) if _title_length(tokens, i, end)), at)
    titled = False
    while start < end:
        length = _title_length(tokens, start, end)
        if length:
            titled, start = True, start + length
        elif _describes(tokens[start].text, alone=end - start == 1):
            start += 1
        else:
            break
    return start, titled


def _describes(word: str, *, alone: bool) -> bool:
    """Whether a capitalized word before a name is not part of it: a nation, a region, or one such
    as `Former`, unless it is `alone`."""
    if word in tables.demonyms() or word in REGIONAL:
        return True
    return word in tables.words("modifiers") and not alone


def _initial(tokens: Sequence[Token], at: int) -> bool:
    return at + 1 < len(tokens) and (tokens[at + 1].text == "." or is_capital(tokens[at + 1]))


@cache
def _title_starts() -> frozenset[str]:
    """The first tokens of titles and offices, whether their hyphens are tokens or not."""
    titles = tables.words("honorifics") | tables.words("offices")
    return frozenset(title.partition(sign)[0] for title in titles for sign in " -")


def _title_length(tokens: Sequence[Token], at: int, end: int) -> int:
    """The number of tokens of a title or office at `at`."""
    if tokens[at].text not in _title_starts():
        return 0
    for length in range(min(4, len(tokens) - at), 0, -1):
        text = as_written(tokens[at : at + length])
        if at + length <= max(end, at + 1) and (
            text in tables.words("honorifics") or text in tables.words("offices")
        ):
            return length
    return 0


def _classify(tokens: Sequence[Token], run: _Run, context: DocumentContext) -> FoundSpan | None:
    """What a run of capitalized words names, if it names an actor."""
    start, end = run.start, run.end
    parts = [t.text for t in tokens[start:end]]
    text = as_written(tokens[start:end])
    last = parts[-1]

    def made(label: str, score: float, reason: str, rule: str, entity: str | None) -> FoundSpan:
        return actor_span(tokens, start, end, label, score, reason, rule, entity)

    if set(parts) & tables.words("months_days") and len(parts) < 3:
        return None
    why = _organization(parts)
    if why is not None:
        return made("organization", 0.82, why, "name.organization", text)
    full = context.persons.get(last)
    if run.titled and tokens[start].text[:1].isupper() and last not in tables.words("thing_heads"):
        return made("person", 0.93, "a title comes before it", "name.title", full or text)
    if last in tables.words("suffixes"):
        return made("organization", 0.85, "a company's suffix", "name.organization", text)
    if last in tables.words("thing_heads"):
        return None
    return _of_first_word(tokens, run, context, full)


def _of_first_word(
    tokens: Sequence[Token], run: _Run, context: DocumentContext, full: str | None
) -> FoundSpan | None:
    """What a name stands for, by its first word; `full` is the longer name of the person with
    the same last word, if there is one."""
    start, end = run.start, run.end
    parts, text = [t.text for t in tokens[start:end]], as_written(tokens[start:end])

    def made(label: str, score: float, reason: str, rule: str, entity: str) -> FoundSpan:
        return actor_span(tokens, start, end, label, score, reason, rule, entity)

    if parts[0] in tables.words("given_names") and 1 < len(parts) <= 5:
        return made("person", 0.9, f"{parts[0]} is a given name", "name.given", text)
    if full is not None and len(parts) <= 2:
        return made("person", 0.88, f"{full} occurs elsewhere in the document", "name.again", full)
    if parts[0] in tables.words("organization_openers") and {"of", "for", "on"} & set(parts[1:]):
        why = f"{parts[0]} begins the name of an organization"
        return made("organization", 0.75, why, "name.organization", text)
    return _guessed(tokens, run, context)


def _guessed(tokens: Sequence[Token], run: _Run, context: DocumentContext) -> FoundSpan | None:
    """What a name that is in no table stands for, by what describes it or by its shape."""
    start, end = run.start, run.end
    parts, text = [t.text for t in tokens[start:end]], as_written(tokens[start:end])
    described = described_as(tokens, start, end)
    if described is not None:
        label, noun = described
        why = f"“{noun}” says who that is"
        return actor_span(tokens, start, end, label, 0.8, why, "name.described", text)
    if shaped_like_person(parts):
        why = "two or three capitalized words"
        return actor_span(tokens, start, end, "person", _GUESSED, why, "name.shape", text)
    return _single(tokens, start, end, context) if len(parts) == 1 else None


def _organization(parts: Sequence[str]) -> str | None:
    """Why words name an organization, by one of the words; None if none shows it."""
    heads = tables.words("organization_heads")
    head = next((part for part in parts[1:] if part in heads), None)
    return f"{head} is a word in names of organizations" if head is not None else None


def _single(
    tokens: Sequence[Token], start: int, end: int, context: DocumentContext
) -> FoundSpan | None:
    """What one capitalized word names, if it names an actor."""
    word = tokens[start].text
    if word.isupper() and 2 <= len(word) <= 6 and not set(word) <= set("IVXLC"):
        entity = context.organizations.get(word, word)
        return actor_span(
            tokens, start, end, "organization", 0.6, "an acronym", "name.acronym", entity
        )
    nobody = (
        tables.words("organization_heads")
        | tables.words("organization_openers")
        | set(tables.demonyms())
    )
    # The first word of a sentence is always capitalized, so a verb of speaking must follow.
    acts = _speaks(tokens, end) if tokens[start].first else _acts(tokens, end)
    if word not in nobody and acts:
        return actor_span(
            tokens, start, end, "person", 0.35, "a capitalized word that acts", "name.acts", word
        )
    return None


def _acts(tokens: Sequence[Token], at: int) -> bool:
    """Whether what follows is a verb in a finite form, or a possessive."""
    if at >= len(tokens):
        return False
    word = tokens[at].lower
    kinds = tables.verb_kinds(word)
    return bool(kinds & {"s", "past", "both"}) or word in POSSESSIVE | tables.words("finite_be")


def _decides(tokens: Sequence[Token], at: int) -> bool:
    """Whether what follows is a finite verb, with its auxiliary, or a possessive."""
    return at < len(tokens) and (finite(tokens[at]) or _acts(tokens, at))


def _speaks(tokens: Sequence[Token], at: int) -> bool:
    """Whether a verb that reports follows, in a finite form."""
    if at >= len(tokens):
        return False
    found = tables.verbs_by_form().get(tokens[at].lower, ())
    return any("that" in verb.frames and kind in ("s", "past", "both") for verb, kind in found)


def context_of(scans: Iterable[Scan]) -> DocumentContext:
    """The full names in a document, from its paragraphs."""
    context = DocumentContext()
    persons: dict[str, set[str]] = {}
    words: dict[str, Counter[str]] = {}
    nothing = DocumentContext()
    for scan in scans:
        for one in scan.actors(nothing):
            if one.rule == PRONOUN:
                continue
            for token in scan.tokens[one.first : one.last]:
                words.setdefault(token.text, Counter())[one.label] += 1
            name = one.entity or ""
            if " " not in name:
                continue
            if one.label == "person" and one.score > _GUESSED:
                persons.setdefault(name.rsplit(" ", 1)[-1], set()).add(name)
            elif one.label == "organization":
                initials = "".join(part[0] for part in name.split() if part[0].isupper())
                context.organizations.setdefault(initials, name)
    # A last name that two people share is ambiguous.
    context.words.update(
        {w: min(c, key=lambda label: (-c[label], label)) for w, c in words.items()}
    )
    context.persons.update(
        {last: next(iter(full)) for last, full in persons.items() if len(full) == 1}
    )
    return context


__all__ = ["DocumentContext", "Index", "Scan", "context_of", "index_of", "scan"]
