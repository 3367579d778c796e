"""Features of tokens from the parse, for the learner of short spans: tags, dependency, head, noun
chunk, entity type, and whether its noun phrase names somebody who says or wants something."""

from __future__ import annotations

from functools import cache

from annotator.english import tables
from annotator.english.parse import Parse

_SAID = frozenset("ccomp parataxis".split())


def syntax_features(parse: Parse) -> list[list[str]]:
    """The features of every token."""
    return [
        [
            *_words(parse, i),
            *_dependency(parse, i),
            *_entity(parse, i),
            *_chunk(parse, i),
            *_holder(parse, i),
        ]
        for i in range(len(parse))
    ]


def _words(parse: Parse, i: int) -> list[str]:
    tag, before, after = parse.tags[i], _at(parse.tags, i - 1), _at(parse.tags, i + 1)
    lemma = f"P.lemma={parse.lemmas[i]}"
    return [f"P.t={tag}", f"P.-1t={before}", f"P.1t={after}", f"P.tt={before}|{tag}|{after}", lemma]


def _dependency(parse: Parse, i: int) -> list[str]:
    dep, head = parse.deps[i], parse.heads[i]
    governor = parse.lemmas[head]
    return [
        f"P.d={dep}",
        f"P.d={dep}|{parse.tags[i]}",
        f"P.h={governor}",
        f"P.d={dep}|h={governor}",
        f"P.d={dep}|{parse.pos[head]}",
    ]


def _entity(parse: Parse, i: int) -> list[str]:
    own, before, after = parse.entities[i], _at(parse.entities, i - 1), _at(parse.entities, i + 1)
    return [f"P.n={own}", f"P.-1n={before}|{own}", f"P.1n={own}|{after}", f"P.e={own[2:]}"]


def _chunk(parse: Parse, i: int) -> list[str]:
    root = parse.chunks[i]
    if root < 0:
        return ["P.c=O"]
    begins = not i or parse.chunks[i - 1] != root
    side = "R" if root == i else "<" if i < root else ">"
    dep, pos = parse.deps[root], parse.pos[root]
    return [
        f"P.c={'B' if begins else 'I'}|{side}",
        f"P.cd={dep}",
        f"P.cd={dep}|{pos}|{side}",
        f"P.cr={parse.lemmas[root]}",
        f"P.cv={dep}|{parse.lemmas[parse.heads[root]]}",
        f"P.named={parse.named_beside(root)}",
    ]


def _holder(parse: Parse, i: int) -> list[str]:
    """The side, and on what, that a verb takes if a token's noun phrase is its subject: whoever
    says or wants something is usually marked, even as a pronoun."""
    root = parse.chunks[i] if parse.chunks[i] >= 0 else i
    verb = parse.heads[root]
    if parse.deps[root] != "nsubj" or not parse.verbal(verb):
        return []
    side = _sides(parse.lemmas[verb])
    content = next((parse.deps[k] for k in parse.children[verb] if parse.deps[k] in _CONTENT), "")
    if not content and parse.deps[verb] in _SAID:
        content = "around"
    made = f"P.who={side}|{content}"
    return [made, f"{made}|{parse.tags[root]}", f"P.who={side}|{parse.lemmas[root]}"]


_CONTENT = frozenset("ccomp xcomp dobj".split())


@cache
def _sides(lemma: str) -> str:
    """The sides that a verb takes on claims and on actors; empty if it takes none."""
    verbs = tables.verbs_by_form().get(lemma, ())
    verb = next((one for one, _ in verbs if not one.particle), verbs[0][0] if verbs else None)
    return f"{verb.on_claim or '.'}{verb.on_actor or '.'}" if verb is not None else ""


def _at(values: tuple[str, ...], i: int) -> str:
    return values[i] if 0 <= i < len(values) else "^"


__all__ = ["syntax_features"]
