"""The material for a methods section: reports, tables, every disagreement, habits, agreement over
time, intervals."""

from __future__ import annotations

import csv
import json
import random
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, permutations
from pathlib import Path
from shutil import which
from types import SimpleNamespace

import numpy as np
import pytest
from support import document

from annotator.cli import run
from annotator.errors import UsageError
from annotator.measures._coefficients import alpha, kappa, squares
from annotator.measures.api import Interval, compare, interval, student
from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.schema import Attribute
from annotator.model.schema_reading import parse_schema
from annotator.model.span import AUTHOR, Relation, Span
from annotator.project import Project
from annotator.resources import load_schema
from annotator.workflows.agreement.breakdown import labels_section
from annotator.workflows.agreement.compute import figures
from annotator.workflows.agreement.csv_tables import write_csv
from annotator.workflows.agreement.differences import COLUMNS, differences
from annotator.workflows.agreement.drift import Timeline, batches_of
from annotator.workflows.agreement.habit_changes import HabitChanges
from annotator.workflows.agreement.habits import Habits, outstanding
from annotator.workflows.agreement.headlines import headlines
from annotator.workflows.agreement.lines import number
from annotator.workflows.agreement.markup import Grid, latex, markdown
from annotator.workflows.agreement.methods_data import study
from annotator.workflows.agreement.methods_report import check_report, drift_lines, render

LAYERS = load_schema("actors-claims-stances").layers
TEXT = (
    "Iran says the deal is dead, and the rest of them say so too.\n"
    "A second paragraph is not much longer."
)


def _record(
    who: str, *, id: str = "d", label: str = "fact", end: int = 26, side: str = "support"
) -> Record:
    spans = (
        Span("x", "actor", "state", 0, 4, "Iran" if who == "a" else "Persia"),
        Span(
            "y",
            "claim",
            label,
            10,
            end,
            attributes={"modality": "asserted" if who == "a" else "hedged"},
        ),
    )
    edges = (
        Relation("r", "stance", side, "x", "y", {"strength": 1}),
        Relation("q", "stance", "oppose", AUTHOR, "y"),
    )
    return Record(document(TEXT, id=id), who, Completion.DONE, spans, edges)


def test_every_disagreement_is_named() -> None:
    other = _record("b", label="value", end=22, side="oppose")
    missing = Span("z", "claim", "policy", 64, 72)
    comparison = compare([replace(_record("a"), spans=(*_record("a").spans, missing)), other])
    found = {(d.layer, d.kind): d for d in differences(comparison, LAYERS)}
    assert set(found) == {
        ("actor", "entity"),
        ("claim", "bounds and label"),
        ("claim", "modality"),
        ("claim", "missing"),
        ("stance", "side"),
    }
    one = found["claim", "bounds and label"]
    assert (one.label_1, one.label_2, one.end_1, one.end_2) == ("fact", "value", 26, 21)
    assert one.quote_1 == TEXT[10:26]
    assert (found["actor", "entity"].value_1, found["actor", "entity"].value_2) == (
        "Iran",
        "Persia",
    )
    assert (found["claim", "missing"].paragraph, found["claim", "missing"].label_2) == (2, "")
    assert found["stance", "side"].holder_1 == "Iran"
    assert len(one.row()) == len(COLUMNS)


def test_what_gold_takes_as_equal_is_no_disagreement_and_every_field_has_its_name() -> None:
    schema = parse_schema(
        'name = "own"\nversion = "1"\n[[layer]]\nname = "who"\nkind = "span"\nopen = true\n'
        '[[layer.attribute]]\nname = "called"\ntype = "entity"\n'
        '[[layer.attribute]]\nname = "grades"\ntype = "integer"\nmultiple = true\n'
        '[[layer.attribute]]\nname = "remark"\ntype = "text"\n',
        file="own.toml",
    )

    def kinds(one: tuple[str, list[int], str], other: tuple[str, list[int], str]) -> list[str]:
        records = [
            Record(
                document(TEXT),
                who,
                Completion.DONE,
                (Span("x", "who", "X", 0, 4, entity, {"grades": grades, "remark": remark}),),
            )
            for who, (entity, grades, remark) in (("a", one), ("b", other))
        ]
        return [d.kind for d in differences(compare(records), schema.layers)]

    assert not kinds(("Iran; É", [1, 2], "so  far"), ("E\u0301; Iran", [2, 1], "so far"))
    assert kinds(("Iran", [1, 2], "so"), ("Persia", [1, 3], "no")) == ["called", "grades", "remark"]


