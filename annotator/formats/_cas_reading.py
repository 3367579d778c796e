"""Reads UIMA CAS: one file, or the archives that INCEpTION exports, with the work of all users.

In the archive of a project, a document has a folder below `annotation`, with a file (or an archive)
for each user, and a folder below `curation`, which becomes the gold. `exportedproject*.json` says
who has finished what. In other archives, each annotator has a folder, with a file for each
document. A single file says itself whose work it is and on which document (`CASMetadata`), wherever
it was moved to.
"""

from __future__ import annotations

import io
import json
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from annotator.errors import InputError
from annotator.formats._archive import Archive, opened, opened_stream
from annotator.formats._cas_features import add_features
from annotator.formats._cas_writing import CAS_METADATA, CURATED, DOCUMENT_METADATA
from annotator.formats._door import number
from annotator.formats._extras import extra
from annotator.formats._foreign import ForeignFile, ForeignWork
from annotator.formats._reading import Entry, Identity, ReadOptions, checked_file, document_id

_OWN = ("de.tudarmstadt.ukp.", "org.dkpro.", "uima.")
"""Packages of the types that DKPro and INCEpTION define; those of a project are in others, and may
have the same short names."""

_PARTS = frozenset(
    (
        "Token Sentence Paragraph Heading Div DocumentMetaData DocumentAnnotation TagDescription "
        "TagsetDescription CASMetadata SegmentationUnit"
    ).split()
)
"""What divides and describes a text."""

_ANALYSES = frozenset(
    "Lemma POS Stem Morpheme MorphologicalFeatures Dependency SurfaceForm".split()
)
"""Analyses of words, which have no place in a record."""

_TYPES = "TypeSystem.xml"
_INITIAL = "INITIAL_CAS"

_ENDING = re.compile(r"\.[A-Za-z]{2,5}$")
"""The ending of a document's name that says its format, as the `.2` of `letter.2` does not."""
_WORK = re.compile(r"(?:^|/)(?:annotation|curation)(?:_ser)?/")
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_STATES = {"FINISHED": "done", "INPROGRESS": "in_progress", "IGNORE": "skipped"}
"""What INCEpTION says about a user's work on a document."""


@dataclass(frozen=True, slots=True)
class _Member:
    """A CAS of an archive: its bytes and types, its document and its user; a `curated` one belongs
    to nobody."""

    name: str
    data: bytes
    types: bytes | None
    document: str
    user: str | None
    curated: bool = False


