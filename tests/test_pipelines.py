"""Users' own pipelines as suggesters: clear errors if they do not fit; language models behind a
stand-in server."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from spacy.language import Language
from spacy.tokens import Doc
from support import TEXT, document, project

from annotator.cli import run
from annotator.english.reading import shared_reader
from annotator.project import Project
from annotator.resources import schema_path
from annotator.suggesters.api import redacted
from annotator.suggesters.model import BASE

KEY = "sk-very-secret-0123456789"


@pytest.fixture(scope="module")
def spancat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A span categorizer that has learnt one sentence by heart; not to be changed."""
    import spacy
    from spacy.training import Example

    nlp = spacy.blank("en")
    pipe = nlp.add_pipe(
        "spancat",
        config={
            "spans_key": "claim",
            "suggester": {"@misc": "spacy.ngram_suggester.v1", "sizes": [3]},
        },
    )
    pipe.add_label("policy")
    doc = nlp.make_doc("sanctions must end")
    example = Example.from_dict(doc, {"spans": {"claim": [(0, 18, "policy")]}})
    nlp.initialize(lambda: [example])
    for _ in range(40):
        nlp.update([example])
    saved = tmp_path_factory.mktemp("pipelines") / "spancat"
    nlp.to_disk(saved)
    return saved


def _ruler(folder: Path, label: str = "GPE") -> Path:
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": label, "pattern": "Iran"}])
    nlp.to_disk(folder / "ruler")
    return folder / "ruler"


def test_a_span_categorizer_suggests_with_the_scores_it_gives(
    tmp_path: Path, spancat: Path
) -> None:
    project(tmp_path / "p", TEXT).close()
    assert run(["--project", str(tmp_path / "p"), "suggest", "--pipeline", str(spancat)]) == 0
    with Project.open(tmp_path / "p") as of:
        found = of.suggestions.of("doc-0")
        text = of.documents.load("doc-0")
        best = max(found, key=lambda s: s.score)
        assert (best.value.layer, best.value.label) == ("claim", "policy")
        assert (
            text.quote(best.value.start, best.value.end) == "sanctions must end"
            and best.score > 0.5
        )
        assert {s.suggester for s in found} == {f"pipeline:{spancat}"}
        assert all(s.reason == "doc.spans[claim] says claim.policy" for s in found)


def test_labels_that_stand_for_nothing_are_named_with_their_component(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = _ruler(tmp_path, "VESSEL")
    project(tmp_path / "p", TEXT).close()
    arguments = ["--project", str(tmp_path / "p"), "suggest", "--pipeline"]
    assert run([*arguments, str(saved)]) == 3
    said = capsys.readouterr().err
    assert "entity_ruler: VESSEL" in said and "annotator.toml" in said
    settings = f'[pipeline.ships]\npath = "{saved}"\n[pipeline.ships.labels]\n'
    (tmp_path / "p" / "annotator.toml").write_text(
        f'{settings}VESEL = "actor.state"\n', encoding="utf-8"
    )
    assert run([*arguments, "ships"]) == 3
    assert (
        "annotator.toml: pipeline.ships.labels.VESEL: the pipeline has no label"
        in capsys.readouterr().err
    )
    (tmp_path / "p" / "annotator.toml").write_text(
        f'{settings}VESSEL = "actor.ship"\n', encoding="utf-8"
    )
    assert run([*arguments, "ships"]) == 3
    told = capsys.readouterr().err
    assert "annotator.toml: pipeline.ships.labels.VESSEL: “actor.ship” is not a span label" in told
    (tmp_path / "p" / "annotator.toml").write_text(
        f'{settings}VESSEL = "actor.state"\n', encoding="utf-8"
    )
    assert run([*arguments, "ships"]) == 0


def test_a_path_in_the_settings_is_seen_from_the_project_and_keys_are_reported_as_toml_has_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = _ruler(tmp_path, "VESSEL")
    project(tmp_path / "p", TEXT).close()
    settings = (
        "[pipeline.ships]\n"
        f'path = "../{saved.name}"\n'
        "[pipeline.ships.labels]\n"
        'VESSEL = "actor.state"\n'
    )
    (tmp_path / "p" / "annotator.toml").write_text(settings, encoding="utf-8")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    arguments = ["--project", "../p", "suggest", "--pipeline"]
    assert run([*arguments, "ships"]) == 0
    assert run([*arguments, f"../{saved.name}"]) == 3
    assert f'pipeline."../{saved.name}".labels: no label of' in capsys.readouterr().err
    assert run([*arguments, "../nothing"]) == 3
    assert "cannot be loaded: Can't find model" in capsys.readouterr().err


def _settings(root: Path, text: str) -> list[str]:
    """Write the settings of a project. Returns the arguments that make suggestions with its
    pipeline `mine`."""
    (root / "annotator.toml").write_text(text, encoding="utf-8")
    return ["--project", str(root), "suggest", "--pipeline", "mine"]


@pytest.mark.parametrize("labels", ['"x"', "[1, 2]", "{ A = 1 }"])
def test_labels_that_are_no_table_are_one_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], labels: str
) -> None:
    project(tmp_path / "p", TEXT).close()
    arguments = _settings(tmp_path / "p", f'[pipeline.mine]\npath = "/tmp/x"\nlabels = {labels}\n')
    assert run(arguments) == 3
    told = capsys.readouterr().err
    assert told.count("error: ") == 1 and "annotator.toml: pipeline.mine.labels: is " in told


