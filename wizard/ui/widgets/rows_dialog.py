"""The rows of a check in a window of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QFrame, QScrollArea, QVBoxLayout, QWidget

from wizard.ui.formatting import tr
from wizard.ui.theme import palette
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.labels import CopyButton, button, row

if TYPE_CHECKING:
    from wizard.results import Check


class RowsDialog(QDialog):
    """What came back of a check, to read and to copy."""

    def __init__(self, parent: QWidget, title: str, checks: Sequence[Check]) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.check_rows = CheckRows()
        self.check_rows.show_checks(checks)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(_at_the_top(self.check_rows))
        area.setAccessibleName(title)
        copy = CopyButton(self.check_rows.text, tr("Copy what came back"))
        close = button(tr("&Close"), self.accept)
        line = row(copy, close)
        line.insertStretch(1, 1)
        line.takeAt(line.count() - 1)
        place = QVBoxLayout(self)
        place.setContentsMargins(
            palette.FRAME, palette.FRAME, palette.FRAME, palette.GROUP
        )
        place.setSpacing(palette.GROUP)
        place.addWidget(area, 1)
        place.addLayout(line)
        self.resize(min(620, parent.window().width()), 360)


def _at_the_top(check_rows: CheckRows) -> QWidget:
    """Have rows stand at the top, close to each other, however few they are."""
    inner = QWidget()
    place = QVBoxLayout(inner)
    place.setContentsMargins(0, 0, 0, 0)
    place.addWidget(check_rows)
    place.addStretch(1)
    return inner
