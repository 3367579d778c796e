"""Triggers of the sums (`sums.py`) that do less for each row.

The first ones read the changed row back from its table six times, and looked for a suggestion four
times, though most items have none. These take the row as the trigger has it, and do what concerns
suggestions only where there is one. What they count is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database as Utils

_ADD = "ON CONFLICT DO UPDATE SET number = number + excluded.number;"

_LABELS = f"""
    INSERT INTO sum_label SELECT {{row}}.annotator, {{row}}.layer, {{row}}.label, {{by}}
        WHERE true {_ADD}
    INSERT INTO sum_surface SELECT {{row}}.layer, {{row}}.label,
        substr(t.text, {{row}}.start + 1, {{row}}."end" - {{row}}.start),
        coalesce({{row}}.entity, ''), {{by}}, 0 FROM text t WHERE t.document = {{row}}.document
        AND {{row}}.kind = 'span' AND {{row}}.annotator NOT LIKE '@%'
        ON CONFLICT DO UPDATE SET accepted = accepted + excluded.accepted;
"""
"""Accepted annotations, and the texts of accepted spans."""

_OUTCOMES = f"""
    INSERT INTO sum_suggestion SELECT s.suggester, s.layer, {{row}}.status, {{by}}
        FROM suggestion s WHERE {{s}} {_ADD}
    INSERT INTO sum_suggestion SELECT s.suggester, s.layer, 'pending', 0 - {{by}}
        FROM suggestion s WHERE {{s}} AND s.shown AND NOT s.blind AND NOT EXISTS (
            SELECT 1 FROM item o WHERE o.document = {{row}}.document AND o.item = {{row}}.item
            AND o.annotator NOT IN ({{row}}.annotator, '@gold')) {_ADD}
    INSERT INTO sum_surface SELECT s.layer, s.label,
        substr(t.text, s.start + 1, s."end" - s.start), '', 0, {{by}}
        FROM suggestion s JOIN text t ON t.document = s.document
        WHERE {{s}} AND s.kind = 'span' AND {{row}}.annotator NOT LIKE '@%'
        AND ({{row}}.status IN ('rejected', 'removed')
            OR ({{row}}.status = 'corrected' AND {{row}}.label <> s.label))
        ON CONFLICT DO UPDATE SET rejected = rejected + excluded.rejected;
"""
"""What became of a suggestion; the gold decides on none."""

_DECIDED = """
    INSERT INTO sum_decided SELECT s.document, {row}.annotator, {by}, v.number - {by}
        FROM suggestion s JOIN sum_visible v ON v.document = s.document
        WHERE {s} AND {row}.status <> 'marked' AND s.shown AND NOT s.blind
        ON CONFLICT DO UPDATE SET decided = decided + excluded.decided,
            undecided = undecided - excluded.decided;
"""
"""How many suggestions of a document somebody has decided on."""

_COMPLETIONS = """
    INSERT INTO sum_completion SELECT {row}.annotator, {row}.completion, {by}, {by} * {row}.done
        WHERE true ON CONFLICT DO UPDATE SET documents = documents + excluded.documents,
            paragraphs = paragraphs + excluded.paragraphs;
"""

_NAMES = f"""
    INSERT INTO sum_name SELECT {{row}}.kind, {{row}}.annotator, {{row}}.form, {{row}}.name, {{by}}
        WHERE true {_ADD}
"""

_REPLACED = "item = NEW.item)"
_COUNTED = (
    "item = NEW.item AND (kind IN ('span', 'relation') OR EXISTS (SELECT 1 FROM suggestion s "
    "WHERE s.document = NEW.document AND s.id = NEW.item)))"
)
"""The end of the condition under which something is taken off for a replaced item, before and
now."""

_S = "s.document = {row}.document AND s.id = {row}.item"
_SUGGESTED = f"EXISTS (SELECT 1 FROM suggestion s WHERE {_S})"


def m015_direct_sums(db: Utils) -> None:
    """Triggers that read no row back, but for rows that are replaced: what they take off is only in
    the table. An index of the first decisions on documents tells when somebody began, and the
    one of completions by document has all that the review queue reads of them."""
    db.execute("CREATE INDEX event_first ON event (annotator, time) WHERE revision = 1")
    db.execute("DROP INDEX completion_document")
    db.execute(
        "CREATE INDEX completion_document ON completion (document, completion, annotator, "
        "revision, updated)"
    )
    for table in ("item", "completion", "name"):
        for when in ("BEFORE_DELETE", "BEFORE_UPDATE", "AFTER_UPDATE", "AFTER_INSERT"):
            db.execute(f"DROP TRIGGER IF EXISTS sum_{table}_{when}")
    replacing = "sum_item_BEFORE_INSERT"
    (before,) = db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (replacing,)).fetchone()
    db.execute(f"DROP TRIGGER {replacing}")
    db.execute(before.replace(_REPLACED, _COUNTED, 1))
    labelled = "{row}.kind IN ('span', 'relation')"
    not_gold = f"{{row}}.annotator <> '@gold' AND {_SUGGESTED}"
    for name, table, when, body in (
        ("item_label", "item", labelled, _LABELS),
        ("item_outcome", "item", not_gold, _OUTCOMES),
        ("item_decided", "item", _SUGGESTED, _DECIDED),
        ("completion", "completion", "true", _COMPLETIONS),
        ("name", "name", "true", _NAMES),
    ):
        for moment, event, row, by in (
            ("BEFORE", "DELETE", "OLD", -1),
            ("BEFORE", "UPDATE", "OLD", -1),
            ("AFTER", "UPDATE", "NEW", 1),
            ("AFTER", "INSERT", "NEW", 1),
        ):
            text = f"WHEN {when} BEGIN {body.replace('{s}', _S)} END"
            db.execute(
                f"CREATE TRIGGER sum_{name}_{moment}_{event} {moment} {event} ON {table} "
                + text.replace("{row}", row).replace("{by}", str(by))
            )


__all__ = ["m015_direct_sums"]
