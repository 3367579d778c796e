"""Annotators' versions side by side: which belong together, in what they differ, and who was right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotator.merging._candidates import Candidate, clusters
from annotator.model.decision import Status
from annotator.model.record import GOLD
from annotator.model.span import AUTHOR, Relation, Span
from annotator.project import Project
from annotator.workflows.review.adjudication import Versions, learn, versions

NONE = "none of them"
"""The label that is counted where review took nobody's version."""

_KINDS = ("missing", "label", "bounds", "side", "holder", "ends")


@dataclass(frozen=True, slots=True)
class Difference:
    """Versions of one thing. `kinds` says in what they differ (empty where all agree), `versions` has what each
    annotator made, without those who made nothing; `target` is the span that a relation's versions are about."""

    layer: str
    kinds: tuple[str, ...]
    voters: tuple[str, ...]
    versions: Mapping[str, tuple[Candidate, ...]]

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Every version once, those with more votes first."""
        every = {c.id: c for several in self.versions.values() for c in several}
        return tuple(sorted(every.values(), key=lambda c: (-len(c.votes), c.id)))

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all versions."""
        return frozenset(c.id for several in self.versions.values() for c in several)

    def version(self, who: str) -> tuple[Candidate, ...]:
        """What an annotator made; nothing for one who made none."""
        return self.versions.get(who, ())

    def majority(self) -> tuple[Candidate, ...] | None:
        """The version of more than half of those who finished, which may be to mark nothing; None without one."""
        counts = Counter(frozenset(c.id for c in self.version(who)) for who in self.voters)
        ids, votes = counts.most_common(1)[0]
        return tuple(c for c in self.candidates if c.id in ids) if votes * 2 > len(self.voters) else None


def differences_of(found: Versions) -> list[Difference]:
    """All that was made in a document, aligned: spans by their overlap, relations by what they are about and who
    holds them; in reading order, the relations on a span after it."""
    spans = clusters(found.candidates)
    cluster = {c.id: i for i, group in enumerate(spans) for c in group}
    placed: list[tuple[tuple[int, int, int, str], Difference]] = []
    for group in spans:
        first = group[0].value
        assert isinstance(first, Span)
        placed.append(((first.start, -first.end, 0, first.layer), _spans(group, found.voters)))
    where = {c.id: c.value for group in spans for c in group if isinstance(c.value, Span)}
    for several in _relations(found.candidates, cluster):
        relation = several[0].value
        assert isinstance(relation, Relation)
        target = where[relation.target]
        place = (target.start, -target.end, 1, several[0].id)
        placed.append((place, _edges(several, found.voters, cluster)))
    return [difference for _, difference in sorted(placed, key=lambda p: p[0])]


def _versions(group: Sequence[Candidate], voters: Sequence[str]) -> dict[str, tuple[Candidate, ...]]:
    made = {who: tuple(c for c in group if who in c.votes) for who in voters}
    return {who: several for who, several in made.items() if several}


def _kinds(found: set[str]) -> tuple[str, ...]:
    return tuple(kind for kind in _KINDS if kind in found)


def _spans(group: Sequence[Candidate], voters: tuple[str, ...]) -> Difference:
    values = [c.value for c in group if isinstance(c.value, Span)]
    made = _versions(group, voters)
    kinds: set[str] = set()
    if len(made) < len(voters):
        kinds.add("missing")
    if len({v.label for v in values}) > 1:
        kinds.add("label")
    if len({(v.start, v.end) for v in values}) > 1:
        kinds.add("bounds")
    return Difference(values[0].layer, _kinds(kinds), voters, made)


def _relations(candidates: Sequence[Candidate], cluster: Mapping[str, int]) -> list[list[Candidate]]:
    """Relations that belong together: the same holder on the same target; then those of annotators who have none
    in common, on the same target, which differ in the holder."""
    groups: dict[tuple[str, int, int], list[Candidate]] = {}
    for c in candidates:
        if isinstance(c.value, Relation):
            source = -1 if c.value.source == AUTHOR else cluster[c.value.source]
            groups.setdefault((c.value.layer, cluster[c.value.target], source), []).append(c)
    joined: dict[tuple[str, int], list[list[Candidate]]] = {}
    for (layer, target, _), group in sorted(groups.items(), key=lambda g: -len(_voters(g[1]))):
        others = joined.setdefault((layer, target), [])
        home = next((other for other in others if not _voters(other) & _voters(group)), None)
        if home is None:
            others.append(list(group))
        else:
            home += group
    return [group for several in joined.values() for group in several]


def _voters(group: Sequence[Candidate]) -> set[str]:
    return {who for c in group for who in c.votes}


def _edges(group: Sequence[Candidate], voters: tuple[str, ...], cluster: Mapping[str, int]) -> Difference:
    values = [c.value for c in group if isinstance(c.value, Relation)]
    made = _versions(group, voters)
    kinds: set[str] = set()
    if len(made) < len(voters):
        kinds.add("missing")
    if len({v.label for v in values}) > 1:
        kinds.add("side")
    if len({v.source if v.source == AUTHOR else cluster[v.source] for v in values}) > 1:
        kinds.add("holder")
    if not kinds and len(group) > 1:
        kinds.add("ends")
    return Difference(values[0].layer, _kinds(kinds), voters, made)


@dataclass(frozen=True, slots=True)
class Right:
    """Of how many decided differences that came to a label an annotator had the version that was taken."""

    layer: str
    label: str
    annotator: str
    right: int
    of: int


def right(project: Project, strategy: str = "unanimous") -> list[Right]:
    """Who was right how often, by the label that review took; only differences that are decided count."""
    counts: dict[tuple[str, str, str], list[int]] = {}
    learnt = learn(project, strategy)
    for id in project.documents.ids():
        found = versions(project.log.records(document=id), strategy, learnt)
        if found is None or len(found.voters) < 2:
            continue
        annotations, _ = project.log.annotations(id, GOLD)
        standing = {item: s for held in annotations.by_paragraph.values() for item, s in held.items()}
        for difference in differences_of(found):
            if not difference.kinds or not all(
                item in standing and standing[item].status is not Status.MARKED for item in difference.ids
            ):
                continue
            taken = {item for item in difference.ids if standing[item].value is not None}
            labels = sorted({c.value.label for c in difference.candidates if c.id in taken}) or [NONE]
            for who in found.voters:
                had = {c.id for c in difference.version(who)} == taken
                for label in labels:
                    tally = counts.setdefault((difference.layer, label, who), [0, 0])
                    tally[0] += had
                    tally[1] += 1
    return [Right(*key, *tally) for key, tally in sorted(counts.items())]


__all__ = ["NONE", "Difference", "Right", "differences_of", "right"]
