"""Same words with two names: the questions, their order, and the effect of an answer."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from playing import play, press
from support import document
from textual.pilot import Pilot

from annotator.errors import ExportError
from annotator.formats.api import read_records
from annotator.model.codebook import Codebook, CodebookEntry
from annotator.model.decision import Completion
from annotator.model.names import SameNames, concepts_of, names_of
from annotator.model.record import Record
from annotator.model.span import Relation, Span, Value
from annotator.project import Project
from annotator.resources import folder, load_schema
from annotator.tui.session import Session
from annotator.workflows.agreement.compute import agreement as figures
from annotator.workflows.agreement.part import ALL
from annotator.workflows.names import matrix
from annotator.workflows.names.harmonise import (
    PAGE,
    Answer,
    Harmonising,
    PageMark,
    PairQueue,
    contradiction,
    decide,
    proposed,
)
from annotator.workflows.names.name_pairs import pairs
from annotator.workflows.names.renaming import rename
from annotator.workflows.names.rulings import rule_same, undo
from annotator.workflows.names.who_says_what import agreement, of_stances
from annotator.workflows.network.network import NetworkOptions, read_statements

TEXT = "Ann Holt says the quay is old. The crew says that dues are high."
SCHEMA = load_schema("actors-claims-stances")


def record(who: str, first: str, concept: str, second: str = "crew") -> Record:
    """A coding: who says what, under these names."""
    spans = (
        Span("a", "actor", "person", 0, 8, first, {"mention": "name"}),
        Span("b", "claim", "fact", 14, 29, None, {"concept": [concept]}),
        Span("c", "actor", "collective", 35, 39, second, {"mention": "nominal"}),
    )
    relations = (
        Relation("r", "stance", "support", "a", "b"),
        Relation("s", "stance", "oppose", "c", "b"),
    )
    return Record(document(TEXT, id="d"), who, Completion.DONE, spans, relations)


def project(tmp_path: Path, *records: Record) -> Project:
    of = Project.create(tmp_path / "p")
    of.log.add_records(records)
    return of


def seeds(name: str) -> Iterator[Record]:
    return read_records(folder("seeds") / f"{name}.jsonl", SCHEMA)


def queue(of: Project) -> PairQueue:
    return Harmonising(of).queue()


def rule(of: Project, *answers: tuple[int, PageMark, str]) -> None:
    """Decide on pairs of the queue: their number, the relation, and the name that stays."""
    found = queue(of).pairs
    decide(of, [Answer(found[at], mark, stays) for at, mark, stays in answers], reviewer="ada")


ONE, OTHER = (
    record("ada", "Ann Holt", "quay is old"),
    record("ben", "Ms Holt", "not: quay is sound", "crew"),
)


def test_pairs_follow_the_work_of_annotators_where_it_was_read(tmp_path: Path) -> None:
    both = record("ada", "Ann Holt", "quay is old"), record("ben", "A. Holt", "quay is old")
    with project(tmp_path, *both) as of:
        names, other = Harmonising(of), Harmonising(of, ["elsewhere"])
        assert [pair.names for pair in names.queue().pairs] == [
            frozenset((("entity", "Ann Holt"), ("entity", "A. Holt")))
        ]
        before = names.queue().before
        assert not names.reread(["d"])
        rename(of, "ben", "entity", "A. Holt", "Ann Holt")
        assert names.reread(["d"]) and not names.reread(["d"])
        assert names.queue().pairs == []
        assert names.queue().before == 1 and before != 1
        assert not other.reread(["d"])


@pytest.mark.parametrize(
    ("entries", "marks"),
    [
        ((), ["opposite", "same"]),
        (("quay is old", "Ms Holt"), ["opposite", "same"]),
        (("quay is old", "quay is sound", "Ann Holt", "Ms Holt"), ["different", "different"]),
    ],
)
def test_names_that_the_codebook_tells_apart_are_proposed_as_different(
    entries: Sequence[str], marks: Sequence[PageMark]
) -> None:
    """Enter decides the page: it would else make one name of two entries with definitions."""
    book = Codebook.of(
        CodebookEntry("concept" if name.startswith("quay") else "entity", name) for name in entries
    )
    found = pairs([ONE, OTHER], concepts_of(SCHEMA))
    assert [proposed(pair, book).mark for pair in found] == marks


def test_pairs_are_ordered_by_leverage_times_likeness_and_a_copy_asks_nothing() -> None:
    found = pairs([ONE, OTHER], concepts_of(SCHEMA))
    assert [(p.kind, p.one, p.other) for p in found] == [
        ("concept", "quay is old", "quay is sound"),
        ("entity", "Ann Holt", "Ms Holt"),
    ]
    assert [p.leverage for p in found] == [2, 1]
    assert pairs([ONE, record("ben", "Ann Holt", "quay is old")], concepts_of(SCHEMA)) == []


def test_each_answer_is_a_mapping_that_raises_who_says_what_and_is_taken_back(
    tmp_path: Path,
) -> None:
    with project(tmp_path, ONE, OTHER) as of:
        assert (queue(of).before, queue(of).now) == (0.0, 0.0)
        rule(of, (0, "opposite", "quay is sound"))
        assert queue(of).now == 0.5
        rule(of, (0, "same", "Ann Holt"))
        assert (queue(of).before, queue(of).now, list(queue(of).pairs)) == (0.0, 1.0, [])
        standing = {s.entity for r in of.log.records() for s in r.spans if s.layer == "actor"}
        assert standing == {"Ann Holt", "Ms Holt", "crew"}
        assert [one.name for one in undo(of, reviewer="ada")] == ["Ms Holt"]
        assert queue(of).now == 0.5
        assert len(undo(of, reviewer="ada")) == 1
        assert (queue(of).now, len(queue(of).pairs)) == (0.0, 2)
        assert undo(of, reviewer="ada") == []


def test_what_is_really_different_or_parent_and_child_is_not_asked_again(tmp_path: Path) -> None:
    with project(tmp_path, ONE, OTHER) as of:
        rule(of, (0, "parent", "quay is old"), (1, "different", "Ann Holt"))
        assert list(queue(of).pairs) == []
        assert queue(of).now == 0.0
        # A name that was merged into another one differs from the same names as the other one does.
        rule_same(of, "entity", ["Ms Holt"], "Ms A. Holt")
        assert list(queue(of).pairs) == []


def test_a_page_is_one_deed_and_names_that_hang_together_get_one_name(tmp_path: Path) -> None:
    works = [
        record("ada", "A. Holt", "quay is old"),
        record("ben", "Ann Holt", "old quay"),
        record("cy", "Holt", "quay old"),
    ]
    with project(tmp_path, *works) as of:
        merge_gold = record("@gold", "A. Holt", "not: quay old")
        of.log.add_records([replace(merge_gold, annotator=None, status=Completion.GOLD)])
        page = [proposed(pair, Codebook()) for pair in queue(of).pairs]
        assert len(page) == 6
        assert contradiction(page) == ""
        doubted = [*page[:-1], replace(page[-1], mark="different")]
        assert "other pairs on this page" in contradiction(doubted)
        page = [
            replace(a, instead="the quay is old") if a.pair.kind == "concept" else a for a in page
        ]
        decide(of, page, reviewer="lea")
        assert (list(queue(of).pairs), queue(of).now) == ([], 1.0)
        assert gold_names(of) == [of.names.same().name("entity", "A. Holt"), "not: the quay is old"]
        undo(of, reviewer="lea")
        assert gold_names(of) == ["A. Holt", "not: quay old"]
        assert len(queue(of).pairs) == 6


def gold_names(of: Project) -> list[str]:
    """The entity and the concept of the gold."""
    (gold,) = of.log.records(annotator="@gold")
    return [str(gold.spans[0].entity), str(gold.spans[1].attributes["concept"][0])]  # type: ignore[index]


def conflicts(records: Sequence[Record], same: SameNames) -> int:
    """Spans of one label and the same bounds whose concepts differ between the two annotators."""
    concepts = concepts_of(SCHEMA)
    found: dict[tuple[object, ...], set[frozenset[str]]] = {}
    for one in records:
        for s in one.spans:
            names = {
                same.name(kind, name) for kind, name in names_of(s, concepts) if kind == "concept"
            }
            place = (one.document.id, s.layer, s.label, s.start, s.end)
            found.setdefault(place, set()).add(frozenset(names))
    return sum(len(several) > 1 for several in found.values())


@pytest.mark.slow
def test_the_names_of_the_seeds_are_some_dozens_of_decisions(tmp_path: Path) -> None:
    records = [
        r
        for r in (*seeds("coder-a"), *seeds("coder-b"))
        if r.document.meta.get("language", "en") == "en"
    ]
    known = {
        (k, n.removeprefix("not: "))
        for r in seeds("gold")
        for s in r.spans
        for k, n in names_of(s, concepts_of(SCHEMA))
    }
    with project(tmp_path, *records) as of:
        names, pages, unticked = Harmonising(of), 0, 0
        reached: dict[tuple[str, float], int] = {}
        where = concepts_of(SCHEMA)
        while (left := names.queue()).pairs:
            stances = agreement(records, where, of.names.same(), counted=of_stances) or 0
            for bar in (0.5, 0.7, 0.8):
                for what, value in (("all", left.now or 0), ("stances", stances)):
                    if value >= bar:
                        reached.setdefault((what, bar), pages)
            if not pages:
                assert (round(left.before or 0, 2), round(stances, 2)) == (0.24, 0.26)
            page = [proposed(pair, Codebook()) for pair in left.pairs[:PAGE]]
            # Names that the gold keeps apart are really different.
            page = [replace(a, mark="different") if a.pair.names <= known else a for a in page]
            decide(of, page, reviewer="lea")
            pages, unticked = pages + 1, unticked + sum(a.mark == "different" for a in page)
        assert [reached["stances", bar] for bar in (0.5, 0.7, 0.8)] == [4, 9, 12]
        assert [reached["all", bar] for bar in (0.5, 0.7, 0.8)] == [11, 23, 29]
        assert (pages, unticked) == (43, 11)
        assert (conflicts(records, SameNames()), conflicts(records, of.names.same())) == (357, 31)


@pytest.mark.parametrize(
    ("ends", "holds"),
    [
        ('sources = ["actor"]\ntargets = ["claim", "actor"]', False),
        ('sources = ["claim", "@author"]\ntargets = ["claim"]', True),
        ('sources = ["actor", "@author"]\ntargets = ["actor"]', False),
    ],
)
def test_the_author_holds_claims_where_the_schema_lets_it_say_something_of_them(
    tmp_path: Path, ends: str, holds: bool
) -> None:
    """One rule for the network, the matrix, agreement, and names."""
    text = (folder("schemas") / "actors-claims-stances.toml").read_text(encoding="utf-8")
    usual = 'sources = ["actor", "@author"]\ntargets = ["claim", "actor"]'
    assert usual in text
    schema = tmp_path / "odd.toml"
    schema.write_text(text.replace(usual, ends), encoding="utf-8")
    own = Span("b", "claim", "fact", 14, 29, None, {"concept": ["x"], "attribution": "author"})
    with Project.create(tmp_path / "p", schema=str(schema)) as of:
        works = [
            Record(document(TEXT, id="d"), who, Completion.DONE, (own,), ())
            for who in ("ada", "ben")
        ]
        of.log.add_records(works)
        expected = 1.0 if holds else None
        found = figures(of, intervals=False)
        assert {r.value for r in found.results if r.name == "F1 tuples, concept"} == {expected}
        assert queue(of).before == expected
        matrices = (
            matrix.of_document(works[0].document, [own], [], of.schema, by="concept"),
            matrix.of_project(of, "ada", by="concept"),
        )
        assert [one.holders for one in matrices] == [("author",) * holds] * 2
        if holds:
            assert len(read_statements(of, NetworkOptions(status="all"))) == 2
        else:
            with pytest.raises(ExportError, match="there are no statements"):
                read_statements(of, NetworkOptions(status="all"))


def test_who_says_what_is_the_figure_of_the_report(tmp_path: Path) -> None:
    """What the text asserts itself counts, words stand for a name that is missing, `not:` turns any
    side that has a sign, and work that is not finished is left out."""
    spans = (
        Span("a", "actor", "person", 0, 8, "Ann Holt"),
        Span("b", "claim", "fact", 14, 29, None, {"concept": ["quay is old", "not: dues rise"]}),
        Span("c", "actor", "collective", 35, 39),
        Span("e", "claim", "fact", 50, 63, None, {"attribution": "author"}),
        Span("f", "claim", "value", 55, 63, None, {"attribution": "author", "concept": ["fees"]}),
    )
    relations = (
        Relation("r", "stance", "support", "a", "b"),
        Relation("s", "stance", "unclear", "c", "b"),
        Relation("t", "stance", "oppose", "a", "c"),
        Relation("u", "stance", "neutral", "@author", "f"),
    )
    whole = Record(document(TEXT, id="d"), "ada", Completion.DONE, spans, relations)
    other = replace(whole, annotator="ben", relations=relations[:3])
    third = replace(other, annotator="cy", spans=(*spans[:3], *spans[4:]), relations=relations[1:])
    begun = replace(whole, annotator="dan", status=Completion.IN_PROGRESS, relations=())
    with project(tmp_path, whole, other, third, begun) as of:
        found = figures(of, intervals=False)
        (wanted,) = (one.value for one in found.results if one.name == "F1 tuples, concept")
        assert wanted is not None and 0 < wanted < 1
        assert queue(of).before == wanted
        assert of_stances(whole, concepts_of(SCHEMA), SameNames()) == [
            ("Ann Holt", "quay is old", "1"),
            ("Ann Holt", "dues rise", "-1"),
            ("crew", "quay is old", "unclear"),
            ("crew", "dues rise", "unclear"),
            ("Ann Holt", "crew", "-1"),
            ("@author", "fees", "neutral"),
        ]


def _random(who: str, rng: random.Random) -> Record:
    """A coding with names that are one, several, opposites or missing."""
    named = ("Ann Holt", "crew; Ann Holt", "Ms Holt", None)
    held: tuple[list[str], ...] = ([], ["quay is old"], ["not: quay is old", "fees"], ["old quay"])
    words = ((0, 8), (14, 29), (35, 39), (50, 63))
    spans = [Span(f"a{i}", "actor", "person", *words[i], rng.choice(named)) for i in (0, 2)]
    for i in (1, 3):
        own: dict[str, Value] = {"concept": rng.choice(held)} if rng.random() < 0.8 else {}
        if rng.random() < 0.5:
            own["attribution"] = rng.choice(("author", "direct"))
        spans.append(Span(f"c{i}", "claim", "fact", *words[i], None, own))
    relations = tuple(
        Relation(
            f"r{source}-{target}", "stance", rng.choice(("support", "oppose", "unclear")), *ends
        )
        for source in ("@author", "a0", "a2")
        for target in ("c1", "c3", "a0")
        for ends in ((source, target),)
        if source != target and rng.random() < 0.5
    )
    return Record(document(TEXT), who, Completion.DONE, tuple(spans), relations)


@pytest.mark.parametrize("seed", range(12))
def test_random_work_has_the_figure_of_the_report_before_and_after(
    seed: int, tmp_path: Path
) -> None:
    rng = random.Random(seed)
    works = [
        replace(one, document=replace(one.document, id=f"d{number}"))
        for number in range(3)
        for who in ("ada", "ben", "cy")
        for one in (_random(who, rng),)
    ]
    with project(tmp_path, *works) as of:
        page = [proposed(pair, Codebook()) for pair in queue(of).pairs[:1]]
        decide(of, page, reviewer="lea")
        found = queue(of)
        for wanted, same_names in ((found.before, False), (found.now, True)):
            results = figures(of, replace(ALL, same_names=same_names), intervals=False).results
            (one,) = (r.value for r in results if r.name == "F1 tuples, concept")
            assert one == pytest.approx(wanted)


def test_agreement_of_nothing_is_none() -> None:
    assert agreement([], concepts_of(SCHEMA), SameNames()) is None


def test_the_queue_is_decided_by_keys_and_a_renaming_is_taken_back_in_all_documents(
    tmp_path: Path,
) -> None:
    shown: list[str] = []
    later: list[str] = []

    async def script(pilot: Pilot[int], _: Session) -> None:
        for key in "E h 2 enter u x . enter u u escape r X enter u".split():
            shown.append(await press(pilot, key))
        later.append(await press(pilot, "h 2 o"))
        later.append(await press(pilot, "k ."))

    with project(tmp_path, ONE, OTHER) as of:
        play(of, script, size=(100, 24))
        assert "1-2 of 2" in shown[1]
        assert "✗ Ann Holt" in shown[2]
        assert "none left" in shown[3]
        assert "1 really different, 1 opposites" in shown[3]
        assert "1-2 of 2" in shown[4]
        assert "1-1 of 1" in shown[6]
        assert "none left" in shown[7]
        assert "1-1 of 1" in shown[8]
        assert "1-2 of 2" in shown[9]
        assert not any(r.same for r in of.names.rulings()[-3:-1])
        names = {
            s.entity for r in of.log.records() if r.annotator == "ada" for s in r.spans if s.entity
        }
        assert names == {"Ann Holt", "crew"}
        assert "“Ann Holt” again" in shown[-1]
        # The mark on a pair that is not decided yet stays.
        assert "only concepts have an opposite" in later[0]
        assert "1-1 of 1" in later[1] and "✗ Ann Holt" in later[1]
