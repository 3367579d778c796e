"""Networks as files for Gephi, R and spreadsheets: GraphML, GEXF and a CSV of edges, with the
places of the statements on every edge."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import chain, count

import networkx as nx

from annotator.model.names import NameKind
from annotator.model.statements import Statement
from annotator.model.text import xml_legal
from annotator.networks.affiliation import Affiliation
from annotator.networks.projection import Projection

_DATE = re.compile(r' lastmodifieddate="[^"]*"')
_NAME = re.compile(r'(?<=mode="static") name="[^"]*"')


Ids = Mapping[tuple[NameKind, str], str]
"""A dict from kind and name to external id."""


def _id_of(ids: Ids | None, kind: NameKind, name: str) -> dict[str, str]:
    found = (ids or {}).get((kind, name))
    return {"external_id": found} if found else {}


def receipt(one: Statement) -> str:
    """The place of a statement: document, paragraph (from 1), and item."""
    return f"{one.document}/{one.paragraph + 1}/{one.item}"


def two_mode_graph(
    found: Affiliation,
    shares: Mapping[tuple[str, str], float] | None = None,
    *,
    ids: Ids | None = None,
) -> nx.Graph:
    """Holders and concepts as nodes. A holder and a concept with the same name are two nodes.
    `shares` are the shares of samples in which an edge has its sign, `ids` the external ids of
    names."""
    graph = nx.Graph(name="affiliation")
    for holder in found.holders:
        more = _id_of(ids, "entity", holder)
        kind = found.kinds[holder]
        graph.add_node(f"h:{holder}", label=holder, mode="holder", kind=kind, **more)
    for concept in found.concepts:
        more = _id_of(ids, "concept", concept) or _id_of(ids, "entity", concept)
        graph.add_node(f"c:{concept}", label=concept, mode="concept", kind="concept", **more)
    for edge in found.edges:
        share = (
            {}
            if shares is None
            else {"share": round(shares.get((edge.holder, edge.concept), 0.0), 3)}
        )
        graph.add_edge(
            f"h:{edge.holder}",
            f"c:{edge.concept}",
            weight=edge.support + edge.oppose + edge.neither,
            balance=edge.weight,
            sign=edge.sign,
            support=edge.support,
            oppose=edge.oppose,
            neither=edge.neither,
            documents="; ".join(sorted({one.document for one in edge.statements})),
            statements="; ".join(receipt(one) for one in edge.statements),
            quotes=" | ".join(" ".join(one.quote.split()) for one in edge.statements),
            **share,
        )
    return graph


def one_mode_graph(
    found: Projection,
    affiliation: Affiliation,
    *,
    groups: Iterable[Iterable[str]] = (),
    shares: Mapping[tuple[str, str], float] | None = None,
    ids: Ids | None = None,
) -> nx.Graph:
    """Holders as nodes, tied by the concepts that they agree or disagree on; every tie lists these
    concepts."""
    graph = nx.Graph(name=found.mode)
    group_of = {name: number for number, names in enumerate(groups, 1) for name in names}
    for holder in found.holders:
        graph.add_node(
            holder,
            label=holder,
            mode="holder",
            kind=affiliation.kinds[holder],
            community=group_of.get(holder, 0),
            **_id_of(ids, "entity", holder),
        )
    signs = {(edge.holder, edge.concept): edge.sign for edge in affiliation.edges}
    for a, b, weight in found.edges():
        agree, disagree = _common(affiliation.concepts, signs, a, b)
        more = {} if shares is None else {"share": round(shares.get((a, b), 0.0), 3)}
        graph.add_edge(
            a,
            b,
            weight=weight,
            sign=(weight > 0) - (weight < 0),
            agree="; ".join(agree),
            disagree="; ".join(disagree),
            **more,
        )
    return graph


def _common(
    concepts: Iterable[str], signs: Mapping[tuple[str, str], int], one: str, other: str
) -> tuple[list[str], list[str]]:
    """The concepts on which two holders take the same side, and those on which they do not."""
    both = [c for c in concepts if signs.get((one, c)) and signs.get((other, c))]
    same = [c for c in both if signs[one, c] == signs[other, c]]
    return same, [c for c in both if signs[one, c] != signs[other, c]]


def graphml(graph: nx.Graph) -> bytes:
    """The graph as GraphML; the same graph gives the same bytes. Keys have the names of their
    attributes, because Gephi takes yEd's numbered keys (d3, d7) for labels. The graph has no name,
    because Gephi reports a name as an error. Nodes have their names as labels; their ids are the
    names with `_` for what the schema of GraphML does not allow in an id, such as a space."""
    plain = _for_xml(graph)
    nameless = nx.relabel_nodes(plain, _tokens(plain))
    nameless.graph.clear()
    lines = nx.generate_graphml(nameless, named_key_ids=True)
    return ("\n".join(lines) + "\n").encode("utf-8")


_NO_NAME = re.compile(
    "[^-.0-9:A-Z_a-z\xb7\xc0-\xd6\xd8-\xf6\xf8-\u037d\u037f-\u1fff\u200c\u200d\u203f\u2040"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffc\U00010000-\U000effff]"
)
"""What is no NameChar of XML 1.0 (production 4a), of which an NMTOKEN consists, and U+FFFD."""


def _for_xml(graph: nx.Graph) -> nx.Graph:
    """A copy of the graph without characters that XML cannot hold, such as the form feed of a
    quotation."""
    copy = nx.relabel_nodes(graph, _apart(graph, xml_legal))
    for data in (*copy.nodes.values(), *copy.edges.values()):
        data.update({k: xml_legal(v) for k, v in data.items() if isinstance(v, str)})
    return copy


def _tokens(graph: nx.Graph) -> dict[str, str]:
    """A dict from each node to its id in GraphML."""
    return _apart(graph, lambda node: _NO_NAME.sub("_", node))


def _apart(graph: nx.Graph, of: Callable[[str], str]) -> dict[str, str]:
    """A dict from each node to its id; numbers distinguish ids that would be equal."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for node in graph.nodes:
        plain = of(node)
        numbered = (f"{plain}-{n}" for n in count(2))
        found[node] = next(id for id in chain([plain], numbered) if id not in taken)
        taken.add(found[node])
    return found


def gexf(graph: nx.Graph) -> bytes:
    """The graph as GEXF 1.2, without the date on which it was written, and without its name, which
    the schema of GEXF does not know."""
    lines = "\n".join(nx.generate_gexf(_for_xml(graph)))
    return (_DATE.sub("", _NAME.sub("", lines, count=1)) + "\n").encode("utf-8")


def edge_table(graph: nx.Graph) -> bytes:
    """The edges as CSV: source, target, every attribute of an edge, and the external ids of both
    ends if any name has one."""
    names = list(dict.fromkeys(name for _, _, data in graph.edges(data=True) for name in data))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    known = nx.get_node_attributes(graph, "external_id")
    ids = ["source_id", "target_id"] if known else []
    writer.writerow(["source", "target", *names, *ids])
    for a, b, data in graph.edges(data=True):
        ends = [graph.nodes[end]["label"] for end in (a, b)]
        more = [known.get(end, "") for end in (a, b)] if known else []
        writer.writerow([*ends, *(data.get(name, "") for name in names), *more])
    return out.getvalue().encode("utf-8")


WRITERS = {".graphml": graphml, ".gexf": gexf, ".csv": edge_table}
"""A dict from the ending of a file to its writer."""

__all__ = [
    "WRITERS",
    "edge_table",
    "gexf",
    "graphml",
    "one_mode_graph",
    "receipt",
    "two_mode_graph",
]
