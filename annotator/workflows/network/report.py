"""The network as plain text in 80 columns, and as values for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from annotator.model.decision_text import both_ends
from annotator.model.statements import Statement
from annotator.model.text import paragraph_number, percent, plural
from annotator.networks.affiliation import DUPLICATES
from annotator.networks.graph_files import receipt
from annotator.networks.periods import SideChange, Slice
from annotator.networks.projection import MODES, NORMALISATIONS
from annotator.networks.resampling import CENTRAL, Support
from annotator.networks.structure import centrality
from annotator.workflows.network.network import Network

SIGN = {1: "+", -1: "-", 0: "="}
SHOWN = 15
"""Rows of a table."""
_COLUMNS = 16
"""Concepts in the matrix."""


RULED = {"real": "kept as a real change", "slip": "sent to review"}
"""What the report says about a change of sides that somebody ruled on."""

_NOTHING = "There is no network yet: no holder is for or against a concept."
_NAME_THEM = "In the annotate screen, i gives the claim in focus a concept."

Rulings = Mapping[SideChange, str]
"""A dict from changes of sides to what was decided about them."""


def lines(found: Network, rulings: Rulings | None = None) -> list[str]:
    """The whole report: size, camps, ties, the signed matrix, concepts, changes of sides."""
    if not found.affiliation.edges:
        return [*_head(found), "", _NOTHING, *([_NAME_THEM] if found.left_out else [])]
    return [
        *_head(found),
        "",
        *_camps(found),
        "",
        *_ties(found),
        "",
        *matrix(found),
        "",
        *_concepts(found),
        "",
        *_changes(found.side_changes, rulings or {}),
    ]


def _head(found: Network) -> list[str]:
    made, options = found.affiliation, found.options
    size = f"{plural(len(made.holders), 'holder')}, {plural(len(made.concepts), 'concept')}"
    rests = f"from {plural(len(found.statements), 'statement')} of {_whose(options.status)}"
    out = [f"{size}, {plural(len(made.edges), 'edge')}, {rests}"]
    out.append(f"ties: {MODES[options.mode]}, {NORMALISATIONS[options.normalisation]}")
    out.append(f"duplicates: {DUPLICATES[options.duplicates]}")
    if found.support.samples:
        out.append(
            f"%: share of {found.support.samples} samples of the documents that show the same"
        )
    if found.left_out:
        out += [
            f"left out: {plural(found.left_out, 'statement')} on claims without a concept;",
            "  annotator network --unnamed includes them",
        ]
    return out


def _whose(status: str) -> str:
    """Whose work a status chooses, in words."""
    named = {"gold": "the gold", "all": "all annotators"}
    return named.get(status, status.removeprefix("annotator="))


def _share(value: float | None) -> str:
    return "    " if value is None else f"{percent(value, narrow=True).replace(' ', ''):>4}"


def _camps(found: Network) -> list[str]:
    out = ["WHO STANDS WITH WHOM"]
    if found.communities.modularity is None:
        return [*out, "  no two holders agree on anything"]
    out[0] += f"  (modularity {found.communities.modularity:.2f})"
    out.append("  the number before a holder is the sum of its ties, without signs")
    if found.support.samples:
        out.append(f"  central: among the {CENTRAL} holders with the largest sums")
    weights = centrality(found.projection.holders, found.projection.weights)
    groups = found.communities.groups
    for number, names in enumerate((group for group in groups if len(group) > 1), 1):
        out += _camp(number, names, weights, found.support)
    alone = [group[0] for group in groups if len(group) == 1]
    if alone:
        out.append(f"  alone: {plural(len(alone), 'holder')}")
        out += (f"            {both_ends(name, 44)}" for name in sorted(alone)[:SHOWN])
        out += _more(len(alone) - SHOWN)
    return out


def _more(hidden: int, what: str = "") -> Iterator[str]:
    """The line that ends a cut list; none if nothing is hidden."""
    if hidden > 0:
        yield f"  and {plural(hidden, what) if what else hidden} more: annotator network --json"


def _camp(
    number: int, names: Sequence[str], weights: Mapping[str, float], support: Support
) -> Iterator[str]:
    """A camp with its most central holders; with resamples, how often they show it too."""
    holds = f"  holds together in {_share(support.group(names)).strip()}" if support.samples else ""
    yield f"  camp {number}: {plural(len(names), 'holder')}{holds}"
    for name in sorted(names, key=lambda n: (-weights[n], n))[:SHOWN]:
        share = _share(support.central.get(name, 0.0)).strip()
        central = f"  central in {share}" if support.samples else ""
        yield f"    {weights[name]:6.2f}  {both_ends(name, 44)}{central}"
    yield from _more(len(names) - SHOWN)


def _ties(found: Network) -> list[str]:
    every = sorted(found.projection.edges(), key=lambda e: (-abs(e[2]), e[0], e[1]))
    out = [f"TIES {len(every)} altogether, the strongest first"]
    for a, b, weight in every[:SHOWN]:
        share = _share(found.support.ties.get((a, b), 0.0)) if found.support.samples else ""
        out.append(f"  {weight:+6.2f} {share}  {both_ends(a, 30)} – {both_ends(b, 30)}")
    return [*out, *_more(len(every) - SHOWN)]


def matrix(found: Network) -> list[str]:
    """The signed matrix of holders and concepts, by camps; concepts by number, named below."""
    signs = {(e.holder, e.concept): SIGN[e.sign] for e in found.affiliation.edges}
    concepts = [c.concept for c in found.concepts][:_COLUMNS]
    every = [name for group in found.communities.groups for name in group]
    holders = every[: 3 * SHOWN]
    numbers = range(1, len(concepts) + 1)
    out = ["MATRIX  + supports, - opposes, = even"]
    out.append(" " * 30 + "".join(f"{number:>3}" for number in numbers))
    for holder in holders:
        cells = "".join(f"{signs.get((holder, concept), '.'):>3}" for concept in concepts)
        out.append(f"{both_ends(holder, 28):<30}{cells}")
    out += _more(len(every) - len(holders), "holder")
    for number, concept in zip(numbers, concepts, strict=True):
        out.append(f"  {number:>2}  {both_ends(concept, 72)}")
    return [*out, *_more(len(found.affiliation.concepts) - len(concepts), "concept")]


def _concepts(found: Network) -> list[str]:
    out = ["CONCEPTS             for  against  even  agree  polarised"]
    for one in found.concepts[:SHOWN]:
        agree = "   –" if one.agreement is None else f"{one.agreement:4.2f}"
        split = "   –" if one.polarisation is None else f"{one.polarisation:4.2f}"
        out.append(f"  {both_ends(one.concept, 74)}")
        out.append(f"{one.support:>23}  {one.oppose:>7}  {one.even:>4}   {agree}       {split}")
    return [*out, *_more(len(found.concepts) - SHOWN)]


def _changes(found: Sequence[SideChange], rulings: Rulings) -> list[str]:
    if not found:
        return ["CHANGES OF SIDES  none"]
    out = [f"CHANGES OF SIDES  {len(found)}; annotator evidence HOLDER CONCEPT shows one"]
    for change in found[: 2 * SHOWN]:
        before, after = change.before[-1], change.after[0]
        ruled = f"; {RULED[rulings[change]]}" if change in rulings else ""
        out.append(f"  {both_ends(change.holder, 36)}: {both_ends(change.concept, 38)}")
        out.append(
            f"      {SIGN[before.sign]} until {before.date[:10]}, {SIGN[after.sign]} from "
            f"{after.date[:10]} on{ruled}"
        )
    return [*out, *_more(len(found) - 2 * SHOWN)]


def evidence_lines(found: Sequence[Statement], reasons: dict[str, str]) -> Iterator[str]:
    """Statements with sentence, coder and place; `reasons` are notes of the gold by place."""
    for one in found:
        who = "gold" if one.coder is None else one.coder
        when = f"{one.date[:10]}  " if one.date else ""
        yield (
            f"{SIGN[one.sign]} {when}{one.document} ¶ {paragraph_number(one.paragraph)}  {who}  "
            f"{one.side}"
        )
        yield f"    “{' '.join(one.quote.split())}”"
        if one.cue:
            yield f"    cue: “{one.cue}”"
        if note := reasons.get(receipt(one)):
            yield f"    review: {note}"


def slice_lines(found: Sequence[tuple[Slice, Network]]) -> Iterator[str]:
    """One line for each window: its days, its size and its camps."""
    for window, made in found:
        camps = [len(g) for g in made.communities.groups if len(g) > 1]
        modularity = made.communities.modularity
        tail = "" if modularity is None else f", modularity {modularity:.2f}"
        size = (
            f"{plural(len(made.affiliation.holders), 'holder')}, "
            f"{plural(len(made.affiliation.edges), 'edge')}"
        )
        yield (
            f"{window.first} to {window.last}: {size}; camps of "
            f"{', '.join(map(str, camps)) or 'nobody'}{tail}"
        )


def values(found: Network, rulings: Rulings | None = None) -> dict[str, Any]:
    """The whole network as plain values."""
    support = found.support
    return {
        "options": {
            "status": found.options.status,
            "mode": found.options.mode,
            "normalisation": found.options.normalisation,
            "duplicates": found.options.duplicates,
            "samples": support.samples,
        },
        "statements": len(found.statements),
        "left_out": found.left_out,
        "holders": [
            {"name": h, "kind": found.affiliation.kinds[h]} for h in found.affiliation.holders
        ],
        "edges": _edge_values(found),
        "ties": _tie_values(found),
        "communities": [
            {"holders": list(group), "share": support.group(group) if support.samples else None}
            for group in found.communities.groups
        ],
        "modularity": found.communities.modularity,
        "concepts": _concept_values(found),
        "changes": _change_values(found, rulings or {}),
    }


def _edge_values(found: Network) -> list[dict[str, Any]]:
    support = found.support
    return [
        {
            "holder": e.holder,
            "concept": e.concept,
            "support": e.support,
            "oppose": e.oppose,
            "neither": e.neither,
            "sign": e.sign,
            "statements": [receipt(s) for s in e.statements],
            "share": support.edges.get((e.holder, e.concept), 0.0) if support.samples else None,
        }
        for e in found.affiliation.edges
    ]


def _tie_values(found: Network) -> list[dict[str, Any]]:
    support = found.support
    return [
        {
            "a": a,
            "b": b,
            "weight": round(weight, 6),
            "share": support.ties.get((a, b), 0.0) if support.samples else None,
        }
        for a, b, weight in found.projection.edges()
    ]


def _concept_values(found: Network) -> list[dict[str, Any]]:
    return [
        {
            "name": c.concept,
            "support": c.support,
            "oppose": c.oppose,
            "even": c.even,
            "agreement": c.agreement,
            "polarisation": c.polarisation,
            "statements": c.statements,
        }
        for c in found.concepts
    ]


def _change_values(found: Network, rulings: Rulings) -> list[dict[str, Any]]:
    return [
        {
            "holder": change.holder,
            "concept": change.concept,
            "until": change.before[-1].date,
            "from": change.after[0].date,
            "sign": change.after[0].sign,
            "ruling": rulings.get(change),
        }
        for change in found.side_changes
    ]


__all__ = ["evidence_lines", "lines", "matrix", "slice_lines", "values"]
