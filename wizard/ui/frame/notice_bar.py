"""The bar above the footer: the outcome of a check, why Next waits, the next steps."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QPushButton, QStyle, QWidget

from wizard.ui.formatting import duration, say, tr
from wizard.ui.frame.notice import Notice
from wizard.ui.theme import palette
from wizard.ui.theme.icons import STATES, Mark, state_word
from wizard.ui.widgets.flow_layout import FlowLayout
from wizard.ui.widgets.labels import button, empty, label, row

_EDGE = 4  # pixels of the bar's own colour, at its beginning
_WORDS = 280  # pixels for the words, before the buttons go below them


class NoticeBar(QWidget):
    """Shows one notice; it takes no place while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.notice: Notice | None = None
        self.buttons: list[QPushButton] = []
        self.mark = Mark("info", "info")
        self.text, self.took = label(), label(muted=True, wrap=False)
        words, acts = QWidget(), QWidget()
        words.setLayout(row(self.mark, self.text, self.took, grows=1))
        self._acts = FlowLayout(acts)
        self._place = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._place.setContentsMargins(palette.FRAME, 8, palette.GROUP, 8)
        self._place.setSpacing(palette.TIGHT)
        self._place.addWidget(words, 1)
        self._place.addWidget(acts)
        self.hide()

    def show_notice(self, notice: Notice | None) -> None:
        """Show a notice; None hides the bar."""
        if notice == self.notice:
            return
        self.notice = notice
        self.setVisible(notice is not None)
        if notice is None:
            return
        name, ink = STATES[notice.state][0], notice.state
        self.mark.turn(name, ink)
        self.text.setText(say(notice.text))
        self.took.setText(duration(notice.took) if notice.took else "")
        self.took.setVisible(bool(notice.took))
        word = state_word(notice.state)
        self.setAccessibleName(tr("{state}: {text}", state=word, text=notice.text))
        self._offer(notice)
        self._turn()

    def _offer(self, notice: Notice) -> None:
        empty(self._acts)
        self.buttons = [button(say(a.label), a.act) for a in notice.actions]
        for each in self.buttons:
            self._acts.addWidget(each)
            each.show()  # Tab may come before the event that would show it

    def _turn(self) -> None:
        """Put the buttons below the words where both have no place side by side."""
        needed = self._acts.sizeHint().width()
        ways = QBoxLayout.Direction
        fits = needed + _WORDS <= self.width()
        self._place.setDirection(ways.LeftToRight if fits else ways.TopToBottom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    def paintEvent(self, _event: QPaintEvent) -> None:
        inks = palette.inks(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(inks.base))
        painter.fillRect(0, 0, self.width(), 1, QColor(inks.line))
        if self.notice and self.notice.state != "ok":
            ink = QColor(getattr(inks, self.notice.state))
            edge = QRect(0, 0, _EDGE, self.height())
            begins = QStyle.visualRect(self.layoutDirection(), self.rect(), edge)
            painter.fillRect(begins, ink)
        painter.end()
