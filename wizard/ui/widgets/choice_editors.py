"""Editors that choose: radio buttons, cards, check boxes."""

from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QFocusEvent,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QGridLayout,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from wizard.flow.model import Field, Option
from wizard.ui.formatting import footer_letters, mnemonics, say, without_mnemonic
from wizard.ui.theme import palette
from wizard.ui.widgets.labels import column, frame, label, stack
from wizard.ui.widgets.wrapped_buttons import WrappedCheckBox, WrappedRadioButton

_SIDE_BY_SIDE = 2  # check boxes of one question in a row, where they fit


def with_help(control: QAbstractButton, help_text: str) -> QWidget:
    """Put a muted line of help under a button, in line with its text."""
    if not help_text:
        return stack(control, spacing=2)
    control.setAccessibleDescription(say(help_text))
    line = label(help_text, muted=True)
    line.setContentsMargins(palette.indent(), 0, 0, 0)
    return stack(control, line, spacing=2)


def name_button(control: QAbstractButton, text: str) -> None:
    """Give a button its text and the same as accessible name."""
    control.setText(text)
    control.setAccessibleName(without_mnemonic(text))


class Choice(QWidget):
    """One of a few options, each with its help; the question names their group."""

    accessible_role = QAccessible.Role.Grouping
    changed = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.group = QButtonGroup(self)
        self.buttons: dict[Any, QRadioButton] = {}
        self.parts = [self._option(option) for option in field.options]
        self._lay()
        # the mnemonic of the question leads to the group, and chooses nothing
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(self.focus_widget())
        self.group.buttonToggled.connect(self._toggled)

    def _lay(self) -> None:
        column(self, *self.parts)

    def _option(self, option: Option) -> QWidget:
        radio = WrappedRadioButton()
        name_button(radio, say(option.label))
        self.group.addButton(radio)
        self.buttons[option.value] = radio
        return with_help(radio, option.help)

    def _toggled(self, _button: QAbstractButton, on: bool) -> None:  # noqa: FBT001 - the signal of Qt
        self.setFocusProxy(self.focus_widget())
        if on:
            self.changed.emit()

    def value(self) -> Any:
        return next((v for v, b in self.buttons.items() if b.isChecked()), None)

    def set_value(self, value: Any) -> None:
        if value in self.buttons:
            self.buttons[value].setChecked(True)

    def focus_widget(self) -> QWidget:
        chosen = self.group.checkedButton()
        return chosen or next(iter(self.buttons.values()))


class CardRadio(WrappedRadioButton):
    """The radio button of a card, which draws the ring around the whole of itself."""

    ring_is_outside = True
    focus_turned = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_turned.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_turned.emit()


