"""Optional libraries, which extras install."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from annotator.errors import UsageError


def extra(module: str, *, name: str, file: Path | None = None) -> Any:
    """A module of an extra. Raises UsageError with what to install if it is missing."""
    try:
        return import_module(module)
    except ImportError as error:
        hint = f"Install it with `uv sync --extra {name}`, or `pip install 'annotator[{name}]'`"
        raise UsageError(
            f"this needs the extra “{name}” of the program ({module})", file=file, hint=hint
        ) from error


__all__ = ["extra"]
