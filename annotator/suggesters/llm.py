"""Suggestions by a language model, through the package `llm` (extra
`llm`): any provider, or a local model.

Settings, in the table `[suggester.llm]` of `annotator.toml`:

    model = "gpt-4o-mini"   # a name that `llm models` lists; the default is llm's own
    score = 0.7             # of a suggestion, until decisions calibrate it
    retries = 4             # how often to ask again if the service limits requests
    price = [0.15, 0.6]     # of a million tokens in and out, for `annotator suggest --dry-run`

API keys are those of `llm` (`llm keys set`). Texts go to the model's provider, so nothing is asked
unless this suggester is named. Each paragraph is sent in one request, with the label schema, names
that this project uses, and a few finished paragraphs. The answer is JSON. Its quotes are searched
for in the paragraph; a quote that is not there is counted, never guessed.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotator.errors import SuggesterError
from annotator.model.content_ids import relation_id, span_id
from annotator.model.decision import Suggestion
from annotator.model.memory import Memory
from annotator.model.schema import LabelSchema, Layer
from annotator.model.span import AUTHOR, Relation, Span, Value
from annotator.model.text import Document, Paragraph, plural
from annotator.suggesters._prompting import ANSWER, ModelPrompt, found_in, name_of, parse_answer
from annotator.suggesters.api import redacted

VERSION = "1"
SCORE, RETRIES = 0.7, 4
_LIMITS = ("rate limit", "ratelimit", "429", "overloaded", "too many requests", "quota")
_KEYS = ("key", "401", "403", "unauthorized", "forbidden", "authentication", "credential")
_INSTALL = "Install the extra: uv pip install 'annotator[llm]'"


def create(
    *, schema: LabelSchema, config: Mapping[str, Any], memory: Memory
) -> LanguageModelSuggester:
    """The suggester for the model that `config` names. `examples` (finished paragraphs as text and
    answer), `concepts` (names) and `answers` (the folder where answers are kept) come from the
    project. Raises SuggesterError if the model is not available."""
    try:
        import llm
    except ImportError as error:
        raise SuggesterError(f"llm cannot be loaded: {error}", hint=_INSTALL) from error
    name = config.get("model") or None
    try:
        model = llm.get_model(name)
    except Exception as error:  # a plug-in of llm may raise anything while it loads
        raise SuggesterError(
            f"the language model “{name or 'default'}” is not available: {redacted(str(error))}",
            hint="`llm models` lists the available ones; plug-ins of llm add others",
        ) from error
    names = sorted({name for counts in memory.entities.values() for name in counts})
    prompt = ModelPrompt(
        schema, tuple(names), tuple(config.get("concepts", ())), tuple(config.get("examples", ()))
    )
    return LanguageModelSuggester(model, prompt, config)


class LanguageModelSuggester:
    """Asks a language model about each paragraph; answers are kept by model, prompt and text."""

    name = "llm"

    def __init__(self, model: Any, prompt: ModelPrompt, config: Mapping[str, Any]) -> None:
        self.prompt = prompt
        self.version = f"{model.model_id} {prompt.hash[:12]}/{VERSION}"
        self._model = model
        self._score = float(config.get("score", SCORE))
        self._retries = int(config.get("retries", RETRIES))
        self._wait = float(config.get("wait", 2.0))
        self._folder = Path(config["answers"]) if config.get("answers") else None
        self._counts: Counter[str] = Counter()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Problems with the answers so far, in words."""
        lost, unread, strange = (self._counts[name] for name in ("lost", "unread", "strange"))
        messages = [
            (
                lost,
                f"{plural(lost, 'quote')} of {self._model.model_id} not found in the paragraph "
                "that it "
                "was asked about",
            ),
            (
                unread,
                f"{plural(unread, 'answer')} of {self._model.model_id} could not be read as JSON",
            ),
            (
                strange,
                f"{plural(strange, 'item')} of {self._model.model_id} that the label "
                "schema does not "
                "allow",
            ),
        ]
        return tuple(words for number, words in messages if number)

    def suggest(self, document: Document, paragraph: Paragraph) -> list[Suggestion]:
        """Proposals for a paragraph, spans first. Raises SuggesterError if the model cannot be
        asked."""
        text = document.text[paragraph.start : paragraph.end]
        answer = self._answer(document.title, text)
        if answer is None:
            return []
        spans = self._spans(document, paragraph, text, answer.get("spans"))
        return [
            *spans.values(),
            *self._relations(document, paragraph, spans, answer.get("relations")),
        ]

    # --- asking

    def answered(self, title: str, text: str) -> bool:
        """Whether an answer about a paragraph is stored."""
        return self._stored(self._file(self.prompt.question(title, text))) is not None

    def _file(self, question: str) -> Path | None:
        """The file for the answer to a question; None if answers are not kept."""
        content = f"{self.version}\0{question}".encode("utf-8", "surrogatepass")
        key = hashlib.sha256(content).hexdigest()[:40]
        return self._folder / f"{key}.json" if self._folder is not None else None

    def _stored(self, file: Path | None) -> Mapping[str, Any] | None:
        """The answer in a file; None if there is none that can be read."""
        if file is None or not file.is_file():
            return None
        return parse_answer(file.read_text(encoding="utf-8"))

    def _answer(self, title: str, text: str) -> Mapping[str, Any] | None:
        """The model's answer, new or stored; None if it cannot be read."""
        question = self.prompt.question(title, text)
        file = self._file(question)
        kept = self._stored(file)
        if kept is not None:
            return kept
        words = self._asked(question)
        answer = parse_answer(words)
        if answer is None:
            self._counts["unread"] += 1
        elif file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            work = file.with_suffix(".new")
            # As ASCII, since an answer may hold halves of characters, which no file can.
            work.write_text(json.dumps(answer), encoding="utf-8")
            work.replace(file)
        return answer

    def _asked(self, question: str) -> str:
        """The text of the model's answer. If the service limits requests, it is asked again after
        longer and longer waits."""
        for attempt in range(self._retries + 1):
            try:
                options = (
                    {"schema": ANSWER} if getattr(self._model, "supports_schema", False) else {}
                )
                return str(
                    self._model.prompt(
                        question, system=self.prompt.system, stream=False, **options
                    ).text()
                )
            except Exception as error:  # a provider's library may raise anything
                reason = self._without_key(str(error)) or type(error).__name__
                limited = any(
                    sign in reason.lower() or sign in type(error).__name__.lower()
                    for sign in _LIMITS
                )
                if not limited or attempt == self._retries:
                    hint = _remedy(reason, limited=limited)
                    message = (
                        f"the language model “{self._model.model_id}” failed: "
                        f"{reason.splitlines()[0][:200]}"
                    )
                    raise SuggesterError(message, hint=hint) from None
                time.sleep(self._wait * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    def _without_key(self, message: str) -> str:
        """A message without the model's key, wherever that is stored."""
        try:
            key = self._model.get_key()
        except Exception:  # the model needs no key, or has none
            key = None
        return redacted(message.replace(key, "…") if key else message)

    # --- reading

    def _spans(
        self, document: Document, paragraph: Paragraph, text: str, given: object
    ) -> dict[object, Suggestion]:
        """Suggestions by the numbers of the spans in the answer."""
        out: dict[object, Suggestion] = {}
        after: dict[str, int] = {}
        for one in _objects(given):
            known, label, quote = self._layer(one, "span"), str(one.get("label")), one.get("quote")
            if known is None or not isinstance(quote, str):
                self._counts["strange"] += 1
                continue
            place = found_in(text, quote, after.get(quote, 0)) or found_in(text, quote, 0)
            if place is None:
                self._counts["lost"] += 1
                continue
            after[quote] = place[1]
            start, end = paragraph.start + place[0], paragraph.start + place[1]
            value = Span(
                span_id(document.id, known.name, label, start, end),
                known.name,
                label,
                start,
                end,
                _entity(known, one),
                _attributes(known, one),
                "suggestion",
            )
            number = one.get("id")
            number = number if isinstance(number, str | int) else f"unnumbered {len(out)}"
            out[number] = self._suggestion(value, paragraph, f"suggested by {self._model.model_id}")
        return out

    def _relations(
        self,
        document: Document,
        paragraph: Paragraph,
        spans: Mapping[object, Suggestion],
        given: object,
    ) -> list[Suggestion]:
        out: list[Suggestion] = []
        for one in _objects(given):
            known, label = self._layer(one, "relation"), str(one.get("label"))
            ends = self._ends(known, one, spans) if known is not None else None
            if known is None or ends is None:
                self._counts["strange"] += 1
                continue
            id = relation_id(document.id, known.name, label, *ends)
            value = Relation(id, known.name, label, *ends, {}, "suggestion")
            out.append(self._suggestion(value, paragraph, f"suggested by {self._model.model_id}"))
        return out

    def _layer(self, one: Mapping[str, Any], kind: str) -> Layer | None:
        """The layer of an item of the answer; None if the schema has none of this kind with such a
        label."""
        name = one.get("layer")
        known = self.prompt.schema.layer(name) if isinstance(name, str) else None
        if known is None or known.kind != kind or not _allowed(known, one.get("label")):
            return None
        return known

    def _ends(
        self, layer: Layer, one: Mapping[str, Any], spans: Mapping[object, Suggestion]
    ) -> tuple[str, str] | None:
        """The ids of the ends of a relation in the answer; None if they cannot be ends of one."""
        source, target = one.get("source"), one.get("target")
        begin = AUTHOR if source == AUTHOR else _id_of(source, spans)
        end = _id_of(target, spans)
        if begin is None or end is None or begin == end:
            return None
        return (begin, end) if self._fit(layer, begin, end, spans) else None

    def _fit(self, layer: Layer, begin: str, end: str, spans: Mapping[object, Suggestion]) -> bool:
        layers = {one.id: one.value.layer for one in spans.values()} | {AUTHOR: AUTHOR}
        return layers[begin] in layer.sources and layers[end] in layer.targets

    def _suggestion(self, value: Span | Relation, paragraph: Paragraph, reason: str) -> Suggestion:
        return Suggestion(
            value, paragraph.index, self.name, self.version, self._score, 0, reason, "llm"
        )


def _remedy(told: str, *, limited: bool) -> str:
    """What to do about an error of the model, by its words."""
    if limited:
        return "Run the command again later; the answers so far are kept"
    if any(sign in told.lower() for sign in _KEYS):
        return "Set a key with `llm keys set`"
    return "Put that right and run the command again; the answers so far are kept"


def _objects(given: object) -> Iterator[Mapping[str, Any]]:
    """The items of a list in the answer; an item that is not an object becomes an empty one."""
    for one in given if isinstance(given, list) else ():
        yield one if isinstance(one, dict) else {}


def _id_of(number: object, spans: Mapping[object, Suggestion]) -> str | None:
    """The id of a span by its number in the answer."""
    return spans[number].id if isinstance(number, str | int) and number in spans else None


def _entity(layer: Layer, one: Mapping[str, Any]) -> str | None:
    """The entity of a span in the answer, where the layer has entities."""
    has_entities = layer.attribute_of_type("entity") is not None
    return name_of(one.get("entity")) if has_entities else None


def _allowed(layer: Layer, label: object) -> bool:
    if not isinstance(label, str) or name_of(label) != label:
        return False
    return layer.label(label) is not None or layer.open


def _attributes(layer: Layer, given: Mapping[str, Any]) -> dict[str, Value]:
    """The attributes of an answer that the schema has, with allowed values."""
    out: dict[str, Value] = {}
    for attribute in layer.attributes:
        value = given.get(attribute.name)
        if attribute.type == "choice" and value in attribute.values and not attribute.multiple:
            out[attribute.name] = str(value)
        elif attribute.type == "concept" and (names := _texts(value)):
            out[attribute.name] = names if attribute.multiple else names[0]
    return out


def _texts(value: object) -> list[str]:
    """A name, or the names in a list, each once; empty for anything else."""
    values = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(name for one in values if (name := name_of(one)) is not None))


def tokens(texts: Sequence[str]) -> int:
    """The approximate number of tokens of texts, at four characters each."""
    return sum(len(text) for text in texts) // 4


__all__ = ["RETRIES", "SCORE", "VERSION", "LanguageModelSuggester", "create", "tokens"]
