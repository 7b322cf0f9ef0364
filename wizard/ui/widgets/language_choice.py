"""The choice of the language: each by its own name, kept for the next start."""

from PySide6.QtWidgets import QComboBox, QWidget

from wizard import translation
from wizard.preferences import LANGUAGE, prefer, preferred
from wizard.ui.announce import announce
from wizard.ui.formatting import line, tr
from wizard.ui.widgets.labels import column, label, row


class LanguageChoice(QWidget):
    """Chooses among what there is; the first is the system's."""

    def __init__(self) -> None:
        super().__init__()
        self.box = QComboBox()
        self.box.addItem(tr("As the system"), "")
        for each in translation.available():
            self.box.addItem(line(each.name), each.code)
        self.box.setCurrentIndex(max(0, self.box.findData(preferred(LANGUAGE))))
        name = label(tr("Language"), wrap=False)
        name.setBuddy(self.box)
        self.box.setAccessibleName(tr("Language"))
        self.note = label(muted=True)
        column(self, row(name, self.box), self.note)
        self.box.activated.connect(self._choose)

    def _choose(self, at: int) -> None:
        kept = prefer(LANGUAGE, str(self.box.itemData(at)))
        later = tr("The wizard speaks it from its next start on.")
        said = later if kept else tr("This can't be kept: the file can't be written.")
        self.note.setText(said)
        self.box.setAccessibleDescription(said)
        announce(self, said)
