"""Editors of single answers: what is typed or chosen, by kind."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from wire import enrolment_link
from wire.enrolment_code import BadCode, parse
from wire.enrolment_link import BadLink, EnrolmentLink, is_link
from wire.keys import spell_fingerprint
from wire.secret import Secret
from wizard.flow.model import Field
from wizard.ui.board.controllers_editor import Controllers
from wizard.ui.formatting import say, tr
from wizard.ui.theme import palette
from wizard.ui.trust.certificate_editor import CertificateEditor
from wizard.ui.widgets.choice_editors import Cards, Choice, Several, Tick
from wizard.ui.widgets.labels import button, column, label, row


class _Single(QWidget):
    """An editor that is one control of Qt's, with or without a button beside it.

    As every editor it has `value`, `set_value`, `focus_widget`; `changed` says that the
    answer is another.
    """

    changed = Signal()

    def __init__(self, control: QWidget, *, grows: int | None = None) -> None:
        super().__init__()
        self._control = control
        self.setFocusProxy(control)
        self.place = row(control, grows=grows)
        self.setLayout(self.place)

    def focus_widget(self) -> QWidget:
        return self._control


class Line(_Single):
    """One line of text, as wide as what it holds."""

    def __init__(self, field: Field) -> None:
        self.line = QLineEdit()
        super().__init__(self.line, grows=0)
        if field.kind in ("dn", "code"):
            self.line.setFont(palette.mono())
        advance = self.line.fontMetrics().averageCharWidth()
        self.line.setMaximumWidth(
            min(advance * field.width + 24, palette.content_width())
        )
        self.line.setMinimumWidth(min(self.line.maximumWidth(), 280))
        self.line.textEdited.connect(lambda _text: self.changed.emit())

    def value(self) -> Any:
        return self.line.text()

    def set_value(self, value: Any) -> None:
        text = "" if value is None else str(value)
        if text == self.line.text():
            return
        self.line.setText(text)
        self.line.setCursorPosition(0)


class SecretLine(Line):
    """A secret: hidden until Show is pressed; cleared once it was used."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        if field.kind == "secret":
            self.line.setEchoMode(QLineEdit.EchoMode.Password)
            self.show_it = button(tr("Show"), name=tr("Show what is typed"))
            self.show_it.setCheckable(True)
            self.show_it.toggled.connect(self._toggle)
            self.place.insertWidget(1, self.show_it)

    def value(self) -> Any:
        return Secret(self.line.text()) if self.line.text() else None

    def set_value(self, value: Any) -> None:
        text = value.reveal() if isinstance(value, Secret) else str(value or "")
        super().set_value(text)
        if not text and hasattr(self, "show_it"):
            self.show_it.setChecked(False)

    def _toggle(self, shown: bool) -> None:  # noqa: FBT001 - Qt's signal
        mode = QLineEdit.EchoMode
        self.line.setEchoMode(mode.Normal if shown else mode.Password)
        self.show_it.setText(tr("Hide") if shown else tr("Show"))


class CodeLine(QWidget):
    """An enrolment code, or a link that is taken apart as soon as it is there.

    Below it stands what the code itself proves: how its portal's fingerprint begins.
    """

    changed = Signal()
    linked = Signal(object)  # an EnrolmentLink was pasted; the code in it is kept

    def __init__(self, field: Field) -> None:
        super().__init__()
        self._typed = SecretLine(field)
        self.line = self._typed.line
        self.portal = label(muted=True)
        self.portal.hide()
        self.setFocusProxy(self.line)
        column(self, self._typed, self.portal, spacing=4)
        self._typed.changed.connect(self._edited)

    def focus_widget(self) -> QWidget:
        return self.line

    def value(self) -> Any:
        return self._typed.value()

    def set_value(self, value: Any) -> None:
        self._typed.set_value(value)
        self._tell()

    def _edited(self) -> None:
        link = _link_of(self.line.text())
        if link:
            self.line.setText(link.code.text)
        self._tell()
        self.changed.emit()
        if link:
            self.linked.emit(link)

    def _tell(self) -> None:
        half = _portal_of(self.line.text())
        text = tr(
            "The fingerprint of its portal begins with {half}. Compare the two.",
            half=half,
        )
        self.portal.setText(text if half else "")
        self.portal.setVisible(bool(half))


def _link_of(text: str) -> EnrolmentLink | None:
    try:
        return enrolment_link.read(text) if is_link(text) else None
    except (BadCode, BadLink):  # it is told beside the field, on Next
        return None


def _portal_of(text: str) -> str:
    """Give how the fingerprint of a code's portal begins; empty for no whole code."""
    try:
        return spell_fingerprint(parse(text).portal)
    except BadCode:
        return ""


class PathLine(Line):
    """The path of a file, with the platform's dialog to find it."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._title = say(field.label)
        self.browse = button(tr("Browse…"), self._open, tr("Browse for the file"))
        self.place.insertWidget(1, self.browse)

    def _open(self) -> None:
        dialog = QFileDialog(self.window(), self._title, self.line.text())
        dialog.setNameFilters([tr("Certificates (*.pem *.crt *.cer)"), tr("All (*)")])
        dialog.fileSelected.connect(self._take)
        dialog.open()

    def _take(self, path: str) -> None:
        self.line.setText(path)
        self.changed.emit()


class Number(_Single):
    """A count with its bounds."""

    def __init__(self, field: Field) -> None:
        self.spin = QSpinBox()
        super().__init__(self.spin)
        self.spin.setRange(field.minimum, field.maximum)
        self.spin.setFixedWidth(110)
        self.spin.valueChanged.connect(lambda _value: self.changed.emit())

    def value(self) -> Any:
        return self.spin.value()

    def set_value(self, value: Any) -> None:
        self.spin.setValue(int(value or 0))


class Pick(_Single):
    """One of a few names, in a drop-down."""

    def __init__(self, field: Field) -> None:
        self.combo = QComboBox()
        super().__init__(self.combo)
        for option in field.options:
            self.combo.addItem(say(option.label), option.value)
        self.combo.currentIndexChanged.connect(lambda _at: self.changed.emit())

    def value(self) -> Any:
        return self.combo.currentData()

    def set_value(self, value: Any) -> None:
        self.combo.setCurrentIndex(max(0, self.combo.findData(value)))


class Names(_Single):
    """Any number of names, one a line."""

    def __init__(self, field: Field) -> None:
        self.text = QPlainTextEdit()
        super().__init__(self.text, grows=0)
        self.text.setFont(palette.mono())
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        advance = self.text.fontMetrics().averageCharWidth()
        self.text.setMaximumWidth(
            min(advance * field.width + 24, palette.content_width())
        )
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * 4 + 16)
        self.text.textChanged.connect(self.changed.emit)

    def value(self) -> Any:
        lines = (line.strip() for line in self.text.toPlainText().splitlines())
        return tuple(line for line in lines if line)

    def set_value(self, value: Any) -> None:
        if tuple(value or ()) != self.value():
            self.text.setPlainText("\n".join(value or ()))


_MAKERS: dict[str, Callable[[Field], QWidget]] = {
    "text": Line,
    "dn": Line,
    "code": CodeLine,
    "secret": SecretLine,
    "path": PathLine,
    "certificate": CertificateEditor,
    "number": Number,
    "pick": Pick,
    "choice": Choice,
    "cards": Cards,
    "check": Tick,
    "switch": Tick,
    "controllers": Controllers,
    "names": Names,
    "several": Several,
}


def editor(field: Field) -> Any:
    """Make the editor of a field's kind."""
    return _MAKERS[field.kind](field)
