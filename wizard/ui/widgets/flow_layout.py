"""A layout that begins another row where one is full, as Qt's example of it does."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QStyle, QWidget

from wizard.ui.theme import palette


class FlowLayout(QLayout):
    """Widgets side by side at the leading or, with `trailing`, the trailing edge."""

    def __init__(
        self, parent: QWidget | None = None, *, trailing: bool = False
    ) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._trailing = trailing
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(palette.TIGHT)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def insert_widget(self, at: int, widget: QWidget) -> None:
        """Put a widget before another."""
        self.addWidget(widget)
        self._items.insert(at, self._items.pop())
        self.invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._lay(rect, move=True)

    def sizeHint(self) -> QSize:
        """Give the place of all in one row."""
        shown = self._shown()
        wide = sum(item.sizeHint().width() for item in shown)
        high = max((item.sizeHint().height() for item in shown), default=0)
        return QSize(wide + self.spacing() * max(0, len(shown) - 1), high)

    def minimumSize(self) -> QSize:
        """Give the place of the widest one alone."""
        least = [item.minimumSize() for item in self._shown()]
        wide = max((size.width() for size in least), default=0)
        return QSize(wide, max((size.height() for size in least), default=0))

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _rows(self, width: int) -> list[list[QLayoutItem]]:
        rows: list[list[QLayoutItem]] = [[]]
        left = width
        for item in self._shown():
            wide = item.sizeHint().width()
            if rows[-1] and wide > left:
                rows.append([])
                left = width
            rows[-1].append(item)
            left -= wide + self.spacing()
        return rows

    def _lay(self, rect: QRect, *, move: bool) -> int:
        """Lay all items, or only find the height in pixels that they need."""
        top, gap = rect.y(), self.spacing()
        for row in self._rows(rect.width()):
            wide = sum(item.sizeHint().width() for item in row) + gap * (len(row) - 1)
            left = rect.x() + (rect.width() - wide if self._trailing else 0)
            high = max((item.sizeHint().height() for item in row), default=0)
            for item in row:
                size = item.sizeHint()
                if move:
                    middle = top + (high - size.height()) // 2
                    place = QRect(QPoint(left, middle), size)
                    direction = self._direction()
                    item.setGeometry(QStyle.visualRect(direction, rect, place))
                left += size.width() + gap
            top += high + gap
        return max(0, top - gap - rect.y())

    def _direction(self) -> Qt.LayoutDirection:
        parent = self.parentWidget()
        return parent.layoutDirection() if parent else Qt.LayoutDirection.LeftToRight


def flow(*widgets: QWidget) -> FlowLayout:
    """Lay buttons side by side, on more rows where one has not the place."""
    layout = FlowLayout()
    for widget in widgets:
        layout.addWidget(widget)
    return layout
