"""The data card of a gold data set: what users must know before they use it.

It follows the questions of data statements (Bender, E. M. and Friedman, B. (2018). Data Statements
for Natural Language Processing. TACL 6) and begins with the YAML front matter that Hugging Face
reads. What the program cannot know comes from the table `[card]` of annotator.toml; the card lists
what is missing there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotator.config import CARD
from annotator.formats.api import dumps
from annotator.measures.api import Explanation
from annotator.model.days import known_day
from annotator.model.record import Record
from annotator.model.schema import LabelSchema
from annotator.model.text import percent, plural
from annotator.workflows.exchange.card_agreement import against_gold, agreement
from annotator.workflows.exchange.card_counts import counts
from annotator.workflows.exchange.card_guidelines import guidelines
from annotator.workflows.exchange.card_procedure import (
    coders_in_words,
    gold_in_words,
    people,
    procedure,
)

_OUTLETS = 8
"""The number of outlets that are named."""
_SPLITS = {"train": "train", "dev": "validation", "test": "test"}
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass(frozen=True, slots=True)
class CardContent:
    """What the card describes besides the manifest: the schema, the statements of the project, gold
    by part of the split, and everybody's finished work."""

    schema: LabelSchema
    stated: Mapping[str, str]
    parts: Mapping[str, Sequence[Record]]
    explained: Mapping[str, Explanation]

    @property
    def gold(self) -> list[Record]:
        """The gold of all parts."""
        return [record for several in self.parts.values() for record in several]


def card(manifest: Mapping[str, Any], about: CardContent) -> str:
    """The card as Markdown."""
    title = about.stated.get("title") or f"Gold by the label schema {about.schema.name}"
    blocks = [
        _front_matter(manifest, about, title),
        [f"# {title}", "", *_stated(about, "summary"), _in_short(manifest, about)],
        _facts(manifest, about),
        _files(manifest, about),
        _example(about),
        _statement(about),
        people(manifest, about.stated),
        procedure(manifest, about.stated, about.gold),
        counts(about.parts),
        agreement(manifest, about.explained),
        against_gold(about.gold),
        _left_out(manifest),
        guidelines(about.schema),
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
    return sorted(set(_in_meta(about, "language")))


def _stated(about: CardContent, key: str) -> list[str]:
    """The project's statement as a paragraph; nothing if there is none."""
    return [about.stated[key], ""] if about.stated.get(key) else []


def _in_short(manifest: Mapping[str, Any], about: CardContent) -> str:
    """What the data set is, for readers who have seen nothing else."""
    layers = "; ".join(
        f"{layer.title.lower()} ({', '.join(label.name for label in layer.labels)})"
        if layer.labels
        else layer.title.lower()
        for layer in about.schema.layers
    )
    return (
        f"{plural(manifest['documents'], 'text')} in which these are marked: {layers}. "
        f"{coders_in_words(manifest)} {gold_in_words(manifest)} The guidelines for coding are at "
        "the end of this card."
    )


def _facts(manifest: Mapping[str, Any], about: CardContent) -> list[str]:
    schema = manifest["schema"]
    dates = sorted(filter(known_day, _in_meta(about, "date")))
    outlets = list(_in_meta(about, "outlet", "source"))
    period = f"{dates[0]} to {dates[-1]}" if dates else ""
    languages = ", ".join(_languages(about))
    if not about.stated.get("language"):
        languages = _known_of(about, languages, sum(1 for _ in _in_meta(about, "language")))
    facts = [
        ("Documents", str(manifest["documents"])),
        ("Label schema", f"`{schema['name']}` {schema['version']}"),
        ("Licence", manifest["license"] or "not stated"),
        ("Languages", languages or "not stated"),
        ("Dates of the texts", _known_of(about, period, len(dates))),
        ("Outlets", _known_of(about, _named(outlets), len(outlets))),
        ("Made with", f"annotator {manifest['tool']['version']}, a program for coding texts"),
        ("Last decision", str(manifest["last_decision"] or "unknown")),
    ]
    return ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts)]


def _named(outlets: Iterable[str]) -> str:
    """How many outlets there are, and the names of those with the most texts."""
    counts = Counter(outlets)
    first = [name for name, _ in counts.most_common(_OUTLETS)]
    rest = f" and {len(counts) - len(first)} more" if len(counts) > len(first) else ""
    return f"{len(counts)}: {', '.join(first)}{rest}" if counts else ""


def _known_of(about: CardContent, value: str, known: int) -> str:
    """A fact, with the number of documents of which it is not known."""
    if not value:
        return "not stated"
    unknown = len(about.gold) - known
    return f"{value} (not stated for {plural(unknown, 'document')})" if unknown else value


def _in_meta(about: CardContent, *keys: str) -> Iterator[str]:
    """What the metadata of the documents say under the first of these keys that they have."""
    for record in about.gold:
        values = (record.document.meta.get(key) for key in keys)
        if value := next(filter(None, values), None):
            yield " ".join(str(value).split()).replace("|", "\\|")


