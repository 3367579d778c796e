"""Sums stored in the database, so that no figure, page or queue reads all work.

Triggers update them in the transaction that changes what they count, whatever changes it: a
decision, undo, import, merge or adjudication. Each always equals a count from scratch.

- `sum_label`: accepted annotations, by annotator, layer and label
- `sum_completion`: documents and their finished paragraphs, by annotator and completion
- `sum_suggestion`: suggestions by suggester, layer and outcome: status, `pending`, `stored` (all)
- `sum_visible`: suggestions of a document that are shown
- `sum_decided`: how many of those an annotator has decided on, and how many not
- `sum_block`: documents by blocks of 256: with visible suggestions, and all decided by someone
- `sum_surface`: texts of spans that were accepted and rejected
- `sum_name`: mentions of a name under a form, by annotator
"""

from __future__ import annotations

from sqlite_utils import Database as Utils


def m006_sums(db: Utils) -> None:
    """Sums that triggers keep in the same transaction as what they count,
    so that no figure reads all work.

    A row that is replaced fires no trigger of its own: what it counted is taken off before it goes.
    So every table has a trigger that takes off what stands under a key before it changes, and one
    that adds what stands there after.
    """
    kept = """
        INSERT INTO sum_label SELECT r.annotator, r.layer, r.label, {by} FROM item r
            WHERE {r} AND r.kind IN ('span', 'relation')
            ON CONFLICT DO UPDATE SET number = number + excluded.number;
        INSERT INTO sum_surface SELECT r.layer, r.label,
            substr(t.text, r.start + 1, r."end" - r.start),
            coalesce(r.entity, ''), {by}, 0 FROM item r JOIN text t ON t.document = r.document
            WHERE {r} AND r.kind = 'span' AND r.annotator NOT LIKE '@%'
            ON CONFLICT DO UPDATE SET accepted = accepted + excluded.accepted;
        INSERT INTO sum_suggestion SELECT s.suggester, s.layer, r.status, {by}
            FROM item r JOIN suggestion s ON s.document = r.document AND s.id = r.item
            WHERE {r} AND r.annotator <> '@gold'
            ON CONFLICT DO UPDATE SET number = number + excluded.number;
        INSERT INTO sum_suggestion SELECT s.suggester, s.layer, 'pending', 0 - {by}
            FROM item r JOIN suggestion s ON s.document = r.document AND s.id = r.item
            WHERE {r} AND r.annotator <> '@gold' AND s.shown AND NOT s.blind AND NOT EXISTS (
                SELECT 1 FROM item o WHERE o.document = r.document AND o.item = r.item
                AND o.annotator NOT IN (r.annotator, '@gold'))
            ON CONFLICT DO UPDATE SET number = number + excluded.number;
        INSERT INTO sum_surface SELECT s.layer, s.label,
            substr(t.text, s.start + 1, s."end" - s.start), '', 0, {by}
            FROM item r JOIN suggestion s ON s.document = r.document AND s.id = r.item
            JOIN text t ON t.document = r.document
            WHERE {r} AND s.kind = 'span' AND r.annotator NOT LIKE '@%'
            AND (r.status IN ('rejected', 'removed')
                OR (r.status = 'corrected' AND r.label <> s.label))
            ON CONFLICT DO UPDATE SET rejected = rejected + excluded.rejected;
        INSERT INTO sum_decided SELECT r.document, r.annotator, {by}, v.number - {by}
            FROM item r JOIN suggestion s ON s.document = r.document AND s.id = r.item
            JOIN sum_visible v ON v.document = r.document
            WHERE {r} AND r.status <> 'marked' AND s.shown AND NOT s.blind
            ON CONFLICT DO UPDATE SET decided = decided + excluded.decided,
                undecided = undecided - excluded.decided;
    """
    completions = """
        INSERT INTO sum_completion SELECT c.annotator, c.completion, {by}, {by} * c.done
            FROM completion c
            WHERE {r} ON CONFLICT DO UPDATE SET documents = documents + excluded.documents,
                paragraphs = paragraphs + excluded.paragraphs;
    """
    names = """
        INSERT INTO sum_name SELECT n.kind, n.annotator, n.form, n.name, {by} FROM name n
            WHERE {r} ON CONFLICT DO UPDATE SET number = number + excluded.number;
    """
    suggestions = """
        INSERT INTO sum_suggestion SELECT s.suggester, s.layer, 'stored', {by}
            FROM suggestion s WHERE {r}
            ON CONFLICT DO UPDATE SET number = number + excluded.number;
        INSERT INTO sum_suggestion SELECT s.suggester, s.layer, r.status, {by}
            FROM suggestion s JOIN item r ON r.document = s.document AND r.item = s.id
            WHERE {r} AND r.annotator <> '@gold'
            ON CONFLICT DO UPDATE SET number = number + excluded.number;
        INSERT INTO sum_suggestion SELECT s.suggester, s.layer, 'pending', {by} FROM suggestion s
            WHERE {r} AND s.shown AND NOT s.blind AND NOT EXISTS (SELECT 1 FROM item o
                WHERE o.document = s.document AND o.item = s.id AND o.annotator <> '@gold')
            ON CONFLICT DO UPDATE SET number = number + excluded.number;
        INSERT INTO sum_surface SELECT s.layer, s.label,
            substr(t.text, s.start + 1, s."end" - s.start), '', 0, {by}
            FROM suggestion s JOIN item r ON r.document = s.document AND r.item = s.id
            JOIN text t ON t.document = s.document
            WHERE {r} AND s.kind = 'span' AND r.annotator NOT LIKE '@%'
            AND (r.status IN ('rejected', 'removed')
                OR (r.status = 'corrected' AND r.label <> s.label))
            ON CONFLICT DO UPDATE SET rejected = rejected + excluded.rejected;
        INSERT INTO sum_visible SELECT s.document, {by} FROM suggestion s
            WHERE {r} AND s.shown AND NOT s.blind
            ON CONFLICT DO UPDATE SET number = number + excluded.number;
        UPDATE sum_decided SET undecided = undecided + {by} WHERE document = {row}.document
            AND EXISTS (SELECT 1 FROM suggestion s WHERE {r} AND s.shown AND NOT s.blind);
        INSERT INTO sum_decided SELECT s.document, r.annotator, {by}, v.number - {by}
            FROM suggestion s JOIN item r ON r.document = s.document AND r.item = s.id
            JOIN sum_visible v ON v.document = s.document
            WHERE {r} AND r.status <> 'marked' AND s.shown AND NOT s.blind
            ON CONFLICT DO UPDATE SET decided = decided + excluded.decided,
                undecided = undecided - excluded.decided;
    """
    visible = """
        INSERT INTO sum_block SELECT d.position / 256, '', {by} FROM document d
            WHERE d.id = {row}.document AND {row}.number > 0
            ON CONFLICT DO UPDATE SET documents = documents + excluded.documents;
    """
    decided = """
        INSERT INTO sum_block SELECT d.position / 256, {row}.annotator, {by} FROM document d
            WHERE d.id = {row}.document AND {row}.decided > 0 AND {row}.undecided = 0
            ON CONFLICT DO UPDATE SET documents = documents + excluded.documents;
    """
    moved = """
        INSERT INTO sum_block SELECT {row}.position / 256, '', {by} FROM sum_visible v
            WHERE v.document = {row}.id AND v.number > 0
            ON CONFLICT DO UPDATE SET documents = documents + excluded.documents;
        INSERT INTO sum_block SELECT {row}.position / 256, w.annotator, {by} FROM sum_decided w
            WHERE w.document = {row}.id AND w.decided > 0 AND w.undecided = 0
            ON CONFLICT DO UPDATE SET documents = documents + excluded.documents;
    """

    def follow(
        table: str,
        body: str,
        at: str = "",
        *,
        events: str = "INSERT DELETE UPDATE",
        replaced: str = "",
    ) -> None:
        for event in events.split():
            for moment, by in (("BEFORE", -1), ("AFTER", 1)):
                row = "OLD" if moment == "BEFORE" and event != "INSERT" else "NEW"
                if (moment, event) == ("AFTER", "DELETE") or (
                    (moment, event) == ("BEFORE", "INSERT") and not replaced
                ):
                    continue
                when = f"WHEN {replaced}" if (moment, event) == ("BEFORE", "INSERT") else ""
                db.execute(
                    f"CREATE TRIGGER sum_{table}_{moment}_{event} {moment} {event} ON {table} "
                    f"{when} BEGIN "
                    + body.replace("{r}", at.replace("{row}", row))
                    .replace("{row}", row)
                    .replace("{by}", str(by))
                    + "END"
                )

    for statement in (
        """
        CREATE TABLE sum_label (annotator TEXT, layer TEXT, label TEXT, number INTEGER NOT NULL,
            PRIMARY KEY (annotator, layer, label)) STRICT, WITHOUT ROWID
--
        CREATE TABLE sum_surface (layer TEXT, label TEXT, quote TEXT, entity TEXT,
            accepted INTEGER NOT NULL,
            rejected INTEGER NOT NULL,
                PRIMARY KEY (layer, quote, label, entity)) STRICT, WITHOUT ROWID
--
        CREATE TABLE sum_suggestion (suggester TEXT, layer TEXT, status TEXT,
            number INTEGER NOT NULL,
            PRIMARY KEY (suggester, layer, status)) STRICT, WITHOUT ROWID
--
        CREATE TABLE sum_completion (annotator TEXT, completion TEXT, documents INTEGER NOT NULL,
            paragraphs INTEGER NOT NULL, PRIMARY KEY (annotator, completion)) STRICT, WITHOUT ROWID
--
        CREATE TABLE sum_name (kind TEXT, annotator TEXT, form TEXT, name TEXT,
            number INTEGER NOT NULL,
            PRIMARY KEY (kind, annotator, form, name)) STRICT, WITHOUT ROWID
--
        CREATE TABLE sum_visible (document TEXT PRIMARY KEY,
            number INTEGER NOT NULL) STRICT, WITHOUT ROWID
--
        CREATE TABLE sum_decided (document TEXT, annotator TEXT, decided INTEGER NOT NULL,
            undecided INTEGER NOT NULL, PRIMARY KEY (document, annotator)) STRICT, WITHOUT ROWID
--
        CREATE TABLE sum_block (block INTEGER, annotator TEXT, documents INTEGER NOT NULL,
            PRIMARY KEY (annotator, block)) STRICT, WITHOUT ROWID
--
        CREATE INDEX item_anybody ON item (document, item, annotator, status)
--
        CREATE INDEX item_relation ON item (annotator, document, layer, label, source, target)
            WHERE kind = 'relation'
"""
    ).split("\n--\n"):
        db.execute(statement)
    key = "document = NEW.document AND annotator = NEW.annotator"
    # Filled before the triggers of what they count are there,
    # and read by those of what counts them.
    follow("sum_visible", visible, events="INSERT UPDATE")
    follow("sum_decided", decided, events="INSERT UPDATE")
    db.execute(
        "INSERT INTO sum_visible SELECT document, count(*) FROM suggestion WHERE shown AND NOT "
        "blind GROUP BY document"
    )
    db.execute(
        "INSERT INTO sum_decided SELECT i.document, i.annotator, count(*), v.number - count(*) "
        "FROM suggestion s JOIN item i ON i.document = s.document AND i.item = s.id JOIN "
        "sum_visible v ON v.document = s.document WHERE s.shown AND NOT s.blind AND i.status <> "
        "'marked' GROUP BY i.document, i.annotator"
    )
    db.execute(
        "INSERT INTO sum_label SELECT annotator, layer, label, count(*) FROM item "
        "WHERE kind IN ('span', 'relation') GROUP BY annotator, layer, label"
    )
    db.execute(
        'INSERT INTO sum_surface SELECT i.layer, i.label, substr(t.text, i.start + 1, i."end" - '
        "i.start), coalesce(i.entity, ''), count(*), 0 FROM item i JOIN text t ON t.document = "
        "i.document WHERE i.kind = 'span' AND i.annotator NOT LIKE '@%' GROUP BY 1, 2, 3, 4"
    )
    db.execute(
        "INSERT INTO sum_surface SELECT s.layer, s.label, "
        "substr(t.text, s.start + 1, s.\"end\" - s.start), '', 0, "
        "count(*) FROM suggestion s JOIN item i ON i.document = s.document AND i.item = s.id "
        "JOIN text t ON t.document = s.document WHERE s.kind = 'span' "
        "AND i.annotator NOT LIKE '@%' AND (i.status IN ('rejected', 'removed') "
        "OR (i.status = 'corrected' AND i.label <> s.label)) "
        "GROUP BY 1, 2, 3 ON CONFLICT DO UPDATE SET rejected = rejected + excluded.rejected"
    )
    db.execute(
        "INSERT INTO sum_suggestion SELECT s.suggester, s.layer, i.status, count(*) FROM "
        "suggestion s JOIN item i ON i.document = s.document AND i.item = s.id WHERE "
        "i.annotator <> '@gold' GROUP BY 1, 2, 3"
    )
    db.execute(
        "INSERT INTO sum_suggestion SELECT suggester, layer, 'stored', count(*) FROM suggestion "
        "GROUP BY 1, 2"
    )
    db.execute(
        "INSERT INTO sum_suggestion SELECT s.suggester, s.layer, 'pending', count(*) FROM "
        "suggestion s WHERE s.shown AND NOT s.blind AND NOT EXISTS (SELECT 1 FROM item o WHERE "
        "o.document = s.document AND o.item = s.id AND o.annotator <> '@gold') GROUP BY 1, 2"
    )
    db.execute(
        "INSERT INTO sum_completion SELECT annotator, completion, count(*), sum(done) FROM "
        "completion GROUP BY 1, 2"
    )
    db.execute(
        "INSERT INTO sum_name SELECT kind, annotator, form, name, count(*) FROM name GROUP BY "
        "1, 2, 3, 4"
    )
    follow(
        "item",
        kept,
        "r.document = {row}.document AND r.annotator = {row}.annotator AND r.item = {row}.item",
        replaced=f"EXISTS (SELECT 1 FROM item WHERE {key} AND item = NEW.item)",
    )
    follow(
        "completion",
        completions,
        "c.annotator = {row}.annotator AND c.document = {row}.document",
        replaced=f"EXISTS (SELECT 1 FROM completion WHERE {key})",
    )
    follow(
        "name",
        names,
        "n.kind = {row}.kind AND n.name = {row}.name AND n.annotator = {row}.annotator "
        "AND n.document = {row}.document AND n.item = {row}.item",
        replaced=(
            f"EXISTS (SELECT 1 FROM name WHERE {key} AND kind = NEW.kind AND name = NEW.name "
            "AND item = NEW.item)"
        ),
    )
    follow("suggestion", suggestions, "s.document = {row}.document AND s.id = {row}.id")
    follow("document", moved, events="UPDATE")


__all__ = ["m006_sums"]
