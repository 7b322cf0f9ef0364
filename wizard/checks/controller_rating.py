"""How each fact of a controller is to be taken, and what to do. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from agent.config.settings import DirectorySettings
from agent.ldap.authority import AuthorityOffer
from agent.ldap.certificates import CertificateFacts
from agent.relay_client import clock_skew
from agent.system.tls import unknown_authority
from wire.failure import sentence
from wire.text import EMPTY, Text, day, decimal, verbatim
from wizard.checks import certificate
from wizard.checks.controller_facts import Cell, ControllerFacts

CA = "directory.ca"
CERTIFICATE = "directory.ca_certificate"
CONTROLLERS = "directory.controllers"
UNKNOWN = verbatim("–")
_NO_FINE_GRAINED = 3  # msDS-PasswordSettings came with Windows Server 2008
_NAMES = (
    *("certificate", "TLS", "sign-in", "domain"),
    *("writable", "policy hints", "clock", "level"),
)
_FAILED_BEFORE = Text("Not tried, as the one before failed.")
_NOT_OURS = Text("Nobody signs in to it, as the settings do not name it.")


def judged(
    facts: ControllerFacts, settings: DirectorySettings, now: datetime | None = None
) -> ControllerFacts:
    """Give a controller's facts with each judged, certificates by the time `now`."""
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
        word = verbatim(facts.tls.removeprefix("TLSv"))
        yield Cell("TLS", "ok", word, Text("It is {version}", version=facts.tls))
    if facts.trouble:
        yield facts.trouble
    if facts.signed_in_as:
        detail = Text("As {user}", user=facts.signed_in_as)
        yield Cell("sign-in", "ok", _time(facts.ms), detail, ms=facts.ms)
    if facts.root:
        yield _domain(facts, settings)
        yield _writable(facts)
        yield _hints(facts)
        yield _clock(facts)
        yield _level(facts)


def _time(ms: float | None) -> Text:
    if ms is None:
        return UNKNOWN
    if ms < 1000:
        return Text("{number} ms", number=decimal(ms, 0))
    return Text("{number} s", number=decimal(ms / 1000))


def _certificate(facts: ControllerFacts, now: datetime) -> Cell:
    own, ms = facts.chain[0], facts.handshake_ms
    more = certificate.describe_chain(facts.chain)
    if not own.trusted:
        return _untrusted(facts, own, more, ms)
    first = min(facts.chain, key=lambda each: each.not_after)
    left = first.not_after - now
    if left >= certificate.SOON:
        word = Text("to {date}", date=day(own.not_after))
        expiry = certificate.expiry(own)
        return Cell("certificate", "ok", word, expiry, EMPTY, more, ms)
    word = Text("{days} d left", days=max(left.days, 0))
    end, issuer = day(first.not_after), first.subject
    detail = Text("It expires on {date}.", date=end)
    if first is not own:
        detail = Text(
            "The certificate of its issuer {issuer} expires on {date}.",
            issuer=issuer,
            date=end,
        )
    remedy = Text("Have it renewed; resets stop when it expires.")
    return Cell("certificate", "warning", word, detail, remedy, more, ms)


_CLOCKS = Text("Set both clocks by the same time server.")
_RENEW = Text("Have the controller's certificate renewed.")
_RENAME = Text("Name the controller as its certificate does.")
_WRONG_NAME = (Text("Wrong name"), _RENAME, CONTROLLERS)
# by OpenSSL's X509_V_ERR_*
_UNTRUSTED = {
    9: (Text("Not yet valid"), _CLOCKS, CONTROLLERS),
    10: (Text("Expired"), _RENEW, CONTROLLERS),
    62: _WRONG_NAME,  # HOSTNAME_MISMATCH
    64: _WRONG_NAME,  # IP_ADDRESS_MISMATCH
}
_COMPARE_OWN = Text(
    "Give the certificate of its authority; or compare the fingerprint of its own at "
    "the controller itself and, where both are the same, trust that."
)
_GIVE_CA = Text("Give the PEM file of the CA that issued it.")


