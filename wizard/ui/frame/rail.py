"""The rail at the side: the pages of this journey, done, here, ahead."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from wizard.flow.model import Page
from wizard.ui.formatting import say, tip, tr
from wizard.ui.frame.steps import Step, steps_of
from wizard.ui.theme import palette, strokes
from wizard.ui.theme.icons import icon
from wizard.ui.widgets.labels import column, label

_MARKS = {
    "done": ("circle-check", "ok"),
    "here": ("circle-dot", "accent"),
    "ahead": ("circle", "muted"),
}
_STEP = Qt.ItemDataRole.UserRole
_SIDE, _AFTER = 12, 8  # around the list and before a mark; after a step's text
_LOW, _AROUND = 34, 12  # a step's least height; above and below its text together
_MOST = 320  # pixels, of usual letters; a longer word is wrapped anywhere
_WRAP = int(
    Qt.TextFlag.TextWordWrap
    | Qt.AlignmentFlag.AlignVCenter
    | Qt.AlignmentFlag.AlignLeading
)

Index = QModelIndex | QPersistentModelIndex


def _size_of(step: Step, wide: int) -> QSize:
    """Measure a step in a width: on as many lines as its name needs."""
    metrics = QFontMetrics(_font(step))
    room = QRect(0, 0, wide - _before() - _AFTER, 1000)
    text = metrics.boundingRect(room, _WRAP, say(step.text))
    return QSize(wide, max(_LOW, text.height() + _AROUND))


class StepDelegate(QStyledItemDelegate):
    """Paints a step: its mark and its name; how high it is, its item holds."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        step, inks = _step_of(index), palette.inks(option.palette)
        area, state = option.rect, option.state
        direction = option.direction
        flags = QStyle.StateFlag
        focused = bool(state & flags.State_HasFocus)
        over = bool(state & flags.State_MouseOver) and step.reachable
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if step.state == "here" or focused or over:
            _shape(painter, area, inks, focused=focused)
        side = palette.icon_side()
        mark = QRect(area.x() + _SIDE, area.center().y() - side // 2, side, side)
        name, ink = _MARKS[step.state]
        icon(name, getattr(inks, ink)).paint(
            painter, QStyle.visualRect(direction, area, mark)
        )
        painter.setPen(QColor(inks.muted if step.state == "ahead" else inks.text))
        painter.setFont(_font(step))
        words = area.adjusted(_before(), 0, -_AFTER, 0)
        painter.drawText(
            QStyle.visualRect(direction, area, words), _WRAP, say(step.text)
        )
        painter.restore()


def _least() -> int:
    """Give how wide the rail is at least, in pixels."""
    return round(palette.RAIL * palette.text_scale())


def _before() -> int:
    """Give the place in pixels before a step's text: that of its mark."""
    return _SIDE + palette.icon_side() + 10


def _step_of(index: Index) -> Step:
    step = index.data(_STEP)
    assert isinstance(step, Step)
    return step


def _font(step: Step) -> QFont:
    return palette.larger(0, bold=step.state == "here")


def _shape(
    painter: QPainter, area: QRect, inks: palette.Inks, *, focused: bool
) -> None:
    inner = area.adjusted(1, 1, -1, -1)
    strokes.framed(painter, inner, inks.line, ground=inks.base, radius=6)
    if focused:
        strokes.ring(painter, inner, inks, radius=6)


class StepList(QListWidget):
    """The steps; one Tab stop, walked by arrows. Enter or a click goes back."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Pages of this journey"))
        self.setItemDelegate(StepDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setSpacing(0)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.itemClicked.connect(self._choose)

    def show_steps(self, steps: Sequence[Step]) -> None:
        while self.count() > len(steps):
            self.takeItem(self.count() - 1)
        for at, step in enumerate(steps):
            item = self.item(at) or QListWidgetItem(self)
            if item.data(_STEP) != step:
                self._show_step(item, step)
            if step.state == "here" and item is not self.currentItem():
                self.setCurrentItem(item)

    def _show_step(self, item: QListWidgetItem, step: Step) -> None:
        item.setSizeHint(_size_of(step, self.viewport().width()))
        item.setData(_STEP, step)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, say(step.spoken))
        item.setToolTip(tip(step.text))

    @property
    def heights(self) -> list[int]:
        """How high each step is, in pixels."""
        items = map(self.item, range(self.count()))
        return [item.sizeHint().height() for item in items]

    def _measure(self) -> None:
        """Measure all anew: each going on asks dozens of times."""
        wide = self.viewport().width()
        for at in range(self.count()):
            item = self.item(at)
            step = item.data(_STEP)
            if isinstance(step, Step):
                item.setSizeHint(_size_of(step, wide))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._measure()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._measure()

    def _choose(self, item: QListWidgetItem | None) -> None:
        step = item.data(_STEP) if item else None
        if isinstance(step, Step) and step.reachable:
            self.chosen.emit(step.page_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if event.key() in keys:
            self._choose(self.currentItem())  # Next is never pressed from here
        else:
            super().keyPressEvent(event)


class Rail(QWidget):
    """The journey at a glance."""

    chosen = Signal(str)  # the id of a page that is done, to go back to

    def __init__(self) -> None:
        super().__init__()
        self.steps: tuple[Step, ...] = ()
        self.name, self.list = label(tr("Writeback")), StepList()
        self.name.setFont(palette.larger(2, bold=True))
        self.name.setContentsMargins(12, 0, 0, 12)
        self.list.chosen.connect(self.chosen)
        place = column(self, self.name, self.list, spacing=2)
        place.setContentsMargins(_SIDE, palette.FRAME, _SIDE, palette.GROUP)
        place.setStretch(1, 1)
        self.setFixedWidth(_least())

    def show_route(self, pages: Sequence[Page], here: str, *, back: bool) -> None:
        """Show the pages with marks; those done can be gone back to where `back`."""
        steps = steps_of(pages, here, back=back)
        if steps == self.steps:
            return
        self.steps = steps
        self.setFixedWidth(self._wide())
        self.list.show_steps(steps)

    def _wide(self) -> int:
        """Give the width in which no word of a step is cut."""
        metrics = QFontMetrics(palette.larger(0, bold=True))
        words = [word for step in self.steps for word in say(step.text).split()]
        longest = max(map(metrics.horizontalAdvance, words), default=0)
        needed = longest + _before() + _AFTER + 2 * _SIDE + 2
        name = QFontMetrics(self.name.font()).horizontalAdvance(self.name.text())
        named = name + self.name.contentsMargins().left() + 2 * _SIDE + 2
        return min(max(_least(), needed, named), round(_MOST * palette.text_scale()))

    @property
    def needed_height(self) -> int:
        """How high it must be to show all steps."""
        rows = sum(self.list.heights)
        return rows + self.name.sizeHint().height() + palette.FRAME + palette.GROUP + 4

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self.list.viewport().update()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        inks = palette.inks(self.palette())
        painter.fillRect(self.rect(), QColor(inks.rail))
        if inks.rail == inks.window:  # nothing else parts it from the page
            edge = QRect(self.width() - 1, 0, 1, self.height())
            place = QStyle.visualRect(self.layoutDirection(), self.rect(), edge)
            painter.fillRect(place, QColor(inks.line))
        painter.end()
