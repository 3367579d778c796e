"""The inflected forms of English verbs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from annotator.english.table_files import lines


@cache
def _irregular() -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {
        base: (tuple(past.split("/")), tuple(participle.split("/")))
        for base, past, participle, *_rest in lines("irregular.tsv")
    }


def forms(base: str) -> dict[str, str]:
    """What each inflected form is: base, s, past, participle (for regular verbs also past), ing."""
    if base == "be":
        return {
            "be": "base",
            "is": "s",
            "are": "s",
            "was": "past",
            "were": "past",
            "been": "participle",
        }
    third, past, ing = _regular(base)
    pasts, participles = _irregular().get(base, ((past,), (past,)))
    out = {base: "base", third: "s", ing: "ing"}
    for form in pasts:
        out.setdefault(form, "past")
    for form in participles:
        out[form] = "both" if out.get(form) == "past" else out.get(form, "participle")
    return out


def _regular(base: str) -> tuple[str, str, str]:
    """The forms in -s, -ed and -ing."""
    stem = base[:-1] if base.endswith("e") and not base.endswith(("ee", "oe", "ye")) else base
    doubled = base + base[-1] if _doubles(base) else stem
    if base.endswith("y") and base[-2:-1] not in "aeiou":
        return base[:-1] + "ies", base[:-1] + "ied", doubled + "ing"
    third = base + "es" if base.endswith(("s", "x", "z", "ch", "sh", "o")) else base + "s"
    return third, doubled + "ed", doubled + "ing"


def _doubles(base: str) -> bool:
    """Whether the last consonant doubles, after one short stressed vowel, as in short words."""
    vowels = "aeiou"
    if len(base) < 3 or base[-1] in vowels + "wxyh" or base[-2] not in vowels or base[-3] in vowels:
        return False
    return sum(c in vowels for c in base) == 1 or base in (
        "admit",
        "commit",
        "permit",
        "refer",
        "regret",
        "rebel",
        "propel",
    )


__all__ = ["forms"]
