"""What the data card says about the people and about how the gold was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from annotator import families
from annotator.model.record import Record
from annotator.model.text import plural

_UNANIMOUS = "unanimous"
_ADJUDICATED = "adjudicated"


def coders_in_words(manifest: Mapping[str, Any]) -> str:
    """How many annotators worked on the texts."""
    count = len(manifest["annotators"])
    if not count:
        return "The project does not have the work of single annotators."
    return f"{plural(count, 'annotator')} worked on them."


def gold_in_words(manifest: Mapping[str, Any]) -> str:
    """What the gold consists of, by the sources that occur in it."""
    sources = _sources(manifest)
    others = sorted(sources - {_UNANIMOUS, _ADJUDICATED})
    rules = [name for name in others if name.partition(":")[0] in families.merging.names()]
    parts = []
    if _UNANIMOUS in sources:
        parts.append(
            "what all annotators of a document agree on, in bounds, label and every attribute"
        )
    parts += [f"what the rule `{name}` kept of the annotators' work" for name in rules]
    parts += [f"what has the source `{name}`" for name in others if name not in rules]
    if _ADJUDICATED in sources:
        parts.append("what a reviewer decided" + (" where they differ" if parts else ""))
    return f"The gold is {', and '.join(parts)}." if parts else "The gold holds no annotation."


def _sources(manifest: Mapping[str, Any]) -> set[str]:
    """The sources of items, without the rules that settled single fields."""
    return {name.partition(";")[0].strip() for name in manifest["sources"]}


def people(manifest: Mapping[str, Any], stated: Mapping[str, str]) -> list[str]:
    """Who coded and who decided."""
    names = ", ".join(manifest["annotators"]) or "not in this project"
    nobody = "not recorded by name" if _ADJUDICATED in _sources(manifest) else "none"
    lead = ", ".join(manifest["reviewers"]) or nobody
    out = [
        "## Annotators",
        "",
        *_paragraph(stated, "annotators"),
        f"Annotators: {names}. Reviewers: {lead}.",
    ]
    if manifest["pseudonyms"]:
        out.append("These are pseudonyms.")
    return out


def procedure(
    manifest: Mapping[str, Any], stated: Mapping[str, str], gold: Sequence[Record]
) -> list[str]:
    """How it was coded and decided: how many annotators a document had, where items of the gold
    come from, for which reasons a reviewer decided, and which suggestions annotators were shown."""
    sources = ", ".join(f"{n:,} `{name}`" for name, n in manifest["sources"].items()) or "none"
    return [
        "## Procedure",
        "",
        *_paragraph(stated, "procedure"),
        f"{gold_in_words(manifest)} Spans and relations by `source`: {sources}.",
        *filter(None, (_coders(gold), _reasons(gold))),
        _aids(manifest["suggestions"]),
    ]


def _coders(gold: Sequence[Record]) -> str:
    """How many documents were coded by how many annotators, as far as is recorded."""
    counts = Counter(len(record.history.get("eligible", ())) for record in gold)
    told = [
        f"{plural(documents, 'document')} by {plural(several, 'annotator')}"
        for several, documents in sorted(counts.items())
        if several
    ]
    if not told:
        return ""
    unknown = f"; of {plural(counts[0], 'document')} it is not recorded" if counts[0] else ""
    return f"Coded: {', '.join(told)}{unknown}."


def _reasons(gold: Sequence[Record]) -> str:
    """The reasons for decisions, and how often each was given."""
    items = [item for record in gold for item in record.history.get("items", {}).values()]
    counts = Counter(str(item["reason"]) for item in items if item.get("reason"))
    if not counts:
        return ""
    told = ", ".join(f"{name} {n:,}" for name, n in counts.most_common())
    return f"Reasons that reviewers gave for items of the gold: {told}."


def _aids(suggestions: Iterable[Mapping[str, Any]]) -> str:
    """Which suggestions annotators were shown, and what became of them."""
    tally, what = Counter[str](), Counter[str]()
    for one in suggestions:
        tally.update({key: one[key] for key in ("shown", "accepted", "corrected")})
        what.update(one["corrected_in"])
    if not tally["shown"]:
        return "Annotators were shown no suggestions, as far as is recorded."
    corrections = ", ".join(f"{n:,} in {name}" for name, n in sorted(what.items()))
    return (
        f"Annotators were shown {plural(tally['shown'], 'suggestion')}; they accepted "
        f"{tally['accepted']:,} as they were and corrected {tally['corrected']:,}"
        f"{f' ({corrections})' if corrections else ''}."
    )


def _paragraph(stated: Mapping[str, str], key: str) -> list[str]:
    """The project's statement as a paragraph; nothing if there is none."""
    return [stated[key], ""] if stated.get(key) else []


__all__ = ["coders_in_words", "gold_in_words", "people", "procedure"]
