"""Columns that are as wide as their words, as far as there is the room."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QHeaderView, QTableView


def fit_titles(header: QHeaderView) -> None:
    """Widen each column to its title; one that stretches stays as wide at least.

    What has no place then scrolls sideways.
    """
    needed = [header.sectionSizeHint(at) for at in range(header.count())]
    stretches = [
        needed[at]
        for at in range(header.count())
        if header.sectionResizeMode(at) is QHeaderView.ResizeMode.Stretch
    ]
    # first: what stretches is laid anew with each other section
    header.setMinimumSectionSize(max([header.minimumSectionSize(), *stretches]))
    for at, width in enumerate(needed):
        header.resizeSection(at, max(width, header.sectionSize(at)))


def shared(
    room: int, needed: Sequence[int], least: Sequence[int], shares: Sequence[int]
) -> list[int]:
    """Share the room among columns; all in pixels.

    Where there is more than is needed, each takes its share of the rest. Where there is
    less, the widest are cut to one width, none below its least: those scroll sideways.
    """
    rest = room - sum(needed)
    if rest >= 0:
        widths = [
            n + rest * s // sum(shares) for n, s in zip(needed, shares, strict=True)
        ]
    else:
        widths = _cut(room, needed, least)
    spare = room - sum(widths)
    if spare > 0:  # what was lost by rounding
        widths[-1] += spare
    return widths


def _cut(room: int, needed: Sequence[int], least: Sequence[int]) -> list[int]:
    def widths(most: int) -> list[int]:
        return [max(min(n, most), low) for n, low in zip(needed, least, strict=True)]

    low, high = 0, max(needed)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(widths(middle)) <= room:
            low = middle
        else:
            high = middle - 1
    return widths(low)


class ColumnFit(QObject):
    """Keeps a table's columns as wide as what is in them, whatever becomes of both.

    Args:
        table: its rows that are seen are measured.
        shares: of what is left, by column.
        whole: the columns whose words are cut last, where they would take half of it.

    """

    def __init__(
        self, table: QTableView, shares: Sequence[int], whole: Sequence[int] = ()
    ) -> None:
        super().__init__(table)
        self._table, self._shares, self._whole = table, shares, whole
        header = table.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setResizeContentsPrecision(0)  # of thousands of rows those that are seen
        self._later = QTimer(self)  # once for all that changes in one event
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.fit)
        table.viewport().installEventFilter(self)
        table.installEventFilter(self)

    def fit_later(self) -> None:
        """Fit once what changes now has changed."""
        self._later.start()

    def fit(self) -> None:
        """Take the widths that the words need, once the table is seen.

        Of a table that is not, Qt measures every row there is.
        """
        if not self._table.isVisible():
            return
        table, header = self._table, self._table.horizontalHeader()
        places = range(header.count())
        titles = [header.sectionSizeHint(at) for at in places]
        needed = [max(titles[at], table.sizeHintForColumn(at)) for at in places]
        header.setMinimumSectionSize(min(titles))
        room = table.viewport().width()
        least = [
            max(titles[at], min(needed[at], room // 2 if at in self._whole else 0))
            for at in places
        ]
        for at, width in enumerate(shared(room, needed, least, self._shares)):
            header.resizeSection(at, width)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        resized = event.type() == QEvent.Type.Resize
        if resized and watched is self._table.viewport():
            self.fit()
        elif event.type() in (QEvent.Type.FontChange, QEvent.Type.Show):
            self.fit_later()
        return super().eventFilter(watched, event)
