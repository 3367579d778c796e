"""The data card of a gold data set: what its users have to know before they use it.

It follows the questions of data statements (Bender, E. M. and Friedman, B. (2018). Data Statements
for Natural Language Processing. TACL 6) and begins with the YAML front matter that Hugging Face
reads. What the program cannot know comes from the table `[card]` of annotator.toml; what is missing
there is listed in the card.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.config import CARD
from annotator.model.record import Record
from annotator.model.schema import Guideline, LabelSchema, Layer
from annotator.model.text import plural, words
from annotator.workflows.agreement.lines import number

_SPLITS = {"train": "train", "dev": "validation", "test": "test"}
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass(frozen=True, slots=True)
class CardContent:
    """What the card tells besides the manifest: the schema, what the project states, gold by
    part of the split, and everybody's finished work."""

    schema: LabelSchema
    stated: Mapping[str, str]
    parts: Mapping[str, Sequence[Record]]
    works: Sequence[Record]

    @property
    def gold(self) -> list[Record]:
        """The gold of all parts."""
        return [record for several in self.parts.values() for record in several]


def card(manifest: Mapping[str, Any], about: CardContent) -> str:
    """The card as Markdown."""
    title = about.stated.get("title") or f"Gold by the label schema {about.schema.name}"
    blocks = [
        _front_matter(manifest, about, title),
        [f"# {title}", "", about.stated.get("summary", "")],
        _facts(manifest, about),
        _files(manifest, about),
        _example(about),
        _statement(about),
        _people(manifest, about),
        _procedure(manifest, about),
        _counts(about),
        _agreement(manifest, about),
        _left_out(manifest),
        _guidelines(about.schema),
        _missing(manifest, about),
    ]
    text = "\n\n".join(
        "\n".join(block).strip("\n") for block in blocks if any(line.strip() for line in block)
    )
    return text + "\n"


# --- front matter and files


def _front_matter(manifest: Mapping[str, Any], about: CardContent, title: str) -> list[str]:
    def listed(values: Iterable[str]) -> str:
        return f"[{', '.join(json.dumps(value, ensure_ascii=False) for value in values)}]"

    lines = ["---", f"pretty_name: {json.dumps(title, ensure_ascii=False)}"]
    if manifest["license"]:
        lines.append(f"license: {json.dumps(str(manifest['license']).lower(), ensure_ascii=False)}")
    if languages := _languages(about):
        lines.append(f"language: {listed(languages)}")
    size = next((name for most, name in _SIZES if len(about.gold) < most), "n>1M")
    lines += [
        f"size_categories: {listed([size])}",
        'task_categories: ["token-classification", "text-classification"]',
        'tags: ["argument-mining", "discourse-network-analysis", "annotator"]',
        "configs:",
        "- config_name: gold",
        "  data_files:",
    ]
    for part, split in _SPLITS.items():
        if about.parts.get(part):
            lines += [f"  - split: {split}", f"    path: {part}.jsonl"]
    return [*lines, "---"]


def _languages(about: CardContent) -> list[str]:
    stated = about.stated.get("language", "")
    if stated:
        return [part.strip() for part in stated.split(",") if part.strip()]
    return sorted(
        {str(r.document.meta["language"]) for r in about.gold if r.document.meta.get("language")}
    )


def _facts(manifest: Mapping[str, Any], about: CardContent) -> list[str]:
    schema = manifest["schema"]
    licence = manifest["license"] or "not stated (`license` in annotator.toml)"
    dates = sorted(str(r.document.meta["date"]) for r in about.gold if r.document.meta.get("date"))
    outlets = {
        str(r.document.meta[k])
        for r in about.gold
        for k in ("outlet", "source")
        if r.document.meta.get(k)
    }
    facts = [
        ("Documents", str(manifest["documents"])),
        ("Label schema", f"`{schema['name']}` {schema['version']}"),
        ("Licence", licence),
        ("Languages", ", ".join(_languages(about)) or "not stated"),
        ("Dates of the texts", f"{dates[0]} to {dates[-1]}" if dates else "not stated"),
        ("Outlets", str(len(outlets)) if outlets else "not stated"),
        ("Made with", f"annotator {manifest['tool']['version']}"),
        ("Last decision", str(manifest["last_decision"] or "unknown")),
    ]
    return ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts)]


