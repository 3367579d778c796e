"""Sums that the database keeps: after any sequence of changes, each equals a count from scratch."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hosts import dump, merged
from support import TEXT, drop_sums, project, suggestion, suggestions

from annotator.errors import AnnotatorError
from annotator.model import actions as do
from annotator.model.decision import Completion, Suggestion
from annotator.model.record import Record
from annotator.model.span import Relation, Span
from annotator.project import Project, SuggestionRun
from annotator.tui.session import Session
from annotator.workflows.names.renaming import rename
from annotator.workflows.review.adjudication import merge_all
from annotator.workflows.review.queue import review_rows

RUN = SuggestionRun({"rules": "1"})
Key = tuple[object, ...]


def counted(root: Path) -> dict[str, Counter[Key]]:
    """Every sum, counted from its rows."""
    raw = sqlite3.connect(root / "annotator.db")
    raw.row_factory = sqlite3.Row
    rows = {
        table: [dict(row) for row in raw.execute(f"SELECT * FROM {table}")]
        for table in ("item", "suggestion", "completion", "name", "document", "text")
    }
    raw.close()
    out: dict[str, Counter[Key]] = {name: Counter() for name in TABLES}
    text = {row["document"]: row["text"] for row in rows["text"]}
    block = {row["id"]: row["position"] // 256 for row in rows["document"]}
    proposed = {(row["document"], row["id"]): row for row in rows["suggestion"]}
    visible = {key: row["shown"] and not row["blind"] for key, row in proposed.items()}
    shown = Counter(document for (document, _), seen in visible.items() if seen)
    decided: Counter[tuple[str, str]] = Counter()
    for i in rows["item"]:
        key = (i["document"], i["item"])
        s, gold, someone = (
            proposed.get(key),
            i["annotator"] == "@gold",
            not i["annotator"].startswith("@"),
        )
        if i["kind"] in ("span", "relation"):
            out["sum_label"][i["annotator"], i["layer"], i["label"]] += 1
        if i["kind"] == "span" and someone:
            quote = text[i["document"]][i["start"] : i["end"]]
            out["sum_surface"][i["layer"], i["label"], quote, i["entity"] or "", "accepted"] += 1
        if s is not None and not gold:
            out["sum_suggestion"][s["suggester"], s["layer"], i["status"]] += 1
        if s is not None and visible[key] and i["status"] != "marked":
            decided[i["document"], i["annotator"]] += 1
        other = (
            i["status"] == "corrected" and s is not None and i["label"] and i["label"] != s["label"]
        )
        if (
            s is not None
            and s["kind"] == "span"
            and someone
            and (i["status"] in ("rejected", "removed") or other)
        ):
            quote = text[i["document"]][s["start"] : s["end"]]
            out["sum_surface"][s["layer"], s["label"], quote, "", "rejected"] += 1
    known = {(i["document"], i["item"]) for i in rows["item"] if i["annotator"] != "@gold"}
    for key, s in proposed.items():
        out["sum_suggestion"][s["suggester"], s["layer"], "stored"] += 1
        out["sum_suggestion"][s["suggester"], s["layer"], "pending"] += int(
            visible[key] and key not in known
        )
    for document, number in shown.items():
        out["sum_visible"][document,] += number
        out["sum_block"]["", block[document]] += 1
    for (document, annotator), number in decided.items():
        out["sum_decided"][document, annotator, "decided"] += number
        out["sum_decided"][document, annotator, "undecided"] += shown[document] - number
        out["sum_block"][annotator, block[document]] += number == shown[document]
    for c in rows["completion"]:
        out["sum_completion"][c["annotator"], c["completion"], "documents"] += 1
        out["sum_completion"][c["annotator"], c["completion"], "paragraphs"] += c["done"]
    for n in rows["name"]:
        out["sum_name"][n["kind"], n["annotator"], n["form"], n["name"]] += 1
    return {name: +counts for name, counts in out.items()}


TABLES = {
    "sum_label": ("annotator, layer, label", "number"),
    "sum_surface": ("layer, label, quote, entity", "accepted, rejected"),
    "sum_suggestion": ("suggester, layer, status", "number"),
    "sum_completion": ("annotator, completion", "documents, paragraphs"),
    "sum_visible": ("document", "number"),
    "sum_decided": ("document, annotator", "decided, undecided"),
    "sum_block": ("annotator, block", "documents"),
    "sum_name": ("kind, annotator, form, name", "number"),
}


def kept(root: Path) -> dict[str, Counter[Key]]:
    """The same sums as the database keeps them; rows of zero count for nothing."""
    raw = sqlite3.connect(root / "annotator.db")
    out: dict[str, Counter[Key]] = {}
    for table, (key, values) in TABLES.items():
        names, found = values.split(", "), Counter[Key]()
        for *of, row in (
            (*r[: -len(names)], r[-len(names) :])
            for r in raw.execute(f"SELECT {key}, {values} FROM {table}")
        ):
            if names[0] == "decided" and not row[0]:
                continue  # Somebody decided and took it back.
            for name, number in zip(names, row, strict=True):
                found[(*of, *([name] if len(names) > 1 else []))] += number
        out[table] = found
    raw.close()
    return {name: Counter({k: n for k, n in counts.items() if n}) for name, counts in out.items()}


def hold(root: Path) -> None:
    """Check that every sum is right."""
    there, right = kept(root), counted(root)
    for table in TABLES:
        assert there[table] == right[table], table


def proposals(rng: random.Random, document: str) -> list[Suggestion]:
    """Some of the suggestions of TEXT, some of them held back
    or blind, under ids of the document."""
    out = []
    for one in suggestions():
        value = replace(one.value, id=f"{one.value.id}-{document}")
        if isinstance(value, Relation):
            value = replace(
                value, source=f"{value.source}-{document}", target=f"{value.target}-{document}"
            )
        if rng.random() < 0.8:
            out.append(
                replace(suggestion(value), shown=rng.random() < 0.8, blind=rng.random() < 0.2)
            )
    return out


def act(of: Project, rng: random.Random, annotator: str, ids: list[str]) -> None:
    """Something that an annotator may do in one document."""
    session = Session(of, annotator, of.new_session())
    session.open(rng.choice(ids))
    for _ in range(rng.randint(1, 6)):
        action = rng.choice(
            [
                do.Accept(),
                do.Reject(),
                do.Skip(),
                do.AcceptAll(),
                do.Undo(),
                do.Undo(),
                do.Redo(),
                do.MoveFocus(1),
                do.MoveFocus(-1),
                do.CloseParagraph(),
                do.Delete(),
                do.SetLabel("actor", "bloc"),
                do.SetAttribute("entity", rng.choice(["Iran", "Russia", None])),
                do.SetCompletion(
                    rng.choice([Completion.DONE, Completion.SKIPPED, Completion.IN_PROGRESS])
                ),
                do.Note("» why?"),
                do.ToggleExcluded(),
            ]
        )
        session.do(action)
    session.do(do.StartSelection(rng.randint(0, 8)))
    session.do(do.SetLabel("actor", rng.choice(["state", "person"])))
    assert not session.saving.unsaved, session.saving.error


def arrive(of: Project, rng: random.Random, number: int) -> None:
    """Import finished work from a file, on an existing or a new text, with ids that suggestions may
    have too."""
    text = of.documents.load(rng.choice(of.documents.ids()))
    if rng.random() < 0.3:
        text = replace(text, id=f"new-{number}", text=text.text + f" {number}.")
    spans = [
        Span(f"{s}-{text.id}", "actor", "state", 4 * i, 4 * i + 3, "Iran")
        for i, s in enumerate(("sIran", "x"))
    ]
    with suppress(AnnotatorError):  # There may be other work already.
        of.log.add_records(
            [Record(text, rng.choice(["ada", "dee", None]), Completion.DONE, tuple(spans))]
        )


def in_review(of: Project) -> list[tuple[object, ...]]:
    """The stored part of the review queue."""
    rows = review_rows(of)
    assert all(row.undecided == len(row.waiting) for row in rows)
    return [
        (r.document, r.voters, r.undecided, r.status, r.reasons, r.updated, r.changed) for r in rows
    ]


def hold_in_review(root: Path) -> None:
    """Check that the stored review queue equals the one computed from scratch."""
    with Project.open(root) as of:
        there = in_review(of)
        of._database.execute("DELETE FROM review")
        assert there == in_review(of)


def several_finished(of: Project) -> bool:
    """Whether there is a document that two annotators finished."""
    done = Counter(
        r.document
        for r in of.log.completions()
        if r.completion is Completion.DONE and r.annotator != "@gold"
    )
    return max(done.values(), default=0) > 1


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 6))]
)
def test_after_anything_every_sum_is_what_a_count_from_scratch_gives(
    tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    roots = tmp_path / "one", tmp_path / "other"
    texts = [f"{TEXT} {i}." for i in range(4)]
    seen: set[str] = set()
    for root in roots:
        with project(root, *(texts if root is roots[0] else texts[::-1])) as of:
            for id in of.documents.ids():
                of.suggestions.put(id, proposals(rng, id), run=RUN)
            arrive(of, rng, 0)
    for step in range(40):
        root = rng.choice(roots)
        with Project.open(root) as of:
            ids = of.documents.ids()
            what = rng.random()
            if what < 0.25:
                document = rng.choice(ids)
                of.suggestions.put(
                    document,
                    proposals(rng, document),
                    run=RUN,
                    untouched=rng.random() < 0.5,
                    others=rng.random() < 0.5,
                )
                if rng.random() < 0.3:
                    of.suggestions.withdraw(
                        document, [s.id for s in of.suggestions.of(document)][:2]
                    )
            elif what < 0.7:
                act(of, rng, rng.choice(["ada", "ben"]), ids)
            elif what < 0.8:
                arrive(of, rng, step)
            elif what < 0.9:
                rename(of, "ada", "entity", "Iran", rng.choice(["Russia", "Persia"]))
            elif several_finished(of):
                merge_all(of, "majority")
        if what > 0.95:
            merged(roots[0], roots[1])
            hold(roots[0])
        hold(root)
        hold_in_review(root)
        seen.update(table for table, counts in kept(root).items() if counts)
    assert seen == set(TABLES), "some sum was always zero"


def test_sums_of_an_older_database_are_counted_when_it_is_brought_up_to_date(
    tmp_path: Path,
) -> None:
    root, rng = tmp_path / "p", random.Random(1)
    with project(root, *(f"{TEXT} {i}." for i in range(3))) as of:
        for step in range(20):
            document = rng.choice(of.documents.ids())
            of.suggestions.put(document, proposals(rng, document), run=RUN)
            act(of, rng, rng.choice(["ada", "ben"]), of.documents.ids())
            arrive(of, rng, step)
    before = dump(root, *(t for t in TABLES))
    raw = sqlite3.connect(root / "annotator.db")
    drop_sums(raw)
    raw.close()
    Project.open(root).close()
    hold(root)
    assert {t for t, rows in dump(root, *TABLES).items() if rows} == {
        t for t, rows in before.items() if rows
    }
    with Project.open(root) as of:
        act(of, rng, "ada", of.documents.ids())
    hold(root)


def test_documents_that_change_places_take_their_sums_along(tmp_path: Path) -> None:
    root = tmp_path / "p"
    with project(root, *(f"{TEXT} {i}." for i in range(3))) as of:
        of.suggestions.put("doc-0", suggestions(), run=RUN)
        of.suggestions.put("doc-1", suggestions(), run=RUN)
        session = Session(of, "ada", "a")
        session.open("doc-0")
        session.do(do.AcceptAll())
        for place, id in ((300, "doc-0"), (700, "doc-1")):
            of._database.execute("UPDATE main.document SET position = ? WHERE id = ?", (place, id))
        hold(root)
        assert of.documents.waiting("ada", "doc-2", 1) == "doc-1"
        assert of.documents.waiting("ada", "doc-1", -1) is None
        assert of.documents.waiting("ben", "doc-1", -1) == "doc-0"


def test_what_is_not_counted_in_time_comes_last_and_is_counted_bit_by_bit(tmp_path: Path) -> None:
    spans = [Span("a", "actor", "state", 0, 4)]
    with project(tmp_path / "p", *(f"{TEXT} {i}." for i in range(3))) as of:
        texts = [of.documents.load(id) for id in of.documents.ids()]
        of.log.add_records(Record(text, "ada", Completion.DONE, tuple(spans)) for text in texts)
        of.log.add_records(Record(text, "ben", Completion.DONE, ()) for text in texts)
        assert [row.counted for row in review_rows(of, seconds=0)] == [False] * 3
        assert [row.undecided for row in review_rows(of)] == [1] * 3
        session = Session(of, "ben", "s")
        session.open("doc-1")
        session.do(do.StartSelection(2))
        session.do(do.SetLabel("actor", "state"))
        session.do(do.SetCompletion(Completion.DONE))
        *_, last = review_rows(of, seconds=0)
        assert (last.document, last.counted) == ("doc-1", False)
        (row,) = (row for row in review_rows(of) if row.document == "doc-1")
        assert row.counted and row.undecided == len(row.waiting) > 0
