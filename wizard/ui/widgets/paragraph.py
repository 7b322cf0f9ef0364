"""Plain text that wraps, within long names too: a DN or a path has no space in it."""

import re
from collections.abc import Sequence
from math import ceil
from typing import Any

from PySide6.QtCore import QEvent, QMargins, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QLabel, QMenu

from wizard.ui.formatting import to_copy, tr

_BREAK = "\u200b"  # zero width space: a line may end here (UAX #14, ZW)
_LONG = re.compile(r"\S{16,}")  # a word this long may be wider than its place
_AFTER = re.compile(r"([,/\\@.])(?=\S)")
_WORDS = re.compile(rf"[\s{_BREAK}]+")


class Paragraph(QLabel):
    """A label whose long names may be broken; it gives and copies them as they are."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._heights: dict[int, int] = {}
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setText(text)

    def setText(self, text: str) -> None:
        self._heights.clear()
        super().setText(
            _LONG.sub(lambda word: _AFTER.sub(rf"\1{_BREAK}", word[0]), text)
        )

    def heightForWidth(self, width: int) -> int:
        # a layout asks for all its width, and gives no more than the maximum
        width = min(width, self.maximumWidth())
        high = self._heights.get(width)
        if high is None:  # the layouts around it ask for the same again and again
            high = self._heights[width] = super().heightForWidth(width)
        return high

    def changeEvent(self, event: QEvent) -> None:
        self._heights.clear()  # the font may be another
        super().changeEvent(event)

    def setContentsMargins(self, *margins: Any) -> None:
        self._heights.clear()
        super().setContentsMargins(*margins)

    def text(self) -> str:
        return super().text().replace(_BREAK, "")

    def selectedText(self) -> str:
        return to_copy(super().selectedText().replace(_BREAK, ""))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.hasSelectedText():
            self._copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse:
            menu = QMenu(self)
            copy = menu.addAction(tr("&Copy"), self._copy)
            copy.setEnabled(self.hasSelectedText())
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())
        else:
            super().contextMenuEvent(event)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.selectedText())


class Phrase(Paragraph):
    """As wide as its words on one line; narrower where it must, and higher then.

    Qt's label that wraps would like to be about as wide as it is high, so that a
    title beside other words breaks for no reason.
    """

    def sizeHint(self) -> QSize:
        lines = QLabel.text(self).split("\n")
        high = self.fontMetrics().height() * len(lines)
        return QSize(self._wide(lines), high).grownBy(self._around())

    def minimumSizeHint(self) -> QSize:
        wide = self._wide(_WORDS.split(QLabel.text(self)))
        return QSize(wide, self.fontMetrics().height()).grownBy(self._around())

    def _wide(self, parts: Sequence[str]) -> int:
        # a line is laid out in parts of pixels: what is cut off them breaks it
        metrics = QFontMetricsF(self.font())
        return ceil(max(map(metrics.horizontalAdvance, parts))) + 1

    def _around(self) -> QMargins:
        margin = self.margin()
        return self.contentsMargins() + QMargins(margin, margin, margin, margin)
