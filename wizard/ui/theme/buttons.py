"""How push buttons, check boxes and radio buttons are drawn."""

from PySide6.QtCore import QMargins, QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyleOption

from wizard.ui.theme import palette, strokes
from wizard.ui.theme.icons import draw

# of a tick box or radio button, to its ring: the widest does not touch a letter
AROUND_TEXT = QMargins(5, 3, 5, 3)
_STATE = QStyle.StateFlag
_DOWN = _STATE.State_Sunken | _STATE.State_On


def push_button(option: QStyleOption, painter: QPainter, inks: palette.Inks) -> None:
    """Draw a push button; the one that goes on is filled with its colour."""
    colour = option.palette.color(QPalette.ColorRole.Button)
    if not option.state & _STATE.State_Enabled:
        strokes.framed(painter, option.rect, strokes.off(inks), ground=inks.window)
    elif _is_filled(option, inks):
        ground = _filled(option, colour)
        strokes.framed(painter, option.rect, ground.name(), ground=ground)
    else:
        _plain(option, painter, inks)


def ring(option: QStyleOption, painter: QPainter, inks: palette.Inks) -> None:
    """Draw the ring of a button; in one that is filled, of its text's colour."""
    if _is_filled(option, inks):
        inner = option.rect.adjusted(2, 2, -2, -2)
        strokes.ring(painter, inner, inks, radius=2, colour=inks.on_accent)
    else:
        strokes.ring(painter, option.rect, inks)


def _is_filled(option: QStyleOption, inks: palette.Inks) -> bool:
    colour = option.palette.color(QPalette.ColorRole.Button).name()
    return colour in (inks.accent, inks.failed)


def _plain(option: QStyleOption, painter: QPainter, inks: palette.Inks) -> None:
    """Draw a button that is not filled: tinted under the mouse, edged when down."""
    down = bool(option.state & _DOWN)
    tinted = down or bool(option.state & _STATE.State_MouseOver)
    strokes.framed(
        painter,
        option.rect,
        inks.accent if down else inks.edge,
        width=2 if down or (tinted and inks.selection == inks.base) else 1,
        ground=inks.selection if tinted else inks.base,
    )


def _filled(option: QStyleOption, colour: QColor) -> QColor:
    """Give the ground as it is, stronger under the mouse, stronger still when down."""
    lightens = palette.is_dark(option.palette)
    if option.state & _DOWN:
        return colour.lighter(112) if lightens else colour.darker(125)
    if option.state & _STATE.State_MouseOver:
        return colour.lighter(106) if lightens else colour.darker(112)
    return colour


def tick_box(option: QStyleOption, painter: QPainter, inks: palette.Inks) -> None:
    """Draw the indicator of a check box: empty, ticked, or in part."""
    state = option.state
    partly = bool(state & _STATE.State_NoChange)
    on = partly or bool(state & _STATE.State_On)
    edge, fill = _colours(option, inks, on=on)
    area = _square(option.rect)
    painter.save()
    strokes.pen(painter, edge, 1.25)
    painter.setBrush(QColor(fill))
    painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 3, 3)
    painter.restore()
    if on:
        name = "minus" if partly else "check"
        draw(name, inks.on_accent, painter, area.adjusted(2, 2, -2, -2))


def radio(option: QStyleOption, painter: QPainter, inks: palette.Inks) -> None:
    """Draw the indicator of a radio button."""
    on = bool(option.state & _STATE.State_On)
    edge, _fill = _colours(option, inks, on=on)
    area = _square(option.rect).adjusted(1, 1, -1, -1)
    painter.save()
    strokes.pen(painter, edge, 1.25)
    painter.setBrush(QColor(inks.base))
    painter.drawEllipse(area)
    if on:
        dot = area.width() / 3.5  # from the edge to it
        painter.setBrush(QColor(edge))
        painter.drawEllipse(area.adjusted(dot, dot, -dot, -dot))
    painter.restore()


def _square(rect: QRect) -> QRectF:
    side = min(rect.width(), rect.height(), palette.icon_side())
    square = QRectF(0, 0, side, side)
    square.moveCenter(QRectF(rect).center())
    return square


def _colours(option: QStyleOption, inks: palette.Inks, *, on: bool) -> tuple[str, str]:
    """Give the edge and the fill of an indicator."""
    if not option.state & _STATE.State_Enabled:
        return strokes.off(inks), strokes.off(inks) if on else inks.window
    return (inks.accent, inks.accent) if on else (inks.edge, inks.base)
