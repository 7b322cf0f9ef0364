"""Thin scroll bars: a rounded slider in a bare groove, without arrows."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QStyle,
    QStyleOption,
    QStyleOptionComplex,
    QStyleOptionSlider,
    QWidget,
)

from wizard.ui.theme import palette

EXTENT = 10  # how wide a bar is, in pixels
_LEAST = 32  # how long a slider is at least
_PART = QStyle.SubControl
_ARROWS = (_PART.SC_ScrollBarAddLine, _PART.SC_ScrollBarSubLine)


def part(option: QStyleOptionComplex, which: QStyle.SubControl) -> QRect:
    """Give where a part of a scroll bar is; the arrows are nowhere."""
    whole = QRect(option.rect)
    if which in _ARROWS or not isinstance(option, QStyleOptionSlider):
        return QRect()
    if which is _PART.SC_ScrollBarGroove:
        return whole
    upright = option.orientation is Qt.Orientation.Vertical
    groove = whole.height() if upright else whole.width()
    length = _length(option, groove)
    start = QStyle.sliderPositionFromValue(
        option.minimum,
        option.maximum,
        option.sliderPosition,
        groove - length,
        option.upsideDown,
    )
    begin, end = {
        _PART.SC_ScrollBarSlider: (start, start + length),
        _PART.SC_ScrollBarSubPage: (0, start),
        _PART.SC_ScrollBarAddPage: (start + length, groove),
    }.get(which, (0, 0))
    if upright:
        return QRect(whole.left(), whole.top() + begin, whole.width(), end - begin)
    return QRect(whole.left() + begin, whole.top(), end - begin, whole.height())


def _length(option: QStyleOptionSlider, groove: int) -> int:
    span = option.maximum - option.minimum
    shown = option.pageStep
    if span <= 0:
        return groove
    return min(groove, max(_LEAST, groove * shown // (span + shown)))


def draw(
    style: QStyle,
    option: QStyleOptionComplex,
    painter: QPainter,
    inks: palette.Inks,
    widget: QWidget | None,
) -> None:
    """Draw a scroll bar; there is nothing to draw where nothing scrolls."""
    control = QStyle.ComplexControl.CC_ScrollBar
    slider = style.subControlRect(control, option, _PART.SC_ScrollBarSlider, widget)
    enabled = bool(option.state & QStyle.StateFlag.State_Enabled)
    if not enabled or slider.size() == option.rect.size():
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(inks.edge if not _held(option) else inks.text))
    area = slider.adjusted(2, 2, -2, -2)
    painter.drawRoundedRect(area, 3, 3)
    painter.restore()


def _held(option: QStyleOption) -> bool:
    state = QStyle.StateFlag
    return bool(option.state & (state.State_Sunken | state.State_MouseOver))
