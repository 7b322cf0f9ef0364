"""What a screen reader is shown of a window: Qt's accessible tree, and its faults."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Self

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractItemView, QAbstractSpinBox, QWidget

_ROLE = QAccessible.Role
# read with the control that they are a part of
_WHOLE = (_ROLE.Table, _ROLE.Tree, _ROLE.SpinBox, _ROLE.ComboBox)


class Node:
    """One object of the tree; `parts` are what is shown inside it, in its order."""

    def __init__(self, interface: QAccessibleInterface) -> None:
        self.role = interface.role()
        self.name = interface.text(QAccessible.Text.Name)
        self.description = interface.text(QAccessible.Text.Description)
        self.rect = interface.rect()
        state = interface.state()
        self.focusable, self.focused = bool(state.focusable), bool(state.focused)
        self.checked, self.disabled = bool(state.checked), bool(state.disabled)
        self.parts = list(_parts(interface)) if self.role not in _WHOLE else []

    @classmethod
    def of(cls, widget: QWidget) -> Self:
        interface = QAccessible.queryAccessibleInterface(widget)
        assert interface is not None
        return cls(interface)

    def __iter__(self) -> Iterator["Node"]:
        yield self
        for part in self.parts:
            yield from part

    def all(self, role: QAccessible.Role) -> list["Node"]:
        return [node for node in self if node.role is role]

    def __repr__(self) -> str:
        return f"{self.role.name} {self.name!r}"


def _parts(interface: QAccessibleInterface) -> Iterator[Node]:
    for at in range(interface.childCount()):
        part = interface.child(at)
        if part is not None and not part.state().invisible:
            yield Node(part)


def faults(root: Node) -> Iterator[str]:
    """Give what a screen reader's user would stumble over."""
    for node in root:
        if node.focusable and not node.name:
            yield f"{node} has no name"
        if node.role is _ROLE.Grouping and node.all(_ROLE.RadioButton):
            yield from _faults_of_group(node)
        if node.role is _ROLE.Heading and not node.name:
            yield "a heading says nothing"
    yield from _twice(root)


def _faults_of_group(group: Node) -> Iterator[str]:
    if not group.name:
        yield f"the group of {group.all(_ROLE.RadioButton)} has no name"
    names = Counter(radio.name for radio in group.all(_ROLE.RadioButton))
    yield from (f"{n} radios are named {name}" for name, n in names.items() if n > 1)


def _twice(root: Node) -> Iterator[str]:
    """Buttons of one name do different things, and nobody can tell which."""
    names = Counter(node.name for node in root.all(_ROLE.Button) if node.focusable)
    yield from (f"{n} buttons are named {name}" for name, n in names.items() if n > 1)


def tab_stops(window: QWidget) -> list[QWidget]:
    """Give what Tab goes to, in its order, beginning at the first of the chain."""
    return [widget for widget in _chain(window) if _is_stop(widget, window)]


def _chain(window: QWidget) -> Iterator[QWidget]:
    at = window.nextInFocusChain()
    while at is not None and at is not window:
        yield at
        at = at.nextInFocusChain()


def _is_stop(widget: QWidget, window: QWidget) -> bool:
    tabbed = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    shown = widget.isVisibleTo(window) and widget.isEnabled()
    return bool(tabbed) and shown and not _inner(widget) and not widget.focusProxy()


def _inner(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    return isinstance(parent, QAbstractSpinBox | QAbstractItemView)


def place(widget: QWidget) -> QRect:
    """Give where a widget is on its window."""
    origin = widget.mapTo(widget.window(), widget.rect().topLeft())
    return QRect(origin, widget.size())


def out_of_place(stops: list[QWidget]) -> Iterator[str]:
    """Give the steps of Tab that go up the page, or back to the left on a line."""
    for before, after in pairwise(stops):
        one, other = place(before), place(after)
        same_line = other.top() < one.bottom() and one.top() < other.bottom()
        if other.bottom() <= one.top() or (same_line and other.left() < one.left()):
            yield f"Tab goes from {_told(before)} back to {_told(after)}"


def _told(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName()!r}"
