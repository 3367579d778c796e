"""Tables: of texts in (CSV, TSV, and what spreadsheets write), of items out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from annotator.formats._reading import Entry, Identity, ReadOptions, document_id
from annotator.formats._table import table

summary = "tables of texts, one a row (in)"
extensions = (".csv", ".tsv")


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """A document of each row; columns that are not known go into its metadata under their own names."""
    prefix = options.prefix or document_id(path)
    for number, (line, row) in enumerate(table(path, options), 1):
        text = row.get("text", "")
        if not text.strip():
            options.report.left_out("rows without a text", "the row has no text", line=line, key="text")
            continue
        meta = {key.removeprefix("@"): value for key, value in row.items() if key.startswith("@") and value}
        meta |= {key: row[key] for key in ("date", "source") if row.get(key)}
        own = row.get("id", "").strip()
        data = {"text": text.removeprefix("\ufeff"), "meta": meta, "title": row.get("title") or None}
        if own:
            data["id"] = own
        identity = Identity.ID if own else Identity.NAME
        yield Entry(data, own or f"{prefix}-{number}", line, work=options.empty_is_done, identity=identity)
