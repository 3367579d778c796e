"""All screens together, driven by keys. There are few such tests, since each start of the
application takes time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from adjudicating import gold_session, source_of
from playing import play, press, shown, until
from support import TEXT, project, suggestions
from textual.events import MouseMove, MouseScrollDown
from textual.pilot import Pilot

from annotator.errors import StoreError
from annotator.model import actions as do
from annotator.model.blind import is_blind
from annotator.model.decision import Completion
from annotator.model.names import MentionKind, ProposedName
from annotator.model.record import Record
from annotator.model.span import Relation, Span
from annotator.project import KnownName, Project, SuggestionRun
from annotator.tui.item_names import NameField, entity_offers
from annotator.tui.screens.agreement import AgreementScreen
from annotator.tui.screens.annotate import AnnotateScreen
from annotator.tui.screens.help import TextScreen
from annotator.tui.screens.listing import ListScreen
from annotator.tui.screens.matrix import MatrixScreen
from annotator.tui.screens.prompt import PromptScreen
from annotator.tui.screens.queue import QueueScreen
from annotator.tui.screens.review import ReviewScreen
from annotator.tui.session import Session
from annotator.workflows.names.name_events import history
from annotator.workflows.names.name_facts import entries, mentions
from annotator.workflows.names.offers import Offer, matching
from annotator.workflows.names.renaming import rename, take_back


def _demo(root: Path) -> Project:
    made = project(root, TEXT, "Germany supports Ukraine.")
    made.suggestions.put("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))
    return made


def _all_accepted(of: Project) -> Session:
    """A session in which every suggestion of the first document was accepted."""
    session = Session(of, "ada", "a")
    session.open("doc-0")
    session.do(do.AcceptAll())
    return session


def test_a_paragraph_from_the_first_key_to_the_last(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], session: Session) -> None:
        assert isinstance(pilot.app.screen, AnnotateScreen)
        await press(pilot, "a")
        assert not session.review.items[0].pending
        # Relabel, undo and redo.
        await press(pilot, "k 3 u U")
        assert session.review.items[0].value.label == "organization"
        # Another bound, by a word.
        await press(pilot, "e w enter")
        value = session.review.items[0].value
        assert (
            isinstance(value, Span)
            and session.review.document.quote(value.start, value.end) == "Iran rejects"
        )
        await press(pilot, "u")
        # A span from nothing, by hint letters, and its entity.
        await press(pilot, "v l l l l l 4")
        added = session.review.focused
        assert added is not None and added.value.label == "bloc"
        await press(pilot, "i")
        assert isinstance(pilot.app.screen, PromptScreen)
        await press(pilot, "E U enter")
        value = session.review.focused.value if session.review.focused else None
        assert isinstance(value, Span) and value.entity == "EU"
        # A stance of the author on it.
        await press(pilot, "s @ -")
        relation = session.review.focused.value if session.review.focused else None
        assert isinstance(relation, Relation) and (relation.source, relation.label) == (
            "@author",
            "oppose",
        )
        # The matrix knows it, and goes back to the evidence.
        await press(pilot, "k M")
        assert isinstance(pilot.app.screen, MatrixScreen)
        assert "author" in shown(pilot) and "EU" in shown(pilot)
        await press(pilot, "enter")
        assert session.review.focus == relation.id
        # A note, a flag, guidelines and reasons.
        await press(pilot, "c h m enter !")
        assert session.review.focused is not None
        assert (session.review.focused.note, session.review.focused.flagged) == ("hm", True)
        await press(pilot, "g")
        assert "definition" not in shown(pilot) and "stance · oppose" in shown(pilot)
        await press(pilot, "q")
        # Everything that is left, the paragraph, the document.
        await press(pilot, "A enter")
        assert session.review.paragraph == 2
        await press(pilot, "enter enter")
        assert session.review.annotations.completion is Completion.DONE
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, QueueScreen)
        assert "done ✓" in shown(pilot)

    with _demo(tmp_path / "p") as of:
        play(of, script)
        stored, _ = of.log.annotations("doc-0", "ada")
        assert stored.completion is Completion.DONE
        assert "EU" in {span.entity for span in stored.spans()}
        assert of.verify() == []


def test_the_mouse_goes_selects_scrolls_and_presses_keys_and_the_last_item_is_named(
    tmp_path: Path,
) -> None:
    async def script(pilot: Pilot[int], session: Session) -> None:
        rows = shown(pilot).split("\n")
        y = next(y for y, row in enumerate(rows) if y and "Iran rejects" in row[:62])
        at = rows[y].index("Iran rejects")
        await pilot.click(offset=(at + 1, y))
        assert session.review.focused is not None
        assert session.review.focused.value.label == "state"
        # From one word to the next.
        await pilot.mouse_down(offset=(at, y))
        await pilot._post_mouse_events([MouseMove], offset=(at + 6, y), button=1)
        await pilot.mouse_up(offset=(at + 6, y))
        chosen = session.review.selection
        assert chosen is not None
        assert session.review.document.quote(chosen.start, chosen.end) == "Iran rejects"
        await press(pilot, "escape")
        # A key of the footer, and then the name of the item that it decided, from the new position.
        await pilot.click(offset=(rows[-1].index("accept"), len(rows) - 1))
        await pilot.pause()
        decided, here = session.review.items[0].id, session.review.focus
        assert not session.review.items[0].pending and here != decided
        await press(pilot, "I P e r s i a enter")
        value = session.review.items[0].value
        assert isinstance(value, Span) and value.entity == "Persia"
        assert session.review.focus == here
        await pilot._post_mouse_events([MouseScrollDown], offset=(at, y))
        assert session.review.paragraph == 1

    with _demo(tmp_path / "p") as of:
        play(of, script)


def test_finding_counting_muting_and_the_queue(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], session: Session) -> None:
        await press(pilot, "; 3 j")
        assert session.review.focus == session.review.items[3].id
        # A number before a key holds while selecting too, where digits are labels otherwise.
        await press(pilot, "v")
        begun = session.review.selection
        await press(pilot, "; 2 w")
        now = session.review.selection
        assert begun is not None and now is not None and now.start == begun.start
        assert session.review.document.quote(begun.end, now.end).count(" ") == 2
        await press(pilot, "escape")
        assert len(session.review.items) == len(suggestions())
        await press(pilot, "/ r e s p o n d enter")
        assert session.review.paragraph == 2
        assert "1 of 1 found" in shown(pilot)
        await press(pilot, "/ r e : [ enter")
        assert isinstance(pilot.app.screen, PromptScreen)
        await press(pilot, "escape pageup pageup w")
        assert isinstance(pilot.app.screen, TextScreen)
        assert "because" in shown(pilot)
        await press(pilot, "w z")
        assert "┄" not in shown(pilot).replace("└", "")
        await press(pilot, "z ? escape tab ctrl+t ctrl+l")
        assert "┄" in shown(pilot)
        await press(pilot, "q j")
        assert "A agreement" in shown(pilot) and "S learning" in shown(pilot)
        await press(pilot, "s s s s s / d o c minus 1 enter")
        assert "1 of 1" in shown(pilot)
        await press(pilot, "x")
        assert "skipped" in shown(pilot)
        await press(pilot, "A")
        assert isinstance(pilot.app.screen, AgreementScreen)
        await until(pilot, "no document was finished by two annotators")

    with _demo(tmp_path / "p") as of:
        play(of, script)


def test_the_queue_says_something_as_long_as_it_is_so(tmp_path: Path) -> None:
    lasts = [True]

    async def script(pilot: Pilot[int], _: Session) -> None:
        await press(pilot, "escape")
        screen = pilot.app.screen
        assert isinstance(screen, QueueScreen)
        screen.say_while("a model is being trained", lambda: lasts[0], every=0.02)
        await until(pilot, "a model is being trained")
        lasts[0] = False
        await until(pilot, lambda screen: "a model is being trained" not in screen)

    with project(tmp_path / "p", TEXT) as of:
        play(of, script)


def test_nothing_is_pending_in_the_queue_beside_finished_work(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], session: Session) -> None:
        await press(pilot, "q")
        pending = len(suggestions())
        row = next(line for line in shown(pilot).splitlines() if "new" in line or "begun" in line)
        assert str(pending) in row.split()
        session.do(do.SetCompletion(Completion.DONE))
        await press(pilot, "j")
        row = next(line for line in shown(pilot).splitlines() if "done ✓" in line)
        assert str(pending) not in row.split() and "–" in row

    with _demo(tmp_path / "p") as of:
        play(of, script)


def test_a_muted_rule_is_silent_for_one_annotator_until_it_speaks_again(tmp_path: Path) -> None:
    with _demo(tmp_path / "p") as of:
        marked = [
            type(s)(s.value, s.paragraph, "rules", "1", s.score, 0, "because", s.value.label)
            for s in suggestions()
        ]
        of.suggestions.put("doc-0", marked, run=SuggestionRun({"rules": "1"}))
        ada, ben = Session(of, "ada", "a"), Session(of, "ben", "b")
        ada.open("doc-0")
        ada.mute("rules/policy", who="ada")
        assert {i.value.label for i in ada.review.items} == {"state", "person"}
        ben.open("doc-0")
        assert "policy" in {i.value.label for i in ben.review.items}
        ada.mute("rules/policy", who="ada", muted=False)
        assert "policy" in {i.value.label for i in ada.review.items}


def test_the_registry_renames_merges_and_leads_to_mentions_and_places_are_found_everywhere(
    tmp_path: Path,
) -> None:
    async def script(pilot: Pilot[int], session: Session) -> None:
        await press(pilot, "a k i I R I enter")
        await press(pilot, "E")
        assert isinstance(pilot.app.screen, ListScreen)
        assert "IRI" in shown(pilot)
        await press(pilot, "r I r a n enter")
        assert "Iran" in shown(pilot)
        await press(pilot, "enter")
        assert "Mentions of Iran" in shown(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, AnnotateScreen)
        value = session.review.focused.value if session.review.focused else None
        assert isinstance(value, Span) and value.entity == "Iran"
        await press(pilot, "u")
        value = session.review.focused.value if session.review.focused else None
        assert isinstance(value, Span) and value.entity == "IRI"
        await press(pilot, "E")
        with Project.open(session.project.root) as other:
            assert rename(other, "ada", "entity", "IRI", "Persia") == 1
        await press(pilot, "r")
        assert isinstance(pilot.app.screen, ListScreen)
        assert "somebody changed this line meanwhile" in shown(pilot)
        assert "Persia" in shown(pilot)
        await press(pilot, "u")
        assert "1 mention is “IRI” again, not “Persia”" in shown(pilot)
        await press(pilot, "escape")
        await press(pilot, "ctrl+f u k r a enter")
        await until(pilot, "doc-1")
        await press(pilot, "enter")
        assert session.review.document.id == "doc-1"
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, QueueScreen)

    with _demo(tmp_path / "p") as of:
        play(of, script)
        assert of.verify() == []


def test_renaming_to_a_name_in_use_merges_and_a_plural_keeps_its_other_names(
    tmp_path: Path,
) -> None:
    with _demo(tmp_path / "p") as of:
        session = _all_accepted(of)
        for item, name in (("sIran", "Iran; Russia"), ("sPutin", "Rossiya")):
            session.do(do.FocusItem(item))
            session.do(do.SetAttribute("entity", name))
        session.do(do.FocusItem("sPlan"))
        session.do(do.SetAttribute("concept", ["the plan is good"]))
        assert [(e.name, e.count) for e in entries(of, "ada", "entity")] == [
            ("Iran", 1),
            ("Rossiya", 1),
            ("Russia", 1),
        ]
        assert rename(of, "ada", "entity", "Rossiya", "Russia") == 1
        assert [(e.name, e.count) for e in entries(of, "ada", "entity")] == [
            ("Russia", 2),
            ("Iran", 1),
        ]
        assert [m.quote for m in mentions(of, "ada", "entity", "Russia")] == ["Iran", "Putin"]
        assert rename(of, "ada", "concept", "the plan is good", "the plan is bad") == 1
        assert [e.name for e in entries(of, "ada", "concept")] == ["the plan is bad"]
        assert rename(of, "ada", "entity", "nobody", "x") == 0
        assert of.verify() == []


def test_a_renaming_is_logged_and_is_taken_back_in_a_later_sitting(tmp_path: Path) -> None:
    def named() -> list[str]:
        return [entry.name for entry in entries(of, "ada", "entity")]

    with _demo(tmp_path / "p") as of:
        session = _all_accepted(of)
        session.do(do.FocusItem("sIran"))
        session.do(do.SetAttribute("entity", "Persia"))
        before = named()
        assert rename(of, "ada", "entity", "Persia", "Iran") == 1
        assert rename(of, "ada", "entity", "Iran", "IRI") == 1
    with Project.open(tmp_path / "p") as of:
        assert [(event.who, event.what) for event in history(of)] == [
            ("ada", "entity “Persia” renamed to “Iran”: 1 mention in 1 document"),
            ("ada", "entity “Iran” renamed to “IRI”: 1 mention in 1 document"),
        ]
        assert take_back(of, "ben", "entity") == (None, 0)
        assert take_back(of, "ada", "concept") == (None, 0)
        last, number = take_back(of, "ada", "entity")
        assert last is not None and (last.new, last.old, number) == ("IRI", "Iran", 1)
        assert history(of)[1].what.endswith(", taken back")
        first, number = take_back(of, "ada", "entity")
        assert first is not None and (first.new, first.old, number) == ("Iran", "Persia", 1)
        assert named() == before
        assert take_back(of, "ada", "entity") == (None, 0)
        assert of.verify() == []


def test_what_cannot_be_saved_shows_a_banner_is_saved_later_and_quitting_says_so(
    tmp_path: Path,
) -> None:
    async def script(pilot: Pilot[int], session: Session) -> None:
        save = session.project.log.save

        def full(*_: object) -> None:
            raise StoreError("the disk is full")

        session.project.log.save = full  # type: ignore[method-assign]
        session.project.journal.keep = full  # type: ignore[method-assign]
        await press(pilot, "a")
        assert "1 decision not saved: the disk is full" in shown(pilot)
        assert "1 unsaved" in shown(pilot)
        await press(pilot, "ctrl+q")
        assert "ctrl+q again leaves without" in shown(pilot)
        session.project.log.save = save  # type: ignore[method-assign]
        await press(pilot, "a")
        assert "not saved" not in shown(pilot)
        assert not session.saving.unsaved

    with _demo(tmp_path / "p") as of:
        play(of, script)
        assert len(list(of.log.annotations("doc-0", "ada")[0].annotations())) >= 2


def test_whoever_is_led_back_is_told_the_way_to_the_next_document(tmp_path: Path) -> None:
    """Otherwise `n` would go round and round while something is left."""

    async def script(pilot: Pilot[int], session: Session) -> None:
        left = sum(item.undecided for item in session.review.items)
        assert left > 1
        for _ in range(left - 1):
            assert "back to" not in await press(pilot, "n")
        screen = await press(pilot, "n")
        assert f"back to ¶ 1: {left} undecided; }} goes to the next document" in screen
        await press(pilot, "}")
        assert session.review.document.id == "doc-1"
        # In the last document there is nowhere to go on to.
        session.open("doc-1")
        screen = await press(pilot, "n n")
        assert "back to ¶ 1: 2 undecided" in screen and "goes to the next document" not in screen

    with _demo(tmp_path / "p") as of:
        values = [
            Span(f"s{at}", "actor", "state", *at, origin="suggestion") for at in ((0, 7), (17, 24))
        ]
        more = [replace(suggestions()[0], value=value) for value in values]
        of.suggestions.put("doc-1", more, run=SuggestionRun({"rules": "1"}))
        play(of, script, size=(80, 24))


def test_what_is_undecided_is_found_across_documents_in_both_directions(tmp_path: Path) -> None:
    with _demo(tmp_path / "p") as of:
        germany = Span("sGermany", "actor", "state", 0, 7, origin="suggestion")
        more = replace(suggestions()[0], value=germany)
        of.suggestions.put("doc-1", [more], run=SuggestionRun({"rules": "1"}))
        session = _all_accepted(of)
        assert session.to_undecided()
        assert (session.review.document.id, session.review.focus) == ("doc-1", "sGermany")
        assert not session.to_undecided(-1)
        other = Session(of, "ben", "b")
        other.open("doc-1")
        assert other.to_undecided(-1)
        assert (other.review.document.id, other.review.focus) == (
            "doc-0",
            other.review.items[-1].id,
        )


def test_blind_paragraphs_are_about_their_share_and_hide_suggestions_from_everybody(
    tmp_path: Path,
) -> None:
    found = [is_blind("doc", i, share=0.3, seed="s") for i in range(3000)]
    assert 0.27 < sum(found) / 3000 < 0.33
    assert found == [is_blind("doc", i, share=0.3, seed="s") for i in range(3000)]
    assert not any(is_blind("doc", i, share=0.0, seed="s") for i in range(100))
    _demo(tmp_path / "p").close()
    with (tmp_path / "p" / "annotator.toml").open("a", encoding="utf-8") as file:
        file.write("\nblind_share = 1.0\n")
    with Project.open(tmp_path / "p") as of:
        session = Session(of, "ada", "a")
        session.open("doc-0")
        assert session.review.items == ()

        async def script(pilot: Pilot[int], _: Session) -> None:
            assert "blind" in shown(pilot)

        play(of, script)


def test_a_small_window_says_so_and_loses_nothing(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], session: Session) -> None:
        await press(pilot, "a")
        await pilot.resize_terminal(30, 8)
        await until(pilot, "too small")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda screen: "too small" not in screen)
        assert "Iran" in shown(pilot)
        assert not session.review.items[0].pending

    with _demo(tmp_path / "p") as of:
        play(of, script)


def test_offers_that_begin_with_what_was_typed_come_first_and_aliases_count() -> None:
    offers = [
        Offer("United Nations", aliases=("UN",)),
        Offer("European Union"),
        Offer("Union of Writers"),
    ]
    assert [o.value for o in matching(offers, "union")] == ["Union of Writers", "European Union"]
    assert [o.value for o in matching(offers, "un")][:2] == ["United Nations", "Union of Writers"]
    assert list(matching(offers, "")) == offers


def test_review_chooses_by_number_gives_reasons_and_tells_the_annotators(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], session: Session) -> None:
        assert "label differ" in shown(pilot)
        await press(pilot, "n 2")
        assert [s.label for s in session.review.annotations.spans()] == ["fact"]
        assert "✓ fact" in shown(pilot)
        await press(pilot, "a")
        assert "no version has a majority" in shown(pilot)
        await press(pilot, "C m i n d enter")
        await press(pilot, "c down enter")
        notes = {s.note for s in session.review.annotations.paragraph(0).values()}
        assert notes == {"guideline » mind", ""}
        await press(pilot, "H")
        assert "ada" not in shown(pilot)
        await press(pilot, "V")
        assert "the model suggested nothing in this document" in shown(pilot)
        await press(pilot, "x")
        assert session.review.annotations.spans() == []
        # A decision for “none” can still be changed.
        await press(pilot, "2")
        assert len(session.review.annotations.spans()) == 1 and "instead" in shown(pilot)
        await press(pilot, "u u m")
        assert session.review.mode.value == "select"
        await press(pilot, "escape W")
        assert isinstance(pilot.app.screen, TextScreen)
        await press(pilot, "escape enter q")
        assert session.review.annotations.completion is Completion.GOLD

    with project(tmp_path / "p", "Iran says that the plan is wrong.") as made:
        text = made.documents.load(made.documents.ids()[0])
        for who, label in (("ada", "value"), ("ben", "fact")):
            span = Span(f"{who}1", "claim", label, 15, 32)
            made.log.add_records([Record(text, who, Completion.DONE, (span,))])
        session = gold_session(made)
        play(
            made,
            script,
            session=session,
            size=(120, 30),
            screen=lambda _: ReviewScreen(session, source_of(session)),
        )

        async def annotating(pilot: Pilot[int], session: Session) -> None:
            await press(pilot, "q")
            assert "» review, ¶1: mind" in shown(pilot)

        play(made, annotating)


def test_a_restart_comes_back_to_the_same_item_card_and_view_and_still_undoes(
    tmp_path: Path,
) -> None:
    with _demo(tmp_path / "p") as of:
        before = _all_accepted(of)
        before.do(do.FocusItem("rPutin"))
        before.view = "compact panel"
        before.save_place()
    with Project.open(tmp_path / "p") as of:
        after = Session(of, "ada", "b")
        place = of.log.last_position("ada")
        assert place is not None
        after.open(place.document)
        assert (after.review.paragraph, after.review.focus, after.view) == (
            0,
            "rPutin",
            "compact panel",
        )
        after.do(do.Undo())
        assert not after.review.annotations.spans()
        after.do(do.Redo())
        assert after.review.annotations == before.review.annotations


def test_a_filter_and_a_threshold_hold_from_document_to_document(tmp_path: Path) -> None:
    with project(tmp_path / "p", TEXT, TEXT + "\n") as of:
        for id in ("doc-0", "doc-1"):
            of.suggestions.put(id, suggestions(), run=SuggestionRun({"rules": "1"}))
        ada = Session(of, "ada", "a")
        ada.open("doc-0")
        ada.do(do.SetFilter("actor"))
        ada.do(do.AcceptAll())
        assert ada.to_undecided()
        assert ada.review.document.id == "doc-1"
        assert {i.value.layer for i in ada.review.items} == {"actor"}
        ada.do(do.AcceptAll())
        # Claims are left in both, but they are not shown, so there is nowhere to go and the focus
        # stays.
        assert not ada.to_undecided(-1)
        assert (ada.review.document.id, ada.review.only) == ("doc-1", "actor")


def test_what_was_said_is_gone_with_the_next_key_and_held_back_is_said_in_80_columns(
    tmp_path: Path,
) -> None:
    async def script(pilot: Pilot[int], session: Session) -> None:
        await press(pilot, "a enter")
        assert "press again to go on" in shown(pilot)
        await press(pilot, "enter")
        assert "left undecided in the paragraph before" in shown(pilot)
        await press(pilot, "z")
        assert "left undecided" not in shown(pilot)
        await press(pilot, ",")
        last = shown(pilot).splitlines()[-2]
        assert "held back, from a score of 0.50 on" in last
        assert last.rstrip().endswith("held back too")
        await press(pilot, ".")
        assert "held back" not in shown(pilot)

    play(_demo(tmp_path / "p"), script, size=(80, 24))


def test_a_name_that_stood_for_the_same_text_is_offered_first() -> None:
    known = [KnownName("Russia", 9, {"Russia": 9}), KnownName("Iran", 2, {"Tehran": 1, "Iran": 1})]
    field = NameField("entity", "entity", "", "“Tehran”", False, "Tehran")
    offered = entity_offers(field, known)
    assert [(o.value, o.preselected) for o in offered] == [("Iran", True), ("Russia", False)]


def test_the_name_of_a_common_noun_or_pronoun_is_preselected_only_if_it_is_sure() -> None:
    field = NameField("entity", "entity", "", "“leaders”", False, "leaders")

    def first(kind: MentionKind, chance: float) -> bool:
        offered = entity_offers(field, [], proposed=[ProposedName("Iran; Russia", kind, chance)])
        return offered[0].preselected

    for kind in ("nominal", "pronoun"):
        assert [first(kind, chance) for chance in (0.4, 0.79, 0.8)] == [False, False, True]
    assert first("name", 0.4)


def test_several_names_are_completed_one_by_one(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], session: Session) -> None:
        session.do(do.FocusItem("sIran"))
        await press(pilot, "i I r a n enter")
        session.do(do.FocusItem("sPutin"))
        await press(pilot, "i P u t i n ; space i r down enter")
        value = session.review.focused.value if session.review.focused else None
        assert isinstance(value, Span) and value.entity == "Putin; Iran"

    with _demo(tmp_path / "p") as of:
        play(of, script)


def test_the_palette_finds_commands_by_name_and_by_what_they_do(tmp_path: Path) -> None:
    async def script(pilot: Pilot[int], _: Session) -> None:
        await press(pilot, "ctrl+p")
        assert isinstance(pilot.app.screen, PromptScreen)
        assert "Accept the suggestion in focus" in shown(pilot)
        await press(pilot, "w h o space h o l d s enter")
        assert isinstance(pilot.app.screen, MatrixScreen)
        await press(pilot, "q ctrl+p d e n s i t y enter")
        assert isinstance(pilot.app.screen, AnnotateScreen)
        await press(pilot, "q ctrl+p f i r s t enter")
        assert isinstance(pilot.app.screen, QueueScreen)

    with _demo(tmp_path / "p") as of:
        play(of, script)
