"""The parse of a paragraph as arrays beside its tokens: parts of speech,
dependencies, noun chunks, entity types.

The labels are those of spaCy's English pipelines: tags of the Penn Treebank, parts of speech of
Universal Dependencies, ClearNLP's dependencies, OntoNotes' entity types. This module imports only
the standard library, because the annotate screen reads parses too.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import accumulate
from typing import Any

FORMAT = 2
"""The version of the bytes of a parse; raise it when they change."""

CLAUSAL = frozenset("ROOT ccomp advcl relcl acl conj parataxis csubj pcomp xcomp".split())
"""Dependencies that the head of a clause may have."""
SUBJECTS = frozenset("nsubj nsubjpass csubj csubjpass expl".split())
AUXILIARIES = frozenset("aux auxpass".split())
_SUPPOSING = frozenset("if unless whether lest".split())
_FINITE = frozenset("VBD VBZ VBP MD".split())
_DEPTH = 60
"""The largest number of heads that are followed; a longer chain is cut off there."""


@dataclass(frozen=True)
class Parse:
    """One value for each token. `heads` are indices of tokens (a root is its own head); `entities`
    are `B-` or `I-` and the type, or empty; `chunks` the index of the root of the token's noun
    chunk, -1 outside; `starts` and `ends` the offsets of the token in code points of the
    paragraph."""

    tags: tuple[str, ...]
    pos: tuple[str, ...]
    deps: tuple[str, ...]
    heads: tuple[int, ...]
    lemmas: tuple[str, ...]
    entities: tuple[str, ...]
    chunks: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.tags)

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """The dependents of each token, in order."""
        found: list[list[int]] = [[] for _ in self.heads]
        for i, head in enumerate(self.heads):
            if head != i:
                found[head].append(i)
        return tuple(map(tuple, found))

    @cached_property
    def edges(self) -> tuple[tuple[int, int], ...]:
        """The tokens `[first, last)` covered by the subtree of each token."""
        low, high = list(range(len(self))), [i + 1 for i in range(len(self))]
        for i in range(len(self)):
            for k in self.chain(i)[1:]:
                low[k], high[k] = min(low[k], i), max(high[k], i + 1)
        return tuple(zip(low, high, strict=True))

    def chain(self, i: int) -> list[int]:
        """A token, its head, the head of that, and so on to the root."""
        out = [i]
        while self.heads[out[-1]] != out[-1] and len(out) < _DEPTH:
            out.append(self.heads[out[-1]])
        return out

    def kids(self, i: int, deps: frozenset[str] | set[str]) -> list[int]:
        """The children of a token that have one of these dependencies."""
        return [k for k in self.children[i] if self.deps[k] in deps]

    def subject(self, i: int) -> int | None:
        """The subject of a verb, or of the verb that it is joined to or
        depends on without one of its own."""
        for k in self.chain(i)[:4]:
            found = self.kids(k, SUBJECTS)
            if found:
                return found[0]
            if self.deps[k] not in ("conj", "xcomp", "aux", "auxpass"):
                return None
        return None

    def named_beside(self, i: int) -> bool:
        """Whether the noun at `i` describes somebody who is named beside it (`the mayor, Ann
        Orr, says`)."""
        if self.pos[i] != "NOUN":
            return False
        beside = self.kids(i, {"appos"})
        if self.deps[i] == "appos":
            beside.append(self.heads[i])
        return any(self.pos[k] == "PROPN" for k in beside)

    def negated(self, i: int) -> bool:
        """Whether a negation depends on a token."""
        return any(self.deps[k] == "neg" for k in self.children[i])

    def finite(self, i: int) -> bool:
        """Whether a verb, with its auxiliaries, is finite."""
        return self.tags[i] in _FINITE or any(
            self.tags[k] in _FINITE for k in self.kids(i, AUXILIARIES)
        )

    def asserted(self, i: int) -> bool:
        """Whether a finite verb says that something is so: it has no modal and is not in a
        condition."""
        if not self.finite(i) or any(self.tags[k] == "MD" for k in self.kids(i, AUXILIARIES)):
            return False
        return not self.supposed(i)

    def supposed(self, i: int) -> bool:
        """Whether a token stands in a condition, or in what is asked."""
        marks = (m for k in self.chain(i) for m in self.kids(k, {"mark"}))
        return any(self.lemmas[m] in _SUPPOSING for m in marks)

    def verbal(self, i: int) -> bool:
        """Whether a token is a verb or an auxiliary."""
        return self.pos[i] in ("VERB", "AUX")

    def head_of(self, first: int, last: int) -> int:
        """The token of `[first, last)` that the others depend on: a verb if there is one."""
        tops = [
            k
            for k in range(first, last)
            if (not first <= self.heads[k] < last or self.heads[k] == k) and self.deps[k] != "punct"
        ]
        return next((k for k in tops if self.verbal(k)), tops[0] if tops else first)

    @staticmethod
    def joined(parts: Sequence[Parse]) -> Parse:
        """The parse of a paragraph that was parsed in parts, in order; empty without any."""
        if len(parts) == 1:
            return parts[0]
        before = list(accumulate(map(len, parts), initial=0))
        heads = [head + n for n, one in zip(before, parts, strict=False) for head in one.heads]
        chunks = [
            root + n if root >= 0 else root
            for n, one in zip(before, parts, strict=False)
            for root in one.chunks
        ]

        def column(name: str) -> tuple[Any, ...]:
            return tuple(value for one in parts for value in getattr(one, name))

        plain = {f.name: column(f.name) for f in fields(Parse)}
        return Parse(**{**plain, "heads": tuple(heads), "chunks": tuple(chunks)})

    def to_bytes(self) -> bytes:
        """What `of_bytes` reads back."""
        columns = [
            self.tags,
            self.pos,
            self.deps,
            self.heads,
            self.lemmas,
            self.entities,
            self.chunks,
            self.starts,
            self.ends,
        ]
        return zlib.compress(json.dumps([FORMAT, *columns], separators=(",", ":")).encode())

    @staticmethod
    def of_bytes(data: bytes, length: int | None = None) -> Parse | None:
        """The parse that `to_bytes` wrote; None if it has another format or not `length` tokens."""
        try:
            version, *columns = json.loads(zlib.decompress(data))
            sizes = {len(one) for one in columns}
        except (ValueError, TypeError, zlib.error):
            return None
        if version != FORMAT or len(columns) != 9 or len(sizes) != 1:
            return None
        (size,) = sizes
        if length not in (None, size) or any(not 0 <= head < size for head in columns[3]):
            return None
        return Parse(*map(tuple, columns))


def key_of(text: str) -> str:
    """The key under which the parse of a paragraph's text is stored, besides the parser's
    version."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def mostly_english(words: Sequence[str]) -> bool:
    """Whether words in lower case look like English: they include enough of the commonest function
    words, or are too few to tell. In English prose, about a third of the words are function words;
    other languages share one or two of them."""
    if len(words) < _FEW:
        return True
    return sum(word in _COMMONEST for word in words) >= _SHARE * len(words)


_FEW, _SHARE = 25, 0.12
_COMMONEST = frozenset(
    (
        "the of and to in that is was for it with as on be at by this are from or an not but which "
        "were have has had will would their its they we his he"
    ).split()
)

__all__ = ["AUXILIARIES", "CLAUSAL", "FORMAT", "SUBJECTS", "Parse", "key_of", "mostly_english"]
