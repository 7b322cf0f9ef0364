"""How progress bars are drawn: flat, what is done in the accent on a plain ground.

Fusion tints them with the colour of chosen rows, which is all but that of the ground.
"""

import time

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionProgressBar

from wizard.ui.theme import palette, strokes

_RADIUS = 3  # of the corners, in pixels
_PART = 0.3  # of the bar, what moves where no end is known
_ROUND_S = 1.6  # from one end to the other and back


def is_busy(option: QStyleOptionProgressBar) -> bool:
    """Tell whether no end is known."""
    return option.minimum == option.maximum


def groove(
    option: QStyleOptionProgressBar, painter: QPainter, inks: palette.Inks
) -> None:
    """Draw what is still to do."""
    strokes.framed(painter, option.rect, inks.edge, ground=inks.base, radius=_RADIUS)


def contents(
    option: QStyleOptionProgressBar, painter: QPainter, inks: palette.Inks
) -> None:
    """Draw what is done, or what moves where no end is known."""
    painter.save()
    strokes.pen(painter, inks.accent, 0)
    painter.setBrush(QColor(inks.accent))
    begin, share = _moving() if is_busy(option) else (0.0, _done(option))
    wide = option.rect.width()
    part = QRect(option.rect)
    part.setLeft(option.rect.left() + round(begin * wide))
    part.setWidth(round(share * wide))
    place = QStyle.visualRect(option.direction, option.rect, part)
    if share > 0:
        painter.drawRoundedRect(QRectF(place), _RADIUS, _RADIUS)
    painter.restore()


def _done(option: QStyleOptionProgressBar) -> float:
    whole = option.maximum - option.minimum
    return (max(option.progress, option.minimum) - option.minimum) / whole


def _moving() -> tuple[float, float]:
    """Give where what moves begins now, and how much it is of the bar."""
    way = (time.monotonic() / _ROUND_S) % 1 * 2  # there and back
    return (way if way <= 1 else 2 - way) * (1 - _PART), _PART
