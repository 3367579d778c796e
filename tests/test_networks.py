"""Discourse networks: values computed by hand, files that networkx reads, error bars, changes of
sides."""

from __future__ import annotations

import io
import itertools
import json
import math
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import count
from xml.etree import ElementTree

import networkx as nx
import numpy as np
import pytest

from annotator.formats.api import read_records
from annotator.model.decision import Completion
from annotator.model.names import concepts_of
from annotator.model.record import Record
from annotator.model.span import AUTHOR, Relation, Span
from annotator.model.statements import Statement, of_records, statements
from annotator.model.text import Document, split_paragraphs
from annotator.networks import graph_files, pictures
from annotator.networks.affiliation import DUPLICATES, Duplicates, affiliation
from annotator.networks.periods import side_changes, slices
from annotator.networks.projection import project
from annotator.networks.resampling import resample
from annotator.networks.structure import SEED, communities, concept_figures
from annotator.resources import folder, load_schema
from annotator.workflows.network.network import evidence

_ITEMS = count()


def said(
    holder: str,
    about: str,
    sign: int,
    *,
    document: str = "d1",
    day: str = "2025-01-01",
    coder: str | None = None,
) -> Statement:
    side = {1: "support", -1: "oppose", 0: "unclear"}[sign]
    quote = f"words on {about}"
    return Statement(
        document,
        "Title",
        day,
        0,
        coder,
        f"r{next(_ITEMS)}",
        holder,
        "organization",
        side,
        sign,
        about,
        "concept",
        "c",
        "policy",
        quote,
        0,
        len(quote),
    )


DEBATE = [
    said("Ann", "tax", 1),
    said("Ann", "tax", 1, document="d2"),
    said("Ann", "tolls", 1),
    said("Ann", "dam", -1),
    said("Bea", "tax", 1),
    said("Bea", "dam", -1, document="d2"),
    said("Bea", "dam", -1, document="d2"),
    said("Cid", "tax", -1),
    said("Cid", "dam", 1),
    said("Cid", "tolls", 0),
]
"""By document: Ann tax +2, tolls +1, dam -1; Bea tax +1,
dam -1; Cid tax -1, dam +1, tolls neither."""


def _weights(
    mode: str, normalisation: str = "no", duplicates: str = "document"
) -> dict[tuple[str, str], float]:
    found = affiliation(DEBATE, duplicates=duplicates)  # type: ignore[arg-type]
    made = project(found, mode, normalisation=normalisation)  # type: ignore[arg-type]
    return {(a, b): round(w, 6) for a, b, w in made.edges()}


def test_the_two_mode_network_counts_by_the_duplicate_rule() -> None:
    found = affiliation(DEBATE, duplicates="document")
    assert {(e.holder, e.concept): (e.support, e.oppose, e.neither) for e in found.edges} == {
        ("Ann", "tax"): (2, 0, 0),
        ("Ann", "tolls"): (1, 0, 0),
        ("Ann", "dam"): (0, 1, 0),
        ("Bea", "tax"): (1, 0, 0),
        ("Bea", "dam"): (0, 1, 0),
        ("Cid", "tax"): (0, 1, 0),
        ("Cid", "dam"): (1, 0, 0),
        ("Cid", "tolls"): (0, 0, 1),
    }
    by = {
        rule: {
            (e.holder, e.concept): e.support + e.oppose
            for e in affiliation(DEBATE, duplicates=rule).edges
        }
        for rule in ("include", "week", "once")
    }
    assert (by["include"]["Bea", "dam"], by["week"]["Bea", "dam"], by["once"]["Ann", "tax"]) == (
        2,
        1,
        1,
    )
    assert (
        len(next(e for e in found.edges if (e.holder, e.concept) == ("Bea", "dam")).statements) == 2
    )


