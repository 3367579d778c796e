"""Projects full of names that would act on a terminal."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

from support import TEXT, document, suggestions

from annotator.model.decision import Completion
from annotator.model.record import Record
from annotator.model.span import Relation, Span
from annotator.project import Project, SuggestionRun

EVIL = "\x1b]52;c;YQ==\x07\x1b[31m\x9b2J\x85\r\nerror: forged\u202e\u2028\x7f\x00"
CALM = "ZZcalmZZ"
"""Stands for EVIL while a project is made."""

HARMFUL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def _records() -> list[Record]:
    """Completions that differ, with names wherever a record can have them."""
    text = f"Iran rejects the plan, and Mr {CALM} says that sanctions must end.\nNothing here."
    of = document(text, id=f"id {CALM}")
    at = text.index("the plan")
    out = []
    for who, label in ((f"ann {CALM}", "policy"), (f"ben {CALM}", "fact"), ("eve", "fact")):
        actor = Span("a", "actor", "state", 0, 4, f"Iran {CALM}", {"mention": "name"}, "human")
        claim = Span("c", "claim", label, at, at + 8, None, {"concept": [f"plan {CALM}"]}, "human")
        side = Relation("r", "stance", "oppose", "a", "c", {}, "human")
        out.append(Record(of, who, Completion.DONE, (actor, claim), (side,), (0, 1), {"c": CALM}))
    return out


def _poisoned(value: object, evil: str) -> object:
    if not isinstance(value, str) or CALM not in value:
        return value
    return value.replace(CALM, json.dumps(evil)[1:-1] if value[:1] in "{[" else evil)


def _poison(database: Path) -> None:
    """Put values into the database that no import would accept, as another program might: EVIL in
    every place of CALM."""
    evil = EVIL.replace("\x00", "")
    with sqlite3.connect(database) as db:
        triggers = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        virtual = [
            n
            for (n,) in db.execute(
                "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'"
            )
        ]
        for name, _ in triggers:
            db.execute(f'DROP TRIGGER "{name}"')
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("PRAGMA ignore_check_constraints = ON")
        tables = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        db.create_function("poisoned", 1, lambda value: _poisoned(value, evil))
        for table in tables:
            if table.startswith("sqlite_") or any(table.startswith(name) for name in virtual):
                continue
            for _, column, kind, *_ in db.execute(f'PRAGMA table_xinfo("{table}")').fetchall():
                if kind.upper() == "TEXT" and not (table == "document" and column == "text"):
                    where = f"\"{column}\" LIKE '%{CALM}%'"
                    db.execute(
                        f'UPDATE OR IGNORE "{table}" SET "{column}" = poisoned("{column}") '
                        f"WHERE {where}"
                    )
        for _, sql in triggers:
            db.execute(sql)


def make(root: Path) -> None:
    """Make a project full of such names."""
    with Project.create(root) as made:
        made.log.add_records(_records())
        made.documents.add([document(TEXT, id=f"doc {CALM}")])
        made.suggestions.put(f"doc {CALM}", suggestions(), run=SuggestionRun({"rules": "1"}))
        with made.assignments.writing():
            made.assignments.add([(f"ann {CALM}", f"doc {CALM}")])
    _poison(root / "annotator.db")
