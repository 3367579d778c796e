"""Reads label schemas from TOML; `docs/schema.md` documents the keys.

Reading one checks everything and names file, key and remedy of the first error.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from annotator.errors import SchemaError
from annotator.model.schema import (
    COLORS,
    Attribute,
    AttributeType,
    Guideline,
    Label,
    LabelSchema,
    Layer,
    LayerKind,
)
from annotator.model.span import AUTHOR


def parse_schema(source: str, *, file: Path | str) -> LabelSchema:
    """The schema that a TOML text describes; `file` is named in errors.

    Raises SchemaError for the first thing that is invalid.
    """
    try:
        table = tomllib.loads(source)
    except RecursionError as error:
        raise SchemaError(
            "is nested too deeply", file=file, hint="Remove levels; no schema needs so many"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SchemaError(
            f"not valid TOML: {error}", file=file, hint="Correct the line that it names"
        ) from error
    return _SchemaReader(file).schema(table)


class _SchemaReader:
    """Reads tables into values; every error names the file and the dotted key."""

    def __init__(self, file: Path | str) -> None:
        self.file = file

    def fail(self, key: str, message: str, hint: str) -> SchemaError:
        return SchemaError(message, file=self.file, key=key, hint=hint)

    def only(self, table: Mapping[str, Any], at: str, *allowed: str) -> None:
        for name in table:
            if name not in allowed:
                key = f"{at}.{name}" if at else name
                raise self.fail(key, "unknown key", f"Keys here: {', '.join(allowed)}")

    def text(self, table: Mapping[str, Any], name: str, at: str, default: str | None = None) -> str:
        key = f"{at}.{name}" if at else name
        value = table.get(name, default)
        if value is None:
            raise self.fail(key, "missing", f'Add {name} = "..."')
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.fail(key, "must be a non-empty string", f'Write {name} = "..."')
        return value.strip()

    def texts(self, table: Mapping[str, Any], name: str, at: str) -> tuple[str, ...]:
        value = table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(x, str) for x in value):
            raise self.fail(
                f"{at}.{name}" if at else name, "must be a list of strings", f'{name} = ["..."]'
            )
        return tuple(x.strip() for x in value)

    def flag(self, table: Mapping[str, Any], name: str, at: str, *, default: bool = False) -> bool:
        value = table.get(name, default)
        if not isinstance(value, bool):
            raise self.fail(f"{at}.{name}", "must be true or false", f"Write {name} = true")
        return value

    def choice(self, table: Mapping[str, Any], name: str, at: str, values: Iterable[str]) -> str:
        value = self.text(table, name, at)
        if value not in values:
            raise self.fail(
                f"{at}.{name}", f"“{value}” is not one of the values", f"Use {', '.join(values)}"
            )
        return value

    def tables(self, table: Mapping[str, Any], name: str, at: str) -> list[Mapping[str, Any]]:
        value = table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(x, dict) for x in value):
            key = f"{at}.{name}" if at else name
            raise self.fail(
                key, "must be a list of tables", f"Write [[{key.replace('[', '').split(']')[0]}]]"
            )
        return value

    def guideline(self, table: Mapping[str, Any], at: str) -> Guideline:
        return Guideline(
            self.text(table, "definition", at, ""),
            *(
                self.texts(table, name, at)
                for name in ("include", "exclude", "examples", "borderline")
            ),
        )

    def schema(self, table: Mapping[str, Any]) -> LabelSchema:
        self.only(table, "", "name", "version", "title", "description", "sources", "layer")
        layers = [
            self.layer(entry, f"layer[{i}]")
            for i, entry in enumerate(self.tables(table, "layer", ""))
        ]
        if not layers:
            raise self.fail(
                "layer", "no layer", "Add at least one [[layer]] with a [[layer.label]]"
            )
        self.unique([layer.name for layer in layers], "layer", "name")
        self.ends(layers)
        self.keys([layer for layer in layers if layer.kind == "span"], "layer")
        return LabelSchema(
            name=self.text(table, "name", ""),
            version=self.text(table, "version", ""),
            title=self.text(table, "title", "", ""),
            layers=tuple(layers),
            description=self.text(table, "description", "", ""),
            sources=self.texts(table, "sources", ""),
        )

    def layer(self, table: Mapping[str, Any], at: str) -> Layer:
        self.only(
            table,
            at,
            "name",
            "kind",
            "title",
            "color",
            "symbol",
            "open",
            "sources",
            "targets",
            "definition",
            "include",
            "exclude",
            "examples",
            "borderline",
            "label",
            "attribute",
        )
        name = self.name(table, at)
        kind = cast(LayerKind, self.choice(table, "kind", at, ("span", "relation")))
        labels = [
            self.label(x, f"{at}.label[{i}]") for i, x in enumerate(self.tables(table, "label", at))
        ]
        attributes = [
            self.attribute(x, f"{at}.attribute[{i}]")
            for i, x in enumerate(self.tables(table, "attribute", at))
        ]
        is_open = self.flag(table, "open", at)
        if not labels and not is_open:
            raise self.fail(f"{at}.label", "no label", "Add a [[layer.label]], or open = true")
        self.unique([label.name for label in labels], f"{at}.label", "name")
        self.unique([attribute.name for attribute in attributes], f"{at}.attribute", "name")
        layer = Layer(
            name,
            kind,
            self.text(table, "title", at, name),
            self.color(table, at),
            self.text(table, "symbol", at, name[:1].upper()),
            tuple(labels),
            tuple(attributes),
            self.texts(table, "sources", at),
            self.texts(table, "targets", at),
            is_open,
            self.guideline(table, at),
        )
        if kind == "relation":
            self.keys([layer], at)
        return layer

    def name(self, table: Mapping[str, Any], at: str) -> str:
        name = self.text(table, "name", at)
        if name.startswith("@") or any(c.isspace() for c in name):
            raise self.fail(
                f"{at}.name", f"“{name}” must not begin with @ or contain a space", "Rename it"
            )
        return name

    def color(self, table: Mapping[str, Any], at: str) -> str:
        return self.choice(table, "color", at, COLORS) if "color" in table else "grey"

    def label(self, table: Mapping[str, Any], at: str) -> Label:
        self.only(
            table,
            at,
            "name",
            "key",
            "symbol",
            "definition",
            "include",
            "exclude",
            "examples",
            "borderline",
        )
        name = self.name(table, at)
        key = self.text(table, "key", at, "")
        if len(key) > 1:
            raise self.fail(
                f"{at}.key", f"“{key}” is not one character", "Use one character, such as a digit"
            )
        symbol = self.text(table, "symbol", at, name[:1].upper())
        if len(symbol) != 1:
            raise self.fail(f"{at}.symbol", f"“{symbol}” is not one letter", "Use one letter")
        return Label(name, key, symbol, self.guideline(table, at))

    def attribute(self, table: Mapping[str, Any], at: str) -> Attribute:
        self.only(
            table,
            at,
            "name",
            "type",
            "values",
            "default",
            "multiple",
            "minimum",
            "maximum",
            "definition",
            "agree",
        )
        types = ("choice", "text", "integer", "entity", "concept", "span")
        kind = cast(AttributeType, self.choice(table, "type", at, types))
        values = self.texts(table, "values", at)
        if (kind == "choice") != bool(values):
            raise self.fail(f"{at}.values", "is only allowed with type choice", 'values = ["..."]')
        self.only_where_allowed(table, kind, at)
        attribute = Attribute(
            name=self.name(table, at),
            type=kind,
            values=values,
            default=table.get("default"),
            multiple=self.flag(table, "multiple", at),
            minimum=table.get("minimum"),
            maximum=table.get("maximum"),
            definition=self.text(table, "definition", at, ""),
            agree=self.flag(table, "agree", at, default=True),
        )
        default = attribute.default
        problem = (
            replace(attribute, multiple=False).problem(default) if default is not None else None
        )
        if problem:
            raise self.fail(f"{at}.default", problem, "Choose a default that is allowed")
        return attribute

    def only_where_allowed(self, table: Mapping[str, Any], kind: AttributeType, at: str) -> None:
        """Raises SchemaError if an attribute has what its type cannot have."""
        for name in ("minimum", "maximum"):
            bound = table.get(name)
            if bound is not None and (kind != "integer" or type(bound) is not int):
                raise self.fail(
                    f"{at}.{name}",
                    "is only allowed with type integer, and must be an integer",
                    f"{name} = 1",
                )
        if self.flag(table, "multiple", at) and kind == "span":
            raise self.fail(
                f"{at}.multiple",
                "is not allowed with type span",
                "Mark several stretches as spans of a layer, or as several attributes",
            )

    def unique(self, names: list[str], at: str, key: str) -> None:
        for i, name in enumerate(names):
            if name in names[:i]:
                raise self.fail(f"{at}[{i}].{key}", f"“{name}” appears twice", "Names must differ")

    def keys(self, layers: list[Layer], at: str) -> None:
        seen: dict[str, str] = {}
        for layer in layers:
            for label in layer.labels:
                if label.key and label.key in seen:
                    raise self.fail(
                        f"{at} {layer.name}.{label.name}.key",
                        f"key “{label.key}” is already used by {seen[label.key]}",
                        "Give one of them another key",
                    )
                seen[label.key] = f"{layer.name}.{label.name}"

    def ends(self, layers: list[Layer]) -> None:
        spans = {layer.name for layer in layers if layer.kind == "span"}
        for i, layer in enumerate(layers):
            for name, ends in (("sources", layer.sources), ("targets", layer.targets)):
                key = f"layer[{i}].{name}"
                if layer.kind == "span":
                    if ends:
                        raise self.fail(key, "is only allowed with kind relation", "Remove it")
                    continue
                if not ends:
                    raise self.fail(
                        key, "missing", f'Add {name} = ["..."] with names of span layers'
                    )
                allowed = spans | {AUTHOR} if name == "sources" else spans
                for end in ends:
                    if end not in allowed:
                        hint = f"Use {', '.join(sorted(allowed))}"
                        raise self.fail(key, f"“{end}” is not a span layer", hint)


__all__ = ["parse_schema"]
