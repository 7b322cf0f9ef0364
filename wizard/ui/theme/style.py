"""Fusion, with edges, a ring for the keyboard, rows and scroll bars of our own.

Fusion derives its outlines from the window's colour; on a dark one an empty check
box is all but invisible (WCAG 1.4.11 asks for 3 to 1). It also lightens a button's
colour, so that white on the accent would fall below 4.5 to 1 (WCAG 1.4.3), and shows
where the keyboard is by a line of the accent alone, or not at all (WCAG 2.4.7, 2.4.13).
"""

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QProxyStyle,
    QPushButton,
    QStyle,
    QStyleOption,
    QStyleOptionComplex,
    QStyleOptionProgressBar,
    QWidget,
)

from wizard.ui.theme import buttons, palette, progress, rows, scroll_bars, strokes

_PART = QStyle.PrimitiveElement
_KIND = QStyle.ComplexControl
_STATE = QStyle.StateFlag
_METRIC = QStyle.PixelMetric
_AS_HIGH_AS_TEXT = (
    _METRIC.PM_IndicatorWidth,
    _METRIC.PM_IndicatorHeight,
    _METRIC.PM_ExclusiveIndicatorWidth,
    _METRIC.PM_ExclusiveIndicatorHeight,
    _METRIC.PM_SmallIconSize,
    _METRIC.PM_ButtonIconSize,
    _METRIC.PM_ListViewIconSize,
)
_METRICS = {
    _METRIC.PM_ScrollBarExtent: scroll_bars.EXTENT,
    _METRIC.PM_ScrollBarSliderMin: 32,
    _METRIC.PM_FocusFrameHMargin: rows.MARGIN,
    _METRIC.PM_HeaderMargin: rows.MARGIN,
    _METRIC.PM_CheckBoxLabelSpacing: 8,
    _METRIC.PM_RadioButtonLabelSpacing: 8,
}


_TICKED = (QStyle.ContentsType.CT_CheckBox, QStyle.ContentsType.CT_RadioButton)
_HIGH = (
    QStyle.ContentsType.CT_ItemViewItem,
    QStyle.ContentsType.CT_PushButton,
    QStyle.ContentsType.CT_LineEdit,
    QStyle.ContentsType.CT_SpinBox,
    QStyle.ContentsType.CT_ComboBox,
)
# asked for by every widget and cell: looked up once in Qt's own names
_FRAME = _METRIC.PM_DefaultFrameWidth
_ROW = _METRIC.PM_HeaderDefaultSectionSizeVertical
_ITEM = QStyle.ControlElement.CE_ItemViewItem
_HEADERS = (
    QStyle.ControlElement.CE_HeaderSection,
    QStyle.ControlElement.CE_HeaderEmptyArea,
)
_RINGED = (
    QStyle.SubElement.SE_CheckBoxFocusRect,
    QStyle.SubElement.SE_RadioButtonFocusRect,
)
_RINGED_WHEN = {
    QStyle.ControlElement.CE_PushButton: _STATE.State_HasFocus,  # a flat one too
    QStyle.ControlElement.CE_MenuItem: _STATE.State_Selected,
}
_PROGRESS = (
    QStyle.ControlElement.CE_ProgressBarGroove,
    QStyle.ControlElement.CE_ProgressBarContents,
)