def test_ties_are_as_worked_by_hand() -> None:
    # Ann-Bea: tax 2*1 for, dam 1*1 against. Ann-Cid: tax 2*1 and dam 1*1 opposite;
    # tolls is neither. Bea-Cid: 1 + 1.
    assert _weights("congruence") == {("Ann", "Bea"): 3}
    assert _weights("conflict") == {("Ann", "Cid"): 3, ("Bea", "Cid"): 2}
    assert _weights("subtract") == {("Ann", "Bea"): 3, ("Ann", "Cid"): -3, ("Bea", "Cid"): -2}


def test_normalisations_are_as_worked_by_hand() -> None:
    # Statements after the rule: Ann 4, Bea 2, Cid 2; once in all: Ann 3.
    assert _weights("congruence", "average") == {("Ann", "Bea"): round(3 / 3, 6)}
    assert _weights("congruence", "average", "once") == {("Ann", "Bea"): round(2 / 2.5, 6)}
    # Ann alone has tolls: 1; both have tax 2*1 and dam 1*1.
    assert _weights("congruence", "jaccard") == {("Ann", "Bea"): round(3 / (1 + 3), 6)}
    # Ann and Cid share no side: 4 and 2 alone. Bea and Cid: 2 and 2.
    jaccard = {("Ann", "Cid"): round(3 / 6, 6), ("Bea", "Cid"): round(2 / 4, 6)}
    assert _weights("conflict", "jaccard") == jaccard
    # Rows: Ann (2, 1, 1), Bea (1, 1): 3 / (sqrt 6 * sqrt 2).
    assert _weights("congruence", "cosine") == {("Ann", "Bea"): round(3 / np.sqrt(12), 6)}
    assert _weights("congruence", "cosine", "once") == {("Ann", "Bea"): round(2 / np.sqrt(6), 6)}


def test_concepts_say_how_far_holders_agree_and_are_split() -> None:
    by_name = {one.concept: one for one in concept_figures(affiliation(DEBATE))}
    tax = by_name["tax"]
    assert (tax.support, tax.oppose, tax.even, tax.statements) == (2, 1, 0, 4)
    assert tax.agreement == pytest.approx(1 / 3) and tax.polarisation == pytest.approx(2 / 3)
    assert (
        by_name["tolls"].agreement is None
        and by_name["tolls"].polarisation == 0
        and by_name["tolls"].even == 1
    )


def test_camps_are_told_apart_and_nothing_is_made_of_nothing() -> None:
    made = project(affiliation(DEBATE), "subtract")
    found = communities(made.holders, made.weights)
    assert found.groups == (("Ann", "Bea"), ("Cid",)) and found.modularity is not None
    assert communities(("Ann", "Cid"), np.zeros((2, 2))).modularity is None
    empty = affiliation([])
    assert project(empty, "congruence").edges() == [] and not empty.holders


def test_a_record_gives_its_statements_with_contraries_turned_and_the_author_s_claims() -> None:
    text = "Norland rejects higher tolls. Tolls must fall. The dam is safe."
    document = Document("d", "T", text, split_paragraphs(text), {"date": "2025-03-04"})

    def claim(id: str, quote: str, concept: str, attribution: str) -> Span:
        at = text.index(quote)
        attributes = {"concept": [concept], "attribution": attribution}
        return Span(id, "claim", "policy", at, at + len(quote), attributes=attributes)  # type: ignore[arg-type]

    spans = (
        Span("a", "actor", "state", 0, 7, entity="Norland; Sudland"),
        claim("c1", "higher tolls", "not: tolls should fall", "indirect"),
        claim("c2", "Tolls must fall", "tolls should fall", "author"),
        claim("c3", "The dam is safe", "dam is safe", "author"),
    )
    relations = (
        Relation("r1", "stance", "oppose", "a", "c1", {"strength": 3, "cue": [8, 15]}),
        Relation("r2", "stance", "oppose", AUTHOR, "c3"),
    )
    found = statements(Record(document, None, Completion.GOLD, spans, relations))
    assert [(s.holder, s.about, s.sign, s.item) for s in found] == [
        ("Norland", "tolls should fall", 1, "r1"),
        ("Sudland", "tolls should fall", 1, "r1"),
        ("author", "tolls should fall", 1, "c2"),
        ("author", "dam is safe", -1, "r2"),
    ]
    assert (found[0].cue, found[0].strength, found[0].date, found[0].coder) == (
        "rejects",
        3,
        "2025-03-04",
        None,
    )
    assert all(text[s.start : s.end] == s.quote for s in found)
    assert set(affiliation(found).holders) == {"Norland", "Sudland"}
    assert "author" in affiliation(found, author=True).holders


