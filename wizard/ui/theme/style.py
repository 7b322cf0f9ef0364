"""Fusion, with the edges of fields and boxes where they can be seen.

Fusion derives its outlines from the window's colour; on a dark one an empty check
box is all but invisible (WCAG 1.4.11 asks for 3 to 1). It also lightens a button's
colour, so that white on the accent would fall below 4.5 to 1 (WCAG 1.4.3).
"""

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QProxyStyle, QStyle, QStyleOption, QWidget

from wizard.ui.theme import palette
from wizard.ui.theme.icons import draw

_PART = QStyle.PrimitiveElement
_STATE = QStyle.StateFlag
_SIDE = 16


class Style(QProxyStyle):
    """Fusion with visible edges."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        kinds = QStyle.PixelMetric
        if metric in (
            kinds.PM_IndicatorWidth,
            kinds.PM_IndicatorHeight,
            kinds.PM_ExclusiveIndicatorWidth,
            kinds.PM_ExclusiveIndicatorHeight,
        ):
            return _SIDE
        return super().pixelMetric(metric, option, widget)

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        inks = palette.inks(option.palette)
        if element in (_PART.PE_IndicatorCheckBox, _PART.PE_IndicatorItemViewItemCheck):
            _tick_box(option, painter, inks)
        elif element == _PART.PE_IndicatorRadioButton:
            _radio(option, painter, inks)
        elif element == _PART.PE_PanelButtonCommand and _is_filled(option, inks):
            _filled(option, painter, inks)
        elif element == _PART.PE_FrameLineEdit:
            _edge(option, painter, inks)
        else:
            super().drawPrimitive(element, option, painter, widget)
            if element == _PART.PE_Frame:
                _edge(option, painter, inks)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        super().drawComplexControl(control, option, painter, widget)  # type: ignore[arg-type]
        kinds = QStyle.ComplexControl
        if control in (kinds.CC_SpinBox, kinds.CC_ComboBox):
            _edge(option, painter, palette.inks(option.palette))


def pen(painter: QPainter, colour: str, width: float) -> None:
    """Draw smooth lines of a colour and a width in pixels from here on."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    line = painter.pen()
    line.setColor(QColor(colour))
    line.setWidthF(width)
    painter.setPen(line)


def _framed(
    option: QStyleOption, painter: QPainter, colours: tuple[str, str], ground: QColor
) -> None:
    """Draw a rounded frame, in one colour or, with the keyboard in it, another."""
    focused = bool(option.state & _STATE.State_HasFocus)
    painter.save()
    pen(painter, colours[focused], 1.5 if focused else 1.0)
    painter.setBrush(ground)
    inner = QRectF(option.rect).adjusted(0.75, 0.75, -0.75, -0.75)
    painter.drawRoundedRect(inner, 3, 3)
    painter.restore()


def _edge(option: QStyleOption, painter: QPainter, inks: palette.Inks) -> None:
    _framed(option, painter, (inks.edge, inks.accent), QColor(0, 0, 0, 0))


def _is_filled(option: QStyleOption, inks: palette.Inks) -> bool:
    colour = option.palette.color(QPalette.ColorRole.Button).name()
    return colour in (inks.accent, inks.failed)


def _filled(option: QStyleOption, painter: QPainter, inks: palette.Inks) -> None:
    """Draw the button that goes on: its colour as it is, darker under the mouse."""
    colour = option.palette.color(QPalette.ColorRole.Button)
    light = inks is palette.LIGHT
    if option.state & _STATE.State_Sunken:
        colour = colour.darker(125) if light else colour.lighter(112)
    elif option.state & _STATE.State_MouseOver:
        colour = colour.darker(112) if light else colour.lighter(106)
    _framed(option, painter, (colour.name(), inks.text), colour)


def _square(rect: QRect) -> QRectF:
    side = min(rect.width(), rect.height(), _SIDE)
    square = QRectF(0, 0, side, side)
    square.moveCenter(QRectF(rect).center())
    return square


def _colours(option: QStyleOption, inks: palette.Inks, *, on: bool) -> tuple[str, str]:
    """Give the edge and the fill of an indicator."""
    if not option.state & _STATE.State_Enabled:
        return inks.line, inks.line if on else inks.window
    return (inks.accent, inks.accent) if on else (inks.edge, inks.base)


def _tick_box(option: QStyleOption, painter: QPainter, inks: palette.Inks) -> None:
    state = option.state
    partly = bool(state & _STATE.State_NoChange)
    on = partly or bool(state & _STATE.State_On)
    edge, fill = _colours(option, inks, on=on)
    area = _square(option.rect)
    painter.save()
    pen(painter, edge, 1.25)
    painter.setBrush(QColor(fill))
    painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 3, 3)
    painter.restore()
    if on:
        name = "minus" if partly else "check"
        draw(name, inks.on_accent, painter, area.adjusted(2, 2, -2, -2))


def _radio(option: QStyleOption, painter: QPainter, inks: palette.Inks) -> None:
    on = bool(option.state & _STATE.State_On)
    edge, _fill = _colours(option, inks, on=on)
    area = _square(option.rect).adjusted(1, 1, -1, -1)
    painter.save()
    pen(painter, edge, 1.25)
    painter.setBrush(QColor(inks.base))
    painter.drawEllipse(area)
    if on:
        painter.setBrush(QColor(edge))
        painter.drawEllipse(area.adjusted(4, 4, -4, -4))
    painter.restore()
