"""What was found of each domain controller: facts, and how each is to be taken."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from agent.ldap.authority import AuthorityOffer
from agent.ldap.certificates import CertificateFacts, Handshake
from agent.ldap.controls import POLICY_HINTS, POLICY_HINTS_OLD
from agent.ldap.entry import RootDse
from wire.text import EMPTY, Text, TextAttribute, verbatim
from wizard.directory.discovery import Answer
from wizard.results import Check, State

Source = Literal["settings", "DNS SRV"]
Step = Literal["certificates", "sign-in", "others", "account", ""]

# msDS-Behavior-Version (MS-ADTS 6.1.4.2)
LEVELS = {
    0: "Windows 2000",
    1: "Windows Server 2003 interim",
    2: "Windows Server 2003",
    3: "Windows Server 2008",
    4: "Windows Server 2008 R2",
    5: "Windows Server 2012",
    6: "Windows Server 2012 R2",
    7: "Windows Server 2016",
    10: "Windows Server 2025",
}

# what is looked at, by the name in the id of its check, which stays English
FACTS = {
    "certificate": Text("certificate"),
    "TLS": Text("TLS"),
    "sign-in": Text("sign-in"),
    "domain": Text("domain"),
    "writable": Text("writable"),
    "policy hints": Text("policy hints"),
    "clock": Text("clock"),
    "level": Text("level"),
    "DNS": Text("DNS"),
}


@dataclass(frozen=True)
class Cell:
    """One fact of a controller, and how it is to be taken; fields as of `Check`.

    It is named as in the id of its check; `word` is what a table shows, `detail` the
    same in a sentence.
    """

    name: str
    state: State
    word: TextAttribute = TextAttribute()
    detail: TextAttribute = TextAttribute("")
    remedy: TextAttribute = TextAttribute("")
    more: TextAttribute = TextAttribute("")
    ms: float | None = None
    field: str | None = None


@dataclass(frozen=True)
class ControllerFacts:
    """What was found of one controller so far.

    An address is connected to instead of asking DNS for the host; `in_dns` is None when
    DNS gave no answer (yet). Being tried is "certificate", "sign-in", or nothing. The
    trouble says why it could not be asked further, `held_back` why it was not; where
    the account was refused, trying on would count towards its lockout. Times are of
    TCP, TLS and their check, and of the sign-in; the offset is its clock less this
    machine's. Where nothing but its issuer is not known here, the offer says who could
    be trusted. The cells stand in the order of a table's columns.
    """

    host: str
    address: str | None = None
    source: Source = "settings"
    in_dns: bool | None = None
    doing: str = ""
    handshake: Handshake | None = None
    handshake_ms: float | None = None
    offer: AuthorityOffer | None = None
    trouble: Cell | None = None
    refused: bool = False
    signed_in_as: str = ""
    ms: float | None = None
    root: RootDse | None = None
    clock_offset_s: float | None = None
    held_back: Text = EMPTY
    cells: tuple[Cell, ...] = ()

    @property
    def chain(self) -> tuple[CertificateFacts, ...]:
        """Its certificates, its own first; none when it did not answer."""
        return self.handshake.chain if self.handshake else ()

    @property
    def certificate(self) -> CertificateFacts | None:
        """Its own certificate."""
        return self.chain[0] if self.chain else None

    @property
    def subject_names(self) -> tuple[str, ...]:
        """The names its certificate is for."""
        own = self.certificate
        return (own.sans or (own.subject,)) if own else ()

    @property
    def issuer(self) -> str:
        """Who issued its certificate."""
        return self.certificate.issuer if self.certificate else ""

    @property
    def not_after(self) -> datetime | None:
        """Until when its certificate is good."""
        return self.certificate.not_after if self.certificate else None

    @property
    def trusted(self) -> bool | None:
        """Whether its certificate is trusted; None when none was seen."""
        return self.certificate.trusted if self.certificate else None

    @property
    def tls(self) -> str:
        """The version of TLS agreed on, such as TLSv1.3."""
        return self.handshake.tls if self.handshake else ""

    @property
    def hints(self) -> str | None:
        """Which form of policy hints it offers: 2239, 2066 or none."""
        if self.root is None:
            return None
        if POLICY_HINTS in self.root.supported_controls:
            return "2239"
        return "2066" if POLICY_HINTS_OLD in self.root.supported_controls else "none"

    @property
    def writable(self) -> bool | None:
        """Whether passwords can be written there: it is no RODC."""
        return None if self.root is None else not self.root.read_only

    @property
    def level(self) -> Text:
        """The functional level of its domain in words."""
        return _level(self.root.functional_level) if self.root else EMPTY

    @property
    def own_level(self) -> Text:
        """Its own functional level in words; empty when it does not tell."""
        own = self.root.controller_level if self.root else 0
        return _level(own) if own else EMPTY

    @property
    def state(self) -> State:
        """How the controller as a whole is to be taken."""
        if self.source == "DNS SRV":
            return "info"  # nothing depends on it
        states = {cell.state for cell in self.cells}
        order: tuple[State, ...] = ("failed", "warning")
        worst = next((each for each in order if each in states), None)
        if worst:
            return worst
        return "skipped" if self.held_back or not self.cells else "ok"

    @property
    def to_do(self) -> tuple[Cell, ...]:
        """The cells that say what to do, the worst first."""
        order = {"failed": 0, "warning": 1, "info": 2}
        cells = [cell for cell in self.cells if cell.state in order]
        return tuple(sorted(cells, key=lambda cell: order[cell.state]))

    def cell(self, name: str) -> Cell | None:
        """Give one fact as it is to be taken; None while it is not known."""
        return next((cell for cell in self.cells if cell.name == name), None)


@dataclass(frozen=True)
class Inspection:
    """The controllers of a domain so far; the last report is the result.

    Those of the settings stand first, in their order, then those of DNS alone. The
    notes are what the table as a whole says. The step is empty at the end; the answer
    of DNS is None before there is one.
    """

    domain: str
    controllers: tuple[ControllerFacts, ...] = ()
    notes: tuple[Check, ...] = ()
    account: tuple[Check, ...] = ()
    step: Step = ""
    host: str = ""
    done: int = 0
    total: int = 0
    answer: Answer | None = None

    @property
    def checks(self) -> tuple[Check, ...]:
        """What was tried as rows: each controller, then the account."""
        rows = [row for facts in self.controllers for row in checks_of(facts)]
        return (*rows, *self.account)

    @property
    def falls_short(self) -> bool:
        """Whether anything failed or is warned of."""
        rows = (*self.checks, *self.notes)
        return any(row.state in ("failed", "warning") for row in rows)


def checks_of(facts: ControllerFacts) -> Iterator[Check]:
    """Give a controller's cells as checks; what was held back or is known is none.

    One that DNS alone names is no check: no reset depends on it.
    """
    for cell in facts.cells if facts.source == "settings" else ():
        held = cell.state == "skipped" and facts.held_back
        if cell.state != "info" and not held:
            yield check_of(facts.host, cell)


def _level(number: int) -> Text:
    name = LEVELS.get(number)
    if name:
        return verbatim(name)
    return Text("functional level {number}", number=str(number))


def check_of(host: str, cell: Cell) -> Check:
    """Give one cell as a check."""
    title = Text("{host}: {fact}", host=host, fact=FACTS[cell.name])
    outcome = (cell.state, cell.detail, cell.remedy, cell.more)
    return Check(f"{host}/{cell.name}", title, *outcome, cell.ms, cell.field)
