"""Why people can't be reset, with their number: the most people first."""

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from wire.text import Text
from wizard.controller.permissions import Coverage
from wizard.report.plan_report import causes_of
from wizard.ui.formatting import say
from wizard.ui.widgets.labels import empty, label


class CauseCounts(QWidget):
    """A line for each cause; hidden where there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self.hide()

    def show_causes(self, coverage: Coverage | None) -> None:
        """Show those of a coverage; None clears."""
        self.show_counts(causes_of(coverage) if coverage else ())

    def show_counts(self, counts: Iterable[tuple[Text, int]]) -> None:
        """Show lines, each with its number."""
        empty(self._grid)
        lines = list(counts)
        for at, (title, count) in enumerate(lines):
            number = label(say(Text("{count}", count=count)), wrap=False)
            number.setAlignment(Qt.AlignmentFlag.AlignTrailing)
            self._grid.addWidget(number, at, 0)
            self._grid.addWidget(label(title), at, 1)
        self.setVisible(bool(lines))
