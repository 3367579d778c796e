"""The lock of writers: waited for without polling, first
come first served, and given up in time."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from bench.load import make, run
from support import held_lock, project

from annotator.errors import BusyError
from annotator.project import Project
from annotator.store.lock import Lock, holder


def test_who_waits_uses_no_cpu_and_gets_the_lock(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "l"), Lock(tmp_path / "l")
    assert first.acquire(0)
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    threading.Timer(0.5, first.release).start()
    assert second.acquire(10)
    waited, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF)
    assert waited > 0.45
    switches = after.ru_nvcsw - before.ru_nvcsw
    assert switches < 40, f"woken {switches} times, so it polls"
    second.release()
    first.close()
    second.close()


def test_a_lock_that_is_not_to_be_had_is_given_up_in_time_and_not_taken_later(
    tmp_path: Path,
) -> None:
    first, second = Lock(tmp_path / "l"), Lock(tmp_path / "l")
    assert first.acquire(0)
    started = time.monotonic()
    assert not second.acquire(0)
    assert not second.acquire(0.1)
    assert time.monotonic() - started > 0.09
    first.release()
    time.sleep(0.1)
    assert first.acquire(1), "the one that gave up took the lock anyway"
    assert not second.acquire(0.05)
    first.release()
    assert second.acquire(1)
    second.close()
    assert first.acquire(1)
    first.close()


def test_who_waits_is_served_before_one_who_leaves_and_wants_back_in_again_and_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "l"
    busy = Lock(path)
    assert busy.acquire(0)
    order: list[int] = []

    def wait(number: int) -> None:
        own = Lock(path)
        assert own.acquire(10)
        order.append(number)
        time.sleep(0.005)
        own.release()
        own.close()

    threads = []
    for number in range(10):
        threads.append(threading.Thread(target=wait, args=(number,)))
        threads[-1].start()
        _until_waiting(path, number + 1)
    turns = 0
    while any(thread.is_alive() for thread in threads):
        turns += 1
        busy.release()
        assert busy.acquire(10)
        time.sleep(0.001)
    busy.release()
    assert sorted(order) == list(range(10))
    # A running process may get the free lock while the next in the queue waits for a processor, but
    # no longer.
    assert turns <= 200, f"{turns} turns of the one for ten of the others"
    assert order == sorted(order), "first come, first served"
    busy.close()


def _until_waiting(path: Path, count: int) -> None:
    """Wait until this many are in the kernel's queue for the locks of a file."""
    end, inode = time.monotonic() + 10, f":{path.stat().st_ino} "
    while (
        sum("->" in line and inode in line for line in Path("/proc/locks").read_text().splitlines())
        < count
    ):
        assert time.monotonic() < end
        time.sleep(0.005)


def test_the_lock_of_a_killed_process_is_free_while_others_wait(tmp_path: Path) -> None:
    path = tmp_path / "l"
    with held_lock(path) as other:
        mine = Lock(path)
        threading.Timer(0.2, os.kill, [other.pid, signal.SIGKILL]).start()
        assert mine.acquire(10)
        mine.close()


def test_a_lock_file_that_was_taken_away_keeps_others_out_again(tmp_path: Path) -> None:
    path = tmp_path / "l"
    first, second = Lock(path), Lock(path)
    assert first.acquire(0)
    first.release()
    path.unlink()
    assert second.acquire(0)
    assert not first.acquire(0.05)
    second.close()
    first.close()


def test_who_holds_the_database_is_reported(tmp_path: Path) -> None:
    project(tmp_path / "p").close()
    lock = tmp_path / "p" / "annotator.db.lock"
    with held_lock(lock) as other, Project.open(tmp_path / "p", timeout=0.05) as of:
        assert holder(lock) == f"process {other.pid} (python)" or str(other.pid) in holder(lock)
        with pytest.raises(
            BusyError, match=f"process {other.pid} .*held the database for 0.05 seconds"
        ):
            of.keep_setting("a", "b")
    end = time.monotonic() + 5
    while holder(lock) and time.monotonic() < end:
        time.sleep(0.01)  # The process that gave up gets the lock, and drops it.
    assert holder(lock) == ""
    assert holder(tmp_path / "none") == ""


def test_without_the_kernel_s_other_locks_it_still_excludes(tmp_path: Path) -> None:
    script = f"""
        import fcntl
        for name in ("F_OFD_SETLK", "F_OFD_SETLKW", "F_OFD_GETLK"):
            vars(fcntl).pop(name, None)
        from pathlib import Path
        from annotator.store.lock import Lock
        one, other = Lock(Path({str(tmp_path / "l")!r})), Lock(Path({str(tmp_path / "l")!r}))
        assert one.acquire(0) and not other.acquire(0.05)
        one.release()
        assert other.acquire(1)
        with one.moving() as begun:
            assert not begun and not other.is_moved_by_others()
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True)


def test_one_moves_the_log_at_a_time_and_the_others_know(tmp_path: Path) -> None:
    one, other = Lock(tmp_path / "l"), Lock(tmp_path / "l")
    with one.moving() as begun:
        assert begun and other.is_moved_by_others() and not one.is_moved_by_others()
        assert other.acquire(0), "it keeps nobody out"
        other.release()
        with other.moving() as begun:
            assert not begun
    assert not other.is_moved_by_others()
    one.close()
    other.close()


def test_many_annotators_at_once_lose_nothing(tmp_path: Path) -> None:
    """A small run of `tests/bench/load.py`, which also says how long they wait."""
    make(tmp_path / "p")
    load = run(tmp_path / "p", 16, seconds=1, rate=3)
    assert load.errors == 0
    assert len(load.times) >= 16
    with Project.open(tmp_path / "p") as of:
        assert sum(len(list(of.log.events("doc-0", f"coder-{n}"))) for n in range(16)) == len(
            load.times
        )
        assert of.verify() == []


@pytest.mark.slow
def test_sixty_four_writers_at_once_lose_nothing_and_see_no_error(tmp_path: Path) -> None:
    """`tests/bench/load.py --cpu` measures the cost of a decision; no test depends on a clock."""
    make(tmp_path / "p")
    load = run(tmp_path / "p", 64, seconds=2, rate=0)
    assert load.errors == 0
    with Project.open(tmp_path / "p") as of:
        kept = sum(len(list(of.log.events("doc-0", f"coder-{n}"))) for n in range(64))
        assert kept == len(load.times) > 64 and of.verify() == []
