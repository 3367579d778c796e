"""The agreement screen: what lines lead to, what is chosen, explained, copied and written."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from playing import play, press, until
from support import document
from textual.pilot import Pilot

from annotator.errors import UsageError
from annotator.measures.api import compare
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.span import Span
from annotator.project import Project
from annotator.resources import load_schema
from annotator.tui.session import Session
from annotator.tui.theme import THEMES
from annotator.tui.views.difference_list import pair_rows
from annotator.workflows.agreement.compute import figures
from annotator.workflows.agreement.differences import DifferenceFilter, differences
from annotator.workflows.agreement.explanation import (
    compared,
    explained,
    explained_section,
    plain_formula,
)
from annotator.workflows.agreement.lines import ReportLine, number
from annotator.workflows.agreement.report import lines
from annotator.workflows.agreement.scope import Scope

LAYERS = load_schema("actors-claims-stances").layers


def _records(count: int = 4) -> list[Record]:
    rng = random.Random(1)
    out = []
    for i in range(count):
        text = " ".join(f"word{n:02}" for n in range(30)) + f" {i}"
        for who in ("ada", "ben", "cy"):
            spans = tuple(
                Span(
                    f"{who}{k}",
                    "claim",
                    rng.choice(("fact", "value", "policy")),
                    14 * k,
                    14 * k + 6,
                )
                for k in range(6)
            )
            out.append(Record(document(text, id=f"d{i}"), who, Completion.DONE, spans))
    return out


def _found(rows: list[ReportLine], begins: str) -> ReportLine:
    return next(line for line in rows if line.text.strip().startswith(begins))


def test_lines_lead_to_their_differences() -> None:
    comparison = compare(_records())
    agreement = figures(comparison, LAYERS)
    told = lines(agreement)
    every = list(differences(comparison, LAYERS))
    labels, counts = agreement.confusion["claim"]
    row = next(line for line in told if line.cells and line.text.strip().startswith("fact"))
    for cell in row.cells:
        mine, other = (cell.labels[0], cell.labels[1])
        wanted = counts[labels.index(mine)][labels.index(other)]
        held = [d for d in every if cell.holds(d)]
        assert len(held) == (0 if mine == other else wanted)
    assert row.opens is not None
    assert all("fact" in (d.label_1, d.label_2) for d in every if row.opens.holds(d))
    cause = _found(told, "type differs")
    assert cause.opens is not None
    assert sum(cause.opens.holds(d) for d in every) == agreement.lost["claim"].causes["label"]
    person = next(line for line in told if line.cells and line.text.strip().startswith("ada"))
    assert [cell.who for cell in person.cells] == [("ada", "ben"), ("ada", "cy")]
    assert all(
        {"ada"} <= {d.annotator_1, d.annotator_2}
        for d in every
        if person.opens and person.opens.holds(d)
    )
    only = lines(agreement, ["fact"])
    assert not any(line.text.strip().startswith("value ") for line in only if line.cells)
    assert any("alpha label: fact" in line.text for line in only)
    assert any("only fact; all other figures" in line.text for line in only)
    assert all(len(line.text) <= 78 for line in told)


def test_every_figure_explains_itself() -> None:
    from annotator import families

    agreement = figures(compare(_records()), LAYERS)
    assert {r.measure.replace("_", "-") for r in agreement.results} == set(
        families.measures.names()
    )
    for result in agreement.results:
        if result.about is None:
            assert result.n == 0, result.name
            continue
        words = "\n".join(explained(result))
        assert (
            result.about.what in words
            and "How to read it: " in words
            and "When not to use it: " in words
        )
        assert result.about.source in words


def test_a_line_explains_every_figure_that_it_shows() -> None:
    told = lines(figures(compare(_records()), LAYERS))
    head = next(line for line in told if line.text.startswith("claim "))
    assert [one.name for one in head.figures] == ["F1 strict", "alpha_U"]
    for line in told:
        for one in line.figures:
            assert one.value is None or number(one.value) in line.text, line.text
    only = lines(figures(compare(_records()), LAYERS), ["fact"])
    (part,) = [line for line in only if "alpha label: fact" in line.text]
    assert explained(part.figures[0])[0].startswith("claim: alpha label: fact")


def test_figures_with_one_explanation_say_what_each_compares() -> None:
    results = [r for r in figures(compare(_records()), LAYERS).results if r.about is not None]
    told: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for result in results:
        assert result.about is not None
        told.setdefault((result.about.what, compared(result.name, result.layer)), set()).add(
            (result.layer, result.name)
        )
    assert len(told) > 20
    for about, shared in told.items():
        assert len({layer for layer, _ in shared}) == len(shared), (about, shared)


def test_every_section_whose_lines_have_no_figures_is_explained() -> None:
    told = lines(figures(compare(_records()), LAYERS))
    heads = [i for i, line in enumerate(told) if line.kind == "head"]
    for at, end in zip(heads, [*heads[1:], len(told)], strict=True):
        section = told[at + 1 : end]
        known = explained_section(told[at].text)
        assert known or any(line.figures for line in section), told[at].text


def test_a_cell_opens_as_many_differences_as_it_counts() -> None:
    comparison = compare(_records())
    found = list(differences(comparison, LAYERS))
    told = lines(figures(comparison, LAYERS))
    counted = 0
    for line in told:
        for cell, (begin, end) in zip(line.cells, line.places, strict=True):
            number_in = line.text[begin:end].strip(" ░▒▓█·")
            if cell.both and len(set(cell.labels)) == 2 and number_in:
                assert sum(cell.holds(one) for one in found) == int(number_in), cell.title
                counted += 1
    assert counted


def test_a_cell_is_marked_where_it_stands() -> None:
    told = lines(figures(compare(_records()), LAYERS))
    rows = [line for line in told if line.cells]
    assert rows
    for line in rows:
        shown = [line.text[begin:end] for begin, end in line.places]
        assert len(shown) == len(line.cells) and all(part == part.strip() != "" for part in shown)


@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        (
            r"F_1 = 2 \cdot \mathrm{same} / (\mathrm{one} + \mathrm{other})",
            "F1 = 2 · same / (one + other)",
        ),
        (r"\alpha = 1 - D_o / D_e", "α = 1 - D_o / D_e"),
        (r"{}_{cu}\alpha = 1", "cuα = 1"),
        (r"p_e = \frac{1}{q - 1} \sum_k \pi_k (1 - \pi_k)", "p_e = 1 / (q - 1) Σ_k π_k (1 - π_k)"),
        (r"\sum_k \frac{r_{ik} (r_{ik} - 1)}{r_i}", "Σ_k (r_ik (r_ik - 1)) / r_i"),
    ],
)
def test_formulas_are_read_without_tex(tex: str, plain: str) -> None:
    assert plain_formula(tex) == plain


def test_no_sign_of_tex_is_left_in_a_formula() -> None:
    for result in figures(compare(_records()), LAYERS).results:
        if result.about is not None:
            assert not set(plain_formula(result.about.formula)) & set("\\{}"), result.name


def test_names_of_figures_are_told_whole() -> None:
    found = figures(compare(_records()), LAYERS)
    told = "\n".join(line.text for line in lines(found))
    every = told.partition("EVERY FIGURE")[2]
    assert all(f"  {result.name} " in every for result in found.results)
    assert all(len(row) <= 78 for row in every.splitlines())


def test_what_is_typed_to_choose() -> None:
    choice = Scope.parse(
        "layer:claim,actor by:ada,ben label:fact since:2026-11-01 document:d1 document:d2"
    )
    assert choice == Scope(
        ("claim", "actor"), ("fact",), ("ada", "ben"), ("d1", "d2"), "2026-11-01", None
    )
    assert Scope.parse(str(choice)) == choice
    assert Scope.parse("") == Scope()
    for wrong in ("claim", "layer:", "weather:rain", "since:yesterday"):
        with pytest.raises(UsageError):
            Scope.parse(wrong)


def test_differences_are_shown_version_under_version() -> None:
    every = list(differences(compare(_records(1)), LAYERS))
    rows = pair_rows(every, THEMES["mono"], 60)
    texts = ["".join(text for text, _ in row) for row in rows]
    assert len(rows) == 4 * len(every) and all(len(text) <= 60 for text in texts)
    assert texts[0].startswith("d0 ¶ 1") and texts[0].endswith("label differs")
    assert (
        every[0].annotator_1 in texts[1] and every[0].label_1 in texts[1] and "word00" in texts[1]
    )
    assert DifferenceFilter("all").holds(every[0])
    assert "nothing differs" in pair_rows([], THEMES["mono"], 60)[0][0][0]


def test_the_screen_opens_explains_chooses_copies_and_writes(tmp_path: Path) -> None:
    report = tmp_path / "agreement.md"

    async def script(pilot: Pilot[int], _: Session) -> None:
        await press(pilot, "q A")
        await until(pilot, "HOW FAR")
        await press(pilot, "j j j j j j j j j j")
        await until(pilot, "claim: all that differs")
        await press(pilot, "w")
        await until(pilot, "How to read it")
        await press(pilot, "escape s s j l l")
        await until(pilot, lambda text: " and " in text.split("\n")[0])
        await press(pilot, "enter")
        await until(pilot, "label differs")
        # A name that is not there is told in the line, which stays open.
        await press(pilot, "escape f l a y e r : c l a m enter")
        await until(pilot, "the schema has no layer “clam”")
        await press(pilot, "escape f b y : a d a , b e n enter")
        await until(pilot, lambda text: "2 annotators: ada, ben" in text and "by:ada,ben" in text)
        await press(pilot, "y")
        await until(pilot, "copied")
        assert "2 annotators" in pilot.app.clipboard
        await press(pilot, " ".join(["o", *["backspace"] * 12, *str(report), "enter"]))
        await until(pilot, "written: ")
        await press(pilot, "escape escape")

    with Project.create(tmp_path / "p") as project:
        project.log.add_records(_records())
        play(project, script, annotator="cy", size=(90, 30))
    assert "| claim | F1 strict |" in report.read_text(encoding="utf-8")
