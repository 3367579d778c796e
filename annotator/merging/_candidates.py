"""Candidates for the gold: annotations that annotators made with the same layer, label and place. A
candidate names the fields that they filled in differently."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from annotator.model.fields import Field, content, fields_of
from annotator.model.names import SameNames, concepts_of
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.span import AUTHOR, Annotation, Span, Value

MAJORITY, TIE, RULING = "majority", "tie", "ruling"
"""How a field in which annotators differ was settled: by the majority, by the order of the schema
if the votes were equal, or by a ruling that the names are the same."""

BECAUSE = "; "
"""Separates the strategy from how fields were settled in the source of an item: `unanimous; mention
by majority`."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An annotation that some annotators made with the same layer, label and place.

    `made` has each annotator's own version, sorted by annotator; the ends of a relation are ids of
    candidates. `value` is what the versions have in common; the fields named in `contested` are
    empty in it. `settled` says how other fields that differ got their value. `own` has the id in
    each annotator's own work, by annotator.
    """

    value: Annotation
    made: tuple[tuple[str, Annotation], ...]
    fields: tuple[Field, ...] = ()
    contested: tuple[str, ...] = ()
    settled: tuple[tuple[str, str], ...] = ()
    own: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        return self.value.id

    @property
    def votes(self) -> tuple[str, ...]:
        """The annotators who made it, sorted."""
        return tuple(who for who, _ in self.made)

    @property
    def agreeing(self) -> tuple[Field, ...]:
        """The fields on which annotators must agree."""
        return tuple(field for field in self.fields if field.agree)

    def of(self, who: str) -> Annotation | None:
        """One annotator's own version."""
        return next((value for name, value in self.made if name == who), None)

    def field(self, name: str) -> Field:
        """A field by its name."""
        return next(field for field in self.fields if field.name == name)

    def choices(self, name: str) -> list[tuple[Annotation, tuple[str, ...]]]:
        """The different contents of a field, each as a version that has it with the annotators who
        gave it; the most frequent first, then in the order of the annotators."""
        field = self.field(name)
        groups: dict[str, list[tuple[str, Annotation]]] = {}
        for who, value in self.made:
            groups.setdefault(content(value, [field]), []).append((who, value))
        ordered = sorted(groups.values(), key=lambda group: -len(group))
        return [(group[0][1], tuple(who for who, _ in group)) for group in ordered]

    def version(self, value: Annotation, *how: tuple[str, str]) -> Candidate:
        """The candidate with nothing contested; `how` says how each field was settled."""
        return replace(
            self, value=replace(value, id=self.id), contested=(), settled=(*self.settled, *how)
        )

    def origin(self, strategy: str) -> str:
        """The source of the item if a strategy keeps it."""
        how = ", ".join(f"{name} by {means}" for name, means in self.settled)
        return f"{strategy}{BECAUSE}{how}" if how else strategy


def strategy_of(origin: str) -> str:
    """The strategy named in an item's source."""
    return origin.partition(BECAUSE)[0]


def _id(*parts: str | int) -> str:
    content = "\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return "g" + hashlib.blake2b(content, digest_size=6).hexdigest()


Made = list[tuple[str, Annotation, Annotation]]
"""Annotator, their version with names replaced by the rulings, and their version as it was made."""


def candidates(
    records: Sequence[Record], *, schema: LabelSchema | None = None, same: SameNames | None = None
) -> list[Candidate]:
    """The candidates of finished records of one document: spans in reading order, then relations.

    Spans belong together if layer, label and bounds are the same; relations if layer, label and
    both ends are. All fields in the schema (without a schema, all that are filled in) must agree,
    except those with `agree = false`. Names that `same` maps to one name count as one. If an
    annotator made the same thing twice with different fields, it has a second candidate.
    """
    names = same or SameNames()
    concepts = concepts_of(schema) if schema is not None else {}
    spans: dict[str, Made] = {}
    ends: dict[tuple[str, str], str] = {}
    ordered = sorted(records, key=lambda r: r.annotator or "")
    for record in ordered:
        for span in record.spans:
            own = names.span(span, concepts)
            form = _id(span.layer, span.label, span.start, span.end)
            spans.setdefault(form, []).append((record.annotator or "", own, span))
    found: list[Candidate] = []
    for form, made in spans.items():
        for candidate, ids in _slots(form, made, schema):
            found.append(candidate)
            ends |= dict.fromkeys(ids, candidate.id)
    found.sort(key=place_of)
    return [*found, *_relations(ordered, ends, schema)]


def span_of(candidate: Candidate) -> Span:
    assert isinstance(candidate.value, Span)
    return candidate.value


def place_of(candidate: Candidate) -> tuple[int, int, str]:
    span = span_of(candidate)
    return span.start, -span.end, span.id


def _relations(
    records: Sequence[Record], ends: Mapping[tuple[str, str], str], schema: LabelSchema | None
) -> list[Candidate]:
    """The candidates of relations, by id; `ends` maps annotator and span to the candidate of the
    span."""
    edges: dict[str, Made] = {}
    for record in records:
        who = record.annotator or ""
        for relation in record.relations:
            source = AUTHOR if relation.source == AUTHOR else ends.get((who, relation.source))
            target = ends.get((who, relation.target))
            if source is not None and target is not None:
                form = _id(relation.layer, relation.label, source, target)
                own = replace(relation, source=source, target=target)
                edges.setdefault(form, []).append((who, own, own))
    return [c for form, made in sorted(edges.items()) for c, _ in _slots(form, made, schema)]