class CasReader:
    """Reads one file or archive."""

    def __init__(self, path: Path, options: ReadOptions) -> None:
        self._path, self._options = path, options
        self._cassis = extra("cassis", name="cas", file=path)
        self._foreign = ForeignFile("cas", path, options, identity=Identity.NAME)
        self._analyses: Counter[str] = Counter()

    def entries(self) -> Iterator[Entry]:
        """Texts and works. Raises InputError for a file that neither is nor contains a CAS."""
        checked_file(self._path)
        if self._path.suffix.lower() == ".zip":
            self._archive()
        else:
            self._file()
        if self._analyses:
            counts = ", ".join(
                f"{count:,} {name}" for name, count in sorted(self._analyses.items())
            )
            self._options.report.note(
                "analyses of words", f"analyses of words are not read: {counts}"
            )
        yield from self._foreign.entries()

    def _file(self) -> None:
        types = None
        if self._path.suffix.lower() == ".xmi":
            beside = (self._path.with_name(_TYPES), self._path.parent.parent / _TYPES)
            found = next((place for place in beside if place.is_file()), None)
            types = found.read_bytes() if found is not None else None
        cas = self._loaded(self._path.name, self._path.read_bytes(), types)
        document, user = _named_inside(cas)
        work = self._work(cas, document or "")
        self._take(cas, work)
        _by(work, user, curated=user == CURATED)

    # --- archives

    def _archive(self) -> None:
        with opened(self._path, self._options.max_bytes, "an archive of INCEpTION") as archive:
            states = self._states(archive)
            members = list(self._members(archive, ()))
        if not members:
            raise self._without_cas(archive)
        if len(members) == 1 and "/" not in members[0].name:
            # An archive of one document is named after it, and the file in it after the user or the
            # document.
            members = [replace(members[0], document=self._path.stem)]
        worked = {one.document for one in members if one.user != _INITIAL}
        for one in members:
            if one.user == _INITIAL and one.document in worked:
                continue
            try:
                cas = self._loaded(one.name, one.data, one.types)
                work = self._work(cas, one.document)
            except InputError as error:
                self._options.report.left_out("files that are no CAS", error.message, key=one.name)
                continue
            self._take(cas, work)
            if not one.curated:
                state = states.get((one.document, one.user or ""), "")
                work.status = _STATES.get(state, work.status)
            elif states.get((one.document, "")) == "CURATION_IN_PROGRESS":
                message = f"the curation of {one.document} is not finished; it becomes gold"
                self._options.report.note("curations begun", message)
            _by(work, one.user or _named_inside(cas)[1], curated=one.curated)

    def _without_cas(self, archive: Archive) -> InputError:
        """The error for an archive that holds annotations only in other formats, or none."""
        endings = {PurePosixPath(name).suffix for name in archive.names if _WORK.search(name)}
        others = ", ".join(sorted(endings - {"", ".zip"}))
        held = f"; annotations are there as {others}" if others else ""
        hint = (
            "Export it again with UIMA CAS JSON or UIMA CAS XMI as the format, or unpack other "
            "files and import their folder"
        )
        return InputError(f"holds no CAS in JSON or XMI{held}", file=self._path, hint=hint)

    def _states(self, archive: Archive) -> dict[tuple[str, str], str]:
        """Document and user -> the state of the work; document alone -> the state of its
        curation."""
        name = next((n for n in archive.names if re.fullmatch(r"exportedproject.*\.json", n)), None)
        if name is None:
            return {}
        try:
            about = json.loads(archive.read(name))
        except (ValueError, RecursionError):
            about = None
        if not isinstance(about, dict):
            message = "the file cannot be read, so all work counts as finished"
            self._options.report.note("projects without states", message, key=name)
            return {}
        found: dict[tuple[str, str], str] = {}
        for key in ("annotation_documents", "source_documents"):
            several = about.get(key)
            for one in several if isinstance(several, list) else ():
                if isinstance(one, dict):
                    user = str(one.get("user") or "") if key == "annotation_documents" else ""
                    found[str(one.get("name")), user] = str(one.get("state"))
        return found

    def _members(self, archive: Archive, above: tuple[str, ...]) -> Iterator[_Member]:
        """The CAS of an archive, and of the archives in it, which lie at `above`."""
        for name in archive.names:
            place = PurePosixPath(name)
            ending, parts = place.suffix.lower(), (*above, *place.parts)
            if ending == ".zip" and not above:
                data = archive.read(name)
                shown, most = self._path / name, self._options.max_bytes
                stream = io.BytesIO(data)
                with opened_stream(stream, path=shown, size=len(data), max_bytes=most) as inner:
                    yield from self._members(inner, place.parts)
                continue
            if ending not in (".xmi", ".json") or place.name.startswith("exportedproject"):
                continue
            types = None
            if ending == ".xmi":
                beside = [str(folder / _TYPES) for folder in place.parents]
                found = next((one for one in beside if one in archive.names), None)
                types = archive.read(found) if found is not None else None
            document, user, curated = _whose(parts)
            yield _Member("/".join(parts), archive.read(name), types, document, user, curated)

    # --- one CAS

    def _loaded(self, name: str, data: bytes, types: bytes | None) -> Any:
        """The CAS that bytes contain. Raises InputError if they are not a CAS."""
        hint = "Export it again as UIMA CAS JSON or XMI"
        with warnings.catch_warnings():
            # The library warns of offsets that do not fit; the door reports them with their items.
            warnings.simplefilter("ignore")
            return self._parsed(name, data, types, hint)

    def _parsed(self, name: str, data: bytes, types: bytes | None, hint: str) -> Any:
        cassis = self._cassis
        try:
            if not name.lower().endswith(".xmi"):
                return cassis.load_cas_from_json(io.BytesIO(data))
            if types is None:
                hint = "INCEpTION exports it in the same archive; unpack it to the same folder"
                raise InputError(f"there is no {_TYPES} beside it", file=self._path, hint=hint)
            if _DOCTYPE.search(data) or _DOCTYPE.search(types):
                message = "declares a document type, which may contain entities and is not read"
                raise InputError(message, file=self._path, hint=hint)
            described = cassis.load_typesystem(io.BytesIO(types))
            return cassis.load_cas_from_xmi(io.BytesIO(data), typesystem=described)
        except InputError:
            raise
        except Exception as error:  # whatever a broken file makes the library raise
            message = f"cannot be read as a CAS: {error}"
            raise InputError(message, file=self._path, hint=hint) from error

    def _work(self, cas: Any, document: str) -> ForeignWork:
        text = cas.sofa_string
        if not isinstance(text, str) or not text.strip():
            hint = "There is nothing to annotate in it"
            raise InputError("holds no text", file=self._path, hint=hint)
        work = self._foreign.work(text, document or None, 0, status=None)
        if document:
            plain = _ENDING.sub("", document) or document
            work.id = document_id(Path(f"{plain.replace('/', '-')}.cas"))
            work.title = _title(cas, document)
        return work

    def _take(self, cas: Any, work: ForeignWork) -> None:
        """The annotations of a CAS; if there are any, the work is finished."""
        foreign = self._foreign
        names: dict[int, str] = {}
        relations: list[Any] = []
        for index, one in enumerate(self._annotations(cas)):
            if hasattr(one, "Governor") and hasattr(one, "Dependent"):
                relations.append(one)
                continue
            name = str(getattr(one, "id", None) or f"a{index}")
            names[id(one)] = name
            work.status = "done"
            key = f"{_short(one)} {name}"
            foreign.span(work, name, _label(one), one.begin, one.end, key=key)
            add_features(foreign, work, name, one)
        for index, one in enumerate(relations):
            ends = [names.get(id(getattr(one, end)), "?") for end in ("Governor", "Dependent")]
            name = f"relation {index}"
            foreign.relation(work, _label(one), *ends, key=_short(one), name=name)
            add_features(foreign, work, name, one)
        self._beside(cas)

    def _beside(self, cas: Any) -> None:
        """Report annotations that have no place in the text, and other texts."""
        report = self._options.report
        whole = [
            one
            for one in cas.select_all_fs()
            if not hasattr(one, "begin") and not str(one.type.name).startswith(_OWN)
        ]
        if whole:
            names = ", ".join(sorted({_short(one) for one in whole}))
            message = f"annotations of the whole text are not read: {names}"
            report.left_out("annotations of whole texts", message, count=len(whole))
        texts = sum(bool(view.sofa.sofaString) for view in cas.views)
        if texts > 1:
            message = "only the text of the first view is read"
            report.left_out("further views", message, count=texts - 1)

    def _annotations(self, cas: Any) -> list[Any]:
        """What may be somebody's work, in the order of the text; analyses of words are counted."""
        found: list[Any] = []
        for one in cas.select_all_annotations():
            name = str(one.type.name)
            if name.startswith("uima.") or not (hasattr(one, "begin") and hasattr(one, "end")):
                continue
            if name.startswith(_OWN) and _short(one) in _PARTS:
                continue
            if name.startswith(_OWN) and _short(one) in _ANALYSES:
                self._analyses[_short(one)] += 1
                continue
            found.append(one)
        return sorted(found, key=_order)


