"""The features of a pair for the learner of relations: the positions of its ends, the words between
them, the rules' findings."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from annotator.english import tables
from annotator.english.claims import Clause
from annotator.english.parse import Parse
from annotator.english.stances import ECHOED, HELD, REPORTED
from annotator.english.tokens import FoundStance, Token, phrase_at
from annotator.learners.stances.syntax import SentencePaths
from annotator.model.span import AUTHOR, Span


@dataclass(frozen=True, slots=True)
class End:
    """One end of a pair: a span and its tokens."""

    span: Span
    first: int
    last: int
    sentence: int


class StanceContext:
    """The data that the pairs of a paragraph share: its tokens and their sides, its sentences, its
    ends in reading order, its parse."""

    def __init__(
        self, tokens: Sequence[Token], ends: Sequence[End], parse: Parse | None = None
    ) -> None:
        self.tokens = tokens
        self.ends = ends
        self.sides = [side_words().get(token.lower, "") for token in tokens]
        self._starts = [i for i, token in enumerate(tokens) if token.first]
        self.paths = SentencePaths(parse, side_words()) if parse is not None else None
        self._firsts: dict[object, list[int]] = {}
        for end in ends:
            for key in (end.span.layer, (end.span.layer, end.sentence)):
                self._firsts.setdefault(key, []).append(end.first)
        self._authors: dict[int, tuple[str, ...]] = {}

    def sentence(self, at: int) -> tuple[int, int]:
        """The tokens `[first, last)` of a token's sentence."""
        after = bisect_right(self._starts, at)
        low = self._starts[after - 1] if after else 0
        return low, self._starts[after] if after < len(self._starts) else len(self.tokens)

    def beside(self, one: End) -> tuple[int, int]:
        """How many other ends of the layer of an end are in its sentence, and how many begin
        before it."""
        firsts = self._firsts[one.span.layer, one.sentence]
        return len(firsts) - 1, bisect_left(firsts, one.first)

    def others(self, one: End, low: int, high: int) -> int:
        """How many other ends of its layer begin in tokens `[low, high)`."""
        firsts = self._firsts[one.span.layer]
        return max(0, bisect_left(firsts, high) - bisect_left(firsts, low)) - (
            low <= one.first < high
        )

    def author(self, low: int, high: int) -> tuple[str, ...]:
        """Features for the author's side on what a sentence says: its first words, those of the
        next one, and words that take sides in them."""
        known = self._authors.get(low)
        if known is not None:
            return known
        tokens = self.tokens
        made = [f"first={t.lower}" for t in tokens[low : low + 2]]
        made += [f"next={t.lower}" for t in tokens[high : high + 3]]
        made.append(f"sign={tokens[high - 1].text}")
        for name in ("author_sides_with", "author_sides_against"):
            phrases = tables.phrases(name)
            inside = any(phrase_at(tokens, i, phrases, high) for i in range(low, high))
            next_ = range(high, min(high + 4, len(tokens)))
            follows = any(phrase_at(tokens, i, phrases, len(tokens)) for i in next_)
            made.append(f"{name}={inside}{follows}")
        self._authors[low] = tuple(made)
        return self._authors[low]

    def author_around(self, target: End, clause: Clause | None) -> list[str]:
        """More features for the author's side: the words before and after a target in its sentence,
        those of the next sentence with its punctuation mark and whether they praise or blame, how
        many sentences follow in the paragraph, and the verb that reports the target."""
        tokens, (low, high) = self.tokens, self.sentence(target.first)
        last = self.sentence(high)[1] if high < len(tokens) else high
        following = [t.lower for t in tokens[high : min(last, high + _FOLLOWING)]]
        before = tokens[max(low, target.first - _AROUND) : target.first]
        after = tokens[target.last : min(high, target.last + _AROUND)]
        made = [f"A.before={t.lower}" for t in before] + [f"A.after={t.lower}" for t in after]
        made += [f"A.next={word}" for word in following]
        made.append(f"A.left={len(self._starts) - bisect_left(self._starts, high)}")
        made += [f"A.{name}={not words.isdisjoint(following)}" for name, words in _judging()]
        if following:
            made.append(f"A.sign={tokens[last - 1].text}")
        if clause is not None and clause.frame is not None:
            verb = tokens[clause.frame.first].lower
            made += [f"A.verb={verb}", f"A.verb={verb}|{following[0] if following else ''}"]
        return made


_AROUND, _FOLLOWING = 6, 10
"""How many words beside a target, and of the next sentence, are features."""


@cache
def _judging() -> tuple[tuple[str, frozenset[str]], ...]:
    """Words that praise and words that blame."""
    return tuple((name, frozenset(tables.judging(name))) for name in ("good", "bad"))


@cache
def side_words() -> Mapping[str, str]:
    """The sides of each word in lower case: as a verb `v`, on claims and on actors, or else as a
    noun or adjective `n`."""
    found = {
        word: f"n{of.side}"
        for word, of in {**tables.side_adjectives(), **tables.side_nouns()}.items()
    }
    for form, verbs in tables.verbs_by_form().items():
        verb = next((one for one, _ in verbs if not one.particle), verbs[0][0])
        found[form] = f"v{verb.on_claim or '.'}{verb.on_actor or '.'}"
    return found