def test_networkx_reads_what_is_written_with_receipts_on_every_edge() -> None:
    found = affiliation(DEBATE)
    graph = graph_files.two_mode_graph(found, {("Ann", "tax"): 0.9})
    back = nx.read_graphml(io.BytesIO(graph_files.graphml(graph)))
    assert {tuple(sorted(e)) for e in back.edges} == {tuple(sorted(e)) for e in graph.edges}
    edge = back.edges["h:Ann", "c:tax"]
    assert (edge["balance"], edge["sign"], edge["share"], edge["documents"]) == (
        2,
        1,
        0.9,
        "d1; d2",
    )
    assert edge["statements"].count("; ") == 1 and edge["quotes"] == "words on tax | words on tax"
    assert back.nodes["h:Ann"]["label"] == "Ann" and back.nodes["c:tax"]["mode"] == "concept"
    again = nx.read_gexf(io.BytesIO(graph_files.gexf(graph)))
    assert again.edges["h:Ann", "c:tax"][
        "support"
    ] == 2 and b"lastmodifieddate" not in graph_files.gexf(graph)
    made = project(found, "subtract")
    one = graph_files.one_mode_graph(made, found, groups=[("Ann", "Bea"), ("Cid",)])
    tie = nx.read_graphml(io.BytesIO(graph_files.graphml(one))).edges["Ann", "Bea"]
    assert (tie["weight"], tie["agree"], tie["disagree"]) == (3.0, "dam; tax", "")
    rows = graph_files.edge_table(one).decode().splitlines()
    assert rows[0].startswith("source,target,weight,sign") and len(rows) == 4


def test_ids_in_graphml_are_what_its_schema_allows_and_control_characters_break_no_file() -> None:
    names = ["Kit Moss", "Kit_Moss", "Ann “A” O’Hara", "Тарас Ко", "A\x0cB & <C>", "A\ufffeB & <C>"]
    every = [said(name, "lower fares\x01", 1) for name in names]
    every += [replace(every[0], quote="page one\x0cpage\x1b two")]
    found = affiliation(every)
    made = project(found, "congruence")
    for graph in (
        graph_files.two_mode_graph(found),
        graph_files.one_mode_graph(made, found),
    ):
        root = ElementTree.fromstring(graph_files.graphml(graph))
        ns = "{http://graphml.graphdrawing.org/xmlns}"
        ids = [node.attrib["id"] for node in root.iter(f"{ns}node")]
        assert len(set(ids)) == len(ids) == graph.number_of_nodes()
        assert all(re.fullmatch(r"[\w.:-]+", id) for id in ids), "xs:NMTOKEN in its schema"
        for edge in root.iter(f"{ns}edge"):
            assert {edge.attrib["source"], edge.attrib["target"]} <= set(ids)
        back = nx.read_graphml(io.BytesIO(graph_files.graphml(graph)))
        labels = {data["label"] for _, data in back.nodes(data=True)}
        assert {*names[:4], "A\ufffdB & <C>"} <= labels
        gexf = nx.read_gexf(io.BytesIO(graph_files.gexf(graph)))
        assert gexf.size() == graph.size() > 0 and len(gexf) == len(graph), "two are like A\ufffdB"
    groups = communities(found.holders, made.weights)
    for picture in (pictures.network_picture, pictures.matrix_picture):
        ElementTree.fromstring(picture(found, groups))


