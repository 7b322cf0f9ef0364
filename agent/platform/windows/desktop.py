"""Windows' desktop: the task bar, and a message for who has no console."""

import contextlib
import sys

from agent.platform.desktop import ThemeColours
from agent.platform.windows.win32 import DesktopCalls

# COLOR_WINDOW, WINDOWTEXT, HIGHLIGHT, HIGHLIGHTTEXT, GRAYTEXT
_OF_THEME = (5, 8, 13, 14, 17)


class WindowsDesktop:
    """The desktop of the person who is signed in."""

    def __init__(self, win32: DesktopCalls) -> None:
        self._win32 = win32

    def group_windows(self, name: str) -> None:
        # else they stand with those of every other program of pythonw.exe
        with contextlib.suppress(OSError):
            self._win32.set_app_user_model_id(name)

    def theme_colours(self) -> ThemeColours:
        return ThemeColours(*(self._colour(each) for each in _OF_THEME))

    def _colour(self, index: int) -> str:
        found = self._win32.system_colour(index)
        red, green, blue = found & 0xFF, found >> 8 & 0xFF, found >> 16 & 0xFF
        return f"#{red:02x}{green:02x}{blue:02x}"

    def tell(self, title: str, text: str) -> bool:
        # pythonw.exe has none
        if sys.stderr is not None:
            return False
        self._win32.message_box(title, text)
        return True
