"""Formats: how texts and completions come in and go out. One file each.

A format's module holds

    summary: str                one line for help extensions: tuple[str, ...] file name endings, the
    first one for files it writes on_request: bool            optional; True where files are taken
    for it only when it is named recognises(first) -> bool   optional; whether the first object of a
    file of JSON lines looks like it read(path, options) -> Batch            only where it reads
    dumps(record) -> str                    only where it writes lines: one record, with its line
    end dump(records) -> bytes                  only where it writes something else: all records in
    one file

`read` raises InputError, naming file, line and key, for the first thing that is invalid; what it
gives lazily may raise while it is consumed. Formats of other programs go through `_foreign`, which
knows how their labels become those of the schema; everything becomes the canonical record and comes
from it.
"""
