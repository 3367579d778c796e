"""Which documents and completions are shown: those that long work is still writing are hidden.

Long work writes its documents in many short transactions. They get the last positions, and the
setting `arriving` keeps the first of these until everything is there. In every connection, a
temporary view hides the table of documents and ends at that position. So deleting one row shows all
of them at once, however many there are.

A completion of a document that is there already is hidden by a row in `coming`; deleting all rows
of that table shows all of them. Reading uses the views; writing names the tables, `main.document`
and `main.completion`.
"""

from __future__ import annotations

from typing import Any

_DOCUMENTS = f"""CREATE TEMP VIEW IF NOT EXISTS document AS
    SELECT * FROM main.document WHERE position < coalesce(
        (SELECT CAST(value AS INTEGER) FROM main.setting WHERE key = 'arriving'),
        {(1 << 63) - 1})"""

_COMPLETIONS = """CREATE TEMP VIEW IF NOT EXISTS completion AS
    SELECT * FROM main.completion c WHERE NOT EXISTS (SELECT 1 FROM main.coming k
        WHERE k.document = c.document AND k.annotator = c.annotator AND k.hidden)"""

HIDE = "INSERT OR REPLACE INTO setting VALUES ('arriving', ?)"
"""Hides documents from a position on."""

SHOW = "DELETE FROM setting WHERE key = 'arriving'"
"""Shows all documents."""

IS_HIDING = "SELECT 1 FROM setting WHERE key = 'arriving'"


def leave_out_arriving(connection: Any) -> None:
    """Let a connection to a database of this version read only documents and completions that are
    shown."""
    connection.execute(_DOCUMENTS)
    connection.execute(_COMPLETIONS)


def see_the_table(connection: Any) -> None:
    """Let a connection read and change the tables themselves, for migrations."""
    connection.execute("DROP VIEW IF EXISTS temp.document")
    connection.execute("DROP VIEW IF EXISTS temp.completion")


__all__ = ["HIDE", "IS_HIDING", "SHOW", "leave_out_arriving", "see_the_table"]
