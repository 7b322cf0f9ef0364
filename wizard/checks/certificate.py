"""A chain of certificates in words, for a page that shows why it is not trusted."""

from collections.abc import Sequence
from datetime import timedelta

from agent.ldap.certificates import CertificateFacts
from wire.text import Text, day, in_lines

SOON = timedelta(days=30)


def describe_chain(chain: Sequence[CertificateFacts]) -> Text:
    """Spell a chain, its own certificate first."""
    return in_lines(map(_one, chain))


def expiry(facts: CertificateFacts) -> Text:
    """Say until when a certificate is good."""
    until = day(facts.not_after)
    return Text("Good until {date}, by {issuer}", date=until, issuer=facts.issuer)


def _one(facts: CertificateFacts) -> Text:
    names = Text("\n  for {names}", names=", ".join(facts.sans)) if facts.sans else ""
    if facts.self_signed:
        return Text(
            "{subject}{names}\n  issued by itself\n  good from {begin} to {end}\n"
            "  SHA-256 {sha256}",
            subject=facts.subject,
            names=names,
            begin=day(facts.not_before),
            end=day(facts.not_after),
            sha256=facts.sha256,
        )
    return Text(
        "{subject}{names}\n  issued by {issuer}\n  good from {begin} to {end}\n"
        "  SHA-256 {sha256}",
        subject=facts.subject,
        names=names,
        issuer=facts.issuer,
        begin=day(facts.not_before),
        end=day(facts.not_after),
        sha256=facts.sha256,
    )
