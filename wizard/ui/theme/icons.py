"""Icons in the colour of their place: Lucide's, tinted as they are painted."""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

import resources
from wire.text import Text
from wizard.ui.formatting import say
from wizard.ui.theme import palette

_FOLDER = Path(resources.__file__).parent / "icons"
STATES = {
    "ok": ("circle-check", Text("Passed")),
    "failed": ("circle-x", Text("Failed")),
    "warning": ("triangle-alert", Text("Warning")),
    "skipped": ("circle-minus", Text("Skipped")),
    "info": ("info", Text("For information")),
}


@lru_cache(maxsize=128)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    text = (_FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(text.replace("currentColor", colour).encode()))


def draw(name: str, colour: str, painter: QPainter, area: QRectF) -> None:
    """Paint an icon in a colour into an area."""
    _renderer(name, colour).render(painter, area)


def pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    """Paint an icon at the resolution of its screen."""
    image = QPixmap(QSize(size, size) * ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    _renderer(name, colour).render(painter)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def icon(name: str, colour: str) -> QIcon:
    """Give an icon for a button or a row; in a chosen row it keeps its colour."""
    return _icon(name, colour, palette.icon_side())


@lru_cache(maxsize=256)
def _icon(name: str, colour: str, side: int) -> QIcon:
    whole = QIcon()
    for ratio in (1.0, 2.0):
        image = pixmap(name, colour, side, ratio)
        whole.addPixmap(image)
        whole.addPixmap(image, QIcon.Mode.Selected)
    return whole


def window_icon() -> QIcon:
    """Give the program's own icon, for its windows and the task bar."""
    whole = QIcon()
    for side in (16, 24, 32, 48, 64, 128):
        whole.addPixmap(pixmap("org.writeback.Wizard", "", side, 1.0))
    return whole


class Mark(QWidget):
    """A small icon; its meaning always stands beside it as a word too.

    `larger`: by how many pixels than the one beside the usual text.
    """

    def __init__(self, name: str, ink: str, larger: int = 0) -> None:
        super().__init__()
        self._name, self._ink = name, ink
        size = palette.icon_side() + larger
        self.setFixedSize(size, size)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def turn(self, name: str, ink: str) -> None:
        """Show another icon."""
        self._name, self._ink = name, ink
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colour = getattr(palette.inks(self.palette()), self._ink)
        painter = QPainter(self)
        _renderer(self._name, colour).render(painter, QRectF(self.rect()))
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)


def state_mark(state: str) -> Mark:
    """Give the mark of a check's state."""
    return Mark(STATES[state][0], state)


def state_word(state: str) -> str:
    """Give the word of a check's state."""
    return say(STATES[state][1])
