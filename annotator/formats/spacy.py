"""A folder to train spaCy on: a DocBin for each part of the split, and a config for spancat, ner
and textcat. Each record is a Doc, and each layer of spans is in `doc.spans[LAYER]`. `doc.ents` has
the spans of the first layer without overlaps, the longest first; `doc.cats` says which labels of
the statement layers the text contains. A span's label is in `span.label_`, its id in `span.id_`,
its entity in `span.kb_id_`. What a Doc cannot hold (title, annotator, attributes, relations) is in
`doc.user_data["annotator"]`, as in the canonical record. Tokens are spaCy's for the language of the
document (`meta.language`, or else English), cut where a span begins or ends, so `span.start_char`
and `span.end_char` are exactly the offsets of the record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from annotator.formats._writing import WriteOptions, count_lost, divided
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.span import Span

summary = "a folder to train spaCy on: DocBins and configs (out)"
extensions = (".spacy",)


_AT_ONCE = 1000
"""Documents that a DocBin has at most; more of them would fill the memory."""


def files(records: Iterable[Record], how: WriteOptions) -> Iterator[tuple[str, bytes]]:
    """The DocBins and the configs. A part of more than a thousand documents is a folder of DocBins,
    which spaCy reads like one of them."""
    bins: dict[str, Any] = {}
    full: Counter[str] = Counter()
    language = "en"
    for record in records:
        count_lost(record, how.lost, "notes", "flags", "excluded paragraphs", "metadata")
        language = str(record.document.meta.get("language") or language)
        part = how.part_of(record.document.id)
        if part in bins and len(bins[part]) == _AT_ONCE:
            full[part] += 1
            yield f"{part}/{full[part]:04}.spacy", bins.pop(part).to_bytes()
        bins.setdefault(part, _empty()).add(_doc(record, how.schema))
    places: dict[str, str] = {}
    for part, bin in bins.items():
        places[part] = part if full[part] else f"{part}.spacy"
        name = f"{part}/{full[part] + 1:04}.spacy" if full[part] else places[part]
        yield name, bin.to_bytes()
    train = places.get("train") or next(iter(places.values()))
    dev = places.get("dev", train)
    for component in ("spancat", "ner", "textcat_multilabel"):
        yield (
            f"{component.partition('_')[0]}.cfg",
            _config(component, language, train, dev, how.schema).encode("utf-8"),
        )


def _empty() -> Any:
    from spacy.tokens import DocBin

    return DocBin(attrs=["ORTH", "SPACY", "ENT_IOB", "ENT_TYPE"], store_user_data=True)


def _config(component: str, language: str, train: str, dev: str, schema: LabelSchema) -> str:
    """A config for one component, on a CPU, with the files or folders to train and to test on."""
    config = _defaults(component, _language(language).lang).copy()
    config["paths"]["train"], config["paths"]["dev"] = train, dev
    if component == "spancat":
        key = schema.span_layers[0].name
        config["components"]["spancat"]["spans_key"] = key
        config["training"]["score_weights"] = {
            f"spans_{key}_f": 1.0,
            f"spans_{key}_p": 0.0,
            f"spans_{key}_r": 0.0,
        }
    text: str = config.to_str()
    return text


@cache
def _defaults(component: str, language: str) -> Any:
    """spaCy's own config for a component; it makes a whole pipeline to find it."""
    from spacy.cli.init_config import init_config

    return init_config(lang=language, pipeline=[component], optimize="efficiency", gpu=False)


_languages: dict[str, Any] = {}


def _language(code: str) -> Any:
    """A blank pipeline for a language; if spaCy has none, or lacks a dependency of it, the one for
    any language."""
    import spacy

    if code not in _languages:
        try:
            _languages[code] = spacy.blank(code)
        except ImportError:
            _languages[code] = spacy.blank("xx")
    return _languages[code]


def _doc(record: Record, schema: LabelSchema) -> Any:
    from spacy.tokens import Doc
    from spacy.util import filter_spans

    document = record.document
    text = document.text
    nlp = _language(str(document.meta.get("language") or "en"))
    tokens = [(t.idx, t.idx + len(t)) for t in nlp.make_doc(text)]
    pieces = cut(text, tokens, [(s.start, s.end) for s in record.spans])
    begins = [*(a for a, _ in pieces[1:]), len(text)]
    doc = Doc(
        nlp.vocab,
        words=[text[a:b] for a, b in pieces],
        spaces=[b < begin for (_, b), begin in zip(pieces, begins, strict=True)],
    )
    assert doc.text == text
    _add_spans(doc, record.spans)
    first = schema.span_layers[0].name
    doc.ents = filter_spans(list(doc.spans[first])) if first in doc.spans else []
    doc.cats = _categories(record, schema)
    doc.user_data["annotator"] = _user_data(record)
    return doc


def _add_spans(doc: Any, spans: Sequence[Span]) -> None:
    """Give a Doc a group of spans for each layer."""
    from spacy.tokens import SpanGroup

    for layer in dict.fromkeys(span.layer for span in spans):
        group = [
            doc.char_span(s.start, s.end, label=s.label, kb_id=s.entity or "", span_id=s.id)
            for s in spans
            if s.layer == layer
        ]
        assert all(group), "tokens are cut where spans begin and end"
        doc.spans[layer] = SpanGroup(doc, name=layer, spans=group)


def _categories(record: Record, schema: LabelSchema) -> dict[str, float]:
    """For every label of claims (or of all spans, if no layer holds claims), whether it occurs."""
    claims = [layer for layer in schema.span_layers if layer.name in schema.statement_layers]
    held = {(s.layer, s.label) for s in record.spans}
    return {
        label.name: float((layer.name, label.name) in held)
        for layer in claims or schema.span_layers
        for label in layer.labels
    }


def _user_data(record: Record) -> dict[str, Any]:
    """The parts of a record that a Doc cannot hold: where it comes from, attributes and
    relations."""
    return {
        "id": record.document.id,
        "title": record.document.title,
        "annotator": record.annotator,
        "status": record.status.value,
        "attributes": {s.id: dict(s.attributes) for s in record.spans if s.attributes},
        "relations": [
            {
                "id": r.id,
                "layer": r.layer,
                "label": r.label,
                "source": r.source,
                "target": r.target,
                "attributes": dict(r.attributes),
            }
            for r in record.relations
        ],
    }


def cut(
    text: str, tokens: Sequence[tuple[int, int]], spans: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The tokens, cut where a span begins or ends. A single space after a token belongs to no
    piece, unless a span begins or ends with it; all pieces and these spaces together make up the
    text."""
    spans = list(spans)
    spaces = {start for start, _ in spans if text[start] == " "}
    spaces |= {end - 1 for _, end in spans if text[end - 1] == " "}
    between = spaces & {end for _, end in tokens} - {start for start, _ in tokens}
    pieces = divided(tokens, {at for span in spans for at in span})
    return sorted([*pieces, *((at, at + 1) for at in between)])
