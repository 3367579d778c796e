"""Long messages and names are shown completely on every screen."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from support import TEXT, document

from annotator.model.decision_text import both_ends_of
from annotator.model.review import open_document
from annotator.resources import load_schema
from annotator.tui.key_map import key_map
from annotator.tui.screens.rows import lay_over
from annotator.tui.styled_rows import PLAIN, paragraphs
from annotator.tui.theme import THEMES
from annotator.tui.views.frame import FrameContext, frame
from annotator.tui.views.strokes import Look
from annotator.tui.views.text import TextView

ASIDE = (
    "the database is there again, and what was in its place is in annotator.db.replaced-0193b0c4-"
    "7f1e: 3 decisions written into the database that is there now; what does not fit it is in "
    "annotator.db.left-0193b0c4-7f1e-7c3a-9d55-2f0e6a1b8c7d"
)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (100, 30), (120, 40), (80, 13)])
def test_the_name_of_a_file_is_whole_in_a_message(width: int, height: int) -> None:
    state = open_document(document(TEXT), load_schema("actors-claims-stances"), session="s")
    made = frame(
        TextView(),
        state,
        Look(THEMES["dark"]),
        key_map({}),
        FrameContext("ada", message=ASIDE),
        width,
        height,
    )
    rows = [row.text for row in made.rows]
    assert len(rows) == height
    assert all(cell_len(row) <= width for row in rows)
    assert ASIDE.replace(" ", "") in "".join(rows).replace(" ", "")


@pytest.mark.parametrize(("at", "upwards"), [(1, False), (8, True)])
def test_a_long_message_lies_over_the_rows_of_a_list(at: int, upwards: bool) -> None:
    rows = [[(f"row {i}", PLAIN)] for i in range(10)]
    told = paragraphs(ASIDE, 79, indent=" ", limit=6)
    lay_over(rows, told, at, upwards=upwards)
    assert len(rows) == 10
    assert ASIDE.replace(" ", "") in "".join(t for r in rows for t, _ in r).replace(" ", "")
    assert rows[at] in (told[0], told[-1])
    assert rows[0] == [("row 0", PLAIN)]
    assert rows[9] == [("row 9", PLAIN)]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("Iran", "Islamic Republic of Iran"), ["Iran", "Islamic … of Iran"]),
        (
            (
                "The council should lower the levy on boats this year and pay the farmers back",
                "The council should lower the levy on boats next year and pay the farmers back",
            ),
            ["…this … back", "…next … back"],
        ),
    ],
)
def test_two_names_never_look_the_same(names: tuple[str, str], told: list[str]) -> None:
    short = both_ends_of(names, 20)
    assert len(set(short)) == 2
    assert all(len(one) <= 20 for one in short)
    assert [one[:5] for one in short] == [one[:5] for one in told]