def test_gephi_finds_labels_weights_and_types_where_it_looks_for_them() -> None:
    """GEXF 1.2: label and weight are attributes of the elements themselves, all others declared
    with a type that Gephi knows, and no value is of another type. GraphML: labels are a key."""
    graph = graph_files.two_mode_graph(affiliation(DEBATE), {("Ann", "tax"): 0.9})
    root = ElementTree.fromstring(graph_files.gexf(graph))
    ns = "{http://www.gexf.net/1.2draft}"
    assert root.get("version") == "1.2"
    (held,) = root.iter(f"{ns}graph")
    assert set(held.attrib) == {"defaultedgetype", "mode"}, "the schema knows no name"
    types = {
        (group.get("class"), one.get("id")): one.get("type")
        for group in root.iter(f"{ns}attributes")
        for one in group.iter(f"{ns}attribute")
    }
    assert set(types.values()) <= {"string", "integer", "long", "double", "float", "boolean"}
    read = {"string": str, "integer": int, "long": int, "double": float, "float": float}
    for kind in ("node", "edge"):
        for element in root.iter(f"{ns}{kind}"):
            needed = "label" if kind == "node" else "weight"
            assert element.get(needed)
            for value in element.iter(f"{ns}attvalue"):
                read[types[kind, value.get("for")]](value.get("value"))  # type: ignore[index]
    root = ElementTree.fromstring(graph_files.graphml(graph))
    keys = list(root.iter("{http://graphml.graphdrawing.org/xmlns}key"))
    ids = [key.get("id") for key in keys]
    assert len(set(ids)) == len(ids) and not {"d3", "d7"} & set(ids), "yEd's keys of labels"
    assert {key.get("for") for key in keys} == {"node", "edge"}, "Gephi reports any other as wrong"
    named = {(key.get("for"), key.get("attr.name")): key.get("attr.type") for key in keys}
    assert named["node", "label"] == "string" and named["edge", "weight"] in (
        "int",
        "long",
        "double",
    )


@pytest.mark.parametrize("length", [8, 200])
def test_no_concept_of_a_matrix_reaches_out_of_the_picture(length: int) -> None:
    found = affiliation([said("Ann", "w" * length, 1), said("Ann", "a", 1)])
    groups = communities(found.holders, project(found, "subtract").weights)
    root = ElementTree.fromstring(pictures.matrix_picture(found, groups))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    turned = [text for text in root.iter() if "rotate" in text.attrib.get("transform", "")]
    assert len(turned) == 2
    for text in turned:
        angle = math.radians(float(text.attrib["transform"][7:].split()[0]))
        long = 5.5 * len(text.text or "")  # A letter of 10 pixels is about 5.5 wide.
        assert float(text.attrib["x"]) + long * math.cos(angle) <= width
        assert 0 <= float(text.attrib["y"]) + long * math.sin(angle) <= height


def test_pictures_are_svg_with_every_name_and_the_same_bytes_twice() -> None:
    hostile = [*DEBATE, said("A & <B>", "tax", 1)]
    found = affiliation(hostile)
    groups = communities(found.holders, project(found, "subtract").weights)
    for picture in (pictures.network_picture, pictures.matrix_picture):
        data = picture(found, groups)
        texts = [
            node.text for node in ElementTree.fromstring(data).iter() if node.tag.endswith("text")
        ]
        assert {*found.holders, *found.concepts} <= set(texts)
        assert data == picture(found, groups)
    assert b"no statements" in pictures.network_picture(
        affiliation([]), communities((), np.zeros((0, 0)))
    )


