"""What a program with a window needs of the desktop that it is on."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class ThemeColours:
    """The colours of a theme of the system, each as #rrggbb.

    `chosen` is the ground of what is chosen, `on_chosen` its text.
    """

    window: str
    text: str
    chosen: str
    on_chosen: str
    off: str


class Desktop(Protocol):
    """The desktop that a program with a window is on."""

    def group_windows(self, name: str) -> None:
        """Have the windows of this process stand together under a name of theirs."""
        ...

    def theme_colours(self) -> ThemeColours | None:
        """Give those of the theme that is on; None where it has none to be taken."""
        ...

    def tell(self, title: str, text: str) -> bool:
        """Show a text in a window of the system's own; it returns when that is closed.

        False where nothing was shown: a terminal is the place for it.
        """
        ...
