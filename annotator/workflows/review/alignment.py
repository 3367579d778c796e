"""Annotators' versions side by side: which belong together, and where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from annotator.merging.api import Candidate, clusters
from annotator.model.fields import Field, content
from annotator.model.overlaps import Overlaps
from annotator.model.span import AUTHOR, Annotation, Relation, Span, iou, overlap
from annotator.workflows.review.versions import Versions

GONE = "gone"
"""The kind of a difference in which everybody took back what is in a finished gold."""

CHANGED = "changed since"
"""The kind of a difference in which the annotators agree on something else than a finished gold."""

_STRUCTURE = (GONE, CHANGED, "missing", "label", "bounds", "side", "holder", "ends")
_NEAR = 0.5


@dataclass(frozen=True, slots=True)
class Difference:
    """Versions of one thing. `kinds` says in what they differ: presence, label, bounds, ends, and
    fields by their names; empty if all agree. `versions` has what each annotator made, without
    those who made nothing. `number` counts the differences of a document in reading order, from 1;
    it is 0 if all agree or the difference follows from others.
    """

    layer: str
    kinds: tuple[str, ...]
    voters: tuple[str, ...]
    versions: Mapping[str, tuple[Candidate, ...]]
    gone: tuple[Candidate, ...] = ()
    number: int = 0

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Every candidate once, those with more votes first."""
        every = {c.id: c for several in (*self.versions.values(), self.gone) for c in several}
        return tuple(sorted(every.values(), key=lambda c: (-len(c.votes), c.id)))

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all versions."""
        return frozenset(c.id for several in (*self.versions.values(), self.gone) for c in several)

    @property
    def follows(self) -> bool:
        """Whether only the ends differ, which are decided elsewhere."""
        return self.kinds == ("ends",)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields in which the versions differ."""
        return tuple(kind for kind in self.kinds if kind not in _STRUCTURE)

    @property
    def by_field(self) -> bool:
        """Whether all marked the same thing and filled in its fields differently, so that each
        field can be decided separately."""
        return bool(self.kinds) and self.fields == self.kinds and len(self.ids) == 1

    def version(self, who: str) -> tuple[Candidate, ...]:
        """What an annotator made, as they made it; None if they made nothing."""
        own = ((c, c.of(who)) for c in self.versions.get(who, ()))
        return tuple(c.version(value) for c, value in own if value is not None)

    def rivals(self, candidate: Candidate) -> frozenset[str]:
        """The ids of the versions that others made in place of this one: nobody made both."""
        own = set(candidate.votes)
        return frozenset(c.id for c in self.candidates if c.votes and own.isdisjoint(c.votes))

    @property
    def contested(self) -> tuple[tuple[int, int], ...]:
        """The stretches `[start, end)` of the text that only some annotators have in their spans,
        in reading order; empty for relations."""
        covered: Counter[int] = Counter()
        for several in self.versions.values():
            spans = [c.value for c in several if isinstance(c.value, Span)]
            covered.update({at for span in spans for at in range(span.start, span.end)})
        return _stretches(at for at, count in covered.items() if count < len(self.voters))

    def majority(self) -> tuple[Candidate, ...] | None:
        """The version of more than half of those who finished, which may be to mark nothing; None
        if there is none."""
        counts: Counter[frozenset[tuple[str, str]]] = Counter()
        made: dict[frozenset[tuple[str, str]], tuple[Candidate, ...]] = {}
        for who in self.voters:
            several = self.version(who)
            key = frozenset((c.id, content(c.value, c.agreeing)) for c in several)
            counts[key] += 1
            made.setdefault(key, several)
        key, votes = counts.most_common(1)[0] if counts else (frozenset(), 0)
        return made[key] if votes * 2 > len(self.voters) else None

    def choice(self, field: str, who: str) -> Annotation | None:
        """An annotator's version, for its content in a field; None if they made none."""
        several = self.version(who)
        return (
            several[0].value
            if several and any(f.name == field for f in several[0].fields)
            else None
        )

    def field_majority(self, field: str) -> Annotation | None:
        """A version with the content that more than half of those who finished have in a field;
        None without a majority."""
        (candidate, *_) = self.candidates
        version, who = candidate.choices(field)[0]
        return version if len(who) * 2 > len(self.voters) else None


