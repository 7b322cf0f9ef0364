"""Seven days of answers as bars by outcome; each has its pattern, and its number.

The same stands in words, for a screen reader, and in a table, for who asks for it.
"""

from datetime import date

from PySide6.QtCore import QEvent, QLocale, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QBrush,
    QColor,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QLabel,
    QSizePolicy,
    QTableWidgetItem,
    QWidget,
)

from wire.text import Text, day, in_lines, plural
from wizard import translation
from wizard.health.answers import Kind
from wizard.health.week import Counts, Day, Week
from wizard.ui.formatting import say, tr
from wizard.ui.theme import palette
from wizard.ui.widgets.labels import label, row
from wizard.ui.widgets.side_by_side import SideBySide
from wizard.ui.widgets.tables import ReadTable

WORDS = {
    Kind.DONE: Text("Done"),
    Kind.REFUSED: Text("Refused"),
    Kind.FAILED: Text("Failed"),
}
_INKS = {Kind.DONE: "accent", Kind.REFUSED: "warning", Kind.FAILED: "failed"}
_PATTERNS = {
    Kind.DONE: Qt.BrushStyle.SolidPattern,
    Kind.REFUSED: Qt.BrushStyle.BDiagPattern,
    Kind.FAILED: Qt.BrushStyle.DiagCrossPattern,
}
_HIGH, _WIDEST, _GAP = 84, 40, 4  # of the highest bar; of a bar; around its number
_SWATCH = 12


def _fill(painter: QPainter, area: QRectF, kind: Kind, inks: palette.Inks) -> None:
    """Fill an area with the pattern of an outcome, and edge it."""
    colour = QColor(getattr(inks, _INKS[kind]))
    painter.fillRect(area, QColor(inks.base))
    painter.fillRect(area, QBrush(colour, _PATTERNS[kind]))
    painter.setPen(colour)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))


class Swatch(QWidget):
    """The pattern of one outcome, beside its word."""

    def __init__(self, kind: Kind) -> None:
        super().__init__()
        self._kind = kind
        self.setFixedSize(_SWATCH, _SWATCH)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        inks = palette.inks(self.palette())
        _fill(painter, QRectF(self.rect()), self._kind, inks)
        painter.end()


