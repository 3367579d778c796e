"""Parts of a sentence that belong together by its parse; a selection grows along them.

From a word outwards: its noun phrase without and with the determiner, then with its dependents,
then the list that it is a member of, then the phrase that this depends on, and so on to the
verb, the clause and the sentence. Members of a list are added one by one and then all together.
A clause does not include the word that joins it to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from annotator.english.parse import AUXILIARIES, SUBJECTS, Parse

Bounds = tuple[int, int]

_JOINING = frozenset("cc preconj conj punct mark".split())
"""Dependencies around a phrase that are not part of it."""
_SEPARATING = frozenset("cc punct".split())
_CORE = frozenset("amod compound nmod nummod quantmod advmod npadvmod".split())
"""Dependencies before a noun that belong to it, except its determiner."""
_LOOSE = frozenset("relcl acl appos advcl parataxis".split())
"""Dependencies that can be left out after a noun, or around a clause."""
_CARRIERS = frozenset("prep agent dative mark aux auxpass cc preconj punct det predet case".split())
"""Words that a selection does not grow to, only to what depends on them."""
_NOMINAL = frozenset("NOUN PROPN PRON NUM".split())
_PREDICATE = AUXILIARIES | {"neg", "prt"}


def phrases_at(parse: Parse, at: int) -> list[Bounds]:
    """The stretches around the token at an offset of the paragraph, in code points, from small to
    large; none for an offset outside."""
    token = next((i for i, end in enumerate(parse.ends) if at < end), None)
    if token is None:
        return []
    found: list[Bounds] = []
    for first, last in _grown(parse, token):
        # A sign or an "and" at an edge belongs to what comes before or after.
        while last - 1 > token and parse.deps[last - 1] in _SEPARATING:
            last -= 1
        while first < token and parse.deps[first] in _SEPARATING:
            first += 1
        bounds = parse.starts[first], parse.ends[last - 1]
        if not found or (bounds != found[-1] and holds(bounds, found[-1])):
            found.append(bounds)
    return found


def holds(outer: Bounds, inner: Bounds) -> bool:
    """Whether one stretch equals or contains the other."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _grown(parse: Parse, token: int) -> Iterator[Bounds]:
    """The stretches around a token, as tokens `[first, last)`."""
    yield token, token + 1
    for head in parse.chain(token):
        if parse.deps[head] in _CARRIERS and head != token:
            continue
        yield from _of_clause(parse, head) if _is_clause(parse, head) else _of_phrase(parse, head)
        top = _list_head(parse, head)
        if top is not None:
            yield _joined(parse, top, [k for k in parse.children[top] if _in_list(parse, k)])


def _is_clause(parse: Parse, head: int) -> bool:
    return parse.verbal(head) and parse.deps[head] not in ("amod", "compound")


def _of_phrase(parse: Parse, head: int) -> Iterator[Bounds]:
    """The stretches of a noun or another word that is not a verb."""
    children = parse.children[head]
    if parse.pos[head] in _NOMINAL:
        core = [k for k in children if k < head and parse.deps[k] in _CORE]
        yield _joined(parse, head, core)
        yield _joined(parse, head, [k for k in children if k < head and _own(parse, k)])
    yield _joined(parse, head, [k for k in children if _own(parse, k) and _close(parse, k)])
    yield _joined(parse, head, [k for k in children if _own(parse, k)])


def _of_clause(parse: Parse, head: int) -> Iterator[Bounds]:
    """The stretches of a verb: with its auxiliaries, with what follows it, with its subject, with
    loose parts around it."""
    own = [k for k in parse.children[head] if _own(parse, k)]
    yield _joined(parse, head, [k for k in own if parse.deps[k] in _PREDICATE])
    close = [k for k in own if _close(parse, k)]
    subjects = [k for k in close if parse.deps[k] in SUBJECTS]
    after = min(subjects, default=-1)
    yield _joined(parse, head, [k for k in close if k > after and k not in subjects])
    yield _joined(parse, head, [k for k in close if k >= after])
    yield _joined(parse, head, close)
    yield _joined(parse, head, own)


def _own(parse: Parse, child: int) -> bool:
    return parse.deps[child] not in _JOINING


def _in_list(parse: Parse, child: int) -> bool:
    return _own(parse, child) or parse.deps[child] == "conj"


def _close(parse: Parse, child: int) -> bool:
    return parse.deps[child] not in _LOOSE


def _joined(parse: Parse, head: int, children: Iterable[int]) -> Bounds:
    """A head with these of its children, everything that depends on them, and the tokens
    between."""
    spans = [parse.edges[k] for k in children]
    first = min([head, *(low for low, _ in spans)])
    last = max([head + 1, *(high for _, high in spans)])
    return first, last


def _list_head(parse: Parse, head: int) -> int | None:
    """The first member of the list that contains a token; None if there is none."""
    while parse.deps[head] == "conj" and parse.heads[head] != head:
        head = parse.heads[head]
    return head if any(parse.deps[k] == "conj" for k in parse.children[head]) else None


__all__ = ["Bounds", "holds", "phrases_at"]
