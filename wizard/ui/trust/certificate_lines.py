"""A certificate in a few lines, its fingerprint first: for people to compare."""

from PySide6.QtWidgets import QWidget

from agent.ldap.certificates import CertificateFacts
from wire.text import Text, day
from wizard.ui.formatting import line, say, tr
from wizard.ui.theme import palette
from wizard.ui.widgets.labels import CopyButton, column, fingerprint, label, row

_GROUP = 8  # bytes that stay together in a line


class CertificateLines(QWidget):
    """The fingerprint whole, with a button that copies it; then whose it is."""

    def __init__(self) -> None:
        super().__init__()
        self.fingerprint = fingerprint("")
        self.copy = CopyButton("", tr("Copy the fingerprint"))
        self.subject, self.about = label(), label(muted=True)
        name = label(tr("SHA-256"), muted=True, wrap=False)
        place = row(name, self.fingerprint, self.copy, grows=1)
        column(self, place, self.subject, self.about, spacing=palette.TIGHT)

    def show_certificate(self, facts: CertificateFacts) -> None:
        """Show another certificate."""
        octets = facts.sha256.split(":")
        groups = (octets[at : at + _GROUP] for at in range(0, len(octets), _GROUP))
        self.fingerprint.setText(" ".join(map(":".join, groups)))
        self.fingerprint.setAccessibleName(tr("SHA-256: {hex}", hex=facts.sha256))
        self.copy.text_to_copy = facts.sha256
        self.copy.setText(tr("Copy"))
        self.subject.setText(line(facts.subject))
        self.about.setText(say(_about(facts)))

    @property
    def spoken(self) -> str:
        """All of it as one text."""
        shown = (self.fingerprint.accessibleName(), self.subject, self.about)
        return ". ".join(
            each if isinstance(each, str) else each.text() for each in shown
        )


def _about(facts: CertificateFacts) -> Text:
    begin, end = day(facts.not_before), day(facts.not_after)
    if facts.self_signed:
        return Text("A root; good from {begin} to {end}", begin=begin, end=end)
    return Text(
        "Issued by {issuer}; good from {begin} to {end}",
        issuer=facts.issuer,
        begin=begin,
        end=end,
    )