def test_an_attribute_called_label_is_not_the_label() -> None:
    attribute = Attribute("label", "choice", ("p", "q"))
    layer = replace(LAYERS[1], attributes=(attribute,))
    records = [
        Record(
            document(TEXT),
            who,
            Completion.DONE,
            tuple(
                Span(str(i), "claim", label, 5 * i, 5 * i + 4, attributes={"label": held})
                for i, (label, held) in enumerate(own)
            ),
        )
        for who, own in (
            ("a", [("fact", "p"), ("value", "q")]),
            ("b", [("fact", "q"), ("value", "q")]),
        )
    ]
    comparison = compare(records)
    found = figures(comparison, [layer], intervals=False)
    values = {r.name: r.value for r in found.results}
    assert (values["alpha label"], values["alpha label (attribute)"]) == (1, 0)
    assert found.matrices["claim", "label"]["a", "b"].alpha == 1
    assert [d.kind for d in differences(comparison, [layer])] == ["label (attribute)"]


def test_the_types_of_relations_have_their_figures() -> None:
    found = figures(compare([_record("a"), _record("b", side="oppose")]), LAYERS, intervals=False)
    rows = [line.text for line in labels_section(found)]
    at = next(i for i, row in enumerate(rows) if row.startswith("TYPES OF STANCE"))
    # Of two stances each, one has the same side; one of three marks of "oppose" has no counterpart.
    assert [row.split()[:2] for row in rows[at + 1 : at + 3]] == [
        ["oppose", ".67"],
        ["support", "0"],
    ]


def test_a_reason_in_the_headlines_is_whole_or_shorter_but_never_cut() -> None:
    alike = [_record("a"), replace(_record("a"), annotator="b")]
    found = figures(compare(alike), LAYERS, intervals=False)
    rows = {line.text.split()[0]: line.text for line in headlines(found) if line.text.strip()}
    assert rows["modality"].endswith("– no variation"), "without “every value is the same”"
    assert rows["concept"].endswith("– no two annotators gave one")


def _campaign(documents: int = 12) -> list[Record]:
    """Two annotators who at first agree on facts, and later no longer; the second marks more."""
    rng = random.Random(4)
    out = []
    for i in range(documents):
        labels = ["fact", "value", "fact", "policy"]
        text = " ".join(f"word{n:02}" for n in range(40)) + f" {i}"
        spans = [
            Span(f"s{k}", "claim", label, 14 * k, 14 * k + 6) for k, label in enumerate(labels)
        ]
        late = i >= documents // 2
        moved = [
            replace(s, end=s.end + 7) if s.label == "fact" and late and rng.random() < 0.9 else s
            for s in spans
        ]
        more = [Span(f"m{k}", "claim", "value", 150 + 14 * k, 150 + 14 * k + 6) for k in range(3)]
        for who, own in (("ada", spans), ("ben", [*moved, *more])):
            out.append(Record(document(text, id=f"d{i:02}"), who, Completion.DONE, tuple(own)))
    return out


def test_a_label_that_drifts_is_reported_and_others_are_not() -> None:
    days = {f"d{i:02}": f"2026-11-{1 + 2 * i:02}T10:00:00Z" for i in range(12)}
    timeline = Timeline([layer for layer in LAYERS if layer.name == "claim"], days)
    timeline.add(compare(_campaign()))
    (drift,) = [d for d in timeline.drifts() if d.label]
    assert (drift.layer, drift.label, drift.before) == ("claim", "fact", 1)
    assert drift.after < 0.4
    told = drift_lines(SimpleNamespace(drifts=[drift], habit_changes=()))  # type: ignore[arg-type]
    first, last = drift.documents
    assert f"in the first {first} of the documents that have it" in told[0]
    assert f"in the last {last}, from {drift.since} on. Agreement fell" in told[0]
    periods = timeline.periods()
    weeks = {p.name for p in periods if p.kind == "week"}
    assert "2026-W45" in weeks and len(weeks) == 5
    fifths = [p for p in periods if p.kind == "fifth" and p.label == "fact"]
    assert [p.documents for p in fifths] == [2, 2, 3, 2, 3], "no batch is known"
    assert fifths[0].value == 1 and fifths[-1].value is not None and fifths[-1].value < 0.5


