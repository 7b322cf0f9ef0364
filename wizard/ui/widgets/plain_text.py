"""How much place a text to be read takes: whole lines, as wide as they are."""

from math import ceil

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QPlainTextEdit


def height_of_lines(edit: QPlainTextEdit, most: int) -> int:
    """Give the height in pixels of all its lines, or of the most that are seen."""
    lines = max(1, min(edit.blockCount(), most))
    return lines * _line(edit) + _around(edit)


def size_of_text(edit: QPlainTextEdit, least: QSize, most: QSize) -> QSize:
    """Give the size in pixels of its text, within bounds in letters and lines."""
    letters = max(map(len, edit.toPlainText().splitlines()), default=0)
    letters = max(least.width(), min(letters + 1, most.width()))
    wide = ceil(letters * QFontMetricsF(edit.font()).horizontalAdvance("0"))
    bar = edit.verticalScrollBar().sizeHint().width()
    lines = max(least.height(), min(edit.blockCount(), most.height()))
    return QSize(wide + _around(edit) + bar, lines * _line(edit) + _around(edit))


def _line(edit: QPlainTextEdit) -> int:
    return ceil(QFontMetricsF(edit.font()).lineSpacing())


def _around(edit: QPlainTextEdit) -> int:
    """Give what is above and below the lines together, or at their sides.

    A line counts as seen where there is a pixel below it.
    """
    return 1 + 2 * (ceil(edit.document().documentMargin()) + edit.frameWidth())
