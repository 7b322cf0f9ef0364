"""The authority that the settings trust for the controllers, in words. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from agent.config.settings import DirectorySettings
from agent.ldap.authority import authority_facts
from agent.ldap.certificates import CertificateFacts
from wire.text import Text, day, plural, verbatim
from wizard.results import Check

PATH = "directory.ca_certificate"
TITLE = Text("Trusted authority")
# an authority wants time to make its next certificate known
SOON = timedelta(days=30)
_NEXT = Text(
    "Trust its next certificate: on Connect directories, or as "
    "directory.ca_certificate."
)


def named(pem: str) -> Text:
    """Name an authority in a line, as people compare it; what is none as it is."""
    try:
        facts = authority_facts(pem)
    except ValueError:
        return verbatim(pem)
    return Text(
        "{subject}, SHA-256 {sha256}", subject=facts.subject, sha256=facts.sha256
    )


def trusted(directory: DirectorySettings) -> CertificateFacts | None:
    """Give what is trusted beside what this machine trusts; None for nothing."""
    pem = directory.ca_certificate
    return authority_facts(pem) if pem else None


def authority_checks(
    directory: DirectorySettings, now: datetime | None = None
) -> Iterator[Check]:
    """Say until when it is good; no row where none is trusted."""
    facts = trusted(directory)
    if facts is None:
        return
    left = facts.not_after - (now or datetime.now(UTC))
    subject, end = facts.subject, day(facts.not_after)
    row = Check("authority", TITLE, "ok", field=PATH)
    if left <= timedelta():
        detail = Text(
            "{subject} ended on {day}; no controller is trusted by it.",
            subject=subject,
            day=end,
        )
        yield replace(row, state="failed", detail=detail, remedy=_NEXT)
    elif left <= SOON:
        detail = plural(
            "{subject} ends in {count} day, on {day}; from then on no controller is "
            "trusted by it.",
            "{subject} ends in {count} days, on {day}; from then on no controller is "
            "trusted by it.",
            left.days,
            subject=subject,
            day=end,
        )
        yield replace(row, state="warning", detail=detail, remedy=_NEXT)
    else:
        detail = Text("{subject}, good until {day}", subject=subject, day=end)
        yield replace(row, detail=detail)
