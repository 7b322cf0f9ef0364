"""What Enter presses: the button under it, a panel's own, or the one that goes on."""

from collections.abc import Iterator

from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QWidget,
)

from wizard.ui.page import WizardPage
from wizard.ui.widgets.enter_action import enter_action

_FIELDS = (
    QLineEdit,
    QAbstractSpinBox,
    QComboBox,
    QTextEdit,
    QPlainTextEdit,
    QAbstractItemView,
)


def is_field(widget: QWidget) -> bool:
    """Whether a widget takes an answer: text, a choice, a row."""
    if isinstance(widget, QAbstractButton):
        return widget.isCheckable() and not isinstance(widget, QPushButton)
    return isinstance(widget, _FIELDS)


def pressed_by_enter(
    page: WizardPage, here: QWidget | None, go_on: QPushButton
) -> QPushButton | None:
    """Give the button that Enter presses where the keyboard is; None for none.

    In a field of a panel it is the panel's, even while that can't be pressed; there
    and where the button that goes on changes the machine or closes, a field never
    presses that one.
    """
    if isinstance(here, QPushButton):
        return here
    if here is None or not is_field(here):
        return go_on
    for holder in _holders(here):
        act = enter_action(holder)
        if act:
            return act if act.isVisible() and act.isEnabled() else None
    rows = isinstance(here, QAbstractItemView)  # Enter opens a row, or does nothing
    return go_on if page.enter_goes_on and not rows else None


def _holders(widget: QWidget) -> Iterator[QWidget]:
    parent: QWidget | None = widget
    while parent is not None:
        yield parent
        parent = parent.parentWidget()