class Bars(QWidget):
    """One bar a day, today at the end; read as one sentence a day."""

    accessible_role = QAccessible.Role.Chart

    def __init__(self) -> None:
        super().__init__()
        self._days: tuple[Day, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Answers of the last seven days by outcome"))

    def show_days(self, days: tuple[Day, ...]) -> None:
        """Draw other days."""
        if days == self._days:
            return
        self._days = days
        self.setAccessibleDescription(say(in_lines(map(day_words, days))))
        self.setToolTip(self.accessibleDescription())
        self.update()

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        return QSize(7 * _WIDEST, _HIGH + 2 * line + 3 * _GAP)

    def minimumSizeHint(self) -> QSize:
        widest = self.fontMetrics().horizontalAdvance("00") + 3 * _GAP
        return QSize(7 * widest, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.updateGeometry()
            self.update()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        most = max((each.counts.all for each in self._days), default=0)
        place = self.width() / max(1, len(self._days))
        for at, each in enumerate(self._days):
            column_ = len(self._days) - 1 - at if self.isRightToLeft() else at
            self._draw(painter, each, column_ * place, place, most)
        self._ground(painter)
        painter.end()

    def _draw(
        self, painter: QPainter, each: Day, left: float, place: float, most: int
    ) -> None:
        inks = palette.inks(self.palette())
        line, counts = self.fontMetrics().height(), each.counts
        wide = min(_WIDEST, place - 2 * _GAP)
        bottom = float(line + _GAP + _HIGH)
        for kind in Kind:
            high = _height(counts.of(kind), most)
            bottom -= high
            area = QRectF(left + (place - wide) / 2, bottom, wide, high)
            if high:
                _fill(painter, area, kind, inks)
        self._write(painter, each, QRectF(left, bottom - line - _GAP, place, line))

    def _write(self, painter: QPainter, each: Day, above: QRectF) -> None:
        """Write the number above a bar, and the day below."""
        inks, centre = palette.inks(self.palette()), Qt.AlignmentFlag.AlignCenter
        painter.setPen(QColor(inks.text if each.counts.all else inks.muted))
        painter.drawText(above, centre, say(Text("{count}", count=each.counts.all)))
        below = QRectF(above)
        below.moveTop(self.height() - above.height())
        painter.setPen(QColor(inks.muted))
        name = day_name(each.date, QLocale(translation.language()))
        painter.drawText(below, centre, name)

    def _ground(self, painter: QPainter) -> None:
        inks = palette.inks(self.palette())
        top = self.fontMetrics().height() + _GAP + _HIGH
        painter.fillRect(0, top, self.width(), 1, QColor(inks.edge))


def _height(count: int, most: int) -> float:
    """Give how high a part is; what is there at all is seen."""
    return max(3.0, _HIGH * count / most) if count else 0.0


def day_name(day_: date, locale: QLocale) -> str:
    """Name a day below its bar; of seven days each has another name."""
    return locale.dayName(day_.isoweekday(), QLocale.FormatType.ShortFormat)


def day_words(each: Day) -> Text:
    """Say one day in words."""
    counts = each.counts
    return Text(
        "{day}: {done} done, {refused} refused, {failed} failed",
        day=day(each.date),
        done=counts.done,
        refused=counts.refused,
        failed=counts.failed,
    )


class Legend(SideBySide):
    """The patterns with their words and the numbers of all seven days."""

    def __init__(self) -> None:
        labels = {kind: label(muted=True, wrap=False) for kind in Kind}
        entries = (_entry(kind, text) for kind, text in labels.items())
        super().__init__(*entries, least=0, spacing=palette.TIGHT, even=False)
        self.labels = labels

    def show_counts(self, counts: Counts) -> None:
        """Show other numbers."""
        for kind, text in self.labels.items():
            word, count = WORDS[kind], counts.of(kind)
            text.setText(tr("{kind} {count}", kind=word, count=count))


def _entry(kind: Kind, text: QLabel) -> QWidget:
    entry = QWidget()
    entry.setLayout(row(Swatch(kind), text))
    return entry


class DayTable(ReadTable):
    """The same days as numbers."""

    def __init__(self) -> None:
        titles = (tr("Day"), *(say(word) for word in WORDS.values()))
        super().__init__(titles, tr("Answers of the last seven days by outcome"))
        self.share_width((1, 1, 1, 1), whole=range(len(titles)))
        # it is as high as its days: of two bars, each would be there for the other
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_days(self, days: tuple[Day, ...]) -> None:
        """Fill it."""
        self.setRowCount(len(days))
        for at, each in enumerate(days):
            numbers = (Text("{count}", count=each.counts.of(kind)) for kind in Kind)
            for place, text in enumerate((day(each.date), *numbers)):
                self.setItem(at, place, QTableWidgetItem(say(text)))
        # all are in sight: where titles are long, on a row of its own
        wide = sum(map(self._width_of, range(self.columnCount())))
        self.setMinimumWidth(wide + 2 * self.frameWidth())
        self.fit_columns()
        header = self.horizontalHeader().sizeHint().height()
        rows = len(days) * self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(header + rows + 2 * self.frameWidth())

    def _width_of(self, at: int) -> int:
        title = self.horizontalHeader().sectionSizeHint(at)
        return max(title, self.sizeHintForColumn(at))


def week_words(week: Week) -> Text:
    """Say how many answers there were, in one line."""
    count = week.counts.all
    if not count:
        return Text("Last seven days")
    return plural(
        "{count} answer in seven days", "{count} answers in seven days", count
    )
