"""How large the window is: what it would like, what the screen has, what it needs."""

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QWidget

from wizard.ui.theme.palette import text_scale

_LIKED, _LEAST = QSize(960, 680), QSize(640, 400)
_TITLE_BAR = 40  # pixels, until the window system says how high it is
_PAGE, _LOW = 540, 520  # a page beside the rail; the height from which its title stays


def page_width() -> int:
    """Give the width in pixels that a page needs for the rail to stand beside it."""
    return round(_PAGE * text_scale())


def low_height() -> int:
    """Give the height in pixels below which a page's title scrolls with it."""
    return round(_LOW * text_scale())


def fit(window: QWidget) -> None:
    """Size a window as it would like to be, as far as its screen has the room."""
    screen = window.screen()
    room = screen.availableGeometry().size() - QSize(0, _TITLE_BAR)
    window.setMinimumSize(_LEAST.boundedTo(room))
    window.resize((_LIKED * text_scale()).boundedTo(room))


def follow(window: QWidget) -> None:
    """Keep a window that is shown within its screen, and within another it goes to."""
    handle = window.windowHandle()
    if handle is None or window.property("follows"):
        return
    window.setProperty("follows", True)
    handle.screenChanged.connect(lambda screen: _keep_within(window, screen))
    _keep_within(window, window.screen())


def _keep_within(window: QWidget, screen: QScreen | None) -> None:
    if screen is None:
        return
    room, whole = screen.availableGeometry(), window.frameGeometry()
    frame = whole.size() - window.size()
    window.setMinimumSize(_LEAST.boundedTo(room.size() - frame))
    if room.contains(whole) or window.isMaximized() or window.isFullScreen():
        return
    window.resize(window.size().boundedTo(room.size() - frame))
    window.move(_moved(window.frameGeometry(), room).topLeft())


def _moved(whole: QRect, room: QRect) -> QRect:
    """Give a window's place with all of it in the room, as near as that is."""
    left = max(room.left(), min(whole.left(), room.right() - whole.width() + 1))
    top = max(room.top(), min(whole.top(), room.bottom() - whole.height() + 1))
    return QRect(left, top, whole.width(), whole.height())