def _group(folder: Path) -> Path:
    """Finds `GPE` and `WEIRD` as entities, and `policy` and `ODD` in a group with the name of a
    layer."""
    import spacy

    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns(
        [{"label": "GPE", "pattern": "Iran"}, {"label": "WEIRD", "pattern": "plan"}]
    )
    nlp.add_pipe("span_ruler", config={"spans_key": "claim"}).add_patterns(
        [{"label": "policy", "pattern": "sanctions must end"}, {"label": "ODD", "pattern": "Mr"}]
    )
    nlp.to_disk(folder / "group")
    return folder / "group"


def test_labels_that_stand_for_nothing_are_reported_once_and_may_be_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path / "p", TEXT).close()
    mine = f'[pipeline.mine]\npath = "{_group(tmp_path)}"\n'
    arguments = _settings(tmp_path / "p", mine)

    def suggested() -> set[str]:
        assert run(arguments) == 0
        with Project.open(tmp_path / "p") as of:
            return {s.value.label for s in of.suggestions.of("doc-0")}

    assert suggested() == {"state", "policy"}
    told = capsys.readouterr().err
    assert (
        told.count("warning: ") == 1
        and "left out: ODD, WEIRD." in told
        and "pipeline.mine.labels" in told
    )
    _settings(
        tmp_path / "p", f'{mine}[pipeline.mine.labels]\nWEIRD = ""\n"claim.ODD" = ""\npolicy = ""\n'
    )
    assert suggested() == {"state"}
    assert "warning" not in capsys.readouterr().err
    _settings(tmp_path / "p", f'{mine}[pipeline.mine.labels]\nGPE = ""\nODD = "claim.fact"\n')
    assert suggested() == {"policy", "fact"}
    capsys.readouterr()
    assert run([*arguments, "--json"]) == 0
    (warning,) = json.loads(capsys.readouterr().out)["warnings"]
    assert "left out: WEIRD." in warning


def test_a_pipeline_without_a_name_is_told_how_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project(tmp_path / "p", TEXT).close()
    for arguments in (
        ["--suggester", "pipeline"],
        ["--suggester", "pipeline:"],
        ["--pipeline", ""],
    ):
        assert run(["--project", str(tmp_path / "p"), "suggest", *arguments]) == 3
        told = capsys.readouterr().err
        assert "no pipeline is named" in told and "pipeline:NAME" in told


def _damaged(pipeline: Path, folder: Path, how: str) -> Path:
    """A copy of a pipeline that cannot be loaded."""
    saved = folder / "spancat"
    shutil.copytree(pipeline, saved)
    if how == "garbage":
        (saved / "spancat" / "model").write_bytes(b"no model")
    elif how == "missing":
        (saved / "spancat" / "model").unlink()
    else:
        config = (saved / "config.cfg").read_text(encoding="utf-8")
        config = config.replace('factory = "spancat"', 'factory = "unheard_of"')
        (saved / "config.cfg").write_text(config, encoding="utf-8")
    return saved


@pytest.mark.parametrize("how", ["garbage", "missing", "factory"])
def test_a_damaged_pipeline_is_to_be_saved_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], spancat: Path, how: str
) -> None:
    import spacy

    saved = _damaged(spancat, tmp_path, how)
    project(tmp_path / "p", TEXT).close()
    arguments = ["--project", str(tmp_path / "p"), "suggest", "--pipeline", str(saved)]
    assert run(arguments) == 3
    made = json.loads((saved / "meta.json").read_text(encoding="utf-8"))["spacy_version"]
    told = capsys.readouterr().err
    assert (
        f"Save it again with spaCy {spacy.__version__}" in told
        and f"made with spaCy {made}" in told
    )
    assert ("install the package" in told) == (how == "factory") and "[E" not in told
    (saved / "meta.json").write_text("[", encoding="utf-8")
    assert run(arguments) == 3
    told = capsys.readouterr().err
    assert "Save it again" in told and "it was made with" not in told


def test_the_doctor_finds_suggesters_that_cannot_be_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    project(tmp_path / "p", TEXT).close()
    _settings(tmp_path / "p", 'suggesters = ["rules", "ruls", "pipeline:nowhere"]\n')
    assert run(["--project", str(tmp_path / "p"), "doctor", "--json"]) == 1
    first, second = json.loads(capsys.readouterr().out)["findings"]
    assert "there is no suggester “ruls”" in first
    assert "the pipeline “nowhere” cannot be loaded" in second and "Name an installed" in second


