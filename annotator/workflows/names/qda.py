"""The codebook as one of REFI-QDA (`.qdc`), which ATLAS.ti, MAXQDA, NVivo and QualCoder exchange.

Names are below `entities` or `concepts`, and below their parents. A set contains the entities of a
kind. The identifier of a code is kept as its external id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from annotator.formats.api import GUID, QdaCode, qda_codebook, read_qda_codebook
from annotator.model.names import NameKind

_TOPS: Mapping[str, NameKind] = {"entities": "entity", "concepts": "concept"}


def qdc_rows(path: Path, entry: NameKind) -> Iterator[tuple[int, Mapping[str, str], str]]:
    """Line number, cells in the codebook's columns, and no reason to leave it out, of every code of
    a file; its `guid` is its id if there is no better one. Codes that are not below `entities` or
    `concepts` are of the kind `entry`."""
    for code in read_qda_codebook(path):
        if not code.above and code.name in _TOPS and not code.codable:
            continue
        kind, above = entry, code.above
        if above and above[0] in _TOPS:
            kind, above = _TOPS[above[0]], above[1:]
        cells = {
            "entry": kind,
            "name": code.name,
            "definition": code.description,
            "parent": above[-1] if above else "",
            "guid": code.guid,
        }
        if kind == "entity" and code.sets:
            cells["kind"] = code.sets[0]
        yield code.line, cells, ""


def as_qdc(rows: Sequence[Mapping[str, str]]) -> tuple[str, Counter[str]]:
    """The codebook made from rows with the codebook's columns, and what it cannot hold."""
    parents = {(row["entry"], row["name"]): row["parent"] for row in rows}
    tops: Mapping[str, str] = {kind: top for top, kind in _TOPS.items()}
    codes: list[QdaCode] = []
    lost: Counter[str] = Counter()
    for row in rows:
        guid = row["external_id"] if GUID.fullmatch(row["external_id"]) else ""
        lost["aliases"] += len([one for one in row["aliases"].split("|") if one])
        lost["opposites"] += bool(row["opposite"])
        lost["ids that are not GUIDs"] += bool(row["external_id"]) and not guid
        sets = (row["kind"],) if row["kind"] else ()
        path = (tops[row["entry"]], *_above(row, parents))
        codes.append(QdaCode(row["name"], path, guid, row["definition"], sets))
    return qda_codebook(codes), +lost


def _above(row: Mapping[str, str], parents: Mapping[tuple[str, str], str]) -> list[str]:
    """The parents of a name, the topmost first; a circle of parents is followed once."""
    above: list[str] = []
    name = row["parent"]
    while name and name not in above and name != row["name"]:
        above.insert(0, name)
        name = parents.get((row["entry"], name), "")
    return above


__all__ = ["as_qdc", "qdc_rows"]
