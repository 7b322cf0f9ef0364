"""The button that Enter presses in the fields of a panel."""

from PySide6.QtWidgets import QPushButton, QWidget

_PROPERTY = "enterAction"


def run_on_enter(holder: QWidget, act: QPushButton) -> None:
    """Have Enter in a field within a panel press the panel's own button."""
    holder.setProperty(_PROPERTY, act)


def enter_action(holder: QWidget) -> QPushButton | None:
    """Give the button that a panel has for Enter; None where it has none."""
    act = holder.property(_PROPERTY)
    return act if isinstance(act, QPushButton) else None
