"""The rail where a window is narrow or low: how far one is, and the steps as a menu."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from wizard.ui.formatting import say, tr
from wizard.ui.frame.steps import Step
from wizard.ui.theme import palette
from wizard.ui.widgets.labels import button


class FoldedRail(QWidget):
    """One button, "Step 4 of 12"; its menu has the steps."""

    chosen = Signal(str)  # the id of a page that is done, to go back to

    def __init__(self) -> None:
        super().__init__()
        self.button = button("")
        self.button.setFlat(True)
        self.menu = QMenu(self)
        self.button.setMenu(self.menu)
        self._steps: tuple[Step, ...] = ()
        place = QHBoxLayout(self)
        place.setContentsMargins(palette.GROUP, 4, palette.GROUP, 4)
        place.addWidget(self.button)
        place.addStretch(1)

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        """Say how far one is, and offer the pages that are done."""
        if steps == self._steps:
            return
        self._steps = steps
        self.menu.clear()
        for step in steps:
            action = self.menu.addAction(say(step.text))
            action.setEnabled(step.reachable)
            action.setCheckable(step.state == "here")
            action.setChecked(step.state == "here")
            action.triggered.connect(lambda _on, at=step: self.chosen.emit(at.page_id))
            if step.state == "here":
                index, total = step.index, step.total
                text = tr("Step {index} of {total}", index=index, total=total)
                self.button.setText(text)
                self.button.setAccessibleName(say(step.spoken))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        inks = palette.inks(self.palette())
        painter.fillRect(self.rect(), QColor(inks.rail))
        if inks.rail == inks.window:  # nothing else parts it from the page
            painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(inks.line))
        painter.end()
