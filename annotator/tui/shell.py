"""What screens know about the application: enough to open others, to repaint, and to leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from annotator.tui.layout import Glyphs
from annotator.tui.theme import Theme

if TYPE_CHECKING:
    from textual.geometry import Size
    from textual.screen import Screen

    from annotator.model.actions import ReviewAction
    from annotator.tui.key_map import KeyMap
    from annotator.tui.session import Session
    from annotator.tui.terminal_driver import Pressed


class Shell(Protocol):
    """The application as its screens see it."""

    session: Session
    key_map: KeyMap
    look: Theme
    glyphs: Glyphs
    left: bool
    """Whether the user asked to leave while something was not saved."""

    @property
    def screen(self) -> Screen[Any]:
        """The screen on top."""

    @property
    def size(self) -> Size:
        """Columns and rows of the terminal."""

    def push_screen(self, *args: Any, **kwargs: Any) -> Any:
        """Open a screen on top."""

    def open(self, name: str, *about: Any) -> None:
        """Open the screen with this name (see `routes`) on top."""

    def pop_screen(self) -> Any:
        """Close the screen on top."""

    def call_later(self, callback: Any, *args: Any) -> bool:
        """Call something once the messages before it are handled."""

    def call_after_refresh(self, callback: Any, *args: Any) -> bool:
        """Call something once the screen is shown."""

    def call_from_thread(self, callback: Any, *args: Any) -> Any:
        """Call something in the application's thread, from another."""

    def post_message(self, message: Any) -> bool:
        """Send a message of Textual's."""

    def show_queue(self) -> None:
        """Go from the document to the queue."""

    def show_document(self) -> Any:
        """Go to the document that the session has open."""

    def go_to(
        self,
        document: str,
        paragraph: int,
        item: str | None,
        *,
        find: tuple[str, int] | None = None,
        message: str = "",
    ) -> None:
        """Go to a place in a document; see the application."""

    def decide(self, search: str) -> str:
        """In review, open the first difference that a search finds, above this screen. If it finds
        none, returns the reason."""

    def next_theme(self) -> None:
        """Switch to the next theme."""

    def repaint(self) -> None:
        """Paint the whole screen again."""

    def keys_came(self, keys: list[Pressed]) -> None:
        """Take these pressed keys, in this order."""

    def leave(self) -> None:
        """End the program; if decisions are not saved, only when asked twice."""


class DocumentScreen(Protocol):
    """The screen of the open document, as screens on top of it see it."""

    session: Session

    def act(self, action: ReviewAction) -> None:
        """Do, save, show."""

    def run_name(self) -> None:
        """Ask for the entity or concept of the item in focus."""


__all__ = ["DocumentScreen", "Shell"]
