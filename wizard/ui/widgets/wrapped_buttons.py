"""Check boxes and radio buttons whose text goes on as many lines as it needs.

Qt's own stand on one line, which is cut where the window is narrow or the text large.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QRadioButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStyleOptionFocusRect,
    QStylePainter,
)

from wizard.ui.theme.buttons import AROUND_TEXT

_AT = Qt.AlignmentFlag
_LEADING = _AT.AlignLeading | _AT.AlignTop
_WRAP = int(Qt.TextFlag.TextWordWrap | _LEADING)
_WIDE = 10_000  # pixels, for the text on one line


def _room(button: QAbstractButton, width: int) -> int:
    """Give what the indicator leaves of a width for the text, in pixels."""
    style, kinds = button.style(), QStyle.PixelMetric
    radio = isinstance(button, QRadioButton)
    box = kinds.PM_ExclusiveIndicatorWidth if radio else kinds.PM_IndicatorWidth
    gap = kinds.PM_RadioButtonLabelSpacing if radio else kinds.PM_CheckBoxLabelSpacing
    taken = style.pixelMetric(box, None, button) + style.pixelMetric(gap, None, button)
    return width - taken - AROUND_TEXT.right()


def _let_shrink(button: QAbstractButton) -> None:
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    button.setSizePolicy(policy)


def _text_size(button: QAbstractButton, room: int) -> QSize:
    flags = _WRAP | int(Qt.TextFlag.TextShowMnemonic)
    area = QRect(0, 0, max(room, 1), _WIDE)
    return button.fontMetrics().boundingRect(area, flags, button.text()).size()


def _margin(button: QAbstractButton) -> int:
    """Give what is above and below the text together, as Qt's own have it."""
    option = QStyleOptionButton()
    button.initStyleOption(option)  # type: ignore[attr-defined]
    radio = isinstance(button, QRadioButton)
    kinds = QStyle.ContentsType
    kind = kinds.CT_RadioButton if radio else kinds.CT_CheckBox
    line = button.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, button.text())
    whole = button.style().sizeFromContents(kind, option, line, button)
    return max(0, whole.height() - line.height())


def _height(button: QAbstractButton, width: int) -> int:
    return _text_size(button, _room(button, width)).height() + _margin(button)


def _one_line(button: QAbstractButton) -> QSize:
    taken = -_room(button, 0)
    text = _text_size(button, _WIDE)
    return QSize(text.width() + taken + 1, text.height() + _margin(button))


def _least(button: QAbstractButton) -> QSize:
    """Give the size below which a word would be cut."""
    words = button.text().split() or [""]
    metrics = button.fontMetrics()
    longest = max(metrics.horizontalAdvance(word) for word in words)
    taken = -_room(button, 0)
    return QSize(longest + taken + 1, metrics.height() + _margin(button))


def _paint(button: QAbstractButton) -> None:
    option, painter = QStyleOptionButton(), QStylePainter(button)
    button.initStyleOption(option)  # type: ignore[attr-defined]
    parts, elements = QStyle.PrimitiveElement, QStyle.SubElement
    radio = isinstance(button, QRadioButton)
    whole = option.rect
    contents = (
        elements.SE_RadioButtonContents if radio else elements.SE_CheckBoxContents
    )
    text = button.style().subElementRect(contents, option, button)
    end = AROUND_TEXT.right()
    text = text.adjusted(0, _margin(button) // 2, -end, 0)
    if not button.isLeftToRight():
        text.translate(end, 0)
    box = elements.SE_RadioButtonIndicator if radio else elements.SE_CheckBoxIndicator
    mark = button.style().subElementRect(box, option, button)
    line = QRect(whole.topLeft(), QSize(whole.width(), _least(button).height()))
    mark.moveCenter(QPoint(mark.center().x(), line.center().y()))
    option.rect = mark
    part = parts.PE_IndicatorRadioButton if radio else parts.PE_IndicatorCheckBox
    painter.drawPrimitive(part, option)
    flags = _WRAP | int(Qt.TextFlag.TextShowMnemonic)
    painter.drawItemText(
        text, flags, button.palette(), button.isEnabled(), button.text()
    )
    if button.hasFocus():
        size = _text_size(button, text.width())
        place = QStyle.alignedRect(button.layoutDirection(), _LEADING, size, text)
        _ring(button, painter, place)
    painter.end()


def _ring(button: QAbstractButton, painter: QStylePainter, text: QRect) -> None:
    """Draw what shows the keyboard, as far from the text as around one line."""
    focus = QStyleOptionFocusRect()
    focus.initFrom(button)
    focus.rect = text.marginsAdded(AROUND_TEXT).intersected(button.rect())
    painter.drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, focus)


class _Wrapped:
    """What check box and radio button have in common: laid out and painted here.

    It stands before Qt's own class, whose methods it overrides. What was measured is
    kept until text or font is another: the layouts around ask again and again.
    """

    _heights: dict[int, int]
    _sizes: dict[str, QSize]

    def forget(self) -> None:
        """Measure anew from now on."""
        self._heights, self._sizes = {}, {}

    def setText(self, text: str) -> None:
        if text != self._button.text():
            self.forget()
            super().setText(text)  # type: ignore[misc]

    def changeEvent(self, event: QEvent) -> None:
        self.forget()
        super().changeEvent(event)  # type: ignore[misc]

    @property
    def _button(self) -> QAbstractButton:
        assert isinstance(self, QAbstractButton)
        return self

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = _height(self._button, width)
        return self._heights[width]

    def sizeHint(self) -> QSize:
        return self._size("hint", _one_line)

    def minimumSizeHint(self) -> QSize:
        return self._size("least", _least)

    def _size(self, name: str, measure: Callable[[QAbstractButton], QSize]) -> QSize:
        if name not in self._sizes:
            self._sizes[name] = measure(self._button)
        return self._sizes[name]

    def hitButton(self, pos: QPoint) -> bool:
        return self._button.rect().contains(pos)

    def paintEvent(self, _event: QPaintEvent) -> None:
        _paint(self._button)


class WrappedCheckBox(_Wrapped, QCheckBox):
    """A check box whose text wraps."""

    def __init__(self) -> None:
        super().__init__()
        self.forget()
        _let_shrink(self)


class WrappedRadioButton(_Wrapped, QRadioButton):
    """A radio button whose text wraps."""

    def __init__(self) -> None:
        super().__init__()
        self.forget()
        _let_shrink(self)
