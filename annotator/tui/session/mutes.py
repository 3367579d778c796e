"""The muted rules, of one annotator or of everybody."""

from __future__ import annotations

from annotator.project import Project

EVERYBODY = "@all"
"""The name under which rules are muted for the whole project."""


class Mutes:
    """Rules are written `suggester/rule`."""

    def __init__(self, project: Project, annotator: str) -> None:
        self._project = project
        self._annotator = annotator

    def rules(self) -> set[str]:
        """The rules muted by this annotator or for everybody."""
        return self._of(self._annotator) | self._of(EVERYBODY)

    def mute(self, rule: str, *, who: str, muted: bool = True) -> None:
        """Mute or unmute a rule for `who` (EVERYBODY for the project).

        Raises StoreError if it cannot be saved.
        """
        rules = self._of(who) | {rule} if muted else self._of(who) - {rule}
        self._project.keep_setting(f"mute:{who}", "\n".join(sorted(rules)))

    def _of(self, who: str) -> set[str]:
        return set((self._project.setting(f"mute:{who}") or "").split("\n")) - {""}


__all__ = ["EVERYBODY", "Mutes"]
