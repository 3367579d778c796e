"""The concepts that are offered for a claim, by its document, the project and its codebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from annotator.learners.names.namer import shipped
from annotator.learners.names.ranker import FeatureWeights
from annotator.learners.names.reuse import (
    CONCEPT,
    AskedClaim,
    UsedConcept,
    ranked_concepts,
    words_of,
)
from annotator.model.codebook import Codebook, CodebookEntry
from annotator.model.names import Concepts, affirmative, concepts_of, contrary_of, names_of
from annotator.model.review import ReviewState
from annotator.model.span import AUTHOR, Relation, Span, reading_order
from annotator.project import KnownName, Project
from annotator.workflows.names.offers import Offer


def weights(project: Project) -> FeatureWeights:
    """The weights of concepts: those of the project if it has learnt some, or else the shipped
    ones."""
    return project.names.weights().get(CONCEPT) or shipped()[CONCEPT]


def described(entry: CodebookEntry) -> str:
    """What a codebook says about a concept, in words."""
    return " ".join((entry.definition, *entry.aliases)).strip()


def used_concepts(known: Iterable[KnownName], codebook: Codebook) -> list[UsedConcept]:
    """The concepts in use and in the codebook, without `not: `."""
    claims: dict[str, Counter[str]] = {}
    for one in known:
        claims.setdefault(affirmative(one.name), Counter()).update(one.aliases)
    entries = {one.name: one for one in codebook.entries if one.kind == "concept"}
    return [
        UsedConcept(
            name,
            claims[name].total() if name in claims else 0,
            tuple(text for text, _ in claims.get(name, Counter()).most_common()),
            described(entries[name]) if name in entries else "",
        )
        for name in dict.fromkeys((*claims, *entries))
    ]


def asked_of(state: ReviewState, claim: Span, spread: float) -> AskedClaim:
    """The claim of an open document, with the decisions in the document: those after the claim
    count as older than those before it."""
    concepts = concepts_of(state.schema)
    spans = {one.id: one for one in state.annotations.spans() if one.id != claim.id}
    here = [name for one in _oldest_first(spans.values(), claim) for name in _bare(one, concepts)]
    holders = _holders(state, claim)
    held: Counter[str] = Counter()
    for relation in state.annotations.relations():
        if relation.target in spans and _holder(relation, state) in holders:
            held.update(_bare(spans[relation.target], concepts))
    return AskedClaim(words_of(state.document, claim), here, held, spread)


def _oldest_first(spans: Iterable[Span], claim: Span) -> list[Span]:
    """Spans in the order in which they count for a claim: those after it, the last one first, then
    those before it."""
    every, at = list(spans), reading_order(claim)
    after = [span for span in every if reading_order(span) > at]
    before = [span for span in every if reading_order(span) < at]
    return [*reversed(after), *before]


def _holders(state: ReviewState, claim: Span) -> set[str]:
    """The names of those who take a side on a claim, by decision or by suggestion."""
    pending = [item.value for item in state.items if isinstance(item.value, Relation)]
    relations = [*state.annotations.relations(), *pending]
    return {_holder(one, state) for one in relations if one.target == claim.id} - {""}


def _bare(span: Span, concepts: Concepts) -> list[str]:
    return [affirmative(n) for kind, n in names_of(span, concepts) if kind == "concept"]


def _holder(relation: Relation, state: ReviewState) -> str:
    """The entity of a holder; empty if it is not known."""
    if relation.source == AUTHOR:
        return AUTHOR
    item = state.find(relation.source)
    span = item.value if item is not None else None
    return span.entity or "" if isinstance(span, Span) else ""


def concept_offers(
    project: Project, asked: AskedClaim, known: Sequence[KnownName], codebook: Codebook
) -> list[Offer]:
    """The concepts in use and in the codebook, the likeliest for the claim first, each in its more
    frequent form (with or without `not: `); the other forms in use come last."""
    forms = {one.name: one for one in known}
    ranked = ranked_concepts(asked, used_concepts(known, codebook), weights(project))
    first: list[str] = []
    others: list[str] = []
    for name, _ in ranked:
        pair = [name, contrary_of(name)]
        pair.sort(key=lambda form: -forms[form].count if form in forms else 0)
        first.append(pair[0])
        others += [pair[1]] if pair[1] in forms else []
    return [_offer(name, forms.get(name), codebook) for name in (*first, *others)]


def _offer(name: str, used: KnownName | None, codebook: Codebook) -> Offer:
    entry = codebook.get("concept", name)
    note = f"{used.count}×  {next(iter(used.aliases), '')}" if used is not None else "codebook"
    return Offer(name, note, entry.aliases if entry is not None else ())


__all__ = [
    "CONCEPT",
    "asked_of",
    "concept_offers",
    "described",
    "used_concepts",
    "weights",
]
