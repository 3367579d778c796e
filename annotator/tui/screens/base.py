"""What the screens share: this class turns keys into commands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from textual import events
from textual.screen import Screen

from annotator.errors import StoreError
from annotator.tui.commands import COMMANDS, Command
from annotator.tui.key_map import KeyMap
from annotator.tui.keyboard_scripts import by_place
from annotator.tui.styled_rows import Drawn
from annotator.tui.theme import Theme

if TYPE_CHECKING:
    from annotator.project import ChangeTracker
    from annotator.tui.shell import Shell


EVERYWHERE = (
    "agreement",
    "learning",
    "entities",
    "concepts",
    "matrix",
    "asked",
    "find_everywhere",
    "theme",
    "redraw",
    "help",
    "quit",
)
"""Commands that the palette of every screen has, whatever their keys mean there."""


PASTED = "pasted text goes into a field only: nothing was changed"
"""What a screen says that takes no text."""

CATCH_UP = 0.5
"""Seconds between two looks at what others changed; a look takes some ten microseconds."""


def key_of(event: events.Key) -> str:
    """A key as the key map writes it: its character if it has one, or else its name."""
    char = event.character
    if char and char.isprintable() and char != " ":
        return char
    return event.key


class CommandScreen(Screen[None]):
    """A screen whose keys are commands: `run_<name>` is called for commands without an action of
    the model."""

    context = "browse"
    follows = False
    """Whether the screen shows what others change while it is open; see `others_changed`."""
    _watch: ChangeTracker | None = None

    def on_mount(self) -> None:
        self.mounted()
        if self.follows:
            self._watch = self.shell.session.project.log.watch()
            self.set_interval(CATCH_UP, self.catch_up)

    def mounted(self) -> None:
        """Called when the screen is there, before it is shown."""

    def catch_up(self) -> None:
        """Show what others changed since the last look, if this is the screen in view."""
        if self.is_current and (changed := self.changed_by_others()) is not None:
            self.others_changed(changed)

    def changed_by_others(self) -> set[str] | None:
        """The documents that others worked on since this was last asked, if anything was written;
        None if nothing was, or if the database cannot be read: whatever reads it next says so."""
        try:
            return self._watch.changed() if self._watch is not None else None
        except StoreError:
            return None

    def others_changed(self, documents: Collection[str]) -> None:
        """Somebody else wrote something, and worked on these documents, if any."""

    @property
    def own_keys(self) -> tuple[tuple[str, str], ...]:
        """Keys with a meaning on this screen only, and what they do; the help shows them first."""
        return ()

    @property
    def shell(self) -> Shell:
        return cast("Shell", self.app)

    @property
    def theme_now(self) -> Theme:
        return self.shell.look

    @property
    def key_map(self) -> KeyMap:
        return self.shell.key_map

    def on_key(self, event: events.Key) -> None:
        """Take every key and stop the event, since no widget of these screens uses keys."""
        event.stop()
        event.prevent_default()
        now = self.shell.screen
        if now is self:
            self.typed(key_of(event))
        else:
            # The key was typed before a change of screens, so it is meant for the new one.
            now.post_message(events.Key(event.key, event.character))

    def on_paste(self, event: events.Paste) -> None:
        """Say that a pasted text changes nothing here: only a field, on a screen of its own, takes
        text."""
        event.stop()
        self.say(PASTED)

    def is_quick(self, key: str) -> bool:  # noqa: ARG002
        """Whether a key needs no message of Textual's, because it neither opens nor closes a
        screen."""
        return False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Take several keys, and redraw once after the last of them."""
        yield

    def everywhere(self, key: str) -> bool:
        """Run a key that has the same meaning on every screen (help, palette, theme, repaint,
        quit). Returns whether it is one."""
        for name in ("help", "palette", "theme", "redraw", "quit"):
            if key in self.key_map.keys[name]:
                getattr(self, f"run_{name}")()
                return True
        return False

    def has_key(self, key: str) -> bool:
        """Whether a key has a meaning here as it is."""
        return key in self.key_map.by_context.get(self.context, ())

    def read_as(self, key: str) -> tuple[str, str]:
        """`(script, key)`: for a letter of a Cyrillic or Greek keyboard that has no meaning here,
        its script and the Latin key in its place; for every other key no script and itself."""
        placed = None if self.has_key(key) else by_place(key)
        return placed or ("", key)

    def typed(self, key: str) -> None:
        """Run a key as it was typed, on a keyboard of whatever script."""
        script, read = self.read_as(key)
        self.take(read)
        if script and self.is_current:
            self.tell_keyboard(script, f"{key} was read as {read}")

    def tell_keyboard(self, script: str, words: str) -> None:
        """Say that the keyboard is set to another script."""
        self.say(f"{script} keyboard: {words}")

    def take(self, key: str) -> None:
        """Run a key, if it has a meaning here."""
        command = self.key_map.command(self.context, key)
        if command is not None:
            self.run_command(command)

    def run_command(self, command: Command) -> None:
        """Run a command without an action of the model."""
        getattr(self, f"run_{command.name}")()

    def commands(self) -> list[Command]:
        """The commands of the current context."""
        return [c for c in COMMANDS if self.context in c.contexts]

    def say(self, message: str) -> None:
        """Show a message in the line for messages, if the screen has one."""

    def redraw(self) -> None:
        """Show the current state."""
        raise NotImplementedError

    def click_key(self, row: Drawn, x: int) -> bool:
        """Press the key at a cell of the footer. Returns whether there is one."""
        from annotator.tui.clicking import key_at, pressed

        key = key_at(row, x, self.theme_now.strong)
        if key:
            self.shell.keys_came([pressed(key)])
        return bool(key)

    def run_quit(self) -> None:
        self.shell.leave()

    def run_redraw(self) -> None:
        self.shell.repaint()

    def run_theme(self) -> None:
        self.shell.next_theme()
        self.redraw()

    def run_palette(self) -> None:
        """Open a line that finds commands by their names and descriptions."""
        from annotator.tui.screens.prompt import PromptScreen
        from annotator.workflows.names.offers import Offer

        here = self.commands()
        elsewhere = [c for c in COMMANDS if c.name in EVERYWHERE and c not in here]
        commands = {c.title: c for c in (*here, *elsewhere) if c.name != "palette"}
        offers = [
            Offer(title, f"{self.key_map.shown(c.name) if c in here else '':<7} {words}", (words,))
            for title, c in commands.items()
            if (words := c.words(self.context))
        ]

        def chosen(title: str | None) -> None:
            self.redraw()
            if title is not None:
                self.run_command(commands[title])

        self.app.push_screen(
            PromptScreen("command", self.theme_now, offers=offers, strict=True), chosen
        )

    def run_entities(self) -> None:
        self.shell.open("entities")

    def run_concepts(self) -> None:
        self.shell.open("concepts")

    def run_matrix(self) -> None:
        self.shell.open("matrix")

    def run_asked(self) -> None:
        self.shell.open("asked")

    def run_find_everywhere(self) -> None:
        self.shell.open("find_everywhere")

    def run_help(self) -> None:
        self.shell.open("help", self.context, self.own_keys)

    def run_agreement(self) -> None:
        """Open the agreement, which is computed in its own thread with its own connection."""
        self.shell.open("agreement")

    def run_learning(self) -> None:
        """Show what the model has learnt, with a key that trains it again."""
        self.shell.open("learning", self.say, self.say_while)

    def say_while(self, message: str, still: Callable[[], bool], *, every: float = 1.0) -> None:  # noqa: ARG002
        """Show a message for as long as it is true, which is checked every `every` seconds."""
        self.say(message)


__all__ = ["CommandScreen", "key_of"]
