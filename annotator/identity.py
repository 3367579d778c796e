"""Who annotates, and which names annotators may have."""

from __future__ import annotations

import os
from functools import lru_cache

from annotator.errors import UsageError
from annotator.model.record import GOLD


def current_annotator(explicit: str | None = None) -> str:
    """Who annotates: `explicit`, else ANNOTATOR_NAME, else the unix user. Raises UsageError for
    an invalid name.
    """
    if explicit is not None:
        return check_annotator(explicit)
    name = os.environ.get("ANNOTATOR_NAME")
    if not name:
        import getpass

        try:
            name = getpass.getuser()
        except (KeyError, OSError) as error:
            raise UsageError(
                "nobody is named as the annotator", hint="Say who you are with --annotator NAME"
            ) from error
    return check_annotator(name)


def check_annotator(name: str) -> str:
    """The name if an annotator may have it. Raises UsageError otherwise."""
    if not isinstance(name, str):
        raise UsageError(f"{name!r} cannot be an annotator's name", hint="Give a text")
    return _checked(name)


@lru_cache(maxsize=1024)
def _checked(name: str) -> str:
    clean = name.strip()
    if (
        not clean
        or len(clean) > 64
        or clean.startswith("@")
        or "/" in clean
        or not clean.isprintable()
    ):
        raise UsageError(
            f"“{name}” cannot be an annotator's name",
            hint="A name has 1 to 64 printable characters, no slash, and does not begin with @",
        )
    return clean


def kept_name(name: str) -> str:
    """The name if work can be stored under it: an annotator's name, or that of the gold. Raises
    UsageError otherwise."""
    if name != GOLD and check_annotator(name) != name:
        raise UsageError(
            f"the annotator “{name}” has white space around the name", hint="Leave it out"
        )
    return name


__all__ = ["check_annotator", "current_annotator", "kept_name"]
