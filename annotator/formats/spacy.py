"""spaCy's DocBin: one Doc for each record, each layer of spans in `doc.spans[LAYER]`.

A span's label is in `span.label_`, its id in `span.id_`, its entity in `span.kb_id_`. What a Doc has no place for
(title, annotator, attributes, relations) is in `doc.user_data["annotator"]`, as the canonical record has it. Tokens
are spaCy's for the language of the document (`meta.language`, else English), cut where a span begins or ends, so
that `span.start_char` and `span.end_char` are exactly the offsets of the record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from annotator.model.record import Record

summary = "spaCy's DocBin, layers as span groups (out)"
extensions = (".spacy",)


def dump(records: Iterable[Record]) -> bytes:
    """The bytes of a DocBin; the same records give the same bytes."""
    from spacy.tokens import DocBin

    bin = DocBin(attrs=["ORTH", "SPACY"], store_user_data=True)
    for record in records:
        bin.add(_doc(record))
    data: bytes = bin.to_bytes()
    return data


_languages: dict[str, Any] = {}


def _language(code: str) -> Any:
    """A blank pipeline for a language; the one for any language where spaCy has none, or lacks a dependency."""
    import spacy

    if code not in _languages:
        try:
            _languages[code] = spacy.blank(code)
        except ImportError:
            _languages[code] = spacy.blank("xx")
    return _languages[code]


def _doc(record: Record) -> Any:
    from spacy.tokens import Doc, SpanGroup

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
    for layer in dict.fromkeys(span.layer for span in record.spans):
        spans = [
            doc.char_span(s.start, s.end, label=s.label, kb_id=s.entity or "", span_id=s.id)
            for s in record.spans if s.layer == layer
        ]  # fmt: skip
        assert all(spans), "tokens are cut where spans begin and end"
        doc.spans[layer] = SpanGroup(doc, name=layer, spans=[span for span in spans if span is not None])
    doc.user_data["annotator"] = {
        "id": document.id, "title": document.title, "annotator": record.annotator, "status": record.status.value,
        "attributes": {s.id: dict(s.attributes) for s in record.spans if s.attributes},
        "relations": [
            {"id": r.id, "layer": r.layer, "label": r.label, "source": r.source, "target": r.target,
             "attributes": dict(r.attributes)}
            for r in record.relations
        ],
    }  # fmt: skip
    return doc


def cut(
    text: str, tokens: Sequence[tuple[int, int]], spans: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The tokens, divided where a span begins or ends. A single space after a token is in none, unless a span begins
    or ends with it; all pieces and those spaces together are the text."""
    spans = list(spans)
    bounds = {at for span in spans for at in span}
    spaces = {start for start, _ in spans if text[start] == " "}
    spaces |= {end - 1 for _, end in spans if text[end - 1] == " "}
    pieces: list[tuple[int, int]] = []
    for (start, end), following in zip(tokens, [*(a for a, _ in tokens[1:]), len(text)], strict=True):
        at = start
        for stop in [*sorted(b for b in bounds if start < b < end), end]:
            pieces.append((at, stop))
            at = stop
        if end < following and end in spaces:
            pieces.append((end, following))
    return pieces
