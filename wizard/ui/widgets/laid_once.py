"""Layouts that are held while much is changed below them, and laid out once after it.

Qt lays out every layout around a part as soon as it is shown (QWidget::setVisible): a
page on which twenty parts are shown one by one is laid out twenty times.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QLayout


@contextmanager
def laid_once(*layouts: QLayout) -> Iterator[None]:
    """Lay out what is shown, hidden and put in meanwhile once, before it is painted."""
    held = [layout for layout in layouts if layout.isEnabled()]
    for layout in held:
        layout.setEnabled(False)
    try:
        yield
    finally:
        for layout in held:
            layout.setEnabled(True)
            whole = layout.parentWidget()
            if whole is not None:
                QCoreApplication.postEvent(whole, QEvent(QEvent.Type.LayoutRequest))