class Style(QProxyStyle):
    """Fusion with visible edges and focus."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def pixelMetric(
        self,
        metric: QStyle.PixelMetric,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
    ) -> int:
        if metric in _AS_HIGH_AS_TEXT:
            return palette.icon_side()
        ours = _METRICS.get(metric)
        if ours is not None:
            return ours
        if metric is _FRAME and _scrolls(widget):
            return strokes.RING
        if metric is _ROW and widget:
            return palette.row_height(widget.fontMetrics())
        return super().pixelMetric(metric, option, widget)

    def sizeFromContents(
        self,
        kind: QStyle.ContentsType,
        option: QStyleOption,
        size: QSize,
        widget: QWidget | None = None,
    ) -> QSize:
        whole = super().sizeFromContents(kind, option, size, widget)  # type: ignore[arg-type]
        if kind in _TICKED:
            return whole.grownBy(buttons.AROUND_TEXT)
        if kind in _HIGH:
            high = palette.row_height(option.fontMetrics)
            return whole.expandedTo(QSize(0, high))
        return whole

    def subElementRect(
        self,
        element: QStyle.SubElement,
        option: QStyleOption,
        widget: QWidget | None = None,
    ) -> QRect:
        rect = super().subElementRect(element, option, widget)  # type: ignore[arg-type]
        if element in _RINGED:
            return rect.marginsAdded(buttons.AROUND_TEXT)
        if element is QStyle.SubElement.SE_LineEditContents:
            return rect.adjusted(3, 0, -3, 0)
        return rect

    def drawPrimitive(
        self,
        element: QStyle.PrimitiveElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        inks = palette.inks(option.palette)
        if element in (_PART.PE_IndicatorCheckBox, _PART.PE_IndicatorItemViewItemCheck):
            buttons.tick_box(option, painter, inks)
        elif element is _PART.PE_IndicatorRadioButton:
            buttons.radio(option, painter, inks)
        elif element is _PART.PE_PanelButtonCommand:
            buttons.push_button(option, painter, inks)
        elif element is _PART.PE_FrameLineEdit:
            _edge(option, painter, inks)
        elif element is _PART.PE_FrameFocusRect:
            _focus(option, painter, inks, widget)
        elif element in (_PART.PE_PanelItemViewItem, _PART.PE_PanelItemViewRow):
            rows.ground(option, painter, inks)
        else:
            super().drawPrimitive(element, option, painter, widget)
            if element is _PART.PE_Frame:
                _edge(option, painter, inks, ground=inks.base)

    def drawControl(
        self,
        element: QStyle.ControlElement,
        option: QStyleOption,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        if element in _HEADERS:
            rows.header(option, painter, palette.inks(option.palette))
            return
        if isinstance(option, QStyleOptionProgressBar) and element in _PROGRESS:
            self._draw_progress(element, option, painter)
            return
        if element is _ITEM:
            rows.keep_text(option)
        super().drawControl(element, option, painter, widget)
        if element is _ITEM and isinstance(widget, QAbstractItemView):
            rows.marks(option, painter, palette.inks(option.palette), widget)
        elif element in _RINGED_WHEN and option.state & _RINGED_WHEN[element]:
            buttons.ring(option, painter, palette.inks(option.palette))

    def _draw_progress(
        self,
        element: QStyle.ControlElement,
        option: QStyleOptionProgressBar,
        painter: QPainter,
    ) -> None:
        inks = palette.inks(option.palette)
        if element is QStyle.ControlElement.CE_ProgressBarContents:
            if progress.is_busy(option):  # Fusion's own, below ours, has it move
                super().drawControl(element, option, painter)
                progress.groove(option, painter, inks)
            progress.contents(option, painter, inks)
        else:
            progress.groove(option, painter, inks)

    def drawComplexControl(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        painter: QPainter,
        widget: QWidget | None = None,
    ) -> None:
        inks = palette.inks(option.palette)
        if control is _KIND.CC_ScrollBar:
            scroll_bars.draw(self, option, painter, inks, widget)
            return
        super().drawComplexControl(control, option, painter, widget)
        if control in (_KIND.CC_SpinBox, _KIND.CC_ComboBox):
            _edge(option, painter, inks)

    def subControlRect(
        self,
        control: QStyle.ComplexControl,
        option: QStyleOptionComplex,
        part: QStyle.SubControl,
        widget: QWidget | None = None,
    ) -> QRect:
        if control is _KIND.CC_ScrollBar:
            return scroll_bars.part(option, part)
        return super().subControlRect(control, option, part, widget)  # type: ignore[arg-type]


def _edge(
    option: QStyleOption,
    painter: QPainter,
    inks: palette.Inks,
    *,
    ground: str = "transparent",
) -> None:
    """Draw the edge of a field or list, and the ring where the keyboard is in it."""
    enabled = option.state & _STATE.State_Enabled
    edge = inks.edge if enabled else strokes.off(inks)
    strokes.framed(painter, option.rect, edge, ground=ground)
    if option.state & _STATE.State_HasFocus:
        strokes.ring(painter, option.rect, inks)


def _focus(
    option: QStyleOption,
    painter: QPainter,
    inks: palette.Inks,
    widget: QWidget | None,
) -> None:
    """Draw the ring around a check box's or radio button's text, or a tab.

    A button has it around the whole of it, a view around its row, and a card draws the
    one of its radio button.
    """
    elsewhere = isinstance(widget, QPushButton | QAbstractItemView)
    if not elsewhere and not getattr(widget, "ring_is_outside", False):
        strokes.ring(painter, option.rect, inks)


def _scrolls(widget: QWidget | None) -> bool:
    """Tell what has place for the ring in its frame: lists, tables, texts."""
    return isinstance(widget, QAbstractScrollArea)
