"""A QR code (ISO/IEC 18004), drawn module by module: dark on light in every scheme."""

import segno
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

_QUIET = 4  # modules around it, section 5.3.8
_MODULE = 4  # pixels, as a phone reads them from a screen


class QrCode(QWidget):
    """Shows a text to a camera; a screen reader is told what it leads to."""

    accessible_role = QAccessible.Role.Graphic

    def __init__(self) -> None:
        super().__init__()
        self._modules: tuple[bytes, ...] = ()
        fixed = QSizePolicy.Policy.Fixed
        self.setSizePolicy(fixed, fixed)

    def show_text(self, text: str, name: str) -> None:
        """Show a text; `name` says in words what it is."""
        matrix = segno.make(text, error="m", micro=False).matrix
        self._modules = tuple(bytes(each) for each in matrix)
        self.setAccessibleName(name)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        side = (len(self._modules) + 2 * _QUIET) * _MODULE
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        # a camera needs dark on light, also where the window is dark
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        dark = QColor(Qt.GlobalColor.black)
        for row, modules in enumerate(self._modules, _QUIET):
            for at, module in enumerate(modules, _QUIET):
                if module:
                    place = QRect(at * _MODULE, row * _MODULE, _MODULE, _MODULE)
                    painter.fillRect(place, dark)
        painter.end()