def _files(manifest: Mapping[str, Any], about: CardContent) -> list[str]:
    split = manifest["split"]
    total = max(1, len(about.gold))
    real = ", ".join(
        f"{part} {len(several)} of {len(about.gold)} documents, "
        f"{round(100 * len(several) / total)} % ({split['percent'][part]} % asked)"
        for part, several in about.parts.items()
    )
    return [
        "## Files",
        "",
        "| file | records | sha256 |",
        "|---|---|---|",
        *(
            f"| `{name}` | {one.get('records', '')} | `{one['sha256']}` |"
            for name, one in manifest["files"].items()
        ),
        "",
        f"Split by document: {real}. By {split['by']}; seed `{split['seed']}`.",
        "`annotators.jsonl` has everybody's finished work as it is; `manifest.json` has all of "
        "this for programs.",
    ]


def _example(about: CardContent) -> list[str]:
    record = next((r for r in about.gold if r.spans), None)
    if record is None:
        return []
    span = record.spans[0]
    shown: dict[str, Any] = {
        "id": span.id,
        "layer": span.layer,
        "label": span.label,
        "start": span.start,
        "end": span.end,
        "quote": record.document.quote(span.start, span.end),
        "entity": span.entity,
        "attributes": dict(span.attributes),
        "source": span.origin,
    }
    return [
        "## A record",
        "",
        "One line of JSON for each document: `text`, `paragraphs`, `spans`, `relations`, "
        "`meta`. Offsets are Unicode code points, the end exclusive. A span:",
        "",
        "```json",
        json.dumps(shown, ensure_ascii=False, indent=2),
        "```",
        "",
        "`source` says why it is there: `unanimous`, `adjudicated`, or another strategy; after "
        "a semicolon, how a field that differed was settled. `meta.gold.items` says who made it "
        "just so, who decided, and why.",
        "",
        "```python",
        "import json",
        "",
        'with open("train.jsonl", encoding="utf-8") as file:',
        "    records = [json.loads(line) for line in file]",
        "```",
    ]


# --- the statement


def _statement(about: CardContent) -> list[str]:
    heads = {
        "genre": "Genre",
        "sources": "Sources",
        "curation": "Curation",
        "speakers": "Writers of the texts",
        "limits": "Known limits",
        "citation": "Citation",
        "contact": "Contact",
    }
    out: list[str] = []
    for key, head in heads.items():
        if about.stated.get(key):
            out += [f"## {head}", "", about.stated[key], ""]
    return out


def _people(manifest: Mapping[str, Any], about: CardContent) -> list[str]:
    names = ", ".join(manifest["annotators"]) or "not in this project"
    lead = ", ".join(manifest["reviewers"]) or "nobody by name"
    out = [
        "## Annotators",
        "",
        about.stated.get("annotators", ""),
        "",
        f"Coders: {names}. Reviewers: {lead}.",
    ]
    if manifest["pseudonyms"]:
        out.append("These are pseudonyms.")
    return out


def _procedure(manifest: Mapping[str, Any], about: CardContent) -> list[str]:
    sources = ", ".join(f"{n} {name}" for name, n in manifest["sources"].items()) or "none"
    shown = sum(one["shown"] for one in manifest["suggestions"])
    taken = sum(one["accepted"] for one in manifest["suggestions"])
    changed = sum(one["corrected"] for one in manifest["suggestions"])
    aids = (
        f"Coders were shown {shown} suggestions; they accepted {taken} as they were and "
        f"corrected {changed}."
        if shown
        else "Coders were shown no suggestions, as far as is recorded."
    )
    return [
        "## Procedure",
        "",
        about.stated.get("procedure", ""),
        "",
        "Gold holds what all coders of a document agree on in everything that the schema lists, "
        f"and what a reviewer decided. Items by source: {sources}.",
        aids,
    ]


def _counts(about: CardContent) -> list[str]:
    parts = [part for part in about.parts if about.parts[part]]
    rows: list[tuple[str, list[int]]] = [
        ("documents", [len(about.parts[p]) for p in parts]),
        ("paragraphs", [sum(_paragraphs(r) for r in about.parts[p]) for p in parts]),
        ("tokens", [sum(_tokens(r) for r in about.parts[p]) for p in parts]),
    ]
    counts = {p: Counter(_labels(about.parts[p])) for p in parts}
    for name in sorted({name for several in counts.values() for name in several}):
        rows.append((name, [counts[p][name] for p in parts]))
    head = [
        "## Counts",
        "",
        f"| | {' | '.join(parts)} | all |",
        f"|---|{'---|' * (len(parts) + 1)}",
    ]
    return [
        *head,
        *(
            f"| {name} | {' | '.join(map(str, several))} | {sum(several)} |"
            for name, several in rows
        ),
    ]


