"""The order in which Tab goes: by place, as the layouts have it, not by creation.

Qt goes in the order in which widgets were made, which is another as soon as a part is
made later than what stands below it. Radio buttons of one group are one stop, the one
that is chosen: Qt knows that from the moment on at which one of them had the keyboard.
"""

from collections.abc import Iterator, Sequence
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QGridLayout,
    QLayout,
    QLayoutItem,
    QRadioButton,
    QScrollArea,
    QStackedWidget,
    QWidget,
)


def stops(whole: QWidget | None) -> Iterator[QWidget]:
    """Give the widgets below one where Tab stops, in the order of their places."""
    if whole is None or not whole.isVisible():
        return
    if _is_stop(whole):
        yield whole
        return
    for part in _parts(whole):
        yield from stops(part)


def following(
    places: Sequence[QWidget], here: QWidget | None, step: int
) -> QWidget | None:
    """Give the stop after one, or with -1 before it, round the end; None for none."""
    if not places:
        return None
    if here not in places:
        return places[0 if step > 0 else -1]
    return places[(places.index(here) + step) % len(places)]


def _is_stop(widget: QWidget) -> bool:
    if not widget.isEnabled() or widget.focusProxy() is not None:
        return False
    chosen = _chosen_of_group(widget)
    if chosen is not None and chosen.isEnabled():
        return widget is chosen or widget.hasFocus()
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _chosen_of_group(widget: QWidget) -> QWidget | None:
    """Give the radio button that is chosen in the group of one; None for no group."""
    group = widget.group() if isinstance(widget, QRadioButton) else None
    return group.checkedButton() if group is not None else None


def _parts(widget: QWidget) -> Iterator[QWidget | None]:
    if isinstance(widget, QStackedWidget):
        yield widget.currentWidget()
    elif isinstance(widget, QScrollArea):
        yield widget.widget()
    elif isinstance(widget, QAbstractScrollArea):
        return
    elif (layout := widget.layout()) is not None:
        yield from _of_layout(layout)
    else:
        yield from _by_geometry(widget)


def _of_layout(layout: QLayout) -> Iterator[QWidget]:
    items = [layout.itemAt(at) for at in range(layout.count())]
    if isinstance(layout, QGridLayout):
        order = sorted(range(len(items)), key=lambda at: _cell(layout, at))
        items = [items[at] for at in order]
    for item in items:
        yield from _of_item(item)


def _cell(grid: QGridLayout, at: int) -> tuple[int, int]:
    # row, column and what both span; the binding has no type for it
    row, column, *_ = cast("tuple[int, ...]", grid.getItemPosition(at))
    return row, column


def _of_item(item: QLayoutItem | None) -> Iterator[QWidget]:
    if item is None:
        return
    if (widget := item.widget()) is not None:
        yield widget
    elif (inner := item.layout()) is not None:
        yield from _of_layout(inner)


def _by_geometry(widget: QWidget) -> Iterator[QWidget]:
    children = widget.findChildren(
        QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly
    )
    side = 1 if widget.isLeftToRight() else -1
    yield from sorted(children, key=lambda each: (each.y(), side * each.x()))
