"""Who could be trusted, so that a controller is: to be compared before it is."""

from collections.abc import Sequence

from PySide6.QtCore import Signal

from agent.ldap.authority import AuthorityOffer
from agent.ldap.certificates import CertificateFacts
from wire.text import EMPTY, Text, day, in_lines
from wizard.ui.announce import announce
from wizard.ui.formatting import say, tr
from wizard.ui.theme import palette
from wizard.ui.trust.certificate_lines import CertificateLines
from wizard.ui.widgets.labels import Panel, add, button, heading, label, row

_COMPARE_ROOT = Text(
    "Compare this fingerprint with your certificate authority: in its console, or on a "
    "member of the domain by {command}, in the line Cert Hash(sha256). Whoever stands "
    "between this server and the controller could show another.",
    command="certutil -v -store Root",
)
_COMPARE_ISSUING = Text(
    "Compare this fingerprint with your certificate authority: in its console, or on a "
    "member of the domain by {command}, in the line Cert Hash(sha256). Whoever stands "
    "between this server and the controller could show another.",
    command="certutil -v -store CA",
)
_COMPARE_OWN = Text(
    "Compare this fingerprint at the controller itself: by {command}, in the line Cert "
    "Hash(sha256). Whoever stands between this server and the controller could show "
    "another.",
    command="certutil -v -store My",
)
_NO_ROOT = Text(
    "The controller did not send the root of its chain. This is the highest "
    "certificate that it sent."
)


class AuthorityPanel(Panel):
    """Below what is wrong with a controller: its authority, and the button."""

    trusted = Signal(str)  # the certificate, as PEM, that was chosen

    def __init__(self) -> None:
        super().__init__()
        self.offer: AuthorityOffer | None = None
        self.title = heading("")
        self.lines = CertificateLines()
        self.chain = label(muted=True)
        self.about, self.compare, self.replaces = label(), label(), label()
        self.button = button(tr("Trust this authority"), self._trust)
        add(self.column, self.title, self.lines, self.chain, self.about)
        add(self.column, self.compare, self.replaces, row(self.button))
        self.column.setSpacing(palette.TIGHT)
        self.hide()

    def show_offer(
        self,
        offer: AuthorityOffer | None,
        chain: Sequence[CertificateFacts] = (),
        in_force: str = "",
    ) -> None:
        """Show who could be trusted, with all that the controller sent.

        `in_force` is who would be trusted no more.
        """
        self.offer = offer
        self.setVisible(offer is not None)
        if offer is None:
            return
        facts = offer.certificate
        self.lines.show_certificate(facts)
        own = offer.is_own
        title = Text("Trust its certificate?") if own else Text("Trust its authority?")
        self.title.setText(say(title))
        self.chain.setText(say(_sent(chain)))
        self.chain.setVisible(len(chain) > 1)
        self.about.setText(say(_about(offer)))
        self.about.setVisible(bool(_about(offer)))
        self.compare.setText(say(_compare(offer)))
        self.replaces.setText(say(_replaces(in_force)))
        self.replaces.setVisible(bool(in_force))
        action = tr("Trust this certificate") if own else tr("Trust this authority")
        self.button.setText(action)
        name = tr("{action}: {subject}", action=action, subject=facts.subject)
        self.button.setAccessibleName(name)
        # what is to be done before it is pressed is read with it
        told = (self.lines.spoken, self.about.text(), self.compare.text())
        self.button.setAccessibleDescription(" ".join(filter(None, told)))

    def _trust(self) -> None:
        if self.offer is None:
            return
        subject = self.offer.certificate.subject
        text = tr(
            "Trusted: {subject}. The controllers are checked again.", subject=subject
        )
        announce(self, text)
        self.trusted.emit(self.offer.pem)


def _sent(chain: Sequence[CertificateFacts]) -> Text:
    lines = (
        Text("{subject}, good to {day}", subject=each.subject, day=day(each.not_after))
        for each in chain
    )
    return Text("The controller sent, its own first:\n{lines}", lines=in_lines(lines))


def _about(offer: AuthorityOffer) -> Text:
    facts = offer.certificate
    if offer.is_own and not facts.self_signed:
        return Text(
            "The controller sent its own certificate alone. Trusted, it counts for "
            "this controller only, and until it is renewed, by {day}. Better choose "
            "the file of its authority's certificate below, under More options.",
            day=day(facts.not_after),
        )
    return EMPTY if facts.self_signed else _NO_ROOT


def _compare(offer: AuthorityOffer) -> Text:
    if offer.is_own:
        return _COMPARE_OWN
    return _COMPARE_ROOT if offer.certificate.self_signed else _COMPARE_ISSUING


def _replaces(in_force: str) -> Text:
    return Text(
        "One authority is trusted this way: {subject} no longer is. Where the "
        "controllers have several, give one file of all of them under More options.",
        subject=in_force,
    )
