"""What the screens share: keys come in here, and leave as commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from textual import events
from textual.screen import Screen

from annotator.tui.commands import COMMANDS, Command
from annotator.tui.key_map import KeyMap
from annotator.tui.keyboards import by_place
from annotator.tui.styled_rows import Drawn
from annotator.tui.theme import Theme

if TYPE_CHECKING:
    from annotator.tui.shell import Shell


EVERYWHERE = (
    "agreement",
    "learning",
    "entities",
    "concepts",
    "find_everywhere",
    "theme",
    "redraw",
    "help",
    "quit",
)
"""Commands that the palette of every screen knows, whatever their keys mean there."""


def key_of(event: events.Key) -> str:
    """A key as the key map writes it: the character where it makes one, else its name."""
    char = event.character
    if char and char.isprintable() and char != " ":
        return char
    return event.key


class CommandScreen(Screen[None]):
    """A screen whose keys are commands: `run_<name>` is called
    for what has no action of the model."""

    context = "browse"

    @property
    def own_keys(self) -> tuple[tuple[str, str], ...]:
        """Keys that mean something on this screen alone, and what they
        do; the help shows them first."""
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
        """Every key: stopped here, since no widget of these screens takes any."""
        event.stop()
        event.prevent_default()
        now = self.shell.screen
        if now is self:
            self.take(key_of(event))
        else:
            # Typed ahead of a change of screens: it is meant for the one that came.
            now.post_message(events.Key(event.key, event.character))

    def is_quick(self, key: str) -> bool:  # noqa: ARG002
        """Whether what a key does needs no message of Textual's: it
        neither opens nor closes a screen."""
        return False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Several keys, shown once after the last of them."""
        yield

    def everywhere(self, key: str) -> bool:
        """Do what a key means on every screen: help, palette, theme, paint again,
        quit; whether it is one of those."""
        for name in ("help", "palette", "theme", "redraw", "quit"):
            if key in self.key_map.keys[name]:
                getattr(self, f"run_{name}")()
                return True
        return False

    def take(self, key: str) -> None:
        """Do what a key means here, if it means anything."""
        command = self.key_map.command(self.context, key)
        if command is not None:
            self.run_command(command)
        elif (placed := by_place(key)) is not None:
            self.take(placed[1])
            self.say(f"the keyboard is in {placed[0]}: {key} was taken for {placed[1]}")

    def run_command(self, command: Command) -> None:
        """Run a command that has no action of the model."""
        getattr(self, f"run_{command.name}")()

    def commands(self) -> list[Command]:
        """The commands of the present context."""
        return [c for c in COMMANDS if self.context in c.contexts]

    def say(self, message: str) -> None:
        """Tell something in the line for messages, where the screen has one."""

    def redraw(self) -> None:
        """Show what is now."""
        raise NotImplementedError

    def click_key(self, row: Drawn, x: int) -> bool:
        """Press the key that stands at a cell of the footer; whether there is one."""
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
        """A line that finds commands by their names and what they do."""
        from annotator.tui.screens.prompt import PromptScreen
        from annotator.workflows.names.offers import Offer

        here = self.commands()
        elsewhere = [c for c in COMMANDS if c.name in EVERYWHERE and c not in here]
        commands = {c.title: c for c in (*here, *elsewhere) if c.name != "palette"}
        offers = [
            Offer(
                title, f"{self.key_map.shown(c.name) if c in here else '':<7} {c.help}", (c.help,)
            )
            for title, c in commands.items()
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

    def run_asked(self) -> None:
        self.shell.open("asked")

    def run_find_everywhere(self) -> None:
        self.shell.open("find_everywhere")

    def run_help(self) -> None:
        self.shell.open("help", self.context, self.own_keys)

    def run_agreement(self) -> None:
        """The figures, computed in a thread of its own with a connection of its own."""
        self.shell.open("agreement")

    def run_learning(self) -> None:
        """What was learnt, and a key that has it done again."""
        self.shell.open("learning", self.say, self.say_while)

    def say_while(self, message: str, still: Callable[[], bool], *, every: float = 1.0) -> None:  # noqa: ARG002
        """Say something that is over once it is no longer so; looked at `every` so many seconds."""
        self.say(message)


__all__ = ["CommandScreen", "key_of"]