def _paragraphs(record: Record) -> int:
    return sum(not p.excluded for p in record.document.paragraphs)


def _tokens(record: Record) -> int:
    document = record.document
    return sum(
        len(words(document.text, p.start, p.end)) for p in document.paragraphs if not p.excluded
    )


def _labels(records: Sequence[Record]) -> Iterator[str]:
    for record in records:
        yield from (f"{s.layer} {s.label}" for s in record.spans)
        yield from (f"{r.layer} {r.label}" for r in record.relations)


def _agreement(manifest: Mapping[str, Any], about: CardContent) -> list[str]:
    out: list[str] = []
    results = manifest["agreement"] or []
    valued = [r for r in results if r["value"] is not None]
    if valued:
        out += [
            "## Agreement before adjudication",
            "",
            "| layer | measure | value | 95 % interval | n |",
        ]
        out.append("|---|---|---|---|---|")
        for r in valued:
            interval = "" if r["low"] is None else f"{number(r['low'])} – {number(r['high'])}"
            out.append(
                f"| {r['layer']} | {r['name']} | {number(r['value'])} | {interval} | {r['n']} |"
            )
        out.append("")
    if reasons := Counter(str(r["reason"]) for r in results if r["value"] is None):
        told = "; ".join(f"{n}: {reason}" for reason, n in sorted(reasons.items()))
        out += [f"{plural(sum(reasons.values()), 'figure')} without a value ({told}).", ""]
    rows = _against_gold(about)
    if rows:
        out += [
            "## Coders against the gold",
            "",
            "| coder | items of gold made just so | of those they could |",
        ]
        out += [
            "|---|---|---|",
            *(f"| {who} | {had} ({round(100 * had / of)} %) | {of} |" for who, had, of in rows),
        ]
    return out


def _against_gold(about: CardContent) -> list[tuple[str, int, int]]:
    had: Counter[str] = Counter()
    could: Counter[str] = Counter()
    for record in about.gold:
        items = record.history.get("items", {})
        for who in record.history.get("eligible", ()):
            could[who] += len(items)
            had[who] += sum(who in item.get("votes", ()) for item in items.values())
    return [(who, had[who], could[who]) for who in sorted(could) if could[who]]


def _left_out(manifest: Mapping[str, Any]) -> list[str]:
    left = manifest["left_out_differences"]
    out = [
        "## Left out",
        "",
        f"Documents worked on but not gold: {manifest['left_out']}, since not all in them is "
        f"decided. Differences not decided: {left['in_documents_left_out']} in those documents, "
        f"{left['in_gold']} in gold.",
    ]
    if manifest["changed_since"]:
        several = plural(len(manifest["changed_since"]), "document")
        out.append(
            f"Coders changed their work on {several} after it was gold; "
            "`meta.gold.changed_since` says how."
        )
    if not manifest["notes"]:
        out.append(
            "Working notes, and messages between reviewers and coders, are not in the files."
        )
    return out


# --- guidelines


def _guidelines(schema: LabelSchema) -> list[str]:
    out = ["## Guidelines", "", *([schema.description, ""] if schema.description else [])]
    for layer in schema.layers:
        out += [f"### {layer.title} (`{layer.name}`)", "", *_guideline(layer.guideline)]
        for label in layer.labels:
            out += [f"#### {label.name}", "", *_guideline(label.guideline)]
        out += _attributes(layer)
    return out


def _guideline(own: Guideline) -> list[str]:
    out = [own.definition, ""] if own.definition else []
    for name, several in (
        ("include", own.include),
        ("exclude", own.exclude),
        ("examples", own.examples),
        ("borderline", own.borderline),
    ):
        if several:
            out += [f"{name}:", "", *(f"- {one}" for one in several), ""]
    return out


def _attributes(layer: Layer) -> list[str]:
    if not layer.attributes:
        return []
    rows = [
        f"- `{a.name}` ({', '.join(a.values) if a.values else a.type})"
        + (f": {a.definition}" if a.definition else "")
        for a in layer.attributes
    ]
    return ["attributes:", "", *rows, ""]


def _missing(manifest: Mapping[str, Any], about: CardContent) -> list[str]:
    known = {*about.stated, *(["language"] if _languages(about) else [])}
    missing = [f"- {what} (`{key}`)" for key, what in CARD.items() if key not in known]
    if not manifest["license"]:
        missing.append("- The licence (`license`, outside the table).")
    return (
        ["## What this card does not say yet", "", "In `[card]` of annotator.toml:", "", *missing]
        if missing
        else []
    )


__all__ = ["CardContent", "card"]