def _order(one: Any) -> tuple[int, int, str]:
    """Where an annotation stands in the text; bounds that are no numbers come first."""
    return number(one.begin) or 0, -(number(one.end) or 0), str(one.type.name)


def _whose(parts: tuple[str, ...]) -> tuple[str, str | None, bool]:
    """The document and user of a CAS, and whether it is curated, from its place in an archive."""
    *folders, file = parts
    stem = PurePosixPath(file).stem
    for kind in ("annotation", "curation"):
        if kind in folders and folders.index(kind) + 1 < len(folders):
            at = folders.index(kind)
            inner = folders[at + 2] if at + 2 < len(folders) else file
            user = PurePosixPath(inner).stem
            return folders[at + 1], user, kind == "curation"
    if folders and not folders[-1].lower().endswith(".zip"):
        return stem, folders[-1], False
    return stem, None, False


def _named_inside(cas: Any) -> tuple[str | None, str | None]:
    """The document and the user that a CAS itself names, as INCEpTION writes them."""
    about = next(iter(_select(cas, CAS_METADATA)), None)
    return _text(about, "sourceDocumentName"), _text(about, "username")


def _title(cas: Any, document: str) -> str | None:
    """The title of a document, unless it is only the `document`'s name again."""
    title = _text(next(iter(_select(cas, DOCUMENT_METADATA)), None), "documentTitle")
    return None if title == document else title


def _select(cas: Any, name: str) -> list[Any]:
    return list(cas.select(name)) if cas.typesystem.contains_type(name) else []


def _text(one: Any, feature: str) -> str | None:
    value = getattr(one, feature, None)
    return value.strip() or None if isinstance(value, str) else None


def _by(work: ForeignWork, user: str | None, *, curated: bool) -> None:
    """Set whose work it is: a user's, nobody's yet, or the curated work, which is the gold."""
    if curated:
        work.status = "gold"
    elif user == _INITIAL:
        work.status = None
    else:
        work.annotator = user


def _short(one: Any) -> str:
    return str(one.type.name).rpartition(".")[2]


def _label(one: Any) -> str:
    for name in ("label", "value"):
        if isinstance(held := getattr(one, name, None), str) and held:
            return held
    return _short(one)


__all__ = ["CasReader"]
