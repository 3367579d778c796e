"""CoNLL tables: one token a line, a column of BIO labels for each layer
of spans, a blank line between paragraphs.

Of spans that overlap in one layer the longest stays. Relations, attributes and names have no place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from annotator.formats._writing import WriteOptions, count_lost, who
from annotator.model.record import Record
from annotator.model.span import Span
from annotator.model.text import Paragraph, words

summary = "CoNLL tables of tokens with BIO labels (out)"
extensions = (".conll",)


def parts(records: Iterable[Record], how: WriteOptions) -> Iterator[bytes]:
    """The lines of each record after `# id`, `# annotator` and `# columns`."""
    layers = [layer.name for layer in how.schema.span_layers]
    for record in records:
        count_lost(record, how.lost, "attributes", "entities", "relations", "notes", "flags")
        flat = {name: _flat([s for s in record.spans if s.layer == name], how) for name in layers}
        lines = [f"# id = {' '.join(record.document.id.split())}", f"# annotator = {who(record)}"]
        lines.append(f"# columns = token {' '.join(layers)}")
        for paragraph in record.document.paragraphs:
            if not paragraph.excluded:
                lines += [
                    *_paragraph(record.document.text, paragraph, [flat[name] for name in layers]),
                    "",
                ]
        yield ("\n".join(lines) + "\n").encode("utf-8")


def _flat(spans: Sequence[Span], how: WriteOptions) -> list[Span]:
    """Spans without overlap: the longest first, then the earlier one."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (-s.length, s.start, s.id)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
        else:
            how.lost["spans that overlap others of their layer"] += 1
    return sorted(kept, key=lambda s: s.start)


def _paragraph(text: str, paragraph: Paragraph, layers: Sequence[Sequence[Span]]) -> Iterator[str]:
    bounds = sorted({at for spans in layers for s in spans for at in (s.start, s.end)})
    for start, end in words(text, paragraph.start, paragraph.end):
        stops = [start, *(at for at in bounds if start < at < end), end]
        for a, b in pairwise(stops):
            yield "\t".join([text[a:b], *(_label(text, spans, a, b) for spans in layers)])


def _label(text: str, spans: Sequence[Span], start: int, end: int) -> str:
    for span in spans:
        if span.start <= start and end <= span.end:
            first = not text[span.start : start].strip()
            return f"{'B' if first else 'I'}-{span.label}"
    return "O"
