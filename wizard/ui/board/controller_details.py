"""What is known of one controller, and what to do about it."""

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from agent.ldap.authority import AuthorityOffer
from wire.text import Text, day, verbatim
from wizard.checks.controller_facts import Cell, ControllerFacts, check_of
from wizard.results import Check
from wizard.ui.board.controller_row import Row
from wizard.ui.formatting import line, say, tr
from wizard.ui.trust.authority_panel import AuthorityPanel
from wizard.ui.widgets.check_rows import CheckRows
from wizard.ui.widgets.labels import Panel, add, column, heading, label, row

_TITLES = {
    "certificate": Text("Certificate"),
    "TLS": Text("TLS"),
    "sign-in": Text("Sign-in"),
    "domain": Text("Domain"),
    "writable": Text("Writable"),
    "policy hints": Text("Policy hints"),
    "clock": Text("Clock"),
    "level": Text("Level"),
    "DNS": Text("DNS"),
}


class ControllerDetails(QWidget):
    """Below the board: the controller that is chosen there."""

    addressed = Signal(str)  # the address it is reached by is another

    def __init__(self) -> None:
        super().__init__()
        self._shown: Row | None = None
        self.panel = Panel()
        self.trusted_now = ""  # the subject of the authority that is trusted by now
        self.who, self.about = heading(""), label(muted=True)
        self.address = QLineEdit()
        self.address.setMaximumWidth(280)
        self.address.setAccessibleName(tr("Address"))
        self.address.setPlaceholderText(tr("From DNS"))
        note = tr("Only where DNS has no address of it.")
        self.address.setAccessibleDescription(note)
        self.address.setToolTip(note)
        self.address.editingFinished.connect(
            lambda: self.addressed.emit(self.address.text().strip())
        )
        name = QLabel(tr("Address"))
        name.setBuddy(self.address)
        self.reached = QWidget()
        self.reached.setLayout(row(name, self.address))
        self.check_rows, self.authority = CheckRows(), AuthorityPanel()
        parts = (self.who, self.about, self.check_rows, self.authority, self.reached)
        add(self.panel.column, *parts)
        column(self, self.panel)
        self.hide()

    def show_row(self, shown: Row | None) -> None:
        """Show one row of the board; nothing for none."""
        self.setVisible(shown is not None and bool(shown.host))
        if shown is None or not shown.host or shown == self._shown:
            return
        self._shown = replace(shown)  # as it is now: a row changes
        self.who.setText(line(shown.host))
        about = say(_about(shown))
        self.about.setText(about)
        self.about.setVisible(bool(about))
        self.reached.setVisible(shown.used)
        with QSignalBlocker(self.address):
            self.address.setText(shown.address)
        self.check_rows.show_checks(tuple(_checks(shown)))
        chain = shown.facts.chain if shown.facts else ()
        self.authority.show_offer(_offer(shown), chain, self.trusted_now)


def _offer(shown: Row) -> AuthorityOffer | None:
    """Give who could be trusted, where that is all that is missing."""
    offer = shown.facts.offer if shown.facts and not shown.doing else None
    return offer if offer and not offer.distrust else None


def _about(shown: Row) -> Text:
    if not shown.sound:
        return Text("Type its full DNS name, as dc1.corp.example, and no address.")
    if shown.facts is None or shown.doing:
        return Text("It is asked without a sign-in.") if shown.asked else Text("")
    return shown.facts.held_back


def _checks(shown: Row) -> Iterator[Check]:
    facts = shown.facts
    if facts is None:
        return
    for cell in facts.to_do:
        title = _TITLES.get(cell.name, verbatim(cell.name))
        yield replace(check_of(facts.host, cell), title=title)
    yield from _sound(facts)


def _sound(facts: ControllerFacts) -> Iterator[Check]:
    """Say of what is in order what an administrator wants to read."""
    own, cell = facts.certificate, facts.cell("certificate")
    if own is None or cell is None or cell.state != "ok":
        return
    text = Text(
        "For {names}, by {issuer}, to {day}; {tls}.",
        names=", ".join(facts.subject_names),
        issuer=facts.issuer,
        day=day(own.not_after),
        tls=facts.tls,
    )
    yield Check("certificate", Text("Certificate"), "ok", text, more=cell.more)
    if level := _level(facts.cell("level")):
        yield level


def _level(cell: Cell | None) -> Check | None:
    if cell is None or cell.state != "ok":
        return None
    return Check("level", Text("Level"), "ok", cell.detail)
