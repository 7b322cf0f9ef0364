"""What a window has to be read as, by the widgets themselves: not by Qt's own tree."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)

from wizard.ui.formatting import without_mnemonic
from wizard.ui.widgets.disclosure import DisclosureButton
from wizard.ui.widgets.labels import Link


class Control(NamedTuple):
    """One control: how it is called, what it says of itself, and its state."""

    role: str
    name: str
    description: str
    enabled: bool
    checked: bool


def controls_of(window: QWidget) -> Iterator[Control]:
    """Give the controls that are shown, as AT-SPI names their roles."""
    for widget in window.findChildren(QWidget):
        role = _role(widget)
        if role and widget.isVisible() and not _is_part(widget):
            yield Control(
                role,
                _name(widget),
                widget.accessibleDescription() or widget.toolTip(),
                widget.isEnabled(),
                isinstance(widget, QRadioButton | QCheckBox | QPushButton)
                and widget.isChecked(),
            )


_ROLES: tuple[tuple[type[QWidget], Callable[..., str]], ...] = (
    (QRadioButton, lambda _radio: "radio button"),
    (QCheckBox, lambda _box: "check box"),
    (Link, lambda _link: "link"),
    # Qt calls a button that stays down a check box
    (QPushButton, lambda each: "check box" if each.isCheckable() else "push button"),
    (DisclosureButton, lambda _button: "push button"),
    # that a password is one is said by the number of its role, not by the role's name
    (QLineEdit, lambda _line: "text"),
    (QPlainTextEdit, lambda _text: "text"),
    (QComboBox, lambda _box: "combo box"),
    (QAbstractSpinBox, lambda _box: "spin button"),
)


def _role(widget: QWidget) -> str:
    return next((role(widget) for kind, role in _ROLES if isinstance(widget, kind)), "")


def _name(widget: QWidget) -> str:
    if isinstance(widget, QComboBox):  # its label is a relation of its own
        return widget.currentText()
    if isinstance(widget, QPushButton):
        return widget.accessibleName() or without_mnemonic(widget.text())
    return widget.accessibleName()


def _is_part(widget: QWidget) -> bool:
    """Tell what is read with the control that it is a part of."""
    parent = widget.parentWidget()
    return isinstance(parent, QAbstractSpinBox | QComboBox)
