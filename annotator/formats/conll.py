"""CoNLL tables: one token a line, a column of BIO labels for each layer of spans, a blank line
between paragraphs. If spans of one layer overlap, the longest is kept. The format cannot hold
relations, attributes and names.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from annotator.formats._tokens import Tokens
from annotator.formats._writing import WriteOptions, annotator_name, count_lost
from annotator.model.record import Record
from annotator.model.span import Span
from annotator.model.text import Paragraph

summary = "CoNLL tables of tokens with BIO labels (out)"
extensions = (".conll",)

_LOST = (
    "attributes",
    "entities",
    "relations",
    "notes",
    "flags",
    "excluded paragraphs",
    "metadata",
    "titles",
    "statuses other than done",
)
_start, _end = attrgetter("start"), attrgetter("end")


def parts(records: Iterable[Record], how: WriteOptions) -> Iterator[bytes]:
    """The lines of each record after `# id`, `# annotator` and `# columns`."""
    layers = [layer.name for layer in how.schema.span_layers]
    for record in records:
        count_lost(record, how.lost, *_LOST)
        flat = [_flat([s for s in record.spans if s.layer == name], how) for name in layers]
        head = (
            f"# id = {' '.join(record.document.id.split())}\n"
            f"# annotator = {annotator_name(record)}\n"
            f"# columns = token {' '.join(layers)}\n"
        )
        paragraphs = [
            _paragraph(record.document.text, paragraph, flat)
            for paragraph in record.document.paragraphs
            if not paragraph.excluded
        ]
        yield "".join([head, *paragraphs]).encode("utf-8")


def _flat(spans: Sequence[Span], how: WriteOptions) -> list[Span]:
    """Spans without overlap: the longest first, then the earlier one."""
    end = 0
    for span in spans:
        if span.start < end:
            break
        end = span.end
    else:
        return list(spans)
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start, s.id)):
        at = bisect_left(kept, span.start, key=_start)
        if (at and kept[at - 1].end > span.start) or (at < len(kept) and kept[at].start < span.end):
            how.lost["spans that overlap others of their layer"] += 1
        else:
            kept.insert(at, span)
    return kept


def _paragraph(text: str, paragraph: Paragraph, layers: Sequence[Sequence[Span]]) -> str:
    """The lines of a paragraph, with the blank line after it."""
    here = [
        spans[
            bisect_right(spans, paragraph.start, key=_end) : bisect_left(
                spans, paragraph.end, key=_start
            )
        ]
        for spans in layers
    ]
    tokens = Tokens(text, paragraph.start, paragraph.end)
    tokens.cut({at for spans in here for s in spans for at in (s.start, s.end)})
    columns = [_labels(text, tokens.starts, spans) for spans in here]
    width = len(columns) + 2
    cells = ["\n"] * (width * len(tokens.starts) + 1)
    cells[:-1:width] = tokens.words
    for i, column in enumerate(columns, 1):
        cells[i:-1:width] = column
    return "".join(cells)


def _labels(text: str, starts: Sequence[int], spans: Sequence[Span]) -> list[str]:
    """The cell of each token, by its start; no span begins or ends inside a token. A span that
    began in the paragraph before continues here."""
    cells = ["\tO"] * len(starts)
    for span in spans:
        first, end = bisect_left(starts, span.start), bisect_left(starts, span.end)
        cells[first:end] = [f"\tI-{span.label}"] * (end - first)
        if first < end and not text[span.start : starts[first]].strip():
            cells[first] = f"\tB-{span.label}"
    return cells
