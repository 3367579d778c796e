"""Features from the parse for the learner of relations: the path between two ends, the lowest verb
above both, and its side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from annotator.english.parse import Parse
from annotator.learners.claims.syntax import speaks

_GOVERNED = frozenset("ccomp xcomp advcl".split())
_ACTING = frozenset(("nsubj", "nsubjpass"))
_ACTIVE = {"nsubjpass": "dobj"}
"""The dependencies in a passive sentence that have another name in an active one."""
_SHORT, _MIDDLE = 4, 6
"""The length of the longest path that is a feature as a whole."""


class SentencePaths:
    """The features of pairs in one paragraph; `sides` says which
    side each word takes, by its lemma."""

    def __init__(self, parse: Parse, sides: Mapping[str, str]) -> None:
        self.parse = parse
        self._sides = sides
        self._chain = cache(parse.chain)

    def _up(self, chain: Sequence[int], joint: int) -> tuple[list[int], list[str]]:
        """The words of a chain below `joint`, and their dependencies as in an active sentence: the
        agent of a passive is its subject (`rejected by X`), and its subject the object."""
        p = self.parse
        below = list(chain[: chain.index(joint)])
        if len(below) > 1 and p.deps[below[-1]] == "agent" and p.deps[below[-2]] == "pobj":
            return below[:-1], [*(p.deps[k] for k in below[:-2]), "nsubj"]
        return below, [_ACTIVE.get(p.deps[k], p.deps[k]) for k in below]

    def _side(self, at: int) -> str:
        return self._sides.get(self.parse.lemmas[at], "")

    def of_author(self, kind: str, first: int, last: int) -> list[str]:
        """Features for the author's side on a target over tokens `[first, last)`."""
        p = self.parse
        top = p.head_of(first, last)
        made = [
            f"{kind}|P.td={p.deps[top]}",
            f"{kind}|P.neg={p.negated(top)}",
            f"{kind}|P.sd={self._side(top)}",
        ]
        if p.deps[top] in _GOVERNED:
            head = p.heads[top]
            subject = p.subject(head)
            pos = p.pos[subject] if subject is not None else ""
            who = p.lemmas[subject] if subject is not None and pos == "PRON" else pos
            made += [f"{kind}|P.say={speaks(p.lemmas[head])}|{pos}", f"{kind}|P.gs={who}"]
            made.append(f"{kind}|P.gov={p.lemmas[head]}")
        return made

    def of_pair(self, kind: str, source: tuple[int, int], target: tuple[int, int]) -> list[str]:
        """Features for the side of a source on a target; both are tokens `[first, last)` of one
        sentence."""
        p = self.parse
        s, t = p.head_of(*source), p.head_of(*target)
        up_all, down_all = self._chain(s), self._chain(t)
        joint = next((k for k in down_all if k in up_all), None)
        made = [f"{kind}|P.sd={p.deps[s]}", f"{kind}|P.named={p.named_beside(s)}"]
        if joint is None:
            return [*made, f"{kind}|P.path=apart"]
        up, down = self._up(up_all, joint), self._up(down_all, joint)
        made += self._path(kind, up[1], down[1], joint)
        if down[0]:
            made += self._governing(kind, source, t)
        own = p.kids(t, {"nsubj", "nsubjpass"})
        made.append(f"{kind}|P.own={any(source[0] <= k < source[1] for k in own)}|{p.tags[t]}")
        return list(dict.fromkeys(made))

    def _path(self, kind: str, up: list[str], down: list[str], joint: int) -> list[str]:
        """The dependencies from source to the lowest common word and down to the target."""
        p, length = self.parse, len(up) + len(down)
        rising, falling = ">".join(up), "<".join(reversed(down))
        path, side, lemma = f"{rising}^{falling}", self._side(joint), p.lemmas[joint]
        last = f"{up[-1] if up else 'self'}|{down[-1] if down else 'self'}"
        made = [
            f"P.up={rising if len(up) < _SHORT else 'long'}",
            f"P.dn={falling if len(down) < _SHORT else 'long'}",
            f"P.len={min(_MIDDLE, length)}",
            f"P.lca={p.pos[joint]}",
            f"P.lv={lemma}",
            f"P.path={path if length <= _SHORT else 'long'}|{side}",
            f"P.side={side}|{p.negated(joint)}",
            f"P.up1={last}",
            f"P.up1={last}|{side}",
            f"P.up1={last}|{lemma}",
        ]
        if length <= _MIDDLE:
            made.append(f"P.path={path}")
        return [f"{kind}|{one}" for one in made]

    def _governing(self, kind: str, source: tuple[int, int], target: int) -> list[str]:
        """Whether the source is the subject of the word that governs the target."""
        p = self.parse
        governor = p.heads[target]
        agents = [k for by in p.kids(governor, {"agent"}) for k in p.kids(by, {"pobj"})]
        subjects = agents or p.kids(governor, _ACTING)
        if not subjects and (found := p.subject(governor)) is not None:
            subjects = [found]
        dep = _ACTIVE.get(p.deps[target], p.deps[target])
        exact = any(source[0] <= k < source[1] for k in subjects)
        within = any(p.edges[k][0] <= source[0] and source[1] <= p.edges[k][1] for k in subjects)
        return [
            f"{kind}|P.gsub={within}|{exact}",
            f"{kind}|P.gsub={within}|{exact}|{self._side(governor)}|{dep}",
            f"{kind}|P.gsub={exact}|{p.lemmas[governor]}",
        ]


__all__ = ["SentencePaths"]
