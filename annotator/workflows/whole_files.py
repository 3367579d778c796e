"""Writes files and folders completely or not at all, even in a power cut: first beside their place,
then renamed. An existing folder keeps files that this program did not write."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from annotator.errors import ExportError, FindingsError


def write_file(file: Path, parts: Iterable[bytes], *, force: bool = True) -> None:
    """Write a file, and the folders above it.

    Raises ExportError if the file cannot be written or, unless `force`, if it exists with other
    content; then nothing changes.
    """
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    with _as_export_error(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as handle:
                handle.writelines(parts)
                handle.flush()
                os.fsync(handle.fileno())
            if not force and file.exists() and not filecmp.cmp(file, part, shallow=False):
                raise _other_content(file)
            part.replace(file)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def write_files(target: Path, files: Mapping[str, bytes], *, force: bool = False) -> None:
    """Write files into a folder that may hold others.

    Raises ExportError, before anything is written, if one exists with other content (unless
    `force`), and if one cannot be written.
    """
    for name, data in files.items():
        file = target / name
        if not force and file.exists() and not (file.is_file() and file.read_bytes() == data):
            raise _other_content(file)
    for name, data in files.items():
        write_file(target / name, [data])


def write_folder(target: Path, parts: Iterable[tuple[str, bytes]], *, force: bool = False) -> None:
    """Write a folder of files from pairs of a name (a path in the folder) and bytes. If a name
    comes again, its bytes are appended to that file.

    An existing folder is replaced if it has the same files, or with `force`. Raises ExportError if
    it has other content, if it holds a file that is not among those written or is the current
    folder (`force` or not), or if it cannot be written; then nothing changes.
    """
    with _as_export_error(target), _folder_beside(target, parts) as made:
        place = target.resolve()
        if not place.exists():
            made.replace(place)
            return
        if not place.is_dir():
            raise ExportError("is a file, not a folder", file=target, hint="Choose another folder")
        if Path.cwd().is_relative_to(place):
            hint = "Name a folder in it, which the export makes"
            raise ExportError("is the current folder", file=target, hint=hint)
        if foreign := _foreign(place, inside(made)):
            hint = "Choose another folder, or move that file away; --force deletes nothing"
            raise ExportError("is not part of this export", file=target / foreign[0], hint=hint)
        if not force and _first_difference(made, place) is not None:
            raise _other_content(target)
        _swap(made, place)


def check_files(target: Path, files: Mapping[str, bytes], *, alone: bool = False) -> None:
    """Compare files with those in a folder, where only these may be if they are `alone`. Raises
    FindingsError for the first that differs, is missing, or is one too many."""
    ours = {Path(name) for name in files}
    for path in (*sorted(ours), *(_foreign(target, ours) if alone else ())):
        data = files.get(path.as_posix())
        found = (target / path).read_bytes() if is_own_file(target, path) else None
        if data is None or found != data:
            is_there = (target / path).exists()
            raise finding(target / path, is_there=is_there, is_ours=data is not None)


def check_folder(target: Path, parts: Iterable[tuple[str, bytes]]) -> None:
    """Compare a folder with the one that `write_folder` would write, without having all of it in
    memory. Raises FindingsError as `check_files` does."""
    with _as_export_error(target), _folder_beside(target, parts) as made:
        path = _first_difference(made, target)
        if path is not None:
            there, ours = ((one / path).exists() for one in (target, made))
            raise finding(target / path, is_there=there, is_ours=ours)


def inside(folder: Path) -> set[Path]:
    """What is in and below a folder, by relative path: files, links, and folders without
    content."""
    found = (p for p in folder.rglob("*") if p.is_symlink() or not p.is_dir() or _is_empty(p))
    return {path.relative_to(folder) for path in found}


def is_own_file(folder: Path, path: Path) -> bool:
    """Whether a relative path in a folder is a file of its own. A link is not: what it leads to
    stays behind when the folder is copied, and may change without it."""
    steps = (folder / part for part in (path, *path.parents) if part != Path())
    return (folder / path).is_file() and not any(step.is_symlink() for step in steps)


def _foreign(folder: Path, ours: Collection[Path]) -> list[Path]:
    """The files and folders in a folder that are not ours and contain nothing of ours."""
    needed = {parent for path in ours for parent in path.parents}
    return sorted(inside(folder) - needed - set(ours))


def _is_empty(folder: Path) -> bool:
    return next(folder.iterdir(), None) is None


def finding(
    file: Path, *, is_there: bool = True, is_ours: bool = True, line: int | None = None
) -> FindingsError:
    """The error for a file that differs from what would be written now."""
    if not is_ours:
        return FindingsError("does not belong here", file=file, hint="Move it away")
    if not is_there:
        hint = "Run the command without --check to write it"
        return FindingsError("is not there", file=file, hint=hint)
    message = "differs from what is in the project now"
    return FindingsError(message, file=file, line=line, hint="Write it again with --force")


@contextmanager
def _folder_beside(target: Path, parts: Iterable[tuple[str, bytes]]) -> Iterator[Path]:
    """A temporary folder beside a target, with the files of `write_folder`."""
    place = target.resolve()
    work = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        work.mkdir(parents=True)
        _write_all(work, parts)
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _first_difference(made: Path, there: Path) -> Path | None:
    """The first file, by its path in the folder, that is not the same in two folders."""
    ours = inside(made)
    for path in (*sorted(ours), *_foreign(there, ours)):
        both = path in ours and is_own_file(there, path)
        if not both or not filecmp.cmp(made / path, there / path, shallow=False):
            return path
    return None


def _write_all(folder: Path, parts: Iterable[tuple[str, bytes]]) -> None:
    begun: set[Path] = set()
    for name, data in parts:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(data)
        begun.add(path)
    for path in sorted(begun):
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _swap(made: Path, place: Path) -> None:
    """Put a folder in the place of another, which is deleted."""
    old = place.with_name(f".{place.name}.{os.getpid()}.old")
    place.replace(old)
    try:
        made.replace(place)
    except OSError:
        with suppress(OSError):
            old.replace(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _other_content(file: Path) -> ExportError:
    hint = "Choose another folder with -o, or use --force"
    return ExportError("exists with other content", file=file, hint=hint)


@contextmanager
def _as_export_error(file: Path) -> Iterator[None]:
    """Turns errors of the system into an ExportError that names the file or folder."""
    try:
        yield
    except OSError as error:
        hint = "Check the folder, its permissions and the space on the disk; nothing was changed"
        raise ExportError(f"cannot be written: {error.strerror}", file=file, hint=hint) from error


__all__ = [
    "check_files",
    "check_folder",
    "finding",
    "inside",
    "is_own_file",
    "write_file",
    "write_files",
    "write_folder",
]
