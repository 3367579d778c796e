"""Features of tokens from the parse, for the learner of short spans: tags, dependency, head,
noun chunk, entity type."""

from __future__ import annotations

from annotator.english.parse import Parse


def syntax_features(parse: Parse) -> list[list[str]]:
    """The features of every token."""
    return [
        [*_words(parse, i), *_dependency(parse, i), *_entity(parse, i), *_chunk(parse, i)]
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
    ]


def _at(values: tuple[str, ...], i: int) -> str:
    return values[i] if 0 <= i < len(values) else "^"


__all__ = ["syntax_features"]
