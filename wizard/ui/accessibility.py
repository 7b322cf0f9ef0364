"""Roles for screen readers where Qt's own widgets have none: headings, groups, lists.

A widget of ours names its role in a class attribute `accessible_role`.
"""

from functools import cache

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget


@cache
def install() -> None:
    """Have Qt ask for the roles; once for the whole program.

    Qt asks when a screen reader first looks at a widget, so it costs nothing where
    none runs.
    """
    QAccessible.installFactory(_interface)


def _interface(_class_name: str, source: QObject) -> QAccessibleInterface | None:
    role = getattr(source, "accessible_role", None)
    if role is None or not isinstance(source, QWidget):
        return None
    return QAccessibleWidget(source, role)
