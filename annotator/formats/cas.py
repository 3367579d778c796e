"""UIMA CAS, as INCEpTION and DKPro write it: JSON with its types,
or XMI with `TypeSystem.xml` beside it.

Annotations with a governor and a dependent are relations, all others spans; the label is the
feature `label` or `value`, else the name of the type. Further features become attributes where the
schema has them, else notes. Tokens, sentences and what describes the document are no annotations. A
library (dkpro-cassis) reads and writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from annotator.errors import InputError
from annotator.formats._extras import extra
from annotator.formats._foreign import Foreign, ForeignWork
from annotator.formats._reading import Entry, Identity, ReadOptions, checked_file
from annotator.formats._writing import FileNames, WriteOptions, count_lost, said, who
from annotator.model.record import Record
from annotator.model.span import Relation, Span

summary = "UIMA CAS of INCEpTION and DKPro, JSON or XMI (in and out; extra cas)"
extensions = (".json", ".xmi")
on_request = True

_OTHER = (
    "Token", "Sentence", "Lemma", "POS", "Stem", "Morpheme", "DocumentMetaData",
    "DocumentAnnotation", "TagDescription", "TagsetDescription", "CASMetadata", "Paragraph",
    "Heading", "Div", "SegmentationUnit",
)  # fmt: skip
_PLACE = {"begin", "end", "sofa", "Governor", "Dependent", "type", "xmiID"}
_CUSTOM = "webanno.custom."


def recognises(first: Mapping[str, Any]) -> bool:
    """Whether the first object of a file is a CAS."""
    return "%TYPES" in first or "%FEATURE_STRUCTURES" in first


def read(path: Path, options: ReadOptions) -> Iterator[Entry]:
    """The text and the annotations of a file."""
    cassis = extra("cassis", name="cas", file=path)
    checked_file(path)
    cas = _loaded(cassis, path)
    text = cas.sofa_string
    if not isinstance(text, str) or not text.strip():
        raise InputError("holds no text", file=path, hint="There is nothing to annotate in it")
    foreign = Foreign("cas", path, options, identity=Identity.NAME)
    work = foreign.work(text, None, 0, status=None)
    names: dict[int, str] = {}
    relations: list[Any] = []
    for number, one in enumerate(_annotations(cas)):
        if hasattr(one, "Governor") and hasattr(one, "Dependent"):
            relations.append(one)
            continue
        name = str(getattr(one, "id", None) or f"a{number}")
        names[id(one)] = name
        work.status = "done"
        foreign.span(work, name, _label(one), one.begin, one.end, key=f"{_short(one)} {name}")
        _features(foreign, work, name, one)
    for one in relations:
        ends = [names.get(id(getattr(one, end)), "?") for end in ("Governor", "Dependent")]
        foreign.relation(work, _label(one), *ends, key=_short(one))
    yield from foreign.entries()


def _loaded(cassis: Any, path: Path) -> Any:
    try:
        if path.suffix.lower() != ".xmi":
            with path.open("rb") as file:
                return cassis.load_cas_from_json(file)
        beside = (path.with_name("TypeSystem.xml"), path.parent.parent / "TypeSystem.xml")
        types = next((place for place in beside if place.is_file()), None)
        if types is None:
            hint = "INCEpTION exports it in the same archive; unpack it to the same folder"
            raise InputError("there is no TypeSystem.xml beside it", file=path, hint=hint)
        with types.open("rb") as described, path.open("rb") as file:
            return cassis.load_cas_from_xmi(file, typesystem=cassis.load_typesystem(described))
    except InputError:
        raise
    except Exception as error:  # whatever a broken file makes the library raise
        hint = "Export it again as UIMA CAS JSON or XMI"
        raise InputError(f"cannot be read as a CAS: {error}", file=path, hint=hint) from error


def _short(one: Any) -> str:
    return str(one.type.name).rpartition(".")[2]


def _annotations(cas: Any) -> list[Any]:
    found = [
        one
        for one in cas.select_all()
        if hasattr(one, "begin")
        and hasattr(one, "end")
        and _short(one) not in _OTHER
        and not str(one.type.name).startswith("uima.")
    ]
    return sorted(found, key=lambda one: (one.begin, -one.end, str(one.type.name)))


def _label(one: Any) -> str:
    for name in ("label", "value"):
        if isinstance(held := getattr(one, name, None), str) and held:
            return held
    return _short(one)


def _features(foreign: Foreign, work: ForeignWork, name: str, one: Any) -> None:
    several = {a.name for layer in foreign.schema.layers for a in layer.attributes if a.multiple}
    for feature in sorted(f.name for f in one.type.all_features):
        value = getattr(one, feature, None)
        if (
            feature in _PLACE
            or feature in ("id", "label", "value")
            or not isinstance(value, str | int)
            or value == ""
        ):
            continue
        for part in str(value).split("; ") if feature in several else [str(value)]:
            foreign.more(work, name, feature, part)


def files(records: Iterable[Record], how: WriteOptions) -> Iterator[tuple[str, bytes]]:
    """A CAS as JSON for each record, in a folder for each annotator; a custom type for each layer,
    as INCEpTION has them. The author's own stances, notes and flags have no place."""
    cassis = extra("cassis", name="cas")
    people, names = FileNames(), FileNames()
    for record in records:
        count_lost(
            record, how.lost, "notes", "flags", "excluded paragraphs", "relations of the author"
        )
        place = f"{people.of(who(record))}/{names.of(record.document.id)}.json"
        yield place, _cas(cassis, record, how).to_json(pretty_print=True).encode("utf-8")


def _cas(cassis: Any, record: Record, how: WriteOptions) -> Any:
    types = cassis.TypeSystem()
    made: dict[str, Any] = {}
    for layer in how.schema.layers:
        own = types.create_type(
            f"{_CUSTOM}{layer.name.capitalize()}", supertypeName="uima.tcas.Annotation"
        )
        made[layer.name] = own
        for name in dict.fromkeys(["id", "label", *(a.name for a in layer.attributes)]):
            types.create_feature(own, name, "uima.cas.String")
        if layer.kind == "relation":
            for end in ("Governor", "Dependent"):
                types.create_feature(own, end, "uima.tcas.Annotation")
    cas = cassis.Cas(typesystem=types)
    cas.sofa_string, cas.sofa_mime = record.document.text, "text/plain"
    spans: dict[str, Any] = {}
    for s in record.spans:
        of = how.schema.layer(s.layer)
        entity = of.attribute_of_type("entity") if of is not None else None
        more = {entity.name: s.entity} if entity is not None and s.entity else {}
        spans[s.id] = made[s.layer](begin=s.start, end=s.end, **_held(s), **more)
        cas.add(spans[s.id])
    for r in record.relations:
        if r.source in spans:
            target = spans[r.target]
            ends = {"Governor": spans[r.source], "Dependent": target}
            cas.add(made[r.layer](begin=target.begin, end=target.end, **ends, **_held(r)))
    return cas


def _held(item: Span | Relation) -> dict[str, str]:
    return {"id": item.id, "label": item.label} | {
        name: "; ".join(said(v)) for name, v in item.attributes.items()
    }