def _size(number: int) -> int:
    return _SIZES[bisect_right(_SIZES, number) - 1]


_SIZES = (0, 1, 2, 3, 5, 8, 13, 21)


_KINDS = {HELD: REPORTED, ECHOED: REPORTED}
"""Rules that are too few to be learnt by themselves, with those whose weights they share."""


def features_of(
    scene: StanceContext,
    source: End | None,
    target: End,
    edge: FoundStance | None,
    clause: Clause | None,
) -> tuple[str, ...]:
    """Features for whether a source takes a side on a target, and which."""
    kind = f"{source.span.layer if source else AUTHOR}>{target.span.layer}"
    rule = f"{_KINDS.get(edge.rule, edge.rule)}{edge.side}" if edge else ""
    made = [kind, f"{kind}|r={rule}", f"{kind}|l={target.span.label}", f"r={rule}"]
    for name, value in target.span.attributes.items():
        if isinstance(value, str):
            made.append(f"{kind}|{name}={value}")
    if clause is not None:
        made += [f"{kind}|frame={clause.frame.side if clause.frame else None}"]
        made.append(f"{kind}|ruled={clause.found.attributes.get('attribution')}")
    if source is None:
        made += [f"{kind}|{one}" for one in scene.author(*scene.sentence(target.first))]
        made += [f"{kind}|{one}" for one in scene.author_around(target, clause)]
        made += scene.paths.of_author(kind, target.first, target.last) if scene.paths else ()
        return tuple(dict.fromkeys(made))
    made += _of_places(scene, kind, source, target, ruled=rule != "")
    if scene.paths is not None and target.sentence != source.sentence:
        made.append(f"{kind}|P.path=other")
    elif scene.paths is not None:
        made += scene.paths.of_pair(kind, (source.first, source.last), (target.first, target.last))
    return tuple(dict.fromkeys(made))


def _of_places(
    scene: StanceContext, kind: str, source: End, target: End, *, ruled: bool
) -> list[str]:
    """The positions of two ends relative to each other and to others of their layer."""
    back = target.sentence - source.sentence
    order, a, b = _between(source, target)
    beside, before_it = scene.beside(source)
    count, near = scene.others(source, a, b), min(2, before_it)
    held = target.span.attributes.get("attribution", "")
    made = [
        f"{kind}|o={order}|back={back}",
        f"{kind}|o={order}|d={_size(max(0, b - a))}|back={back}",
        f"{kind}|o={order}|n={min(3, count)}",
        f"from={source.span.label}",
        f"{kind}|from={source.span.label}",
        f"{kind}|mention={source.span.attributes.get('mention')}",
        f"{kind}|o={order}|alone={not beside}",
        f"{kind}|held={held}|o={order}|n={min(2, count)}|back={back}",
        f"{kind}|held={held}|r={ruled}|to={target.span.label}|back={back}",
        f"{kind}|held={held}|o={order}|first={near}|back={back}",
    ]
    if back == 0:
        made += _of_words(scene, kind, source, target)
    tokens, low = scene.tokens, scene.sentence(target.first)[0]
    before = tokens[source.first - 1].lower if source.first > low else "^"
    after = tokens[source.last].lower if source.last < len(tokens) else "$"
    side = scene.sides[source.last] if after != "$" else ""
    return [*made, f"{kind}|a={after}", f"{kind}|b={before}", f"{kind}|a={side}"]


def _between(source: End, target: End) -> tuple[str, int, int]:
    """Whether a source stands before, after or in its target, and the tokens between them."""
    if target.first <= source.first and source.last <= target.last:
        return "in", target.first, source.first
    if source.first < target.first:
        return "before", source.last, target.first
    return "after", target.last, source.first


def _of_words(scene: StanceContext, kind: str, source: End, target: End) -> list[str]:
    """The words between two ends in one sentence, and the sides that they take."""
    tokens, (order, a, b) = scene.tokens, _between(source, target)
    stretch = range(a, b)
    if order == "after":
        stretch = range(a, min(scene.sentence(target.first)[1], max(b, source.last + 4)))
    words = [tokens[i].lower for i in stretch]
    found = [scene.sides[i] for i in stretch if scene.sides[i]]
    made = [f"{kind}|o={order}|side={side}" for side in found]
    made.append(f"{kind}|o={order}|sides={' '.join(found[:2])}")
    made += [f"w={tokens[i].lower}" for i in stretch if b - a < 16 and tokens[i].text[:1].isalpha()]
    negated = not tables.words("negations").isdisjoint(words)
    made.append(f"{kind}|not={negated}|side={found[0] if found else ''}")
    return [*made, f"{kind}|that={'that' in words}"]


__all__ = ["End", "StanceContext", "features_of", "side_words"]
