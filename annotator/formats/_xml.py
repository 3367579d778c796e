"""Reads XML from other programs, but no document types, so no entity can expand or point
elsewhere."""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

_DEPTH = 200
"""How deeply elements may be nested."""


def tree(data: bytes) -> Element:
    """The root of a document. Names have no namespaces, because these change with versions; the
    attribute `@line` of an element gives its line. Raises ValueError, with the line, if it is not
    XML, declares a document type, or nests deeper than 200 levels."""
    builder, depth = TreeBuilder(), 0
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH:
            raise ValueError(
                f"line {parser.CurrentLineNumber}: is nested deeper than {_DEPTH} levels"
            )
        own = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        builder.start(name.rpartition("}")[2], own | {"@line": str(parser.CurrentLineNumber)})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name.rpartition("}")[2])

    def doctype(*_: object) -> None:
        message = "declares a document type, which may contain entities and is not read"
        raise ValueError(f"line {parser.CurrentLineNumber}: {message}")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        message = expat.errors.messages.get(error.code, "broken")
        raise ValueError(f"line {error.lineno}: is not XML: {message}") from error
    except LookupError as error:
        raise ValueError(f"has an unknown encoding: {error}") from error
    return builder.close()


def text_of(element: Element | None) -> str:
    """The text of an element without white space around it; empty if there is none."""
    return ("".join(element.itertext()) if element is not None else "").strip()


__all__ = ["text_of", "tree"]
