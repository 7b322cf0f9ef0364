"""Help beside the page: what the guide says of it."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from wire.outcomes import OUTCOMES, Code
from wire.text import listed
from wizard.flow.model import Page
from wizard.ui.formatting import say, tr
from wizard.ui.frame.guide_browser import GuideBrowser
from wizard.ui.theme import palette, strokes
from wizard.ui.widgets.labels import button, heading, label, row

WIDTH = 300  # pixels beside a page


class HelpPane(QWidget):
    """Shows the guide about the page that is shown; open or shut, whichever that is.

    Where the guide is not on this machine, it shows what the page itself says.
    """

    closed = Signal()  # the keyboard goes back to the page

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Help"))
        self._page: Page | None = None
        self._at_code = False  # it was opened at an answer's code
        self._loaded = ""  # the id of the page that the guide is open at
        self.title, self.text = heading(""), label()
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.guide = GuideBrowser()
        for part in (self.text, self.guide):
            part.installEventFilter(self)
        self.back_button = button(tr("Back"), self.guide.backward, tr("Back in help"))
        self.guide.backwardAvailable.connect(self.back_button.setVisible)
        outside = tr("Open this page of the guide in a web browser")
        self.open_button = button(
            tr("Open in browser"), self.guide.open_outside, outside
        )
        self.close_button = button(tr("Close"), self.shut, tr("Close help"))
        self._frame()
        self.back_button.hide()
        self.hide()

    def _frame(self) -> None:
        self._words = words = scrolled(self.text)
        place = QVBoxLayout(self)
        place.setContentsMargins(palette.GROUP, palette.FRAME, palette.GROUP, 12)
        place.setSpacing(12)
        place.addWidget(self.title)
        place.addWidget(words, 1)
        place.addWidget(self.guide, 1)
        place.addLayout(row(self.close_button, self.open_button, self.back_button))

    def show_page(self, page: Page) -> None:
        """Say what a page is for; it is read once help is open.

        What was opened at a code stays, as long as the same page is shown.
        """
        same = self._page is not None and self._page.id == page.id
        if same and self._at_code:
            return
        self._page, self._at_code = page, False
        self.title.setText(say(page.title))
        self.text.setText(say(page.help) or say(page.why))
        if not self.isHidden():
            self._load()

    def _load(self) -> None:
        page = self._page
        if page is None or page.id == self._loaded:
            return
        has_guide = self.guide.show_page(page.id)
        self._loaded = page.id if has_guide else ""
        self.guide.clearHistory()
        self._show_guide(there=has_guide)

    def _show_guide(self, *, there: bool) -> None:
        self.guide.setVisible(there)
        self.open_button.setVisible(there)
        self.title.setVisible(not there)
        self._words.setVisible(not there)

    def toggle(self) -> None:
        """Open it with the keyboard in it, or shut it."""
        if self.isVisible():
            self.shut()
        else:
            self.open_it()

    def open_it(self) -> None:
        """Open it at the page that is shown, with the keyboard in it."""
        self._load()
        self._open()

    def _open(self) -> None:
        self.show()
        self.raise_()
        (self.text if self.guide.isHidden() else self.guide).setFocus()

    def show_code(self, code: str) -> None:
        """Open at what the guide says of an answer's code.

        Where the guide is not on this machine, the outcome's own words are shown.
        """
        there = self.guide.show_code(code)
        if not there:
            self._tell(code)
        self._loaded, self._at_code = "", True  # another page than is shown
        self._show_guide(there=there)
        self._open()

    def _tell(self, code: str) -> None:
        self.title.setText(code)
        outcome = OUTCOMES[Code(code)]
        words = listed(filter(None, (outcome.admin, outcome.remedy)), " ")
        self.text.setText(say(words))

    def shut(self) -> None:
        """Shut it; it opens again at the page that is shown."""
        self.hide()
        if self._at_code and self._page is not None:
            self._at_code = False
            self.show_page(self._page)
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.shut()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()  # the ring is around the whole pane
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        inks = palette.inks(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(inks.base))
        side = 0 if self.isLeftToRight() else self.width() - 1
        painter.fillRect(side, 0, 1, self.height(), QColor(inks.line))
        if self.text.hasFocus() or self.guide.hasFocus():
            strokes.ring(painter, self.rect().adjusted(4, 4, -4, -4), inks)
        painter.end()


def scrolled(text: QWidget) -> QScrollArea:
    """Put a text into a place that scrolls."""
    inner = QWidget()
    words = QVBoxLayout(inner)
    words.setContentsMargins(0, 0, palette.TIGHT, 0)
    words.addWidget(text)
    words.addStretch(1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    for part in (inner, area.viewport()):  # the ground is the pane's
        part.setAutoFillBackground(False)
    return area
