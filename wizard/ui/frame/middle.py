"""The middle of the window: the page, with help beside it or, where narrow, over it."""

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStyle, QWidget

from wizard.ui.frame.help_pane import WIDTH, HelpPane
from wizard.ui.frame.pages import PageStack

_PAGE = 480  # pixels that a page keeps beside help


class Middle(QWidget):
    """Shares its place between the pages and help."""

    turned = Signal()  # help was opened or shut

    def __init__(self, pages: PageStack, help_pane: HelpPane) -> None:
        super().__init__()
        self.pages, self.help_pane = pages, help_pane
        pages.setParent(self)
        help_pane.setParent(self)
        help_pane.installEventFilter(self)

    @property
    def needed_width(self) -> int:
        """How many pixels all that is open takes side by side."""
        return 0 if self.help_pane.isHidden() else _PAGE + WIDTH

    @property
    def covered(self) -> bool:
        """Whether help stands over the page, which has no place beside it."""
        return self.width() < self.needed_width

    def sizeHint(self) -> QSize:
        return self.pages.sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._share()
            self.turned.emit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        wide, high = self.width(), self.height()
        beside = 0
        if not self.help_pane.isHidden():
            beside = wide if self.covered else WIDTH
        page = wide if self.covered else wide - beside
        self._put(self.pages, QRect(0, 0, page, high))
        self._put(self.help_pane, QRect(wide - beside, 0, beside, high))

    def _put(self, widget: QWidget, place: QRect) -> None:
        direction = self.layoutDirection()
        widget.setGeometry(QStyle.visualRect(direction, self.rect(), place))
