"""Reads XML from other programs without document types, so that no entity can expand or point
elsewhere; and writes XML."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

_DEPTH = 200
"""Levels that elements may nest."""

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML 1.0 holds, escaped or not."""


def tree(data: bytes) -> Element:
    """The root of a document. Names are without their namespaces, which change with versions;
    elements carry `line` as their attribute `@line`. Raises ValueError, with the line, if it is
    not XML, declares a document type, or nests deeper than 200 levels."""
    builder, depth = TreeBuilder(), 0
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH:
            raise ValueError(f"line {parser.CurrentLineNumber}: nests deeper than {_DEPTH} levels")
        own = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        builder.start(name.rpartition("}")[2], own | {"@line": str(parser.CurrentLineNumber)})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name.rpartition("}")[2])

    def doctype(*_: object) -> None:
        message = "declares a document type, which may hold entities and is not read"
        raise ValueError(f"line {parser.CurrentLineNumber}: {message}")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        message = expat.errors.messages.get(error.code, "broken")
        raise ValueError(f"line {error.lineno}: is no XML: {message}") from error
    except LookupError as error:
        raise ValueError(f"is in an encoding that is not known: {error}") from error
    return builder.close()


def text_of(element: Element | None) -> str:
    """The text of an element, without white space around; empty if there is none."""
    return ("".join(element.itertext()) if element is not None else "").strip()


def legal(text: str) -> str:
    """The text as XML can hold it: other characters become U+FFFD."""
    return _ILLEGAL.sub("\ufffd", text)


__all__ = ["legal", "text_of", "tree"]
