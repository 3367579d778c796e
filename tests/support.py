"""Builders that the tests share."""

from __future__ import annotations

import sqlite3
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from processes import Python

from annotator.formats.api import read_records
from annotator.measures.api import Comparison, Result
from annotator.model import actions as do
from annotator.model.annotation import AnnotationSet
from annotator.model.decision import Suggestion
from annotator.model.review import ReviewState, open_document, step
from annotator.model.schema import Layer
from annotator.model.span import Annotation, Relation, Span
from annotator.model.text import Document, split_paragraphs, title_of
from annotator.project import Project
from annotator.resources import folder, load_schema
from annotator.workflows.exchange.importing import ingest

if TYPE_CHECKING:
    from annotator.english.reading import Reading

_HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""

TEXT = (
    "Iran rejects the plan, and Mr Putin says that sanctions must end.\n"
    "Advertisement\n"
    "The West should act now. Russia could respond.\n"
    "A third paragraph says nothing much."
)


def cases(file: str, table: str) -> list[Any]:
    """The rows of a table in `tests/cases/FILE.toml`, for a test with many sentences or settings.
    Each row is a text or a tuple; lists in a row stay lists, and lists in these are tuples."""

    def cell(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return [tuple(one) if isinstance(one, list) else one for one in value]

    path = Path(__file__).parent / "cases" / f"{file}.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))[table]
    return [tuple(cell(v) for v in row) if isinstance(row, list) else row for row in rows]


def document(text: str = TEXT, *, id: str = "doc") -> Document:
    """A document of a text, its paragraphs split as on import."""
    paragraphs = split_paragraphs(text)
    return Document(id, title_of(text, paragraphs) or id, text, paragraphs)


def read(text: str, *, id: str = "d") -> Reading:
    """The first paragraph of a text as rules and learners see it."""
    from annotator.english.reading import shared_reader  # imports spaCy

    of = document(text, id=id)
    return shared_reader().read(of, of.paragraphs[0])


ACTIONS = (
    do.Accept(),
    do.Reject(),
    do.Skip(),
    do.AcceptAll(),
    do.MoveFocus(1),
    do.Undo(),
    do.Redo(),
    do.CloseParagraph(),
    do.ReopenParagraph(),
    do.MoveParagraph(1),
    do.SetLabel("actor", "state"),
    do.SetLabel("claim", "value"),
    do.Note("hm"),
    do.Flag(),
    do.ToggleExcluded(),
)
"""What may come in any order when a test plays random keys."""


def after(state: ReviewState, *actions: do.ReviewAction) -> ReviewState:
    """The state after some actions."""
    for action in actions:
        state, _ = step(state, action)
    return state


def suggestion(value: Annotation, paragraph: int = 0, *, score: float = 0.8) -> Suggestion:
    """A suggestion by the rules."""
    return Suggestion(value, paragraph, "rules", "1", score, reason="because")


def suggestions(text: str = TEXT) -> list[Suggestion]:
    """Two actors, two claims and their stances in the first paragraph of TEXT."""

    def span(name: str, layer: str, label: str, quote: str) -> Suggestion:
        start = text.index(quote)
        return suggestion(Span(name, layer, label, start, start + len(quote), origin="suggestion"))

    def stance(name: str, side: str, source: str, target: str) -> Suggestion:
        return suggestion(Relation(name, "stance", side, source, target, origin="suggestion"))

    return [
        span("sIran", "actor", "state", "Iran"),
        span("sPlan", "claim", "policy", "the plan"),
        span("sPutin", "actor", "person", "Putin"),
        span("sEnd", "claim", "policy", "sanctions must end"),
        stance("rIran", "oppose", "sIran", "sPlan"),
        stance("rPutin", "support", "sPutin", "sEnd"),
    ]


def project(root: Path, *texts: str) -> Project:
    """A new project with these texts as doc-0, doc-1, ..."""
    made = Project.create(root)
    made.documents.add(document(text, id=f"doc-{i}") for i, text in enumerate(texts))
    return made


def layer_named(name: str = "claim") -> Layer:
    """A layer of the default schema."""
    layer = load_schema("actors-claims-stances").layer(name)
    assert layer is not None
    return layer


def figure_named(results: Iterable[Result], name: str) -> Result:
    """The figure of that name."""
    return next(result for result in results if result.name == name)


def compute(
    measure: ModuleType, comparison: Comparison, layer: Layer, *, intervals: bool = False
) -> list[Result]:
    """Every figure of one measure."""
    from annotator.workflows.agreement.compute import figures

    name = measure.__name__.rpartition(".")[2].replace("_", "-")
    return list(figures(comparison, [layer], [name], intervals=intervals).results)


def review(of: Project, id: str, annotator: str) -> ReviewState:
    """The state in which an annotator opens a document."""
    annotations, history = of.log.annotations(id, annotator)
    return open_document(
        of.documents.load(id),
        of.schema,
        session=of.new_session(),
        suggestions=of.suggestions.of(id),
        annotations=annotations,
        history=history,
    )


def standing(annotations: AnnotationSet) -> dict[str, str]:
    """Id -> label of every annotation that stands."""
    return {a.id: a.label for a in annotations.annotations()}


_HOLD_LOCK = """
import sys
from pathlib import Path
from annotator.store.lock import Lock
lock = Lock(Path(sys.argv[1]))
assert lock.acquire(10)
print("held", flush=True)
sys.stdin.readline()
"""


@contextmanager
def _holding(script: str, file: Path) -> Iterator[Python]:
    """A process that runs a script: it says when it has locked a file, and keeps the lock until it
    is told to end."""
    other = Python(script, file)
    assert other.read() == "held"
    try:
        yield other
    finally:
        other.end()


def held(database: Path) -> AbstractContextManager[Python]:
    """Another process that has the database locked."""
    return _holding(_HOLD, database)


def held_lock(lock: Path) -> AbstractContextManager[Python]:
    """Another process that holds the lock of writers."""
    return _holding(_HOLD_LOCK, lock)


def calls_of(work: Callable[[], object]) -> int:
    """The number of calls and returns while something runs: a cost that does not depend on other
    programs."""
    count = 0

    def called(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(called)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


THOROUGH, FEWEST = 100, 10
"""Of how many examples in the thorough run the profile says how many are made now, and how many are
made at least."""


def examples(full: int) -> int:
    """How many random examples a test tries; the thorough run of `.ci/run` tries all of them."""
    from hypothesis import settings  # not needed by the scripts that import this module

    return max(full * settings().max_examples // THOROUGH, min(full, FEWEST))


CODED, MORE = 3, 2


def seeded(root: Path, *, base: bool = False) -> Project:
    """A project with a few coded documents of the seeds and a few that nobody has begun."""
    Project.create(root).close()
    settings = f"[suggestions]\nbase = {str(base).lower()}\n"
    (root / "annotator.toml").write_text(settings, encoding="utf-8")
    of = Project.open(root)
    read = read_records(folder("seeds") / "gold.jsonl", of.schema)
    of.log.add_records(islice(read, CODED))
    texts = sorted(folder("seeds").glob("*.txt"))[CODED : CODED + MORE]
    for text in texts:
        ingest(of, text)
    return of


def drop_sums(raw: sqlite3.Connection) -> None:
    """Turn a database into the form that it had before it stored sums."""
    for kind, name in raw.execute(
        "SELECT type, name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        if name.startswith("sum_"):
            raw.execute(f"DROP {kind} {name}")
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        if name.startswith("sum_"):
            raw.execute(f"DROP TABLE {name}")
    raw.execute("DROP TABLE search")
    raw.execute("DROP TABLE searchable")
    indexes = (
        "SELECT name FROM sqlite_master WHERE type = 'index' AND name LIKE '%\\_copy' ESCAPE '\\'"
    )
    copies = [name for (name,) in raw.execute(indexes).fetchall()]
    for index in ("item_anybody", "item_relation", "item_author", "event_first", *copies):
        raw.execute(f"DROP INDEX {index}")
    later = "('m006_sums', 'm008_search', 'm014_second_copies', 'm015_direct_sums')"
    raw.execute(f"DELETE FROM _sqlite_migrations WHERE name IN {later}")
    raw.execute("PRAGMA user_version = 5")
    raw.commit()
