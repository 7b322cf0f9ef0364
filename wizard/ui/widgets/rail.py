"""The rail at the left: the pages of this journey, done, here, ahead."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from wire.text import Text
from wizard.flow.model import Page
from wizard.ui.formatting import say, tip, tr
from wizard.ui.theme import palette
from wizard.ui.theme.icons import icon
from wizard.ui.widgets.labels import add, column, empty, label

_STATES = {
    "done": ("circle-check", "ok", Text("done")),
    "here": ("circle-dot", "accent", Text("this page")),
    "ahead": ("circle", "muted", Text("ahead")),
}


class Step(QPushButton):
    """One page on the rail; clickable only where one can go back to it."""

    def __init__(self, page: Page, state: str, index: int, total: int) -> None:
        super().__init__(say(page.rail))
        self.page_id, self.state = page.id, state
        self.setFlat(True)
        self.setAutoDefault(False)
        name = Text("{page}, {state}", page=page.rail, state=_STATES[state][2])
        spoken = tr(
            "Step {index} of {total}: {name}", index=index, total=total, name=name
        )
        self.setAccessibleName(spoken)
        self.setToolTip(tip(name))
        font = palette.larger(0, bold=state == "here")
        self.setFont(font)
        self.setMinimumHeight(34)
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        name, ink, _ = _STATES[self.state]
        self._icon = icon(name, getattr(palette.inks(self.palette()), ink))

    def paintEvent(self, _event: QPaintEvent) -> None:
        inks = palette.inks(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.state == "here" or self.hasFocus() or self._under():
            self._shape(painter, inks)
        top = (self.height() - palette.ICON) // 2
        mode = QColor(inks.text if self.state != "ahead" else inks.muted)
        self._icon.paint(painter, 12, top, palette.ICON, palette.ICON)
        painter.setPen(mode)
        area = self.rect().adjusted(38, 0, -8, 0)
        text = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, area.width()
        )
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()

    def _under(self) -> bool:
        return self.underMouse() and self.isEnabled()

    def _shape(self, painter: QPainter, inks: palette.Inks) -> None:
        inner = self.rect().adjusted(1, 1, -1, -1)
        painter.setPen(QColor(inks.accent if self.hasFocus() else inks.line))
        painter.setBrush(QColor(inks.base))
        painter.drawRoundedRect(inner, 6, 6)


class Rail(QWidget):
    """The journey at a glance."""

    chosen = Signal(str)  # the id of a page that is done, to go back to

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(palette.RAIL)
        self.setAccessibleName(tr("Pages of this journey"))
        self.steps: list[Step] = []
        name = label(tr("Writeback"))
        name.setFont(palette.larger(2, bold=True))
        name.setContentsMargins(12, 0, 0, 12)
        self._steps = QVBoxLayout()
        self._steps.setSpacing(2)
        place = column(self, name, self._steps, spacing=2)
        place.setContentsMargins(12, palette.FRAME, 12, palette.GROUP)
        place.addStretch(1)
        self._shown: tuple[tuple[str, ...], str, bool] = ((), "", False)

    def show_route(self, pages: Sequence[Page], here: str, *, back: bool) -> None:
        """Show the pages with marks; those done are clickable where one may go back."""
        shown = (tuple(page.id for page in pages), here, back)
        if shown == self._shown:
            return
        self._shown = shown
        empty(self._steps)
        ids = [page.id for page in pages]
        at = ids.index(here) if here in ids else 0
        self.steps = [
            self._step(page, index, at, len(ids)) for index, page in enumerate(pages)
        ]
        for step in self.steps:
            step.setEnabled(back and step.state == "done")
        add(self._steps, *self.steps)

    def _step(self, page: Page, index: int, at: int, total: int) -> Step:
        state = "done" if index < at else "here" if index == at else "ahead"
        step = Step(page, state, index + 1, total)
        step.clicked.connect(lambda: self.chosen.emit(page.id))
        return step

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(palette.inks(self.palette()).rail))
        painter.end()
