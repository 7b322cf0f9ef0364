"""How each fact of a controller is to be taken, and what to do. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from agent.config.settings import DirectorySettings
from agent.ldap.certificates import CertificateFacts
from agent.relay_client import clock_skew
from wizard.checks import certificate
from wizard.checks.controller_facts import Cell, ControllerFacts

CA = "directory.ca"
CONTROLLERS = "directory.controllers"
UNKNOWN = "–"  # noqa: RUF001 - the dash a table shows for nothing
_NO_FINE_GRAINED = 3  # msDS-PasswordSettings came with Windows Server 2008
_NAMES = (
    *("certificate", "TLS", "sign-in", "domain"),
    *("writable", "policy hints", "clock", "level"),
)
_FAILED_BEFORE = "Not tried, as the one before failed."
_NOT_OURS = "Nobody signs in to it, as the settings do not name it."


def judged(
    facts: ControllerFacts, settings: DirectorySettings, now: datetime | None = None
) -> ControllerFacts:
    """Give a controller's facts with each of them judged.

    Args:
        facts: what was found so far.
        settings: which domain it is to serve.
        now: the time that certificates are held against.

    """
    cells = list(_cells(facts, settings, now or datetime.now(UTC)))
    named = _in_dns(facts, settings.domain)
    return replace(facts, cells=(*cells, *named))


def _cells(
    facts: ControllerFacts, settings: DirectorySettings, now: datetime
) -> Iterator[Cell]:
    known = list(_known(facts, settings, now))
    yield from known
    alone = facts.source == "DNS SRV" and bool(known)
    if facts.trouble or facts.held_back or facts.trusted is False or alone:
        detail = facts.held_back or (_NOT_OURS if alone else _FAILED_BEFORE)
        seen = {cell.name for cell in known}
        for name in _NAMES:
            if name not in seen:
                yield Cell(name, "skipped", UNKNOWN, detail)


def _known(
    facts: ControllerFacts, settings: DirectorySettings, now: datetime
) -> Iterator[Cell]:
    if facts.handshake:
        yield _certificate(facts, now)
        yield Cell("TLS", "ok", facts.tls.removeprefix("TLSv"), f"It is {facts.tls}")
    if facts.trouble:
        yield facts.trouble
    if facts.signed_in_as:
        detail = f"As {facts.signed_in_as}"
        yield Cell("sign-in", "ok", _time(facts.ms), detail, ms=facts.ms)
        yield _domain(facts, settings)
        yield _writable(facts)
        yield _hints(facts)
        yield _clock(facts)
        yield _level(facts)


def _time(ms: float | None) -> str:
    if ms is None:
        return UNKNOWN
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def _certificate(facts: ControllerFacts, now: datetime) -> Cell:
    own, more, ms = (
        facts.chain[0],
        certificate.describe_chain(facts.chain),
        facts.handshake_ms,
    )
    if not own.trusted:
        return _untrusted(own, more, ms)
    first = min(facts.chain, key=lambda each: each.not_after)
    left = first.not_after - now
    if left < certificate.SOON:
        return Cell(
            "certificate",
            "warning",
            f"{max(left.days, 0)} d left",
            f"{_whose(first, own)} expires on {first.not_after:%Y-%m-%d}.",
            "Have it renewed; resets stop when it expires.",
            more,
            ms,
        )
    until = f"to {own.not_after:%Y-%m-%d}"
    return Cell("certificate", "ok", until, certificate.expiry(own), "", more, ms)


def _whose(first: CertificateFacts, own: CertificateFacts) -> str:
    return "It" if first is own else f"The certificate of its issuer {first.subject}"


_WRONG_NAME = (
    "Wrong name",
    "Name the controller as its certificate does.",
    CONTROLLERS,
)
# by OpenSSL's X509_V_ERR_*
_UNTRUSTED = {
    9: ("Not yet valid", "Set both clocks by the same time server.", CONTROLLERS),
    10: ("Expired", "Have the controller's certificate renewed.", CONTROLLERS),
    62: _WRONG_NAME,  # HOSTNAME_MISMATCH
    64: _WRONG_NAME,  # IP_ADDRESS_MISMATCH
}


def _untrusted(own: CertificateFacts, more: str, ms: float | None) -> Cell:
    """Say why a certificate is not trusted, and what to do."""
    other = ("Not trusted", "Give the PEM file of the CA that issued it.", CA)
    word, remedy, field = _UNTRUSTED.get(own.verify_code, other)
    detail = f"It is not trusted: {own.reason}"
    return Cell("certificate", "failed", word, detail, remedy, more, ms, field)


def _domain(facts: ControllerFacts, settings: DirectorySettings) -> Cell:
    assert facts.root is not None
    theirs = facts.root.naming_context
    if theirs.casefold() == settings.base_dn.casefold():
        return Cell("domain", "ok", theirs, f"It serves {theirs}")
    return Cell(
        "domain",
        "failed",
        "Other domain",
        f"It is a controller of {theirs}, not of {settings.domain}.",
        "Name a controller of that domain, or the controller's own domain.",
        field=CONTROLLERS,
    )


def _writable(facts: ControllerFacts) -> Cell:
    if facts.writable:
        return Cell("writable", "ok", "Yes", "Passwords can be written here")
    return Cell(
        "writable",
        "failed",
        "Read-only",
        "It is a read-only domain controller; passwords can't be written here.",
        "Name a writable controller.",
        field=CONTROLLERS,
    )


def _hints(facts: ControllerFacts) -> Cell:
    counts = "History and minimum age count for resets"
    if facts.hints == "2239":
        return Cell("policy hints", "ok", "Yes", counts)
    if facts.hints == "2066":  # the same control by its first number (MS-ADTS)
        return Cell("policy hints", "ok", "Older", f"{counts}, by the older form")
    return Cell(
        "policy hints",
        "warning",
        "No",
        "Not offered: password history and minimum age do not count for resets.",
        "Use controllers of Windows Server 2016 or newer, or accept it.",
    )


def _clock(facts: ControllerFacts) -> Cell:
    offset = facts.clock_offset_s
    if offset is None:
        return Cell("clock", "skipped", UNKNOWN, "It does not tell its time.")
    apart = abs(offset)
    detail, word = f"{apart:.0f} s apart from this machine", f"{offset:+.0f} s"
    if apart <= clock_skew.WARNING_S:
        return Cell("clock", "ok", "0 s" if apart < 0.5 else word, detail)
    remedy = "Set both clocks by the same time server."
    failed = apart > clock_skew.LIMIT_S
    return Cell("clock", "failed" if failed else "warning", word, f"{detail}.", remedy)


def _level(facts: ControllerFacts) -> Cell:
    assert facts.root is not None
    own = facts.own_level or facts.level
    if facts.root.functional_level >= _NO_FINE_GRAINED:
        return Cell("level", "ok", _short(own), f"{own}; its domain: {facts.level}")
    return Cell(
        "level",
        "warning",
        f"{_short(own)}, domain {_short(facts.level)}",
        f"{own}; its domain is at {facts.level}: there are no fine-grained password "
        "policies; one policy holds for the whole domain.",
        "Raise the domain to Windows Server 2008 or newer, or accept it.",
    )


def _short(level: str) -> str:
    return level.removeprefix("Windows Server ").removeprefix("Windows ")


def _in_dns(facts: ControllerFacts, domain: str) -> Iterator[Cell]:
    if facts.source == "DNS SRV":
        yield Cell(
            "DNS",
            "info",
            "Found by DNS, not in the settings",
            f"DNS names it as a controller of {domain}; the settings do not.",
            "Add it, so that resets do not depend on the others alone.",
        )
    elif facts.in_dns is False:
        yield Cell(
            "DNS",
            "info",
            "Not in DNS",
            f"DNS does not name it as a controller of {domain}.",
            "Check the name. An alias works, as long as its certificate names it.",
        )
