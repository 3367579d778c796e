"""Annotators' versions side by side: which belong together, where they differ, and who was
right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from annotator.merging.api import Candidate, clusters
from annotator.model.decision import Status
from annotator.model.fields import content
from annotator.model.record import GOLD
from annotator.model.span import AUTHOR, Annotation, Relation, Span, iou, overlap
from annotator.project import Project
from annotator.workflows.review.versions import Merger, Versions

NONE = "none of them"
"""The label that is counted if review took nobody's version."""

GONE = "gone"
"""The kind of a difference in which everybody took back what is in a finished gold."""

_STRUCTURE = (GONE, "missing", "label", "bounds", "side", "holder", "ends")
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
        apart = sorted(at for at, count in covered.items() if count < len(self.voters))
        starts = [at for i, at in enumerate(apart) if i == 0 or apart[i - 1] != at - 1]
        ends = [
            at + 1 for i, at in enumerate(apart) if i + 1 == len(apart) or apart[i + 1] != at + 1
        ]
        return tuple(zip(starts, ends, strict=True))

    def majority(self) -> tuple[Candidate, ...] | None:
        """The version of more than half of those who finished, which may be to mark nothing; None
        if there is none."""
        counts: Counter[frozenset[tuple[str, str]]] = Counter()
        made: dict[frozenset[tuple[str, str]], tuple[Candidate, ...]] = {}
        for who in self.voters:
            several = self.version(who)
            key = frozenset(
                (c.id, content(c.value, [f for f in c.fields if f.agree])) for c in several
            )
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


def differences_of(found: Versions) -> list[Difference]:
    """Everything made in a document, aligned: first what all made alike in place and label, then
    spans by overlap (several may correspond to one), and relations by target and holder; in reading
    order, with the relations on a span after it."""
    groups = _span_groups(found.candidates, len(found.voters))
    cluster = {c.id: i for i, group in enumerate(groups) for c in group}
    where = {c.id: c.value for group in groups for c in group if isinstance(c.value, Span)}
    placed: list[tuple[tuple[int, int, int, str, str], Difference]] = []
    for group in groups:
        first = min(
            (c.value for c in group if isinstance(c.value, Span)), key=lambda s: (s.start, -s.end)
        )
        place = (first.start, -first.end, 0, first.layer, min(c.id for c in group))
        placed.append((place, _spans(group, found.voters)))
    for several in _relation_groups(found.candidates, cluster, len(found.voters)):
        relation = several[0].value
        assert isinstance(relation, Relation)
        target = where[relation.target]
        place = (target.start, -target.end, 1, relation.layer, min(c.id for c in several))
        placed.append((place, _edges(several, found.voters, cluster)))
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
    alone = [[c] for c in spans if len(c.made) == voters or not c.made]
    rest = clusters([c for c in spans if 0 < len(c.made) < voters], least=_NEAR)
    groups: list[list[Candidate]] = []
    for group in sorted(rest, key=lambda g: -max(_span(c).length for c in g)):
        home = next((other for other in groups if _parts_of(group, other)), None)
        if home is None:
            groups.append(list(group))
        else:
            home += group
    return [*alone, *groups]


def _span(candidate: Candidate) -> Span:
    assert isinstance(candidate.value, Span)
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
    found = [name for name, differs in structure if differs]
    if not gone and len(made) < len(voters):
        found.append("missing")
    if gone and not made:
        found = [GONE]
    elif all(len(several) == 1 for several in made.values()):
        own = _own(made)
        fields = [f for f in group[0].fields if f.agree]
        found += [f.name for f in fields if len({content(value, [f]) for value in own}) > 1]
    order = {name: i for i, name in enumerate(_STRUCTURE)}
    kinds = sorted(dict.fromkeys(found), key=lambda name: order.get(name, len(order)))
    if "ends" in kinds and len(kinds) > 1:
        kinds.remove("ends")
    return Difference(group[0].value.layer, tuple(kinds), voters, made, gone)


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
    alone = [[c] for c in relations if len(c.made) == voters or not c.made]
    groups: dict[tuple[str, int, int], list[Candidate]] = {}
    for c in relations:
        if 0 < len(c.made) < voters:
            assert isinstance(c.value, Relation)
            source = -1 if c.value.source == AUTHOR else cluster[c.value.source]
            groups.setdefault((c.value.layer, cluster[c.value.target], source), []).append(c)
    joined: dict[tuple[str, int], list[list[Candidate]]] = {}
    for (layer, target, _), group in sorted(
        groups.items(), key=lambda g: (-len(_voters(g[1])), g[0])
    ):
        others = joined.setdefault((layer, target), [])
        home = next((other for other in others if not _voters(other) & _voters(group)), None)
        if home is None:
            others.append(list(group))
        else:
            home += group
    return [*alone, *(group for several in joined.values() for group in several)]


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


@dataclass(frozen=True, slots=True)
class Right:
    """In how many differences decided for a label an annotator had the version that was taken, and
    how many there were."""

    layer: str
    label: str
    annotator: str
    right: int
    of: int


def right(project: Project, strategy: str = "unanimous") -> list[Right]:
    """How often each annotator was right, by the label that review took. Only decided differences
    count."""
    counts: dict[tuple[str, str, str], list[int]] = {}
    merger = Merger(project, strategy)
    for id in project.documents.ids():
        found = merger.versions(id)
        if found is None or len(found.voters) < 2:
            continue
        annotations, _ = project.log.annotations(id, GOLD)
        standing = {
            item: s for held in annotations.by_paragraph.values() for item, s in held.items()
        }
        for difference in differences_of(found):
            if not difference.number or not all(
                item in standing
                and standing[item].status is not Status.MARKED
                and not standing[item].open
                for item in difference.ids
            ):
                continue
            taken = {
                item: standing[item].value
                for item in difference.ids
                if standing[item].value is not None
            }
            labels = sorted({c.value.label for c in difference.candidates if c.id in taken}) or [
                NONE
            ]
            for who in found.voters:
                had = _is_taken(difference.version(who), taken)
                for label in labels:
                    tally = counts.setdefault((difference.layer, label, who), [0, 0])
                    tally[0] += had
                    tally[1] += 1
    return [Right(*key, *tally) for key, tally in sorted(counts.items())]


def _is_taken(version: Sequence[Candidate], taken: Mapping[str, object]) -> bool:
    """Whether a version is exactly what stands, down to the fields."""
    return {c.id for c in version} == set(taken) and all(
        isinstance(value := taken[c.id], Span | Relation)
        and content(value, fields) == content(c.value, fields)
        for c in version
        for fields in [[f for f in c.fields if f.agree]]
    )


__all__ = ["GONE", "NONE", "Difference", "Right", "differences_of", "right"]
