"""Maps the labels of another program to the schema of the project."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from annotator.errors import InputError
from annotator.formats._reading import ReadOptions
from annotator.model.schema import LabelSchema, Layer, LayerKind


class Labels:
    """The labels of the schema that the labels of a file stand for."""

    def __init__(self, name: str, path: Path, options: ReadOptions) -> None:
        self._name, self._path, self._options = name, path, options
        self._schema: LabelSchema = options.schema
        self._table: Mapping[str, str] = options.settings.get("labels", {})

    def find(self, given: str, kind: LayerKind) -> tuple[str, str] | None:
        """Layer and label; None if the project's settings leave the label out, or if it is
        unknown."""
        target = self._table.get(given, given)
        layers = [layer for layer in self._schema.layers if layer.kind == kind]
        return _with_layer(target, layers) or _without_layer(target, layers)

    def ignored(self, given: str) -> bool:
        """Whether the settings leave a label out."""
        return self._table.get(given) == ""

    def check(self, used: Iterator[tuple[str, LayerKind, int, str]]) -> None:
        """Raise one InputError that names all unknown labels."""
        unknown: dict[str, tuple[LayerKind, int, str]] = {}
        for given, kind, line, key in used:
            if self.ignored(given) or self.find(given, kind) is not None:
                continue
            target = self._table.get(given)
            if target is not None:
                raise InputError(
                    f"“{target}” is not a {kind} label of {self._schema.name}",
                    file="annotator.toml",
                    key=f"format.{self._name}.labels.{given}",
                    hint=f"Labels: {', '.join(self._names(kind))}",
                )
            unknown.setdefault(given, (kind, line, key))
        if unknown:
            raise self._error(unknown)

    def _error(self, unknown: Mapping[str, tuple[LayerKind, int, str]]) -> InputError:
        (first, (kind, line, key)), *others = unknown.items()
        more = ", ".join(f"“{x}”" for x, _ in others)
        more = f"; nor {'are' if len(others) > 1 else 'is'} {more}" if others else ""
        example = next(iter(self._names(kind)), "layer.label")
        return InputError(
            f"“{first}” is not a {kind} label of {self._schema.name}{more}",
            file=self._path,
            line=line or None,
            key=key,
            hint=(
                f"Say in annotator.toml what each stands for: [format.{self._name}.labels] and "
                f'then {json.dumps(first, ensure_ascii=False)} = "{example}", or = "" to leave '
                f"it out. Labels: {', '.join([*self._names('span'), *self._names('relation')])}"
            ),
        )

    def _names(self, kind: LayerKind) -> list[str]:
        return [
            f"{x.name}.{b.name}" for x in self._schema.layers if x.kind == kind for b in x.labels
        ]


def _with_layer(target: str, layers: Sequence[Layer]) -> tuple[str, str] | None:
    """Layer and label of a target that names both (`actor.person`)."""
    first, _, label = target.partition(".")
    layer = next((one for one in layers if one.name == first), None)
    if label and layer is not None and (layer.label(label) or layer.open):
        return layer.name, label
    return None


def _without_layer(target: str, layers: Sequence[Layer]) -> tuple[str, str] | None:
    """Layer and label of a target that is a label of one layer only, or of no layer if one takes
    any label."""
    having = [layer for layer in layers if layer.label(target)]
    owners = having or [layer for layer in layers if layer.open]
    return (owners[0].name, target) if len(owners) == 1 and target else None


__all__ = ["Labels"]
