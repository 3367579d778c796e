"""The examples of the contributors' guide and of the guide to schemas do what they say."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from readme import ROOT, page_text
from support import TEXT, document, project, review

from annotator.formats.api import read_records
from annotator.model import actions as do
from annotator.model.memory import Memory
from annotator.model.review import step
from annotator.model.schema_reading import parse_schema
from annotator.plugins import Family
from annotator.project import Project
from annotator.resources import folder, load_schema
from annotator.tui.screens.help import TextScreen
from annotator.tui.theme import THEMES
from annotator.workflows.agreement.compute import agreement
from annotator.workflows.agreement.part import ComparedPart
from annotator.workflows.exchange.export import render
from annotator.workflows.exchange.export_records import ExportOptions

pytestmark = pytest.mark.skipif(not (ROOT / ".ci").exists(), reason="not in a checkout")
GUIDE = ROOT / "CONTRIBUTING.md"


def _module(path: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The example for a file as a module, known to its family."""
    text = GUIDE.read_text(encoding="utf-8")
    found = re.search(rf"<!-- {path} -->\n```python\n(.*?)```", text, re.DOTALL)
    assert found is not None, path
    name = "annotator." + path.removesuffix(".py").replace("/", ".")
    module = ModuleType(name)
    exec(compile(found.group(1), path, "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, name, module)
    package, _, member = name.rpartition(".")
    names = Family.names

    def more(self: Family) -> tuple[str, ...]:
        own = (member.replace("_", "-"),) if self.package == package else ()
        return tuple(sorted({*names(self), *own}))

    monkeypatch.setattr(Family, "names", more)
    return module


@pytest.fixture
def coded(tmp_path: Path) -> Project:
    """Two codings of three seeds."""
    made = Project.create(tmp_path / "p")
    for name in ("coder-a", "coder-b"):
        records = read_records(folder("seeds") / f"{name}.jsonl", made.schema)
        made.log.add_records(list(records)[:3])
    return made


def test_a_format(coded: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    _module("formats/spans_tsv.py", monkeypatch)
    data, rows = render(coded, "spans-tsv", ExportOptions(status="annotator=coder-a"))
    first = data.decode().split("\n")[0].split("\t")
    assert rows == 3 and first[0].startswith("01-") and first[3:] == ["actor", "person"]


def test_a_measure(coded: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    _module("measures/alike.py", monkeypatch)
    found = agreement(coded, ComparedPart(measures=["alike"], layers=["actor"]))
    result = next(r for r in found.results if r.name == "paragraphs alike")
    codings = [list(coded.log.records(annotator=name)) for name in ("coder-a", "coder-b")]
    alike = every = 0
    for one, other in zip(*codings, strict=True):
        for p in one.document.paragraphs:
            if p.excluded:
                continue
            sets = [
                {
                    (s.start, s.end, s.label)
                    for s in r.spans
                    if s.layer == "actor" and p.start <= s.start < p.end
                }
                for r in (one, other)
            ]
            alike, every = alike + (sets[0] == sets[1]), every + 1
    assert result.value == pytest.approx(alike / every) and result.n == every


def test_a_suggester(monkeypatch: pytest.MonkeyPatch) -> None:
    module = _module("suggesters/europe.py", monkeypatch)
    text = document("Nobody is here.\nThe Europe of today.")
    made = module.create(schema=load_schema("actors-claims-stances"), config={}, memory=Memory())
    found = [s for p in text.paragraphs for s in made.suggest(text, p)]
    assert [(s.paragraph, text.quote(s.value.start, s.value.end)) for s in found] == [(1, "Europe")]
    assert found == [s for p in text.paragraphs for s in made.suggest(text, p)]


def test_a_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = _module("tui/screens/longest.py", monkeypatch)
    made = project(tmp_path / "p", TEXT)
    state = review(made, "doc-0", "ada")
    for start, end in ((0, 4), (TEXT.index("rejects"), TEXT.index(", and"))):
        state, _ = step(state, do.SelectRange(start, end))
        state, _ = step(state, do.SetLabel("claim", "policy"))
    screen = module.longest(state)
    assert isinstance(screen, TextScreen)
    rows = ["".join(text for text, _ in row).strip() for row in screen._text(THEMES["mono"], 60)]
    assert rows == ["rejects the plan", "Iran"]
    made.close()


def test_the_smallest_schema() -> None:
    text = page_text("schema")
    found = re.search(r"```toml\n(name = .*?)```", text, re.DOTALL)
    assert found is not None
    schema = parse_schema(found.group(1), file="schema.md")
    assert schema.statement_layers == {"demand"}
