"""Features from the parse for the learner of long spans: where clauses begin and end, and what
governs them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from annotator.english import tables
from annotator.english.parse import AUXILIARIES, SUBJECTS, Parse

_HEADS = frozenset("ROOT ccomp advcl relcl conj parataxis".split())
_CONTAINING = frozenset("ROOT ccomp advcl relcl parataxis acl".split())
_GOVERNED = frozenset("ccomp advcl parataxis".split())
_ADJOINED = frozenset("advcl acl".split())
_LEADING = frozenset("mark cc punct advmod intj prep advcl npadvmod".split())
_TRAILING = frozenset("punct conj advcl cc".split())
_COMPLEMENTS = frozenset("attr acomp ccomp xcomp dobj neg agent advcl oprd".split())
_PREDICATE = frozenset("attr acomp dobj oprd xcomp ccomp agent dative".split())
_DESCRIBING = frozenset("amod compound advmod nmod".split())
_TELLING_TYPES = frozenset("DATE CARDINAL MONEY PERCENT PERSON QUANTITY ORDINAL TIME".split())
_TELLING_TAGS = frozenset("MD VBD VBN JJR JJS RBR CD NNP PRP WDT VB".split())


@dataclass(frozen=True, slots=True)
class ClauseHead:
    """The verb that heads a clause over tokens `[first, last)`. `kind` is its dependency, with `+s`
    for its own subject and `+f` for a finite form."""

    at: int
    kind: str
    own: bool
    finite: bool
    first: int
    last: int


class ClauseMap:
    """The clauses of a paragraph by its parse, and the features derived from them."""

    def __init__(self, parse: Parse) -> None:
        self.parse = parse

    @cached_property
    def heads(self) -> list[ClauseHead]:
        """The heads of clauses, in order."""
        p, out = self.parse, []
        for i, dep in enumerate(p.deps):
            if dep in AUXILIARIES or not (p.verbal(i) or dep in _HEADS):
                continue
            own, finite = bool(p.kids(i, SUBJECTS)), p.finite(i)
            kind = f"{dep}{'+s' if own else ''}{'+f' if finite else ''}"
            out.append(ClauseHead(i, kind, own, finite, *p.edges[i]))
        return out

    @cached_property
    def _places(self) -> list[int]:
        return [one.at for one in self.heads]

    def heads_in(self, first: int, last: int) -> list[ClauseHead]:
        """The heads in tokens `[first, last)`."""
        return self.heads[bisect_left(self._places, first) : bisect_left(self._places, last)]

    @cached_property
    def _marks(self) -> tuple[list[list[str]], list[list[str]]]:
        """The kinds of clauses that begin, and those that end, at each place, including the bounds
        without lead-in and trailing parts."""
        p = self.parse
        begins: list[list[str]] = [[] for _ in range(len(p) + 1)]
        ends: list[list[str]] = [[] for _ in range(len(p) + 1)]
        for one in self.heads:
            begins[one.first].append(one.kind)
            ends[one.last].append(one.kind)
            first, last = self._core(one.at)
            if first != one.first:
                begins[first].append(f"core:{one.kind}")
            if last != one.last:
                ends[last].append(f"core:{one.kind}")
            for joined in (k for k in p.kids(one.at, {"conj"}) if p.verbal(k)):
                signs = [k for k in p.kids(one.at, {"cc", "punct"}) if one.at < k < joined]
                ends[min([p.edges[joined][0], *signs[-1:]])].append(f"before-conj:{one.kind}")
        return begins, ends

    def _core(self, head: int) -> tuple[int, int]:
        """The bounds of a clause without lead-in and trailing parts."""
        p = self.parse
        before = [k for k in p.children[head] if k < head and p.deps[k] not in _LEADING]
        after = [k for k in p.children[head] if p.deps[k] not in _TRAILING]
        first = min([head, *(p.edges[k][0] for k in before)])
        return first, max([head + 1, *(p.edges[k][1] for k in after)])

    def _governor(self, at: int) -> tuple[str, str, str]:
        """The features of the word that governs the head of a clause: its lemma, the part of speech
        of its subject, and the subject itself if it is a pronoun."""
        p = self.parse
        head = p.heads[at]
        subject = next(iter(p.kids(head, SUBJECTS)), None)
        pos = p.pos[subject] if subject is not None else ""
        who = p.lemmas[subject] if subject is not None and pos == "PRON" else pos
        return p.lemmas[head], pos, who

    def at_start(self, first: int, last: int, start: int) -> list[str]:
        """Features for whether a span begins at `start` of the sentence `[first, last)`."""
        p, begins = self.parse, self._marks[0][start]
        made = [f"P.b={kind}" for kind in begins]
        tag, dep = p.tags[start], p.deps[start]
        made += [f"P.nb={min(3, len(begins))}", f"P.t={tag}", f"P.d={dep}", f"P.td={tag}|{dep}"]
        if start > first:
            made += [f"P.pt={p.tags[start - 1]}|{tag}", f"P.pd={p.deps[start - 1]}|{dep}"]
        inside = next((k for k in p.chain(start) if p.deps[k] in _CONTAINING), start)
        made.append(f"P.in={p.deps[inside]}")
        if p.deps[inside] in _GOVERNED:
            lemma, pos, who = self._governor(inside)
            says = speaks(lemma)
            edge = start == p.edges[inside][0]
            made += [
                f"P.gov={lemma}",
                f"P.say={says}|{pos}",
                f"P.say={says}|{p.deps[inside]}|{edge}",
            ]
            made.append(f"P.gs={who}")
        return made + self._reported(first, last, start)

    def _reported(self, first: int, last: int, start: int) -> list[str]:
        """The position of a place relative to what the first verb of saying in the sentence
        reports."""
        p = self.parse
        saying = next(
            (
                one.at
                for one in self.heads_in(first, last)
                if p.deps[one.at] == "ccomp" and speaks(p.lemmas[p.heads[one.at]])
            ),
            None,
        )
        if saying is None:
            return [f"P.cc=none|{start == first}"]
        begin = p.edges[saying][0]
        mark = begin + (p.tags[begin] == "IN")
        stands = "at" if start in (begin, mark) else "before" if start < begin else "after"
        lemma, pos, who = self._governor(saying)
        return [f"P.cc={stands}|{start == first}|{one}" for one in dict.fromkeys((pos, lemma, who))]

    def unsaid(self, first: int, last: int) -> set[int]:
        """The places in the sentence `[first, last)` where the content of a participle begins that
        nobody says: after a participle of knowing or showing (`acts, proving that [X]`), or after
        any participle in a demand (`must act, arguing that [X]`). Such content belongs to the
        clause around it."""
        p, made = self.parse, set[int]()
        for one in self.heads:
            by = p.heads[one.at]
            if not first <= by < one.at < last or p.deps[one.at] != "ccomp":
                continue
            if p.tags[by] != "VBG" or p.deps[by] not in _ADJOINED or p.kids(by, SUBJECTS):
                continue
            if speaks(p.lemmas[by]) and not self._demanded(p.heads[by]):
                continue
            made |= {one.first, one.first + (p.tags[one.first] == "IN")}
        return made

    def _demanded(self, at: int) -> bool:
        """Whether a verb says what should be done: by a modal, or as an imperative."""
        helpers = self.parse.kids(at, AUXILIARIES)
        demanding = tables.words("demanding")
        if any(self.parse.lemmas[k] in demanding for k in helpers):
            return True
        return self.parse.tags[at] == "VB" and not helpers and not self.parse.kids(at, SUBJECTS)

    def no_more(self, start: int, last: int) -> list[str]:
        """Features for whether no other span follows the one that begins at `start`."""
        own = [one for one in self.heads_in(start, last) if one.own and one.finite]
        joined = [one for one in own if self.parse.deps[one.at] in ("conj", "parataxis", "ccomp")]
        return [f"P.none|own={min(4, len(own))}", f"P.none|joined={min(3, len(joined))}"]

    def at_end(self, first: int, last: int, start: int, end: int) -> list[str]:
        """Features for whether a span that begins at `start` ends at `end`."""
        p, (begins, ends) = self.parse, self._marks
        made = [f"P.e={kind}" for kind in ends[end]]
        if end < last and end < len(p):
            made += [f"P.at={p.tags[end]}|{p.deps[end]}", f"P.ae={p.tags[end - 1]}|{p.tags[end]}"]
            made += [f"P.ab={kind}" for kind in begins[end]]
        else:
            made.append("P.at=end")
        whole = [
            one.kind
            for one in self.heads_in(start, end)
            if start - 1 <= one.first <= start and end <= one.last <= end + 1
        ]
        made += [f"P.whole={kind}" for kind in whole] or ["P.whole=none"]
        cross = [
            p.deps[k]
            for k in range(max(first, start), min(end, len(p)))
            if not start <= p.heads[k] < end
        ]
        return [*made, f"P.cross={min(4, len(cross))}", *(f"P.x={dep}" for dep in cross[:3])]

    def of_span(self, start: int, end: int) -> list[str]:
        """Features for the label and attributes of a span: its verb, with auxiliaries, subject and
        complements."""
        p = self.parse
        end = min(end, len(p))
        if start >= end:
            return []
        top = p.head_of(start, end)
        helpers, subject = p.kids(top, AUXILIARIES), next(iter(p.kids(top, SUBJECTS)), None)
        made = [f"P.td={p.deps[top]}", f"P.tt={p.tags[top]}", f"w.P.lemma={p.lemmas[top]}"]
        made.append(f"P.aux={'+'.join(p.tags[k] for k in helpers)}|{p.tags[top]}")
        made += [f"P.auxw={p.lemmas[k]}" for k in helpers]
        if subject is None:
            made.append("P.subj=none")
        else:
            made += [f"P.subj={p.pos[subject]}|{p.deps[subject]}", f"w.P.subj={p.lemmas[subject]}"]
            made.append(f"P.sent={p.entities[subject][2:]}")
        made += [f"P.k={p.deps[k]}" for k in p.kids(top, _COMPLEMENTS)]
        made += self._judging(top)
        if p.lemmas[top] == "be":
            for k in p.kids(top, {"acomp", "attr"}):
                made += [f"P.be={p.deps[k]}", f"w.P.be={p.lemmas[k]}"]
        made.append(f"P.neg={p.negated(top)}")
        made += [
            f"P.ent={kind}"
            for kind in sorted({p.entities[k][2:] for k in range(start, end)} & _TELLING_TYPES)
        ]
        made += [f"P.has={tag}" for tag in sorted(set(p.tags[start:end]) & _TELLING_TAGS)]
        if top != start and p.deps[top] in ("ccomp", "advcl", "xcomp"):
            lemma, pos, _ = self._governor(top)
            made += [f"w.P.gov={lemma}", f"P.say={speaks(lemma)}|{pos}"]
        return made

    def _judging(self, top: int) -> list[str]:
        """The classes of words in the predicate of a verb, with their roles: the verb itself, its
        complements, their modifiers, and its subject. Words elsewhere say less about the whole."""
        p, made, places = self.parse, [], self._predicate(top)
        for k in p.kids(top, SUBJECTS):
            places += [("subject", k), *(("about", m) for m in p.kids(k, _DESCRIBING))]
        for place, k in places:
            made += [f"P.{place}={name}" for name in tables.senses().get(p.lemmas[k], ())]
            if p.lemmas[k] in _values():
                made.append(f"P.{place}=value")
        return made or ["P.judges=none"]

    def _predicate(self, top: int) -> list[tuple[str, int]]:
        """A verb, its complements and their modifiers, with their roles."""
        p, places = self.parse, [("verb", top)]
        for k in p.kids(top, _PREDICATE):
            places += [(p.deps[k], k), *(("mod", m) for m in p.kids(k, _DESCRIBING))]
        return places

    def asserting(self, first: int, last: int) -> frozenset[int]:
        """The tokens of a span that carry what it asserts: its verb with auxiliaries, complements
        and their modifiers."""
        top = self.parse.head_of(first, min(last, len(self.parse)))
        places = {k for _, k in self._predicate(top)} | set(self.parse.kids(top, AUXILIARIES))
        return frozenset(k for k in places if first <= k < last)

    def of_sentence(self, first: int, last: int) -> list[str]:
        """Features for whether a sentence contains any span."""
        return [
            f"sw.{one[2:]}" if one.startswith("w.") else f"s.{one}"
            for one in self.of_span(first, last)
        ]


@cache
def _values() -> frozenset[str]:
    return tables.words("value_words")


def speaks(lemma: str) -> bool:
    """Whether a verb reports what somebody says."""
    return any("that" in verb.frames for verb, _ in tables.verbs_by_form().get(lemma, ()))


def unique(*parts: Sequence[str]) -> tuple[str, ...]:
    """All features, each once."""
    return tuple(dict.fromkeys(one for part in parts for one in part))


__all__ = ["ClauseHead", "ClauseMap", "speaks", "unique"]
