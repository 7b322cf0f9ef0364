"""A field that something is searched by; its button to empty it has a name."""

from PySide6.QtWidgets import QAbstractButton, QLineEdit

from wizard.ui.formatting import tr
from wizard.ui.theme import palette


class SearchField(QLineEdit):
    """A line whose name and hint are read; Qt leaves its own button without a name."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__()
        self.setPlaceholderText(hint)
        self.setAccessibleName(name)
        self.setAccessibleDescription(hint)
        self.setClearButtonEnabled(True)
        for empty in self.findChildren(QAbstractButton):
            empty.setAccessibleName(tr("Empty the search"))

    def width_of_hint(self) -> int:
        """Give how wide it is with the whole of its hint, in pixels."""
        button = self.fontMetrics().height() + 2 * palette.TIGHT
        hint = self.fontMetrics().horizontalAdvance(self.placeholderText())
        return hint + button + 2 * palette.TIGHT
