"""The footer: Help at the left; Back, what goes on, and Cancel at the right."""

from typing import Literal

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from wizard.ui.formatting import tr, without_mnemonic
from wizard.ui.page import WizardPage
from wizard.ui.theme import palette
from wizard.ui.widgets.flow_layout import FlowLayout
from wizard.ui.widgets.labels import button

Name = Literal["help", "back", "next", "cancel"]


class GoOnButton(QPushButton):
    """The button that goes on; a key that is held down presses it once."""

    def __init__(self) -> None:
        super().__init__()
        self.setAutoDefault(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            event.accept()  # the page before was gone on from by the same key
        else:
            super().keyPressEvent(event)


class Footer(QWidget):
    """The window's buttons, by their names."""

    def __init__(self) -> None:
        super().__init__()
        self._tinted: tuple[int, bool] | None = None
        self._destroys = False  # what the button that goes on begins is for good
        self.buttons: dict[str, QPushButton] = {
            "help": button(tr("&Help")),
            "back": button(tr("&Back")),
            "next": GoOnButton(),
            "cancel": button(tr("&Cancel")),
        }
        place, right = QHBoxLayout(self), FlowLayout(trailing=True)
        place.setContentsMargins(palette.GROUP, 12, palette.GROUP, 12)
        place.setSpacing(palette.TIGHT)
        place.addWidget(self.buttons["help"], 0, Qt.AlignmentFlag.AlignTop)
        place.addLayout(right, 1)
        for name in ("back", "next", "cancel"):
            right.addWidget(self.buttons[name])

    def show_page(self, page: WizardPage, *, back: bool) -> None:
        """Name and enable the buttons for a page; `back`: one can go back from it."""
        go_on = self.buttons["next"]
        text = tr("&Close") if page.ends else page.next_text
        go_on.setText(text)
        go_on.setAccessibleName(without_mnemonic(text))
        go_on.setEnabled(not page.busy if page.ends else page.can_go_on)
        go_on.setDefault(True)
        self.buttons["back"].setEnabled(back)
        self.buttons["cancel"].setVisible(not page.ends)
        self.buttons["cancel"].setEnabled(page.can_stop or not page.changing_machine)
        self._destroys = page.destroys
        self._tint()

    def _tint(self) -> None:
        """Give the button that goes on its colour."""
        ground = self.palette()
        tint = ground.cacheKey(), self._destroys
        if tint != self._tinted:  # a palette that is set has the button polished anew
            self._tinted = tint
            tinted = palette.accented(ground, destroys=self._destroys)
            self.buttons["next"].setPalette(tinted)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = QColor(palette.inks(self.palette()).line)
        painter.fillRect(0, 0, self.width(), 1, line)
        painter.end()