def _files(manifest: Mapping[str, Any], about: CardContent) -> list[str]:
    split = manifest["split"]
    total = max(1, len(about.gold))
    real = ", ".join(
        f"{part} {len(several)} of {len(about.gold)} documents, "
        f"{percent(len(several) / total)} ({split['percent'][part]} % asked)"
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
        "`train.jsonl`, `dev.jsonl` and `test.jsonl` are the parts of `gold.jsonl`. "
        "`annotators.jsonl` has the work of each annotator as it was before adjudication, and "
        "`manifest.json` has what this card counts, for programs.",
        "",
        f"The split is by document: {real}. Which part a document belongs to follows from its id "
        f"alone, so that it stays in its part when other documents are added ({split['by']}; seed "
        f"`{split['seed']}`). In small data sets, the shares therefore differ from those "
        "requested.",
    ]


_FIELDS = (
    (
        "`id`, `title`, `text`, `text_sha256`",
        "the document; offsets count Unicode code points of `text`",
    ),
    (
        "`annotator`, `status`",
        "whose work it is: nobody's (`null`) and `gold` in the gold; a name and `done` in "
        "`annotators.jsonl`",
    ),
    (
        "`paragraphs`",
        "`start` and `end` (exclusive) of each; `excluded` ones are boilerplate and not coded",
    ),
    (
        "`spans`",
        "what is marked in the text: `id`, `layer`, `label`, `start`, `end` (exclusive), the words "
        "as `quote`, the name as `entity`, and `attributes`",
    ),
    (
        "`relations`",
        "what joins two spans: `id`, `layer`, `label`, `from` and `to` (ids of spans; `@author` is "
        "the text's own voice) and `attributes`",
    ),
    (
        "`source` of a span or relation",
        "why it is in the gold: `unanimous` (all annotators agree in everything), `adjudicated` (a "
        "reviewer decided) or a rule by name; after a semicolon, how a single field was settled",
    ),
    (
        "`meta.gold`",
        "how it came about: who could vote, and for each item who made exactly the same "
        "(`votes`), who decided (`reviewer`), for which `reason`, and whether an annotator saw a "
        "suggestion with these bounds (`suggested`)",
    ),
    (
        "`meta.completion`",
        "in which state the work was saved: the paragraphs that are `done`, and notes or what "
        "was `shown`, if there is any",
    ),
    ("`meta`, the rest", "what is known of the text, such as date, outlet and language"),
    ("`schema`", "the version of this format"),
)


def _example(about: CardContent) -> list[str]:
    record = next((r for r in about.gold if r.relations), None) or next(
        (r for r in about.gold if r.spans), None
    )
    if record is None:
        return []
    shown = _shown(record)
    return [
        "## A record",
        "",
        "Each line of a file is one document, an object in JSON:",
        "",
        "| field | what |",
        "|---|---|",
        *(f"| {name} | {what} |" for name, what in _FIELDS),
        "",
        "The guidelines below say what labels and attributes mean. "
        + ("A relation and the spans that it joins:" if len(shown) > 1 else "A span:"),
        "",
        "```json",
        json.dumps(shown if len(shown) > 1 else shown[0], ensure_ascii=False, indent=1),
        "```",
        "",
        "To load it from the folder of this card:",
        "",
        "```python",
        "import json",
        "",
        'with open("train.jsonl", encoding="utf-8") as file:',
        "    records = [json.loads(line) for line in file]",
        "",
        "# or, with Hugging Face's library (datasets 4.7 or later) and the folder's full path:",
        "import os",
        "",
        "from datasets import load_dataset",
        "",
        'gold = load_dataset(os.getcwd(), "gold")',
        "```",
    ]


def _shown(record: Record) -> list[dict[str, Any]]:
    """A relation of a record with its spans, or else a span, as in the files."""
    line: dict[str, Any] = json.loads(dumps(record))
    spans = {span["id"]: span for span in line["spans"]}
    if not line["relations"]:
        return [line["spans"][0]]
    joined = [r for r in line["relations"] if r["from"] in spans] or line["relations"]
    ends = (joined[0]["from"], joined[0]["to"])
    return [*(spans[end] for end in ends if end in spans), joined[0]]


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


def _left_out(manifest: Mapping[str, Any]) -> list[str]:
    left = manifest["left_out_differences"]
    documents = manifest["left_out"]
    words = [
        f"{plural(documents, 'document')} that somebody worked on, because not everything is "
        "decided "
        f"there ({plural(left['in_documents_left_out'], 'difference')})"
        if documents
        else "No document that somebody worked on was left out",
        f"{plural(left['in_gold'], 'difference')} in the gold itself that nobody decided"
        if left["in_gold"]
        else "the gold has no undecided differences",
    ]
    out = ["## Left out", "", "; ".join(words) + "."]
    if manifest["changed_since"]:
        several = plural(len(manifest["changed_since"]), "document")
        out.append(
            f"Annotators changed their work on {several} after it was gold; "
            "`meta.gold.changed_since` says how."
        )
    if not manifest["notes"]:
        out.append(
            "Working notes, and messages between reviewers and annotators, are not in the files."
        )
    return out


def _missing(manifest: Mapping[str, Any], about: CardContent) -> list[str]:
    known = {*about.stated, *(["language"] if _languages(about) else [])}
    missing = [f"- {what} (`{key}`)" for key, what in CARD.items() if key not in known]
    if not manifest["license"]:
        missing.append("- The licence (`license`, outside the table).")
    head = ["## What this card does not say yet", "", "In `[card]` of annotator.toml:", ""]
    return [*head, *missing] if missing else []


__all__ = ["CardContent", "card"]
