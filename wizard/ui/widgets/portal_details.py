"""What the portal's side knows an agent by, each line with a button to copy it."""

from PySide6.QtWidgets import QGridLayout

from wizard.results import PortalDetails
from wizard.ui.formatting import tr
from wizard.ui.widgets import labels


class PortalDetailsPanel(labels.Panel):
    """Connection URL, agent, fingerprint and portal; hidden before they are known."""

    def __init__(self, title: str, note: str = "") -> None:
        super().__init__()
        self._shown: PortalDetails | None = None
        self.column.addWidget(labels.heading(title))
        if note:
            self.column.addWidget(labels.label(note))
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
        labels.empty(self.grid)
        lines = (
            (tr("Fingerprint"), details.fingerprint),
            (tr("Connection URL"), details.url),
            (tr("Agent"), details.agent),
            (tr("Portal"), details.issuer),
            (tr("Compare with your portal"), details.portal_fingerprint),
        )
        for at, (name, text) in enumerate(each for each in lines if each[1]):
            self.grid.addWidget(labels.label(name, muted=True, wrap=False), at, 0)
            whole = text in (details.fingerprint, details.portal_fingerprint)
            shown = labels.fingerprint(text) if whole else labels.LongName(text)
            self.grid.addWidget(shown, at, 1)
            copy = labels.CopyButton(text, tr("Copy: {name}", name=name))
            self.grid.addWidget(copy, at, 2)
        self.show()
