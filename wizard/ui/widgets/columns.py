"""Columns that are as wide as their words, as far as there is the room."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
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
        opens: rows are opened for words that have no place, so that nothing scrolls.
        spare: those that are left out, in this order, where there is no room for all.

    """

    fitted = Signal()  # the columns have other widths, or may have

    def __init__(
        self,
        table: QTableView,
        shares: Sequence[int],
        whole: Sequence[int] = (),
        spare: Sequence[int] = (),
        *,
        opens: bool = False,
    ) -> None:
        super().__init__(table)
        self._opens = opens
        self._spare = spare
        self._titles: dict[int, int] = {}
        self.cut: frozenset[int] = frozenset()  # the columns that words are cut in
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
        header, room = self._table.horizontalHeader(), self._table.viewport().width()
        titles = [self._title(at) for at in range(header.count())]
        words = [self._table.sizeHintForColumn(at) for at in range(header.count())]
        needed = [*map(max, titles, words)]
        header.setMinimumSectionSize(min(titles))
        least = [*map(max, titles, map(min, needed, self._most(room, titles)))]
        shown = self._shown(room, least)
        shares = [self._shares[at] for at in shown]
        widths = shared(
            room, [needed[at] for at in shown], [least[at] for at in shown], shares
        )
        for at, width in zip(shown, widths, strict=True):
            header.resizeSection(at, width)
        self.cut = frozenset(
            at for at, width in zip(shown, widths, strict=True) if width < needed[at]
        )
        self.fitted.emit()

    def _most(self, room: int, titles: Sequence[int]) -> list[int]:
        """Give what is left to the words of each column before they are cut."""
        rest = [room - sum(titles) + each for each in titles]
        return [
            0
            if at not in self._whole
            else min(room // 2, rest[at])
            if self._opens
            else room // 2
            for at in range(len(titles))
        ]

    def _title(self, at: int) -> int:
        """Give the width of a column's title; Qt knows none of one that is hidden."""
        header = self._table.horizontalHeader()
        if not header.isSectionHidden(at):
            self._titles[at] = header.sectionSizeHint(at)
        return self._titles[at]

    def _shown(self, room: int, least: Sequence[int]) -> list[int]:
        """Choose the columns for which there is room; hide the others."""
        shown = [*range(len(least))]
        for at in self._spare:
            if sum(least[each] for each in shown) > room:
                shown.remove(at)
        for at in self._spare:
            self._table.setColumnHidden(at, at not in shown)
        return shown

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        resized = event.type() == QEvent.Type.Resize
        if resized and watched is self._table.viewport():
            self.fit()
        elif event.type() in (QEvent.Type.FontChange, QEvent.Type.Show):
            self.fit_later()
        return super().eventFilter(watched, event)
