"""A text to read, copy and save: the settings file, the command line."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QPlainTextEdit, QVBoxLayout, QWidget

from wire.system_reason import system_reason
from wizard.ui.formatting import say, to_copy, tr
from wizard.ui.theme import palette
from wizard.ui.widgets.labels import CopyButton, button, column, label, row
from wizard.ui.widgets.plain_text import size_of_text

_LEAST, _MOST = QSize(64, 3), QSize(100, 24)  # letters and lines of a dialog


class TextView(QWidget):
    """Read-only text in mono with Copy and Save as."""

    def __init__(self, text: str, name: str, file_name: str) -> None:
        super().__init__()
        self._file_name = file_name
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setFont(palette.mono())
        self.text.setAccessibleName(name)
        self.text.setTabChangesFocus(True)
        # commands, JSON, YAML: each line begins at the left, and is seen from there
        self.text.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.copy = CopyButton(text, name)
        self.state = label(muted=True)
        place = column(self)
        place.addWidget(self.text, 1)
        buttons = row(self.copy)
        if file_name:
            save = button(tr("Save as…"), self._ask, tr("Save as a file"))
            buttons.insertWidget(1, save)
        buttons.insertWidget(2, self.state)
        place.addLayout(buttons)

    def show_text(self, text: str) -> None:
        self.text.setPlainText(text)
        self.copy.text_to_copy = text

    def _ask(self) -> None:
        dialog = QFileDialog(self.window(), tr("Save as"), self._file_name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(self._file_name).suffix)
        dialog.fileSelected.connect(self.save)
        dialog.open()

    def save(self, path: str) -> None:
        """Write the text to a file, and say where it is or why not."""
        try:
            text = to_copy(self.text.toPlainText())
            Path(path).write_text(text, encoding="utf-8")
        except OSError as error:
            reason = say(system_reason(error))
            self.state.setText(tr("Not saved: {reason}.", reason=reason))
        else:
            self.state.setText(tr("Saved as {path}", path=path))


class TextDialog(QDialog):
    """A TextView in a window of its own."""

    def __init__(
        self, parent: QWidget, title: str, note: str, text: str, file_name: str = ""
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        place = QVBoxLayout(self)
        place.setContentsMargins(
            palette.FRAME, palette.FRAME, palette.FRAME, palette.GROUP
        )
        place.setSpacing(palette.GROUP)
        place.addWidget(label(note, muted=True))
        self.view = TextView(text, title, file_name)
        place.addWidget(self.view, 1)
        close = button(tr("&Close"), self.accept)
        line = row(close)
        line.insertStretch(0, 1)
        line.takeAt(line.count() - 1)
        place.addLayout(line)
        self._fit()

    def _fit(self) -> None:
        """Be as large as the text is, within what can be read and the screen has."""
        edit = self.view.text
        wanted = size_of_text(edit, _LEAST, _MOST)
        around = self.sizeHint() - edit.sizeHint()
        room = self.screen().availableGeometry().size() * 0.9
        self.resize((wanted + around).boundedTo(room))