def _untrusted(
    facts: ControllerFacts, own: CertificateFacts, more: Text, ms: float | None
) -> Cell:
    """Say why a certificate is not trusted, and what to do."""
    give = sentence(unknown_authority(own.verify_code)) or _GIVE_CA
    other = (Text("Not trusted"), give, CA)
    word, remedy, field = _UNTRUSTED.get(own.verify_code, other)
    detail = Text("It is not trusted: {reason}", reason=own.reason)
    offer = facts.offer
    if offer and offer.distrust:
        word, remedy, field = _UNTRUSTED.get(offer.verify_code, other)
        detail = Text(
            "It is not trusted: {reason}. It would not be either if its issuer were: "
            "{why}",
            reason=own.reason,
            why=offer.distrust,
        )
    elif offer:
        word, field = Text("Unknown authority"), CERTIFICATE
        remedy = _COMPARE_OWN if offer.is_own else _compare(offer)
    return Cell("certificate", "failed", word, detail, remedy, more, ms, field)


def _compare(offer: AuthorityOffer) -> Text:
    return Text(
        "Compare the fingerprint of {authority} with the one that your certificate "
        "authority shows. Where both are the same, trust it.",
        authority=offer.certificate.subject,
    )


def _domain(facts: ControllerFacts, settings: DirectorySettings) -> Cell:
    assert facts.root is not None
    theirs = facts.root.naming_context
    if theirs.casefold() == settings.base_dn.casefold():
        detail = Text("It serves {domain}", domain=theirs)
        return Cell("domain", "ok", verbatim(theirs), detail)
    return Cell(
        "domain",
        "failed",
        "Other domain",
        Text(
            "It is a controller of {theirs}, not of {domain}.",
            theirs=theirs,
            domain=settings.domain,
        ),
        "Name a controller of that domain, or the controller's own domain.",
        field=CONTROLLERS,
    )


def _writable(facts: ControllerFacts) -> Cell:
    if facts.writable:
        detail = Text("Passwords can be written here")
        return Cell("writable", "ok", "Yes", detail)
    return Cell(
        "writable",
        "failed",
        "Read-only",
        "It is a read-only domain controller; passwords can't be written here.",
        "Name a writable controller.",
        field=CONTROLLERS,
    )


def _hints(facts: ControllerFacts) -> Cell:
    counts = Text("History and minimum age count for resets")
    if facts.hints == "2239":
        return Cell("policy hints", "ok", "Yes", counts)
    if facts.hints == "2066":  # the same control by its first number (MS-ADTS)
        older = Text("History and minimum age count for resets, by the older form")
        return Cell("policy hints", "ok", "Older", older)
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
        return Cell("clock", "skipped", UNKNOWN, "It does not give its time.")
    apart, seconds = abs(offset), f"{abs(offset):.0f}"
    word = Text("{offset} s", offset="0" if apart < 0.5 else f"{offset:+.0f}")
    if apart <= clock_skew.WARNING_S:
        detail = Text("{seconds} s apart from this machine", seconds=seconds)
        return Cell("clock", "ok", word, detail)
    detail = Text("{seconds} s apart from this machine.", seconds=seconds)
    failed = apart > clock_skew.LIMIT_S
    return Cell("clock", "failed" if failed else "warning", word, detail, _CLOCKS)


def _level(facts: ControllerFacts) -> Cell:
    assert facts.root is not None
    own, theirs = facts.own_level or facts.level, facts.level
    if facts.root.functional_level >= _NO_FINE_GRAINED:
        detail = Text("{own}; its domain: {level}", own=own, level=theirs)
        return Cell("level", "ok", _short(own), detail)
    return Cell(
        "level",
        "warning",
        Text("{own}, domain {level}", own=_short(own), level=_short(theirs)),
        Text(
            "{own}; its domain is at {level}: there are no fine-grained password "
            "policies; one policy holds for the whole domain.",
            own=own,
            level=theirs,
        ),
        "Raise the domain to Windows Server 2008 or newer, or accept it.",
    )


def _short(level: Text) -> Text:
    short = level.removeprefix("Windows Server ").removeprefix("Windows ")
    return level if short == level else verbatim(short)


def _in_dns(facts: ControllerFacts, domain: str) -> Iterator[Cell]:
    if facts.source == "DNS SRV":
        yield Cell(
            "DNS",
            "info",
            "Found by DNS, not in the settings",
            Text(
                "DNS names it as a controller of {domain}; the settings do not.",
                domain=domain,
            ),
            "Add it, so that resets do not depend on the others alone.",
        )
    elif facts.in_dns is False:
        yield Cell(
            "DNS",
            "info",
            "Not in DNS",
            Text("DNS does not name it as a controller of {domain}.", domain=domain),
            "Check the name. An alias works, as long as its certificate names it.",
        )
