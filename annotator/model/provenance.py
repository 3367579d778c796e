"""What an annotator was shown. It is recorded when it is shown, so that nobody has to guess
later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from annotator.model.decision import Suggestion
from annotator.model.span import Relation, Span

HISTORY = "gold"
"""The key of a gold record's metadata that says how its items came to be."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A suggestion that an annotator saw in a document.

    `id` is the suggestion's, and stays that of what is accepted. A span has `start` and `end`, a
    relation `source` and `target` (ids of items, or `@author`).
    """

    id: str
    paragraph: int
    layer: str
    label: str
    suggester: str
    version: str
    start: int | None = None
    end: int | None = None
    source: str | None = None
    target: str | None = None

    @property
    def is_span(self) -> bool:
        return self.start is not None

    def kept(self, value: object) -> bool:
        """Whether the standing annotation has the label and the bounds (the ends, of a relation)
        that were suggested."""
        return not self.corrected(value)

    def corrected(self, value: object) -> tuple[str, ...]:
        """What differs between the standing annotation and the suggestion: `layer`, `label`,
        `bounds`, `ends`. Names and other attributes are additions, not corrections."""
        if not isinstance(value, Span | Relation):
            return ("removed",)
        out = [name for name in ("layer", "label") if getattr(value, name) != getattr(self, name)]
        if isinstance(value, Span):
            out += ["bounds"] if (value.start, value.end) != (self.start, self.end) else []
        else:
            out += ["ends"] if (value.source, value.target) != (self.source, self.target) else []
        return tuple(out)


def shown_of(suggestion: Suggestion) -> Shown:
    """The record of a suggestion when it is shown."""
    value = suggestion.value
    shared = (
        value.id,
        suggestion.paragraph,
        value.layer,
        value.label,
        suggestion.suggester,
        suggestion.version,
    )
    if isinstance(value, Span):
        return Shown(*shared, value.start, value.end)
    return Shown(*shared, source=value.source, target=value.target)


def value_of(one: Shown) -> Span | Relation | None:
    """The annotation that was suggested, without attributes; None if a place is incomplete."""
    if one.start is not None and one.end is not None:
        return Span(one.id, one.layer, one.label, one.start, one.end, origin="suggestion")
    if one.source is not None and one.target is not None:
        return Relation(one.id, one.layer, one.label, one.source, one.target, origin="suggestion")
    return None


def shown_json(one: Shown) -> dict[str, Any]:
    """The shown suggestions as in a canonical record, under `meta.completion.shown`."""
    place = (
        {"start": one.start, "end": one.end}
        if one.is_span
        else {"source": one.source, "target": one.target}
    )
    return {
        "id": one.id,
        "paragraph": one.paragraph,
        "layer": one.layer,
        "label": one.label,
        "suggester": one.suggester,
        "version": one.version,
        **place,
    }


_TEXTS = ("id", "layer", "label", "suggester", "version")
_KEYS = {*_TEXTS, "paragraph", "start", "end", "source", "target"}


def shown_from(data: object) -> Shown | None:
    """The suggestions that `shown_json` wrote; None if the value has another shape."""
    if not isinstance(data, Mapping) or not _is_shown(data):
        return None
    id, layer, label, suggester, version = (data[key] for key in _TEXTS)
    shared = (id, data["paragraph"], layer, label, suggester, version)
    start, end = data.get("start"), data.get("end")
    if type(start) is int and type(end) is int:
        return Shown(*shared, start, end) if 0 <= start < end else None
    source, target = data.get("source"), data.get("target")
    if isinstance(source, str) and isinstance(target, str):
        return Shown(*shared, source=source, target=target)
    return None


def _is_shown(data: Mapping[str, object]) -> bool:
    """Whether the keys and what every item has are as `shown_json` writes them."""
    paragraph = data.get("paragraph")
    return (
        data.keys() <= _KEYS
        and all(isinstance(data.get(key), str) for key in _TEXTS)
        and data["id"] != ""
        and type(paragraph) is int
        and paragraph >= 0
    )


__all__ = ["HISTORY", "Shown", "shown_from", "shown_json", "shown_of", "value_of"]