def test_a_component_that_fails_is_reported_with_the_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import spacy

    @Language.component("breaks_down")
    def breaks_down(doc: Doc) -> Doc:
        raise RuntimeError("out of ideas")

    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "GPE", "pattern": "Iran"}])
    nlp.add_pipe("breaks_down")
    nlp.to_disk(tmp_path / "broken")
    project(tmp_path / "p", TEXT).close()
    assert (
        run(["--project", str(tmp_path / "p"), "suggest", "--pipeline", str(tmp_path / "broken")])
        == 3
    )
    assert "paragraph 1 of “doc-0”: out of ideas" in capsys.readouterr().err


def _saved_model(folder: Path) -> Path:
    """The model that comes with the program, as `annotator train -o` saves one."""
    import spacy

    from annotator.workflows.suggesting.component import FACTORY, Component

    nlp = spacy.blank("en")
    component = nlp.add_pipe(FACTORY)
    assert isinstance(component, Component)
    schema = schema_path("actors-claims-stances").read_text(encoding="utf-8")
    component.teach(BASE.read_bytes(), number=1, schema=schema)
    nlp.to_disk(folder / "model")
    return folder / "model"


def test_a_saved_model_sets_the_sentences_that_it_reads_unless_another_component_did(
    tmp_path: Path,
) -> None:
    import spacy

    saved = _saved_model(tmp_path)
    nlp = spacy.load(saved)
    doc = nlp("  " + TEXT)
    assert [sentence.text.strip() for sentence in doc.sents] == [
        "Iran rejects the plan, and Mr Putin says that sanctions must end.",
        "Advertisement",
        "The West should act now.",
        "Russia could respond.",
        "A third paragraph says nothing much.",
    ]
    read = document("  " + TEXT)
    tokens = [
        (paragraph.start + token.start, token.first)
        for paragraph in read.paragraphs
        for token in shared_reader().lexer.tokens(read.text[paragraph.start : paragraph.end])
    ]
    words = [token for token in doc if not token.is_space]
    assert [token.idx for token in words] == [place for place, _ in tokens]
    assert [bool(token.is_sent_start) for token in words[1:]] == [first for _, first in tokens[1:]]
    assert [len(list(nlp(text).sents)) for text in ("", "Iran", "\n\n ")] == [0, 1, 1]

    @Language.component("every_word")
    def every_word(doc: Doc) -> Doc:
        for token in doc:
            token.is_sent_start = True
        return doc

    nlp.add_pipe("every_word", first=True)
    doc = nlp(TEXT)
    assert len(list(doc.sents)) == len(doc)


def test_what_the_environment_holds_as_a_secret_is_taken_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOME_API_KEY", KEY)
    monkeypatch.setenv("SOME_NAME", "ordinary")
    assert redacted(f"wrong key {KEY} for ordinary") == "wrong key … for ordinary"


class _Handler(BaseHTTPRequestHandler):
    """Answers like a chat service; with the answer `None`, it refuses and repeats the key it was
    given."""

    answer: str | None = "PERSON: Putin\nGPE: Iran, Russia"
    keys: list[str]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        given = self.headers.get("api-key", "")
        type(self).keys.append(given)
        if self.answer is None:
            body, status = {"error": {"message": f"Incorrect API key provided: {given}"}}, 401
        else:
            body, status = {"choices": [{"message": {"content": self.answer}}]}, 200
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[type[_Handler], str]]:
    handler = type("Handler", (_Handler,), {"keys": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AZURE_OPENAI_KEY", KEY)
    yield handler, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_a_language_model_suggests_and_its_key_is_kept_nowhere(
    tmp_path: Path, service: tuple[type[_Handler], str], capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("spacy_llm")
    handler, address = service
    (tmp_path / "model.cfg").write_text(
        f"""[nlp]
lang = "en"
pipeline = ["llm"]

[components]

[components.llm]
factory = "llm"

[components.llm.task]
@llm_tasks = "spacy.NER.v2"
labels = ["PERSON", "GPE"]

[components.llm.model]
@llm_models = "spacy.Azure.v2"
base_url = "{address}"
deployment_name = "stand-in"
name = "gpt-4"
model_type = "chat"
max_tries = 1
""",
        encoding="utf-8",
    )
    root = tmp_path / "p"
    project(root, TEXT).close()
    arguments = ["--project", str(root), "suggest", "--pipeline", str(tmp_path / "model.cfg")]
    assert run(arguments) == 0
    assert set(handler.keys) == {KEY} and len(handler.keys) > 2
    with Project.open(root) as of:
        text = of.documents.load("doc-0")
        found = {
            (text.quote(s.value.start, s.value.end), s.value.label)
            for s in of.suggestions.of("doc-0")
        }
        assert found == {("Putin", "person"), ("Iran", "state"), ("Russia", "state")}
    handler.answer = None
    assert run(arguments) == 3
    out, err = capfd.readouterr()
    assert "Incorrect API key provided: …" in err
    assert KEY not in out + err
    assert all(KEY.encode() not in file.read_bytes() for file in root.rglob("*") if file.is_file())
