"""Suggestions by any installed or saved spaCy pipeline.

Settings, in the table `[pipeline.NAME]` of `annotator.toml` (NAME alone is the pipeline's name or
path):

    path = "en_core_web_sm"   # a package, or a folder relative to the project; by default NAME
    score = 0.6               # for suggestions without a score of their own
    [pipeline.NAME.labels]    # the pipeline's label -> layer.label of the schema
    PERSON = "actor.person"
    DATE = ""                 # left out

`path` may also be a spaCy config file (`.cfg`), such as those of spacy-llm. Keys and tokens from
the environment are removed from every message.

The suggester reads `doc.ents`, every group of `doc.spans` (with the scores that `spancat` leaves
in `group.attrs["scores"]`), and `doc.cats` of each sentence if the pipeline classifies texts: the
best category of a sentence labels the whole sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.errors import SuggesterError, toml_key
from annotator.model.content_ids import span_id
from annotator.model.decision import Suggestion
from annotator.model.memory import Memory
from annotator.model.schema import LabelSchema
from annotator.model.span import Span
from annotator.model.text import Document, Paragraph, trim
from annotator.suggesters.api import redacted

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

COMMON = {
    "PERSON": "actor.person",
    "PER": "actor.person",
    "GPE": "actor.state",
    "LOC": "actor.state",
    "ORG": "actor.organization",
    "NORP": "actor.collective",
}
"""What the labels of common pipelines stand for, if the schema has it and the settings say nothing
else."""

_READS = (
    "ner",
    "entity_ruler",
    "span_ruler",
    "spancat",
    "spancat_singlelabel",
    "textcat",
    "textcat_multilabel",
    "llm",
    "llm_ner",
    "llm_spancat",
    "llm_textcat",
)

_SILENT = frozenset(
    (
        "sentencizer senter tok2vec transformer tagger parser attribute_ruler lemmatizer "
        "morphologizer"
    ).split()
)
"""Components whose results are not used here."""

_SETTINGS = "annotator.toml"


def create(*, schema: LabelSchema, config: Mapping[str, Any], memory: Memory) -> PipelineSuggester:
    """The pipeline in the settings. Raises SuggesterError if it cannot be loaded, finds nothing
    that can be used, or its labels are mapped to something that the schema does not have."""
    path = str(config.get("path") or config.get("name") or "")
    name = str(config.get("name") or path)
    if not path:
        raise SuggesterError(
            "no pipeline is named", hint="Write pipeline:NAME, or --pipeline NAME|PATH"
        )
    labels: Mapping[str, str] = config.get("labels", {})
    _check_targets(labels, schema, name)
    nlp = _load(path)
    made = PipelineSuggester(
        f"pipeline:{name}", nlp, schema, {**COMMON, **labels}, float(config.get("score", 0.6))
    )
    declared = _declared(nlp)
    if declared is not None:
        _check_labels(declared, name, labels, made)
    return made


def _first_line(error: Exception) -> str:
    """The message of an error, without the error number of spaCy or the system."""
    lines = redacted(str(error)).strip().splitlines()
    return re.sub(r"^\[([EW]|Errno )\d+\] ", "", lines[0]) if lines else type(error).__name__


def _key(name: str, *label: str) -> str:
    """The key in the settings that maps the labels of a pipeline, or one of them."""
    return toml_key("pipeline", name, "labels", *label)


def _load(path: str) -> Language:
    try:
        import spacy

        if Path(path).suffix == ".cfg":
            nlp = spacy.util.load_model_from_config(spacy.util.load_config(path), auto_fill=True)
        else:
            nlp = spacy.load(path)
    except Exception as error:
        # A foreign component may raise any error while it is made: a service refuses, a key is
        # missing.
        first = _first_line(error)
        message = f"the pipeline “{path}” cannot be loaded: {first}"
        raise SuggesterError(message, hint=_remedy(path, first)) from error
    own = [name for name in nlp.pipe_names if name.startswith("annotator_")]
    factories = {nlp.get_pipe_meta(name).factory for name in nlp.pipe_names}
    if not own and not factories & set(_READS):
        raise SuggesterError(
            f"the pipeline “{path}” has no component that finds spans or classifies; it has "
            f"{', '.join(nlp.pipe_names) or 'none at all'}",
            hint=f"It needs one of {', '.join(_READS)}",
        )
    return nlp


def _remedy(path: str, message: str) -> str:
    """What to do about a pipeline that cannot be loaded, from the message of spaCy or a
    component."""
    place, here = Path(path), f"spaCy {version('spacy')}, which is installed here"
    strange = "find factory" in message
    if strange and "'llm" in message:
        return "Install spacy-llm: uv pip install spacy-llm"
    if place.suffix == ".cfg" and place.is_file():
        return f"Check the config file and what it needs in the environment; this is {here}"
    if not (place / "meta.json").is_file() and not (place / "config.cfg").is_file():
        return (
            "Name an installed spaCy package, the folder of a saved pipeline, or a spaCy config "
            "file"
        )
    made = _made_with(place)
    hint = f"Save it again with {here}{f'; it was made with spaCy {made}' if made else ''}"
    return f"{hint}, or install the package of the component" if strange else hint


def _made_with(folder: Path) -> str:
    """The versions of spaCy that a saved pipeline was made for; empty if it does not say."""
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(meta.get("spacy_version") or "") if isinstance(meta, dict) else ""


def _declared(nlp: Language) -> dict[str, list[str]] | None:
    """The labels of each component that finds something; None if not all are known."""
    kinds = {pipe: nlp.get_pipe_meta(pipe).factory for pipe in nlp.pipe_names}
    known = {
        pipe: [str(label) for label in nlp.pipe_labels.get(pipe, ())]
        for pipe, factory in kinds.items()
        if factory in _READS
    }
    others = [
        pipe for pipe, factory in kinds.items() if pipe not in known and factory not in _SILENT
    ]
    return None if others or not known or not all(known.values()) else known


def _check_targets(labels: Mapping[str, str], schema: LabelSchema, name: str) -> None:
    """Raise SuggesterError if a label is mapped to something that the schema does not have."""
    for label, target in labels.items():
        layer, _, own = target.partition(".")
        known = schema.layer(layer)
        if target and (known is None or known.kind != "span" or known.label(own) is None):
            raise SuggesterError(
                f"“{target}” is not a span label of the schema",
                file=_SETTINGS,
                key=_key(name, label),
                hint='Write layer.label, such as actor.person, or "" to leave it out',
            )


def _check_labels(
    declared: Mapping[str, Sequence[str]],
    name: str,
    labels: Mapping[str, str],
    made: PipelineSuggester,
) -> None:
    """Raise SuggesterError if none of a pipeline's labels stands for one of the schema, or if the
    settings map a label that it does not have. Add a warning for labels that have no
    counterpart."""
    every = {label for several in declared.values() for label in several}
    listed = "; ".join(f"{pipe}: {', '.join(several)}" for pipe, several in declared.items())
    for label in labels:
        if {label, label.rpartition(".")[2]}.isdisjoint(every):
            raise SuggesterError(
                f"the pipeline has no label “{label}”",
                file=_SETTINGS,
                key=_key(name, label),
                hint=f"Use one of its labels: {listed}",
            )
    idle = sorted(label for label in every if not made.may_stand(label))
    if set(idle) == every:
        raise SuggesterError(
            f"no label of the pipeline “{name}” matches one of the schema ({listed})",
            file=_SETTINGS,
            key=_key(name),
            hint=f'Map them in {_SETTINGS}, such as {toml_key(idle[0])} = "{made.places[0]}"',
        )
    mapped = {*labels, *(label.rpartition(".")[2] for label in labels)}
    unsaid = [label for label in idle if label not in mapped]
    if unsaid:
        made.warnings = (
            f"the pipeline “{name}” has labels that stand for nothing and are left out: "
            f"{', '.join(unsaid)}. Map them in {_SETTINGS}, [{_key(name)}]; "
            '"" leaves one out without this warning',
        )


class PipelineSuggester:
    """Proposes what the pipeline finds, under the labels of the schema. `warnings` are texts to
    show."""

    def __init__(
        self, name: str, nlp: Language, schema: LabelSchema, labels: Mapping[str, str], score: float
    ) -> None:
        meta = nlp.meta
        self.name = name
        self.warnings: tuple[str, ...] = ()
        self.version = f"{meta.get('name') or 'pipeline'} {meta.get('version') or '0'}"
        self._nlp = nlp
        self._schema = schema
        self._labels = labels
        self._score = score
        self._classifies = any(
            nlp.get_pipe_meta(pipe).factory.startswith("textcat") for pipe in nlp.pipe_names
        )

    def suggest(self, document: Document, paragraph: Paragraph) -> list[Suggestion]:
        """Proposals for a paragraph. A span whose label has no counterpart in the schema is left
        out."""
        text = document.text[paragraph.start : paragraph.end]
        try:
            doc = self._nlp(text)
        except Exception as error:
            # A foreign component, or the service behind it, may raise any error.
            raise SuggesterError(
                f"{self.name} failed on paragraph {paragraph.index + 1} of “{document.id}”: "
                f"{_first_line(error)}",
                hint="Try again, or leave out the pipeline; earlier suggestions are kept",
            ) from error
        found: dict[str, Suggestion] = {}
        for start, end, label, score, where in self._found(doc):
            target = self._target(label)
            a, b = trim(text, start, end)
            if target is None or a >= b:
                continue
            layer, own = target
            a, b = paragraph.start + a, paragraph.start + b
            value = Span(
                span_id(document.id, layer, own, a, b), layer, own, a, b, None, {}, "suggestion"
            )
            reason = f"{where} says {label}"
            rule = f"{where}.{label}"
            made = Suggestion(
                value, paragraph.index, self.name, self.version, score, 0, reason, rule
            )
            if value.id not in found or found[value.id].score < score:
                found[value.id] = made
        return list(found.values())

    @property
    def places(self) -> list[str]:
        """The labels of the schema's spans, as `layer.label`."""
        return sorted(
            f"{x.name}.{label.name}" for x in self._schema.span_layers for label in x.labels
        )

    def may_stand(self, label: str) -> bool:
        """Whether a label of the pipeline stands for one of the schema, by itself or in a group
        with the name of a layer."""
        groups = (f"{layer.name}.{label}" for layer in self._schema.span_layers)
        return any(self._target(one) is not None for one in (label, *groups))

    def _target(self, label: str) -> tuple[str, str] | None:
        """Layer and label for a label of the pipeline or of a group of spans: `group.label`, or
        `label` alone."""
        named = (one for one in (label, label.rpartition(".")[2]) if one in self._labels)
        layer, _, own = self._labels.get(next(named, ""), label).partition(".")
        known = self._schema.layer(layer)
        return (layer, own) if known is not None and known.label(own) is not None else None

    def _found(self, doc: Doc) -> Iterator[tuple[int, int, str, float, str]]:
        """Start, end, the pipeline's label, score and origin; offsets are those of the
        paragraph."""
        for span in doc.ents:
            yield span.start_char, span.end_char, span.label_, self._score, "doc.ents"
        for name, group in doc.spans.items():
            scores = group.attrs.get("scores")
            for i, span in enumerate(group):
                score = (
                    float(scores[i])
                    if scores is not None and len(scores) == len(group)
                    else self._score
                )
                own = (
                    f"{name}.{span.label_}" if self._schema.layer(name) is not None else span.label_
                )
                yield (
                    span.start_char,
                    span.end_char,
                    own,
                    min(1.0, max(0.0, score)),
                    f"doc.spans[{name}]",
                )
        if self._classifies:
            yield from self._sentences(doc)

    def _sentences(self, doc: Doc) -> Iterator[tuple[int, int, str, float, str]]:
        spans = list(doc.sents) if doc.has_annotation("SENT_START") else [doc[:]]
        for span in spans:
            cats = self._nlp(span.text).cats
            if cats:
                label = max(cats, key=lambda name: (cats[name], name))
                yield span.start_char, span.end_char, label, float(cats[label]), "doc.cats"


__all__ = ["COMMON", "PipelineSuggester", "create"]
