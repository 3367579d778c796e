"""How much memory a benchmark takes."""

from __future__ import annotations

from pathlib import Path


def peak() -> float:
    """The most memory this process has had, in megabytes; `getrusage`
    would count the parent's too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(
        int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")
    )
