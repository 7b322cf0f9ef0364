"""Parts side by side where they fit, else one below the other."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

_WAYS = QBoxLayout.Direction


class SideBySide(QWidget):
    """Parts in a row, or in a column.

    Args:
        parts: what stands side by side.
        least: how wide each must be at least, in pixels, to stand in a row.
        spacing: between them, in pixels.
        even: they share the row evenly; else they stand at its beginning.
        shares: how the place is shared, a number for each part, where not evenly.

    """

    def __init__(
        self,
        *parts: QWidget,
        least: int,
        spacing: int,
        even: bool = True,
        shares: Sequence[int] = (),
    ) -> None:
        super().__init__()
        self._parts, self._least, self._spacing = parts, least, spacing
        self._place = QBoxLayout(_WAYS.TopToBottom, self)
        self._place.setContentsMargins(0, 0, 0, 0)
        self._place.setSpacing(spacing)
        for part, share in zip(parts, shares or [int(even)] * len(parts), strict=True):
            self._place.addWidget(part, share)
        if not even:
            self._place.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._turn(event.size().width())
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Look again whether they fit, where one of them needs another width."""
        if event.type() is QEvent.Type.LayoutRequest:
            self._turn(self.width())
        return super().event(event)

    def _turn(self, width: int) -> None:
        each = [
            max(self._least, part.minimumSizeHint().width()) for part in self._parts
        ]
        fits = sum(each) + self._spacing * (len(each) - 1) <= width
        way = _WAYS.LeftToRight if fits else _WAYS.TopToBottom
        if way != self._place.direction():
            self._place.setDirection(way)
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        widest = max(part.minimumSizeHint().width() for part in self._parts)
        return QSize(widest, super().minimumSizeHint().height())
