"""The discourse network of a project: who stands with whom, with error bars, over time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from annotator.errors import ExportError, UsageError
from annotator.model.names import NameKind, affirmative, concepts_of
from annotator.model.statements import AUTHOR_NAME, Sort, Statement, of_records
from annotator.model.text import is_xml_legal
from annotator.networks import graph_files, pictures
from annotator.networks.affiliation import (
    DUPLICATES,
    Affiliation,
    Duplicates,
    affiliation,
    known_day,
)
from annotator.networks.graph_files import Ids
from annotator.networks.periods import SideChange, Slice, side_changes, slices
from annotator.networks.projection import (
    MODES,
    NORMALISATIONS,
    Normalisation,
    Projection,
    ProjectionMode,
    project,
)
from annotator.networks.resampling import Support, resample
from annotator.networks.structure import Communities, ConceptFigures, communities, concept_figures
from annotator.project import Project
from annotator.workflows.exchange.export_records import selected
from annotator.workflows.whole_files import check_files, write_files


@dataclass(frozen=True, slots=True)
class NetworkOptions:
    """How a network is made. See `affiliation`, `project` and `resample` for the fields."""

    status: str = "gold"
    mode: ProjectionMode = "subtract"
    normalisation: Normalisation = "average"
    duplicates: Duplicates = "document"
    author: bool = False
    actors: bool = False
    unnamed: bool = False
    documents: tuple[str, ...] = ()
    samples: int = 200

    @property
    def sorts(self) -> tuple[Sort, ...]:
        """The kinds of targets: concepts, with `actors` also actors, with `unnamed` also claims by
        their words."""
        every: tuple[tuple[Sort, bool], ...] = (
            ("concept", True),
            ("entity", self.actors),
            ("claim", self.unnamed),
        )
        return tuple(sort for sort, wanted in every if wanted)


@dataclass(frozen=True)
class Network:
    """Everything that is reported about a network."""

    options: NetworkOptions
    statements: tuple[Statement, ...]
    affiliation: Affiliation
    projection: Projection
    communities: Communities
    concepts: Sequence[ConceptFigures]
    support: Support
    side_changes: Sequence[SideChange] = field(default_factory=tuple)
    left_out: int = 0
    """The number of statements without a concept or entity, which are not in the network."""
    ids: Ids = field(default_factory=dict)
    """The external ids of names."""

    @property
    def not_xml(self) -> int:
        """How many names and quotations hold characters that XML cannot hold."""
        quotes = [" ".join(statement.quote.split()) for statement in self.statements]
        words = {*self.affiliation.holders, *self.affiliation.concepts, *quotes}
        return sum(not is_xml_legal(one) for one in words)


def read_statements(project: Project, options: NetworkOptions) -> tuple[Statement, ...]:
    """The statements of the records that the options choose. Raises ExportError if there are
    none."""
    for name in sorted(set(options.documents)):
        if project.documents.hashes(name) is None:
            raise UsageError(f"there is no document “{name}”", hint="`annotator status` lists them")
    records = selected(project, options.status, options.documents or None)
    found = tuple(of_records(records, concepts_of(project.schema), project.schema.author_layers))
    if not found:
        hints = {"gold": "Gold comes from `annotator review`; --status all takes everybody's work"}
        raise ExportError(
            f"there are no statements in work with the status “{options.status}”",
            hint=hints.get(options.status, "First code stances, and concepts of claims"),
        )
    return found


def network(
    statements: Sequence[Statement], options: NetworkOptions, ids: Ids | None = None
) -> Network:
    """The network of statements; `ids` are the external ids of names. Raises UsageError if a rule
    by time meets a document without a date."""
    duplicates, author, sorts = options.duplicates, options.author, options.sorts
    try:
        found = affiliation(statements, duplicates=duplicates, author=author, sorts=sorts)
    except ValueError as error:
        raise _undated(error) from error
    made = project(found, options.mode, normalisation=options.normalisation)
    support = resample(
        statements,
        samples=options.samples,
        mode=options.mode,
        normalisation=options.normalisation,
        duplicates=duplicates,
        author=author,
        sorts=sorts,
    )
    left = 0 if options.unnamed else sum(one.sort == "claim" for one in statements)
    return Network(
        options,
        tuple(statements),
        found,
        made,
        communities(made.holders, made.weights),
        concept_figures(found),
        support,
        side_changes(statements),
        left,
        ids or {},
    )


def over_time(
    statements: Sequence[Statement],
    options: NetworkOptions,
    *,
    window: int,
    step: int,
    ids: Ids | None = None,
) -> list[tuple[Slice, Network]]:
    """The network of each window, without error bars. Raises UsageError if a document has no
    date."""
    plain = replace(options, samples=0)
    try:
        return [
            (one, network(one.statements, plain, ids))
            for one in slices(statements, window=window, step=step)
        ]
    except ValueError as error:
        raise _undated(error) from error


def rendered(found: Network) -> dict[str, bytes]:
    """The files of a network by name: the two-mode and the one-mode network as GraphML,
    GEXF and CSV, and two pictures."""
    shares = found.support.edges if found.support.samples else None
    tied = found.support.ties if found.support.samples else None
    two = graph_files.two_mode_graph(found.affiliation, shares, ids=found.ids)
    one = graph_files.one_mode_graph(
        found.projection,
        found.affiliation,
        groups=found.communities.groups,
        shares=tied,
        ids=found.ids,
    )
    return {
        **{f"affiliation{ending}": writer(two) for ending, writer in graph_files.WRITERS.items()},
        **{
            f"{found.options.mode}{ending}": writer(one)
            for ending, writer in graph_files.WRITERS.items()
        },
        "network.svg": pictures.network_picture(found.affiliation, found.communities),
        "matrix.svg": pictures.matrix_picture(found.affiliation, found.communities),
    }


def write(found: Network, target: Path, *, force: bool = False) -> list[Path]:
    """Write the files of a network into a folder. Unless `force`, raises ExportError if a file with
    other content is there; then nothing is written."""
    made = rendered(found)
    write_files(target, made, force=force)
    return [target / name for name in made]


def check(found: Network, target: Path) -> None:
    """Compare the files of a network with those in a folder. Raises FindingsError
    for the first that differs."""
    check_files(target, rendered(found))


def read_evidence(
    project: Project, options: NetworkOptions, entity: str, concept: str
) -> list[Statement]:
    """What `evidence` finds in a project, without reading documents that cannot contain it. Raises
    UsageError for a name without evidence, ExportError if there are no statements at all."""
    near = _documents_near(project, entity, concept)
    if near:
        with suppress(UsageError, ExportError):
            some = replace(options, documents=tuple(near))
            return evidence(read_statements(project, some), entity, concept)
    return evidence(read_statements(project, options), entity, concept)


def _documents_near(project: Project, entity: str, concept: str) -> set[str] | None:
    """The documents in which a holder may take a side: somebody gave both names there, or their
    words occur in the text. None for the author, who is in all."""
    if entity.casefold() == AUTHOR_NAME.casefold():
        return None
    found: list[set[str]] = []
    kinds_of: tuple[tuple[str, tuple[NameKind, ...]], ...] = (
        (entity, ("entity",)),
        (affirmative(concept), ("concept", "entity")),
    )
    for name, kinds in kinds_of:
        # A line end may divide a form, but not its longest word.
        longest = max(name.split(), key=len, default="")
        found.append({id for id, _ in project.documents.texts(longest)})
        for kind in kinds:
            found[-1] |= project.names.documents_of(kind, name)
    return found[0] & found[1]


def evidence(statements: Sequence[Statement], entity: str, concept: str) -> list[Statement]:
    """The statements of a holder on a concept, in the order of time. Raises UsageError for a name
    without statements."""
    by_holder = [one for one in statements if one.holder.casefold() == entity.casefold()]
    if not by_holder:
        raise UsageError(
            f"nobody called “{entity}” takes a side",
            hint=_near(entity, {s.holder for s in statements}),
        )
    wanted = affirmative(concept)
    found = [one for one in by_holder if one.about.casefold() == wanted.casefold()]
    if not found:
        raise UsageError(
            f"“{by_holder[0].holder}” takes no side on “{wanted}”",
            hint=_near(wanted, {s.about for s in by_holder}),
        )
    return sorted(
        found, key=lambda one: (known_day(one) or date.min, one.date, one.document, one.start)
    )


def _near(name: str, names: set[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, sorted(names), n=3, cutoff=0.4)
    return (
        f"Did you mean {' or '.join(f'“{one}”' for one in near)}?"
        if near
        else "`annotator network` lists the names"
    )


def _undated(error: ValueError) -> UsageError:
    return UsageError(
        str(error),
        hint="Give documents a date (ISO 8601) in their metadata, or choose another rule",
    )


__all__ = [
    "DUPLICATES",
    "MODES",
    "NORMALISATIONS",
    "Network",
    "NetworkOptions",
    "check",
    "evidence",
    "network",
    "over_time",
    "read_evidence",
    "read_statements",
    "rendered",
    "write",
]
