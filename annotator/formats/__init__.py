"""Formats: how texts and completions are imported and exported. Each format is one file.

A format's module holds `summary`, `extensions`, and what it can do; `api.py` has the Protocols:

    summary: str                        one line for help
    extensions: tuple[str, ...]         file name endings, first the one of files it writes
    on_request: bool optional; True if it reads a file only when it is named
    work_in_folders: bool               optional; True if each annotator's files are in a folder
    named_by_annotator: bool            optional; True if only names of files say whose work it is
    recognises(first) -> bool           optional; whether a file's first JSON object looks like it
    read(path, options) -> Iterator     if it reads: the texts and the work in a file
    dumps(record) -> str                if it writes lines: one record, with its line end
    encoded(record) -> bytes            optional; the same in UTF-8, if that takes less time
    parts(records, how) -> Iterator     if it writes one file piece by piece
    files(records, how) -> Iterator     if it writes a folder

`read` raises InputError with file, line and key if nothing of a file can be read. What it leaves
out or changes goes into its report. Formats of other programs use `_foreign`, which turns their
labels into those of the schema. Every reader makes canonical records, and every writer starts from
them.
"""
