"""A timeline of hops: each a bar where it began, as long as it took, with its time."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from wizard.ui.formatting import duration, tr
from wizard.ui.presenters.hops import Hop
from wizard.ui.theme import palette
from wizard.ui.widgets.labels import empty, label

_LEAST = 2.0  # px of a bar, so that the shortest is seen
_HEIGHT = 10


class Timeline(QWidget):
    """Hops below each other, along one axis of time; hidden where there are none."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(0, 5)
        self._grid.setColumnStretch(1, 4)
        self.hide()

    def show_hops(self, hops: Sequence[Hop]) -> None:
        """Show these in place of the ones before."""
        empty(self._grid)
        whole = sum(hop.ms for hop in hops)
        trailing = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        for at, hop in enumerate(hops):
            time = label(duration(hop.ms), wrap=False)
            time.setAlignment(trailing)
            self._grid.addWidget(label(hop.name), at, 0)
            self._grid.addWidget(_Bar(hop, whole), at, 1)
            self._grid.addWidget(time, at, 2)
        spoken = (tr("{hop}: {time}", hop=h.name, time=duration(h.ms)) for h in hops)
        self.setAccessibleName(tr("Timeline"))
        self.setAccessibleDescription("; ".join(spoken))
        self.setVisible(bool(hops))
        self._grid.activate()
        self.updateGeometry()


class _Bar(QWidget):
    """One hop on the axis."""

    def __init__(self, hop: Hop, whole: float) -> None:
        super().__init__()
        self._start = hop.start / whole if whole else 0.0
        self._share = hop.ms / whole if whole else 0.0
        self.setMinimumSize(80, _HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, _event: QPaintEvent) -> None:
        inks = palette.inks(self.palette())
        wide = max(_LEAST, self._share * self.width())
        left = min(self._start * self.width(), self.width() - wide)
        if self.isRightToLeft():
            left = self.width() - left - wide
        painter = QPainter(self)
        middle = self.height() // 2
        painter.fillRect(0, middle, self.width(), 1, QColor(inks.line))
        painter.fillRect(QRectF(left, 0, wide, self.height()), QColor(inks.accent))
        painter.end()
