"""What the portal's side knows an agent by, each line with a button to copy it."""

from PySide6.QtWidgets import QGridLayout

from wizard.results import PortalDetails
from wizard.ui.formatting import tr
from wizard.ui.widgets.labels import (
    CopyButton,
    LongName,
    Panel,
    empty,
    fingerprint,
    heading,
    label,
)


class PortalDetailsPanel(Panel):
    """Connection URL, agent, fingerprint and portal; hidden before they are known."""

    def __init__(self, title: str, note: str = "") -> None:
        super().__init__()
        self._shown: PortalDetails | None = None
        self.column.addWidget(heading(title))
        if note:
            self.column.addWidget(label(note))
        self.grid = QGridLayout()
        self.grid.setColumnStretch(1, 1)
        self.grid.setHorizontalSpacing(12)
        self.column.addLayout(self.grid)
        self.hide()

    def show_details(self, details: PortalDetails) -> None:
        """Show these, and leave out what is not known."""
        if details == self._shown:
            return
        self._shown = details
        empty(self.grid)
        lines = (
            (tr("Connection URL"), details.url),
            (tr("Agent"), details.agent),
            (tr("Fingerprint"), details.fingerprint),
            (tr("Portal"), details.issuer),
        )
        for at, (name, text) in enumerate(line for line in lines if line[1]):
            self.grid.addWidget(label(name, muted=True, wrap=False), at, 0)
            whole = text == details.fingerprint
            self.grid.addWidget(fingerprint(text) if whole else LongName(text), at, 1)
            copy = CopyButton(text, tr("Copy: {name}", name=name))
            self.grid.addWidget(copy, at, 2)
        self.show()