def test_an_edge_that_hangs_on_one_document_is_told_from_one_that_every_document_shows() -> None:
    steady = [said("Ann", "tax", 1, document=f"d{i}") for i in range(8)]
    steady += [said("Bea", "tax", 1, document=f"d{i}") for i in range(8)]
    found = resample([*steady, said("Cid", "dam", 1, document="d0")], samples=400)
    assert found.edges["Ann", "tax"] == 1 and found.ties["Ann", "Bea"] == 1
    # One of eight documents is in a sample with a chance of 1 - (7/8)^8 = .656.
    assert found.edges["Cid", "dam"] == pytest.approx(1 - (7 / 8) ** 8, abs=0.07)
    assert found.group(["Ann", "Bea"]) == 1 and found.group(["Cid"]) is None
    assert resample(steady, samples=0).samples == 0
    again = resample([*steady, said("Cid", "dam", 1, document="d0")], samples=400)
    assert (again.edges, again.ties, again.together) == (found.edges, found.ties, found.together)


def test_annotators_are_drawn_too_where_there_are_several() -> None:
    both = [said("Ann", "tax", 1, document=f"d{i}", coder=c) for i in range(6) for c in ("x", "y")]
    alone = [said("Bea", "tax", 1, document=f"d{i}", coder="x") for i in range(6)]
    found = resample([*both, *alone], samples=400)
    assert found.edges["Ann", "tax"] == 1 and found.edges["Bea", "tax"] == pytest.approx(
        0.75, abs=0.08
    )


def test_who_changes_sides_is_reported_with_the_days_and_a_day_of_both_is_none() -> None:
    course = [
        said("Ann", "tax", 1, day="2025-03-01"),
        said("Ann", "tax", 1, day="2025-04-01", document="d2"),
        said("Ann", "tax", -1, day="2025-10-01", document="d3"),
        said("Bea", "tax", 1, day="2025-03-01"),
        said("Bea", "tax", -1, day="2025-03-01"),
        said("Cid", "tax", 1, day=""),
        said("Cid", "tax", -1, day="2025-04-01"),
    ]
    (turn,) = side_changes(course)
    assert (turn.holder, turn.before[-1].date, turn.after[0].date) == (
        "Ann",
        "2025-04-01",
        "2025-10-01",
    )


@pytest.mark.parametrize(
    ("first", "then"), [("20250105", "2025-02-01"), ("2025-W40-1", "2025-12-01")]
)
def test_changes_of_sides_and_receipts_follow_the_days_however_they_are_written(
    first: str, then: str
) -> None:
    course = [
        said("Ann", "tax", -1, day=then, document="d1"),
        said("Ann", "tax", 1, day=first, document="d2"),
        said("Bea", "tax", 1, day="10 May 2025"),
        said("Bea", "tax", -1, day="5 March 2025", document="d2"),
    ]
    (turn,) = side_changes(course)  # Bea's dates do not determine the order
    assert (turn.before[0].date, turn.after[0].date) == (first, then)
    assert [one.date for one in evidence(course, "Ann", "tax")] == [first, then]


def test_windows_go_from_the_first_day_to_the_last() -> None:
    course = [
        said("Ann", "tax", 1, day=d, document=d) for d in ("2025-01-01", "2025-01-20", "2025-03-01")
    ]
    found = list(slices(course, window=30, step=30))
    assert [(s.first, len(s.statements)) for s in found] == [
        (date(2025, 1, 1), 2),
        (date(2025, 1, 31), 1),
    ]
    with pytest.raises(ValueError, match="“d9” has the date “soon”, which is not"):
        list(slices([said("Ann", "tax", 1, day="soon", document="d9")], window=3, step=3))
    with pytest.raises(ValueError, match="“d9” has no date"):
        list(slices([said("Ann", "tax", 1, day="", document="d9")], window=3, step=3))
    with pytest.raises(ValueError, match="at least one day"):
        list(slices(course, window=0, step=1))


# --- the gold of the seeds, counted again without any of our code


_Stated = tuple[str, str, int, str, str, str]
"""Holder, concept, sign, document, month and item."""


