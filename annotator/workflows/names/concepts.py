"""The concepts that are offered for a claim, by its document, the project and its codebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from annotator.learners.names.namer import shipped
from annotator.learners.names.ranker import FeatureWeights, ranked
from annotator.learners.names.reuse import (
    CONCEPT,
    AskedClaim,
    UsedConcept,
    features,
    nearest,
    words_of,
)
from annotator.model.codebook import Codebook, CodebookEntry
from annotator.model.names import Concepts, affirmative, concepts_of, contrary_of, names_of
from annotator.model.review import ReviewState
from annotator.model.span import AUTHOR, Relation, Span, reading_order
from annotator.project import KnownName, Project
from annotator.workflows.names.offers import Offer, Offers


def weights(project: Project) -> FeatureWeights:
    """The weights of concepts: those of the project if it has learnt some, or else the shipped
    ones."""
    return project.names.weights().get(CONCEPT) or shipped()[CONCEPT]


def described(entry: CodebookEntry) -> str:
    """What a codebook says about a concept, in words."""
    return " ".join((entry.definition, *entry.aliases)).strip()


def used_concept(name: str, forms: Sequence[KnownName], codebook: Codebook) -> UsedConcept:
    """A concept without `not: `, by what is known of its forms in use and by the codebook."""
    claims: Counter[str] = Counter()
    for one in forms:
        claims.update(one.aliases)
    entry = codebook.by_name.get(("concept", name))
    return UsedConcept(
        name,
        claims.total(),
        tuple(text for text, _ in claims.most_common()),
        described(entry) if entry is not None else "",
    )


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
) -> Offers:
    """The concepts in use and in the codebook, the likeliest for the claim first, each in its more
    frequent form (with or without `not: `); the other forms in use come last."""
    in_use = {one.name: one for one in known}
    names = _ranked_names(project, asked, in_use, codebook)

    def aliases(at: int) -> Sequence[str]:
        entry = codebook.get("concept", names[at])
        return entry.aliases if entry is not None else ()

    def made(at: int) -> Offer:
        used = in_use.get(names[at])
        note = f"{used.count}×  {next(iter(used.aliases), '')}" if used is not None else "codebook"
        return Offer(names[at], note, tuple(aliases(at)))

    return Offers(names, made, aliases)


def _ranked_names(
    project: Project, asked: AskedClaim, in_use: Mapping[str, KnownName], codebook: Codebook
) -> list[str]:
    """The names to offer for a claim, in the order of `concept_offers`."""
    listed = [one.name for one in codebook.entries if one.kind == "concept"]
    first_claims: dict[str, str] = {}
    for one in in_use.values():
        first_claims.setdefault(affirmative(one.name), next(iter(one.aliases), ""))
    bare = list(dict.fromkeys((*first_claims, *listed)))
    near = nearest(asked, bare, list(first_claims.values()))
    pairs = {name: (name, contrary_of(name)) for name in near}
    forms = {name: [in_use[one] for one in of if one in in_use] for name, of in pairs.items()}
    few = [used_concept(name, of, codebook) for name, of in forms.items()]
    first: list[str] = []
    others: list[str] = []
    for name, _ in ranked(features(asked, few), weights(project)):
        of = sorted(forms[name], key=lambda one: -one.count)
        first.append(of[0].name if of else name)
        others += [one.name for one in of[1:]]
    left = {*others, *near}
    rest = (name for name in (*in_use, *listed) if name not in left)
    return list(dict.fromkeys((*first, *rest, *others)))


__all__ = [
    "CONCEPT",
    "asked_of",
    "concept_offers",
    "described",
    "weights",
]
