"""The registry of canonical names: entities and concepts in use, their mentions, renaming and merging.

Renaming changes one annotator's own annotations, as decisions in the log like any others; giving a name that
is in use already merges the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from annotator.model.decision import Action, Decision, Standing, Status
from annotator.model.schema import LabelSchema
from annotator.model.span import Span, Value
from annotator.project import Project

Kind: TypeAlias = Literal["entity", "concept"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of an annotator that bears a name: where it is, and its text."""

    document: str
    paragraph: int
    item: str
    quote: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A name of the registry: how often this annotator gave it, and the texts it was given to."""

    name: str
    count: int
    forms: tuple[str, ...]


def names_of(schema: LabelSchema, span: Span, kind: Kind) -> list[str]:
    """The names of that kind that a span bears; several entities of a plural are divided by semicolons."""
    if kind == "entity":
        return [part.strip() for part in (span.entity or "").split(";") if part.strip()]
    layer = schema.layer(span.layer)
    attribute = layer.attribute_of_type("concept") if layer else None
    held = span.attributes.get(attribute.name) if attribute else None
    return [str(one) for one in held] if isinstance(held, list) else [str(held)] if held else []


def _spans(project: Project, annotator: str) -> Iterator[tuple[str, int, Standing, Span]]:
    for row in project.completions(annotator=annotator):
        annotations, _ = project.annotations(row.document, annotator)
        for index, standings in sorted(annotations.by_paragraph.items()):
            for standing in standings.values():
                if isinstance(standing.value, Span):
                    yield row.document, index, standing, standing.value


def entries(project: Project, annotator: str, kind: Kind) -> list[Entry]:
    """The names an annotator gave, the most frequent first."""
    counts: dict[str, int] = {}
    forms: dict[str, dict[str, None]] = {}
    texts: dict[str, str] = {}
    for document, _, _, span in _spans(project, annotator):
        for name in names_of(project.schema, span, kind):
            counts[name] = counts.get(name, 0) + 1
            if document not in texts:
                texts[document] = project.document(document).text
            forms.setdefault(name, {})[texts[document][span.start : span.end]] = None
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    return [Entry(name, counts[name], tuple(forms[name])) for name in ranked]


def mentions(project: Project, annotator: str, kind: Kind, name: str) -> list[Mention]:
    """Where an annotator gave a name, in document and text order."""
    found: list[tuple[int, Mention]] = []
    for document, paragraph, _, span in _spans(project, annotator):
        if name in names_of(project.schema, span, kind):
            quote = project.document(document).quote(span.start, span.end)
            found.append((span.start, Mention(document, paragraph, span.id, quote)))
    order = {id: i for i, id in enumerate(project.document_ids())}
    return [m for _, m in sorted(found, key=lambda pair: (order[pair[1].document], pair[0]))]


def rename(project: Project, annotator: str, kind: Kind, old: str, new: str) -> int:
    """Give every span that bears `old` the name `new` instead; how many there were.

    One group of decisions for each document, which undo takes back there. Raises StoreError when they cannot be
    written; documents before it are renamed then.
    """
    new = new.strip()
    if not new or new == old:
        return 0
    groups: dict[str, list[Decision]] = {}
    session = project.new_session()
    for document, paragraph, standing, span in _spans(project, annotator):
        value = _renamed(project.schema, span, kind, old, new)
        if value != span:
            status = Status.ADDED if standing.status is Status.ADDED else Status.CORRECTED
            after = replace(standing, status=status, value=value)
            groups.setdefault(document, []).append(
                Decision(f"{session}-{document}", Action.CORRECT, span.id, paragraph, standing, after)
            )
    for document, decisions in groups.items():
        project.record(document, annotator, decisions)
    return sum(map(len, groups.values()))


def _renamed(schema: LabelSchema, span: Span, kind: Kind, old: str, new: str) -> Span:
    names = names_of(schema, span, kind)
    if old not in names:
        return span
    changed = list(dict.fromkeys(new if name == old else name for name in names))
    if kind == "entity":
        return replace(span, entity="; ".join(changed))
    layer = schema.layer(span.layer)
    attribute = layer.attribute_of_type("concept") if layer else None
    assert attribute is not None
    value: Value = changed if attribute.multiple else changed[0]
    return replace(span, attributes={**span.attributes, attribute.name: value})


__all__ = ["Entry", "Kind", "Mention", "entries", "mentions", "names_of", "rename"]