def _stated(name: str) -> list[_Stated]:
    """Who takes which side on which concept in a gold, from its JSON alone."""
    out: list[_Stated] = []
    for line in (folder("seeds") / name).read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        spans = {span["id"]: span for span in record["spans"]}
        month = record["meta"].get("date", "")[:7]
        for relation in record["relations"]:
            if relation["from"] == "@author":
                continue
            source, target = spans[relation["from"]], spans[relation["to"]]
            sign = {"support": 1, "oppose": -1}.get(relation["label"], 0)
            named = source["entity"] or " ".join(source["quote"].split())
            for concept in target["attributes"].get("concept", []):
                about = concept.removeprefix("not: ")
                turned = -sign if about != concept else sign
                out += [
                    (holder.strip(), about, turned, record["id"], month, relation["id"])
                    for holder in named.split(";")
                ]
    return out


_COUNTS_ONCE = {
    "include": lambda one: (one[3], one[5]),
    "document": lambda one: one[3],
    "month": lambda one: one[4],
    "once": lambda one: "",
}


def _cells(stated: list[_Stated], rule: str) -> dict[str, dict[tuple[str, int], int]]:
    """A dict from holder to a dict from concept and sign to the count after a duplicate rule;
    neutral sides are left out."""
    once: dict[str, dict[tuple[str, int], set[object]]] = {}
    for one in stated:
        held = once.setdefault(one[0], {})
        if one[2]:
            held.setdefault((one[1], one[2]), set()).add(_COUNTS_ONCE[rule](one))
    return {name: {cell: len(n) for cell, n in held.items()} for name, held in once.items()}


def _weight(
    a: dict[tuple[str, int], int], b: dict[tuple[str, int], int], mode: str, normalisation: str
) -> float:
    """The tie of two holders by the formulas of DNA, cell by cell."""
    same = sum(n * b[cell] for cell, n in a.items() if cell in b)
    other = sum(n * b[about, -sign] for (about, sign), n in a.items() if (about, -sign) in b)
    weight = {"congruence": same, "conflict": other, "subtract": same - other}[mode]
    if normalisation == "average":
        by = (sum(a.values()) + sum(b.values())) / 2
    elif normalisation == "jaccard":
        alone = [n for cell, n in a.items() if cell not in b]
        alone += [n for cell, n in b.items() if cell not in a]
        by = sum(alone) + same
    elif normalisation == "cosine":
        by = math.hypot(*a.values()) * math.hypot(*b.values())
    else:
        by = 1
    return weight / by if by else 0.0


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        *(("gold.jsonl", rule) for rule in ("include", "document", "once")),
        *(("debate/gold.jsonl", rule) for rule in ("include", "document", "month", "once")),
    ],
)
def test_networks_of_the_seeds_are_those_counted_by_hand(name: str, rule: str) -> None:
    schema = load_schema("actors-claims-stances")
    records = read_records(folder("seeds") / name, schema)
    found = affiliation(of_records(records, concepts_of(schema)), duplicates=rule)  # type: ignore[arg-type]
    stated = _stated(name)
    cells = _cells(stated, rule)
    assert set(found.holders) == set(cells) and len(cells) > 20
    for edge in found.edges:
        own = cells[edge.holder]
        assert edge.support == own.get((edge.concept, 1), 0)
        assert edge.oppose == own.get((edge.concept, -1), 0)
    assert {(e.holder, e.concept) for e in found.edges} == {one[:2] for one in stated}
    for mode in ("congruence", "conflict", "subtract"):
        for normalisation in ("no", "average", "jaccard", "cosine"):
            made = project(found, mode, normalisation=normalisation)  # type: ignore[arg-type]
            ties = {(a, b): w for a, b, w in made.edges()}
            expected = {
                (a, b): w
                for a, b in itertools.combinations(sorted(cells), 2)
                if (w := _weight(cells[a], cells[b], mode, normalisation))
            }
            assert ties.keys() == expected.keys()
            assert all(math.isclose(ties[pair], w) for pair, w in expected.items())


