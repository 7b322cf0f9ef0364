"""Editors that choose: radio buttons, cards, check boxes."""

from typing import Any

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QFrame,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from wizard.questions import Field, Option
from wizard.ui import look
from wizard.ui.labels import column, frame, label
from wizard.ui.words import mnemonics, tr

INDENT = 24


def told(box: QAbstractButton, help_text: str) -> QWidget:
    """Put a muted line of help under a button, in line with its text."""
    whole = QWidget()
    place = column(whole, 2)
    place.addWidget(box)
    if help_text:
        box.setAccessibleDescription(tr(help_text))
        line = label(tr(help_text), muted=True)
        line.setContentsMargins(INDENT, 0, 0, 0)
        place.addWidget(line)
    return whole


def name_button(box: QAbstractButton, text: str) -> None:
    """Give a button its text and the same as accessible name."""
    box.setText(text)
    box.setAccessibleName(text.replace("&", ""))


class Choice(QWidget):
    """One of a few options, each with its help."""

    changed = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.group = QButtonGroup(self)
        self.buttons: dict[str, QRadioButton] = {}
        place = column(self)
        for option in field.options:
            place.addWidget(self._option(option))
        self.group.buttonToggled.connect(self._toggled)

    def _option(self, option: Option) -> QWidget:
        radio = QRadioButton()
        name_button(radio, tr(option.label))
        self.group.addButton(radio)
        self.buttons[option.value] = radio
        return told(radio, option.help)

    def _toggled(self, _button: QAbstractButton, on: bool) -> None:  # noqa: FBT001
        if on:
            self.changed.emit()

    def value(self) -> Any:
        return next((v for v, b in self.buttons.items() if b.isChecked()), None)

    def set_value(self, value: Any) -> None:
        if value in self.buttons:
            with QSignalBlocker(self.group):
                self.buttons[value].setChecked(True)

    def focus_widget(self) -> QWidget:
        chosen = self.group.checkedButton()
        return chosen or next(iter(self.buttons.values()))


class Card(QFrame):
    """A large target: a radio button with what choosing it means."""

    def __init__(self, radio: QRadioButton, text: str) -> None:
        super().__init__()
        self.radio = radio
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        radio.setFont(look.larger(0.5, bold=True))
        radio.toggled.connect(self.update)
        place = QVBoxLayout(self)
        place.setContentsMargins(GAP, 12, GAP, 12)
        place.setSpacing(4)
        place.addWidget(radio)
        self.line = label(text, muted=True)
        self.line.setContentsMargins(INDENT, 0, 0, 0)
        place.addWidget(self.line)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self.radio.setFocus(Qt.FocusReason.MouseFocusReason)
        self.radio.setChecked(True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        chosen = self.radio.isChecked()
        frame(self, "accent" if chosen else "line", width=2.0 if chosen else 1.0)

    def changeEvent(self, event: QEvent) -> None:
        self.update()
        super().changeEvent(event)


GAP = look.GROUP


class Cards(Choice):
    """One of a few options as large cards."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        labels = mnemonics([tr(option.label) for option in field.options], "nbch")
        for radio, text in zip(self.buttons.values(), labels, strict=True):
            name_button(radio, text)

    def _option(self, option: Option) -> QWidget:
        radio = QRadioButton()
        radio.setAccessibleDescription(tr(option.help))
        self.group.addButton(radio)
        self.buttons[option.value] = radio
        return Card(radio, tr(option.help))

    def rename(self, value: str, text: str, help_text: str) -> None:
        """Word an option anew, as its meaning depends on the state."""
        radio = self.buttons[value]
        name_button(radio, text)
        radio.setAccessibleDescription(help_text)
        card = radio.parentWidget()
        assert isinstance(card, Card)
        card.line.setText(help_text)


class Tick(QWidget):
    """A check box; a switch is the one that matters most, larger and framed."""

    changed = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.box = QCheckBox()
        name_button(self.box, tr(field.label))
        self.box.toggled.connect(lambda _on: self.changed.emit())
        self.setFocusProxy(self.box)
        place = column(self)
        self._framed = field.kind == "switch"
        if self._framed:
            self.box.setFont(look.larger(1.5, bold=True))
            place.setContentsMargins(GAP, 12, GAP, 12)
        place.addWidget(told(self.box, field.help))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._framed:
            frame(self, "accent" if self.box.isChecked() else "line")
        super().paintEvent(event)

    def value(self) -> Any:
        return self.box.isChecked()

    def set_value(self, value: Any) -> None:
        with QSignalBlocker(self.box):
            self.box.setChecked(bool(value))
        self.update()

    def focus_widget(self) -> QWidget:
        return self.box