class Card(QFrame):
    """A large target: a radio button with what choosing it means."""

    def __init__(self, radio: CardRadio, text: str) -> None:
        super().__init__()
        self.radio = radio
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        radio.setFont(palette.larger(0.5, bold=True))
        radio.toggled.connect(self.update)
        radio.focus_turned.connect(self.update)
        place = QVBoxLayout(self)
        place.setContentsMargins(GAP, palette.TIGHT, GAP, palette.TIGHT)
        place.setSpacing(4)
        place.addWidget(radio)
        self.line = label(text, muted=True)
        self.line.setContentsMargins(palette.indent(), 0, 0, 0)
        place.addWidget(self.line)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self.radio.setFocus(Qt.FocusReason.MouseFocusReason)
        self.radio.setChecked(True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        chosen = self.radio.isChecked()
        ink, width = ("accent", 2) if chosen else ("edge", 1)
        frame(self, ink, width=width, focused=self.radio.hasFocus())

    def changeEvent(self, event: QEvent) -> None:
        self.update()
        super().changeEvent(event)


GAP = palette.GROUP
_MANY = 4  # more cards than this would not fit below each other


class Cards(Choice):
    """One of a few options as large cards; many stand two by two where they fit."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        options = [say(option.label) for option in field.options]
        labels = mnemonics(options, footer_letters())
        for radio, text in zip(self.buttons.values(), labels, strict=True):
            name_button(radio, text)

    def _lay(self) -> None:
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(palette.TIGHT)
        self._spread(1)

    def _spread(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for at, part in enumerate(self.parts):
            self._grid.addWidget(part, at // columns, at % columns)
        for column_ in range(2):
            self._grid.setColumnStretch(column_, 1 if column_ < columns else 0)
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        both = 2 * self._widest + palette.TIGHT
        fits = len(self.parts) > _MANY and event.size().width() >= both
        self._spread(2 if fits else 1)
        super().resizeEvent(event)

    def minimumSizeHint(self) -> QSize:
        # how high it is follows from the width
        return QSize(self._widest, self.parts[0].minimumSizeHint().height())

    @property
    def _widest(self) -> int:
        return max(part.minimumSizeHint().width() for part in self.parts)

    def _option(self, option: Option) -> QWidget:
        radio = CardRadio()
        radio.setAccessibleDescription(say(option.help))
        self.group.addButton(radio)
        self.buttons[option.value] = radio
        return Card(radio, option.help)

    def rename(self, value: str, text: str, help_text: str) -> None:
        """Word an option anew, as its meaning depends on the state."""
        radio = self.buttons[value]
        name_button(radio, text)
        radio.setAccessibleDescription(help_text)
        card = radio.parentWidget()
        assert isinstance(card, Card)
        card.line.setText(help_text)


class Several(QWidget):
    """Any of a few options; the question names their group."""

    accessible_role = QAccessible.Role.Grouping
    changed = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.boxes: dict[Any, WrappedCheckBox] = {}
        self._order: tuple[Any, ...] = ()
        for option in field.options:
            box = self.boxes[option.value] = WrappedCheckBox()
            name_button(box, say(option.label))
            box.toggled.connect(lambda _on: self.changed.emit())
        self._grid, self._columns = QGridLayout(self), 0
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(palette.FRAME)
        self._grid.setVerticalSpacing(palette.TIGHT)
        self._grid.setColumnStretch(_SIDE_BY_SIDE, 1)
        self._spread(1)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(self.focus_widget())

    def value(self) -> Any:
        """Give what is ticked, in the order that was shown: order is no change."""
        order = dict.fromkeys((*self._order, *self.boxes))
        return tuple(each for each in order if self.boxes[each].isChecked())

    def set_value(self, value: Any) -> None:
        chosen = tuple(value or ())
        self._order = tuple(each for each in chosen if each in self.boxes)
        for each, box in self.boxes.items():
            box.setChecked(each in chosen)

    def focus_widget(self) -> QWidget:
        return next(iter(self.boxes.values()))

    def _spread(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for at, box in enumerate(self.boxes.values()):
            self._grid.addWidget(box, at // columns, at % columns)
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        widest = max(box.sizeHint().width() for box in self.boxes.values())
        whole = _SIDE_BY_SIDE * (widest + palette.FRAME)
        self._spread(_SIDE_BY_SIDE if event.size().width() >= whole else 1)
        super().resizeEvent(event)


class Tick(QWidget):
    """A check box; a switch is the one that matters most, larger and framed."""

    changed = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.check_box = WrappedCheckBox()
        name_button(self.check_box, say(field.label))
        self.check_box.toggled.connect(lambda _on: self.changed.emit())
        self.setFocusProxy(self.check_box)
        place = column(self)
        self._framed = field.kind == "switch"
        if self._framed:
            self.check_box.setFont(palette.larger(1.5, bold=True))
            place.setContentsMargins(GAP, palette.TIGHT, GAP, palette.TIGHT)
        place.addWidget(with_help(self.check_box, field.help))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._framed:
            frame(self, "accent" if self.check_box.isChecked() else "line")
        super().paintEvent(event)

    def value(self) -> Any:
        return self.check_box.isChecked()

    def set_value(self, value: Any) -> None:
        self.check_box.setChecked(bool(value))
        self.update()

    def focus_widget(self) -> QWidget:
        return self.check_box
