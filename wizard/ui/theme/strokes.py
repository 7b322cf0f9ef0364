"""Lines that controls are drawn with: edges, and the ring that shows the keyboard."""

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter

from wizard.ui.theme.palette import Inks

RADIUS = 4  # of the corners of controls, in pixels
RING = 3  # how thick the ring is at most


def pen(painter: QPainter, colour: str, width: float) -> None:
    """Draw smooth lines of a colour and a width in pixels from here on."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    line = painter.pen()
    line.setColor(QColor(colour))
    line.setWidthF(width)
    painter.setPen(line)


def framed(
    painter: QPainter,
    rect: QRect,
    colour: str,
    *,
    width: int = 1,
    ground: QColor | str = "transparent",
    radius: int = RADIUS,
) -> None:
    """Draw a rounded frame inside a rectangle, with or without a ground."""
    painter.save()
    pen(painter, colour, width)
    painter.setBrush(QColor(ground))
    half = width / 2
    inner = QRectF(rect).adjusted(half, half, -half, -half)
    painter.drawRoundedRect(inner, radius, radius)
    painter.restore()


def off(inks: Inks) -> str:
    """Give the colour of the edge of what is off."""
    return inks.off if inks.line == inks.text else inks.line


def ring(
    painter: QPainter,
    rect: QRect,
    inks: Inks,
    *,
    radius: int = RADIUS,
    colour: str = "",
) -> None:
    """Draw the ring around what has the keyboard, inside a rectangle.

    A thin line of the ground parts it from what it is around. Where an edge is as
    strong as text the ring is thicker, as the edge below it was there before.
    """
    width = RING if inks.edge == inks.text else RING - 1
    framed(painter, rect, colour or inks.focus, width=width, radius=radius)
    if not colour:
        inner = rect.adjusted(width, width, -width, -width)
        framed(painter, inner, inks.base, radius=max(1, radius - width))
