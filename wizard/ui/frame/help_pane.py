"""Help beside the page: what the page is for."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from wizard.flow.model import Page
from wizard.ui.formatting import say, tr
from wizard.ui.theme import palette
from wizard.ui.widgets.labels import button, heading, label, row

WIDTH = 300  # pixels beside a page


class HelpPane(QWidget):
    """Tells of the page that is shown; it is open or shut, whichever page that is."""

    closed = Signal()  # the keyboard goes back to the page

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Help"))
        self.title, self.text = heading(""), label()
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.close_button = button(tr("Close"), self.shut, tr("Close help"))
        inner = QWidget()
        words = QVBoxLayout(inner)
        words.setContentsMargins(0, 0, palette.TIGHT, 0)
        words.addWidget(self.text)
        words.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        place = QVBoxLayout(self)
        place.setContentsMargins(palette.GROUP, palette.FRAME, palette.GROUP, 12)
        place.setSpacing(12)
        place.addWidget(self.title)
        place.addWidget(area, 1)
        place.addLayout(row(self.close_button))
        self.hide()

    def show_page(self, page: Page) -> None:
        """Tell of a page."""
        self.title.setText(say(page.title))
        self.text.setText(say(page.help))

    def toggle(self) -> None:
        """Open it with the keyboard in it, or shut it."""
        if self.isVisible():
            self.shut()
            return
        self.show()
        self.raise_()
        self.text.setFocus()

    def shut(self) -> None:
        """Shut it."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.shut()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        inks = palette.inks(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(inks.base))
        side = 0 if self.isLeftToRight() else self.width() - 1
        painter.fillRect(side, 0, 1, self.height(), QColor(inks.line))
        painter.end()
