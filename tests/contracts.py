"""Two kinds of contracts for import-linter; `pyproject.toml` says which packages they hold for."""

from __future__ import annotations

from collections.abc import Iterator

import grimp
from importlinter.application import output
from importlinter.domain import fields
from importlinter.domain.contract import Contract, ContractCheck

FACE = "api"


def private_owner(module: str) -> str | None:
    """The package to which a module is private; None if no part of its name begins with an
    underscore."""
    parts = module.split(".")
    for i, part in enumerate(parts):
        if part.startswith("_") and not part.startswith("__"):
            return ".".join(parts[:i])
    return None


def is_foreign(importer: str, module: str) -> bool:
    """Whether a module imports something private to another package. Modules in that package and
    below it may import it."""
    owner = private_owner(module)
    return owner is not None and importer != owner and not importer.startswith(f"{owner}.")


class _Listed(Contract):
    """A contract that lists what breaks it."""

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        found = sorted(set(self._found(graph)))
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["found"]:
            output.print_error(f"- {line}", bold=False)

    def _found(self, graph: grimp.ImportGraph) -> Iterator[str]:
        raise NotImplementedError


class PrivateContract(_Listed):
    """No module imports a module that is private (`_x`) to another package."""

    type_name = "private"

    def _found(self, graph: grimp.ImportGraph) -> Iterator[str]:
        for module in graph.modules:
            if private_owner(module) is None or not module.startswith(
                self.session_options["root_packages"][0]
            ):
                continue
            for importer in graph.find_modules_that_directly_import(module):
                if is_foreign(importer, module):
                    yield f"{importer} imports {module}"


class MembersContract(_Listed):
    """The members of a family do not import each other. They are its modules without an underscore,
    except `api`."""

    type_name = "members"

    families = fields.SetField(subfield=fields.StringField())

    def _found(self, graph: grimp.ImportGraph) -> Iterator[str]:
        for family in sorted(self.families):  # type: ignore[call-overload]
            children = graph.find_children(family)
            members = {
                m
                for m in children
                if not m.rpartition(".")[2].startswith("_") and m != f"{family}.{FACE}"
            }
            for member in members:
                for other in graph.find_modules_directly_imported_by(member) & (members - {member}):
                    yield f"{member} imports {other}"


__all__ = ["MembersContract", "PrivateContract", "is_foreign", "private_owner"]
