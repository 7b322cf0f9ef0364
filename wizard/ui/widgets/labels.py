"""Pieces of text: headings, muted lines, long names that are never cut."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QMargins, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from wizard.ui.announce import announce
from wizard.ui.formatting import line, say, tip, to_copy, tr, without_mnemonic
from wizard.ui.theme import palette as look
from wizard.ui.theme import strokes
from wizard.ui.widgets.paragraph import Paragraph, Phrase


def label(text: str = "", *, muted: bool = False, wrap: bool = True) -> QLabel:
    """Make a line or paragraph of plain text."""
    text_label = Paragraph(say(text)) if wrap else Phrase(say(text))
    if muted:
        text_label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return text_label


class Heading(Paragraph):
    """A heading, which a screen reader can go to."""

    accessible_role = QAccessible.Role.Heading

    def __init__(self, text: str = "", *, larger: float = 0.5) -> None:
        super().__init__()
        self.setFont(look.larger(larger, bold=True))
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)


def heading(text: str, *, above: int = 0) -> Heading:
    """Make the heading of a group, with more place above it where others precede."""
    title = Heading(say(text))
    title.setContentsMargins(0, above, 0, 0)
    return title


class LiveLabel(Paragraph):
    """Text that changes by itself, and is announced when it does."""

    def __init__(self, *, muted: bool = False) -> None:
        super().__init__()
        if muted:
            self.setForegroundRole(QPalette.ColorRole.PlaceholderText)

    def setText(self, text: str) -> None:
        another = text != self.text()
        super().setText(text)
        if another and self.isVisible():
            announce(self, text)


class InkLabel(Paragraph):
    """Text in the colour of a state; it follows light and dark."""

    def __init__(self, text: str, ink: str) -> None:
        super().__init__(text)
        self._ink = ink
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        palette = QPalette(QGuiApplication.palette())
        colour = QColor(getattr(look.inks(palette), self._ink))
        palette.setColor(QPalette.ColorRole.WindowText, colour)
        self.setPalette(palette)


class LongName(QLabel):
    """A DN or fingerprint: mono, elided in the middle, whole in its tooltip."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.setFont(look.mono())
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_name(text)

    def set_name(self, text: str) -> None:
        shown = line(text)
        self.setText(shown)
        self.setToolTip(tip(shown))
        self.setAccessibleName(shown)

    def paintEvent(self, event: QPaintEvent) -> None:
        metrics = self.fontMetrics()
        if self.hasSelectedText() or metrics.horizontalAdvance(self.text()) <= (
            self.width()
        ):
            super().paintEvent(event)
            return
        shown = metrics.elidedText(
            self.text(), Qt.TextElideMode.ElideMiddle, self.width()
        )
        painter = QPainter(self)
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), shown)
        painter.end()


def fingerprint(text: str) -> QLabel:
    """Show a fingerprint whole: it is there to be compared, group by group."""
    name = label(text)
    name.setFont(look.mono())
    name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    name.setAccessibleName(text)
    return name


class CopyButton(QPushButton):
    """Copies a text and says that it did; a long one is made once it is copied."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(tr("Copy"))
        self.text_to_copy: str | Callable[[], str] = what
        self.setAccessibleName(name)
        self.setAutoDefault(False)
        self.clicked.connect(self._copy)

    def show_text(self, text: str) -> None:
        """Copy another text from now on."""
        if text != self.text_to_copy:
            self.text_to_copy = text
            self.setText(tr("Copy"))

    def _copy(self) -> None:
        what = self.text_to_copy
        text = what if isinstance(what, str) else what()
        QGuiApplication.clipboard().setText(to_copy(text))
        self.setText(tr("Copied"))
        announce(self, tr("Copied"))


class Panel(QFrame):
    """A group with a thin frame around it."""

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 12, 16, 12)
        self.column.setSpacing(look.TIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        frame(self, "line")


def frame(widget: QWidget, ink: str, *, width: int = 1, focused: bool = False) -> None:
    """Paint the rounded frame of a panel or card, and the ring where one is focused."""
    colours = look.inks(widget.palette())
    painter = QPainter(widget)
    colour, ground = getattr(colours, ink), colours.base
    area = widget.rect()
    strokes.framed(painter, area, colour, width=width, ground=ground, radius=6)
    if focused:
        inside = area.adjusted(3, 3, -3, -3)
        strokes.ring(painter, inside, colours, radius=4)
    painter.end()


def row(*widgets: QWidget, grows: int | None = None) -> QHBoxLayout:
    """Lay widgets side by side, to the left; one may take the place that is left."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(look.TIGHT)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    if grows is not None:
        layout.setStretch(grows, 100)
    return layout


def column(
    widget: QWidget, *parts: QWidget | QLayout, spacing: int = look.TIGHT
) -> QVBoxLayout:
    """Give a widget a plain column without margins, with parts in it."""
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    add(layout, *parts)
    return layout


def stack(*parts: QWidget | QLayout, spacing: int = look.TIGHT) -> QWidget:
    """Make a widget of parts, one below the other."""
    whole = QWidget()
    column(whole, *parts, spacing=spacing)
    return whole


def indented(*parts: QWidget | QLayout) -> QWidget:
    """Make a widget of parts that stand below a mark's text."""
    whole = stack(*parts)
    whole.setContentsMargins(look.indent(), 0, 0, 0)
    return whole


def add(layout: QVBoxLayout, *parts: QWidget | QLayout) -> None:
    """Put parts at the end of a column."""
    for part in parts:
        if isinstance(part, QWidget):
            layout.addWidget(part)
        else:
            layout.addLayout(part)


def empty(layout: QLayout) -> None:
    """Take all widgets out of a layout, and destroy them."""
    while (item := layout.takeAt(0)) is not None:
        if widget := item.widget():
            widget.hide()
            widget.deleteLater()


def button(
    text: str, clicked: Callable[[], Any] | None = None, name: str = ""
) -> QPushButton:
    """Make a button that never takes Enter from Next; screen readers say `name`."""
    push_button = QPushButton(text)
    push_button.setAutoDefault(False)
    push_button.setAccessibleName(name or without_mnemonic(text))
    if clicked:
        push_button.clicked.connect(clicked)
    return push_button


class Link(QPushButton):
    """Opens a page or a window; drawn and read as a link, pressed as a button."""

    accessible_role = QAccessible.Role.Link

    def __init__(self, text: str, clicked: Callable[[], Any]) -> None:
        super().__init__(text)
        self.setFlat(True)
        self.setAutoDefault(False)
        self.setAccessibleName(without_mnemonic(text))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(clicked)

    def sizeHint(self) -> QSize:
        text = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text())
        return text.grownBy(QMargins(4, 4, 4, 4))

    def paintEvent(self, _event: QPaintEvent) -> None:
        inks = look.inks(self.palette())
        painter = QPainter(self)
        font = self.font()
        font.setUnderline(True)
        painter.setFont(font)
        painter.setPen(QColor(inks.accent if self.isEnabled() else inks.muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextShowMnemonic
        painter.drawText(self.rect(), flags, self.text())
        if self.hasFocus():
            strokes.ring(painter, self.rect(), inks)
        painter.end()


def busy_bar(name: str) -> QProgressBar:
    """Make a thin bar that moves without an end, for what takes a time not known."""
    bar = QProgressBar()
    bar.setRange(0, 0)
    bar.setTextVisible(False)
    bar.setFixedHeight(6)
    bar.setAccessibleName(name)
    return bar
