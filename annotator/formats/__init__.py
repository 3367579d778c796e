"""Formats: how texts and completions come in and go out. One file each.

A format's module holds

    summary: str                one line for help
    extensions: tuple[str, ...] file name endings it is taken for, the first one for files it writes
    read(path, options) -> Batch            only where it reads
    dumps(record) -> str                    only where it writes: one record, with its line end

`read` raises InputError, naming file, line and key, for the first thing that does not hold; what it
gives lazily may raise while it is consumed.
"""
