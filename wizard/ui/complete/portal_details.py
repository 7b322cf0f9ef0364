"""What the portal's side knows an agent by, and what it is compared with.

Each line has a button to copy it.
"""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from wizard.results import PortalDetails
from wizard.ui.formatting import tr
from wizard.ui.widgets import labels

_Line = tuple[str, str]
_WHOLE = 79  # characters of a SHA-256 digest, in groups of four


class CopyLines(labels.Panel):
    """Names and values under a heading; hidden before there are any."""

    def __init__(self, title: str, note: str = "") -> None:
        super().__init__()
        self._shown: Sequence[_Line] = ()
        self.column.addWidget(labels.heading(title))
        if note:
            self.column.addWidget(labels.label(note))
        # in a part of their own: what is made later is read later, wherever it stands
        rows = QWidget()
        self.grid = QGridLayout(rows)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setColumnStretch(1, 1)
        self.grid.setHorizontalSpacing(12)
        self.column.addWidget(rows)
        self.hide()

    def show_lines(self, lines: Sequence[_Line], whole: Sequence[str]) -> None:
        """Show these, without what is empty; what is in `whole` is never elided."""
        lines = [each for each in lines if each[1]]
        if lines == self._shown:
            return
        self._shown = lines
        labels.empty(self.grid)
        for at, (name, text) in enumerate(lines):
            self.grid.addWidget(labels.label(name, muted=True, wrap=False), at, 0)
            elided = text not in whole
            shown = labels.LongName(text) if elided else labels.fingerprint(text)
            self.grid.addWidget(shown, at, 1)
            copy = labels.CopyButton(text, tr("Copy: {name}", name=name))
            self.grid.addWidget(copy, at, 2)
        self.setVisible(bool(lines))


class PortalDetailsPanel(CopyLines):
    """The agent's fingerprint, its connection URL and name, and its portal.

    All of it is copied as one block, for a mail to those who run the portal.
    """

    def __init__(self, title: str, note: str = "") -> None:
        super().__init__(title, note)
        self.all = labels.CopyButton("", tr("Copy all as one text"))
        self.all.setText(tr("Copy all"))
        self.column.addLayout(labels.row(self.all))

    def show_details(self, details: PortalDetails) -> None:
        """Show these, and leave out what is not known."""
        lines = (
            (tr("Agent's fingerprint"), details.fingerprint),
            (tr("Connection URL"), details.url),
            (tr("Agent"), details.agent),
            (tr("Portal"), details.issuer),
        )
        self.show_lines(lines, (details.fingerprint,))
        block = (tr("{name}: {value}", name=n, value=v) for n, v in lines if v)
        self.all.text_to_copy = "\n".join(block)


class PortalComparison(CopyLines):
    """The fingerprint of the portal that this agent takes requests of.

    `ahead`: nothing is changed yet; it may be known by its beginning alone then.
    """

    def __init__(self, *, ahead: bool = False) -> None:
        note = tr("Where your portal shows another one, turn password writeback off.")
        if ahead:
            note = tr(
                "Your portal must show the same. Where it shows another one, cancel: "
                "the enrolment code is not of your portal."
            )
        super().__init__(tr("Compare with your portal"), note)

    def show_details(self, details: PortalDetails) -> None:
        """Show it, where it is known."""
        self.show_fingerprint(details.portal_fingerprint)

    def show_fingerprint(self, known: str) -> None:
        """Show it whole, or its beginning by an enrolment code; nothing hides it."""
        name = tr("Portal's fingerprint")
        if len(known) < _WHOLE:
            name = tr("Its fingerprint begins with")
        self.show_lines(((name, known),), (known,))
