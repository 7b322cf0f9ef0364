"""How the rows and headers of tables, trees and lists are drawn."""

from PySide6.QtCore import QModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyleOption,
    QStyleOptionViewItem,
)

from wizard.ui.theme import palette, strokes

MARGIN = 6  # at the left and right of a cell's text
_BAR = 3  # how wide the bar is at the beginning of a chosen row
_STATE = QStyle.StateFlag


def ground(option: QStyleOption, painter: QPainter, inks: palette.Inks) -> None:
    """Draw the ground of a cell or row: tinted where it is chosen."""
    if option.state & _STATE.State_Selected:
        painter.fillRect(option.rect, QColor(inks.selection))


def keep_text(option: QStyleOption) -> None:
    """Keep the text of a chosen row as it is, on a ground that is as it is too.

    In a theme of Windows it is framed: its icons would not be seen on what is chosen.
    """
    colours, role = QPalette(option.palette), QPalette.ColorRole
    inks = palette.inks(colours)
    if inks.selection == inks.base:
        colours.setColor(role.HighlightedText, QColor(inks.text))
        option.palette = colours


def header(option: QStyleOption, painter: QPainter, inks: palette.Inks) -> None:
    """Draw the ground of the columns' titles: plain, with a line below."""
    painter.fillRect(option.rect, QColor(inks.base))
    below = QRect(option.rect)
    below.setTop(below.bottom())
    painter.fillRect(below, QColor(inks.line))


def marks(
    option: QStyleOption,
    painter: QPainter,
    inks: palette.Inks,
    view: QAbstractItemView,
) -> None:
    """Draw a cell's part of its row's marks: the bar of a chosen row, the ring."""
    if not isinstance(option, QStyleOptionViewItem):
        return
    index = option.index
    chosen = bool(option.state & _STATE.State_Selected)
    current = view.hasFocus() and _same_row(view, index)
    if not (chosen or current):
        return
    whole = _row(view, index)
    painter.save()
    painter.setClipRect(option.rect, Qt.ClipOperation.IntersectClip)
    if chosen:
        bar = QRect(whole.left(), whole.top(), _BAR, whole.height())
        begins = QStyle.visualRect(option.direction, whole, bar)
        painter.fillRect(begins, QColor(inks.accent))
        if inks.selection == inks.base:  # as a theme of Windows has it
            strokes.framed(painter, whole, inks.accent, radius=2)
    if current:
        strokes.ring(painter, whole, inks, radius=2)
    painter.restore()


def _same_row(view: QAbstractItemView, index: QModelIndex) -> bool:
    """Tell whether the keyboard is at a cell, or at its row where rows are chosen."""
    current = view.currentIndex()
    if view.selectionBehavior() is QAbstractItemView.SelectionBehavior.SelectRows:
        current = current.siblingAtColumn(index.column())
    return bool(current == index)


def _row(view: QAbstractItemView, index: QModelIndex) -> QRect:
    """Give where a row is in its view, or its cell where cells are chosen."""
    if view.selectionBehavior() is not QAbstractItemView.SelectionBehavior.SelectRows:
        return view.visualRect(index)
    columns = range(index.model().columnCount(index.parent()))
    cells = (view.visualRect(index.siblingAtColumn(at)) for at in columns)
    whole = QRect()
    for cell in cells:
        whole = whole.united(cell)
    return whole
