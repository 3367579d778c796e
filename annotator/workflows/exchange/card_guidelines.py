"""The guidelines of a schema, as the data card prints them."""

from __future__ import annotations

from annotator.model.schema import Guideline, LabelSchema, Layer


def guidelines(schema: LabelSchema) -> list[str]:
    """What the schema says about its layers and labels, as lines of Markdown."""
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


__all__ = ["guidelines"]
