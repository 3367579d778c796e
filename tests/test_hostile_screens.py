"""Names that would act on a terminal: no screen lets a control character through."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hostile import EVIL, HARMFUL, make
from playing import play, press, until
from textual.pilot import Pilot

from annotator.model.record import GOLD
from annotator.project import Project
from annotator.tui.reviewing import Adjudicating
from annotator.tui.screens.network import NetworkScreen
from annotator.tui.screens.review import ReviewScreen
from annotator.tui.session import Session

ANN = f"ann {EVIL}".replace("\x00", "")


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project full of such names."""
    root = tmp_path_factory.mktemp("poisoned") / "p"
    make(root)
    return root


def _lines(pilot: Pilot[int]) -> list[str]:
    """What stands in every line of the terminal."""
    return [
        "".join(segment.text for segment in strip)
        for strip in pilot.app.screen._compositor.render_strips()
    ]


WAYS = {
    "document": "",
    "help": "?",
    "matrix": "M",
    "matrix of the project": "M p",
    "cell": "M enter",
    "network": "M w",
    "entities": "E",
    "mentions": "E enter",
    "concepts": "K",
    "history": "H",
    "form": "t",
    "name": "i",
    "note": "c",
    "guidelines": "g",
    "why": "w",
    "palette": "ctrl+p",
    "asked": "R",
    "find": "/ f o r",
    "find everywhere": "ctrl+f p l a n enter",
    "queue": "q",
    "narrowed queue": "q /",
    "agreement": "q A",
    "learning": "q S",
}


REVIEW = {
    "difference": "",
    "help": "?",
    "edit": "m",
    "reason": "c",
    "message": "C",
    "who was right": "W",
    "alike": "*",
    "matrix": "M",
    "network": "M w",
    "history": "H",
    "queue": "q",
}


async def _visit(pilot: Pilot[int], ways: Mapping[str, str]) -> dict[str, str]:
    """What each screen shows; no line of it may hold what a terminal could act on."""
    seen: dict[str, str] = {}
    for name, keys in ways.items():
        await press(pilot, keys)
        if isinstance(pilot.app.screen, NetworkScreen):
            await until(pilot, lambda screen: "reading the project" not in screen)
        lines = _lines(pilot)
        for line in lines:
            assert HARMFUL.search(line) is None and "\n" not in line, (name, line)
        seen[name] = "\n".join(lines)
        for _ in range(4):
            await press(pilot, "escape")
        await press(pilot, "enter")
    return seen


@pytest.mark.parametrize("who", [ANN, "eve"], ids=["hostile", "eve"])
def test_no_screen_lets_a_control_character_out(poisoned: Path, who: str) -> None:
    seen: dict[str, str] = {}

    async def script(pilot: Pilot[int], _: Session) -> None:
        seen.update(await _visit(pilot, WAYS))

    with Project.open(poisoned) as of:
        play(of, script, annotator=who, size=(200, 40))
    for name in ("network", "entities", "concepts"):
        assert "forged" in seen[name], f"{name} is not shown what it should make harmless"


def test_no_screen_of_review_lets_a_control_character_out(poisoned: Path) -> None:
    seen: dict[str, str] = {}

    async def script(pilot: Pilot[int], _: Session) -> None:
        seen.update(await _visit(pilot, REVIEW))

    with Project.open(poisoned) as of:
        source = Adjudicating(of)
        session = Session(of, GOLD, "a", source=source)
        play(
            of,
            script,
            session=session,
            size=(200, 40),
            screen=lambda _: ReviewScreen(session, source),
        )
    assert "forged" in seen["difference"]