def _weeks(drifting: str) -> tuple[list[Record], dict[str, str]]:
    """Two dozen documents; from the ninth on, one annotator calls most facts values."""
    rng = random.Random(3)
    out: list[Record] = []
    days: dict[str, str] = {}
    for i in range(24):
        days[f"d{i:02}"] = f"2026-{9 + i // 12:02}-{1 + i % 12 * 2:02}T10:00:00Z"
        labels = [rng.choice(["fact", "value", "policy"]) for _ in range(12)]
        for who in ("ada", "ben", "cem"):
            own = [
                "value"
                if (who, label) == (drifting, "fact") and i >= 8 and rng.random() < 0.8
                else rng.choice(["fact", "value", "policy"])
                if rng.random() < 0.1
                else label
                for label in labels
            ]
            spans = [
                Span(f"{k}", "claim", label, 10 * k, 10 * k + 4) for k, label in enumerate(own)
            ]
            text = document("word " * 24, id=f"d{i:02}")
            out.append(Record(text, who, Completion.DONE, tuple(spans)))
    return out, days


@pytest.mark.parametrize("drifting", ["", "ben", "cem"])
def test_an_annotator_who_drifts_is_named_with_the_labels_and_nobody_else_is(drifting: str) -> None:
    records, days = _weeks(drifting)
    changes, timeline = (
        HabitChanges(days),
        Timeline([layer for layer in LAYERS if layer.name == "claim"], days),
    )
    for counted in (changes, timeline):
        counted.add(compare(records))
    found = {(c.annotator, c.label): c for c in changes.found()}
    fell = {d.label for d in timeline.drifts()}
    if not drifting:
        assert not found and not fell
        return
    assert found.keys() == {(drifting, "fact"), (drifting, "value")}
    assert "fact" in fell and "policy" not in fell
    fact = found[drifting, "fact"]
    assert 7 <= fact.documents[0] <= 9 and fact.since in days[f"d{fact.documents[0]:02}"]
    assert fact.after[0] < fact.before[0] / 2 and fact.after[1] > fact.before[1] * 0.8


