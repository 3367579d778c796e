"""The way through a review: one order, like cases, differences chosen across documents, hidden
names, questions to annotators."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from adjudicating import adjudication, gold_session, project_of, source_of, take
from support import document

from annotator.model import actions as do
from annotator.model.decision import Completion
from annotator.model.record import GOLD, Record
from annotator.model.span import Relation, Span
from annotator.project import Project, QueueFilter
from annotator.tui.key_map import key_map
from annotator.tui.reviewing import alike
from annotator.tui.reviewing import queue as review_queue
from annotator.tui.reviewing.alike import decide_alike
from annotator.tui.screens.review import panel_of
from annotator.tui.session import Session
from annotator.tui.theme import THEMES
from annotator.tui.views.header_and_footer import footer, footer_state
from annotator.tui.views.versions import panel_rows
from annotator.workflows.agreement.differences import DifferenceFilter
from annotator.workflows.agreement.lines import ReportLine, unnamed
from annotator.workflows.names.renaming import rename, take_back
from annotator.workflows.review.open_differences import DifferenceSearch, words_of
from annotator.workflows.review.queue import review_rows
from annotator.workflows.review.requests import note_with, requests

TEXT = "Iran spoke and Iran left.\nNobody else came.\nThen Iran spoke again to Oman."


def _coded(who: str, label: str, *, id: str = "doc", only: int | None = None) -> Record:
    """Every Iran, and Oman, with one label; at most `only` of them."""
    text = TEXT if id == "doc" else f"{TEXT} {id}"
    places = [i for i in range(len(text)) if text.startswith(("Iran", "Oman"), i)][:only]
    spans = tuple(Span(f"{who}{i}", "actor", label, i, i + 4) for i in places)
    return Record(document(text, id=id), who, Completion.DONE, spans)


def _in_two_documents() -> list[Record]:
    """Four places in each of two documents, which ada and ben label differently."""
    return [
        _coded(who, label, id=id)
        for id in ("doc", "two")
        for who, label in (("ada", "state"), ("ben", "bloc"))
    ]


def _session(project: Project, document: str = "doc", **options: bool) -> Session:
    session = gold_session(project, reviewer="lea", **options)
    session.open(document, paragraph=0)
    return session


def _number(session: Session) -> int:
    found = adjudication(session).in_focus()
    assert found is not None
    return found.number


def test_list_n_and_what_comes_after_a_decision_have_one_order(tmp_path: Path) -> None:
    works = [_coded("ada", "state"), _coded("ben", "bloc")]
    more = [replace(w, document=document(f"{TEXT} two", id="two")) for w in works]
    with project_of(tmp_path / "p", *works, *more) as project:
        session = _session(project)
        assert [d.number for d in adjudication(session).here()] == [1, 2]
        assert _number(session) == 1
        session.do(do.MoveFocus(1))
        take(session, adjudication(session).in_focus().version("ada"), "ada's")  # type: ignore[union-attr]
        # Nothing is left after it in the paragraph, so the focus goes back to what was skipped,
        # with a message.
        assert _number(session) == 1 and "back to the first undecided one" in session.review.message
        # j and k go to all items, decided ones too, across paragraphs; n goes to those that wait.
        session.do(do.MoveFocus(1))
        assert _number(session) == 2
        session.do(do.MoveFocus(1))
        assert (_number(session), session.review.paragraph) == (3, 2)
        session.do(do.MoveFocus(-1))
        assert (_number(session), session.review.paragraph) == (2, 0)
        seen, said = [], []
        for _ in range(3):
            assert session.to_undecided()
            seen.append((session.review.document.id, _number(session)))
            said.append(session.review.message)
        # What is left in the document comes before another document, and that is said.
        assert seen == [("doc", 3), ("doc", 4), ("doc", 1)]
        assert said == ["", "", "back to difference 1: it was left undecided"]
        take(session, (), "none")
        session.to_undecided()
        for _ in range(2):
            take(session, (), "none")
        session.to_undecided()
        assert (session.review.document.id, _number(session)) == ("two", 1)
        assert session.review.message == "another document: 4 differences to decide"
        assert session.to_undecided(-1)
        assert (session.review.document.id, _number(session)) == ("two", 4)


def test_the_key_that_finishes_a_paragraph_comes_first_once_nothing_is_left_in_it(
    tmp_path: Path,
) -> None:
    works = [_coded("ada", "state"), _coded("ben", "bloc")]
    with project_of(tmp_path / "p", *works) as project:
        session = _session(project)

        def keys() -> str:
            state = session.review
            row = footer(
                footer_state(state), state.schema, key_map({}), THEMES["mono"], 80, review=True
            )
            return "".join(piece for piece, _ in row).lstrip()

        for _ in range(2):
            assert keys().startswith("1-9 whose version")
            take(session, adjudication(session).in_focus().version("ada"), "ada's")  # type: ignore[union-attr]
        assert "¶ 1 is decided" in session.review.message
        assert keys().startswith("enter done  1-9 whose version")
        session.do(do.CloseParagraph())
        session.do(do.GoParagraph(0))
        assert keys().startswith("1-9 whose version")


def test_like_cases_are_reported_decided_with_one_key_and_taken_back_with_one_undo(
    tmp_path: Path,
) -> None:
    with project_of(tmp_path / "p", *_in_two_documents()) as project:
        session = _session(project)
        shown = panel_rows(panel_of(source_of(session), session.review), THEMES["mono"], 60, 20)
        text = "\n".join("".join(piece for piece, _ in row) for row in shown.rows)
        assert (
            "(6 places)" in text
            and "also in ¶ 1, ¶ 3 and in 3 places of other documents: two" in text
        )
        # A click on a row of the panel selects a version, or the whole difference.
        assert {(d.number, n) for d, n in shown.places.values()} >= {(1, 0), (1, 1), (1, 2), (2, 2)}
        decide_alike(session, source_of(session))
        assert "decide a difference" in session.review.message
        take(session, adjudication(session).in_focus().version("ben"), "ben's")  # type: ignore[union-attr]
        decide_alike(session, source_of(session))
        assert (
            "5 like differences in 2 documents decided; one undo takes it back"
            in session.review.message
        )
        assert {r.document: r.undecided for r in review_rows(project)} == {"doc": 1, "two": 1}
        golds = [project.log.annotations(id, GOLD)[0].spans() for id in ("doc", "two")]
        assert [{s.label for s in spans} for spans in golds] == [{"bloc"}, {"bloc"}]
        session.do(do.Undo())
        assert session.review.message == "taken back: 5 like differences in 2 documents"
        assert {r.document: r.undecided for r in review_rows(project)} == {"doc": 3, "two": 4}
        session.do(do.Undo())
        assert {r.document: r.undecided for r in review_rows(project)} == {"doc": 4, "two": 4}


def test_like_cases_follow_what_was_chosen_last_however_it_was(tmp_path: Path) -> None:
    """A version that is accepted already, another one in its place, and one that `a` accepts."""
    with project_of(tmp_path / "p", *_in_two_documents()) as project:
        session = _session(project)
        first = adjudication(session).in_focus()
        assert first is not None

        def labels() -> set[str]:
            return {s.label for s in project.log.annotations("two", GOLD)[0].spans()}

        take(session, first.version("ada"), "ada's")
        decide_alike(session, source_of(session))
        session.do(do.Undo())
        for who, label in (("ada", "state"), ("ben", "bloc")):
            session.do(do.FocusItem(first.candidates[0].id))
            take(session, first.version(who), f"{who}'s")
            decide_alike(session, source_of(session))
            assert "5 like differences in 2 documents decided" in session.review.message
            assert labels() == {label}
            session.do(do.Undo())
        own = next(c.id for c in first.candidates if c.value.label == "state")
        session.do(do.Undo())
        session.do(do.Undo())
        session.do(do.FocusItem(own))
        session.do(do.Accept())
        decide_alike(session, source_of(session))
        assert "5 like differences in 2 documents decided" in session.review.message
        assert labels() == {"state"}


def test_what_was_decided_with_like_ones_is_not_stayed_on(tmp_path: Path) -> None:
    text = "Iran spoke, Iran left, and Oman stayed."

    def coded(who: str, label: str) -> Record:
        places = [i for i in range(len(text)) if text.startswith(("Iran", "Oman"), i)]
        spans = tuple(Span(f"{who}{i}", "actor", label, i, i + 4) for i in places)
        return Record(document(text, id="doc"), who, Completion.DONE, spans)

    with project_of(tmp_path / "p", coded("ada", "state"), coded("ben", "bloc")) as project:
        session = _session(project)
        take(session, adjudication(session).in_focus().version("ben"), "ben's")  # type: ignore[union-attr]
        assert _number(session) == 2
        decide_alike(session, source_of(session))
        assert "1 like difference" in session.review.message and _number(session) == 3
        session.do(do.Undo())
        assert session.review.message == "taken back: 1 like difference in 1 document"


def test_parts_of_one_thing_are_one_undo_and_earlier_things_come_after(tmp_path: Path) -> None:
    works = [_coded(who, label) for who, label in (("ada", "state"), ("ben", "bloc"))]
    with project_of(tmp_path / "p", *works) as project:
        session = _session(project)
        first = session.review
        wide, back = source_of(session).wide, str
        assert wide.undo(first) is None
        assert wide.add(first, first, "a", (1,), back) == (1,)
        assert wide.add(first, first, "a", (2,), back) == (1, 2)
        assert wide.add(first, first, "b", (3,), back) == (3,)
        take(session, adjudication(session).in_focus().version("ben"), "ben's")  # type: ignore[union-attr]
        assert wide.add(session.review, session.review, "b", (4,), back) == (4,)
        assert wide.undo(session.review) == "(4,)" and wide.undo(session.review) is None
        session.do(do.Undo())
        assert session.review.annotations.spans() == []
        assert [wide.undo(session.review) for _ in range(3)] == ["(3,)", "(1, 2)", None]


def _sided(who: str, side: str, *, id: str, concept: str = "") -> Record:
    """Iran holds that talks help, on a side."""
    words = f"Iran says that talks help. {id}"
    held = {"concept": [concept]} if concept else {}
    iran = Span(f"{who}i", "actor", "state", 0, 4, entity="Iran")
    talks = Span(f"{who}c", "claim", "fact", 15, 25, attributes=held)
    edge = Relation(f"{who}r", "stance", side, iran.id, talks.id)
    return Record(document(words, id=id), who, Completion.DONE, (iran, talks), (edge,))


def test_like_stances_are_decided_together_once_what_they_hang_on_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = [
        _sided(who, side, id=id, concept=concept if id == "three" else "")
        for id in ("one", "two", "three")
        for who, side, concept in (("ada", "support", "peace"), ("ben", "oppose", "war"))
    ]
    with project_of(tmp_path / "p", *works) as project:
        session = _session(project, "one")
        source = source_of(session)
        session.open("one", paragraph=0)
        here = adjudication(session).in_focus()
        assert here is not None and here.kinds == ("side",)
        assert {one.document for one in source.places(session.review, here)} == {"two", "three"}
        take(session, here.version("ben"), "ben's")
        monkeypatch.setattr(alike, "READ", -1.0)
        source.queue.__dict__.pop("open")
        decide_alike(session, source)
        assert session.review.message == (
            "annotators differ in this way nowhere else; "
            "only 0 of 2 documents were read; press the key again to read on"
        )
        monkeypatch.undo()
        decide_alike(session, source)
        assert session.review.message == (
            "1 like difference in 1 document decided; one undo takes it back; "
            "1 left, whose holder or claim is not decided yet"
        )
        golds = [project.log.annotations(id, GOLD)[0].relations() for id in ("two", "three")]
        assert [[r.label for r in relations] for relations in golds] == [["oppose"], []]


def test_single_differences_are_chosen_counted_and_decided_in_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = [
        _coded("ada", "state"),
        _coded("ben", "state", only=3),
        _coded("cem", "state", only=3),
        _coded("ada", "state", id="two"),
        _coded("ben", "bloc", id="two"),
        _coded("cem", "state", id="two"),
    ]
    with project_of(tmp_path / "p", *works) as project:
        session = _session(project)
        queue = session.queue
        assert [(row.id, row.pending) for row in queue.documents()] == [("two", 4), ("doc", 1)]
        queue.search = "label:state,bloc"
        assert [(row.id, row.pending) for row in queue.documents(QueueFilter(queue.search))] == [
            ("two", 4)
        ]
        assert queue.searched() == "4 differences with label:state,bloc"
        assert queue.narrow("kind:missing by:ada,ben") == 1
        assert queue.narrow("by:ada") == 1 and queue.narrow("by:ben") == 4
        assert queue.narrow("kind:concept") == 0 and not queue.reading
        # A question that was not read yet has no answer.
        queue.__dict__.pop("open")
        monkeypatch.setattr(review_queue, "HASTE", -1.0)
        monkeypatch.setattr(review_queue, "PATIENCE", -1.0)
        assert queue.narrow("by:ben") == 0 and queue.reading
        monkeypatch.undo()
        assert queue.narrow("by:ben") == 4
        # Only these are shown, and the screen says how many are left.
        queue.search = "label:bloc"
        assert session.to_undecided() and session.review.document.id == "two"
        take(session, adjudication(session).in_focus().version("ada"), "ada's")  # type: ignore[union-attr]
        panel = panel_of(source_of(session), session.review)
        assert panel.course == "label:bloc: 3 left"
        for height in (3, 7, 24):
            rows = [
                "".join(t for t, _ in row)
                for row in panel_rows(panel, THEMES["mono"], 60, height).rows
            ]
            assert len(rows) <= height and rows[0].startswith("Difference 2 of 4, 3 left")
            # Three rows are enough for the versions; from seven on, decided fields have a row too.
            assert any("1 ada" in row for row in rows)
            assert any("label:bloc: 3 left" in row for row in rows) == (height > 3)
        narrow = panel_rows(panel, THEMES["mono"], 36, 24).rows
        heads = ["".join(text for text, _ in row) for row in narrow[:2]]
        assert heads == ["Difference 2 of 4, 3 left", "label:bloc: 3 left"]
        # However long the search is, the number that is left is told.
        long = replace(panel, course="layer:actor label:bloc,state kind:label by:ada: 3 left")
        for height in (7, 24):
            drawn = panel_rows(long, THEMES["mono"], 36, height).rows
            rows = ["".join(text for text, _ in row) for row in drawn]
            (told,) = (row for row in rows if "layer:actor" in row)
            assert told.endswith("3 left") and len(told) <= 36
        assert words_of(
            DifferenceFilter("", "actor", ("bounds and label",), ("a", "b"), who=("x",))
        ) == ("layer:actor label:a,b kind:bounds,label by:x")
        told = DifferenceSearch.parse('name:"United Nations" label:a,b harbour')
        assert (told.rest, told.title) == ("harbour", 'name:"united nations" label:a,b')


def test_what_follows_without_anything_to_decide_is_done_with_a_paragraph(tmp_path: Path) -> None:
    with project_of(
        tmp_path / "p", _coded("ada", "state"), _coded("ben", "state", only=1)
    ) as project:
        session = _session(project)
        take(session, (), "none")
        session.do(do.CloseParagraph())
        assert session.review.paragraph == 2 and "¶ 2 had nothing left" in session.review.message
        take(session, (), "none")
        take(session, (), "none")
        session.do(do.CloseParagraph())
        assert session.review.annotations.completion is Completion.GOLD
        assert session.review.message == "document done: it is gold"
        session.do(do.Undo())
        assert session.review.annotations.completion is Completion.IN_PROGRESS


def test_the_next_undecided_one_is_in_the_document_as_long_as_one_is_left_there(
    tmp_path: Path,
) -> None:
    with project_of(tmp_path / "p", _coded("ada", "state"), _coded("ben", "bloc")) as project:
        session = _session(project)
        for number, left_before in ((2, False), (3, False), (4, False), (1, True)):
            assert session.to_undecided() and _number(session) == number
            said = "back to difference 1: it was left undecided" if left_before else ""
            assert session.review.message == said


def test_paragraphs_in_a_row_are_told_as_a_range(tmp_path: Path) -> None:
    lines = "\n".join(f"Line {n} is about Iran." for n in range(1, 7))

    def coded(who: str, label: str) -> Record:
        spans = [
            Span(f"{who}{i}", "actor", label if i < 20 or i > 105 else "state", i, i + 4)
            for i in range(len(lines))
            if lines.startswith("Iran", i)
        ]
        return Record(document(lines), who, Completion.DONE, tuple(spans))

    with project_of(tmp_path / "p", coded("ada", "state"), coded("ben", "bloc")) as project:
        session = _session(project)
        take(session, (), "none")
        session.do(do.CloseParagraph())
        assert session.review.message == "¶ 2-5 had nothing left: done too"


def test_hidden_names_are_hidden_in_the_queue_and_in_agreement(tmp_path: Path) -> None:
    with project_of(tmp_path / "p", _coded("ada", "state"), _coded("benjamin", "bloc")) as project:
        session = _session(project, hidden=True)
        called = session.queue.called()
        assert sorted(called.values()) == ["#1", "#2"]
        line = ReportLine("benjamin   .50  ada", cells=(DifferenceFilter("ada and benjamin"),))
        shown = unnamed(line, called)
        assert shown.text.index(".50") == line.text.index(".50")
        assert not any(name in shown.text + shown.cells[0].title for name in called)
        # Neither does a note of an annotator on their own item show them.
        coder = Session(project, "ada", "s")
        coder.open("doc")
        coder.do(do.NoteOn("ada0", "BENJAMIN and Benjamin-like people differ from ada"))
        session.reload()
        source, first = source_of(session), adjudication(session).in_focus()
        assert first is not None
        letters = dict(source.voters())
        assert source.note("ada", first.version("ada")[0].id) == (
            f"{letters['benjamin']} and {letters['benjamin']}-like people differ from "
            f"{letters['ada']}"
        )


def test_an_annotator_is_asked_item_by_item_and_what_became_of_it_is_known(tmp_path: Path) -> None:
    with project_of(tmp_path / "p", _coded("ada", "state"), _coded("ben", "bloc")) as project:
        review = _session(project)
        first = adjudication(review).in_focus()
        assert first is not None
        take(review, first.version("ada"), "ada's")
        review.do(do.NoteOn(first.version("ada")[0].id, "» ben, is this a bloc?"))
        (asked,) = requests(project, "ben")
        assert (asked.item, asked.text, asked.outcome) == ("ben0", "ben, is this a bloc?", "open")
        coder = Session(project, "ben", "s")
        coder.open("doc")
        coder.do(do.NoteOn("ben0", "no, my mistake"))
        (asked,) = requests(project, "ben")
        assert (asked.outcome, asked.answer) == ("answered", "no, my mistake")
        assert note_with(asked, "yes") == "yes"
        # A note of the annotator's own is kept, and every question has an answer of its own.
        own = replace(asked, note="see page 2", answer="")
        assert note_with(own, "yes") == f"see page 2 / {asked.text} → yes"
        coder.do(do.FocusItem("ben0"))
        coder.do(do.SetLabel("actor", "state"))
        assert requests(project, "ben")[0].outcome == "changed"


def test_questions_are_in_reading_order_whatever_the_ids_are(tmp_path: Path) -> None:
    made = _coded("ada", "state")
    spans = tuple(replace(span, id=id) for span, id in zip(made.spans, "zyxw", strict=False))
    with project_of(tmp_path / "p", replace(made, spans=spans), _coded("ben", "bloc")) as project:
        review = _session(project)
        for _ in range(2):
            first = adjudication(review).in_focus()
            assert first is not None
            take(review, first.version("ada"), "ada's")
            review.do(do.NoteOn(first.version("ada")[0].id, "» why?"))
        one, two = requests(project, "ada")
        assert one.at < two.at and one.item > two.item


def test_each_question_on_what_an_annotator_did_not_mark_has_its_own_answer(tmp_path: Path) -> None:
    with project_of(
        tmp_path / "p", _coded("ada", "state"), _coded("ben", "bloc", only=0)
    ) as project:
        review = _session(project)
        for text in ("» is this a state?", "» and this?"):
            first = adjudication(review).in_focus()
            assert first is not None
            take(review, first.version("ada"), "ada's")
            review.do(do.NoteOn(first.version("ada")[0].id, text))
        one, two = requests(project, "ben")
        assert (one.item, two.item, one.several) == ("", "", True)
        # Without an item of their own, the words say what each question is about.
        text = project.documents.load("doc").text
        assert all(r.words and text[r.at :].startswith(r.words) for r in (one, two))
        assert one.words != two.words or one.at != two.at
        coder = Session(project, "ben", "s")
        coder.open("doc")
        coder.do(do.Note(note_with(two, "yes"), paragraph=True))
        one, two = requests(project, "ben")
        assert [(r.outcome, r.answer) for r in (one, two)] == [("open", ""), ("answered", "yes")]
        coder.do(do.Note(note_with(one, "no"), paragraph=True))
        coder.do(do.Note(note_with(requests(project, "ben")[1], "maybe"), paragraph=True))
        assert [r.answer for r in requests(project, "ben")] == ["no", "maybe"]


def test_a_name_given_in_review_stays_when_the_document_is_read_again(tmp_path: Path) -> None:
    """Annotators agree on the name, so it is filled in whenever an unfinished document is opened."""
    works = [
        replace(work, spans=tuple(replace(s, entity="Iran") for s in work.spans))
        for work in (_coded("ada", "state"), _coded("ben", "state"))
    ]
    with project_of(tmp_path / "p", *works) as project:
        session = _session(project)
        assert rename(project, GOLD, "entity", "Iran", "Persia", reviewer="lea") == 4
        for _ in range(2):
            session.reload()
            assert {s.entity for s in session.review.annotations.spans()} == {"Persia"}
        assert take_back(project, GOLD, "entity", reviewer="lea")[1] == 4
        session.reload()
        assert {(s.entity, s.origin) for s in session.review.annotations.spans()} == {
            ("Iran", "unanimous")
        }