def test_ties_on_castle_street_and_in_the_debate_of_rents_worked_by_hand() -> None:
    """The council supports the bus lane, that bus users come more often, and that few shoppers come
    by car; Hannah Oduya supports the lane; the shopkeepers oppose it. Quint opposes the cap and
    makes two claims of his own, the landlords oppose it and make one, the tenants support it and
    make one."""
    schema = load_schema("actors-claims-stances")
    records = read_records(folder("seeds") / "gold.jsonl", schema)
    found = affiliation(of_records(records, concepts_of(schema)))
    council, hannah, shops = (
        "council of Pellworth",
        "Hannah Oduya",
        "shopkeepers of Castle Street",
    )
    quint, landlords, tenants = "Rafael Quint", "Landlords' Chamber", "Tenants' League"
    worked = {
        ("congruence", "no"): {(council, hannah): 1, (quint, landlords): 1, (council, shops): 0},
        ("conflict", "no"): {(council, shops): 1, (quint, tenants): 1, (quint, landlords): 0},
        ("subtract", "no"): {(council, hannah): 1, (council, shops): -1, (landlords, tenants): -1},
        ("subtract", "average"): {
            (council, hannah): 1 / 2,
            (council, shops): -1 / 2,
            (quint, landlords): 1 / 2.5,
            (landlords, tenants): -1 / 2,
        },
        ("congruence", "jaccard"): {(council, hannah): 1 / 3, (quint, landlords): 1 / 4},
        ("conflict", "jaccard"): {(council, shops): 1 / 4, (landlords, tenants): 1 / 4},
        ("congruence", "cosine"): {
            (council, hannah): 1 / math.sqrt(3),
            (quint, landlords): 1 / math.sqrt(6),
        },
    }
    for (mode, normalisation), pairs in worked.items():
        made = project(found, mode, normalisation=normalisation)  # type: ignore[arg-type]
        at = {name: i for i, name in enumerate(made.holders)}
        for (one, other), weight in pairs.items():
            assert math.isclose(made.weights[at[one], at[other]], weight, abs_tol=1e-12)


@pytest.mark.parametrize("duplicates", DUPLICATES)
def test_samples_are_networks_of_the_drawn_documents(duplicates: Duplicates) -> None:
    """Compared with samples made from statements, in which each drawing of a document counts as
    another document."""
    random = np.random.default_rng(3)
    every = [
        replace(
            said(f"h{random.integers(6)}", f"c{random.integers(5)}", int(random.integers(-1, 2))),
            document=f"d{i % 9}",
            date=f"2025-0{1 + i % 3}-0{1 + i % 9}",
            coder=(None, "ada", "ben")[i % 3],
        )
        for i in range(90)
    ]
    whole = affiliation(every, duplicates=duplicates)
    signs = {(edge.holder, edge.concept): edge.sign for edge in whole.edges}
    edges, ties, together = (Counter[tuple[str, str]]() for _ in range(3))
    drawing = np.random.default_rng(SEED)
    for _ in range(20):
        documents = drawing.integers(9, size=9)
        who = {("ada", "ben")[i] for i in drawing.integers(2, size=2)} | {None}
        some = affiliation(
            [
                replace(one, document=f"{one.document} {number}")
                for number, place in enumerate(documents)
                for one in every
                if one.document == f"d{place}" and one.coder in who
            ],
            duplicates=duplicates,
        )
        for edge in some.edges:
            edges[edge.holder, edge.concept] += signs[edge.holder, edge.concept] == edge.sign
        found = {(a, b): weight > 0 for a, b, weight in project(some, "subtract").edges()}
        for a, b, weight in project(whole, "subtract").edges():
            ties[a, b] += found.get((a, b)) is (weight > 0)
        for group in communities(some.holders, project(some, "subtract").weights).groups:
            together.update(itertools.combinations(group, 2))
    support = resample(every, samples=20, duplicates=duplicates, normalisation="no")
    assert support.edges == {key: count / 20 for key, count in edges.items() if count}
    assert support.ties == {key: count / 20 for key, count in ties.items() if count}
    assert support.together == {key: count / 20 for key, count in together.items()}
