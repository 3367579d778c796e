"""The files of a project: who may write them, which are on a network, and how a copy of the
database is made beside it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from annotator.errors import BusyError, StoreError
from annotator.store.lock import MODE

_NETWORK = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "afs",
        "ceph",
        "fuse.sshfs",
        "fuse.glusterfs",
        "lustre",
        "gpfs",
    }
)


def file_system(path: Path) -> str:
    """The type of a path's file system, by the name that the kernel gives it; empty if unknown."""
    mounts = Path("/proc/self/mountinfo")
    if not mounts.is_file():
        return ""
    target = str(path.resolve())
    best, kind = "", ""
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        fields, _, rest = line.partition(" - ")
        point = fields.split()[4].encode().decode("unicode_escape")
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, rest.split()[0]
    return kind


def refuse_network(path: Path) -> None:
    """Raise StoreError for a folder on a network file system, where locks and WAL are not
    reliable."""
    kind = file_system(path)
    if kind in _NETWORK:
        raise StoreError(
            f"is on a network file system ({kind}), where several writers can damage a database",
            file=path,
            hint=(
                "Use a local disk of the host that all log in to, or take the risk with "
                "--allow-network"
            ),
        )


SHARED_FOLDER, SHARED_FILE = 0o2770, 0o660
"""File modes in a shared project: the group has the owner's permissions, and new files belong to
the group."""


def let_group_in() -> None:
    """From now on, the group may use all files that this process creates, whatever its umask was:
    those of SQLite, locks, journals, the background process, and exports."""
    mask = os.umask(0o077)
    os.umask(mask & ~0o070)


def share(root: Path, database: Path, files: Iterable[Path]) -> None:
    """Make a project writable for its group: the folder, the database with what SQLite has made
    beside it, and the other files that belong to it. SQLite copies the database's mode to the
    files that it makes later."""
    root.chmod(SHARED_FOLDER)
    beside = [
        database.with_name(database.name + suffix)
        for suffix in ("", ".lock", "-wal", "-shm", "-journal")
    ]
    for file in (*beside, *files):
        if file.exists():
            file.chmod(SHARED_FILE)


@contextmanager
def reserve(path: Path, suffix: str, *, mode: int = MODE) -> Iterator[Path]:
    """An empty file beside `path`, with a suffix, for a copy of a database. Rename it inside the
    block; otherwise it is removed at the end. A file that a process left there when it died is
    taken over.

    Raises BusyError if another process is making this file just now, StoreError if it cannot be
    made.
    """
    part = path.with_name(path.name + suffix)
    handle = _reserved(path, part, mode)
    try:
        os.ftruncate(handle, 0)
        yield part
    finally:
        with suppress(OSError):
            if part.stat().st_ino == os.fstat(handle).st_ino:
                for more in ("-wal", "-shm", "-journal", ""):
                    part.with_name(part.name + more).unlink(missing_ok=True)
        os.close(handle)


def _reserved(path: Path, part: Path, mode: int) -> int:
    while True:
        try:
            handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
        except OSError as error:
            hint = "Check the folder, its permissions and the space on the disk"
            message = f"cannot be written: {error.strerror}"
            raise StoreError(message, file=path, hint=hint) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if part.stat().st_ino == os.fstat(handle).st_ino:
                return handle
        except BlockingIOError:
            os.close(handle)
            message = "another process writes this file just now"
            raise BusyError(message, file=path, hint="Try again when it is done") from None
        except FileNotFoundError:
            pass
        # Its owner has renamed or removed it in the meantime.
        os.close(handle)
