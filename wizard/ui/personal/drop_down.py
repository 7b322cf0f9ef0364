"""A choice of a person's own: a name, a drop-down, and what came of choosing."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QComboBox, QWidget

from wizard.preferences import prefer, preferred
from wizard.ui.announce import announce
from wizard.ui.formatting import tr
from wizard.ui.widgets.labels import column, label, row


class OwnChoice(QWidget):
    """Chooses one of a few; the first, without a value, is as the system has it.

    Args:
        name: what is chosen, in words.
        preference: its name in the preferences file.
        options: their values, and how they are shown.
        chosen: is called once one is kept; gives what is said of it, in words.

    """

    def __init__(
        self,
        name: str,
        preference: str,
        options: Sequence[tuple[str, str]],
        chosen: Callable[[], str],
    ) -> None:
        super().__init__()
        self._preference, self._chosen = preference, chosen
        self.box = QComboBox()
        self.box.addItem(tr("As the system"), "")
        for value, shown in options:
            self.box.addItem(shown, value)
        self.show_preferred()
        title = label(name, wrap=False)
        title.setBuddy(self.box)
        self.box.setAccessibleName(name)
        self.note = label(muted=True)
        self.note.hide()
        column(self, row(title, self.box), self.note)
        self.box.activated.connect(self._choose)

    def show_preferred(self) -> None:
        """Show what is kept; a value that is none of these counts as the system's."""
        kept = self.box.findData(preferred(self._preference))
        self.box.setCurrentIndex(max(0, kept))

    def _choose(self, at: int) -> None:
        kept = prefer(self._preference, str(self.box.itemData(at)))
        words = self._chosen() if kept else _not_kept()
        self.note.setText(words)
        self.note.setVisible(bool(words))
        self.box.setAccessibleDescription(words)
        announce(self, words)


_not_kept = partial(tr, "This can't be kept: the file can't be written.")
