"""CoNLL tables: one token a line, a column of BIO labels for each layer
of spans, a blank line between paragraphs.

Of spans that overlap in one layer the longest stays. Relations, attributes and names have no place.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from annotator.formats._writing import WriteOptions, count_lost, divided, who
from annotator.model.record import Record
from annotator.model.span import Span
from annotator.model.text import Paragraph, words

summary = "CoNLL tables of tokens with BIO labels (out)"
extensions = (".conll",)

_start, _end = attrgetter("start"), attrgetter("end")


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
        at = bisect_left(kept, span.start, key=_start)
        if (at and kept[at - 1].end > span.start) or (at < len(kept) and kept[at].start < span.end):
            how.lost["spans that overlap others of their layer"] += 1
        else:
            kept.insert(at, span)
    return kept


def _paragraph(text: str, paragraph: Paragraph, layers: Sequence[Sequence[Span]]) -> list[str]:
    here = [
        spans[
            bisect_right(spans, paragraph.start, key=_end) : bisect_left(
                spans, paragraph.end, key=_start
            )
        ]
        for spans in layers
    ]
    bounds = sorted({at for spans in here for s in spans for at in (s.start, s.end)})
    tokens = words(text, paragraph.start, paragraph.end)
    pieces = [piece for some in divided(tokens, bounds) for piece in some]
    columns = [_labels(text, pieces, spans) for spans in here]
    return [
        "\t".join((text[a:b], *labels)) for (a, b), *labels in zip(pieces, *columns, strict=True)
    ]


def _labels(text: str, pieces: Iterable[tuple[int, int]], spans: Sequence[Span]) -> Iterator[str]:
    """The label of each piece; pieces and spans are in order, and
    no bound of a span is within a piece."""
    at, begun = 0, False
    for start, _ in pieces:
        while at < len(spans) and spans[at].end <= start:
            at, begun = at + 1, False
        if at == len(spans) or start < spans[at].start:
            yield "O"
            continue
        inside = begun or bool(text[spans[at].start : start].strip())
        yield f"{'I' if inside else 'B'}-{spans[at].label}"
        begun = True
