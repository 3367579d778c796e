"""Codebooks of REFI-QDA (`.qdc`): codes with a name, a description and the codes above them; and
sets of codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from annotator.errors import InputError
from annotator.formats._qda_codes import guid_in
from annotator.formats._qda_writing import GUID, HEADER, ORIGIN, element, guid_of, words
from annotator.formats._reading import MAX_BYTES, read_bytes
from annotator.formats._xml import text_of, tree


@dataclass(frozen=True, slots=True)
class QdaCode:
    """A code. `above` has the names of the codes above it, the topmost first; `sets` has the names
    of its sets. A code that is not `codable` only contains others. `line` is its line in the
    file."""

    name: str
    above: tuple[str, ...] = ()
    guid: str = ""
    description: str = ""
    sets: tuple[str, ...] = ()
    codable: bool = True
    line: int = 0


def read_qda_codebook(path: Path) -> list[QdaCode]:
    """The codes of a file; each comes after the codes above it. Raises InputError if it is not a
    codebook."""
    try:
        root = tree(read_bytes(path, MAX_BYTES))
    except ValueError as error:
        hint = "Export the codebook as REFI-QDA (.qdc) again"
        raise InputError(f"cannot be read: {error}", file=path, hint=hint) from error
    book = root if root.tag == "CodeBook" else root.find("CodeBook")
    if book is None:
        hint = "A codebook of REFI-QDA has CodeBook as its outermost element"
        raise InputError(f"is a {root.tag} and not a CodeBook", file=path, hint=hint)
    sets: dict[str, list[str]] = {}
    for one in book.iterfind("Sets/Set"):
        for member in one.iterfind("MemberCode"):
            sets.setdefault(guid_in(member, "guid"), []).append(one.get("name", "").strip())
    return [code for top in book.iterfind("Codes/Code") for code in _codes(top, (), sets)]


def _codes(one: Element, above: tuple[str, ...], sets: dict[str, list[str]]) -> Iterator[QdaCode]:
    name, guid = " ".join(one.get("name", "").split()), guid_in(one, "guid")
    yield QdaCode(
        name,
        above,
        guid,
        text_of(one.find("Description")),
        tuple(sets.get(guid, ())),
        one.get("isCodable", "true").strip() in ("true", "1"),
        int(one.get("@line", "0")),
    )
    for inner in one.iterfind("Code"):
        yield from _codes(inner, (*above, name), sets)


def qda_codebook(codes: Sequence[QdaCode]) -> str:
    """The codebook as XML. A code that is only named as being above others becomes a code that is
    not codable."""
    given = {(*code.above, code.name): code for code in codes}
    below: dict[tuple[str, ...], dict[str, None]] = {}
    for path in given:
        for i in range(len(path)):
            below.setdefault(path[:i], {}).setdefault(path[i])
    sets: dict[str, list[str]] = {}
    for path, code in given.items():
        for name in code.sets:
            sets.setdefault(name, []).append(_guid_of(path, code))

    def written(path: tuple[str, ...]) -> Iterator[str]:
        for name in below.get(path, ()):
            own = (*path, name)
            code = given.get(own, QdaCode(name, codable=False))
            attributes = {
                "guid": _guid_of(own, code),
                "name": name,
                "isCodable": "true" if code.codable else "false",
            }
            inner = [words("Description", code.description), *written(own)]
            yield element("Code", attributes, *inner)

    grouped = [
        element(
            "Set",
            {"guid": guid_of("set", name), "name": name},
            *(element("MemberCode", {"guid": guid}) for guid in members),
        )
        for name, members in sets.items()
    ]
    attributes = {"xmlns": "urn:QDA-XML:codebook:1.0", "origin": ORIGIN}
    parts = [element("Codes", {}, *written(()))]
    if grouped:
        parts.append(element("Sets", {}, *grouped))
    return HEADER + element("CodeBook", attributes, "\n", *parts)


def _guid_of(path: tuple[str, ...], code: QdaCode) -> str:
    return code.guid if GUID.fullmatch(code.guid) else guid_of("code", *path)


__all__ = ["QdaCode", "qda_codebook", "read_qda_codebook"]