def _slots(
    form: str, made: Made, schema: LabelSchema | None
) -> list[tuple[Candidate, list[tuple[str, str]]]]:
    """The candidates of one form, each with the annotators' own items. There is one, unless an
    annotator made several with different contents; items that agree where they must agree are
    together."""
    values = [value for _, value, _ in made]
    fields = fields_of(values[0].layer, schema, values)
    agreeing = [field for field in fields if field.agree]
    slots: list[_Slot] = []
    for alike in _by_content(made, agreeing):
        for once in _rounds(alike, fields):
            versions = {who: (own, raw) for who, own, raw in reversed(once)}
            slot = next((s for s in slots if s.versions.keys().isdisjoint(versions)), None)
            if slot is None:
                slot = _Slot({}, [])
                slots.append(slot)
            slot.versions |= versions
            slot.items += [(who, raw.id) for who, _, raw in once]
    ids = [form, *(_id(form, i) for i in range(1, len(slots)))]
    return [
        (_candidate(id, slot.versions, fields), slot.items)
        for id, slot in zip(ids, slots, strict=True)
    ]


@dataclass(slots=True)
class _Slot:
    """The annotations that become one candidate: by annotator, one version with names replaced
    according to the rulings, and the same version as it was made; and all items with their
    annotators."""

    versions: dict[str, tuple[Annotation, Annotation]]
    items: list[tuple[str, str]]


def _by_content(made: Made, fields: Sequence[Field]) -> list[Made]:
    """Items with equal contents together, those of the most annotators first."""
    groups: dict[str, Made] = {}
    for one in made:
        groups.setdefault(content(one[1], fields), []).append(one)
    ordered = sorted(groups.items(), key=lambda item: (-len({w for w, _, _ in item[1]}), item[0]))
    return [group for _, group in ordered]


def _rounds(made: Made, fields: Sequence[Field]) -> list[Made]:
    """Items that agree where they must agree, in rounds with one content of each annotator. If an
    annotator made several that differ in other fields, the most frequent content comes in the first
    round."""
    rounds: list[Made] = []
    place: Counter[str] = Counter()
    for alike in _by_content(made, fields):
        here = {who: place[who] for who, _, _ in alike}
        place.update(here.keys())
        for one in alike:
            rounds += [[] for _ in range(here[one[0]] + 1 - len(rounds))]
            rounds[here[one[0]]].append(one)
    return rounds


def _candidate(
    id: str, slot: Mapping[str, tuple[Annotation, Annotation]], fields: Sequence[Field]
) -> Candidate:
    """The candidate of a slot: what its annotators have in common, and the fields in which they
    differ."""
    made = tuple((who, replace(own, id=id)) for who, (own, _) in sorted(slot.items()))
    versions = [own for _, own in made]
    value = replace(versions[0], origin="human")
    contested: list[str] = []
    settled: list[tuple[str, str]] = []
    for field in fields:
        if len({content(own, [field]) for own in versions}) == 1:
            value = field.put(value, written(field, versions))
        elif field.agree:
            contested.append(field.name)
            value = field.put(value, None)
            continue
        else:
            best, how = most(field, versions)
            value = field.put(value, field.of(best))
            settled.append((field.name, how))
            continue
        ruled = [(own, raw) for own, raw in slot.values() if own is not raw]
        if any(content(own, [field]) != content(raw, [field]) for own, raw in ruled):
            settled.append((field.name, RULING))
    mine = tuple((who, raw.id) for who, (_, raw) in sorted(slot.items()))
    return Candidate(value, made, tuple(fields), tuple(contested), tuple(settled), mine)


def written(field: Field, versions: Iterable[Annotation]) -> Value | None:
    """The spelling of a content that all versions share. Its parts may be in several orders; the
    smallest one is taken, whoever wrote it."""
    return min((field.of(own) for own in versions), key=repr)


def most(field: Field, versions: Sequence[Annotation]) -> tuple[Annotation, str]:
    """A version with the most frequent content of a field, and how it was found: by majority or, at
    a tie, by the schema's default, by the order of its values, or else by the order of the
    contents."""
    counts = Counter(content(own, [field]) for own in versions)
    top = max(counts.values())
    best = [own for own in versions if counts[content(own, [field])] == top]

    def rank(own: Annotation) -> tuple[bool, int, str, str]:
        held = field.of(own)
        place = (
            field.order.index(held)
            if isinstance(held, str) and held in field.order
            else len(field.order)
        )
        return held != field.default or held is None, place, content(own, [field]), repr(held)

    winner = min(best, key=rank)
    return winner, MAJORITY if len(counts) == 1 or list(counts.values()).count(top) == 1 else TIE


__all__ = [
    "BECAUSE",
    "MAJORITY",
    "RULING",
    "TIE",
    "Candidate",
    "candidates",
    "most",
    "place_of",
    "span_of",
    "strategy_of",
    "written",
]