def _stretches(offsets: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Offsets as stretches `[start, end)` without a gap, in ascending order."""
    found: list[tuple[int, int]] = []
    for at in sorted(offsets):
        start, end = found[-1] if found else (at, -1)
        if end == at:
            found[-1] = (start, at + 1)
        else:
            found.append((at, at + 1))
    return tuple(found)


def in_reading_order(version: Sequence[Candidate]) -> list[Candidate]:
    """The parts of a version by where they begin in the text; stances keep their order."""

    def place(part: Candidate) -> tuple[int, int]:
        return (part.value.start, part.value.end) if isinstance(part.value, Span) else (0, 0)

    return sorted(version, key=place)


def differences_of(found: Versions) -> list[Difference]:
    """Everything made in a document, aligned: first what all made alike in place and label, then
    spans by overlap (several may correspond to one), and relations by target and holder; in reading
    order, with the relations on a span after it."""
    groups = _span_groups(found.candidates, len(found.voters))
    cluster = {c.id: i for i, group in enumerate(groups) for c in group}
    where = {c.id: _span(c) for group in groups for c in group}
    placed: list[tuple[tuple[int, int, int, str, str], Difference]] = []
    for group in groups:
        first = min(map(_span, group), key=lambda s: (s.start, -s.end))
        place = (first.start, -first.end, 0, first.layer, min(c.id for c in group))
        placed.append((place, _spans(group, found.voters)))
    for group in _relation_groups(found.candidates, cluster, len(found.voters)):
        relation = _relation(group[0])
        target = where[relation.target]
        place = (target.start, -target.end, 1, relation.layer, min(c.id for c in group))
        placed.append((place, _edges(group, found.voters, cluster)))
    ordered = [difference for _, difference in sorted(placed, key=lambda p: p[0])]
    return _numbered(ordered)


def _numbered(ordered: Iterable[Difference]) -> list[Difference]:
    out: list[Difference] = []
    number = 0
    for difference in ordered:
        counts = bool(difference.kinds) and not difference.follows
        number += counts
        out.append(replace(difference, number=number) if counts else difference)
    return out


def _span_groups(candidates: Sequence[Candidate], voters: int) -> list[list[Candidate]]:
    """Span candidates that are versions of one thing."""
    spans = [c for c in candidates if isinstance(c.value, Span)]
    alone = [[c] for c in spans if _is_alone(c, voters)]
    rest = clusters([c for c in spans if not _is_alone(c, voters)], least=_NEAR)
    rest.sort(key=lambda group: -max(_span(c).length for c in group))
    return [*alone, *_with_parts(rest)]


def _with_parts(groups: Sequence[Sequence[Candidate]]) -> list[list[Candidate]]:
    """Groups, the longest first, each joined to the first one of which it is a part. Only groups
    that overlap are compared."""
    every = [(number, c) for number, group in enumerate(groups) for c in group]
    overlaps = Overlaps([(_span(c).start, _span(c).end) for _, c in every])
    joined: dict[int, list[Candidate]] = {}
    home: dict[int, int] = {}
    for number, group in enumerate(groups):
        beside = {every[k][0] for c in group for k in overlaps.of(_span(c).start, _span(c).end)}
        near = sorted({home[other] for other in beside if other in home})
        found = next((k for k in near if _parts_of(group, joined[k])), number)
        home[number] = found
        joined.setdefault(found, []).extend(group)
    return list(joined.values())


def _is_alone(candidate: Candidate, voters: int) -> bool:
    """Whether all annotators made it, or nobody has it any more: then it is not a version of
    another thing."""
    return len(candidate.made) in (0, voters)


def _joined(
    groups: Iterable[Sequence[Candidate]],
    belong: Callable[[Sequence[Candidate], Sequence[Candidate]], bool],
) -> list[list[Candidate]]:
    """Groups that belong together as one: each goes to the first one with which it belongs."""
    joined: list[list[Candidate]] = []
    for group in groups:
        home = next((other for other in joined if belong(group, other)), None)
        if home is None:
            joined.append(list(group))
        else:
            home += group
    return joined


def _span(candidate: Candidate) -> Span:
    assert isinstance(candidate.value, Span)
    return candidate.value


def _relation(candidate: Candidate) -> Relation:
    assert isinstance(candidate.value, Relation)
    return candidate.value


def _parts_of(group: Sequence[Candidate], other: Sequence[Candidate]) -> bool:
    """Whether some annotators made in pieces, or in part, what others made as a whole."""
    if _span(group[0]).layer != _span(other[0]).layer:
        return False
    return any(
        not set(part.votes) & set(whole.votes)
        and 2 * overlap(_span(part), _span(whole)) >= min(_span(part).length, _span(whole).length)
        and not _matched(whole, other, part)
        for part in group
        for whole in other
    )


def _matched(whole: Candidate, group: Sequence[Candidate], part: Candidate) -> bool:
    """Whether those who made a part already have a version of the whole around it: then the part is
    a separate thing. Parts next to each other are pieces of one thing."""
    return any(
        set(c.votes) & set(part.votes)
        and iou(_span(c), _span(whole)) >= _NEAR
        and overlap(_span(c), _span(part))
        for c in group
        if c is not whole
    )


def _versions(
    group: Sequence[Candidate], voters: Sequence[str]
) -> dict[str, tuple[Candidate, ...]]:
    made = {who: tuple(c for c in group if who in c.votes) for who in voters}
    return {who: several for who, several in made.items() if several}


def _difference(
    group: Sequence[Candidate], voters: tuple[str, ...], structure: Iterable[tuple[str, bool]]
) -> Difference:
    """A group with what differs in it: the true entries of `structure`, then fields."""
    made = _versions(group, voters)
    gone = tuple(c for c in group if not c.made)
    kinds = [name for name, differs in structure if differs]
    if gone and not made:
        kinds = [GONE]
    else:
        if not gone and len(made) < len(voters):
            kinds.append("missing")
        kinds += _differing_fields(group[0].agreeing, made)
    return Difference(group[0].value.layer, _ordered(kinds), voters, made, gone)


def _differing_fields(
    fields: Iterable[Field], made: Mapping[str, tuple[Candidate, ...]]
) -> list[str]:
    """The names of the fields in which versions differ, if everybody made one thing."""
    if any(len(several) > 1 for several in made.values()):
        return []
    own = _own(made)
    return [f.name for f in fields if len({content(value, [f]) for value in own}) > 1]


def _ordered(kinds: Iterable[str]) -> tuple[str, ...]:
    """The kinds of a difference, structure before fields. Ends are not a difference beside another
    one."""
    order = {name: i for i, name in enumerate(_STRUCTURE)}
    found = sorted(dict.fromkeys(kinds), key=lambda name: order.get(name, len(order)))
    return tuple(kind for kind in found if kind != "ends" or len(found) == 1)


def _own(made: Mapping[str, tuple[Candidate, ...]]) -> list[Annotation]:
    """Each annotator's own version."""
    return [value for who, several in made.items() if (value := several[0].of(who)) is not None]


def _spans(group: Sequence[Candidate], voters: tuple[str, ...]) -> Difference:
    values = [_span(c) for c in group]
    return _difference(
        group,
        voters,
        (
            ("label", len({v.label for v in values}) > 1),
            ("bounds", len({(v.start, v.end) for v in values}) > 1),
        ),
    )


def _relation_groups(
    candidates: Sequence[Candidate], cluster: Mapping[str, int], voters: int
) -> list[list[Candidate]]:
    """Relations that belong together: those that all made alike; those with the same holder and
    target; then those on the same target with different holders, by annotators who have none in
    common."""
    relations = [c for c in candidates if isinstance(c.value, Relation)]
    alone = [[c] for c in relations if _is_alone(c, voters)]
    alike = _alike([c for c in relations if not _is_alone(c, voters)], cluster)
    on_target: dict[tuple[str, int], list[list[Candidate]]] = {}
    for (layer, target, _), group in sorted(
        alike.items(), key=lambda item: (-len(_voters(item[1])), item[0])
    ):
        on_target.setdefault((layer, target), []).append(group)
    joined = [group for several in on_target.values() for group in _joined(several, _no_common)]
    return [*alone, *joined]


def _alike(
    relations: Iterable[Candidate], cluster: Mapping[str, int]
) -> dict[tuple[str, int, int], list[Candidate]]:
    """Relations by layer and the groups of target and holder; -1 is the author."""
    alike: dict[tuple[str, int, int], list[Candidate]] = {}
    for candidate in relations:
        value = _relation(candidate)
        holder = -1 if value.source == AUTHOR else cluster[value.source]
        alike.setdefault((value.layer, cluster[value.target], holder), []).append(candidate)
    return alike


def _no_common(group: Sequence[Candidate], other: Sequence[Candidate]) -> bool:
    """Whether no annotator made something of both groups."""
    return _voters(group).isdisjoint(_voters(other))


def _voters(group: Sequence[Candidate]) -> set[str]:
    return {who for c in group for who in c.votes}


def _edges(
    group: Sequence[Candidate], voters: tuple[str, ...], cluster: Mapping[str, int]
) -> Difference:
    values = [c.value for c in group if isinstance(c.value, Relation)]
    holders = {v.source if v.source == AUTHOR else cluster[v.source] for v in values}
    return _difference(
        group,
        voters,
        (
            ("side", len({v.label for v in values}) > 1),
            ("holder", len(holders) > 1),
            ("ends", len(group) > 1),
        ),
    )


__all__ = ["CHANGED", "GONE", "Difference", "differences_of", "in_reading_order"]