def test_a_batch_is_what_was_assigned_in_one_go_or_else_imported(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p") as project:
        project.log.add_records(_campaign())
        assert {p.kind for p in study(project).periods} == {"week", "fifth"}
        # The second one is given out before the first second is over.
        for time, some in (
            ("2026-11-02T09:00:06Z", range(4)),
            ("2026-11-02T09:00:06Z", range(4, 7)),
        ):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("annotator.store.assignments.now", lambda time=time: time)
                with project.assignments.writing():
                    project.assignments.add(
                        [(who, f"d{i:02}") for who in ("ada", "ben") for i in some]
                    )
        found = study(project)
    rows = [p for p in found.periods if p.kind == "batch" and (p.layer, p.label) == ("claim", "")]
    assert [(p.name[:28], p.documents) for p in rows] == [
        ("assigned 2026-11-02 09:00:06", 4),
        ("assigned 2026-11-02 09:00:07", 3),
        (rows[2].name, 5),
    ]
    assert rows[2].name.startswith("imported ")
    assert "by batch: documents that were assigned" in render(found, ".md")


def test_files_of_one_import_are_one_batch_and_later_ones_another() -> None:
    times = ["09:00:00", "09:04:00", "09:13:00", "09:30:00"]
    imported = {f"d{i}": f"2026-11-02T{time}Z" for i, time in enumerate(times)} | {"e": "?"}
    found = batches_of({"d3": "2026-11-03T08:00:00Z"}, imported)
    assert found == {
        "d0": "imported 2026-11-02 09:00:00",
        "d1": "imported 2026-11-02 09:00:00",
        "d2": "imported 2026-11-02 09:00:00",
        "e": "imported ?",
        "d3": "assigned 2026-11-03 08:00:00",
    }


def test_habits_are_reported_against_the_others_in_the_same_texts() -> None:
    habits = Habits()
    habits.add(compare(_campaign()))
    found = {(h.annotator, h.label): h for h in habits.found() if h.layer == "claim"}
    ben = found["ben", "value"]
    assert (ben.marks, ben.others_marks, ben.words) == (48, 12, 12 * 41)
    assert ben.rate == pytest.approx(1000 * 48 / (12 * 41))
    assert (ben.share, ben.others_share) == (pytest.approx(48 / 84), pytest.approx(12 / 48))
    assert {(h.annotator, h.label) for h in outstanding(found.values())} >= {
        ("ben", "value"),
        ("ada", "value"),
    }
    assert not found["ben", "fact"].differs_much


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    with Project.create(tmp_path / "p") as project:
        project.log.add_records(_campaign())
    return tmp_path / "p"


def test_reports_and_tables_are_written_by_the_command(coded: Path, tmp_path: Path) -> None:
    of = ["--project", str(coded), "agreement"]
    reports = [tmp_path / f"agreement{ending}" for ending in (".md", ".tex", ".csv")]
    asked = [word for file in reports for word in ("--report", str(file))]
    assert run([*of, *asked, "--tables", str(tmp_path / "t")]) == 0
    markdown = reports[0].read_text(encoding="utf-8")
    header = next(
        line for line in markdown.split("\n") if line.startswith("| layer | measure | formula")
    )
    row = next(line for line in markdown.split("\n") if line.startswith("| claim | alpha label |"))
    assert row.count(" | ") == header.count(" | ")
    assert "Krippendorff (2004)" in row and r"\alpha" in row
    assert "Brennan and Prediger (1981)" in markdown and "Krippendorff et al. (2016)" in markdown
    assert (
        "12 documents" in markdown
        and "## References" in markdown
        and "fact (claim): F1 1.00" in markdown
    )
    latex = reports[1].read_text(encoding="utf-8")
    assert latex.count(r"\begin{longtable}") == latex.count(r"\end{longtable}") > 3
    assert r"\alpha_U" in latex and "alpha\\_U" in latex
    rows = list(csv.DictReader((tmp_path / "t" / "figures.csv").open(encoding="utf-8")))
    part = next(r for r in rows if (r["name"], r["label"]) == ("F1 strict", "fact"))
    assert int(part["n"]) == 48 and float(part["low"]) < float(part["value"]) < float(part["high"])
    assert [r["name"] for r in csv.DictReader(reports[2].open(encoding="utf-8"))] == [
        r["name"] for r in rows
    ]
    means = list(csv.DictReader((tmp_path / "t" / "means.csv").open(encoding="utf-8")))
    documents = list(csv.DictReader((tmp_path / "t" / "documents.csv").open(encoding="utf-8")))
    strict = next(
        r for r in means if (r["layer"], r["name"], r["label"]) == ("claim", "F1 strict", "")
    )
    own = [
        float(r["value"])
        for r in documents
        if (r["layer"], r["name"], r["label"]) == ("claim", "F1 strict", "")
    ]
    assert float(strict["mean"]) == pytest.approx(np.mean(own), abs=1e-5)
    assert float(strict["sd"]) == pytest.approx(np.std(own, ddof=1), abs=1e-5)
    by_pair = list(csv.DictReader((tmp_path / "t" / "pairs.csv").open(encoding="utf-8")))
    pair = next(r for r in by_pair if (r["layer"], r["what"]) == ("claim", "F1 strict"))
    claims = [r for r in rows if r["layer"] == "claim" and not r["label"]]
    overall = next(r for r in claims if r["name"] == "F1 strict")
    assert (float(pair["f1"]), pair["n"]) == (float(overall["value"]), overall["n"])
    assert pair["alpha"] == pair["percent"] == ""
    (pair,) = [r for r in by_pair if r["what"] == "label"]
    assert (pair["annotator_1"], pair["annotator_2"]) == ("ada", "ben")
    assert int(pair["n"]) > 30
    differing = list(csv.DictReader((tmp_path / "t" / "disagreements.csv").open(encoding="utf-8")))
    assert len([r for r in differing if r["kind"] == "missing" and r["label_2"] == "value"]) == 36


def test_documents_and_days_choose(coded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    of = ["--project", str(coded), "agreement", "--layer", "claim"]
    assert run([*of, "--document", "d01", "--document", "d02"]) == 0
    assert "2 documents finished" in capsys.readouterr().out
    assert run([*of, "--document", "d0"]) == 0
    assert "10 documents finished" in capsys.readouterr().out
    assert run([*of, "--since", "2100-01-01"]) == 2
    assert run([*of, "--until", "2100-01-01"]) == 0
    for wrong in (
        ["--since", "yesterday"],
        ["--report", "agreement.doc"],
        ["--document", "none"],
        ["--annotators", "ada,ben,nobody"],
    ):
        assert run([*of, *wrong]) in (2, 3)
        assert "error: " in capsys.readouterr().err


def test_a_report_on_two_documents_has_no_intervals_and_no_sources_of_what_it_leaves_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Project.create(tmp_path / "p") as project:
        project.log.add_records(_campaign(2))
    file = tmp_path / "few.md"
    assert run(["--project", str(tmp_path / "p"), "agreement", "--report", str(file)]) == 0
    written = file.read_text(encoding="utf-8")
    assert "no confidence intervals, because they need 3 documents or more." in written
    assert "jackknife" not in written and "MASI" not in written and "Krippendorff" in written
    capsys.readouterr()
    assert run(["--project", str(tmp_path / "p"), "agreement"]) == 0
    assert "intervals: none, because they need 3 documents or more" in capsys.readouterr().out


def test_a_report_leaves_room_for_what_else_is_asked(
    coded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    of = ["--project", str(coded), "agreement", "--report", str(tmp_path / "agreement.md")]
    assert run([*of, "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["documents"] == 12
    assert "agreement.md" in said.err


@pytest.mark.parametrize("documents", [1, 2, 4, 5, 6, 7, 11, 13])
def test_documents_that_came_at_once_are_five_parts_of_like_size(documents: int) -> None:
    timeline = Timeline(LAYERS, {})
    timeline.add(compare(_campaign(documents)))
    parts = {p.name: p.documents for p in timeline.periods() if p.kind == "fifth"}
    count, word = min(5, documents), "fifth" if documents >= 5 else "part"
    assert list(parts) == [f"{word} {i} of {count}" for i in range(1, count + 1)]
    assert sum(parts.values()) == documents
    assert max(parts.values()) - min(parts.values()) <= 1


def test_a_week_with_all_documents_has_the_figure_and_interval_of_them_all() -> None:
    """Most documents have no prediction: they count as documents, and do not move the figure."""
    made = []
    for i, record in enumerate(_campaign()):
        place, end = i // 2, 125 + 7 * (i in (7, 9, 13))
        more = (Span("p", "claim", "prediction", 119, end),) if 2 < place < 9 else ()
        made.append(replace(record, spans=(*record.spans, *more)))
    every = compare(made)
    timeline = Timeline(LAYERS, {f"d{i:02}": "2026-11-02T10:00:00Z" for i in range(12)})
    timeline.add(every)
    found = {(p.layer, p.label): p for p in timeline.periods() if p.kind == "week"}
    results = figures(every, LAYERS, ["f1"]).results
    (strict,) = (r for r in results if (r.layer, r.name) == ("claim", "F1 strict"))
    for label, one in (("", strict), *strict.parts.items()):
        period = found["claim", label]
        assert period.documents == 12
        assert (period.value, period.low, period.high, period.n) == pytest.approx(
            (one.value, one.low, one.high, one.n)
        )
    assert found["claim", "prediction"].low is not None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-10.254, "-10.25"),
        (10.5, "10.50"),
        (-0.996, "-1.00"),
        (0.3, ".30"),
        (-0.3, "-.30"),
        (-0.004, "0"),
        (0.004, "0"),
        (1.0, "1.00"),
        (-20.001, "-20.00"),
        (None, "–"),
    ],
)
def test_a_number_keeps_all_of_its_digits(value: float | None, text: str) -> None:
    assert number(value) == text


def test_an_interval_below_zero_keeps_its_signs_in_latex() -> None:
    """A hyphen next to the dash between the ends would make a longer dash."""
    grid = Grid("", ("coder-1", "95 %"), [("2026-W45 (-.30; 4)", "-.30–-.10")])
    assert "$-$.30--$-$.10" in latex([grid]) and "2026-W45 ($-$.30; 4)" in latex([grid])
    assert "coder-1" in latex([grid]) and "-.30–-.10" in markdown([grid])


def test_a_report_says_what_it_can_be() -> None:
    with pytest.raises(UsageError, match=r"agreement\.doc"):
        check_report(Path("agreement.doc"))
    for ending in ("md", "MD", "tex", "csv"):
        check_report(Path(f"a.{ending}"))


@pytest.mark.skipif(which("pdflatex") is None, reason="LaTeX is not installed")
def test_latex_makes_a_page_of_the_report(tmp_path: Path) -> None:
    """Names with every character that is special in LaTeX; labels in other scripts are left out."""
    hostile = r"a&b_c%d#e$f{g}h~i^j\k"
    spoilt = [replace(r, annotator=f"{r.annotator}{hostile}") for r in _campaign()]
    with Project.create(tmp_path / "q") as project:
        project.log.add_records(spoilt)
        part = render(study(project), ".tex")
    packages = part.split("\n", 1)[0].removeprefix("% ")
    assert packages.startswith(r"\usepackage"), "the first line says what the part needs"
    whole = rf"\documentclass{{article}}{packages}\begin{{document}}{part}\end{{document}}"
    (tmp_path / "report.tex").write_text(whole, encoding="utf-8")
    made = subprocess.run(
        [
            "pdflatex",
            "-interaction=nonstopmode",
            "-halt-on-error",
            "-no-shell-escape",
            "report.tex",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
    )
    assert made.returncode == 0, made.stdout[-2000:]
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    log = (tmp_path / "report.log").read_text(encoding="utf-8", errors="replace")
    assert "Undefined control sequence" not in log and "Missing character" not in log
    too_wide = [float(points) for points in re.findall(r"Overfull .hbox .([\d.]+)pt too wide", log)]
    assert max(too_wide, default=0) < 50, (
        "tables fit on their page, except for names as long as these"
    )


def test_what_stands_in_names_does_no_harm_to_a_report(tmp_path: Path) -> None:
    spoilt = [replace(r, annotator=f"{r.annotator}|_*") for r in _campaign()]
    with Project.create(tmp_path / "q") as project:
        project.log.add_records(spoilt)
        found = study(project)
    assert "ada\\|\\_\\*" in render(found, ".md")
    assert "ada\\textbar{}\\_*" in render(found, ".tex")


def test_cells_are_free_of_the_error_of_adding_up(tmp_path: Path) -> None:
    row = (2.4e-16, -3e-17, 1 - 1e-12, 0.1 + 0.2, -0.0000004, 1234.56789, None, 3)
    write_csv(tmp_path / "t.csv", ("a",) * len(row), [row])
    line = (tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()[1]
    assert line == "0,0,1,0.3,0,1234.57,,3"


def test_students_t_is_that_of_the_tables() -> None:
    for freedom, wanted in (
        (1, 12.706),
        (2, 4.303),
        (4, 2.776),
        (9, 2.262),
        (29, 2.045),
        (999, 1.962),
    ):
        assert student(freedom) == pytest.approx(wanted, abs=5e-4)
    assert student(5, 0.99) == pytest.approx(4.032, abs=5e-4)


def test_intervals_keep_to_the_bounds_and_say_why_there_is_none() -> None:
    found = interval(0.9, np.array([0.88, 0.93, 0.9, 0.89, 0.91]), 0)
    assert found.low is not None and found.high is not None and 0 < found.low < 0.9 < found.high < 1
    # The jackknife's standard error by hand, on the logit.
    without = np.array([0.88, 0.93, 0.9, 0.89, 0.91])
    error = np.sqrt(4 / 5 * ((without - without.mean()) ** 2).sum())
    logit = np.log(0.9 / 0.1) - student(3) * error / (0.9 * 0.1)
    assert found.low == pytest.approx(1 / (1 + np.exp(-logit)))
    for without, words in (
        (np.array([0.9, 0.8]), "3 documents or more"),
        (np.array([1.0, 1.0, 1.0, 1.0]), "every document gives the same"),
        (np.array([0.9, np.nan, 0.8]), "rests on one document"),
        (np.array([1.0, 1.0, 1.0, 0.5]), "rests on 1 of the documents"),
    ):
        none = interval(1.0, without, -1)
        assert none.low is none.high is None
        assert words in none.reason


def test_an_interval_that_would_hold_nearly_every_value_is_none() -> None:
    """It would hold the true value every time, and say nothing."""
    for lowest in (0.0, -1.0):
        value, width = (1 + lowest) / 2, 1 - lowest
        # On the logit, t of 3.18 times an error of 1.79 gaps may be .25 widths times ln(.975 / .025).
        for gap, given in ((0.159, True), (0.163, False)):
            without = value + gap * width * np.array([1, 1, 0, -1, -1])
            found = interval(value, without, lowest)
            assert (found.low is not None, "too little is coded" in found.reason) == (
                given,
                not given,
            )


def test_the_lowest_value_is_that_of_the_worst_way_to_pair_the_same_values() -> None:
    """All ways to pair them, one by one."""

    def pairings(values: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
        if not values:
            yield []
        for at in range(1, len(values)):
            for others in pairings([*values[1:at], *values[at + 1 :]]):
                yield [(values[0], values[at]), *others]

    def matrix(pairs: Sequence[tuple[int, int]], *, both: bool) -> np.ndarray:
        out = np.zeros((3, 3))
        for a, b in pairs:
            out[a, b] += 1
            out[b, a] += both
        return out.reshape(1, 9)

    distance = squares(["1", "2", "4"])
    for values in ([0, 0, 0, 0, 0, 0, 1, 2], [0, 0, 1, 1, 2, 2], [0, 1, 1, 1, 1, 2, 2, 2]):
        found = [matrix(pairs, both=True) for pairs in pairings(values)]
        for of in (None, distance):
            worst = min(float(alpha(3, of)(rows)[0]) for rows in found)
            assert float(alpha(3, of, lowest=True)(found[0])[0]) == pytest.approx(worst)
        one, other = values[::2], values[1::2]
        found = [matrix([*zip(one, p, strict=True)], both=False) for p in permutations(other)]
        worst = min(float(kappa(3)(rows)[0]) for rows in found)
        assert float(kappa(3, lowest=True)(found[0])[0]) == pytest.approx(worst)


def test_a_rare_value_has_an_interval_that_holds_chance_or_none() -> None:
    """Two annotators who find a rare label by chance: alpha is just below 0, and cannot be lower.
    It varies little from document to document, which tells nothing about its value elsewhere."""
    rare = [np.array([[16.0, 1], [1, 0]]), np.array([[15.0, 1.5], [1.5, 0]])] * 4
    by_chance = np.array(rare).reshape(8, 4)

    def found(rows: np.ndarray) -> Interval:
        value, lowest = (
            float(alpha(2, lowest=low)(rows.sum(axis=0)[None])[0]) for low in (False, True)
        )
        return interval(value, alpha(2)(rows.sum(axis=0) - rows), lowest)

    assert "as low as it can be" in found(by_chance).reason
    met = found(by_chance + np.array([[0, 0, 0, 1.0]] + [[0, 0, 0, 0]] * 7))
    assert met.low is not None and met.high is not None
    assert met.low < 0.05 and met.high > 0.3


def test_one_document_more_makes_no_jump() -> None:
    """From nine to ten documents, and on: the interval narrows steadily."""
    widths = []
    for count in (8, 9, 10, 11):
        found = figures(compare(_campaign(24)[: 2 * count]), LAYERS)
        strict = next(r for r in found.results if (r.layer, r.name) == ("claim", "F1 strict"))
        records = compare([*_campaign(24)[24 - count : 24 + count]])
        mixed = next(
            r
            for r in figures(records, LAYERS).results
            if (r.layer, r.name) == ("claim", "F1 strict")
        )
        assert strict.value is not None and mixed.low is not None and mixed.high is not None
        widths.append(mixed.high - mixed.low)
    assert all(0.75 < later / earlier < 1.1 for earlier, later in pairwise(widths))
